//! The outermost statements: `workspace`, what it extends, and its blocks.

use std::rc::Rc;

use crate::domain::{
    diagnostic::{Level as Severity, Span},
    model::Level,
    syntax::structurizr::{
        lower::{
            Line, Lowering, Remark, Scope, Source, Waiting, Whole,
            attribute::Subjects,
            directive::{is_address, resolve},
        },
        tree::{StatementId, Tree},
    },
};

/// Keywords by which a part of a model is known.
const FRAGMENT: [&str; 20] = [
    "person",
    "softwaresystem",
    "element",
    "relationship",
    "group",
    "container",
    "component",
    "archetypes",
    "deploymentenvironment",
    "deploymentnode",
    "infrastructurenode",
    "containerinstance",
    "softwaresysteminstance",
    "instanceof",
    "description",
    "technology",
    "url",
    "tag",
    "tags",
    "properties",
];

fn has_arrow(source: &Source, id: StatementId) -> bool {
    let words = source.tree.statement(id).map(|statement| source.tree.words(statement)).unwrap_or_default();
    words.iter().take(4).any(|word| word.value == "->" && !word.quoted)
}

/// Which blocks a workspace has had.
#[derive(Default)]
struct Seen {
    workspace: bool,
    model: bool,
    views: bool,
}

