//! Paths of files inside a project: what a document or an imported file may be called.
//!
//! A project exports as a folder, on any system, so a path that could leave the folder, name a device or mean two things
//! is refused wherever it comes from: an archive, the API or a page.

/// The longest path, in bytes.
pub const MAX_PATH: usize = 400;
/// The longest name of a file or folder, in bytes.
const MAX_NAME: usize = 200;

/// Says what is wrong with a path, if anything: one sentence without the path itself.
pub fn problem(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("A file needs a name.");
    }
    if path.len() > MAX_PATH || path.split('/').any(|name| name.len() > MAX_NAME) {
        return Some("The path is too long: at most 400 bytes, and 200 for one name.");
    }
    if path.chars().any(char::is_control) {
        return Some("The path holds a control character.");
    }
    if path.contains('\\') {
        return Some("The path holds a backslash; folders are separated by `/`.");
    }
    if path.starts_with('/') {
        return Some("The path is absolute; it must begin inside the project.");
    }
    if path.as_bytes().get(1) == Some(&b':') && path.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Some("The path begins with a drive; it must begin inside the project.");
    }
    if path.split('/').any(|name| matches!(name, "" | "." | "..")) {
        return Some("The path holds an empty name, `.` or `..`.");
    }
    if path.split('/').any(is_device) {
        return Some("The path holds a name that some systems reserve for devices.");
    }
    None
}

/// `CON`, `nul.txt`, `COM1.md`: names that open a device on Windows, whatever follows the first dot.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_uppercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|number| matches!(number, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || numbered("COM") || numbered("LPT")
}

/// The name of the file, without its folders.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The folder a file lies in, without a final slash; empty at the top.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_paths_pass() {
        for path in
            ["workspace.dsl", "docs/adr/0007-use-nats.md", "docs/adr/#12 über.md", ".adr-dir", "a b/c", "console.md", "com10.md", "..a/b.."]
        {
            assert_eq!(problem(path), None, "{path}");
        }
    }

    #[test]
    fn hostile_paths_are_named() {
        for path in [
            "",
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a//b",
            "a/",
            "./a",
            "a\\b",
            "..\\x",
            "C:/x",
            "c:x",
            "a\0b",
            "a\nb",
            "CON",
            "docs/nul.md",
            "aux.txt/x",
            "Lpt1",
            "com1 .md",
        ] {
            assert!(problem(path).is_some(), "{path:?}");
        }
        assert!(problem(&"x".repeat(201)).is_some());
        assert!(problem(&"x/".repeat(300)).is_some());
    }

    #[test]
    fn names_and_folders() {
        assert_eq!((file_name("a/b/c.md"), folder("a/b/c.md")), ("c.md", "a/b"));
        assert_eq!((file_name("c.md"), folder("c.md")), ("c.md", ""));
    }
}
