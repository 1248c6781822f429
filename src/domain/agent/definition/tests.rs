//! Agent files of every kind, read.

mod classes;
mod corpus;
mod properties;

use super::*;

/// Reads a file that must not be refused.
fn read(file: &str, text: &str) -> (Definition, Load) {
    let load = load(file, text.as_bytes());
    (load.definition().unwrap_or_else(|| panic!("{file} is refused: {:?}", load.remarks)).clone(), load)
}

/// What was said about a file: code, line and column.
fn said(load: &Load) -> Vec<(&str, u32, u32)> {
    load.remarks.iter().map(|remark| (remark.diagnostic.code.as_str(), remark.place.line, remark.place.column)).collect()
}

/// The fixed file is read as it stands, and says the same.
fn assert_fix_holds(definition: &Definition) {
    let fixed = fixed(definition).unwrap_or_else(|| panic!("{} has no fix", definition.file));
    let again = load(&definition.file, fixed.as_bytes());
    let Outcome::Loaded(other) = &again.outcome else { panic!("{fixed}\n{:?}", again.remarks) };
    assert_eq!((&other.name, &other.description, &other.body), (&definition.name, &definition.description, &definition.body), "{fixed}");
    assert_eq!(other.tools.written(), definition.tools.written(), "{fixed}");
    assert_eq!(super::fixed(other), None, "{fixed}");
}
