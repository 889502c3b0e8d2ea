//! The collector over the fake Harness without sockets and without real time.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use harness_access::api::base_url::BaseUrl;
use harness_access::api::client::{Client, ClientOptions};
use harness_access::api::clock::VirtualClock;
use harness_access::api::transport::{
    HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};
use harness_access::collect::work::Progress;
use harness_access::collect::{Failure, Request, observe};
use harness_access::model::{Area, Depth, Observation};

use super::fake_harness::{FakeHarness, Reply, Request as FakeRequest};

const BASE: &str = "https://app.harness.io";

/// Answers requests by asking the fake in this process.
pub(crate) struct InProcess(pub(crate) FakeHarness);

impl Transport for InProcess {
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        let mut headers = vec![
            ("x-api-key".to_owned(), self.0.api_key()),
            ("accept".to_owned(), "application/json".to_owned()),
        ];
        if request.body.is_some() {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        let reply = self.0.handle(&FakeRequest {
            method: request.method.to_string(),
            target: request.url.strip_prefix(BASE).unwrap().to_owned(),
            headers,
            body: request.body.clone().unwrap_or_default(),
        });
        let lost = |kind| TransportError {
            kind,
            text: String::new(),
        };
        let answer = match reply {
            Reply::Http(answer) | Reply::SlowBody { answer, .. } => answer,
            Reply::Truncated { .. } | Reply::Reset => return Err(lost(TransportErrorKind::Reset)),
            Reply::Stall | Reply::StalledBody(_) => return Err(lost(TransportErrorKind::Timeout)),
        };
        let header = |name: &str| {
            let found = answer
                .headers
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.clone())
        };
        Ok(HttpResponse {
            status: answer.status,
            content_type: header("content-type"),
            retry_after: header("retry-after"),
            location: header("location"),
            date: None,
            body: answer.body.clone(),
        })
    }
}

/// A client with time of its own, which sleeping moves on at once.
pub(crate) fn client(fake: &FakeHarness, clock: &VirtualClock, max_per_minute: u32) -> Client {
    Client::new(
        Box::new(InProcess(fake.clone())),
        BaseUrl::parse(BASE, false).unwrap(),
        fake.account_id(),
        ClientOptions {
            max_per_minute,
            timeout: Duration::from_secs(24 * 3600),
            clock: Arc::new(clock.clone()),
            ..ClientOptions::default()
        },
    )
}

/// Observes everything, without gaps.
pub(crate) fn everything(client: &Client, jobs: usize) -> Result<Observation, Failure> {
    let area = Area {
        depth: Depth::All,
        ..Area::default()
    };
    observe(
        client,
        &Request {
            area: &area,
            accept_gaps: false,
            held_before: &HashSet::new(),
            jobs,
            progress: &Progress::default(),
        },
    )
}
