//! Whether a text is D2, which has no first word of its own: every line has to be something that D2 could have, and enough of
//! them something that little else has.

/// Values of `shape`.
const SHAPES: [&str; 24] = [
    "rectangle",
    "square",
    "page",
    "parallelogram",
    "document",
    "cylinder",
    "queue",
    "package",
    "step",
    "callout",
    "stored_data",
    "person",
    "c4-person",
    "diamond",
    "oval",
    "circle",
    "hexagon",
    "cloud",
    "text",
    "code",
    "class",
    "sql_table",
    "image",
    "sequence_diagram",
];

/// Words of a name; more of them are a sentence.
const MAX_WORDS: usize = 6;

/// Mermaid's diagrams of other kinds have lines that could be D2's.
const OTHERS: [&str; 20] = [
    "sequenceDiagram",
    "classDiagram",
    "classDiagram-v2",
    "stateDiagram",
    "stateDiagram-v2",
    "erDiagram",
    "requirementDiagram",
    "gantt",
    "pie",
    "journey",
    "mindmap",
    "timeline",
    "gitGraph",
    "quadrantChart",
    "sankey-beta",
    "block-beta",
    "packet-beta",
    "xychart-beta",
    "kanban",
    "zenuml",
];

pub(super) fn looks_like(head: &str) -> bool {
    if head.lines().map(str::trim).find(|line| !line.is_empty()).is_some_and(|first| OTHERS.contains(&first)) {
        return false;
    }
    let mut strong = 0_u32;
    let mut block: Option<usize> = None;
    for line in head.lines() {
        let line = line.trim();
        if let Some(pipes) = block {
            if ends_block(line, pipes) {
                block = None;
            }
            continue;
        }
        if line.is_empty() || line.starts_with('#') || line.chars().all(|next| matches!(next, '}' | ';' | ' ')) {
            continue;
        }
        let Some(weight) = weigh(line) else { return false };
        strong += weight;
        block = begins_block(line);
    }
    strong >= 2
}

/// The number of pipes of a block of text that goes on below the line.
fn begins_block(line: &str) -> Option<usize> {
    let (before, rest) = line.split_once('|')?;
    if !before.trim_end().ends_with(':') {
        return None;
    }
    let pipes = 1 + rest.chars().take_while(|next| *next == '|').count();
    let open = rest.trim_start_matches('|');
    (!ends_block(open, pipes)).then_some(pipes)
}

fn ends_block(line: &str, pipes: usize) -> bool {
    let line = line.trim_end_matches(['}', '{', ';', ' ']);
    line.len() - line.trim_end_matches('|').len() >= pipes
}

/// How much the line speaks for D2; none if it is nothing of D2.
fn weigh(line: &str) -> Option<u32> {
    let line = line.trim_end_matches(';').trim_end();
    let (key, value) = split(line);
    if let Some((ends, directed)) = connection(key) {
        return ends.iter().all(|end| is_name(end)).then_some(if directed { 2 } else { 1 });
    }
    if let Some(value) = value {
        let key = key.trim_end_matches(['{', ' ']);
        return is_name(key).then(|| tells(key, value));
    }
    // A name alone, or with its block.
    let name = key.trim_end_matches('{').trim();
    let spread = name.strip_prefix("...").is_some_and(|rest| rest.starts_with(['@', '$']));
    let sentence = name.ends_with(['.', ',', '!', '?']) || name.split_whitespace().count() > 4;
    (spread || (is_name(name) && !sentence)).then_some(0)
}

/// Key and value around the first colon outside quotes.
fn split(line: &str) -> (&str, Option<&str>) {
    let mut quote = None;
    for (at, next) in line.char_indices() {
        match (quote, next) {
            (None, '"' | '\'') => quote = Some(next),
            (Some(open), _) if open == next => quote = None,
            (None, ':') => return (line.get(..at).unwrap_or("").trim(), line.get(at + 1..).map(str::trim)),
            _ => {}
        }
    }
    (line, None)
}

/// The ends of a connection, and whether it has a head.
fn connection(key: &str) -> Option<(Vec<&str>, bool)> {
    // An index of edges, such as `(a -> b)[0]`.
    let key = match key.split_once(")[") {
        Some((inner, _)) => inner.rsplit_once('(').map_or(inner, |(_, edge)| edge),
        None => key,
    };
    let key = key.trim_end_matches('{').trim();
    let mut directed = false;
    let mut ends = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(rest) = key.get(at..).filter(|rest| !rest.is_empty()) {
        let length = rest.len() - rest.trim_start_matches(['-', '<', '>']).len();
        let arrow = rest.get(..length).unwrap_or("");
        let is_arrow = arrow.contains("--") || arrow.contains("->") || arrow.contains("<-");
        if is_arrow {
            directed |= arrow.contains(['<', '>']);
            let shaft = arrow.strip_prefix('<').unwrap_or(arrow);
            let shaft = shaft.strip_suffix('>').unwrap_or(shaft);
            // Arrows with several heads are those of other languages.
            let plain = shaft.chars().all(|next| next == '-');
            ends.push(if plain { key.get(start..at).unwrap_or("").trim() } else { "" });
            start = at + length;
        }
        at += length.max(rest.chars().next().map_or(1, char::len_utf8));
    }
    if ends.is_empty() {
        return None;
    }
    ends.push(key.get(start..).unwrap_or("").trim());
    Some((ends, directed))
}

/// Something that can be a key: words with dots, or quoted.
fn is_name(name: &str) -> bool {
    let name = name.trim();
    for mark in ['"', '\''] {
        if let Some(inner) = name.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark)) {
            return !inner.is_empty() && !inner.contains(mark);
        }
    }
    let glob = matches!(name, "*" | "**");
    (glob || name.chars().any(char::is_alphanumeric))
        && !name.starts_with(['-', '+', '/', '>', '@'])
        && !name.contains(['(', ')', '[', ']', '{', '}', '=', '<', '>', '|', '`', '"', '\\'])
        && name.split_whitespace().count() <= MAX_WORDS
}

/// How much a key with its value speaks for D2.
fn tells(key: &str, value: &str) -> u32 {
    let last = key.rsplit('.').next().unwrap_or("").trim();
    let plain = value.trim_matches(['"', '\'']).to_lowercase();
    let strong = match last {
        "direction" => matches!(plain.as_str(), "up" | "down" | "left" | "right"),
        "shape" => SHAPES.contains(&plain.as_str()),
        "grid-rows" | "grid-columns" | "grid-gap" => plain.parse::<u32>().is_ok(),
        "vars" | "classes" | "layers" | "scenarios" | "steps" | "source-arrowhead" | "target-arrowhead" => value.starts_with('{'),
        _ => key.contains("style.") || value.starts_with('{') && ["shape:", "style.", "class:"].iter().any(|word| value.contains(word)),
    };
    if strong { 2 } else { 0 }
}
