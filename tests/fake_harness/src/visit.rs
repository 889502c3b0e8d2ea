//! The way of one request: recorded, perhaps refused at the edge, checked, answered, perhaps spoilt.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use crate::FaultKind;
use crate::access::{Access, Narrowing};
use crate::account::Account;
use crate::caller::Caller;
use crate::context::Context;
use crate::faults::{Fired, Rewrite};
use crate::http::{Answer, Query, Reply, Request};
use crate::log::Recorded;
use crate::paging::Bend;
use crate::random::Random;
use crate::router::{self, Route};
use crate::scope::Scope;
use crate::switches::Switches;
use crate::{FakeHarness, Settings, shapes};

impl FakeHarness {
    /// Answers one request as the server would.
    pub fn handle(&self, request: &Request) -> Reply {
        #[cfg(feature = "process")]
        if request.path().starts_with("/__control/") {
            return Reply::Http(crate::control::answer(self, request));
        }
        let visit = self.admit(request);
        let reply = self.answer(request, &visit);
        let mut settings = self.0.settings.lock().expect("no thread panicked");
        let recorded = settings
            .requests
            .iter_mut()
            .rev()
            .find(|recorded| recorded.number == visit.number);
        if let Some(recorded) = recorded {
            recorded.status = reply.status();
        }
        drop(settings);
        reply
    }

    /// Records the request, asks the rate limiter and the faults, and runs the hooks.
    fn admit(&self, request: &Request) -> Visit {
        let account = self.account_id();
        let mut settings = self.0.settings.lock().expect("no thread panicked");
        settings.served += 1;
        let route = router::route(request, &settings.switches);
        let recorded = settings.record(request, &route, &account);
        let is_admitted = settings.is_admitted(request, recorded.at);
        let Fired { fault, rewrites } = if is_admitted {
            settings.faults.fire(request, &recorded.scope)
        } else {
            let fault = Some(FaultKind::TooManyRequestsHtml);
            Fired {
                fault,
                ..Fired::default()
            }
        };
        let visit = Visit {
            route,
            query: recorded.query.clone(),
            scope: recorded.scope.clone(),
            number: recorded.number,
            seed: settings.random.number(),
            fault,
            rewrites,
            generation: settings.generation,
            caller: settings.caller.clone(),
            switches: settings.switches.clone(),
            narrowings: settings.narrowings.clone(),
        };
        let (watchers, hooks) = (settings.watchers.clone(), settings.hooks.clone());
        drop(settings);
        for watcher in watchers {
            watcher(&recorded);
        }
        for hook in hooks {
            self.change(|account| hook(&recorded, account));
        }
        visit
    }

    fn answer(&self, request: &Request, visit: &Visit) -> Reply {
        if let Some(reply) = visit.fault.as_ref().and_then(FaultKind::instead) {
            return reply;
        }
        let account = self.0.account.read().expect("no thread panicked");
        let correlation = request
            .header("x-requestid")
            .map_or_else(|| format!("c-{}", visit.number), ToString::to_string);
        let answer = match visit.refuse(request, &account.id, &correlation) {
            Some(refusal) => refusal,
            None => self.answer_route(request, visit, &account, correlation),
        };
        let rewrites = visit.rewrites.iter();
        let answer = rewrites.fold(answer, |answer, rewrite| rewrite.apply(answer));
        match &visit.fault {
            Some(fault) => fault.spoil(answer),
            None => Reply::Http(answer),
        }
    }

    fn answer_route(
        &self,
        request: &Request,
        visit: &Visit,
        account: &Account,
        correlation: String,
    ) -> Answer {
        let access = self.access(account, visit);
        let trail = self.0.trail.read().expect("no thread panicked");
        let context = Context {
            account,
            access: &access,
            caller: &visit.caller,
            switches: &visit.switches,
            trail: &trail,
            indexes: &self.0.indexes,
            query: visit.query.clone(),
            scope: visit.scope.clone(),
            body: serde_json::from_slice(&request.body).unwrap_or_default(),
            correlation,
            generation: visit.generation,
            bend: visit
                .fault
                .as_ref()
                .map_or(Bend::default(), |fault| fault.bend(visit.number)),
            random: RefCell::new(Random::new(visit.seed)),
        };
        visit.route.answer(&context)
    }

