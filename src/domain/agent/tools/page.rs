//! Long answers by pages, so that none is larger than a model can use.

/// No answer is longer, in bytes.
const MOST: usize = 16 * 1024;
/// What a page holds, so that its head and foot fit as well.
const PAGE: usize = 15 * 1024;
/// A search shows at most so many hits a page.
pub(super) const HITS: usize = 50;

/// One page of lines, with a foot that says how to go on.
pub(super) fn paged(lines: &[String], page: usize) -> Result<String, String> {
    by(lines.iter().map(|line| vec![line.as_str()]), page, usize::MAX, "line")
}

/// One page of hits, each of one or more lines.
pub(super) fn hits(hits: &[Vec<String>], page: usize) -> Result<String, String> {
    if hits.is_empty() {
        return Ok("Nothing found.".to_owned());
    }
    by(hits.iter().map(|hit| hit.iter().map(String::as_str).collect()), page, HITS, "hit")
}

fn by<'a>(blocks: impl Iterator<Item = Vec<&'a str>>, page: usize, most: usize, noun: &str) -> Result<String, String> {
    let mut pages: Vec<String> = vec![String::new()];
    let (mut here, mut all) = (0, 0);
    for block in blocks {
        let text = cut(&block.join("\n"), PAGE);
        all += 1;
        let full = pages.last().is_some_and(|last| !last.is_empty() && (last.len() + text.len() + 1 > PAGE || here >= most));
        if full {
            pages.push(String::new());
            here = 0;
        }
        if let Some(last) = pages.last_mut() {
            last.push_str(&text);
            last.push('\n');
        }
        here += 1;
    }
    let count = pages.len();
    let Some(text) = pages.into_iter().nth(page - 1) else {
        return Err(format!("page: expected 1 to {count}, got {page}"));
    };
    let text = text.trim_end_matches('\n').to_owned();
    if count == 1 {
        return Ok(text);
    }
    let next = if page < count { format!("; page {} goes on", page + 1) } else { String::new() };
    Ok(format!("{text}\n(page {page} of {count}, {all} {noun}s in all{next})"))
}

/// Whatever a tool says, within bounds.
pub(super) fn bounded(text: String) -> String {
    if text.len() <= MOST { text } else { cut(&text, MOST - 40) }
}

fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{}\n(cut here)", text.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_hold_everything_once() {
        let lines: Vec<String> = (0..3000).map(|number| format!("line {number}")).collect();
        let first = paged(&lines, 1).unwrap();
        assert!(
            first.len() <= MOST && first.ends_with("(page 1 of 2, 3000 lines in all; page 2 goes on)"),
            "{}",
            &first[first.len() - 80..]
        );
        let all: Vec<String> =
            (1..=2).flat_map(|page| paged(&lines, page).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()).collect();
        assert_eq!(all.iter().filter(|line| line.starts_with("line")).cloned().collect::<Vec<_>>(), lines);
        assert_eq!(paged(&lines, 3).unwrap_err(), "page: expected 1 to 2, got 3");
        let many: Vec<Vec<String>> = (0..51).map(|number| vec![number.to_string()]).collect();
        assert!(hits(&many, 1).unwrap().ends_with("(page 1 of 2, 51 hits in all; page 2 goes on)"));
        assert_eq!(hits(&[], 1).unwrap(), "Nothing found.");
        assert!(bounded("é".repeat(20_000)).len() <= MOST);
    }
}
