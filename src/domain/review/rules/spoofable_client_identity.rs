//! LNT-X011: an address that the client writes itself.

use crate::domain::{
    model::{
        Element,
        facts::{Fact, Facts, State},
    },
    review::{
        check::{Check, listed},
        fix::{Offer, broken::Broken, plan},
        protocol::mentions,
        rule::declare_rule,
    },
};

declare_rule! {
    /// A client's address is taken from a header that the client can write itself.
    ///
    /// ## What it finds
    /// Elements whose `client_ip_source` is the leftmost entry of X-Forwarded-For, any header that comes along or chi's RealIP, and that limit rates
    /// (`rate_limit`), decide about access (`authz`) or keep an audit log (`audit yes`) by it. Also elements that state `trust_all_proxies yes`.
    ///
    /// ## Why it matters
    /// With one header a client gets a new address for every request: the limit never bites, the block list never matches, and the audit log names
    /// someone else.
    ///
    /// ## What to do
    /// List the proxies that are trusted, and take the first address from the right that is none of them. In chi, use the middleware that takes the list of
    /// trusted proxies instead of RealIP.
    ///
    /// ## False positives
    /// Only what is stated is judged. An address that is used for nothing but statistics does no harm and is left alone.
    ///
    /// ## Source
    /// Security advisories about client addresses taken from forwarded headers in web frameworks.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         user = person "Customer"
    ///         shop = softwareSystem "Shop" {
    ///             gateway = container "API gateway" "The only way in" "Go, chi" {
    ///                 properties {
    ///                     kind gateway
    ///                     auth oidc
    ///                     rate_limit "per client address"
    ///                     client_ip_source leftmost-xff
    ///                 }
    ///             }
    ///         }
    ///         user -> gateway "Calls" "HTTPS"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         user = person "Customer"
    ///         shop = softwareSystem "Shop" {
    ///             gateway = container "API gateway" "The only way in" "Go, chi" {
    ///                 properties {
    ///                     kind gateway
    ///                     auth oidc
    ///                     rate_limit "per client address"
    ///                     client_ip_source "rightmost untrusted hop"
    ///                 }
    ///             }
    ///         }
    ///         user -> gateway "Calls" "HTTPS"
    ///     }
    /// }
    /// ```
    "LNT-X011" "spoofable-client-identity" {
        severity: High up to Critical,
        set: Core,
        category: Security,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the element" version 1,
        fix: Planned by mend,
        topics: ["GA9.2", "BA1.5"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        for (index, element) in graph.elements() {
            let believes = element.facts.is_yes("trust_all_proxies");
            if !believes && !element.facts.value("client_ip_source").is_some_and(spoofable) {
                continue;
            }
            let audits = graph.outgoing(index).any(|edge| edge.role_is(&["audit"]) || edge.says(&["audit", "audits"]));
            let uses = uses(element, audits);
            if uses.is_empty() && !believes {
                check.unknown(subject.document, element.key.as_str(), "rate_limit");
                continue;
            }
            let purpose = if uses.is_empty() { "whatever it decides by the client's address".to_owned() } else { listed(&uses) };
            let draft = check
                .draft(subject)
                .key_element(subject, element)
                .title(format!("{} believes the address that clients write themselves", element.name))
                .message(format!("{} uses a header that any client can set, for {purpose}.", element.name))
                .element(subject, element)
                .quote_element(
                    element,
                    &["client_ip_source", "trust_all_proxies", "rate_limit", "audit", "authz"],
                    &format!("where {} takes the client's address from", element.name),
                );
            check.report(draft);
        }
    }
}

/// Names a source that the client controls; the header alone says too little.
fn spoofable(source: &str) -> bool {
    let source = source.trim().to_lowercase().replace(['_', ' '], "-");
    let leftmost = ["leftmost", "left-most", "first-xff", "first-hop", "xff-first", "first-x-forwarded-for"];
    let any = ["any-header", "all-headers", "any-proxy", "chi.realip", "middleware.realip", "realip"];
    leftmost.iter().any(|word| source.contains(word)) || any.contains(&source.as_str())
}

fn uses(element: &Element, audits: bool) -> Vec<&'static str> {
    let by_address = |facts: &Facts| {
        ["auth", "authz"]
            .iter()
            .any(|name| facts.value(name).is_some_and(|value| mentions(value, &["ip", "ip-allow-list", "address", "allow-list"])))
    };
    let logged = element
        .facts
        .get("telemetry_fields")
        .is_some_and(|fields| fields.list().iter().any(|field| mentions(&field.replace('_', " "), &["audit"])));
    let limits = matches!(element.facts.state("rate_limit"), State::Yes | State::Planned);
    let authorises = by_address(&element.facts) || element.facts.is_yes("authz");
    let audits = audits || logged || element.facts.is_yes("audit") || element.facts.is("role", "audit");
    [(limits, "rate limits"), (authorises, "access"), (audits, "the audit log")]
        .into_iter()
        .filter(|(used, _)| *used)
        .map(|(_, name)| name)
        .collect()
}

fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let trusted = |fact: &Fact| spoofable(&fact.value).then(|| Some(plan::instead("trusted proxies", fact)));
    let none = |fact: &Fact| (fact.state() == State::Yes).then(|| Some(plan::instead("no", fact)));
    let mut picks = plan::stated(broken, "client_ip_source", trusted);
    picks.extend(plan::stated(broken, "trust_all_proxies", none));
    plan::planned(broken, &picks).map(Offer::from).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_read_as_people_write_them() {
        for source in ["leftmost-xff", "Leftmost X-Forwarded-For", "any header", "chi.RealIP", "first X-Forwarded-For"] {
            assert!(spoofable(source), "{source}");
        }
        for source in ["connection", "proxy-protocol", "rightmost untrusted hop", "x-forwarded-for", "ClientIPFromXFFTrustedProxies", ""] {
            assert!(!spoofable(source), "{source}");
        }
    }
}
