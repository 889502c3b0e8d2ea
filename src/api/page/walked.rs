//! What a walk over a list hands on: rows to a [`RowSink`], and what the walk took, and whether the list is whole, as
//! [`Walked`].

use std::fmt;

/// Where the rows of a walk go, page by page.
pub trait RowSink<T> {
    /// Forget all rows so far: the list was read again from its beginning, and other rows count.
    fn restart(&mut self);

    /// Told before the first rows how many there will be, or a part of that. Growing step by step would need the memory
    /// of a long list nearly twice.
    fn expect(&mut self, _rows: usize) {}

    /// Takes further rows. No row comes twice, as far as its key tells.
    ///
    /// # Errors
    /// An objection to a row that cannot be right; the list is then not whole.
    fn rows(&mut self, rows: Vec<T>) -> Result<(), String>;

    /// Bytes of memory that the rows so far take; `None`: about as much as the bodies they came in.
    fn bytes(&self) -> Option<usize> {
        None
    }
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

/// A list that was read, as far as it could be, and what that took.
///
/// Every row that was handed on was there. Whether these are all rows, [`gaps`](Self::gaps) tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Walked {
    /// Rows handed on.
    pub rows: u64,
    /// Pages of the walk that counts, or of the last one.
    pub pages: u64,
    /// Requests sent, those of retries and of abandoned walks included.
    pub requests: u64,
    /// Requests of these that repeated a failed one.
    pub retries: u64,
    /// The total that Harness reported last, if it did.
    pub reported_total: Option<u64>,
    /// Walks beyond the first.
    pub rewalks: u32,
    /// The page had the shape of a list from which permission filtering took everything (`totalPages` 1, `pageSize`
    /// 0, no rows): a hint at a missing permission, not a proof.
    pub filtered_to_nothing: bool,
    /// Bytes of memory that the rows take, by estimate.
    pub bytes: u64,
    /// The pages that were looked at, where nobody asked for more. What they show is no defect of the list.
    pub unread_after: Option<u64>,
    /// Why the list is not whole; empty: it is, as far as it was looked at, and every row was handed on.
    pub gaps: Vec<WalkGap>,
}

impl Walked {
    /// Whether every row of the list was handed on.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.gaps.is_empty() && self.unread_after.is_none()
    }

    /// How far the list was looked at, where nobody asked for more.
    #[must_use]
    pub fn unread(&self) -> Option<String> {
        Some(match self.unread_after? {
            0 => "not looked at".to_owned(),
            1 => "only the first page was looked at".to_owned(),
            pages => format!("only the first {pages} pages were looked at"),
        })
    }

    /// With the attempts at another way of asking that was tried before.
    pub(crate) fn after(mut self, attempts: u32) -> Self {
        self.count(attempts);
        self
    }

    pub(super) fn count(&mut self, attempts: u32) {
        self.requests += u64::from(attempts);
        self.retries += u64::from(attempts.saturating_sub(1));
    }
}

/// One reason why a list is not whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WalkGap {
    /// The pages contradict each other, walk after walk. The rows of all walks were handed on.
    Inconsistent {
        /// The contradiction of the last walk.
        reason: String,
        /// Walks made.
        walks: u32,
    },
    /// Rows without an identity that can be kept.
    Unreadable {
        /// How many.
        rows: u64,
        /// Which one is first, and what is wrong with it.
        first: String,
    },
    /// A page failed for good; the rows of the others were handed on.
    Page {
        /// Counted from 0.
        page: u64,
        /// What failed.
        reason: String,
    },
    /// The receiver of the rows objected.
    Impossible {
        /// To what.
        reason: String,
    },
    /// The rows would take more memory than one list may.
    TooLarge {
        /// What one list may take, in bytes.
        limit: u64,
    },
}

impl fmt::Display for WalkGap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inconsistent { reason, walks } => {
                write!(f, "the list was inconsistent in {walks} reads: {reason}")
            }
            Self::Unreadable { rows: 1, first } => write!(f, "one row cannot be read: {first}"),
            Self::Unreadable { rows, first } => {
                write!(f, "{rows} rows cannot be read; the first: {first}")
            }
            Self::Page { page, reason } => write!(f, "page {} failed: {reason}", page + 1),
            Self::Impossible { reason } => write!(f, "invalid response: {reason}"),
            Self::TooLarge { limit } => write!(
                f,
                "the list needs more than {} MiB of memory; only its beginning was read (--max-memory allows more)",
                limit >> 20
            ),
        }
    }
}
