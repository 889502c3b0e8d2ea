//! HTTP/1.1 over loopback: keep-alive, one thread per connection, faults made real.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::FakeHarness;
use crate::http::{Answer, Reply, Request};

/// Stops when dropped, closing what is still open.
pub struct Server {
    fake: FakeHarness,
    address: SocketAddr,
    state: Arc<State>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    stopping: AtomicBool,
    accepted: AtomicU64,
    open: Mutex<HashMap<u64, TcpStream>>,
}

impl Server {
    pub(crate) fn start(fake: FakeHarness, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::default());
        let acceptor = thread::spawn({
            let (fake, state) = (fake.clone(), state.clone());
            move || accept(&listener, &fake, &state)
        });
        Ok(Self {
            fake,
            address,
            state,
            acceptor: Some(acceptor),
        })
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn fake(&self) -> &FakeHarness {
        &self.fake
    }

    /// How many connections were opened so far.
    pub fn connections(&self) -> u64 {
        self.state.accepted.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state.stopping.store(true, Ordering::SeqCst);
        // Wakes the acceptor out of its wait.
        let _ = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
        for stream in self.state.open.lock().expect("no thread panicked").values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn accept(listener: &TcpListener, fake: &FakeHarness, state: &Arc<State>) {
    for stream in listener.incoming() {
        if state.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let number = state.accepted.fetch_add(1, Ordering::SeqCst);
        let Ok(twin) = stream.try_clone() else {
            continue;
        };
        state
            .open
            .lock()
            .expect("no thread panicked")
            .insert(number, twin);
        let (fake, state) = (fake.clone(), state.clone());
        thread::spawn(move || {
            // The client may go away at any time; that is its right.
            let _ = converse(&stream, &fake, &state);
            let _ = stream.shutdown(Shutdown::Both);
            state
                .open
                .lock()
                .expect("no thread panicked")
                .remove(&number);
        });
    }
}

fn converse(stream: &TcpStream, fake: &FakeHarness, state: &State) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = read_request(&mut reader)? {
        let latency = fake.latency();
        if !latency.is_zero() {
            thread::sleep(latency);
        }
        match fake.handle(&request) {
            Reply::Http(answer) => send(stream, &answer, answer.body.len())?,
            Reply::Truncated { answer, sent } => return send(stream, &answer, sent),
            Reply::Reset => return Ok(()),
            Reply::Stall => return wait_for_end(stream),
            Reply::StalledBody(answer) => {
                send(stream, &answer, answer.body.len() / 2)?;
                return wait_for_end(stream);
            }
            Reply::SlowBody {
                answer,
                piece,
                pause,
            } => drip(stream, &answer, piece, pause, state)?,
        }
        if request
            .header("connection")
            .is_some_and(|value| value.eq_ignore_ascii_case("close"))
        {
            return Ok(());
        }
    }
    Ok(())
}

/// `None` when the client closed the connection between requests.
fn read_request(reader: &mut impl BufRead) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let (method, target) = (
        words.next().unwrap_or_default().into(),
        words.next().unwrap_or_default().into(),
    );
    let mut request = Request {
        method,
        target,
        ..Request::default()
    };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        request
            .headers
            .push((name.trim().into(), value.trim().into()));
    }
    if request.header("transfer-encoding").is_some() {
        request.body = read_chunks(reader)?;
    } else if let Some(length) = request
        .header("content-length")
        .and_then(|length| length.parse().ok())
    {
        reader.take(length).read_to_end(&mut request.body)?;
    }
    Ok(Some(request))
}

fn read_chunks(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = u64::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        reader.take(size).read_to_end(&mut body)?;
        reader.read_line(&mut String::new())?;
        if size == 0 {
            return Ok(body);
        }
    }
}

/// Sends the head, which promises the whole body, and so many bytes of the body, in one write.
fn send(mut stream: &TcpStream, answer: &Answer, bytes: usize) -> io::Result<()> {
    let mut message = head(answer);
    message.extend_from_slice(&answer.body[..bytes]);
    stream.write_all(&message)
}

fn head(answer: &Answer) -> Vec<u8> {
    let mut head = format!(
        "HTTP/1.1 {} {}\r\ncontent-length: {}\r\n",
        answer.status,
        reason(answer.status),
        answer.body.len()
    );
    for (name, value) in &answer.headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head += "\r\n";
    head.into_bytes()
}

fn drip(
    mut stream: &TcpStream,
    answer: &Answer,
    piece: usize,
    pause: Duration,
    state: &State,
) -> io::Result<()> {
    stream.write_all(&head(answer))?;
    for piece in answer.body.chunks(piece.max(1)) {
        thread::sleep(pause);
        if state.stopping.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        stream.write_all(piece)?;
    }
    Ok(())
}

/// Until the client gives up or the server stops.
fn wait_for_end(mut stream: &TcpStream) -> io::Result<()> {
    let mut ignored = [0; 64];
    while stream.read(&mut ignored)? > 0 {}
    Ok(())
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        301 | 302 | 307 | 308 => "Moved",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        415 => "Unsupported Media Type",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}
