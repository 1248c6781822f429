//! Text that people typed as words of the language: quoted so that reading it again shows the same, or refused.

use crate::domain::syntax::{
    gesture::Refusal,
    structurizr::{
        MAX_KEY_PART,
        lower::scope::{is_identifier, slug},
    },
};

/// Words that would be confusing, or mean something else, as an identifier.
const KEYWORDS: [&str; 62] = [
    "animation",
    "archetypes",
    "autolayout",
    "branding",
    "component",
    "configuration",
    "container",
    "containerinstance",
    "custom",
    "default",
    "deployment",
    "deploymentenvironment",
    "deploymentgroup",
    "deploymentnode",
    "description",
    "dynamic",
    "element",
    "elements",
    "enterprise",
    "exclude",
    "extends",
    "filtered",
    "group",
    "healthcheck",
    "image",
    "impliedrelationships",
    "include",
    "infrastructurenode",
    "instanceof",
    "instances",
    "metadata",
    "model",
    "name",
    "person",
    "perspectives",
    "properties",
    "relationship",
    "relationships",
    "softwaresystem",
    "softwaresysteminstance",
    "styles",
    "systemcontext",
    "systemlandscape",
    "tag",
    "tags",
    "technology",
    "terminology",
    "theme",
    "themes",
    "this",
    "title",
    "url",
    "views",
    "workspace",
    "users",
    "user",
    "scope",
    "visibility",
    "animationstep",
    "light",
    "dark",
    "parent",
];

pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(word))
}

/// One line of plain text: line ends and other control characters become spaces, ends are trimmed. Text that the language
/// has no spelling for is refused.
pub(super) fn plain(text: &str, what: &str) -> Result<String, Refusal> {
    let mut result = String::with_capacity(text.len());
    let mut broken = false;
    for next in text.chars() {
        let line_end = matches!(next, '\n' | '\r' | '\u{2028}' | '\u{2029}');
        if line_end || next.is_control() {
            if !broken {
                result.push(' ');
            }
            broken = line_end;
        } else {
            result.push(next);
            broken = false;
        }
    }
    let result = result.trim().to_owned();
    if result.ends_with('\\') {
        return Err(Refusal::new(format!("{what} cannot end with a backslash"), "Add another character after it, or leave it out."));
    }
    let placeholder = result.match_indices("${").any(|(at, _)| result.get(at..).is_some_and(|rest| rest.contains('}')));
    if placeholder {
        return Err(Refusal::new(
            format!("{what} cannot contain `${{…}}`"),
            "The language puts the value of a constant there; write it without the braces.",
        ));
    }
    Ok(result)
}

/// As [`plain`], for what may not be empty.
pub(super) fn name(text: &str, what: &str) -> Result<String, Refusal> {
    let result = plain(text, what)?;
    if result.is_empty() { Err(Refusal::new(format!("{what} cannot be empty"), "Type a name.")) } else { Ok(result) }
}

/// A text that may be left out: nothing where it says nothing.
pub(super) fn optional(text: Option<&str>, what: &str) -> Result<Option<String>, Refusal> {
    text.map(|text| plain(text, what)).transpose().map(|text| text.filter(|text| !text.is_empty()))
}

/// In quotes.
pub(super) fn quote(text: &str) -> String {
    format!("\"{}\"", escape(text))
}

/// As it stands between quotes.
pub(super) fn escape(text: &str) -> String {
    text.replace('"', "\\\"")
}

/// Without quotes where the language allows it.
pub(super) fn word(text: &str) -> String {
    let safe = |next: char| next.is_alphanumeric() || matches!(next, '_' | '-' | '.' | ':' | '%' | '+' | '/' | '@');
    let starts = text.chars().next().is_some_and(char::is_alphanumeric);
    if starts && text.chars().all(safe) && !text.contains("//") && !text.contains("->") { text.to_owned() } else { quote(text) }
}

/// How identifiers of the file are put together of words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Casing {
    #[default]
    Dashes,
    Underscores,
    Camel,
}

