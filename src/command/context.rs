//! What every command works with: the environment, the time and the two streams.

use std::io::Write;
use std::sync::Arc;

use crate::api::client::clock::Clock;
use crate::config::Lookup;

/// What a command works with.
#[allow(missing_debug_implementations)]
pub struct Context<'a> {
    /// The environment.
    pub env: Lookup<'a>,
    /// The time that passes between requests and retries.
    pub clock: Arc<dyn Clock>,
    /// Standard output: data only.
    pub out: &'a mut dyn Write,
    /// Standard error: everything else.
    pub err: &'a mut dyn Write,
    /// Standard output is read by a person.
    pub out_is_terminal: bool,
    /// Standard error is read by a person.
    pub err_is_terminal: bool,
}
