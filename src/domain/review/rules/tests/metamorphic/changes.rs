//! Changes of a design that change nothing that it says: other names, another order, another layout, other identifiers, other
//! files, and something beside it that has nothing to do with it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use crate::domain::{
    diagnostic::Span,
    model::{ElementKey, Model, RelationKey, kind::Kind},
    review::{
        graph::{Graph, kind},
        rules::tests::bases::{Base, MAIN, has_ending},
    },
    syntax::{
        TextEdit, apply,
        structurizr::{
            self,
            occurrence::Symbol,
            parse,
            tree::{BlockId, Statement, StatementId, Tree},
        },
    },
};

/// Edits of the files of a design, each once.
#[derive(Default)]
struct Edits(BTreeMap<String, BTreeMap<(u32, u32), String>>);

impl Edits {
    fn put(&mut self, file: &str, span: Span, replacement: impl Into<String>) {
        self.0.entry(file.to_owned()).or_default().insert((span.start, span.end), replacement.into());
    }

    fn apply(self, base: &Base) -> Base {
        let mut changed = base.clone();
        for (file, edits) in self.0 {
            let edits: Vec<TextEdit> =
                edits.into_iter().map(|((start, end), replacement)| TextEdit { span: Span { start, end }, replacement }).collect();
            if let Some(text) = changed.files.get_mut(&file) {
                *text = apply(text, &edits);
            }
        }
        changed
    }
}

/// A word that means nothing, and another one for every number.
fn word(number: usize) -> String {
    const SYLLABLES: [&str; 6] = ["ka", "lo", "mi", "ru", "ve", "zo"];
    let mut word = String::new();
    let mut rest = number + SYLLABLES.len();
    while rest > 0 {
        word.push_str(SYLLABLES[rest % SYLLABLES.len()]);
        rest /= SYLLABLES.len();
    }
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Every element is called something else, in the diagrams and wherever records speak of it. The words that tell what kind of
/// thing it is stay.
pub(super) fn names(base: &Base) -> Option<Base> {
    let reading = base.read();
    let mut edits = Edits::default();
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    for (path, parsed) in &reading.diagrams {
        for element in parsed.model.elements.values().filter(|element| element.instance_of.is_none()) {
            let number = renamed.len();
            let new = renamed.entry(element.name.clone()).or_insert_with(|| format!("{} {}", word(number), element.name)).clone();
            let file = element.file.as_deref().unwrap_or(path);
            let text = base.files.get(file)?;
            let quoted = text.get(..element.name_span.start as usize)?.ends_with('"');
            edits.put(file, element.name_span, if quoted { new } else { format!("\"{new}\"") });
        }
        // Facts that call an element by its name.
        for element in parsed.model.elements.values() {
            if let Some(fact) = element.facts.get("dlq")
                && let Some(new) = parsed.model.elements.values().find(|other| other.name == fact.value).map(|other| &renamed[&other.name])
            {
                edits.put(element.file.as_deref().unwrap_or(path), fact.span, format!("dlq \"{new}\""));
            }
        }
    }
    let mut changed = edits.apply(base);
    for (path, text) in &mut changed.files {
        if has_ending(path, "md") {
            *text = replace_words(text, &renamed);
        }
    }
    (!renamed.is_empty()).then_some(changed)
}

fn replace_words(text: &str, renamed: &BTreeMap<String, String>) -> String {
    let mut longest: Vec<(&String, &String)> = renamed.iter().collect();
    longest.sort_by_key(|(old, _)| std::cmp::Reverse(old.len()));
    let mut result = String::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let fresh = !result.ends_with(|last: char| last.is_alphanumeric());
        let found = longest.iter().find(|(old, _)| {
            fresh && rest.strip_prefix(old.as_str()).is_some_and(|after| !after.starts_with(|next: char| next.is_alphanumeric()))
        });
        if let Some((old, new)) = found {
            result.push_str(new);
            at += old.len();
        } else if let Some(next) = rest.chars().next() {
            result.push(next);
            at += next.len_utf8();
        }
    }
    result
}

