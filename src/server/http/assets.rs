//! The files a browser needs beside the pages: scripts, the program for the browser, style sheets, icons.
//!
//! A release carries them inside (`build.rs` makes the table); a development build reads the `site` folder beside the
//! executable, or the one `LINTEL_SITE` names. `assets.txt` in it says what the page's files are called, one `js`, `wasm`, `page`,
//! `css`, `editor`, `rules-js` and `rules-wasm` line each. Files whose name holds a hash of their content never change and are kept by browsers for
//! a year; the others are asked for again and answered with 304 while they are the same.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    server::http::headers,
    ui::app::{Bundle, Frame, LIVE},
};

/// Files by their path below the site's root; empty unless the build was told of a site folder.
const EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// Where a file's bytes are.
#[derive(Clone, Debug)]
enum Content {
    Embedded(&'static [u8]),
    File(PathBuf),
}

impl Content {
    async fn bytes(&self) -> std::io::Result<Bytes> {
        match self {
            Self::Embedded(bytes) => Ok(Bytes::from_static(bytes)),
            Self::File(path) => tokio::fs::read(path).await.map(Bytes::from),
        }
    }

    fn bytes_now(&self) -> std::io::Result<Bytes> {
        match self {
            Self::Embedded(bytes) => Ok(Bytes::from_static(bytes)),
            Self::File(path) => fs::read(path).map(Bytes::from),
        }
    }
}

/// Why the site's files can't be served.
#[derive(Debug, thiserror::Error)]
pub enum AssetsError {
    #[error(
        "the site folder {} is not there, and this build carries no site. Run `cargo xtask build`, or name the folder with LINTEL_SITE",
        folder.display()
    )]
    Missing { folder: PathBuf },
    #[error("the site folder {} can't be read: {source}", folder.display())]
    Unreadable { folder: PathBuf, source: std::io::Error },
    #[error("the site's assets.txt has no line `{0} FILE`. Run `cargo xtask build` again")]
    Incomplete(String),
}

/// All files the server gives out, and what the page's own are called. None by default, for the command line.
#[derive(Debug, Default)]
pub struct Assets {
    files: BTreeMap<String, Content>,
    frame: Frame,
}

impl Assets {
    /// The files inside the executable, or else those of a site folder.
    pub fn load(folder: Option<&Path>) -> Result<Self, AssetsError> {
        if folder.is_none() && !EMBEDDED.is_empty() {
            let files = EMBEDDED.iter().map(|(path, bytes)| ((*path).to_owned(), Content::Embedded(bytes)));
            return Self::from_files(files.collect());
        }
        let beside = || std::env::current_exe().ok()?.parent().map(|folder| folder.join("site"));
        let folder = folder.map(Path::to_path_buf).or_else(beside).unwrap_or_else(|| PathBuf::from("site"));
        if !folder.is_dir() {
            return Err(AssetsError::Missing { folder });
        }
        let mut files = BTreeMap::new();
        walk(&folder, "", &mut files).map_err(|source| AssetsError::Unreadable { folder, source })?;
        Self::from_files(files)
    }

