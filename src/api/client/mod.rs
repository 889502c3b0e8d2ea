//! The client: asks, paces, retries, opens the envelope, and says what went wrong. Shared by all workers.

pub mod classify;
pub mod clock;
mod exchange;
pub mod pace;
mod patience;
mod prepared;
mod reading;
pub mod retry;

use std::collections::BTreeSet;
use std::fmt;
use std::hash::{Hash, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde::de::DeserializeOwned;

use self::clock::{Cancel, Clock, SystemClock};
use self::pace::Pacer;
use self::patience::Patience;
use self::prepared::PreparedCall;
use self::reading::Counter;
pub use self::reading::Reading;
use self::retry::RetryPolicy;
use super::call::{Call, Method, Reply};
use super::error::{ApiError, ApiErrorKind};
use super::http::base_url::BaseUrl;
use super::http::transport::Transport;
use super::page::envelope;
use super::page::walk::{WalkOptions, walk};
use super::page::{RowKey, RowSink, Walked};

/// Bytes of memory that the rows of a run may take unless said otherwise.
pub const DEFAULT_MEMORY: u64 = 2 << 30;

/// As much of the lists as is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    /// Pages in one walk over one list.
    pub pages_of_a_list: u64,
    /// Requests of the run; a list that is begun later is not looked at.
    pub requests: u64,
}

/// How the client behaves; the defaults are for Harness as it is.
#[derive(Clone)]
pub struct ClientOptions {
    /// Requests per minute over all workers; 0 = not paced. Harness allows about 400 per key.
    pub max_per_minute: u32,
    /// Time for the whole run, counted from [`Client::new`]; no attempt starts after it.
    pub timeout: Duration,
    /// Time for one request, connecting and reading the body included.
    pub request_timeout: Duration,
    /// Bytes of memory that the rows of the whole run may take; a list that would take more is cut off with a gap.
    pub max_memory: u64,
    /// How much of the lists is read, where a look is enough.
    pub most: Option<Most>,
    /// How often and how long to try again.
    pub retry: RetryPolicy,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Stops the client.
    pub cancel: Cancel,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            max_per_minute: 360,
            timeout: Duration::from_secs(30 * 60),
            request_timeout: Duration::from_secs(120),
            max_memory: DEFAULT_MEMORY,
            most: None,
            retry: RetryPolicy::default(),
            clock: Arc::new(SystemClock::new()),
            cancel: Cancel::new(),
        }
    }
}

impl fmt::Debug for ClientOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientOptions")
            .field("max_per_minute", &self.max_per_minute)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// One account at one base URL, seen with one key.
pub struct Client {
    transport: Box<dyn Transport>,
    base: BaseUrl,
    /// The base with `/gateway`, once it turned out that Harness is only there.
    gateway: OnceLock<BaseUrl>,
    asked_gateway: AtomicBool,
    account_id: String,
    options: ClientOptions,
    deadline: Duration,
    pacer: Mutex<Pacer>,
    /// Any call has succeeded: a later 401 or page of HTML is then taken for passing trouble.
    worked: AtomicBool,
    /// What there is no time for is a gap: the rest is of use.
    keeps_what_came: AtomicBool,
    requests: AtomicU64,
    counter: Counter,
    retries: AtomicU64,
    /// How far Harness's clock is ahead of ours, in seconds, by the last answer that told its time.
    ahead: Mutex<Option<i64>>,
    /// Bytes of memory that the rows of finished walks take.
    held: AtomicU64,
    patience: Mutex<Patience>,
    /// Paths of lists that the server does not sort.
    unsorted: Mutex<BTreeSet<String>>,
    /// Paths and members of rows that were warned of.
    warned: Mutex<BTreeSet<(String, &'static str)>>,
    /// Source of request ids and of jitter.
    random: RandomState,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base)
            .field("account_id", &self.account_id)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client for `account_id` at `base`. Sends nothing yet; the time of the whole run starts now.
    #[must_use]
    pub fn new(
        transport: Box<dyn Transport>,
        base: BaseUrl,
        account_id: impl Into<String>,
        options: ClientOptions,
    ) -> Self {
        let now = options.clock.now();
        Self {
            transport,
            base,
            gateway: OnceLock::new(),
            asked_gateway: AtomicBool::new(false),
            account_id: account_id.into(),
            deadline: now.saturating_add(options.timeout),
            pacer: Mutex::new(Pacer::new(options.max_per_minute, now)),
            options,
            worked: AtomicBool::new(false),
            keeps_what_came: AtomicBool::new(false),
            requests: AtomicU64::new(0),
            counter: Counter::default(),
            retries: AtomicU64::new(0),
            ahead: Mutex::new(None),
            held: AtomicU64::new(0),
            patience: Mutex::default(),
            unsorted: Mutex::default(),
            warned: Mutex::default(),
            random: RandomState::new(),
        }
    }

