//! `include` and `exclude`: lists of predicates, with conditions.

use crate::domain::{
    diagnostic::Span,
    syntax::likec4::{
        MAX_DEPTH,
        lex::Kind,
        parse::Parser,
        tree::{Choice, Condition, Predicate, Reach, Rule, ViewItem, Way},
    },
};

impl Parser<'_> {
    pub(super) fn rule(&mut self, view: &mut ViewItem) -> bool {
        let include = self.word(0) == "include";
        self.at += 1;
        let mut rule = Rule { include, predicates: Vec::new() };
        loop {
            let before = self.at;
            let predicate = self.predicate();
            if self.at == before {
                break;
            }
            rule.predicates.push(predicate);
            if !self.eat(',') {
                break;
            }
        }
        let any = !rule.predicates.is_empty();
        view.rules.push(rule);
        any
    }

    fn predicate(&mut self) -> Predicate {
        let start = self.at;
        let mut predicate = Predicate::default();
        let incoming = self.take_arrow().is_some();
        if incoming {
            predicate.arrow = Some(Way::Forth);
            predicate.right = self.choice();
            if self.take_arrow().is_some() {
                predicate.arrow = Some(Way::Through);
            }
        } else {
            // A statement may follow a comma that ends the list.
            if matches!(self.word(0), "include" | "exclude" | "style" | "autoLayout" | "group" | "global" | "title" | "description") {
                return predicate;
            }
            predicate.left = self.choice();
            if predicate.left.is_some()
                && let Some(way) = self.take_arrow()
            {
                predicate.arrow = Some(way);
                // `a ->` at the end of a line has no other end.
                if !self.peek().is_some_and(|token| token.first) || self.is_target_below() {
                    predicate.right = self.choice();
                }
            }
        }
        if self.word(0) == "where" {
            self.at += 1;
            predicate.condition = Some(self.either(0));
        }
        if self.word(0) == "with" {
            let from = self.at;
            self.at += 1;
            if self.is_sign(0, '{') {
                self.skip_block();
            }
            self.lose("Words or looks of one view only", self.span_from(from));
        }
        predicate.span = self.span_from(start);
        predicate
    }

    /// The next line begins with a name that no statement begins with.
    fn is_target_below(&self) -> bool {
        !self.word(0).is_empty()
            && !matches!(self.word(0), "include" | "exclude" | "style" | "autoLayout" | "group" | "global" | "title" | "description")
    }

    fn take_arrow(&mut self) -> Option<Way> {
        let way = match self.peek()?.kind {
            Kind::Arrow | Kind::Kinded(_) | Kind::DotName => Way::Forth,
            Kind::Both => Way::Both,
            _ => return None,
        };
        self.at += 1;
        Some(way)
    }

    fn choice(&mut self) -> Option<Choice> {
        let word = self.word(0).to_owned();
        if word.is_empty() {
            return None;
        }
        self.at += 1;
        if matches!(word.as_str(), "element.tag" | "element.kind") {
            let equal = self.comparison();
            let value = self.value();
            return Some(if word == "element.tag" { Choice::Tag(value, equal) } else { Choice::Kind(value, equal) });
        }
        if word.chars().all(|next| next == '*') {
            return Some(Choice::All);
        }
        let (name, reach) = if let Some(name) = word.strip_suffix(".**") {
            (name, Reach::Inside)
        } else if let Some(name) = word.strip_suffix(".*") {
            (name, Reach::Parts)
        } else if let Some(name) = word.strip_suffix("._") {
            (name, Reach::Expanded)
        } else {
            (word.as_str(), Reach::Itself)
        };
        Some(Choice::Named(name.to_owned(), reach))
    }

    /// `is`, `is not`, `==`, `=`, `!=`; whether it asks for the same.
    fn comparison(&mut self) -> bool {
        if self.word(0) == "is" {
            self.at += 1;
            if self.word(0) == "not" {
                self.at += 1;
                return false;
            }
            return true;
        }
        let negated = self.eat('!');
        while self.eat('=') {}
        !negated
    }

    fn value(&mut self) -> String {
        if self.peek().is_some_and(|token| token.kind == Kind::Tag) {
            let span = self.peek().map_or_else(Span::default, |token| token.span);
            self.at += 1;
            return span.of(self.text).trim_start_matches('#').to_owned();
        }
        self.take_text().unwrap_or_else(|| self.take_word())
    }

    fn either(&mut self, depth: usize) -> Condition {
        let mut all = vec![self.both(depth)];
        while self.word(0) == "or" {
            self.at += 1;
            all.push(self.both(depth));
        }
        if all.len() == 1 { all.pop().unwrap_or(Condition::Unknown) } else { Condition::Or(all) }
    }

    fn both(&mut self, depth: usize) -> Condition {
        let mut all = vec![self.single(depth)];
        while self.word(0) == "and" {
            self.at += 1;
            all.push(self.single(depth));
        }
        if all.len() == 1 { all.pop().unwrap_or(Condition::Unknown) } else { Condition::And(all) }
    }

    fn single(&mut self, depth: usize) -> Condition {
        if depth > MAX_DEPTH {
            return Condition::Unknown;
        }
        if self.eat('(') {
            let inner = self.either(depth + 1);
            self.eat(')');
            return inner;
        }
        match self.word(0) {
            "not" => {
                self.at += 1;
                Condition::Not(Box::new(self.single(depth + 1)))
            }
            "tag" | "kind" => {
                let tag = self.word(0) == "tag";
                self.at += 1;
                let equal = self.comparison();
                let value = self.value();
                if tag { Condition::Tag(value, equal) } else { Condition::Kind(value, equal) }
            }
            word if word.starts_with("metadata") || matches!(word.rsplit_once('.'), Some((_, "tag" | "kind"))) => {
                self.at += 1;
                self.comparison();
                self.value();
                Condition::Unknown
            }
            _ => Condition::Unknown,
        }
    }
}
