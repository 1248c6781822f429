//! What a team arranges about a finding besides its state: who mends it and until when, under which ticket, for how long a risk is
//! carried, and whether the finding was of any use.

use serde::{Deserialize, Serialize};

use crate::domain::{
    id::{FindingId, UserId},
    moment::{Day, Moment},
    review::{FindingState, finding::Severity},
};

/// A risk is carried for so many days at most, and for so many where nobody says.
pub const LONGEST_WAIVER: i64 = 180;
pub const USUAL_WAIVER: i64 = 90;
/// The most characters of a ticket's name.
pub const LONGEST_TICKET: usize = 80;
/// What a template of addresses has in the place of the ticket.
pub const TICKET: &str = "{ticket}";

/// Everything that is arranged about one finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Triage {
    pub assignee: Option<Who>,
    pub due: Option<Day>,
    /// Empty for none.
    pub ticket: String,
    /// Asked for, or granted where the state says that the risk is carried.
    pub waiver: Option<Waiver>,
    /// For a false positive.
    pub mistake: Option<Mistake>,
    /// Readers for whom it was of no use, by name.
    pub not_useful: Vec<Who>,
}

/// A person who has to do with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    pub id: UserId,
    pub name: String,
}

/// A risk that is to be carried for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    pub reason: String,
    /// The last day.
    pub until: Day,
    pub asked_by: Who,
    pub asked_at: Moment,
}

/// Why a finding is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mistake {
    /// The diagram does not show what is there.
    Model,
    Rule,
    /// Something that the texts do not say makes it right.
    Context,
    NotApplicable,
}

impl Mistake {
    pub const ALL: [Self; 4] = [Self::Model, Self::Rule, Self::Context, Self::NotApplicable];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Rule => "rule",
            Self::Context => "context",
            Self::NotApplicable => "not-applicable",
        }
    }

    /// As the pages say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Model => "The diagram is wrong",
            Self::Rule => "The rule is wrong",
            Self::Context => "The texts leave something out",
            Self::NotApplicable => "It does not apply here",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mistake| mistake.slug() == text)
    }
}

/// Whether a risk of this severity is only carried once a second person agrees.
pub fn needs_second(severity: Severity) -> bool {
    severity >= Severity::High
}

/// The state that counts on a day: a risk that was carried until the day before is open again.
pub fn standing(state: FindingState, until: Option<Day>, today: Day) -> FindingState {
    let over = until.is_some_and(|until| until < today);
    if state == FindingState::WontFix && over { FindingState::Open } else { state }
}

impl Triage {
    /// Somebody has asked for it, and nobody has answered.
    pub fn asked(&self, state: FindingState) -> Option<&Waiver> {
        self.waiver.as_ref().filter(|_| state.counts())
    }

    /// Whether it should have been mended by now.
    pub fn overdue(&self, state: FindingState, today: Day) -> bool {
        state.counts() && self.due.is_some_and(|due| due < today)
    }
}

/// The address of a ticket; none where there is no ticket or no template that leads anywhere.
pub fn ticket_address(template: &str, ticket: &str) -> Option<String> {
    let leads = (template.starts_with("https://") || template.starts_with("http://")) && template.contains(TICKET);
    (leads && !ticket.is_empty()).then(|| template.replace(TICKET, &crate::domain::address::escape(ticket)))
}

/// An open finding of a rule in a project of the reader's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub slug: String,
    pub project: String,
    /// The newest review that shows it.
    pub review: u32,
    pub finding: FindingId,
    /// What it is about, or its title.
    pub subject: String,
}

/// What became of all that one rule has said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    pub code: String,
    pub shown: u32,
    pub fixed: u32,
    pub carried: u32,
    pub false_positives: u32,
    pub not_useful: u32,
}

impl Health {
    /// Fewer answers say nothing about a rule.
    pub const ENOUGH: u32 = 30;

    /// How often people made something of it.
    pub const fn answers(&self) -> u32 {
        self.fixed + self.carried + self.false_positives + self.not_useful
    }

    /// How many answers say that it should not have spoken, in percent.
    pub fn wrong(&self) -> u32 {
        ((self.false_positives + self.not_useful) * 100).checked_div(self.answers()).unwrap_or(0)
    }

    /// More than a tenth of at least thirty answers say so. The bar is that of Google's Tricorder (Sadowski and others, ICSE 2015).
    pub fn is_noisy(&self) -> bool {
        self.answers() >= Self::ENOUGH && (self.false_positives + self.not_useful) * 10 > self.answers()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn a_risk_is_carried_to_the_end_of_its_last_day() {
        let until = Some(day("2027-01-31"));
        assert_eq!(standing(FindingState::WontFix, until, day("2027-01-31")), FindingState::WontFix);
        assert_eq!(standing(FindingState::WontFix, until, day("2027-02-01")), FindingState::Open);
        assert_eq!(standing(FindingState::WontFix, None, day("2027-02-01")), FindingState::WontFix, "those of before had no end");
        assert_eq!(standing(FindingState::Fixed, until, day("2027-02-01")), FindingState::Fixed);
    }

    #[test]
    fn only_what_counts_is_overdue() {
        let triage = Triage { due: Some(day("2027-01-31")), ..Triage::default() };
        assert!(triage.overdue(FindingState::Accepted, day("2027-02-01")));
        assert!(!triage.overdue(FindingState::Accepted, day("2027-01-31")));
        assert!(!triage.overdue(FindingState::Fixed, day("2027-02-01")));
    }

    #[test]
    fn tickets_lead_where_the_template_says() {
        let template = "https://tracker.example.com/browse/{ticket}?from=lintel";
        assert_eq!(ticket_address(template, "PAY-12").as_deref(), Some("https://tracker.example.com/browse/PAY-12?from=lintel"));
        assert_eq!(ticket_address(template, "a/../b?c").as_deref(), Some("https://tracker.example.com/browse/a%2F..%2Fb%3Fc?from=lintel"));
        assert_eq!(ticket_address(template, ""), None);
        assert_eq!(ticket_address("javascript:alert('{ticket}')", "x"), None);
        assert_eq!(ticket_address("https://tracker.example.com/", "x"), None);
    }

    #[test]
    fn a_rule_is_noisy_by_many_answers_only() {
        let health = |fixed, false_positives| Health { fixed, false_positives, ..Health::default() };
        assert!(!health(0, 5).is_noisy(), "too few answers");
        assert!(!health(27, 3).is_noisy(), "a tenth is borne");
        assert!(health(26, 4).is_noisy());
        assert_eq!(health(26, 4).wrong(), 13);
        assert_eq!(Health::default().wrong(), 0);
    }
}
