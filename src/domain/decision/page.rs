//! A record as one HTML file that needs nothing else: styles inside, pictures drawn in place, no scripts, and a policy that lets
//! nothing load or run even so.

use std::{cell::RefCell, fmt::Write};

use crate::domain::{
    decision::{
        Record,
        embed::of_record,
        figure::{
            Figures,
            html::{Medium, Shown},
        },
    },
    markdown::{Rendering, contents, escaped, render},
    moment::Moment,
};

/// What such a file is made of.
pub struct Page<'a> {
    pub project: &'a str,
    pub path: &'a str,
    pub text: &'a str,
    pub record: &'a Record,
    /// When it is made.
    pub day: Moment,
    pub figures: &'a Figures,
    /// Of what time its views are.
    pub as_of: Option<&'a str>,
    pub medium: &'a Medium,
    /// As [`Rendering`] asks for it.
    pub element_url: &'a dyn Fn(&str) -> Option<String>,
    pub link_url: &'a dyn Fn(&str) -> Option<String>,
    pub nearest: &'a dyn Fn(&str) -> Option<String>,
}

/// Sections from which a record has a table of contents.
const WORTH_CONTENTS: usize = 4;

/// Light colours only: such a file is read on paper as often as on a screen. A file that leaves Lintel must not depend on it, so the
/// values of the style sheet are repeated here.
const STYLE: &str = "\
@page{margin:20mm 18mm}\
*{box-sizing:border-box}\
html{color-scheme:light;background:#faf9f7;color:#1b1a18;font:16px/1.6 -apple-system,'Segoe UI',Inter,Roboto,'Noto Sans','Liberation Sans',Arial,sans-serif}\
body{margin:0;padding:2rem 1rem}\
main{max-width:46rem;margin:0 auto;padding:2.5rem;background:#fff;border:1px solid #e4e1da;border-radius:10px}\
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .4rem}h2{font-size:1.2rem;margin:2rem 0 .5rem}h3,h4,h5,h6{font-size:1rem;margin:1.5rem 0 .4rem}\
p,ul,ol,table,pre,blockquote,figure{margin:.8rem 0}\
a{color:#2b3fb4}code,pre{font-family:ui-monospace,'SF Mono',Consolas,'Liberation Mono',monospace;font-size:.86em;background:#f3f1ee}\
code{padding:.1em .3em;border-radius:3px}pre{padding:.8rem 1rem;border:1px solid #e4e1da;border-radius:7px;overflow-x:auto}pre code{padding:0;background:none;font-size:1em}\
blockquote{padding:.1em 0 .1em 1em;border-left:3px solid #cdc9c0;color:#55514a}\
table{border-collapse:collapse;font-size:.9em}th,td{padding:.45em .7em;border:1px solid #d9d5cc;text-align:left;vertical-align:top}th{background:#f3f1ee}\
.align-center{text-align:center}.align-right{text-align:right}\
.record__line{color:#55514a;font-size:.85rem;margin:0 0 1.5rem}.record__line b{color:#1b1a18}\
.contents{font-size:.9rem;border-left:3px solid #e4e1da;padding-left:1rem}.contents ol{margin:.2rem 0;padding-left:1.2rem}\
.embed{display:block;margin:1rem 0}.embed__picture,.embed__caption{display:block}.embed svg{max-width:100%;height:auto}\
.embed__caption{font-size:.85rem;color:#55514a}.embed__from{margin-left:.4em}\
.embed--undrawn,.rules{border:1px solid #d9d5cc;border-radius:7px;padding:.6rem 1rem;background:#faf9f7}\
.embed__what,.embed__problems{display:block;font-size:.9rem}\
.rules{list-style:none}.rule__state{font-size:.85rem}.rule--violated .rule__state{color:#b03f0a;font-weight:600}\
.elementlink--missing{text-decoration:underline wavy #855b06}.elementlink__hint{font-size:.85em;color:#55514a}\
footer{margin-top:2.5rem;padding-top:.8rem;border-top:1px solid #e4e1da;font-size:.8rem;color:#55514a}\
@media print{html,main{background:#fff}body{padding:0}main{max-width:none;padding:0;border:0;border-radius:0;font-size:10.5pt}\
h1,h2,h3,h4{break-after:avoid}figure,table,pre,.embed,.rules,tr{break-inside:avoid}\
.embed svg{max-height:22cm}pre{white-space:pre-wrap;overflow:visible}\
main a[href^='http']::after{content:' (' attr(href) ')';font-size:.85em;color:#55514a;word-break:break-all}.contents a::after{content:none!important}}";

/// The whole file.
pub fn standalone(page: &Page<'_>) -> String {
    let wanted = of_record(page.text);
    let shown = Shown {
        figures: page.figures,
        wanted: &wanted,
        medium: page.medium,
        as_of: page.as_of,
        nearest: page.nearest,
        part: 0,
        counts: RefCell::default(),
    };
    let rendering = Rendering { shift_headings: 0, element_url: page.element_url, link_url: page.link_url, shown: Some(&shown) };
    let html = render(page.text, &rendering);
    let title = escaped(&page.record.title);
    let line = line(page.record);
    let list = list(&html);
    let body = match html.split_once("</h1>") {
        Some((first, rest)) if first.trim_start().starts_with("<h1") => format!("{first}</h1>\n{line}{list}{rest}"),
        _ => format!("<h1>{title}</h1>\n{line}{list}{html}"),
    };
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<main>\n{body}\n<footer>{}, {}. {}</footer>\n</main>\n</body>\n</html>\n",
        escaped(page.project),
        escaped(page.path),
        escaped(&format!("Written from Lintel on {}.", page.day.long_date()))
    )
}

/// Number, status, date and who decided.
fn line(record: &Record) -> String {
    let mut parts = Vec::new();
    parts.extend(record.number.map(|number| format!("ADR-{number:04}")));
    parts.push(match &record.status {
        Some(status) => format!("<b>{}</b>", escaped(status.status.map_or(status.written.as_str(), |known| known.name()))),
        None => "No status".to_owned(),
    });
    parts.extend(record.date.as_ref().map(|date| escaped(&date.written)));
    if !record.deciders.is_empty() {
        parts.push(escaped(&record.deciders.join(", ")));
    }
    format!("<p class=\"record__line\">{}</p>\n", parts.join(" · "))
}

fn list(html: &str) -> String {
    let mut headings = contents(html);
    headings.retain(|heading| heading.level == 2);
    if headings.len() < WORTH_CONTENTS {
        return String::new();
    }
    let mut out = String::from("<nav class=\"contents\" aria-label=\"Contents\"><ol>\n");
    for heading in headings {
        // Writing to a string can't fail.
        let _ = writeln!(out, "<li><a href=\"#{}\">{}</a></li>", heading.id, heading.html);
    }
    out.push_str("</ol></nav>\n");
    out
}
