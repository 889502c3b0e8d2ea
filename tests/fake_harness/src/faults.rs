//! What can go wrong between the client and the account, on demand.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::http::{Answer, Reply, Request};
use crate::paging::Bend;
use crate::router;
use crate::scope::Scope;
use crate::shapes;

#[derive(Clone, Debug)]
pub enum FaultKind {
    /// 429 from the edge, HTML as it comes.
    TooManyRequestsHtml,
    /// 429 with this `Retry-After`: seconds or an HTTP date.
    TooManyRequestsRetryAfter(String),
    /// 400 with the code of that name: Harness's own mapping.
    TooManyRequestsAs400,
    /// 401 `INVALID_TOKEN`, which also covers a failure inside Harness while it looks at the key.
    Unauthorized,
    InternalError,
    BadGatewayHtml,
    /// 503 as plain text, with `Retry-After` when there is one.
    Unavailable(Option<String>),
    GatewayTimeout,
    /// 200 with a login page.
    LoginHtml,
    /// 200 with a script that goes to the login page.
    LoginRedirectScript,
    /// 200 without a body.
    EmptyBody,
    /// 200 with `status: "ERROR"`.
    StatusError,
    /// 200 with a page that is no page.
    DataNull,
    /// 400 without code or status at the top.
    BareEnvelope,
    /// A redirect to this URL.
    Redirect(u16, String),
    /// 403 as for a missing permission.
    AccessDenied,
    /// Any other answer.
    Answer(Answer),
    /// Half of the JSON, with the content length of that half.
    CutJson,
    /// The content length of the whole body, half of it, then the end of the connection.
    TruncatedBody,
    /// The connection closes without an answer.
    Reset,
    Stall,
    StalledBody,
    SlowBody {
        piece: usize,
        pause: Duration,
    },
    /// Not compressed, though it says so.
    GarbageGzip,
    /// A row came before this page: its first row was on the page before. Never fires on page 0.
    RowInserted,
    /// A row went away before this page: one row is never shown. Never fires on page 0.
    RowDeleted,
    /// As `RowDeleted`, but another row came at the end, so that the total stays.
    RowReplaced,
    /// Another total on every answer.
    TotalChanging,
    /// The rows of the page before, again. Never fires on page 0.
    PageRepeated,
    /// Pages without an end.
    Endless,
    /// More pages promised than there are; those beyond the end are empty.
    TooManyPages,
    /// More rows than asked for.
    LongPage,
    NegativeTotals,
    PageSizeZero,
    /// Rows of a scope that was not asked for.
    ForeignRows,
    /// Rows that are no rows.
    GarbageRows,
}

#[derive(Clone, Copy, Debug)]
pub enum HowOften {
    Once,
    Times(usize),
    Forever,
}

/// Where and how often something goes wrong.
#[derive(Clone, Debug)]
pub struct Fault {
    route: String,
    scope: Option<Scope>,
    page: Option<u64>,
    nth: usize,
    times: HowOften,
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
        let page: u64 = request
            .query()
            .get("pageIndex")
            .and_then(|page| page.parse().ok())
            .unwrap_or(0);
        let shows = (page > 0 || !self.kind.needs_a_page_before())
            && (router::is_paged(path) || !self.kind.needs_pages());
        on_route
            && shows
            && self.scope.as_ref().is_none_or(|own| own == scope)
            && self.page.is_none_or(|own| own == page)
    }
}

/// Tells how often a fault has fired.
#[derive(Clone, Debug)]
pub struct FaultHandle(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    fitting: AtomicUsize,
    fired: AtomicUsize,
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

    pub(crate) fn fire(&self, request: &Request, scope: &Scope) -> Option<FaultKind> {
        self.0.iter().find_map(|(fault, counts)| {
            if !fault.fits(request, scope)
                || counts.fitting.fetch_add(1, Ordering::SeqCst) + 1 < fault.nth
            {
                return None;
            }
            let most = match fault.times {
                HowOften::Once => 1,
                HowOften::Times(times) => times,
                HowOften::Forever => usize::MAX,
            };
            if counts.fired.load(Ordering::SeqCst) >= most {
                return None;
            }
            counts.fired.fetch_add(1, Ordering::SeqCst);
            Some(fault.kind.clone())
        })
    }
}

impl FaultKind {
    /// Nothing to bend or spoil in a bare array.
    fn needs_pages(&self) -> bool {
        self.needs_a_page_before()
            || matches!(
                self,
                Self::TotalChanging
                    | Self::Endless
                    | Self::TooManyPages
                    | Self::LongPage
                    | Self::NegativeTotals
                    | Self::PageSizeZero
            )
    }

    fn needs_a_page_before(&self) -> bool {
        matches!(
            self,
            Self::RowInserted | Self::RowDeleted | Self::RowReplaced | Self::PageRepeated
        )
    }

    /// How the page's window is bent; `nonce` makes totals change.
    pub fn bend(&self, nonce: u64) -> Bend {
        let plain = Bend::default();
        match self {
            Self::RowInserted => Bend {
                shift: -1,
                total: 1,
                ..plain
            },
            Self::RowDeleted => Bend {
                shift: 1,
                total: -1,
                ..plain
            },
            Self::RowReplaced => Bend { shift: 1, ..plain },
            Self::TotalChanging => Bend {
                total: 1 + (nonce % 1_000) as i64,
                ..plain
            },
            Self::PageRepeated => Bend {
                previous_page: true,
                ..plain
            },
            Self::Endless => Bend {
                endless: true,
                ..plain
            },
            _ => plain,
        }
    }

