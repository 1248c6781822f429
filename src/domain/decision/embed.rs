//! What a record asks to be shown in its place: views of the project's diagrams, Mermaid texts, and the state of its rules.
//!
//! ```text
//! ![The containers](view:containers)             a view, by its key
//! ![The containers](view:diagrams/shop.dsl#containers)   of a certain diagram
//!
//! ~~~lintel-view containers                      the same as a block; the lines in it are the caption
//! The containers
//! ~~~
//! ```
//!
//! These are the spellings to write. `lintel-view: containers`, `lintel_view`, `view:containers` as the name of a fence and a key
//! alone in the fence are read as well. A diagram's path without a key means the view that the diagram opens with.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};
use serde::{Deserialize, Serialize};

use crate::domain::{
    address,
    decision::{constraint::fence, front_matter},
    markdown,
};

/// Pictures that one record may have; what comes after them is named, not drawn.
pub const MOST_PICTURES: usize = 24;
/// Rules of one record whose state is looked up.
pub const MOST_RULES: usize = 60;
/// Bytes of a Mermaid text.
pub const MOST_SOURCE: usize = 64 * 1024;

/// One thing to show.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Embed {
    /// A view: by its key, in the diagram at a path. One of the two is enough.
    View { diagram: Option<String>, key: Option<String> },
    /// A Mermaid text.
    Mermaid(String),
    /// What the design makes of a rule.
    Rule(String),
}

/// A fence that is more than code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fence {
    Picture { embed: Embed, caption: String },
    Rules,
}

impl Embed {
    /// The view that an address `view:…` names.
    pub fn of_address(target: &str) -> Option<Self> {
        let (scheme, rest) = target.trim().split_once(':')?;
        scheme.eq_ignore_ascii_case("view").then(|| Self::of_name(&address::decode(&rest.replace('+', "%2B"))))
    }

    /// `key`, `path#key` or `path`.
    pub fn of_name(name: &str) -> Self {
        let name = name.trim().trim_matches(['"', '\'']).trim();
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        match name.split_once('#') {
            Some((path, key)) => Self::View { diagram: filled(path), key: filled(key) },
            None if is_path(name) => Self::View { diagram: filled(name), key: None },
            None => Self::View { diagram: None, key: filled(name) },
        }
    }

    /// A rule as it stands in a fence.
    pub fn of_rule(line: &str) -> Self {
        Self::Rule(line.trim().to_owned())
    }

    /// Whether it is drawn.
    pub const fn is_picture(&self) -> bool {
        !matches!(self, Self::Rule(_))
    }
}

fn is_path(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    name.contains('/') || matches!(ending.as_deref(), Some("dsl" | "mmd" | "mermaid" | "structurizr"))
}

/// What a fence is, by the words after its marks and what is in it; none for code.
pub fn of_fence(info: &str, body: &str) -> Option<Fence> {
    let info = info.trim().trim_start_matches(['{', '.']).trim_end_matches('}');
    let cut = info.find([' ', ',', '{', '\t', ':']).unwrap_or(info.len());
    let (name, rest) = info.split_at_checked(cut)?;
    let rest = rest.trim_start_matches([' ', ',', ':', '\t']).trim();
    match name.to_ascii_lowercase().replace('_', "-").as_str() {
        "mermaid" | "mmd" => Some(Fence::Picture { embed: Embed::Mermaid(body.to_owned()), caption: String::new() }),
        fence::NAME | "lintel-rules" => Some(Fence::Rules),
        "lintel-view" | "lintel-views" | "lintelview" => Some(view(rest, body)),
        // `view` alone is too common a word for code to be taken for ours.
        "view" if info.contains(':') => Some(view(rest, body)),
        _ => None,
    }
}

fn view(name: &str, body: &str) -> Fence {
    let lines = || body.lines().map(str::trim).filter(|line| !line.is_empty());
    let (name, caption): (&str, Vec<&str>) =
        if name.is_empty() { (lines().next().unwrap_or(""), lines().skip(1).collect()) } else { (name, lines().collect()) };
    let name = name.strip_prefix("view:").or_else(|| name.strip_prefix("key:")).unwrap_or(name);
    Fence::Picture { embed: Embed::of_name(name), caption: caption.join(" ") }
}

/// Whether a text may ask for anything: quick to say for most that do not.
pub fn may_embed(text: &str) -> bool {
    const WORDS: [&str; 10] = ["view:", "View:", "VIEW:", "lintel", "Lintel", "LINTEL", "mermaid", "Mermaid", "MERMAID", "mmd"];
    WORDS.iter().any(|word| text.contains(word))
}

