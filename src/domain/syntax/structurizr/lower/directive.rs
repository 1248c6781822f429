//! Statements that begin with `!` and are allowed everywhere: constants, inclusion, scope of identifiers, and what is
//! deliberately not done (scripts, plug-ins, component finders).

use std::rc::Rc;

use crate::domain::{
    diagnostic::Level as Severity,
    model::{ElementKey, LinkedFolder},
    syntax::structurizr::{
        MAX_BYTES, MAX_DIAGNOSTICS,
        lower::{Line, Lowering, Remark, Source, relation::Implied, workspace::never_fetched},
        occurrence::Symbol,
        parse::parse,
        tree::{Tree, Word},
    },
};

impl Lowering<'_> {
    /// Does the directive, if the line is one that is allowed everywhere. Statements of included files go to `read`.
    pub(super) fn directive(&mut self, line: &Line, read: &mut dyn FnMut(&mut Self, &Line)) -> bool {
        if !line.keyword().starts_with('!') && !line.is("impliedrelationships") {
            return false;
        }
        match line.keyword().to_ascii_lowercase().as_str() {
            "!include" => self.include(line, read),
            "!const" | "!constant" => self.constant(line, true),
            "!var" => self.constant(line, false),
            "!identifiers" => match line.text(1).unwrap_or_default().to_ascii_lowercase().as_str() {
                "hierarchical" => self.names.hierarchical = true,
                "flat" => self.names.hierarchical = false,
                other => {
                    let what = format!("`{other}` is not a way to scope identifiers");
                    self.say(
                        line,
                        line.header(),
                        Remark::new(
                            Severity::Error,
                            "unexpected-value",
                            what,
                            "Identifiers are `flat` or `hierarchical`.",
                            "Write one of the two.",
                        ),
                    );
                }
            },
            "!impliedrelationships" | "impliedrelationships" => self.implied_relationships(line),
            "!script" => self.not_run(line, "script"),
            "!plugin" => self.not_run(line, "plug-in"),
            "!components" => self.not_run(line, "component finder"),
            _ => return false,
        }
        true
    }

    fn not_run(&mut self, line: &Line, what: &str) {
        self.say(
            line,
            line.header(),
            Remark::new(
                Severity::Note,
                "never-run",
                format!("This {what} is not run"),
                "Lintel runs no code that comes with a text; the statement is kept as it is.",
                "Write down as statements what it would add to the model.",
            ),
        );
    }

    /// `true`, `false`, or the name of one of the known ways; others are code that is not run.
    fn implied_relationships(&mut self, line: &Line) {
        let value = line.text(1).unwrap_or_default();
        let name = value.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
        self.implied = match name.as_str() {
            "true" | "createimpliedrelationshipsunlessanyrelationshipexistsstrategy" => Implied::UnlessAny,
            "false" | "defaultimpliedrelationshipsstrategy" => Implied::Never,
            "createimpliedrelationshipsunlesssamerelationshipexistsstrategy" => Implied::UnlessSame,
            _ if value.contains('.') => {
                self.not_run(line, "way to imply relationships");
                return;
            }
            _ => {
                self.say(
                    line,
                    line.word(1).map_or_else(|| line.header(), |word| word.span),
                    Remark::new(
                        Severity::Error,
                        "unexpected-value",
                        if value.is_empty() {
                            "This does not say whether relationships are implied".to_owned()
                        } else {
                            format!("`{value}` does not say whether relationships are implied")
                        },
                        "It is `true`, `false`, or the full name of a strategy; what held before still holds.",
                        "Write `true` or `false`.",
                    ),
                );
                return;
            }
        };
    }

    fn constant(&mut self, line: &Line, fixed: bool) {
        let (Some(name), Some(value)) = (line.word(1).cloned(), line.word(2).cloned()) else {
            self.say(
                line,
                line.header(),
                Remark::new(
                    Severity::Error,
                    "missing-word",
                    format!("`{}` needs a name and a value", line.keyword()),
                    "Without them nothing can be put in for the name.",
                    format!("Write `{} NAME \"value\"`.", line.keyword()),
                ),
            );
            return;
        };
        let of_name = |next: char| next.is_ascii_alphanumeric() || matches!(next, '-' | '_' | '.');
        if name.value.is_empty() || !name.value.chars().all(of_name) {
            self.say(
                line,
                name.span,
                Remark::new(
                    Severity::Error,
                    "invalid-identifier",
                    format!("`{}` cannot be the name of a constant", name.value),
                    "A name has letters from a to z, digits, `-`, `_` and `.`; with another one nothing could be put in.",
                    "Choose another name.",
                ),
            );
            return;
        }
        // Constants and variables share their names; a name stays what it was first.
        let mark = format!("const {}", name.value);
        let was_fixed = self.reported.contains(&mark);
        let taken = self.constants.contains_key(&name.value);
        if taken && (fixed || was_fixed) {
            self.say(
                line,
                name.span,
                Remark::new(
                    Severity::Error,
                    "duplicate-constant",
                    format!("`{}` is already defined", name.value),
                    "A constant has one value; only what was defined with `!var` can change.",
                    "Choose another name, or define it with `!var` in both places.",
                ),
            );
            return;
        }
        if fixed {
            self.reported.insert(mark);
        }
        self.mention(line, &name, &name.value, Symbol::Constant(name.value.clone()), true);
        self.constants.insert(name.value, value.value);
    }

    fn include(&mut self, line: &Line, read: &mut dyn FnMut(&mut Self, &Line)) {
        let Some(word) = line.word(1).cloned() else {
            self.say(
                line,
                line.header(),
                Remark::new(
                    Severity::Error,
                    "missing-word",
                    "`!include` names no file",
                    "It has to be followed by the path of a file or folder.",
                    "Write `!include model.dsl`.",
                ),
            );
            return;
        };
        if is_address(&word.value) {
            self.parts_missing();
            self.say(line, word.span, never_fetched(&word.value));
            return;
        }
        let Some(path) = resolve(&line.source.path, &word.value) else {
            self.missing_file(line, &word);
            return;
        };
        let files = if self.exists(&path) { vec![path] } else { self.files_in(&path) };
        if files.is_empty() {
            self.missing_file(line, &word);
        }
        for file in files {
            if let Some(source) = self.enter(&file, line, &word) {
                self.trace_entered(line);
                self.each(&source, Tree::ROOT, read);
                self.leave();
            }
        }
    }

    pub(super) fn exists(&self, path: &str) -> bool {
        self.sources.contains_key(path)
    }

    /// The DSL files of a folder and the folders in it, without hidden ones.
    fn files_in(&self, folder: &str) -> Vec<String> {
        let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        self.sources
            .range(start.clone()..)
            .map(|(path, _)| path)
            .take_while(|path| path.starts_with(&start))
            .filter(|path| {
                let inner = path.strip_prefix(start.as_str()).unwrap_or("");
                !inner.split('/').any(|part| part.starts_with('.')) && inner.to_ascii_lowercase().ends_with(".dsl")
            })
            .cloned()
            .collect()
    }

    /// Reads a file of the project; none, with a diagnostic, where it would include itself.
    pub(super) fn enter(&mut self, path: &str, line: &Line, word: &Word) -> Option<Rc<Source>> {
        if self.including.iter().any(|open| open == path) {
            self.say(
                line,
                word.span,
                Remark::new(
                    Severity::Error,
                    "circular-include",
                    format!("`{path}` includes itself"),
                    "Reading it again would never end.",
                    "Remove one of the inclusions.",
                ),
            );
            return None;
        }
        let text = self.sources.get(path)?;
        if text.len() > MAX_BYTES {
            self.say(
                line,
                word.span,
                Remark::new(
                    Severity::Error,
                    "too-many-bytes",
                    format!("`{path}` has {} bytes", text.len()),
                    format!("A diagram text may have at most {MAX_BYTES} bytes."),
                    "Split the file.",
                ),
            );
            return None;
        }
        let known = self.loaded.get(path).cloned();
        let source = known.unwrap_or_else(|| {
            let (tree, diagnostics) = parse(text);
            let room = MAX_DIAGNOSTICS.saturating_sub(self.diagnostics.len());
            self.diagnostics.extend(diagnostics.into_iter().take(room).map(|mut diagnostic| {
                diagnostic.file = Some(path.to_owned());
                diagnostic
            }));
            let source = Rc::new(Source { path: path.to_owned(), file: Some(path.to_owned()), tree });
            self.loaded.insert(path.to_owned(), Rc::clone(&source));
            source
        });
        self.including.push(path.to_owned());
        Some(source)
    }

    pub(super) fn leave(&mut self) {
        self.including.pop();
    }

    pub(super) fn missing_file(&mut self, line: &Line, word: &Word) {
        self.parts_missing();
        let known: Vec<String> = self.sources.keys().cloned().collect();
        let name = word.value.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
        let elsewhere = known.iter().find(|path| path.rsplit('/').next().unwrap_or("").to_ascii_lowercase() == name);
        let help = elsewhere.map(|path| format!("There is a file `{path}`; paths count from the folder of this file."));
        self.say(
            line,
            word.span,
            Remark::new(
                Severity::Error,
                "missing-file",
                format!("The project has no file `{}`", word.value),
                "What stands in it is missing from the model.",
                help.unwrap_or_else(|| "Add the file to the project, or correct the path.".to_owned()),
            ),
        );
    }

    /// `!docs`, `!adrs` or `!decisions`.
    pub(super) fn linked_folder(&mut self, line: &Line, owner: Option<ElementKey>) {
        let Some(path) = line.text(1) else {
            self.say(
                line,
                line.header(),
                Remark::new(
                    Severity::Error,
                    "missing-word",
                    format!("`{}` names no folder", line.keyword()),
                    "It has to be followed by the path of a folder.",
                    format!("Write `{} docs`.", line.keyword()),
                ),
            );
            return;
        };
        self.model.linked_folders.push(LinkedFolder { path, decisions: !line.is("!docs"), owner, span: line.header() });
    }
}

pub(super) fn is_address(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.starts_with("http://") || lower.starts_with("https://")
}

/// A path as seen from the folder of the file `from`; none where it leaves the project.
pub(super) fn resolve(from: &str, path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    let mut parts: Vec<&str> = if path.starts_with('/') { Vec::new() } else { from.split('/').collect() };
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
