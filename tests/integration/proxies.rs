//! Which hosts are reached through a proxy, seen from a proxy.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::support::Test;

/// An address of this computer that does not say so: to a client it is a host like any other.
const HOST: &str = "0.0.0.0";

/// A proxy that connects whoever asks with the fake Harness, and counts.
struct Proxy {
    port: u16,
    asked: Arc<AtomicUsize>,
}

impl Proxy {
    fn to(harness: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        thread::spawn(move || {
            for client in listener.incoming() {
                counter.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || tunnel(client.unwrap(), harness));
            }
        });
        Self { port, asked }
    }
}

/// Answers `CONNECT`, then passes on what comes from either side.
fn tunnel(mut client: TcpStream, port: u16) {
    let mut lines = BufReader::new(client.try_clone().unwrap()).lines();
    while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
    let mut harness = TcpStream::connect(("127.0.0.1", port)).unwrap();
    client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").unwrap();
    let (mut from_client, mut to_harness) =
        (client.try_clone().unwrap(), harness.try_clone().unwrap());
    thread::spawn(move || std::io::copy(&mut from_client, &mut to_harness));
    let _ = std::io::copy(&mut harness, &mut client); // until either side has enough
}

/// reqwest 1332, ureq 668: seen from a proxy, `NO_PROXY` means what it means to curl and Go.
#[test]
fn hosts_of_no_proxy_are_reached_directly_and_others_are_not() {
    let test = Test::new();
    let base = test.server.base_url();
    let harness: u16 = base.rsplit(':').next().unwrap().parse().unwrap();
    let proxy = Proxy::to(harness);
    let through_proxy = |host: &str, variable: &str, list: &str| {
        let before = proxy.asked.load(Ordering::SeqCst);
        test.sync()
            .args(&["--allow-http"])
            .env("HARNESS_BASE_URL", &format!("http://{host}:{harness}"))
            .env("HTTP_PROXY", &format!("http://127.0.0.1:{}", proxy.port))
            .env("HTTPS_PROXY", "http://127.0.0.1:1")
            .env(variable, list)
            .exits(0);
        proxy.asked.load(Ordering::SeqCst) > before
    };
    let with_port = format!("localhost {HOST}:{harness}");
    for direct in ["*", "other.example, 0.0.0.0", "0.0.0.0/8", &with_port] {
        assert!(!through_proxy(HOST, "NO_PROXY", direct), "{direct}");
    }
    assert!(!through_proxy(HOST, "no_proxy", HOST));
    for other in ["", "other.example", "10.0.0.0/8", "0.0.0.0:1", "0.0.0"] {
        assert!(through_proxy(HOST, "NO_PROXY", other), "{other}");
    }
    assert!(!through_proxy("127.0.0.1", "NO_PROXY", ""));
}

#[test]
fn a_proxy_that_nobody_can_use_is_named() {
    let test = Test::new();
    let sync = |proxy: &str| {
        test.sync()
            .args(&["--allow-http"])
            .env("HARNESS_BASE_URL", "http://harness.corp.example")
            .env("HTTP_PROXY", proxy)
    };
    sync("socks5://127.0.0.1:1080").exits(3).says("HTTP_PROXY");
    sync("http://ada:hunter2@127.0.0.1:1")
        .exits(5)
        .says("harness.corp.example through the proxy 127.0.0.1:1: Connection refused")
        .hides("hunter2");
}
