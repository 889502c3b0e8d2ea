//! `doctor`: will a sync work, and will it see everything?

use std::sync::Arc;
use std::time::Duration;

use super::Context;
use super::failure::explain;
use super::selection::selection;
use super::support;
use crate::api::client::DEFAULT_MEMORY;
use crate::cli::{Doctor, Format};
use crate::collect::diagnosis::diagnose;
use crate::collect::workers::Progress;
use crate::collect::{NothingBefore, ObservationRequest, Remembered};
use crate::connection::Connection;
use crate::error::Error;
use crate::exit::Exit;
use crate::output;
use crate::output::support::SupportReport;

/// A handful of requests that should each take a moment, and one wait that the server asks for.
const TIMEOUT: Duration = Duration::from_secs(300);

pub(crate) fn run(arguments: &Doctor, context: &mut Context<'_>) -> Result<Exit, Error> {
    let connection = Connection::resolve(&arguments.connection(), context.env)?;
    let identity = connection.identity();
    let selection = selection(&arguments.selection())?;
    let client = connection.client(TIMEOUT, 0, DEFAULT_MEMORY, Arc::clone(&context.clock));
    let request = ObservationRequest {
        selection: &selection,
        refuse_early: false,
        remembered: &Remembered::default(),
        before: &NothingBefore,
        jobs: 1,
        progress: &Progress::default(),
    };
    let report = arguments.report.as_deref().map(support::destination);
    let report = report.transpose()?;
    let diagnosis =
        diagnose(&client, &request).map_err(|failure| explain(failure, &selection, None))?;
    if let Some(destination) = report {
        let document = SupportReport::new(
            &diagnosis,
            &identity.base_url,
            client.requests(),
            crate::VERSION,
        );
        support::write(&document, destination, context)?;
    }
    let document = output::doctor::DiagnosisDoc::new(
        &identity.base_url,
        &identity.account_id,
        &diagnosis,
        &selection,
    );
    match arguments.format {
        Format::Table if arguments.quiet => {}
        Format::Table => document.write_table(context.screen(arguments.color), context.out)?,
        Format::Json => output::write_json(&document, context.out)?,
    }
    Ok(if document.can_sync {
        Exit::Done
    } else {
        Exit::CouldNotTell
    })
}
