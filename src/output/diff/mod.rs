//! `diff`, one file a format. Each takes a comparison and writes the same bytes for it every time.

pub mod approvals;
pub mod csv;
pub mod github;
pub mod json;
pub mod markdown;
pub mod ndjson;
pub mod stat;
pub mod summary;
pub mod table;
mod unread;
pub(crate) mod words;
