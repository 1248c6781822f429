//! Looks and names: `styles`, `theme`, `terminology`, `branding` and the properties of the views.

use std::{collections::BTreeMap, rc::Rc};

use crate::domain::{
    diagnostic::Level as Severity,
    model::appearance::{IconPosition, Line as Stroke, Routing, Scheme, Shape, Style, colour::Colour},
    syntax::structurizr::{
        MAX_TAGS,
        lower::{Line, Lowering, Remark, Source},
        tree::{BlockId, Word},
    },
};

/// Styles of elements, and as many of relations.
const MAX_STYLES: usize = 4000;
/// Themes of one workspace.
const MAX_THEMES: usize = 200;

const ELEMENT: [&str; 17] = [
    "shape",
    "icon",
    "iconPosition",
    "width",
    "height",
    "background",
    "color",
    "colour",
    "stroke",
    "strokeWidth",
    "fontSize",
    "border",
    "opacity",
    "metadata",
    "description",
    "properties",
    "!include",
];
const RELATION: [&str; 15] = [
    "thickness",
    "color",
    "colour",
    "style",
    "dashed",
    "routing",
    "jump",
    "fontSize",
    "width",
    "position",
    "opacity",
    "metadata",
    "description",
    "properties",
    "!include",
];

/// Reads only the shapes of a `views` block, by tag: they say what a tag stands for.
pub(in crate::domain::syntax::structurizr) fn shapes(lowering: &mut Lowering<'_>, source: &Rc<Source>, block: BlockId) {
    lowering.each(source, block, &mut |lowering, line| {
        if !line.is("styles") {
            return;
        }
        lowering.each_in(line, &mut |lowering, line| {
            if !line.is("element") {
                return;
            }
            let Some(tag) = line.text(1) else { return };
            lowering.each_in(line, &mut |lowering, line| {
                if line.is("shape")
                    && let Some(shape) = line.text(1)
                {
                    lowering.shapes.push((tag.clone(), shape));
                }
            });
        });
    });
}

/// A statement of the `views` block that is no view.
pub(super) fn statement(lowering: &mut Lowering<'_>, line: &Line) {
    match line.keyword().to_ascii_lowercase().as_str() {
        "styles" => lowering.each_in(line, &mut |lowering, line| styles(lowering, line, Scheme::Any)),
        "theme" | "themes" => themes(lowering, line),
        "terminology" => lowering.each_in(line, &mut term),
        "branding" => lowering.each_in(line, &mut branding),
        _ => {
            let properties = properties(lowering, line);
            lowering.model.appearance.properties.extend(properties);
        }
    }
}

/// A `properties` block whose names are not facts.
pub(super) fn properties(lowering: &mut Lowering<'_>, line: &Line) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    lowering.each_in(line, &mut |_, line| {
        if let Some(name) = line.text(0)
            && found.len() < MAX_TAGS
        {
            let value: Vec<&str> = line.words.iter().skip(1).map(|word| word.value.as_str()).collect();
            found.insert(name, value.join(" "));
        }
    });
    found
}

fn styles(lowering: &mut Lowering<'_>, line: &Line, scheme: Scheme) {
    let keyword = line.keyword().to_ascii_lowercase();
    match keyword.as_str() {
        "element" | "relationship" => style(lowering, line, scheme, keyword == "element"),
        "light" if scheme == Scheme::Any => lowering.each_in(line, &mut |lowering, line| styles(lowering, line, Scheme::Light)),
        "dark" if scheme == Scheme::Any => lowering.each_in(line, &mut |lowering, line| styles(lowering, line, Scheme::Dark)),
        "theme" | "themes" if scheme == Scheme::Any => themes(lowering, line),
        _ if scheme == Scheme::Any => {
            lowering.unexpected(line, "in `styles`", &["element", "relationship", "light", "dark", "theme", "themes"]);
        }
        _ => lowering.unexpected(line, "in a colour scheme", &["element", "relationship"]),
    }
}

