//! What tests upload: multipart bodies, archives, and the files of a small project.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read, Write},
    path::Path,
};

use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

pub(crate) const MULTIPART: &str = "multipart/form-data; boundary=edge";

/// A `multipart/form-data` body with one field `file` per file.
pub(crate) fn multipart(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, bytes) in files {
        let head = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    body
}

pub(crate) fn zip<P: AsRef<str>, B: AsRef<[u8]>>(files: impl IntoIterator<Item = (P, B)>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        writer.start_file(path.as_ref(), SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes.as_ref()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(crate) fn unzip(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        files.insert(name, content);
    }
    files
}

/// A project of a diagram, two decisions and a kept file, with line ends and marks that are easily lost.
pub(crate) fn project() -> Vec<(&'static str, &'static [u8])> {
    vec![
        ("workspace.dsl", WORKSPACE.as_bytes()),
        ("docs/adr/0001-use-postgresql.md", b"# 1. Use PostgreSQL\r\n\r\n## Status\r\n\r\nAccepted\r\n\r\n## Context\r\n\r\nWe need a store.\r\n\r\n## Decision\r\n\r\nWe will use PostgreSQL.\r\n\r\n## Consequences\r\n\r\nOne more thing to run.\r\n"),
        ("docs/adr/0002-use-nats.md", b"\xef\xbb\xbf# 2. Use NATS\n\nDate: 2026-01-05\n\n## Status\n\nProposed\n\n## Context\n\nOrders are slow.\n\n## Decision\n\nWe will use NATS.\n\n## Consequences\n\nMessages."),
        ("docs/logo.png", b"\x89PNG\r\n\x1a\n\x00\x01\x02"),
    ]
}

/// Two services write one database: a shared database.
pub(crate) const WORKSPACE: &str = r#"workspace "Shop" {
    model {
        user = person "User"
        shop = softwareSystem "Shop" {
            orders = container "Order service" "Takes orders" "Go"
            payments = container "Payment service" "Takes money" "Go"
            db = container "Shop database" "Everything" "PostgreSQL" "Database"
        }
        user -> orders "Orders with" "HTTPS"
        orders -> payments "Asks for money" "HTTPS"
        orders -> db "Writes orders to" "SQL"
        payments -> db "Writes payments to" "SQL"
    }
    views {
        container shop "containers" {
            include *
            autolayout lr
        }
    }
}
"#;

/// All files below a folder, by path.
pub(crate) fn folder(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, files);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    walk(root, root, &mut files);
    files
}

/// The corpus of public examples, where the environment names one.
#[expect(clippy::print_stdout, reason = "says why a test did nothing")]
pub(crate) fn corpus() -> Option<std::path::PathBuf> {
    let corpus = std::env::var_os("LINTEL_CORPUS").map(std::path::PathBuf::from);
    if corpus.is_none() {
        println!("skipped: LINTEL_CORPUS is not set");
    }
    corpus
}
