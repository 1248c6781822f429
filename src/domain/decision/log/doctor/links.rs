//! Links between records: those that lead nowhere, those that only one end knows, those that lead to what no longer holds,
//! and those that go in a circle.

use crate::domain::{
    decision::{
        Link, LinkKind, SectionRole,
        log::{
            Edge, Text, decoded,
            doctor::{Ward, Words, status_span},
            graph::{circles, way},
            join, number_of, parent, resolve, slug_of, successors,
        },
        status::Status,
        template::Template,
    },
    diagnostic::Level,
};

impl<'a> Ward<'a> {
    pub(super) fn broken_links(&mut self) {
        for (index, text) in self.log.texts.iter().enumerate() {
            for link in &text.record.links {
                if link.target.contains("://") || resolve(&self.entries, index, link).is_some() || self.is_there(text, link) {
                    continue;
                }
                let supersession = matches!(link.kind, LinkKind::Supersedes | LinkKind::SupersededBy);
                let number = is_number(link);
                // In prose a bare number may be that of another log.
                if number && link.kind == LinkKind::Mentions {
                    continue;
                }
                let fitting = number_of(&link.target)
                    .map_or(0, |wanted| self.log.texts.iter().filter(|other| other.record.number == Some(wanted)).count());
                let (what, help) = if number && fitting > 1 {
                    (format!("{} can mean {fitting} records", link.target), "Link to the file instead of the number.".to_owned())
                } else {
                    let help = "Correct the address, or take the link away if the record is gone.".to_owned();
                    (format!("The link to {} leads to no file", link.target), help)
                };
                let words = Words { what, why: "Readers can't follow it, and tools read the log without it.", help };
                let code = if supersession { "dangling-supersession" } else { "broken-link" };
                let about = link.target.clone();
                self.report(text, link.span, (Level::Warning, code), &about, words);
            }
        }
    }

    /// A file that is no record.
    fn is_there(&self, text: &Text, link: &Link) -> bool {
        if is_number(link) {
            return false;
        }
        let target = decoded(link.target.split(['#', '?']).next().unwrap_or("").trim());
        let near = join(parent(&text.path), &target);
        let places = [near.as_str(), target.trim_start_matches('/')];
        // The way out of the folder that is looked at ends where nobody can tell.
        let ups = target.split('/').filter(|part| *part == "..").count();
        let depth = parent(&text.path).split('/').filter(|part| !part.is_empty()).count();
        ups > depth || places.iter().any(|path| (self.exists)(path) || (self.exists)(&format!("{path}.md")))
    }

    pub(super) fn one_sided_links(&mut self) {
        let known = self.arrows.iter().filter(|arrow| matches!(arrow.kind, LinkKind::Supersedes | LinkKind::Amends));
        let one_sided = known.filter(|arrow| arrow.said != arrow.answered && !self.waits(arrow.from, arrow.kind));
        let mut found: Vec<(usize, usize, LinkKind)> = one_sided
            .map(|arrow| {
                if arrow.said {
                    (arrow.from, arrow.to, arrow.kind)
                } else {
                    (arrow.to, arrow.from, arrow.kind.reverse().unwrap_or(arrow.kind))
                }
            })
            .collect();
        found.extend(self.unanswered());
        for (from, to, kind) in found {
            let Some(edge) = self.edges.iter().find(|edge| (edge.from, edge.to, edge.kind) == (from, to, kind)).copied() else { continue };
            let (Some((text, link)), Some(other)) = (self.said(edge), self.log.texts.get(to)) else { continue };
            let (what, help) = match kind.reverse().filter(|_| kind != LinkKind::RelatesTo) {
                Some(reverse) => (
                    format!("{} does not say “{}” in return", other.path, reverse.name().to_lowercase()),
                    format!("Write both ends: `lintel adr link {} \"{}\" {}`.", called(text), kind.name(), called(other)),
                ),
                None => (format!("{} does not link back", other.path), "Link back from its Status section.".to_owned()),
            };
            let words = Words { what, why: "Whoever reads the other record does not learn of this one.", help };
            let (span, about) = (link.span, other.path.clone());
            self.report(text, span, (Level::Warning, "one-sided-link"), &about, words);
        }
    }

    /// A supersession that takes effect later, or none any more, is said at one end only.
    fn waits(&self, newer: usize, kind: LinkKind) -> bool {
        let status = self.log.texts.get(newer).and_then(|text| text.record.known_status());
        kind == LinkKind::Supersedes && !matches!(status, Some(Status::Accepted | Status::Superseded))
    }

