//! Reads one constraint: the words, what they ask, of whom.

use crate::domain::{
    decision::constraint::{Ask, Constraint, Problem, Side, Term, Verb, is_kind_name},
    model::{
        facts::{self, catalogue},
        kind::Kind,
    },
    syntax::structurizr::suggest::nearest,
};

const HELP: &str = "Write what is forbidden or required and of whom, such as: require encryption_at_rest on kind database.";

/// The words of a constraint in one spelling, quotes and commas left out.
pub(super) fn plain(verb: Verb, rest: &str) -> String {
    format!("{} {}", verb.name(), words(rest))
}

/// The words of a line in one spelling.
pub fn words(line: &str) -> String {
    tokens(line).iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>().join(" ")
}

/// Reads what follows `forbid` or `require`.
pub(super) fn after_verb(verb: Verb, rest: &str) -> Result<Constraint, Problem> {
    Reader::new(verb, false).read(tokens(rest))
}

/// Reads a whole sentence: `forbid …`, `no …`, `every … has …`, `service.* uses …`.
pub fn read(line: &str) -> Result<Constraint, Problem> {
    if let Some((verb, rest)) = super::verb(line) {
        return after_verb(verb, rest);
    }
    let mut tokens = tokens(line);
    let first = tokens.first().filter(|(_, quoted)| !quoted).map(|(word, _)| word.to_ascii_lowercase()).unwrap_or_default();
    match first.as_str() {
        "no" => {
            tokens.remove(0);
            without_noun(&mut tokens);
            Reader::new(Verb::Forbid, false).read(tokens)
        }
        "every" | "each" | "all" => {
            tokens.remove(0);
            without_noun(&mut tokens);
            Reader::new(Verb::Require, true).read(tokens)
        }
        _ => Reader::new(Verb::Require, true).read(tokens),
    }
}

/// `no element of kind database` is about kind databases.
fn without_noun(tokens: &mut Vec<(String, bool)>) {
    const NOUNS: [&str; 8] = ["element", "elements", "component", "components", "container", "containers", "thing", "things"];
    if tokens.first().is_some_and(|(word, quoted)| !quoted && NOUNS.contains(&word.to_ascii_lowercase().as_str())) {
        tokens.remove(0);
    }
}

/// Words, quoted ones as one; `true` for those in quotes.
fn tokens(text: &str) -> Vec<(String, bool)> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut quote: Option<char> = None;
    for c in text.chars() {
        match quote {
            Some(open) if c == open => {
                quote = None;
                tokens.push((std::mem::take(&mut word), true));
            }
            None if matches!(c, '"' | '\'') && word.is_empty() => quote = Some(c),
            None if c.is_whitespace() || matches!(c, ',' | '{' | '}') => {
                if !word.is_empty() {
                    tokens.push((std::mem::take(&mut word), false));
                }
            }
            Some(_) | None => word.push(c),
        }
    }
    if !word.is_empty() {
        tokens.push((word, quote.is_some()));
    }
    for (word, quoted) in &mut tokens {
        if !*quoted && word.len() > 1 {
            word.truncate(word.trim_end_matches(':').len());
        }
    }
    tokens.retain(|(word, quoted)| *quoted || !word.is_empty());
    tokens
}

/// What a word means before its value.
enum Word {
    Ask(Ask),
    On,
    Side(Side),
    Relations,
    /// What comes before is of whom, what comes after is what.
    Has,
    Not,
    Reachable,
    Filler,
}

fn word(token: &str) -> Option<Word> {
    let lower = token.to_ascii_lowercase().replace('-', "_");
    Some(match lower.as_str() {
        "kind" => Word::Ask(Ask::Kind),
        "technology" | "tech" => Word::Ask(Ask::Technology),
        "protocol" | "proto" => Word::Ask(Ask::Protocol),
        "context" => Word::Ask(Ask::Context),
        "in" | "inside" | "within" | "boundary" | "group" | "system" | "scope" | "element" | "name" => Word::Ask(Ask::Boundary),
        "on" | "for" | "of" | "where" => Word::On,
        "from" => Word::Side(Side::From),
        "to" => Word::Side(Side::To),
        "relation" | "relations" | "relationship" | "relationships" | "call" | "calls" => Word::Relations,
        "use" | "uses" | "has" | "have" | "is" | "are" | "be" | "need" | "needs" => Word::Has,
        "not" | "never" | "doesn't" | "don't" | "isn't" | "aren't" | "mustn't" => Word::Not,
        "reachable" => Word::Reachable,
        "and" | "any" | "all" | "every" | "elements" | "must" | "may" | "should" | "shall" | "can" | "does" | "do" | "only" => Word::Filler,
        _ => Word::Ask(Ask::Fact(catalogue::about(&lower).filter(|_| facts::is_known(&lower))?.name)),
    })
}

/// Whether `reachable` was said, and what of its `from`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    No,
    Asked,
    From,
}

struct Reader {
    constraint: Constraint,
    side: Side,
    on: bool,
    ask: Option<Ask>,
    value: Vec<String>,
    reach: Reach,
    /// The sentence begins with whom it is about, and its verb has not come yet.
    subject: bool,
    negated: bool,
    problem: Option<Problem>,
}

