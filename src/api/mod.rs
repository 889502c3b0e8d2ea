//! Speaks HTTP and JSON exactly as Harness does; knows nothing of snapshots, SQL or the command line.
//!
//! One [`client::Client`] per run asks, paces and retries. A [`call::Call`] says what to ask. [`http`] carries it and keeps
//! the key. [`page`] opens the responses and reads lists to their proven end. [`wire`] holds the bodies, reduced to the
//! fields this program may keep. [`error`] says what went wrong, where, and what to do, `misfit` what
//! in an answer does not fit. Everything here only reads: no
//! call changes anything in Harness. The only user of `ureq` is [`http::transport`]; tests put a fake in its place.

pub mod call;
pub mod client;
pub mod error;
pub mod http;
pub(crate) mod misfit;
pub mod page;
pub mod wire;
