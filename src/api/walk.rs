//! Reads a list page by page and proves that it is whole.
//!
//! Harness pages by skipping and counting on a living collection: a row inserted or deleted between two pages shifts
//! all that follow, and the total is counted anew for every page. So a walk counts as whole only when the rows seen
//! are as many as the total says, the total stayed the same from page to page, and no row came twice. Otherwise the
//! list is walked again.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, DefaultHasher, Hasher as _, RandomState};

use super::call::{PAGE_SIZE, Place};
use super::client::Reply;
use super::envelope::Page;
use super::error::{ApiError, ApiErrorKind};

/// Walks beyond the first before a list is given up as inconsistent.
pub const MAX_REWALKS: u32 = 3;

/// Where the rows of a walk go, page by page.
pub trait RowSink<T> {
    /// Forget all rows so far: the list is walked again from its beginning.
    fn restart(&mut self);

    /// Told before the first rows how many there will be, or a part of that. Growing step by step would need the memory
    /// of a long list nearly twice.
    fn expect(&mut self, _rows: usize) {}

    /// Takes the rows of the next page.
    ///
    /// # Errors
    /// An objection to a row that cannot be right, such as one of another scope than asked for; it ends the walk as
    /// [`ApiErrorKind::Impossible`].
    fn rows(&mut self, rows: Vec<T>) -> Result<(), String>;
}

impl<T> RowSink<T> for Vec<T> {
    fn restart(&mut self) {
        self.clear();
    }

    fn rows(&mut self, mut rows: Vec<T>) -> Result<(), String> {
        self.append(&mut rows);
        Ok(())
    }
}

/// A list that was read to its proven end, and what that took.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Walked {
    /// Rows handed on by the walk that counts.
    pub rows: u64,
    /// Pages of the walk that counts.
    pub pages: u64,
    /// Requests sent, those of retries and of abandoned walks included.
    pub requests: u64,
    /// Requests of these that repeated a failed one.
    pub retries: u64,
    /// The total that every page reported.
    pub reported_total: u64,
    /// Walks abandoned.
    pub rewalks: u32,
    /// The page had the shape of a list from which permission filtering took everything (`totalPages` 1, `pageSize`
    /// 0, no rows): a hint at a missing permission, not a proof.
    pub filtered_to_nothing: bool,
}

impl Walked {
    fn count(&mut self, attempts: u32) {
        self.requests += u64::from(attempts);
        self.retries += u64::from(attempts.saturating_sub(1));
    }
}

/// The most rows that memory is set aside for on the server's word.
const MOST_EXPECTED: u64 = 1 << 20;

/// Why one walk is not the list.
enum Trouble {
    /// The call failed for good.
    Api(ApiError),
    /// The pages do not fit together, which another walk may cure.
    Contradiction(u64, String),
    /// No walk can cure this.
    Impossible(u64, String),
}

