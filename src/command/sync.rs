//! `sync`: observe the account and store a snapshot.

use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Context;
use super::clock;
use super::names;
use super::trail::{self, Reading};
use crate::api::client::Client;
use crate::cli::{Format, Sync};
use crate::collect::plan::Plan;
use crate::collect::workers::Progress;
use crate::collect::{self, Failure, Remembered};
use crate::config::{self, Connection};
use crate::error::Error;
use crate::exit::Exit;
use crate::model::{
    Depth, Label, Listing, ListingState, Observation, ResourceType, Scope, ScopeSelection,
    Timestamp, TrailRead,
};
use crate::output;
use crate::output::progress::{Counts, ProgressLine};
use crate::output::text::{count, line};
use crate::output::write_json;
use crate::signals::{self, Stopping};
use crate::similar::{closest, did_you_mean};
use crate::store::{Identity, Published, Writer};

pub(crate) fn run(arguments: &Sync, context: &mut Context<'_>) -> Result<Exit, Error> {
    let label = label(arguments.label.as_deref())?;
    let connection = Connection::resolve(&arguments.connection(), context.env)?;
    let identity = connection.identity();
    let path = config::database(arguments.db.as_deref())?;
    let writer = Writer::open(&path, &identity)?
        .with_brake(arguments.max_removed)
        .with_patience(arguments.timeout);
    if let Some(label) = &label {
        writer.refuse_taken(label)?;
    }
    let tolerant = arguments.allow_clock_skew;
    if let Some(newest) = writer.newest_time()? {
        clock::against_newest(newest, Timestamp::now(), tolerant)?;
    }
    let client = Arc::new(connection.client(
        arguments.timeout,
        arguments.max_rate,
        arguments.max_memory,
        Arc::clone(&context.clock),
    ));
    if !arguments.quiet {
        tell_new_address(&writer, &identity, context)?;
    }
    let _stopping = stop_on_signals(&client, &writer);
    let stopped = |error| match signals::received() {
        Some(exit) => Error::Stopped(exit),
        None => error,
    };
    let run = Run {
        arguments,
        client: &client,
        selection: remembered_selection(arguments, &writer, context)?,
        path: path.clone(),
        progress: Arc::new(Progress::default()),
    };
    if arguments.plan {
        let plan = run.plan(&writer).map_err(stopped)?;
        output::plan::write(
            &plan.choices,
            plan.scopes.len(),
            context.screen(arguments.color),
            context.out,
        )?;
        return Ok(Exit::Done);
    }
    let shown = (context.err_is_terminal && !arguments.quiet).then(|| {
        let (client, progress) = (Arc::clone(&client), Arc::clone(&run.progress));
        ProgressLine::show(move || counts(&client, &progress))
    });
    let result = run.observe_and_store(writer, &identity, label.as_ref());
    drop(shown);
    let (gaps, published) = result.map_err(stopped)?;
    conclude(arguments, context, &path, &client, &published, &gaps)?;
    Ok(if gaps.is_empty() {
        Exit::Done
    } else {
        Exit::CouldNotTell
    })
}

fn stop_on_signals(client: &Arc<Client>, writer: &Writer) -> Stopping {
    let client = Arc::clone(client);
    let stop_writing = writer.stopper();
    signals::stop_with(move || {
        client.interrupt();
        stop_writing();
    })
}

/// A sync under way.
struct Run<'a> {
    arguments: &'a Sync,
    client: &'a Client,
    selection: ScopeSelection,
    path: PathBuf,
    progress: Arc<Progress>,
}

