//! From the model that a file would like to one that is set up here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The models that are set up, and the names that stand for them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelTable {
    /// Ids as their providers know them, such as `claude-sonnet-4-5-20250929`.
    pub models: Vec<String>,
    /// The id that is used when a file says nothing, or names no model that is set up; without it the first of
    /// [`models`](Self::models).
    pub default: Option<String>,
    /// What short names stand for: `sonnet`, `opus`, `haiku`, and whatever else an administrator adds; in lower case.
    pub aliases: BTreeMap<String, String>,
    /// Ids that their provider no longer serves, besides [`RETIRED`].
    pub retired: Vec<String>,
}

/// Ids in public agent files that are no longer served.
pub const RETIRED: [&str; 12] = [
    "claude-2.0",
    "claude-2.1",
    "claude-instant-1.2",
    "claude-3-opus-20240229",
    "claude-3-sonnet-20240229",
    "claude-3-5-sonnet-20240620",
    "claude-3-5-sonnet-20241022",
    "claude-3-5-haiku-20241022",
    "claude-3-7-sonnet-20250219",
    "claude-opus-4-20250514",
    "claude-sonnet-4-20250514",
    "gpt-4-32k",
];

/// What a wish comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// The id of a model of the table; none when none is set up.
    pub model: Option<String>,
    /// One sentence without a final period for the person who runs the agent, when they get another model than the file
    /// names.
    pub note: Option<String>,
}

/// Finds the model for a file's wish.
pub fn resolve(wish: Option<&str>, table: &ModelTable) -> Resolved {
    let default = table.default.clone().or_else(|| table.models.first().cloned());
    let wish = wish.map(str::trim).filter(|wish| !wish.is_empty());
    let Some(wish) = wish.filter(|wish| !matches!(wish.to_ascii_lowercase().as_str(), "inherit" | "default" | "auto" | "any")) else {
        return Resolved { model: default, note: None };
    };
    let plain = plain(wish);
    if let Some(model) = named(wish, table).or_else(|| named(&plain, table)) {
        return Resolved { model: Some(model), note: None };
    }
    // A display name without its version, or with one that is not set up, still says which kind of model it means.
    let display = wish.contains(' ');
    let family = display.then(|| plain.split('-').find_map(|word| table.aliases.get(word))).flatten().cloned();
    let model = family.or(default);
    let retired = RETIRED.iter().any(|id| *id == plain) || table.retired.iter().any(|id| id.eq_ignore_ascii_case(wish));
    let why = if retired { ", which is no longer served" } else { "" };
    let note = model.as_ref().map_or_else(
        || format!("file asks for {wish}{why}; no model is set up"),
        |model| format!("file asks for {wish}{why}, using {model}"),
    );
    Resolved { model, note: Some(note) }
}

/// A model or alias of exactly this name, or the one model that the name is short for.
fn named(name: &str, table: &ModelTable) -> Option<String> {
    let same = |id: &&String| id.eq_ignore_ascii_case(name);
    if let Some(id) = table.models.iter().find(same) {
        return Some(id.clone());
    }
    if let Some(id) = table.aliases.get(&name.to_ascii_lowercase()) {
        return Some(id.clone());
    }
    let dated = |id: &&String| without_date(&plain(id)) == name.to_ascii_lowercase();
    table.models.iter().filter(dated).max().cloned()
}

/// `Claude Sonnet 4.5 (copilot)` and `anthropic/claude-sonnet-4.5` as `claude-sonnet-4-5`.
fn plain(name: &str) -> String {
    let name = name.split('(').next().unwrap_or(name).trim();
    let name = name.rsplit(['/', ':']).next().unwrap_or(name);
    let joined = name.to_ascii_lowercase().replace(['.', '_'], "-");
    joined.split(|c: char| c.is_whitespace() || c == '-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// An id without the day of its release.
fn without_date(id: &str) -> &str {
    match id.rsplit_once('-') {
        Some((before, date)) if date == "latest" || (date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit())) => before,
        _ => id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> ModelTable {
        let aliases = [("sonnet", "claude-sonnet-4-5-20250929"), ("opus", "claude-opus-4-6"), ("fast", "gpt-5-mini")];
        ModelTable {
            models: ["claude-sonnet-4-5-20250929", "claude-opus-4-6", "gpt-5-mini"].map(str::to_owned).into(),
            default: Some("gpt-5-mini".to_owned()),
            aliases: aliases.map(|(name, id)| (name.to_owned(), id.to_owned())).into(),
            retired: vec!["gpt-4".to_owned()],
        }
    }

    fn silent(wish: &str) -> String {
        let resolved = resolve(Some(wish), &table());
        assert_eq!(resolved.note, None, "{wish}");
        resolved.model.unwrap()
    }

    fn noted(wish: &str) -> String {
        resolve(Some(wish), &table()).note.unwrap()
    }

    #[test]
    fn names_in_every_form_find_their_model() {
        for wish in [
            "sonnet",
            "Sonnet",
            "claude-sonnet-4-5-20250929",
            "Claude Sonnet 4.5 (copilot)",
            "claude-sonnet-4-5",
            "anthropic/claude-sonnet-4.5",
        ] {
            assert_eq!(silent(wish), "claude-sonnet-4-5-20250929", "{wish}");
        }
        assert_eq!(silent("fast"), "gpt-5-mini");
        assert_eq!(silent("GPT-5 mini (copilot)"), "gpt-5-mini");
        for wish in [None, Some("inherit"), Some(" "), Some("Auto")] {
            assert_eq!(resolve(wish, &table()), Resolved { model: Some("gpt-5-mini".to_owned()), note: None });
        }
    }

    #[test]
    fn what_is_not_there_is_said() {
        assert_eq!(
            noted("claude-sonnet-4-20250514"),
            "file asks for claude-sonnet-4-20250514, which is no longer served, using gpt-5-mini"
        );
        assert_eq!(noted("gpt-4"), "file asks for gpt-4, which is no longer served, using gpt-5-mini");
        assert_eq!(noted("haiku"), "file asks for haiku, using gpt-5-mini");
        assert_eq!(noted("Claude Opus 4.1"), "file asks for Claude Opus 4.1, using claude-opus-4-6");
        assert_eq!(resolve(Some("opus"), &ModelTable::default()).model, None);
        assert_eq!(resolve(Some("opus"), &ModelTable::default()).note.as_deref(), Some("file asks for opus; no model is set up"));
        assert_eq!(resolve(None, &ModelTable::default()), Resolved { model: None, note: None });
    }

    #[test]
    fn a_retired_model_that_is_set_up_all_the_same_is_used() {
        let table = ModelTable { models: vec!["claude-sonnet-4-20250514".to_owned()], ..ModelTable::default() };
        assert_eq!(resolve(Some("claude-sonnet-4-20250514"), &table).note, None);
    }
}
