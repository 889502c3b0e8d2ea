//! `verify`: asks Harness what a snapshot answers, and compares.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Context;
use super::open::{OpenSnapshot, locate_at};
use super::question::unknown_permission;
use super::watching::Watched;
use crate::access::agreement::{Outcome, Reason, SampledQuestion, Sampling, compare};
use crate::access::{Access, Question};
use crate::api::client::{Client, ClientOptions};
use crate::api::error::ApiError;
use crate::cli::{Format, VerifyAccess};
use crate::collect::analyzer::{ANALYZE, FEATURE_FLAG, is_harness_there, policies};
use crate::collect::trail::read_events;
use crate::collect::workers::Progress;
use crate::connection::Connection;
use crate::error::Error;
use crate::exit::Exit;
use crate::model::{AuditEvent, Gap, Policy, Scope, Timestamp, Window};
use crate::output::text::line;
use crate::output::verify::{Verified, json, summary, table};
use crate::store::StoreError;

const TIMEOUT: Duration = Duration::from_secs(30 * 60);
/// So much of the trail is asked for to explain differences: an old snapshot must not cost more requests than the questions.
const ASKED_OF_TRAIL_MS: i64 = 31 * 86_400_000;
/// As a sync paces itself unless told otherwise; Harness allows about 400 for a key.
const REQUESTS_A_MINUTE: u32 = 360;

pub(crate) fn run(arguments: &VerifyAccess, context: &mut Context<'_>) -> Result<Exit, Error> {
    let connection = Connection::resolve(&arguments.connection(), context.env)?;
    let opened = locate_at(arguments.at.as_deref(), arguments.db.as_deref())?.open()?;
    same_account(&opened, &connection)?;
    let access = Access::new(opened.reader.access_facts(opened.snapshot.id)?);
    let permission = arguments.permission.as_deref();
    let permission = permission
        .map(|typed| permission_named(&access, typed))
        .transpose()?;
    let gaps = opened.gaps()?;
    let seen = compared_scopes(&opened, &gaps)?;
    let sample = access.sample(&Sampling {
        permission: permission.as_deref(),
        size: arguments.sample,
        seed: arguments.seed,
        seen: &seen,
    });
    if sample.is_empty() {
        return Err(nothing_to_ask(&opened, &seen));
    }
    opened.reader.end_reading(); // questions to Harness take minutes
    let client = Arc::new(connection.client(options(context)));
    let progress = Arc::new(Progress::default());
    let asking = Asking {
        opened: &opened,
        access: &access,
        seen: &seen,
        client: &client,
        progress: &progress,
    };
    let watched = Watched {
        client: &client,
        progress: &progress,
        of: "questions",
        jobs: 1,
    };
    let shown = watched.show(context, arguments.quiet);
    let outcomes = asking.ask_all(sample);
    drop(shown);
    let outcomes = outcomes?;
    let file = opened.file();
    let verified = Verified {
        snapshot: &opened.snapshot,
        file: &file,
        permission: permission.as_deref(),
        seed: arguments.seed,
        scopes: &seen,
        access: &access,
        outcomes: &outcomes,
    };
    match arguments.format {
        Format::Table => table(&verified, context.screen(arguments.color), context.out)?,
        Format::Json => json(&verified, context.out)?,
    }
    context.out.flush()?;
    if !arguments.quiet {
        writeln!(context.err, "{}", line(&summary(&verified)))?;
    }
    Ok(exit(&outcomes))
}

fn options(context: &Context<'_>) -> ClientOptions {
    ClientOptions {
        timeout: TIMEOUT,
        max_per_minute: REQUESTS_A_MINUTE,
        clock: Arc::clone(&context.clock),
        ..ClientOptions::default()
    }
}

fn exit(outcomes: &[Outcome]) -> Exit {
    let any = |is: fn(&Outcome) -> bool| outcomes.iter().any(is);
    if any(Outcome::differs) {
        Exit::Differences
    } else if any(Outcome::is_untold) {
        Exit::CouldNotTell
    } else {
        Exit::Done
    }
}

fn same_account(opened: &OpenSnapshot, connection: &Connection) -> Result<(), Error> {
    let (holds, wanted) = (opened.reader.identity()?, connection.identity());
    if holds.account_id == wanted.account_id {
        return Ok(());
    }
    Err(Error::Store(StoreError::OtherAccount {
        path: opened.path.clone(),
        holds: holds.to_string(),
        wanted: wanted.to_string(),
    }))
}

fn permission_named(access: &Access, typed: &str) -> Result<String, Error> {
    match access
        .question(typed)
        .map_err(|similar| unknown_permission(typed, &similar))?
    {
        Question::Permission(permission) => Ok(permission),
        Question::Roles(_) | Question::Anything => Err(Error::Unknown {
            message: format!(
                "`{typed}` is a role, and Harness's analyzer is asked about permissions"
            ),
            hint: Some("the view `role_permissions` has the permissions of a role".to_owned()),
        }),
    }
}

/// The scopes whose role assignments were all seen, with the members of every group that may hold one there.
fn compared_scopes(opened: &OpenSnapshot, gaps: &[Gap]) -> Result<BTreeSet<Scope>, Error> {
    let seen = opened.reader.scopes_seen(opened.snapshot.id)?;
    let hides = |gap: &Gap, scope: &Scope| {
        let Some(of_gap) = Scope::parse(&gap.scope) else {
            return true;
        };
        match gap.kind.as_str() {
            "role_assignments" => of_gap == *scope,
            "user_groups" => of_gap.contains(scope),
            _ => false,
        }
    };
    let scopes = seen.iter().filter_map(|path| Scope::parse(path));
    Ok(scopes
        .filter(|scope| !gaps.iter().any(|gap| hides(gap, scope)))
        .collect())
}

