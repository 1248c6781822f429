//! What a decision's page asks before it does something: why, which other decision, whether in spite of objections. The
//! dialogs live in the address, so that they work without JavaScript.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    api::{
        decisions::{AddErratum, LinkDecisions, RenumberDecision, SetStatus, SignOff, Standing},
        documents::DecisionPage,
    },
    domain::{
        address::{Query, escape},
        decision::{
            LinkKind, Record, WrittenStatus,
            edit::link::Wording,
            log::{Log, renumber::Renumbering, step},
            sign_off,
            status::Status,
            template::project::Roles,
        },
        difference::hunks,
        id::DocumentId,
        project::DocumentText,
        syntax::apply,
    },
    ui::{
        components::{
            dialogs::AddressDialog,
            difference::difference,
            forms::{Answer, Field, FormProblem, Submit, answer},
            icon::icon,
        },
        paths,
        state::{ways::wire, words::decision_number},
    },
};

/// The dialog that the address asks for, if any.
pub fn asked_for(query: &Query, data: &DecisionPage, record: &Record, renumbering: Option<Result<Renumbering, String>>) -> Option<AnyView> {
    let (slug, id) = (data.project.slug.clone(), data.decision.document.id);
    let close = paths::decision(&slug, id);
    let frame = Frame { slug, document: id, close };
    let others = others(&data.log, id);
    match query.get("ask").map(String::as_str)? {
        "link" => Some(link(frame, others, None)),
        "superseded" => Some(link(frame, others, Some(LinkKind::SupersededBy))),
        "deprecated" => Some(reason(frame, Status::Deprecated)),
        "accepted" => Some(accept(frame, &data.standing)),
        "proposed" => propose(frame, data),
        "object" => Some(object(frame)),
        "erratum" => Some(erratum(frame)),
        "number" => Some(number(frame, record, query.get("to").map(String::as_str), renumbering)),
        _ => None,
    }
}

/// What every dialog sends along.
#[derive(Clone)]
struct Frame {
    slug: String,
    document: DocumentId,
    close: String,
}

impl Frame {
    fn hidden(&self) -> AnyView {
        view! {
            <input type="hidden" name="slug" value=self.slug.clone()/>
            <input type="hidden" name="document" value=self.document.to_string()/>
        }
        .into_any()
    }

    fn foot(&self, class: &'static str, words: &'static str) -> AnyView {
        view! {
            <div class="dialog__foot">
                <a class="btn" href=self.close.clone()>"Cancel"</a>
                <Submit class=class>{words}</Submit>
            </div>
        }
        .into_any()
    }
}

/// Other decisions as a list offers them: id and name.
fn others(log: &[DocumentText], but: DocumentId) -> Vec<(DocumentId, String)> {
    let name = |text: &DocumentText| {
        let record = crate::domain::decision::parse(&text.document.path, &text.text);
        let number = decision_number(record.number).map(|number| format!("{number} ")).unwrap_or_default();
        let status = record.status.as_ref().map(|WrittenStatus { written, .. }| format!(" ({written})")).unwrap_or_default();
        (text.document.id, format!("{number}{}{status}", record.title))
    };
    log.iter().filter(|text| text.document.id != but).map(name).collect()
}

/// A list of decisions to choose one from.
pub fn decision_select(
    name: &'static str,
    label: &'static str,
    none: Option<&'static str>,
    others: Vec<(DocumentId, String)>,
    chosen: Option<DocumentId>,
) -> AnyView {
    let options: Vec<AnyView> = others
        .into_iter()
        .map(|(id, words)| view! { <option value=id.to_string() selected=chosen == Some(id)>{words}</option> }.into_any())
        .collect();
    view! {
        <div class="field">
            <label class="field__label" for=name>{label}</label>
            <select class="select" id=name name=name>
                {none.map(|none| view! { <option value="">{none}</option> })}
                {options}
            </select>
        </div>
    }
    .into_any()
}

