//! The books of one walk over a list: which rows were seen, and whether they can be all.

use std::collections::HashMap;

use super::list_page::Page;
use super::row_key::SeenRows;
use super::walked::WalkGap;

/// No list whose length nobody knows is read further.
const MOST_PAGES: u64 = 1_000_000;

/// What one walk over the pages of a list has seen.
#[derive(Debug)]
pub(super) struct Pass {
    seen: SeenRows,
    /// Hashes of what they say by those of their keys, when a row that comes twice is to be compared.
    contents: Option<HashMap<u64, u64>>,
    /// Rows that cannot be read count as rows, but nobody knows which they are.
    unreadable: Vec<String>,
    /// Rows received, those that came twice counted twice.
    received: u64,
    rows_of_first_page: u64,
    /// Sum of the hashes of the keys, the same for the same set of rows in any order.
    sum: u64,
    pub(super) total: Option<u64>,
    has_twice: bool,
    differing: bool,
    /// A page without the member that holds the rows, although rows should be there.
    lacks_content: bool,
    total_changed: Option<(u64, u64)>,
    pub(super) pages: u64,
    pub(super) size: u64,
}

impl Pass {
    pub(super) fn new(compares: bool, size: u64) -> Self {
        Self {
            seen: SeenRows::default(),
            contents: compares.then(HashMap::new),
            unreadable: Vec::new(),
            received: 0,
            rows_of_first_page: 0,
            sum: 0,
            total: None,
            has_twice: false,
            differing: false,
            lacks_content: false,
            total_changed: None,
            pages: 0,
            size,
        }
    }

    pub(super) fn reserve(&mut self, rows: usize) {
        self.seen.reserve(rows);
    }

    /// Enters a page and leaves in it the rows that were not seen before. Says whether the page brought anything new.
    /// `is_new` is asked about each row; see [`enter_row`](Self::enter_row).
    pub(super) fn enter<T>(
        &mut self,
        page: &mut Page<T>,
        mut is_new: impl FnMut(&mut Self, &T) -> bool,
    ) -> bool {
        self.pages += 1;
        self.enter_total(page);
        let unreadable = std::mem::take(&mut page.unreadable);
        let before = self.rows();
        let rows = (page.content.len() + unreadable.len()) as u64;
        if self.pages == 1 {
            self.rows_of_first_page = rows;
        }
        self.received += rows;
        let number = self.pages;
        let placed = unreadable.into_iter().map(|row| match number {
            1 => row,
            _ => format!("{row} (on page {number})"),
        });
        self.unreadable.extend(placed);
        page.content.retain(|row| is_new(self, row));
        self.rows() > before
    }

    /// Enters a row by its key, the hash of that, and a hash of what the row says; whether it is new.
    pub(super) fn enter_row(&mut self, key: &[u8], hash: u64, content: impl Fn() -> u64) -> bool {
        let is_new = self.seen.insert(key, hash);
        if is_new {
            self.sum = self.sum.wrapping_add(hash);
        }
        self.has_twice |= !is_new;
        if let Some(contents) = &mut self.contents {
            let content = content();
            self.differing |= *contents.entry(hash).or_insert(content) != content;
        }
        is_new
    }

    fn enter_total<T>(&mut self, page: &Page<T>) {
        let total = page.total_items.and_then(|total| u64::try_from(total).ok());
        match (self.total, total) {
            (Some(before), Some(now)) if before != now => self.total_changed = Some((before, now)),
            _ => {}
        }
        self.total = total.or(self.total);
        if !page.has_content && self.rows() < self.total.unwrap_or(1) {
            self.lacks_content = true;
        }
    }

    /// Rows seen, each counted once.
    pub(super) fn rows(&self) -> u64 {
        (self.seen.len() + self.unreadable.len()) as u64
    }

    /// Whether all rows that there are said to be came.
    pub(super) fn has_all(&self) -> bool {
        self.total.is_some_and(|total| self.received >= total)
    }

    pub(super) fn has_twice(&self) -> bool {
        self.has_twice
    }

    /// Rows that can be read, each counted once.
    pub(super) fn keys(&self) -> u64 {
        self.seen.len() as u64
    }

    /// Hashes of the keys of the rows that can be read.
    pub(super) fn into_hashes(self) -> impl Iterator<Item = u64> {
        self.seen.into_hashes()
    }

    /// Whether there are more pages than the rows can fill, even if most come half empty.
    pub(super) fn is_endless(&self) -> bool {
        let most = match self.total {
            Some(total) => {
                let pages = total.div_ceil(self.rows_of_first_page.max(1));
                pages.saturating_mul(2).saturating_add(4)
            }
            None => MOST_PAGES,
        };
        self.pages >= most.min(MOST_PAGES)
    }

    /// The rows that could not be read, as a gap.
    pub(super) fn unreadable_rows(self) -> Option<WalkGap> {
        let rows = self.unreadable.len() as u64;
        let first = self.unreadable.into_iter().next()?;
        Some(WalkGap::Unreadable { rows, first })
    }

    /// What is kept of a walk to compare it with the next.
    pub(super) fn footprint(&self) -> Footprint {
        Footprint {
            sum: self.sum,
            rows: self.rows(),
            unreadable: self.unreadable.len(),
            size: self.size,
        }
    }

    /// Whether these are all rows; else what speaks against it. `unordered`: the pages came in no order that could be
    /// relied on. `before`: the walk before, which may confirm this one.
    pub(super) fn proof(&self, unordered: bool, before: Option<&Footprint>) -> Result<(), String> {
        let confirmed = before.is_some_and(|before| before.is_of_the_same_rows(self));
        // Pages of another size meet at other places: a row that one size skips, the other one shows.
        let meets_elsewhere = before.is_some_and(|before| before.size != self.size);
        let if_confirmed = |reason: &str| {
            if confirmed {
                Ok(())
            } else {
                Err(reason.to_owned())
            }
        };
        if let Some((before, now)) = self.total_changed {
            return Err(format!(
                "the total changed from {before} to {now} while the list was read"
            ));
        }
        if self.lacks_content {
            return Err("a page has no rows (content is missing)".to_owned());
        }
        if self.differing {
            return Err("a row was received twice with different contents".to_owned());
        }
        if self.is_endless() && !self.has_all() {
            return Err(format!("{} pages do not end the list", self.pages));
        }
        let rows = self.rows();
        match self.total {
            None => if_confirmed("the total is not reported"),
            Some(total) if rows == total && self.has_twice && self.contents.is_none() => {
                Err("a row was received twice".to_owned()) // whether it is the same is not known yet
            }
            Some(total) if rows == total && unordered && self.pages > 1 => {
                if_confirmed("the server does not sort the list")
            }
            Some(total) if rows == total => Ok(()),
            // The account holds the row twice, or it came in the place of one that was skipped.
            Some(total) if self.has_twice && self.received == total && meets_elsewhere => {
                if_confirmed("a row was received twice")
            }
            Some(_) if self.has_twice => Err("a row was received twice".to_owned()),
            Some(total) if rows > total => {
                Err(format!("more rows received than the {total} reported"))
            }
            Some(total) => Err(format!("{rows} rows received, {total} reported")),
        }
    }
}

/// A walk in brief: enough to tell whether another saw the same rows.
#[derive(Debug)]
pub(super) struct Footprint {
    sum: u64,
    rows: u64,
    unreadable: usize,
    size: u64,
}

impl Footprint {
    fn is_of_the_same_rows(&self, pass: &Pass) -> bool {
        (self.sum, self.rows, self.unreadable) == (pass.sum, pass.rows(), pass.unreadable.len())
    }
}
