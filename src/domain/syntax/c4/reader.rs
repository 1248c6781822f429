//! Calls of macros become elements, boundaries and relations of a [`Book`]. The languages around the macros call
//! [`Reader::call`], [`Reader::open`] and [`Reader::close`] as they meet them.

use std::collections::BTreeMap;

use crate::domain::{
    diagnostic::{Level as Severity, Span},
    model::kind::Kind,
    syntax::{
        c4::{
            Dialect, MAX_TAGS,
            call::{Argument, Call, Fault},
            catalogue::{self, Enclosure, Form, Heads, Macro, NAMES, Shape},
            draft::{Book, Draft, End, Link, Note, Property, Role, add_tag, clip},
            text,
        },
        structurizr::suggest::nearest,
    },
};

mod step;
mod values;

use step::Counter;
use values::Values;

/// The tag of a relation with a head at each end.
pub const BIDIRECTIONAL: &str = "Bidirectional";
/// The tag of what belongs to somebody else.
pub const EXTERNAL: &str = "External";
/// The tag of a step that answers an earlier one.
pub const RESPONSE: &str = "response";
/// The tag of relations that do not wait.
pub const ASYNC: &str = "async";
/// The property that holds the third text of a relation, and the tooltip of others.
pub const DETAILS: &str = "details";
/// The property that holds what kind of person, system or boundary it is.
pub const TYPE: &str = "type";

/// The property that holds the technology of what has no argument for it.
pub const TECHNOLOGY: &str = "technology";

/// A block that was opened.
#[derive(Clone, Copy, Debug)]
struct Block {
    /// The boundary; none for a block that is none.
    frame: Option<usize>,
    span: Span,
}

/// Reads macros.
#[derive(Debug)]
pub struct Reader {
    pub book: Book,
    dialect: Dialect,
    blocks: Vec<Block>,
    /// The boundary whose block may open next.
    pending: Option<usize>,
    /// Properties for the next element or relation.
    properties: Vec<Property>,
    headers: Vec<String>,
    counter: Counter,
    /// Boundaries have no braces; they go on to `Boundary_End()`.
    pub sequence: bool,
    /// Technologies that tags give.
    tag_technologies: BTreeMap<String, String>,
    /// Names and what they stand for.
    pub values: Values,
}

impl Reader {
    pub fn new(dialect: Dialect) -> Self {
        Self {
            book: Book::default(),
            dialect,
            blocks: Vec::new(),
            pending: None,
            properties: Vec::new(),
            headers: Vec::new(),
            counter: Counter::default(),
            sequence: false,
            tag_technologies: BTreeMap::new(),
            values: Values::default(),
        }
    }

    /// Begins a diagram.
    pub fn begin(&mut self, span: Span) {
        self.finish_blocks(span);
        self.book.begin(span);
        self.counter = Counter::default();
        self.headers.clear();
    }

    /// Says of blocks that are still open that they are.
    pub fn finish_blocks(&mut self, span: Span) {
        self.pending = None;
        if let Some(block) = self.blocks.last() {
            let note = Note::new(
                Severity::Warning,
                "unclosed-block",
                block.span,
                "This block is not closed",
                "What follows up to the end of the diagram is read as its contents.",
                "Add `}` where the block ends.",
            );
            self.book.report.say(note);
        }
        self.blocks.clear();
        if let Some(property) = self.properties.first() {
            self.book.report.fidelity.lose("Property that no element follows", Some(property.span).filter(|_| span.end > 0));
            self.properties.clear();
        }
    }

    /// The innermost boundary around the statement.
    pub fn frame(&self) -> Option<usize> {
        self.blocks.iter().rev().find_map(|block| block.frame)
    }

    pub fn has_block(&self) -> bool {
        !self.blocks.is_empty()
    }

    /// A boundary whose block is to open with the next `{`.
    pub const fn expect(&mut self, frame: Option<usize>) {
        self.pending = frame;
    }

    /// `{`: the block of the boundary before it, or one that means nothing.
    pub fn open(&mut self, span: Span) {
        let frame = self.pending.take();
        // The limit of depth is kept by the book; here it only keeps the list short.
        self.blocks.push(Block { frame, span });
    }

