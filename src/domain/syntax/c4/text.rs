//! Texts with the escapes and light markup of `PlantUML` and of Mermaid, as plain text.

use crate::domain::syntax::c4::Dialect;

/// A text without escapes and markup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plain {
    /// Line ends are `\n`; trimmed.
    pub text: String,
    /// Markup such as `<b>` or a sprite was left out.
    pub stripped: bool,
}

impl Plain {
    /// In one line, with one space for each run of blanks.
    pub fn line(&self) -> String {
        self.text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Tags that only change how a text looks.
const LOOKS: [&str; 21] = [
    "b", "i", "u", "s", "w", "del", "strike", "plain", "size", "color", "back", "font", "code", "sub", "sup", "small", "strong", "em",
    "span", "img", "p",
];

/// Reads a text: `\n` and `<br/>` end a line, entities and `<U+0041>` are characters, tags that give a look are left out.
pub fn plain(raw: &str, dialect: Dialect) -> Plain {
    let mut result = Plain::default();
    let mut rest = raw;
    while let Some(next) = rest.chars().next() {
        if let Some((found, length)) = special(rest, dialect) {
            match found {
                Found::Char(c) => result.text.push(c),
                Found::Look => result.stripped = true,
            }
            rest = rest.get(length..).unwrap_or("");
            continue;
        }
        result.text.push(if next == '\t' { ' ' } else { next });
        rest = rest.get(next.len_utf8()..).unwrap_or("");
    }
    let lines: Vec<&str> = result.text.split('\n').map(str::trim).collect();
    Plain { text: lines.join("\n").trim().to_owned(), ..result }
}

enum Found {
    Char(char),
    Look,
}

/// What begins here, and its length in bytes.
fn special(text: &str, dialect: Dialect) -> Option<(Found, usize)> {
    let plant = dialect == Dialect::PlantUml;
    match text.chars().next()? {
        '\\' => {
            let found = match text.get(1..)?.chars().next()? {
                'n' | 'l' | 'r' if plant => '\n',
                'n' => '\n',
                't' if plant => ' ',
                '\\' if plant => '\\',
                '"' => '"',
                _ => return None,
            };
            Some((Found::Char(found), 2))
        }
        '<' => tag(text, plant),
        '&' => entity(text, "&"),
        '#' if !plant => entity(text, "#"),
        '~' if plant => {
            let next = text.get(1..)?.chars().next().filter(|next| matches!(next, '*' | '_' | '/' | '-' | '~' | '"' | '<' | '#' | '&'))?;
            Some((Found::Char(next), 2))
        }
        '%' if plant => ["%newline()", "%n()", "%breakline()"]
            .into_iter()
            .find(|call| text.starts_with(call))
            .map(|call| (Found::Char('\n'), call.len())),
        '$' if plant && text.starts_with("$bl()") => Some((Found::Char('\n'), 5)),
        _ => None,
    }
}

/// `<br/>`, `<U+0041>`, `<b>`, `</size>`, `<&icon>`, `<$sprite>`.
fn tag(text: &str, plant: bool) -> Option<(Found, usize)> {
    let near = text.get(..text.floor_char_boundary(200.min(text.len())))?;
    let end = near.find('>')?;
    let inside = near.get(1..end)?;
    let length = end + 1;
    if let Some(code) = inside.strip_prefix("U+").or_else(|| inside.strip_prefix("u+")).filter(|_| plant) {
        return u32::from_str_radix(code, 16).ok().and_then(char::from_u32).map(|c| (Found::Char(c), length));
    }
    if inside.starts_with(['&', '$']) && plant && inside.len() > 1 && !inside.contains(' ') {
        return Some((Found::Look, length));
    }
    let name = inside.trim_start_matches('/');
    let name = name.split([' ', ':', '=', '/', '#']).next().unwrap_or("").to_lowercase();
    if name == "br" {
        return Some((Found::Char('\n'), length));
    }
    LOOKS.contains(&name.as_str()).then_some((Found::Look, length))
}

/// `&#34;`, `&quot;`, and Mermaid's `#34;` and `#quot;`.
fn entity(text: &str, mark: &str) -> Option<(Found, usize)> {
    let rest = text.strip_prefix(mark)?;
    let near = rest.get(..rest.floor_char_boundary(12.min(rest.len())))?;
    let end = near.find(';').filter(|end| *end > 0)?;
    let name = near.get(..end)?;
    let digits = if mark == "&" { name.strip_prefix('#') } else { Some(name) };
    let code = match digits.and_then(|digits| digits.strip_prefix(['x', 'X'])) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => digits.and_then(|digits| digits.parse().ok()),
    };
    let found = code.and_then(char::from_u32).or(match name {
        "quot" => Some('"'),
        "apos" => Some('\''),
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "nbsp" => Some(' '),
        "hash" | "num" => Some('#'),
        _ => None,
    })?;
    Some((Found::Char(found), mark.len() + end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_markup_become_plain_text() {
        let plant = |text: &str| plain(text, Dialect::PlantUml);
        assert_eq!(plant("Internet\\nBanking").line(), "Internet Banking");
        assert_eq!(plant("a<U+0022>b&#34;c\\\\n").text, "a\"b\"c\\n");
        assert_eq!(plant("<size:12>big</size><br/><&globe> **x** < y > z"), Plain { text: "big\n**x** < y > z".into(), stripped: true });
        assert_eq!(plant("~**x C#; R&D;").text, "**x C#; R&D;");
        let mermaid = |text: &str| plain(text, Dialect::Mermaid).text;
        assert_eq!(mermaid("a #quot;b#quot; #35;1 & &lt;c&gt; #nope;"), "a \"b\" #1 & <c> #nope;");
        assert_eq!(mermaid("Chrome, <br/> Firefox"), "Chrome,\nFirefox");
        assert_eq!(mermaid("<é"), "<é");
    }
}
