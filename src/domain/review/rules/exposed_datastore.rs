//! LNT-X001: a store that the outside can reach.

use crate::domain::{
    model::{Element, kind::Kind},
    review::{
        check::{Check, Subject, listed},
        classification::{Class, classify},
        finding::Severity,
        fix::{
            Offer,
            broken::{Bearer, Broken},
            patch::{New, Patch, is_taken, short, stem, usual_protocol},
            plan::{self, Pick},
            reroute::{Middle, put_before},
        },
        graph::{Edge, kind},
        protocol::mentions,
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// People, browsers or other systems reach a store directly.
    ///
    /// ## What it finds
    /// A store or queue that a person, an external system or code in a browser calls without a service in between, or that is declared
    /// `exposure public`. For people inside, or over a VPN, the finding is high.
    ///
    /// ## Why it matters
    /// No service stands in front to decide who may do what, to check what comes in, or to limit how much. Whoever has the address and a password has
    /// the data.
    ///
    /// ## What to do
    /// Put an interface in front and the store on a private network.
    ///
    /// ## False positives
    /// Signed links to single objects, content delivery networks and stores that check every row's access themselves, when they are declared:
    /// `via presigned-url`, `via cdn`, `via vpn+mfa` or `authz row-level`. An object store that only holds public data is left out.
    ///
    /// ## Source
    /// Checks for unguarded data store access in threat modelling, and the smell of publicly accessible services.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         user = person "User"
    ///         app = softwareSystem "App" {
    ///             spa = container "Web app" "Runs in the browser" "React" {
    ///                 properties {
    ///                     kind frontend
    ///                     runtime browser
    ///                 }
    ///             }
    ///             users = container "User database" "Everyone's data" "PostgreSQL"
    ///         }
    ///         user -> spa "Uses"
    ///         spa -> users "Reads and writes" "SQL"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         user = person "User"
    ///         app = softwareSystem "App" {
    ///             spa = container "Web app" "Runs in the browser" "React" {
    ///                 properties {
    ///                     kind frontend
    ///                     runtime browser
    ///                 }
    ///             }
    ///             uploads = container "Uploads" "Pictures" "S3" {
    ///                 properties {
    ///                     kind object-store
    ///                 }
    ///             }
    ///         }
    ///         user -> spa "Uses"
    ///         spa -> uploads "Uploads a picture" "HTTPS" {
    ///             properties {
    ///                 via presigned-url
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-X001" "exposed-datastore" {
        severity: Critical up to Critical,
        set: Core,
        category: Security,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the store" version 1,
        fix: Proposal by mend,
        topics: ["GA9.2"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (index, store) in subject.graph.elements().filter(|(_, element)| kind(element).is_store() || kind(element) == Kind::Queue) {
            if !guarded(store) {
                judge(check, subject, index, store);
            }
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, index: usize, store: &'a Element) {
    let graph = &subject.graph;
    let public = store.facts.is("exposure", "public");
    let callers: Vec<(&Edge<'_>, &Element)> = graph
        .incoming(index)
        .filter_map(|edge| graph.source(edge).map(|source| (edge, source)))
        .filter(|(edge, source)| graph.is_outside(source) && !by_declared_way(edge))
        .collect();
    if callers.is_empty() && !public {
        return;
    }
    let mut names: Vec<&str> = callers.iter().map(|(_, source)| source.name.as_str()).collect();
    names.dedup();
    let (title, message) = if names.is_empty() {
        (
            format!("{} is open to the internet", store.name),
            format!("{} is declared public; no service decides who may use it.", store.name),
        )
    } else {
        let verb = if names.len() == 1 { "reaches" } else { "reach" };
        (
            format!("{} {verb} {} with no service in between", listed(&names), store.name),
            format!("{} is used directly by {}; nothing checks access, input or limits.", store.name, listed(&names)),
        )
    };
    let inside = !public && !callers.is_empty() && callers.iter().all(|(edge, source)| is_inside(subject, edge, source));
    let mut draft = check.draft(subject).key_element(subject, store).title(title).message(message).element(subject, store);
    for (edge, source) in callers {
        draft = draft.mention(subject, source).edge(subject, edge, &format!("{} calls {}", source.name, store.name), &["via", "access"]);
    }
    if public {
        draft = draft.quote_element(store, &["exposure"], &format!("{} is public", store.name));
    }
    if inside {
        draft = draft.severity(Severity::High, "only people inside reach it");
    }
    check.report(draft);
}

/// The store decides itself, or has nothing to protect.
fn guarded(store: &Element) -> bool {
    let by_row = store.facts.value("authz").is_some_and(|authz| mentions(authz, &["row-level", "rls", "rules"]));
    let public_data = kind(store) == Kind::ObjectStore && classify(&store.facts).is_some_and(|data| data.class == Class::Public);
    let cdn_origin = store.facts.is_any("role", &["cdn", "cdn-origin", "static", "assets"]);
    by_row || public_data || cdn_origin
}

fn by_declared_way(edge: &Edge<'_>) -> bool {
    let ways = ["presigned-url", "presigned", "pre-signed", "signed-url", "cdn"];
    let value = |name: &str| edge.facts().value(name).unwrap_or_default().to_lowercase();
    let (via, authz) = (value("via"), value("authz"));
    let vpn_with_second_factor = via.contains("vpn") && via.contains("mfa");
    let by_row = authz.contains("row-level") || authz.contains("rls");
    vpn_with_second_factor || by_row || mentions(&via, &ways) || edge.role_is(&ways) || edge.says(&ways)
}

/// A person on an internal network or over a VPN.
fn is_inside<'a>(subject: &Subject<'a>, edge: &Edge<'_>, source: &'a Element) -> bool {
    let vpn = edge.facts().value("via").is_some_and(|via| mentions(via, &["vpn", "bastion"]));
    let internal = source.facts.is("exposure", "internal")
        || subject.graph.value(source, "zone").is_some_and(|zone| zone.eq_ignore_ascii_case("internal"));
    kind(source) == Kind::Person && (vpn || internal)
}

/// A service stands before the store. That it is declared public is planned to end.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let Some((graph, store)) = broken.graph().zip(broken.elements().first().copied()) else { return Vec::new() };
    let inner = store.facts.get("exposure").map_or_else(|| "internal".to_owned(), |exposure| plan::instead("internal", exposure));
    let inner = Pick { bearer: Bearer::element(store), fact: "exposure", note: Some(inner) };
    let public = store.facts.is("exposure", "public");
    let edges = broken.edges();
    if edges.is_empty() {
        let planned = plan::planned(broken, &[inner]).filter(|_| public);
        return planned.map(Offer::from).into_iter().collect();
    }
    let name = format!("{} API", stem(&store.name));
    if is_taken(broken, &name) {
        return Vec::new();
    }
    let mut patch = Patch::new();
    let description = format!("Decides who may do what with {}", short(&store.name));
    let element = patch.add(New { kind: Kind::Service, name: name.clone(), beside: store, technology: None, description });
    let protocol = graph.unit(&store.key).and_then(|store| usual_protocol(graph, store)).unwrap_or("HTTPS");
    let done = put_before(&mut patch, broken, &Middle { element, edges }, "Calls", Some(protocol));
    if public {
        patch.plan(&inner);
    }
    let title = format!("Put {name} before {}", short(&store.name));
    done.and_then(|()| patch.finish(broken, FixClass::Proposal, title)).map(Offer::from).into_iter().collect()
}