    /// `}`
    pub fn close(&mut self, span: Span) {
        self.pending = None;
        if self.blocks.pop().is_none() {
            self.book.report.say(Note::new(
                Severity::Warning,
                "unexpected-brace",
                span,
                "This `}` closes nothing",
                "No block is open here; it is left out.",
                "Remove it, or add the `{` that it belongs to.",
            ));
        }
    }

    /// Reads a call of a macro; false if its name is not one of C4's.
    pub fn call(&mut self, call: &Call) -> bool {
        let Some(means) = catalogue::classify(&call.name) else { return false };
        self.faults(call);
        let bound = self.bind(call, means);
        match means {
            Macro::Element { shape, form, external } => self.element(call, &bound, shape, form, external),
            Macro::Boundary(enclosure) => self.boundary(call, &bound, enclosure),
            Macro::Node => self.node(call, &bound),
            Macro::Relation { heads, numbered, placed } => {
                if placed {
                    self.book.report.fidelity.lose("Hint where to draw a relation", Some(call.name_span));
                }
                if numbered {
                    self.book.sheet().dynamic = true;
                }
                self.relation(call, &bound, heads);
            }
            Macro::RawRelation => self.raw_relation(call, &bound),
            Macro::Direction { sideways } => {
                use crate::domain::model::view::Direction;
                self.book.sheet().direction = Some(if sideways { Direction::LeftRight } else { Direction::TopBottom });
            }
            Macro::Layout => self.book.report.fidelity.lose("Hint where to draw an element", Some(call.span)),
            Macro::Look => self.book.report.fidelity.lose("Colours, legends and other looks", Some(call.span)),
            Macro::ElementTag | Macro::RelationTag => self.tag(call, &bound),
            Macro::Property => self.property(call, &bound),
            Macro::PropertyHeader => {
                let names = ["col1Name", "col2Name", "col3Name", "col4Name"];
                self.headers = names.into_iter().filter_map(|name| bound.line(name)).collect();
            }
            Macro::NoPropertyHeader => self.headers.clear(),
            Macro::Increment => self.counter.skip(&call.arguments),
            Macro::SetIndex => self.counter.set(&call.arguments),
            Macro::BoundaryEnd => {
                self.close(call.span);
                return true;
            }
        }
        true
    }

    fn faults(&mut self, call: &Call) {
        let note = match call.fault {
            None => return,
            Some(Fault::Parenthesis) => Note::new(
                Severity::Warning,
                "unclosed-parenthesis",
                call.name_span,
                format!("The arguments of `{}` are not closed", call.name),
                "They are read up to the end of the line.",
                "Add `)` at the end.",
            ),
            Some(Fault::Quote(span)) => Note::new(
                Severity::Warning,
                "unclosed-quote",
                span,
                "This text has no closing quote",
                "It is read up to the end of the line.",
                "Add `\"` at the end of the text.",
            ),
            Some(Fault::TooManyArguments) => Note::new(
                Severity::Warning,
                "too-many-arguments",
                call.name_span,
                format!("`{}` has too many arguments", call.name),
                "Those after the first ones are not read.",
                "Put a text with commas in quotes.",
            ),
        };
        self.book.report.say(note);
    }

    /// Arguments by name, substituted.
    fn bind(&mut self, call: &Call, means: Macro) -> Bound {
        let parameters = means.parameters();
        let mut bound = Bound { dialect: self.dialect, values: BTreeMap::new() };
        if parameters.is_empty() {
            return bound;
        }
        let named = |name: &str| parameters.iter().copied().find(|own| *own == name);
        // An older `Rel_` of dynamic diagrams begins with a number.
        let first = call.arguments.first().map_or("", |argument| argument.value.as_str());
        let quoted = call.arguments.first().is_some_and(|argument| argument.quoted) && self.book.sheet().dynamic;
        let old = call.arguments.len() > 5 || first.contains("Index(") || first.starts_with("$index") || quoted;
        let shift = usize::from(means == Macro::RawRelation && old);
        let mut place = 0;
        for argument in call.arguments.iter().skip(shift) {
            let value = if self.dialect == Dialect::PlantUml { self.values.fill(&argument.value) } else { argument.value.clone() };
            let name = if let Some(name) = &argument.name {
                if self.dialect == Dialect::Mermaid {
                    place += 1;
                }
                let Some(known) = named(name) else {
                    self.book.report.fidelity.lose("Argument that says how something looks or is not known", Some(argument.span));
                    self.slip(argument, name, parameters);
                    continue;
                };
                known
            } else {
                place += 1;
                let Some(known) = parameters.get(place - 1) else {
                    self.extra(call, argument);
                    break;
                };
                known
            };
            if argument.quoted || !value.trim().is_empty() {
                bound.values.insert(name, (value, argument.span));
            }
        }
        bound
    }

