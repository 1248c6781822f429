//! Completing: what may stand at a place, by the block around it and the words before it. Words of views and styles are in
//! [`looks`], parts of expressions in [`expression`].

use crate::domain::{
    model::{
        Element, ElementKey, Level,
        facts::catalogue::{self, FACTS, STATES},
    },
    syntax::{
        Sources,
        assist::{
            Completion, CompletionKind,
            structurizr::{
                block::{Block, Subject, innermost, is_arrow, level_of, split_identifier},
                keyword,
                offer::Offers,
                technology,
            },
        },
        structurizr::{
            index, looks_like,
            parse::parse,
            spot::{Spot, spot},
            tree::Word,
        },
    },
};

mod expression;
mod looks;

/// Directives that may stand everywhere.
const EVERYWHERE: [&str; 3] = ["!include", "!const", "!var"];

/// What is known about the place, and where its completions go.
struct Place<'a, 'o> {
    offers: &'o mut Offers<'a>,
    spot: &'a Spot,
    block: Block,
    /// The element whose block this is.
    scope: Option<ElementKey>,
    offset: u32,
    path: &'a str,
    sources: &'a Sources,
}

pub(super) fn complete(path: &str, text: &str, sources: &Sources, offset: usize) -> Vec<Completion> {
    let (tree, _) = parse(text);
    let spot = spot(&tree, offset);
    if spot.silent {
        return Vec::new();
    }
    let index = index(path, text, sources);
    let has_workspace = text.trim().is_empty() || looks_like(text) || !spot.around.is_empty() && is_workspace(&spot);
    let block = innermost(&spot.around, &index, has_workspace);
    let at = spot.span.start;
    // Named by what stands around, since a block that is being typed may lie outside the statement's span.
    let around = index
        .parsed
        .model
        .elements
        .values()
        .filter(|element| element.file.is_none() && element.span.start < at && (at <= element.span.end || opens(&spot, element)));
    let scope = around.max_by_key(|element| element.span.start).map(|element| element.key.clone());
    let scope = if block.is_of_views() || block.is_of_style() { None } else { scope };
    let mut offers = Offers::new(&index, text, &spot, offset);
    Place { offers: &mut offers, spot: &spot, block, scope, offset: at, path, sources }.offer();
    offers.finish()
}

fn is_workspace(spot: &Spot) -> bool {
    spot.around.first().and_then(|words| words.first()).is_some_and(|word| word.value.eq_ignore_ascii_case("workspace"))
}

/// One of the statements around the place is that of the element.
fn opens(spot: &Spot, element: &Element) -> bool {
    spot.around.iter().any(|words| words.first().is_some_and(|word| word.span.start == element.span.start))
}

impl Place<'_, '_> {
    fn offer(&mut self) {
        let typed = self.spot.touched.as_ref().map_or("", |word| word.value.as_str());
        if let Some(at) = typed.rfind("${").filter(|at| !typed.get(*at..).unwrap_or("").contains('}')) {
            self.offers.narrow(at + 2, |next| next.is_alphanumeric() || matches!(next, '_' | '-' | '.'));
            for (name, value) in &self.offers.index.constants {
                self.offers.offer(name, value, CompletionKind::Constant);
            }
            return;
        }
        let (identifier, words) = split_identifier(&self.spot.before);
        let words = words.to_vec();
        match words.as_slice() {
            [] => self.first(identifier.is_some()),
            [first, ..] => self.later(first, &words),
        }
    }

    /// The first word of a statement, or the first after `name =`.
    fn first(&mut self, assigned: bool) {
        let spot = self.spot;
        match self.block {
            Block::Properties(subject) => {
                self.facts(subject);
                return;
            }
            Block::Animation => {
                self.expression(false);
                return;
            }
            _ => {}
        }
        let quoted = spot.touched.as_ref().is_some_and(|word| word.quoted);
        if quoted {
            return;
        }
        let block = self.block;
        for word in block.keywords() {
            let makes = level_of(word, self.offers.index).is_some() || matches!(word, "group" | "->");
            if !assigned || makes {
                let usage = keyword::about(block, word).map_or("", |doc| doc.usage);
                self.offers.offer(word, usage, CompletionKind::Keyword);
            }
        }
        let in_model = block.is_of_model();
        if in_model {
            self.offers.archetypes(&|makes| makes != "->" && allowed(block, makes));
            self.elements(&|_| true);
            if self.scope.is_some() {
                self.offers.offer("this", "The element whose block this is", CompletionKind::Element);
                self.offers.archetypes(&|makes| makes == "->");
            }
        }
        if block == Block::Archetypes {
            self.offers.archetypes(&|_| true);
        }
        if block == Block::Sequence {
            self.offers.elements(None, &|element| is_static(element.level));
            self.offers.relations();
        }
        if !assigned && block != Block::Opaque {
            for word in block.directives().iter().chain(&EVERYWHERE) {
                let usage = keyword::about(block, word).map_or("", |doc| doc.usage);
                self.offers.offer(word, usage, CompletionKind::Directive);
            }
        }
    }