    fn access(&self, account: &Account, visit: &Visit) -> Arc<Access> {
        let mut known = self.0.access.lock().expect("no thread panicked");
        if let Some((_, access)) = known
            .as_ref()
            .filter(|(generation, _)| *generation == visit.generation)
        {
            return access.clone();
        }
        let access = Arc::new(if visit.switches.access_control {
            let grants = visit.caller.grants(account);
            Access::new(account, &grants, &visit.narrowings, &visit.switches)
        } else {
            Access::unchecked()
        });
        *known = Some((visit.generation, access.clone()));
        access
    }
}

impl Settings {
    fn record(&mut self, request: &Request, route: &Route, account: &str) -> Recorded {
        let query = request.query();
        let key = request.header("x-api-key");
        let recorded = Recorded {
            number: self.served,
            method: request.method.clone(),
            path: request.path().into(),
            scope: Scope::from_identifiers(
                query.get("orgIdentifier"),
                query.get("projectIdentifier"),
            ),
            query,
            body: String::from_utf8_lossy(&request.body).into_owned(),
            had_key: key.is_some(),
            key_ok: key.is_some_and(|key| self.caller.owns(key, account)),
            is_write: route.is_write(),
            at: (self.clock)(),
            status: None,
        };
        if self.switches.log {
            self.requests.push(recorded.clone());
        }
        recorded
    }

    fn is_admitted(&mut self, request: &Request, now: Duration) -> bool {
        let key = request.header("x-api-key").unwrap_or_default();
        let limit = self.switches.requests_per_minute;
        limit.is_none_or(|limit| self.rate.admits(key, now, limit))
    }
}

/// One request on its way, with the settings as they were when it came.
struct Visit {
    route: Route,
    query: Query,
    scope: Scope,
    number: u64,
    seed: u64,
    fault: Option<FaultKind>,
    rewrites: Vec<Rewrite>,
    generation: u64,
    caller: Caller,
    switches: Switches,
    narrowings: Vec<Narrowing>,
}

impl Visit {
    /// The checks that come before any list, in Harness's order.
    fn refuse(&self, request: &Request, account: &str, correlation: &str) -> Option<Answer> {
        if self.switches.gateway_only && !request.target.starts_with("/gateway/") {
            let page = "<!DOCTYPE html><html><body>404 Not Found</body></html>";
            return Some(Answer::new(404, "text/html", page));
        }
        match self.route {
            Route::Unknown => {
                return Some(shapes::not_found(400, "HTTP 404 Not Found", correlation));
            }
            Route::WrongMethod => {
                return Some(shapes::not_found(
                    405,
                    "HTTP 405 Method Not Allowed",
                    correlation,
                ));
            }
            _ => {}
        }
        if self.switches.caller_disabled {
            return Some(shapes::general_error(403, "ACCESS_DENIED", "Access denied"));
        }
        let content_type = request.header("content-type").unwrap_or_default();
        let takes_json = request.method == "POST" && request.path() != router::TOKEN_VALIDATION;
        if takes_json && !content_type.starts_with("application/json") {
            let message = "HTTP 415 Unsupported Media Type";
            return Some(shapes::general_error(415, "MEDIA_NOT_SUPPORTED", message));
        }
        let Some(key) = request.header("x-api-key") else {
            return Some(shapes::invalid_token());
        };
        let in_query = self.query.get("accountIdentifier");
        let in_header = request.header("harness-account");
        let elsewhere = || {
            let in_query = self.query.get("account").or(in_query);
            in_query.or_else(|| self.route.account())
        };
        let wants_header = request.path().starts_with("/v1/");
        let named = in_header.or_else(|| (!wants_header).then(elsewhere)?);
        let Some(named) = named else {
            let message = "Invalid request: Account detail is not present in the request";
            return Some(shapes::general_error(400, "INVALID_REQUEST", message));
        };
        let elsewhere = named != account || in_query.is_some_and(|other| other != account);
        (elsewhere || !self.caller.owns(key, account)).then(shapes::invalid_token)
    }
}
