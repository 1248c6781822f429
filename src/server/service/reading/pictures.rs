//! Pictures of records, drawn once for each state of the diagrams they show.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    domain::{
        decision::{
            embed::Embed,
            figure::{
                Figure, Figures,
                draw::{Diagram, mermaid, view},
            },
        },
        model::Model,
        review::standing::standing,
        scene::{pins::AllPins, svg::Theme},
        syntax::Sources,
    },
    server::service::documents::model_in,
};

/// Bytes of pictures to remember.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// Pictures by what they are drawn from.
#[derive(Debug, Default)]
pub struct Pictures(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    bytes: usize,
    figures: BTreeMap<[u8; 32], Figure>,
}

/// The diagrams of a project at some time, with the main one first.
#[derive(Clone, Debug, Default)]
pub struct Drawings {
    pub diagrams: Vec<Drawing>,
    /// Files that they may include.
    pub sources: Sources,
    /// Names of the places that the rules of the record are limited to.
    pub scope: Vec<String>,
}

/// One diagram at some time.
#[derive(Clone, Debug)]
pub struct Drawing {
    pub path: String,
    pub page: String,
    pub text: String,
    pub pins: AllPins,
}

impl Drawings {
    /// The same for the same diagrams, files and scope.
    fn hash(&self) -> blake3::Hash {
        let mut hash = blake3::Hasher::new();
        let mut add = |part: &str| {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        };
        for Drawing { path, page, text, pins } in &self.diagrams {
            for part in [path, page, text] {
                add(part);
            }
            for (name, (x, y)) in pins {
                add(&format!("{name} {x} {y}"));
            }
        }
        add("");
        for (path, text) in &self.sources {
            add(path);
            add(text);
        }
        add("");
        for name in &self.scope {
            add(name);
        }
        hash.finalize()
    }
}

impl Pictures {
    fn get(&self, key: &[u8; 32]) -> Option<Figure> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).figures.get(key).cloned()
    }

    fn keep(&self, key: [u8; 32], figure: &Figure) {
        let size = if let Figure::Drawn(picture) = figure { picture.svg.len() } else { 256 };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes + size > MOST_BYTES {
            *kept = Kept::default();
        }
        if kept.figures.insert(key, figure.clone()).is_none() {
            kept.bytes += size;
        }
    }
}

/// Draws what is not remembered. Takes its time.
pub fn draw(pictures: &Arc<Pictures>, drawings: &Drawings, wanted: &[Embed], theme: Theme) -> Figures {
    let state = drawings.hash();
    let key = |embed: &Embed| {
        let mut hash = blake3::Hasher::new();
        hash.update(&[theme as u8, u8::from(embed.is_picture())]);
        match embed {
            Embed::Mermaid(source) => hash.update(source.as_bytes()),
            other => hash.update(state.as_bytes()).update(serde_json::to_string(other).unwrap_or_default().as_bytes()),
        };
        *hash.finalize().as_bytes()
    };
    let mut figures = Figures::new();
    let mut models: Option<Vec<Model>> = None;
    for embed in wanted {
        let key = key(embed);
        if let Some(known) = pictures.get(&key) {
            figures.insert(embed.clone(), known);
            continue;
        }
        let figure = match embed {
            Embed::Mermaid(source) => Some(mermaid(source, theme)),
            Embed::View { diagram, key } => {
                let models = models.get_or_insert_with(|| read(drawings));
                let diagrams: Vec<Diagram<'_>> = drawings
                    .diagrams
                    .iter()
                    .zip(&*models)
                    .map(|(drawing, model)| Diagram { path: &drawing.path, page: Some(&drawing.page), model, pins: &drawing.pins })
                    .collect();
                Some(view(&diagrams, diagram.as_deref(), key.as_deref(), theme))
            }
            Embed::Rule(rule) => {
                let models = models.get_or_insert_with(|| read(drawings));
                standing(rule, &drawings.scope, &models.iter().collect::<Vec<_>>()).map(Figure::Rule)
            }
        };
        if let Some(figure) = figure {
            pictures.keep(key, &figure);
            figures.insert(embed.clone(), figure);
        }
    }
    figures
}

fn read(drawings: &Drawings) -> Vec<Model> {
    drawings.diagrams.iter().map(|drawing| model_in(&drawing.path, &drawing.text, &drawings.sources)).collect()
}