/// Every boundary is called something else, in the diagrams and wherever facts and records speak of it.
pub(super) fn boundaries(base: &Base) -> Option<Base> {
    let reading = base.read();
    let mut edits = Edits::default();
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    for (path, parsed) in &reading.diagrams {
        let model = &parsed.model;
        for group in model.groups.values() {
            let number = renamed.len();
            let new = renamed.entry(group.name.clone()).or_insert_with(|| format!("{} {}", group.name, word(number))).clone();
            let file = group.file.as_deref().unwrap_or(path);
            let start = group.span.start as usize + group.span.of(base.files.get(file)?).find(&group.name)?;
            edits.put(file, Span::new(start, start + group.name.len()), new);
        }
        let contexts = model.elements.values().filter_map(|element| Some((element.file.as_deref(), element.facts.get("context")?)));
        for (file, fact) in contexts.filter(|(_, fact)| fact.inherited_from.is_none()) {
            if let Some(new) = renamed.get(&fact.value) {
                edits.put(file.unwrap_or(path), fact.span, format!("context \"{new}\""));
            }
        }
    }
    let mut changed = edits.apply(base);
    for (path, text) in &mut changed.files {
        if has_ending(path, "md") {
            for (old, new) in &renamed {
                *text = text.replace(&format!("[[{old}]]"), &format!("[[{new}]]"));
            }
        }
    }
    (!renamed.is_empty()).then_some(changed)
}

/// Every identifier is another one, and so is every reference to it.
pub(super) fn identifiers(base: &Base) -> Option<Base> {
    let sources = base.sources();
    let mut edits = Edits::default();
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    for (path, text) in &sources {
        let index = structurizr::index(path, text, &sources);
        for occurrence in &index.occurrences {
            if !matches!(occurrence.symbol, Symbol::Element(_) | Symbol::Relation(_)) {
                continue;
            }
            let file = occurrence.file.as_deref().unwrap_or(path);
            let old = occurrence.span.of(sources.get(file)?).to_ascii_lowercase();
            let number = renamed.len();
            let new = renamed.entry(old).or_insert_with(|| format!("{}{number}", word(number).to_lowercase())).clone();
            edits.put(file, occurrence.span, new);
        }
    }
    (!renamed.is_empty()).then(|| edits.apply(base))
}

/// What the keys of a diagram have become: elements, relations and groups keep their places.
pub(super) fn keys(before: &Model, after: &Model) -> (BTreeMap<ElementKey, ElementKey>, BTreeMap<RelationKey, RelationKey>) {
    assert_eq!(before.elements.len(), after.elements.len());
    assert_eq!(before.relations.len(), after.relations.len());
    (
        before.elements.keys().cloned().zip(after.elements.keys().cloned()).collect(),
        before.relations.keys().cloned().zip(after.relations.keys().cloned()).collect(),
    )
}

/// A statement that draws a relation: its two ends as written.
fn ends(tree: &Tree, statement: &Statement) -> Option<(String, String)> {
    let words = tree.words(statement);
    let arrow = words.iter().position(|word| !word.quoted && word.value == "->")?;
    Some((arrow.checked_sub(1).map(|before| words[before].value.clone()).unwrap_or_default(), words.get(arrow + 1)?.value.clone()))
}

fn keyword(tree: &Tree, statement: &Statement) -> String {
    let words = tree.words(statement);
    let at = if words.get(1).is_some_and(|word| !word.quoted && word.value == "=") { 2 } else { 0 };
    words.get(at).map(|word| word.value.to_lowercase()).unwrap_or_default()
}

/// The statements of a block that begin with a keyword.
fn named<'t>(tree: &'t Tree, block: BlockId, wanted: &str) -> Vec<&'t Statement> {
    tree.statements(block).filter_map(|id| tree.statement(id)).filter(|one| keyword(tree, one) == wanted).collect()
}

/// Statements of a block change places where their order says nothing: elements and boundaries among themselves, relations
/// among themselves, properties among themselves. Two relations between the same ends keep theirs.
fn reversed(text: &str, tree: &Tree, id: StatementId, elements: bool) -> String {
    let Some(statement) = tree.statement(id) else { return String::new() };
    let Some(block) = statement.block else { return statement.span.of(text).to_owned() };
    let inside = keyword(tree, statement);
    let children: Vec<StatementId> = tree.statements(block).collect();
    let mut order: Vec<StatementId> = children.clone();
    let shuffled = |wanted: &dyn Fn(&Statement) -> bool, order: &mut Vec<StatementId>| {
        let slots: Vec<usize> = (0..order.len()).filter(|slot| tree.statement(order[*slot]).is_some_and(wanted)).collect();
        let mut held: Vec<StatementId> = slots.iter().map(|slot| order[*slot]).collect();
        held.reverse();
        let mut places: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
        for (place, id) in held.iter().enumerate() {
            if let Some(ends) = tree.statement(*id).and_then(|statement| ends(tree, statement)) {
                places.entry(ends).or_default().push(place);
            }
        }
        for places in places.into_values() {
            let mut same: Vec<StatementId> = places.iter().map(|place| held[*place]).collect();
            same.reverse();
            for (place, id) in places.into_iter().zip(same) {
                held[place] = id;
            }
        }
        for (slot, id) in slots.into_iter().zip(held) {
            order[slot] = id;
        }
    };
    match inside.as_str() {
        "views" | "workspace" => {}
        "properties" => shuffled(&|_| true, &mut order),
        _ => {
            if elements {
                const ELEMENTS: [&str; 6] = ["person", "softwaresystem", "container", "component", "group", "element"];
                shuffled(&|child| ends(tree, child).is_none() && ELEMENTS.contains(&keyword(tree, child).as_str()), &mut order);
            }
            shuffled(&|child| ends(tree, child).is_some(), &mut order);
        }
    }
    let mut result = String::new();
    let mut at = statement.span.start as usize;
    for (slot, id) in children.iter().zip(order) {
        let Some(slot) = tree.statement(*slot) else { continue };
        result.push_str(text.get(at..slot.span.start as usize).unwrap_or(""));
        if inside == "views" {
            result.push_str(slot.span.of(text));
        } else {
            result.push_str(&reversed(text, tree, id, elements));
        }
        at = slot.span.end as usize;
    }
    result.push_str(text.get(at..statement.span.end as usize).unwrap_or(""));
    result
}

