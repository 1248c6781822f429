//! What teams arrange about findings, how useful rules are, and what waits for a person.

use std::collections::BTreeMap;

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use crate::{
    domain::{
        id::{FindingId, ProjectId, ReviewId, UserId},
        inbox::{Errand, Waiting},
        moment::{Day, Moment},
        review::{
            finding::{Category, Finding},
            triage::{Health, Mistake, Seen, Triage, Waiver, Who},
        },
    },
    server::store::{
        Store, StoreError,
        activity::Happening,
        reviews::{from_word, parse},
    },
};

/// Open findings of each review by category, oldest review first.
pub type Trend = BTreeMap<Category, Vec<(u32, u32)>>;

/// Who mends a finding, until when, under which ticket.
#[derive(Clone, Copy, Debug)]
pub struct Arrangement<'a> {
    pub assignee: Option<UserId>,
    pub due: Option<Day>,
    pub ticket: &'a str,
}

impl Store {
    /// Keeps who mends a finding, until when, under which ticket.
    pub async fn arrange(&self, finding: FindingId, arranged: Arrangement<'_>, happening: &Happening<'_>) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE finding SET assignee = ?, due = ?, ticket = ? WHERE id = ?")
            .bind(arranged.assignee.map(|user| *user.as_uuid()))
            .bind(arranged.due.map(|due| due.to_string()))
            .bind(arranged.ticket)
            .bind(*finding.as_uuid())
            .execute(&mut *write)
            .await?;
        happening.write(&mut write).await?;
        write.commit().await?;
        Ok(())
    }

    /// Keeps that somebody wants a risk carried, or, with none, that it is not to be.
    pub async fn ask_waiver(&self, finding: FindingId, asked: Option<&Waiver>, happening: &Happening<'_>) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        set_waiver(&mut write, finding, asked).await?;
        happening.write(&mut write).await?;
        write.commit().await?;
        Ok(())
    }

    /// Keeps that a finding was of no use to somebody, or, without a reason, that it was.
    pub async fn rate(&self, finding: FindingId, user: UserId, at: Moment, reason: Option<&str>) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let query = match reason {
            Some(reason) => sqlx::query(
                "INSERT INTO finding_feedback (finding_id, user_id, at, reason) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (finding_id, user_id) DO UPDATE SET at = excluded.at, reason = excluded.reason",
            )
            .bind(*finding.as_uuid())
            .bind(*user.as_uuid())
            .bind(at.0)
            .bind(reason),
            None => sqlx::query("DELETE FROM finding_feedback WHERE finding_id = ? AND user_id = ?")
                .bind(*finding.as_uuid())
                .bind(*user.as_uuid()),
        };
        query.execute(&mut *write).await?;
        write.commit().await?;
        Ok(())
    }

    /// What became of everything that each rule has said on this server, by code.
    pub async fn rule_health(&self) -> Result<Vec<Health>, StoreError> {
        let rows = sqlx::query(
            "SELECT code, count(*) AS shown, sum(state = 'fixed') AS fixed, sum(state = 'wont-fix') AS carried,
                    sum(state = 'false-positive') AS false_positives,
                    sum(state <> 'false-positive' AND id IN (SELECT finding_id FROM finding_feedback)) AS not_useful
             FROM finding WHERE code LIKE 'LNT-%' GROUP BY code ORDER BY code",
        )
        .fetch_all(self.read())
        .await?;
        let health = |row: &SqliteRow| {
            Ok(Health {
                code: row.try_get("code")?,
                shown: row.try_get("shown")?,
                fixed: row.try_get("fixed")?,
                carried: row.try_get("carried")?,
                false_positives: row.try_get("false_positives")?,
                not_useful: row.try_get("not_useful")?,
            })
        };
        rows.iter().map(health).collect()
    }

    /// Open findings of one rule in the projects that a person is a member of, newest first.
    pub async fn open_of_rule(&self, user: UserId, code: &str, most: u32) -> Result<Vec<Seen>, StoreError> {
        let rows = sqlx::query(
            "SELECT project.slug, project.name, finding.id, finding.body,
                    (SELECT max(number) FROM review WHERE project_id = project.id AND status = 'finished') AS newest
             FROM finding JOIN project ON project.id = finding.project_id JOIN member ON member.project_id = project.id
             WHERE finding.code = ? AND finding.state IN ('open', 'accepted') AND member.user_id = ? AND project.deleted_at IS NULL
             ORDER BY finding.last_seen DESC, finding.id LIMIT ?",
        )
        .bind(code)
        .bind(*user.as_uuid())
        .bind(most)
        .fetch_all(self.read())
        .await?;
        let seen = |row: &SqliteRow| {
            let finding: Finding = parse(row.try_get("body")?, "finding")?;
            Ok(Seen {
                slug: row.try_get("slug")?,
                project: row.try_get("name")?,
                review: row.try_get::<Option<u32>, _>("newest")?.unwrap_or_default(),
                finding: FindingId::from_uuid(row.try_get("id")?),
                subject: finding.subjects.first().cloned().unwrap_or(finding.title),
            })
        };
        rows.iter().map(seen).collect()
    }

    /// How many findings of each category counted when each review ended, for the newest so many.
    pub async fn trend(&self, project: ProjectId, most: u32) -> Result<Trend, StoreError> {
        let rows = sqlx::query(
            "SELECT review.number, json_extract(review_finding.body, '$.category') AS category, count(*) AS findings
             FROM review JOIN review_finding ON review_finding.review_id = review.id
             WHERE review.id IN (SELECT id FROM review WHERE project_id = ? AND status = 'finished' ORDER BY number DESC LIMIT ?)
               AND review_finding.state IN ('open', 'accepted')
             GROUP BY review.number, category ORDER BY review.number",
        )
        .bind(*project.as_uuid())
        .bind(most)
        .fetch_all(self.read())
        .await?;
        let mut trend = Trend::new();
        for row in &rows {
            let category: Category = from_word(row.try_get("category")?, "category")?;
            trend.entry(category).or_default().push((row.try_get("number")?, row.try_get("findings")?));
        }
        Ok(trend)
    }

    /// A person has seen what was said to them about a finding.
    pub async fn see_mentions(&self, user: UserId, finding: FindingId, at: Moment) -> Result<(), StoreError> {
        let waiting: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM mention JOIN finding_comment ON finding_comment.id = mention.comment_id
             WHERE user_id = ? AND seen_at IS NULL AND finding_id = ? LIMIT 1",
        )
        .bind(*user.as_uuid())
        .bind(*finding.as_uuid())
        .fetch_optional(self.read())
        .await?;
        if waiting.is_none() {
            return Ok(());
        }
        let mut write = self.write().await?;
        sqlx::query(
            "UPDATE mention SET seen_at = ? WHERE user_id = ? AND seen_at IS NULL
             AND comment_id IN (SELECT id FROM finding_comment WHERE finding_id = ?)",
        )
        .bind(at.0)
        .bind(*user.as_uuid())
        .bind(*finding.as_uuid())
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(())
    }

    /// What waits for a person in the projects they are a member of, newest first.
    pub async fn waiting(&self, user: UserId, most: u32) -> Result<Vec<Waiting>, StoreError> {
        let rows = sqlx::query(
            "WITH mine AS (
                 SELECT project.id, project.slug, project.name, member.role,
                        (SELECT max(number) FROM review WHERE project_id = project.id AND status = 'finished') AS newest
                 FROM member JOIN project ON project.id = member.project_id
                 WHERE member.user_id = ?1 AND project.deleted_at IS NULL
             )
             SELECT 'mention' AS kind, mine.slug, mine.name, mine.newest, finding.id AS finding, finding.body,
                    author.name AS who, finding_comment.body AS words, finding_comment.at AS at, NULL AS due
             FROM mention JOIN finding_comment ON finding_comment.id = mention.comment_id
             JOIN finding ON finding.id = finding_comment.finding_id JOIN mine ON mine.id = finding.project_id
             JOIN user AS author ON author.id = finding_comment.author_id
             WHERE mention.user_id = ?1 AND mention.seen_at IS NULL
             UNION ALL
             SELECT 'waiver', mine.slug, mine.name, mine.newest, finding.id, finding.body, asker.name, finding.waiver_reason,
                    finding.waiver_at, NULL
             FROM finding JOIN mine ON mine.id = finding.project_id JOIN user AS asker ON asker.id = finding.waiver_by
             WHERE finding.state IN ('open', 'accepted') AND finding.waiver_by <> ?1 AND mine.role IN ('editor', 'owner')
             UNION ALL
             SELECT 'assigned', mine.slug, mine.name, mine.newest, finding.id, finding.body, NULL, finding.ticket,
                    coalesce(finding.state_at, 0), finding.due
             FROM finding JOIN mine ON mine.id = finding.project_id
             WHERE finding.assignee = ?1 AND finding.state IN ('open', 'accepted')
             UNION ALL
             SELECT 'review', mine.slug, mine.name, mine.newest, NULL, NULL, starter.name,
                    json_extract(review.body, '$.verdict_reason'), review.finished_at, NULL
             FROM review JOIN mine ON mine.id = review.project_id AND mine.newest = review.number
             JOIN user AS starter ON starter.id = review.started_by
             WHERE review.verdict IN ('needs-work', 'blocked') AND mine.role IN ('editor', 'owner')
             ORDER BY at DESC, kind, finding LIMIT ?2",
        )
        .bind(*user.as_uuid())
        .bind(most)
        .fetch_all(self.read())
        .await?;
        rows.iter().map(waiting).collect()
    }

    /// For whom findings of a review were of no use, by name.
    pub(in crate::server::store) async fn not_useful_in_review(
        &self,
        review: ReviewId,
    ) -> Result<BTreeMap<FindingId, Vec<Who>>, StoreError> {
        let query = "SELECT finding_id, user_id, user.name FROM finding_feedback JOIN user ON user.id = user_id
             WHERE finding_id IN (SELECT finding_id FROM review_finding WHERE review_id = ?) ORDER BY user.name";
        by_finding(&sqlx::query(query).bind(*review.as_uuid()).fetch_all(self.read()).await?)
    }

    /// For whom findings of a project were of no use, by name.
    pub(in crate::server::store) async fn not_useful_in_project(
        &self,
        project: ProjectId,
    ) -> Result<BTreeMap<FindingId, Vec<Who>>, StoreError> {
        let query = "SELECT finding_id, user_id, user.name FROM finding_feedback JOIN user ON user.id = user_id
             WHERE finding_id IN (SELECT id FROM finding WHERE project_id = ?) ORDER BY user.name";
        by_finding(&sqlx::query(query).bind(*project.as_uuid()).fetch_all(self.read()).await?)
    }
}

