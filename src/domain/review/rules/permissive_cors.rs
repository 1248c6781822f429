//! LNT-X012: any page in any browser may call.

use crate::domain::{
    model::facts::{Fact, Facts, State},
    review::{
        check::{Check, listed},
        finding::Severity,
        fix::{Offer, broken::Broken, plan},
        graph::Edge,
        protocol::{mentions, words},
        rule::declare_rule,
    },
};

declare_rule! {
    /// An API with sign-in lets pages of any origin call it.
    ///
    /// ## What it finds
    /// `cors` that allows `*`, `https://*`, `http://*`, any origin or whichever one asks, on an element that authenticates its callers. High where
    /// cookies or credentials go along: `cors "https://*, credentials"`, or `auth session`.
    ///
    /// ## Why it matters
    /// Any page that a signed-in user visits can call the API from their browser: with a token it obtained, or with their cookies.
    ///
    /// ## What to do
    /// List the exact origins for each environment. Let browsers keep the answer for a while, and expose only the headers that pages need.
    ///
    /// ## False positives
    /// Open interfaces that everyone may read without signing in: `auth none`. Where it is not stated whether callers sign in, nothing is reported unless
    /// cookies go along.
    ///
    /// ## Source
    /// Guidance on cross-origin sharing for web APIs, and defaults in frameworks' own examples.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         user = person "Customer"
    ///         shop = softwareSystem "Shop" {
    ///             api = container "Shop API" "Orders and returns" "Go, chi" {
    ///                 properties {
    ///                     auth jwt
    ///                     cors "https://*"
    ///                 }
    ///             }
    ///         }
    ///         user -> api "Calls" "HTTPS"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         user = person "Customer"
    ///         shop = softwareSystem "Shop" {
    ///             api = container "Shop API" "Orders and returns" "Go, chi" {
    ///                 properties {
    ///                     auth jwt
    ///                     cors "https://shop.example, credentials"
    ///                 }
    ///             }
    ///         }
    ///         user -> api "Calls" "HTTPS"
    ///     }
    /// }
    /// ```
    "LNT-X012" "permissive-cors" {
        severity: Medium up to High,
        set: Core,
        category: Security,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the element" version 1,
        fix: Planned by mend,
        topics: ["BA1.5", "GA9.2"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        for (index, element) in graph.elements() {
            let Some(cors) = element.facts.get("cors") else { continue };
            let origins = open(cors);
            if origins.is_empty() {
                continue;
            }
            let callers = || graph.incoming(index).filter(|edge| graph.source(edge).is_some_and(|source| graph.is_outside(source)));
            let cookies = credentials(cors) || cookie(&element.facts) || callers().any(|edge| cookie(edge.facts()));
            let states: Vec<State> =
                std::iter::once(&element.facts).chain(callers().map(Edge::facts)).map(|facts| facts.state("auth")).collect();
            let signs_in = states.iter().any(|state| matches!(state, State::Yes | State::Planned));
            if !signs_in && !cookies {
                if !states.contains(&State::No) {
                    check.unknown(subject.document, element.key.as_str(), "auth");
                }
                continue;
            }
            let along = if cookies { "with the user's cookies" } else { "with a token it obtained" };
            let mut draft = check
                .draft(subject)
                .key_element(subject, element)
                .title(format!("{} lets pages of any origin call it", element.name))
                .message(format!("CORS on {} allows {}: any page can call it {along}.", element.name, listed(&origins)))
                .element(subject, element)
                .quote_element(element, &["cors", "auth"], &format!("which origins may call {}", element.name));
            if cookies {
                draft = draft.severity(Severity::High, "cookies or credentials go along");
            }
            check.report(draft);
        }
    }
}

/// The entries of the list that leave the door open, in words that are no address.
fn open(cors: &Fact) -> Vec<&'static str> {
    let mut found = Vec::new();
    for part in cors.value.split([',', ' ', ';']).map(str::trim) {
        let part = part.trim_matches(['"', '\'']).to_lowercase();
        let what = match part.trim_end_matches('/') {
            "*" | "any" | "all" | "any-origin" => "any origin",
            "https://*" => "any HTTPS origin",
            "http://*" => "any HTTP origin",
            "reflect" | "reflected" | "reflects" | "echo" | "mirror" => "whichever origin asks",
            _ => continue,
        };
        if !found.contains(&what) {
            found.push(what);
        }
    }
    found
}

fn credentials(cors: &Fact) -> bool {
    let without = words(&cors.value).any(|word| matches!(word.as_str(), "no-credentials" | "without" | "no"));
    mentions(&cors.value, &["credentials", "cookies", "cookie", "allow-credentials"]) && !without
}

fn cookie(facts: &Facts) -> bool {
    ["auth", "credentials"].iter().any(|name| facts.value(name).is_some_and(|value| mentions(value, &["cookie", "cookies", "session"])))
}

fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let listed = |fact: &Fact| (!open(fact).is_empty()).then(|| Some(plan::instead("allow-list", fact)));
    plan::planned(broken, &plan::stated(broken, "cors", listed)).map(Offer::from).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_opens_the_door_counts() {
        let fact = |value: &str| Fact { value: value.to_owned(), span: crate::domain::diagnostic::Span::default(), inherited_from: None };
        for (value, expected) in [
            ("*", vec!["any origin"]),
            ("https://*, http://*", vec!["any HTTPS origin", "any HTTP origin"]),
            ("reflect, credentials", vec!["whichever origin asks"]),
            ("https://*.shop.example", vec![]),
            ("same-origin", vec![]),
            ("allow-list", vec![]),
        ] {
            assert_eq!(open(&fact(value)), expected, "{value}");
        }
        assert!(credentials(&fact("*, credentials")) && !credentials(&fact("*, no credentials")) && !credentials(&fact("*")));
    }
}
