//! Findings: what reviews found, what people made of it, and what they said about it.

use std::collections::BTreeMap;

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use crate::{
    domain::{
        id::{CommentId, FindingId, ProjectId, ReviewId, RunId, UserId},
        moment::{Day, Moment},
        review::{
            AnswerSource, Change, Comment, FindingState, Review, ReviewFinding,
            finding::Finding,
            triage::{Mistake, Waiver, Who},
        },
    },
    server::store::{
        Store, StoreError,
        activity::Happening,
        reviews::{body, from_word, parse, save_review, word},
        triage::{set_waiver, triage, waiver},
    },
};

/// A finding that a project has, as the next review compares with it.
#[derive(Clone, Debug)]
pub struct KnownFinding {
    pub id: FindingId,
    pub finding: Finding,
    pub state: FindingState,
    /// Why people left it in this state; empty if they did not say.
    pub reason: String,
    /// The last day that its risk is carried, where it is or is to be.
    pub waived_until: Option<Day>,
    pub first_seen: u32,
}

/// What a review concluded about one finding.
#[derive(Clone, Debug)]
pub struct Concluded {
    pub id: FindingId,
    /// The state before, for one that the project had.
    pub before: Option<FindingState>,
    pub finding: Finding,
    pub state: FindingState,
    pub change: Change,
    pub first_seen: u32,
}

/// A decision of a person about a finding.
#[derive(Clone, Debug)]
pub struct Decision<'a> {
    pub finding: FindingId,
    pub state: FindingState,
    pub reason: &'a str,
    pub mistake: Option<Mistake>,
    /// With a risk that is carried.
    pub waiver: Option<&'a Waiver>,
}

impl Store {
    /// All findings a project ever had, in a stable order.
    pub async fn known_findings(&self, project: ProjectId) -> Result<Vec<KnownFinding>, StoreError> {
        let rows =
            sqlx::query("SELECT id, body, state, state_reason, waiver_until, first_seen FROM finding WHERE project_id = ? ORDER BY id")
                .bind(*project.as_uuid())
                .fetch_all(self.read())
                .await?;
        let known = |row: &SqliteRow| {
            Ok(KnownFinding {
                id: FindingId::from_uuid(row.try_get("id")?),
                finding: parse(row.try_get("body")?, "finding")?,
                state: state(row)?,
                reason: row.try_get("state_reason")?,
                waived_until: row.try_get::<Option<&str>, _>("waiver_until")?.and_then(Day::parse),
                first_seen: row.try_get("first_seen")?,
            })
        };
        rows.iter().map(known).collect()
    }