/// Walks a list from page 0 to its end.
///
/// `fetch` gets one page of [`PAGE_SIZE`] rows by its index. `key` feeds what identifies a row within this list into
/// the hasher; two rows with the same key are one row seen twice. `place` is for messages.
///
/// # Errors
/// What `fetch` fails with; [`ApiErrorKind::Inconsistent`] after [`MAX_REWALKS`] further walks;
/// [`ApiErrorKind::Impossible`] for answers that no change in the account explains.
pub fn walk<T>(
    place: &Place,
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
                log::info!("{place}, page {page}: {reason}; reading the list again");
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
        let mut error = ApiError::new(place.clone(), 1, kind);
        error.place.page = Some(page);
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
                "the total changed from {} to {} during the walk",
                walked.reported_total, page.total_items
            );
            return Err(Trouble::Contradiction(index, reason));
        }
        for row in &reply.data.content {
            let mut hasher = keyed.build_hasher();
            key(row, &mut hasher);
            if !seen.insert(hasher.finish()) {
                let reason = "a row came twice".to_owned();
                return Err(Trouble::Contradiction(index, reason));
            }
        }
        let rows = reply.data.content;
        let is_empty = rows.is_empty();
        walked.rows += rows.len() as u64;
        walked.pages += 1;
        if walked.rows > walked.reported_total {
            let reason = format!("more rows came than the {} reported", walked.reported_total);
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
            "{} rows came, {} were reported",
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
        let total_items = count("totalItems", page.total_items)?.ok_or_else(|| {
            impossible("it does not say how many rows there are (totalItems)".to_owned())
        })?;
        let total_pages = count("totalPages", page.total_pages)?;
        let page_size = count("pageSize", page.page_size)?;
        let item_count = count("pageItemCount", page.page_item_count)?;
        let page_index = count("pageIndex", page.page_index)?;

        if rows > PAGE_SIZE {
            return Err(impossible(format!(
                "{rows} rows came, {PAGE_SIZE} were asked for"
            )));
        }
        if let Some(echo) = page_index.filter(|&echo| echo != index) {
            let reason = format!("page {echo} came, page {index} was asked for");
            return Err(Trouble::Contradiction(index, reason));
        }
        if let Some(claimed) = item_count.filter(|&claimed| claimed != rows) {
            let reason = format!("the page holds {rows} rows and says {claimed}");
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
mod tests {
    use std::hash::Hash as _;

    use super::*;

    /// What one page answers: rows, totalItems, totalPages.
    type Answer = (std::ops::Range<u32>, i64, i64);

    fn page_of(index: u32, (rows, items, pages): Answer) -> Page<u32> {
        Page {
            page_item_count: Some(i64::try_from(rows.len()).expect("small")),
            content: rows.collect(),
            total_pages: Some(pages),
            total_items: Some(items),
            page_size: Some(100),
            page_index: Some(index.into()),
        }
    }

    /// Walks over scripted pages, each used once, in order.
    fn walk_pages(script: Vec<Page<u32>>) -> (Result<Walked, ApiError>, Vec<u32>, usize) {
        let place = Place {
            endpoint: "GET /x".to_owned(),
            scope: "account".to_owned(),
            page: None,
        };
        let mut left = script.into_iter();
        let fetch = |_| {
            let data = left.next().expect("no more pages than scripted");
            Ok(Reply {
                data,
                attempts: 1,
                server_date: None,
            })
        };
        let mut rows = Vec::new();
        let result = walk(&place, fetch, u32::hash, &mut rows);
        (result, rows, left.len())
    }

    fn whole(total: u32) -> Vec<Page<u32>> {
        let pages = i64::from(total.div_ceil(100));
        (0..total.div_ceil(100).max(1))
            .map(|i| {
                let rows = i * 100..total.min(i * 100 + 100);
                page_of(i, (rows, i64::from(total), pages))
            })
            .collect()
    }

    /// Walks `broken`, then the whole list of 205; the second walk must give it exactly.
    fn recovers_from(broken: Vec<Page<u32>>) {
        let script = broken.into_iter().chain(whole(205)).collect();
        let (result, rows, left) = walk_pages(script);
        let walked = result.expect("the second walk is whole");
        assert_eq!((walked.rewalks, walked.rows, walked.pages), (1, 205, 3));
        assert_eq!(rows, (0..205).collect::<Vec<_>>());
        assert_eq!(left, 0);
    }

    fn impossible(page: Page<u32>) -> String {
        match *walk_pages(vec![page]).0.expect_err("refused").kind {
            ApiErrorKind::Impossible { reason } => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn lists_of_every_size_are_walked_to_their_end() {
        for total in [0, 1, 99, 100, 101, 200, 205, 1_000] {
            let (result, rows, left) = walk_pages(whole(total));
            let walked = result.expect("whole");
            assert_eq!(rows, (0..total).collect::<Vec<_>>());
            assert_eq!(
                (walked.rows, walked.reported_total),
                (total.into(), total.into())
            );
            assert_eq!(walked.requests, walked.pages);
            assert_eq!((walked.retries, walked.rewalks, left), (0, 0, 0));
            assert!(!walked.filtered_to_nothing);
        }
    }

    #[test]
    fn too_many_pages_announced_end_at_the_first_empty_one() {
        let script = vec![
            page_of(0, (0..100, 150, 9)),
            page_of(1, (100..150, 150, 9)),
            page_of(2, (0..0, 150, 9)),
        ];
        let walked = walk_pages(script).0.expect("whole");
        assert_eq!((walked.rows, walked.pages), (150, 3));
    }

    #[test]
    fn a_short_page_is_not_the_end() {
        let mut short = whole(205);
        short[0] = page_of(0, (0..95, 200, 3));
        short[1] = page_of(1, (95..195, 200, 3));
        short[2] = page_of(2, (195..200, 200, 3));
        assert_eq!(walk_pages(short).0.expect("whole").rows, 200);
    }

    #[test]
    fn a_smaller_page_size_than_asked_for_is_followed() {
        let script = (0..3).map(|i| Page {
            page_size: Some(10),
            ..page_of(i, (i * 10..i * 10 + 10, 30, 3))
        });
        assert_eq!(walk_pages(script.collect()).0.expect("whole").rows, 30);
    }

    #[test]
    fn counts_that_are_missing_are_done_without() {
        let page = Page {
            total_pages: None,
            page_item_count: None,
            page_size: None,
            page_index: None,
            ..page_of(0, (0..3, 3, 1))
        };
        assert_eq!(walk_pages(vec![page]).0.expect("whole").rows, 3);
    }

    #[test]
    fn filtered_to_nothing_is_told_from_empty() {
        let page = Page {
            page_size: Some(0),
            ..page_of(0, (0..0, 0, 1))
        };
        let walked = walk_pages(vec![page]).0.expect("whole");
        assert!(walked.filtered_to_nothing);
        assert_eq!((walked.rows, walked.pages), (0, 1));
    }

    #[test]
    fn a_total_that_changes_is_walked_again() {
        recovers_from(vec![
            page_of(0, (0..100, 205, 3)),
            page_of(1, (100..200, 206, 3)),
        ]);
    }

    #[test]
    fn a_row_that_comes_twice_is_walked_again() {
        recovers_from(vec![
            page_of(0, (0..100, 205, 3)),
            page_of(1, (99..199, 205, 3)),
        ]);
    }

    #[test]
    fn a_page_that_repeats_is_walked_again() {
        recovers_from(vec![
            page_of(0, (0..100, 205, 3)),
            page_of(0, (0..100, 205, 3)),
        ]);
    }

    #[test]
    fn fewer_or_more_rows_than_reported_are_walked_again() {
        recovers_from(vec![
            page_of(0, (0..100, 205, 2)),
            page_of(1, (100..200, 205, 2)),
        ]);
        recovers_from(vec![
            page_of(0, (0..100, 205, 3)),
            page_of(1, (0..0, 205, 3)),
        ]);
        recovers_from(vec![page_of(0, (0..100, 50, 1))]);
        let miscounted = Page {
            page_item_count: Some(99),
            ..page_of(0, (0..100, 205, 3))
        };
        recovers_from(vec![miscounted]);
    }

    #[test]
    fn pages_that_never_end_are_cut_off() {
        let trickle = (0..4).map(|i| page_of(i, (i..i + 1, 205, 1_000_000)));
        recovers_from(trickle.collect());
    }

    #[test]
    fn a_list_that_never_agrees_is_given_up_after_four_walks() {
        let script = vec![page_of(0, (0..0, 7, 1)); 4];
        let (result, _, left) = walk_pages(script);
        let error = result.expect_err("inconsistent");
        assert_eq!(
            error.to_string(),
            "GET /x in account, page 0: the list contradicts itself in 4 walks: 0 rows came, 7 were reported"
        );
        assert_eq!(left, 0);
    }

    #[test]
    fn what_cannot_be_true_is_an_error_at_once() {
        assert_eq!(impossible(page_of(0, (0..1, -1, 1))), "totalItems is -1");
        assert_eq!(impossible(page_of(0, (0..1, 1, -4))), "totalPages is -4");
        assert_eq!(
            impossible(page_of(0, (0..101, 101, 2))),
            "101 rows came, 100 were asked for"
        );
        let no_total = Page {
            total_items: None,
            ..page_of(0, (0..1, 1, 1))
        };
        assert!(impossible(no_total).contains("totalItems"));
        let size_zero = Page {
            page_size: Some(0),
            ..page_of(0, (0..1, 1, 1))
        };
        assert_eq!(impossible(size_zero), "pageSize is 0 with 1 rows of 1");
    }

    #[test]
    fn an_objection_of_the_sink_ends_the_walk() {
        struct Objects;
        impl RowSink<u32> for Objects {
            fn restart(&mut self) {}
            fn rows(&mut self, _: Vec<u32>) -> Result<(), String> {
                Err("a row of another scope".to_owned())
            }
        }
        let place = Place {
            endpoint: "GET /x".to_owned(),
            scope: "account".to_owned(),
            page: None,
        };
        let fetch = |_| {
            Ok(Reply {
                data: page_of(0, (0..1, 1, 1)),
                attempts: 1,
                server_date: None,
            })
        };
        let error = walk(&place, fetch, u32::hash, &mut Objects).expect_err("objected");
        assert_eq!(
            error.to_string(),
            "GET /x in account, page 0: the answer cannot be right: a row of another scope"
        );
    }
}
