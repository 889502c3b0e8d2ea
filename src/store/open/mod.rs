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
pub(in crate::store) use header::{keep_temporary_files_beside, plain};
pub use identity::Identity;
pub use reader::Reader;
pub use writer::Writer;
pub(in crate::store) use writer::size;
