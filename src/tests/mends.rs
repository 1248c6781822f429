//! What can be done about what rules find: fixes as suggestions that people apply, and questions answered in the text.

use crate::{
    domain::{
        account::Role,
        project::DocumentKind,
        review::{
            FindingState, ReviewFinding,
            questions::answer::{Answer, Answered},
            suggestion::SuggestionState,
        },
    },
    server::{
        error::ServiceError,
        service::{self, access::Actor, agent_runs::suggestions, mends, reviews::Order},
    },
    tests::harness::TestApp,
};

struct Desk {
    app: TestApp,
    ada: Actor,
    slug: String,
}

impl Desk {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let ada = app.administrator().await;
        let slug = service::projects::create_sample(&app.state, &ada).await.unwrap().slug;
        Self { app, ada, slug }
    }

    async fn review(&self) -> u32 {
        let review = service::reviews::start(&self.app.state, &self.ada, &self.slug, Order::default()).await.unwrap();
        if let Some(mut running) = self.app.state.jobs.follow(review.id) {
            while running.changed().await.is_ok() {}
        }
        review.number
    }

    async fn finding(&self, number: u32, code: &str) -> ReviewFinding {
        let page = service::reviews::page(&self.app.state, &self.ada, &self.slug, number, None).await.unwrap();
        page.findings.into_iter().find(|known| known.finding.code == code).unwrap()
    }

    async fn text(&self) -> String {
        let documents = service::documents::list(&self.app.state, &self.ada, &self.slug).await.unwrap();
        let diagram = documents.iter().find(|document| document.kind == DocumentKind::Diagram).unwrap();
        service::documents::get(&self.app.state, &self.ada, diagram.id).await.unwrap().text
    }
}

#[tokio::test]
async fn a_fix_is_worked_out_on_demand_applied_by_a_person_and_ends_the_finding() {
    let desk = Desk::new().await;
    let viewer = desk.app.member(&desk.ada, &desk.slug, "Vi", Role::Viewer).await;
    let known = desk.finding(1, "LNT-R002").await;
    let before = desk.text().await;
    let denied = mends::suggest_fixes(&desk.app.state, &viewer, &desk.slug, 1, known.id).await;
    assert!(matches!(denied, Err(ServiceError::Forbidden { .. })), "{denied:?}");

    let made = mends::suggest_fixes(&desk.app.state, &desk.ada, &desk.slug, 1, known.id).await.unwrap();
    assert!((1..=3).contains(&made), "{made}");
    let page = service::reviews::page(&desk.app.state, &desk.ada, &desk.slug, 1, None).await.unwrap();
    assert_eq!(page.suggestions.len(), made);
    let first = &page.suggestions[0];
    assert_eq!(
        (first.agent.as_str(), first.state, first.finding.as_ref()),
        ("LNT-R002", SuggestionState::Open, Some(&known.finding.fingerprint))
    );
    assert!(!first.lines.is_empty() && first.outlook.is_some());
    assert_eq!(desk.text().await, before, "nothing changes by itself");
    let again = mends::suggest_fixes(&desk.app.state, &desk.ada, &desk.slug, 1, known.id).await;
    assert!(matches!(again, Err(ServiceError::Conflict { .. })), "{again:?}");

    suggestions::accept(&desk.app.state, &desk.ada, first.id).await.unwrap();
    let after = desk.text().await;
    assert_ne!(after, before);
    assert!(!after.lines().any(|line| !before.contains(line) && line.trim().ends_with(" yes")), "a fix states no fact");
    let second = desk.review().await;
    let page = service::reviews::page(&desk.app.state, &desk.ada, &desk.slug, second, None).await.unwrap();
    let now = page.findings.iter().find(|now| now.id == known.id).unwrap();
    assert!(now.state == FindingState::Fixed || now.finding.severity < known.finding.severity, "{now:?}");
}

#[tokio::test]
async fn what_only_people_can_mend_is_said_and_so_is_what_an_agent_found() {
    let desk = Desk::new().await;
    let known = desk.finding(1, "LNT-B001").await;
    match mends::suggest_fixes(&desk.app.state, &desk.ada, &desk.slug, 1, known.id).await {
        Ok(count) => assert!(count > 0),
        Err(ServiceError::Conflict { reason }) => assert!(reason.contains("people have to"), "{reason}"),
        Err(other) => panic!("{other:?}"),
    }
    let missing = mends::suggest_fixes(&desk.app.state, &desk.ada, &desk.slug, 7, known.id).await;
    assert!(matches!(missing, Err(ServiceError::NotFound { .. })), "{missing:?}");
}

#[tokio::test]
async fn a_question_is_answered_in_the_text_and_asked_no_more() {
    let desk = Desk::new().await;
    let page = mends::questions(&desk.app.state, &desk.ada, &desk.slug).await.unwrap();
    assert!(!page.cards.is_empty() && page.open > 0);
    let card = page.cards.iter().find(|card| card.elsewhere.is_none()).unwrap();
    let question = card.questions.iter().find(|question| !question.choices.is_empty()).unwrap();
    let before = desk.text().await;
    let answered = Answered { about: question.about.clone(), fact: question.fact.clone(), answer: Answer::Planned };
    mends::answer_question(&desk.app.state, &desk.ada, card.document, answered.clone()).await.unwrap();
    let after = desk.text().await;
    let new: Vec<&str> = after.lines().filter(|line| !before.lines().any(|old| old == *line)).collect();
    assert!(new.iter().any(|line| line.contains(&question.fact) && line.contains("planned")), "{new:?}");
    let then = mends::questions(&desk.app.state, &desk.ada, &desk.slug).await.unwrap();
    assert!(then.open < page.open, "{} {}", then.open, page.open);

    let wrong = Answered { answer: Answer::NotApplicable { reason: String::new() }, ..answered.clone() };
    let refused = mends::answer_question(&desk.app.state, &desk.ada, card.document, wrong).await;
    assert!(matches!(refused, Err(ServiceError::Invalid { .. })), "{refused:?}");
    let viewer = desk.app.member(&desk.ada, &desk.slug, "Vi", Role::Viewer).await;
    let denied = mends::answer_question(&desk.app.state, &viewer, card.document, answered).await;
    assert!(matches!(denied, Err(ServiceError::Forbidden { .. })), "{denied:?}");
    assert!(mends::questions(&desk.app.state, &viewer, &desk.slug).await.is_ok(), "everybody may read them");
}
