//! Hostile and ordinary archives.

use super::*;

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in entries {
        writer.start_file(*path, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn unpack(name: &str, bytes: Vec<u8>) -> Result<Files, ArchiveError> {
    let mut files = Files::default();
    files.add(name, bytes, &BOUNDS).map(|()| files)
}

fn paths(files: &Files) -> Vec<&str> {
    files.files.keys().map(String::as_str).collect()
}

/// Overwrites a name in place: writers refuse to write what attackers do.
fn renamed(mut bytes: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> =
        bytes.windows(from.len()).enumerate().filter(|(_, window)| *window == from.as_bytes()).map(|(at, _)| at).collect();
    for at in places {
        bytes[at..at + from.len()].copy_from_slice(to.as_bytes());
    }
    bytes
}

#[test]
fn files_come_out_as_they_went_in() {
    let files = unpack("a.zip", zip(&[("workspace.dsl", b"workspace {\r\n}"), ("docs/adr/0001-a.md", b"# A\n")])).unwrap();
    assert_eq!(paths(&files), ["docs/adr/0001-a.md", "workspace.dsl"]);
    assert_eq!(files.files["workspace.dsl"], b"workspace {\r\n}");
    assert!(files.warnings.is_empty());
}

#[test]
fn packing_is_stable_and_comes_back_whole() {
    let files = BTreeMap::from([("only/x.md".to_owned(), b"x".to_vec()), ("only/y".to_owned(), vec![0, 255])]);
    let packed = pack(&files).unwrap();
    assert_eq!(packed, pack(&files).unwrap());
    assert_eq!(unpack("x.zip", packed).unwrap().files, files, "the one folder stays: Lintel wrote it");
}

#[test]
fn a_repository_folder_is_left_out() {
    let files = unpack("a.zip", zip(&[("shop-main/workspace.dsl", b"w"), ("shop-main/docs/a.md", b"a")])).unwrap();
    assert_eq!(paths(&files), ["docs/a.md", "workspace.dsl"]);
    assert!(files.warnings[0].contains("shop-main"));
    let files = unpack("a.zip", zip(&[("docs/adr/0001-a.md", b"w")])).unwrap();
    assert_eq!(paths(&files), ["docs/adr/0001-a.md"], "a folder that means something stays");
}

#[test]
fn litter_is_left_out_silently() {
    let entries: [(&str, &[u8]); 4] = [(".git/HEAD", b"r"), ("a/node_modules/x.js", b"x"), ("__MACOSX/._a", b"x"), ("a/w.dsl", b"w")];
    let files = unpack("a.zip", zip(&entries)).unwrap();
    assert_eq!(paths(&files), ["w.dsl"]);
}

#[test]
fn single_files_keep_their_names() {
    let mut files = Files::default();
    files.add("workspace.dsl", b"w".to_vec(), &BOUNDS).unwrap();
    files.add("docs/a.md", b"a".to_vec(), &BOUNDS).unwrap();
    files.add("inner.jar", b"PK\x03\x04".to_vec(), &BOUNDS).unwrap();
    assert_eq!(paths(&files), ["docs/a.md", "inner.jar", "workspace.dsl"]);
    let again = files.add("workspace.dsl", b"x".to_vec(), &BOUNDS);
    assert!(matches!(again, Err(ArchiveError::Refused(reason)) if reason.contains("two files")));
}

#[test]
fn an_archive_inside_stays_bytes() {
    let inner = zip(&[("x", b"x")]);
    let files = unpack("a.zip", zip(&[("inner.zip", &inner), ("w.dsl", b"w")])).unwrap();
    assert_eq!(files.files["inner.zip"], inner);
}

#[test]
fn names_that_leave_the_folder_are_refused() {
    for hostile in ["../../../xy", "..\\..\\..\\xy", "/etc/passwd", "C:\\x\\yz.txt", "a/../../xyz", "docs/nul.md", "a\0bcdefghij", "a//b"] {
        let bytes = renamed(zip(&[(&"x".repeat(hostile.len()), b"1")]), &"x".repeat(hostile.len()), hostile);
        let result = unpack("a.zip", bytes);
        assert!(matches!(result, Err(ArchiveError::Refused(_))), "{hostile:?}: {result:?}");
    }
    assert!(matches!(unpack("../a.md", b"a".to_vec()), Err(ArchiveError::Refused(_))));
}

#[test]
fn one_name_twice_is_refused() {
    let bytes = renamed(zip(&[("docs/a.md", b"1"), ("docs/b.md", b"2")]), "docs/b.md", "docs/a.md");
    assert!(matches!(unpack("a.zip", bytes), Err(ArchiveError::Refused(reason)) if reason.contains("twice")));
}

#[test]
fn links_are_skipped_with_a_warning() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("passwd", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    writer.start_file("w.dsl", SimpleFileOptions::default()).unwrap();
    let files = unpack("a.zip", writer.finish().unwrap().into_inner()).unwrap();
    assert_eq!(paths(&files), ["w.dsl"]);
    assert!(files.warnings[0].contains("`passwd`"), "{:?}", files.warnings);
}

#[test]
fn bombs_are_refused_before_they_grow() {
    let bomb = zip(&[("zeros", &vec![0; 5_000_000])]);
    assert!(bomb.len() < 10_000);
    assert!(matches!(unpack("a.zip", bomb), Err(ArchiveError::TooLarge(reason)) if reason.contains("100 times")));

    let small = Bounds { total: 1000, ..BOUNDS };
    let mut files = Files::default();
    let noise: Vec<u8> = (0..1001_u32).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
    assert!(matches!(files.add("a.zip", zip(&[("a", &noise)]), &small), Err(ArchiveError::TooLarge(_))));

    let many: Vec<(String, &[u8])> = (0..1001).map(|n| (format!("f{n}"), &b"x"[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(path, bytes)| (path.as_str(), *bytes)).collect();
    assert!(matches!(unpack("a.zip", zip(&many)), Err(ArchiveError::TooLarge(reason)) if reason.contains("1000 files")));
}

#[test]
fn a_declared_size_is_not_believed() {
    let mut bomb = zip(&[("zeros", &vec![0; 5_000_000])]);
    let size = 5_000_000_u32.to_le_bytes();
    let places: Vec<usize> = bomb.windows(4).enumerate().filter(|(_, four)| *four == size).map(|(at, _)| at).collect();
    assert_eq!(places.len(), 2);
    for at in places {
        bomb[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
    }
    assert!(unpack("a.zip", bomb).is_err());
}

#[test]
fn overlapping_files_are_refused() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("a", SimpleFileOptions::default()).unwrap();
    writer.write_all(&[7; 1000]).unwrap();
    writer.shallow_copy_file("a", "b").unwrap();
    let result = unpack("a.zip", writer.finish().unwrap().into_inner());
    assert!(matches!(result, Err(ArchiveError::Refused(reason)) if reason.contains("share bytes")));
}

#[test]
fn claims_of_too_many_entries_are_read_first() {
    let mut bytes = zip(&[("a", b"a")]);
    let end = bytes.windows(4).rposition(|four| four == b"PK\x05\x06").unwrap();
    bytes[end + 10..end + 12].copy_from_slice(&30_000_u16.to_le_bytes());
    assert!(matches!(unpack("a.zip", bytes), Err(ArchiveError::TooLarge(reason)) if reason.contains("30000")));
}

#[test]
fn broken_and_encrypted_archives_say_so() {
    assert!(matches!(unpack("a.zip", b"hello".to_vec()), Err(ArchiveError::Refused(reason)) if reason.contains("not a zip archive")));
    let mut bytes = zip(&[("a", b"a")]);
    let central = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    bytes[6] |= 1;
    bytes[central + 8] |= 1;
    assert!(matches!(unpack("a.zip", bytes), Err(ArchiveError::Refused(reason)) if reason.contains("encrypted")));
}
