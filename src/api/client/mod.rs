//! The client: asks, paces, retries, opens the envelope, and says what went wrong. Shared by all workers.

pub mod classify;
pub mod clock;
pub mod pace;
pub mod retry;

use std::fmt;
use std::hash::{BuildHasher as _, DefaultHasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde::de::DeserializeOwned;

use self::classify::{Classifier, FailedAttempt};
use self::clock::{Cancel, Clock, SystemClock};
use self::pace::Pacer;
use self::retry::{Outcome, Reason, Retry, RetryPolicy, Step, retry_after};
use super::call::{Call, Method, Reply};
use super::error::{ApiError, ApiErrorKind};
use super::http::base_url::BaseUrl;
use super::http::transport::{HttpRequest, HttpResponse, Transport};
use super::page::envelope;
use super::page::walk::walk;
use super::page::{Page, RowSink, Walked};

/// How the client behaves; the defaults are for Harness as it is.
#[derive(Clone)]
pub struct ClientOptions {
    /// Requests per minute over all workers; 0 = not paced. Harness allows about 400 per key.
    pub max_per_minute: u32,
    /// Time for the whole run, counted from [`Client::new`]; no attempt starts after it.
    pub timeout: Duration,
    /// Time for one request, connecting and reading the body included.
    pub request_timeout: Duration,
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
    account_id: String,
    options: ClientOptions,
    deadline: Duration,
    pacer: Mutex<Pacer>,
    /// Any call has succeeded: a later 401 or page of HTML is then taken for passing trouble.
    worked: AtomicBool,
    requests: AtomicU64,
    retries: AtomicU64,
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
            account_id: account_id.into(),
            deadline: now.saturating_add(options.timeout),
            pacer: Mutex::new(Pacer::new(options.max_per_minute, now)),
            options,
            worked: AtomicBool::new(false),
            requests: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            random: RandomState::new(),
        }
    }

    /// Reads an endpoint with GET.
    ///
    /// # Errors
    /// The last failure, when it is not worth or not allowed to try again.
    pub fn get<T: DeserializeOwned>(&self, call: &Call) -> Result<Reply<T>, ApiError> {
        self.exchange(call, Method::Get, None)
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
        let body = serde_json::to_vec(body).map_err(|error| {
            let message = format!("the request cannot be written as JSON: {error}");
            ApiError::new(call.site(Method::Post), 0, ApiErrorKind::Shape { message })
        })?;
        self.exchange(call, Method::Post, Some(body))
    }

    /// Walks a list that is read with GET; `call` without page. See [`walk`].
    ///
    /// # Errors
    /// As [`walk`].
    pub fn walk_get<T: DeserializeOwned>(
        &self,
        call: &Call,
        key: impl Fn(&T, &mut DefaultHasher),
        sink: &mut impl RowSink<T>,
    ) -> Result<Walked, ApiError> {
        let fetch = |page| self.get::<Page<T>>(&call.clone().page(page));
        walk(&call.site(Method::Get), fetch, key, sink)
    }

    /// Walks a list that is read with POST of the same body for every page; `call` without page. See [`walk`].
    ///
    /// # Errors
    /// As [`walk`].
    pub fn walk_post<T: DeserializeOwned, B: Serialize + ?Sized>(
        &self,
        call: &Call,
        body: &B,
        key: impl Fn(&T, &mut DefaultHasher),
        sink: &mut impl RowSink<T>,
    ) -> Result<Walked, ApiError> {
        let fetch = |page| self.post::<Page<T>, B>(&call.clone().page(page), body);
        walk(&call.site(Method::Post), fetch, key, sink)
    }

    /// Requests sent so far, retries included.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Requests of these that repeated a failed one.
    #[must_use]
    pub fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
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

    fn exchange<T: DeserializeOwned>(
        &self,
        call: &Call,
        method: Method,
        body: Option<Vec<u8>>,
    ) -> Result<Reply<T>, ApiError> {
        let url = self.base.join(&call.path_and_query(&self.account_id));
        let mut request = HttpRequest {
            method,
            url,
            body,
            request_id: String::new(),
            timeout: self.options.request_timeout,
        };
        let most = &self.options.retry;
        let policy = RetryPolicy {
            tries: call.max_tries().unwrap_or(most.tries).min(most.tries),
            ..most.clone()
        };
        let mut retry = Retry::new(&policy, self.deadline);
        let mut last = None;
        loop {
            let fail = |attempts, kind| ApiError::new(call.site(method), attempts, kind);
            let sent_at = self
                .wait_for_turn(last)
                .map_err(|kind| fail(retry.attempts(), kind))?;
            request.request_id = self.count(retry.attempts());
            request.timeout = self
                .options
                .request_timeout
                .min(self.deadline.saturating_sub(sent_at));
            let failure = match self.attempt(call, &request) {
                Ok((data, server_date)) => {
                    self.worked.store(true, Ordering::Relaxed);
                    return Ok(Reply {
                        data,
                        attempts: retry.attempts() + 1,
                        server_date,
                    });
                }
                Err(failure) => failure,
            };
            let (pause, kind) = self
                .after_failure(failure, &mut retry, sent_at)
                .map_err(|kind| fail(retry.attempts(), kind))?;
            let site = call.site(method);
            log::info!(
                "{site}: {kind}; trying again in {:.1} s",
                pause.as_secs_f64()
            );
            last = Some(kind);
            self.options.clock.sleep(pause, &self.options.cancel);
        }
    }

    /// Decides on a failed attempt: how long to wait before the next, together with what failed, or the final error.
    fn after_failure(
        &self,
        failure: FailedAttempt,
        retry: &mut Retry,
        sent_at: Duration,
    ) -> Result<(Duration, Box<ApiErrorKind>), ApiErrorKind> {
        let now = self.options.clock.now();
        let step = retry.after(
            failure.outcome,
            failure.retry_after,
            self.worked.load(Ordering::Relaxed),
            now,
            self.jitter(),
        );
        if failure.outcome == Outcome::Throttled {
            let pause = match step {
                Step::Wait(pause) => pause,
                Step::Done | Step::GiveUp(_) => Duration::ZERO,
            };
            self.pacer().throttled(sent_at, now, pause);
        }
        if self.options.cancel.is_cancelled() {
            return Err(ApiErrorKind::Cancelled);
        }
        match step {
            Step::Wait(pause) => Ok((pause, failure.kind)),
            Step::GiveUp(Reason::Deadline) => Err(self.out_of_time(Some(failure.kind))),
            Step::GiveUp(Reason::Permanent | Reason::Tries) | Step::Done => Err(*failure.kind),
        }
    }

    /// Waits until the pace allows a request; the moment it does.
    fn wait_for_turn(&self, last: Option<Box<ApiErrorKind>>) -> Result<Duration, ApiErrorKind> {
        loop {
            if self.options.cancel.is_cancelled() {
                return Err(ApiErrorKind::Cancelled);
            }
            let now = self.options.clock.now();
            if now >= self.deadline {
                return Err(self.out_of_time(last));
            }
            let turn = self.pacer().try_take(now);
            match turn {
                Ok(()) => return Ok(now),
                Err(wait) if now.saturating_add(wait) >= self.deadline => {
                    return Err(self.out_of_time(last));
                }
                Err(wait) => self.options.clock.sleep(wait, &self.options.cancel),
            }
        }
    }

    /// One request and what it says.
    fn attempt<T: DeserializeOwned>(
        &self,
        call: &Call,
        request: &HttpRequest,
    ) -> Result<(T, Option<SystemTime>), FailedAttempt> {
        let redact = |text: &str| self.transport.redact(text);
        let classifier = Classifier {
            redact: &redact,
            request_id: &request.request_id,
        };
        let began = self.options.clock.now();
        let sent = self.transport.send(request);
        let took = self.options.clock.now().saturating_sub(began).as_millis();
        let (id, method, url) = (&request.request_id, request.method, &request.url);
        let response = match sent {
            Ok(response) => response,
            Err(error) => {
                log::debug!("{id}: {method} {url}: {} after {took} ms", error.kind);
                return Err(classifier.no_response(&error));
            }
        };
        let (status, bytes) = (response.status, response.body.len());
        log::debug!("{id}: {method} {url}: {status}, {bytes} bytes in {took} ms");
        if !(200..300).contains(&status) {
            let mut failure = classifier.error_status(&response);
            failure.retry_after = self.asked_to_wait(&response);
            return Err(failure);
        }
        match envelope::open(&response.body, call.expected_envelope()) {
            Ok(data) => Ok((data, response.date)),
            Err(why) => Err(classifier.unopened(&response, why)),
        }
    }

    fn asked_to_wait(&self, response: &HttpResponse) -> Option<Duration> {
        let header = response.retry_after.as_deref()?;
        retry_after(header, response.date, self.options.clock.wall())
    }

    fn out_of_time(&self, last: Option<Box<ApiErrorKind>>) -> ApiErrorKind {
        ApiErrorKind::Deadline {
            limit: self.options.timeout,
            last,
        }
    }

    /// Counts a request and names it: unique in this run, and unlikely to be met in another.
    fn count(&self, attempts_before: u32) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        if attempts_before > 0 {
            self.retries.fetch_add(1, Ordering::Relaxed);
        }
        format!(
            "harness-access-{:016x}-{number}",
            self.random.hash_one("run")
        )
    }

    /// From 0 to 1, different each time.
    fn jitter(&self) -> f64 {
        let drawn = self
            .random
            .hash_one((self.requests(), self.options.clock.now()));
        f64::from(u32::try_from(drawn >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
    }

    fn pacer(&self) -> MutexGuard<'_, Pacer> {
        self.pacer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
