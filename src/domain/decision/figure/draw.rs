//! Drawing what records embed: views of diagrams and Mermaid texts, with our own readers and our own scene writer. Nothing in a
//! text is ever run, and no address in it reaches a picture.

use crate::domain::{
    decision::{
        embed::MOST_SOURCE,
        figure::{Figure, Picture, Problem},
    },
    diagnostic::{Diagnostic, Level, LineIndex},
    model::{
        Model,
        view::{View, ViewKind, choose},
    },
    scene::{
        self,
        pins::{self, AllPins},
        svg::{SvgOptions, Theme, svg},
    },
    syntax::{
        Sources,
        format::{Format, import, recognise::recognise},
        mermaid,
        structurizr::suggest::nearest,
    },
};

/// Elements of one picture.
const MOST_SHAPES: usize = 400;
/// Bytes of one picture.
const MOST_BYTES: usize = 1024 * 1024;
/// Problems that are told of one text.
const MOST_PROBLEMS: usize = 5;
/// Names in a list of what there is.
const MOST_NAMES: usize = 12;

/// A diagram that views are looked for in.
#[derive(Clone, Copy, Debug)]
pub struct Diagram<'a> {
    pub path: &'a str,
    /// Where it is shown.
    pub page: Option<&'a str>,
    pub model: &'a Model,
    /// Where people put elements.
    pub pins: &'a AllPins,
}

/// What kinds of Mermaid there are besides those that are drawn, by the word they begin with.
const OTHER_KINDS: [(&str, &str); 27] = [
    ("sequenceDiagram", "sequence diagram"),
    ("classDiagram", "class diagram"),
    ("classDiagram-v2", "class diagram"),
    ("stateDiagram", "state diagram"),
    ("stateDiagram-v2", "state diagram"),
    ("erDiagram", "entity relationship diagram"),
    ("journey", "user journey"),
    ("gantt", "Gantt chart"),
    ("pie", "pie chart"),
    ("quadrantChart", "quadrant chart"),
    ("requirementDiagram", "requirement diagram"),
    ("requirement", "requirement diagram"),
    ("gitGraph", "Git graph"),
    ("mindmap", "mind map"),
    ("timeline", "timeline"),
    ("zenuml", "ZenUML diagram"),
    ("sankey", "Sankey diagram"),
    ("sankey-beta", "Sankey diagram"),
    ("xychart", "XY chart"),
    ("xychart-beta", "XY chart"),
    ("block", "block diagram"),
    ("block-beta", "block diagram"),
    ("packet", "packet diagram"),
    ("packet-beta", "packet diagram"),
    ("kanban", "Kanban board"),
    ("radar-beta", "radar chart"),
    ("treemap-beta", "treemap"),
];