impl Run<'_> {
    fn plan(&self, writer: &Writer) -> Result<Plan, Error> {
        let remembered = remembered(writer)?;
        collect::plan(self.client, &self.request(&remembered))
            .map_err(|failure| explain(failure, writer))
    }

    fn observe_and_store(
        &self,
        writer: Writer,
        identity: &Identity,
        label: Option<&Label>,
    ) -> Result<(Vec<Listing>, Published), Error> {
        let remembered = remembered(&writer)?;
        let mut observation = collect::observe(self.client, &self.request(&remembered))
            .map_err(|failure| explain(failure, &writer))?;
        if !self.arguments.allow_partial {
            refuse_gaps(&observation)?;
        }
        if let Some(ahead) = self.client.clock_ahead() {
            clock::against_harness(ahead, self.arguments.allow_clock_skew)?;
        }
        let mut gaps = gaps(&observation);
        let reading = Reading {
            client: self.client,
            writer: &writer,
            selection: &self.selection,
            since: self.arguments.audit_since,
        };
        let read = reading.add_to(&mut observation)?;
        gaps.extend(read.into_iter().filter(is_gap));
        let explained_from = observation.trail.as_ref().and_then(TrailRead::begin);
        let published = writer.publish(identity, observation, crate::VERSION, label)?;
        if let Some(from) = explained_from
            && let Err(error) = trail::record(&self.path, from)
        {
            // The snapshot is stored, and `diff` joins the trail by itself.
            log::warn!("the view `changes` does not say who made the latest changes: {error}");
        }
        Ok((gaps, published))
    }

    fn request<'a>(&'a self, remembered: &'a Remembered) -> collect::Request<'a> {
        collect::Request {
            selection: &self.selection,
            accept_gaps: self.arguments.allow_partial,
            remembered,
            jobs: self.arguments.jobs,
            progress: &self.progress,
        }
    }
}

fn remembered(writer: &Writer) -> Result<Remembered, Error> {
    let kinds = [ResourceType::Role, ResourceType::ResourceGroup];
    Ok(Remembered {
        held: writer.held(&kinds)?,
        ever: writer.ever_listed(&kinds)?,
    })
}

/// The same account may answer under another address; that it does is worth a word.
fn tell_new_address(
    writer: &Writer,
    identity: &Identity,
    context: &mut Context<'_>,
) -> Result<(), Error> {
    let known = writer.reader().and_then(|reader| reader.identity());
    if let Ok(known) = known
        && known.base_url != identity.base_url
    {
        let (from, to) = (line(&known.base_url), &identity.base_url);
        writeln!(
            context.err,
            "the base URL changes from {from} to {to}; the account is the same"
        )?;
    }
    Ok(())
}

/// What the flags ask for; without any, what the last snapshot asked for.
fn remembered_selection(
    arguments: &Sync,
    writer: &Writer,
    context: &mut Context<'_>,
) -> Result<ScopeSelection, Error> {
    let asked = selection(arguments)?;
    let snapshots = writer.reader().and_then(|reader| reader.snapshots());
    let last = snapshots
        .ok()
        .and_then(|snapshots| snapshots.last().cloned());
    let Some((last, before)) = last.and_then(|last| {
        let before = ScopeSelection::parse(&last.scopes)?;
        Some((last, before))
    }) else {
        return Ok(asked);
    };
    let says_nothing = arguments.scopes.is_none()
        && arguments.org.is_empty()
        && arguments.project.is_empty()
        && arguments.with.is_empty();
    if says_nothing {
        let is_told = context.err_is_terminal || arguments.verbose > 0;
        if before != asked && is_told && !arguments.quiet {
            let scopes = line(&last.scopes);
            writeln!(
                context.err,
                "asking for what snapshot {} asked for: {scopes}",
                last.id
            )?;
        }
        return Ok(before);
    }
    if asked.leaves_out_some_of(&before) && !arguments.quiet {
        writeln!(
            context.err,
            "this sync asks for less ({asked}) than snapshot {} did ({}); what it leaves out cannot be compared",
            last.id,
            line(&last.scopes)
        )?;
    }
    Ok(asked)
}

/// Naming an organization asks for organizations, naming a project for projects, unless a depth is given.
fn selection(arguments: &Sync) -> Result<ScopeSelection, Error> {
    let named = if !arguments.project.is_empty() {
        Depth::All
    } else if !arguments.org.is_empty() {
        Depth::Organizations
    } else {
        Depth::Account
    };
    let depth = arguments.scopes.unwrap_or(named);
    if depth < named {
        return Err(Error::Usage(format!(
            "--scopes {depth} leaves out what --org or --project name"
        )));
    }
    Ok(ScopeSelection {
        depth,
        orgs: arguments.org.clone(),
        projects: arguments.project.clone(),
        extras: arguments.with.iter().copied().collect(),
    })
}

