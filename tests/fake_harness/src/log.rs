//! What the fake remembers of each request.

use std::time::Duration;

use crate::http::Query;
use crate::scope::Scope;

#[derive(Clone, Debug)]
pub struct Recorded {
    /// Counted from 1 since the fake was made.
    pub number: u64,
    pub method: String,
    /// Without `/gateway`.
    pub path: String,
    pub query: Query,
    pub scope: Scope,
    pub body: String,
    /// Whether a key came at all, and whether it was the right one.
    pub had_key: bool,
    pub key_ok: bool,
    /// Would have changed the account at the real Harness.
    pub is_write: bool,
    /// By the fake's clock.
    pub at: Duration,
    /// `None` while it is answered, and when the connection broke instead.
    pub status: Option<u16>,
}

impl Recorded {
    /// A whole path when it starts with a slash, else a part of one.
    pub fn is_on(&self, route: &str) -> bool {
        if route.starts_with('/') {
            self.path == route
        } else {
            self.path.contains(route)
        }
    }
}
