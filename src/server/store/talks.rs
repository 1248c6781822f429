//! Talks with agents: their frozen texts, the questions with their runs, and the answers.

use sqlx::{Row, sqlite::SqliteRow};

use crate::{
    domain::{
        agent::audit::Record,
        brief::{Brief, Section},
        id::{CommentId, DocumentId, FindingId, ProjectId, ReviewId, TalkId, UserId},
        moment::Moment,
        review::{ReviewedDocument, agents::AgentRun},
        talk::{About, Asked, Talk},
    },
    server::store::{
        Store, StoreError,
        activity::Happening,
        reviews::{Frozen, body, frozen, parse},
        runs::{insert_run, write_records, write_run},
    },
};

/// Where a talk's texts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextsOf {
    Review(ReviewId),
    Talk(TalkId),
}

/// A talk that is about to begin.
#[derive(Clone, Copy, Debug)]
pub struct NewTalk<'a> {
    pub id: TalkId,
    pub project: ProjectId,
    pub about: About,
    /// For a talk about a finding: the review whose texts are read, and the finding.
    pub finding: Option<(ReviewId, FindingId)>,
    pub title: &'a str,
    pub texts: &'a [Frozen],
    pub user: UserId,
    pub at: Moment,
}

/// A question that is about to be asked.
#[derive(Clone, Copy, Debug)]
pub struct NewQuestion<'a> {
    pub talk: TalkId,
    pub project: ProjectId,
    pub run: &'a AgentRun,
    pub comment: Option<CommentId>,
    pub user: UserId,
    pub at: Moment,
    pub text: &'a str,
}

impl Store {
    /// Keeps a talk with its texts. One about a finding of a review that is there already is answered as it is.
    pub async fn begin_talk(&self, talk: &NewTalk<'_>) -> Result<TalkId, StoreError> {
        let mut write = self.write().await?;
        if let Some((review, finding)) = talk.finding {
            let known = sqlx::query_scalar("SELECT id FROM talk WHERE finding_id = ? AND review_id = ?")
                .bind(*finding.as_uuid())
                .bind(*review.as_uuid())
                .fetch_optional(&mut *write)
                .await?;
            if let Some(known) = known {
                return Ok(TalkId::from_uuid(known));
            }
        }
        sqlx::query(
            "INSERT INTO talk (id, project_id, kind, review_id, finding_id, title, started_by, started_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(*talk.id.as_uuid())
        .bind(*talk.project.as_uuid())
        .bind(talk.about.slug())
        .bind(talk.finding.map(|(review, _)| *review.as_uuid()))
        .bind(talk.finding.map(|(_, finding)| *finding.as_uuid()))
        .bind(talk.title)
        .bind(*talk.user.as_uuid())
        .bind(talk.at.0)
        .execute(&mut *write)
        .await?;
        for (position, text) in (0_i64..).zip(talk.texts) {
            sqlx::query(
                "INSERT INTO talk_document (talk_id, doc_id, position, kind, path, title, revision, sha256, text)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(*talk.id.as_uuid())
            .bind(*text.reviewed.document.as_uuid())
            .bind(position)
            .bind(text.kind.slug())
            .bind(&text.reviewed.path)
            .bind(&text.reviewed.title)
            .bind(text.reviewed.revision)
            .bind(&text.reviewed.sha256)
            .bind(&text.text)
            .execute(&mut *write)
            .await?;
        }
        write.commit().await?;
        Ok(talk.id)
    }

    /// Keeps a question with the run that is to answer it.
    pub async fn ask(&self, question: &NewQuestion<'_>, happening: Option<&Happening<'_>>) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let position: i64 = sqlx::query_scalar("SELECT count(*) FROM talk_question WHERE talk_id = ?")
            .bind(*question.talk.as_uuid())
            .fetch_one(&mut *write)
            .await?;
        insert_run(&mut write, question.project, None, question.user, position, question.run).await?;
        sqlx::query(
            "INSERT INTO talk_question (run_id, talk_id, position, comment_id, asked_by, asked_at, question) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(*question.run.id.as_uuid())
        .bind(*question.talk.as_uuid())
        .bind(position)
        .bind(question.comment.map(|comment| *comment.as_uuid()))
        .bind(*question.user.as_uuid())
        .bind(question.at.0)
        .bind(question.text)
        .execute(&mut *write)
        .await?;
        if let Some(happening) = happening {
            happening.write(&mut write).await?;
        }
        write.commit().await?;
        Ok(())
    }

    /// Keeps how a run ended together with what it left behind and its answer, in one step. In a talk about a finding the answer
    /// becomes a remark, under the id given.
    pub async fn answer(&self, run: &AgentRun, records: &[Record], answer: &str, remark: CommentId, at: Moment) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        write_run(&mut write, run).await?;
        write_records(&mut write, run.id, records).await?;
        sqlx::query("UPDATE talk_question SET answer = ? WHERE run_id = ?")
            .bind(answer)
            .bind(*run.id.as_uuid())
            .execute(&mut *write)
            .await?;
        sqlx::query(
            "INSERT INTO finding_comment (id, finding_id, author_id, at, body, agent, run_id)
             SELECT ?, asking.finding_id, talk_question.asked_by, ?, ?, ?, talk_question.run_id
             FROM talk_question JOIN finding_comment AS asking ON asking.id = talk_question.comment_id WHERE talk_question.run_id = ?",
        )
        .bind(*remark.as_uuid())
        .bind(at.0)
        .bind(answer)
        .bind(&run.agent)
        .bind(*run.id.as_uuid())
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(())
    }

    /// Keeps a section of a talk's design brief, in the place of what it said before.
    pub async fn write_brief(&self, talk: TalkId, section: Section, text: &str) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let kept: String = sqlx::query_scalar("SELECT brief FROM talk WHERE id = ?").bind(*talk.as_uuid()).fetch_one(&mut *write).await?;
        let mut brief = brief(&kept)?;
        brief.0.insert(section, text.to_owned());
        sqlx::query("UPDATE talk SET brief = ? WHERE id = ?").bind(body(&brief)?).bind(*talk.as_uuid()).execute(&mut *write).await?;
        write.commit().await?;
        Ok(())
    }

