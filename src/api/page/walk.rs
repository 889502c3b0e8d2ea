//! Reads a list page by page and proves that it is whole, or says why it may not be.
//!
//! Harness pages by skipping and counting on a living collection: a row inserted or deleted between two pages shifts
//! all that follow, and the total is counted anew for every page. So a walk counts as whole only when the rows seen are
//! as many as the total says and the total stayed the same. Where the total is missing, the order is not certain or a
//! row comes twice, a second walk must see the same rows. Otherwise the list is read again, and after
//! [`MAX_REWALKS`] further walks it is handed on as it is, with its gap: every row of every walk, none of them dropped.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, Hash, RandomState};

use super::list_page::Page;
use super::pass::Pass;
use super::row_key::RowKey;
use super::walked::{RowSink, WalkGap, Walked};
use crate::api::call::{CallSite, PAGE_SIZE, PageAsked, Reply};
use crate::api::error::ApiError;

/// Walks beyond the first before a list is given up as inconsistent.
pub const MAX_REWALKS: u32 = 3;

/// Memory is reserved for at most this many rows, whatever total the server reports.
const MOST_EXPECTED: u64 = 1 << 20;

/// Sizes of pages, from what Harness allows down to a single row. Each divides the one before, so a walk can go on with
/// smaller pages where it is.
const SIZES: [u64; 5] = [PAGE_SIZE, 50, 25, 5, 1];

/// Pages that may fail for good before the rest of a list is left out.
const MOST_FAILED_PAGES: usize = 3;

/// What a walk may rely on, and how much it may take.
#[derive(Debug, Clone, Copy)]
pub struct WalkOptions {
    /// The server would not sort: pages may overlap, so a second walk must see the same rows.
    pub unordered: bool,
    /// Bytes of memory that the rows of this list may take.
    pub max_bytes: u64,
    /// Pages that one walk looks at, where it need not see the end.
    pub most_pages: Option<u64>,
}

/// Walks a list from page 0 to its end.
///
/// `fetch` gets one page. `key` feeds what identifies a row within this list; two rows with the same key
/// are one row seen twice. `site` is for messages.
///
/// # Errors
/// What `fetch` fails with, when nothing was read at all or when the failure ends the whole run
/// ([`ApiError::ends_run`]). Everything else is a gap of the list: see [`Walked::gaps`].
pub fn walk<T: Hash>(
    site: &CallSite,
    fetch: impl FnMut(PageAsked) -> Result<Reply<Page<T>>, ApiError>,
    options: WalkOptions,
    key: impl Fn(&T, &mut RowKey),
    sink: &mut impl RowSink<T>,
) -> Result<Walked, ApiError> {
    let walk = Walk {
        fetch,
        options,
        key,
        keyed: RandomState::new(), // new for each list, so no crafted names collide
        walked: Walked::default(),
        most: PAGE_SIZE,
    };
    walk.run(site, sink)
}

struct Walk<F, K> {
    fetch: F,
    options: WalkOptions,
    key: K,
    keyed: RandomState,
    walked: Walked,
    /// Rows of the largest pages that the server can send.
    most: u64,
}

/// How one walk over the pages ended.
enum End {
    /// At the last page.
    Reached,
    /// Before it, for reasons that another walk does not mend.
    Broken(Vec<WalkGap>),
}

impl<F, K> Walk<F, K> {
    fn run<T: Hash>(
        mut self,
        site: &CallSite,
        sink: &mut impl RowSink<T>,
    ) -> Result<Walked, ApiError>
    where
        F: FnMut(PageAsked) -> Result<Reply<Page<T>>, ApiError>,
        K: Fn(&T, &mut RowKey),
    {
        let mut pass = Pass::new(false, self.most);
        let mut end = self.pass(&mut pass, sink)?;
        let mut proof = pass.proof(self.options.unordered, None);
        let mut handed_on = HashSet::new();
        self.walked.rows = pass.keys();
        loop {
            let reason = match (end, proof) {
                (End::Broken(gaps), _) => return Ok(self.finish(pass, gaps)),
                (End::Reached, Ok(())) => return Ok(self.finish(pass, Vec::new())),
                (End::Reached, Err(reason)) if self.walked.rewalks == MAX_REWALKS => {
                    let walks = MAX_REWALKS + 1;
                    return Ok(self.finish(pass, vec![WalkGap::Inconsistent { reason, walks }]));
                }
                (End::Reached, Err(reason)) => reason,
            };
            log::info!("{site}: {reason}; reading the list again");
            self.walked.rewalks += 1;
            let before = pass.footprint();
            let rows_per_page = self.next_size(&pass);
            handed_on.extend(pass.into_hashes());
            pass = Pass::new(true, rows_per_page);
            let mut rows = Vec::new(); // they wait until it is known what they are worth
            end = self.pass(&mut pass, &mut rows)?;
            proof = pass.proof(self.options.unordered, Some(&before));
            if proof.is_ok() && matches!(end, End::Reached) {
                sink.restart();
                self.walked.rows = 0;
            } else {
                let mut key = RowKey::default();
                rows.retain(|row| !handed_on.contains(&self.hash_of(row, &mut key)));
            }
            self.walked.rows += rows.len() as u64;
            if let Err(reason) = sink.rows(rows) {
                return Ok(self.finish(pass, vec![WalkGap::Impossible { reason }]));
            }
        }
    }

