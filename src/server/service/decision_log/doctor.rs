//! The doctor in the app: faults of the log, the step that mends one, and a baseline of what is known.
//!
//! The baseline is a file of the project, the same that `lintel adr doctor --baseline` reads.

use std::collections::BTreeSet;

use crate::{
    api::decision_log::{DoctorPage, LogFault},
    domain::{
        account::Role,
        decision::log::{
            Log,
            doctor::{
                Baseline, Fault, VERSION, examine,
                remedy::{asked, remedy},
            },
            folder,
            habits::{Habits, Tool},
        },
        diagnostic::LineIndex,
        project::DocumentKind,
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{access::Actor, decision_log::Opened, decisions},
        store::activity::Happening,
    },
};

/// The file with the faults that are known.
pub const BASELINE: &str = "lintel-doctor.json";

/// All faults, each with whether it is known.
pub(super) async fn examined(app: &AppState, opened: &Opened) -> Result<Vec<(Fault, bool)>, ServiceError> {
    let baseline = baseline(app, opened).await?.1;
    let faults = faults(app, opened).await?;
    Ok(faults.into_iter().map(|fault| (baseline.holds(&fault), fault)).map(|(known, fault)| (fault, known)).collect())
}

async fn faults(app: &AppState, opened: &Opened) -> Result<Vec<Fault>, ServiceError> {
    let project = opened.project.id;
    let mut paths: BTreeSet<String> = app.store.kept_paths(project).await?.into_iter().collect();
    paths.extend(app.store.documents(project).await?.into_iter().map(|document| document.path));
    let log = opened.log.clone();
    app.jobs.heavy(move || examine(&log, &|path| paths.contains(path))).await
}

/// The baseline as bytes, and read; one that can't be read knows nothing.
async fn baseline(app: &AppState, opened: &Opened) -> Result<(Option<Vec<u8>>, Baseline), ServiceError> {
    let bytes = app.store.kept_file(opened.project.id, BASELINE).await?;
    let read = bytes.as_deref().and_then(|bytes| serde_json::from_slice::<Baseline>(bytes).ok());
    let mut baseline = read.filter(|baseline| baseline.version == VERSION).unwrap_or_default();
    // People may have edited it.
    baseline.known.sort();
    Ok((bytes, baseline))
}

/// The faults, those that are known only if wanted.
pub async fn page(app: &AppState, actor: &Actor, slug: &str, with_known: bool) -> Result<DoctorPage, ServiceError> {
    let opened = Opened::read(app, actor, slug, Role::Viewer).await?;
    let head = opened.head(app).await?;
    let all = examined(app, &opened).await?;
    let known = all.iter().filter(|(_, known)| *known).count();
    let habits = Habits::of(&opened.log, &folder(opened.log.paths()), Tool::None);
    let shown = |(fault, known): (Fault, bool)| {
        let document = opened.documents.get(&fault.path)?.id;
        let text = opened.log.texts.iter().find(|text| text.path == fault.path);
        let line = text.map(|text| LineIndex::new(&text.text).line(fault.place.line).trim().to_owned()).unwrap_or_default();
        let fix = remedy(&opened.log, &fault, head.now.day(), habits.wording).map(|remedy| remedy.label);
        let here = DocumentKind::Decision.page(&opened.project.slug, document);
        let ask = asked(&opened.log, &fault).map(|asked| (asked.label(), format!("{here}?{}", asked.query())));
        Some(LogFault {
            identity: fault.identity(),
            document,
            page: format!("{here}?pane=source#L{}", fault.place.line),
            line: fault.place.line,
            column: fault.place.column,
            level: fault.diagnostic.level,
            quote: line,
            fix,
            ask,
            known,
            path: fault.path,
            code: fault.diagnostic.code,
            what: fault.diagnostic.what,
            why: fault.diagnostic.why,
            help: fault.diagnostic.help,
        })
    };
    let faults = all.into_iter().filter(|(_, known)| with_known || !known).filter_map(shown).collect();
    Ok(DoctorPage { faults, known, baseline: BASELINE.to_owned(), head })
}

