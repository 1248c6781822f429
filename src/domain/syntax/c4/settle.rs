//! From what was read to a model: which boundaries are elements and which are groups, what relations lead to, keys, kinds,
//! and one view for each diagram.
//!
//! A system boundary around containers is the system itself; a boundary around systems, or of no level, is a group. A
//! boundary that a relation begins or ends at is an element in any case, since groups have no relations.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    diagnostic::{Level as Severity, Span},
    model::{
        Element, ElementKey, Group, GroupKey, Inferred, Level, Model, Relation, RelationKey,
        facts::{self, Fact, Facts},
        kind::{
            Kind, Mode,
            infer::{self, Ends, Evidence},
        },
    },
    syntax::{
        c4::{
            MAX_KEY_PART,
            catalogue::Enclosure,
            draft::{Book, Draft, End, Link, Note, Property, Report, Role, clip},
            reader::{BIDIRECTIONAL, EXTERNAL, RESPONSE, TECHNOLOGY, TYPE},
        },
        format::Imported,
        structurizr::suggest::nearest,
    },
};

mod picture;

/// The type of a group that is an enterprise.
pub const ENTERPRISE: &str = "Enterprise";
/// Suggestions are looked for this often; after that a text has other problems.
const MAX_SUGGESTIONS: usize = 50;

/// Makes the model. `own_levels` says that the text has macros of C4, so an unknown end of a relation is likely a slip.
pub fn settle(mut book: Book, own_levels: bool) -> Imported {
    let ends = resolve(&mut book, own_levels);
    let roles = roles(&book, &ends);
    for (draft, role) in book.drafts.iter().zip(&roles) {
        if matches!((draft.role, role), (Role::Frame(_), Becomes::Element(Level::Custom))) {
            book.report.fidelity.keep("Boundary at which a relation ends, as an element", Some(draft.span));
        }
    }
    let mut settled = Settled { keys: vec![Key::None; book.drafts.len()], model: Model::default() };
    settled.place(&book, &roles);
    let relations = settled.relate(&mut book, &ends);
    settled.conclude(&book);
    settled.view(&book, &relations);
    let Settled { mut model, .. } = settled;
    let first = book.sheets.first();
    model.name = first.and_then(|sheet| sheet.title.clone()).unwrap_or_default();
    model.description = first.and_then(|sheet| sheet.description.clone());
    facts::inherit(&mut model);
    let (diagnostics, mut fidelity) = std::mem::take(&mut book.report).finish();
    fidelity.elements = model.elements.len();
    fidelity.relations = model.relations.len();
    fidelity.boundaries = model.groups.len();
    fidelity.views = model.views.len();
    Imported { model, positions: BTreeMap::new(), diagnostics, fidelity }
}

/// The drafts that each link leads between; makes those that no statement does.
fn resolve(book: &mut Book, own_levels: bool) -> Vec<Option<(usize, usize)>> {
    let links = std::mem::take(&mut book.links);
    let known: Vec<String> = book.by_alias.keys().filter(|alias| !alias.is_empty()).take(2000).cloned().collect();
    let mut suggestions = 0;
    let mut of_sheet = vec![0; links.len()];
    for (number, sheet) in book.sheets.iter().enumerate() {
        for link in &sheet.links {
            if let Some(place) = of_sheet.get_mut(*link) {
                *place = number;
            }
        }
    }
    let ends = links
        .iter()
        .zip(&of_sheet)
        .map(|(link, sheet)| {
            let mut find = |end: &End| -> Option<usize> {
                let index = if let Some(index) = book.named(&end.alias) {
                    index
                } else {
                    if !link.makes_ends {
                        suggestions += 1;
                        let candidates = known.iter().map(String::as_str);
                        let near = (suggestions <= MAX_SUGGESTIONS).then(|| nearest(&end.alias, candidates)).flatten();
                        unknown_end(&mut book.report, end, near);
                    }
                    let role = if own_levels { Role::Custom } else { Role::Container };
                    let mut draft = Draft::new(&end.alias, &end.alias, role, end.span);
                    draft.parent = link.frame;
                    draft.stated_by.push_str("an end of a relation");
                    book.insert(draft)?
                };
                if let Some(sheet) = book.sheets.get_mut(*sheet)
                    && sheet.shown.last() != Some(&index)
                {
                    sheet.shown.push(index);
                }
                Some(index)
            };
            Some((find(&link.source)?, find(&link.target)?))
        })
        .collect();
    book.links = links;
    ends
}