    /// A word after others.
    fn later(&mut self, first: &Word, words: &[Word]) {
        let count = words.len();
        let keyword = first.value.to_lowercase();
        let block = self.block;
        if let Block::Properties(_) = block {
            if count == 1 {
                self.values_of(&keyword);
            }
            return;
        }
        match keyword.as_str() {
            "!identifiers" => return self.values(&["hierarchical", "flat"]),
            "!impliedrelationships" => return self.values(&["true", "false"]),
            "!include" => return self.files("dsl"),
            "!docs" | "!adrs" | "!decisions" if count == 1 => return self.folders(),
            "!adrs" | "!decisions" => return self.values(&["adrtools", "madr", "log4brains"]),
            "!element" | "!ref" | "!extend" => return self.elements(&|_| true),
            "!relationship" => return self.offers.relations(),
            "!elements" => return self.expression(false),
            "!relationships" => return self.expression(true),
            "workspace" if count == 1 => return self.offers.offer("extends", "workspace extends <path> {", CompletionKind::Keyword),
            "workspace" if words.get(1).is_some_and(|word| word.value.eq_ignore_ascii_case("extends")) => return self.files("dsl"),
            _ => {}
        }
        if block == Block::Animation {
            return self.expression(false);
        }
        if block.is_of_views() {
            return self.view_word(&keyword, words);
        }
        if block.is_of_style() {
            return self.style_word(&keyword, count);
        }
        match block {
            Block::Configuration if keyword == "scope" => return self.values(&["landscape", "softwaresystem", "none"]),
            Block::Configuration if keyword == "visibility" => return self.values(&["private", "public"]),
            Block::Users => return self.values(&["read", "write"]),
            Block::Terminology if keyword == "metadata" => {
                return self.values(&["square", "round", "curly", "angle", "double-angle", "none"]);
            }
            _ => {}
        }
        if let Some(at) = words.iter().take(2).position(is_arrow) {
            return self.relation_word(count - at);
        }
        if words.get(1).is_some_and(|word| word.value == "-/>") {
            if count == 2 {
                self.elements(&|_| true);
            }
            return;
        }
        match keyword.as_str() {
            "tags" | "tag" => return self.tags(true, true),
            "technology" => return self.technologies(block == Block::Relation),
            "containerinstance" => return self.instance_word(count, &|element| element.level == Level::Container),
            "softwaresysteminstance" => return self.instance_word(count, &|element| element.level == Level::System),
            "instanceof" => return self.instance_word(count, &|element| matches!(element.level, Level::System | Level::Container)),
            "deploymentgroup" if matches!(block, Block::Element(Level::DeploymentNode)) => {
                return self.list(|place| place.offers.deployment_groups(place.scope.as_ref()));
            }
            _ => {}
        }
        if let Some(level) = level_of(&keyword, self.offers.index)
            && block.is_of_model()
        {
            let (technology, tags) = match level {
                Level::Person | Level::System => (None, 3),
                Level::Custom => (Some(2), 4),
                _ => (Some(3), 4),
            };
            if technology == Some(count) {
                self.technologies(false);
            } else if count == tags {
                self.tags(true, false);
            }
            return;
        }
        // One name so far: it begins a relation, or is being defined.
        if count == 1 && (block.is_of_model() || block == Block::Sequence) {
            self.offers.offer("->", "<source> -> <destination> [description] [technology] [tags]", CompletionKind::Keyword);
            self.offers.offer("=", "<identifier> = <statement>", CompletionKind::Keyword);
            self.offers.archetypes(&|makes| makes == "->");
            if matches!(block, Block::Element(Level::DeploymentEnvironment)) {
                self.offers.offer("-/>", "<source> -/> <destination> {", CompletionKind::Keyword);
            }
        }
    }

    /// The words after an arrow: destination, description, technology, tags.
    fn relation_word(&mut self, after_arrow: usize) {
        match after_arrow {
            1 => {
                self.elements(&|_| true);
                if self.scope.is_some() || self.block == Block::Elements {
                    self.offers.offer("this", "The element whose block this is", CompletionKind::Element);
                }
            }
            3 => self.technologies(true),
            4 => self.tags(false, true),
            _ => {}
        }
    }

