//! The trees of all files to one model.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    diagnostic::{Level as Severity, Span},
    model::{ElementKey, Level, RelationKey, kind::Kind, view::Direction},
    syntax::{
        draft::{Draft, Look, MAX_RELATIONS, NewElement},
        format::Imported,
        likec4::{
            MAX_WORK,
            names::{Names, Node},
            tree::{About, Element, File, Item, Relation, SpecOf},
        },
    },
};

pub(super) struct Lowering<'l> {
    pub(super) files: &'l [File],
    pub(super) draft: Draft,
    /// The specification's kinds.
    kinds: BTreeMap<(bool, String), About>,
    relation_kinds: BTreeMap<String, About>,
    pub(super) model: Names,
    pub(super) places: Names,
    /// Relations that wait until all names are known: with the node and file they stand in.
    waiting: Vec<(&'l Relation, Option<usize>, Option<&'l str>)>,
    waiting_places: Vec<(&'l Relation, Option<usize>, Option<&'l str>)>,
    /// Nodes of the model by the key of their element.
    pub(super) by_key: BTreeMap<ElementKey, usize>,
    pub(super) places_by_key: BTreeMap<ElementKey, usize>,
    pub(super) work: u64,
}

pub(super) fn lower(files: &[File], draft: Draft) -> Imported {
    let mut lowering = Lowering {
        files,
        draft,
        kinds: BTreeMap::new(),
        relation_kinds: BTreeMap::new(),
        model: Names::default(),
        places: Names::default(),
        waiting: Vec::new(),
        waiting_places: Vec::new(),
        by_key: BTreeMap::new(),
        places_by_key: BTreeMap::new(),
        work: 0,
    };
    lowering.run();
    lowering.draft.finish()
}

/// Names of kinds that are people.
const PEOPLE: [&str; 6] = ["actor", "person", "people", "user", "human", "persona"];

impl<'l> Lowering<'l> {
    pub(super) fn say(&mut self, file: Option<&str>, level: Severity, code: &str, span: Span, words: [&str; 3]) {
        let before = self.draft.out.diagnostics.len();
        self.draft.report(level, code, span, words);
        if self.draft.out.diagnostics.len() > before
            && let Some(last) = self.draft.out.diagnostics.last_mut()
        {
            last.file = file.map(str::to_owned);
        }
    }

    pub(super) fn lose(&mut self, what: &str, file: Option<&str>, span: Span) {
        self.draft.fidelity().lose(what, Some(span).filter(|_| file.is_none()));
    }

    pub(super) fn keep(&mut self, what: &str, file: Option<&str>, span: Span) {
        self.draft.fidelity().keep(what, Some(span).filter(|_| file.is_none()));
    }

