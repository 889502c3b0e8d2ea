//! Reads a list page by page and proves that it is whole.
//!
//! Harness pages by skipping and counting on a living collection: a row inserted or deleted between two pages shifts
//! all that follow, and the total is counted anew for every page. So a walk counts as whole only when the rows seen
//! are as many as the total says, the total stayed the same from page to page, and no row came twice. Otherwise the
//! list is walked again.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, DefaultHasher, Hasher as _, RandomState};

use super::envelope::Page;
use super::walked::{RowSink, Walked};
use crate::api::call::{CallSite, PAGE_SIZE, Reply};
use crate::api::error::{ApiError, ApiErrorKind};

/// Walks beyond the first before a list is given up as inconsistent.
pub const MAX_REWALKS: u32 = 3;

/// Memory is reserved for at most this many rows, whatever total the server reports.
const MOST_EXPECTED: u64 = 1 << 20;

/// Why one walk is not the list.
enum Trouble {
    /// The call failed for good.
    Api(ApiError),
    /// The pages do not fit together; another walk may help.
    Contradiction(u64, String),
    /// Another walk cannot help.
    Impossible(u64, String),
}

/// Walks a list from page 0 to its end.
///
/// `fetch` gets one page of [`PAGE_SIZE`] rows by its index. `key` feeds what identifies a row within this list into
/// the hasher; two rows with the same key are one row seen twice. `site` is for messages.
///
/// # Errors
/// What `fetch` fails with; [`ApiErrorKind::Inconsistent`] after [`MAX_REWALKS`] further walks;
/// [`ApiErrorKind::Impossible`] for responses that no change in the account explains.
pub fn walk<T>(
    site: &CallSite,
    mut fetch: impl FnMut(u64) -> Result<Reply<Page<T>>, ApiError>,
    key: impl Fn(&T, &mut DefaultHasher),
    sink: &mut impl RowSink<T>,
) -> Result<Walked, ApiError> {
    let mut walked = Walked::default();
    loop {
        let (page, kind) = match walk_once(&mut fetch, &key, sink, &mut walked) {
            Ok(()) => return Ok(walked),
            Err(Trouble::Api(mut error)) => {
                walked.count(error.attempts);
                error.walked = Some(Box::new(walked));
                return Err(error);
            }
            Err(Trouble::Contradiction(page, reason)) if walked.rewalks < MAX_REWALKS => {
                log::info!("{site}, page {page}: {reason}; reading the list again");
                walked.rewalks += 1;
                sink.restart();
                continue;
            }
            Err(Trouble::Contradiction(page, reason)) => {
                let walks = walked.rewalks + 1;
                (page, ApiErrorKind::Inconsistent { reason, walks })
            }
            Err(Trouble::Impossible(page, reason)) => (page, ApiErrorKind::Impossible { reason }),
        };
        let mut error = ApiError::new(site.clone(), 1, kind);
        error.site.page = Some(page);
        error.walked = Some(Box::new(walked));
        return Err(error);
    }
}

