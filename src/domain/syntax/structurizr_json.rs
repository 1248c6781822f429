//! Structurizr workspaces as JSON, as its tools store and export them: in with places, and out.
//!
//! The text is read as plain JSON first and then looked through field by field, so that one odd value costs that value and not
//! the workspace. One file per area: [`value`] (looking into JSON), [`elements`], [`relations`], [`views`], [`places`], and
//! [`mod@write`] for the way out.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::{
    diagnostic::{Level as Severity, Span},
    model::{
        ElementKey, Level, Model, RelationKey,
        facts::{Fact, is_fact_name},
        view::{Direction, ViewKind},
    },
    syntax::{
        draft::{Draft, too_long},
        format::{Exported, Imported},
    },
};

mod elements;
mod places;
mod relations;
mod value;
mod views;
mod write;

#[cfg(test)]
mod tests;

use value::{list, object, text};

/// Bytes of a workspace.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Elements within elements; JSON nested deeper than 128 values is refused as a whole.
pub const MAX_DEPTH: usize = 32;

/// A workspace that is being read.
struct Reading {
    draft: Draft,
    /// Elements by their id in the text.
    elements: BTreeMap<String, ElementKey>,
    relations: BTreeMap<String, RelationKey>,
    /// Between the names of nested groups.
    separator: Option<String>,
    environments: BTreeMap<String, ElementKey>,
    /// Shapes and sizes by tag, in order.
    styles: Vec<Style>,
    enterprise: Option<String>,
}

/// What the styles say of a tag.
struct Style {
    tag: String,
    shape: Option<String>,
    width: Option<i64>,
    height: Option<i64>,
}

/// Reads a workspace. Text that is no JSON gives a diagnostic at its place, and an empty model.
pub fn import(source: &str) -> Imported {
    if source.len() > MAX_BYTES {
        return too_long(source.len(), MAX_BYTES);
    }
    let mut draft = Draft::default();
    let plain = source.strip_prefix('\u{feff}').unwrap_or(source);
    let root: Value = match serde_json::from_str(plain) {
        Ok(root) => root,
        Err(error) => {
            let at = offset(plain, error.line(), error.column()) + (source.len() - plain.len());
            let words = error.to_string();
            let (what, why) = if words.contains("recursion limit") {
                ("The JSON is nested too deeply".to_owned(), "At most 128 values within values are read.".to_owned())
            } else {
                let reason = words.split(" at line ").next().unwrap_or("");
                (
                    format!("This is not JSON: {reason}"),
                    format!("Reading stops at line {}, column {}, and nothing is taken over.", error.line(), error.column()),
                )
            };
            draft.report(
                Severity::Error,
                "malformed-json",
                Span::new(at, at),
                [&what, &why, "Export the workspace again, or repair the text there."],
            );
            draft.fidelity().lose("The whole text, which is no JSON", Some(Span::new(at, at)));
            return draft.finish();
        }
    };
    if !root.is_object() || !(root.get("model").is_some_and(Value::is_object) || root.get("views").is_some_and(Value::is_object)) {
        draft.report(
            Severity::Error,
            "not-a-workspace",
            Span::default(),
            [
                "This JSON is no Structurizr workspace",
                "A workspace is an object with a `model`.",
                "Export it with `structurizr export -format json`, or choose another format.",
            ],
        );
        draft.fidelity().lose("The whole text, which is no workspace", None);
        return draft.finish();
    }
    let mut reading = Reading {
        draft,
        elements: BTreeMap::new(),
        relations: BTreeMap::new(),
        separator: None,
        environments: BTreeMap::new(),
        styles: Vec::new(),
        enterprise: None,
    };
    reading.workspace(&root);
    reading.draft.finish()
}

/// The model as a workspace that Structurizr's tools read.
pub fn export(model: &Model) -> Exported {
    write::export(model)
}

/// Whether a text looks like such a workspace, at a glance.
pub fn looks_like(source: &str) -> bool {
    let head = source.get(..source.floor_char_boundary(64 * 1024)).unwrap_or("");
    head.trim_start_matches('\u{feff}').trim_start().starts_with('{')
        && ["\"softwareSystems\"", "\"systemContextViews\"", "\"systemLandscapeViews\"", "\"people\""]
            .iter()
            .any(|word| head.contains(word))
}

