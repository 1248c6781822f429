//! Projects: their rows, their cards, and their end.

use sqlx::{Row, sqlite::SqliteRow};

use crate::{
    domain::{
        account::Person,
        id::{ProjectId, UserId},
        moment::Moment,
        project::{Project, ProjectCard},
        review::Review,
    },
    server::store::{Store, StoreError, access::project, activity::Happening, audit::Event},
};

/// A project to be.
#[derive(Clone, Debug)]
pub struct NewProject<'a> {
    pub id: ProjectId,
    pub slug: &'a str,
    pub name: &'a str,
    pub description: &'a str,
    pub owner: UserId,
    pub at: Moment,
}

impl Store {
    /// Creates a project with its owner. When the address is taken, `-2`, `-3` … is added to it, or, with `exact`,
    /// nothing is created and the answer is none.
    pub async fn create_project(&self, new: &NewProject<'_>, exact: bool) -> Result<Option<String>, StoreError> {
        let mut write = self.write().await?;
        let mut slug = new.slug.to_owned();
        let mut next = 2;
        loop {
            let taken: Option<i64> =
                sqlx::query_scalar("SELECT 1 FROM project WHERE slug = ?").bind(&slug).fetch_optional(&mut *write).await?;
            if taken.is_none() {
                break;
            }
            if exact {
                return Ok(None);
            }
            slug = format!("{}-{next}", new.slug);
            next += 1;
        }
        sqlx::query("INSERT INTO project (id, slug, name, description, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)")
            .bind(*new.id.as_uuid())
            .bind(&slug)
            .bind(new.name)
            .bind(new.description)
            .bind(new.at.0)
            .bind(new.at.0)
            .execute(&mut *write)
            .await?;
        sqlx::query("INSERT INTO member (project_id, user_id, role, created_at) VALUES (?, ?, 'owner', ?)")
            .bind(*new.id.as_uuid())
            .bind(*new.owner.as_uuid())
            .bind(new.at.0)
            .execute(&mut *write)
            .await?;
        let page = format!("/p/{slug}");
        let subject = Some((new.name, page.as_str()));
        Happening { project: new.id, user: new.owner, at: new.at, what: "created", subject }.write(&mut write).await?;
        Event { at: new.at, actor: Some(new.owner), action: "project.create", target: &slug, detail: "" }.write(&mut write).await?;
        write.commit().await?;
        Ok(Some(slug))
    }

