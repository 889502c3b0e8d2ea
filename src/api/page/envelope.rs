//! Opens what Harness wraps its responses in, and never panics on any bytes.
//!
//! Success is a 2xx status, JSON, `"status": "SUCCESS"`, and `data` of the expected shape: Harness, and what stands
//! before it, answer 200 with login pages, empty bodies and errors as well.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;

use crate::api::call::Envelope;

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

/// Only what tells an error from a success, and Harness from others.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    status: Option<serde_json::Value>,
    code: Option<serde_json::Value>,
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
            Ok(nothing) if !tells_of_failure(body) => Ok(nothing), // T is an Option, and null is valid
            _ => Err(failure_or(body, "no data")),
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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn data<T: DeserializeOwned>(body: &str) -> Result<T, Unopened> {
        open(body.as_bytes(), Envelope::Data)
    }

    const PAGE: &str = r#"{"status":"SUCCESS","data":{"totalPages":3,"totalItems":205,"pageItemCount":2,"pageSize":100,
        "content":["a","b\u00e9\ud83d\ude00"],"pageIndex":0,"empty":false,"pageToken":null},
        "metaData":null,"correlationId":"c-1"}"#;

    #[test]
    fn pages_arrays_and_nulls_are_taken_out() {
        let page: Page<String> = data(PAGE).expect("a page");
        assert_eq!((page.total_items, page.content.len()), (Some(205), 2));
        let array: Vec<u8> = data(r#"{"status":"SUCCESS","data":[1,2]}"#).expect("an array");
        assert_eq!(array, [1, 2]);
        let null: Option<u8> =
            data(r#"{"status":"SUCCESS","data":null,"metaData":""}"#).expect("null");
        assert_eq!(null, None);
        let resource: u8 = open(
            br#"{"metaData":{},"resource":5,"responseMessages":[]}"#,
            Envelope::Resource,
        )
        .expect("5");
        assert_eq!(resource, 5);
    }

    #[test]
    fn missing_counts_are_null_and_missing_content_is_no_page() {
        let page: Page<u8> =
            data(r#"{"status":"SUCCESS","data":{"content":[],"totalItems":null}}"#)
                .expect("a page");
        assert_eq!((page.total_items, page.page_size), (None, None));
        for body in [
            r#"{"status":"SUCCESS","data":{"totalItems":0}}"#,
            r#"{"status":"SUCCESS","data":{"content":null}}"#,
            r#"{"status":"SUCCESS","data":null}"#,
            r#"{"status":"SUCCESS"}"#,
            r#"{"data":{"content":[]}}"#,
            r#"{"status":7,"data":{"content":[]}}"#,
        ] {
            assert!(
                matches!(
                    data::<Page<u8>>(body),
                    Err(Unopened::Shape(_) | Unopened::Failure)
                ),
                "{body}"
            );
        }
    }

    #[test]
    fn json_without_any_member_of_an_envelope_is_of_another_service() {
        for body in ["[]", "7", "null", "{}", r#"{"version":"1.2","code":200}"#] {
            assert_eq!(
                data::<Page<u8>>(body),
                Err(Unopened::NotJson(LooksLike::OtherService)),
                "{body}"
            );
        }
    }

    #[test]
    fn errors_in_a_success_are_told_from_surprises() {
        for body in [
            r#"{"status":"ERROR","code":"X","data":null}"#,
            r#"{"status":"FAILURE"}"#,
            r#"{"status":"ERROR","data":{"content":[]}}"#,
            r#"{"metaData":null,"resource":null,"responseMessages":[{"code":"INVALID_ARGUMENT"}]}"#,
        ] {
            assert_eq!(data::<Page<u8>>(body), Err(Unopened::Failure), "{body}");
        }
        let failure = br#"{"resource":null,"responseMessages":[{"code":"X"}]}"#;
        assert_eq!(
            open::<Option<u8>>(failure, Envelope::Resource),
            Err(Unopened::Failure)
        );
    }

    #[test]
    fn what_is_no_json_is_named() {
        let cases = [
            ("", LooksLike::Empty),
            (" \r\n", LooksLike::Empty),
            ("<html><body>502</body></html>", LooksLike::Html),
            (
                "<script>window.location='/auth/#/signin'</script>",
                LooksLike::LoginPage,
            ),
            (r#"{"redirectPage":"x"}"#, LooksLike::LoginPage),
            (
                r#"{"status":"SUCCESS","data":{"content":["#,
                LooksLike::BrokenJson,
            ),
            ("upstream connect error", LooksLike::Other),
        ];
        for (body, looks_like) in cases {
            assert_eq!(
                data::<Page<u8>>(body),
                Err(Unopened::NotJson(looks_like)),
                "{body}"
            );
        }
    }

    #[test]
    fn a_body_cut_anywhere_is_broken_and_never_a_page() {
        for end in 0..PAGE.len() {
            let cut = &PAGE.as_bytes()[..end];
            let expected = match cut.trim_ascii_start().first() {
                None => LooksLike::Empty,
                Some(_) => LooksLike::BrokenJson,
            };
            let opened = open::<Page<String>>(cut, Envelope::Data);
            assert_eq!(opened, Err(Unopened::NotJson(expected)), "cut at {end}");
        }
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut random = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let tokens: [&[u8]; 14] = [
            b"{",
            b"}",
            b"[",
            b"]",
            b",",
            b":",
            b"null",
            b"\"data\"",
            b"\"status\"",
            b"\"SUCCESS\"",
            b"\"content\"",
            b"-1e999",
            b"\xff",
            b"\"\\ud800\"",
        ];
        for round in 0..20_000 {
            let length = random() % 24;
            let body: Vec<u8> = (0..length)
                .flat_map(|_| {
                    let drawn = random();
                    if round % 2 == 0 {
                        vec![u8::try_from(drawn % 256).unwrap_or_default()]
                    } else {
                        tokens[usize::try_from(drawn % 14).unwrap_or_default()].to_vec()
                    }
                })
                .collect();
            let _ = open::<Page<String>>(&body, Envelope::Data);
            let _ = open::<Option<Value>>(&body, Envelope::Resource);
            let _ = looks_like(&body);
        }
        let mut flipped = PAGE.as_bytes().to_vec();
        for i in 0..flipped.len() {
            flipped[i] ^= 0x20;
            let _ = open::<Page<String>>(&flipped, Envelope::Data);
            flipped[i] ^= 0x20;
        }
        let deep = vec![b'['; 100_000];
        assert!(open::<Value>(&deep, Envelope::Data).is_err());
    }
}
