//! What went wrong with one try of a turn, and whether asking again can help. One place turns status codes, error bodies and
//! errors in the middle of a stream into [`TurnError`]s.

use std::time::Duration;

use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

use crate::{domain::agent::conversation::TurnError, server::ports::ModelInfo};

/// The most that is shown of what a provider says about an error, in characters.
const SHOWN: usize = 300;

/// One failed try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub error: TurnError,
    /// The same request may succeed later.
    pub again: bool,
    /// How long the provider asks to wait first.
    pub after: Option<Duration>,
}

/// What a provider wrote about an error. Every part may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Complaint {
    /// Its name for the sort of error, such as `overloaded_error`.
    pub kind: String,
    pub code: String,
    pub message: String,
}

impl Complaint {
    /// Finds the complaint in a JSON value. Seen in the field: `{"error": {"type", "code", "message"}}`, the same in a list,
    /// `{"error": "…"}`, `{"message": "…"}` and `{"detail": "…"}`.
    pub fn of(value: &Value) -> Option<Self> {
        let value = value.as_array().and_then(|list| list.first()).unwrap_or(value);
        let word = |value: &Value, name: &str| match value.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        match value.get("error") {
            Some(Value::String(message)) => Some(Self { message: message.clone(), ..Self::default() }),
            Some(error @ Value::Object(_)) => {
                let kind = word(error, "type");
                let kind = if kind.is_empty() { word(error, "status") } else { kind };
                Some(Self { kind, code: word(error, "code"), message: word(error, "message") })
            }
            _ => {
                let message = ["message", "detail"].map(|name| word(value, name)).into_iter().find(|text| !text.is_empty())?;
                Some(Self { kind: word(value, "type"), code: word(value, "code"), message })
            }
        }
    }

    /// What is shown to people: the message, or else the kind.
    fn detail(&self) -> String {
        let text = [&self.message, &self.kind, &self.code].into_iter().find(|text| !text.trim().is_empty());
        text.map_or_else(|| "it gives no reason".to_owned(), |text| shown(text))
    }

    /// The status that says the same, for complaints in a stream that began with 200.
    fn status(&self) -> u16 {
        if let Ok(status @ 400..=599) = self.code.parse() {
            return status;
        }
        let says = |word: &str| self.kind.contains(word) || self.code.contains(word);
        match () {
            () if says("overloaded") => 529,
            () if says("rate_limit") || says("RESOURCE_EXHAUSTED") => 429,
            () if says("authentication") || says("invalid_api_key") => 401,
            () if says("permission") || says("billing") => 403,
            () if says("not_found") => 404,
            () if says("request_too_large") => 413,
            () if says("invalid_request") || says("context_length") => 400,
            () => 500,
        }
    }
}

/// What the response's headers say about asking again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Advice {
    /// `x-should-retry`.
    pub again: Option<bool>,
    pub after: Option<Duration>,
}

impl Advice {
    /// Reads `x-should-retry`, `retry-after-ms` and `retry-after` (seconds, or a date, which counts from the response's own
    /// `date`, else from `now` in milliseconds since 1970). What makes no sense is as if it were not there.
    pub fn read<'a>(header: impl Fn(&str) -> Option<&'a str>, now: i64) -> Self {
        let again = match header("x-should-retry") {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => None,
        };
        let number = |name: &str| header(name).and_then(|text| text.trim().parse::<f64>().ok());
        let date = |name: &str| {
            let date = OffsetDateTime::parse(header(name)?.trim(), &Rfc2822).ok()?;
            i64::try_from(date.unix_timestamp_nanos() / 1_000_000).ok()
        };
        let wait =
            number("retry-after-ms").and_then(|ms| span(ms / 1000.0)).or_else(|| number("retry-after").and_then(span)).or_else(|| {
                let milliseconds = date("retry-after")?.checked_sub(date("date").unwrap_or(now))?;
                u64::try_from(milliseconds).ok().map(Duration::from_millis)
            });
        Self { again, after: wait }
    }
}

/// Seconds as a span; nothing for negative ones and for what is no number. Beyond a day it no longer matters how long.
fn span(seconds: f64) -> Option<Duration> {
    (seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(86_400.0)))
}

impl Fault {
    /// Asking again can help.
    pub const fn passing(error: TurnError) -> Self {
        Self { error, again: true, after: None }
    }

    /// The same request would fail the same way.
    pub const fn lasting(error: TurnError) -> Self {
        Self { error, again: false, after: None }
    }

    /// The answer broke off, or a piece of it makes no sense.
    pub fn broken(info: &ModelInfo, detail: impl Into<String>) -> Self {
        Self::passing(TurnError::Broken { provider: info.provider.clone(), detail: detail.into() })
    }