    /// Says of a named argument that it looks like a slip.
    fn slip(&mut self, argument: &Argument, name: &str, known: &[&str]) {
        if let Some(meant) = nearest(name, known.iter().copied()) {
            self.book.report.say(Note::new(
                Severity::Warning,
                "unknown-argument",
                argument.span,
                format!("`${}` is no argument of this macro", clip(name)),
                "It is left out.",
                format!("Did you mean `${meant}`?"),
            ));
        }
    }

    fn extra(&mut self, call: &Call, argument: &Argument) {
        self.book.report.fidelity.lose("Argument beyond those of its macro", Some(argument.span));
        self.book.report.say(Note::new(
            Severity::Warning,
            "too-many-arguments",
            argument.span,
            format!("`{}` takes fewer arguments", call.name),
            "Those from here on are not read.",
            "Put a text with commas in quotes, or remove the argument.",
        ));
    }

    /// Says that a call lacks its first argument or arguments.
    fn incomplete(&mut self, call: &Call, what: &str, help: String) {
        self.book.report.say(Note::new(
            Severity::Error,
            "missing-argument",
            call.name_span,
            format!("`{}` lacks {what}", call.name),
            "The statement is left out of the model.",
            help,
        ));
        self.book.report.fidelity.lose("Incomplete statement", Some(call.span));
    }

    fn start(&mut self, call: &Call, bound: &Bound, role: Role) -> Option<Draft> {
        let alias = bound.line("alias").unwrap_or_default();
        let label = bound.line("label");
        if alias.is_empty() && label.is_none() {
            self.incomplete(call, "an identifier", format!("Write `{}(identifier, \"Name\")`.", call.name));
            return None;
        }
        let name = label.clone().filter(|label| !label.is_empty()).unwrap_or_else(|| alias.clone());
        let mut draft = Draft::new(&alias, &name, role, call.span);
        let label_span = bound.values.get("label").filter(|_| label.is_some_and(|label| !label.is_empty()));
        draft.name_span = label_span.or_else(|| bound.values.get("alias")).map_or(call.name_span, |(_, span)| *span);
        draft.description = bound.text("descr");
        draft.technology = bound.line("techn");
        draft.url = bound.line("link");
        draft.tags = bound.tags();
        draft.parent = self.frame();
        draft.stated_by = format!("macro {}", call.name);
        if draft.technology.is_none() {
            draft.technology = draft.tags.iter().find_map(|tag| self.tag_technologies.get(tag)).cloned();
        }
        if let Some((_, span)) = bound.values.get("sprite") {
            self.book.report.fidelity.lose("Sprite", Some(*span));
        }
        if let Some(span) = bound.stripped() {
            self.book.report.fidelity.lose("Markup in a text", Some(span));
        }
        Some(draft)
    }

    fn element(&mut self, call: &Call, bound: &Bound, shape: Shape, form: Form, external: bool) {
        let role = match shape {
            Shape::Person => Role::Person,
            Shape::System => Role::System,
            Shape::Container => Role::Container,
            Shape::Component => Role::Component,
        };
        let Some(mut draft) = self.start(call, bound, role) else { return };
        let base = bound.line("baseShape").map(|base| base.to_lowercase());
        let form = match base.as_deref() {
            Some("database" | "storage") => Form::Database,
            Some("queue") => Form::Queue,
            Some("rectangle") | None => form,
            Some(_) => {
                self.book.report.fidelity.lose("Shape of an element", bound.values.get("baseShape").map(|(_, span)| *span));
                form
            }
        };
        draft.kind = match form {
            Form::Box => None,
            Form::Database => Some(Kind::Database),
            Form::Queue => Some(Kind::Queue),
        };
        draft.external = external;
        if let Some(kind) = bound.line("type") {
            let span = bound.values.get("type").map(|(_, span)| *span);
            self.book.report.fidelity.keep("Type of a person or system, as a property", span);
            draft.properties.push(Property { name: TYPE.to_owned(), value: kind, span: span.unwrap_or_default() });
        }
        draft.properties.append(&mut self.properties);
        self.pending = self.book.add(draft);
    }

