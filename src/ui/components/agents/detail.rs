//! What an agent's page shows of its file: settings, tools, persona, front matter, examples, versions.

use leptos::prelude::*;

use crate::{
    api::agents::{AgentCard, AgentView, Standing},
    domain::{
        agent::{
            definition::examples::{Example, Speaker},
            persona::Lens,
        },
        markdown::{Rendering, render},
    },
    ui::{
        components::{
            agents::{mark, outcome_badge, remark_list, source_tag},
            icon::icon,
        },
        paths,
        state::words::count,
    },
};

/// Name, card and badges, and what can be done with the file.
pub fn head(view: &AgentView) -> AnyView {
    let agent = &view.agent;
    let here = paths::agent(&agent.address());
    let link = |query: &str| format!("{here}?{query}=1");
    let file = agent.path.rsplit('/').next().unwrap_or(&agent.path).to_owned();
    view! {
        <div class="agent__head">
            {mark()}
            <div class="grow">
                <h1>{agent.handle.clone()}</h1>
                <p class="page__lede">{agent.card.clone()}</p>
                <p class="agent__name">{source_tag(&agent.source, agent.built_in)}{outcome_badge(agent)}</p>
            </div>
        </div>
        <div class="row row--wrap agent__acts">
            <a class="btn btn--sm" href=paths::agent_file(&agent.address(), None) download=file>{icon("download")}"Download file"</a>
            {view.can_change.then(|| view! { <a class="btn btn--sm" href=format!("{}#edit", link("edit"))>{icon("edit")}"Edit"</a> })}
            {view.can_copy.then(|| view! { <a class="btn btn--sm" href=link("copy")>{icon("copy")}"Copy to a file of your own"</a> })}
            {view.can_change.then(|| view! { <a class="btn btn--sm btn--danger" href=link("remove")>{icon("trash")}"Remove"</a> })}
        </div>
    }
    .into_any()
}

/// The page's sections, as its navigation lists them.
pub fn sections(view: &AgentView) -> Vec<(&'static str, &'static str, &'static str)> {
    let all = [
        ("fix", "edit", "Fix file", !view.fix.is_empty()),
        ("remarks", "sev-info", "Diagnostics", true),
        ("set", "settings", "Settings", true),
        ("tools", "worker", "Tools", true),
        ("persona", "agent", "Persona", true),
        ("front-matter", "code", "Front matter", !view.entries.is_empty()),
        ("examples", "quote", "Examples", !view.examples.is_empty()),
        ("errata", "sev-medium", "Known defects", !view.errata.is_empty()),
        ("versions", "history", "Versions", !view.versions.is_empty()),
    ];
    all.into_iter().filter(|(_, _, _, shown)| *shown).map(|(id, icon, words, _)| (id, icon, words)).collect()
}

fn section(id: &'static str, title: &'static str, intro: &'static str, content: AnyView) -> AnyView {
    let heading = format!("{id}-h");
    view! {
        <section class="settings__sec" id=id aria-labelledby=heading.clone()>
            <div class="settings__intro"><h2 id=heading.clone()>{title}</h2>{(!intro.is_empty()).then(|| view! { <p>{intro}</p> })}</div>
            {content}
        </section>
    }
    .into_any()
}

