//! What teams arrange about findings: risks carried for a time, assignments, tickets, mentions, feedback, and what waits for whom.

use crate::{
    api::triage::Arrangement,
    domain::{
        account::Role,
        id::FindingId,
        inbox::Errand,
        moment::DAY,
        review::{
            FindingState, ReviewFinding,
            finding::{Category, Severity},
            triage::Mistake,
        },
    },
    server::{
        error::ServiceError,
        service::{
            self,
            access::Actor,
            projects::ProjectChange,
            reviews::Order,
            triage::{self, Verdict},
        },
    },
    tests::harness::TestApp,
};

struct Shop {
    app: TestApp,
    ada: Actor,
    grace: Actor,
    slug: String,
}

impl Shop {
    /// The sample with its first review, of Ada's, with an editor, Grace.
    async fn new() -> Self {
        let app = TestApp::start().await;
        let ada = app.administrator().await;
        let slug = service::projects::create_sample(&app.state, &ada).await.unwrap().slug;
        let grace = app.member(&ada, &slug, "Grace", Role::Editor).await;
        Self { app, ada, grace, slug }
    }

    async fn review(&self) -> u32 {
        let review = service::reviews::start(&self.app.state, &self.ada, &self.slug, Order::default()).await.unwrap();
        if let Some(mut running) = self.app.state.jobs.follow(review.id) {
            while running.changed().await.is_ok() {}
        }
        review.number
    }

    async fn findings(&self) -> Vec<ReviewFinding> {
        service::reviews::findings(&self.app.state, &self.ada, &self.slug).await.unwrap()
    }

    /// The first finding that is, or is not, so severe that its risk takes two people.
    async fn pick(&self, severe: bool) -> FindingId {
        let findings = self.findings().await;
        let fits = |known: &&ReviewFinding| (known.finding.severity >= Severity::High) == severe && known.state == FindingState::Open;
        findings.iter().find(fits).unwrap().id
    }

    async fn known(&self, id: FindingId) -> ReviewFinding {
        self.findings().await.into_iter().find(|known| known.id == id).unwrap()
    }

    async fn carry(&self, actor: &Actor, id: FindingId, until: &str) -> Result<(), ServiceError> {
        let verdict = Verdict { until, ..Verdict::new(FindingState::WontFix, "Two teams agreed to live with it.") };
        triage::set_state(&self.app.state, actor, id, verdict).await
    }

    fn in_days(&self, days: i64) -> String {
        self.app.state.clock.now().plus(days * DAY).day().to_string()
    }

    async fn errands(&self, actor: &Actor) -> Vec<(Errand, Option<FindingId>)> {
        let waiting = triage::waiting(&self.app.state, actor).await.unwrap();
        waiting.into_iter().map(|one| (one.errand, one.finding)).collect()
    }
}

#[tokio::test]
async fn a_severe_risk_is_carried_once_a_second_person_agrees_and_not_for_longer() {
    let shop = Shop::new().await;
    let id = shop.pick(true).await;
    for (until, problem) in [(shop.in_days(-1), "passed"), (shop.in_days(181), "180 days"), ("soon".to_owned(), "no day")] {
        let Err(ServiceError::Invalid { field, problem: said }) = shop.carry(&shop.ada, id, &until).await else { panic!("{until}") };
        assert_eq!(field, "until");
        assert!(said.contains(problem), "{said}");
    }
    shop.carry(&shop.ada, id, &shop.in_days(30)).await.unwrap();
    let known = shop.known(id).await;
    assert_eq!(known.state, FindingState::Open, "one person does not do");
    assert_eq!(known.triage.asked(known.state).unwrap().asked_by.name, "Ada Lovelace");
    assert!(matches!(triage::answer_waiver(&shop.app.state, &shop.ada, id, true).await, Err(ServiceError::Conflict { .. })));
    assert!(shop.errands(&shop.grace).await.contains(&(Errand::Waiver, Some(id))));
    assert!(!shop.errands(&shop.ada).await.contains(&(Errand::Waiver, Some(id))), "nobody waits for oneself");

    triage::answer_waiver(&shop.app.state, &shop.grace, id, true).await.unwrap();
    let known = shop.known(id).await;
    assert_eq!((known.state, known.state_by.as_deref()), (FindingState::WontFix, Some("Grace")));
    assert_eq!(known.state_reason, "Two teams agreed to live with it.");
    assert!(matches!(triage::answer_waiver(&shop.app.state, &shop.grace, id, true).await, Err(ServiceError::Conflict { .. })));

    shop.review().await;
    assert_eq!(shop.known(id).await.state, FindingState::WontFix, "it is carried through the next review");
    shop.app.wait(31 * DAY);
    shop.review().await;
    let known = shop.known(id).await;
    assert_eq!((known.state, known.triage.waiver), (FindingState::Open, None), "and is open when its time is over");
}

