//! Where text that others wrote stands in a request to a model.

use crate::domain::agent::conversation::{Block, Message, Speaker, TurnRequest};

/// Places where a word of a document stands outside of what is marked as data, with what is around it.
pub(super) fn outside(request: &TurnRequest, word: &str) -> Vec<String> {
    let mark = boundary(request);
    let mut found: Vec<String> = Vec::new();
    let mut look = |text: &str| {
        for line in text.lines() {
            found.extend(line.match_indices(word).filter(|(at, _)| !is_data(&line[..*at])).map(|_| line.chars().take(200).collect()));
        }
    };
    for block in &request.system {
        if let Block::Text { text, .. } = block {
            assert!(!text.contains(word), "the system's words hold {word}");
        }
    }
    for tool in &request.tools {
        assert!(!format!("{tool:?}").contains(word), "{} holds {word}", tool.name);
    }
    for block in ours(&request.messages) {
        match block {
            Block::Text { text, .. } => {
                let (fenced, free) = fences(text, &mark);
                assert!(!free.contains(word), "outside of the marks: {free}");
                look(&fenced);
            }
            Block::Answer { text, .. } => {
                let (notes, free) = fences(text, &mark);
                assert!(!notes.contains(word), "{notes}");
                look(&free);
            }
            Block::Call { .. } | Block::Opaque { .. } => {}
        }
    }
    found
}

/// Everything in a request but what the model itself said before.
pub(super) fn by_us(request: &TurnRequest) -> String {
    let messages: Vec<&Block> = ours(&request.messages).collect();
    serde_json::to_string(&(&request.system, &request.tools, messages)).unwrap()
}

fn ours(messages: &[Message]) -> impl Iterator<Item = &Block> {
    messages.iter().filter(|message| message.speaker != Speaker::Model).flat_map(|message| &message.blocks)
}

/// Behind the mark of data, or within quotes.
fn is_data(before: &str) -> bool {
    let quotes = before.replace("\\\\", "").replace("\\\"", "").matches('"').count();
    before.contains('¦') || quotes % 2 == 1
}

/// The word that the request's marks hold.
pub(super) fn boundary(request: &TurnRequest) -> String {
    let Some(Block::Text { text, .. }) = request.messages.first().and_then(|message| message.blocks.first()) else { panic!("no design") };
    text.strip_prefix("The mark of this review is ").unwrap().split('.').next().unwrap().to_owned()
}

/// What stands between marks, and what does not. A mark that opens is closed by its own, and nothing else holds its word.
fn fences(text: &str, mark: &str) -> (String, String) {
    let (mut fenced, mut free) = (String::new(), String::new());
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once(&format!(" {mark}⟧\n")) {
        let (before, kind) = before.rsplit_once('⟦').unwrap();
        let (inside, after) = inside.split_once(&format!("⟦end of {kind} {mark}⟧")).unwrap();
        assert!(!inside.to_lowercase().contains(mark), "the mark stands inside of {kind}");
        fenced.push_str(inside);
        fenced.push('\n');
        free.push_str(before);
        rest = after;
    }
    free.push_str(rest);
    let first = format!("The mark of this review is {mark}.");
    assert!(!free.replace(&first, "").contains(mark), "the mark stands outside: {free}");
    (fenced, free)
}