    fn instance_word(&mut self, count: usize, wanted: &dyn Fn(&Element) -> bool) {
        match count {
            1 => self.elements(wanted),
            2 => {
                self.list(|place| {
                    place.offers.deployment_groups(place.scope.as_ref());
                    place.offers.tags(true, false);
                });
            }
            3 => self.tags(true, false),
            _ => {}
        }
    }

    /// Names of facts: those of the subject first.
    fn facts(&mut self, subject: Subject) {
        if subject == Subject::Look {
            return;
        }
        let own = |fact: &catalogue::FactDoc| fact.subjects.iter().any(|of| fits(*of, subject));
        for fact in FACTS.iter().filter(|fact| own(fact)) {
            self.offers.offer(fact.name, fact.about, CompletionKind::Fact);
        }
        if !matches!(subject, Subject::Workspace | Subject::Relation) {
            return;
        }
        self.property_names();
    }

    fn values_of(&mut self, name: &str) {
        let Some(fact) = catalogue::about(name) else { return };
        self.offers.all(fact.values, fact.about, CompletionKind::Value);
        if fact.values.iter().any(|value| matches!(*value, "planned" | "no")) || fact.values.is_empty() {
            self.offers.all(&STATES, "State of a fact", CompletionKind::Value);
        }
    }

    /// Elements that a statement here can name: in the model only those defined above.
    fn elements(&mut self, wanted: &dyn Fn(&Element) -> bool) {
        let (before, scope) = (self.offset, self.scope.clone());
        self.offers.elements(scope.as_ref(), &|element| wanted(element) && (element.file.is_some() || element.span.start < before));
    }

    fn values(&mut self, values: &[&str]) {
        self.offers.all(values, "", CompletionKind::Value);
    }

    /// A comma list in one word: only the part around the place is completed.
    fn list(&mut self, offer: impl FnOnce(&mut Self)) {
        let typed = self.spot.touched.as_ref().map_or("", |word| word.value.as_str());
        if let Some(at) = typed.rfind(',') {
            let rest = typed.get(at + 1..).unwrap_or("");
            let space = rest.len() - rest.trim_start().len();
            self.offers.narrow(at + 1 + space, |next| next != ',' && next != '"');
        }
        offer(self);
    }

    fn tags(&mut self, of_elements: bool, of_relations: bool) {
        self.list(|place| place.offers.tags(of_elements, of_relations));
    }

    fn technologies(&mut self, of_relations: bool) {
        let known: &[&str] = if of_relations { &technology::OF_RELATIONS } else { &technology::OF_ELEMENTS };
        self.list(|place| place.offers.technologies(of_relations, known));
    }

    /// Files of the project with the ending, as seen from this one.
    fn files(&mut self, ending: &str) {
        let own = self.path;
        let wanted = format!(".{ending}");
        for path in self.sources.keys().filter(|path| path.to_lowercase().ends_with(&wanted) && *path != own) {
            self.offers.offer(&seen_from(own, path), "File of the project", CompletionKind::File);
        }
        if ending == "dsl" {
            self.folders();
        }
    }

    fn folders(&mut self) {
        let own = self.path;
        let folders: std::collections::BTreeSet<&str> =
            self.sources.keys().filter_map(|path| path.rsplit_once('/')).map(|(folder, _)| folder).collect();
        for folder in folders {
            let seen = seen_from(own, folder);
            if !seen.is_empty() && seen != ".." {
                self.offers.offer(&seen, "Folder of the project", CompletionKind::File);
            }
        }
    }
}

/// Archetypes of what may stand in the block.
fn allowed(block: Block, makes: &str) -> bool {
    matches!(block, Block::Part) || block.keywords().iter().any(|word| word.eq_ignore_ascii_case(makes))
}

const fn is_static(level: Level) -> bool {
    matches!(level, Level::Person | Level::System | Level::Container | Level::Component | Level::Custom)
}

fn fits(of: catalogue::Subject, subject: Subject) -> bool {
    match subject {
        Subject::Workspace => matches!(of, catalogue::Subject::Workspace | catalogue::Subject::Element),
        Subject::Relation => of == catalogue::Subject::Relation,
        Subject::Element(Some(Level::Person)) => of == catalogue::Subject::Element,
        Subject::Element(_) => matches!(of, catalogue::Subject::Element | catalogue::Subject::Running | catalogue::Subject::Store),
        Subject::Look => false,
    }
}

/// A path of the project as written in a file of it.
fn seen_from(file: &str, path: &str) -> String {
    let mut from: Vec<&str> = file.split('/').collect();
    from.pop();
    let to: Vec<&str> = path.split('/').collect();
    let same = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let up = std::iter::repeat_n("..", from.len() - same);
    up.chain(to.into_iter().skip(same)).collect::<Vec<_>>().join("/")
}