impl Lowering<'_> {
    /// Reads a whole file.
    pub(super) fn root(&mut self, source: &Rc<Source>) {
        let keywords: Vec<String> = source
            .tree
            .statements(Tree::ROOT)
            .filter_map(|id| source.tree.statement(id))
            .map(|statement| source.tree.words(statement))
            .filter_map(|words| {
                let assigned = words.get(1).is_some_and(|word| word.value == "=");
                words.into_iter().nth(if assigned { 2 } else { 0 })
            })
            .map(|word| word.value.to_ascii_lowercase())
            .filter(|word| !word.starts_with('!'))
            .collect();
        let mut seen = Seen::default();
        if keywords.is_empty() || keywords.iter().any(|word| word == "workspace") {
            self.each(source, Tree::ROOT, &mut |lowering, line| lowering.root_statement(line, &mut seen));
            return;
        }
        let is_any = |known: &[&str]| keywords.iter().any(|word| known.contains(&word.as_str()));
        let of_workspace = is_any(&["model", "views", "configuration"]);
        let of_model = is_any(&FRAGMENT) || source.tree.statements(Tree::ROOT).any(|id| has_arrow(source, id));
        if !of_workspace && !of_model {
            self.each(source, Tree::ROOT, &mut |lowering, line| lowering.root_statement(line, &mut seen));
            return;
        }
        self.whole = Whole::Fragment;
        self.report(
            source,
            Span::default(),
            Remark::new(
                Severity::Note,
                "fragment",
                "This file has no workspace of its own",
                "It is read as a part that another file includes, so names it does not define are no mistakes.",
                "Open the file that includes it to see the whole.",
            ),
        );
        if of_workspace {
            self.each(source, Tree::ROOT, &mut |lowering, line| lowering.workspace_statement(line, &mut seen));
        } else if !keywords.iter().all(|word| matches!(word.as_str(), "element" | "relationship" | "light" | "dark" | "theme" | "themes")) {
            // The level of the element into which the part would be put.
            let level = if is_any(&["container"]) {
                Some(Level::System)
            } else if is_any(&["component"]) {
                Some(Level::Container)
            } else if is_any(&["infrastructurenode", "containerinstance", "softwaresysteminstance", "instanceof"]) {
                Some(Level::DeploymentNode)
            } else if is_any(&["deploymentnode"]) {
                Some(Level::DeploymentEnvironment)
            } else {
                None
            };
            let mut scope = Scope { level, ..Scope::default() };
            self.each(source, Tree::ROOT, &mut |lowering, line| lowering.model_statement(line, &mut scope));
        }
    }

    fn root_statement(&mut self, line: &Line, seen: &mut Seen) {
        if !line.is("workspace") {
            let help = self.suggest(line.keyword(), ["workspace"]);
            self.say(
                line,
                line.header(),
                Remark::new(
                    Severity::Error,
                    "unexpected-statement",
                    format!("`{}` cannot stand outside the workspace", line.keyword()),
                    "A file consists of one `workspace` block; only `!const`, `!var` and `!include` may stand beside it.",
                    help.unwrap_or_else(|| "Move the line into the workspace, or remove it.".to_owned()),
                ),
            );
            return;
        }
        if seen.workspace {
            self.say(
                line,
                line.header(),
                Remark::new(
                    Severity::Error,
                    "multiple-workspaces",
                    "This is a second workspace",
                    "A file describes one workspace; this one is left out.",
                    "Move it to a file of its own.",
                ),
            );
            return;
        }
        seen.workspace = true;
        let mut at = 1;
        if line.word(1).is_some_and(|word| word.value.eq_ignore_ascii_case("extends") && !word.quoted) {
            self.extend(line);
            at = 3;
        }
        if let Some(name) = line.text(at) {
            self.model.name = name;
        }
        if let Some(description) = line.text(at + 1) {
            self.model.description = Some(description);
        }
        self.each_in(line, &mut |lowering, line| lowering.workspace_statement(line, seen));
    }

    pub(super) fn parts_missing(&mut self) {
        self.whole = self.whole.max(Whole::PartsMissing);
    }

    /// Reads the workspace this one builds on.
    fn extend(&mut self, line: &Line) {
        let Some(word) = line.word(2).cloned() else {
            self.say(
                line,
                line.header(),
                Remark::new(
                    Severity::Error,
                    "missing-word",
                    "`extends` names no file",
                    "It has to be followed by the path of the workspace to build on.",
                    "Write `workspace extends ../model.dsl {`.",
                ),
            );
            return;
        };
        if is_address(&word.value) {
            self.parts_missing();
            self.say(line, word.span, never_fetched(&word.value));
            return;
        }
        if word.value.to_ascii_lowercase().ends_with(".json") {
            self.parts_missing();
            self.say(
                line,
                word.span,
                Remark::new(
                    Severity::Warning,
                    "not-read",
                    format!("`{}` is not read", word.value),
                    "A workspace can build on a DSL file, not on JSON.",
                    "Extend the DSL file from which the JSON was made.",
                ),
            );
            return;
        }
        let path = resolve(&line.source.path, &word.value);
        let Some(path) = path.filter(|path| self.exists(path)) else {
            self.missing_file(line, &word);
            return;
        };
        if let Some(source) = self.enter(&path, line, &word) {
            self.trace_entered(line);
            self.root(&source);
            self.leave();
        }
    }

    fn workspace_statement(&mut self, line: &Line, seen: &mut Seen) {
        match line.keyword().to_ascii_lowercase().as_str() {
            "name" => self.model.name = line.text(1).unwrap_or_default(),
            "description" => self.model.description = line.text(1),
            "properties" => self.properties(line, &Subjects::workspace()),
            "model" => {
                if std::mem::replace(&mut seen.model, true) {
                    self.repeated(line, "multiple-models", "model");
                    return;
                }
                let mut scope = Scope::default();
                self.each_in(line, &mut |lowering, line| lowering.model_statement(line, &mut scope));
            }
            "views" => {
                if std::mem::replace(&mut seen.views, true) {
                    self.repeated(line, "multiple-views", "views");
                    return;
                }
                if let Some(block) = line.block {
                    self.waiting.push(Waiting { source: Rc::clone(&line.source), block, constants: self.constants.clone() });
                }
            }
            "configuration" => self.configuration(line),
            "!docs" | "!adrs" | "!decisions" => self.linked_folder(line, None),
            _ => self.unexpected(
                line,
                "in a workspace",
                &["name", "description", "properties", "model", "views", "configuration", "!docs", "!adrs", "!decisions", "!include"],
            ),
        }
    }

    fn repeated(&mut self, line: &Line, code: &'static str, keyword: &str) {
        self.say(
            line,
            line.header(),
            Remark::new(
                Severity::Error,
                code,
                format!("This is a second `{keyword}` block"),
                format!("A workspace has one `{keyword}` block; this one is left out."),
                "Move its statements into the first one.",
            ),
        );
    }

    /// Reports a statement that means nothing where it stands, with the nearest keyword that would.
    pub(in crate::domain::syntax::structurizr) fn unexpected(&mut self, line: &Line, place: &str, known: &[&str]) {
        let keyword = line.keyword().to_owned();
        let what = if keyword.is_empty() {
            format!("A block without a name cannot stand {place}")
        } else {
            format!("`{keyword}` means nothing {place}")
        };
        let help = self.suggest(&keyword, known.iter().copied());
        self.say(
            line,
            line.header(),
            Remark::new(
                Severity::Error,
                "unexpected-statement",
                what,
                "The statement is kept in the text and left out of the model.",
                help.unwrap_or_else(|| format!("Expected here: {}.", known.join(", "))),
            ),
        );
    }
}

/// The remark about something on the web.
pub(super) fn never_fetched(address: &str) -> Remark {
    Remark::new(
        Severity::Note,
        "never-fetched",
        format!("`{address}` is on the web and is not fetched"),
        "Lintel reads only files of the project, so what stands there is not part of the model.",
        "Copy the file into the project and name its path.",
    )
}
