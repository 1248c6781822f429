//! How a decision's status may change, and why it may not.
//!
//! One table for the app and the command line. Records in the field change otherwise, and are read all the same; this is
//! about what Lintel writes. What an accepted record lets people edit is in [`lock`].

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::domain::decision::status::Status;

pub mod lock;

/// Where a change of status begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The record is being made.
    New,
    /// The record says no status, or one that Lintel does not know.
    Unstated,
    #[serde(untagged)]
    Known(Status),
}

impl Origin {
    /// Where a record is that says this, if anything.
    pub fn of(status: Option<Status>) -> Self {
        status.map_or(Self::Unstated, Self::Known)
    }
}

/// What decides about a change besides the two statuses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Circumstances<'a> {
    /// Why it is done, in the words of whoever does it.
    pub reason: Option<&'a str>,
    /// The statuses of the records that supersede this one, as their texts say.
    pub successors: &'a [Option<Status>],
}

/// What to tell whoever changes a status that may be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Caution {
    /// A record is accepted the moment it is made.
    AcceptedAtOnce,
    /// Nobody can tell what the status was before.
    NoStatusBefore,
}

impl Caution {
    /// In one sentence.
    pub const fn text(self) -> &'static str {
        match self {
            Self::AcceptedAtOnce => "The record is accepted from the start: nobody was asked. Begin with `proposed` to have it discussed.",
            Self::NoStatusBefore => "The record said no status that Lintel knows, so nobody can tell what it was before.",
        }
    }
}

/// Why a status can't be changed like that: what stands in the way, and what to do instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    #[error("It is {} already.", .0.slug())]
    Already(Status),
    #[error("{}", off_the_way(*from, *to))]
    OffTheWay { from: Origin, to: Status },
    #[error("Whoever relied on the decision wants to know why it no longer holds. Give a reason.")]
    NoReason,
    #[error("A decision is superseded by another one, and none is named. Name an accepted record, or deprecate this one with a reason.")]
    NoSuccessor,
    #[error("Only an accepted decision takes the place of another one, and its successor is {}. Accept the successor; this one follows.", in_words(*.0))]
    SuccessorNotAccepted(Option<Status>),
    #[error("Its successor holds. Deprecate the successor first, or write a new decision.")]
    SuccessorHolds,
}

fn in_words(status: Option<Status>) -> &'static str {
    status.map_or("without a status", Status::slug)
}

/// Whether a status may change from one to the other.
///
/// # Errors
/// What stands in the way.
pub fn change(from: Origin, to: Status, circumstances: &Circumstances<'_>) -> Result<Option<Caution>, Refusal> {
    use Status::{Accepted, Deprecated, Draft, Proposed, Rejected, Superseded};
    let caution = match (from, to) {
        (Origin::Known(from), to) if from == to => return Err(Refusal::Already(to)),
        (Origin::New, Draft | Proposed)
        | (Origin::Known(Draft), Proposed | Rejected)
        | (Origin::Known(Proposed), Draft | Accepted | Rejected)
        | (Origin::Known(Rejected), Proposed)
        | (Origin::Known(Deprecated), Accepted | Superseded)
        | (Origin::Known(Accepted), Deprecated | Superseded) => None,
        (Origin::New, Accepted) => Some(Caution::AcceptedAtOnce),
        (Origin::Unstated, _) => Some(Caution::NoStatusBefore),
        (Origin::Known(Superseded), Accepted) => {
            if circumstances.successors.iter().any(|status| holds(*status)) {
                return Err(Refusal::SuccessorHolds);
            }
            None
        }
        _ => return Err(Refusal::OffTheWay { from, to }),
    };
    match to {
        Deprecated if circumstances.reason.is_none_or(|reason| reason.trim().is_empty()) => Err(Refusal::NoReason),
        Superseded => match circumstances.successors {
            [] => Err(Refusal::NoSuccessor),
            [first, ..] if !circumstances.successors.contains(&Some(Accepted)) => Err(Refusal::SuccessorNotAccepted(*first)),
            _ => Ok(caution),
        },
        _ => Ok(caution),
    }
}

/// The statuses to offer for a record. A reason or a successor may be wanting still.
pub fn offered(from: Origin, successors: &[Option<Status>]) -> Vec<Status> {
    let circumstances = Circumstances { reason: Some("any"), successors };
    let on_the_way =
        |to: &Status| matches!(change(from, *to, &circumstances), Ok(_) | Err(Refusal::NoSuccessor | Refusal::SuccessorNotAccepted(_)));
    Status::ALL.into_iter().filter(on_the_way).collect()
}

/// Whether a successor keeps a record from coming back: one that is in force, or that was replaced in its turn. A proposed
/// one does not count yet, a rejected or deprecated one no more.
pub fn holds(successor: Option<Status>) -> bool {
    matches!(successor, Some(Status::Accepted | Status::Superseded))
}

