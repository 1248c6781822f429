//! Pasted texts: which format is this, and what is it in a language that people edit here? Nothing is stored.

use crate::{
    api::documents::Recognised,
    domain::{
        scene::pins,
        syntax::{
            Language, Sources,
            format::{
                Format,
                convert::{Converted, to_structurizr},
                fence, import,
                recognise::recognise,
            },
        },
        text_file,
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{access::Actor, documents::MAX_TEXT},
    },
};

/// Recognises a text, by the name of its file where there is one, and converts it where its format is not edited here. None
/// for a text in no known format.
///
/// # Errors
/// `TooLarge` for a text that no document could hold, before or after.
pub async fn convert(app: &AppState, _: &Actor, path: Option<String>, text: String) -> Result<Option<Recognised>, ServiceError> {
    let too_large = || ServiceError::too_large("The text is larger than 1 MiB. Split it.");
    if text.len() > MAX_TEXT {
        return Err(too_large());
    }
    let recognised = app.jobs.heavy(move || recognised(path.as_deref(), &text_file::normal(&text))).await?;
    if recognised.as_ref().is_some_and(|found| found.text.len() > MAX_TEXT) {
        return Err(too_large());
    }
    Ok(recognised)
}

fn recognised(path: Option<&str>, text: &str) -> Option<Recognised> {
    let format = recognise(path, text)?;
    let path = path.unwrap_or("pasted");
    if format == Format::Mermaid {
        let body = fence::around(text).map_or(text, |fence| text.get(fence.body).unwrap_or(text));
        let read = import(format, path, text, &Sources::new());
        return Some(Recognised {
            format: format.name().to_owned(),
            language: Language::Mermaid,
            extension: "mmd".to_owned(),
            text: body.to_owned(),
            pins: pins::named(&read.positions),
            remarks: Vec::new(),
        });
    }
    let Converted { text: made, positions, fidelity, path_extension, .. } = to_structurizr(format, path, text, &Sources::new());
    // Our own text stays as it is, so nothing is lost.
    let remarks = if format == Format::Structurizr { Vec::new() } else { fidelity.report(text) };
    Some(Recognised {
        format: format.name().to_owned(),
        language: Language::Structurizr,
        extension: path_extension,
        text: made,
        pins: pins::named(&positions),
        remarks,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_texts_become_texts_that_are_edited_here() {
        let workspace = "workspace {\n    model {\n        u = person \"U\"\n    }\n}\n";
        let flowchart = "flowchart LR\n    a --> b\n";
        let cases = [
            (workspace.to_owned(), "Structurizr DSL", Language::Structurizr, Some(workspace)),
            (flowchart.to_owned(), "Mermaid flowchart", Language::Mermaid, Some(flowchart)),
            (format!("```mermaid\n{flowchart}```\n"), "Mermaid flowchart", Language::Mermaid, Some(flowchart)),
            (
                "@startuml\nPerson(u, \"User\")\nSystem(s, \"Shop\")\nRel(u, s, \"Uses\")\n@enduml\n".to_owned(),
                "C4-PlantUML",
                Language::Structurizr,
                None,
            ),
        ];
        for (text, format, language, same) in cases {
            let found = recognised(None, &text).unwrap();
            assert_eq!((found.format.as_str(), found.language), (format, language));
            assert!(same.is_none_or(|same| found.text == same), "{}", found.text);
            assert!(same.is_some() || found.text.contains("softwareSystem \"Shop\""), "{}", found.text);
        }
        assert_eq!(recognised(None, "Dear colleagues, see you at noon."), None);
    }
}
