//! What goes wrong: an answer in place of the account's, a page cut otherwise, an answer spoilt.

use std::time::Duration;

use serde_json::{Value, json};

use super::rewrite::Rewrite;
use crate::http::{Answer, Reply};
use crate::paging::Bend;
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
    /// The account's answer, changed on the way.
    Rewritten(Rewrite),
}

impl FaultKind {
    /// Whether it only changes the account's answer, and others may do so too.
    pub(crate) fn is_rewrite(&self) -> bool {
        matches!(self, Self::Rewritten(_))
    }

    /// Nothing to bend or spoil in a bare array.
    pub(crate) fn needs_pages(&self) -> bool {
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

    pub(crate) fn needs_a_page_before(&self) -> bool {
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
            Self::Rewritten(rewrite) => Reply::Http(rewrite.apply(answer)),
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