#[tokio::test]
async fn a_small_risk_takes_one_person_and_what_was_asked_can_be_declined_or_taken_back() {
    let shop = Shop::new().await;
    let small = shop.pick(false).await;
    shop.carry(&shop.ada, small, "").await.unwrap();
    let known = shop.known(small).await;
    assert_eq!((known.state, known.triage.waiver.unwrap().until.to_string()), (FindingState::WontFix, shop.in_days(90)));

    let severe = shop.pick(true).await;
    for who in [&shop.ada, &shop.grace] {
        shop.carry(&shop.ada, severe, "").await.unwrap();
        triage::answer_waiver(&shop.app.state, who, severe, false).await.unwrap();
        let known = shop.known(severe).await;
        assert_eq!((known.state, known.triage.waiver), (FindingState::Open, None));
    }
}

#[tokio::test]
async fn findings_are_given_to_members_with_a_day_and_a_ticket() {
    let shop = Shop::new().await;
    let id = shop.pick(true).await;
    let arrange = |assignee: &str, due: &str, ticket: &str| {
        let wanted = Arrangement { assignee: assignee.to_owned(), due: due.to_owned(), ticket: ticket.to_owned() };
        let shop = &shop;
        async move { triage::arrange(&shop.app.state, &shop.ada, id, &wanted).await }
    };
    let long = "x".repeat(81);
    for (assignee, due, ticket, field) in
        [("nobody@example.com", "", "", "assignee"), ("", "tomorrow", "", "due"), ("", "", long.as_str(), "ticket")]
    {
        let answer = arrange(assignee, due, ticket).await;
        assert!(matches!(&answer, Err(ServiceError::Invalid { field: said, .. }) if *said == field), "{field}: {answer:?}");
    }
    arrange(&shop.grace.person.email, &shop.in_days(7), "PAY-12").await.unwrap();
    let triage = shop.known(id).await.triage;
    assert_eq!(triage.assignee.as_ref().map(|who| who.name.as_str()), Some("Grace"));
    assert_eq!((triage.due.unwrap().to_string(), triage.ticket.as_str()), (shop.in_days(7), "PAY-12"));
    assert!(shop.errands(&shop.grace).await.contains(&(Errand::Assigned, Some(id))));

    shop.review().await;
    assert_eq!(shop.known(id).await.triage, triage, "the next review changes nothing of it");
    arrange("", "", "").await.unwrap();
    assert!(!shop.errands(&shop.grace).await.contains(&(Errand::Assigned, Some(id))));

    let change = |ticket_url| ProjectChange { ticket_url: Some(ticket_url), ..ProjectChange::default() };
    for refused in ["javascript:alert({ticket})", "https://tracker.example.com", "tracker/{ticket}"] {
        assert!(service::projects::rename(&shop.app.state, &shop.ada, &shop.slug, change(refused)).await.is_err(), "{refused}");
    }
    let changed =
        service::projects::rename(&shop.app.state, &shop.ada, &shop.slug, change("https://t.example.com/{ticket}")).await.unwrap();
    assert_eq!(changed.ticket_url, "https://t.example.com/{ticket}");
}

