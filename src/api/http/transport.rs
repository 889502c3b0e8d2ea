//! One request out, one response back. The only module that knows `ureq`, and the only one that reads the key.
//!
//! Redirects are never followed: `ureq` would send the `x-api-key` header to the new host. Every status comes back as
//! a response, never as an error, and its body is read here at once: an unread body costs the connection.

use std::fmt;
use std::io::{ErrorKind, Read as _};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use ureq::http::{HeaderMap, Request};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;

use super::base_url::BaseUrl;
use super::proxy::Proxy;
use super::resolver::Remembering;
use super::secret::ApiKey;
use crate::api::call::Method;

/// The largest success body that is read, decoded. A page of 100 rows is far below.
pub const BODY_LIMIT: u64 = 64 * 1024 * 1024;
/// How much of an error body is read, in bytes.
const ERROR_BODY_LIMIT: u64 = 64 * 1024;
/// Idle connections kept, one per worker with room to spare.
const IDLE_CONNECTIONS: usize = 16;

/// A request. It holds neither key nor other secret, so it may be logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// GET or POST.
    pub method: Method,
    /// The whole URL.
    pub url: String,
    /// The JSON to post.
    pub body: Option<Vec<u8>>,
    /// Sent as `Harness-Account`, where an endpoint wants the account there.
    pub account: Option<String>,
    /// Sent as `X-requestId`; Harness repeats it as `correlationId`.
    pub request_id: String,
    /// Bound on the whole exchange, connecting and reading the body included.
    pub timeout: Duration,
}

/// A response of any status, its body read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// `Content-Type` as sent.
    pub content_type: Option<String>,
    /// `Retry-After` as sent.
    pub retry_after: Option<String>,
    /// `Location` as sent; never followed.
    pub location: Option<String>,
    /// `Date`: the server's clock.
    pub date: Option<SystemTime>,
    /// `X-Total-Elements`: how many rows there are in all.
    pub total: Option<u64>,
    /// The body, unpacked; of a status other than 2xx at most 64 KiB.
    pub body: Vec<u8>,
}

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportError {
    /// What kind of failure.
    pub kind: TransportErrorKind,
    /// The library's words; never holds the key.
    pub text: String,
}

/// The kinds of failure that are treated or explained differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportErrorKind {
    /// Connecting, waiting for the head, or reading the body took too long.
    Timeout,
    /// No connection: refused, unreachable, or a proxy that would not connect.
    Connect,
    /// The connection ended before the response did.
    Reset,
    /// The host name is not known.
    Dns,
    /// No trusted encrypted connection: certificate or handshake.
    Tls,
    /// The response is not HTTP.
    Protocol,
    /// The body is larger than [`BODY_LIMIT`].
    TooLarge,
    /// The compressed body is damaged.
    Decompress,
    /// [`Transport::interrupt`] was called.
    Interrupted,
    /// Anything else.
    Other,
}

impl TransportErrorKind {
    /// Whether it is about the way to the server rather than about one response.
    #[must_use]
    pub fn is_of_the_way(self) -> bool {
        match self {
            Self::Connect | Self::Dns | Self::Tls | Self::Interrupted => true,
            Self::Timeout
            | Self::Reset
            | Self::Protocol
            | Self::TooLarge
            | Self::Decompress
            | Self::Other => false,
        }
    }
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timeout => "no response in time",
            Self::Connect => "cannot connect",
            Self::Reset => "the connection closed before the response was complete",
            Self::Dns => "unknown host name",
            Self::Tls => "the connection cannot be trusted",
            Self::Protocol => "the response is not HTTP",
            Self::TooLarge => "the response is larger than 64 MiB",
            Self::Decompress => "the compressed response is damaged",
            Self::Interrupted => "interrupted",
            Self::Other => "the request failed",
        })
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        if self.text.is_empty() || self.kind == TransportErrorKind::TooLarge {
            return Ok(());
        }
        write!(f, " ({})", self.text)
    }
}

impl std::error::Error for TransportError {}

/// Sends requests. Real ones in [`UreqTransport`], anything in tests.
pub trait Transport: Send + Sync {
    /// Sends `request` and reads the response, whatever its status.
    ///
    /// # Errors
    /// No complete response.
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError>;

    /// `text` without the key, should a server have repeated it.
    fn redact(&self, text: &str) -> String {
        text.to_owned()
    }

    /// Makes requests under way in other threads fail, and all later ones.
    fn interrupt(&self) {}
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        (**self).send(request)
    }

    fn redact(&self, text: &str) -> String {
        (**self).redact(text)
    }

    fn interrupt(&self) {
        (**self).interrupt();
    }
}

/// How the real transport behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportSettings {
    /// Bound on name resolution and on connecting (each).
    pub connect_timeout: Duration,
    /// Bound on silence: no single read waits longer.
    pub read_timeout: Duration,
    /// Refuse to send anything unencrypted; on unless the base URL is plain `http`.
    pub https_only: bool,
    /// The proxy on the way, if any.
    pub proxy: Option<Proxy>,
}

impl Default for TransportSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            https_only: true,
            proxy: None,
        }
    }
}

impl TransportSettings {
    /// The settings for `base`: nothing unencrypted unless it is plain `http` itself.
    #[must_use]
    pub fn for_base(base: &BaseUrl) -> Self {
        Self {
            https_only: base.is_https(),
            ..Self::default()
        }
    }
}

/// HTTP over the network, with keep-alive, gzip and the certificates that this computer trusts.
pub struct UreqTransport {
    agent: ureq::Agent,
    resolver: Remembering,
    key: ApiKey,
    /// What stands behind the host in a failure to connect: the proxy, if any.
    way: String,
}

impl fmt::Debug for UreqTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UreqTransport")
    }
}