/// Draws a view of one of the diagrams, which come with the main one first.
pub fn view(diagrams: &[Diagram<'_>], path: Option<&str>, key: Option<&str>, theme: Theme) -> Figure {
    let Some((diagram, view)) = find(diagrams, path, key) else { return missing(diagrams, path, key) };
    if view.kind == ViewKind::Image {
        return undrawn(
            format!("The view `{}` is a picture that was made elsewhere", view.key),
            "Name a view that Lintel draws, or put the picture into the record by its path.",
        );
    }
    let prefix = prefix(&[diagram.path, &view.key]);
    match picture(diagram.model, view, diagram.pins, &prefix, theme) {
        Figure::Drawn(picture) => {
            let page = diagram.page.map(|page| format!("{page}?view={}", crate::domain::address::escape(&view.key)));
            Figure::Drawn(Picture { from: Some((view.key.clone(), diagram.path.to_owned())), page, ..picture })
        }
        other => other,
    }
}

/// Draws a Mermaid text, if it is of a kind that is read.
pub fn mermaid(source: &str, theme: Theme) -> Figure {
    if source.len() > MOST_SOURCE {
        let what = format!("This Mermaid text has {} KiB", source.len() / 1024);
        return undrawn(what, &format!("A text in a record may have {} KiB. Make it a diagram of the project.", MOST_SOURCE / 1024));
    }
    let word = mermaid::first_word(source);
    if word.is_empty() {
        return undrawn("This Mermaid fence is empty".to_owned(), "Begin it with `flowchart LR`, `C4Container` or `architecture-beta`.");
    }
    if let Some((_, kind)) = OTHER_KINDS.iter().find(|(known, _)| *known == word) {
        let what = format!("Lintel does not draw this kind of Mermaid: it is a {kind}");
        return undrawn(what, "Flowcharts, C4 and architecture diagrams are drawn. The text stays as it is.");
    }
    let format = recognise(Some("fence.mmd"), source).unwrap_or(Format::Mermaid);
    if format == Format::Mermaid && !mermaid::looks_like(source) {
        let known = ["flowchart", "graph", "C4Context", "C4Container", "C4Component", "C4Dynamic", "C4Deployment", "architecture-beta"];
        let others = OTHER_KINDS.iter().map(|(word, _)| *word);
        let help = nearest(word, known.into_iter().chain(others)).map_or_else(
            || "Begin it with `flowchart LR`, `C4Container` or `architecture-beta`.".to_owned(),
            |near| format!("Did you mean `{near}`?"),
        );
        let line = line_of(source, word);
        let problems = vec![Problem { line, message: format!("`{}` is no kind of Mermaid. {help}", cut(word)) }];
        return Figure::Undrawn { what: "This Mermaid text can't be read".to_owned(), help: String::new(), problems };
    }
    let read = import(format, "fence.mmd", source, &Sources::new());
    let problems = problems(source, &read.diagnostics);
    let Some(view) = choose(&read.model, None).filter(|view| !view.elements.is_empty()) else {
        let what = format!("This {} shows nothing", format.name());
        return Figure::Undrawn { what, help: "Write at least one node.".to_owned(), problems };
    };
    match picture(&read.model, view, &pins::named(&read.positions), &prefix(&[source]), theme) {
        Figure::Drawn(picture) => Figure::Drawn(Picture { problems, ..picture }),
        Figure::Undrawn { what, help, .. } => Figure::Undrawn { what, help, problems },
        rule @ Figure::Rule(_) => rule,
    }
}

fn find<'a>(diagrams: &[Diagram<'a>], path: Option<&str>, key: Option<&str>) -> Option<(Diagram<'a>, &'a View)> {
    let named = |diagram: &&Diagram<'a>| path.is_none_or(|path| is_at(diagram.path, path));
    let same = |diagram: &Diagram<'a>, fits: &dyn Fn(&str, &str) -> bool| match key {
        Some(key) => diagram.model.views.iter().find(|view| fits(&view.key, key)),
        None => choose(diagram.model, None).filter(|_| path.is_some()),
    };
    let exact = |diagram: &Diagram<'a>| same(diagram, &|known, key| known == key).map(|view| (*diagram, view));
    let loose = |diagram: &Diagram<'a>| same(diagram, &str::eq_ignore_ascii_case).map(|view| (*diagram, view));
    diagrams.iter().filter(named).find_map(exact).or_else(|| diagrams.iter().filter(named).find_map(loose))
}

/// Whether a diagram is meant by a path: the whole, or its end.
fn is_at(known: &str, path: &str) -> bool {
    let path = path.trim_start_matches("./").trim_start_matches('/');
    known == path || known.strip_suffix(path).is_some_and(|rest| rest.ends_with('/'))
}

