//! Figures as HTML. Every text is escaped; the only markup that comes from elsewhere is a picture of our own scene writer.

use std::{cell::RefCell, collections::BTreeMap};

use crate::domain::{
    decision::{
        constraint::Written,
        embed::{Embed, MOST_PICTURES},
        figure::{Figure, Figures, Picture, Problem, Standing},
    },
    markdown::{address, escaped},
};

/// Where figures are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Medium {
    /// On our own page, which has the icons and the colours.
    #[default]
    Page,
    /// In a file of its own. Links lead to the server at the address, if it has one.
    File { server: Option<String> },
}

impl Medium {
    /// An address of ours as it has to be written there; none where it would lead nowhere.
    pub fn address(&self, page: &str) -> Option<String> {
        match self {
            Self::Page => Some(page.to_owned()),
            Self::File { server } => server.as_ref().map(|server| format!("{}{page}", server.trim_end_matches('/'))),
        }
    }

    fn icon(&self, name: &str) -> String {
        match self {
            Self::Page => format!("<svg class=\"icon\" aria-hidden=\"true\"><use href=\"/icons.svg#i-{name}\"></use></svg>"),
            Self::File { .. } => String::new(),
        }
    }

    /// A link where it leads somewhere, else its words.
    fn link(&self, page: &str, words: &str) -> String {
        let target = self.address(page).filter(|target| address::classify(target) != address::Address::Refused);
        target.map_or_else(|| escaped(words), |target| format!("<a href=\"{}\">{}</a>", escaped(&target), escaped(words)))
    }
}

/// What a renderer of markdown shows in the place of embeds.
pub struct Shown<'a> {
    pub figures: &'a Figures,
    /// What the whole record asks for, as [`super::super::embed::of_record`] finds it.
    pub wanted: &'a [Embed],
    pub medium: &'a Medium,
    /// Of what time the views are, in words: `as accepted on 19 Nov 2026`.
    pub as_of: Option<&'a str>,
    /// The name of an element that is most like one that does not exist.
    pub nearest: &'a dyn Fn(&str) -> Option<String>,
    /// The number of the part of the record that is rendered, so that no id comes twice on the page.
    pub part: usize,
    /// How often each embed was shown in it.
    pub counts: RefCell<BTreeMap<Embed, usize>>,
}

impl Shown<'_> {
    /// A picture in its place; `line` is the line of the record before the embedded text.
    pub fn picture(&self, embed: &Embed, caption: &str, inline: bool, line: u32) -> String {
        let mut counts = self.counts.borrow_mut();
        let count = counts.entry(embed.clone()).or_default();
        let nth = std::mem::replace(count, count.saturating_add(1));
        let beyond = !self.wanted.contains(embed);
        let setting = Setting { medium: self.medium, caption, inline, line, place: (self.part, nth), as_of: self.as_of, beyond };
        picture(embed, self.figures.get(embed), &setting)
    }

    /// The rules of a fence in a text; `line` gives the line of an offset.
    pub fn rules(&self, text: &str, written: &[Written], line: impl Fn(u32) -> u32) -> String {
        rules(text, written, self.figures, self.medium, line)
    }
}

/// How one embed stands in its record.
#[derive(Clone, Copy, Debug)]
struct Setting<'a> {
    medium: &'a Medium,
    /// What the author says below it.
    caption: &'a str,
    /// In the middle of a paragraph.
    inline: bool,
    /// The line of the record before the embedded text.
    line: u32,
    /// The part of the record, and how often the same stood before it there.
    place: (usize, usize),
    as_of: Option<&'a str>,
    /// It comes after those that are drawn.
    beyond: bool,
}

/// An embed that is drawn, or why it is not.
fn picture(embed: &Embed, figure: Option<&Figure>, setting: &Setting<'_>) -> String {
    match figure {
        Some(Figure::Drawn(picture)) => drawn(picture, setting, matches!(embed, Embed::View { .. })),
        Some(Figure::Undrawn { what, help, problems }) => undrawn(embed, what, help, problems, setting),
        Some(Figure::Rule(_)) | None if setting.beyond => {
            let what = format!("A record shows {MOST_PICTURES} pictures, and this is one more");
            undrawn(embed, &what, "Move a part of the record into one of its own.", &[], setting)
        }
        Some(Figure::Rule(_)) | None => undrawn(embed, "This is being drawn", "", &[], setting),
    }
}

/// The rules of a fence in a text with their state; `line` gives the line of an offset.
fn rules(text: &str, written: &[Written], figures: &Figures, medium: &Medium, line: impl Fn(u32) -> u32) -> String {
    let mut out = String::from("<ul class=\"rules\">\n");
    for rule in written {
        let (state, icon, words) = match &rule.constraint {
            Err(problem) => {
                let what = escaped(&format!("Can’t be read, line {}: {}. {}", line(rule.span.start), problem.what, problem.help));
                ("malformed", "sev-medium", what)
            }
            Ok(_) => match figures.get(&Embed::of_rule(rule.span.of(text))) {
                Some(Figure::Rule(standing)) => words(standing, medium),
                _ => ("unknown", "st-draft", "Not checked yet".to_owned()),
            },
        };
        let icon = medium.icon(icon);
        let code = escaped(rule.span.of(text).trim_start_matches("- "));
        let parts = ["<li class=\"rule rule--", state, "\">", &icon, "<code>", &code, "</code> <span class=\"rule__state\">", &words];
        out.extend(parts);
        out.push_str("</span></li>\n");
    }
    out.push_str("</ul>\n");
    out
}