impl UreqTransport {
    /// A transport that authenticates with `key`. Opens no connection yet.
    #[must_use]
    pub fn new(key: ApiKey, settings: &TransportSettings) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .https_only(settings.https_only)
            .tls_config(
                TlsConfig::builder()
                    .root_certs(RootCerts::PlatformVerifier)
                    .build(),
            )
            .user_agent(concat!("harness-access/", env!("CARGO_PKG_VERSION")))
            .accept("application/json")
            .max_idle_connections(IDLE_CONNECTIONS)
            .max_idle_connections_per_host(IDLE_CONNECTIONS)
            .timeout_resolve(Some(settings.connect_timeout))
            .timeout_connect(Some(settings.connect_timeout))
            .timeout_per_read(Some(settings.read_timeout))
            .timeout_per_write(Some(settings.read_timeout))
            .proxy(settings.proxy.clone().map(Proxy::into_inner));
        let resolver = Remembering::new(DefaultResolver::default());
        let connector = DefaultConnector::default();
        Self {
            agent: ureq::Agent::with_parts(config.build(), connector, resolver.clone()),
            resolver,
            key,
            way: settings.proxy.as_ref().map_or_else(String::new, |proxy| {
                format!(" through the proxy {}", proxy.place())
            }),
        }
    }

    fn exchange(&self, request: &HttpRequest) -> Result<HttpResponse, ureq::Error> {
        let mut builder = Request::builder()
            .uri(&request.url)
            .header("x-api-key", self.key.expose())
            .header("X-requestId", &request.request_id);
        if let Some(account) = &request.account {
            builder = builder.header("Harness-Account", account);
        }
        let response = match request.method {
            Method::Get => {
                builder = builder.method("GET");
                let request = self.bounded(builder.body(())?, request.timeout);
                self.agent.run(request)?
            }
            Method::Post => {
                builder = builder
                    .method("POST")
                    .header("content-type", "application/json");
                let body = request.body.as_deref().unwrap_or_default();
                let request = self.bounded(builder.body(body)?, request.timeout);
                self.agent.run(request)?
            }
        };
        let (head, mut body) = response.into_parts();
        let body = if head.status.is_success() {
            body.with_config().limit(BODY_LIMIT).read_to_vec()?
        } else {
            read_leniently(body)
        };
        let header = |name| text_header(&head.headers, name);
        Ok(HttpResponse {
            status: head.status.as_u16(),
            content_type: header("content-type"),
            retry_after: header("retry-after"),
            location: header("location"),
            date: header("date").and_then(|date| httpdate::parse_http_date(&date).ok()),
            total: header("x-total-elements").and_then(|total| total.trim().parse().ok()),
            body: self.key.scrub(body),
        })
    }

    fn bounded<B: ureq::AsSendBody>(&self, request: Request<B>, timeout: Duration) -> Request<B> {
        self.agent
            .configure_request(request)
            .timeout_global(Some(timeout))
            .build()
    }
}

impl Transport for UreqTransport {
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        self.exchange(request).map_err(|error| {
            self.resolver.forget();
            let kind = kind_of(&error);
            let text = match &error {
                ureq::Error::Io(error) => error.to_string(), // without the library's "io: "
                error => error.to_string(),
            };
            let text = match (kind, request.url.split('/').nth(2)) {
                (TransportErrorKind::Connect | TransportErrorKind::Dns, Some(host)) => {
                    format!("{host}{}: {text}", self.way)
                }
                _ => text,
            };
            TransportError {
                kind,
                text: self.redact(&text),
            }
        })
    }

    fn redact(&self, text: &str) -> String {
        self.key.redact(text)
    }

    fn interrupt(&self) {
        self.agent.clone().shutdown();
    }
}

/// The body of an error, as far as it arrives: the status is known, so a truncated body is not another failure.
fn read_leniently(body: ureq::Body) -> Vec<u8> {
    let mut start = Vec::new();
    let mut reader = body.into_reader().take(ERROR_BODY_LIMIT);
    if let Err(error) = reader.read_to_end(&mut start) {
        log::debug!("the body of the error response was incomplete: {error}");
    }
    start
}

fn text_header(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn kind_of(error: &ureq::Error) -> TransportErrorKind {
    use TransportErrorKind as Kind;
    match error {
        ureq::Error::Timeout(_) | ureq::Error::BodyStalled => Kind::Timeout,
        ureq::Error::Io(error) => kind_of_io(error),
        ureq::Error::HostNotFound => Kind::Dns,
        ureq::Error::ConnectionFailed | ureq::Error::ConnectProxyFailed(_) => Kind::Connect,
        ureq::Error::Tls(_)
        | ureq::Error::Pem(_)
        | ureq::Error::Rustls(_)
        | ureq::Error::TlsRequired => Kind::Tls,
        ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(_, _) => Kind::Protocol,
        ureq::Error::BodyExceedsLimit(_) => Kind::TooLarge,
        ureq::Error::Decompress(_, _) => Kind::Decompress,
        _ => Kind::Other,
    }
}

fn kind_of_io(error: &std::io::Error) -> TransportErrorKind {
    use TransportErrorKind as Kind;
    match error.kind() {
        ErrorKind::UnexpectedEof
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe => Kind::Reset,
        ErrorKind::ConnectionRefused
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::AddrNotAvailable => Kind::Connect,
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Kind::Timeout,
        ErrorKind::NotConnected => Kind::Interrupted, // what `Agent::shutdown` leaves behind
        ErrorKind::InvalidData => Kind::Tls,          // what rustls reports for a certificate
        _ if error.to_string().contains("failed to lookup") => Kind::Dns, // std has no kind for it
        _ => Kind::Other,
    }
}