impl Reader {
    const fn new(verb: Verb, subject: bool) -> Self {
        Self {
            constraint: Constraint { verb, what: Vec::new(), on: Vec::new(), relations: false },
            side: Side::Subject,
            on: subject,
            ask: None,
            value: Vec::new(),
            reach: Reach::No,
            subject,
            negated: false,
            problem: None,
        }
    }

    fn read(mut self, tokens: Vec<(String, bool)>) -> Result<Constraint, Problem> {
        let begins_with_subject = self.subject;
        for (token, quoted) in tokens {
            match (!quoted).then(|| word(&token)).flatten() {
                Some(word) => self.word(word, token),
                None if !quoted && token.eq_ignore_ascii_case("no") && begins_with_subject && !self.subject && self.value.is_empty() => {
                    self.negated = true;
                }
                None => self.value.push(token),
            }
        }
        self.close();
        if self.reach == Reach::Asked {
            self.complain(
                "`reachable` does not say whence",
                "Write from outside, or from the name, kind or zone of whoever must not reach it.",
            );
        }
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        if begins_with_subject && self.subject {
            let what = "It says neither what is forbidden nor what is required";
            let help =
                "Begin with forbid, require, no or every, or say what something uses, has or is, such as: service.* uses technology Go.";
            return Err(Problem { what: what.to_owned(), help: help.to_owned() });
        }
        let mut constraint = self.constraint;
        if self.negated {
            constraint.verb = if constraint.verb == Verb::Forbid { Verb::Require } else { Verb::Forbid };
        }
        constraint.relations |= constraint.what.iter().chain(&constraint.on).any(is_about_relation);
        let says = !constraint.what.is_empty() || (constraint.verb == Verb::Forbid && constraint.relations && !constraint.on.is_empty());
        if !says {
            let of_whom = if constraint.on.is_empty() { "It names nothing" } else { "It says of whom, and not what" };
            return Err(Problem { what: format!("{of_whom} that a design can be compared with"), help: HELP.to_owned() });
        }
        Ok(constraint)
    }

    fn word(&mut self, word: Word, token: String) {
        // A word after `kind` is its value, whatever else it may mean.
        if matches!((&self.ask, &word), (Some(Ask::Kind | Ask::Technology | Ask::Protocol), Word::Ask(Ask::Fact(_))))
            && self.value.is_empty()
        {
            self.value.push(token);
            return;
        }
        // "in zone pci" says more exactly what "in" asks.
        if let (Some(Ask::Boundary), Word::Ask(next), true) = (&self.ask, &word, self.value.is_empty()) {
            self.ask = Some(next.clone());
            return;
        }
        // "from zone dmz" goes on with whence it is reachable.
        if self.reach == Reach::From && self.value.is_empty() && self.ask.is_none() && matches!(word, Word::Ask(_)) {
            if let Word::Ask(next) = word {
                self.ask = Some(next);
            }
            return;
        }
        self.close();
        match word {
            Word::Ask(Ask::Boundary) if !self.on && self.side == Side::Subject => {
                self.on = true;
                self.ask = Some(Ask::Boundary);
            }
            Word::Ask(next) => self.ask = Some(next),
            Word::On => (self.on, self.side) = (true, Side::Subject),
            Word::Side(Side::From) if self.reach == Reach::Asked => self.reach = Reach::From,
            Word::Side(next) => self.side = next,
            Word::Relations => self.constraint.relations = true,
            Word::Has => (self.on, self.side, self.subject) = (false, Side::Subject, false),
            Word::Not => self.negated = true,
            Word::Reachable => (self.reach, self.on) = (Reach::Asked, false),
            Word::Filler => {}
        }
    }

    /// Takes the term that ends here.
    fn close(&mut self) {
        let value = std::mem::take(&mut self.value).join(" ");
        let ask = self.ask.take();
        if self.reach == Reach::From && (ask.is_some() || !value.is_empty()) {
            self.reach = Reach::No;
            let outside = matches!(value.to_ascii_lowercase().as_str(), "outside" | "the outside" | "internet" | "the internet");
            let whence = (ask.is_some() || !outside).then(|| Box::new(self.term(ask.unwrap_or(Ask::Boundary), value)));
            self.constraint.what.push(Term { side: Side::Subject, ask: Ask::Reachable(whence), value: String::new() });
            return;
        }
        let Some(ask) = ask.or_else(|| (!value.is_empty()).then(|| self.guess(&value))) else { return };
        let term = self.term(ask, value);
        // An end of a relation says of whom, wherever it stands.
        let list = if self.on || self.side != Side::Subject { &mut self.constraint.on } else { &mut self.constraint.what };
        list.push(term);
    }

    fn term(&mut self, ask: Ask, value: String) -> Term {
        if value.is_empty() && !matches!(ask, Ask::Fact(_)) {
            let name = match ask {
                Ask::Kind => "`kind`",
                Ask::Technology => "`technology`",
                Ask::Protocol => "`protocol`",
                Ask::Context => "`context`",
                _ => "A place",
            };
            self.complain(&format!("{name} has no value after it"), HELP);
        }
        if ask == Ask::Kind && !value.is_empty() {
            self.check_kind(&value);
        }
        Term { side: self.side, ask, value }
    }