    fn boundary(&mut self, call: &Call, bound: &Bound, enclosure: Enclosure) {
        let kind = bound.line("type");
        let enclosure = match kind.as_deref().map(str::to_lowercase).as_deref() {
            Some("system" | "software system" | "software_system") => Enclosure::System,
            Some("container") => Enclosure::Container,
            Some("component") => Enclosure::Component,
            Some("enterprise") => Enclosure::Enterprise,
            _ => enclosure,
        };
        let Some(mut draft) = self.start(call, bound, Role::Frame(enclosure)) else { return };
        if let Some(kind) = kind.filter(|_| enclosure == Enclosure::Free) {
            let span = bound.values.get("type").map(|(_, span)| *span).unwrap_or_default();
            draft.properties.push(Property { name: TYPE.to_owned(), value: kind, span });
        }
        self.pending = self.book.add(draft);
        if self.pending.is_some() && self.sequence {
            self.open(call.span);
        }
    }

    fn node(&mut self, call: &Call, bound: &Bound) {
        let Some(mut draft) = self.start(call, bound, Role::Node) else { return };
        draft.technology = bound.line("type").or(draft.technology);
        draft.properties.append(&mut self.properties);
        self.pending = self.book.add(draft);
    }

    fn relation(&mut self, call: &Call, bound: &Bound, heads: Heads) {
        self.pending = None;
        let (Some(from), Some(to)) = (bound.end("from"), bound.end("to")) else {
            self.incomplete(call, "one of its ends", format!("Write `{}(from, to, \"label\")`.", call.name));
            return;
        };
        let (source, target) = if heads == Heads::Back { (to, from) } else { (from, to) };
        let mut tags = bound.tags();
        if heads == Heads::Both {
            self.book.report.fidelity.keep("Arrow with two heads, as one relation with a tag", Some(call.span));
            add_tag(&mut tags, BIDIRECTIONAL.to_owned());
        }
        let mut properties = std::mem::take(&mut self.properties);
        if let Some(details) = bound.text("descr") {
            let span = bound.values.get("descr").map(|(_, span)| *span).unwrap_or_default();
            self.book.report.fidelity.keep("Description of a relation beside its label, as a property", Some(span));
            properties.push(Property { name: DETAILS.to_owned(), value: details, span });
        }
        if let Some((_, span)) = bound.values.get("sprite") {
            self.book.report.fidelity.lose("Sprite", Some(*span));
        }
        if let Some(span) = bound.stripped() {
            self.book.report.fidelity.lose("Markup in a text", Some(span));
        }
        let written = bound.values.contains_key("index").then(|| bound.line("index").unwrap_or_default());
        if written.is_some() {
            self.book.sheet().dynamic = true;
        }
        let technology = bound.line("techn").or_else(|| tags.iter().find_map(|tag| self.tag_technologies.get(tag)).cloned());
        let response = tags.iter().any(|tag| tag.eq_ignore_ascii_case(RESPONSE));
        let order = self.counter.order(written.as_deref());
        let frame = self.frame();
        self.book.link(Link {
            source,
            target,
            description: bound.line("label").filter(|label| !label.is_empty()),
            technology,
            tags,
            properties,
            url: bound.line("link"),
            span: call.span,
            frame,
            order,
            response,
            makes_ends: false,
        });
    }

