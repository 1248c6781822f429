//! Files there and back: known shapes, and random ones.

use proptest::prelude::*;

use super::*;

fn edited(original: &str, from: &str, to: &str) -> String {
    let text = read(original.as_bytes()).unwrap();
    assert!(text.contains(from), "{text:?}");
    String::from_utf8(write(Some(original.as_bytes()), &text.replace(from, to))).unwrap()
}

#[test]
fn reads_texts_and_leaves_the_rest() {
    assert_eq!(read(b"a\r\nb\rc\n").unwrap(), "a\nb\nc\n");
    assert_eq!(read(b"\xef\xbb\xbfa").unwrap(), "a");
    assert_eq!(read(b"\xff\xfea\0\r\0\n\0").unwrap(), "a\n");
    assert_eq!(read(b"\xfe\xff\0a").unwrap(), "a");
    assert_eq!(read(b"").unwrap(), "");
    assert_eq!(read(b"\xff\xfea"), None, "half a unit");
    assert_eq!(read(b"\xff\xfe\x00\xd8"), None, "half a pair");
    assert_eq!(read(b"caf\xe9"), None);
    assert_eq!(read(b"a\0b"), None);
}

#[test]
fn an_edit_changes_its_own_line_only() {
    assert_eq!(edited("a\r\nb\r\nc", "b", "B\nB2"), "a\r\nB\r\nB2\r\nc");
    assert_eq!(edited("a\r\nb\nc\r\n", "b", "B"), "a\r\nB\nc\r\n");
    assert_eq!(edited("a\nb\r\nc\nd\n", "a\n", ""), "b\r\nc\nd\n");
    assert_eq!(edited("a\nb\r\nc\nd\n", "c\n", "c\nnew\n"), "a\nb\r\nc\nnew\nd\n");
    assert_eq!(edited("\u{feff}a\n", "a", "b"), "\u{feff}b\n");
    assert_eq!(edited("a\nb\n", "b\n", "b"), "a\nb");
    assert_eq!(edited("a\r\nb", "b", "b\n"), "a\r\nb\r\n");
}

#[test]
fn two_halves_never_become_one_line_end() {
    assert_eq!(edited("a\rx\n", "x", ""), "a\r\r\n");
}

#[test]
fn other_encodings_come_back() {
    let file: Vec<u8> = [0xff, 0xfe].into_iter().chain("a\r\né\r\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let expected: Vec<u8> = [0xff, 0xfe].into_iter().chain("b\r\né\r\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(write(Some(&file), "a\né\n"), file);
    assert_eq!(write(Some(&file), "b\né\n"), expected);
}

#[test]
fn long_mixed_files_keep_their_ends() {
    let original: String = (0..6000).flat_map(|n| [format!("line {n}"), if n % 3 == 0 { "\r\n" } else { "\n" }.to_owned()]).collect();
    let changed = edited(&original, "line 5\n", "line five\n");
    assert_eq!(changed, original.replace("line 5\n", "line five\n"));
    // Changes at both ends make the table too large and take the cheaper walk.
    let text = read(original.as_bytes()).unwrap().replace("line 1\n", "first\n").replace("line 5999\n", "last\nof all\n");
    let expected = original.replace("line 1\n", "first\n").replace("line 5999\n", "last\nof all\n");
    assert_eq!(String::from_utf8(write(Some(original.as_bytes()), &text)).unwrap(), expected);
}

fn file() -> impl Strategy<Value = String> {
    lines("[a-cé ]{0,3}")
}

fn lines(line: &'static str) -> impl Strategy<Value = String> {
    proptest::collection::vec((line, prop_oneof![Just("\n"), Just("\r\n"), Just("\r"), Just("")]), 0..12)
        .prop_map(|lines| lines.into_iter().map(|(line, end)| line + end).collect())
}

proptest! {
    #[test]
    fn any_bytes_come_back(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        if let Some(text) = read(&bytes) {
            prop_assert_eq!(write(Some(&bytes), &text), bytes);
        }
    }

    #[test]
    fn untouched_files_come_back(file in file(), mark in any::<bool>()) {
        let file = format!("{}{file}", if mark { "\u{feff}" } else { "" });
        let text = read(file.as_bytes()).unwrap();
        prop_assert!(!text.contains(['\r', '\u{feff}']), "line feeds only, no mark");
        prop_assert_eq!(write(Some(file.as_bytes()), &text), file.into_bytes());
    }

    #[test]
    fn every_edit_reads_back(file in file(), edit in file()) {
        let text = read(edit.as_bytes()).unwrap();
        let written = write(Some(file.as_bytes()), &text);
        prop_assert_eq!(read(&written), Some(text));
    }

    #[test]
    fn a_new_line_disturbs_no_other(file in lines("[a-cé]{1,3}"), at in 0_usize..12) {
        let text = read(file.as_bytes()).unwrap();
        let mut all: Vec<&str> = text.split_inclusive('\n').collect();
        prop_assume!(at <= all.len() && text.ends_with('\n'));
        all.insert(at, "fresh\n");
        let written = String::from_utf8(write(Some(file.as_bytes()), &all.concat())).unwrap();
        let kept = ["fresh\r\n", "fresh\n", "fresh\r"].into_iter().find(|line| written.contains(line)).unwrap();
        prop_assert_eq!(written.replacen(kept, "", 1), file);
    }
}
