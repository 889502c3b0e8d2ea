//! Opens what Harness wraps its responses in, and never panics on any bytes.
//!
//! Success is a 2xx status, JSON, `"status": "SUCCESS"`, and `data` of the expected shape: Harness, and what stands
//! before it, answer 200 with login pages, empty bodies and errors as well.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use serde_json::error::Category;

use super::list_page::Page;
use super::mend::{mended, without_mark};
use super::rows;
use crate::api::call::Envelope;
use crate::api::misfit;

/// What a 2xx or error body that is not the expected JSON looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LooksLike {
    /// The page that asks people to sign in: a wrong base URL, most often.
    LoginPage,
    /// Some other HTML page: a proxy or another service.
    Html,
    /// Nothing at all.
    Empty,
    /// JSON that breaks off or is damaged.
    BrokenJson,
    /// JSON, but nothing that Harness says.
    OtherService,
    /// Something else.
    Other,
}

impl LooksLike {
    /// Whether something that is not Harness speaks; what is empty or damaged may be Harness's own.
    pub(crate) fn is_of_another(self) -> bool {
        match self {
            Self::Html | Self::LoginPage | Self::OtherService | Self::Other => true,
            Self::Empty | Self::BrokenJson => false,
        }
    }
}

impl fmt::Display for LooksLike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LoginPage => "the response is a login page, not the Harness API",
            Self::Html => "the response is an HTML page, not the Harness API",
            Self::Empty => "the response is empty",
            Self::BrokenJson => "the response is damaged or truncated JSON",
            Self::OtherService => "the response is JSON of another service, not the Harness API",
            Self::Other => "the response is not JSON",
        })
    }
}

/// Why a 2xx body could not be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unopened {
    /// No JSON, or none of Harness's.
    NotJson(LooksLike),
    /// JSON that says it is an error: to be read as one.
    Failure,
    /// JSON that says success, with something unexpected in it: what, in words.
    Shape(String),
}

/// What both envelopes are read as: one decoder for each type of content, not one for each envelope of it.
#[derive(Deserialize)]
struct Wrapped<T> {
    status: Option<String>,
    #[serde(alias = "resource")]
    data: Option<T>,
}

/// Only what tells an error from a success, and Harness from others.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    status: Option<Value>,
    code: Option<Value>,
    response_messages: Option<Vec<IgnoredAny>>,
    data: Option<IgnoredAny>,
    resource: Option<IgnoredAny>,
}

impl Head {
    /// Whether it has any of the members that Harness's envelopes are made of.
    fn is_an_envelope(&self) -> bool {
        self.status.is_some()
            || self.response_messages.is_some()
            || self.data.is_some()
            || self.resource.is_some()
    }

    fn tells_of_failure(&self) -> bool {
        let status = self.status.as_ref().and_then(Value::as_str);
        let code = self.code.as_ref().is_some_and(Value::is_string);
        let messages = self
            .response_messages
            .as_ref()
            .is_some_and(|list| !list.is_empty());
        match status {
            Some(status) => !says_success(status),
            None => code || messages,
        }
    }
}

/// What the decoder says of a member that comes twice.
const TWICE: &str = "duplicate field";

/// Takes what was asked for out of a 2xx body. A byte order mark is skipped, half a character is replaced by U+FFFD, and of
/// a member that comes twice the last one counts.
///
/// # Errors
/// Why it is not there.
pub fn open<T: DeserializeOwned>(body: &[u8], envelope: Envelope) -> Result<T, Unopened> {
    let body = without_mark(body);
    match open_as_is(body, envelope) {
        Err(Unopened::NotJson(LooksLike::BrokenJson)) => match mended(body) {
            Some(mended) => open_as_is(&mended, envelope),
            None => Err(Unopened::NotJson(LooksLike::BrokenJson)),
        },
        Err(Unopened::Shape(shape)) if shape.contains(TWICE) => {
            let last_wins: Value = serde_json::from_slice(body).unwrap_or_default();
            open_as_is(last_wins.to_string().as_bytes(), envelope)
        }
        opened => opened,
    }
}

/// Takes one page out of a 2xx body, row by row where not all rows can be read.
///
/// # Errors
/// Why there is no page.
pub fn open_page<T: DeserializeOwned>(body: &[u8]) -> Result<Page<T>, Unopened> {
    match open::<Option<Page<T>>>(body, Envelope::Data) {
        Ok(Some(page)) => Ok(page),
        Ok(None) => Ok(Page::default()),
        Err(Unopened::Shape(shape)) => match open::<Page<Value>>(body, Envelope::Data) {
            Ok(page) => Ok(rows::read_one_by_one(page)),
            Err(_) => Err(Unopened::Shape(shape)),
        },
        Err(why) => Err(why),
    }
}

fn open_as_is<T: DeserializeOwned>(body: &[u8], envelope: Envelope) -> Result<T, Unopened> {
    let wrapped = serde_json::from_slice::<Wrapped<T>>(&in_envelope(body, envelope));
    let opened = wrapped.map(|wrapped| {
        let is_success = match (envelope, &wrapped.status) {
            (Envelope::Data, Some(status)) => says_success(status),
            (Envelope::Data, None) => wrapped.data.is_some() && !tells_of_failure(body), // it need not be said
            (Envelope::Resource, _) => true,
            (Envelope::Bare, _) => !tells_of_failure(body),
        };
        (is_success, wrapped.data)
    });
    match opened {
        Ok((true, Some(data))) => Ok(data),
        Ok((true, None)) => match serde_json::from_slice(b"null") {
            Ok(nothing) if !tells_of_failure(body) => Ok(nothing), // T is an Option, and null is valid
            _ => Err(failure_or(body, "there is no data in it")),
        },
        Ok((false, _)) => Err(failure_or(body, "it does not say SUCCESS")),
        Err(error) => Err(why_unreadable::<T>(body, envelope, &error)),
    }
}

/// A body that comes bare is put into what the others come in.
fn in_envelope(body: &[u8], envelope: Envelope) -> Cow<'_, [u8]> {
    match envelope {
        Envelope::Data | Envelope::Resource => Cow::Borrowed(body),
        Envelope::Bare => Cow::Owned([b"{\"data\":", body, b"}"].concat()),
    }
}

fn says_success(status: &str) -> bool {
    status.trim().eq_ignore_ascii_case("SUCCESS")
}

fn why_unreadable<T: DeserializeOwned>(
    body: &[u8],
    envelope: Envelope,
    error: &serde_json::Error,
) -> Unopened {
    let is_json =
        error.classify() == Category::Data && serde_json::from_slice::<IgnoredAny>(body).is_ok();
    if is_json && error.to_string().starts_with(TWICE) {
        Unopened::Shape(error.to_string())
    } else if is_json {
        let wrong = misfit::of_bytes::<Wrapped<T>>(&in_envelope(body, envelope), error);
        failure_or(body, &wrong)
    } else {
        Unopened::NotJson(looks_like(body))
    }
}

fn failure_or(body: &[u8], shape: &str) -> Unopened {
    if names_login(body) {
        Unopened::NotJson(LooksLike::LoginPage)
    } else if tells_of_failure(body) {
        Unopened::Failure
    } else if !serde_json::from_slice::<Head>(body).is_ok_and(|head| head.is_an_envelope()) {
        Unopened::NotJson(LooksLike::OtherService)
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
    match without_mark(body).trim_ascii_start().first() {
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

#[cfg(test)]
mod tests;