    /// A row that came twice in two walks is looked at with pages of another size.
    fn next_size(&self, pass: &Pass) -> u64 {
        match smaller(self.most) {
            Some(smaller) if pass.has_twice() && self.walked.rewalks == 2 => smaller,
            _ => self.most,
        }
    }

    /// Leaves the key of a row in `key`, and returns its hash.
    fn hash_of<T>(&self, row: &T, key: &mut RowKey) -> u64
    where
        K: Fn(&T, &mut RowKey),
    {
        key.clear();
        (self.key)(row, key);
        self.keyed.hash_one(key.as_bytes())
    }

    fn finish(mut self, pass: Pass, mut gaps: Vec<WalkGap>) -> Walked {
        self.walked.pages = pass.pages;
        self.walked.reported_total = pass.total;
        gaps.extend(pass.unreadable_rows());
        self.walked.gaps = gaps;
        self.walked
    }

    /// One walk from the first page to the last.
    fn pass<T: Hash>(
        &mut self,
        pass: &mut Pass,
        sink: &mut impl RowSink<T>,
    ) -> Result<End, ApiError>
    where
        F: FnMut(PageAsked) -> Result<Reply<Page<T>>, ApiError>,
        K: Fn(&T, &mut RowKey),
    {
        let mut failed = Vec::new();
        let mut index = 0;
        let mut bytes = 0;
        loop {
            let size = pass.size;
            if !failed.is_empty() && pass.total.is_none_or(|total| index * size >= total) {
                return Ok(End::Broken(failed));
            }
            if self.has_enough(pass.pages + failed.len() as u64) {
                self.walked.unread_after = Some(pass.pages);
                return Ok(End::Broken(failed));
            }
            match (self.fetch)(PageAsked { index, size }) {
                Ok(reply) => {
                    self.walked.count(reply.attempts);
                    bytes += reply.bytes;
                    let end = self.enter(pass, index, reply.data, sink);
                    self.walked.bytes = sink.bytes().unwrap_or(bytes) as u64;
                    if self.walked.bytes > self.options.max_bytes {
                        failed.push(WalkGap::TooLarge {
                            limit: self.options.max_bytes,
                        });
                        return Ok(End::Broken(failed));
                    }
                    match end {
                        Some(End::Reached) if !failed.is_empty() => return Ok(End::Broken(failed)),
                        Some(end) => return Ok(end),
                        None => index += 1,
                    }
                }
                Err(error) => match smaller(size) {
                    Some(smaller) if error.is_too_large() => {
                        self.walked.count(error.attempts);
                        (self.most, pass.size) = (smaller, smaller);
                        index = index * size / smaller;
                    }
                    _ => {
                        failed.push(self.failed_page(error, pass, index)?);
                        if failed.len() == MOST_FAILED_PAGES {
                            return Ok(End::Broken(failed));
                        }
                        index += 1;
                    }
                },
            }
        }
    }

    /// Whether no more pages need be looked at.
    fn has_enough(&self, pages: u64) -> bool {
        self.options.most_pages.is_some_and(|most| pages >= most)
    }

    /// Takes a page; how the walk ended, if it did.
    fn enter<T: Hash>(
        &mut self,
        pass: &mut Pass,
        index: u64,
        mut page: Page<T>,
        sink: &mut impl RowSink<T>,
    ) -> Option<End>
    where
        K: Fn(&T, &mut RowKey),
    {
        if pass.pages == 0 {
            self.walked.filtered_to_nothing = page.is_filtered_to_nothing();
            let total = u64::try_from(page.total_items.unwrap_or_default()).unwrap_or_default();
            let expected = usize::try_from(total.min(MOST_EXPECTED)).unwrap_or_default();
            pass.reserve(expected);
            sink.expect(expected);
        }
        let total_pages = u64::try_from(page.total_pages.unwrap_or_default()).unwrap_or_default();
        let mut key = RowKey::default();
        let is_new = pass.enter(&mut page, |pass, row| {
            let hash = self.hash_of(row, &mut key);
            pass.enter_row(key.as_bytes(), hash, || self.keyed.hash_one(row))
        });
        if let Err(reason) = sink.rows(page.content) {
            return Some(End::Broken(vec![WalkGap::Impossible { reason }]));
        }
        let is_last = pass.has_all() && index + 1 >= total_pages;
        (is_last || !is_new || pass.is_endless()).then_some(End::Reached)
    }

    /// A page that failed for good is a gap, unless it says something about the whole list or the whole run.
    fn failed_page(
        &mut self,
        mut error: ApiError,
        pass: &Pass,
        page: u64,
    ) -> Result<WalkGap, ApiError> {
        self.walked.count(error.attempts);
        let nothing_read = pass.pages == 0 && self.walked.rewalks == 0;
        if nothing_read || error.ends_run() {
            error.walked = Some(Box::new(self.walked.clone()));
            return Err(error);
        }
        log::info!("{}; going on without this page", error.brief());
        let reason = error.kind.reason();
        Ok(WalkGap::Page { page, reason })
    }
}

/// The next smaller size of pages.
fn smaller(size: u64) -> Option<u64> {
    SIZES.into_iter().find(|smaller| *smaller < size)
}

#[cfg(test)]
mod tests;
