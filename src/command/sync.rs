//! `sync`: observe the account and store a snapshot.

use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Context;
use super::before::HeldBefore;
use super::clock;
use super::failure::explain;
use super::gaps::{self, Gaps};
use super::selection;
use super::trail::{self, Reading};
use super::watching::Watched;
use crate::agreed::gaps::AcceptedGaps;
use crate::api::client::{Client, ClientOptions};
use crate::cli::{Format, Sync};
use crate::collect::plan::Plan;
use crate::collect::workers::Progress;
use crate::collect::{self, Before, NothingBefore, Remembered};
use crate::connection::{self, Connection};
use crate::error::Error;
use crate::exit::Exit;
use crate::model::{Gap, Label, ResourceType, ScopeSelection, Timestamp, TrailRead, Window};
use crate::output;
use crate::output::accepting::{describe, describe_all};
use crate::output::text::{count, line};
use crate::output::write_json;
use crate::signals::{self, Stopping};
use crate::store::{Identity, Published, Writer};

pub(crate) fn run(arguments: &Sync, context: &mut Context<'_>) -> Result<Exit, Error> {
    let label = label(arguments.label.as_deref())?;
    let asked = selection::selection(&arguments.selection())?;
    let accepted = accepted(arguments)?;
    let connection = Connection::resolve(&arguments.connection(), context.env)?;
    let identity = connection.identity();
    let path = connection::database(arguments.db.as_deref())?;
    let writer = open(arguments, &path, &identity, label.as_ref())?;
    let client = Arc::new(connection.client(client_options(arguments, context)));
    let moved = new_address(&writer, &identity);
    let _stopping = stop_on_signals(&client, &writer);
    let stopped = |error| match signals::received() {
        Some(exit) => Error::Stopped(exit),
        None => error,
    };
    let selection = selection::remembered(asked, arguments, &writer, context)?;
    selection::check_trail(arguments, &selection)?;
    let run = Run {
        arguments,
        client: &client,
        selection,
        accepted,
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
    let watched = Watched {
        client: &client,
        progress: &run.progress,
        of: "listings",
        jobs: arguments.jobs,
    };
    let shown = watched.show(context, arguments.quiet);
    let result = run.observe_and_store(writer, &identity, label.as_ref());
    drop(shown);
    let (gaps, published) = result.map_err(stopped)?;
    tell(arguments, &gaps, context)?;
    let Some(published) = published else {
        return Err(gaps.refusal(&run.selection));
    };
    conclude(&run, context, &published, &gaps, moved.as_deref())?;
    Ok(if gaps.open.is_empty() {
        Exit::Done
    } else {
        Exit::CouldNotTell
    })
}

fn client_options(arguments: &Sync, context: &Context<'_>) -> ClientOptions {
    ClientOptions {
        timeout: arguments.timeout,
        max_per_minute: arguments.max_rate,
        max_memory: arguments.max_memory,
        clock: Arc::clone(&context.clock),
        ..ClientOptions::default()
    }
}

/// Gaps for a reviewer, and entries of the file that had no effect.
fn tell(arguments: &Sync, gaps: &Gaps, context: &mut Context<'_>) -> Result<(), Error> {
    if !arguments.quiet {
        let file = arguments.gaps.as_deref().unwrap_or_default();
        output::notices::write(file, &gaps.notices, "gap", context.err)?;
    }
    if arguments.write_gaps {
        output::accepting::write_entries(&gaps.open, context.out)?;
    }
    Ok(())
}

/// The file of `--gaps`, read before anything else, so that a mistake in it shows at once.
fn accepted(arguments: &Sync) -> Result<Option<AcceptedGaps>, Error> {
    if arguments.write_gaps && arguments.format == Format::Json {
        return Err(Error::Usage(
            "--write-gaps always prints TOML; leave out --format".to_owned(),
        ));
    }
    arguments.gaps.as_deref().map(gaps::read).transpose()
}

/// The file, with everything checked that can be before the first request.
fn open(
    arguments: &Sync,
    path: &Path,
    identity: &Identity,
    label: Option<&Label>,
) -> Result<Writer, Error> {
    let writer = Writer::open(path, identity)?
        .with_brake(arguments.max_removed)
        .with_patience(arguments.timeout);
    if let Some(label) = label {
        writer.refuse_taken(label)?;
    }
    let tolerant = arguments.allow_clock_skew;
    if let Some(newest) = writer.newest_time()? {
        clock::against_newest(newest, Timestamp::now(), tolerant)?;
    }
    Ok(writer)
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
    accepted: Option<AcceptedGaps>,
    path: PathBuf,
    progress: Arc<Progress>,
}

impl Run<'_> {
    fn plan(&self, writer: &Writer) -> Result<Plan, Error> {
        let remembered = remembered(writer)?;
        collect::plan(self.client, &self.request(&remembered, &NothingBefore))
            .map_err(|failure| explain(failure, &self.selection, Some(writer)))
    }

    fn observe_and_store(
        &self,
        writer: Writer,
        identity: &Identity,
        label: Option<&Label>,
    ) -> Result<(Gaps, Option<Published>), Error> {
        let remembered = remembered(&writer)?;
        let before = HeldBefore {
            writer: &writer,
            anything_may_go: self.arguments.max_removed >= 100,
        };
        let request = self.request(&remembered, &before);
        let mut observation = collect::observe(self.client, &request)
            .map_err(|failure| explain(failure, &self.selection, Some(&writer)))?;
        let accepted = self.accepted.as_ref();
        let gaps = Gaps::of(&mut observation.listings, accepted, false);
        if !gaps.open.is_empty() && !self.arguments.allow_partial {
            return Ok((gaps, None));
        }
        if let Some(ahead) = self.client.clock_ahead() {
            clock::against_harness(ahead, self.arguments.allow_clock_skew)?;
        }
        let reading = Reading {
            client: self.client,
            writer: &writer,
            selection: &self.selection,
            since: self.arguments.audit_since,
        };
        reading.add_to(&mut observation)?;
        let gaps = Gaps::of(&mut observation.listings, accepted, true);
        let read: Vec<Window> = observation
            .trail
            .iter()
            .flat_map(TrailRead::asked)
            .collect();
        let published = writer.publish(identity, observation, crate::VERSION, label)?;
        if let Err(error) = self.explain(&read) {
            // The snapshot is stored, and `diff` joins the trail by itself.
            log::warn!("the view `changes` does not say who made the latest changes: {error}");
        }
        Ok((gaps, Some(published)))
    }

    /// Joins the trail to the changes.
    fn explain(&self, read: &[Window]) -> Result<(), Error> {
        if read.is_empty() {
            return Ok(());
        }
        trail::record_read(&self.path, read)?;
        if self.arguments.audit_details {
            trail::tell_apart(self.client, &self.path, read)?;
        }
        Ok(())
    }

    fn request<'a>(
        &'a self,
        remembered: &'a Remembered,
        before: &'a dyn Before,
    ) -> collect::ObservationRequest<'a> {
        collect::ObservationRequest {
            selection: &self.selection,
            refuse_early: !self.arguments.allow_partial
                && !self.arguments.write_gaps
                && self.accepted.is_none(),
            remembered,
            before,
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

/// The same account may answer under another address; that it does is worth a word, once it has answered.
fn new_address(writer: &Writer, identity: &Identity) -> Option<String> {
    let known = writer.reader().ok()?.identity().ok()?;
    let (from, to) = (line(&known.base_url), &identity.base_url);
    (from != *to)
        .then(|| format!("the base URL changes from {from} to {to}; the account is the same"))
}

fn label(typed: Option<&str>) -> Result<Option<Label>, Error> {
    typed.map(Label::new).transpose().map_err(Error::Usage)
}

fn conclude(
    run: &Run<'_>,
    context: &mut Context<'_>,
    published: &Published,
    gaps: &Gaps,
    new_address: Option<&str>,
) -> Result<(), Error> {
    let Run {
        arguments,
        client,
        path,
        ..
    } = run;
    if !arguments.quiet {
        if let Some(told) = new_address {
            writeln!(context.err, "{told}")?;
        }
        for gap in describe_all(&gaps.open) {
            writeln!(context.err, "incomplete: {}", line(&gap))?;
        }
    }
    match arguments.format {
        Format::Json => write_json(
            &Document::new(published, client.requests(), gaps),
            context.out,
        )?,
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
            for gap in &gaps.accepted {
                let accepted = gap.accepted.as_deref().unwrap_or_default();
                writeln!(
                    context.err,
                    "accepted: {}: {}",
                    line(&describe(gap)),
                    line(accepted)
                )?;
            }
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
    /// Lists that were not read whole, those of the audit trail too.
    gaps: Vec<Gap>,
}

impl Document {
    fn new(published: &Published, requests: u64, gaps: &Gaps) -> Self {
        Self {
            format_version: 1,
            snapshot: published.snapshot,
            state: published.state,
            resources: published.resources,
            grants: published.grants,
            requests,
            gaps: gaps
                .open
                .iter()
                .chain(&gaps.accepted)
                .filter_map(Gap::of)
                .collect(),
        }
    }
}
