//! The line that tells how far `sync`, `doctor` and `verify` are, for whoever watches.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Context;
use crate::api::client::Client;
use crate::collect::workers::Progress;
use crate::output::progress::{Counts, ProgressLine};

/// What is watched.
pub(super) struct Watched<'a> {
    /// Sends the requests.
    pub(super) client: &'a Arc<Client>,
    /// Counts what is done.
    pub(super) progress: &'a Arc<Progress>,
    /// What is counted.
    pub(super) of: &'static str,
    /// How many are in hand at a time.
    pub(super) jobs: usize,
}

impl Watched<'_> {
    /// Shows the line until it is dropped, where a person watches.
    pub(super) fn show(&self, context: &Context<'_>, quiet: bool) -> Option<ProgressLine> {
        let is_watched = context.err_is_terminal && !context.is_dumb() && !quiet;
        is_watched.then(|| {
            let (client, progress) = (Arc::clone(self.client), Arc::clone(self.progress));
            let (of, jobs) = (self.of, self.jobs as u64);
            ProgressLine::show(move || counts(&client, &progress, of, jobs))
        })
    }
}

fn counts(client: &Client, progress: &Progress, of: &'static str, jobs: u64) -> Counts {
    let planned = progress.planned.load(Ordering::Relaxed);
    let done = progress.done.load(Ordering::Relaxed);
    let reading = client.reading();
    // Of the lists in hand the first page may have come; each other takes a request at least.
    let untouched = planned.saturating_sub(done + jobs);
    Counts {
        of,
        planned,
        done,
        rows: reading.rows,
        requests: reading.requests,
        to_come: reading.pages_to_come + untouched,
        per_minute: reading.per_minute,
        pause: reading.pause,
    }
}