fn missing(diagrams: &[Diagram<'_>], path: Option<&str>, key: Option<&str>) -> Figure {
    if diagrams.is_empty() {
        return undrawn("The project has no diagram, so there is no view to show".to_owned(), "Make a diagram first.");
    }
    let named: Vec<&Diagram<'_>> = diagrams.iter().filter(|diagram| path.is_none_or(|path| is_at(diagram.path, path))).collect();
    if let (Some(path), true) = (path, named.is_empty()) {
        let paths = diagrams.iter().map(|diagram| diagram.path);
        let help =
            nearest(path, paths.clone()).map_or_else(|| there_is("diagrams", paths.collect()), |near| format!("Did you mean `{near}`?"));
        return undrawn(format!("There is no diagram at `{}`", cut(path)), &help);
    }
    let keys = || named.iter().flat_map(|diagram| diagram.model.views.iter().map(|view| view.key.as_str()));
    let Some(key) = key else {
        return undrawn("It does not say which view to show".to_owned(), &there_is("views", keys().collect()));
    };
    let help = nearest(key, keys()).map_or_else(|| there_is("views", keys().collect()), |near| format!("Did you mean `{near}`?"));
    let place = path.map(|path| format!(" in {}", cut(path))).unwrap_or_default();
    undrawn(format!("There is no view `{}`{place}", cut(key)), &help)
}

fn there_is(what: &str, names: Vec<&str>) -> String {
    if names.is_empty() {
        return format!("There are no {what}.");
    }
    let more = names.len().saturating_sub(MOST_NAMES);
    let shown: Vec<String> = names.into_iter().take(MOST_NAMES).map(|name| format!("`{}`", cut(name))).collect();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("The {what} are {}{more}.", shown.join(", "))
}

fn undrawn(what: String, help: &str) -> Figure {
    Figure::Undrawn { what, help: help.to_owned(), problems: Vec::new() }
}

fn picture(model: &Model, view: &View, pins: &AllPins, prefix: &str, theme: Theme) -> Figure {
    if view.elements.is_empty() {
        return undrawn(format!("The view `{}` shows nothing", cut(&view.key)), "Include elements in it.");
    }
    if view.elements.len() > MOST_SHAPES {
        let what = format!("The view `{}` has {} elements", cut(&view.key), view.elements.len());
        return undrawn(what, &format!("A picture in a record has {MOST_SHAPES} at most. Embed a view of a part."));
    }
    let scene = scene::compose_pinned(model, view, None, &pins::of_view(pins, &view.key));
    let options = SvgOptions { theme, title: scene.title.clone(), id_prefix: prefix.to_owned(), ..SvgOptions::default() };
    let svg = svg(&scene, &options);
    if svg.len() > MOST_BYTES {
        let what = format!("The picture of the view `{}` has {} KiB", cut(&view.key), svg.len() / 1024);
        return undrawn(what, &format!("A picture in a record has {} KiB at most. Embed a view of a part.", MOST_BYTES / 1024));
    }
    Figure::Drawn(Picture {
        svg,
        prefix: prefix.to_owned(),
        size: (scene.frame.width, scene.frame.height),
        title: scene.title,
        from: None,
        page: None,
        problems: Vec::new(),
    })
}

/// What begins the ids of a picture: other pictures have others.
fn prefix(parts: &[&str]) -> String {
    let mut hash = blake3::Hasher::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update(&[0]);
    }
    let hex = hash.finalize().to_hex();
    format!("figure-{}-", hex.get(..8).unwrap_or_default())
}

fn problems(source: &str, diagnostics: &[Diagnostic]) -> Vec<Problem> {
    let lines = LineIndex::new(source);
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error);
    errors
        .take(MOST_PROBLEMS)
        .map(|error| Problem {
            line: lines.place(error.span.start).line,
            message: [&error.what, &error.why, &error.help]
                .map(|part| part.trim().trim_end_matches('.'))
                .into_iter()
                .filter(|part| !part.is_empty())
                .map(|part| format!("{part}."))
                .collect::<Vec<_>>()
                .join(" "),
        })
        .collect()
}

fn line_of(source: &str, word: &str) -> u32 {
    LineIndex::new(source).place(source.find(word).and_then(|at| u32::try_from(at).ok()).unwrap_or(0)).line
}

/// A name for a message, which must not grow without end.
fn cut(name: &str) -> String {
    crate::domain::review::check::shorten(&name.replace(['`', '\n', '\r'], " "), 60)
}