/// Whether a decision has been made and is not to be changed behind the backs of those who made it.
pub const fn is_settled(status: Status) -> bool {
    matches!(status, Status::Accepted | Status::Deprecated | Status::Superseded)
}

fn off_the_way(from: Origin, to: Status) -> &'static str {
    use Status::{Accepted, Deprecated, Draft, Proposed, Rejected, Superseded};
    match (from, to) {
        (Origin::New, _) => "Nothing is decided yet. A new record begins as draft, proposed or accepted.",
        (Origin::Known(Draft), Accepted) => "A draft has been put to nobody. Propose it, then accept it.",
        (Origin::Known(Draft | Proposed), Deprecated | Superseded) => "It was never in force. Reject it to withdraw it.",
        (Origin::Known(Accepted), Draft | Proposed) => {
            "It was decided, and people rely on it. Write a new decision that supersedes it, or deprecate it with a reason."
        }
        (Origin::Known(Accepted), Rejected) => {
            "It was accepted, and the log keeps that. Deprecate it with a reason, or supersede it with a new decision."
        }
        (Origin::Known(Rejected), Draft | Accepted) => "It was rejected. Propose it again to reopen it.",
        (Origin::Known(Rejected), _) => "It was rejected, so it was never in force.",
        (Origin::Known(Deprecated), _) => "It was decided once and no longer holds. Accept it to revive it, or write a new decision.",
        (Origin::Known(Superseded), Deprecated) => "Another decision took its place already.",
        (Origin::Known(Superseded), _) => "Another decision took its place. Write a new decision that supersedes that one.",
        _ => "There is no way from one to the other.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_papers() {
        use Status::{Accepted, Deprecated, Draft, Proposed, Rejected, Superseded};
        let table = [
            (Origin::New, vec![Draft, Proposed, Accepted]),
            (Origin::Known(Draft), vec![Proposed, Rejected]),
            (Origin::Known(Proposed), vec![Draft, Accepted, Rejected]),
            (Origin::Known(Accepted), vec![Deprecated, Superseded]),
            (Origin::Known(Rejected), vec![Proposed]),
            (Origin::Known(Deprecated), vec![Accepted, Superseded]),
            (Origin::Known(Superseded), vec![Accepted]),
            (Origin::Unstated, Status::ALL.to_vec()),
        ];
        for (from, ways) in table {
            assert_eq!(offered(from, &[]), ways, "{from:?}");
            let circumstances =
                Circumstances { reason: Some("r"), successors: if from == Origin::Known(Superseded) { &[] } else { &[Some(Accepted)] } };
            for to in Status::ALL {
                let outcome = change(from, to, &circumstances);
                assert_eq!(outcome.is_ok(), ways.contains(&to), "{from:?} to {to:?}: {outcome:?}");
                if let Err(refusal) = outcome {
                    let said = refusal.to_string();
                    assert!(said.ends_with('.') && said.len() > 15 && !said.contains("no way from one"), "{from:?} to {to:?}: {said}");
                }
            }
        }
        assert_eq!(change(Origin::New, Accepted, &Circumstances::default()), Ok(Some(Caution::AcceptedAtOnce)));
        assert_eq!(change(Origin::Unstated, Accepted, &Circumstances::default()), Ok(Some(Caution::NoStatusBefore)));
    }

    #[test]
    fn reasons_and_successors_are_asked_for() {
        use Status::{Accepted, Deprecated, Proposed, Rejected, Superseded};
        let by = |to, reason, successors: &[Option<Status>]| change(Origin::Known(Accepted), to, &Circumstances { reason, successors });
        assert_eq!(by(Deprecated, None, &[]), Err(Refusal::NoReason));
        assert_eq!(by(Deprecated, Some("  "), &[]), Err(Refusal::NoReason));
        assert_eq!(by(Deprecated, Some("The vendor is gone."), &[]), Ok(None));
        assert_eq!(by(Superseded, None, &[]), Err(Refusal::NoSuccessor));
        assert_eq!(by(Superseded, None, &[Some(Proposed)]), Err(Refusal::SuccessorNotAccepted(Some(Proposed))));
        assert_eq!(by(Superseded, None, &[None]), Err(Refusal::SuccessorNotAccepted(None)));
        assert_eq!(by(Superseded, None, &[Some(Proposed), Some(Accepted)]), Ok(None), "one of several is enough");

        let back = |successors: &[Option<Status>]| {
            change(Origin::Known(Superseded), Accepted, &Circumstances { reason: None, successors }).is_ok()
        };
        assert!(back(&[]) && back(&[Some(Deprecated)]) && back(&[Some(Rejected), Some(Deprecated)]) && back(&[Some(Proposed)]));
        assert!(!back(&[Some(Accepted)]) && !back(&[Some(Superseded)]) && !back(&[Some(Deprecated), Some(Accepted)]));
    }
}
