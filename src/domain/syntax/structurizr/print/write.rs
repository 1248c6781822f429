//! The model as statements: elements within elements, groups around them, relations where both ends are at hand.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    model::{Element, ElementKey, HealthCheck, Level, LinkedFolder, facts::Facts, kind::Kind},
    syntax::{
        fidelity::Fidelity,
        structurizr::print::{
            Choices,
            links::{Link, identifier},
            names::Names,
            plan::{Item, Plan, is_static},
            words::{block, is_plain, quoted, wants_block},
        },
    },
};

/// Names of properties that the language would take for a directive.
const DIRECTIVES: [&str; 12] = [
    "!include",
    "!const",
    "!constant",
    "!var",
    "!identifiers",
    "!impliedrelationships",
    "impliedrelationships",
    "!script",
    "!plugin",
    "!components",
    "{",
    "}",
];

pub(super) struct Writer<'w, 'a> {
    pub(super) plan: &'w Plan<'a>,
    pub(super) links: &'w [Link<'a>],
    pub(super) names: &'w Names,
    pub(super) choices: &'w Choices,
    pub(super) fidelity: &'w mut Fidelity,
    /// By position among the links.
    pub(super) identifiers: &'w BTreeMap<usize, String>,
    /// By environment and number.
    pub(super) deployment_groups: &'w BTreeMap<(usize, usize), String>,
    /// In the order in which they are written.
    pub(super) written_elements: Vec<usize>,
    pub(super) written_links: Vec<usize>,
    /// Links by the element in whose block they are written.
    pub(super) linked: BTreeMap<usize, Vec<usize>>,
    /// Links by their ends.
    pub(super) between: BTreeMap<(usize, usize), Vec<usize>>,
    /// Linked folders by owner.
    pub(super) folders: BTreeMap<&'w ElementKey, Vec<&'w LinkedFolder>>,
    /// Pairs of instances to keep apart, by environment.
    pub(super) apart: BTreeMap<usize, Vec<(usize, usize)>>,
}

pub(super) fn indent(depth: usize) -> String {
    "    ".repeat(depth)
}

/// One line of a block.
pub(super) fn line(out: &mut String, depth: usize, text: &str) {
    out.push_str(&indent(depth));
    out.push_str(text);
    out.push('\n');
}

/// A statement with a block, or without one if nothing stands in it.
pub(super) fn statement(out: &mut String, depth: usize, header: &str, body: &str) {
    if body.is_empty() {
        line(out, depth, header);
    } else {
        line(out, depth, &format!("{header} {{"));
        out.push_str(body);
        line(out, depth, "}");
    }
}

/// The words after a name, up to the last one that says something.
fn words(parts: &[Option<String>]) -> String {
    let last = parts.iter().rposition(Option::is_some).map_or(0, |at| at + 1);
    parts.iter().take(last).flat_map(|part| [" ", part.as_deref().unwrap_or("\"\"")]).collect()
}

pub(super) fn said(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.trim().is_empty())
}

/// Whether a line that begins with the text is a directive, or no statement, wherever it stands.
pub(super) fn is_directive(text: &str) -> bool {
    DIRECTIVES.contains(&text.to_lowercase().as_str())
}

impl Writer<'_, '_> {
    /// The block of `model`.
    pub(super) fn model(&mut self) -> String {
        let mut out = String::new();
        for (at, link) in self.links.iter().enumerate() {
            if let Some(home) = link.home {
                self.linked.entry(home).or_default().push(at);
            }
            self.between.entry((link.source, link.target)).or_default().push(at);
        }
        for folder in &self.plan.model.linked_folders {
            if let Some(owner) = &folder.owner {
                self.folders.entry(owner).or_default().push(folder);
            }
        }
        for pair in &self.choices.apart {
            if let Some(environment) = self.plan.around(pair.0).last() {
                self.apart.entry(environment).or_default().push(*pair);
            }
        }
        let own: BTreeMap<String, String> =
            self.choices.separator.iter().map(|separator| ("structurizr.groupSeparator".to_owned(), separator.clone())).collect();
        self.properties(&mut out, 2, &own, &Facts::default(), None);
        let top: Vec<Item> = self.plan.in_model().to_vec();
        let runs = |item: &Item| matches!(item, Item::Element(at) if self.plan.level(*at) == Some(Level::DeploymentEnvironment));
        let (environments, fixed): (Vec<Item>, Vec<Item>) = top.into_iter().partition(runs);
        let mut body = String::new();
        for item in fixed {
            self.item(&mut body, 2, item, 0);
        }
        add(&mut out, &body);
        let mut body = String::new();
        for late in [false, true] {
            let mut relations = String::new();
            for (at, link) in self.links.iter().enumerate().filter(|(_, link)| link.home.is_none() && link.late == late) {
                self.link(&mut relations, 2, at, link);
            }
            add(&mut body, &relations);
            if !late {
                for item in &environments {
                    let mut environment = String::new();
                    self.item(&mut environment, 2, *item, 0);
                    add(&mut body, &environment);
                }
            }
        }
        add(&mut out, &body);
        out
    }

