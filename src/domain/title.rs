//! What a document is called in lists: its own words, or its file's name where it has none.

use crate::domain::{
    decision,
    project::DocumentKind,
    repository_path,
    syntax::{self, Sources},
};

/// The longest title, in characters.
const LONGEST: usize = 200;

/// A decision's title, or a diagram's workspace name; the file's name without its extension where the text has neither.
pub fn title(kind: DocumentKind, path: &str, text: &str) -> String {
    let written = match kind {
        DocumentKind::Decision => decision::parse(path, text).title,
        DocumentKind::Diagram => syntax::language_of(path, text)
            .map(|language| syntax::parse(language, path, text, &Sources::new()).model.name)
            .unwrap_or_default(),
    };
    let written = written.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = repository_path::file_name(path);
    let title = if written.is_empty() { name.rsplit_once('.').map_or(name, |(stem, _)| stem) } else { &written };
    title.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_name_themselves() {
        assert_eq!(title(DocumentKind::Decision, "docs/adr/0001-x.md", "# 1. Use  NATS\n"), "Use NATS");
        assert_eq!(title(DocumentKind::Diagram, "workspace.dsl", "workspace \"Shop\" {\n}\n"), "Shop");
    }

    #[test]
    fn files_name_the_rest() {
        assert_eq!(title(DocumentKind::Diagram, "a/landscape.dsl", "workspace {\n}\n"), "landscape");
        assert_eq!(title(DocumentKind::Diagram, "landscape", ""), "landscape");
        assert_eq!(title(DocumentKind::Decision, "x.md", &format!("# {}", "long ".repeat(100))).chars().count(), 200);
    }
}
