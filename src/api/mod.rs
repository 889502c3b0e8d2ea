//! Speaks HTTP and JSON exactly as Harness does; knows nothing of snapshots, SQL or the command line.
//!
//! One [`client::Client`] per run: it authenticates ([`secret`], [`base_url`]), paces ([`pace`]), retries ([`retry`]),
//! opens the envelopes ([`envelope`]) and says what went wrong in the words a reader needs ([`error`]). A list is read
//! with [`walk`], which proves that it is whole or says why not. Everything here only reads: no call changes anything
//! in Harness. The only user of `ureq` is [`transport`]; the tests of everything else put a fake in its place.

pub mod base_url;
pub mod call;
pub mod classify;
pub mod client;
pub mod clock;
pub mod envelope;
pub mod error;
pub mod http_date;
pub mod pace;
mod resolver;
pub mod retry;
pub mod secret;
pub mod text;
pub mod transport;
pub mod walk;
pub mod wire;