    /// Keeps what a running review has concluded, in one step, in the place of what it had concluded before: while it goes on,
    /// or, with a status that says so, at its end. False (and nothing changed) when it was not running any more. A state that
    /// a person set while the review ran is kept.
    pub async fn conclude_review(
        &self,
        project: ProjectId,
        review: &Review,
        findings: &[Concluded],
        happening: Option<&Happening<'_>>,
    ) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let running: Option<i64> = sqlx::query_scalar("SELECT 1 FROM review WHERE id = ? AND status = 'running'")
            .bind(*review.id.as_uuid())
            .fetch_optional(&mut *write)
            .await?;
        if running.is_none() {
            return Ok(false);
        }
        sqlx::query("DELETE FROM review_finding WHERE review_id = ?").bind(*review.id.as_uuid()).execute(&mut *write).await?;
        for (position, concluded) in (0_i64..).zip(findings) {
            let text = body(&concluded.finding)?;
            match concluded.before {
                None => insert(&mut write, project, review.number, concluded, &text).await?,
                Some(before) => update(&mut write, review.number, concluded, before, &text).await?,
            }
            sqlx::query(
                "INSERT INTO review_finding (review_id, finding_id, position, change, state, body)
                 SELECT ?, id, ?, ?, state, ? FROM finding WHERE id = ?",
            )
            .bind(*review.id.as_uuid())
            .bind(position)
            .bind(word(&concluded.change))
            .bind(&text)
            .bind(*concluded.id.as_uuid())
            .execute(&mut *write)
            .await?;
        }
        // What was found on the way and is now part of another finding; not where somebody has said something already.
        sqlx::query(
            "DELETE FROM finding WHERE project_id = ? AND first_seen = ? AND id NOT IN (SELECT finding_id FROM review_finding)
             AND id NOT IN (SELECT finding_id FROM finding_comment)",
        )
        .bind(*project.as_uuid())
        .bind(review.number)
        .execute(&mut *write)
        .await?;
        save_review(&mut write, review).await?;
        if let Some(happening) = happening {
            happening.write(&mut write).await?;
        }
        write.commit().await?;
        Ok(true)
    }

    /// A review's findings in its order, each with the state it had when the next review finished (now, for the newest)
    /// and its discussion.
    pub async fn review_findings(&self, review: ReviewId) -> Result<Vec<ReviewFinding>, StoreError> {
        let rows = sqlx::query(
            "SELECT finding.id, review_finding.body, review_finding.state, review_finding.change, finding.first_seen,
                    finding.state AS now_state, finding.state_reason, finding.state_at, user.name AS state_by_name,
                    finding.assignee, assignee.name AS assignee_name, finding.due, finding.ticket, finding.mistake,
                    finding.waiver_by, finding.waiver_at, finding.waiver_reason, finding.waiver_until, waiver.name AS waiver_by_name
             FROM review_finding JOIN finding ON finding.id = review_finding.finding_id
             LEFT JOIN user ON user.id = finding.state_by
             LEFT JOIN user AS assignee ON assignee.id = finding.assignee
             LEFT JOIN user AS waiver ON waiver.id = finding.waiver_by
             WHERE review_finding.review_id = ? ORDER BY review_finding.position",
        )
        .bind(*review.as_uuid())
        .fetch_all(self.read())
        .await?;
        let comments = sqlx::query(
            "SELECT finding_comment.*, user.name AS author_name FROM finding_comment JOIN user ON user.id = finding_comment.author_id
             WHERE finding_id IN (SELECT finding_id FROM review_finding WHERE review_id = ?) ORDER BY at, finding_comment.id",
        )
        .bind(*review.as_uuid())
        .fetch_all(self.read())
        .await?;
        let not_useful = self.not_useful_in_review(review).await?;
        review_findings(&rows, &comments, not_useful)
    }

    /// All findings of a project, oldest first, as its newest review that knows each saw it.
    pub async fn findings(&self, project: ProjectId) -> Result<Vec<ReviewFinding>, StoreError> {
        let rows = sqlx::query(
            "SELECT finding.id, finding.body, finding.state, finding.state AS now_state, finding.state_reason, finding.state_at,
                    finding.first_seen, user.name AS state_by_name,
                    finding.assignee, assignee.name AS assignee_name, finding.due, finding.ticket, finding.mistake,
                    finding.waiver_by, finding.waiver_at, finding.waiver_reason, finding.waiver_until, waiver.name AS waiver_by_name,
                    (SELECT change FROM review_finding JOIN review ON review.id = review_finding.review_id
                     WHERE finding_id = finding.id ORDER BY review.number DESC LIMIT 1) AS change
             FROM finding LEFT JOIN user ON user.id = finding.state_by
             LEFT JOIN user AS assignee ON assignee.id = finding.assignee
             LEFT JOIN user AS waiver ON waiver.id = finding.waiver_by
             WHERE project_id = ? ORDER BY finding.id",
        )
        .bind(*project.as_uuid())
        .fetch_all(self.read())
        .await?;
        let comments = sqlx::query(
            "SELECT finding_comment.*, user.name AS author_name FROM finding_comment JOIN user ON user.id = finding_comment.author_id
             WHERE finding_id IN (SELECT id FROM finding WHERE project_id = ?) ORDER BY at, finding_comment.id",
        )
        .bind(*project.as_uuid())
        .fetch_all(self.read())
        .await?;
        let not_useful = self.not_useful_in_project(project).await?;
        review_findings(&rows, &comments, not_useful)
    }

    /// Keeps a person's decision; the newest finished review takes it on, with its judgement as given.
    pub async fn decide(&self, decision: &Decision<'_>, newest: Option<&Review>, happening: &Happening<'_>) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE finding SET state = ?, state_reason = ?, state_by = ?, state_at = ?, mistake = ? WHERE id = ?")
            .bind(decision.state.slug())
            .bind(decision.reason)
            .bind(*happening.user.as_uuid())
            .bind(happening.at.0)
            .bind(decision.mistake.map(Mistake::slug))
            .bind(*decision.finding.as_uuid())
            .execute(&mut *write)
            .await?;
        set_waiver(&mut write, decision.finding, decision.waiver).await?;
        if let Some(review) = newest {
            sqlx::query("UPDATE review_finding SET state = ? WHERE review_id = ? AND finding_id = ?")
                .bind(decision.state.slug())
                .bind(*review.id.as_uuid())
                .bind(*decision.finding.as_uuid())
                .execute(&mut *write)
                .await?;
            save_review(&mut write, review).await?;
        }
        happening.write(&mut write).await?;
        write.commit().await?;
        Ok(())
    }

    /// Keeps a remark, and whom it names.
    pub async fn add_comment(
        &self,
        id: CommentId,
        finding: FindingId,
        text: &str,
        named: &[UserId],
        happening: &Happening<'_>,
    ) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("INSERT INTO finding_comment (id, finding_id, author_id, at, body) VALUES (?, ?, ?, ?, ?)")
            .bind(*id.as_uuid())
            .bind(*finding.as_uuid())
            .bind(*happening.user.as_uuid())
            .bind(happening.at.0)
            .bind(text)
            .execute(&mut *write)
            .await?;
        for user in named {
            sqlx::query("INSERT INTO mention (comment_id, user_id) VALUES (?, ?)")
                .bind(*id.as_uuid())
                .bind(*user.as_uuid())
                .execute(&mut *write)
                .await?;
        }
        happening.write(&mut write).await?;
        write.commit().await?;
        Ok(())
    }

    /// What a finding says, the state it is in, and the waiver that was asked for or granted.
    pub async fn finding(&self, id: FindingId) -> Result<Option<(Finding, FindingState, Option<Waiver>)>, StoreError> {
        let row = sqlx::query(
            "SELECT finding.*, user.name AS waiver_by_name FROM finding LEFT JOIN user ON user.id = finding.waiver_by WHERE finding.id = ?",
        )
        .bind(*id.as_uuid())
        .fetch_optional(self.read())
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some((parse(row.try_get("body")?, "finding")?, state(&row)?, waiver(&row)?)))
    }
}