    /// A talk's design brief; empty for one that drafts nothing.
    pub async fn brief(&self, talk: TalkId) -> Result<Brief, StoreError> {
        let kept: Option<String> =
            sqlx::query_scalar("SELECT brief FROM talk WHERE id = ?").bind(*talk.as_uuid()).fetch_optional(self.read()).await?;
        brief(kept.as_deref().unwrap_or_default())
    }

    /// A project's talks about its design, newest first.
    pub async fn talks(&self, project: ProjectId) -> Result<Vec<Talk>, StoreError> {
        let rows = sqlx::query(
            "SELECT talk.*, user.name AS started_by_name,
                    (SELECT count(*) FROM talk_question WHERE talk_id = talk.id) AS questions
             FROM talk JOIN user ON user.id = talk.started_by
             WHERE talk.project_id = ? AND talk.finding_id IS NULL ORDER BY talk.started_at DESC, talk.id DESC",
        )
        .bind(*project.as_uuid())
        .fetch_all(self.read())
        .await?;
        rows.iter().map(|row| talk(row, Vec::new())).collect()
    }

    /// One talk of a project, with where its texts are and the finding it is about.
    pub async fn talk(&self, project: ProjectId, id: TalkId) -> Result<Option<(Talk, TextsOf, Option<FindingId>)>, StoreError> {
        let row = sqlx::query(
            "SELECT talk.*, user.name AS started_by_name,
                    (SELECT count(*) FROM talk_question WHERE talk_id = talk.id) AS questions
             FROM talk JOIN user ON user.id = talk.started_by WHERE talk.id = ? AND talk.project_id = ?",
        )
        .bind(*id.as_uuid())
        .bind(*project.as_uuid())
        .fetch_optional(self.read())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let documents = sqlx::query("SELECT * FROM talk_document WHERE talk_id = ? ORDER BY position")
            .bind(*id.as_uuid())
            .fetch_all(self.read())
            .await?;
        let reviewed = |row: &SqliteRow| {
            Ok(ReviewedDocument {
                document: DocumentId::from_uuid(row.try_get("doc_id")?),
                path: row.try_get("path")?,
                title: row.try_get("title")?,
                revision: row.try_get("revision")?,
                sha256: row.try_get("sha256")?,
            })
        };
        let documents = documents.iter().map(reviewed).collect::<Result<_, StoreError>>()?;
        let review = row.try_get::<Option<_>, _>("review_id")?.map(ReviewId::from_uuid);
        let finding = row.try_get::<Option<_>, _>("finding_id")?.map(FindingId::from_uuid);
        Ok(Some((talk(&row, documents)?, review.map_or(TextsOf::Talk(id), TextsOf::Review), finding)))
    }

