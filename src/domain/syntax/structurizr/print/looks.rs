//! What stands beside the model: themes, styles, terminology, branding and the properties of the views; perspectives; who may
//! see the workspace. Each has the words that its reader understands, in the order in which the model holds them.

use crate::domain::{
    model::{
        HealthCheck, Perspective, WorkspaceScope,
        appearance::{Scheme, Style},
        facts::Facts,
        view::View,
    },
    syntax::structurizr::print::{
        plan::Plan,
        words::{is_plain, quoted, wants_block},
        write::{Writer, is_directive, line, said, statement},
    },
};

/// Pictures that one image view may have.
const MAX_IMAGES: usize = 16;

impl Writer<'_, '_> {
    /// The statements of `views` that are no view.
    pub(super) fn looks(&mut self) -> String {
        let plan: &Plan<'_> = self.plan;
        let look = &plan.model.appearance;
        let mut out = String::new();
        if !look.themes.is_empty() {
            let words: Vec<String> = look.themes.iter().map(|theme| self.word(theme, "the name of a theme")).collect();
            line(&mut out, 2, &format!("{} {}", if words.len() == 1 { "theme" } else { "themes" }, words.join(" ")));
        }
        let mut body = String::new();
        for (keyword, styles) in [("element", &look.elements), ("relationship", &look.relations)] {
            for run in styles.chunk_by(|one, other| one.scheme == other.scheme) {
                let scheme = match run.first().map(|style| style.scheme) {
                    Some(Scheme::Light) => Some("light"),
                    Some(Scheme::Dark) => Some("dark"),
                    _ => None,
                };
                let mut inner = String::new();
                for style in run.iter().filter(|style| !style.tag.trim().is_empty()) {
                    self.style(&mut inner, if scheme.is_some() { 4 } else { 3 }, keyword, style);
                }
                match scheme {
                    Some(scheme) if !inner.is_empty() => statement(&mut body, 3, scheme, &inner),
                    _ => body.push_str(&inner),
                }
            }
        }
        part(&mut out, "styles", &body);
        let terms = &look.terminology;
        let mut body = String::new();
        for (keyword, term) in [
            ("person", &terms.person),
            ("softwareSystem", &terms.software_system),
            ("container", &terms.container),
            ("component", &terms.component),
            ("deploymentNode", &terms.deployment_node),
            ("infrastructureNode", &terms.infrastructure_node),
            ("relationship", &terms.relationship),
            ("metadata", &terms.metadata),
        ] {
            if let Some(term) = said(term.as_ref()) {
                self.text(&mut body, 3, keyword, term, "a term");
            }
        }
        part(&mut out, "terminology", &body);
        let mut body = String::new();
        if let Some(logo) = said(look.logo.as_ref()) {
            self.text(&mut body, 3, "logo", logo, "the address of a logo");
        }
        if let Some((name, address)) = look.font.as_ref().filter(|(name, _)| !name.trim().is_empty()) {
            let mut text = format!("font {}", quoted(name, "the name of a font", self.fidelity));
            if let Some(address) = said(address.as_ref()) {
                text.push(' ');
                text.push_str(&quoted(address, "the address of a font", self.fidelity));
            }
            line(&mut body, 3, &text);
        }
        part(&mut out, "branding", &body);
        let mut properties = String::new();
        self.properties(&mut properties, 2, &look.properties, &Facts::default(), None);
        if !out.is_empty() && !properties.is_empty() {
            out.push('\n');
        }
        out.push_str(&properties);
        out
    }

    fn style(&mut self, out: &mut String, depth: usize, keyword: &str, style: &Style) {
        let header = format!("{keyword} {}", quoted(&style.tag, "a tag", self.fidelity));
        let of_element = keyword == "element";
        let mut body = String::new();
        let mut say = |keyword: &str, value: Option<String>| {
            if let Some(value) = value {
                line(&mut body, depth + 1, &format!("{keyword} {value}"));
            }
        };
        if of_element {
            say("shape", style.shape.map(|shape| shape.to_string()));
            say("icon", style.icon.as_deref().filter(|icon| !icon.trim().is_empty()).map(|icon| quoted(icon, "an icon", self.fidelity)));
            say("iconPosition", style.icon_position.map(|position| position.to_string()));
            say("background", style.background.map(|colour| colour.to_string()));
        }
        say("color", style.colour.map(|colour| colour.to_string()));
        if of_element {
            say("stroke", style.stroke.map(|colour| colour.to_string()));
            say("strokeWidth", style.stroke_width.map(|width| width.to_string()));
        } else {
            say("thickness", style.thickness.map(|width| width.to_string()));
        }
        say(if of_element { "border" } else { "style" }, style.line.map(|line| line.to_string()));
        if !of_element {
            say("routing", style.routing.map(|routing| routing.to_string()));
            say("jump", style.jump.map(|jump| jump.to_string()));
            say("position", style.position.map(|position| position.to_string()));
        }
        say("width", style.width.map(|width| width.to_string()));
        if of_element {
            say("height", style.height.map(|height| height.to_string()));
        }
        say("fontSize", style.font_size.map(|size| size.to_string()));
        say("opacity", style.opacity.map(|opacity| opacity.to_string()));
        say("metadata", style.metadata.map(|shown| shown.to_string()));
        say("description", style.description.map(|shown| shown.to_string()));
        self.properties(&mut body, depth + 1, &style.properties, &Facts::default(), None);
        statement(out, depth, &header, &body);
    }

