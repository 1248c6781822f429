//! How a design stands to one rule of a decision, before any review: what the preview of the decision tells.

use crate::domain::{
    decision::{
        constraint::{Constraint, Term, Verb, sentence},
        figure::Standing,
    },
    model::Model,
    review::{
        check::Gap,
        fit::{Fit, Reach, ends, fit_edge, fit_element, is_in},
        graph::Graph,
    },
};

/// Names of those who break a rule that are told.
const MOST_NAMES: usize = 5;

/// How a subject stands to a constraint: the gap that breaks it, and facts that could.
pub fn gap(constraint: &Constraint, fit: impl Fn(&Term) -> Fit) -> (Option<Gap>, Vec<&'static str>) {
    if !constraint.on.iter().all(|term| fit(term) == Fit::Yes) {
        return (None, Vec::new());
    }
    let mut fits: Vec<Fit> = constraint.what.iter().map(&fit).collect();
    if constraint.verb == Verb::Forbid {
        return (fits.iter().all(|fit| *fit == Fit::Yes).then_some(Gap::Missing), Vec::new());
    }
    fits.retain(|fit| *fit != Fit::Yes);
    let unknown = fits.iter().filter_map(|fit| if let Fit::Unknown(Some(fact)) = fit { Some(*fact) } else { None }).collect();
    if fits.contains(&Fit::No) {
        return (Some(Gap::Missing), unknown);
    }
    (fits.contains(&Fit::Planned).then_some(Gap::Planned), unknown)
}

/// Compares a sentence with some models; `scope` limits it to boundaries of these names. None for one that can't be read.
pub fn standing(rule: &str, scope: &[String], models: &[&Model]) -> Option<Standing> {
    let constraint = sentence::read(rule.trim_start_matches("- ").trim_end_matches(['.', ';'])).ok()?;
    let mut found = Standing { diagrams: models.len(), ..Standing::default() };
    let mut add = |name: String, (gap, unknown): (Option<Gap>, Vec<&'static str>)| {
        if gap.is_none() {
            found.unknown += unknown.len();
        } else if found.broken_by.len() < MOST_NAMES {
            found.broken_by.push(name);
        } else {
            found.more += 1;
        }
    };
    for model in models {
        let graph = Graph::new(model);
        let reach = Reach::of(&graph, &constraint);
        if constraint.relations {
            for edge in graph.edges() {
                let ends = ends(&graph, edge);
                if scope.is_empty() || ends.iter().any(|end| is_in(&graph, end, scope)) {
                    let names: Vec<&str> = ends.iter().map(|end| end.name.as_str()).collect();
                    add(names.join(" → "), gap(&constraint, |term| fit_edge(&graph, edge, term, &reach)));
                }
            }
        } else {
            for (_, element) in graph.elements().filter(|(_, element)| scope.is_empty() || is_in(&graph, element, scope)) {
                add(element.name.clone(), gap(&constraint, |term| fit_element(&graph, element, term, &reach)));
            }
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::syntax::{Language, Sources, parse};

    const TEXT: &str = "workspace {\n  model {\n    a = softwareSystem \"A\" {\n      api = container \"API\" \"\" \"Go\"\n      \
                        db = container \"DB\" \"\" \"MongoDB\" {\n        properties {\n          kind database\n        }\n      }\n    }\n    \
                        api -> db \"Writes\"\n  }\n}\n";

    #[test]
    fn a_rule_holds_or_says_who_breaks_it() {
        let model = parse(Language::Structurizr, "w.dsl", TEXT, &Sources::new()).model;
        let stands = |rule: &str, scope: &[String]| standing(rule, scope, &[&model]).unwrap();
        assert_eq!(stands("forbid technology MongoDB", &[]).broken_by, ["DB"]);
        assert_eq!(stands("forbid technology MongoDB", &["Elsewhere".to_owned()]).broken_by, [""; 0]);
        assert_eq!(stands("forbid calls from API to DB", &[]).broken_by, ["API → DB"]);
        let holds = stands("forbid technology Oracle", &[]);
        assert_eq!((holds.broken_by.len(), holds.more, holds.unknown, holds.diagrams), (0, 0, 0, 1));
        assert_eq!(stands("every database has encryption_at_rest", &[]).unknown, 1);
        assert_eq!(standing("we like Go", &[], &[&model]), None);
        assert_eq!(standing("no MongoDB", &[], &[]).unwrap().diagrams, 0);
    }
}