fn counts(client: &Client, progress: &Progress) -> Counts {
    Counts {
        planned: progress.planned.load(Ordering::Relaxed),
        done: progress.done.load(Ordering::Relaxed),
        rows: progress.rows.load(Ordering::Relaxed),
        requests: client.requests(),
    }
}

fn label(typed: Option<&str>) -> Result<Option<Label>, Error> {
    typed.map(Label::new).transpose().map_err(Error::Usage)
}

fn explain(failure: Failure, writer: &Writer) -> Error {
    match failure {
        Failure::Api(error) => error.into(),
        Failure::UnknownScopes(scopes) => Error::Config {
            message: format!(
                "not found in the lists that this key can read: {}",
                scopes.iter().map(Scope::to_string).collect::<Vec<_>>().join(", ")
            ),
            hint: Some(meant(&scopes, writer).unwrap_or_else(|| {
                "give identifiers, not names (they are in the address of a page), and check that the key may view them"
                    .to_owned()
            })),
        },
        Failure::MissingPermissions(missing) => Error::NotEnough {
            message: format!(
                "nothing was stored, because the key lacks permissions:\n{}",
                missing.join("\n")
            ),
            hint: Some(
                "give the owner of the key a role with these permissions (Account Viewer on All Resources Including \
                 Child Scopes has those that end in _view), or store an incomplete snapshot with --allow-partial"
                    .to_owned(),
            ),
        },
    }
}

/// Scopes of earlier snapshots that look like those that were not found.
fn meant(unknown: &[Scope], writer: &Writer) -> Option<String> {
    let known = names::known_scopes_and_names(&writer.reader().ok()?).ok()?;
    let similar: Vec<String> = unknown
        .iter()
        .flat_map(|scope| {
            let typed = scope.project().or(scope.org()).unwrap_or_default();
            closest(typed, known.iter().cloned())
        })
        .collect();
    did_you_mean(&similar)
}

/// An incomplete list must not look like removed access.
fn refuse_gaps(observation: &Observation) -> Result<(), Error> {
    let gaps = gaps(observation);
    if gaps.is_empty() {
        return Ok(());
    }
    let listings: Vec<String> = gaps.iter().map(describe).collect();
    Err(Error::NotEnough {
        message: format!(
            "nothing was stored, because some lists are incomplete:\n{}",
            listings.join("\n")
        ),
        hint: Some("store an incomplete snapshot with --allow-partial".to_owned()),
    })
}

fn gaps(observation: &Observation) -> Vec<Listing> {
    let gaps = observation
        .listings
        .iter()
        .filter(|listing| is_gap(listing));
    gaps.cloned().collect()
}

fn is_gap(listing: &Listing) -> bool {
    listing.state != ListingState::Complete
}

fn describe(listing: &Listing) -> String {
    let Listing {
        kind,
        scope,
        endpoint,
        state,
        ..
    } = listing;
    let reason = state.reason().unwrap_or_default();
    let what = format!("{kind} in {scope} ({endpoint})");
    match (state, reason.strip_prefix("not permitted: ")) {
        (ListingState::NotPermitted { .. }, Some(needed)) => {
            format!("{what}: permission missing: {needed}")
        }
        _ => format!("{what}: {}: {reason}", state.as_str()),
    }
}

fn conclude(
    arguments: &Sync,
    context: &mut Context<'_>,
    path: &Path,
    client: &Client,
    published: &Published,
    gaps: &[Listing],
) -> Result<(), Error> {
    if !arguments.quiet {
        for gap in gaps {
            writeln!(context.err, "incomplete: {}", line(&describe(gap)))?;
        }
    }
    match arguments.format {
        Format::Json => write_json(&Document::new(published, client.requests()), context.out)?,
        Format::Table if !arguments.quiet && (context.err_is_terminal || arguments.verbose > 0) => {
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
    Ok(())
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
