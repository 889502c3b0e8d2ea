//! A server that breaks its connections as it is told.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// A server whose n-th connection is served by the n-th action, the last one again and again.
pub(crate) struct FaultServer {
    pub(crate) url: String,
    pub(crate) connections: Arc<AtomicUsize>,
    pub(crate) _thread: JoinHandle<()>,
}

/// What a connection sends for each of its requests before it is closed.
pub(crate) type Connection = Vec<&'static str>;

impl FaultServer {
    pub(crate) fn new(actions: Vec<Connection>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
        let url = format!("http://{}", listener.local_addr().expect("address"));
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                let n = counter.fetch_add(1, Ordering::SeqCst);
                let action = actions[n.min(actions.len() - 1)].clone();
                std::thread::spawn(move || serve(&stream.expect("accepted"), action));
            }
        });
        Self {
            url,
            connections,
            _thread: thread,
        }
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

pub(crate) fn serve(stream: &TcpStream, answers: Connection) {
    let mut reader = BufReader::new(stream);
    for answer in answers {
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
        }
        if answer == "STALL" {
            std::thread::sleep(Duration::from_secs(60)); // longer than any client here waits; no test waits for it
            return;
        }
        let mut writer = stream;
        if answer == "HUGE" {
            let _ = writer.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
            let megabyte = vec![b' '; 1024 * 1024];
            while writer.write_all(&megabyte).is_ok() {}
            return;
        }
        let _ = writer.write_all(answer.as_bytes());
    }
}
