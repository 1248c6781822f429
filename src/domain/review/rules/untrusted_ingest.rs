//! LNT-X013: what comes in is taken for what it says it is.

use crate::domain::{
    model::{Element, facts::State},
    review::{
        check::{Check, Gap, Subject, listed},
        graph::Edge,
        protocol::mentions,
        rule::declare_rule,
    },
};

declare_rule! {
    /// A public service takes files, addresses or webhooks in without checking them.
    ///
    /// ## What it finds
    /// Services that requests from outside reach and that say what they accept, without the control it needs: files without `validation` or
    /// `scanning`, serialized objects without `validation`, addresses to fetch without an `egress` list, webhooks without a `signature`. One finding per
    /// service.
    ///
    /// ## Why it matters
    /// Uploads carry malware, an address leads the service into its own network, and a webhook that nobody signed can be sent by everybody.
    ///
    /// ## What to do
    /// Limit size and check the shape, scan files before anyone opens them, verify signatures and refuse old messages, and let requests on behalf of
    /// callers out through a proxy that knows where they may go.
    ///
    /// ## False positives
    /// Nothing is looked at unless `accepts` says that it comes in. Plain requests with JSON are not meant, and what is not stated is unknown.
    ///
    /// ## Source
    /// Checks for file validation, request forgery by servers and untrusted deserialisation in threat modelling.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         user = person "Customer"
    ///         shop = softwareSystem "Shop" {
    ///             uploads = container "Upload API" "Takes photos of damaged goods" "Go" {
    ///                 properties {
    ///                     auth oidc
    ///                     accepts file
    ///                     validation yes
    ///                     scanning no
    ///                 }
    ///             }
    ///         }
    ///         user -> uploads "Sends photos" "HTTPS"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         user = person "Customer"
    ///         shop = softwareSystem "Shop" {
    ///             uploads = container "Upload API" "Takes photos of damaged goods" "Go" {
    ///                 properties {
    ///                     auth oidc
    ///                     accepts file
    ///                     validation "type and 10 MB"
    ///                     scanning yes
    ///                 }
    ///             }
    ///         }
    ///         user -> uploads "Sends photos" "HTTPS"
    ///     }
    /// }
    /// ```
    "LNT-X013" "untrusted-ingest" {
        severity: Medium up to High,
        set: Prod,
        category: Security,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the service" version 1,
        fix: Planned each ["validation", "scanning", "egress", "signature"],
        topics: ["GA9.2"],
    }
}

/// Words in `accepts`, what they are called, the control each needs and what its absence is called.
const CONTROLS: [(&[&str], &str, &str, &str); 5] = [
    (&["file", "files", "upload", "uploads"], "files", "validation", "a check of type and size"),
    (&["file", "files", "upload", "uploads"], "files", "scanning", "a scan"),
    (&["serialized", "serialised", "xml", "yaml", "pickle", "objects"], "serialized objects", "validation", "a check of their shape"),
    (&["url", "urls", "address", "addresses", "link", "links"], "addresses to fetch", "egress", "a list of where they may lead"),
    (&["webhook", "webhooks", "callback", "callbacks"], "webhooks", "signature", "a check of their signature"),
];

struct Lack {
    what: &'static str,
    fact: &'static str,
    control: &'static str,
    gap: Gap,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let exposed = graph.exposed();
        for (index, service) in graph.running().filter(|(index, _)| exposed.get(*index) == Some(&true)) {
            let lacks = lacks(check, subject, index, service);
            if lacks.is_empty() {
                continue;
            }
            let parts: Vec<String> = lacks.iter().map(|lack| format!("{} without {}", lack.what, lack.control)).collect();
            let mut kinds: Vec<&str> = lacks.iter().map(|lack| lack.what).collect();
            kinds.dedup();
            let mut draft = check
                .draft(subject)
                .key_element(subject, service)
                .title(format!("{} takes {} in unchecked", service.name, listed(&kinds)))
                .message(format!("From outside, {} accepts {}.", service.name, listed(&parts)))
                .planned(lacks.iter().all(|lack| lack.gap == Gap::Planned))
                .element(subject, service);
            let mut facts = vec!["accepts"];
            facts.extend(lacks.iter().map(|lack| lack.fact));
            draft = draft.quote_element(service, &facts, &format!("what {} accepts and checks", service.name));
            for edge in from_outside(subject, index) {
                if let Some(source) = graph.source(edge) {
                    draft = draft.mention(subject, source).edge(
                        subject,
                        edge,
                        &format!("{} reaches {}", source.name, service.name),
                        &["signature", "auth"],
                    );
                }
            }
            check.report(draft);
        }
    }
}

fn lacks<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, index: usize, service: &'a Element) -> Vec<Lack> {
    let Some(accepts) = service.facts.value("accepts") else { return Vec::new() };
    let mut lacks: Vec<Lack> = Vec::new();
    for (words, what, fact, control) in CONTROLS {
        if !mentions(accepts, words) || (fact == "signature" && signed(subject, index, service)) {
            continue;
        }
        if let Some(gap) = check.gap(subject.document, service.key.as_str(), &service.facts, fact) {
            lacks.push(Lack { what, fact, control, gap });
        }
    }
    lacks
}

/// The signature is stated as the way of authentication, or on the call.
fn signed(subject: &Subject<'_>, index: usize, service: &Element) -> bool {
    let by_auth = |auth: Option<&str>| auth.is_some_and(|auth| mentions(auth, &["signature", "signed", "hmac"]));
    by_auth(service.facts.value("auth"))
        || from_outside(subject, index).any(|edge| by_auth(edge.facts().value("auth")) || edge.facts().state("signature") == State::Yes)
}

fn from_outside<'a>(subject: &'a Subject<'a>, index: usize) -> impl Iterator<Item = &'a Edge<'a>> {
    subject.graph.incoming(index).filter(|edge| subject.graph.source(edge).is_some_and(|source| subject.graph.is_outside(source)))
}
