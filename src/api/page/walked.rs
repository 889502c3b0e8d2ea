//! What a walk over a list hands on: rows to a [`RowSink`], and what the walk took as [`Walked`].

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
    pub(super) fn count(&mut self, attempts: u32) {
        self.requests += u64::from(attempts);
        self.retries += u64::from(attempts.saturating_sub(1));
    }
}
