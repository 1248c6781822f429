//! A view as `C4-PlantUML`: boundaries nested, a macro for each element, `Rel` for each relation or step.
//!
//! Text from people stands in quotes, in one line, with everything that `PlantUML`'s preprocessor or its markup could read
//! written as `<U+…>`; identifiers are made in [`outline`]. So no name can end a text, call a macro or begin a statement.

use std::{collections::BTreeMap, fmt::Write};

use crate::domain::{
    model::{
        Element, Group, Level, Model,
        kind::Mode,
        view::{Direction, View, ViewKind},
    },
    scene::text::clean,
    syntax::{
        c4::{
            outline::{self, Arrow, Figure, Outline, Variant, What, address, arrow_tags, element_tags, kind_to_state, meant},
            reader::{ASYNC, DETAILS, RESPONSE, TECHNOLOGY, TYPE},
            settle::ENTERPRISE,
        },
        fidelity::Fidelity,
        format::Exported,
    },
};

/// The view with C4's macros; ends with a line end.
pub(super) fn print(model: &Model, view: &View) -> Exported {
    let outline = outline::outline(model, view);
    let mut printer = Printer { model, out: String::new(), fidelity: Fidelity::default() };
    printer.line(0, "@startuml");
    printer.includes(&outline);
    let scope = view.scope.as_ref().and_then(|key| model.elements.get(key));
    let title = clean(&view.display_title(scope.map(|scope| scope.name.as_str())));
    if !title.is_empty() {
        printer.line(0, &format!("title {}", escaped(&title)));
    }
    printer.head(&outline, view);
    for item in &outline.items {
        match item.what {
            What::Element(element) => printer.element(item.depth, &item.alias, element),
            What::Frame(element) => printer.frame(item.depth, &item.alias, element),
            What::Group(group) => printer.group(item.depth, &item.alias, group),
            What::End => printer.line(item.depth, "}"),
        }
    }
    for arrow in &outline.arrows {
        printer.arrow(arrow);
    }
    printer.line(0, "@enduml");
    let Printer { out, mut fidelity, .. } = printer;
    fidelity.elements = outline.elements;
    fidelity.relations = outline.arrows.len();
    fidelity.boundaries = outline.boundaries;
    fidelity.views = 1;
    for _ in 0..outline.loose {
        fidelity.lose("Relation with an end that the view does not show", None);
    }
    for _ in 0..outline.flattened {
        fidelity.lose("Boundary nested too deep", None);
    }
    if view.kind == ViewKind::Image {
        fidelity.lose("Picture made elsewhere", None);
    }
    Exported { text: out, fidelity }
}

struct Printer<'a> {
    model: &'a Model,
    out: String,
    fidelity: Fidelity,
}

