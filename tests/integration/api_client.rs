//! The client over a scripted transport and virtual time: retries, deadline, cancelling, pace, counters.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use harness_access::api::call::{Call, Method, PageAsked};
use harness_access::api::client::clock::{Cancel, Clock as _, VirtualClock};
use harness_access::api::client::{Client, ClientOptions};
use harness_access::api::error::ApiErrorKind;
use harness_access::api::http::base_url::BaseUrl;
use harness_access::api::http::transport::{
    HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};
use harness_access::api::page::envelope::LooksLike;
use harness_access::api::page::{Page, WalkGap};

type Answer = Result<HttpResponse, TransportError>;

/// Gives the answers in order, then the last one for ever, and keeps what was asked.
struct Script {
    answers: Vec<Answer>,
    next: AtomicUsize,
    asked: Mutex<Vec<HttpRequest>>,
    clock: VirtualClock,
    latency: Duration,
}

impl Transport for Script {
    fn send(&self, request: &HttpRequest) -> Answer {
        self.asked.lock().expect("lock").push(request.clone());
        self.clock.advance(self.latency);
        let i = self
            .next
            .fetch_add(1, Ordering::SeqCst)
            .min(self.answers.len() - 1);
        self.answers[i].clone()
    }
}

struct Setup {
    client: Client,
    script: Arc<Script>,
    clock: VirtualClock,
    cancel: Cancel,
}

fn setup(answers: Vec<Answer>, change: impl FnOnce(&mut ClientOptions)) -> Setup {
    let clock = VirtualClock::new();
    let cancel = Cancel::new();
    let script = Arc::new(Script {
        answers,
        next: AtomicUsize::new(0),
        asked: Mutex::new(Vec::new()),
        clock: clock.clone(),
        latency: Duration::from_millis(50),
    });
    let mut options = ClientOptions {
        clock: Arc::new(clock.clone()),
        cancel: cancel.clone(),
        ..ClientOptions::default()
    };
    change(&mut options);
    let base = BaseUrl::parse("https://app.harness.io/gateway", false).expect("legal");
    let client = Client::new(Box::new(Arc::clone(&script)), base, "AcC", options);
    Setup {
        client,
        script,
        clock,
        cancel,
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "an answer is what the script holds"
)]
fn status(status: u16, body: &str) -> Answer {
    Ok(HttpResponse {
        status,
        body: body.as_bytes().to_vec(),
        ..HttpResponse::default()
    })
}