/// Every section but the ones that change something.
pub fn body(view: &AgentView) -> AnyView {
    let agent = &view.agent;
    let remarks = if view.remarks.is_empty() {
        view! { <div class="card"><p class="setrow muted">"Nothing: the file reads as it stands."</p></div> }.into_any()
    } else {
        view! { <div class="card card--flush">{remark_list(&agent.path, &view.remarks)}</div> }.into_any()
    };
    view! {
        {section("remarks", "Diagnostics", "What there is to say about the file, and where in it.", remarks)}
        {section("set", "Settings", "", settings(view))}
        {section("tools", "Tools", "What the file asks for and what the agent gets. A project and a person's role can only narrow it.", tools(agent))}
        {section("persona", "Persona", "The agent's instructions. Lintel composes its own rules around them.", persona(&view.body))}
        {(!view.entries.is_empty())
            .then(|| section("front-matter", "Front matter", "Everything is kept and exported again; hooks, servers and skills are never run.", front_matter(view)))}
        {(!view.examples.is_empty()).then(|| section("examples", "Examples", "When to use it, as the description tells.", examples(&view.examples)))}
        {(!view.errata.is_empty())
            .then(|| {
                let lines: Vec<AnyView> = view.errata.iter().map(|line| view! { <li>{line.clone()}</li> }.into_any()).collect();
                let list = view! { <div class="card"><ul class="card__body provider__help">{lines}</ul></div> }.into_any();
                section("errata", "Known defects", "In the file's own examples. A prompt made from it names them, lest the agent recommend them.", list)
            })}
        {(!view.versions.is_empty()).then(|| section("versions", "Versions", "Each is kept by the hash of its content.", versions(view)))}
    }
    .into_any()
}

fn settings(view: &AgentView) -> AnyView {
    let agent = &view.agent;
    let or = |words: String, otherwise: &str| if words.is_empty() { otherwise.to_owned() } else { words };
    let most = agent.max_findings.map_or_else(|| "As many as any agent".to_owned(), |most| most.to_string());
    let added = match (&agent.added_by, agent.added_at) {
        (Some(by), Some(at)) => format!("{by}, {}", at.ago(view.now)),
        _ => "Comes with Lintel".to_owned(),
    };
    let asked = match view.projects {
        0 => "By no project; it can be chosen for a review".to_owned(),
        1 => "By 1 project with each review".to_owned(),
        more => format!("By {more} projects with each review"),
    };
    let lens = Lens(agent.lens.clone());
    let unknown = lens.unknown();
    let rows = [
        ("Looks at", or(agent.lens.join(", "), "Everything")),
        ("Not known", unknown.join(", ")),
        ("Applies to", or(agent.applies_to.join(", "), "Every document")),
        ("Reports from", agent.severity_floor.map_or_else(|| "Any severity".to_owned(), |floor| floor.name().to_owned())),
        ("At most", most),
        ("Model", agent.model.clone().unwrap_or_else(|| "Any: the file names none".to_owned())),
        ("Model note", view.model_note.clone().unwrap_or_default()),
        ("Asked", asked),
        ("Added by", added),
        ("File", format!("{} in {}", agent.path, agent.source)),
    ];
    let rows: Vec<AnyView> = rows
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(word, value)| view! { <div class="prop"><dt>{word}</dt><dd>{value}</dd></div> }.into_any())
        .collect();
    let projects: Vec<AnyView> = agent
        .asked_in
        .iter()
        .map(|project| view! { <li><a class="tag" href=format!("{}#agents", paths::project_settings(&project.slug))>{icon("project")}{project.name.clone()}</a></li> }.into_any())
        .collect();
    view! {
        <div class="card">
            <div class="card__body stack">
                <dl class="props">{rows}</dl>
                {(!projects.is_empty()).then(|| view! { <ul class="tags" aria-label="Your projects that ask it">{projects}</ul> })}
            </div>
        </div>
    }
    .into_any()
}

