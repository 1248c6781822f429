//! Sign-off: what those say who are named as deciding, and how a record's status came about.
//!
//! A record names its decision makers in its text. An answer belongs to a person with an account; it counts for the name in
//! the text that is theirs, and for as long as the record is up for the same decision: who agreed to a draft is asked again
//! when it is put forward again.

use serde::{Deserialize, Serialize};

use crate::domain::{decision::status::Status, id::UserId, moment::Moment};

/// A change of a record's status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    pub at: Moment,
    pub who: String,
    /// None where the record said no status that Lintel knows.
    pub before: Option<Status>,
    pub after: Status,
    /// Empty where nobody asked for one.
    pub reason: String,
}

/// Somebody's word on a record, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub user: UserId,
    pub name: String,
    pub email: String,
    pub agrees: bool,
    pub note: String,
    pub at: Moment,
}

/// A decision maker and what they say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voice {
    /// As the record has it.
    pub name: String,
    /// None while they have not answered.
    pub said: Option<Said>,
    /// Whether whoever looks is that person.
    pub own: bool,
}

/// A word that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub agrees: bool,
    pub note: String,
    pub at: Moment,
}

/// What each decision maker says, in the record's order.
pub fn voices(makers: &[String], answers: &[Answer], turns: &[Turn], is_own: impl Fn(&str) -> bool) -> Vec<Voice> {
    let since = asked_since(turns);
    let said = |maker: &str| {
        let found = answers.iter().find(|answer| answer.at >= since && is_named(maker, &answer.name, &answer.email))?;
        Some(Said { agrees: found.agrees, note: found.note.clone(), at: found.at })
    };
    makers.iter().map(|maker| Voice { name: maker.clone(), said: said(maker), own: is_own(maker) }).collect()
}

/// When the record was last put forward, or taken back.
fn asked_since(turns: &[Turn]) -> Moment {
    let open = |turn: &&Turn| matches!(turn.after, Status::Draft | Status::Proposed);
    turns.iter().filter(open).map(|turn| turn.at).max().unwrap_or(Moment(i64::MIN))
}

/// Whether a name in a record means a person: by their whole name or their address, whatever the case.
pub fn is_named(maker: &str, name: &str, email: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    // `Ada Lovelace (platform)`, `Ada <ada@example.com>`, `@ada`.
    let maker = plain(maker);
    let (name, email) = (plain(name), plain(email));
    let bare = maker.split(['(', '<']).next().unwrap_or("").trim().trim_start_matches('@');
    let inside = maker.split(['(', '<']).nth(1).map(|rest| rest.trim_end_matches([')', '>']).trim());
    !bare.is_empty() && (bare == name || bare == email) || inside == Some(email.as_str())
}

/// Names joined as a sentence has them: those who object.
pub fn objectors(voices: &[Voice]) -> Vec<&Voice> {
    voices.iter().filter(|voice| voice.said.as_ref().is_some_and(|said| !said.agrees)).collect()
}

/// `2 of 3 agreed`; nothing where nobody is named.
pub fn tally(voices: &[Voice]) -> Option<String> {
    let agreed = voices.iter().filter(|voice| voice.said.as_ref().is_some_and(|said| said.agrees)).count();
    (!voices.is_empty()).then(|| format!("{agreed} of {} agreed", voices.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(user: u128, name: &str, agrees: bool, at: i64) -> Answer {
        Answer {
            user: UserId::from_uuid(uuid::Uuid::from_u128(user)),
            name: name.into(),
            email: format!("{}@example.com", name.split(' ').next().unwrap().to_lowercase()),
            agrees,
            note: String::new(),
            at: Moment(at),
        }
    }

    #[test]
    fn names_in_records_mean_people() {
        for (maker, meant) in [
            ("Ada Lovelace", true),
            (" ada  lovelace ", true),
            ("@Ada Lovelace", true),
            ("ada@example.com", true),
            ("Ada Lovelace (platform)", true),
            ("A. L. <ada@example.com>", true),
            ("Ada", false),
            ("Ada Lovelace Jr", false),
            ("", false),
            ("()", false),
        ] {
            assert_eq!(is_named(maker, "Ada Lovelace", "ada@example.com"), meant, "{maker}");
        }
    }

    #[test]
    fn answers_count_until_the_record_is_put_forward_again() {
        let makers = ["Ada Lovelace".to_owned(), "Bob".to_owned(), "Eve".to_owned()];
        let answers = [answer(1, "Ada Lovelace", true, 10), answer(2, "Bob", false, 20), answer(3, "Mallory", true, 20)];
        let turn = |at, after| Turn { at: Moment(at), who: "x".into(), before: None, after, reason: String::new() };
        let said = |turns: &[Turn]| {
            voices(&makers, &answers, turns, |name| name == "Eve")
                .into_iter()
                .map(|voice| voice.said.map(|said| said.agrees))
                .collect::<Vec<_>>()
        };
        assert_eq!(said(&[]), [Some(true), Some(false), None]);
        assert_eq!(said(&[turn(5, Status::Proposed)]), [Some(true), Some(false), None]);
        assert_eq!(said(&[turn(5, Status::Proposed), turn(15, Status::Draft)]), [None, Some(false), None]);
        assert_eq!(said(&[turn(30, Status::Accepted)]), [Some(true), Some(false), None], "acceptance asks nobody again");
        let all = voices(&makers, &answers, &[], |name| name == "Eve");
        assert_eq!(tally(&all).as_deref(), Some("1 of 3 agreed"));
        assert_eq!(objectors(&all).iter().map(|voice| voice.name.as_str()).collect::<Vec<_>>(), ["Bob"]);
        assert_eq!(all.iter().map(|voice| voice.own).collect::<Vec<_>>(), [false, false, true]);
        assert_eq!(tally(&[]), None);
    }
}
