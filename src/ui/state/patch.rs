//! What changed between two drawings of a picture, so that the browser touches nothing else: a key in a name changes one element
//! of hundreds.

use std::ops::Range;

/// Children of the `svg` element that go, and the texts that come in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<'a> {
    pub gone: Range<usize>,
    pub new: Vec<&'a str>,
}

/// The changes from one drawing to the next, last ones first, with how many children there were. None where the `svg` element
/// itself is another. What part of the plane is shown does not count.
pub fn between<'a>(before: &str, now: &'a str) -> Option<(usize, Vec<Change<'a>>)> {
    let (old_head, old) = parts(before)?;
    let (new_head, new) = parts(now)?;
    if without_view_box(old_head) != without_view_box(new_head) {
        return None;
    }
    if old.len() == new.len() {
        let changed = old.iter().zip(&new).enumerate().rev().filter(|(_, (old, new))| old != new);
        return Some((old.len(), changed.map(|(at, (_, new))| Change { gone: at..at + 1, new: vec![*new] }).collect()));
    }
    let front = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let back = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    let back = back.min(old.len().min(new.len()) - front);
    let change = Change { gone: front..old.len() - back, new: new.get(front..new.len() - back)?.to_vec() };
    Some((old.len(), vec![change]))
}

/// The opening tag of the outermost element, and its children as they are written. None for what is not written as drawings are.
fn parts(svg: &str) -> Option<(&str, Vec<&str>)> {
    let open = svg.find('>')? + 1;
    let inside = svg.get(open..)?.strip_suffix("</svg>")?;
    let mut children = Vec::new();
    let (mut start, mut depth, mut at) = (0, 0_usize, 0);
    while let Some(tag) = inside.get(at..)?.find('<') {
        let from = at + tag;
        let to = from + inside.get(from..)?.find('>')? + 1;
        let text = inside.get(from..to)?;
        at = to;
        if text.starts_with("</") {
            depth = depth.checked_sub(1)?;
        } else if !text.ends_with("/>") {
            depth += 1;
        }
        if depth == 0 {
            children.push(inside.get(start..to)?);
            start = to;
        }
    }
    (depth == 0 && start == inside.len()).then(|| (svg.get(..open).unwrap_or(""), children))
}

fn without_view_box(head: &str) -> (&str, &str) {
    let Some((before, rest)) = head.split_once("viewBox=\"") else { return (head, "") };
    (before, rest.split_once('"').map_or("", |(_, after)| after))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str =
        r#"<svg class="dg" viewBox="0 0 10 10" role="group"><g id="a"><rect/><text>A</text></g><path d="M0 0"/><g id="b"></g></svg>"#;

    fn applied(before: &str, now: &str) -> Option<String> {
        let (count, changes) = between(before, now)?;
        let mut children: Vec<&str> = parts(before)?.1;
        assert_eq!(children.len(), count);
        for change in changes {
            children.splice(change.gone, change.new);
        }
        Some(children.concat())
    }

    #[test]
    fn one_element_changes_alone() {
        let now = ONE.replace(">A<", ">B<").replace("0 0 10 10", "0 0 12 12");
        let (count, changes) = between(ONE, &now).unwrap();
        assert_eq!((count, changes), (3, vec![Change { gone: 0..1, new: vec![r#"<g id="a"><rect/><text>B</text></g>"#] }]));
        assert_eq!(between(ONE, ONE).unwrap().1, []);
    }

    #[test]
    fn elements_come_and_go() {
        let more = ONE.replace(r#"<path d="M0 0"/>"#, r#"<path d="M0 0"/><path d="M1 1"/>"#);
        for (before, now) in [(ONE, more.as_str()), (more.as_str(), ONE)] {
            assert_eq!(applied(before, now).unwrap(), parts(now).unwrap().1.concat());
        }
    }

    #[test]
    fn another_kind_of_picture_is_drawn_anew() {
        assert_eq!(between(ONE, &ONE.replace("\"dg\"", "\"dg is-dimming\"")), None);
        assert_eq!(between(ONE, "<svg>"), None);
        assert_eq!(between("", ONE), None);
    }

    #[test]
    fn real_pictures_are_taken_apart_and_joined_again() {
        use crate::domain::{
            scene::{
                compose,
                svg::{SvgOptions, Theme, svg},
            },
            syntax::{Language, Sources, parse},
        };
        let draw = |text: &str, element: &str| {
            let model = parse(Language::Structurizr, "w.dsl", text, &Sources::new()).model;
            let selected = model.find(element).map(|element| element.key.clone());
            let options = SvgOptions { theme: Theme::Page, interactive: true, selected, ..SvgOptions::default() };
            svg(&compose(&model, &model.views[0], None), &options)
        };
        let text = "workspace {\n model {\n  a = softwareSystem \"A <&> 'x'\"\n  b = softwareSystem \"B\"\n  a -> b \"Uses > it\"\n }\n}\n";
        let more = text.replace("a -> b", "c = softwareSystem \"C\"\n  a -> b");
        let drawings = [draw(text, "B"), draw(text, ""), draw(&more, ""), draw(&text.replace("\"B\"", "\"Bee\""), "")];
        for before in &drawings {
            for now in &drawings {
                let joined = applied(before, now);
                assert!(joined.is_none_or(|joined| joined == parts(now).unwrap().1.concat()));
            }
        }
        assert!(applied(&drawings[0], &drawings[1]).is_some());
    }
}
