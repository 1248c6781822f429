//! Decoys of the rules about calls and interfaces.

use crate::domain::review::{
    finding::Severity,
    rules::tests::{
        boundaries::{found, severities},
        decoys::{props, service, workspace},
        review_dsl,
    },
};

#[test]
fn clients_need_a_gateway_only_for_several_services_of_ours() {
    use Severity::Medium;
    let body = |second: &str, rest: &str| {
        format!(
            "app = container \"App\" \"In the browser\" \"React\"\ngate = container \"Gateway\" \"The way in\" \"Envoy\"\n{}{}{rest}",
            service("a", "tier 2"),
            service("b", second)
        )
    };
    let direct = "app -> a \"Asks\" \"HTTPS\"\napp -> b \"Asks\" \"HTTPS\"";
    for (second, rest, expected) in [
        ("tier 2", direct, vec![Medium]),
        ("role idp", direct, vec![]),
        ("role bff", direct, vec![]),
        ("managed yes", direct, vec![]),
        ("tier 2", "app -> a \"Asks\" \"HTTPS\"", vec![]),
        ("tier 2", "app -> gate \"Asks\" \"HTTPS\"\ngate -> a \"Asks\" \"HTTPS\"\ngate -> b \"Asks\" \"HTTPS\"", vec![]),
        ("tier 2", "app -> a \"Asks\" \"HTTPS\"\next -> b \"Calls the webhook\" \"HTTPS\"", vec![]),
        ("tier 2", "app -> a \"Asks\" \"HTTPS via ingress\"\napp -> b \"Asks\" \"HTTPS via ingress\"", vec![]),
        ("tier 2", "app -> a \"Asks\" \"HTTPS\"\nuser -> b \"Uses\" \"HTTPS\"", vec![]),
    ] {
        assert_eq!(severities("A001", &body(second, rest)), expected, "{second} / {rest}");
    }
}

fn call(caller: &str, target: &str, protocol: &str, link: &str) -> String {
    format!("{}{}a -> b \"Asks\" \"{protocol}\" {}", service("a", caller), service("b", target), props(link))
}

#[test]
fn contracts_are_asked_for_between_teams() {
    use Severity::{Low, Medium};
    for (caller, target, link, expected) in [
        ("owner one", "owner two", "contract no", vec![Medium]),
        ("owner one", "owner two; contract none", "tls yes", vec![Medium]),
        ("owner one", "owner two", "contract planned", vec![Low]),
        ("owner one", "owner two", "contract openapi", vec![]),
        ("owner one", "owner one", "contract no", vec![]),
        ("tier 2", "tier 2", "contract no", vec![]),
        ("owner one", "owner two", "tls yes", vec![]),
        ("owner one", "owner two", "contract no; mode stream", vec![]),
    ] {
        assert_eq!(severities("A003", &call(caller, target, "HTTPS", link)), expected, "{caller} / {target} / {link}");
    }
    let both =
        format!("{}\nb -> a \"Asks back\" \"HTTPS\" {}", call("owner one", "owner two", "HTTPS", "contract no"), props("contract no"));
    let findings = found("A003", &both);
    assert_eq!(findings.len(), 1, "one finding for two teams: {findings:#?}");
}

