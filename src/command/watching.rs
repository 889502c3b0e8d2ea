//! The line that tells how far `sync` and `doctor` are, for whoever watches.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Context;
use crate::api::client::Client;
use crate::collect::workers::Progress;
use crate::output::progress::{Counts, ProgressLine};

/// Shows the line until it is dropped, where a person watches.
pub(super) fn show(
    context: &Context<'_>,
    quiet: bool,
    client: &Arc<Client>,
    progress: &Arc<Progress>,
    jobs: usize,
) -> Option<ProgressLine> {
    let watched = context.err_is_terminal && !context.is_dumb() && !quiet;
    watched.then(|| {
        let (client, progress) = (Arc::clone(client), Arc::clone(progress));
        ProgressLine::show(move || counts(&client, &progress, jobs as u64))
    })
}

fn counts(client: &Client, progress: &Progress, jobs: u64) -> Counts {
    let planned = progress.planned.load(Ordering::Relaxed);
    let done = progress.done.load(Ordering::Relaxed);
    let reading = client.reading();
    // Of the lists in hand the first page may have come; each other takes a request at least.
    let untouched = planned.saturating_sub(done + jobs);
    Counts {
        planned,
        done,
        rows: reading.rows,
        requests: reading.requests,
        to_come: reading.pages_to_come + untouched,
        per_minute: reading.per_minute,
        pause: reading.pause,
    }
}
