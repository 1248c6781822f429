//! Renaming: a label is one token; an identifier is that token and every word that means it.

use crate::domain::{
    diagnostic::Span,
    model::{ElementKey, GroupKey, Level},
    syntax::{
        gesture::{Refusal, Subject},
        structurizr::{
            edit::{
                Plan, Select, attribute, mention,
                names::Naming,
                site::{Site, elsewhere, unknown_place},
                text,
            },
            lower::{Target, scope::is_identifier, trace::Reference},
            tree::Word,
        },
    },
};

/// Changes what is shown.
pub(super) fn label<'s>(site: &'s Site<'_>, subject: &'s Subject, name: &str) -> Result<Plan<'s>, Refusal> {
    match subject {
        Subject::Element(key) => element(site, key, name),
        Subject::Group(key) => group(site, key, name),
        Subject::Relation(_) => attribute::describe(site, subject, Some(name)),
        Subject::Workspace => Err(Refusal::whole()),
    }
}

pub(super) fn element<'s>(site: &'s Site<'_>, key: &'s ElementKey, name: &str) -> Result<Plan<'s>, Refusal> {
    let name = text::name(name, "A name")?;
    let statement = site.element_statement(key)?;
    let Some(element) = site.model.elements.get(key) else { return Err(unknown_place()) };
    if let Some(of) = &element.instance_of {
        return Err(Refusal::new(
            format!("{} is an instance and has no name of its own", element.name),
            format!("Rename {} itself.", site.name(of)),
        ));
    }
    let mut plan = Plan::new();
    plan.select = Select::Element(key.clone());
    if element.name == name {
        return Ok(plan);
    }
    site.refuse_same_name(&name, element.level, element.parent.as_ref(), Some(key))?;
    let Some(word) = site.line(statement).words.into_iter().nth(1) else { return Err(unknown_place()) };
    put(&mut plan, site, &word, &name);
    for reference in &site.trace.references {
        if let Some(written) = by_name(site, reference, key, &name)? {
            if let Some(file) = &reference.file {
                return Err(Refusal::new(
                    format!("{} is called by its name in {file}", element.name),
                    format!("Change the name in {file} as well."),
                ));
            }
            plan.edits.replace(reference.span, text::quote(&written));
        }
    }
    plan.expect.changed.insert(key.clone());
    plan.goal = Box::new(move |model, aligned| {
        let found = aligned.key(key).and_then(|key| model.elements.get(key));
        found.is_some_and(|found| {
            found.name == name
                && (&found.description, &found.technology, &found.tags, &found.properties, &found.url)
                    == (&element.description, &element.technology, &element.tags, &element.properties, &element.url)
        })
    });
    Ok(plan)
}

/// What a reference that goes by names has to say after the element is renamed.
fn by_name(site: &Site<'_>, reference: &Reference, key: &ElementKey, name: &str) -> Result<Option<String>, Refusal> {
    let Target::Element(target) = &reference.target else { return Ok(None) };
    if reference.full.is_some() {
        return Ok(None);
    }
    let Some(element) = site.model.elements.get(key) else { return Ok(None) };
    if target == key && element.level == Level::DeploymentEnvironment && reference.name == element.name {
        return Ok(Some(name.to_owned()));
    }
    let Some((kind, path)) = reference.name.split_once("://") else { return Ok(None) };
    let chain: Vec<&ElementKey> = std::iter::once(target).chain(site.model.ancestors(target).map(|element| &element.key)).collect();
    let Some(back) = chain.iter().position(|around| *around == key) else { return Ok(None) };
    let exact = site.text.get(reference.span.range()).is_some_and(|raw| raw.trim_matches('"') == reference.name);
    let separators: &[char] = if kind.to_ascii_lowercase().contains("deployment") || kind.to_ascii_lowercase().contains("infrastructure") {
        &['/']
    } else {
        &['/', '.']
    };
    let parts = path.split(separators).count();
    if !exact || parts != chain.len() || name.contains(separators) {
        return Err(Refusal::new(
            format!("{} is called by its name in `{}`", element.name, reference.name),
            "Give it an identifier and use that there.",
        ));
    }
    let mut names: Vec<&str> = path.split(separators).collect();
    if let Some(slot) = names.iter_mut().rev().nth(back) {
        *slot = name;
    }
    Ok(Some(format!("{kind}://{}", names.join("/"))))
}