fn style(lowering: &mut Lowering<'_>, line: &Line, scheme: Scheme, of_element: bool) {
    let Some(tag) = line.text(1) else {
        let remark = Remark::new(
            Severity::Error,
            "missing-word",
            "This style names no tag",
            "A style says what everything with one tag looks like.",
            format!("Write `{} \"Tag\" {{`.", line.keyword()),
        );
        lowering.say(line, line.header(), remark);
        return;
    };
    let mut style = Style { tag, scheme, span: line.span, file: line.source.file.clone(), ..Style::default() };
    lowering.each_in(line, &mut |lowering, line| field(lowering, line, &mut style, of_element));
    let appearance = &mut lowering.model.appearance;
    let list = if of_element { &mut appearance.elements } else { &mut appearance.relations };
    if list.len() < MAX_STYLES {
        list.push(style);
    }
}

fn field(lowering: &mut Lowering<'_>, line: &Line, style: &mut Style, of_element: bool) {
    let known: &[&str] = if of_element { &ELEMENT } else { &RELATION };
    let keyword = line.keyword().to_ascii_lowercase();
    if !known.iter().any(|word| word.eq_ignore_ascii_case(&keyword)) {
        lowering.unexpected(line, if of_element { "in the style of an element" } else { "in the style of a relationship" }, known);
        return;
    }
    match keyword.as_str() {
        "properties" => style.properties.extend(properties(lowering, line)),
        "shape" => style.shape = named(lowering, line, Shape::ALL, Shape::name),
        "iconposition" => style.icon_position = named(lowering, line, IconPosition::ALL, IconPosition::name),
        "border" | "style" => style.line = named(lowering, line, Stroke::ALL, Stroke::name),
        "routing" => style.routing = named(lowering, line, Routing::ALL, Routing::name),
        "icon" => style.icon = line.text(1),
        "background" => style.background = colour(lowering, line),
        "color" | "colour" => style.colour = colour(lowering, line),
        "stroke" => style.stroke = colour(lowering, line),
        "metadata" => style.metadata = truth(lowering, line),
        "description" => style.description = truth(lowering, line),
        "jump" => style.jump = truth(lowering, line),
        "dashed" => style.line = truth(lowering, line).map(|dashed| if dashed { Stroke::Dashed } else { Stroke::Solid }),
        "strokewidth" => style.stroke_width = number(lowering, line, 1, 10),
        "thickness" => style.thickness = number(lowering, line, 1, 1000),
        "width" => style.width = number(lowering, line, 1, 100_000),
        "height" => style.height = number(lowering, line, 1, 100_000),
        "fontsize" => style.font_size = number(lowering, line, 1, 1000),
        "opacity" => style.opacity = number(lowering, line, 0, 100),
        "position" => style.position = number(lowering, line, 0, 100),
        _ => {}
    }
}

/// One of a fixed list of names.
fn named<T: Copy + 'static>(lowering: &mut Lowering<'_>, line: &Line, all: &'static [T], name: fn(T) -> &'static str) -> Option<T> {
    let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
    let word = lowering.one_of(line, &names)?;
    all.iter().copied().find(|one| name(*one).eq_ignore_ascii_case(&word.value))
}

fn truth(lowering: &mut Lowering<'_>, line: &Line) -> Option<bool> {
    lowering.one_of(line, &["true", "false"]).map(|word| word.value.eq_ignore_ascii_case("true"))
}

fn colour(lowering: &mut Lowering<'_>, line: &Line) -> Option<Colour> {
    let found = line.word(1).and_then(|word| Colour::read(&word.value));
    if found.is_none() {
        refuse(lowering, line, "colour", "A colour is written as `#rrggbb`, or by its name on the web");
    }
    found
}