    /// A word without quotes where it needs none.
    fn word(&mut self, text: &str, what: &str) -> String {
        if is_plain(text) { text.to_owned() } else { quoted(text, what, self.fidelity) }
    }

    /// What an element or relation is from some points of view.
    pub(super) fn perspectives(&mut self, out: &mut String, depth: usize, perspectives: &[Perspective]) {
        let mut body = String::new();
        for perspective in perspectives.iter().filter(|perspective| !perspective.name.trim().is_empty()) {
            let name = quoted(&perspective.name, "the name of a perspective", self.fidelity);
            let (description, value) = (said(perspective.description.as_ref()), said(perspective.value.as_ref()));
            let url = said(perspective.url.as_ref());
            let on_one_line = description.filter(|_| {
                let blocks = [description, value].into_iter().flatten().any(wants_block);
                url.is_none() && !blocks && !is_directive(&perspective.name) && !perspective.name.eq_ignore_ascii_case("perspective")
            });
            if let Some(description) = on_one_line {
                let mut text = format!("{name} {}", quoted(description, "the description of a perspective", self.fidelity));
                if let Some(value) = value {
                    text.push(' ');
                    text.push_str(&quoted(value, "the value of a perspective", self.fidelity));
                }
                line(&mut body, depth + 1, &text);
                continue;
            }
            let mut inner = String::new();
            for (keyword, text) in [("description", description), ("value", value), ("url", url)] {
                if let Some(text) = text {
                    self.text(&mut inner, depth + 2, keyword, text, &format!("the {keyword} of a perspective"));
                }
            }
            statement(&mut body, depth + 1, &format!("perspective {name}"), &inner);
        }
        if !body.is_empty() {
            statement(out, depth, "perspectives", &body);
        }
    }

    pub(super) fn health_checks(&mut self, out: &mut String, depth: usize, checks: &[&HealthCheck]) {
        for check in checks {
            let name = quoted(&check.name, "the name of a health check", self.fidelity);
            let url = quoted(&check.url, "the address of a health check", self.fidelity);
            // The numbers are told by their place: the second needs the first, which is 60 where nobody says another.
            let interval = check.interval.or(check.timeout.map(|_| 60));
            let words = ["healthCheck".to_owned(), name, url].into_iter();
            let words: Vec<String> =
                words.chain([interval, check.timeout].into_iter().flatten().map(|number| number.to_string())).collect();
            line(out, depth, &words.join(" "));
        }
    }

    /// The block of `configuration`; nothing where nothing is said.
    pub(super) fn configuration(&mut self) -> String {
        let plan: &Plan<'_> = self.plan;
        let configuration = &plan.model.configuration;
        let mut body = String::new();
        match configuration.scope {
            Some(WorkspaceScope::Landscape) => line(&mut body, 2, "scope landscape"),
            Some(WorkspaceScope::SoftwareSystem) => line(&mut body, 2, "scope softwaresystem"),
            None => {}
        }
        if let Some(public) = configuration.public {
            line(&mut body, 2, if public { "visibility public" } else { "visibility private" });
        }
        let mut users = String::new();
        for (name, writes) in configuration.users.iter().filter(|(name, _)| !name.trim().is_empty() && !is_directive(name)) {
            let name = quoted(name, "the name of a user", self.fidelity);
            line(&mut users, 3, &format!("{name} {}", if *writes { "write" } else { "read" }));
        }
        if !users.is_empty() {
            statement(&mut body, 2, "users", &users);
        }
        self.properties(&mut body, 2, &configuration.properties, &Facts::default(), None);
        body
    }

    /// Where the picture of an image view comes from.
    pub(super) fn images(&mut self, out: &mut String, view: &View) {
        let images: Vec<_> = view.images.iter().filter(|image| !image.source.trim().is_empty()).take(MAX_IMAGES).collect();
        for run in images.chunk_by(|one, other| one.scheme == other.scheme) {
            let scheme = match run.first().map(|image| image.scheme) {
                Some(Scheme::Light) => Some("light"),
                Some(Scheme::Dark) => Some("dark"),
                _ => None,
            };
            let depth = if scheme.is_some() { 4 } else { 3 };
            let mut inner = String::new();
            for image in run {
                let keyword = match image.format.as_str() {
                    format @ ("image" | "plantuml" | "mermaid") => format.to_owned(),
                    format => format!("kroki {}", self.word(format, "the format of a picture")),
                };
                self.text(&mut inner, depth, &keyword, &image.source, "the source of a picture");
            }
            match scheme {
                Some(scheme) => statement(out, 3, scheme, &inner),
                None => out.push_str(&inner),
            }
        }
    }
}

/// A block of `views`, after a blank line.
fn part(out: &mut String, header: &str, body: &str) {
    if body.is_empty() {
        return;
    }
    if !out.is_empty() {
        out.push('\n');
    }
    statement(out, 2, header, body);
}