fn by_finding(rows: &[SqliteRow]) -> Result<BTreeMap<FindingId, Vec<Who>>, StoreError> {
    let mut found: BTreeMap<FindingId, Vec<Who>> = BTreeMap::new();
    for row in rows {
        found
            .entry(FindingId::from_uuid(row.try_get("finding_id")?))
            .or_default()
            .push(Who { id: UserId::from_uuid(row.try_get("user_id")?), name: row.try_get("name")? });
    }
    Ok(found)
}

fn waiting(row: &SqliteRow) -> Result<Waiting, StoreError> {
    let finding: Option<Finding> = row.try_get::<Option<&str>, _>("body")?.map(|body| parse(body, "finding")).transpose()?;
    Ok(Waiting {
        errand: match row.try_get::<&str, _>("kind")? {
            "mention" => Errand::Mention,
            "waiver" => Errand::Waiver,
            "assigned" => Errand::Assigned,
            _ => Errand::Review,
        },
        slug: row.try_get("slug")?,
        project: row.try_get("name")?,
        review: row.try_get("newest")?,
        finding: row.try_get::<Option<_>, _>("finding")?.map(FindingId::from_uuid),
        title: finding.as_ref().map(|finding| finding.title.clone()).unwrap_or_default(),
        severity: finding.map(|finding| finding.severity),
        who: row.try_get("who")?,
        words: row.try_get::<Option<String>, _>("words")?.unwrap_or_default(),
        at: Moment(row.try_get("at")?),
        due: row.try_get::<Option<&str>, _>("due")?.and_then(Day::parse),
    })
}

