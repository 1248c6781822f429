//! Where a decision's status can go from here, as its menu offers it, and how forms name what relates decisions.

use crate::domain::decision::{
    LinkKind,
    status::Status,
    workflow::{self, Origin, Refusal},
};

/// Whether another status can be had, and what it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// At once.
    Open,
    /// Something is asked first; the dialog's name.
    Ask(&'static str),
    /// Not now, because.
    Shut(String),
}

/// The way from a status to another one.
pub fn way(from: Option<Status>, to: Status, successors: &[Option<Status>], objected: bool) -> Way {
    let circumstances = workflow::Circumstances { reason: Some("any"), successors };
    match workflow::change(Origin::of(from), to, &circumstances) {
        Ok(_) if to == Status::Deprecated => Way::Ask("deprecated"),
        Ok(_) if to == Status::Accepted && objected => Way::Ask("accepted"),
        Ok(_) => Way::Open,
        Err(Refusal::NoSuccessor | Refusal::SuccessorNotAccepted(_)) => Way::Ask("superseded"),
        Err(refusal) => Way::Shut(refusal.to_string()),
    }
}

/// How a form says a kind.
pub fn wire(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Supersedes => "supersedes",
        LinkKind::SupersededBy => "superseded-by",
        LinkKind::Amends => "amends",
        LinkKind::AmendedBy => "amended-by",
        LinkKind::DependsOn => "depends-on",
        LinkKind::RelatesTo => "relates-to",
        LinkKind::Mentions => "mentions",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_are_open_asked_about_or_shut_with_a_reason() {
        use Status::{Accepted, Deprecated, Draft, Proposed, Rejected, Superseded};
        assert_eq!(way(Some(Proposed), Accepted, &[], false), Way::Open);
        assert_eq!(way(Some(Proposed), Accepted, &[], true), Way::Ask("accepted"));
        assert_eq!(way(Some(Accepted), Deprecated, &[], false), Way::Ask("deprecated"));
        assert_eq!(way(Some(Accepted), Superseded, &[], false), Way::Ask("superseded"));
        assert_eq!(way(Some(Accepted), Superseded, &[Some(Proposed)], false), Way::Ask("superseded"));
        assert_eq!(way(Some(Accepted), Superseded, &[Some(Accepted)], false), Way::Open);
        assert!(matches!(way(Some(Draft), Accepted, &[], false), Way::Shut(why) if why.contains("Propose")));
        assert!(matches!(way(Some(Rejected), Accepted, &[], false), Way::Shut(_)));
    }
}
