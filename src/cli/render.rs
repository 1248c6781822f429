//! `lintel render`: draws a diagram, or converts it. Reads every format that Lintel reads, and a picture of its own back into
//! the text it carries.
//!
//! What it draws goes to the file or the standard output; everything it has to say goes to the standard error stream.

use std::{fs, io::IsTerminal, path::PathBuf};

use clap::{Args, ValueEnum};

use crate::{
    cli::{Failure, pour, remark},
    domain::{
        diagnostic::{Diagnostic, Level, LineIndex},
        model::{
            Model,
            view::{View, ViewKind, everything},
        },
        scene::{
            pins,
            svg::{Theme, embed::Embedded},
        },
        syntax::{
            fidelity::Fidelity,
            format::{Imported, import},
        },
    },
    server::service::drawing::{self, Drawn, Look, Output},
};

pub mod read;

use read::Input;

const FILE_HELP: &str = "Diagram to draw: Structurizr DSL or JSON, Mermaid, D2, C4-PlantUML, LikeC4, a drawing in characters, or a \
                         picture that Lintel made; - reads the standard input";

#[derive(Debug, Args)]
pub struct Render {
    #[arg(value_name = "FILE", help = FILE_HELP)]
    file: PathBuf,
    /// File to write; its name says the format. - writes to the standard output, as does leaving it out
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Format: svg, png, txt, mmd, d2, puml, dsl, json, c4.mmd or structurizr.json [default: what OUT ends with, else txt]
    #[arg(long, value_name = "FORMAT", value_parser = format_of)]
    to: Option<Output>,
    /// View to draw: its key [default: the first one for a picture, the whole model for a text]
    #[arg(long, value_name = "KEY")]
    view: Option<String>,
    /// Colours of a picture
    #[arg(long, value_enum, default_value = "light")]
    theme: ThemeName,
    /// Columns of a drawing in characters
    #[arg(long, value_name = "N", default_value = "100", value_parser = clap::value_parser!(u16).range(40..=1000))]
    width: u16,
    /// Draw with ASCII characters only
    #[arg(long)]
    ascii: bool,
    /// Say below a picture what its shapes and lines mean
    #[arg(long)]
    legend: bool,
    /// Leave the diagram's text out of an SVG, which carries it otherwise
    #[arg(long)]
    no_source: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ThemeName {
    Light,
    Dark,
}

fn format_of(text: &str) -> Result<Output, String> {
    let known = Output::from_extension(text.trim_start_matches('.'));
    known.ok_or_else(|| "use svg, png, txt, mmd, d2, puml, dsl, json, c4.mmd or structurizr.json".to_owned())
}

impl Render {
    pub fn run(self) -> Result<(), Failure> {
        let output = self.form()?;
        let to_file = self.output.as_deref().filter(|path| path.as_os_str() != "-");
        if let Some(path) = to_file
            && fs::canonicalize(path).is_ok_and(|there| fs::canonicalize(&self.file).is_ok_and(|here| here == there))
        {
            return Err(Failure::fault(format!("{} would be written over itself. Name another file.", path.display())));
        }
        if output == Output::Png && to_file.is_none() && std::io::stdout().is_terminal() {
            return Err(Failure::fault("A PNG on a terminal is unreadable. Name a file with -o, or pipe it on."));
        }
        let input = read::input(&self.file)?;
        let read = import(input.format, &input.path, &input.text, &input.sources);
        let is_broken = complaints(&input, &read.diagnostics);
        let drawn = self.draw(output, &input, &read)?;
        for line in losses(&input, &read.fidelity, &drawn.fidelity) {
            remark(&line);
        }
        if let Some(path) = to_file {
            let wrong = |error: std::io::Error| Failure::fault(format!("{} can't be written: {error}.", path.display()));
            fs::write(path, &drawn.bytes).map_err(wrong)?;
        } else {
            pour(&drawn.bytes);
        }
        if is_broken { Err(Failure { code: 2, message: String::new() }) } else { Ok(()) }
    }

