//! The numbers of steps in dynamic diagrams: one for each relation, or an expression such as `Index()-1`, where calls are
//! replaced by numbers and the rest stays as written.

use crate::domain::syntax::c4::call::Argument;

/// Counts steps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counter {
    last: u32,
    next: u32,
}

impl Default for Counter {
    fn default() -> Self {
        Self { last: 0, next: 1 }
    }
}

impl Counter {
    /// `increment(n)`
    pub(super) fn skip(&mut self, arguments: &[Argument]) {
        self.advance(number(arguments.first()).unwrap_or(1));
    }

    /// `setIndex(n)`
    pub(super) fn set(&mut self, arguments: &[Argument]) {
        if let Some(next) = number(arguments.first()) {
            self.last = self.next;
            self.next = next;
        }
    }

    const fn advance(&mut self, by: u32) -> u32 {
        self.last = self.next;
        self.next = self.next.saturating_add(by);
        self.last
    }

    /// The number of the next relation: as written, or the next one.
    pub(super) fn order(&mut self, written: Option<&str>) -> String {
        let Some(written) = written.map(str::trim).filter(|written| !written.is_empty()) else {
            return self.advance(1).to_string();
        };
        let mut order = String::new();
        let mut rest: String = written.chars().filter(|c| *c != '"').take(200).collect();
        while !rest.is_empty() {
            let (piece, after) = self.piece(&rest);
            order.push_str(&piece);
            rest = after;
        }
        let order = order.split_whitespace().collect::<Vec<_>>().join(" ");
        order.trim_end_matches(':').chars().take(40).collect()
    }

    /// What the text begins with, and the rest.
    fn piece(&mut self, text: &str) -> (String, String) {
        for name in ["SetIndex(", "LastIndex(", "Index("] {
            let Some((inside, after)) = text.strip_prefix(name).and_then(|rest| rest.split_once(')')) else { continue };
            let mut numbers = inside.split(',').filter_map(|part| part.trim().parse::<u32>().ok());
            let value = match name {
                "LastIndex(" => self.last,
                "Index(" => self.advance(numbers.next().unwrap_or(1)),
                _ => {
                    self.last = numbers.next().unwrap_or(self.next);
                    self.next = self.last.saturating_add(numbers.next().unwrap_or(1));
                    self.last
                }
            };
            return (value.to_string(), after.to_owned());
        }
        for (name, value) in [("$lastIndex", self.last), ("$index", self.next)] {
            if let Some(after) = text.strip_prefix(name) {
                return (value.to_string(), after.to_owned());
            }
        }
        let mut letters = text.chars();
        let first = letters.next().map(String::from).unwrap_or_default();
        (first, letters.as_str().to_owned())
    }
}

fn number(argument: Option<&Argument>) -> Option<u32> {
    argument?.value.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_count_up_and_expressions_are_filled_in() {
        let mut counter = Counter::default();
        assert_eq!(counter.order(None), "1");
        assert_eq!(counter.order(Some("Index()-1")), "2-1");
        assert_eq!(counter.order(Some("LastIndex()-2")), "2-2");
        assert_eq!(counter.order(Some("SetIndex(5)-2")), "5-2");
        assert_eq!(counter.order(Some("$index-1")), "6-1");
        assert_eq!(counter.order(None), "6");
        assert_eq!(counter.order(Some("\"2.1\"")), "2.1");
        assert_eq!(counter.order(Some("Index(")), "Index(");
    }
}