/// The byte offset of a line and column as `serde_json` counts them: from 1, columns in bytes.
fn offset(source: &str, line: usize, column: usize) -> usize {
    let start = source.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
    source.floor_char_boundary((start + column.saturating_sub(1)).min(source.len()))
}

impl Reading {
    fn workspace(&mut self, root: &Value) {
        let model = self.draft.model();
        model.name = text(root, "name").unwrap_or_default();
        model.description = text(root, "description");
        for (name, value) in value::pairs(root, "properties") {
            self.workspace_property(name, value);
        }
        let none = Value::Null;
        let inner = root.get("model").unwrap_or(&none);
        for (name, value) in value::pairs(inner, "properties") {
            self.workspace_property(name, value);
        }
        self.separator = self.draft.out.model.properties.get("structurizr.groupSeparator").filter(|text| !text.is_empty()).cloned();
        self.enterprise = inner.get("enterprise").and_then(|enterprise| text(enterprise, "name"));
        self.styles(root.get("views").and_then(|views| views.get("configuration")).unwrap_or(&none));
        for person in list(inner, "people") {
            self.element(person, None, Level::Person, 0);
        }
        for system in list(inner, "softwareSystems") {
            self.element(system, None, Level::System, 0);
        }
        for custom in list(inner, "customElements") {
            self.element(custom, None, Level::Custom, 0);
        }
        for node in list(inner, "deploymentNodes") {
            self.node(node, None, 0);
        }
        self.relationships(inner);
        self.draft.conclude();
        if let Some(views) = root.get("views").and_then(object) {
            self.views(views);
        }
        if self.draft.out.model.views.iter().all(|view| view.kind == ViewKind::Image) {
            self.draft.show_everything(Direction::default());
        }
        self.rest(root);
    }

    fn workspace_property(&mut self, name: &str, value: String) {
        if name == "structurizr.dsl" {
            self.draft.fidelity().keep("Text in the Structurizr DSL beside the model, read from the model itself", None);
            return;
        }
        let model = self.draft.model();
        if is_fact_name(name) {
            let fact = Fact { value: value.trim().to_owned(), span: Span::default(), inherited_from: None };
            model.facts.0.insert(name.to_owned(), fact);
        }
        model.properties.insert(name.to_owned(), value);
    }

    fn styles(&mut self, configuration: &Value) {
        let Some(styles) = configuration.get("styles") else { return };
        for style in list(styles, "elements") {
            let Some(tag) = text(style, "tag") else { continue };
            let size = |name: &str| style.get(name).and_then(value::integer).filter(|size| (20..=4000).contains(size));
            self.styles.push(Style { tag, shape: text(style, "shape"), width: size("width"), height: size("height") });
            self.draft.fidelity().lose("Style of elements", None);
        }
        for _ in list(styles, "relationships") {
            self.draft.fidelity().lose("Style of relationships", None);
        }
    }

    /// What is in a workspace beside model and views.
    fn rest(&mut self, root: &Value) {
        let documentation = root.get("documentation").unwrap_or(&Value::Null);
        for (name, what) in [
            ("sections", "Section of documentation"),
            ("decisions", "Decision record"),
            ("images", "Image of the documentation"),
            ("templates", "Template of the documentation"),
        ] {
            for _ in list(documentation, name) {
                self.draft.fidelity().lose(what, None);
            }
        }
        let configuration = root.get("views").and_then(|views| views.get("configuration")).unwrap_or(&Value::Null);
        for (name, what) in [("branding", "Branding"), ("terminology", "Terminology")] {
            if configuration.get(name).and_then(object).is_some_and(|found| !found.is_empty()) {
                self.draft.fidelity().lose(what, None);
            }
        }
        if list(configuration, "themes").next().is_some() || text(configuration, "theme").is_some() {
            self.draft.fidelity().lose("Theme, which is not fetched", None);
        }
        for _ in list(root.get("configuration").unwrap_or(&Value::Null), "users") {
            self.draft.fidelity().lose("Right of a user", None);
        }
    }
}