    /// The answer that comes instead of the account's, before anything else is looked at.
    pub fn instead(&self) -> Option<Reply> {
        let html = |status: u16, text: &str| {
            let page = format!(
                "<!DOCTYPE html><html><head><title>{text}</title></head><body>{text}</body></html>"
            );
            Answer::new(status, "text/html", page)
        };
        let answer = match self {
            Self::TooManyRequestsHtml => html(429, "Too Many Requests"),
            Self::TooManyRequestsRetryAfter(after) => {
                html(429, "Too Many Requests").with_header("retry-after", after)
            }
            Self::TooManyRequestsAs400 => {
                shapes::general_error(400, "TOO_MANY_REQUESTS", "Too many requests")
            }
            Self::Unauthorized => shapes::invalid_token(),
            Self::InternalError => shapes::unknown_error(),
            Self::BadGatewayHtml => html(502, "Bad Gateway"),
            Self::Unavailable(after) => {
                let answer = Answer::new(
                    503,
                    "text/plain",
                    "upstream connect error or disconnect/reset before headers",
                );
                match after {
                    Some(after) => answer.with_header("retry-after", after),
                    None => answer,
                }
            }
            Self::GatewayTimeout => html(504, "Gateway Time-out"),
            Self::LoginHtml => html(200, "Sign in to Harness"),
            Self::LoginRedirectScript => {
                let script = "window.location = signInPath + '?redirectPage=' + encodeURIComponent(location.href);";
                Answer::new(200, "application/javascript", script)
            }
            Self::EmptyBody => Answer::new(200, "application/json", ""),
            Self::StatusError => Answer::json(
                200,
                &json!({
                    "status": "ERROR", "code": "UNKNOWN_ERROR", "message": "Oops, something went wrong on our end.",
                    "data": null, "metaData": null, "correlationId": null, "responseMessages": []
                }),
            ),
            Self::DataNull => Answer::json(
                200,
                &json!({"status": "SUCCESS", "data": null, "metaData": null, "correlationId": null}),
            ),
            Self::BareEnvelope => {
                shapes::invalid_argument("roleFilter: size must be between 0 and 100")
            }
            Self::Redirect(status, to) => html(*status, "Moved").with_header("location", to),
            Self::AccessDenied => shapes::general_error(403, "NG_ACCESS_DENIED", "Access denied"),
            Self::Answer(answer) => answer.clone(),
            Self::Reset => return Some(Reply::Reset),
            Self::Stall => return Some(Reply::Stall),
            _ => return None,
        };
        Some(Reply::Http(answer))
    }

    /// What becomes of the account's answer.
    pub fn spoil(&self, answer: Answer) -> Reply {
        let half = answer.body.len() / 2;
        match self {
            Self::CutJson => Reply::Http(Answer {
                body: answer.body[..half].to_vec(),
                ..answer
            }),
            Self::TruncatedBody => Reply::Truncated { answer, sent: half },
            Self::StalledBody => Reply::StalledBody(answer),
            Self::SlowBody { piece, pause } => Reply::SlowBody {
                answer,
                piece: *piece,
                pause: *pause,
            },
            Self::GarbageGzip => Reply::Http(answer.with_header("content-encoding", "gzip")),
            Self::TooManyPages
            | Self::LongPage
            | Self::NegativeTotals
            | Self::PageSizeZero
            | Self::ForeignRows
            | Self::GarbageRows => {
                let mut value = answer.value();
                self.spoil_page(&mut value["data"]);
                Reply::Http(Answer {
                    body: value.to_string().into_bytes(),
                    ..answer
                })
            }
            _ => Reply::Http(answer),
        }
    }

    /// A page or a bare array.
    fn spoil_page(&self, data: &mut Value) {
        match self {
            Self::NegativeTotals if data.is_object() => {
                data["totalItems"] = json!(-1);
                data["totalPages"] = json!(-1);
            }
            Self::TooManyPages if data.is_object() => data["totalPages"] = json!(1_000_000),
            Self::PageSizeZero if data.is_object() => data["pageSize"] = json!(0),
            _ => {
                let size = data["pageSize"].as_u64().unwrap_or(0) as usize;
                let rows = if data.is_array() {
                    data.as_array_mut()
                } else {
                    data["content"].as_array_mut()
                };
                let Some(rows) = rows else { return };
                match self {
                    Self::LongPage => {
                        let filler = rows.last().cloned().unwrap_or_else(|| json!({}));
                        rows.resize(rows.len().max(size) + 1, filler);
                    }
                    Self::ForeignRows => rows.iter_mut().for_each(move_elsewhere),
                    Self::GarbageRows => rows
                        .iter_mut()
                        .for_each(|row| *row = json!([17, null, "not a row"])),
                    _ => {}
                }
            }
        }
    }
}

/// Rewrites every scope in a row to an organization and project that were not asked for.
fn move_elsewhere(row: &mut Value) {
    match row {
        Value::Object(fields) => {
            if fields.contains_key("accountIdentifier") || fields.contains_key("orgIdentifier") {
                fields.insert("orgIdentifier".into(), json!("elsewhere"));
                fields.insert("projectIdentifier".into(), json!("elsewhere"));
            }
            fields.values_mut().for_each(move_elsewhere);
        }
        Value::Array(items) => items.iter_mut().for_each(move_elsewhere),
        _ => {}
    }
}
