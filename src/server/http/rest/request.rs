//! What a request says, read strictly, with problems instead of the framework's own answers; and pages of lists.

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, OptionalFromRequest, Path, Query, Request, rejection::JsonRejection},
    http::{
        StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING},
        request::Parts,
    },
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    api::ApiError,
    server::{error::ServiceError, http::answer::Problem},
};

/// A JSON body. Fields the type does not know are refused when it says so.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let invalid = |problem: String| ApiError::Invalid { field: "body".to_owned(), problem };
        match <Json<T> as FromRequest<S>>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(JsonRejection::JsonDataError(error)) => Err(ServiceError::invalid("body", sentence(&error.body_text())).into()),
            Err(JsonRejection::JsonSyntaxError(error)) => Err(Problem::new(StatusCode::BAD_REQUEST, invalid(sentence(&error.body_text())))),
            Err(JsonRejection::MissingJsonContentType(_)) => Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                invalid("Send the body as JSON, with `Content-Type: application/json`.".to_owned()),
            )),
            Err(other) if other.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(ServiceError::too_large("The request is too large.").into())
            }
            Err(other) => Err(Problem::new(other.status(), invalid(sentence(&other.body_text())))),
        }
    }
}

/// Where every field may be left out, so may the body.
impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        let headers = request.headers();
        let nothing = headers.get(CONTENT_LENGTH).is_none_or(|length| length == "0") && !headers.contains_key(TRANSFER_ENCODING);
        if nothing && !headers.contains_key(CONTENT_TYPE) {
            return Ok(None);
        }
        <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

/// A query.
#[derive(Debug)]
pub struct Ask<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Ask<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Query::<T>::from_request_parts(parts, state).await;
        read.map(|Query(query)| Self(query)).map_err(|error| ServiceError::invalid("query", sentence(&error.body_text())).into())
    }
}

/// The parameters of an address. One that can't be read names nothing that exists.
#[derive(Debug)]
pub struct At<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Path::<T>::from_request_parts(parts, state).await;
        read.map(|Path(place)| Self(place)).map_err(|_| Problem::not_found("The address"))
    }
}

fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    format!("{text}.")
}

/// Which page of a list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    cursor: Option<String>,
    limit: Option<u32>,
}

/// A page of a list as JSON.
#[derive(Debug, Serialize)]
pub struct Page<T> {
    items: Vec<T>,
    next_cursor: Option<String>,
}

impl Paging {
    pub const fn new(cursor: Option<String>, limit: Option<u32>) -> Self {
        Self { cursor, limit }
    }

    /// The page of `items`, which are in the order of `key`; keys are unique. A cursor is the key of the last item of the
    /// page before, so that items that come or go meanwhile shift nothing.
    pub fn page<T: Serialize, K: Ord + ToString>(
        &self,
        mut items: Vec<T>,
        key: impl Fn(&T) -> K,
        parse: impl Fn(&str) -> Option<K>,
    ) -> Result<Response, Problem> {
        let limit = self.limit.unwrap_or(50);
        if !(1..=200).contains(&limit) {
            return Err(ServiceError::invalid("limit", "Ask for 1 to 200 items.").into());
        }
        if let Some(cursor) = &self.cursor {
            let after = decode(cursor).as_deref().and_then(parse);
            let after = after.ok_or_else(|| ServiceError::invalid("cursor", "This is no cursor of this list. Begin without one."))?;
            let seen = items.partition_point(|item| key(item) <= after);
            items.drain(..seen);
        }
        let limit = limit as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = items.last().filter(|_| more).map(|last| encode(&key(last).to_string()));
        Ok(Json(Page { items, next_cursor }).into_response())
    }
}

fn encode(key: &str) -> String {
    data_encoding::BASE64URL_NOPAD.encode(key.as_bytes())
}

fn decode(cursor: &str) -> Option<String> {
    String::from_utf8(data_encoding::BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?).ok()
}

/// A JSON answer with a status.
pub fn json<T: Serialize>(status: StatusCode, body: &T) -> Response {
    (status, Json(body)).into_response()
}

/// An object schema in which `required` names must be there and no others than `properties` may.
pub fn object(required: &[&str], properties: Value) -> Value {
    json!({"type": "object", "additionalProperties": false, "required": required, "properties": properties})
}

/// The schema of a page of a list.
pub fn page_of(item: &str) -> Value {
    json!({
        "type": "object",
        "required": ["items", "next_cursor"],
        "properties": {
            "items": {"type": "array", "items": reference(item)},
            "next_cursor": {"type": ["string", "null"], "description": "Leads to the next page; null on the last"},
        },
    })
}

/// A reference to a schema of the description.
pub fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    async fn walk(limit: u32) -> Vec<Vec<u32>> {
        let (mut pages, mut cursor) = (Vec::new(), None);
        loop {
            let paging = Paging { cursor, limit: Some(limit) };
            let response = paging.page((1..=5_u32).collect(), |n| *n, |text| text.parse().ok()).unwrap();
            let bytes = response.into_body().collect().await.unwrap().to_bytes();
            let page: Value = serde_json::from_slice(&bytes).unwrap();
            pages.push(serde_json::from_value(page["items"].clone()).unwrap());
            cursor = page["next_cursor"].as_str().map(str::to_owned);
            if cursor.is_none() {
                return pages;
            }
        }
    }

    #[tokio::test]
    async fn pages_hold_every_item_once() {
        assert_eq!(walk(2).await, [vec![1, 2], vec![3, 4], vec![5]]);
        assert_eq!(walk(5).await, [vec![1, 2, 3, 4, 5]]);
        for (cursor, limit) in [(Some("%%"), 2), (Some("eA"), 2), (None, 0), (None, 201)] {
            let paging = Paging { cursor: cursor.map(str::to_owned), limit: Some(limit) };
            assert!(paging.page(vec![1_u32], |n| *n, |text| text.parse().ok()).is_err());
        }
    }
}
