//! Controls that are stated as planned. What is missing becomes `planned`; what is there and should not stay so becomes
//! `planned (what comes instead of what is there)`.

use std::collections::BTreeSet;

use crate::domain::{
    agent::proposal::Step,
    model::facts::{Fact, INSTEAD, State, catalogue},
    review::{
        check::{MAX_TITLE, counted, listed},
        fix::{
            Offer, Repair,
            broken::{Bearer, Bears, Broken},
        },
        rule::FixClass,
    },
};

/// One fact of one thing that is to be planned.
#[derive(Clone)]
pub struct Pick<'a> {
    pub bearer: Bearer<'a>,
    pub fact: &'static str,
    /// What comes instead of what is stated.
    pub note: Option<String>,
}

/// The note of a plan that replaces what a fact says: rules go on judging what is there today until it is replaced.
pub fn instead(wanted: &str, stated: &Fact) -> String {
    format!("{wanted}{INSTEAD}{}", stated.value.trim())
}

/// A way that states the facts as planned; nothing where there is nothing to state.
pub fn planned<'a>(broken: &Broken<'a>, picks: &[Pick<'a>]) -> Option<Repair> {
    let mut steps: Vec<Step> = Vec::new();
    for pick in picks {
        let step = step(pick);
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    let title = title(broken, picks)?;
    Some(Repair { class: FixClass::Planned, title, suggestion: broken.diagram(steps)? })
}

/// The step of one pick.
pub fn step(pick: &Pick<'_>) -> Step {
    let (thing, fact) = (pick.bearer.thing(), pick.fact.to_owned());
    Step::Replan { thing, fact, note: pick.note.clone() }
}

/// One offer: any one of the facts if that is enough, else all of them, as the subjects of the finding state them to be missing.
pub fn each(broken: &Broken<'_>, facts: &[&'static str]) -> Vec<Offer> {
    let mut ways: Vec<Repair> = facts.iter().flat_map(|fact| missing(broken, &[fact])).collect();
    ways.extend(missing(broken, facts));
    ways.extend(facts.iter().filter_map(|fact| unstated(broken, fact)));
    vec![Offer(ways)]
}

/// One offer for each of the facts that are stated to be missing; where none is, for the first.
pub fn one(broken: &Broken<'_>, facts: &[&'static str]) -> Vec<Offer> {
    let offers: Vec<Offer> = facts.iter().map(|fact| Offer(missing(broken, &[*fact]))).filter(|offer| !offer.0.is_empty()).collect();
    if offers.is_empty() {
        return vec![Offer(facts.iter().take(1).filter_map(|fact| unstated(broken, fact)).collect())];
    }
    offers
}

/// Ways that plan what is stated to be missing: on the relations alone, on the elements alone, on both.
fn missing(broken: &Broken<'_>, facts: &[&'static str]) -> Vec<Repair> {
    let no = |bearer: Bearer<'_>, fact: &str| bearer.facts.state(fact) == State::No;
    let relations: Vec<Bearer<'_>> = broken.relations().into_iter().map(Bearer::relation).collect();
    let elements: Vec<Bearer<'_>> = broken.elements().into_iter().map(Bearer::element).collect();
    let all: Vec<Bearer<'_>> = relations.iter().chain(&elements).copied().collect();
    let mut ways: Vec<Repair> = Vec::new();
    for bearers in [relations, elements, all] {
        let picks = bearers.iter().flat_map(|bearer| facts.iter().map(|fact| (*bearer, *fact)));
        let picks = picks.filter(|(bearer, fact)| no(*bearer, fact));
        let picks: Vec<Pick<'_>> = picks.map(|(bearer, fact)| Pick { bearer, fact, note: None }).collect();
        if let Some(way) = planned(broken, &picks).filter(|way| !ways.contains(way)) {
            ways.push(way);
        }
    }
    ways
}