async fn insert(
    write: &mut SqliteConnection,
    project: ProjectId,
    number: u32,
    concluded: &Concluded,
    text: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO finding (id, project_id, code, fingerprint, names_fingerprint, state, first_seen, last_seen, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(*concluded.id.as_uuid())
    .bind(*project.as_uuid())
    .bind(&concluded.finding.code)
    .bind(&concluded.finding.fingerprint.0)
    .bind(&concluded.finding.names_fingerprint.0)
    .bind(concluded.state.slug())
    .bind(concluded.first_seen)
    .bind(number)
    .bind(text)
    .execute(write)
    .await?;
    Ok(())
}

async fn update(
    write: &mut SqliteConnection,
    number: u32,
    concluded: &Concluded,
    before: FindingState,
    text: &str,
) -> Result<(), StoreError> {
    let seen = !matches!(concluded.change, Change::Fixed | Change::Obsolete | Change::NotEvaluated);
    sqlx::query(
        "UPDATE finding SET fingerprint = ?, names_fingerprint = ?, body = ?, last_seen = CASE WHEN ? THEN ? ELSE last_seen END,
                waiver_by = CASE WHEN state = 'wont-fix' AND ? = 'open' THEN NULL ELSE waiver_by END,
                state = CASE WHEN state = ? THEN ? ELSE state END
         WHERE id = ?",
    )
    .bind(&concluded.finding.fingerprint.0)
    .bind(&concluded.finding.names_fingerprint.0)
    .bind(text)
    .bind(seen)
    .bind(number)
    // A waiver that has run out is none that somebody asks for.
    .bind(concluded.state.slug())
    .bind(before.slug())
    .bind(concluded.state.slug())
    .bind(*concluded.id.as_uuid())
    .execute(write)
    .await?;
    Ok(())
}

fn state(row: &SqliteRow) -> Result<FindingState, StoreError> {
    FindingState::parse(row.try_get("state")?).ok_or(StoreError::Unreadable { what: "finding state" })
}

fn review_findings(
    rows: &[SqliteRow],
    comments: &[SqliteRow],
    mut not_useful: BTreeMap<FindingId, Vec<Who>>,
) -> Result<Vec<ReviewFinding>, StoreError> {
    let mut said: BTreeMap<FindingId, Vec<Comment>> = BTreeMap::new();
    for row in comments {
        let (author, agent): (String, Option<String>) = (row.try_get("author_name")?, row.try_get("agent")?);
        said.entry(FindingId::from_uuid(row.try_get("finding_id")?)).or_default().push(Comment {
            id: CommentId::from_uuid(row.try_get("id")?),
            author: agent.clone().unwrap_or_else(|| author.clone()),
            at: Moment(row.try_get("at")?),
            body: row.try_get("body")?,
            answer: match agent {
                Some(_) => Some(AnswerSource { asked_by: author, run: row.try_get::<Option<_>, _>("run_id")?.map(RunId::from_uuid) }),
                None => None,
            },
        });
    }
    let mut finding = |row: &SqliteRow| {
        let id = FindingId::from_uuid(row.try_get("id")?);
        let shown = state(row)?;
        // A reason belongs to the decision of today; an older review that shows another state has none to show.
        let current = row.try_get::<&str, _>("now_state")? == shown.slug();
        Ok(ReviewFinding {
            id,
            finding: parse(row.try_get("body")?, "finding")?,
            state: shown,
            state_reason: if current { row.try_get("state_reason")? } else { String::new() },
            state_by: if current { row.try_get("state_by_name")? } else { None },
            state_at: if current { row.try_get::<Option<i64>, _>("state_at")?.map(Moment) } else { None },
            change: row.try_get::<Option<&str>, _>("change")?.map_or(Ok(Change::New), |text| from_word(text, "change"))?,
            first_seen: row.try_get("first_seen")?,
            comments: said.remove(&id).unwrap_or_default(),
            triage: triage(row, not_useful.remove(&id).unwrap_or_default())?,
        })
    };
    rows.iter().map(&mut finding).collect()
}