fn unknown_end(report: &mut Report, end: &End, near: Option<&str>) {
    let help = match near {
        Some(meant) => format!("Did you mean `{meant}`?"),
        None => "Define it, or correct the identifier.".to_owned(),
    };
    report.say(Note::new(
        Severity::Warning,
        "unknown-identifier",
        end.span,
        format!("Nothing here is named `{}`", clip(&end.alias)),
        "An element of that name is made for the relation.",
        help,
    ));
    report.fidelity.keep("Unknown end of a relation, as an element of its own", Some(end.span));
}

/// What a draft becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Becomes {
    Element(Level),
    Group,
}

/// The levels that stand directly in a frame, groups looked through.
#[derive(Clone, Copy, Default)]
struct Holds {
    wholes: bool,
    containers: bool,
    places: bool,
}

/// What each draft becomes. What is in a frame stands after it, so one pass from the end is enough.
fn roles(book: &Book, ends: &[Option<(usize, usize)>]) -> Vec<Becomes> {
    let ends: BTreeSet<usize> = ends.iter().flatten().flat_map(|(source, target)| [*source, *target]).collect();
    let mut holds = vec![Holds::default(); book.drafts.len()];
    let mut roles = vec![Becomes::Group; book.drafts.len()];
    for (index, draft) in book.drafts.iter().enumerate().rev() {
        let inside = holds.get(index).copied().unwrap_or_default();
        let becomes = match draft.role {
            Role::Person => Becomes::Element(Level::Person),
            Role::System => Becomes::Element(Level::System),
            Role::Container => Becomes::Element(Level::Container),
            Role::Component => Becomes::Element(Level::Component),
            Role::Node => Becomes::Element(Level::DeploymentNode),
            Role::Infrastructure => Becomes::Element(Level::InfrastructureNode),
            Role::Custom => Becomes::Element(Level::Custom),
            Role::Frame(Enclosure::System) if !inside.wholes && !inside.places => Becomes::Element(Level::System),
            Role::Frame(Enclosure::Container) if !inside.wholes && !inside.containers && !inside.places => {
                Becomes::Element(Level::Container)
            }
            Role::Frame(Enclosure::Component) if !inside.wholes && !inside.containers && !inside.places => {
                Becomes::Element(Level::Component)
            }
            Role::Frame(_) if ends.contains(&index) => Becomes::Element(Level::Custom),
            Role::Frame(_) => Becomes::Group,
        };
        if let Some(role) = roles.get_mut(index) {
            *role = becomes;
        }
        let up = match becomes {
            Becomes::Element(Level::Person | Level::System) => Holds { wholes: true, ..Holds::default() },
            Becomes::Element(Level::Container) => Holds { containers: true, ..Holds::default() },
            Becomes::Element(Level::DeploymentNode | Level::InfrastructureNode) => Holds { places: true, ..Holds::default() },
            Becomes::Element(_) => Holds::default(),
            Becomes::Group => inside,
        };
        if let Some(around) = draft.parent.filter(|parent| *parent < index).and_then(|parent| holds.get_mut(parent)) {
            around.wholes |= up.wholes;
            around.containers |= up.containers;
            around.places |= up.places;
        }
    }
    roles
}

/// The key that a draft got.
#[derive(Clone, Debug)]
enum Key {
    None,
    Element(ElementKey),
    Group(GroupKey),
}

struct Settled {
    keys: Vec<Key>,
    model: Model,
}

impl Settled {
    fn element_key(&self, index: usize) -> Option<&ElementKey> {
        match self.keys.get(index)? {
            Key::Element(key) => Some(key),
            _ => None,
        }
    }

    /// Makes the elements and groups.
    fn place(&mut self, book: &Book, roles: &[Becomes]) {
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        for (index, (draft, role)) in book.drafts.iter().zip(roles).enumerate() {
            let (parent, group) = self.around(book, draft, index);
            match role {
                Becomes::Element(level) => {
                    let own = if draft.alias.is_empty() { slug(&draft.name) } else { draft.alias.chars().take(MAX_KEY_PART).collect() };
                    let key = unique(own, &mut numbers, |key| self.model.elements.contains_key(&ElementKey(key.to_owned())));
                    let key = ElementKey(key);
                    self.model.elements.insert(key.clone(), element(draft, key.clone(), *level, parent, group));
                    self.set(index, Key::Element(key));
                }
                Becomes::Group => {
                    let around = group.as_ref().map(|group| group.0.clone()).or_else(|| parent.as_ref().map(|parent| parent.0.clone()));
                    let own = around.map_or_else(|| slug(&draft.name), |around| format!("{around}/{}", slug(&draft.name)));
                    let key = unique(own, &mut numbers, |key| self.model.groups.contains_key(&GroupKey(key.to_owned())));
                    let key = GroupKey(key);
                    let (properties, facts) = group_properties(draft);
                    let made = Group {
                        key: key.clone(),
                        name: draft.name.clone(),
                        parent: group,
                        owner: parent,
                        properties,
                        facts,
                        span: draft.span,
                        file: None,
                    };
                    self.model.groups.insert(key.clone(), made);
                    self.set(index, Key::Group(key));
                }
            }
        }
    }

