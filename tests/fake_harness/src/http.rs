//! Requests and replies as plain values, so that a test can do without sockets.

use std::time::Duration;

use serde_json::Value;

#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    /// Path and query, as on the request line.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn get(target: &str) -> Self {
        let headers = vec![("accept".into(), "application/json".into())];
        Self {
            method: "GET".into(),
            target: target.into(),
            headers,
            body: Vec::new(),
        }
    }

    pub fn post(target: &str, body: &Value) -> Self {
        let headers = vec![("content-type".into(), "application/json".into())];
        Self {
            method: "POST".into(),
            target: target.into(),
            headers,
            body: body.to_string().into_bytes(),
        }
    }

    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The path without query and without the `/gateway` that older clients put before it.
    pub fn path(&self) -> &str {
        let path = self.target.split('?').next().unwrap_or_default();
        path.strip_prefix("/gateway")
            .filter(|rest| rest.starts_with('/'))
            .unwrap_or(path)
    }

    pub fn query(&self) -> Query {
        Query::parse(self.target.split_once('?').map_or("", |(_, query)| query))
    }
}

/// Decoded query parameters in the order they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(pub Vec<(String, String)>);

impl Query {
    pub fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Self(pairs.collect())
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten();
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            decoded.push(byte);
            at += 3;
        } else {
            decoded.push(if bytes[at] == b'+' { b' ' } else { bytes[at] });
            at += 1;
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// A complete answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type".into(), content_type.into())],
            body: body.into(),
        }
    }

    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null when it is none.
    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// What a client gets to see, be it over a socket or in process.
#[derive(Clone, Debug)]
pub enum Reply {
    Http(Answer),
    /// The head promises the whole body, the connection closes after `sent` bytes of it.
    Truncated {
        answer: Answer,
        sent: usize,
    },
    /// The connection closes without an answer.
    Reset,
    /// No answer, until the client or the server goes away.
    Stall,
    /// Head and half of the body, then nothing more, until the client or the server goes away.
    StalledBody(Answer),
    /// The body comes in pieces of `piece` bytes with a real `pause` before each.
    SlowBody {
        answer: Answer,
        piece: usize,
        pause: Duration,
    },
}

impl Reply {
    /// The complete answer; panics on the broken kinds.
    pub fn answer(self) -> Answer {
        match self {
            Self::Http(answer) | Self::SlowBody { answer, .. } => answer,
            other => panic!("not a complete answer: {other:?}"),
        }
    }

    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Http(answer)
            | Self::Truncated { answer, .. }
            | Self::StalledBody(answer)
            | Self::SlowBody { answer, .. } => Some(answer.status),
            Self::Reset | Self::Stall => None,
        }
    }
}
