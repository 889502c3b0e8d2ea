//! `verify`: the answers of a snapshot beside Harness's.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;

use super::Screen;
use super::access::NamesInAnswer;
use super::access::words::{self as access_words, code};
use super::audit::{EventDoc, acted_on, words};
use super::by::{acting, minute};
use super::documents::{FORMAT_VERSION, PrincipalDoc, SnapshotDoc};
use super::table::{Align, Table};
use super::text::{count, named};
use crate::access::agreement::{Compared, Outcome, Reason, SampledQuestion};
use crate::access::{Access, Path, PathAnswer};
use crate::model::{Policy, Scope, SnapshotInfo};

/// Everything that was asked, and what came of it.
#[derive(Debug)]
pub struct Verified<'a> {
    /// The snapshot.
    pub snapshot: &'a SnapshotInfo,
    /// The database.
    pub file: &'a str,
    /// The only permission that was asked about.
    pub permission: Option<&'a str>,
    /// What the questions were drawn with.
    pub seed: u64,
    /// The scopes whose role assignments were compared.
    pub scopes: &'a BTreeSet<Scope>,
    /// The facts of the snapshot.
    pub access: &'a Access,
    /// In the order in which they were asked.
    pub outcomes: &'a [Outcome],
}

/// The questions that were not answered in the same way, for people.
///
/// # Errors
/// When the output fails.
pub fn table(verified: &Verified<'_>, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(
        ["PRINCIPAL", "PERMISSION", "SNAPSHOT", "HARNESS", "WHY"]
            .map(|name| (name, Align::Left))
            .to_vec(),
    );
    let names = NamesInAnswer::of(verified.access);
    let mut shown: Vec<&Outcome> = verified.outcomes.iter().filter(|of| !of.agrees()).collect();
    // The differences first.
    shown.sort_by_key(|outcome| !outcome.differs());
    if shown.is_empty() {
        return Ok(());
    }
    for outcome in shown {
        let (snapshot, harness, why) = match outcome {
            Outcome::Told {
                compared, reason, ..
            } => {
                let why = why(verified.access, outcome.asked(), compared, reason);
                (word(compared.snapshot), word(compared.harness), why)
            }
            Outcome::Untold { asked, why } => {
                (word(plain(asked)), "?", format!("could not tell: {why}"))
            }
        };
        let asked = outcome.asked();
        table.row(vec![
            names
                .principal(verified.access.principal(asked.principal))
                .to_string(),
            asked.question.permission.clone(),
            snapshot.to_owned(),
            harness.to_owned(),
            why,
        ]);
    }
    table.write(screen, out)
}

/// `47 of 50 answers agree, 2 differ, 1 depends`.
#[must_use]
pub fn summary(verified: &Verified<'_>) -> String {
    let Summary {
        asked,
        agree,
        differ,
        depends,
        could_not_tell,
    } = Summary::of(verified.outcomes);
    let mut parts = vec![format!(
        "{agree} of {} agree",
        count(asked as u64, "answer")
    )];
    parts.extend((differ > 0).then(|| format!("{differ} differ{}", singular(differ))));
    parts.extend(
        (depends > 0).then(|| format!("{depends} depend{} in the snapshot", singular(depends))),
    );
    parts.extend((could_not_tell > 0).then(|| format!("{could_not_tell} could not be told")));
    let scopes = count(verified.scopes.len() as u64, "scope");
    format!(
        "{}; compared were the role assignments of {scopes} in snapshot {}",
        parts.join(", "),
        verified.snapshot.id
    )
}

fn singular(number: usize) -> &'static str {
    if number == 1 { "s" } else { "" }
}

/// What the snapshot alone says.
fn plain(asked: &SampledQuestion) -> Option<PathAnswer> {
    asked.paths.iter().map(Path::answer).min()
}

fn word(answer: Option<PathAnswer>) -> &'static str {
    match answer {
        Some(PathAnswer::Yes) => "yes",
        Some(PathAnswer::Depends) => "depends",
        None => "no",
    }
}

/// What one side names and the other does not, and the likely reason.
fn why(access: &Access, asked: &SampledQuestion, compared: &Compared, reason: &Reason) -> String {
    let mut parts = Vec::new();
    parts.extend(compared.only_snapshot.first().map(|path| {
        let (role, group) = (access.role(path), access.resource_group(path));
        let role = named(role.name.as_deref(), &role.identifier);
        let group = named(group.name.as_deref(), &group.identifier);
        format!(
            "only the snapshot has {role} over {group} at {}",
            access.scope(path)
        )
    }));
    parts.extend(compared.only_harness.first().map(|policy| {
        format!(
            "only Harness has {} over {} at {}",
            policy.role, policy.resource_group, policy.scope
        )
    }));
    parts.push(sentence(access, asked, reason));
    parts.join("; ")
}

/// The likely reason, for people.
fn sentence(access: &Access, asked: &SampledQuestion, reason: &Reason) -> String {
    match reason {
        Reason::Event(event) => format!(
            "changed since: {} of {} by {}, {}",
            words(&event.action),
            acted_on(event, usize::MAX),
            acting(event),
            minute(event.at)
        ),
        Reason::NewerSnapshot(number) => {
            format!("changed since: snapshot {number} answers as Harness does")
        }
        Reason::Doubts(doubts) => {
            let mut texts: Vec<String> = doubts
                .iter()
                .filter_map(|doubt| {
                    let path = asked
                        .paths
                        .iter()
                        .find(|path| path.doubts.contains(doubt))?;
                    Some(access_words::reason(access, path, *doubt))
                })
                .collect();
            texts.dedup();
            texts.join("; ")
        }
        Reason::HiddenRole(role) => {
            format!("no list shows the role {role}: hidden by Harness, or newer")
        }
        Reason::HiddenResourceGroup(group) => {
            format!("no list shows the resource group {group}: hidden by Harness, or newer")
        }
        Reason::Unknown => {
            "unknown: nothing that was read explains it; sync and verify again".to_owned()
        }
    }
}

