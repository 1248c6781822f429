//! What the editor of a decision completes: the elements and views of the project's diagrams, and the words of rules.

use serde::Serialize;

use crate::{
    domain::{
        id::DocumentId,
        model::{Level, facts::catalogue, kind::Kind, view::ViewKind},
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::Actor,
            documents,
            reading::{drawings, open},
        },
    },
};

/// Elements and views that are offered.
const MOST: usize = 3000;

#[derive(Serialize)]
struct Words {
    elements: Vec<Element>,
    views: Vec<View>,
    /// The words that rules are made of, each with what it is.
    rules: Vec<(String, &'static str)>,
}

#[derive(Serialize)]
struct Element {
    name: String,
    key: String,
    /// In words: `Service`.
    kind: &'static str,
    /// What it stands in, by name.
    inside: Option<String>,
    /// What is written between the brackets: the name, or the key where the name is another element's as well.
    link: String,
}

#[derive(Serialize)]
struct View {
    /// As it is written behind `view:`.
    name: String,
    title: String,
    diagram: String,
}

/// The words as JSON.
pub async fn words(app: &AppState, actor: &Actor, id: DocumentId) -> Result<String, ServiceError> {
    let opened = open(app, actor, None, id).await?;
    let now = drawings(app, &opened, None).await?;
    let words = app
        .jobs
        .heavy(move || {
            let mut words = Words { elements: Vec::new(), views: Vec::new(), rules: of_rules() };
            for drawing in &now.diagrams {
                let model = documents::model_in(&drawing.path, &drawing.text, &now.sources);
                for element in model.elements.values().filter(|element| element.level != Level::DeploymentEnvironment) {
                    let taken = words.elements.iter().any(|known| known.name.eq_ignore_ascii_case(&element.name));
                    let inside = element.parent.as_ref().and_then(|parent| model.element(parent)).map(|parent| parent.name.clone());
                    // Brackets would end the link too soon.
                    let plain = !element.name.contains(['[', ']', '|', '\n']) && !taken;
                    words.elements.push(Element {
                        link: if plain { element.name.clone() } else { element.key.to_string() },
                        name: element.name.clone(),
                        key: element.key.to_string(),
                        kind: element.kind.value.name(),
                        inside,
                    });
                }
                for view in model.views.iter().filter(|view| view.kind != ViewKind::Image) {
                    let taken = words.views.iter().any(|known| known.name == view.key);
                    let scope = view.scope.as_ref().and_then(|scope| model.element(scope)).map(|scope| scope.name.as_str());
                    words.views.push(View {
                        name: if taken { format!("{}#{}", drawing.path, view.key) } else { view.key.clone() },
                        title: view.display_title(scope),
                        diagram: drawing.path.clone(),
                    });
                }
            }
            words.elements.truncate(MOST);
            words.views.truncate(MOST);
            serde_json::to_string(&words)
        })
        .await?;
    words.map_err(|error| ServiceError::internal(error.to_string()))
}

fn of_rules() -> Vec<(String, &'static str)> {
    const WORDS: [(&str, &str); 16] = [
        ("no element of kind", "begins a rule: forbids"),
        ("forbid", "begins a rule: forbids"),
        ("require", "begins a rule: demands"),
        ("every", "begins a rule: demands of each"),
        ("uses technology", "what something must be made with"),
        ("reachable from outside", "called from outside, directly or through gateways"),
        ("reachable from", "called from there, directly or through gateways"),
        ("has", "what something must state"),
        ("never", "turns the rule round"),
        ("technology", "of an element or a relation"),
        ("protocol", "of a relation"),
        ("calls from", "relations that begin there"),
        ("on kind", "of whom"),
        ("in", "what is in a boundary"),
        ("to", "where relations end"),
        ("in zone", "what is in a zone"),
    ];
    let words = WORDS.into_iter().map(|(word, what)| (word.to_owned(), what));
    let kinds = Kind::ALL.iter().map(|kind| (kind.slug().to_owned(), "kind"));
    let facts = catalogue::FACTS.iter().map(|fact| (fact.name.to_owned(), "fact"));
    words.chain(kinds).chain(facts).collect()
}