    fn item(&mut self, out: &mut String, depth: usize, item: Item, nesting: usize) {
        match item {
            Item::Element(at) => self.element(out, depth, at, nesting),
            Item::Group(at) => {
                let Some(group) = self.plan.groups.get(at) else { return };
                self.fidelity.boundaries += 1;
                let name = if group.name.trim().is_empty() { "Unnamed" } else { &group.name };
                let header = format!("group {} {{", quoted(name, "the name of a group", self.fidelity));
                line(out, depth, &header);
                if let Some(group) = group.group {
                    self.properties(out, depth + 1, &group.properties, &group.facts, None);
                }
                let members: Vec<Item> = self.plan.members(at).to_vec();
                for member in members {
                    self.item(out, depth + 1, member, nesting + 1);
                }
                line(out, depth, "}");
            }
        }
    }

    fn element(&mut self, out: &mut String, depth: usize, at: usize, nesting: usize) {
        let Some(placed) = self.plan.elements.get(at) else { return };
        let level = placed.level;
        self.written_elements.push(at);
        self.fidelity.elements += 1;
        let mut body = String::new();
        let mut header = self.names.identifier(at).map(|identifier| format!("{identifier} = ")).unwrap_or_default();
        match (level, placed.element) {
            (Level::SystemInstance | Level::ContainerInstance, Some(element)) => {
                let of = element.instance_of.as_ref().and_then(|key| self.plan.index.get(key)).copied().unwrap_or(at);
                let keyword = if level == Level::SystemInstance { "softwareSystemInstance" } else { "containerInstance" };
                header.push_str(&[keyword, " ", self.names.reference(of, None)].concat());
                let environment = self.plan.around(at).last();
                let group = self.choices.groups.get(&at).and_then(|number| self.deployment_groups.get(&(environment?, *number)));
                if let Some(group) = group {
                    header.push_str(&[" ", group].concat());
                }
                if let Some(description) = said(element.description.as_ref()) {
                    self.text(&mut body, depth + 1, "description", description, "a description");
                }
                if let Some(technology) = said(element.technology.as_ref()) {
                    self.text(&mut body, depth + 1, "technology", technology, "a technology");
                }
                self.tags(&mut body, depth + 1, &element.tags);
            }
            (_, element) => {
                header.push_str(keyword(level));
                header.push(' ');
                header.push_str(&quoted(self.plan.name(at), "the name of an element", self.fidelity));
                if let Some(element) = element {
                    let words = self.element_words(&mut body, depth + 1, level, element);
                    header.push_str(&words);
                }
            }
        }
        if let Some(element) = placed.element {
            if let Some(url) = said(element.url.as_ref()) {
                self.text(&mut body, depth + 1, "url", url, "an address");
            }
            for folder in self.folders.get(&element.key).cloned().unwrap_or_default() {
                self.folder(&mut body, depth + 1, folder.decisions, &folder.path);
            }
            let kind = self.choices.kinds.contains(&at).then_some(element.kind.value);
            let mut properties = element.properties.clone();
            if positional_instances(element, level).is_some() {
                properties.remove("instances");
            }
            let checks: Vec<&HealthCheck> = match level {
                Level::ContainerInstance | Level::SystemInstance => element.health_checks.iter().filter(|check| sound(check)).collect(),
                _ => Vec::new(),
            };
            // The statements say it themselves.
            let mut facts = element.facts.clone();
            if !checks.is_empty() && facts.is("healthcheck", "yes") {
                properties.remove("healthcheck");
                facts.0.remove("healthcheck");
            }
            self.properties(&mut body, depth + 1, &properties, &facts, kind);
            self.health_checks(&mut body, depth + 1, &checks);
            self.perspectives(&mut body, depth + 1, &element.perspectives);
        }
        if level == Level::DeploymentEnvironment {
            let own = self.deployment_groups.range((at, 0)..(at + 1, 0));
            let groups: Vec<(usize, String)> = own.map(|((_, number), name)| (*number, name.clone())).collect();
            for (number, name) in groups {
                line(&mut body, depth + 1, &format!("{name} = deploymentGroup \"Group {number}\""));
            }
        }
        let inside: Vec<Item> = self.plan.inside(at).to_vec();
        // Blocks are shallow by the plan; this only guards against one that is not.
        if nesting < 64 {
            for item in inside {
                self.item(&mut body, depth + 1, item, nesting + 1);
            }
        }
        let mut relations = String::new();
        if level == Level::DeploymentEnvironment {
            for (one, other) in self.apart.get(&at).cloned().unwrap_or_default() {
                let (one, other) = (self.names.reference(one, Some(at)), self.names.reference(other, Some(at)));
                line(&mut relations, depth + 1, &format!("{one} -/> {other}"));
            }
        }
        for link in self.linked.get(&at).cloned().unwrap_or_default() {
            if let Some(written) = self.links.get(link) {
                self.link(&mut relations, depth + 1, link, written);
            }
        }
        if !relations.is_empty() && body.trim_end().ends_with('}') {
            body.push('\n');
        }
        body.push_str(&relations);
        statement(out, depth, &header, &body);
    }

