//! Speaks HTTP and JSON exactly as Harness does; knows nothing of snapshots, SQL or the command line.

pub mod base_url;
pub mod call;
pub mod clock;
pub mod http_date;
pub mod pace;
pub mod retry;
pub mod secret;
pub mod text;
