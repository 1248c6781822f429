//! The lists are complete, and everything they name exists.

use std::collections::BTreeSet;

use super::*;
use crate::domain::review::{patterns, rules};

fn items() -> impl Iterator<Item = &'static Item> {
    go_architect().iter().chain(backend_architect())
}

#[test]
fn every_category_has_about_six_topics_with_its_own_word() {
    for category in Category::ALL {
        let topics: Vec<&Topic> = of(category).collect();
        assert!((4..=8).contains(&topics.len()), "{category:?} has {} topics", topics.len());
        let word = serde_json::to_value(category).unwrap();
        for topic in topics {
            assert!(topic.rules.iter().all(|code| code.starts_with("LNT-")), "{}", topic.slug);
            assert_eq!(topic.slug.split_once('.').map(|(first, _)| first), word.as_str(), "{}", topic.slug);
        }
    }
    let slugs: BTreeSet<&str> = taxonomy::TOPICS.iter().map(|topic| topic.slug).collect();
    assert_eq!(slugs.len(), taxonomy::TOPICS.len(), "a slug names one topic");
}

#[test]
fn topics_follow_the_catalogue() {
    let order: Vec<Category> = taxonomy::TOPICS.iter().map(|topic| topic.category).collect();
    assert!(order.is_sorted());
    for topic in taxonomy::TOPICS {
        assert!(topic.line.ends_with('.') && !topic.line.contains('\n') && topic.line.chars().count() <= 120, "{}", topic.slug);
        assert!(!topic.slug.contains(|c: char| !(c.is_ascii_lowercase() || c == '.' || c == '-')), "{}", topic.slug);
    }
}

#[test]
fn checklists_are_complete_and_in_order() {
    let chapters = |prefix: &str, points: &[usize]| -> Vec<String> {
        (1..).zip(points).flat_map(|(chapter, count)| (1..=*count).map(move |point| format!("{prefix}{chapter}.{point}"))).collect()
    };
    let ids = |items: &[Item]| items.iter().map(|item| item.id.to_owned()).collect::<Vec<_>>();
    assert_eq!(ids(go_architect()), chapters("GA", &[6, 6, 6, 6, 4, 3, 2, 2, 4, 5, 6]));
    assert_eq!(ids(backend_architect()), chapters("BA", &[5, 5, 5, 5, 6, 3]));
}

#[test]
fn checklists_name_only_what_exists() {
    for item in items() {
        assert!(item.text.ends_with('?') && item.text.len() <= 170, "{}: {}", item.id, item.text);
        assert!(!item.topics.is_empty(), "{}", item.id);
        for topic in item.topics {
            assert!(by_slug(topic).is_some(), "{}: {topic}", item.id);
        }
        for pattern in item.patterns {
            assert!(patterns::by_id(pattern).is_some(), "{}: {pattern}", item.id);
        }
        for code in item.rules {
            let letter = code.strip_prefix("LNT-").and_then(|rest| rest.chars().next());
            assert!(Category::ALL.into_iter().any(|category| Some(category.letter()) == letter), "{}: {code}", item.id);
        }
    }
}

#[test]
fn every_topic_is_looked_at_by_some_lens() {
    let looked_at: BTreeSet<&str> = items().flat_map(|item| item.topics).copied().collect();
    for topic in taxonomy::TOPICS {
        assert!(looked_at.contains(topic.slug), "{}", topic.slug);
    }
}

#[test]
fn every_rule_is_on_a_checklist_and_has_a_topic() {
    let named: BTreeSet<&str> = items().flat_map(|item| item.rules).copied().collect();
    let by_topic: BTreeSet<&str> = taxonomy::TOPICS.iter().flat_map(|topic| topic.rules).copied().collect();
    for rule in rules::ALL {
        assert!(by_topic.contains(rule.code), "{} {}", rule.code, rule.slug);
        assert!(named.contains(rule.code), "{} {}", rule.code, rule.slug);
    }
}

#[test]
fn an_unknown_slug_is_no_topic() {
    assert_eq!(by_slug("security"), None);
    assert_eq!(by_slug("security.hidden-instructions").map(|topic| topic.category), Some(Category::Security));
}

#[test]
fn every_rule_has_one_topic() {
    let codes: Vec<&str> = taxonomy::TOPICS.iter().flat_map(|topic| topic.rules).copied().collect();
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
    for rule in rules::ALL {
        assert!(codes.contains(&rule.code), "{}", rule.code);
    }
}

#[test]
fn topics_can_be_had_in_the_order_of_their_slugs() {
    let all = sorted();
    assert_eq!(all.len(), taxonomy::TOPICS.len());
    assert!(all.windows(2).all(|pair| pair[0].slug < pair[1].slug));
    assert!(all.iter().all(|topic| by_slug(topic.slug) == Some(*topic)));
}
