//! A text that was copied together with the fence that Markdown has around code, and nothing else.

use std::ops::Range;

/// A fence around all of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// The first word after the marks, in lower case: `mermaid`; empty without one.
    pub tag: String,
    /// The bytes between the two lines of marks.
    pub body: Range<usize>,
}

impl Fence {
    /// The text with blanks in place of the marks, so that every place stays what it was.
    pub fn blanked(&self, text: &str) -> String {
        let blank = |part: &str| part.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect::<String>();
        let (before, rest) = text.split_at_checked(self.body.start).unwrap_or((text, ""));
        let (body, after) = rest.split_at_checked(self.body.len()).unwrap_or((rest, ""));
        [&blank(before), body, &blank(after)].concat()
    }
}

/// The fence around the text; none where there is anything before or after it. A fence that is cut off ends with the text.
pub fn around(text: &str) -> Option<Fence> {
    let begin = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let mark = begin.chars().next().filter(|mark| matches!(mark, '`' | '~' | ':'))?;
    let count = begin.chars().take_while(|next| *next == mark).count();
    if count < 3 {
        return None;
    }
    let line = begin.get(..begin.find('\n')?)?;
    let info = line.get(count..)?.trim();
    if mark == '`' && info.contains('`') {
        return None;
    }
    let word = info.trim_start_matches(['{', '.', ' ']).split([' ', ',', '}', '{', '\t']).next().unwrap_or("");
    let start = text.len() - begin.len() + line.len() + 1;
    let mut at = start;
    for line in text.get(start..)?.split_inclusive('\n') {
        let plain = line.trim();
        if plain.len() >= count && plain.chars().all(|next| next == mark) {
            let after = text.get(at + line.len()..).unwrap_or("");
            return after.trim().is_empty().then(|| Fence { tag: word.to_lowercase(), body: start..at });
        }
        at += line.len();
    }
    Some(Fence { tag: word.to_lowercase(), body: start..text.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(String, &str)> {
        around(text).map(|fence| (fence.tag, &text[fence.body]))
    }

    #[test]
    fn a_fence_has_all_of_the_text_in_it() {
        assert_eq!(parts("```mermaid\na\n```\n"), Some(("mermaid".to_owned(), "a\n")));
        assert_eq!(parts("\n  ~~~~ D2 title=\"x\"\r\na -> b\r\n~~~\n~~~~  \n\n"), Some(("d2".to_owned(), "a -> b\r\n~~~\n")));
        assert_eq!(parts("```{.plantuml}\nx"), Some(("plantuml".to_owned(), "x")));
        assert_eq!(parts(":::mermaid\nx\n:::"), Some(("mermaid".to_owned(), "x\n")));
        assert_eq!(parts("```\n```"), Some((String::new(), "")));
        for text in ["", "```", "``\na\n``", "see\n```d2\na\n```", "```d2\na\n```\nand so on", "`````` x ` y\na"] {
            assert_eq!(parts(text), None, "{text:?}");
        }
    }

    #[test]
    fn places_stay_what_they_were() {
        let text = "```dsl\nä -> b\n```\n";
        let blanked = around(text).unwrap().blanked(text);
        assert_eq!(blanked, "      \nä -> b\n   \n");
        assert_eq!(blanked.find('b'), text.find('b'));
    }
}
