//! What every command works with: the environment and the two streams.

use std::io::Write;

use crate::config::Lookup;

/// What a command works with.
#[allow(missing_debug_implementations)]
pub struct Context<'a> {
    /// The environment.
    pub env: Lookup<'a>,
    /// Standard output: data only.
    pub out: &'a mut dyn Write,
    /// Standard error: everything else.
    pub err: &'a mut dyn Write,
    /// Standard output is read by a person.
    pub out_is_terminal: bool,
    /// Standard error is read by a person.
    pub err_is_terminal: bool,
}
