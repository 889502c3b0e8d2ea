//! What every command works with: the environment, the time and the two streams.

use std::io::Write;
use std::sync::Arc;

use crate::api::client::clock::Clock;
use crate::cli::Color;
use crate::connection::Lookup;
use crate::output::Screen;

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
    /// Columns of the terminal that standard output or standard error is.
    pub terminal_width: Option<usize>,
    /// Standard error is read by a person.
    pub err_is_terminal: bool,
}

impl Context<'_> {
    /// What text for people is written to.
    pub(crate) fn screen(&self, when: Color) -> Screen {
        let set = |name: &str| (self.env)(name).is_some_and(|value| !value.is_empty());
        let colour = match when {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => self.out_is_terminal && !set("NO_COLOR") && !self.is_dumb(),
        };
        Screen {
            width: self.columns().filter(|_| self.out_is_terminal),
            colour,
        }
    }

    /// What words beside the data are written to.
    pub(crate) fn err_screen(&self) -> Screen {
        Screen {
            width: self.columns().filter(|_| self.err_is_terminal),
            colour: false,
        }
    }

    fn columns(&self) -> Option<usize> {
        let set = (self.env)("COLUMNS").and_then(|columns| columns.to_str()?.parse().ok());
        set.filter(|columns| *columns > 0).or(self.terminal_width)
    }

    /// Whether the terminal can do nothing but print.
    pub(crate) fn is_dumb(&self) -> bool {
        (self.env)("TERM").is_some_and(|term| term == "dumb")
    }
}