fn words_field(name: &'static str, label: &'static str, hint: &'static str, answer: Answer, required: bool) -> AnyView {
    view! {
        <div class="field">
            <label class="field__label" for=name>{label}</label>
            <textarea class="textarea" id=name name=name rows="4" maxlength="2000" required=required autofocus aria-describedby=format!("{name}-hint")></textarea>
            <p class="field__hint" id=format!("{name}-hint")>{hint}</p>
        </div>
        <FormProblem answer=answer/>
    }
    .into_any()
}

fn link(frame: Frame, others: Vec<(DocumentId, String)>, kind: Option<LinkKind>) -> AnyView {
    let action = ServerAction::<LinkDecisions>::new();
    let new = format!("{}?new=decision&supersedes={}", paths::decisions(&frame.slug), frame.document);
    let title = if kind.is_some() { "Supersede this decision" } else { "Relate a decision" };
    let kinds = if let Some(kind) = kind {
        view! { <input type="hidden" name="kind" value=wire(kind)/> }.into_any()
    } else {
        let offered =
            [LinkKind::DependsOn, LinkKind::Amends, LinkKind::AmendedBy, LinkKind::RelatesTo, LinkKind::Supersedes, LinkKind::SupersededBy];
        let options: Vec<AnyView> =
            offered.into_iter().map(|kind| view! { <option value=wire(kind)>{kind.name()}</option> }.into_any()).collect();
        view! {
            <div class="field">
                <label class="field__label" for="kind">"This decision"</label>
                <select class="select" id="kind" name="kind">{options}</select>
            </div>
        }
        .into_any()
    };
    let none = others.is_empty();
    let label = if kind.is_some() { "By" } else { "Decision" };
    view! {
        <AddressDialog title=title id="link-decisions" close=frame.close.clone()>
            <ActionForm action=action>
                <div class="dialog__body stack">
                    <FormProblem answer=answer(action)/>
                    {frame.hidden()}
                    {kinds}
                    {decision_select("other", label, None, others, None)}
                    {if kind.is_some() {
                        view! {
                            <p class="field__hint">
                                "An accepted decision takes its place at once, a proposed one when it is accepted. Both records say so. "
                                <a href=new>"Write a new decision that supersedes this one"</a>
                            </p>
                        }
                            .into_any()
                    } else {
                        view! { <p class="field__hint">"Both records say so, each in its own way. Circles are refused."</p> }.into_any()
                    }}
                </div>
                {if none { ().into_any() } else { frame.foot("btn btn--primary", if kind.is_some() { "Supersede" } else { "Relate" }) }}
            </ActionForm>
        </AddressDialog>
    }
    .into_any()
}

fn reason(frame: Frame, to: Status) -> AnyView {
    let action = ServerAction::<SetStatus>::new();
    view! {
        <AddressDialog title="Deprecate this decision" id="give-reason" close=frame.close.clone()>
            <ActionForm action=action>
                <div class="dialog__body stack">
                    {frame.hidden()}
                    <input type="hidden" name="status" value=to.slug()/>
                    {words_field("reason", "Why it no longer holds", "It is written into the record. Whoever relied on the decision will look for it.", answer(action), true)}
                </div>
                {frame.foot("btn btn--primary", "Deprecate")}
            </ActionForm>
        </AddressDialog>
    }
    .into_any()
}

fn accept(frame: Frame, standing: &Standing) -> AnyView {
    let action = ServerAction::<SetStatus>::new();
    let objections: Vec<AnyView> = sign_off::objectors(&standing.voices)
        .into_iter()
        .map(|voice| {
            let note = voice.said.as_ref().map(|said| said.note.clone()).unwrap_or_default();
            view! { <li><b>{voice.name.clone()}</b>" "{note}</li> }.into_any()
        })
        .collect();
    let waiting = standing.voices.iter().filter(|voice| voice.said.is_none()).count();
    let objected = !objections.is_empty();
    view! {
        <AddressDialog title="Accept this decision" id="accept-decision" close=frame.close.clone()>
            <ActionForm action=action>
                <div class="dialog__body stack">
                    <FormProblem answer=answer(action)/>
                    {frame.hidden()}
                    <input type="hidden" name="status" value=Status::Accepted.slug()/>
                    <input type="hidden" name="despite_objections" value="true"/>
                    {objected.then(|| view! { <div class="callout callout--high">{icon("sev-high")}<div><p>"Objections:"</p><ul>{objections}</ul></div></div> })}
                    {(waiting > 0).then(|| view! { <p>{format!("{waiting} of those who decide have not answered yet.")}</p> })}
                    <p>"Once it is accepted, its text is locked except for status, date, links and errata."</p>
                </div>
                {frame.foot("btn btn--primary", if objected { "Accept all the same" } else { "Accept" })}
            </ActionForm>
        </AddressDialog>
    }
    .into_any()
}

