//! The wire: one origin, one key, one request out and one response back.
//!
//! [`transport`] is the only user of `ureq` and the only reader of the key ([`secret`]); [`base_url`] is the only origin
//! that gets it. [`quote`] makes a stranger's text fit for a message.

pub mod base_url;
pub mod proxy;
pub mod quote;
pub(crate) mod redact;
mod resolver;
pub mod secret;
pub mod transport;