    /// Files given as text, for tests.
    pub fn in_memory(files: &[(&str, &'static str)]) -> Result<Self, AssetsError> {
        Self::from_files(files.iter().map(|(path, text)| ((*path).to_owned(), Content::Embedded(text.as_bytes()))).collect())
    }

    fn from_files(mut files: BTreeMap<String, Content>) -> Result<Self, AssetsError> {
        let list = files.remove("assets.txt").and_then(|list| list.bytes_now().ok()).unwrap_or_default();
        let list = String::from_utf8_lossy(&list).into_owned();
        let named = |kind: &str| {
            let line = list.lines().filter_map(|line| line.split_once(' ')).find(|(word, _)| *word == kind);
            line.map(|(_, name)| format!("/pkg/{}", name.trim())).ok_or_else(|| AssetsError::Incomplete(kind.to_owned()))
        };
        let bundle =
            |prefix: &str| Ok::<_, AssetsError>(Bundle { js: named(&format!("{prefix}js"))?, wasm: named(&format!("{prefix}wasm"))? });
        let frame = Frame {
            base: bundle("")?,
            live: LIVE.iter().map(|name| bundle(&format!("{name}-"))).collect::<Result<_, _>>()?,
            css: named("css")?,
            page: named("page")?,
            editor: named("editor")?,
            rules: bundle("rules-")?,
        };
        Ok(Self { files, frame })
    }

    /// What the page's head names.
    pub fn frame(&self) -> Frame {
        self.frame.clone()
    }

    /// Whether a request's path is a file's.
    pub fn has(&self, path: &str) -> bool {
        self.file(path).is_some()
    }

    fn file(&self, path: &str) -> Option<(&str, &Content)> {
        let path = path.strip_prefix('/')?;
        // Compressed twins are answers to other names.
        if matches!(extension(path), "br" | "gz") {
            return None;
        }
        self.files.get_key_value(path).map(|(path, content)| (path.as_str(), content))
    }

    /// Answers a request for a file, or gives none when there is no such file.
    pub async fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Option<Response> {
        let (path, plain) = self.file(path)?;
        if !matches!(*method, Method::GET | Method::HEAD) {
            return Some((StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response());
        }
        let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|accepted| accepted.to_str().ok()).unwrap_or_default();
        let twin = |coding: &'static str, suffix: &str| {
            accepts(accepted, coding).then(|| self.files.get(&format!("{path}.{suffix}"))).flatten().map(|content| (coding, content))
        };
        let (coding, content) =
            twin("br", "br").or_else(|| twin("gzip", "gz")).map_or((None, plain), |(coding, file)| (Some(coding), file));
        let bytes = match content.bytes().await {
            Ok(bytes) => bytes,
            Err(error) => {
                tracing::error!(%error, path, "an asset can't be read");
                return Some(StatusCode::INTERNAL_SERVER_ERROR.into_response());
            }
        };
        let mut answer = HeaderMap::new();
        answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
        answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if self.frame.rules.js.strip_prefix('/') == Some(path) {
            answer.insert(header::CONTENT_SECURITY_POLICY, headers::WORKER);
        }
        if let Some(coding) = coding {
            answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        if is_hashed(path) {
            answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
        } else {
            answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
            let tag = format!("\"{:08x}-{:x}\"", crc32c::crc32c(&bytes), bytes.len());
            if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
                answer.insert(header::ETAG, HeaderValue::from_str(&tag).ok()?);
                return Some((StatusCode::NOT_MODIFIED, answer).into_response());
            }
            answer.insert(header::ETAG, HeaderValue::from_str(&tag).ok()?);
        }
        answer.insert(header::CONTENT_LENGTH, bytes.len().into());
        let body = if *method == Method::HEAD { Body::empty() } else { Body::from(bytes) };
        Some((answer, body).into_response())
    }
}

fn walk(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Content>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.insert(path, Content::File(entry.path()));
        }
    }
    Ok(())
}

/// Whether a list such as `gzip;q=0.8, br` takes a coding.
fn accepts(list: &str, coding: &str) -> bool {
    list.split(',').any(|entry| {
        let (name, quality) = entry.split_once(';').unwrap_or((entry, ""));
        let refused = quality.trim().strip_prefix("q=").is_some_and(|value| value.trim().parse::<f32>().is_ok_and(|value| value <= 0.0));
        name.trim().eq_ignore_ascii_case(coding) && !refused
    })
}

/// Whether a file's name holds a hash of its content: `lintel.0f3a9c21d4.js`. Files that the binding generator names
/// after their package change under the same name and are not meant.
fn is_hashed(path: &str) -> bool {
    let name = path.strip_prefix("pkg/").filter(|rest| !rest.contains('/')).unwrap_or_default();
    let mut parts = name.rsplit('.').skip(1);
    let hash = parts.next().unwrap_or_default();
    parts.next().is_some()
        && hash.len() >= 8
        && hash.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && hash.bytes().any(|byte| byte.is_ascii_digit())
}

fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn content_type(path: &str) -> &'static str {
    match extension(path) {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml; charset=utf-8",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "json" | "webmanifest" => "application/json; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_hash_are_told_apart() {
        assert!(is_hashed("pkg/lintel.0f3a9c21d4.js"));
        assert!(!is_hashed("pkg/lintel.js"));
        assert!(!is_hashed("pkg/lintel_bg.wasm"));
        assert!(!is_hashed("pkg/snippets/lintel-0f3a9c21d4/inline0.js"));
        assert!(!is_hashed("favicon.svg"));
    }

    #[test]
    fn codings_are_negotiated() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(!accepts("gzip;q=1.0, br;q=0", "br"));
        assert!(!accepts("", "gzip"));
    }

    #[test]
    fn a_list_without_a_line_is_refused() {
        let error = Assets::in_memory(&[("assets.txt", "js a.js\nwasm a.wasm\ndiagram-js a.js\ncss a.css\npage a.js")]).unwrap_err();
        assert!(error.to_string().contains("diagram-wasm"), "{error}");
    }
}