/// Shows what proposing a decision changes in its text, and does it; none where the workflow has no such way.
fn propose(frame: Frame, data: &DecisionPage) -> Option<AnyView> {
    let path = &data.decision.document.path;
    let log = Log::read([(path.clone(), data.decision.text.clone())], &Roles::default());
    let change = step::set_status(&log, 0, Status::Proposed, None, data.now.day(), Wording::Plain).ok()?;
    let edits = change.edits.get(path)?;
    let hunks = hunks(&data.decision.text, &apply(&data.decision.text, edits));
    let action = ServerAction::<SetStatus>::new();
    let warnings: Vec<AnyView> =
        change.warnings.iter().map(|words| view! { <p class="field__hint">{words.clone()}</p> }.into_any()).collect();
    let dialog = view! {
        <AddressDialog title="Propose this decision" id="propose-decision" close=frame.close.clone()>
            <ActionForm action=action>
                <div class="dialog__body stack">
                    <FormProblem answer=answer(action)/>
                    {frame.hidden()}
                    <input type="hidden" name="status" value=Status::Proposed.slug()/>
                    <div class="diff">
                        <div class="diff__body" tabindex="0" role="region" aria-label="Lines that change">{difference(&hunks)}</div>
                    </div>
                    {warnings}
                </div>
                {frame.foot("btn btn--primary", "Propose")}
            </ActionForm>
        </AddressDialog>
    };
    Some(dialog.into_any())
}

fn object(frame: Frame) -> AnyView {
    let action = ServerAction::<SignOff>::new();
    view! {
        <AddressDialog title="Object to this decision" id="object" close=frame.close.clone()>
            <ActionForm action=action>
                <div class="dialog__body stack">
                    {frame.hidden()}
                    <input type="hidden" name="agrees" value="false"/>
                    {words_field("note", "What speaks against it", "The others see it beside your name. You can change your mind later.", answer(action), true)}
                </div>
                {frame.foot("btn btn--primary", "Object")}
            </ActionForm>
        </AddressDialog>
    }
    .into_any()
}

fn erratum(frame: Frame) -> AnyView {
    let action = ServerAction::<AddErratum>::new();
    view! {
        <AddressDialog title="Mark an erratum" id="mark-erratum" close=frame.close.clone()>
            <ActionForm action=action>
                <div class="dialog__body stack">
                    {frame.hidden()}
                    {words_field("text", "What is wrong, and what is right", "It stands at the end of the record with today's date; the rest stays as it was decided.", answer(action), true)}
                </div>
                {frame.foot("btn btn--primary", "Add erratum")}
            </ActionForm>
        </AddressDialog>
    }
    .into_any()
}

