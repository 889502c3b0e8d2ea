//! `doctor`: will a sync work, and will it see everything?

use std::sync::Arc;
use std::time::Duration;

use super::failure::explain;
use super::selection::selection;
use super::watching::Watched;
use super::{Context, clock, support};
use crate::api::client::{ClientOptions, Most};
use crate::cli::{Doctor, Format};
use crate::collect::diagnosis::diagnose;
use crate::collect::workers::Progress;
use crate::collect::{NothingBefore, ObservationRequest, Remembered};
use crate::connection::Connection;
use crate::error::Error;
use crate::exit::Exit;
use crate::model::Outlook;
use crate::output;
use crate::output::support::SupportReport;

/// Time for everything, waits that the server asks for included.
const TIMEOUT: Duration = Duration::from_secs(600);

/// A minute and a half at Harness's pace; the lists of most accounts take less.
const LOOK: Most = Most {
    pages_of_a_list: 100,
    requests: 600,
};

/// As `sync` unless told otherwise.
const JOBS: usize = 4;

pub(crate) fn run(arguments: &Doctor, context: &mut Context<'_>) -> Result<Exit, Error> {
    let connection = Connection::resolve(&arguments.connection(), context.env)?;
    let identity = connection.identity();
    let selection = selection(&arguments.selection())?;
    let report = arguments.report.as_deref().map(support::destination);
    let report = report.transpose()?;
    let client = Arc::new(connection.client(ClientOptions {
        timeout: TIMEOUT,
        most: Some(LOOK),
        clock: Arc::clone(&context.clock),
        ..ClientOptions::default()
    }));
    let progress = Arc::new(Progress::default());
    let request = ObservationRequest {
        selection: &selection,
        refuse_early: false,
        remembered: &Remembered::default(),
        before: &NothingBefore,
        jobs: JOBS,
        progress: &progress,
    };
    let watched = Watched {
        client: &client,
        progress: &progress,
        of: "listings",
        jobs: JOBS,
    };
    let shown = watched.show(context, arguments.quiet);
    let diagnosis = diagnose(&client, &request);
    drop(shown);
    let diagnosis = diagnosis.map_err(|failure| explain(failure, &selection, None))?;
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
        diagnosis.clock_ahead.and_then(clock::refusal),
    );
    match arguments.format {
        Format::Table if arguments.quiet => {}
        Format::Table => document.write_table(context.screen(arguments.color), context.out)?,
        Format::Json => output::write_json(&document, context.out)?,
    }
    Ok(match diagnosis.outlook() {
        Outlook::Gaps | Outlook::Unknown => Exit::CouldNotTell,
        Outlook::Whole if document.is_refused() => Exit::Usage,
        Outlook::Whole => Exit::Done,
    })
}