    /// Reads an endpoint with GET.
    ///
    /// # Errors
    /// The last failure, when it is not worth or not allowed to try again.
    pub fn get<T: DeserializeOwned>(&self, call: &Call) -> Result<Reply<T>, ApiError> {
        let method = Method::Get;
        let body = None;
        self.exchange(&PreparedCall { call, method, body }, envelope::open)
    }

    /// Reads an endpoint that wants its question as a JSON body.
    ///
    /// # Errors
    /// As [`get`](Self::get); also `Shape` for a body that cannot be written as JSON.
    pub fn post<T: DeserializeOwned, B: Serialize + ?Sized>(
        &self,
        call: &Call,
        body: &B,
    ) -> Result<Reply<T>, ApiError> {
        let method = Method::Post;
        let body = Some(&*json(call, body)?);
        self.exchange(&PreparedCall { call, method, body }, envelope::open)
    }

    /// Walks a list that is read with GET; `call` without page. See [`walk`].
    ///
    /// A server that refuses to sort the list is asked without an order; two walks must then see the same rows.
    ///
    /// # Errors
    /// As [`walk`].
    pub fn walk_get<T: DeserializeOwned + Hash>(
        &self,
        call: &Call,
        key: impl Fn(&T, &mut RowKey),
        sink: &mut impl RowSink<T>,
    ) -> Result<Walked, ApiError> {
        let method = Method::Get;
        let body = None;
        self.walk(&PreparedCall { call, method, body }, key, sink)
    }

    /// Walks a list that is read with POST of the same body for every page, as [`walk_get`](Self::walk_get).
    ///
    /// # Errors
    /// As [`walk`].
    pub fn walk_post<T: DeserializeOwned + Hash, B: Serialize + ?Sized>(
        &self,
        call: &Call,
        body: &B,
        key: impl Fn(&T, &mut RowKey),
        sink: &mut impl RowSink<T>,
    ) -> Result<Walked, ApiError> {
        let method = Method::Post;
        let body = Some(&*json(call, body)?);
        self.walk(&PreparedCall { call, method, body }, key, sink)
    }