/// Puts a name in place of a word, in quotes.
fn put(plan: &mut Plan<'_>, site: &Site<'_>, word: &Word, name: &str) {
    let raw = word.span.of(site.text);
    if word.quoted && !raw.starts_with("\"\"\"") && raw.len() >= 2 && raw.ends_with('"') {
        plan.edits.replace(word.inner_span(), text::escape(name));
    } else {
        plan.edits.replace(word.span, text::quote(name));
    }
}

fn group<'s>(site: &'s Site<'_>, key: &'s GroupKey, name: &str) -> Result<Plan<'s>, Refusal> {
    let name = text::name(name, "A boundary's name")?;
    let Some(group) = site.model.groups.get(key) else {
        return Err(Refusal::new(format!("There is no boundary `{key}` any more"), "Select it again."));
    };
    let mut plan = Plan::new();
    plan.select = Select::Group(key.clone());
    if group.name == name {
        return Ok(plan);
    }
    site.refuse_same_group(&name, group.parent.as_ref(), group.owner.as_ref(), Some(key))?;
    let separator = site.model.properties.get("structurizr.groupSeparator").filter(|text| !text.is_empty());
    for (file, at, leaf) in &site.trace.groups {
        // A name may stand for a path of groups.
        let back = std::iter::successors(Some(leaf), |key| site.model.groups.get(*key).and_then(|group| group.parent.as_ref()))
            .take(site.model.groups.len() + 1)
            .position(|around| around == key);
        let Some(back) = back else { continue };
        let statement = site.at(*at).filter(|_| file.is_none());
        let word = statement.and_then(|statement| site.line(statement).words.into_iter().nth(1));
        let parts: Vec<&str> = match (&word, separator) {
            (Some(word), Some(separator)) => word.value.split(separator.as_str()).collect(),
            (Some(word), None) => vec![word.value.as_str()],
            (None, _) => Vec::new(),
        };
        if let Some(file) = file.as_ref().filter(|_| back == 0) {
            return Err(elsewhere(&format!("The boundary {}", group.name), file));
        }
        let Some(word) = word.as_ref().filter(|_| back < parts.len()) else { continue };
        if let [_] = parts.as_slice() {
            put(&mut plan, site, word, &name);
        } else if let Some(separator) = separator {
            let mut parts = parts;
            if let Some(slot) = parts.iter_mut().rev().nth(back) {
                *slot = &name;
            }
            put(&mut plan, site, word, &parts.join(separator));
        }
    }
    by_group_name(site, &mut plan, &group.name, &name);
    plan.expect.changed_groups.insert(key.clone());
    let position = site.model.groups.get_index_of(key);
    plan.goal = Box::new(move |model, _| position.and_then(|at| model.groups.get_index(at)).is_some_and(|(_, group)| group.name == name));
    Ok(plan)
}

/// Expressions such as `element.group==Name` go by the name.
fn by_group_name(site: &Site<'_>, plan: &mut Plan<'_>, old: &str, new: &str) {
    let tree = site.tree();
    for statement in &tree.statements {
        for word in tree.words(statement) {
            let raw = word.span.of(site.text);
            let Some(at) = raw.to_ascii_lowercase().find("element.group").filter(|_| raw.is_ascii()) else { continue };
            let value = at + "element.group==".len();
            let rest = raw.get(value..).unwrap_or("");
            let ends = rest
                .strip_prefix(old)
                .is_some_and(|tail| tail.is_empty() || tail.starts_with('"') || tail.starts_with(" &&") || tail.starts_with(" ||"));
            if !ends {
                continue;
            }
            let start = word.span.start as usize + value;
            if word.quoted {
                plan.edits.replace(Span::new(start, start + old.len()), text::escape(new));
            } else {
                let written = format!("{}{new}{}", raw.get(..value).unwrap_or(""), rest.get(old.len()..).unwrap_or(""));
                plan.edits.replace(word.span, text::quote(&written));
            }
        }
    }
}