    /// A person's projects as cards, by name; deleted ones are not among them.
    pub async fn project_cards(&self, user: UserId) -> Result<Vec<ProjectCard>, StoreError> {
        let rows = sqlx::query(
            "SELECT project.*, member.role,
                    (SELECT count(*) FROM document WHERE project_id = project.id AND deleted_at IS NULL AND kind = 'diagram') AS diagrams,
                    (SELECT count(*) FROM document WHERE project_id = project.id AND deleted_at IS NULL AND kind = 'decision') AS decisions,
                    (SELECT count(*) FROM review WHERE project_id = project.id) AS reviews,
                    (SELECT count(*) FROM member AS other WHERE other.project_id = project.id) AS members,
                    (SELECT body FROM review WHERE project_id = project.id AND status = 'finished' ORDER BY number DESC LIMIT 1) AS newest
             FROM project JOIN member ON member.project_id = project.id
             WHERE member.user_id = ? AND project.deleted_at IS NULL ORDER BY project.name COLLATE NOCASE, project.slug",
        )
        .bind(*user.as_uuid())
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                let newest: Option<String> = row.try_get("newest")?;
                let newest: Option<Review> =
                    newest.map(|body| serde_json::from_str(&body)).transpose().map_err(|_| StoreError::Unreadable { what: "review" })?;
                Ok(ProjectCard {
                    project: project(row)?,
                    diagrams: row.try_get("diagrams")?,
                    decisions: row.try_get("decisions")?,
                    reviews: row.try_get("reviews")?,
                    members: row.try_get("members")?,
                    verdict: newest.as_ref().and_then(|review| review.verdict),
                    counts: newest.map(|review| review.counts).unwrap_or_default(),
                })
            })
            .collect()
    }

    /// Deleted projects that a person owns, the last deleted first.
    pub async fn deleted_projects(&self, owner: UserId) -> Result<Vec<Project>, StoreError> {
        let rows = sqlx::query(
            "SELECT project.*, member.role FROM project JOIN member ON member.project_id = project.id
             WHERE member.user_id = ? AND member.role = 'owner' AND project.deleted_at IS NOT NULL
             ORDER BY project.deleted_at DESC, project.slug",
        )
        .bind(*owner.as_uuid())
        .fetch_all(self.read())
        .await?;
        rows.iter().map(project).collect()
    }

    /// Sets name and description.
    pub async fn rename_project(
        &self,
        id: ProjectId,
        name: &str,
        description: &str,
        ticket_url: &str,
        at: Moment,
    ) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE project SET name = ?, description = ?, ticket_url = ?, updated_at = ? WHERE id = ?")
            .bind(name)
            .bind(description)
            .bind(ticket_url)
            .bind(at.0)
            .bind(*id.as_uuid())
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(())
    }

    /// Deletes a project so that it can be recovered.
    pub async fn delete_project(&self, project: &Project, by: UserId, at: Moment) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE project SET deleted_at = ?, updated_at = ? WHERE id = ? AND deleted_at IS NULL")
            .bind(at.0)
            .bind(at.0)
            .bind(*project.id.as_uuid())
            .execute(&mut *write)
            .await?;
        Event { at, actor: Some(by), action: "project.delete", target: &project.slug, detail: "" }.write(&mut write).await?;
        write.commit().await?;
        Ok(())
    }

    /// Recovers a deleted project.
    pub async fn restore_project(&self, project: &Project, by: UserId, at: Moment) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE project SET deleted_at = NULL, updated_at = ? WHERE id = ?")
            .bind(at.0)
            .bind(*project.id.as_uuid())
            .execute(&mut *write)
            .await?;
        let page = format!("/p/{}", project.slug);
        let subject = Some((project.name.as_str(), page.as_str()));
        Happening { project: project.id, user: by, at, what: "recovered", subject }.write(&mut write).await?;
        Event { at, actor: Some(by), action: "project.restore", target: &project.slug, detail: "" }.write(&mut write).await?;
        write.commit().await?;
        Ok(())
    }

    /// The first owner of a project that is not deleted.
    pub async fn project_owner(&self, slug: &str) -> Result<Option<Person>, StoreError> {
        let row = sqlx::query(
            "SELECT user.id, user.name, user.email, user.admin FROM member
             JOIN project ON project.id = member.project_id JOIN user ON user.id = member.user_id
             WHERE project.slug = ? AND project.deleted_at IS NULL AND member.role = 'owner' AND user.disabled_at IS NULL
             ORDER BY member.created_at, user.id LIMIT 1",
        )
        .bind(slug)
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(person).transpose()
    }

    /// The administrator who was there first.
    pub async fn first_administrator(&self) -> Result<Option<Person>, StoreError> {
        let row =
            sqlx::query("SELECT id, name, email, admin FROM user WHERE admin = 1 AND disabled_at IS NULL ORDER BY created_at, id LIMIT 1")
                .fetch_optional(self.read())
                .await?;
        row.as_ref().map(person).transpose()
    }

    /// Ends projects and documents that were deleted before `before`, with everything in them; says how many projects.
    pub async fn purge(&self, before: Moment, now: Moment) -> Result<u64, StoreError> {
        let mut write = self.write().await?;
        let slugs: Vec<String> =
            sqlx::query_scalar("SELECT slug FROM project WHERE deleted_at < ? ORDER BY slug").bind(before.0).fetch_all(&mut *write).await?;
        for slug in &slugs {
            Event { at: now, actor: None, action: "project.purge", target: slug, detail: "" }.write(&mut write).await?;
        }
        sqlx::query("DELETE FROM project WHERE deleted_at < ?").bind(before.0).execute(&mut *write).await?;
        sqlx::query("DELETE FROM document WHERE deleted_at < ?").bind(before.0).execute(&mut *write).await?;
        write.commit().await?;
        Ok(slugs.len() as u64)
    }
}

fn person(row: &SqliteRow) -> Result<Person, StoreError> {
    Ok(Person {
        id: UserId::from_uuid(row.try_get("id")?),
        name: row.try_get("name")?,
        email: row.try_get("email")?,
        admin: row.try_get("admin")?,
    })
}
