//! What can go wrong between the client and the account, on demand.

mod kind;
mod rewrite;

pub use kind::FaultKind;
pub use rewrite::Rewrite;

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::http::Request;
use crate::router;
use crate::scope::Scope;

#[derive(Clone, Copy, Debug)]
pub enum HowOften {
    Once,
    Times(usize),
    Forever,
    /// Each nth request that fits, but none twice in a row: tries of several workers come in any order, and the one that
    /// always came nth would fail for good.
    Every(usize),
}

/// Where and how often something goes wrong.
#[derive(Clone, Debug)]
pub struct Fault {
    route: String,
    scope: Option<Scope>,
    page: Option<u64>,
    nth: usize,
    times: HowOften,
    asking: Option<&'static str>,
    saying: Option<&'static str>,
    larger_than: Option<u64>,
    kind: FaultKind,
}

impl Fault {
    /// On every request of a route: its whole path when `route` starts with a slash, else a part of it.
    pub fn on(route: &str, kind: FaultKind) -> Self {
        Self {
            route: route.into(),
            scope: None,
            page: None,
            nth: 1,
            times: HowOften::Forever,
            asking: None,
            saying: None,
            larger_than: None,
            kind,
        }
    }

    /// On every request.
    pub fn everywhere(kind: FaultKind) -> Self {
        Self::on("", kind)
    }

    /// Only in this scope, as the query names it.
    #[must_use]
    pub fn at(mut self, scope: &Scope) -> Self {
        self.scope = Some(scope.clone());
        self
    }

    /// Only on that page, counted from 0.
    #[must_use]
    pub fn page(mut self, page: u64) -> Self {
        self.page = Some(page);
        self
    }

    /// Only when the query has this parameter.
    #[must_use]
    pub fn asking(mut self, parameter: &'static str) -> Self {
        self.asking = Some(parameter);
        self
    }

    /// Only when the body contains this.
    #[must_use]
    pub fn saying(mut self, text: &'static str) -> Self {
        self.saying = Some(text);
        self
    }

    /// Only for pages of more rows than this.
    #[must_use]
    pub fn larger_than(mut self, rows: u64) -> Self {
        self.larger_than = Some(rows);
        self
    }

    /// Not before the nth request that fits, counted from 1.
    #[must_use]
    pub fn nth(mut self, nth: usize) -> Self {
        self.nth = nth;
        self
    }

    #[must_use]
    pub fn once(self) -> Self {
        self.times(HowOften::Once)
    }

    #[must_use]
    pub fn times(mut self, times: HowOften) -> Self {
        self.times = times;
        self
    }

    fn fits(&self, request: &Request, scope: &Scope) -> bool {
        let path = request.path();
        let on_route = if self.route.starts_with('/') {
            path == self.route
        } else {
            path.contains(&self.route)
        };
        let query = request.query();
        let number = |name: &str| query.get(name).and_then(|text| text.parse::<u64>().ok());
        let page = number("pageIndex").unwrap_or(0);
        let has_size = |rows: u64| number("pageSize").is_some_and(|size| size > rows);
        let says = |text: &str| String::from_utf8_lossy(&request.body).contains(text);
        let shows = (page > 0 || !self.kind.needs_a_page_before())
            && (router::is_paged(path) || !self.kind.needs_pages());
        on_route
            && shows
            && self.scope.as_ref().is_none_or(|own| own == scope)
            && self.page.is_none_or(|own| own == page)
            && self.asking.is_none_or(|name| query.get(name).is_some())
            && self.saying.is_none_or(says)
            && self.larger_than.is_none_or(has_size)
    }
}

/// Tells how often a fault has fired.
#[derive(Clone, Debug)]
pub struct FaultHandle(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    fitting: AtomicUsize,
    fired: AtomicUsize,
    /// What failed when it was asked last.
    failed: Mutex<HashSet<(String, Vec<u8>)>>,
}

impl FaultHandle {
    pub fn fired(&self) -> usize {
        self.0.fired.load(Ordering::SeqCst)
    }
}

/// The faults that are set up; the first that fits a request fires.
#[derive(Default)]
pub(crate) struct Faults(Vec<(Fault, Arc<Counts>)>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) -> FaultHandle {
        let counts = Arc::new(Counts::default());
        self.0.push((fault, counts.clone()));
        FaultHandle(counts)
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// What happens to a request: the first fault that is not just another way to write the answer, and all that are.
    pub(crate) fn fire(&self, request: &Request, scope: &Scope) -> Fired {
        let mut fired = Fired::default();
        for (fault, counts) in &self.0 {
            let is_rewrite = fault.kind.is_rewrite();
            if !fault.fits(request, scope)
                || !is_rewrite && fired.fault.is_some()
                || !counts.is_due(fault, request)
            {
                continue;
            }
            match &fault.kind {
                FaultKind::Rewritten(rewrite) => fired.rewrites.push(rewrite.clone()),
                kind => fired.fault = Some(kind.clone()),
            }
        }
        fired
    }
}

/// What happens to one request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fired {
    pub(crate) fault: Option<FaultKind>,
    pub(crate) rewrites: Vec<Rewrite>,
}

impl Counts {
    /// Counts a request that fits, and whether the fault happens to it.
    fn is_due(&self, fault: &Fault, request: &Request) -> bool {
        let number = self.fitting.fetch_add(1, Ordering::SeqCst) + 1;
        let fired = self.fired.load(Ordering::SeqCst);
        let is_due = number >= fault.nth
            && match fault.times {
                HowOften::Once => fired < 1,
                HowOften::Times(times) => fired < times,
                HowOften::Forever => true,
                HowOften::Every(nth) => {
                    let asked = (request.target.clone(), request.body.clone());
                    let mut failed = self.failed.lock().expect("no thread panicked");
                    !failed.remove(&asked) && number.is_multiple_of(nth) && failed.insert(asked)
                }
            };
        if is_due {
            self.fired.fetch_add(1, Ordering::SeqCst);
        }
        is_due
    }
}