/// Changes an identifier and every word that means it.
pub(super) fn identifier<'s>(site: &'s Site<'_>, key: &'s ElementKey, wanted: &str) -> Result<Plan<'s>, Refusal> {
    let wanted = wanted.trim().to_owned();
    let statement = site.element_statement(key)?;
    let Some(element) = site.model.elements.get(key) else { return Err(unknown_place()) };
    if !is_identifier(&wanted) {
        return Err(Refusal::new(
            format!("`{wanted}` cannot be an identifier"),
            "Use letters from a to z, digits, `_` and `-`, and do not begin with `-`.",
        ));
    }
    let mut plan = Plan::new();
    plan.select = Select::Element(key.clone());
    if element.identifier.as_deref() == Some(wanted.as_str()) {
        return Ok(plan);
    }
    if text::is_keyword(&wanted) {
        return Err(Refusal::new(format!("`{wanted}` is a word of the language"), "Choose another identifier."));
    }
    let mut naming = Naming::new(site);
    let same = element.identifier.as_ref().is_some_and(|old| old.eq_ignore_ascii_case(&wanted));
    if !same && !naming.is_free(&wanted, element.parent.as_ref()) {
        return Err(Refusal::new(format!("The identifier `{wanted}` is already in use"), "Choose another identifier."));
    }
    let definition = site.trace.definitions.iter().find(|definition| {
        let own = definition.span.of(site.text);
        definition.file.is_none() && definition.target == Target::Element(key.clone()) && element.identifier.as_deref() == Some(own)
    });
    let line = site.line(statement);
    match (&line.identifier, definition) {
        (Some(word), Some(definition)) => {
            plan.edits.replace(word.span, wanted.clone());
            for reference in &site.trace.references {
                references(site, &mut plan, reference, &definition.full, &wanted)?;
            }
        }
        // One that means nothing, as it is taken or not allowed.
        (Some(word), None) => plan.edits.replace(word.span, wanted.clone()),
        (None, _) => {
            plan.edits.insert(site.start(statement) as usize, format!("{wanted} = "));
            naming.define(key, &wanted, element.parent.as_ref());
        }
    }
    plan.goal = Box::new(move |model, aligned| {
        aligned.key(key).and_then(|key| model.elements.get(key)).is_some_and(|found| found.identifier.as_deref() == Some(wanted.as_str()))
    });
    Ok(plan)
}

/// Renames one part of the names in one reference.
fn references(site: &Site<'_>, plan: &mut Plan<'_>, reference: &Reference, full: &str, wanted: &str) -> Result<(), Refusal> {
    let Some(found) = reference.full.as_ref() else { return Ok(()) };
    let Some(tail) = found.strip_prefix(full).filter(|tail| tail.is_empty() || tail.starts_with('.')) else { return Ok(()) };
    // The part counts from the end, since names may leave out their beginning.
    let back = tail.matches('.').count();
    if back > reference.name.matches('.').count() {
        return Ok(());
    }
    // An environment may also be called by its name, which stays.
    if let Target::Element(target) = &reference.target
        && let Some(environment) = site.model.elements.get(target)
        && environment.level == Level::DeploymentEnvironment
        && environment.name == reference.name
        && back == 0
    {
        return Ok(());
    }
    let element = full.rsplit('.').next().unwrap_or(full);
    if let Some(file) = &reference.file {
        return Err(Refusal::new(format!("`{element}` is used in {file}"), format!("Rename it in {file} as well, by hand.")));
    }
    let raw = reference.span.of(site.text);
    let mut done = false;
    for range in mention::names(raw) {
        let Some(name) = raw.get(range.clone()).filter(|name| name.eq_ignore_ascii_case(&reference.name)) else { continue };
        let parts: Vec<&str> = name.split('.').collect();
        let Some(at) = parts.len().checked_sub(back + 1) else { continue };
        let before: usize = parts.iter().take(at).map(|part| part.len() + 1).sum();
        let length = parts.get(at).map_or(0, |part| part.len());
        let start = reference.span.start as usize + range.start + before;
        plan.edits.once(Span::new(start, start + length), wanted);
        done = true;
    }
    if done {
        Ok(())
    } else {
        Err(Refusal::new(format!("`{element}` is put together from a constant in `{raw}`"), "Write the identifier out there first."))
    }
}