fn nothing_to_ask(opened: &OpenSnapshot, seen: &BTreeSet<Scope>) -> Error {
    let number = opened.snapshot.id;
    Error::NotEnough {
        message: if seen.is_empty() {
            format!("snapshot {number} has no complete list of role assignments and user groups")
        } else {
            format!("snapshot {number} has nobody to ask about")
        },
        hint: Some("`harness-access snapshots` says what is missing in it".to_owned()),
    }
}

struct Asking<'a> {
    opened: &'a OpenSnapshot,
    access: &'a Access,
    seen: &'a BTreeSet<Scope>,
    client: &'a Client,
    progress: &'a Progress,
}

impl Asking<'_> {
    fn ask_all(&self, sample: Vec<SampledQuestion>) -> Result<Vec<Outcome>, Error> {
        is_harness_there(self.client)?;
        let questions = sample.len() as u64;
        self.progress.planned.store(questions, Ordering::Relaxed);
        let mut answered = false;
        let mut outcomes = Vec::with_capacity(sample.len());
        let mut differing = Vec::new();
        for asked in sample {
            let answer = match policies(self.client, &asked.question) {
                Ok(policies) => Ok(policies),
                Err(error) if error.ends_run() => return Err(error.into()),
                Err(error) if error.is_refusal() && !answered => return Err(not_offered(&error)),
                Err(error) => Err(error.kind.reason()),
            };
            answered |= answer.is_ok();
            outcomes.push(match answer {
                Err(why) => Outcome::Untold { asked, why },
                Ok(policies) => {
                    let compared = compare(self.access, &asked, &policies, self.seen);
                    let reason = Reason::by_themselves(self.access, &compared);
                    let told = Outcome::Told {
                        asked,
                        compared,
                        reason,
                    };
                    if told.differs() {
                        differing.push((outcomes.len(), policies));
                    }
                    told
                }
            });
            self.progress.done.fetch_add(1, Ordering::Relaxed);
        }
        self.explain(&mut outcomes, &differing)?;
        Ok(outcomes)
    }

    /// Looks for a change since the snapshot that made the difference.
    fn explain(
        &self,
        outcomes: &mut [Outcome],
        differing: &[(usize, Vec<Policy>)],
    ) -> Result<(), Error> {
        if differing.is_empty() {
            return Ok(());
        }
        let events = self.events_since()?;
        let newest = self.newest()?;
        for (at, policies) in differing {
            let Outcome::Told {
                asked,
                compared,
                reason,
            } = &mut outcomes[*at]
            else {
                continue;
            };
            let in_events = Reason::in_events(self.access, asked, compared, &events);
            let in_newest = || {
                newest
                    .as_ref()
                    .and_then(|newest| newest.agrees(asked, policies, self.seen))
            };
            if let Some(found) = in_events.or_else(in_newest) {
                *reason = found;
            }
        }
        Ok(())
    }

    /// What the audit trail records since the snapshot: what the file has of it, and the rest from Harness, as far as it is
    /// recent.
    fn events_since(&self) -> Result<Vec<AuditEvent>, Error> {
        let reader = &self.opened.reader;
        let begin = &self.opened.snapshot.started_at;
        let from = Timestamp::parse_at_latest(begin).unwrap_or(Timestamp::from_millis(0));
        let mut window = Window {
            from,
            until: Timestamp::now(),
        };
        let mut events = Vec::new();
        if let Some(trail) = reader.audit_trail(window)? {
            let read_until = trail.read_whole.iter().map(|read| read.until).max();
            events = trail.within(window);
            window.from = read_until.map_or(from, |until| until.max(from));
        }
        window.from = window.from.max(window.until.moved(-ASKED_OF_TRAIL_MS));
        let (read, listing) = read_events(self.client, &[window], None, &|_| ())?;
        if let Some(reason) = listing.state.reason() {
            log::info!("the audit trail since the snapshot was not read: {reason}");
        }
        events.extend(read.events);
        Ok(events)
    }

    fn newest(&self) -> Result<Option<Newest>, Error> {
        let reader = &self.opened.reader;
        let Some(number) = reader
            .latest()?
            .filter(|latest| *latest != self.opened.snapshot.id)
        else {
            return Ok(None);
        };
        let access = Access::new(reader.access_facts(number)?);
        Ok(Some(Newest { number, access }))
    }
}

/// A newer snapshot of the file.
struct Newest {
    number: i64,
    access: Access,
}

impl Newest {
    /// Whether it answers a question as Harness does.
    fn agrees(
        &self,
        asked: &SampledQuestion,
        policies: &[Policy],
        seen: &BTreeSet<Scope>,
    ) -> Option<Reason> {
        let who = asked.question.principal.to_string();
        let at = *self.access.principals_named_exactly(&who).first()?;
        let asked = self.access.asked(at, &asked.question.permission, seen);
        let agrees = compare(&self.access, &asked, policies, seen).agrees();
        agrees.then_some(Reason::NewerSnapshot(self.number))
    }
}

/// The analyzer refused the very first question.
fn not_offered(error: &ApiError) -> Error {
    Error::NotEnough {
        message: format!("Harness's analyzer of access policies does not answer this key: {error}"),
        hint: Some(format!(
            "it is behind the feature flag {FEATURE_FLAG}, which Harness support switches on, and the key needs {} on the \
             account",
            ANALYZE.permission
        )),
    }
}
