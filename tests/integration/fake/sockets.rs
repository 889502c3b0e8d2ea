//! The same over loopback: keep-alive, and faults that are felt on the wire.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use fake_harness::{ACCOUNT_ID, FakeHarness, Fault, FaultKind, Server, router};

struct Client(BufReader<TcpStream>);

impl Client {
    fn new(server: &Server) -> Self {
        let address = server.base_url().trim_start_matches("http://").to_string();
        Self(BufReader::new(
            TcpStream::connect(address).expect("the server listens"),
        ))
    }

    fn send(&mut self, fake: &FakeHarness) {
        let (path, key) = (router::USERS, fake.api_key());
        let request = format!(
            "POST {path}?accountIdentifier={ACCOUNT_ID} HTTP/1.1\r\nhost: fake\r\nx-api-key: {key}\r\n\
             content-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}"
        );
        self.0
            .get_mut()
            .write_all(request.as_bytes())
            .expect("the request goes out");
    }

    /// The status and the promised length; `None` when the connection ended instead.
    fn head(&mut self) -> Option<(u16, usize)> {
        let mut line = String::new();
        if self.0.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let status = line.split(' ').nth(1)?.parse().ok()?;
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).ok()?;
            match line.trim_end().split_once(": ") {
                Some(("content-length", value)) => length = value.parse().ok()?,
                Some(_) => {}
                None => return Some((status, length)),
            }
        }
    }

    fn body(&mut self, length: usize) -> Option<Vec<u8>> {
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).ok().map(|()| body)
    }
}

#[test]
fn one_connection_carries_many_requests() {
    let fake = FakeHarness::demo();
    let server = fake.serve();
    let mut client = Client::new(&server);
    for _ in 0..3 {
        client.send(&fake);
        let (status, length) = client.head().expect("an answer");
        let body: serde_json::Value =
            serde_json::from_slice(&client.body(length).expect("a body")).expect("JSON");
        assert_eq!(
            (status, &body["data"]["totalItems"]),
            (200, &serde_json::json!(12))
        );
    }
    assert_eq!((server.connections(), fake.count(router::USERS)), (1, 3));
    assert!(
        fake.requests()
            .iter()
            .all(|request| request.key_ok && request.status == Some(200))
    );
}

#[test]
fn a_truncated_body_ends_before_its_promised_length() {
    let fake = FakeHarness::demo();
    let server = fake.serve();
    fake.fault(Fault::on(router::USERS, FaultKind::TruncatedBody).once());
    let mut client = Client::new(&server);
    client.send(&fake);
    let (status, length) = client.head().expect("a head");
    assert_eq!(status, 200);
    assert_eq!(client.body(length), None);
}

#[test]
fn a_reset_closes_without_an_answer() {
    let fake = FakeHarness::demo();
    let server = fake.serve();
    fake.fault(Fault::on(router::USERS, FaultKind::Reset).once());
    let mut client = Client::new(&server);
    client.send(&fake);
    assert_eq!(client.head(), None);
    let mut next = Client::new(&server);
    next.send(&fake);
    assert!(next.head().is_some());
}

#[test]
fn a_stall_holds_the_connection_until_the_server_goes() {
    for kind in [FaultKind::Stall, FaultKind::StalledBody] {
        let fake = FakeHarness::demo();
        let server = fake.serve();
        let fault = fake.fault(Fault::on(router::USERS, kind.clone()).once());
        let mut client = Client::new(&server);
        client.send(&fake);
        while fault.fired() == 0 {
            std::thread::yield_now();
        }
        client
            .0
            .get_mut()
            .set_read_timeout(Some(Duration::from_millis(50)))
            .expect("a timeout can be set");
        let answer = client.head().map(|(_, length)| client.body(length));
        assert!(matches!(answer, None | Some(None)), "{kind:?}");
        client
            .0
            .get_mut()
            .set_read_timeout(None)
            .expect("a timeout can be unset");
        let start = Instant::now();
        drop(server);
        assert!(matches!(
            client.0.read_to_end(&mut Vec::new()),
            Ok(_) | Err(_)
        ));
        assert!(start.elapsed() < Duration::from_secs(5), "{kind:?}");
    }
}

#[test]
fn a_slow_body_arrives_whole() {
    let fake = FakeHarness::demo();
    let server = fake.serve();
    fake.fault(
        Fault::on(
            router::USERS,
            FaultKind::SlowBody {
                piece: 500,
                pause: Duration::from_millis(1),
            },
        )
        .once(),
    );
    let mut client = Client::new(&server);
    client.send(&fake);
    let (_, length) = client.head().expect("a head");
    let body = client.body(length).expect("the whole body");
    assert!(serde_json::from_slice::<serde_json::Value>(&body).is_ok());
}