    /// Description, technology and tags: after the name as far as they fit there, else in the block.
    fn element_words(&mut self, body: &mut String, depth: usize, level: Level, element: &Element) -> String {
        let description = said(element.description.as_ref());
        let technology = said(element.technology.as_ref());
        if level == Level::DeploymentEnvironment {
            if description.is_some() || technology.is_some() || !element.tags.is_empty() {
                self.fidelity.lose("Description, technology or tags of a deployment environment", None);
            }
            return String::new();
        }
        let mut first = None;
        if let Some(text) = description {
            if wants_block(text) {
                self.text(body, depth, "description", text, "a description");
            } else {
                first = Some(quoted(text, "a description", self.fidelity));
            }
        }
        let mut second = None;
        if let Some(text) = technology {
            if matches!(level, Level::Person | Level::System) || wants_block(text) {
                if matches!(level, Level::Person | Level::System) {
                    self.fidelity.keep("Technology of a person or software system, which other tools do not read", None);
                }
                self.text(body, depth, "technology", text, "a technology");
            } else {
                second = Some(quoted(text, "a technology", self.fidelity));
            }
        }
        let instances = positional_instances(element, level).map(|text| match text.parse::<u32>() {
            Ok(number) => number.to_string(),
            Err(_) => quoted(text, "a number of instances", self.fidelity),
        });
        let has_technology = !matches!(level, Level::Person | Level::System);
        let beside = if has_technology { second.is_some() } else { first.is_some() };
        let plain = !element.tags.iter().any(|tag| tag.contains(','));
        let mut third = None;
        if !element.tags.is_empty() && (beside || instances.is_some()) && plain {
            third = Some(quoted(&element.tags.join(","), "a tag", self.fidelity));
        } else {
            self.tags(body, depth, &element.tags);
        }
        match level {
            Level::Person | Level::System => words(&[first, third]),
            Level::Custom => words(&[second, first, third]),
            _ => words(&[first, second, third, instances]),
        }
    }

    fn tags(&mut self, body: &mut String, depth: usize, tags: &[String]) {
        if tags.is_empty() {
            return;
        }
        let tags: Vec<String> = tags.iter().map(|tag| quoted(tag, "a tag", self.fidelity)).collect();
        line(body, depth, &format!("tags {}", tags.join(" ")));
    }

    pub(super) fn folder(&mut self, body: &mut String, depth: usize, decisions: bool, path: &str) {
        let keyword = if decisions { "!adrs" } else { "!docs" };
        let simple =
            path.chars().all(|next| next.is_ascii_alphanumeric() || matches!(next, '.' | '/' | '-' | '_')) && !path.starts_with("//");
        let path = if simple { path.to_owned() } else { quoted(path, "the path of a folder", self.fidelity) };
        line(body, depth, &format!("{keyword} {path}"));
    }

    /// A statement of one text, as a block of lines where it has some.
    pub(super) fn text(&mut self, body: &mut String, depth: usize, keyword: &str, text: &str, what: &str) {
        let text = if wants_block(text) { block(text, &indent(depth + 1)) } else { quoted(text, what, self.fidelity) };
        line(body, depth, &format!("{keyword} {text}"));
    }

    /// The properties, and own facts that no property states.
    pub(super) fn properties(
        &mut self,
        out: &mut String,
        depth: usize,
        properties: &BTreeMap<String, String>,
        facts: &Facts,
        kind: Option<Kind>,
    ) {
        let mut all: BTreeMap<&str, &str> = properties.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        for (name, fact) in facts.0.iter().filter(|(_, fact)| fact.inherited_from.is_none()) {
            all.entry(name).or_insert(&fact.value);
        }
        if let Some(kind) = kind {
            all.insert("kind", kind.slug());
        }
        let mut body = String::new();
        for (name, value) in all {
            if name.trim().is_empty() || is_directive(name) {
                self.fidelity.lose("Property with a name that the language cannot write", None);
                continue;
            }
            let name = if is_plain(name) { name.to_owned() } else { quoted(name, "the name of a property", self.fidelity) };
            self.text(&mut body, depth + 1, &name, value, "the value of a property");
        }
        if !body.is_empty() {
            statement(out, depth, "properties", &body);
        }
    }