fn good() -> Answer {
    status(200, r#"{"status":"SUCCESS","data":7}"#)
}

fn broken(kind: TransportErrorKind) -> Answer {
    Err(TransportError {
        kind,
        text: "words".to_owned(),
    })
}

fn call() -> Call {
    Call::new("/authz/api/roles").in_project("o", "p")
}

#[test]
fn every_passing_fault_is_survived() {
    use TransportErrorKind::{Connect, Decompress, Dns, Reset, Timeout};
    let bad_key = r#"{"status":"ERROR","code":"INVALID_TOKEN","message":"Token is not valid."}"#;
    let faults = [
        status(429, "<html>"),
        status(400, r#"{"status":"ERROR","code":"TOO_MANY_REQUESTS"}"#),
        status(500, ""),
        status(502, "<html>"),
        status(503, "unavailable"),
        status(504, ""),
        status(408, ""),
        status(401, bad_key),
        status(200, "<html>"),
        status(200, ""),
        status(200, r#"{"status":"ERROR"}"#),
        status(200, r#"{"status":"SUCCESS","data"#),
        status(200, r#"{"redirectPage":"/auth"}"#),
        status(302, ""),
        broken(Timeout),
        broken(Connect),
        broken(Reset),
        broken(Dns),
        broken(Decompress),
    ];
    for fault in faults {
        let setup = setup(vec![fault.clone(), good()], |_| ());
        let reply = setup.client.get::<u8>(&call());
        let reply = reply.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!((reply.data, reply.attempts), (7, 2), "{fault:?}");
        assert_eq!((setup.client.requests(), setup.client.retries()), (2, 1));
    }
}

#[test]
fn what_does_not_pass_ends_after_five_tries() {
    for fault in [status(503, ""), status(200, ""), status(429, "")] {
        let setup = setup(vec![fault.clone()], |_| ());
        let error = setup.client.get::<u8>(&call()).expect_err("for ever");
        assert_eq!(error.attempts, 5, "{fault:?}");
        assert_eq!(setup.client.requests(), 5);
        assert!(setup.clock.now() > Duration::from_secs(25), "{fault:?}");
        let text = error.to_string();
        assert!(
            text.starts_with("GET /authz/api/roles in org/o/project/p: "),
            "{text}"
        );
        assert!(text.ends_with("; tried 5 times"), "{text}");
    }
}

#[test]
fn what_cannot_pass_is_asked_once() {
    for answer in [
        status(
            400,
            r#"{"status":"FAILURE","code":"INVALID_REQUEST","message":"x"}"#,
        ),
        status(403, r#"{"status":"ERROR","code":"NG_ACCESS_DENIED"}"#),
        status(501, ""),
        status(404, "<html>"),
        status(200, r#"{"status":"SUCCESS","data":"seven"}"#),
        broken(TransportErrorKind::Tls),
        broken(TransportErrorKind::TooLarge),
    ] {
        let setup = setup(vec![answer.clone()], |_| ());
        let error = setup.client.get::<u8>(&call()).expect_err("refused");
        assert_eq!(
            (error.attempts, setup.client.requests()),
            (1, 1),
            "{answer:?}"
        );
    }
}

#[test]
fn a_wrong_key_or_host_is_known_within_seconds() {
    for answer in [
        status(401, r#"{"status":"ERROR","code":"INVALID_TOKEN"}"#),
        status(200, "<html>welcome</html>"),
    ] {
        let setup = setup(vec![answer], |_| ());
        let error = setup.client.get::<u8>(&call()).expect_err("refused");
        assert_eq!(error.attempts, 2);
        assert!(setup.clock.now() < Duration::from_secs(2));
        assert!(error.hint().is_some());
    }
}

#[test]
fn a_key_that_worked_is_given_five_tries() {
    let refused = status(401, r#"{"status":"ERROR","code":"INVALID_TOKEN"}"#);
    let setup = setup(vec![good(), refused], |_| ());
    setup.client.get::<u8>(&call()).expect("works");
    let error = setup.client.get::<u8>(&call()).expect_err("refused");
    assert!(matches!(*error.kind, ApiErrorKind::BadKey(_)));
    assert_eq!(error.attempts, 5);
}

#[test]
fn retry_after_is_waited_for() {
    let answer = Ok(HttpResponse {
        status: 503,
        retry_after: Some("Thu, 01 Jan 2026 00:00:40 GMT".to_owned()),
        ..HttpResponse::default()
    });
    let setup = setup(vec![answer, good()], |_| ());
    setup.client.get::<u8>(&call()).expect("works");
    let waited = setup.clock.now().as_secs_f64();
    assert!((39.0..41.0).contains(&waited), "{waited}");
}

#[test]
fn being_throttled_slows_everyone() {
    let throttled = Ok(HttpResponse {
        status: 429,
        retry_after: Some("5".to_owned()),
        ..HttpResponse::default()
    });
    let setup = setup(vec![throttled, good()], |_| ());
    for _ in 0..31 {
        setup.client.get::<u8>(&call()).expect("works");
    }
    // 5 s of pause, then 31 requests at 3 a second (recovering slightly).
    let took = setup.clock.now().as_secs_f64();
    assert!((14.5..16.5).contains(&took), "{took}");
}

#[test]
fn the_deadline_names_what_was_being_retried() {
    let setup = setup(vec![status(503, "down")], |options| {
        options.timeout = Duration::from_secs(10);
    });
    let error = setup.client.get::<u8>(&call()).expect_err("out of time");
    assert!(setup.clock.now() < Duration::from_secs(10));
    let text = error.to_string();
    assert!(
        text.contains("the time limit of 10 s is reached; last: server error: \"down\""),
        "{text}"
    );
    setup.clock.advance(Duration::from_secs(10));
    let error = setup.client.get::<u8>(&call()).expect_err("out of time");
    assert_eq!(error.attempts, 0);
    assert!(matches!(
        *error.kind,
        ApiErrorKind::Deadline { last: None, .. }
    ));
}

#[test]
fn a_request_gets_no_more_time_than_is_left() {
    let setup = setup(vec![good()], |options| {
        options.timeout = Duration::from_secs(200);
    });
    setup.client.get::<u8>(&call()).expect("works");
    setup.clock.advance(Duration::from_secs(150));
    setup.client.get::<u8>(&call()).expect("works");
    let asked = setup.script.asked.lock().expect("lock");
    assert_eq!(asked[0].timeout, Duration::from_secs(120));
    assert!(asked[1].timeout < Duration::from_secs(50));
}

#[test]
fn a_cancelled_client_sends_nothing() {
    let setup = setup(vec![good()], |_| ());
    setup.cancel.cancel();
    let error = setup.client.get::<u8>(&call()).expect_err("stopped");
    assert!(matches!(*error.kind, ApiErrorKind::Cancelled));
    assert_eq!(setup.client.requests(), 0);
}

#[test]
fn every_attempt_has_its_own_request_id_and_the_same_question() {
    let setup = setup(vec![status(500, ""), good()], |_| ());
    let body = serde_json::json!({"roleFilter": []});
    let reply = setup
        .client
        .post::<u8, _>(
            &call().page(PageAsked {
                index: 2,
                size: 100,
            }),
            &body,
        )
        .expect("works");
    assert_eq!(reply.attempts, 2);
    let asked = setup.script.asked.lock().expect("lock");
    assert_ne!(asked[0].request_id, asked[1].request_id);
    assert_eq!(asked[0].url, asked[1].url);
    assert_eq!(
        asked[0].url,
        "https://app.harness.io/gateway/authz/api/roles?routingId=AcC&accountIdentifier=AcC&orgIdentifier=o\
         &projectIdentifier=p&pageIndex=2&pageSize=100"
    );
    assert_eq!(asked[0].method, Method::Post);
    assert_eq!(
        asked[0].body.as_deref(),
        Some(br#"{"roleFilter":[]}"#.as_slice())
    );
}

#[test]
fn four_workers_never_exceed_what_harness_allows_in_a_minute() {
    /// Answers 429 to the 401st request within any minute, as Harness does.
    struct Strict {
        clock: VirtualClock,
        sent: Mutex<Vec<Duration>>,
        refused: AtomicUsize,
    }
    impl Transport for Strict {
        fn send(&self, _: &HttpRequest) -> Answer {
            let mut sent = self.sent.lock().expect("lock");
            let now = self.clock.now();
            sent.push(now);
            let recent = sent
                .iter()
                .rev()
                .take_while(|&&at| at + Duration::from_secs(60) > now);
            if recent.count() > 400 {
                self.refused.fetch_add(1, Ordering::SeqCst);
                return status(429, "");
            }
            drop(sent);
            self.clock.advance(Duration::from_millis(10));
            good()
        }
    }
    let clock = VirtualClock::new();
    let strict = Arc::new(Strict {
        clock: clock.clone(),
        sent: Mutex::new(Vec::new()),
        refused: AtomicUsize::new(0),
    });
    let options = ClientOptions {
        clock: Arc::new(clock.clone()),
        ..ClientOptions::default()
    };
    let base = BaseUrl::parse("https://app.harness.io", false).expect("legal");
    let client = Client::new(Box::new(Arc::clone(&strict)), base, "AcC", options);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..525 {
                    client.get::<u8>(&call()).expect("never refused");
                }
            });
        }
    });
    assert_eq!((client.requests(), client.retries()), (2_100, 0));
    assert_eq!(strict.refused.load(Ordering::SeqCst), 0);
}

#[test]
fn a_walk_counts_its_retries_and_names_the_page_that_is_missing() {
    let page = |index: u64, rows: std::ops::Range<u64>| {
        let rows: Vec<u64> = rows.collect();
        let body = serde_json::json!({"status": "SUCCESS", "data": {"totalPages": 2, "totalItems": 150,
            "pageItemCount": rows.len(), "pageSize": 100, "content": rows, "pageIndex": index, "empty": false}});
        status(200, &body.to_string())
    };
    let walked = |answers| {
        let setup = setup(answers, |_| ());
        let mut rows: Vec<u64> = Vec::new();
        let walked = setup
            .client
            .walk_get(&call(), std::hash::Hash::hash, &mut rows);
        (walked, rows)
    };
    let (result, rows) = walked(vec![page(0, 0..100), status(502, ""), page(1, 100..150)]);
    let result = result.expect("whole");
    assert_eq!(
        (result.rows, result.pages, result.requests, result.retries),
        (150, 2, 3, 1)
    );
    assert_eq!(rows, (0..150).collect::<Vec<_>>());

    let (result, rows) = walked(vec![page(0, 0..100), status(502, "")]);
    let result = result.expect("a part");
    assert_eq!((result.rows, result.requests, result.retries), (100, 6, 4));
    assert_eq!(rows, (0..100).collect::<Vec<_>>());
    assert!(matches!(result.gaps[..], [WalkGap::Page { page: 1, .. }]));
}

#[test]
fn a_page_of_html_is_described() {
    let setup = setup(
        vec![Ok(HttpResponse {
            status: 200,
            content_type: Some("text/html".to_owned()),
            body: b"<html><body>Sign in</body></html>".to_vec(),
            ..HttpResponse::default()
        })],
        |_| (),
    );
    let error = setup.client.get::<Page<u8>>(&call()).expect_err("html");
    assert!(matches!(
        *error.kind,
        ApiErrorKind::NotJson {
            looks_like: LooksLike::Html,
            ..
        }
    ));
    assert_eq!(
        error.to_string(),
        "GET /authz/api/roles in org/o/project/p: the response is an HTML page, not the Harness API (status 200, \
         text/html): \"<html><body>Sign in</body></html>\"; tried 2 times"
    );
}
