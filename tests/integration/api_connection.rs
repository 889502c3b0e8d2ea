//! The real transport against local servers: what goes over the wire, and what broken connections become.

mod key;
mod server;

use std::fmt::Write as _;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use harness_access::api::call::{Call, Method};
use harness_access::api::client::clock::VirtualClock;
use harness_access::api::client::{Client, ClientOptions};
use harness_access::api::error::{ApiError, ApiErrorKind};
use harness_access::api::http::base_url::BaseUrl;
use harness_access::api::http::secret::ApiKey;
use harness_access::api::http::transport::{
    HttpRequest, Transport as _, TransportErrorKind, TransportSettings, UreqTransport,
};
use mockito::{Matcher, Server};

use server::*;

const KEY: &str = "sat.AcC.token1.s3cr3ts3cr3t";
const GOOD: &str = r#"{"status":"SUCCESS","data":7}"#;

/// Waits for a read as long as a busy machine may need.
const PATIENT: Duration = Duration::from_secs(20);
/// For servers that never answer.
const IMPATIENT: Duration = Duration::from_millis(40);

fn transport(base: &BaseUrl, read_timeout: Duration) -> UreqTransport {
    let settings = TransportSettings {
        read_timeout,
        ..TransportSettings::for_base(base)
    };
    UreqTransport::new(ApiKey::new(KEY).expect("legal"), &settings)
}

fn client(url: &str) -> Client {
    client_that_waits(url, PATIENT)
}

fn client_that_waits(url: &str, read_timeout: Duration) -> Client {
    let base = BaseUrl::parse(url, false).expect("loopback");
    let options = ClientOptions {
        clock: Arc::new(VirtualClock::new()),
        ..ClientOptions::default()
    };
    Client::new(
        Box::new(transport(&base, read_timeout)),
        base,
        "AcC",
        options,
    )
}

fn call() -> Call {
    Call::new("/authz/api/roles")
}