/// A stable word for each reason.
fn codes(reason: &Reason) -> Vec<&'static str> {
    match reason {
        Reason::Event(_) | Reason::NewerSnapshot(_) => vec!["newer_change"],
        Reason::Doubts(doubts) => {
            let mut codes: Vec<&str> = doubts.iter().map(|doubt| code(*doubt)).collect();
            codes.dedup();
            codes
        }
        Reason::HiddenRole(_) => vec!["role_hidden"],
        Reason::HiddenResourceGroup(_) => vec!["resource_group_unresolved"],
        Reason::Unknown => vec!["unknown"],
    }
}

/// For programs.
///
/// # Errors
/// When the output fails.
pub fn json(verified: &Verified<'_>, out: &mut dyn Write) -> io::Result<()> {
    let question = |outcome| question_doc(verified.access, outcome);
    let document = Document {
        format_version: FORMAT_VERSION,
        snapshot: SnapshotDoc::new(verified.snapshot, verified.file),
        permission: verified.permission,
        seed: verified.seed,
        scopes: verified.scopes.iter().map(Scope::to_string).collect(),
        summary: Summary::of(verified.outcomes),
        questions: verified.outcomes.iter().map(question).collect(),
    };
    super::write_json(&document, out)
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    snapshot: SnapshotDoc<'a>,
    permission: Option<&'a str>,
    seed: u64,
    scopes: Vec<String>,
    summary: Summary,
    questions: Vec<SampledQuestionDoc<'a>>,
}

#[derive(Serialize)]
struct Summary {
    asked: usize,
    agree: usize,
    differ: usize,
    /// Of which the snapshot says neither yes nor no.
    depends: usize,
    could_not_tell: usize,
}

impl Summary {
    fn of(outcomes: &[Outcome]) -> Self {
        let number = |is: fn(&Outcome) -> bool| outcomes.iter().filter(|of| is(of)).count();
        Self {
            asked: outcomes.len(),
            agree: number(Outcome::agrees),
            differ: number(Outcome::differs),
            depends: number(Outcome::depends),
            could_not_tell: number(Outcome::is_untold),
        }
    }
}

#[derive(Serialize)]
struct SampledQuestionDoc<'a> {
    permission: &'a str,
    principal: PrincipalDoc<'a>,
    outcome: &'static str,
    snapshot: &'static str,
    harness: Option<&'static str>,
    only_in_snapshot: Vec<AssignmentDoc>,
    only_in_harness: Vec<AssignmentDoc>,
    reason: Option<ReasonDoc<'a>>,
    error: Option<&'a str>,
}

/// A role assignment, by the identifiers that both sides have.
#[derive(Serialize)]
struct AssignmentDoc {
    role_assignment: Option<String>,
    scope: String,
    role: String,
    resource_group: String,
}

#[derive(Serialize)]
struct ReasonDoc<'a> {
    codes: Vec<&'static str>,
    text: String,
    event: Option<EventDoc<'a>>,
    newer_snapshot: Option<i64>,
}

fn question_doc<'a>(access: &'a Access, outcome: &'a Outcome) -> SampledQuestionDoc<'a> {
    let asked = outcome.asked();
    let doc = SampledQuestionDoc {
        permission: &asked.question.permission,
        principal: access.principal(asked.principal).into(),
        outcome: "could_not_tell",
        snapshot: word(plain(asked)),
        harness: None,
        only_in_snapshot: Vec::new(),
        only_in_harness: Vec::new(),
        reason: None,
        error: None,
    };
    match outcome {
        Outcome::Untold { why, .. } => SampledQuestionDoc {
            error: Some(why),
            ..doc
        },
        Outcome::Told {
            compared, reason, ..
        } => SampledQuestionDoc {
            outcome: if outcome.differs() {
                "differ"
            } else if outcome.depends() {
                "depends"
            } else {
                "agree"
            },
            snapshot: word(compared.snapshot),
            harness: Some(word(compared.harness)),
            only_in_snapshot: compared
                .only_snapshot
                .iter()
                .map(|path| of_path(access, path))
                .collect(),
            only_in_harness: compared
                .only_harness
                .iter()
                .map(AssignmentDoc::from)
                .collect(),
            reason: (!outcome.agrees()).then(|| reason_doc(access, asked, reason)),
            ..doc
        },
    }
}

fn reason_doc<'a>(access: &Access, asked: &SampledQuestion, reason: &'a Reason) -> ReasonDoc<'a> {
    ReasonDoc {
        codes: codes(reason),
        text: sentence(access, asked, reason),
        event: match reason {
            Reason::Event(event) => Some(EventDoc::from(&**event)),
            _ => None,
        },
        newer_snapshot: match reason {
            Reason::NewerSnapshot(number) => Some(*number),
            _ => None,
        },
    }
}

fn of_path(access: &Access, path: &Path) -> AssignmentDoc {
    AssignmentDoc {
        role_assignment: access.role_assignment(path).map(Cow::into_owned),
        scope: access.scope(path).to_string(),
        role: access.role(path).identifier.clone(),
        resource_group: access.resource_group(path).identifier.clone(),
    }
}

impl From<&Policy> for AssignmentDoc {
    fn from(policy: &Policy) -> Self {
        Self {
            role_assignment: policy.role_assignment.clone(),
            scope: policy.scope.to_string(),
            role: policy.role.clone(),
            resource_group: policy.resource_group.clone(),
        }
    }
}