fn walk_once<T>(
    fetch: &mut impl FnMut(u64) -> Result<Reply<Page<T>>, ApiError>,
    key: &impl Fn(&T, &mut DefaultHasher),
    sink: &mut impl RowSink<T>,
    walked: &mut Walked,
) -> Result<(), Trouble> {
    let keyed = RandomState::new(); // new for each walk, so no crafted names collide
    let mut seen = HashSet::new();
    let mut index = 0;
    (walked.rows, walked.pages, walked.reported_total) = (0, 0, 0);
    loop {
        let reply = fetch(index).map_err(Trouble::Api)?;
        walked.count(reply.attempts);
        let page = Checked::new(index, &reply.data)?;
        if index == 0 {
            let expected = page.total_items.min(MOST_EXPECTED) as usize;
            seen.reserve(expected);
            sink.expect(expected);
            walked.reported_total = page.total_items;
            walked.filtered_to_nothing = page.filtered_to_nothing;
        } else if page.total_items != walked.reported_total {
            let reason = format!(
                "the total changed from {} to {} while the list was read",
                walked.reported_total, page.total_items
            );
            return Err(Trouble::Contradiction(index, reason));
        }
        for row in &reply.data.content {
            let mut hasher = keyed.build_hasher();
            key(row, &mut hasher);
            if !seen.insert(hasher.finish()) {
                let reason = "a row was received twice".to_owned();
                return Err(Trouble::Contradiction(index, reason));
            }
        }
        let rows = reply.data.content;
        let is_empty = rows.is_empty();
        walked.rows += rows.len() as u64;
        walked.pages += 1;
        if walked.rows > walked.reported_total {
            let reason = format!(
                "more rows received than the {} reported",
                walked.reported_total
            );
            return Err(Trouble::Contradiction(index, reason));
        }
        sink.rows(rows)
            .map_err(|reason| Trouble::Impossible(index, reason))?;
        index += 1;
        if is_empty || index >= page.total_pages {
            break;
        }
        // All rows fit into this many pages; one more may come, to say that it is empty.
        if index > walked.reported_total.div_ceil(page.size) {
            let reason = format!(
                "{} pages of {} do not end the {} rows reported",
                index, page.size, walked.reported_total
            );
            return Err(Trouble::Contradiction(index, reason));
        }
    }
    if walked.rows != walked.reported_total {
        let reason = format!(
            "{} rows received, {} reported",
            walked.rows, walked.reported_total
        );
        return Err(Trouble::Contradiction(index - 1, reason));
    }
    Ok(())
}

/// The counts of a page that passed every check it can be given alone.
struct Checked {
    total_items: u64,
    total_pages: u64,
    /// Rows per page: as asked, or fewer if the server says so.
    size: u64,
    filtered_to_nothing: bool,
}

impl Checked {
    fn new<T>(index: u64, page: &Page<T>) -> Result<Self, Trouble> {
        let impossible = |reason: String| Trouble::Impossible(index, reason);
        let count = |name: &str, value: Option<i64>| {
            value
                .map(|value| {
                    u64::try_from(value).map_err(|_| impossible(format!("{name} is {value}")))
                })
                .transpose()
        };
        let rows = page.content.len() as u64;
        let total_items = count("totalItems", page.total_items)?
            .ok_or_else(|| impossible("totalItems is missing".to_owned()))?;
        let total_pages = count("totalPages", page.total_pages)?;
        let page_size = count("pageSize", page.page_size)?;
        let item_count = count("pageItemCount", page.page_item_count)?;
        let page_index = count("pageIndex", page.page_index)?;

        if rows > PAGE_SIZE {
            return Err(impossible(format!(
                "{rows} rows received, {PAGE_SIZE} requested"
            )));
        }
        if let Some(echo) = page_index.filter(|&echo| echo != index) {
            let reason = format!("received page {echo} instead of page {index}");
            return Err(Trouble::Contradiction(index, reason));
        }
        if let Some(claimed) = item_count.filter(|&claimed| claimed != rows) {
            let reason = format!("the page has {rows} rows but reports {claimed}");
            return Err(Trouble::Contradiction(index, reason));
        }
        let size = match page_size {
            Some(0) if rows > 0 || total_items > 0 => {
                return Err(impossible(format!(
                    "pageSize is 0 with {rows} rows of {total_items}"
                )));
            }
            Some(size @ 1..PAGE_SIZE) => size,
            _ => PAGE_SIZE,
        };
        Ok(Self {
            total_items,
            total_pages: total_pages.unwrap_or_else(|| total_items.div_ceil(size)),
            size,
            filtered_to_nothing: index == 0
                && page_size == Some(0)
                && total_pages == Some(1)
                && total_items == 0
                && rows == 0,
        })
    }
}

#[cfg(test)]
mod tests;