#[test]
fn versions_are_asked_for_where_clients_are_others() {
    use Severity::{Low, Medium};
    let body = |source: &str, protocol: &str, target: &str, link: &str| {
        format!("{}{source} -> a \"Orders\" \"{protocol}\" {}", service("a", target), props(link))
    };
    for (source, protocol, target, link, expected) in [
        ("ext", "HTTPS", "tier 2", "api_version no", vec![Medium]),
        ("ext", "GraphQL", "api_version no", "tls yes", vec![Medium]),
        ("ext", "HTTPS", "tier 2", "api_version planned", vec![Low]),
        ("ext", "HTTPS", "tier 2", "api_version v3", vec![]),
        ("ext", "gRPC", "tier 2", "api_version no", vec![]),
        ("ext", "HTTPS", "tier 2", "api_version no; contract protobuf", vec![]),
        ("ext", "GraphQL", "deprecation yes", "api_version no", vec![]),
        ("ext", "HTTPS", "tier 2", "tls yes", vec![]),
    ] {
        assert_eq!(severities("A004", &body(source, protocol, target, link)), expected, "{source} / {protocol} / {target} / {link}");
    }
    assert_eq!(severities("A004", &call("owner one", "owner one", "HTTPS", "api_version no")), [], "one team releases both");
    let own_app = format!(
        "app = container \"App\" \"In the browser\" \"React\"\n{}app -> a \"Asks\" \"HTTPS\" {}",
        service("a", "tier 2"),
        props("api_version no")
    );
    assert_eq!(severities("A004", &own_app), [], "a browser app is released with its service");
}

#[test]
fn addresses_are_fixed_only_when_they_can_change() {
    use Severity::{Low, Medium};
    for (caller, target, protocol, link, expected) in [
        ("tier 2", "replicas 3", "HTTP", "discovery static", vec![Medium]),
        ("tier 2", "replicas 3", "HTTP to 10.1.2.3:8080", "tls yes", vec![Medium]),
        ("env staging", "env production; replicas 1", "HTTP", "discovery ip", vec![Medium]),
        ("tier 2", "tier 2", "HTTP", "discovery static", vec![Low]),
        ("tier 2", "replicas 3", "HTTP", "discovery planned", vec![Low]),
        ("replicas 1", "replicas 1", "HTTP", "discovery static", vec![]),
        ("tier 2", "replicas 3", "HTTP", "discovery dns", vec![]),
        ("tier 2", "replicas 3", "HTTP", "discovery \"static dns name\"", vec![]),
        ("tier 2", "replicas 3", "HTTP to 127.0.0.1", "tls yes", vec![]),
        ("tier 2", "replicas 3", "HTTP/1.1", "tls yes", vec![]),
    ] {
        let body = call(caller, target, protocol, link);
        assert_eq!(severities("A005", &body), expected, "{caller} / {target} / {protocol} / {link}");
    }
}

#[test]
fn slow_work_matters_where_users_wait() {
    use Severity::Medium;
    let entry = "\nuser -> a \"Uses\" \"HTTPS\"";
    for (target, link, entry, expected) in [
        ("tier 2", "timeout 30s", entry, vec![Medium]),
        ("tier 2", "latency_p99 4s", entry, vec![Medium]),
        ("kind worker", "effect command", entry, vec![Medium]),
        ("kind worker", "effect query", entry, vec![]),
        ("tier 2", "timeout 10s", entry, vec![]),
        ("tier 2", "latency_p99 900ms", entry, vec![]),
        ("tier 2", "timeout 30s", "", vec![]),
        ("tier 2", "timeout 30s; mode stream", entry, vec![]),
        ("tier 2", "timeout 30s; role upload", entry, vec![]),
        ("tier 2", "timeout no", entry, vec![]),
    ] {
        let body = format!("{}{entry}", call("tier 2", target, "HTTPS", link));
        assert_eq!(severities("A006", &body), expected, "{target} / {link}");
    }
}

