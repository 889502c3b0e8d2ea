//! How far the reading of lists is, for whoever watches.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::api::call::PageAsked;
use crate::api::page::Page;

/// What there is to see.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading {
    /// Requests sent so far, retries included.
    pub requests: u64,
    /// Rows read; those of a list that is read again count again.
    pub rows: u64,
    /// Pages that the totals of the lists in hand announce.
    pub pages_to_come: u64,
    /// Requests a minute that the pace allows; 0 = as many as one likes.
    pub per_minute: f64,
    /// How long nobody sends, because Harness refused a request for coming too fast.
    pub pause: Duration,
}

/// The counts behind it.
#[derive(Debug, Default)]
pub(super) struct Counter {
    pub(super) rows: AtomicU64,
    pub(super) pages_to_come: AtomicU64,
}

impl Counter {
    /// A page came.
    pub(super) fn add<T>(&self, asked: PageAsked, page: &Page<T>) {
        let rows = page.content.len() as u64;
        self.rows.fetch_add(rows, Ordering::Relaxed);
        let total = page.total_items.and_then(|total| u64::try_from(total).ok());
        if asked.index == 0 {
            let pages = total.map_or(0, |total| total.div_ceil(asked.size.max(1)));
            let more = if rows == 0 {
                0
            } else {
                pages.saturating_sub(1)
            };
            self.pages_to_come.fetch_add(more, Ordering::Relaxed);
        } else {
            let less = |pages: u64| pages.checked_sub(1);
            let _ = self
                .pages_to_come
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        }
    }
}