/// Everything that a record asks to be shown, each thing once and in text order.
pub fn of_record(text: &str) -> Vec<Embed> {
    let mut found: Vec<Embed> = Vec::new();
    let mut add = |embed: Embed| {
        let alike = found.iter().filter(|known| known.is_picture() == embed.is_picture()).count();
        let most = if embed.is_picture() { MOST_PICTURES } else { MOST_RULES };
        if alike < most && !found.contains(&embed) {
            found.push(embed);
        }
    };
    if !may_embed(text) {
        return found;
    }
    let base = front_matter::find(text).map_or_else(|| text.len() - text.trim_start_matches('\u{feff}').len(), |block| block.whole.end);
    let body = text.get(base..).unwrap_or("");
    let mut open: Option<(String, String, Range<usize>)> = None;
    for (event, range) in markdown::parser(body).into_offset_iter() {
        match event {
            Event::Start(Tag::Image { dest_url, .. }) => {
                if let Some(embed) = Embed::of_address(&dest_url) {
                    add(embed);
                }
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => open = Some((info.into_string(), String::new(), range)),
            Event::Text(part) => {
                if let Some((_, content, _)) = &mut open {
                    content.push_str(&part);
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                let Some((info, content, range)) = open.take() else { continue };
                match of_fence(&info, &content) {
                    Some(Fence::Picture { embed, .. }) => add(embed),
                    Some(Fence::Rules) => {
                        for rule in fence::of_fence(body, range).into_iter().filter(|rule| rule.constraint.is_ok()) {
                            add(Embed::of_rule(rule.span.of(body)));
                        }
                    }
                    None => {}
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(diagram: Option<&str>, key: Option<&str>) -> Embed {
        Embed::View { diagram: diagram.map(str::to_owned), key: key.map(str::to_owned) }
    }

    #[test]
    fn every_spelling_of_a_view_is_read() {
        for (target, expected) in [
            ("view:containers", Some(view(None, Some("containers")))),
            (" VIEW:Order%20flow ", Some(view(None, Some("Order flow")))),
            ("view:diagrams/shop.dsl#containers", Some(view(Some("diagrams/shop.dsl"), Some("containers")))),
            ("view:shop.dsl", Some(view(Some("shop.dsl"), None))),
            ("view:", Some(view(None, None))),
            ("views/containers.png", None),
            ("javascript:view:containers", None),
        ] {
            assert_eq!(Embed::of_address(target), expected, "{target}");
        }
        for (info, body, embed, caption) in [
            ("lintel-view containers", "", view(None, Some("containers")), ""),
            ("lintel-view containers", "The shop\nfrom outside\n", view(None, Some("containers")), "The shop from outside"),
            ("lintel-view: shop.dsl#containers", "", view(Some("shop.dsl"), Some("containers")), ""),
            ("Lintel_View", "\ncontainers\nThe shop\n", view(None, Some("containers")), "The shop"),
            ("lintel-view", "view:containers", view(None, Some("containers")), ""),
            ("view:containers", "", view(None, Some("containers")), ""),
            ("{.lintel-view \"containers\"}", "", view(None, Some("containers")), ""),
        ] {
            assert_eq!(of_fence(info, body), Some(Fence::Picture { embed, caption: caption.to_owned() }), "{info} {body:?}");
        }
        for code in ["", "view", "rust", "viewer:x", "sql view"] {
            assert_eq!(of_fence(code, "containers"), None, "{code}");
        }
    }

    #[test]
    fn a_record_asks_for_each_thing_once() {
        let text = "---\nstatus: accepted\n---\n# T\n\n![a](view:a) and ![again](view:a)\n\n```mermaid\nflowchart LR\n```\n\n~~~lintel-rule\n\
                    no MongoDB\nforbid\n~~~\n\n````md\n```lintel-view b\n```\n````\n\n    ![c](view:c)\n";
        assert_eq!(
            of_record(text),
            [view(None, Some("a")), Embed::Mermaid("flowchart LR\n".to_owned()), Embed::Rule("no MongoDB".to_owned())],
            "a fence in a fence is an example"
        );
        let many = (0..40).map(|n| format!("![x](view:v{n})\n\n")).collect::<Vec<_>>().concat();
        assert_eq!(of_record(&many).len(), MOST_PICTURES);
        assert_eq!(of_record("# Nothing\n"), []);
    }
}
