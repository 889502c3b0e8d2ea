//! What stops the work of connections from another thread.

use rusqlite::InterruptHandle;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The connections of one writer.
#[derive(Clone, Default)]
pub(super) struct Interrupts(Arc<Mutex<Vec<InterruptHandle>>>);

impl Interrupts {
    pub(super) fn add(&self, handle: InterruptHandle) {
        self.handles().push(handle);
    }

    pub(super) fn interrupt(&self) {
        self.handles().iter().for_each(InterruptHandle::interrupt);
    }

    fn handles(&self) -> MutexGuard<'_, Vec<InterruptHandle>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Interrupts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Interrupts")
            .field(&self.handles().len())
            .finish()
    }
}
