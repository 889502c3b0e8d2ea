//! Opens what Harness wraps its answers in, and never panics on any bytes.
//!
//! Success is a 2xx status, JSON, `"status": "SUCCESS"`, and `data` of the expected shape: Harness, and what stands
//! before it, answers 200 with login pages, empty bodies and errors as well.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;

use super::call::Envelope;
use super::error::LooksLike;

/// One page of a list. Every count may be missing or null; what must be there is the content.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The rows.
    pub content: Vec<T>,
    /// Pages of the list; 1 for a list that was filtered to nothing.
    #[serde(default)]
    pub total_pages: Option<i64>,
    /// Rows of the list, as counted for this very request.
    #[serde(default)]
    pub total_items: Option<i64>,
    /// Rows on this page, by the server's count.
    #[serde(default)]
    pub page_item_count: Option<i64>,
    /// The size asked for; 0 when the list was filtered to nothing.
    #[serde(default)]
    pub page_size: Option<i64>,
    /// Which page this is, from 0.
    #[serde(default)]
    pub page_index: Option<i64>,
}

/// Why a 2xx body could not be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unopened {
    /// No JSON.
    NotJson(LooksLike),
    /// JSON that says it is an error: to be read as one.
    Failure,
    /// JSON that says success, with something unexpected in it; the decoder's message.
    Shape(String),
}

#[derive(Deserialize)]
struct DataEnvelope<T> {
    status: Option<String>,
    data: Option<T>,
}

#[derive(Deserialize)]
struct ResourceEnvelope<T> {
    resource: Option<T>,
}

/// Only what tells an error from a success.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    status: Option<serde_json::Value>,
    code: Option<serde_json::Value>,
    response_messages: Option<Vec<IgnoredAny>>,
}

impl Head {
    fn tells_of_failure(&self) -> bool {
        let status = self.status.as_ref().and_then(serde_json::Value::as_str);
        let code = self.code.as_ref().is_some_and(serde_json::Value::is_string);
        let messages = self
            .response_messages
            .as_ref()
            .is_some_and(|list| !list.is_empty());
        match status {
            Some("SUCCESS") => false,
            Some(_) => true,
            None => code || messages,
        }
    }
}

/// Takes what was asked for out of a 2xx body.
///
/// # Errors
/// Why it is not there.
pub fn open<T: DeserializeOwned>(body: &[u8], envelope: Envelope) -> Result<T, Unopened> {
    let opened = match envelope {
        Envelope::Data => serde_json::from_slice::<DataEnvelope<T>>(body)
            .map(|envelope| (envelope.status.as_deref() == Some("SUCCESS"), envelope.data)),
        Envelope::Resource => serde_json::from_slice::<ResourceEnvelope<T>>(body)
            .map(|envelope| (true, envelope.resource)),
    };
    match opened {
        Ok((true, Some(data))) => Ok(data),
        Ok((true, None)) => match serde_json::from_value(serde_json::Value::Null) {
            Ok(nothing) if !tells_of_failure(body) => Ok(nothing), // T is an Option, and null an answer
            _ => Err(failure_or(body, "nothing in the envelope")),
        },
        Ok((false, _)) => Err(failure_or(body, "no status SUCCESS")),
        Err(error) => Err(why_unreadable(body, &error)),
    }
}

fn why_unreadable(body: &[u8], error: &serde_json::Error) -> Unopened {
    let is_json =
        error.classify() == Category::Data && serde_json::from_slice::<IgnoredAny>(body).is_ok();
    if is_json {
        failure_or(body, &error.to_string())
    } else {
        Unopened::NotJson(looks_like(body))
    }
}

fn failure_or(body: &[u8], shape: &str) -> Unopened {
    if names_login(body) {
        Unopened::NotJson(LooksLike::LoginPage)
    } else if tells_of_failure(body) {
        Unopened::Failure
    } else {
        Unopened::Shape(shape.to_owned())
    }
}

fn tells_of_failure(body: &[u8]) -> bool {
    serde_json::from_slice::<Head>(body).is_ok_and(|head| head.tells_of_failure())
}

/// What a body that is not the expected JSON seems to be.
#[must_use]
pub fn looks_like(body: &[u8]) -> LooksLike {
    match body.trim_ascii_start().first() {
        None => LooksLike::Empty,
        Some(b'<') if names_login(body) => LooksLike::LoginPage,
        Some(b'<') => LooksLike::Html,
        Some(b'{' | b'[') if !names_login(body) => LooksLike::BrokenJson,
        _ if names_login(body) => LooksLike::LoginPage,
        _ => LooksLike::Other,
    }
}

/// Whether the beginning names what Harness's login redirect names.
fn names_login(body: &[u8]) -> bool {
    const ENOUGH: usize = 16 * 1024;
    let start = &body[..body.len().min(ENOUGH)];
    let text = String::from_utf8_lossy(start);
    ["redirectPage", "signInPath", "/auth/#/signin", "#/signin"]
        .iter()
        .any(|name| text.contains(name))
}