    fn check_kind(&mut self, value: &str) {
        const MORE: [&str; 3] = ["store", "topic", "compute"];
        let wanted = value.to_lowercase();
        let known = || Kind::ALL.iter().map(|kind| kind.slug()).chain(MORE);
        if known().any(|kind| is_kind_name(&wanted, kind)) {
            return;
        }
        let help = nearest(&wanted, known())
            .map_or_else(|| format!("Kinds are {}.", known().collect::<Vec<_>>().join(", ")), |kind| format!("Did you mean {kind}?"));
        self.complain(&format!("There is no kind {value}"), &help);
    }

    /// What a value without a word before it is.
    fn guess(&mut self, value: &str) -> Ask {
        if self.side != Side::Subject {
            return Ask::Boundary;
        }
        if value.contains('*') {
            return Ask::Pattern;
        }
        if Kind::ALL.iter().any(|kind| is_kind_name(value, kind.slug())) {
            return Ask::Kind;
        }
        if self.subject {
            return Ask::Boundary;
        }
        // Facts are written like that, technologies are not.
        if value.contains('_') && facts::is_fact_name(value) {
            let help = nearest(value, catalogue::FACTS.iter().map(|fact| fact.name))
                .map_or_else(|| HELP.to_owned(), |fact| format!("Did you mean {fact}?"));
            self.complain(&format!("There is no fact {value}"), &help);
        }
        Ask::Technology
    }

    /// The first problem is the one to solve.
    fn complain(&mut self, what: &str, help: &str) {
        self.problem.get_or_insert_with(|| Problem { what: what.to_owned(), help: help.to_owned() });
    }
}

fn is_about_relation(term: &Term) -> bool {
    term.side != Side::Subject
        || match term.ask {
            Ask::Protocol => true,
            Ask::Fact(name) => catalogue::about(name).is_some_and(|fact| fact.subjects == [catalogue::Subject::Relation]),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(ask: Ask, value: &str) -> Term {
        Term { side: Side::Subject, ask, value: value.to_owned() }
    }

    #[test]
    fn sentences_are_read_from_either_end() {
        let constraint = read("no element of kind database reachable from outside").unwrap();
        assert_eq!(constraint.verb, Verb::Forbid);
        assert_eq!(constraint.on, [term(Ask::Kind, "database")]);
        assert_eq!(constraint.what, [term(Ask::Reachable(None), "")]);
        let constraint = read("service.* uses technology Go").unwrap();
        assert_eq!((constraint.verb, constraint.relations), (Verb::Require, false));
        assert_eq!((constraint.on, constraint.what), (vec![term(Ask::Pattern, "service.*")], vec![term(Ask::Technology, "Go")]));
        for (line, same) in [
            ("no MongoDB", "forbid MongoDB"),
            ("no database in zone dmz", "forbid kind database in zone dmz"),
            ("no calls from zone dmz to kind database", "forbid calls from zone dmz to kind database"),
            ("every element of kind database has backup", "require backup on kind database"),
            ("Every service has replicas >= 2", "require replicas >= 2 on kind service"),
            ("service.* never uses MongoDB", "forbid MongoDB on service.*"),
            ("Payments must not use technology MongoDB", "forbid technology MongoDB in Payments"),
            ("Payments has no exposure", "forbid exposure in Payments"),
            ("databases are never reachable from outside", "no element of kind databases is reachable from outside"),
        ] {
            let (left, right) = (read(line).unwrap(), read(same).unwrap());
            let ends = |constraint: &Constraint| (constraint.verb, constraint.what.clone(), constraint.on.clone());
            assert_eq!(ends(&left), ends(&right), "{line}");
        }
        let whence = |line: &str| read(line).unwrap().what.pop().unwrap().ask;
        assert_eq!(whence("no kind database reachable from zone dmz"), Ask::Reachable(Some(Box::new(term(Ask::Fact("zone"), "dmz")))));
        assert_eq!(whence("no kind database reachable from Marketing"), Ask::Reachable(Some(Box::new(term(Ask::Boundary, "Marketing")))));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (line, what, help) in [
            ("no element of kind databse reachable from outside", "There is no kind databse", "Did you mean database?"),
            ("no kind wardrobe", "There is no kind wardrobe", "Kinds are person, frontend"),
            ("forbid technology", "`technology` has no value after it", HELP),
            ("no element of kind database reachable", "`reachable` does not say whence", "Write from outside"),
            ("require encryption_at_rst on kind database", "There is no fact encryption_at_rst", "Did you mean encryption_at_rest?"),
            ("we like Go", "It says neither what is forbidden nor what is required", "Begin with forbid"),
            ("forbid on kind database", "It says of whom, and not what", HELP),
            ("forbid", "It names nothing", HELP),
            ("every service", "It says neither", "Begin with"),
        ] {
            let problem = read(line).unwrap_err();
            assert!(problem.what.starts_with(what) && problem.help.starts_with(help), "{line}: {problem:?}");
        }
    }
}
