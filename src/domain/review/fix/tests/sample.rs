//! The flaws of the sample, mended.

use super::*;
use crate::domain::sample::FILES;

pub(super) fn project() -> Project {
    let diagrams: Vec<(&str, &str)> = FILES.into_iter().filter(|(path, _)| *path == "workspace.dsl").collect();
    let records: Vec<(&str, &str)> = FILES.into_iter().filter(|(path, _)| path.starts_with("docs/")).collect();
    Project::new(&diagrams, &records)
}

#[test]
fn the_flaws_of_the_sample_have_these_fixes() {
    let project = project();
    let outcome = project.outcome();
    let mut found: Vec<String> = Vec::new();
    let mut faults = Vec::new();
    for finding in &outcome.findings {
        for fix in project.fixes(finding) {
            found.push(format!("{} {:?} {}", finding.code, fix.class, fix.title));
            faults.extend(super::faults(&project, &outcome, finding, &fix));
            faults.extend(burdens(finding, &fix));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let expected = [
        "LNT-R001 Planned Plan replicas for Ledger DB: 2 instead of 1",
        "LNT-R001 Planned Plan failover for Ledger DB",
        "LNT-B001 Proposal Let the others ask Payment service instead of Ledger DB",
        "LNT-D001 Proposal Put an outbox and a relay between Order service and order.events",
        "LNT-D001 Planned Plan delivery for Order service → order.events: outbox",
        "LNT-D001 Proposal Put an outbox and a relay between Order service and order.events",
        "LNT-D001 Planned Plan delivery for Order service → order.events: outbox",
        "LNT-R002 Planned Plan timeout for Payment service → Card connector",
        "LNT-X004 Planned Plan TLS for Dispatch worker → Warehouse",
        "LNT-R004 Planned Plan retry for Dispatch worker → Warehouse: 5, 1s, exponential, jitter",
        "LNT-R011 Proposal Draw a dead-letter queue for order.events and plan it",
        "LNT-R011 Planned Plan dead-letter queue for order.events",
        "LNT-R013 Planned Plan restore test for Ledger DB",
        "LNT-R016 Planned Plan restore test for Ledger DB",
    ];
    assert_eq!(found, expected);
}
