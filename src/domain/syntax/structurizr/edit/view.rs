//! Views: made, removed, renamed, turned, and what they list.

use std::collections::BTreeSet;

use crate::domain::{
    model::{
        ElementKey, Level,
        view::{Direction, View, ViewKind},
    },
    syntax::{
        gesture::{NewView, Refusal},
        structurizr::{
            edit::{
                Plan, Select,
                delete::{drop_words, is_plain},
                edits::Edits,
                names::Naming,
                site::{Site, elsewhere, lines::Within, unknown_place},
                text,
            },
            lower::{Target, scope::slug},
            tree::StatementId,
        },
    },
};

/// The view and its statement.
fn find<'s>(site: &'s Site<'_>, key: &str) -> Result<(&'s View, StatementId), Refusal> {
    let Some(view) = site.model.views.iter().find(|view| view.key == key) else {
        return Err(Refusal::new(format!("There is no view `{key}` any more"), "Select it again."));
    };
    if view.kind == ViewKind::Everything {
        return Err(Refusal::new("This view is not written in the text; it shows everything there is", "Add a view first."));
    }
    let Some((file, at, _)) = site.trace.views.iter().find(|(_, _, own)| own == key) else { return Err(unknown_place()) };
    if let Some(file) = file {
        return Err(elsewhere(&format!("The view {key}"), file));
    }
    Ok((view, site.at(*at).ok_or_else(unknown_place)?))
}

/// The key of the view a filtered one is made from.
pub(super) fn base_of(site: &Site<'_>, statement: StatementId) -> Option<String> {
    let line = site.line(statement);
    if line.keyword() != "filtered" {
        return None;
    }
    let written = line.words.get(1)?.value.clone();
    let safe = |next: char| if next.is_ascii_alphanumeric() || matches!(next, '_' | '-') { next } else { '-' };
    Some(written.trim().chars().map(safe).collect())
}

fn filtered_from(site: &Site<'_>, key: &str) -> Vec<String> {
    let own = site.trace.views.iter().filter(|(file, ..)| file.is_none());
    own.filter(|(_, at, _)| site.at(*at).and_then(|id| base_of(site, id)).is_some_and(|base| base == key))
        .map(|(_, _, key)| key.clone())
        .collect()
}

fn children(site: &Site<'_>, statement: StatementId) -> Vec<StatementId> {
    site.block(statement).map(|block| site.children(block)).unwrap_or_default()
}

pub(super) fn add<'s>(site: &'s Site<'_>, view: &'s NewView) -> Result<Plan<'s>, Refusal> {
    let title = text::optional(Some(&view.title), "A title")?;
    let mut plan = Plan::new();
    let mut naming = Naming::new(site);
    let (kind, keyword) = match &view.scope {
        None => (ViewKind::Landscape, "systemLandscape"),
        Some(key) => match site.model.elements.get(key) {
            None => return Err(Refusal::new(format!("There is no element `{key}` any more"), "Select it again.")),
            Some(element) => match element.level {
                Level::System if site.model.children(key).any(|part| part.level == Level::Container) => (ViewKind::Container, "container"),
                Level::System => (ViewKind::Context, "systemContext"),
                Level::Container => (ViewKind::Component, "component"),
                Level::DeploymentEnvironment => (ViewKind::Deployment, "deployment *"),
                _ => {
                    return Err(Refusal::new(
                        format!("There is no kind of view about {}", element.name),
                        "Make a view about a software system, a container or a deployment environment.",
                    ));
                }
            },
        },
    };
    let key = new_key(site, view, title.as_deref(), keyword)?;
    let mut header = keyword.to_owned();
    if let Some(scope) = &view.scope {
        header.push(' ');
        header.push_str(&site.name_in(&mut naming, scope, None, &mut plan.edits)?);
    }
    header = format!("{header} {}", text::quote(&key));
    let mut inner: Vec<String> = title.iter().map(|title| format!("title {}", text::quote(title))).collect();
    inner.extend(["include *".to_owned(), "autoLayout lr".to_owned()]);
    let lines = site.block_lines(&header, &inner);
    match (site.section("views"), site.workspace()) {
        (Some(views), _) => {
            let last = children(site, views).into_iter().rfind(|id| site.view_at(*id).is_some());
            match last {
                Some(last) => {
                    let lines: Vec<String> = std::iter::once(String::new()).chain(lines).collect();
                    site.insert_in(views, Within::After(last), &lines, &mut plan.edits);
                }
                None => site.insert_in(views, Within::Start, &lines, &mut plan.edits),
            }
        }
        (None, _) if site.trace.views.iter().any(|(file, ..)| file.is_some()) => {
            let file = site.trace.views.iter().find_map(|(file, ..)| file.clone()).unwrap_or_default();
            return Err(Refusal::new(format!("The views are defined in {file}"), format!("Open {file} and add the view there.")));
        }
        (None, Some(workspace)) => {
            let after = children(site, workspace).into_iter().rfind(|id| site.line(*id).keyword() == "model");
            let lines: Vec<String> = std::iter::once(String::new()).chain(site.block_lines("views", &lines)).collect();
            site.insert_in(workspace, after.map_or(Within::End, Within::After), &lines, &mut plan.edits);
        }
        (None, None) => return Err(Refusal::new("This file has no workspace", "Add the view to the file that includes it.")),
    }
    plan.view = Some(key.clone());
    plan.expect.new_views = 1;
    plan.goal = Box::new(move |model, aligned| {
        let scope = view.scope.as_ref().filter(|_| kind != ViewKind::Deployment).map(|key| aligned.key(key).cloned());
        model
            .views
            .iter()
            .any(|found| found.key == key && found.kind == kind && found.title == title && found.scope.clone().map(Some) == scope)
    });
    Ok(plan)
}