fn reversed_file(text: &str, elements: bool) -> String {
    let (tree, _) = parse::parse(text);
    let mut result = String::new();
    let mut at = 0;
    for id in tree.statements(Tree::ROOT) {
        let Some(statement) = tree.statement(id) else { continue };
        result.push_str(text.get(at..statement.span.start as usize).unwrap_or(""));
        result.push_str(&reversed(text, &tree, id, elements));
        at = statement.span.end as usize;
    }
    result.push_str(text.get(at..).unwrap_or(""));
    result
}

/// Statements in another order; those that have to come before others stay there.
pub(super) fn order(base: &Base) -> Option<Base> {
    let sound = |base: &Base| base.read().diagrams.iter().map(|(_, parsed)| parsed.diagnostics.len()).sum::<usize>();
    let before = sound(base);
    let changed = [true, false].into_iter().find_map(|elements| {
        let mut changed = base.clone();
        for (path, text) in &mut changed.files {
            if has_ending(path, "dsl") {
                *text = reversed_file(text, elements);
            }
        }
        (sound(&changed) == before).then_some(changed)
    })?;
    (changed.files != base.files).then_some(changed)
}

/// Another look: one more view, views that run another way, other space and comments.
pub(super) fn layout(base: &Base) -> Option<Base> {
    let text = base.main()?;
    let (tree, _) = parse::parse(text);
    let workspace = tree.statements(Tree::ROOT).find(|id| tree.statement(*id).is_some_and(|one| keyword(&tree, one) == "workspace"))?;
    let view = "\nsystemLandscape \"everything-there-is\" {\ninclude *\nautoLayout rl\n}\n";
    let block = tree.statement(workspace)?.block?;
    let views = tree.statements(block).filter_map(|id| tree.statement(id)).find(|one| keyword(&tree, one) == "views");
    let changed = if let Some(views) = views {
        let open = views.span.of(text).find('{')? + views.span.start as usize + 1;
        format!("{}{view}{}", &text[..open], &text[open..])
    } else {
        let end = tree.statement(workspace)?.span.end as usize - 1;
        format!("{}\nviews {{{view}}}\n{}", &text[..end], &text[end..])
    };
    let changed = changed.replace("autoLayout tb", "autoLayout lr");
    let spaced: String = changed.lines().flat_map(|line| ["\t", line.trim(), "  \r\n\r\n"]).collect();
    Some(base.with(MAIN, format!("// drawn anew\r\n\r\n{spaced}")))
}

/// The parts of each system, and the relations at the end of the model, go into files of their own.
pub(super) fn files(base: &Base) -> Option<Base> {
    let text = base.main()?;
    let (tree, _) = parse::parse(text);
    let workspace = *named(&tree, Tree::ROOT, "workspace").first()?;
    let model = *named(&tree, workspace.block?, "model").first()?;
    let mut changed = base.clone();
    let mut edits = Vec::new();
    let mut part = |span: Span| {
        let path = format!("parts/part-{}.dsl", edits.len());
        edits.push(TextEdit { span, replacement: format!("!include {path}") });
        changed.files.insert(path, format!("{}\n", span.of(text)));
    };
    for system in named(&tree, model.block?, "softwaresystem") {
        let Some(block) = system.block else { continue };
        let parts: Vec<&Statement> = tree.statements(block).filter_map(|id| tree.statement(id)).collect();
        let first = parts.iter().find(|one| ["container", "group"].contains(&keyword(&tree, one).as_str()));
        if let (Some(first), Some(last)) = (first, parts.last()) {
            part(Span { start: first.span.start, end: last.span.end });
        }
    }
    let all: Vec<&Statement> = tree.statements(model.block?).filter_map(|id| tree.statement(id)).collect();
    let tail = all.iter().rev().take_while(|one| ends(&tree, one).is_some()).count();
    if let [first, .., last] = &all[all.len() - tail..] {
        part(Span { start: first.span.start, end: last.span.end });
    }
    let text = apply(text, &edits);
    changed.files.insert(MAIN.to_owned(), text);
    (!edits.is_empty()).then_some(changed)
}

