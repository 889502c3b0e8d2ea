//! Ending well on SIGINT and SIGTERM.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread;
use std::time::Duration;

use crate::exit::Exit;

/// How long the main thread may take to end after a signal. Nothing is lost when it takes longer: what was not committed
/// is undone by whoever opens the file next.
#[cfg(unix)]
const GRACE: Duration = Duration::from_secs(5);

/// How often work is told to stop: a database call that begins after the first time must hear it too.
#[cfg(unix)]
const NUDGE: Duration = Duration::from_millis(10);

/// Which signal came, if any.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signals(Arc<AtomicI32>);

impl Signals {
    /// Calls `stop` from another thread as soon as a signal comes, again and again until the process ends. A second
    /// signal ends it at once.
    #[cfg(unix)]
    pub(crate) fn watch(stop: impl Fn() + Send + 'static) -> io::Result<Self> {
        use signal_hook::consts::{SIGINT, SIGTERM};
        let watched = Self::default();
        let received = Arc::clone(&watched.0);
        let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
        thread::spawn(move || {
            let Some(signal) = signals.forever().next() else {
                return;
            };
            received.store(signal, Ordering::SeqCst);
            let patience = GRACE.as_millis() / NUDGE.as_millis();
            for _ in 0..patience {
                stop();
                thread::sleep(NUDGE);
                if signals.pending().next().is_some() {
                    break;
                }
            }
            process::exit(128 + signal);
        });
        Ok(watched)
    }

    /// Without signals there is nothing to watch.
    #[cfg(not(unix))]
    pub(crate) fn watch(_stop: impl Fn() + Send + 'static) -> io::Result<Self> {
        Ok(Self::default())
    }

    /// The exit status that says which signal came.
    pub(crate) fn received(&self) -> Option<Exit> {
        match self.0.load(Ordering::SeqCst) {
            0 => None,
            15 => Some(Exit::Terminated),
            _ => Some(Exit::Interrupted),
        }
    }
}