    /// The format to write.
    fn form(&self) -> Result<Output, Failure> {
        if let Some(to) = self.to {
            return Ok(to);
        }
        match self.output.as_deref().filter(|path| path.as_os_str() != "-") {
            None => Ok(Output::Text),
            Some(path) => Output::from_name(&path.to_string_lossy()).ok_or_else(|| {
                let help = "End it with .svg, .png, .txt, .mmd, .d2, .puml, .dsl or .json, or say the format with --to.";
                Failure::fault(format!("{} does not say its format. {help}", path.display()))
            }),
        }
    }

    fn draw(&self, output: Output, input: &Input, read: &Imported) -> Result<Drawn, Failure> {
        let model = &read.model;
        if model.elements.is_empty() {
            return Err(Failure::input(format!("{} has no elements, so there is nothing to draw.", input.shown)));
        }
        if let (Output::Source(target), None) = (output, &self.view) {
            return Ok(drawing::written(target, model, None));
        }
        let view = self.pick(input, model)?;
        let embedded = Embedded { path: input.path.clone(), view: view.key.clone(), text: input.text.clone() };
        let look = Look {
            theme: match self.theme {
                ThemeName::Light => Theme::Light,
                ThemeName::Dark => Theme::Dark,
            },
            legend: self.legend,
            width: usize::from(self.width),
            ascii: self.ascii,
            source: Some(embedded).filter(|_| !self.no_source),
            pins: pins::named(&read.positions),
        };
        drawing::draw(output, model, &view, &look).map_err(|error| Failure::input(error.to_string()))
    }

    /// The view that is asked for, else the one the input names, else the first that can be drawn.
    fn pick(&self, input: &Input, model: &Model) -> Result<View, Failure> {
        let keys = || model.views.iter().map(|view| view.key.as_str()).collect::<Vec<_>>().join(", ");
        if let Some(key) = &self.view {
            let found = model.views.iter().find(|view| view.key == *key).cloned();
            let views = if model.views.is_empty() { "It has none.".to_owned() } else { format!("It has {}.", keys()) };
            return found.ok_or_else(|| Failure::input(format!("{} has no view {key}. {views}", input.shown)));
        }
        let drawable: Vec<&View> = model.views.iter().filter(|view| view.kind != ViewKind::Image).collect();
        let named = drawable.iter().find(|view| Some(&view.key) == input.view.as_ref());
        let Some(view) = named.or(drawable.first()) else { return Ok(everything(model)) };
        let others: Vec<&str> = drawable.iter().map(|other| other.key.as_str()).filter(|key| *key != view.key).collect();
        if !others.is_empty() {
            remark(&format!("{}: drew the view {}; --view takes one of the others: {}", input.shown, view.key, others.join(", ")));
        }
        Ok((*view).clone())
    }
}

/// Says what is not understood, as a compiler does; tells whether something is.
fn complaints(input: &Input, diagnostics: &[Diagnostic]) -> bool {
    let lines = LineIndex::new(&input.text);
    for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.level > Level::Note) {
        let word = if diagnostic.level == Level::Error { "error" } else { "warning" };
        let at = diagnostic.file.clone().unwrap_or_else(|| {
            let place = lines.place(diagnostic.span.start);
            format!("{}:{}:{}", input.shown, place.line, place.column)
        });
        remark(&format!("{at}: {word}[{}]: {}", diagnostic.code, diagnostic.what));
        for (label, text) in [("why", &diagnostic.why), ("help", &diagnostic.help)] {
            if !text.trim().is_empty() {
                remark(&format!("  = {label}: {text}"));
            }
        }
    }
    diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error)
}

/// What was lost or changed on the way in and on the way out.
fn losses(input: &Input, read: &Fidelity, written: &Fidelity) -> Vec<String> {
    let mut lines = read.report(&input.text);
    for line in written.report("") {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.into_iter().map(|line| format!("{}: {line}", input.shown)).collect()
}
