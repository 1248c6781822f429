//! Uploads as forms and programs send them: files in fields named `file`, and a few words beside them.

use std::collections::BTreeMap;

use axum::{
    body::Bytes,
    extract::{
        Multipart,
        multipart::{MultipartError, MultipartRejection},
    },
    http::{HeaderMap, StatusCode, header},
};

use crate::{
    api::ApiError,
    server::{error::ServiceError, http::answer::Problem},
};

/// What an upload holds.
#[derive(Debug, Default)]
pub struct Upload {
    /// Each under its name.
    pub files: Vec<(String, Vec<u8>)>,
    pub words: BTreeMap<String, String>,
}

/// Reads an upload; besides files it may have the fields named in `words`.
///
/// # Errors
/// `Invalid` for other fields and for what is no upload, `TooLarge` for one past the bounds of its address.
pub async fn read(files: Result<Multipart, MultipartRejection>, words: &[&str]) -> Result<Upload, Problem> {
    let mut files = files.map_err(|rejected| {
        let problem = format!("Send the files as `multipart/form-data` in fields named `file` ({}).", rejected.body_text());
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, ApiError::Invalid { field: "file".to_owned(), problem })
    })?;
    let mut upload = Upload::default();
    while let Some(field) = files.next_field().await.map_err(unread)? {
        let field_name = field.name().unwrap_or_default().to_owned();
        if words.contains(&field_name.as_str()) {
            upload.words.insert(field_name, field.text().await.map_err(unread)?);
            continue;
        }
        if field_name != "file" {
            let known: Vec<String> = ["file"].iter().chain(words).map(|name| format!("`{name}`")).collect();
            return Err(ServiceError::invalid(field_name, format!("Only fields named {} are read.", known.join(" and "))).into());
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let bytes: Bytes = field.bytes().await.map_err(unread)?;
        // A form without a chosen file sends an empty one without a name.
        if !name.is_empty() || !bytes.is_empty() {
            upload.files.push((name, bytes.to_vec()));
        }
    }
    Ok(upload)
}

/// Whether a browser asks, which wants to be led to a page.
pub fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

fn unread(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return ServiceError::too_large("The upload is larger than 64 MiB. Import a part of it.").into();
    }
    let problem = format!("The upload could not be read: {}.", error.body_text().trim_end_matches('.'));
    Problem::new(StatusCode::BAD_REQUEST, ApiError::Invalid { field: "file".to_owned(), problem })
}