/// Mends a fault by the one step that does it, in all texts that it takes; answers the paths of those that changed.
///
/// # Errors
/// `NotFound` when there is no such fault any more, `Conflict` when no one step mends it.
pub async fn mend(app: &AppState, actor: &Actor, slug: &str, identity: &str) -> Result<Vec<String>, ServiceError> {
    let opened = Opened::read(app, actor, slug, Role::Editor).await?;
    let day = app.clock.now().day();
    let known = faults(app, &opened).await?.into_iter().find(|fault| fault.identity() == identity);
    let fault = known.ok_or_else(|| ServiceError::not_found("The fault"))?;
    let habits = Habits::of(&opened.log, &folder(opened.log.paths()), Tool::None);
    if remedy(&opened.log, &fault, day, habits.wording).is_none() {
        return Err(ServiceError::conflict(format!("No one step mends this: a person has to decide. {}", fault.diagnostic.help)));
    }
    let work_out = |now: &Log| {
        // Whether there are other files plays no part for faults that can be mended.
        let fault = examine(now, &|_| true).into_iter().find(|fault| fault.identity() == identity)?;
        remedy(now, &fault, day, habits.wording).map(|remedy| remedy.change)
    };
    let change = decisions::change(app, actor, &opened.project, work_out).await?;
    Ok(change.edits.into_keys().collect())
}

/// Accepts a fault as known, or all that there are; answers how many are known then. Those that are gone are forgotten.
///
/// # Errors
/// `NotFound` when there is no such fault, `Conflict` when somebody else changed the baseline meanwhile.
pub async fn accept(app: &AppState, actor: &Actor, slug: &str, identity: Option<&str>) -> Result<usize, ServiceError> {
    let opened = Opened::read(app, actor, slug, Role::Editor).await?;
    let all = faults(app, &opened).await?;
    let (bytes, before) = baseline(app, &opened).await?;
    let mut after = Baseline::of(&all);
    if let Some(identity) = identity {
        if !after.known.iter().any(|known| known == identity) {
            return Err(ServiceError::not_found("The fault"));
        }
        after.known.retain(|known| known == identity || before.known.contains(known));
    }
    write(app, actor, &opened, bytes, &after).await
}

/// Takes a fault out of those that are known; answers how many are left.
///
/// # Errors
/// `NotFound` when it is not known.
pub async fn recall(app: &AppState, actor: &Actor, slug: &str, identity: &str) -> Result<usize, ServiceError> {
    let opened = Opened::read(app, actor, slug, Role::Editor).await?;
    let (bytes, mut baseline) = baseline(app, &opened).await?;
    let count = baseline.known.len();
    baseline.known.retain(|known| known != identity);
    if baseline.known.len() == count {
        return Err(ServiceError::not_found("The fault"));
    }
    write(app, actor, &opened, bytes, &baseline).await
}

async fn write(
    app: &AppState,
    actor: &Actor,
    opened: &Opened,
    before: Option<Vec<u8>>,
    baseline: &Baseline,
) -> Result<usize, ServiceError> {
    let text = serde_json::to_string_pretty(baseline).map_err(|error| ServiceError::internal(error.to_string()))? + "\n";
    let page = format!("/p/{}/decisions/doctor", opened.project.slug);
    let happening = Happening {
        project: opened.project.id,
        user: actor.person.id,
        at: app.clock.now(),
        what: "accepted known faults of",
        subject: Some(("the decision log", &page)),
    };
    let replaced = app.store.replace_kept_file(opened.project.id, (BASELINE, before.as_deref(), text.as_bytes()), &happening).await?;
    if replaced {
        Ok(baseline.known.len())
    } else {
        Err(ServiceError::conflict("Somebody else changed what is known meanwhile. Look again."))
    }
}
