//! A model, whatever language it came from, as a workspace of this language.
//!
//! The text is written, read back and compared; what would be concluded otherwise is then stated, and what cannot be said is
//! reported. One file per area: [`words`] (quotes, identifiers), [`plan`] (what stands where), [`names`], [`links`]
//! (relations), [`mod@write`], [`views`], [`looks`] (styles and what else stands beside the model), [`check`] (the comparison
//! that changes the text), [`report`] (the one that is told).

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    model::{ElementKey, Level, Model, view::Direction},
    syntax::{
        Sources,
        fidelity::Fidelity,
        format::Exported,
        structurizr::{self, MAX_BYTES},
    },
};

mod check;
mod links;
mod looks;
mod names;
mod plan;
mod report;
mod views;
mod words;
mod write;

use check::Read;
use links::Link;
use names::Names;
use plan::Plan;
use views::Shown;
use write::Writer;

/// How often the text is written again to state what would be concluded otherwise.
const ROUNDS: usize = 8;

/// A text and what became of the names of its model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printed {
    pub text: String,
    pub fidelity: Fidelity,
    /// The key each element has when the text is read, by its key in the model.
    pub elements: BTreeMap<ElementKey, ElementKey>,
    /// The key each view has when the text is read, by its key in the model; where two views had one key, that of the first.
    pub views: BTreeMap<String, String>,
}

/// What the text says beyond the plain statements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Choices {
    /// Elements whose kind is stated.
    kinds: BTreeSet<usize>,
    /// Relations, by position among the links, whose mode is stated.
    modes: BTreeSet<usize>,
    views: Vec<ViewChoice>,
    /// No relation follows from that of parts.
    implied_off: bool,
    /// Relations that follow from those of parts stand beside others with other words.
    implied_beside: bool,
    /// Numbers of deployment groups by instance.
    groups: BTreeMap<usize, usize>,
    /// Pairs of instances without relation.
    apart: Vec<(usize, usize)>,
    /// The separator to declare for nested groups.
    separator: Option<String>,
}

/// How a view says what it shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct ViewChoice {
    /// Element by element, in place of `*`.
    explicit: bool,
    hidden: Vec<(usize, usize)>,
    extra: Vec<(usize, usize)>,
    hidden_links: BTreeSet<usize>,
    /// Relations, by position among the links, that steps have to name by identifier.
    named_links: BTreeSet<usize>,
    /// A filtered view that shows what it shows by itself.
    alone: bool,
}

/// One attempt.
#[derive(Default)]
struct Draft {
    text: String,
    fidelity: Fidelity,
    /// In the order of the text.
    elements: Vec<usize>,
    links: Vec<usize>,
}

/// The model as a workspace; ends with a line end.
pub fn print(model: &Model) -> Exported {
    let Printed { text, fidelity, .. } = write(model);
    Exported { text, fidelity }
}

/// A name as an identifier in camel case: `Order service` gives `orderService`; empty where it has no such letters.
pub(in crate::domain::syntax) fn identifier_of(name: &str) -> String {
    words::identifier_of(name)
}

/// As [`print()`], with the keys that the elements and views get.
pub fn write(model: &Model) -> Printed {
    let mut about = Fidelity::default();
    let plan = Plan::new(model, &mut about);
    let links = links::links(&plan, &mut about);
    let unsaid = views::goes_without_saying(model);
    let show = |choices: &[ViewChoice]| if unsaid { Vec::new() } else { views::shown(&plan, model, choices) };
    let mut shown = show(&[]);
    let mut choices = Choices {
        views: shown.iter().map(|_| ViewChoice::default()).collect(),
        separator: separator(&plan),
        implied_beside: links::beside(&plan),
        ..Choices::default()
    };
    let mut draft = attempt(&plan, &links, &shown, &choices);
    for _ in 0..ROUNDS {
        if draft.text.len() > MAX_BYTES {
            break;
        }
        let parsed = structurizr::parse("workspace.dsl", &draft.text, &Sources::new());
        let Some(read) = Read::new(&parsed.model, &draft) else { break };
        if !check::improve(&plan, &links, &shown, &read, &mut choices) {
            break;
        }
        shown = show(&choices.views);
        draft = attempt(&plan, &links, &shown, &choices);
    }
    finish(model, &plan, &links, &shown, draft, about)
}

fn finish(model: &Model, plan: &Plan<'_>, links: &[Link<'_>], shown: &[Option<Shown<'_>>], draft: Draft, about: Fidelity) -> Printed {
    let mut fidelity = Fidelity { kept: about.kept, lost: about.lost, ..draft.fidelity.clone() };
    fidelity.kept.extend(draft.fidelity.kept.iter().cloned());
    fidelity.lost.extend(draft.fidelity.lost.iter().cloned());
    for (view, written) in model.views.iter().zip(shown) {
        match written {
            None => fidelity.lose("Deployment view of a model without deployment environments", None),
            Some(written) if written.kind != view.kind => {
                fidelity.keep(format!("{}, as another kind of view that shows the same", view.kind.name()), None);
            }
            Some(_) => {}
        }
    }
    if let (true, Some(view)) = (shown.is_empty(), model.views.first()) {
        for (what, lost) in [
            ("Direction of a view that is not written down", view.direction != Direction::default()),
            ("Animation of a view that is not written down", !view.animation.is_empty()),
            ("Properties of a view that is not written down", !view.properties.is_empty()),
            ("Choice of the view that is opened first", view.is_default),
        ] {
            if lost {
                fidelity.lose(what, None);
            }
        }
    }
    let mut elements = BTreeMap::new();
    let parsed = structurizr::parse("workspace.dsl", &draft.text, &Sources::new());
    match Read::new(&parsed.model, &draft).filter(|_| draft.text.len() <= MAX_BYTES) {
        Some(read) => {
            report::report(plan, links, shown, &read, &mut fidelity);
            elements.extend(plan.index.iter().filter_map(|(key, at)| Some(((*key).clone(), read.key(*at)?.clone()))));
        }
        None => fidelity.lose("Part of a model that is too large to be read again", None),
    }
    let mut views = BTreeMap::new();
    for written in shown.iter().flatten() {
        views.entry(written.view.key.clone()).or_insert_with(|| written.key.clone());
    }
    Printed { text: draft.text, fidelity, elements, views }
}