fn new_key(site: &Site<'_>, view: &NewView, title: Option<&str>, keyword: &str) -> Result<String, Refusal> {
    let taken = |key: &str| site.model.views.iter().any(|view| view.key == key && view.kind != ViewKind::Everything);
    let wanted = text::plain(&view.key, "A view's key")?;
    if !wanted.is_empty() {
        if !wanted.chars().all(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '-')) {
            return Err(Refusal::new(format!("`{wanted}` cannot be the key of a view"), "Use letters from a to z, digits, `_` and `-`."));
        }
        if taken(&wanted) {
            return Err(Refusal::new(format!("There is already a view `{wanted}`"), "Choose another key."));
        }
        return Ok(wanted);
    }
    let scope = view.scope.as_ref().map(|key| site.name(key));
    let of = title.map_or_else(|| format!("{} {}", keyword.trim_end_matches(" *"), scope.unwrap_or_default()), str::to_owned);
    let base: String = slug(&of).chars().filter(|next| next.is_ascii_alphanumeric() || *next == '-').collect();
    let base = base.trim_matches('-');
    let base = if base.is_empty() { "view" } else { base };
    let numbered = (2..10_000_u32).map(|number| format!("{base}-{number}"));
    std::iter::once(base.to_owned()).chain(numbered).find(|key| !taken(key)).ok_or_else(unknown_place)
}

pub(super) fn remove<'s>(site: &'s Site<'_>, key: &'s str) -> Result<Plan<'s>, Refusal> {
    let (_, statement) = find(site, key)?;
    if let Some(filtered) = filtered_from(site, key).first() {
        return Err(Refusal::new(format!("The view {filtered} shows a part of this view"), format!("Remove {filtered} first.")));
    }
    let mut plan = Plan::new();
    plan.edits.remove(site.removal(statement));
    plan.expect.gone_views.insert(key.to_owned());
    Ok(plan)
}