    /// The texts that a review or a talk froze, in their order.
    pub async fn texts_of(&self, texts: TextsOf) -> Result<Vec<Frozen>, StoreError> {
        match texts {
            TextsOf::Review(review) => self.frozen_texts(review).await,
            TextsOf::Talk(talk) => {
                let rows = sqlx::query("SELECT * FROM talk_document WHERE talk_id = ? ORDER BY position")
                    .bind(*talk.as_uuid())
                    .fetch_all(self.read())
                    .await?;
                rows.iter().map(frozen).collect()
            }
        }
    }

    /// The questions of a talk, oldest first.
    pub async fn questions(&self, talk: TalkId) -> Result<Vec<Asked>, StoreError> {
        self.asked(Some(talk), None).await
    }

    /// What was asked about a review's findings, oldest first: whichever review it was asked in, for it stands in the discussion.
    pub async fn questions_about(&self, review: ReviewId) -> Result<Vec<Asked>, StoreError> {
        self.asked(None, Some(review)).await
    }

    async fn asked(&self, talk: Option<TalkId>, review: Option<ReviewId>) -> Result<Vec<Asked>, StoreError> {
        let rows = sqlx::query(
            "SELECT talk_question.*, talk.finding_id, user.name AS asked_by_name, agent_run.body AS run_body
             FROM talk_question
             JOIN talk ON talk.id = talk_question.talk_id
             JOIN user ON user.id = talk_question.asked_by
             JOIN agent_run ON agent_run.id = talk_question.run_id
             WHERE talk_question.talk_id = ? OR talk.finding_id IN (SELECT finding_id FROM review_finding WHERE review_id = ?)
             ORDER BY talk_question.asked_at, talk_question.position, talk_question.run_id",
        )
        .bind(talk.map(|talk| *talk.as_uuid()))
        .bind(review.map(|review| *review.as_uuid()))
        .fetch_all(self.read())
        .await?;
        rows.iter().map(asked).collect()
    }
}

fn brief(kept: &str) -> Result<Brief, StoreError> {
    if kept.is_empty() { Ok(Brief::default()) } else { parse(kept, "design brief") }
}

fn talk(row: &SqliteRow, documents: Vec<ReviewedDocument>) -> Result<Talk, StoreError> {
    Ok(Talk {
        id: TalkId::from_uuid(row.try_get("id")?),
        about: About::parse(row.try_get("kind")?).ok_or(StoreError::Unreadable { what: "talk" })?,
        title: row.try_get("title")?,
        started_by: row.try_get("started_by_name")?,
        started_at: Moment(row.try_get("started_at")?),
        documents,
        questions: row.try_get("questions")?,
    })
}

fn asked(row: &SqliteRow) -> Result<Asked, StoreError> {
    Ok(Asked {
        talk: TalkId::from_uuid(row.try_get("talk_id")?),
        run: parse(row.try_get("run_body")?, "agent run")?,
        finding: row.try_get::<Option<_>, _>("finding_id")?.map(FindingId::from_uuid),
        comment: row.try_get::<Option<_>, _>("comment_id")?.map(CommentId::from_uuid),
        asked_by: row.try_get("asked_by_name")?,
        asked_at: Moment(row.try_get("asked_at")?),
        question: row.try_get("question")?,
        answer: row.try_get("answer")?,
    })
}
