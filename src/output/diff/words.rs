//! The sentences that the formats for people share. They hold names of strangers as they are; each format makes them
//! safe in its own way.

use crate::agreed::Agreement;
use crate::diff::approvals::Lapsed;
use crate::diff::{AssessedChange, Change, Comparison, Side, Subject, Verb};
use crate::model::{AuditEvent, GrantFact, Impact, Named, Namesake, ResourceFact, ResourceType};
use crate::output::text::{count, shortened};
use crate::output::{audit, by};

/// `+`, `-` or `~`.
pub(crate) fn symbol(verb: Verb) -> char {
    match verb {
        Verb::Added => '+',
        Verb::Removed => '-',
        Verb::Changed => '~',
    }
}

/// `snapshot 7 (2026-03-01T00:00:00.000Z)`, of the older and the newer side; with the file where there are two.
pub(crate) fn snapshots(comparison: &Comparison) -> [String; 2] {
    let two_files = comparison.from.file != comparison.to.file;
    [&comparison.from, &comparison.to].map(|side| snapshot(side, two_files))
}

fn snapshot(side: &Side, with_file: bool) -> String {
    let label = side
        .snapshot
        .label
        .as_ref()
        .map(|label| format!(", {label}"));
    let file = with_file.then(|| format!(" of {}", side.file));
    format!(
        "snapshot {}{} ({}){}",
        side.snapshot.id,
        label.unwrap_or_default(),
        side.snapshot.finished_at,
        file.unwrap_or_default()
    )
}

/// What came, went or changed; each name takes up to so many columns.
pub(crate) fn sentence(change: &Change, columns: usize) -> String {
    if let Change::ResourceChanged { before, after } = change
        && before.scope != after.scope
    {
        let who = who(&named(after), columns);
        return format!("{who} moved from {} to {}", before.scope, after.scope);
    }
    match change.subject() {
        Subject::Resource(fact) => who(&named(fact), columns),
        Subject::Grant(grant) => holding(grant, columns),
    }
}

fn holding(grant: &GrantFact, columns: usize) -> String {
    let principal = who(&grant.principal, columns);
    let held = who(&grant.target, columns);
    match &grant.resource_group {
        None => format!("{principal} in {held}"),
        Some(over) => format!("{principal} holds {held} over {}", who(over, columns)),
    }
}

fn named(fact: &ResourceFact) -> Named {
    Named {
        id: fact.id.clone(),
        kind: fact.kind.clone(),
        name: fact.name.clone(),
        email: fact
            .kind
            .has_email()
            .then(|| fact.details()?.email().map(str::to_owned))
            .flatten(),
        resolved: true,
        namesake: fact.namesake,
    }
}

/// `user Ada Example <ada@example.test>`; the id where there is no name, and beside a name that is cut.
fn who(named: &Named, columns: usize) -> String {
    let kind = named.kind.words();
    let name = named.name.as_deref().filter(readable);
    let email = named.email.as_deref().filter(readable);
    let short = |text: &str| shortened(text, columns);
    let is_cut = |text: Option<&str>| text.is_some_and(|text| short(text) != text);
    let mut unresolved = match named.namesake {
        // Others may begin in the same way.
        None if is_cut(name) || is_cut(email) => format!(" ({})", named.id),
        None if name.is_none() && email.is_none() => String::new(), // the id tells
        None => owner(&named.id),
        Some(Namesake { gone_since: None }) => format!(" ({})", named.id),
        Some(Namesake {
            gone_since: Some(snapshot),
        }) => {
            format!(" ({}, gone since snapshot {snapshot})", named.id)
        }
    };
    if !named.resolved {
        unresolved.push_str(" (in no list)");
    }
    match (name, email) {
        (Some(name), Some(email)) if name != email => {
            format!("{kind} {} <{}>{unresolved}", short(name), short(email))
        }
        (Some(text), _) | (None, Some(text)) => format!("{kind} {}{unresolved}", short(text)),
        (None, None) => format!("{}{unresolved}", named.id),
    }
}

/// ` (org/pay)`: in which organization or project a thing lives, since every one of them may have an "Admins".
fn owner(id: &str) -> String {
    let path = id.split_once('/').map_or("", |(_, path)| path);
    match path.rsplit_once('/') {
        Some((scope, _)) if scope.starts_with("org/") => format!(" ({scope})"),
        _ => String::new(),
    }
}

fn readable(text: &&str) -> bool {
    !text.trim().is_empty()
}

/// An event of the audit trail; what was acted on takes up to so many columns.
pub(crate) fn recorded(event: &AuditEvent, columns: usize) -> String {
    format!(
        "{}  {} {} in {}, by {}",
        by::minute(event.at),
        audit::words(&event.action),
        audit::acted_on(event, columns),
        event.scope,
        by::acting(event)
    )
}

/// Who approved what until when.
pub(crate) fn expired(lapsed: &Lapsed) -> String {
    let Agreement {
        reason,
        ticket,
        approver,
        expires,
    } = &lapsed.agreement;
    let ticket = ticket.as_ref().map(|ticket| format!(", {ticket}"));
    format!(
        "approval of {approver}{} expired on {}: {reason}",
        ticket.unwrap_or_default(),
        expires.as_deref().unwrap_or_default()
    )
}

/// What is to be known about a change besides: who made it first, then the approval, reasons and impact.
pub(crate) fn notes(assessed: &AssessedChange) -> Vec<String> {
    let by = by::note(assessed.by.as_deref());
    by.into_iter().chain(notes_besides_by(assessed)).collect()
}

/// The same for where who made it stands apart.
pub(in crate::output) fn notes_besides_by(assessed: &AssessedChange) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(approved) = &assessed.approved {
        let ticket = approved.ticket.as_ref().map(|ticket| format!(", {ticket}"));
        notes.push(format!(
            "approved by {}{}: {}",
            approved.approver,
            ticket.unwrap_or_default(),
            approved.reason
        ));
    }
    notes.extend(
        assessed
            .escalation
            .as_ref()
            .map(|escalation| escalation.reason.clone().into_owned()),
    );
    notes.extend(assessed.built_in.map(|why| format!("by Harness: {why}")));
    notes.extend(
        assessed
            .gone_with
            .as_ref()
            .map(|id| format!("gone with {id}")),
    );
    notes.extend(
        assessed
            .impact
            .as_ref()
            .map(|impact| affecting(&assessed.change, impact)),
    );
    notes.retain(|note| !note.is_empty());
    notes
}

fn affecting(change: &Change, impact: &Impact) -> String {
    let mut people = Vec::new();
    if impact.users > 0 || impact.service_accounts == 0 {
        people.push(count(i128::from(impact.users), "user"));
    }
    if impact.service_accounts > 0 {
        people.push(count(
            i128::from(impact.service_accounts),
            "service account",
        ));
    }
    let people = people.join(" and ");
    match change.subject() {
        Subject::Resource(_) if impact.grants == 0 => "held by nobody".to_owned(),
        Subject::Resource(_) => {
            format!(
                "in {}, reaches {people}",
                count(i128::from(impact.grants), "grant")
            )
        }
        Subject::Grant(grant) => match &grant.scope {
            None if impact.grants == 0 => "the group holds no role".to_owned(),
            None => format!(
                "the group holds {}",
                count(i128::from(impact.grants), "role")
            ),
            Some(_) if grant.principal.kind == ResourceType::UserGroup => {
                format!("reaches {people}")
            }
            Some(_) => String::new(),
        },
    }
}