/// A whole number; what lies outside the range is brought into it.
fn number(lowering: &mut Lowering<'_>, line: &Line, least: u32, most: u32) -> Option<u32> {
    let found = line.word(1).and_then(|word| word.value.trim().parse::<i64>().ok());
    let Some(found) = found else {
        refuse(lowering, line, "number", &format!("It is a whole number from {least} to {most}"));
        return None;
    };
    let inside = found.clamp(i64::from(least), i64::from(most));
    if inside != found {
        let span = line.word(1).map_or_else(|| line.header(), |word| word.span);
        let remark = Remark::new(
            Severity::Warning,
            "out-of-range",
            format!("`{} {found}` is out of range", line.keyword()),
            format!("It goes from {least} to {most}; {inside} is taken."),
            format!("Write a number from {least} to {most}."),
        );
        lowering.say(line, span, remark);
    }
    u32::try_from(inside).ok()
}

fn refuse(lowering: &mut Lowering<'_>, line: &Line, what: &str, why: &str) {
    let word: Option<&Word> = line.word(1);
    let span = word.map_or_else(|| line.header(), |word| word.span);
    let text = word.map_or_else(|| format!("`{}` has no value", line.keyword()), |word| format!("`{}` is no {what}", word.value));
    let remark =
        Remark::new(Severity::Error, "unexpected-value", text, format!("{why}; the statement is left out."), format!("Write a {what}."));
    lowering.say(line, span, remark);
}

/// Themes by name, path or address. They are not loaded: kinds have looks of their own.
fn themes(lowering: &mut Lowering<'_>, line: &Line) {
    if line.words.len() < 2 {
        let remark = Remark::new(
            Severity::Error,
            "missing-word",
            format!("`{}` names no theme", line.keyword()),
            "It has to be followed by a name, a path or an address.",
            "Write `theme default`.",
        );
        lowering.say(line, line.header(), remark);
    }
    for word in line.words.iter().skip(1) {
        let appearance = &mut lowering.model.appearance;
        if appearance.themes.len() < MAX_THEMES && !appearance.themes.contains(&word.value) {
            appearance.themes.push(word.value.clone());
        }
        if word.value.starts_with("http://") || word.value.starts_with("https://") {
            let remark = Remark::new(
                Severity::Note,
                "never-fetched",
                format!("The theme `{}` is on the web and is not fetched", word.value),
                "Elements are drawn in the colours and shapes of their kind.",
                "Nothing needs to be done.",
            );
            lowering.say(line, word.span, remark);
        }
    }
}

fn term(lowering: &mut Lowering<'_>, line: &Line) {
    let keyword = line.keyword().to_ascii_lowercase();
    if keyword == "metadata" {
        if let Some(word) = lowering.one_of(line, &["square", "round", "curly", "angle", "double-angle", "none"]) {
            lowering.model.appearance.terminology.metadata = Some(word.value.to_ascii_lowercase());
        }
        return;
    }
    let terms = &mut lowering.model.appearance.terminology;
    let term = match keyword.as_str() {
        "person" => &mut terms.person,
        "softwaresystem" => &mut terms.software_system,
        "container" => &mut terms.container,
        "component" => &mut terms.component,
        "deploymentnode" => &mut terms.deployment_node,
        "infrastructurenode" => &mut terms.infrastructure_node,
        "relationship" => &mut terms.relationship,
        // The older languages had a name for what is now a group.
        "enterprise" => return,
        _ => {
            lowering.unexpected(
                line,
                "in `terminology`",
                &["person", "softwareSystem", "container", "component", "deploymentNode", "infrastructureNode", "relationship", "metadata"],
            );
            return;
        }
    };
    *term = line.text(1);
    if line.text(1).is_none() {
        let remark = Remark::new(
            Severity::Error,
            "missing-word",
            format!("`{}` is not given a name", line.keyword()),
            "It has to be followed by what such things are called.",
            format!("Write `{} \"Name\"`.", line.keyword()),
        );
        lowering.say(line, line.header(), remark);
    }
}

fn branding(lowering: &mut Lowering<'_>, line: &Line) {
    match line.keyword().to_ascii_lowercase().as_str() {
        "logo" => lowering.model.appearance.logo = line.text(1),
        "font" => lowering.model.appearance.font = line.text(1).map(|name| (name, line.text(2))),
        _ => lowering.unexpected(line, "in `branding`", &["logo", "font"]),
    }
}