    fn set(&mut self, index: usize, key: Key) {
        if let Some(place) = self.keys.get_mut(index) {
            *place = key;
        }
    }

    /// The element around a draft, and the group around it within that element.
    fn around(&self, book: &Book, draft: &Draft, index: usize) -> (Option<ElementKey>, Option<GroupKey>) {
        let mut group = None;
        let mut next = draft.parent.filter(|parent| *parent < index);
        while let Some(at) = next {
            match self.keys.get(at) {
                Some(Key::Element(key)) => return (Some(key.clone()), group),
                Some(Key::Group(key)) => group = group.or_else(|| Some(key.clone())),
                _ => {}
            }
            next = book.drafts.get(at).and_then(|draft| draft.parent).filter(|parent| *parent < at);
        }
        (None, group)
    }

    /// Makes the relations; gives the one of each link. In dynamic diagrams and in several diagrams of one text the same
    /// relation may be met again.
    fn relate(&mut self, book: &mut Book, ends: &[Option<(usize, usize)>]) -> Vec<Option<RelationKey>> {
        let dynamic: BTreeSet<usize> =
            book.sheets.iter().filter(|sheet| sheet.dynamic).flat_map(|sheet| sheet.links.iter().copied()).collect();
        let several = book.sheets.len() > 1;
        let mut counts: BTreeMap<(ElementKey, ElementKey), usize> = BTreeMap::new();
        // Without a description: any relation with these ends and this technology.
        let mut met: BTreeMap<(ElementKey, ElementKey, String, Option<String>), RelationKey> = BTreeMap::new();
        let mut made = Vec::with_capacity(book.links.len());
        for (index, link) in book.links.iter().enumerate() {
            let found = ends.get(index).copied().flatten();
            let keys = found.and_then(|(source, target)| Some((self.element_key(source)?.clone(), self.element_key(target)?.clone())));
            let Some((mut source, mut target)) = keys else {
                book.report.fidelity.lose("Relation between things that are left out", Some(link.span));
                made.push(None);
                continue;
            };
            let steps = dynamic.contains(&index);
            if steps && link.response {
                std::mem::swap(&mut source, &mut target);
            }
            let technology = link.technology.clone().unwrap_or_default();
            let any = (source.clone(), target.clone(), technology.clone(), None);
            let description = (!steps).then(|| link.description.clone().unwrap_or_default());
            let same = (source.clone(), target.clone(), technology, description);
            if let Some(key) = met.get(&same).filter(|_| steps || several) {
                made.push(Some(key.clone()));
                continue;
            }
            let count = counts.entry((source.clone(), target.clone())).or_default();
            *count += 1;
            let base = format!("{source}->{target}");
            let mut key = RelationKey(if *count == 1 { base.clone() } else { format!("{base}#{count}") });
            while self.model.relations.contains_key(&key) {
                *count += 1;
                key = RelationKey(format!("{base}#{count}"));
            }
            self.model.relations.insert(key.clone(), relation(link, key.clone(), source, target, steps));
            met.entry(any).or_insert_with(|| key.clone());
            met.insert(same, key.clone());
            made.push(Some(key));
        }
        made
    }

    /// Concludes kinds and modes.
    fn conclude(&mut self, book: &Book) {
        for (index, draft) in book.drafts.iter().enumerate() {
            let Some(key) = self.element_key(index).cloned() else { continue };
            let Some(element) = self.model.elements.get_mut(&key) else { continue };
            let evidence = Evidence {
                level: element.level,
                name: &element.name,
                technology: element.technology.as_deref(),
                description: element.description.as_deref(),
                tags: &element.tags,
                properties: &element.properties,
                archetype: None,
                shape: None,
                // The macros tell others' systems apart, so nothing is concluded from what has no parts.
                outside: None,
            };
            let mut kind = infer::kind(&evidence);
            let agrees = |wanted: Kind| kind.value == wanted || (wanted == Kind::Database && kind.value.is_store());
            if let Some(wanted) = draft.kind.filter(|wanted| !kind.stated && !draft.external && !agrees(*wanted)) {
                // As a property it holds in every format that this model is written in.
                kind = Inferred { value: wanted, reason: draft.stated_by.clone(), stated: true };
                state(&mut element.properties, &mut element.facts, "kind", wanted.slug(), draft.span);
            }
            element.kind = kind;
        }
        let kinds: BTreeMap<ElementKey, Kind> =
            self.model.elements.values().map(|element| (element.key.clone(), element.kind.value)).collect();
        let kind_of = |key: &ElementKey| kinds.get(key).copied().unwrap_or(Kind::Service);
        for relation in self.model.relations.values_mut() {
            let ends = Ends { source: kind_of(&relation.source), target: kind_of(&relation.target) };
            let stated = relation.properties.get("mode").map(String::as_str);
            let (description, technology) = (relation.description.as_deref(), relation.technology.as_deref());
            relation.mode = infer::mode(ends, description, technology, &relation.tags, stated);
        }
    }
}