    /// One page of a list, as it comes; asked without an order where the server refuses to sort.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub(crate) fn one_page<T: DeserializeOwned>(
        &self,
        method: Method,
        call: &Call,
        body: &serde_json::Value,
    ) -> Result<Reply<T>, ApiError> {
        let body = body.to_string();
        let body = (method == Method::Post).then_some(body.as_bytes());
        let ask = |call: &Call| self.exchange(&PreparedCall { call, method, body }, envelope::open);
        match ask(call) {
            Err(error) if self.may_be_the_order(call, &error) => {
                let reply = ask(&call.clone().unsorted()).map_err(|_| error)?;
                self.unsorted().insert(call.path().to_owned());
                Ok(reply)
            }
            answered => answered,
        }
    }

    fn walk<T: DeserializeOwned + Hash>(
        &self,
        list: &PreparedCall<'_>,
        key: impl Fn(&T, &mut RowKey),
        sink: &mut impl RowSink<T>,
    ) -> Result<Walked, ApiError> {
        let path = list.call.path();
        let mut refused = None;
        if !self.unsorted().contains(path) {
            match self.walk_as(list, list.call, &key, sink) {
                Err(error) if self.may_be_the_order(list.call, &error) => {
                    log::info!("{}; asking without sortOrders", error.brief());
                    sink.restart();
                    refused = Some(error);
                }
                walked => return walked,
            }
        }
        match self.walk_as(list, &list.call.clone().unsorted(), &key, sink) {
            Ok(walked) => {
                self.unsorted().insert(path.to_owned());
                Ok(walked.after(refused.map_or(0, |error| error.attempts)))
            }
            Err(error) => Err(refused.unwrap_or(error)),
        }
    }

    fn walk_as<T: DeserializeOwned + Hash>(
        &self,
        list: &PreparedCall<'_>,
        call: &Call,
        key: &impl Fn(&T, &mut RowKey),
        sink: &mut impl RowSink<T>,
    ) -> Result<Walked, ApiError> {
        let page = |asked| {
            let call = &call.clone().page(asked);
            let reply = self.exchange(&PreparedCall { call, ..*list }, |body, _| {
                envelope::open_page(body)
            })?;
            self.counter.add(asked, &reply.data);
            Ok(reply)
        };
        let options = WalkOptions {
            unordered: list.call.is_sorted() && !call.is_sorted(),
            max_bytes: self.memory_for_a_list(),
            most_pages: self.options.most.map(|most| {
                let left = most.requests.saturating_sub(self.requests());
                left.min(most.pages_of_a_list)
            }),
        };
        let walked = walk(&call.site(list.method), page, options, key, sink)?;
        self.held.fetch_add(walked.bytes, Ordering::Relaxed);
        Ok(walked)
    }

    /// Whether a list may be refused because of the order it is asked for in. A server that does not know a field may
    /// also fail in its database layer.
    fn may_be_the_order(&self, call: &Call, error: &ApiError) -> bool {
        let may_be = match *error.kind {
            ApiErrorKind::Refused(_) => true,
            ApiErrorKind::Server(_) => !self.patience().is_lost(call.path()),
            _ => false,
        };
        may_be && call.is_sorted()
    }

    fn memory_for_a_list(&self) -> u64 {
        let most = self.options.max_memory;
        let left = most.saturating_sub(self.held.load(Ordering::Relaxed));
        left.min(most / 2)
    }

    /// Paths of lists that the server does not sort, and that were read twice for that reason.
    #[must_use]
    pub fn unsorted_lists(&self) -> Vec<String> {
        self.unsorted().iter().cloned().collect()
    }

    fn unsorted(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.unsorted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where Harness answers: the base URL as given, or with `/gateway` where it is only there.
    #[must_use]
    pub fn base(&self) -> &BaseUrl {
        self.gateway.get().unwrap_or(&self.base)
    }

    /// Where Harness answers, if that is not the base URL that was given.
    #[must_use]
    pub fn moved_to(&self) -> Option<&BaseUrl> {
        self.gateway.get()
    }

    /// Requests sent so far, retries included.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// How far the reading is.
    #[must_use]
    pub fn reading(&self) -> Reading {
        let pacer = self.pacer();
        Reading {
            requests: self.requests(),
            rows: self.counter.rows.load(Ordering::Relaxed),
            pages_to_come: self.counter.pages_to_come.load(Ordering::Relaxed),
            per_minute: pacer.rate_per_minute(),
            pause: pacer.pause(self.options.clock.now()),
        }
    }

    /// From now on what there is no time for is a gap of its list, and does not end the run.
    pub(crate) fn keep_what_came(&self) {
        self.keeps_what_came.store(true, Ordering::Relaxed);
    }

    /// Whether any call has succeeded.
    #[must_use]
    pub fn has_worked(&self) -> bool {
        self.worked.load(Ordering::Relaxed)
    }

    /// Requests of these that repeated a failed one.
    #[must_use]
    pub fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    /// How far Harness's clock is ahead of ours, in seconds, negative when behind; `None` when no answer told its time.
    /// The header `Date` has whole seconds, and an answer takes a while.
    #[must_use]
    pub fn clock_ahead(&self) -> Option<i64> {
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_time(&self, told: SystemTime) {
        let seconds = |time: SystemTime| {
            let since = time.duration_since(SystemTime::UNIX_EPOCH);
            i64::try_from(since.unwrap_or_default().as_secs()).unwrap_or(i64::MAX)
        };
        let ahead = seconds(told) - seconds(self.options.clock.wall());
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = Some(ahead);
    }

    /// The account asked about.
    #[must_use]
    pub fn account_id(&self) -> &str {
        &self.account_id
    }

    /// Stops everything: no further request, waits end, and requests under way fail at once.
    pub fn interrupt(&self) {
        self.options.cancel.cancel();
        self.transport.interrupt();
    }
}

fn json<B: Serialize + ?Sized>(call: &Call, body: &B) -> Result<Vec<u8>, ApiError> {
    serde_json::to_vec(body).map_err(|error| {
        let message = format!("the request cannot be written as JSON: {error}");
        ApiError::new(call.site(Method::Post), 0, ApiErrorKind::Shape { message })
    })
}