/// A way for what nobody has stated: on the relations if it is a fact of relations, else on the first element.
fn unstated(broken: &Broken<'_>, fact: &'static str) -> Option<Repair> {
    let of_relations = catalogue::about(fact).is_some_and(|about| about.subjects == [catalogue::Subject::Relation]);
    let bearers: Vec<Bearer<'_>> = if of_relations {
        broken.relations().into_iter().map(Bearer::relation).collect()
    } else {
        broken.elements().into_iter().take(1).map(Bearer::element).collect()
    };
    let open = bearers.into_iter().filter(|bearer| bearer.fact(fact).is_none());
    planned(broken, &open.map(|bearer| Pick { bearer, fact, note: None }).collect::<Vec<_>>())
}

/// The subjects of the finding that state a fact, as picks: `how` says whether it is to be planned, and what comes instead.
pub fn stated<'a>(broken: &Broken<'a>, fact: &'static str, how: impl Fn(&Fact) -> Option<Option<String>>) -> Vec<Pick<'a>> {
    let relations = broken.relations().into_iter().map(Bearer::relation);
    let bearers = broken.elements().into_iter().map(Bearer::element).chain(relations);
    bearers.filter_map(|bearer| Some(Pick { bearer, fact, note: how(bearer.fact(fact)?)? })).collect()
}

/// For [`stated`]: what is missing is planned, all else stays.
pub fn if_missing(fact: &Fact) -> Option<Option<String>> {
    (fact.state() == State::No).then_some(None)
}

/// `Plan timeout for Payment service → Card processor`, with what comes instead if that is one thing.
fn title(broken: &Broken<'_>, picks: &[Pick<'_>]) -> Option<String> {
    let model = broken.model()?;
    let mut facts: Vec<String> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for pick in picks {
        let (fact, name) = (called(pick.fact), pick.bearer.name(model));
        if !facts.contains(&fact) {
            facts.push(fact);
        }
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let all = |is: fn(&Bears<'_>) -> bool| picks.iter().all(|pick| is(&pick.bearer.what));
    let noun = if all(|what| matches!(what, Bears::Relation(_))) {
        "relation"
    } else if all(|what| matches!(what, Bears::Element(_))) {
        "element"
    } else {
        "place"
    };
    let whom = match names.as_slice() {
        [] => return None,
        [only] => only.clone(),
        _ => counted(names.len(), noun),
    };
    let notes: BTreeSet<Option<&str>> = picks.iter().map(|pick| pick.note.as_deref()).collect();
    let note = notes.first().copied().flatten().filter(|_| notes.len() == 1).map_or_else(String::new, |note| format!(": {note}"));
    let title = format!("Plan {} for {whom}{note}", listed(&facts));
    // What is replaced is seen in the change itself.
    let short = title.split_once(INSTEAD).map(|(wanted, _)| wanted.to_owned());
    Some(if title.chars().count() > MAX_TITLE { short.unwrap_or(title) } else { title })
}

/// What people call a fact.
pub fn called(fact: &str) -> String {
    const NAMES: [(&str, &str); 29] = [
        ("api_version", "API version"),
        ("auth", "authentication"),
        ("authz", "authorisation"),
        ("body_limit", "body limit"),
        ("client_ip_source", "source of client addresses"),
        ("cors", "CORS"),
        ("deploy", "rollout"),
        ("dlq", "dead-letter queue"),
        ("dpa", "data processing agreement"),
        ("egress", "egress list"),
        ("encryption_at_rest", "encryption at rest"),
        ("iac", "infrastructure as code"),
        ("idempotent", "idempotency"),
        ("image_pin", "pinned image"),
        ("lb", "load balancing"),
        ("max_deliveries", "delivery limit"),
        ("max_length", "length limit"),
        ("metrics_labels", "metric labels"),
        ("mfa", "second factor"),
        ("oncall", "on-call"),
        ("pdb", "disruption budget"),
        ("restore_tested", "restore test"),
        ("failover_tested", "failover test"),
        ("rpo", "RPO"),
        ("rto", "RTO"),
        ("slo", "SLO"),
        ("tls", "TLS"),
        ("ttl", "expiry"),
        ("waf", "WAF"),
    ];
    NAMES.iter().find(|(name, _)| *name == fact).map_or_else(|| fact.replace('_', " "), |(_, called)| (*called).to_owned())
}