fn element(draft: &Draft, key: ElementKey, level: Level, parent: Option<ElementKey>, group: Option<GroupKey>) -> Element {
    let mut tags = draft.tags.clone();
    let mut tag = |name: &str| {
        if !tags.iter().any(|own| own == name) {
            tags.push(name.to_owned());
        }
    };
    if draft.external {
        tag(EXTERNAL);
        match draft.kind {
            Some(Kind::Database) => tag("Database"),
            Some(Kind::Queue) => tag("Queue"),
            _ => {}
        }
    }
    let (mut properties, mut facts) = (BTreeMap::new(), Facts::default());
    let mut technology = draft.technology.clone();
    for Property { name, value, span } in &draft.properties {
        // What has no argument for it is written as a property.
        if name == TECHNOLOGY && technology.is_none() {
            technology = Some(value.clone());
        } else {
            state(&mut properties, &mut facts, name, value, *span);
        }
    }
    Element {
        key,
        identifier: Some(draft.alias.clone()).filter(|alias| !alias.is_empty()),
        name: draft.name.clone(),
        description: draft.description.clone(),
        technology,
        level,
        kind: Inferred { value: Kind::Service, reason: String::new(), stated: false },
        parent,
        group,
        tags,
        properties,
        facts,
        url: draft.url.clone(),
        perspectives: Vec::new(),
        health_checks: Vec::new(),
        instance_of: None,
        span: draft.span,
        name_span: draft.name_span,
        file: None,
    }
}

fn relation(link: &Link, key: RelationKey, source: ElementKey, target: ElementKey, steps: bool) -> Relation {
    let (mut properties, mut facts) = (BTreeMap::new(), Facts::default());
    for Property { name, value, span } in &link.properties {
        state(&mut properties, &mut facts, name, value, *span);
    }
    let tags = link.tags.iter().filter(|tag| !(steps && tag.eq_ignore_ascii_case(RESPONSE))).cloned().collect();
    Relation {
        key,
        source,
        target,
        description: link.description.clone(),
        technology: link.technology.clone(),
        mode: Inferred { value: Mode::Sync, reason: String::new(), stated: false },
        tags,
        properties,
        facts,
        url: link.url.clone(),
        perspectives: Vec::new(),
        implied_by: None,
        span: link.span,
        file: None,
    }
}

/// What a group has beside its name: everything an element would have in fields is a property.
fn group_properties(draft: &Draft) -> (BTreeMap<String, String>, Facts) {
    let (mut properties, mut facts) = (BTreeMap::new(), Facts::default());
    for Property { name, value, span } in &draft.properties {
        state(&mut properties, &mut facts, name, value, *span);
    }
    if draft.role == Role::Frame(Enclosure::Enterprise) {
        properties.insert(TYPE.to_owned(), ENTERPRISE.to_owned());
    }
    let tags = draft.tags.join(", ");
    let fields = [("description", draft.description.as_deref()), ("url", draft.url.as_deref()), ("tags", Some(tags.as_str()))];
    for (name, value) in fields {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            properties.entry(name.to_owned()).or_insert_with(|| value.to_owned());
        }
    }
    (properties, facts)
}

fn state(properties: &mut BTreeMap<String, String>, facts: &mut Facts, name: &str, value: &str, span: Span) {
    properties.insert(name.to_owned(), value.to_owned());
    if facts::is_fact_name(name) {
        facts.0.insert(name.to_owned(), Fact { value: value.trim().to_owned(), span, inherited_from: None });
    }
}

/// The name itself, or with the first number that makes it new.
fn unique(own: String, numbers: &mut BTreeMap<String, usize>, taken: impl Fn(&str) -> bool) -> String {
    if !taken(&own) {
        return own;
    }
    let number = numbers.entry(own.clone()).or_insert(1);
    loop {
        *number += 1;
        let key = format!("{own}-{number}");
        if !taken(&key) {
            return key;
        }
    }
}

/// A name as part of a key: lower case, `-` between words.
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for next in name.chars().take(MAX_KEY_PART) {
        if next.is_alphanumeric() {
            slug.extend(next.to_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "unnamed".to_owned() } else { slug.to_owned() }
}

/// Whether a relation has a head at each end.
pub fn is_bidirectional(relation: &Relation) -> bool {
    relation.tags.iter().any(|tag| tag == BIDIRECTIONAL)
}
