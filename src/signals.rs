//! Ending well on SIGINT, SIGTERM and SIGHUP, the same for every command: files under construction go, and the exit status
//! says which signal came. Also as process 1 of a container, where signals that nobody handles do nothing.

use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::exit::Exit;

type Stop = Box<dyn Fn() + Send>;

/// Which signal came; 0 = none.
static RECEIVED: AtomicI32 = AtomicI32::new(0);

/// What the exit status says where the system gives no more memory.
#[cfg(unix)]
const NO_MEMORY: Exit = Exit::Database;

/// How to stop the work under way; `None` = the process may end at once.
static STOP: Mutex<Option<Stop>> = Mutex::new(None);

/// While this lives, a signal stops the work and leaves it to the main thread to end.
#[must_use]
pub(crate) struct Stopping(());

impl Drop for Stopping {
    fn drop(&mut self) {
        *stop() = None;
    }
}

/// Has `stop` called when a signal comes, again and again until the work ends.
pub(crate) fn stop_with(how: impl Fn() + Send + 'static) -> Stopping {
    *stop() = Some(Box::new(how));
    Stopping(())
}

/// The exit status that says which signal came.
pub(crate) fn received() -> Option<Exit> {
    match RECEIVED.load(Ordering::SeqCst) {
        0 => None,
        1 => Some(Exit::HungUp),
        15 => Some(Exit::Terminated),
        _ => Some(Exit::Interrupted),
    }
}

fn stop() -> MutexGuard<'static, Option<Stop>> {
    STOP.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
pub(crate) use unix::watch;

/// Without signals there is nothing to watch.
#[cfg(not(unix))]
pub(crate) fn watch() -> std::io::Result<()> {
    Ok(())
}

#[cfg(unix)]
mod unix {
    use signal_hook::consts::{SIGABRT, SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::iterator::Signals;
    use std::io;
    use std::process;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, OnceLock};
    use std::thread;
    use std::time::Duration;

    use super::{NO_MEMORY, RECEIVED, stop};
    use crate::unfinished;

    /// How long the main thread may take to end after a signal. Nothing is lost when it takes longer: what was not
    /// committed is undone by whoever opens the file next.
    const GRACE: Duration = Duration::from_secs(5);

    /// How often work is told to stop: a database call that begins after the first time must hear it too.
    const NUDGE: Duration = Duration::from_millis(10);

    /// Watches from another thread, once a process.
    pub(crate) fn watch() -> io::Result<()> {
        static WATCHING: OnceLock<()> = OnceLock::new();
        if WATCHING.set(()).is_err() {
            return Ok(());
        }
        // A program of Rust that gets no memory aborts. That leaves no core file either: one would hold the API key.
        let always = Arc::new(AtomicBool::new(true));
        signal_hook::flag::register_conditional_shutdown(SIGABRT, NO_MEMORY as i32, always)?;
        // A file that may not grow is to fail with an error instead of ending the process without a word.
        signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                if let Some(signal) = signals.forever().next() {
                    RECEIVED.store(signal, Ordering::SeqCst);
                    wait_for_end(&mut signals);
                    unfinished::remove_all();
                    process::exit(128 + signal);
                }
            })?;
        Ok(())
    }

    /// Until the work under way has had its time, or a second signal comes; not at all when nothing needs time.
    fn wait_for_end(signals: &mut Signals) {
        if stop().is_none() {
            return;
        }
        for _ in 0..GRACE.as_millis() / NUDGE.as_millis() {
            if let Some(stop) = &*stop() {
                stop();
            }
            thread::sleep(NUDGE);
            if signals.pending().next().is_some() {
                return;
            }
        }
    }
}
