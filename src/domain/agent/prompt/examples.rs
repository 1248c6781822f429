//! What a good finding looks like, and what is not one. Models copy examples more than they follow rules, so these are few,
//! different from one another, and held to the same limits as any finding.

use std::fmt::Write as _;

use crate::domain::review::finding::Severity;

pub(super) struct Good {
    pub(super) topic: &'static str,
    pub(super) kind: &'static str,
    pub(super) severity: Severity,
    /// At most 90 characters.
    pub(super) title: &'static str,
    /// At most 400 characters.
    pub(super) message: &'static str,
    pub(super) evidence: &'static [&'static str],
    pub(super) remedy: &'static str,
    pub(super) patterns: &'static [&'static str],
    pub(super) trade_off: &'static str,
    pub(super) confidence: &'static str,
    pub(super) because: &'static str,
}

pub(super) struct Bad {
    pub(super) text: &'static str,
    pub(super) because: &'static str,
}

pub(super) const GOOD: [Good; 4] = [
    Good {
        topic: "reliability.degradation",
        kind: "risk",
        severity: Severity::High,
        title: "Checkout cannot keep 99.95 % while it waits for Fraud at 99.5 %",
        message: "Checkout (E3) promises 99.95 %. It calls Fraud (E9, 99.5 %) synchronously and as a hard dependency (R14), so \
                  orders fail whenever Fraud does: Checkout cannot be better than 99.5 %.",
        evidence: &["claim E3.slo = 99.95", "claim E9.slo = 99.5", "claim R14.mode = sync", "claim R14.criticality = hard"],
        remedy: "Make R14 soft: accept the order, queue the check, and cancel afterwards if it fails.",
        patterns: &["P-09", "P-46"],
        trade_off: "Some fraudulent orders are accepted and cancelled later; support has to explain that.",
        confidence: "high",
        because: "It joins three stated facts that no single element shows, does the arithmetic, and says what its own remedy costs.",
    },
    Good {
        topic: "decisions.drift",
        kind: "risk",
        severity: Severity::Medium,
        title: "Billing asks Orders directly, which A7 rules out",
        message: "A7 (accepted) says that other contexts learn of orders through events only. R12 is a synchronous call \
                  from Billing (E5) to Orders (E2). Either the call or the record is out of date.",
        evidence: &["quote A7 lines 18-18 \"Other contexts learn of orders through events, never by asking.\"", "claim R12.mode = sync"],
        remedy: "Let Billing keep what it needs from the events, or supersede A7 and say why this call is worth it.",
        patterns: &["P-15"],
        trade_off: "A copy in Billing is behind by the delay of the events and needs a way to be rebuilt.",
        confidence: "high",
        because: "It quotes the record to the letter, names the one relation, and leaves the choice to the people.",
    },
    Good {
        topic: "reliability.recovery",
        kind: "risk",
        severity: Severity::High,
        title: "No booking may be lost, but the ledger's only copy can be a day old",
        message: "A11 promises that no booking is ever lost. Ledger (E6) runs once and is backed up daily, so all bookings since the \
                  last backup are lost with its disk.",
        evidence: &[
            "quote A11 lines 9-9 \"A booking that was confirmed is never lost.\"",
            "claim E6.replicas = 1",
            "claim E6.backup = daily",
        ],
        remedy: "Replicate synchronously to a second zone, or change the promise to what a daily backup can keep.",
        patterns: &["P-28", "P-44"],
        trade_off: "Each commit then waits for the other zone, and writes stop when it does not answer.",
        confidence: "high",
        because: "A promise in prose against facts in the diagram: this is what rules cannot read.",
    },
    Good {
        topic: "simplicity.moving-parts",
        kind: "trade-off",
        severity: Severity::Low,
        title: "Quote, Price and Discount are three services that never change alone",
        message: "A15 calls Quote (E11), Price (E12) and Discount (E13) one feature with one release. They share an owner \
                  and call each other on every request (R20, R21). The split costs two hops and gains no independence.",
        evidence: &[
            "quote A15 lines 22-22 \"The three are always released together.\"",
            "claim E11.owner = pricing",
            "claim E12.owner = pricing",
            "claim E13.owner = pricing",
        ],
        remedy: "Make them modules of one service; split again when one of them needs its own scale or owner.",
        patterns: &["P-47"],
        trade_off: "One deployment fails or scales as a whole; the module borders have to be kept by tests instead of the network.",
        confidence: "medium",
        because: "It argues from the team's own words, names the trigger that would make the split right, and stays modest.",
    },
];

pub(super) const BAD: [Bad; 4] = [
    Bad {
        text: "Consider adding a cache in front of the catalogue.",
        because: "No fact, no promise that is missed, nobody who has to act.",
    },
    Bad {
        text: "Use Kubernetes so that the system can scale.",
        because: "A product is not a finding. Which part meets which limit at which stated load?",
    },
    Bad {
        text: "Ensure that proper authentication and authorisation are in place.",
        because: "True of every design. Name the relation and the stated fact, or ask whether it is authenticated.",
    },
    Bad {
        text: "Orders and Billing share the database orders-db.",
        because: "A rule has already said so. Add what it cannot know, dispute it with evidence, or stay silent.",
    },
];

/// The examples as the model reads them.
pub(super) fn text() -> String {
    let mut text = "## Findings worth making\n".to_owned();
    for good in GOOD {
        let _ = write!(
            text,
            "\n{} | {} | {} | confidence {}\n  title: {}\n  message: {}\n",
            good.topic,
            good.kind,
            good.severity.slug(),
            good.confidence,
            good.title,
            good.message
        );
        for evidence in good.evidence {
            let _ = writeln!(text, "  {evidence}");
        }
        let _ = write!(
            text,
            "  remedy: {} ({})\n  trade-off: {}\n  Good, because: {}\n",
            good.remedy,
            good.patterns.join(", "),
            good.trade_off,
            good.because
        );
    }
    text.push_str("\n## Not findings\n\n");
    for bad in BAD {
        let _ = writeln!(text, "- \"{}\" {}", bad.text, bad.because);
    }
    text
}
