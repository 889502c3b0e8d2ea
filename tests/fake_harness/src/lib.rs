//! A Harness that exists only in this process: the routes a read-only client needs, over an account that tests can
//! change, with permissions, faults and a rate limit on demand.
//!
//! `FakeHarness::handle` answers a request without a socket; `FakeHarness::serve` does so over loopback HTTP.
//! Where the real Harness is lenient or known to differ between versions, this one is as strict as the strictest,
//! and `Switches` loosen it.

#![allow(
    clippy::missing_panics_doc,
    reason = "a test that misuses the fake is told so by a panic"
)]
#![allow(
    clippy::must_use_candidate,
    reason = "a test that asks and forgets the answer harms nobody"
)]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a fake account has few rows"
)]
#![allow(
    missing_docs,
    reason = "rows and orders are named as Harness names them"
)]

mod access;
mod account;
mod caller;
mod context;
#[cfg(feature = "process")]
mod control;
mod deviation;
mod faults;
mod http;
mod index;
mod lists;
mod log;
mod paging;
mod random;
mod rate;
pub mod router;
mod scope;
mod server;
mod shapes;
mod switches;
mod text;
mod trail;
mod visit;

use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};

pub use access::{Grant, Narrowing};
pub use account::{
    ACCOUNT_ID, Account, ApiKey, AttributeFilter, GenerateSpec, Grantee, Group, IncludedScope,
    Organization, Principal, Project, ResourceFilter, ResourceGroup, ResourceSelector, Role,
    RoleAssignment, RoleReference, ServiceAccount, SsoLink, Times, Token, User, next_day,
};
pub use caller::{Caller, EIGHT_VIEWS};
pub use deviation::Deviation;
pub use faults::{Fault, FaultHandle, FaultKind, HowOften, Rewrite};
pub use http::{Answer, Query, Reply, Request};
pub use log::Recorded;
pub use random::Random;
pub use scope::Scope;
pub use server::Server;
pub use switches::Switches;
pub use text::Text;
pub use trail::{Actor, By, Event};

use access::Access;
use faults::Faults;
use index::Indexes;
use rate::RateLimiter;
use trail::Trail;

/// The secret part of every key: recognisable, so that a test can look for it where it must not be. All secrets of
/// the demo account start with `SECRET`, too.
pub const SECRET: &str = "SECRETkeyDoNotLeak";
const TOKEN: &str = "tokenIdAAAAAAAAAAAAAA.SECRETkeyDoNotLeak";

type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;
type Watcher = Arc<dyn Fn(&Recorded) + Send + Sync>;
type Hook = Arc<dyn Fn(&Recorded, &mut Account) + Send + Sync>;

/// Cheap to clone; all clones are the same server.
#[derive(Clone)]
pub struct FakeHarness(Arc<Shared>);

struct Shared {
    account: RwLock<Account>,
    indexes: Indexes,
    /// With the generation of the settings it was made from.
    access: Mutex<Option<(u64, Arc<Access>)>>,
    settings: Mutex<Settings>,
    trail: RwLock<Trail>,
}

struct Settings {
    caller: Caller,
    narrowings: Vec<Narrowing>,
    switches: Switches,
    faults: Faults,
    watchers: Vec<Watcher>,
    hooks: Vec<Hook>,
    clock: Clock,
    rate: RateLimiter,
    requests: Vec<Recorded>,
    served: u64,
    generation: u64,
    random: Random,
}

/// Makes the first look of a file a day older, for those who cannot wait a day for the second one.
pub const A_DAY_BACK: &str =
    "UPDATE _snapshot SET started_at = strftime('%Y-%m-%dT%H:%M:%fZ', started_at, '-1 day'),
       finished_at = strftime('%Y-%m-%dT%H:%M:%fZ', finished_at, '-1 day');
     UPDATE _audit_window SET starts = starts - 86400000, ends = ends - 86400000;
     DELETE FROM _seal;"; // without these the next sync seals everything anew

impl FakeHarness {
    pub fn new(account: Account) -> Self {
        let start = Instant::now();
        let settings = Settings {
            caller: Caller::default(),
            narrowings: Vec::new(),
            switches: Switches::default(),
            faults: Faults::default(),
            watchers: Vec::new(),
            hooks: Vec::new(),
            clock: Arc::new(move || start.elapsed()),
            rate: RateLimiter::default(),
            requests: Vec::new(),
            served: 0,
            generation: 0,
            random: Random::new(1),
        };
        Self(Arc::new(Shared {
            account: RwLock::new(account),
            indexes: Indexes::default(),
            access: Mutex::new(None),
            settings: Mutex::new(settings),
            trail: RwLock::default(),
        }))
    }