    /// Lines of Status sections that are a link with a word or two before it: adr-tools writes these at both ends, in words
    /// of people's own.
    fn unanswered(&self) -> Vec<(usize, usize, LinkKind)> {
        let is_line = |text: &Text, link: &Link| {
            let before = text.text.get(..link.span.start as usize).unwrap_or("");
            let words = before.rsplit('\n').next().unwrap_or("").trim_start_matches(['*', '-', '+', ' ']);
            (1..=3).contains(&words.split_whitespace().count()) && !words.contains(['[', ',', '.']) && !is_number(link)
        };
        let in_status = |edge: &&Edge| {
            self.said(**edge).is_some_and(|(text, link)| {
                let section = text.record.section(SectionRole::Status);
                let inside = section.is_some_and(|section| section.own.contains(link.span.start));
                text.record.template == Template::Nygard && inside && is_line(text, link)
            })
        };
        let loose = self.edges.iter().filter(|edge| matches!(edge.kind, LinkKind::RelatesTo | LinkKind::Mentions) && edge.from != edge.to);
        let alone = loose.filter(in_status).filter(|edge| !self.edges.iter().any(|back| back.from == edge.to && back.to == edge.from));
        let mut found: Vec<_> = alone.map(|edge| (edge.from, edge.to, edge.kind)).collect();
        found.dedup();
        found
    }

    /// Accepted records that rest on superseded ones.
    pub(super) fn stale_links(&mut self) {
        let pairs: Vec<(usize, usize)> =
            self.arrows.iter().filter(|arrow| arrow.kind == LinkKind::Supersedes).map(|arrow| (arrow.from, arrow.to)).collect();
        let mut seen: Vec<(usize, usize)> = Vec::new();
        for edge in self.edges.clone() {
            let (Some((text, link)), Some(other)) = (self.said(edge), self.log.texts.get(edge.to)) else { continue };
            let stale = text.record.known_status() == Some(Status::Accepted) && other.record.known_status() == Some(Status::Superseded);
            let related = way(&pairs, edge.from, edge.to).is_some() || way(&pairs, edge.to, edge.from).is_some();
            // Who names the successor, too, knows.
            let knows =
                successors(&self.edges, edge.to).iter().any(|by| self.edges.iter().any(|one| one.from == edge.from && one.to == *by));
            if !stale || related || knows || seen.contains(&(edge.from, edge.to)) {
                continue;
            }
            seen.push((edge.from, edge.to));
            let level = if edge.kind == LinkKind::Mentions { Level::Note } else { Level::Warning };
            let by: Vec<&str> =
                successors(&self.edges, edge.to).into_iter().filter_map(|by| self.log.texts.get(by)).map(|by| by.path.as_str()).collect();
            let instead = if by.is_empty() { String::new() } else { format!(" by {}", by.join(" and ")) };
            let words = Words {
                what: format!("The record is accepted and rests on {}, which is superseded{instead}", other.path),
                why: "Its reasons may no longer hold.",
                help: "Read the successor. Link to it as well, or write a new decision.".to_owned(),
            };
            let (span, about) = (link.span, other.path.clone());
            self.report(text, span, (level, "superseded-reference"), &about, words);
        }
    }

    pub(super) fn circles(&mut self) {
        for (kind, code) in [
            (LinkKind::Supersedes, "supersession-circle"),
            (LinkKind::Amends, "amendment-circle"),
            (LinkKind::DependsOn, "dependency-circle"),
        ] {
            let pairs: Vec<(usize, usize)> =
                self.arrows.iter().filter(|arrow| arrow.kind == kind).map(|arrow| (arrow.from, arrow.to)).collect();
            for circle in circles(&pairs) {
                let (Some(first), Some(next)) = (circle.first().copied(), circle.get(1).or(circle.first()).copied()) else { continue };
                let Some(text) = self.log.texts.get(first) else { continue };
                let says = |edge: &&Edge| (edge.from, edge.to) == (first, next) && edge.kind == kind;
                let span =
                    self.edges.iter().find(says).and_then(|edge| self.said(*edge)).map_or_else(|| status_span(text), |(_, link)| link.span);
                let names: Vec<&str> =
                    circle.iter().filter_map(|index| self.log.texts.get(*index)).map(|text| text.path.as_str()).collect();
                let verb = kind.name().to_lowercase();
                let why =
                    if kind == LinkKind::Supersedes { "None of them is in force." } else { "Nobody can tell where to begin reading." };
                let words = Words {
                    what: format!("{} {verb} {}", names.join(&format!(" {verb} ")), names.first().copied().unwrap_or_default()),
                    why,
                    help: "Find out which of them came last, and take the others' links away.".to_owned(),
                };
                let about = names.join(" ");
                self.report(text, span, (Level::Error, code), &about, words);
            }
        }
    }

    /// The record and the link of an edge.
    fn said(&self, edge: Edge) -> Option<(&'a Text, &'a Link)> {
        let text = self.log.texts.get(edge.from)?;
        Some((text, text.record.links.get(edge.link)?))
    }
}

/// Whether a link names a number and no file.
fn is_number(link: &Link) -> bool {
    !link.target.contains(['/', '.']) && number_of(&link.target).is_some() && slug_of(&link.target).is_empty()
}

fn called(text: &Text) -> String {
    let name = text.path.rsplit('/').next().unwrap_or(&text.path);
    text.record.number.map_or_else(|| name.to_owned(), |number| number.to_string())
}
