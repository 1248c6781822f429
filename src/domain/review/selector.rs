//! Names that stand for rules: a code such as `LNT-B001` or `B001`, a name such as `shared-database`, or the beginning of
//! codes such as `LNT-X*`.

use serde::{Deserialize, Serialize};

use crate::domain::review::rules;

/// A name that stands for at least one rule, in capital letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Selector(String);

impl Selector {
    /// None when the name stands for no rule.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(rule) = rules::ALL.iter().find(|rule| rule.slug.eq_ignore_ascii_case(text)) {
            return Some(Self(rule.code.to_owned()));
        }
        let written = text.to_ascii_uppercase();
        named(&written).next()?;
        Some(Self(written))
    }

    pub fn selects(&self, code: &str) -> bool {
        selects(&self.0, code)
    }

    /// Codes of the rules it stands for, in catalogue order.
    pub fn rules(&self) -> impl Iterator<Item = &'static str> + '_ {
        named(&self.0)
    }

    /// How exact it is: of two that fit a rule, the one that says more of its code counts.
    pub fn exactness(&self) -> usize {
        self.0.strip_prefix("LNT-").unwrap_or(&self.0).len()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Codes of the rules that a name in capital letters means.
pub fn named(pattern: &str) -> impl Iterator<Item = &'static str> + '_ {
    rules::ALL.iter().map(|rule| rule.code).filter(move |code| selects(pattern, code))
}

/// Whether a name in capital letters means a rule.
pub fn selects(pattern: &str, code: &str) -> bool {
    let pattern = pattern.strip_prefix("LNT-").unwrap_or(pattern);
    let code = code.strip_prefix("LNT-").unwrap_or(code);
    pattern.strip_suffix('*').map_or(pattern == code, |start| code.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_named_by_code_name_or_beginning() {
        for (text, codes) in [
            ("LNT-B001", vec!["LNT-B001"]),
            (" b001 ", vec!["LNT-B001"]),
            ("shared-database", vec!["LNT-B001"]),
            ("lnt-b00*", vec!["LNT-B001", "LNT-B002", "LNT-B003", "LNT-B004", "LNT-B005", "LNT-B006", "LNT-B007", "LNT-B008"]),
        ] {
            assert_eq!(Selector::parse(text).unwrap().rules().collect::<Vec<_>>(), codes, "{text}");
        }
        assert_eq!(Selector::parse("*").unwrap().rules().count(), rules::ALL.len());
        for text in ["", "LNT-Z999", "shared database", "Y*"] {
            assert_eq!(Selector::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_code_is_more_exact_than_a_beginning() {
        let exactness = |text: &str| Selector::parse(text).unwrap().exactness();
        assert!(exactness("X004") > exactness("LNT-X*") && exactness("LNT-X*") > exactness("*"));
        assert_eq!(exactness("X004"), exactness("LNT-X004"));
    }
}