#[test]
fn grpc_is_balanced_by_request_or_has_one_replica() {
    use Severity::{Low, Medium};
    for (caller, target, protocol, link, expected) in [
        ("tier 2", "replicas 6", "gRPC", "lb clusterip", vec![Medium]),
        ("tier 2", "autoscale yes; lb l4", "gRPC", "tls yes", vec![Medium]),
        ("tier 2", "replicas 6", "gRPC", "lb no", vec![Medium]),
        ("tier 2", "replicas 6", "gRPC", "lb planned", vec![Low]),
        ("tier 2", "replicas 6; platform kubernetes", "gRPC", "tls yes", vec![Low]),
        ("kind gateway", "replicas 6; platform kubernetes", "gRPC", "tls yes", vec![]),
        ("tier 2", "replicas 6", "gRPC", "tls yes", vec![]),
        ("tier 2", "replicas 6; platform kubernetes", "gRPC", "tls mesh", vec![]),
        ("tier 2", "replicas 6", "gRPC", "lb client-side", vec![]),
        ("tier 2", "replicas 1", "gRPC", "lb clusterip", vec![]),
        ("tier 2", "tier 2", "gRPC", "lb clusterip", vec![]),
        ("tier 2", "replicas 6", "HTTPS", "lb clusterip", vec![]),
    ] {
        let body = call(caller, target, protocol, link);
        assert_eq!(severities("A007", &body), expected, "{caller} / {target} / {protocol} / {link}");
    }
}

#[test]
fn fanout_is_low_unless_one_request_makes_the_calls() {
    use Severity::{Low, Medium};
    let body = |caller: &str, number: usize, link: &str| {
        let others: String = (0..number).map(|n| service(&format!("s{n}"), "tier 2")).collect();
        let calls = (0..number).map(|n| format!("a -> s{n} \"Asks\" \"gRPC\" {}\n", props(link))).collect::<Vec<_>>().concat();
        format!("{}{others}{calls}", service("a", caller))
    };
    for (caller, number, link, expected) in [
        ("tier 1", 5, "tls yes", vec![Low]),
        ("tier 1", 5, "calls_per_request 1", vec![Medium]),
        ("tier 1", 4, "calls_per_request 1", vec![]),
        ("partial_result yes", 6, "calls_per_request 1", vec![]),
        ("parallel yes", 6, "calls_per_request 1", vec![]),
        ("partial_result planned", 6, "calls_per_request 1", vec![Low]),
        ("tier 1", 6, "fallback cache", vec![]),
        ("tier 1", 6, "mode async-pub", vec![]),
        ("kind gateway", 6, "tls yes", vec![]),
        ("role bff", 6, "tls yes", vec![]),
    ] {
        assert_eq!(severities("A008", &body(caller, number, link)), expected, "{caller} / {number} / {link}");
    }
    let steps = (0..5).map(|n| format!("a -> s{n} \"Asks\"\n")).collect::<Vec<_>>().concat();
    let text = workspace(&body("tier 1", 5, "tls yes")).replace("model {\n", "model {\nproperties {\nstage live\n}\n");
    let text =
        text.trim_end().strip_suffix('}').map(|text| format!("{text}views {{\ndynamic sys \"checkout\" {{\n{steps}}}\n}}\n}}\n")).unwrap();
    let outcome = review_dsl(&text);
    let fanout: Vec<_> = outcome.findings.iter().filter(|finding| finding.code == "LNT-A008").map(|finding| finding.severity).collect();
    assert_eq!(fanout, [Medium], "a dynamic view shows them in one request");
}

#[test]
fn errors_are_asked_about_in_the_regulated_profile() {
    let run = |caller: &str, target: &str, link: &str| {
        let text = workspace(&call(caller, target, "HTTPS", link)).replace("model {\n", "model {\nproperties {\nprofile regulated\n}\n");
        review_dsl(&text).findings.iter().filter(|finding| finding.code == "LNT-A009").count()
    };
    assert_eq!(run("owner one", "owner two", "error_model no"), 1);
    assert_eq!(run("owner one", "exposure public", "error_model no"), 1);
    assert_eq!(run("owner one", "owner one", "error_model no"), 0);
    assert_eq!(run("owner one", "owner two", "tls yes"), 0);
    assert_eq!(run("owner one", "owner two", "error_model problem+json"), 0);
    assert_eq!(severities("A009", &call("owner one", "owner two", "HTTPS", "error_model no")), [], "strict rules are asked for");
}