    /// Serves `fixtures/account.json`.
    pub fn demo() -> Self {
        Self::new(Account::demo())
    }

    pub fn account_id(&self) -> String {
        self.0
            .account
            .read()
            .expect("no thread panicked")
            .id
            .clone()
    }

    /// The caller's key: a service account's, or a personal one when the caller is a user.
    pub fn api_key(&self) -> String {
        let prefix = self
            .0
            .settings
            .lock()
            .expect("no thread panicked")
            .caller
            .key_prefix();
        format!("{prefix}.{}.{TOKEN}", self.account_id())
    }

    /// The caller's key in the old format, which does not name the account.
    pub fn legacy_api_key(&self) -> String {
        let prefix = self
            .0
            .settings
            .lock()
            .expect("no thread panicked")
            .caller
            .key_prefix();
        format!("{prefix}.{TOKEN}")
    }

    /// A copy of the account as it is now.
    pub fn account(&self) -> Account {
        self.0.account.read().expect("no thread panicked").clone()
    }

    /// Looks at the account without copying it.
    pub fn look<R>(&self, look: impl FnOnce(&Account) -> R) -> R {
        look(&self.0.account.read().expect("no thread panicked"))
    }

    /// Changes the account as Harness itself does, now.
    pub fn change<R>(&self, change: impl FnOnce(&mut Account) -> R) -> R {
        self.change_and(change, |before, after, trail| {
            trail.follow(before, after, &By::system());
        })
    }

    /// Changes the account as somebody. Role assignments that it makes are created at that time.
    pub fn change_by<R>(&self, by: By, change: impl FnOnce(&mut Account) -> R) -> R {
        self.change_and(change, |before, after, trail| {
            trail::stamp(before, after, by.time(trail));
            trail.follow(before, after, &by);
        })
    }

    fn change_and<R>(
        &self,
        change: impl FnOnce(&mut Account) -> R,
        record: impl FnOnce(&Account, &mut Account, &mut Trail),
    ) -> R {
        let follows = self
            .0
            .settings
            .lock()
            .expect("no thread panicked")
            .switches
            .audit_trail;
        let mut account = self.0.account.write().expect("no thread panicked");
        let before = follows.then(|| account.clone());
        let result = change(&mut account);
        if let Some(before) = before {
            let mut trail = self.0.trail.write().expect("no thread panicked");
            record(&before, &mut account, &mut trail);
        }
        // Under the lock: whoever answers from the account holds it, too, and must not remember an old order.
        self.0.indexes.clear();
        *self.0.access.lock().expect("no thread panicked") = None;
        result
    }

    /// The next day of the demo account, each step by whoever makes it, `step` milliseconds after the one before; the
    /// first at `from`, in epoch milliseconds.
    pub fn next_day_by_whom(&self, from: i64, step: i64) {
        let steps = account::next_day_by_whom().into_iter();
        for (at, (by, change)) in (0..).map(|number| from + number * step).zip(steps) {
            self.change_by(by.at(at), change);
        }
    }

    /// Somebody signs in at this time, in epoch milliseconds.
    pub fn sign_in(&self, uuid: &str, at: i64) {
        self.sign_in_by("LOGIN", uuid, at);
    }

    /// As `sign_in`, with another action: `LOGIN2FA`, `UNSUCCESSFUL_LOGIN`.
    pub fn sign_in_by(&self, action: &str, uuid: &str, at: i64) {
        let account = self.0.account.read().expect("no thread panicked");
        let mut trail = self.0.trail.write().expect("no thread panicked");
        trail.sign_in(&account, uuid, action, at);
    }

    /// Adds any event; its identifier is made up.
    pub fn record(&self, event: Event) {
        let mut trail = self.0.trail.write().expect("no thread panicked");
        trail.add(event);
    }

    /// Sets the clock of the audit trail, in epoch milliseconds.
    pub fn trail_time(&self, now: i64) {
        self.0.trail.write().expect("no thread panicked").clock = Some(now);
    }