pub(super) fn rename<'s>(site: &'s Site<'_>, key: &'s str, title: &str) -> Result<Plan<'s>, Refusal> {
    let (view, statement) = find(site, key)?;
    let title = text::optional(Some(title), "A title")?;
    let mut plan = Plan::new();
    if view.title == title {
        return Ok(plan);
    }
    let statements: Vec<StatementId> = children(site, statement).into_iter().filter(|id| site.line(*id).keyword() == "title").collect();
    let word = site.line(statement).words.get(2).cloned().filter(|_| view.kind == ViewKind::Custom);
    match (&title, statements.last()) {
        (Some(title), Some(last)) => {
            let words = site.line(*last).words;
            match (words.get(1), words.first()) {
                (Some(word), _) => plan.edits.replace(word.span, text::quote(title)),
                (None, Some(keyword)) => plan.edits.insert(keyword.span.end as usize, format!(" {}", text::quote(title))),
                (None, None) => {}
            }
        }
        (Some(title), None) => match word {
            Some(word) => plan.edits.replace(word.span, text::quote(title)),
            None => site.insert_in(statement, Within::Start, &[format!("title {}", text::quote(title))], &mut plan.edits),
        },
        (None, _) => {
            for id in statements {
                plan.edits.remove(site.removal(id));
            }
            if let Some(word) = word {
                plan.edits.replace(word.span, "\"\"");
            }
        }
    }
    plan.expect.changed_views.insert(key.to_owned());
    let elements = view.elements.clone();
    plan.goal = Box::new(move |model, _| {
        model
            .views
            .iter()
            .any(|found| found.key == key && found.title == title && found.elements == elements && found.direction == view.direction)
    });
    Ok(plan)
}

const fn word_of(direction: Direction) -> &'static str {
    match direction {
        Direction::TopBottom => "tb",
        Direction::BottomTop => "bt",
        Direction::LeftRight => "lr",
        Direction::RightLeft => "rl",
    }
}

pub(super) fn direct<'s>(site: &'s Site<'_>, key: &'s str, direction: Direction) -> Result<Plan<'s>, Refusal> {
    let (view, statement) = find(site, key)?;
    let mut plan = Plan::new();
    if view.direction == direction {
        return Ok(plan);
    }
    if view.kind == ViewKind::Filtered {
        let base = base_of(site, statement).unwrap_or_default();
        return Err(Refusal::new("A filtered view runs as the view it is made from", format!("Turn the view {base} instead.")));
    }
    let wanted = word_of(direction);
    match children(site, statement).into_iter().rfind(|id| site.line(*id).keyword() == "autolayout") {
        Some(layout) => {
            let words = site.line(layout).words;
            let is_direction = |text: &str| matches!(text.to_ascii_lowercase().as_str(), "" | "tb" | "bt" | "lr" | "rl");
            match (words.first(), words.get(1)) {
                (_, Some(word)) if is_direction(&word.value) || word.value.parse::<u32>().is_err() => plan.edits.replace(word.span, wanted),
                (Some(keyword), _) => plan.edits.insert(keyword.span.end as usize, format!(" {wanted}")),
                _ => return Err(unknown_place()),
            }
        }
        None => site.insert_in(statement, Within::End, &[format!("autoLayout {wanted}")], &mut plan.edits),
    }
    plan.expect.changed_views.insert(key.to_owned());
    plan.expect.changed_views.extend(filtered_from(site, key));
    let elements = view.elements.clone();
    plan.goal = Box::new(move |model, _| {
        model
            .views
            .iter()
            .any(|found| found.key == key && found.direction == direction && found.elements == elements && found.title == view.title)
    });
    Ok(plan)
}

/// Whether words can be listed in such a view.
fn lists(view: &View) -> Result<(), Refusal> {
    let why = match view.kind {
        ViewKind::Dynamic => "A dynamic view shows what its steps name",
        ViewKind::Filtered => "A filtered view shows what its tags choose",
        ViewKind::Image => "An image view shows a picture",
        _ => return Ok(()),
    };
    Err(Refusal::new(why, "Change the view in the text."))
}

/// Whether such views show elements of the level, as lowering decides it.
const fn takes(kind: ViewKind, level: Level) -> bool {
    match kind {
        ViewKind::Landscape | ViewKind::Context => matches!(level, Level::Custom | Level::Person | Level::System),
        ViewKind::Container => matches!(level, Level::Custom | Level::Person | Level::System | Level::Container),
        ViewKind::Component => matches!(level, Level::Custom | Level::Person | Level::System | Level::Container | Level::Component),
        ViewKind::Custom => matches!(level, Level::Custom),
        ViewKind::Deployment => !matches!(level, Level::Person | Level::Component | Level::DeploymentEnvironment),
        _ => true,
    }
}

/// Where a view lists more names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spot {
    /// In the last statement of that sort.
    Same,
    /// After all that includes or excludes, so that nothing takes the names away again.
    Last,
}