/// Writes who wants a risk carried, why and until when; none for nobody.
pub(in crate::server::store) async fn set_waiver(
    write: &mut SqliteConnection,
    finding: FindingId,
    waiver: Option<&Waiver>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE finding SET waiver_by = ?, waiver_at = ?, waiver_reason = ?, waiver_until = ? WHERE id = ?")
        .bind(waiver.map(|waiver| *waiver.asked_by.id.as_uuid()))
        .bind(waiver.map(|waiver| waiver.asked_at.0))
        .bind(waiver.map_or("", |waiver| &waiver.reason))
        .bind(waiver.map(|waiver| waiver.until.to_string()))
        .bind(*finding.as_uuid())
        .execute(write)
        .await?;
    Ok(())
}

/// The waiver of a row of `finding` with `waiver_by_name`.
pub(in crate::server::store) fn waiver(row: &SqliteRow) -> Result<Option<Waiver>, StoreError> {
    let Some(by) = row.try_get::<Option<_>, _>("waiver_by")? else { return Ok(None) };
    let Some(until) = row.try_get::<Option<&str>, _>("waiver_until")?.and_then(Day::parse) else { return Ok(None) };
    Ok(Some(Waiver {
        reason: row.try_get("waiver_reason")?,
        until,
        asked_by: Who { id: UserId::from_uuid(by), name: row.try_get("waiver_by_name")? },
        asked_at: Moment(row.try_get::<Option<i64>, _>("waiver_at")?.unwrap_or_default()),
    }))
}

/// What is arranged, from a row of `finding` with the names of assignee and asker.
pub(in crate::server::store) fn triage(row: &SqliteRow, not_useful: Vec<Who>) -> Result<Triage, StoreError> {
    let assignee = match row.try_get::<Option<_>, _>("assignee")? {
        Some(id) => Some(Who { id: UserId::from_uuid(id), name: row.try_get("assignee_name")? }),
        None => None,
    };
    Ok(Triage {
        assignee,
        due: row.try_get::<Option<&str>, _>("due")?.and_then(Day::parse),
        ticket: row.try_get("ticket")?,
        waiver: waiver(row)?,
        mistake: row.try_get::<Option<&str>, _>("mistake")?.and_then(Mistake::parse),
        not_useful,
    })
}