fn tools(agent: &AgentCard) -> AnyView {
    if agent.tools.is_empty() {
        return view! { <div class="card"><p class="setrow muted">"The file asks for no tools, so the agent has none besides reporting."</p></div> }.into_any();
    }
    let rows: Vec<AnyView> = agent
        .tools
        .iter()
        .map(|tool| {
            let (class, word) = match tool.standing {
                Standing::Supported => ("badge badge--plain badge--pass", "Supported"),
                Standing::Denied => ("badge badge--plain badge--critical", "Denied"),
                Standing::Ignored => ("badge badge--plain", "Ignored"),
                Standing::Refused => ("badge badge--plain badge--medium", "Refused by the file"),
            };
            view! {
                <tr>
                    <td><code>{tool.written.clone()}</code></td>
                    <td><span class=class>{word}</span></td>
                    <td class="agent__long">{tool.reason.clone()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table("Tools table", &["Tool", "Standing", "Why"], rows)
}

fn front_matter(view: &AgentView) -> AnyView {
    let rows: Vec<AnyView> = view
        .entries
        .iter()
        .map(|entry| {
            let word = if entry.read { "Read" } else { "Kept, not used" };
            view! {
                <tr>
                    <td><code>{entry.key.clone()}</code></td>
                    <td class="agent__long agent__value">{entry.value.clone()}</td>
                    <td class="muted nowrap">{word}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table("Front matter table", &["Key", "Value", "Use"], rows)
}

fn table(label: &'static str, heads: &[&'static str], rows: Vec<AnyView>) -> AnyView {
    let heads: Vec<AnyView> = heads.iter().map(|head| view! { <th scope="col">{*head}</th> }.into_any()).collect();
    view! {
        <div class="card card--flush">
            <div class="table-wrap" tabindex="0" role="region" aria-label=label>
                <table class="table agent__table">
                    <thead><tr>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </div>
    }
    .into_any()
}

fn persona(body: &str) -> AnyView {
    if body.trim().is_empty() {
        return view! { <div class="card"><p class="setrow muted">"The file has no text after its front matter."</p></div> }.into_any();
    }
    // Links in a file of elsewhere lead nowhere here, except those to the web.
    let html =
        render(body, &Rendering { shift_headings: 2, element_url: &|_| None, link_url: &|_| Some("#persona".to_owned()), shown: None });
    view! { <div class="card"><div class="card__body"><div class="prose prose--sm agent__persona" inner_html=html></div></div></div> }
        .into_any()
}

fn examples(examples: &[Example]) -> AnyView {
    let shown: Vec<AnyView> = examples
        .iter()
        .map(|example| {
            let turns: Vec<AnyView> = example
                .turns
                .iter()
                .map(|turn| {
                    let who = if turn.speaker == Speaker::User { "User" } else { "Assistant" };
                    view! { <div class="prop prop--top"><dt>{who}</dt><dd class="agent__long">{turn.text.clone()}</dd></div> }.into_any()
                })
                .collect();
            let written = turns.is_empty().then(|| view! { <p class="agent__value">{example.written.clone()}</p> });
            view! {
                <li class="card"><div class="card__body stack">
                    {(!example.context.is_empty()).then(|| view! { <p><b>{example.context.clone()}</b></p> })}
                    {(!turns.is_empty()).then(|| view! { <dl class="props">{turns}</dl> })}
                    {written}
                    {(!example.commentary.is_empty()).then(|| view! { <p class="muted">{example.commentary.clone()}</p> })}
                </div></li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="stack">{shown}</ul> }.into_any()
}

fn versions(view: &AgentView) -> AnyView {
    let handle = &view.agent.address();
    let rows: Vec<AnyView> = view
        .versions
        .iter()
        .map(|version| {
            let short: String = version.hash.chars().take(12).collect();
            let size = count(usize::try_from(version.size).unwrap_or(usize::MAX), "byte");
            view! {
                <li class="setrow">
                    <span class="inbox__mark">{icon("history")}</span>
                    <div class="grow">
                        <b><code title=version.hash.clone()>{short.clone()}</code></b>
                        {version.in_use.then(|| view! { " "<span class="badge badge--plain badge--pass">"In use"</span> })}
                        <p class="muted">{format!("{}, {}, {size}", version.added_by, version.added_at.ago(view.now))}</p>
                    </div>
                    <a
                        class="btn btn--sm"
                        href=paths::agent_file(handle, Some(&version.hash))
                        download=""
                        aria-label=format!("Download version {short}")
                    >
                        {icon("download")}
                        "Download"
                    </a>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <div class="card card--flush"><ul>{rows}</ul></div> }.into_any()
}
