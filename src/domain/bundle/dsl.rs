//! A glance at a Structurizr DSL file: is it a workspace, and which other files does it name. The language itself is read
//! elsewhere; this has to work on fragments.

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Workspace,
    /// A model without a workspace around it.
    Model,
    /// A part of something.
    Fragment,
}

pub(super) struct Scan {
    pub kind: Kind,
    /// As written, of `!include` and `extends`.
    pub includes: Vec<String>,
    /// As written, of `!adrs` and `!decisions`.
    pub decisions: Vec<String>,
}

pub(super) fn scan(text: &str) -> Scan {
    let mut scan = Scan { kind: Kind::Fragment, includes: Vec::new(), decisions: Vec::new() };
    let mut depth = 0_usize;
    let mut comment = false;
    let mut block = false;
    for line in text.lines() {
        let tokens = tokens(line, &mut comment, &mut block);
        let words: Vec<&str> = tokens.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["workspace", rest @ ..] if depth == 0 => {
                scan.kind = Kind::Workspace;
                if let ["extends", target, ..] = rest {
                    scan.includes.push((*target).to_owned());
                }
            }
            ["model", ..] if depth == 0 && scan.kind == Kind::Fragment => scan.kind = Kind::Model,
            [directive, target, ..] if directive.eq_ignore_ascii_case("!include") => scan.includes.push((*target).to_owned()),
            [directive, target, ..] if directive.eq_ignore_ascii_case("!adrs") || directive.eq_ignore_ascii_case("!decisions") => {
                scan.decisions.push((*target).to_owned());
            }
            _ => {}
        }
        for word in words {
            match word {
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
    scan
}

/// The words of a line, quotes removed; comments and text blocks are left out.
fn tokens(line: &str, comment: &mut bool, block: &mut bool) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        if *comment || *block {
            let (end, flag) = if *comment { ("*/", &mut *comment) } else { ("\"\"\"", &mut *block) };
            let Some((_, after)) = rest.split_once(end) else { return tokens };
            *flag = false;
            rest = after.trim_start();
        } else if rest.starts_with("//") || (tokens.is_empty() && rest.starts_with('#')) {
            return tokens;
        } else if let Some(after) = rest.strip_prefix("/*") {
            *comment = true;
            rest = after;
        } else if let Some(after) = rest.strip_prefix("\"\"\"") {
            *block = true;
            rest = after;
        } else if let Some(after) = rest.strip_prefix('"') {
            let end = closing_quote(after);
            tokens.push(after.get(..end).unwrap_or("").to_owned());
            rest = after.get(end + 1..).unwrap_or("").trim_start();
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(rest.len());
            tokens.push(rest.get(..end).unwrap_or("").to_owned());
            rest = rest.get(end..).unwrap_or("").trim_start();
        }
    }
    tokens
}

fn closing_quote(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return at,
            _ => escaped = false,
        }
    }
    text.len()
}
