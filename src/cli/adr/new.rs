//! `lintel adr new`: a record under the next number, in the log's own way.

use std::{
    fs,
    io::IsTerminal,
    path::{Path, PathBuf},
    process::Command,
};

use clap::{Args, ValueEnum};

use crate::{
    cli::{
        Failure,
        adr::folder::{Extent, Opened, Place, today},
        complain, on_terminal, remark, say,
    },
    domain::{
        decision::{
            edit::link::{Relation, Wording},
            log::{
                habits::Habits,
                step::{self, Form},
            },
            status::Status,
            template::{
                Template,
                project::{self, ProjectTemplate},
            },
        },
        text_file,
    },
};

#[derive(Debug, Args)]
pub struct New {
    /// A decision that this one supersedes; may be given several times
    #[arg(short, long, value_name = "REF")]
    supersedes: Vec<String>,
    /// A link and what the other record says in return: "5:Amends:Amended by"; may be given several times
    #[arg(short, long = "link", value_name = "REF:LINK:REVERSE")]
    links: Vec<String>,
    /// Status to begin with; proposed, but accepted in folders of adr-tools
    #[arg(long, value_enum)]
    status: Option<Beginning>,
    /// Template; the log's own otherwise
    #[arg(long, value_name = "NAME_OR_FILE")]
    template: Option<String>,
    /// Who decides; may be given several times
    #[arg(long, value_name = "NAME")]
    by: Vec<String>,
    /// Open it in the editor that VISUAL or EDITOR names, as happens on a terminal
    #[arg(long, overrides_with = "no_edit")]
    edit: bool,
    /// Don't open an editor
    #[arg(long)]
    no_edit: bool,
    /// Words of the title
    #[arg(required = true, value_name = "TITLE")]
    title: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Beginning {
    Draft,
    Proposed,
    Accepted,
}

impl New {
    pub fn run(self, place: &Place) -> Result<(), Failure> {
        let date = today()?;
        let opened = place.hold(Extent::Log, true)?;
        let habits = opened.habits();
        let title = self.title.join(" ");
        let supersedes = self.supersedes.iter().map(|wanted| opened.find(wanted)).collect::<Result<Vec<_>, _>>()?;
        let links = self.links.iter().map(|link| linked(&opened, link, habits.wording)).collect::<Result<Vec<_>, _>>()?;
        let status = self.status.map_or(habits.status, Beginning::status);
        let form = self.form(place, &opened, &habits)?;
        let new = step::New { title: &title, form, status, date, makers: &self.by, supersedes: &supersedes, links: &links, number: None };
        let change = step::create(&opened.log, &habits, &new).map_err(|refused| Failure::input(place.told(&refused.to_string())))?;
        opened.write(&change)?;
        for warning in &change.warnings {
            complain(&place.told(warning));
        }
        // Scripts read the path.
        for sentence in &change.done {
            remark(&place.told(sentence));
        }
        let Some(path) = change.created.keys().next() else { return Ok(()) };
        drop(opened);
        self.open_editor(&place.root.join(path))?;
        say(&place.shown(path));
        Ok(())
    }

    /// What it is written from: as asked, as adr-tools' variable says, the log's own template, or one that it is written in.
    fn form(&self, place: &Place, opened: &Opened<'_>, habits: &Habits) -> Result<Form, Failure> {
        if let Some(template) = self.template.as_deref().and_then(Template::from_slug).filter(|template| *template != Template::Other) {
            return Ok(Form::Known(template));
        }
        let named = self.template.clone().or_else(|| std::env::var("ADR_TEMPLATE").ok().filter(|name| !name.is_empty()));
        if let Some(name) = named {
            let names: Vec<&str> = Template::ALL.into_iter().filter(|template| *template != Template::Other).map(Template::slug).collect();
            let bytes = fs::read(Path::new(&name))
                .map_err(|error| Failure::input(format!("{name} is no template ({}), and no file: {error}.", names.join(", "))))?;
            let text = text_file::read(&bytes).ok_or_else(|| Failure::input(format!("{name} is no text. Save it as UTF-8.")))?;
            return Ok(Form::Own(ProjectTemplate { name, text, ..ProjectTemplate::default() }));
        }
        let own =
            project::find(place.home(), opened.others.keys().chain(opened.log.texts.iter().map(|text| &text.path)).map(String::as_str));
        let own = own.and_then(|path| opened.others.get(path).map(|text| (path, text)));
        Ok(own.map_or(Form::Known(habits.template), |(path, text)| {
            Form::Own(ProjectTemplate { name: path.to_owned(), text: text.clone(), ..ProjectTemplate::default() })
        }))
    }

    fn open_editor(&self, path: &PathBuf) -> Result<(), Failure> {
        let editor = ["VISUAL", "EDITOR"].into_iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()));
        let wanted = self.edit || (!self.no_edit && on_terminal() && std::io::stdin().is_terminal());
        let Some(editor) = editor.filter(|_| wanted) else { return Ok(()) };
        // As a shell takes it: `code --wait` is a program and its argument.
        let mut words = editor.split_whitespace();
        let Some(program) = words.next() else { return Ok(()) };
        let ended = Command::new(program).args(words).arg(path).status();
        let ended =
            ended.map_err(|error| Failure::fault(format!("{editor} can't be run: {error}. The record is at {}.", path.display())))?;
        if ended.success() {
            Ok(())
        } else {
            Err(Failure::fault(format!("{editor} ended with {ended}. The record is at {}.", path.display())))
        }
    }
}

impl Beginning {
    const fn status(self) -> Status {
        match self {
            Self::Draft => Status::Draft,
            Self::Proposed => Status::Proposed,
            Self::Accepted => Status::Accepted,
        }
    }
}

/// `5:Amends:Amended by`, as adr-tools takes it.
fn linked(opened: &Opened<'_>, written: &str, wording: Wording) -> Result<(usize, Relation), Failure> {
    let mut parts = written.splitn(3, ':');
    let (wanted, words, reverse) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next());
    if wanted.trim().is_empty() || words.trim().is_empty() {
        return Err(Failure::fault(format!(
            "“{written}” is no link. Write a record, words, and what the other one says: \"5:Amends:Amended by\"."
        )));
    }
    Ok((opened.find(wanted)?, Relation::in_words(words, reverse, wording)))
}