    /// `Rel_(from, to, label, [techn], arrow)`: the arrow is the last argument.
    fn raw_relation(&mut self, call: &Call, bound: &Bound) {
        let mut bound = bound.clone();
        let last = if bound.values.contains_key("direction") { "direction" } else { "techn" };
        let arrow = bound.values.remove(last).map(|(text, _)| text).unwrap_or_default();
        self.book.report.fidelity.lose("Hint where to draw a relation", Some(call.name_span));
        let heads = match (arrow.trim_start().starts_with('<'), arrow.trim_end().ends_with('>')) {
            (true, true) => Heads::Both,
            (true, false) => Heads::Back,
            _ => Heads::Forth,
        };
        let before = self.book.links.len();
        self.relation(call, &bound, heads);
        if arrow.contains("..")
            && let Some(link) = self.book.links.get_mut(before)
        {
            self.book.report.fidelity.keep("Dotted line, as a tag", Some(call.span));
            add_tag(&mut link.tags, ASYNC.to_owned());
        }
    }

    fn tag(&mut self, call: &Call, bound: &Bound) {
        self.book.report.fidelity.lose("Colours, legends and other looks", Some(call.span));
        let (Some(tag), Some(technology)) = (bound.line("tagStereo"), bound.line("techn")) else { return };
        if self.tag_technologies.len() < MAX_TAGS && !technology.is_empty() {
            self.tag_technologies.insert(tag, technology);
        }
    }

    fn property(&mut self, call: &Call, bound: &Bound) {
        let columns: Vec<String> = ["col1", "col2", "col3", "col4"].into_iter().filter_map(|name| bound.line(name)).collect();
        let Some((name, values)) = columns.split_first().filter(|(name, _)| !name.is_empty()) else {
            self.book.report.fidelity.lose("Property without a name", Some(call.span));
            return;
        };
        if values.len() != 1 {
            self.book.report.fidelity.keep("Row of a property table with other than two columns, in one value", Some(call.span));
        }
        // A table of one column has values without names; its header names them.
        let (name, value) = match (values, self.headers.first()) {
            ([], Some(header)) => (header.clone(), name.clone()),
            _ => (name.clone(), values.join(" | ")),
        };
        if self.properties.len() >= MAX_TAGS {
            self.book.report.fidelity.lose("Property beyond the limits", Some(call.span));
            return;
        }
        match self.properties.iter_mut().find(|own| own.name == name) {
            Some(own) => {
                own.value.push_str(", ");
                own.value.push_str(&value);
            }
            None => self.properties.push(Property { name, value, span: call.span }),
        }
    }

    /// Says that a macro is not known.
    pub fn unknown(&mut self, call: &Call) {
        let help = match nearest(&call.name, NAMES) {
            Some(meant) => format!("Did you mean `{meant}`?"),
            None => "Write the elements and relations it stands for.".to_owned(),
        };
        self.book.report.say(Note::new(
            Severity::Error,
            "unknown-macro",
            call.name_span,
            format!("`{}` is no macro of C4", clip(&call.name)),
            "It may come from a file that is not at hand; the statement is left out of the model.",
            help,
        ));
        self.book.report.fidelity.lose("Statement that is not understood", Some(call.span));
    }
}

/// The arguments of a call by name, as written.
#[derive(Clone, Debug)]
struct Bound {
    dialect: Dialect,
    values: BTreeMap<&'static str, (String, Span)>,
}

impl Bound {
    /// In one line; none where it is not given or empty.
    fn line(&self, name: &str) -> Option<String> {
        let (value, _) = self.values.get(name)?;
        Some(text::plain(value, self.dialect).line()).filter(|line| !line.is_empty())
    }

    fn text(&self, name: &str) -> Option<String> {
        let (value, _) = self.values.get(name)?;
        Some(text::plain(value, self.dialect).text).filter(|text| !text.is_empty())
    }

    fn end(&self, name: &str) -> Option<End> {
        let (_, span) = self.values.get(name)?;
        self.line(name).map(|alias| End { alias, span: *span })
    }

    /// `$tags="a+b"`.
    fn tags(&self) -> Vec<String> {
        let mut tags = Vec::new();
        for tag in self.line("tags").unwrap_or_default().split('+') {
            add_tag(&mut tags, tag.trim().to_owned());
        }
        tags
    }

    /// Where markup was left out of a text, if it was.
    fn stripped(&self) -> Option<Span> {
        let mut texts = ["label", "techn", "descr"].into_iter().filter_map(|name| self.values.get(name));
        texts.find(|(value, _)| text::plain(value, self.dialect).stripped).map(|(_, span)| *span)
    }
}