impl Printer<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        for _ in 0..depth {
            self.out.push_str("    ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// The files of `PlantUML`'s standard library that the macros come from; each brings those below it along.
    fn includes(&mut self, outline: &Outline<'_>) {
        let nodes = outline.has(&[Level::DeploymentNode, Level::InfrastructureNode]);
        let components = outline.has(&[Level::Component]);
        let containers = outline.elements().any(|element| matches!(Figure::of(element), Figure::Container));
        let mut files = Vec::new();
        match (components, containers) {
            (true, _) if !outline.dynamic => files.push("C4_Component"),
            (false, true) if !outline.dynamic && !nodes => files.push("C4_Container"),
            (false, false) if !outline.dynamic && !nodes => files.push("C4_Context"),
            _ => {}
        }
        if nodes {
            files.push("C4_Deployment");
        }
        if outline.dynamic {
            files.push("C4_Dynamic");
        }
        for file in files {
            self.line(0, &format!("!include <C4/{file}>"));
        }
    }

    /// Direction, styles of tags, and how properties are shown.
    fn head(&mut self, outline: &Outline<'_>, view: &View) {
        match view.direction {
            Direction::LeftRight => self.line(0, "LAYOUT_LEFT_RIGHT()"),
            Direction::TopBottom => self.line(0, "LAYOUT_TOP_DOWN()"),
            Direction::RightLeft => {
                self.line(0, "LAYOUT_LEFT_RIGHT()");
                self.fidelity.keep("Direction from right to left, as from left to right", None);
            }
            Direction::BottomTop => {
                self.line(0, "LAYOUT_TOP_DOWN()");
                self.fidelity.keep("Direction from bottom to top, as from top to bottom", None);
            }
        }
        let used: Vec<Vec<String>> = outline.arrows.iter().map(arrow_tags).collect();
        let mut dashed = false;
        for tag in [ASYNC, "stream", "file", RESPONSE] {
            if used.iter().flatten().any(|own| own == tag) {
                self.line(0, &format!("AddRelTag(\"{tag}\", $lineStyle=DashedLine())"));
                dashed = true;
            }
        }
        if dashed {
            self.fidelity.keep("Way of talking of a relation, as a tag with a dashed line", None);
        }
        let relations = outline.arrows.iter().map(|arrow| &arrow.relation.properties);
        let own = outline.elements().map(|element| &element.properties).chain(relations);
        if own.into_iter().any(|properties| !properties.is_empty()) {
            self.line(0, "WithoutPropertyHeader()");
        }
        if view.description.as_ref().is_some_and(|text| !text.trim().is_empty()) {
            self.fidelity.lose("Description of the view", None);
        }
        self.out.push('\n');
    }

    fn properties(&mut self, depth: usize, properties: &BTreeMap<String, String>, hidden: &[&str]) {
        for (name, value) in properties {
            let name = clean(name);
            if name.is_empty() || hidden.contains(&name.as_str()) {
                continue;
            }
            let value = clean(value);
            // An empty cell would take the place of the value away.
            let value = if value.is_empty() { "-".to_owned() } else { value };
            self.line(depth, &format!("AddProperty({}, {})", quoted(&name), quoted(&value)));
        }
    }

    /// The arguments that most macros end with.
    fn tail(&mut self, tags: &[String], url: Option<&str>) -> String {
        let mut tail = String::new();
        if !tags.is_empty() {
            push(&mut tail, &format!(", $tags=\"{}\"", tags.join("+")));
        }
        if let Some(url) = url.filter(|url| !url.trim().is_empty()) {
            match address(url) {
                Some(url) => push(&mut tail, &format!(", $link=\"{url}\"")),
                None => self.fidelity.lose("Address that PlantUML could misread", None),
            }
        }
        tail
    }

    fn element(&mut self, depth: usize, alias: &str, element: &Element) {
        let said = meant(self.model, element);
        let figure = Figure::of(element);
        let variant = Variant::of(said);
        self.properties(depth, &element.properties, &[TYPE]);
        let technology = said.technology.as_deref().map(clean).filter(|text| !text.is_empty());
        if let Some(technology) = technology.as_deref().filter(|_| !figure.has_technology()) {
            self.line(depth, &format!("AddProperty(\"{TECHNOLOGY}\", {})", quoted(technology)));
            self.fidelity.keep("Technology of a person or system, as a property", None);
        }
        if let Some(kind) = kind_to_state(said, element, variant) {
            self.line(depth, &format!("AddProperty(\"kind\", \"{}\")", kind.slug()));
        }
        if element.level == Level::InfrastructureNode {
            self.fidelity.keep("Infrastructure node, as a deployment node", None);
        }
        if element.level == Level::Custom {
            self.fidelity.keep("Element outside of C4's levels, as a system or container", None);
        }
        let (form, suffix) = match figure {
            Figure::Person => ("", variant.suffix()),
            Figure::Node => ("", ""),
            _ => (variant.form, variant.suffix()),
        };
        let mut call = format!("{}{form}{suffix}({alias}, {}", figure.word(), quoted(&clean(&said.name)));
        if figure.has_technology() {
            push(&mut call, &format!(", {}", quoted(technology.as_deref().unwrap_or(""))));
        }
        if let Some(description) = said.description.as_deref().filter(|text| !text.trim().is_empty()) {
            push(&mut call, &format!(", {}", quoted(description)));
        }
        if let Some(kind) = element.properties.get(TYPE).filter(|_| matches!(figure, Figure::Person | Figure::System)) {
            push(&mut call, &format!(", $type={}", quoted(&clean(kind))));
        }
        let mut tags = element_tags(said, element);
        if matches!(figure, Figure::Node) && variant.external {
            tags.push("External".to_owned());
        }
        let tail = self.tail(&tags, said.url.as_deref());
        push(&mut call, &tail);
        call.push(')');
        self.line(depth, &call);
    }

    fn frame(&mut self, depth: usize, alias: &str, element: &Element) {
        let name = quoted(&clean(&element.name));
        if element.level == Level::DeploymentNode {
            self.properties(depth, &element.properties, &[]);
            let technology = quoted(&element.technology.as_deref().map(clean).unwrap_or_default());
            let description = quoted(element.description.as_deref().unwrap_or(""));
            let tail = self.tail(&element_tags(element, element), element.url.as_deref());
            self.line(depth, &format!("Deployment_Node({alias}, {name}, {technology}, {description}{tail}) {{"));
            return;
        }
        let macro_name = match element.level {
            Level::System | Level::SystemInstance => "System_Boundary",
            Level::Container | Level::ContainerInstance => "Container_Boundary",
            _ => "Boundary",
        };
        let mut call = format!("{macro_name}({alias}, {name}");
        if macro_name == "Boundary" {
            let kind = if element.level == Level::Component { "Component" } else { element.kind.value.name() };
            push(&mut call, &format!(", {}", quoted(kind)));
            self.fidelity.keep("Element with parts that C4 has no boundary for, as a boundary", None);
        }
        for _ in element.properties.iter().filter(|(name, _)| *name != TYPE) {
            self.fidelity.lose("Property of a boundary", None);
        }
        if element.technology.as_ref().is_some_and(|text| !text.trim().is_empty()) {
            self.fidelity.lose("Technology of a boundary", None);
        }
        let mut tags = element_tags(element, element);
        if Variant::of(element).external {
            tags.push("External".to_owned());
        }
        let tail = self.tail(&tags, element.url.as_deref());
        push(&mut call, &tail);
        if let Some(description) = element.description.as_deref().filter(|text| !text.trim().is_empty()) {
            push(&mut call, &format!(", $descr={}", quoted(description)));
        }
        self.line(depth, &format!("{call}) {{"));
    }

    fn group(&mut self, depth: usize, alias: &str, group: &Group) {
        let name = quoted(&clean(&group.name));
        let kind = group.properties.get(TYPE).map(|kind| clean(kind)).unwrap_or_default();
        for _ in group.properties.keys().filter(|name| *name != TYPE) {
            self.fidelity.lose("Property of a boundary", None);
        }
        let call = match kind.as_str() {
            ENTERPRISE => format!("Enterprise_Boundary({alias}, {name})"),
            // A level would make it an element.
            "" => format!("Boundary({alias}, {name})"),
            kind if ["system", "software system", "container", "component"].contains(&kind.to_lowercase().as_str()) => {
                format!("Boundary({alias}, {name})")
            }
            kind => format!("Boundary({alias}, {name}, {})", quoted(kind)),
        };
        self.line(depth, &format!("{call} {{"));
    }

    fn arrow(&mut self, arrow: &Arrow<'_>) {
        let relation = arrow.relation;
        self.properties(0, &relation.properties, &[DETAILS]);
        let technology = relation.technology.as_deref().map(clean).unwrap_or_default();
        let macro_name = if arrow.both { "BiRel" } else { "Rel" };
        let mut call = format!("{macro_name}({}, {}, {}", arrow.from, arrow.to, quoted(&arrow.label));
        if !technology.is_empty() {
            push(&mut call, &format!(", {}", quoted(&technology)));
        }
        if let Some(details) = relation.properties.get(DETAILS) {
            push(&mut call, &format!(", $descr={}", quoted(details)));
        }
        let tail = self.tail(&arrow_tags(arrow), relation.url.as_deref());
        push(&mut call, &tail);
        if let Some(order) = &arrow.order {
            push(&mut call, &format!(", $index={}", quoted(order)));
        }
        call.push(')');
        self.line(0, &call);
        if matches!(relation.mode.value, Mode::Stream | Mode::File) && relation.mode.stated {
            self.fidelity.keep("Stated way of talking of a relation, as a tag", None);
        }
    }
}

fn push(text: &mut String, more: &str) {
    text.push_str(more);
}

/// A text in quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// A text that `PlantUML` shows as it is: line ends as `\n`, and everything that could mean something else as `<U+…>`.
fn escaped(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(clean).collect();
    lines.iter().map(|line| escaped_line(line)).collect::<Vec<_>>().join("\\n").trim_matches(' ').to_owned()
}

fn escaped_line(line: &str) -> String {
    let mut result = String::with_capacity(line.len());
    let letters: Vec<char> = line.chars().collect();
    for (at, c) in letters.iter().copied().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied();
        let after = letters.get(at + 1).copied();
        let doubled = before == Some(c) || after == Some(c);
        let first = at == 0;
        let means = match c {
            // Ends of texts, escapes, names of the preprocessor, tags, tables and blocks.
            '"' | '\\' | '%' | '$' | '<' | '~' | '{' | '}' | '|' | '\u{2028}' | '\u{2029}' => true,
            // Bold, italic, underlined, struck out, and links; addresses keep their slashes apart.
            '*' | '_' | '-' | '/' | '[' | ']' => doubled || (first && matches!(c, '*' | '-')),
            '#' | '@' | ':' | ';' | '=' | '.' => first,
            '!' => first || after.is_some_and(|after| after.is_alphanumeric() || after == '$'),
            '&' => after.is_some_and(|after| after == '#' || after.is_alphanumeric()),
            '\'' => first || before == Some('/') || after == Some('/'),
            // A word and a parenthesis look like a call.
            '(' => before.is_some_and(|before| before.is_alphanumeric() || before == '_'),
            _ => false,
        };
        if means {
            let written = write!(result, "<U+{:04X}>", u32::from(c));
            debug_assert!(written.is_ok());
        } else {
            result.push(c);
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::syntax::c4::{Dialect, text};

    #[test]
    fn escaped_texts_come_back() {
        for hostile in [
            "a \"b\" c, (d)",
            "!include /etc/passwd",
            "$x and $bl() and %chr(34) %newline()",
            "C:\\new\\table",
            "**bold** //it// __u__ --s-- ~~ https://a.b/c//d",
            "<b>x</b> <U+0041> &#65; &amp; R&D <<stereo>> <$sprite>",
            "f(x) Index() [[http://x]] {{ @enduml }}",
            "/' comment '/ 'x' | table |",
            "@enduml",
            "' comment",
        ] {
            let written = escaped(hostile);
            assert_eq!(text::plain(&written, Dialect::PlantUml).text, hostile, "{written}");
            assert!(!written.contains(['"', '%', '$', '\\']), "{written}");
        }
        assert_eq!(escaped("two\nlines"), "two\\nlines");
        assert_eq!(escaped("Order service (v2), 100 req/s"), "Order service (v2), 100 req/s");
    }
}
