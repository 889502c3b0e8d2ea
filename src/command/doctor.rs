//! `doctor`: will a sync work, and will it see everything?

use std::time::Duration;

use super::Context;
use crate::cli::{Doctor, Format};
use crate::collect::examine::examine;
use crate::config::{Connection, ConnectionFlags};
use crate::error::Error;
use crate::exit::Exit;
use crate::output;

/// A handful of requests that should each take a moment.
const TIMEOUT: Duration = Duration::from_secs(120);

pub(crate) fn run(arguments: &Doctor, context: &mut Context<'_>) -> Result<Exit, Error> {
    let flags = ConnectionFlags {
        base_url: arguments.base_url.as_deref(),
        allow_http: arguments.allow_http,
        account_id: arguments.account_id.as_deref(),
        api_key_file: arguments.api_key_file.as_deref(),
        api_key: arguments.api_key.as_deref(),
    };
    let connection = Connection::resolve(&flags, context.env)?;
    let identity = connection.identity();
    let examination = examine(&connection.client(TIMEOUT, 0))?;
    let document =
        output::doctor::DiagnosisDoc::new(&identity.base_url, &identity.account_id, &examination);
    match arguments.format {
        Format::Table if arguments.quiet => {}
        Format::Table => document.write_table(context.out)?,
        Format::Json => output::write_json(&document, context.out)?,
    }
    Ok(if document.can_sync {
        Exit::Done
    } else {
        Exit::CouldNotTell
    })
}