/// Nested groups need a separator; other tools refuse them without.
fn separator(plan: &Plan<'_>) -> Option<String> {
    const NAME: &str = "structurizr.groupSeparator";
    let nested = plan.groups.iter().any(|group| group.parent.is_some());
    if !nested || plan.model.properties.get(NAME).is_some_and(|text| !text.is_empty()) {
        return None;
    }
    let free = |separator: &&str| !plan.groups.iter().any(|group| group.name.contains(*separator));
    ["/", "|", "::", "~", "///"].into_iter().find(free).map(str::to_owned)
}

fn attempt(plan: &Plan<'_>, links: &[Link<'_>], shown: &[Option<Shown<'_>>], choices: &Choices) -> Draft {
    let mut fidelity = Fidelity::default();
    let mut referenced = views::referenced(plan, shown, &choices.views);
    referenced.extend(links.iter().flat_map(|link| [link.source, link.target]));
    referenced.extend(choices.apart.iter().flat_map(|(one, other)| [*one, *other]));
    let mut environments: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, placed) in plan.elements.iter().enumerate() {
        let of = placed.element.and_then(|element| element.instance_of.as_ref()).and_then(|key| plan.index.get(key));
        referenced.extend(of);
        // Environments of one name are told apart by identifier.
        if placed.level == Level::DeploymentEnvironment
            && let Some(twin) = environments.insert(plan.name(at), at)
        {
            referenced.extend([at, twin]);
        }
    }
    for view in plan.model.views.iter().flat_map(|view| &view.steps) {
        if let Some(relation) = plan.model.relations.get(&view.relation) {
            referenced.extend([&relation.source, &relation.target].into_iter().filter_map(|key| plan.index.get(key)));
        }
    }
    let mut names = Names::new(plan, &referenced);
    let named: BTreeSet<usize> = choices.views.iter().flat_map(|view| view.hidden_links.union(&view.named_links)).copied().collect();
    let identifiers = write::identifiers(links, &named, &mut names);
    let mut deployment_groups = BTreeMap::new();
    for (instance, number) in &choices.groups {
        if let Some(environment) = plan.around(*instance).last() {
            deployment_groups.entry((environment, *number)).or_insert_with(|| names.claim_like(&format!("group{number}")));
        }
    }
    let mut writer = Writer {
        plan,
        links,
        names: &names,
        choices,
        fidelity: &mut fidelity,
        identifiers: &identifiers,
        deployment_groups: &deployment_groups,
        written_elements: Vec::new(),
        written_links: Vec::new(),
        linked: BTreeMap::new(),
        between: BTreeMap::new(),
        folders: BTreeMap::new(),
        apart: BTreeMap::new(),
    };
    let text = workspace(&mut writer, shown);
    let (elements, written) = (std::mem::take(&mut writer.written_elements), std::mem::take(&mut writer.written_links));
    Draft { text, fidelity, elements, links: written }
}

fn workspace(writer: &mut Writer<'_, '_>, shown: &[Option<Shown<'_>>]) -> String {
    let model = writer.plan.model;
    let mut header = "workspace".to_owned();
    let mut body = String::new();
    if !model.name.trim().is_empty() {
        header.push(' ');
        header.push_str(&words::quoted(&model.name, "the name of the workspace", writer.fidelity));
    }
    if let Some(description) = model.description.as_deref().filter(|text| !text.trim().is_empty()) {
        if model.name.trim().is_empty() || words::wants_block(description) {
            writer.text(&mut body, 1, "description", description, "the description of the workspace");
        } else {
            header.push(' ');
            header.push_str(&words::quoted(description, "the description of the workspace", writer.fidelity));
        }
    }
    if writer.names.hierarchical {
        write::line(&mut body, 1, "!identifiers hierarchical");
    }
    if writer.choices.implied_off {
        write::line(&mut body, 1, "!impliedRelationships false");
    }
    if writer.choices.implied_beside {
        write::line(
            &mut body,
            1,
            "!impliedRelationships com.structurizr.model.CreateImpliedRelationshipsUnlessSameRelationshipExistsStrategy",
        );
    }
    for folder in model.linked_folders.iter().filter(|folder| folder.owner.is_none()) {
        writer.folder(&mut body, 1, folder.decisions, &folder.path);
    }
    writer.properties(&mut body, 1, &model.properties, &model.facts, None);
    if !body.is_empty() {
        body.push('\n');
    }
    let statements = writer.model();
    write::line(&mut body, 1, "model {");
    body.push_str(&statements);
    write::line(&mut body, 1, "}");
    let by_key: BTreeMap<&str, usize> = writer.links.iter().enumerate().map(|(at, link)| (link.relation.key.as_str(), at)).collect();
    let statements = writer.views(shown, &by_key);
    if !statements.is_empty() {
        body.push('\n');
        write::line(&mut body, 1, "views {");
        body.push_str(&statements);
        write::line(&mut body, 1, "}");
    }
    let configuration = writer.configuration();
    if !configuration.is_empty() {
        body.push('\n');
        write::statement(&mut body, 1, "configuration", &configuration);
    }
    let mut out = String::new();
    write::statement(&mut out, 0, &header, &body);
    out
}

#[cfg(test)]
mod tests;