#[tokio::test]
async fn whoever_a_remark_names_finds_it_at_home_until_they_have_seen_it() {
    let shop = Shop::new().await;
    let id = shop.pick(true).await;
    let number = shop.review().await;
    let say = |actor: &Actor, words: &'static str| {
        let (app, actor) = (shop.app.state.clone(), actor.clone());
        async move { triage::comment(&app, &actor, id, words, None).await.map(|_| ()) }
    };
    say(&shop.ada, "Mail grace@hopper.example, or wait.").await.unwrap();
    assert!(!shop.errands(&shop.grace).await.contains(&(Errand::Mention, Some(id))), "an address of mail calls nobody");
    say(&shop.ada, "@Grace, is this still so?").await.unwrap();
    say(&shop.grace, "I, @Grace, think so.").await.unwrap();
    let calls = shop.errands(&shop.grace).await.into_iter().filter(|(errand, _)| *errand == Errand::Mention).count();
    assert_eq!(calls, 1, "nobody calls themselves");
    service::reviews::page(&shop.app.state, &shop.grace, &shop.slug, number, None).await.unwrap();
    assert!(shop.errands(&shop.grace).await.contains(&(Errand::Mention, Some(id))), "another finding was looked at");
    service::reviews::page(&shop.app.state, &shop.grace, &shop.slug, number, Some(id)).await.unwrap();
    assert!(!shop.errands(&shop.grace).await.contains(&(Errand::Mention, Some(id))));
}

#[tokio::test]
async fn what_people_make_of_findings_is_the_health_of_their_rules() {
    let shop = Shop::new().await;
    let known = shop.known(shop.pick(true).await).await;
    let code = known.finding.code.clone();
    let health = || async {
        let all = triage::rule_health(&shop.app.state, &shop.ada).await.unwrap();
        all.into_iter().find(|health| health.code == code).unwrap()
    };
    let before = health().await;
    assert!(before.shown > 0 && before.answers() == 0);
    triage::rate(&shop.app.state, &shop.ada, known.id, Some("Says nothing new.")).await.unwrap();
    triage::rate(&shop.app.state, &shop.grace, known.id, Some("")).await.unwrap();
    assert_eq!(health().await.not_useful, 1, "a finding counts once");
    let readers = shop.known(known.id).await.triage.not_useful;
    assert_eq!(readers.iter().map(|who| who.name.as_str()).collect::<Vec<_>>(), ["Ada Lovelace", "Grace"]);
    let verdict = Verdict { mistake: Some(Mistake::Rule), ..Verdict::new(FindingState::FalsePositive, "Both are one team's.") };
    triage::set_state(&shop.app.state, &shop.ada, known.id, verdict).await.unwrap();
    let after = health().await;
    assert_eq!((after.false_positives, after.not_useful), (1, 0), "one answer is not counted twice");
    assert_eq!(shop.known(known.id).await.triage.mistake, Some(Mistake::Rule));
    triage::rate(&shop.app.state, &shop.ada, known.id, None).await.unwrap();
    assert_eq!(shop.known(known.id).await.triage.not_useful.len(), 1);
}

#[tokio::test]
async fn the_trend_counts_what_each_review_left_open() {
    let shop = Shop::new().await;
    let first = service::reviews::list(&shop.app.state, &shop.ada, &shop.slug).await.unwrap().trend;
    let open: u32 = first.values().flatten().map(|(_, count)| count).sum();
    let known = shop.findings().await;
    assert_eq!(open as usize, known.iter().filter(|known| known.state.counts()).count());
    let one = known.iter().find(|known| known.finding.category == Category::Boundaries).unwrap();
    triage::set_state(&shop.app.state, &shop.ada, one.id, Verdict::new(FindingState::FalsePositive, "One team.")).await.unwrap();
    let number = shop.review().await;
    let second = service::reviews::list(&shop.app.state, &shop.ada, &shop.slug).await.unwrap().trend;
    let at = |trend: &crate::server::store::triage::Trend| {
        trend.get(&Category::Boundaries).and_then(|found| found.iter().find(|(review, _)| *review == number)).map_or(0, |(_, count)| *count)
    };
    assert_eq!(at(&second) + 1, first[&Category::Boundaries][0].1);
}

#[tokio::test]
async fn readers_decide_nothing() {
    let shop = Shop::new().await;
    let id = shop.pick(true).await;
    let viewer = shop.app.member(&shop.ada, &shop.slug, "Vi", Role::Viewer).await;
    let forbidden = |answer: Result<(), ServiceError>| assert!(matches!(answer, Err(ServiceError::Forbidden { .. })), "{answer:?}");
    forbidden(shop.carry(&viewer, id, "").await);
    forbidden(triage::answer_waiver(&shop.app.state, &viewer, id, true).await);
    forbidden(triage::arrange(&shop.app.state, &viewer, id, &Arrangement::default()).await);
    forbidden(triage::rate(&shop.app.state, &viewer, id, Some("")).await);
}