/// Another system with everything about it stated, that has nothing to do with the rest, and a record about it.
pub(super) fn addition(base: &Base) -> Option<Base> {
    let text = base.main()?;
    let (tree, _) = parse::parse(text);
    let model = *named(&tree, named(&tree, Tree::ROOT, "workspace").first()?.block?, "model").first()?;
    // Beside nothing it would be all there is.
    named(&tree, model.block?, "softwaresystem").first()?;
    tree.tokens().iter().find(|token| token.span.of(text) == "->")?;
    let end = model.span.end as usize - 1;
    let used: BTreeSet<String> = tree.tokens().iter().map(|token| token.span.of(text).to_lowercase()).collect();
    assert!(!used.iter().any(|word| word.contains("aviary")), "{}", base.name);
    let reading = base.read();
    let graph = Graph::new(&reading.main()?.model);
    // Neither another language nor another number where all numbers are stated.
    let language =
        graph.elements().find(|(_, element)| kind(element) == Kind::Service).and_then(|(_, element)| element.technology.as_deref());
    let load = if graph.peak_load().is_some() { "peak_rps 1" } else { "" };
    let addition = ADDITION.replace("{language}", language.unwrap_or("Go")).replace("{load}", load);
    Some(base.with(MAIN, format!("{}{addition}{}", &text[..end], &text[end..])))
}

/// A station that rings birds, away from everything.
const ADDITION: &str = r#"
aviaryringer = person "Bird ringer" "Rings birds and writes down which"
aviary = softwareSystem "Ringing station" "Knows which bird wears which ring" {
    properties {
        owner team-birds
        tier 2
        env production
    }
    aviarybook = container "Ring book" "Takes down rings and finds them again" "{language}" {
        properties {
            kind service
            context ringing
            zone station
            oncall team-birds
            runbook yes
            exposure internal
            auth oidc
            authz roles
            rate_limit yes
            body_limit 1MB
            waf yes
            replicas 3
            zones 3
            healthcheck yes
            liveness /livez
            readiness /readyz
            live_checks process
            startup_probe yes
            resources yes
            pdb yes
            image_pin digest
            iac yes
            config_validation yes
            graceful_shutdown "drain 15s, grace 30s"
            deploy rolling
            rollback yes
            metrics yes
            metrics_labels "route, status_class"
            logs central
            tracing yes
            telemetry_fields "trace_id, route"
            secrets_source vault
            secrets_rotation 30d
            local_state no
            slo 99.5
            alerts yes
            max_class internal
            pool_size 5
        }
    }
    aviarydb = container "Ring store" "Every ring and every sighting" "PostgreSQL 16" {
        properties {
            kind database
            context ringing
            zone station-data
            oncall team-birds
            runbook yes
            role system-of-record
            max_connections 100
            replicas 2
            zones 2
            failover automatic
            failover_tested 2026-09-15
            consistency strong
            backup continuous
            restore_tested 2026-09-15
            restore_time 20m
            rto 4h
            rpo 1h
            encryption_at_rest yes
            max_class internal
            data rings
            alerts yes
            migrations job
            expand_contract yes
            iac yes
            persistence yes
        }
    }
}
aviaryringer -> aviarybook "Writes down rings" "HTTPS" {
    properties {
        tls 1.3
        auth oidc
        timeout 3s
        {load}
    }
}
aviarybook -> aviarydb "Reads and writes rings" "SQL" {
    properties {
        access rw
        tls yes
        auth scram
        timeout 500ms
        credentials short-lived
    }
}
"#;

/// All that leaves identities alone, together.
pub(super) fn all_together(base: &Base) -> Option<Base> {
    let mut changed = base.clone();
    for change in [names, order, addition, layout] {
        changed = change(&changed).unwrap_or(changed);
    }
    (changed.files != base.files).then_some(changed)
}

/// What a design says, for the message of a test.
pub(super) fn printed(base: &Base) -> String {
    base.files.iter().fold(String::new(), |mut text, (path, content)| {
        let _ = write!(text, "=== {path}\n{content}\n");
        text
    })
}