fn words(standing: &Standing, medium: &Medium) -> (&'static str, &'static str, String) {
    if standing.diagrams == 0 {
        return ("unknown", "st-draft", "Not checked: the project has no diagram".to_owned());
    }
    if standing.broken_by.is_empty() {
        let open = match standing.unknown {
            0 => String::new(),
            1 => ", as far as is stated: one fact is not".to_owned(),
            more => format!(", as far as is stated: {more} facts are not"),
        };
        return ("holds", "sev-pass", format!("Holds{open}"));
    }
    let mut who = standing.broken_by.join(", ");
    if standing.more > 0 {
        who = format!("{who} and {} more", standing.more);
    }
    let link = standing.finding.as_ref().map(|page| medium.link(page, "See the finding"));
    let link = link.filter(|link| link.starts_with("<a")).map(|link| format!(" {link}")).unwrap_or_default();
    ("violated", "sev-high", format!("Violated by {}{link}", escaped(&who)))
}

fn drawn(picture: &Picture, setting: &Setting<'_>, is_view: bool) -> String {
    let caption = if setting.caption.trim().is_empty() { picture.title.as_str() } else { setting.caption.trim() };
    let [outer, inner, below] = if setting.inline { ["span", "span", "span"] } else { ["figure", "div", "figcaption"] };
    let role = if setting.inline { " role=\"figure\"" } else { "" };
    let (width, height) = picture.size;
    // A file of its own has its size already.
    let sized = usize::from(*setting.medium == Medium::Page);
    let mut svg = picture.svg.replacen("<svg ", &format!("<svg width=\"{width}\" height=\"{height}\" "), sized);
    if setting.place != (0, 0) {
        let (part, nth) = setting.place;
        svg = svg.replace(&picture.prefix, &format!("{}{part}-{nth}-", picture.prefix));
    }
    let mut notes = Vec::new();
    if let Some((key, path)) = &picture.from {
        let words = format!("{key} in {path}");
        notes.push(picture.page.as_ref().map_or_else(|| escaped(&words), |page| setting.medium.link(page, &words)));
    }
    notes.extend(setting.as_of.filter(|_| is_view).map(escaped));
    let from = if notes.is_empty() { String::new() } else { format!(" <span class=\"embed__from\">{}</span>", notes.join(", ")) };
    let problems = told(&picture.problems, setting);
    let problems = if problems.is_empty() { problems } else { format!(" <span class=\"embed__problems\">{problems}</span>") };
    let end = if setting.inline { "" } else { "\n" };
    let label = escaped(caption);
    format!(
        "<{outer} class=\"embed\"{role} aria-label=\"{label}\"><{inner} class=\"embed__picture\">{svg}</{inner}>\
         <{below} class=\"embed__caption\"><span>{label}</span>{from}{problems}</{below}></{outer}>{end}"
    )
}

fn undrawn(embed: &Embed, what: &str, help: &str, problems: &[Problem], setting: &Setting<'_>) -> String {
    let [outer, line] = if setting.inline { ["span", "span"] } else { ["div", "p"] };
    let mut out = format!("<{outer} class=\"embed embed--undrawn\"><{line} class=\"embed__what\">{}", setting.medium.icon("sev-info"));
    let caption = setting.caption.trim();
    if !caption.is_empty() {
        out.extend(["<b>", &escaped(caption), "</b> "]);
    }
    for part in [what, help].into_iter().filter(|part| !part.is_empty()) {
        out.push_str(&escaped(part));
        out.push_str(if part.ends_with(['.', '?', '!']) { " " } else { ". " });
    }
    out.truncate(out.trim_end().len());
    out.extend(["</", line, ">"]);
    let problems = told(problems, setting);
    if !problems.is_empty() {
        out.extend(["<", line, " class=\"embed__problems\">", &problems, "</", line, ">"]);
    }
    if let (Embed::Mermaid(source), false) = (embed, setting.inline) {
        out.extend(["<pre><code class=\"language-mermaid\">", &escaped(source), "</code></pre>"]);
    }
    out.extend(["</", outer, ">", if setting.inline { "" } else { "\n" }]);
    out
}

fn told(problems: &[Problem], setting: &Setting<'_>) -> String {
    let line = |problem: &Problem| setting.line.saturating_add(problem.line);
    let said: Vec<String> = problems.iter().map(|problem| escaped(&format!("Line {}: {}", line(problem), problem.message))).collect();
    said.join(" ")
}