/// The casing of most identifiers that consist of several words.
pub(super) fn casing<'t>(identifiers: impl Iterator<Item = &'t str>) -> Casing {
    let (mut dashes, mut underscores, mut camel) = (0_usize, 0_usize, 0_usize);
    for text in identifiers {
        let inner_upper = text.chars().zip(text.chars().skip(1)).any(|(before, next)| before.is_lowercase() && next.is_uppercase());
        dashes += usize::from(text.contains('-'));
        underscores += usize::from(text.contains('_'));
        camel += usize::from(inner_upper);
    }
    if underscores > dashes && underscores >= camel {
        Casing::Underscores
    } else if camel > dashes {
        Casing::Camel
    } else {
        Casing::Dashes
    }
}

/// An identifier made of a name; never empty and never a keyword, not yet unique.
pub(super) fn identifier(name: &str, casing: Casing) -> String {
    let slug: String = slug(name).chars().filter_map(ascii).take(MAX_KEY_PART - 16).collect();
    let parts: Vec<&str> = slug.split('-').filter(|part| !part.is_empty()).collect();
    let result = match casing {
        Casing::Dashes => parts.join("-"),
        Casing::Underscores => parts.join("_"),
        Casing::Camel => {
            let mut result = String::new();
            for (at, part) in parts.iter().enumerate() {
                let mut letters = part.chars();
                match letters.next() {
                    Some(first) if at > 0 => result.extend(std::iter::once(first.to_ascii_uppercase()).chain(letters)),
                    Some(first) => result.extend(std::iter::once(first).chain(letters)),
                    None => {}
                }
            }
            result
        }
    };
    if !is_identifier(&result) {
        "element-1".to_owned()
    } else if is_keyword(&result) {
        match casing {
            Casing::Underscores => format!("{result}_1"),
            Casing::Dashes => format!("{result}-1"),
            Casing::Camel => format!("{result}1"),
        }
    } else {
        result
    }
}

/// The nearest letter of an identifier; none for what has none.
fn ascii(next: char) -> Option<char> {
    if next.is_ascii() {
        return Some(next);
    }
    let plain = match next {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => 'i',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ß' | 'ś' | 'š' | 'ş' => 's',
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ł' => 'l',
        'đ' | 'ď' => 'd',
        'ř' => 'r',
        'ť' => 't',
        'ğ' => 'g',
        _ => return None,
    };
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::syntax::structurizr::lex::{TokenKind, lex, value};

    #[test]
    fn quoted_text_reads_back_the_same() {
        for text in ["a \"b\" c", "a\\b", "a\\\\b", "\\\"", "\"\"\"", "{ } // # /*", "ü → 🦀", "a\\\"b"] {
            let quoted = quote(&plain(text, "A name").unwrap());
            let (tokens, diagnostics) = lex(&quoted);
            assert!(diagnostics.is_empty(), "{quoted}");
            assert_eq!(tokens.len(), 1, "{quoted}");
            assert_eq!(value(TokenKind::Quoted, &quoted), text);
        }
    }

    #[test]
    fn line_ends_become_spaces_and_what_has_no_spelling_is_refused() {
        assert_eq!(plain(" a\r\nb\tc\n", "A name").unwrap(), "a b c");
        assert!(plain("a\\", "A name").is_err());
        assert!(plain("${X}", "A name").is_err());
        assert!(name(" \n", "A name").is_err());
    }

    #[test]
    fn identifiers_follow_the_casing_of_the_file() {
        assert_eq!(identifier("Order Service", Casing::Dashes), "order-service");
        assert_eq!(identifier("Order Service", Casing::Underscores), "order_service");
        assert_eq!(identifier("Order Service", Casing::Camel), "orderService");
        assert_eq!(identifier("Person", Casing::Dashes), "person-1");
        assert_eq!(identifier("日本", Casing::Dashes), "element-1");
        assert_eq!(identifier("Büro", Casing::Dashes), "buro");
        assert_eq!(casing(["a_b", "c"].into_iter()), Casing::Underscores);
        assert_eq!(casing(["aB", "c"].into_iter()), Casing::Camel);
        assert_eq!(casing(["a", "b"].into_iter()), Casing::Dashes);
    }

    #[test]
    fn values_are_quoted_only_where_they_must_be() {
        assert_eq!(word("800ms"), "800ms");
        assert_eq!(word("99.95"), "99.95");
        assert_eq!(word("a b"), "\"a b\"");
        assert_eq!(word(""), "\"\"");
        assert_eq!(word("#fff"), "\"#fff\"");
        assert_eq!(word("}"), "\"}\"");
    }
}
