//! What a project has agreed on for its reviews: the `lintel.yaml` among its files.

use crate::{
    domain::{
        diagnostic::{Diagnostic, Level, LineIndex},
        id::ProjectId,
        project::DocumentText,
        review::{
            Completeness, Profile,
            engine::Outcome,
            gate::Gate,
            settings::{self, NAMES, ProjectSettings},
        },
        text_file,
    },
    server::{boot::AppState, error::ServiceError},
};

/// A project's settings, and what is wrong with them.
pub(super) struct Agreed {
    path: &'static str,
    pub settings: ProjectSettings,
    /// With their places.
    problems: Vec<String>,
    text: String,
}

/// Reads a project's settings; none where it has none.
pub(super) async fn of(app: &AppState, project: ProjectId) -> Result<Option<Agreed>, ServiceError> {
    for path in NAMES {
        let Some(bytes) = app.store.kept_file(project, path).await? else { continue };
        let Some(text) = text_file::read(&bytes) else {
            let problems = vec!["it is neither UTF-8 nor UTF-16 text".to_owned()];
            return Ok(Some(Agreed { path, settings: ProjectSettings::default(), problems, text: String::new() }));
        };
        let reading = settings::read(&text);
        let errors = reading.diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error);
        let problems = errors.map(|error| format!("{}: {}", place(&text, error), error.what)).collect();
        return Ok(Some(Agreed { path, settings: reading.settings, problems, text }));
    }
    Ok(None)
}

impl Agreed {
    /// The profile of a review for which nobody asked for another one.
    pub(super) fn profile(&self, asked: Profile) -> Profile {
        if asked == Profile::Default { self.settings.profile.unwrap_or_default() } else { asked }
    }

    /// Takes out what the project does not want to have looked at.
    pub(super) fn retain(&self, texts: &mut Vec<DocumentText>) {
        texts.retain(|text| self.settings.covers(&text.document.path));
    }

    /// The gate of a review before it is judged.
    pub(super) fn gate(&self, examined: &Outcome) -> Gate {
        let remark = |remark: &Diagnostic| format!("{}:{}: {}", self.path, place(&self.text, remark), remark.what);
        Gate {
            policy: self.settings.gate.clone(),
            remarks: examined.remarks.iter().map(remark).collect(),
            overdue: examined.overdue.clone(),
            ..Gate::default()
        }
    }

    /// Tells that the settings could not be read in full: what was read of them holds.
    pub(super) fn tell(&self, completeness: &mut Completeness) {
        completeness.broken.extend(self.problems.first().map(|problem| (self.path.to_owned(), problem.clone())));
    }
}

fn place(text: &str, diagnostic: &Diagnostic) -> String {
    let place = LineIndex::new(text).place(diagnostic.span.start);
    format!("{}:{}", place.line, place.column)
}