const WHOLE: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 29\r\n\r\n\
    {\"status\":\"SUCCESS\",\"data\":7}";
const CUT: &str = "HTTP/1.1 200 OK\r\ncontent-length: 29\r\n\r\n{\"status\":\"SUCC";
const CUT_CHUNK: &str =
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1d\r\n{\"status\":\"SUCC";
const CUT_UNNOTICED: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"status\":\"SUCC";
const DENIED: &str = "HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: 47\r\n\r\n\
    {\"status\":\"ERROR\",\"code\":\"NG_ACCESS_DENIED\"}   ";

fn fault(error: &ApiError) -> TransportErrorKind {
    match &*error.kind {
        ApiErrorKind::Transport(error) => error.kind,
        other => panic!("{other:?}"),
    }
}

#[test]
fn compressed_answers_are_unpacked() {
    // `{"status":"SUCCESS","data":7}` in gzip with one stored block
    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    gzip.extend([1, 29, 0, !29, 255]);
    gzip.extend(GOOD.as_bytes());
    gzip.extend(crc32(GOOD.as_bytes()).to_le_bytes());
    gzip.extend(29_u32.to_le_bytes());
    let mut server = Server::new();
    let _mock = server
        .mock("GET", Matcher::Any)
        .match_query(Matcher::Any)
        .with_header("content-encoding", "gzip")
        .with_body(&gzip)
        .create();
    assert_eq!(
        client(&server.url())
            .get::<u8>(&call())
            .expect("works")
            .data,
        7
    );

    gzip[12] = 77; // the length of the block no longer fits its complement
    let _mock = server
        .mock("GET", Matcher::Any)
        .match_query(Matcher::Any)
        .with_header("content-encoding", "gzip")
        .with_body(&gzip)
        .expect_at_least(1)
        .create();
    let error = client(&server.url())
        .get::<u8>(&call())
        .expect_err("damaged");
    assert_eq!(error.attempts, 5);
}

/// The checksum of gzip, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = !0_u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

#[test]
fn answers_of_every_status_leave_the_connection_open() {
    let server = FaultServer::new(vec![vec![WHOLE, DENIED, DENIED, WHOLE, DENIED, WHOLE]]);
    let client = client(&server.url);
    let permitted: Vec<bool> = (0..6).map(|_| client.get::<u8>(&call()).is_ok()).collect();
    assert_eq!(permitted, [true, false, false, true, false, true]);
    assert_eq!(server.connections(), 1);
}

#[test]
fn broken_connections_are_survived_once() {
    for broken in [
        vec![],
        vec![CUT],
        vec![CUT_CHUNK],
        vec![CUT_UNNOTICED],
        vec!["HTTP/1.1 200 OK\r\ncontent-length: 29\r\n"],
        vec!["HTTP/1.1 500 Oops\r\ncontent-length: 29\r\n\r\ncut"],
    ] {
        let server = FaultServer::new(vec![broken.clone(), vec![WHOLE]]);
        let reply = client(&server.url).get::<u8>(&call());
        let reply = reply.unwrap_or_else(|error| panic!("{broken:?}: {error}"));
        assert_eq!((reply.data, reply.attempts), (7, 2), "{broken:?}");
    }
}

#[test]
fn broken_connections_are_named_when_they_stay() {
    for broken in [vec![], vec![CUT]] {
        let server = FaultServer::new(vec![broken]);
        let error = client(&server.url)
            .get::<u8>(&call())
            .expect_err("for ever");
        assert_eq!(
            (fault(&error), error.attempts),
            (TransportErrorKind::Reset, 3)
        );
        assert_eq!(server.connections(), 3);
    }
}

#[test]
fn silence_before_and_within_an_answer_is_not_waited_out() {
    let within = "HTTP/1.1 200 OK\r\ncontent-length: 29\r\n\r\n{";
    for silent in [vec!["STALL"], vec![within, "STALL"]] {
        let server = FaultServer::new(vec![silent]);
        let client = client_that_waits(&server.url, IMPATIENT);
        let error = client.get::<u8>(&call()).expect_err("for ever");
        assert_eq!(
            (fault(&error), error.attempts),
            (TransportErrorKind::Timeout, 5)
        );
    }
}

#[test]
fn a_connection_that_went_stale_is_replaced() {
    let server = FaultServer::new(vec![vec![WHOLE], vec![WHOLE]]);
    let client = client(&server.url);
    client.get::<u8>(&call()).expect("works");
    client.get::<u8>(&call()).expect("on a new connection");
    assert_eq!(server.connections(), 2);
}

#[test]
fn what_is_not_http_is_named() {
    let server = FaultServer::new(vec![vec!["SSH-2.0-OpenSSH_9.6\r\n"]]);
    let error = client(&server.url)
        .get::<u8>(&call())
        .expect_err("not http");
    assert_eq!(
        (fault(&error), error.attempts),
        (TransportErrorKind::Protocol, 2)
    );
}

#[test]
fn a_refused_connection_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let url = format!("http://{}", listener.local_addr().expect("address"));
    drop(listener);
    let error = client(&url).get::<u8>(&call()).expect_err("refused");
    assert_eq!(
        (fault(&error), error.attempts),
        (TransportErrorKind::Connect, 2),
        "a host that never answered is tried once more, not for half a minute"
    );
    assert!(error.hint().is_some());
}

#[test]
fn a_request_ends_with_the_time_it_was_given() {
    let base = BaseUrl::parse(&FaultServer::new(vec![vec!["STALL"]]).url, false).expect("loopback");
    let request = HttpRequest {
        method: Method::Get,
        url: base.join("/x"),
        body: None,
        account: None,
        request_id: "r".to_owned(),
        timeout: Duration::from_millis(10),
    };
    let error = transport(&base, PATIENT)
        .send(&request)
        .expect_err("too slow");
    assert_eq!(error.kind, TransportErrorKind::Timeout);
}

#[test]
fn nothing_is_sent_unencrypted_when_https_is_meant() {
    let server = FaultServer::new(vec![vec![WHOLE]]);
    let key = ApiKey::new(KEY).expect("legal");
    let request = HttpRequest {
        method: Method::Get,
        url: server.url.clone(),
        body: None,
        account: None,
        request_id: "r".to_owned(),
        timeout: Duration::from_secs(1),
    };
    assert!(
        UreqTransport::new(key, &TransportSettings::default())
            .send(&request)
            .is_err()
    );
    assert_eq!(server.connections(), 0);
}

#[test]
fn an_interrupted_client_gives_up_a_request_under_way() {
    let server = FaultServer::new(vec![vec!["STALL"]]);
    let base = BaseUrl::parse(&server.url, false).expect("loopback");
    let settings = TransportSettings::for_base(&base);
    let transport = UreqTransport::new(ApiKey::new(KEY).expect("legal"), &settings);
    let client = Client::new(Box::new(transport), base, "AcC", ClientOptions::default());
    let began = Instant::now();
    let error = std::thread::scope(|scope| {
        let worker = scope.spawn(|| client.get::<u8>(&call()));
        while server.connections() == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(10));
        client.interrupt();
        worker.join().expect("no panic").expect_err("interrupted")
    });
    assert!(matches!(*error.kind, ApiErrorKind::Cancelled), "{error}");
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn an_endless_answer_is_cut_off_and_not_asked_for_again() {
    let server = FaultServer::new(vec![vec!["HUGE"]]);
    let error = client(&server.url)
        .get::<u8>(&call())
        .expect_err("too large");
    assert_eq!(
        (fault(&error), error.attempts),
        (TransportErrorKind::TooLarge, 1)
    );
}

/// Keeps every record of every crate at the most talkative level that is compiled in.
struct Records(Mutex<String>);

impl log::Log for Records {
    /// Everything but mockito's: it is the server of other tests here, and says what it was sent.
    fn enabled(&self, metadata: &log::Metadata) -> bool {
        !metadata.target().starts_with("mockito")
    }

    fn log(&self, record: &log::Record) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(records, "{} {}", record.target(), record.args());
    }

    fn flush(&self) {}
}

static RECORDS: Records = Records(Mutex::new(String::new()));

#[test]
fn no_log_record_holds_the_key() {
    log::set_logger(&RECORDS).expect("the only logger of this test binary");
    log::set_max_level(log::LevelFilter::Trace);
    let server = FaultServer::new(vec![vec![CUT], vec![WHOLE, DENIED]]);
    let client = client(&server.url);
    client.get::<u8>(&call()).expect("works");
    client.get::<u8>(&call()).expect_err("denied");
    let records = RECORDS.0.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(
        records.contains("GET http://127.0.0.1"),
        "our own records are there"
    );
    assert!(records.contains("ureq"), "and those of the library");
    let leaks: Vec<&str> = records
        .lines()
        .filter(|line| line.contains("s3cr3t"))
        .collect();
    assert!(leaks.is_empty(), "{leaks:#?}");
}