    /// Makes every event so many milliseconds older, as if that time had passed.
    pub fn age_events(&self, by: i64) {
        let mut trail = self.0.trail.write().expect("no thread panicked");
        for event in &mut trail.events {
            event.at -= by;
            event.published_at -= by;
        }
    }

    /// Every event so far, those that no list shows yet too.
    pub fn events(&self) -> Vec<Event> {
        let trail = self.0.trail.read().expect("no thread panicked");
        trail.events.clone()
    }

    pub fn caller(&self, caller: Caller) {
        self.settings(|settings| settings.caller = caller);
    }

    /// Takes one permission away at one scope: the blanket one and on every item.
    pub fn deny(&self, permission: &str, scope: &Scope) {
        self.only_named(permission, scope, &[]);
    }

    /// Leaves one permission at one scope on these items only: the silent subsets.
    pub fn only_named(&self, permission: &str, scope: &Scope, only: &[&str]) {
        let only = only.iter().map(|&identifier| identifier.into()).collect();
        let narrowing = Narrowing {
            permission: permission.into(),
            scope: scope.clone(),
            only,
        };
        self.settings(|settings| settings.narrowings.push(narrowing));
    }

    /// Takes back every `deny` and `only_named`.
    pub fn allow_all(&self) {
        self.settings(|settings| settings.narrowings.clear());
    }

    pub fn switch<R>(&self, switch: impl FnOnce(&mut Switches) -> R) -> R {
        let result = self.settings(|settings| switch(&mut settings.switches));
        self.0.indexes.clear();
        result
    }

    pub fn fault(&self, fault: Fault) -> FaultHandle {
        self.settings(|settings| settings.faults.add(fault))
    }

    pub fn clear_faults(&self) {
        self.settings(|settings| settings.faults.clear());
    }

    /// Runs before each request is answered, after it was recorded. It may change the account, which makes the fake
    /// forget its sorted lists, and must not call `change`.
    pub fn on_request(&self, hook: impl Fn(&Recorded, &mut Account) + Send + Sync + 'static) {
        self.settings(|settings| settings.hooks.push(Arc::new(hook)));
    }

    /// Runs before each request is answered, after it was recorded. It may change caller, permissions, switches and
    /// faults, which holds from the next request on.
    pub fn watch(&self, watcher: impl Fn(&Recorded) + Send + Sync + 'static) {
        self.settings(|settings| settings.watchers.push(Arc::new(watcher)));
    }

    /// Takes back every `on_request` and `watch`.
    pub fn clear_hooks(&self) {
        self.settings(|settings| {
            settings.watchers.clear();
            settings.hooks.clear();
        });
    }

    /// Time as the rate limiter and the request log see it.
    pub fn clock(&self, clock: impl Fn() -> Duration + Send + Sync + 'static) {
        self.settings(|settings| settings.clock = Arc::new(clock));
    }

    pub fn requests(&self) -> Vec<Recorded> {
        self.0
            .settings
            .lock()
            .expect("no thread panicked")
            .requests
            .clone()
    }

    pub fn forget_requests(&self) {
        self.0
            .settings
            .lock()
            .expect("no thread panicked")
            .requests
            .clear();
    }

    /// Recorded requests on a route: its whole path when it starts with a slash, else a part of it.
    pub fn count(&self, route: &str) -> usize {
        self.0
            .settings
            .lock()
            .expect("no thread panicked")
            .requests
            .iter()
            .filter(|request| request.is_on(route))
            .count()
    }

    /// Requests that would have changed the account.
    pub fn writes(&self) -> Vec<Recorded> {
        self.requests()
            .into_iter()
            .filter(|request| request.is_write)
            .collect()
    }

    /// How many requests came since the start, recorded or not.
    pub fn served(&self) -> u64 {
        self.0.settings.lock().expect("no thread panicked").served
    }

    /// Serves over loopback, on a free port.
    pub fn serve(&self) -> Server {
        self.serve_on(0).expect("loopback has a free port")
    }

    /// Serves over loopback, on this port.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn serve_on(&self, port: u16) -> std::io::Result<Server> {
        Server::start(self.clone(), port)
    }

    fn latency(&self) -> Duration {
        self.0
            .settings
            .lock()
            .expect("no thread panicked")
            .switches
            .latency
    }

    fn settings<R>(&self, change: impl FnOnce(&mut Settings) -> R) -> R {
        let mut settings = self.0.settings.lock().expect("no thread panicked");
        settings.generation += 1;
        change(&mut settings)
    }
}
