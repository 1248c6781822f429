//! The `configuration` block: scope, visibility and users. Kept as data; only the scope is held against the model.

use std::collections::BTreeSet;

use crate::domain::sort::Gather;
use crate::domain::{
    diagnostic::Level as Severity,
    model::{ElementKey, Level, WorkspaceScope},
    syntax::structurizr::{
        MAX_TAGS,
        lower::{Line, Lowering, Remark},
        tree::Word,
    },
};

impl Lowering<'_> {
    pub(super) fn configuration(&mut self, line: &Line) {
        self.each_in(line, &mut |lowering, line| match line.keyword().to_ascii_lowercase().as_str() {
            "scope" => {
                let Some(word) = lowering.one_of(line, &["landscape", "softwaresystem", "none"]) else { return };
                lowering.model.configuration.scope = match word.value.to_ascii_lowercase().as_str() {
                    "landscape" => Some(WorkspaceScope::Landscape),
                    "softwaresystem" => Some(WorkspaceScope::SoftwareSystem),
                    _ => None,
                };
                lowering.scope_line = Some(line.clone());
            }
            "visibility" => {
                let Some(word) = lowering.one_of(line, &["private", "public"]) else { return };
                lowering.model.configuration.public = Some(word.value.eq_ignore_ascii_case("public"));
            }
            "users" => lowering.each_in(line, &mut |lowering, line| lowering.user(line)),
            "properties" => lowering.each_in(line, &mut |lowering, line| {
                if let (Some(name), Some(value)) = (line.text(0), line.word(1)) {
                    lowering.model.configuration.properties.insert(name, value.value.clone());
                }
            }),
            _ => lowering.unexpected(line, "in `configuration`", &["scope", "visibility", "users", "properties"]),
        });
    }

    fn user(&mut self, line: &Line) {
        let role = line.word(1).map(|word| word.value.to_ascii_lowercase());
        let writes = match role.as_deref() {
            Some("read") => false,
            Some("write" | "admin") => true,
            _ => {
                self.say(
                    line,
                    line.header(),
                    Remark::new(
                        Severity::Error,
                        "unexpected-value",
                        "This does not say what the user may do",
                        "A user has the role `read` or `write`; the statement is left out.",
                        "Write `name@example.com read`.",
                    ),
                );
                return;
            }
        };
        if self.model.configuration.users.len() < MAX_TAGS {
            self.model.configuration.users.push((line.keyword().to_owned(), writes));
        }
    }

    /// The second word if it is one of those allowed, else none with a diagnostic.
    pub(in crate::domain::syntax::structurizr) fn one_of(&mut self, line: &Line, allowed: &[&str]) -> Option<Word> {
        let word = line.word(1).cloned();
        if let Some(word) = &word
            && allowed.iter().any(|one| one.eq_ignore_ascii_case(&word.value))
        {
            return Some(word.clone());
        }
        let what = match &word {
            Some(word) => format!("`{}` is no value of `{}`", word.value, line.keyword()),
            None => format!("`{}` has no value", line.keyword()),
        };
        let help = word.as_ref().and_then(|word| self.suggest(&word.value, allowed.iter().copied()));
        let list: Vec<String> = allowed.iter().map(|one| format!("`{one}`")).collect();
        self.say(
            line,
            word.as_ref().map_or_else(|| line.header(), |word| word.span),
            Remark::new(
                Severity::Error,
                "unexpected-value",
                what,
                format!("It is one of {}; the statement is left out.", list.join(", ")),
                help.unwrap_or_else(|| "Write one of these.".to_owned()),
            ),
        );
        None
    }

    /// Says where the model goes beyond the scope that the text gives itself.
    pub(super) fn check_scope(&mut self) {
        let (Some(scope), Some(line)) = (self.model.configuration.scope, self.scope_line.clone()) else { return };
        let with_parts: BTreeSet<&ElementKey> = self
            .model
            .elements
            .values()
            .filter(|element| element.level == Level::Container)
            .filter_map(|element| element.parent.as_ref())
            .gathered();
        let most = match scope {
            WorkspaceScope::Landscape => 0,
            WorkspaceScope::SoftwareSystem => 1,
        };
        if with_parts.len() <= most {
            return;
        }
        let names: Vec<&str> =
            with_parts.iter().take(3).filter_map(|key| self.model.elements.get(*key)).map(|element| element.name.as_str()).collect();
        let what = match scope {
            WorkspaceScope::Landscape => {
                format!("A landscape shows systems from outside, and {} has containers", names.first().unwrap_or(&"one"))
            }
            WorkspaceScope::SoftwareSystem => {
                format!("The scope is one software system, and several have containers: {}", names.join(", "))
            }
        };
        self.say(
            &line,
            line.header(),
            Remark::new(
                Severity::Warning,
                "beyond-scope",
                what,
                "Everything is kept; other tools may refuse the text.",
                "Change the scope, or move the parts to a workspace of their own.",
            ),
        );
    }
}
