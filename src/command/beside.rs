//! Two things at once.

use std::panic::resume_unwind;
use std::thread;

/// Does one thing in a thread of its own and another here; one after the other where the system gives no thread.
pub(crate) fn beside<A: Send, B>(there: impl Fn() -> A + Sync, here: impl FnOnce() -> B) -> (A, B) {
    thread::scope(|threads| {
        let started = thread::Builder::new().spawn_scoped(threads, &there);
        let own = here();
        let other = match started {
            Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            Err(error) => {
                log::info!("one after the other: {error}");
                there()
            }
        };
        (other, own)
    })
}
