//! One call and its response: paced, repeated where that helps, opened, and explained when it fails.

use std::collections::BTreeSet;
use std::hash::BuildHasher as _;
use std::sync::atomic::Ordering;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use serde::de::IgnoredAny;

use super::Client;
use super::classify::{Classifier, FailedAttempt};
use super::pace::Pacer;
use super::patience::Patience;
use super::prepared::{Open, OpenAndKeep, PreparedCall};
use super::retry::{AttemptOutcome, Retry, RetryPolicy, RetryReason, Step, retry_after};
use crate::api::call::{Call, CallSite, Method, PageAsked, Reply};
use crate::api::error::{ApiError, ApiErrorKind, ErrorBody};
use crate::api::http::base_url::BaseUrl;
use crate::api::http::transport::{HttpRequest, HttpResponse, TransportErrorKind};
use crate::api::page::envelope;
use crate::api::wire::lenient::take_oddities;

impl Client {
    /// Asks until there is a response or no further attempt is worth it.
    pub(super) fn exchange<T>(
        &self,
        prepared: &PreparedCall<'_>,
        open: Open<T>,
    ) -> Result<Reply<T>, ApiError> {
        let mut opened = None;
        let keep = &mut |body: &[u8], envelope| {
            opened = Some(open(body, envelope)?);
            Ok(())
        };
        let reply = self.exchange_or_at_gateway(prepared, keep)?;
        Ok(Reply {
            data: opened.expect("a reply is opened before it is one"),
            attempts: reply.attempts,
            bytes: reply.bytes,
            server_date: reply.server_date,
            total: reply.total,
        })
    }

    /// Before anything has worked, a base URL without a path may simply lack `/gateway`: it is tried once.
    fn exchange_or_at_gateway(
        &self,
        prepared: &PreparedCall<'_>,
        open: OpenAndKeep<'_>,
    ) -> Result<Reply<()>, ApiError> {
        let error = match self.exchange_at(self.base(), prepared, open) {
            Ok(reply) => return Ok(reply),
            Err(error) => error,
        };
        let Some(gateway) = self.gateway_to_try(&error) else {
            return Err(error);
        };
        log::info!("{}; trying {gateway}", error.brief());
        let other = self.exchange_at(&gateway, prepared, open);
        let is_harness = other.as_ref().err().is_none_or(ApiError::is_of_harness);
        if is_harness {
            log::warn!("Harness is at {gateway}: use it as the base URL");
            let _ = self.gateway.set(gateway); // set once, at the first call
            return other;
        }
        Err(ApiError {
            tried_gateway: true,
            ..error
        })
    }

    fn gateway_to_try(&self, error: &ApiError) -> Option<BaseUrl> {
        let is_elsewhere = error.is_first && error.is_of_another_service();
        let gateway = self.base.with_gateway().filter(|_| is_elsewhere)?;
        let is_first_time = !self.asked_gateway.swap(true, Ordering::Relaxed);
        is_first_time.then_some(gateway)
    }

    fn exchange_at(
        &self,
        base: &BaseUrl,
        prepared: &PreparedCall<'_>,
        open: OpenAndKeep<'_>,
    ) -> Result<Reply<()>, ApiError> {
        let &PreparedCall { call, method, body } = prepared;
        let url = base.join(&call.path_and_query(&self.account_id));
        let mut request = HttpRequest {
            method,
            url,
            body: body.map(<[u8]>::to_vec),
            account: (call.wants_account_in_header()).then(|| self.account_id.clone()),
            request_id: String::new(),
            timeout: self.options.request_timeout,
        };
        let policy = self.policy(call);
        let mut retry = Retry::new(&policy, self.deadline);
        let mut last = None;
        loop {
            let sent_at = self
                .wait_for_turn(last)
                .map_err(|kind| self.given_up(call.site(method), retry.attempts(), kind))?;
            request.request_id = self.count(retry.attempts());
            request.timeout = self
                .options
                .request_timeout
                .min(self.deadline.saturating_sub(sent_at));
            let failure = match self.attempt(call, &request, open) {
                Ok(reply) => {
                    self.worked.store(true, Ordering::Relaxed);
                    self.patience().worked(call.path());
                    return Ok(Reply {
                        attempts: retry.attempts() + 1,
                        ..reply
                    });
                }
                Err(failure) => failure,
            };
            let (pause, kind) = match self.after_failure(failure, &mut retry, sent_at) {
                Ok(again) => again,
                Err(kind) => {
                    let error = self.given_up(call.site(method), retry.attempts(), kind);
                    self.patience().failed(call.path(), &error);
                    return Err(error);
                }
            };
            let site = call.site(method);
            log::info!(
                "{site}: {}; trying again in {:.1} s",
                kind.brief(),
                pause.as_secs_f64()
            );
            last = Some(kind);
            self.options.clock.sleep(pause, &self.options.cancel);
        }
    }