/// Lists more names in a view; false where there is no statement of that sort yet.
fn list(
    site: &Site<'_>,
    statement: StatementId,
    (keyword, spot): (&str, Spot),
    names: &[String],
    gone: &[StatementId],
    edits: &mut Edits,
) -> bool {
    let children: Vec<StatementId> = children(site, statement).into_iter().filter(|id| !gone.contains(id)).collect();
    let keyword_of = |id: &StatementId| site.line(*id).keyword();
    let line = format!("{keyword} {}", names.join(" "));
    let same = children.iter().rfind(|id| keyword_of(id) == keyword);
    let last = children.iter().rfind(|id| matches!(keyword_of(id).as_str(), "include" | "exclude"));
    match (spot, same, last) {
        (Spot::Same, Some(same), _) => {
            if let Some(word) = site.line(*same).words.last() {
                edits.insert(word.span.end as usize, format!(" {}", names.join(" ")));
            }
        }
        (Spot::Same, None, Some(_)) => return false,
        (Spot::Last, _, Some(last)) => site.insert_in(statement, Within::After(*last), &[line], edits),
        (_, _, None) => {
            let texts = children.iter().rfind(|id| matches!(keyword_of(id).as_str(), "title" | "description" | "properties"));
            site.insert_in(statement, texts.map_or(Within::Start, |id| Within::After(*id)), &[line], edits);
        }
    }
    true
}

/// The edits by which a view may list more names, the smallest first; none where it cannot.
pub(super) fn shown(site: &Site<'_>, key: &str, names: &[String]) -> Vec<Edits> {
    let Ok((view, statement)) = find(site, key) else { return Vec::new() };
    if lists(view).is_err() {
        return Vec::new();
    }
    let mut all = Vec::new();
    for spot in [Spot::Same, Spot::Last] {
        let mut edits = Edits::default();
        if list(site, statement, ("include", spot), names, &[], &mut edits) {
            all.push(edits);
        }
    }
    all
}

/// The words of a view that say nothing but one of the elements' names.
fn plain_words(
    site: &Site<'_>,
    statement: StatementId,
    keyword: &str,
    elements: &BTreeSet<ElementKey>,
) -> Vec<(StatementId, crate::domain::diagnostic::Span, String)> {
    let references = site.trace.references.iter().filter(|reference| reference.file.is_none() && is_plain(site, reference));
    references
        .filter(|reference| matches!(&reference.target, Target::Element(key) if elements.contains(key)))
        .filter_map(|reference| Some((site.at(reference.statement)?, reference.span, reference.name.clone())))
        .filter(|(id, ..)| site.line(*id).keyword() == keyword && site.owner(site.block_around(*id)) == Some(statement))
        .collect()
}

/// Shows elements in a view, or hides them there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Show,
    Hide,
}

pub(super) fn include<'s>(site: &'s Site<'_>, key: &'s str, elements: &'s [ElementKey]) -> Result<Plan<'s>, Refusal> {
    change(site, key, elements, Way::Show)
}

pub(super) fn exclude<'s>(site: &'s Site<'_>, key: &'s str, elements: &'s [ElementKey]) -> Result<Plan<'s>, Refusal> {
    change(site, key, elements, Way::Hide)
}

/// Why a view cannot show or hide an element, where the language decides it: it never shows a whole beside its parts.
fn obstacle(site: &Site<'_>, view: &View, wanted: &BTreeSet<ElementKey>, way: Way) -> Option<Refusal> {
    for key in wanted {
        let name = site.name(key);
        let part = view.elements.iter().find(|shown| site.model.is_inside(shown, key) && !wanted.contains(*shown));
        let whole = site.model.ancestors(key).find(|around| view.elements.contains(&around.key));
        let about = view.scope.as_ref() == Some(key);
        match (way, part, whole) {
            (Way::Hide, Some(part), _) => {
                let what = format!("{name} is drawn as the frame around {}", site.name(part));
                return Some(Refusal::new(what, "Hide what lies in it; the frame goes with the last of them."));
            }
            (Way::Hide, None, _) if about => {
                return Some(Refusal::new(format!("This view is about {name}"), "Make another view, or remove this one."));
            }
            (Way::Show, Some(part), _) => {
                let what = format!("{name} cannot be shown beside {}, which lies in it", site.name(part));
                return Some(Refusal::new(what, format!("Hide {} first.", site.name(part))));
            }
            (Way::Show, None, _) if about => {
                return Some(Refusal::new(format!("{name} is the frame of this view"), "It appears as soon as one of its parts is shown."));
            }
            (Way::Show, None, Some(whole)) if view.scope.as_ref() != Some(&whole.key) => {
                let what = format!("{name} cannot be shown beside {}, in which it lies", whole.name);
                return Some(Refusal::new(what, format!("Hide {} first.", whole.name)));
            }
            _ => {}
        }
    }
    None
}

