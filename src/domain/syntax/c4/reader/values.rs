//! Names that stand for texts: `!define NAME text` and `!$name = "text"`, filled into arguments.

use std::collections::BTreeMap;

use crate::domain::syntax::c4::{MAX_SUBSTITUTED, MAX_VARIABLES};

/// What names stand for.
#[derive(Clone, Debug, Default)]
pub struct Values {
    by_name: BTreeMap<String, String>,
    /// Bytes that were filled in so far.
    filled: usize,
}

impl Values {
    /// Sets a name, with its `$` if it has one; false beyond the limit.
    pub fn set(&mut self, name: &str, value: &str) -> bool {
        if self.by_name.len() >= MAX_VARIABLES && !self.by_name.contains_key(name) {
            return false;
        }
        self.by_name.insert(name.to_owned(), value.to_owned());
        true
    }

    pub fn remove(&mut self, name: &str) {
        self.by_name.remove(name);
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.by_name.get(name).map(String::as_str)
    }

    /// The text with the names in it replaced, once; a name is a whole word.
    pub fn fill(&mut self, text: &str) -> String {
        if self.by_name.is_empty() || self.filled > MAX_SUBSTITUTED * 16 {
            return text.to_owned();
        }
        let part = |c: char| c.is_alphanumeric() || c == '_';
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let sign = usize::from(first == '$');
            let length = rest.get(sign..).map_or(0, |tail| tail.find(|c| !part(c)).unwrap_or(tail.len())) + sign;
            if length == sign {
                result.push(first);
                rest = rest.get(first.len_utf8()..).unwrap_or("");
                continue;
            }
            let word = rest.get(..length).unwrap_or("");
            match self.longest(word) {
                Some((name, value)) if result.len() + value.len() <= text.len() + MAX_SUBSTITUTED => {
                    result.push_str(value);
                    let used = name.len();
                    self.filled += value.len();
                    rest = rest.get(used..).unwrap_or("");
                }
                _ => {
                    result.push_str(word);
                    rest = rest.get(length..).unwrap_or("");
                }
            }
        }
        result
    }

    /// The name that the word is; a variable may be the word's beginning, as in `$unit_db`, where `$unit` is known.
    fn longest(&self, word: &str) -> Option<(&str, &str)> {
        let exact = self.by_name.get_key_value(word);
        let begun = || {
            let ends = word.char_indices().map(|(at, _)| at).skip(2).take(64).collect::<Vec<_>>();
            ends.into_iter().rev().filter_map(|end| word.get(..end)).find_map(|name| self.by_name.get_key_value(name))
        };
        let found = exact.or_else(|| if word.starts_with('$') { begun() } else { None });
        found.map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_in_as_whole_words_and_once() {
        let mut values = Values::default();
        assert!(values.set("$svc", "Orders") && values.set("DB", "PostgreSQL") && values.set("$x", "$svc"));
        assert_eq!(values.fill("$svc API on DB, $svc_1, DBA, $x, $none, $"), "Orders API on PostgreSQL, Orders_1, DBA, $svc, $none, $");
        values.remove("DB");
        assert_eq!(values.fill("é DB"), "é DB");
        assert_eq!(values.get("$svc"), Some("Orders"));
    }

    #[test]
    fn growth_is_bounded() {
        let mut values = Values::default();
        values.set("a", &"x".repeat(MAX_SUBSTITUTED));
        assert!(values.fill(&"a ".repeat(1000)).len() < 2 * MAX_SUBSTITUTED);
    }
}