/// First asks for the number, then shows every line that would change.
fn number(frame: Frame, record: &Record, to: Option<&str>, renumbering: Option<Result<Renumbering, String>>) -> AnyView {
    let action = ServerAction::<RenumberDecision>::new();
    let here = frame.close.clone();
    let asked = to.map(str::to_owned).or_else(|| record.number.map(|number| number.to_string())).unwrap_or_default();
    let (lines, problem) = match renumbering {
        Some(Ok(found)) => (Some(found), None),
        Some(Err(problem)) => (None, Some(problem)),
        None => (None, None),
    };
    let wanted = asked.clone();
    let confirm = lines.map(move |found| {
        let warnings: Vec<AnyView> = found.change.warnings.iter().map(|words| view! { <li>{words.clone()}</li> }.into_any()).collect();
        let moved: Vec<AnyView> = found
            .change
            .moved
            .iter()
            .map(|(from, to)| view! { <p class="mono">{from.clone()}" → "{to.clone()}</p> }.into_any())
            .collect();
        let rows: Vec<AnyView> = found
            .preview
            .iter()
            .map(|line| {
                view! {
                    <tr>
                        <th scope="row" class="mono">{format!("{}:{}", line.path, line.line)}</th>
                        <td><del>{line.before.clone()}</del><br/><ins>{line.after.clone()}</ins></td>
                    </tr>
                }
                .into_any()
            })
            .collect();
        view! {
            <ActionForm action=action>
                <div class="dialog__body stack">
                    <FormProblem answer=answer(action)/>
                    {frame.hidden()}
                    <input type="hidden" name="number" value=wanted/>
                    {moved}
                    <div class="renumber" tabindex="0" role="region" aria-label="Lines that change">
                        <table class="table"><thead><tr><th scope="col">"Line"</th><th scope="col">"Change"</th></tr></thead><tbody>{rows}</tbody></table>
                    </div>
                    {(!warnings.is_empty()).then(|| view! { <ul>{warnings}</ul> })}
                </div>
                {frame.foot("btn btn--primary", "Renumber")}
            </ActionForm>
        }
    });
    view! {
        <AddressDialog title="Renumber this decision" id="renumber" close=here.clone()>
            <form method="get" action=here data-reload="">
                <div class="dialog__body stack">
                    {problem.map(|problem| view! { <div class="callout callout--high" role="alert">{icon("sev-high")}<p>{problem}</p></div> })}
                    <input type="hidden" name="ask" value="number"/>
                    <Field label="New number" name="to" kind="number" class="input" value=asked hint="Links in all decisions, diagrams and kept texts follow." answer=Signal::derive(|| None)/>
                    <div><button class="btn" type="submit">"Show what changes"</button></div>
                </div>
            </form>
            {confirm}
        </AddressDialog>
    }
    .into_any()
}

/// The step that a status usually takes next, as the page's one primary action.
#[component]
pub fn NextStatus(slug: String, document: DocumentId, status: Option<Status>, standing: Standing) -> impl IntoView {
    let (to, words) = match status {
        None | Some(Status::Draft) => (Status::Proposed, "Propose"),
        Some(Status::Proposed) => (Status::Accepted, "Accept"),
        Some(Status::Rejected) => (Status::Proposed, "Reopen"),
        _ => return ().into_any(),
    };
    if to == Status::Accepted && !sign_off::objectors(&standing.voices).is_empty() {
        let ask = format!("{}?ask=accepted", paths::decision(&slug, document));
        return view! { <a class="btn btn--primary" href=ask data-reload="">{icon("check")}{words}</a> }.into_any();
    }
    let url = <SetStatus as leptos::server_fn::ServerFn>::url();
    view! {
        <form class="inline-form" method="post" action=url>
            <input type="hidden" name="slug" value=slug/>
            <input type="hidden" name="document" value=document.to_string()/>
            <input type="hidden" name="status" value=to.slug()/>
            <Submit>{icon("check")}{words}</Submit>
        </form>
    }
    .into_any()
}

/// The problem that a form without JavaScript brought back, wherever on the page it stood.
pub fn problems() -> AnyView {
    view! {
        <div class="page-problem">
        <FormProblem answer=answer(ServerAction::<SetStatus>::new())/>
        <FormProblem answer=answer(ServerAction::<crate::api::decisions::UnlinkDecisions>::new())/>
        <FormProblem answer=answer(ServerAction::<crate::api::decisions::WithdrawAnswer>::new())/>
        <FormProblem answer=answer(ServerAction::<crate::api::decisions::EditPart>::new())/>
        </div>
    }
    .into_any()
}

/// The address of a dialog of a decision's page.
pub fn ask(here: &str, what: &str) -> String {
    format!("{here}?ask={}", escape(what))
}