    /// Spends work; false once a text costs too much, which is said once.
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        let before = self.work;
        self.work = self.work.saturating_add(steps as u64 + 1);
        if self.work > MAX_WORK && before <= MAX_WORK {
            self.say(
                None,
                Severity::Error,
                "too-much-work",
                Span::default(),
                ["The views and references of this text take too many steps", "Those that follow are left out.", "Split the model."],
            );
        }
        self.work <= MAX_WORK
    }

    fn run(&mut self) {
        for kind in self.files.iter().flat_map(|file| &file.kinds) {
            match kind.of {
                SpecOf::Relation => {
                    self.relation_kinds.insert(kind.name.clone(), kind.about.clone());
                }
                of => {
                    self.kinds.insert((of == SpecOf::Node, kind.name.clone()), kind.about.clone());
                }
            }
        }
        self.gather(false);
        self.gather(true);
        for at in self.model.children(None).collect::<Vec<_>>() {
            self.element(at, None, 0);
        }
        for (relation, scope, file) in std::mem::take(&mut self.waiting) {
            self.relate(relation, scope, file);
        }
        self.draft.imply();
        self.deployment();
        self.draft.conclude();
        self.views();
        if self.draft.out.model.views.is_empty() {
            self.draft.show_everything(Direction::TopBottom);
        }
    }

    /// All names of the model, or of the deployment; what is added by `extend` comes after what it extends.
    fn gather(&mut self, deployed: bool) {
        let files = self.files;
        let mut extensions: Vec<(&'l Element, Option<&'l str>)> = Vec::new();
        for file in files {
            let items = if deployed { &file.deployment } else { &file.model };
            for item in items {
                self.item(item, None, file.name.as_deref(), deployed, &mut extensions, 0);
            }
        }
        // An extension may extend what another one adds.
        for _ in 0..8 {
            let waiting = std::mem::take(&mut extensions);
            let before = waiting.len();
            for (element, file) in waiting {
                let names = if deployed { &self.places } else { &self.model };
                match names.resolve(&element.name, None, file).filter(|(_, rest)| rest.is_empty()) {
                    Some((at, _)) => self.extend(element, at, file, deployed, &mut extensions),
                    None => extensions.push((element, file)),
                }
            }
            if extensions.is_empty() || extensions.len() == before {
                break;
            }
        }
        for (element, file) in extensions {
            let what = format!("There is no element `{}` to extend", element.name.chars().take(100).collect::<String>());
            self.say(
                file,
                Severity::Warning,
                "unknown-element",
                element.name_span,
                [&what, "What is added to it is left out.", "Define it, or correct the name."],
            );
            self.lose("Extension of something that is not there", file, element.span);
        }
    }

    fn item(
        &mut self,
        item: &'l Item,
        parent: Option<usize>,
        file: Option<&'l str>,
        deployed: bool,
        extensions: &mut Vec<(&'l Element, Option<&'l str>)>,
        depth: usize,
    ) {
        match item {
            Item::Relation(relation) => {
                if deployed {
                    self.waiting_places.push((relation, parent, file));
                } else {
                    self.waiting.push((relation, parent, file));
                }
            }
            Item::Element(element) if element.extends => extensions.push((element, file)),
            Item::Element(element) => {
                let own = element.instance_of.as_deref().and_then(|of| of.rsplit('.').next());
                let mut name = if element.name.is_empty() { own.unwrap_or_default().to_owned() } else { element.name.clone() };
                let names = if deployed { &mut self.places } else { &mut self.model };
                let taken = |names: &Names, name: &str| match parent {
                    Some(parent) => names.node(parent).is_some_and(|node| node.children.contains_key(name)),
                    None => names.top.contains_key(name),
                };
                // Instances without a name of their own are told apart by number.
                if element.name.is_empty() && taken(names, &name) {
                    let mut number = 2;
                    while taken(names, &format!("{name}-{number}")) {
                        number += 1;
                    }
                    name = format!("{name}-{number}");
                }
                let node = Node {
                    name,
                    kind: element.kind.clone(),
                    about: element.about.clone(),
                    instance_of: element.instance_of.clone(),
                    span: element.span,
                    name_span: element.name_span,
                    file: file.map(str::to_owned),
                    ..Node::default()
                };
                let Some(at) = names.add(parent, node) else {
                    let what = format!("There is already an element `{}` here", element.name.chars().take(100).collect::<String>());
                    self.say(
                        file,
                        Severity::Error,
                        "duplicate-name",
                        element.name_span,
                        [&what, "This one is left out.", "Choose another name."],
                    );
                    self.lose("Second element of a name", file, element.span);
                    return;
                };
                // Blocks are shallow by the limit of the parser.
                if depth <= 64 {
                    for inner in &element.items {
                        self.item(inner, Some(at), file, deployed, extensions, depth + 1);
                    }
                }
            }
        }
    }

    fn extend(
        &mut self,
        element: &'l Element,
        at: usize,
        file: Option<&'l str>,
        deployed: bool,
        extensions: &mut Vec<(&'l Element, Option<&'l str>)>,
    ) {
        let names = if deployed { &mut self.places } else { &mut self.model };
        if let Some(node) = names.nodes.get_mut(at) {
            let (more, about) = (&element.about, &mut node.about);
            about.tags.extend(more.tags.iter().cloned());
            about.links.extend(more.links.iter().cloned());
            about.metadata.extend(more.metadata.iter().cloned());
            for (own, other) in [
                (&mut about.description, &more.description),
                (&mut about.technology, &more.technology),
                (&mut about.title, &more.title),
                (&mut about.summary, &more.summary),
            ] {
                if own.is_none() {
                    own.clone_from(other);
                }
            }
        }
        for inner in &element.items {
            self.item(inner, Some(at), file, deployed, extensions, 0);
        }
    }

    fn is_person(&self, node: &Node) -> bool {
        let of_kind = self.kinds.get(&(false, node.kind.clone()));
        let shape = node.about.shape.as_deref().or(of_kind.and_then(|about| about.shape.as_deref()));
        PEOPLE.contains(&node.kind.to_lowercase().as_str()) || shape == Some("person")
    }

    /// An element of the static model, and its parts.
    fn element(&mut self, at: usize, around: Option<(&ElementKey, Level)>, depth: usize) {
        let Some(node) = self.model.node(at) else { return };
        let has_parts = !node.children.is_empty();
        let (file, span) = (node.file.clone(), node.span);
        let person = self.is_person(node) && !has_parts;
        let (parent, level) = match around {
            _ if person => (None, Level::Person),
            None => (None, Level::System),
            Some((parent, Level::System)) => (Some(parent.clone()), Level::Container),
            Some((parent, _)) => (Some(parent.clone()), Level::Component),
        };
        if person && around.is_some() {
            self.keep("Person inside an element, beside it", file.as_deref(), span);
        }
        let Some(key) = self.make(at, parent.as_ref(), level, false) else { return };
        if depth == 3 && !person {
            self.keep("Part beyond three levels, as a component in a component", file.as_deref(), span);
        }
        for part in self.model.children(Some(at)).collect::<Vec<_>>() {
            self.element(part, Some((&key, level)), depth + 1);
        }
    }

    /// Makes the element of a node, with all that is said of it.
    fn make(&mut self, at: usize, parent: Option<&ElementKey>, level: Level, deployed: bool) -> Option<ElementKey> {
        let names = if deployed { &self.places } else { &self.model };
        let node = names.node(at)?;
        let (about, kind, name, file) = (node.about.clone(), node.kind.clone(), node.name.clone(), node.file.clone());
        let of_kind = self.kinds.get(&(deployed, kind.clone())).cloned().unwrap_or_default();
        let title = about.title.clone().unwrap_or_else(|| name.clone());
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let new = NewElement { parent, own: &name, name: &title, level, span: node.span, name_span: node.name_span };
        let span = node.span;
        let key = self.draft.element(&new)?;
        let mut tags: Vec<String> = about.tags.clone();
        tags.extend(of_kind.tags.iter().cloned());
        // The kind says what an element is; as a tag it is kept, and read.
        let plain = ["element", "component", "container", "system", "softwaresystem", "node"].contains(&kind.to_lowercase().as_str());
        if !kind.is_empty() && !plain && level != Level::Person {
            tags.push(kind.clone());
            self.keep("Kind of an element, as a tag", file.as_deref(), span);
        }
        let mut unique: Vec<String> = Vec::new();
        for tag in tags {
            if unique.len() < 200 && !unique.contains(&tag) {
                unique.push(tag);
            }
        }
        if let Some(element) = self.draft.get(&key) {
            element.description = about.description.clone().or_else(|| about.summary.clone()).or_else(|| of_kind.description.clone());
            element.technology = about.technology.clone().or(of_kind.technology);
            element.tags = unique;
            element.url = about.links.first().cloned();
            element.file.clone_from(&file);
        }
        if about.description.is_some() && about.summary.is_some() {
            self.lose("Summary beside a description", file.as_deref(), span);
        }
        for _ in about.links.iter().skip(1) {
            self.lose("Second link of an element", file.as_deref(), span);
        }
        for (name, value, span) in &about.metadata {
            self.draft.state(&key, name, value, *span);
        }
        if let Some(shape) = about.shape.as_deref().or(of_kind.shape.as_deref()) {
            let kind = match shape {
                "storage" | "cylinder" => Some(Kind::Database),
                "queue" => Some(Kind::Queue),
                "browser" | "mobile" => Some(Kind::Frontend),
                "person" => Some(Kind::Person),
                "bucket" => Some(Kind::ObjectStore),
                _ => None,
            };
            if let Some(kind) = kind {
                self.draft.look(&key, Look::Kind { kind, reason: format!("shape {shape}") });
            }
        }
        let names = if deployed { &mut self.places } else { &mut self.model };
        if let Some(node) = names.nodes.get_mut(at) {
            node.key = Some(key.clone());
        }
        if deployed {
            self.places_by_key.insert(key.clone(), at)
        } else {
            self.by_key.insert(key.clone(), at)
        };
        Some(key)
    }

    /// The node a reference means, with a diagnostic where there is none.
    pub(super) fn require(&mut self, name: &str, scope: Option<usize>, file: Option<&str>, span: Span) -> Option<usize> {
        let found = self.model.resolve(name, scope, file).filter(|(_, rest)| rest.is_empty()).map(|(at, _)| at);
        if found.is_none() {
            self.unknown(name, file, span);
        }
        found
    }

    pub(super) fn unknown(&mut self, name: &str, file: Option<&str>, span: Span) {
        let what = format!("Nothing here is named `{}`", name.chars().take(100).collect::<String>());
        let why = "It may be defined in a file that is not at hand; what refers to it is left out.";
        self.say(file, Severity::Warning, "unknown-element", span, [&what, why, "Define it, or import its file as well."]);
    }

    fn relate(&mut self, relation: &Relation, scope: Option<usize>, file: Option<&str>) {
        if !self.spend(4) {
            return;
        }
        let source = match &relation.source {
            Some(name) => self.require(name, scope, file, relation.span),
            None => scope,
        };
        let (Some(source), Some(target)) = (source, self.require(&relation.target, scope, file, relation.span)) else {
            self.lose("Relation with an end that is not there", file, relation.span);
            return;
        };
        let (source, target) = if relation.backward { (target, source) } else { (source, target) };
        let (Some(source), Some(target)) = (self.model.key(source).cloned(), self.model.key(target).cloned()) else { return };
        self.add(relation, &source, &target, file);
    }

    /// Adds a relation with all that is said of it.
    pub(super) fn add(&mut self, relation: &Relation, source: &ElementKey, target: &ElementKey, file: Option<&str>) -> Option<RelationKey> {
        let key = self.draft.relation(source, target, relation.span)?;
        let about = &relation.about;
        let of_kind = relation.kind.as_ref().and_then(|kind| self.relation_kinds.get(kind)).cloned().unwrap_or_default();
        let mut tags = about.tags.clone();
        if let Some(kind) = &relation.kind {
            tags.push(kind.clone());
            self.keep("Kind of a relation, as a tag", file, relation.span);
        }
        if let Some(found) = self.draft.model().relations.get_mut(&key) {
            let title = about.title.as_deref().map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "));
            found.description = title.or_else(|| about.description.clone());
            found.technology = about.technology.clone().or(of_kind.technology);
            found.tags = tags;
            found.url = about.links.first().cloned();
            found.file = file.map(str::to_owned);
        }
        if about.title.is_some() && about.description.is_some() {
            self.lose("Description of a relation beside its title", file, relation.span);
        }
        for (name, value, span) in &about.metadata {
            self.draft.state_relation(&key, name, value, *span);
        }
        Some(key)
    }

    /// Environments, nodes, instances and the relations between them.
    fn deployment(&mut self) {
        let mut common = None;
        for at in self.places.children(None).collect::<Vec<_>>() {
            let Some(node) = self.places.node(at) else { continue };
            let runs_here =
                self.places.children(Some(at)).any(|part| self.places.node(part).is_some_and(|part| part.instance_of.is_some()));
            if node.kind.to_lowercase().contains("env") && !runs_here && node.instance_of.is_none() {
                if let Some(key) = self.make(at, None, Level::DeploymentEnvironment, true) {
                    self.nodes_of(at, &key, 1);
                }
                continue;
            }
            let (name, name_span) = ("Deployment", node.name_span);
            let environment = common.clone().or_else(|| {
                let level = Level::DeploymentEnvironment;
                self.draft.element(&NewElement { parent: None, own: "", name, level, span: name_span, name_span })
            });
            let Some(environment) = environment else { return };
            common = Some(environment.clone());
            self.place(at, &environment, 1);
        }
        for (relation, scope, file) in std::mem::take(&mut self.waiting_places) {
            self.relate_places(relation, scope, file);
        }
        self.relate_instances();
    }

    fn nodes_of(&mut self, at: usize, key: &ElementKey, depth: usize) {
        for part in self.places.children(Some(at)).collect::<Vec<_>>() {
            self.place(part, key, depth);
        }
    }

    fn place(&mut self, at: usize, parent: &ElementKey, depth: usize) {
        let Some(node) = self.places.node(at) else { return };
        let (file, span) = (node.file.clone(), node.span);
        if let Some(of) = node.instance_of.clone() {
            let Some(what) = self.require(&of, None, file.as_deref(), span) else {
                self.lose("Instance of something that is not there", file.as_deref(), span);
                return;
            };
            let Some(what) = self.model.key(what).cloned() else { return };
            let found = self.draft.get(&what).map(|element| (element.level, element.name.clone()));
            let Some((level, name)) = found else { return };
            let level = if level == Level::System { Level::SystemInstance } else { Level::ContainerInstance };
            let Some(key) = self.make(at, Some(parent), level, true) else { return };
            if let Some(element) = self.draft.get(&key) {
                element.instance_of = Some(what);
                element.name = name;
            }
            return;
        }
        let Some(key) = self.make(at, Some(parent), Level::DeploymentNode, true) else { return };
        if depth < 64 {
            self.nodes_of(at, &key, depth + 1);
        }
    }

    /// The place a reference means; a part of an instance stands for the instance.
    pub(super) fn find_place(&self, name: &str, scope: Option<usize>, file: Option<&str>) -> Option<usize> {
        let (at, rest) = self.places.resolve(name, scope, file)?;
        let instance = self.places.node(at).is_some_and(|node| node.instance_of.is_some());
        (rest.is_empty() || instance).then_some(at)
    }

    fn relate_places(&mut self, relation: &Relation, scope: Option<usize>, file: Option<&str>) {
        let source = match &relation.source {
            Some(name) => self.find_place(name, scope, file),
            None => scope,
        };
        let target = self.find_place(&relation.target, scope, file);
        let key = |at: Option<usize>| at.and_then(|at| self.places.key(at)).cloned();
        let (Some(source), Some(target)) = (key(source), key(target)) else {
            self.unknown(&relation.target, file, relation.span);
            self.lose("Relation with an end that is not there", file, relation.span);
            return;
        };
        let (source, target) = if relation.backward { (target, source) } else { (source, target) };
        self.add(relation, &source, &target, file);
    }

    /// Instances in one environment have the relations of what they are instances of.
    fn relate_instances(&mut self) {
        let model = &self.draft.out.model;
        let mut instances: BTreeMap<(ElementKey, ElementKey), Vec<ElementKey>> = BTreeMap::new();
        for element in model.elements.values() {
            let Some(of) = &element.instance_of else { continue };
            let environment = model.ancestors(&element.key).last();
            if let Some(environment) = environment {
                instances.entry((environment.key.clone(), of.clone())).or_default().push(element.key.clone());
            }
        }
        let environments: BTreeSet<ElementKey> = instances.keys().map(|(environment, _)| environment.clone()).collect();
        let deployed: BTreeSet<&ElementKey> = instances.keys().map(|(_, of)| of).collect();
        let between: Vec<(RelationKey, ElementKey, ElementKey)> = model
            .relations
            .values()
            .filter(|relation| deployed.contains(&relation.source) && deployed.contains(&relation.target))
            .map(|relation| (relation.key.clone(), relation.source.clone(), relation.target.clone()))
            .collect();
        for environment in environments {
            for (by, source, target) in &between {
                let of = |element: &ElementKey| instances.get(&(environment.clone(), element.clone())).cloned().unwrap_or_default();
                let (sources, targets) = (of(source), of(target));
                for from in &sources {
                    for to in &targets {
                        if self.draft.out.model.relations.len() >= MAX_RELATIONS / 2 || !self.spend(1) {
                            return;
                        }
                        let Some(original) = self.draft.out.model.relations.get(by).cloned() else { continue };
                        let Some(key) = self.draft.relation(from, to, original.span) else { return };
                        if let Some(relation) = self.draft.model().relations.get_mut(&key) {
                            relation.description = original.description;
                            relation.technology = original.technology;
                            relation.tags = original.tags;
                            relation.file = original.file;
                            relation.implied_by = Some(by.clone());
                        }
                    }
                }
            }
        }
    }
}
