//! `sync`: observe the account and store a snapshot.

use serde::Serialize;

use crate::api::client::{Client, ClientOptions};
use crate::api::transport::{TransportSettings, UreqTransport};
use crate::cli::{Format, Sync};
use crate::collect;
use crate::config::{self, Connection, ConnectionFlags};
use crate::error::Error;
use crate::exit::Exit;
use crate::model::{Label, Observation};
use crate::output::text::count;
use crate::output::write_json;
use crate::run::Context;
use crate::store::{Published, Writer};

pub(crate) fn run(arguments: &Sync, context: &mut Context<'_>) -> Result<Exit, Error> {
    let flags = ConnectionFlags {
        base_url: arguments.base_url.as_deref(),
        allow_http: arguments.allow_http,
        account_id: arguments.account_id.as_deref(),
        api_key_file: arguments.api_key_file.as_deref(),
        api_key: arguments.api_key.as_deref(),
    };
    let label = label(arguments.label.as_deref())?;
    let connection = Connection::resolve(&flags, context.env)?;
    let identity = connection.identity();
    let path = config::database(arguments.db.as_deref(), context.env);
    let writer = Writer::open(&path, &identity)?;
    if let Some(label) = &label {
        writer.refuse_taken(label)?;
    }
    let client = client(connection);
    let observation = collect::observe(&client)?;
    refuse_incomplete(&observation)?;
    let published = writer.publish(&identity, &observation, crate::VERSION, label.as_ref())?;
    match arguments.format {
        Format::Json => write_json(&Document::new(&published, client.requests()), context.out)?,
        Format::Table if context.err_is_terminal && !arguments.quiet || arguments.verbose > 0 => {
            writeln!(
                context.err,
                "snapshot {} in {}: {}, {}, {}",
                published.snapshot,
                path.display(),
                count(published.resources, "resource"),
                count(published.grants, "grant"),
                count(client.requests(), "request"),
            )?;
        }
        Format::Table => {}
    }
    Ok(Exit::Done)
}

fn label(typed: Option<&str>) -> Result<Option<Label>, Error> {
    typed.map(Label::new).transpose().map_err(Error::Usage)
}

/// A list that is not whole must not look like access that is gone.
fn refuse_incomplete(observation: &Observation) -> Result<(), Error> {
    let gaps: Vec<String> = observation
        .listings
        .iter()
        .filter_map(|listing| {
            let reason = listing.state.reason()?;
            let (kind, scope, state) = (listing.kind, &listing.scope, listing.state.as_str());
            Some(format!(
                "{kind} in {scope} ({}): {state}: {reason}",
                listing.endpoint
            ))
        })
        .collect();
    if gaps.is_empty() {
        return Ok(());
    }
    Err(Error::NotEnough {
        message: format!(
            "nothing was stored, because not everything could be seen:\n{}",
            gaps.join("\n")
        ),
        hint: None,
    })
}

fn client(connection: Connection) -> Client {
    let settings = TransportSettings::for_base(&connection.base_url);
    let transport = UreqTransport::new(connection.api_key, &settings);
    let options = ClientOptions::default();
    Client::new(
        Box::new(transport),
        connection.base_url,
        connection.account_id,
        options,
    )
}

#[derive(Serialize)]
struct Document {
    format_version: u32,
    snapshot: i64,
    state: &'static str,
    resources: i64,
    grants: i64,
    requests: u64,
}

impl Document {
    fn new(published: &Published, requests: u64) -> Self {
        Self {
            format_version: 1,
            snapshot: published.snapshot,
            state: published.state,
            resources: published.resources,
            grants: published.grants,
            requests,
        }
    }
}