    fn given_up(&self, site: CallSite, attempts: u32, kind: ApiErrorKind) -> ApiError {
        let error = ApiError {
            is_first: !self.worked.load(Ordering::Relaxed),
            ..ApiError::new(site, attempts, kind)
        };
        ApiError {
            others_work: self.others_work(&error),
            ..error
        }
    }

    /// Whether a failure that mostly is about everything is about one endpoint alone. A key may have been revoked meanwhile, so whether it still works is asked once more.
    fn others_work(&self, error: &ApiError) -> bool {
        match *error.kind {
            ApiErrorKind::BadKey(_) if !error.is_first => self.key_works(error),
            // Whether it was the list that was slow, or Harness that could not be asked.
            ApiErrorKind::Deadline { ref last, .. } => {
                let is_of_all = |last: &ApiErrorKind| match last {
                    ApiErrorKind::Throttled(_) => true,
                    ApiErrorKind::Transport(error) => error.kind != TransportErrorKind::Timeout,
                    _ => false,
                };
                self.keeps_what_came.load(Ordering::Relaxed)
                    && !error.is_first
                    && !last.as_deref().is_some_and(is_of_all)
            }
            _ => false,
        }
    }

    /// Whether Harness is there and takes the key, although a call failed: it shows the account, or refuses it for another
    /// reason.
    pub(crate) fn key_works(&self, failed: &ApiError) -> bool {
        let account = "/ng/api/accounts";
        let call = if failed.site.endpoint.contains(account) {
            Call::new("/ng/api/organizations").page(PageAsked { index: 0, size: 1 })
        } else {
            Call::new(account).segment(&self.account_id)
        };
        if self.options.cancel.is_cancelled() {
            return false;
        }
        let request = HttpRequest {
            method: Method::Get,
            url: self.base().join(&call.path_and_query(&self.account_id)),
            body: None,
            account: None,
            request_id: self.count(0),
            timeout: self.options.request_timeout,
        };
        let opened = self.attempt(&call, &request, &mut |body, envelope| {
            envelope::open::<IgnoredAny>(body, envelope).map(|_| ())
        });
        match opened {
            Ok(_) => true,
            Err(failure) => matches!(
                *failure.kind,
                ApiErrorKind::NotPermitted { .. }
                    | ApiErrorKind::Shape { .. }
                    | ApiErrorKind::Refused(_)
                    | ApiErrorKind::NotFound(ErrorBody { code: Some(_), .. })
            ),
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
        match (failure.outcome, step) {
            (AttemptOutcome::Throttled | AttemptOutcome::Blocked, Step::Wait(pause)) => {
                self.pacer().throttled(sent_at, now, pause);
            }
            (AttemptOutcome::Throttled, Step::Done | Step::GiveUp(_)) => {
                self.pacer().throttled(sent_at, now, Duration::ZERO);
            }
            _ => {}
        }
        if self.options.cancel.is_cancelled() {
            return Err(ApiErrorKind::Cancelled);
        }
        match step {
            Step::Wait(pause) => Ok((pause, failure.kind)),
            Step::GiveUp(RetryReason::Deadline) => Err(self.out_of_time(Some(failure.kind))),
            Step::GiveUp(RetryReason::Permanent | RetryReason::Tries) | Step::Done => {
                Err(*failure.kind)
            }
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
    fn attempt(
        &self,
        call: &Call,
        request: &HttpRequest,
        open: OpenAndKeep<'_>,
    ) -> Result<Reply<()>, FailedAttempt> {
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
        if let Some(told) = response.date {
            self.note_time(told);
        }
        take_oddities();
        let opened = open(&response.body, call.expected_envelope());
        self.warn_of(call, &take_oddities());
        match opened {
            Ok(()) => Ok(Reply {
                data: (),
                attempts: 1,
                bytes,
                server_date: response.date,
                total: response.total,
            }),
            Err(why) => Err(classifier.unopened(&response, why)),
        }
    }

    /// One warning for each member of each list that is not what it should be.
    fn warn_of(&self, call: &Call, oddities: &BTreeSet<&'static str>) {
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        for member in oddities {
            if warned.insert((call.path().to_owned(), member)) {
                log::warn!(
                    "{}: `{member}` is not of the expected type or length in some rows; there it is cut, or unknown and kept as it \
                     was known before",
                    call.path()
                );
            }
        }
    }

    fn policy(&self, call: &Call) -> RetryPolicy {
        let most = &self.options.retry;
        let tries = call.max_tries().unwrap_or(most.tries).min(most.tries);
        RetryPolicy {
            tries: self.patience().tries(call.path(), tries),
            ..most.clone()
        }
    }

    pub(super) fn patience(&self) -> MutexGuard<'_, Patience> {
        self.patience.lock().unwrap_or_else(PoisonError::into_inner)
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

    pub(super) fn pacer(&self) -> MutexGuard<'_, Pacer> {
        self.pacer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