    fn link(&mut self, out: &mut String, depth: usize, at: usize, link: &Link<'_>) {
        self.written_links.push(at);
        self.fidelity.relations += 1;
        let mut header = self.identifiers.get(&at).map(|identifier| format!("{identifier} = ")).unwrap_or_default();
        let (source, target) = (self.names.reference(link.source, link.home), self.names.reference(link.target, link.home));
        header.push_str(&[source, " -> ", target].concat());
        let relation = link.relation;
        let mut body = String::new();
        let mut first = None;
        if let Some(text) = said(link.description.as_ref()) {
            if wants_block(text) {
                // The words also tell relations between the same elements apart, so they stand in the statement as well.
                let mut aside = Fidelity::default();
                first = Some(quoted(text, "a description", &mut aside));
                self.text(&mut body, depth + 1, "description", text, "a description");
            } else {
                first = Some(quoted(text, "a description", self.fidelity));
            }
        }
        let follower = link.follower;
        let mut second = None;
        if let Some(text) = said(relation.technology.as_ref()) {
            if wants_block(text) || follower.is_some_and(|follower| follower.technology != relation.technology) {
                self.text(&mut body, depth + 1, "technology", text, "a technology");
            } else {
                second = Some(quoted(text, "a technology", self.fidelity));
            }
        }
        let mut third = None;
        let beside = follower.map_or(second.is_some(), |follower| follower.tags == relation.tags);
        if beside && !relation.tags.is_empty() && !relation.tags.iter().any(|tag| tag.contains(',')) {
            third = Some(quoted(&relation.tags.join(","), "a tag", self.fidelity));
        } else {
            self.tags(&mut body, depth + 1, &relation.tags);
        }
        header.push_str(&words(&[first, second, third]));
        if let Some(url) = said(relation.url.as_ref()) {
            self.text(&mut body, depth + 1, "url", url, "an address");
        }
        let mut properties = relation.properties.clone();
        if self.choices.modes.contains(&at) {
            properties.insert("mode".to_owned(), relation.mode.value.slug().to_owned());
        }
        self.properties(&mut body, depth + 1, &properties, &relation.facts, None);
        self.perspectives(&mut body, depth + 1, &relation.perspectives);
        statement(out, depth, &header, &body);
    }
}

/// Identifiers of relations: their own, and new ones for those that views have to name.
pub(super) fn identifiers(links: &[Link<'_>], wanted: &BTreeSet<usize>, names: &mut Names) -> BTreeMap<usize, String> {
    let mut result = BTreeMap::new();
    for (at, link) in links.iter().enumerate() {
        match identifier(link.relation).filter(|identifier| names.claim(identifier)) {
            Some(identifier) => {
                result.insert(at, identifier.to_owned());
            }
            None if wanted.contains(&at) => {
                result.insert(at, names.claim_like("relation"));
            }
            None => {}
        }
    }
    result
}

/// The number of instances where the text gave it after the name: then it is a property and no fact.
fn positional_instances(element: &Element, level: Level) -> Option<&str> {
    let stated = element.facts.0.get("instances").is_some_and(|fact| fact.inherited_from.is_none());
    said(element.properties.get("instances")).filter(|text| level == Level::DeploymentNode && !stated && !text.contains('\n'))
}

/// Joins two parts with a blank line.
fn add(out: &mut String, part: &str) {
    if !out.is_empty() && !part.is_empty() {
        out.push('\n');
    }
    out.push_str(part);
}

const fn keyword(level: Level) -> &'static str {
    match level {
        Level::Person => "person",
        Level::System => "softwareSystem",
        Level::Container => "container",
        Level::Component => "component",
        Level::Custom => "element",
        Level::DeploymentEnvironment => "deploymentEnvironment",
        Level::DeploymentNode => "deploymentNode",
        Level::InfrastructureNode => "infrastructureNode",
        Level::SystemInstance => "softwareSystemInstance",
        Level::ContainerInstance => "containerInstance",
    }
}

/// Whether the element is written among what runs somewhere.
pub(super) fn deployed(plan: &Plan<'_>, at: usize) -> bool {
    plan.level(at).is_some_and(|level| !is_static(level))
}

/// It says what is checked and where.
fn sound(check: &HealthCheck) -> bool {
    !check.name.trim().is_empty() && !check.url.trim().is_empty()
}