fn change<'s>(site: &'s Site<'_>, key: &'s str, elements: &'s [ElementKey], way: Way) -> Result<Plan<'s>, Refusal> {
    let (view, statement) = find(site, key)?;
    lists(view)?;
    let missing = elements.iter().find(|key| !site.model.elements.contains_key(*key));
    if let Some(missing) = missing {
        return Err(Refusal::new(format!("There is no element `{missing}` any more"), "Select it again."));
    }
    let wanted: BTreeSet<ElementKey> =
        elements.iter().filter(|element| view.elements.contains(element) != (way == Way::Show)).cloned().collect();
    if wanted.is_empty() {
        return Ok(Plan::new());
    }
    let levels = wanted.iter().filter_map(|key| site.model.elements.get(key));
    if let Some(other) = levels.clone().find(|element| way == Way::Show && !takes(view.kind, element.level)) {
        let what = view.kind.name().to_ascii_lowercase();
        return Err(Refusal::new(format!("{} cannot be shown in a {what}", other.name), "Show it in a view of its level."));
    }
    let (against, towards) = match way {
        Way::Show => ("exclude", "include"),
        Way::Hide => ("include", "exclude"),
    };
    let words = plain_words(site, statement, against, &wanted);
    // First the words that say the opposite are taken away; where that does not do it, the view says so itself.
    let ways = [(false, None), (false, Some(Spot::Same)), (true, Some(Spot::Same)), (false, Some(Spot::Last)), (true, Some(Spot::Last))];
    let mut last: Option<Plan<'s>> = None;
    for (keeps, adds) in ways.into_iter().rev() {
        let drops = !keeps && !words.is_empty();
        if !drops && (adds.is_none() || (!keeps && words.is_empty())) {
            continue;
        }
        let mut plan = Plan::new();
        let mut gone = Vec::new();
        if drops {
            gone = drop_words(site, &words, &mut plan.edits);
            for id in &gone {
                plan.edits.remove(site.removal(*id));
            }
        }
        if let Some(spot) = adds {
            let mut naming = Naming::new(site);
            let mut names = Vec::new();
            for element in elements.iter().filter(|element| wanted.contains(element)) {
                let name = site.name_in(&mut naming, element, None, &mut plan.edits)?;
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            if !list(site, statement, (towards, spot), &names, &gone, &mut plan.edits) {
                continue;
            }
        }
        plan.expect.changed_views.insert(key.to_owned());
        plan.expect.changed_views.extend(filtered_from(site, key));
        plan.select = elements.first().cloned().map_or(Select::Nothing, Select::Element);
        plan.refusal = obstacle(site, view, &wanted, way);
        let wanted = wanted.clone();
        plan.goal = Box::new(move |model, aligned| {
            let Some(found) = model.views.iter().find(|view| view.key == key) else { return false };
            let now: BTreeSet<&ElementKey> = found.elements.iter().collect();
            let before: BTreeSet<&ElementKey> = view.elements.iter().filter_map(|key| aligned.key(key)).collect();
            let near = |other: &ElementKey| {
                wanted
                    .iter()
                    .filter_map(|key| aligned.key(key))
                    .any(|key| key == other || model.is_inside(other, key) || model.is_inside(key, other))
            };
            let all = wanted.iter().all(|element| aligned.key(element).is_some_and(|new| now.contains(new) == (way == Way::Show)));
            let looks = (&found.title, &found.description, found.direction) == (&view.title, &view.description, view.direction);
            all && looks && now.symmetric_difference(&before).all(|other| near(other))
        });
        plan.otherwise = last.take().map(Box::new);
        last = Some(plan);
    }
    last.ok_or_else(unknown_place)
}