    /// A response with a status other than 200. `body` is what could be read of it.
    pub fn of_status(info: &ModelInfo, status: u16, advice: Advice, body: &[u8]) -> Self {
        let complaint = serde_json::from_slice(body).ok().and_then(|body| Complaint::of(&body));
        let fault = complaint.map_or_else(
            // Only what is written for callers is shown, never a page or whatever else stands at the address.
            || Self::of(info, status, "it gives no reason".to_owned(), false),
            |complaint| Self::of(info, status, complaint.detail(), complaint.code == "insufficient_quota"),
        );
        let error = match fault.error {
            TurnError::RateLimited { provider, .. } => TurnError::RateLimited { provider, retry_after_ms: advice.after.map(milliseconds) },
            error => error,
        };
        Self { error, again: advice.again.unwrap_or(fault.again), after: advice.after }
    }

    /// An error in the middle of an answer, or in place of one with status 200.
    pub fn of_complaint(info: &ModelInfo, complaint: &Complaint) -> Self {
        Self::of(info, complaint.status(), complaint.detail(), complaint.code == "insufficient_quota")
    }

    fn of(info: &ModelInfo, status: u16, detail: String, spent: bool) -> Self {
        let provider = info.provider.clone();
        match status {
            // No patience helps when the account is empty.
            429 if spent => Self::lasting(TurnError::Denied { provider, detail }),
            429 => Self::passing(TurnError::RateLimited { provider, retry_after_ms: None }),
            529 => Self::passing(TurnError::Overloaded { provider }),
            401..=403 => Self::lasting(TurnError::Denied { provider, detail }),
            300..=399 => {
                let detail = "it sends us to another address, which Lintel does not follow; check the provider's address".to_owned();
                Self::lasting(TurnError::Rejected { provider, status, detail })
            }
            408 | 409 | 500.. => Self::passing(TurnError::Failed { provider, status, detail }),
            _ => Self::lasting(TurnError::Rejected { provider, status, detail }),
        }
    }

    /// Takes a key out of what is shown, should a provider have repeated it.
    #[must_use]
    pub fn without(mut self, hide: &dyn Fn(&str) -> String) -> Self {
        match &mut self.error {
            TurnError::Unreachable { detail, .. }
            | TurnError::Denied { detail, .. }
            | TurnError::Rejected { detail, .. }
            | TurnError::Failed { detail, .. }
            | TurnError::Broken { detail, .. } => *detail = hide(detail),
            _ => {}
        }
        self
    }
}

pub fn milliseconds(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// A provider's words on one line and not too long.
pub fn shown(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = line.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn advice(headers: &[(&str, &'static str)]) -> Advice {
        // Sun, 06 Nov 1994 08:49:37 GMT
        Advice::read(|name| headers.iter().find(|(other, _)| *other == name).map(|(_, value)| *value), 784_111_777_000)
    }

    #[test]
    fn patience_is_read_in_every_form_and_nonsense_is_ignored() {
        let after = |headers: &[(&str, &'static str)]| advice(headers).after.map(milliseconds);
        assert_eq!(after(&[("retry-after", "2")]), Some(2000));
        assert_eq!(after(&[("retry-after", "0.5")]), Some(500));
        assert_eq!(after(&[("retry-after-ms", "250"), ("retry-after", "2")]), Some(250));
        assert_eq!(after(&[("retry-after-ms", "soon"), ("retry-after", "2")]), Some(2000));
        assert_eq!(after(&[("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT")]), Some(10_000));
        let far = [("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT"), ("date", "Sun, 06 Nov 1994 08:49:42 GMT")];
        assert_eq!(after(&far), Some(5000), "a provider's clock counts from its own date");
        assert_eq!(after(&[("retry-after", "Sun, 06 Nov 1994 08:49:27 GMT")]), None, "in the past");
        for nonsense in ["-1", "NaN", "-inf", "", "later", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            assert_eq!(advice(&[("retry-after", nonsense)]).after, None, "{nonsense}");
        }
        assert_eq!(after(&[("retry-after", "1e300")]), Some(86_400_000));
        assert_eq!(after(&[("retry-after", "inf")]), Some(86_400_000));
        assert_eq!(advice(&[("x-should-retry", "false")]).again, Some(false));
    }

    #[test]
    fn complaints_are_found_in_every_shape() {
        let message = |value: Value| Complaint::of(&value).map(|complaint| complaint.message);
        assert_eq!(message(json!({"type": "error", "error": {"type": "x", "message": "a"}})).as_deref(), Some("a"));
        assert_eq!(message(json!([{"error": {"code": 400, "message": "b", "status": "INVALID_ARGUMENT"}}])).as_deref(), Some("b"));
        assert_eq!(message(json!({"error": "c"})).as_deref(), Some("c"));
        assert_eq!(message(json!({"detail": "d"})).as_deref(), Some("d"));
        assert_eq!(message(json!({"object": "chat.completion"})), None);
        assert_eq!(message(json!([])), None);
    }

    #[test]
    fn what_is_shown_is_one_short_line() {
        assert_eq!(shown("a\r\n\tb\u{0}c"), "a b c");
        assert_eq!(shown(&"é".repeat(400)).chars().count(), SHOWN + 1);
    }
}
