//! The closed list of topics that agents may speak about. A topic names its category and the rules that speak about the same,
//! so that a claim of an agent and a finding of a rule can be told to be one.
//!
//! A topic is part of a finding's identity: never reuse a name for something else. To add one: a line in [`ALL`].

use crate::domain::review::finding::Category;

/// One topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topic {
    /// `category.subject`, such as `reliability.retries`.
    pub name: &'static str,
    pub category: Category,
    /// What belongs here, as a phrase.
    pub about: &'static str,
    /// Codes of the rules that speak about it, those to come included.
    pub rules: &'static [&'static str],
}

impl Topic {
    /// The code of an agent's findings about it.
    pub fn code(&self) -> String {
        format!("AGT-{}", self.name)
    }
}

/// The topic of a name.
pub fn by_name(name: &str) -> Option<&'static Topic> {
    ALL.iter().find(|topic| topic.name == name)
}

const fn topic(name: &'static str, category: Category, about: &'static str, rules: &'static [&'static str]) -> Topic {
    Topic { name, category, about, rules }
}

/// Every topic, sorted by name.
pub const ALL: [Topic; 66] = [
    topic("boundaries.context-map", Category::Boundaries, "how bounded contexts depend on each other", &["LNT-B004"]),
    topic("boundaries.coupling", Category::Boundaries, "parts that can only change or run together", &["LNT-B003", "LNT-B005"]),
    topic("boundaries.granularity", Category::Boundaries, "cut too small, too large or along the wrong line", &["LNT-K001"]),
    topic("boundaries.layering", Category::Boundaries, "dependencies against the direction of layers", &["LNT-B008"]),
    topic("boundaries.responsibility", Category::Boundaries, "a part that does what is another's to do", &["LNT-B006"]),
    topic("boundaries.translation", Category::Boundaries, "foreign models that leak in", &["LNT-B007"]),
    topic("communication.contracts", Category::Communication, "agreed interfaces and their versions", &["LNT-A003", "LNT-A004"]),
    topic("communication.discovery", Category::Communication, "how a caller finds and spreads over its targets", &["LNT-A005", "LNT-A007"]),
    topic("communication.errors", Category::Communication, "what a caller learns when something fails", &["LNT-A009"]),
    topic("communication.gateway", Category::Communication, "how clients get in", &["LNT-A001"]),
    topic("communication.protocol", Category::Communication, "a protocol that does not fit its ends", &["LNT-M004"]),
    topic(
        "communication.style",
        Category::Communication,
        "waiting where a message would do, chains and fan-out",
        &["LNT-A002", "LNT-A006", "LNT-A008"],
    ),
    topic("data.caching", Category::Data, "caches, their loss and their staleness", &["LNT-D004", "LNT-D005"]),
    topic("data.consistency", Category::Data, "what is read after what is written, across stores", &["LNT-D001", "LNT-D002", "LNT-D008"]),
    topic("data.coordination", Category::Data, "quorums, leaders, locks, singletons", &["LNT-D009", "LNT-D010"]),
    topic("data.events", Category::Data, "events: order, repetition, schema", &["LNT-D003", "LNT-D006", "LNT-D007"]),
    topic("data.modelling", Category::Data, "schema, keys, indexes, history", &[]),
    topic("data.ownership", Category::Data, "who may write which data", &["LNT-B001", "LNT-B002"]),
    topic("decisions.alternatives", Category::Decisions, "options that were not weighed", &["LNT-Q002", "LNT-Q003"]),
    topic("decisions.conflict", Category::Decisions, "decisions that contradict each other", &["LNT-Q006"]),
    topic("decisions.consequences", Category::Decisions, "downsides that nobody names", &["LNT-Q004"]),
    topic("decisions.drift", Category::Decisions, "a design that does not follow its decision", &["LNT-Q007"]),
    topic("decisions.missing", Category::Decisions, "a choice that is hard to reverse and is not written down", &["LNT-Q001", "LNT-Q008"]),
    topic("decisions.status", Category::Decisions, "decisions that are out of date or in no state", &["LNT-Q005", "LNT-Q009"]),
    topic("model.ambiguity", Category::Model, "names and arrows that can be read in two ways", &["LNT-M005"]),
    topic("model.detail", Category::Model, "what has to be known before anyone can judge", &["LNT-M002", "LNT-M003"]),
    topic("model.gap", Category::Model, "something that must exist and is not drawn", &["LNT-M001"]),
    topic("model.intent", Category::Model, "what is drawn is not what the text says", &[]),
    topic("model.levels", Category::Model, "levels of abstraction that are mixed", &[]),
    topic("model.staleness", Category::Model, "parts that no longer exist or not yet", &["LNT-M006"]),
    topic("observability.alerting", Category::Observability, "promises that nobody watches", &["LNT-O004"]),
    topic("observability.cost", Category::Observability, "cardinality, volume and retention of telemetry", &["LNT-O005"]),
    topic("observability.logging", Category::Observability, "logs that are missing, scattered or leak", &["LNT-O003", "LNT-O006"]),
    topic("observability.metrics", Category::Observability, "what is not measured", &["LNT-O001"]),
    topic("observability.queues", Category::Observability, "lag and age of messages", &["LNT-O007"]),
    topic("observability.tracing", Category::Observability, "where a request is lost from sight", &["LNT-O002"]),
    topic("operations.configuration", Category::Operations, "settings, environments and what they share", &["LNT-P004"]),
    topic("operations.deployment", Category::Operations, "how a version goes live and back", &["LNT-P005", "LNT-P007"]),
    topic("operations.migration", Category::Operations, "changes of schema and data while running", &["LNT-P006"]),
    topic("operations.ownership", Category::Operations, "who answers for it", &["LNT-P001"]),
    topic("operations.platform", Category::Operations, "probes, resources, images", &["LNT-P002", "LNT-P003"]),
    topic("operations.suppliers", Category::Operations, "what others run for us", &["LNT-P008"]),
    topic("reliability.degradation", Category::Reliability, "what still works when a part fails", &["LNT-R009", "LNT-R010"]),
    topic("reliability.delivery", Category::Reliability, "messages that are lost or stuck", &["LNT-R011", "LNT-R012"]),
    topic("reliability.isolation", Category::Reliability, "failures that spread", &["LNT-R007", "LNT-R008"]),
    topic(
        "reliability.recovery",
        Category::Reliability,
        "backup, restore, failover and shutdown",
        &["LNT-R013", "LNT-R014", "LNT-R016", "LNT-R017"],
    ),
    topic("reliability.redundancy", Category::Reliability, "what there is only one of", &["LNT-R001", "LNT-R015"]),
    topic("reliability.retries", Category::Reliability, "repeated calls", &["LNT-R004", "LNT-R005", "LNT-R006"]),
    topic("reliability.timeouts", Category::Reliability, "how long anyone waits", &["LNT-R002", "LNT-R003"]),
    topic("scalability.backpressure", Category::Scalability, "work that comes faster than it is done", &["LNT-S002", "LNT-S005"]),
    topic("scalability.capacity", Category::Scalability, "numbers that do not add up", &["LNT-S003", "LNT-S004", "LNT-S006"]),
    topic("scalability.growth", Category::Scalability, "what a tenfold load breaks first", &["LNT-S007"]),
    topic("scalability.hot-spots", Category::Scalability, "one key, shard or lock for everyone", &[]),
    topic("scalability.latency", Category::Scalability, "a budget of time that is spent", &[]),
    topic("scalability.state", Category::Scalability, "state that ties a user to an instance", &["LNT-S001"]),
    topic("security.authentication", Category::Security, "callers that are not known", &["LNT-X002", "LNT-X003", "LNT-X007", "LNT-X011"]),
    topic("security.authorisation", Category::Security, "what a known caller may do", &["LNT-X006"]),
    topic(
        "security.data-protection",
        Category::Security,
        "sensitive data: where it goes and how it is kept",
        &["LNT-X004", "LNT-X005", "LNT-X010"],
    ),
    topic("security.exposure", Category::Security, "what can be reached from where", &["LNT-X001", "LNT-X009", "LNT-X012", "LNT-X014"]),
    topic("security.hidden-instructions", Category::Security, "text that is addressed to the reviewer", &["LNT-Q010"]),
    topic("security.input", Category::Security, "what comes in unchecked", &["LNT-X013"]),
    topic("security.secrets", Category::Security, "keys and passwords", &["LNT-X008"]),
    topic("simplicity.infrastructure", Category::Simplicity, "more machinery than the load needs", &["LNT-K002"]),
    topic("simplicity.moving-parts", Category::Simplicity, "parts that could be one, or none", &["LNT-K004"]),
    topic("simplicity.speculation", Category::Simplicity, "built for what may never come", &[]),
    topic("simplicity.technologies", Category::Simplicity, "more kinds of technology than the team can keep", &["LNT-K003"]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::review::rules;

    #[test]
    fn topics_are_sorted_unique_and_in_their_category() {
        assert!(ALL.windows(2).all(|pair| pair[0].name < pair[1].name));
        for topic in ALL {
            let category = serde_json::to_value(topic.category).unwrap();
            assert_eq!(topic.name.split('.').next(), category.as_str(), "{}", topic.name);
            assert_eq!(by_name(topic.name), Some(&topic));
        }
        for category in Category::ALL {
            assert!(ALL.iter().filter(|topic| topic.category == category).count() >= 4, "{category:?}");
        }
    }

    #[test]
    fn every_rule_has_one_topic() {
        let codes: Vec<&str> = ALL.iter().flat_map(|topic| topic.rules).copied().collect();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
        for rule in rules::ALL {
            assert!(codes.contains(&rule.code), "{}", rule.code);
        }
    }
}
