//! What is written is read again without loss.

use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_models_come_back(model in samples::models()) {
        let written = print(&model, &model.views[0]);
        let read = import(&written.text);
        let wrong = samples::differences(&model, &model.views[0], &read, false);
        prop_assert!(wrong.is_empty(), "{:#?}\n{}", wrong, written.text);
        prop_assert_eq!(&read.model.name, &crate::domain::scene::text::clean(model.views[0].title.as_deref().unwrap_or("")));
    }

    #[test]
    fn exports_hold_nothing_but_their_own_statements(model in samples::models()) {
        let written = print(&model, &model.views[0]).text;
        for line in written.lines().map(str::trim_start).filter(|line| !line.is_empty()) {
            let word = line.split(['(', ' ']).next().unwrap_or("");
            let known = ["@startuml", "@enduml", "!include", "title", "}"].contains(&word) || catalogue::classify(word).is_some();
            prop_assert!(known, "{}", line);
            prop_assert!(!line.starts_with("!include") || line.starts_with("!include <C4/C4_"), "{}", line);
            prop_assert_eq!(line.matches('"').count() % 2, 0, "{}", line);
        }
        prop_assert_eq!(written.matches("@enduml").count(), 1 + written.matches(" @enduml").count());
    }
}

#[test]
fn every_view_of_the_corpus_comes_back() {
    let Some(workspaces) = samples::workspaces() else { return };
    let (mut count, mut wrong) = (0, Vec::new());
    for (path, model) in &workspaces {
        for view in &model.views {
            count += 1;
            let written = print(model, view);
            let read = import(&written.text);
            let found = samples::differences(model, view, &read, false);
            if !found.is_empty() {
                wrong.push(format!("{path} {}: {found:#?}\n{}", view.key, written.text));
            }
        }
    }
    println!("{count} views, {} wrong", wrong.len());
    assert!(count > 40 && wrong.is_empty(), "{}", wrong.join("\n"));
}
