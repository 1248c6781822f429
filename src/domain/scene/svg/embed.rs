//! The text a picture was made from, inside the picture: a file that was sent around can be edited again.

use super::put;

/// The element that holds the text, in a name space of its own.
const OPEN: &str = "<metadata><source xmlns=\"urn:lintel:source\"";
const CLOSE: &str = "</source></metadata>";

/// A text and where it is from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Embedded {
    /// The file, whose name tells the language.
    pub path: String,
    /// The view that was drawn.
    pub view: String,
    pub text: String,
}

/// Writes the text as metadata.
pub(super) fn write(out: &mut String, source: &Embedded) {
    let Embedded { path, view, text } = source;
    put(out, format_args!("{OPEN} path=\"{}\" view=\"{}\">{}{CLOSE}", super::escape(path), super::escape(view), escape(text)));
}

/// The text that a picture of ours holds; none where it holds none.
pub fn read(svg: &str) -> Option<Embedded> {
    let (_, rest) = svg.split_once(OPEN)?;
    let (attributes, rest) = rest.split_once('>')?;
    let (text, _) = rest.split_once(CLOSE)?;
    let attribute = |name: &str| {
        let (_, value) = attributes.split_once(&format!(" {name}=\""))?;
        value.split_once('"').map(|(value, _)| plain(value))
    };
    Some(Embedded { path: attribute("path")?, view: attribute("view")?, text: plain(text) })
}

/// Markup escaped; of the control characters, those that XML allows stay.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\r' => escaped.push_str("&#13;"),
            '\n' | '\t' => escaped.push(c),
            '\u{fffe}' | '\u{ffff}' => {}
            c if u32::from(c) < 0x20 => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// What escaping writes, without the ampersand.
const NAMES: [(&str, char); 6] = [("amp;", '&'), ("lt;", '<'), ("gt;", '>'), ("quot;", '"'), ("#39;", '\''), ("#13;", '\r')];

fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let known = NAMES.iter().find_map(|(name, c)| after.strip_prefix(name).map(|tail| (*c, tail)));
        let (c, tail) = known.unwrap_or(('&', after));
        plain.push(c);
        rest = tail;
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_as_it_went_in() {
        for text in ["workspace \"A & B\" {\n\t// <x> ]]> &amp; &lt; é\r\n}\n", "", "</source></metadata>", "<metadata>"] {
            let source = Embedded { path: "a \"b\" <c>.dsl".to_owned(), view: "main".to_owned(), text: text.to_owned() };
            let mut svg = "<svg>".to_owned();
            write(&mut svg, &source);
            assert_eq!(svg.matches("</source>").count(), 1, "{svg}");
            assert_eq!(read(&svg), Some(source));
        }
        assert_eq!(read("<svg><metadata/></svg>"), None);
    }
}
