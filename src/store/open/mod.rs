//! Opening a file: is it ours, is it whole, is it this account's, and may we write it now.

mod foreign;
mod header;
mod identity;
mod interrupts;
mod kept_open;
mod reader;
mod readers;
mod remembered;
mod write_ahead;
mod writer;

pub(in crate::store) use foreign::set_up;
pub(crate) use header::keep_temporary_files_beside;
pub(in crate::store) use header::plain;
pub use identity::Identity;
pub use reader::Reader;
pub use writer::Writer;
pub(in crate::store) use writer::size;
