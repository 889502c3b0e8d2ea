//! Lists: opening the envelope of a response, and reading a list page by page to its proven end.
//!
//! [`envelope`] takes one page out of one response. [`walk`] reads pages until the list is whole, or says why it is not.
//! [`walked`] is what a caller sees of it: where rows go, and what the walk took.

pub mod envelope;
pub mod list_page;
mod mend;
mod pass;
mod row_key;
mod rows;
pub mod walk;
pub mod walked;

pub use list_page::Page;
pub(crate) use mend::without_mark;
pub use row_key::RowKey;
pub use walked::{RowSink, WalkGap, Walked};
