//! What who-can, what-can and why have in common: the snapshot, the names, and whether silence means no.

use std::io::Write;

use super::gone::{scope_in, without_gone};
use super::names;
use super::open::{OpenSnapshot, locate_at};
use crate::access::permissions::{self, Fit};
use crate::access::{Access, Path, Question, Target};
use crate::error::Error;
use crate::exit::Exit;
use crate::model::{Depth, Gap, GapState, Level, ListingKind, Scope, ScopeSelection, SnapshotInfo};
use crate::output::access::words;
use crate::output::access::{Head, QuestionDoc};
use crate::output::gaps;
use crate::output::text::line;
use crate::similar::did_you_mean;
use crate::store::{AccessFrame, Reader};

/// Lists whose gaps could hide access.
pub(crate) const DECISIVE: [ListingKind; 4] = [
    ListingKind::RoleAssignments,
    ListingKind::UserGroups,
    ListingKind::Roles,
    ListingKind::ResourceGroups,
];

/// A snapshot, ready for questions.
pub(crate) struct Asking {
    pub(crate) snapshot: SnapshotInfo,
    pub(crate) file: String,
    pub(crate) access: Access,
    gaps: Vec<Gap>,
    reader: Reader,
}

impl Asking {
    /// For a question about one principal, of whom alone is read what they hold: that takes as long as the answer. A name
    /// that is not exact is looked for first.
    pub(crate) fn about_principal(
        db: Option<&str>,
        at: Option<&str>,
        name: &str,
    ) -> Result<Self, Error> {
        let opened = locate_at(at, db)?.open()?;
        if let Some(facts) = opened.reader.access_facts_of(opened.snapshot.id, name)? {
            let access = Access::new(facts);
            if !access.principals_named_exactly(name).is_empty() {
                return Self::new(opened, access);
            }
        }
        let called = opened
            .reader
            .access_principals_called(opened.snapshot.id, name)?;
        let candidates = match called {
            Some(facts) => Access::new(facts),
            // A misspelling, for which similar names are looked for.
            None => Access::new(opened.reader.access_principals(opened.snapshot.id)?),
        };
        let access = match named(&candidates, &opened.reader, opened.snapshot.id, name)?.as_slice()
        {
            [one] => {
                let id = &candidates.principal(*one).id;
                let facts = opened.reader.access_facts_of(opened.snapshot.id, id)?;
                facts.map_or(candidates, Access::new)
            }
            _ => candidates, // of whom the answer tells, or of similar names
        };
        Self::new(opened, access)
    }

    /// For a question about everybody who holds a permission or role: nobody is read before it is understood.
    pub(crate) fn about_holders(
        db: Option<&str>,
        at: Option<&str>,
    ) -> Result<(Self, AccessFrame), Error> {
        let opened = locate_at(at, db)?.open()?;
        let frame = opened.reader.access_frame(opened.snapshot.id)?;
        let access = Access::new(frame.facts().clone());
        Ok((Self::new(opened, access)?, frame))
    }

    /// Reads who holds what is asked, and who may act as any person: only grants that give one or the other.
    pub(crate) fn with_holders(
        self,
        frame: AccessFrame,
        question: &Question,
        target: &Target,
    ) -> Result<Self, Error> {
        let (acting, people) = (impersonation(), people());
        let mut roles = self.access.roles_with(question);
        roles.extend(self.access.roles_with(&acting));
        roles.sort_unstable();
        roles.dedup();
        let mut gives = self.access.giving(question, target);
        let mut lets_act = self.access.giving(&acting, &people);
        let facts = self
            .reader
            .access_facts_by(frame, &roles, &mut |held| gives(held) || lets_act(held))?;
        drop((gives, lets_act));
        Ok(Self {
            access: Access::new(facts),
            ..self
        })
    }

    fn new(opened: OpenSnapshot, access: Access) -> Result<Self, Error> {
        let mut gaps = opened.gaps()?;
        let file = opened.file();
        let OpenSnapshot {
            reader, snapshot, ..
        } = opened;
        let tree = &access.facts().tree;
        gaps.retain(|gap| DECISIVE.contains(&gap.kind));
        gaps.extend(not_asked_for(&reader, &snapshot, tree)?);
        Ok(Self {
            snapshot,
            file,
            access,
            gaps,
            reader,
        })
    }

    /// See [`Reader::end_reading`].
    pub(crate) fn end_reading(&self) {
        self.reader.end_reading();
    }

    /// The permission or role that was typed.
    pub(crate) fn question(&self, text: &str) -> Result<Question, Error> {
        let question = self.access.question(text);
        match question.map_err(|similar| unknown_permission(text, &similar))? {
            Question::Roles(roles) => {
                let roles = roles.into_iter().map(|at| {
                    let role = &self.access.facts().roles[at as usize];
                    (at, role.id.as_str(), role.resolved)
                });
                let there = without_gone(&self.reader, self.snapshot.id, text, roles)?;
                Ok(Question::Roles(there))
            }
            other => Ok(other),
        }
    }

    /// The principal that was typed.
    pub(crate) fn principal(&self, text: &str) -> Result<u32, Error> {
        match named(&self.access, &self.reader, self.snapshot.id, text)?.as_slice() {
            [one] => Ok(*one),
            [] => Err(Error::Unknown {
                message: format!("nobody in snapshot {} is named `{}`", self.snapshot.id, names::typed(text)),
                hint: Some(did_you_mean(&self.access.similar_principals(text)).unwrap_or_else(|| {
                    "give a uuid, an e-mail address, a text id such as user_group/account/ops, or a part of a name"
                        .to_owned()
                })),
            }),
            many => {
                let candidates = many.iter().map(|at| {
                    let principal = self.access.principal(*at);
                    format!("{}  {}", principal.id, words::shown_briefly(principal))
                });
                let candidates: Vec<String> = candidates.collect();
                Err(names::ambiguous(text, "principals", &candidates))
            }
        }
    }

    /// The place that was typed.
    pub(crate) fn target(
        &self,
        place: Option<&str>,
        resource: Option<&str>,
        question: &Question,
    ) -> Result<Target, Error> {
        let tree = &self.access.facts().tree;
        let scope = place
            .map(|place| scope_in(place, tree, &self.reader, self.snapshot.id))
            .transpose()?;
        let (resource_type, identifier) = match resource.map(|text| text.split_once('/')) {
            None => (None, None),
            Some(None) => (resource.map(spelled), None),
            Some(Some((kind, id))) => (Some(spelled(kind)), Some(id.to_owned())),
        };
        if let (Question::Permission(permission), Some(kind)) = (question, &resource_type)
            && let Some(own) = self.access.catalogue().type_of(permission)
            && self.access.catalogue().fit(permission, kind) == Fit::No
        {
            return Err(Error::Unknown {
                message: format!("`{permission}` is about resources of type {own}, not {kind}"),
                hint: None,
            });
        }
        Ok(Target {
            scope,
            resource_type,
            identifier,
        })
    }

    /// Gaps that could hide an answer about a target.
    pub(crate) fn gaps(&self, target: &Target) -> Vec<Gap> {
        let Some(place) = &target.scope else {
            return self.gaps.clone();
        };
        let matters = |gap: &&Gap| match Scope::parse(&gap.scope) {
            Some(scope) => {
                scope.contains(place) || target.identifier.is_some() && place.contains(&scope)
            }
            None => place.level() != Some(Level::Account) || target.identifier.is_some(),
        };
        self.gaps.iter().filter(matters).cloned().collect()
    }

    /// Who may act as any person: the best path of each.
    pub(crate) fn impersonators(&self) -> Vec<Path> {
        let mut paths = self.access.who_can(&impersonation(), &people()).paths;
        paths.dedup_by_key(|path| path.principal);
        paths
    }

    pub(crate) fn head<'a>(
        &'a self,
        question: &Question,
        target: &Target,
        gaps: &'a [Gap],
    ) -> Head<'a> {
        let mut document = QuestionDoc {
            r#in: target.scope.as_ref().map(Scope::to_string),
            resource_type: target.resource_type.clone(),
            resource: target.identifier.clone(),
            ..QuestionDoc::default()
        };
        match question {
            Question::Permission(permission) => {
                let known = self.access.catalogue().permission(permission);
                let owned = |text: Option<&str>| text.map(str::to_owned);
                document.permission = Some(permission.clone());
                document.permission_name = known.and_then(|known| owned(known.name));
                document.permission_status = known.and_then(|known| owned(known.status));
                document.permission_type = known.and_then(|known| owned(known.resource_type));
                document.permission_as_of = known.map(|known| {
                    if known.observed {
                        "this snapshot"
                    } else {
                        permissions::AS_OF
                    }
                });
            }
            Question::Roles(roles) => {
                let roles = roles
                    .iter()
                    .map(|at| &self.access.facts().roles[*at as usize]);
                document.roles = roles.map(|role| role.id.clone()).collect();
            }
            Question::Anything => {}
        }
        Head {
            snapshot: &self.snapshot,
            file: &self.file,
            question: document,
            gaps,
            empty_groups: Vec::new(),
            impersonators: Vec::new(),
        }
    }
}

/// The principals of a snapshot that a text may mean.
fn named(access: &Access, reader: &Reader, snapshot: i64, text: &str) -> Result<Vec<u32>, Error> {
    let named = access.principals_named(text).into_iter().map(|at| {
        let principal = access.principal(at);
        (at, principal.id.as_str(), principal.resolved)
    });
    without_gone(reader, snapshot, text, named)
}

/// What was typed names neither a permission nor a role.
pub(crate) fn unknown_permission(text: &str, similar: &[String]) -> Error {
    Error::Unknown {
        message: format!(
            "no permission and no role is named `{}`",
            names::typed(text)
        ),
        hint: Some(did_you_mean(similar).unwrap_or_else(|| {
            "roles are in the view `roles`, permissions in `role_permissions`".to_owned()
        })),
    }
}

/// Acting as another person, which Harness lets whoever holds this permission on people of the account.
pub(crate) fn impersonation() -> Question {
    Question::Permission("core_user_impersonate".to_owned())
}

/// Where acting as another person is asked for: people are resources of the account.
fn people() -> Target {
    Target {
        scope: Some(Scope::Account),
        ..Target::default()
    }
}

/// Why nothing found is no plain no; `None` = it is one.
pub(crate) fn unsure(gaps: &[Gap]) -> Option<&'static str> {
    if gaps.iter().any(|gap| gap.state != GapState::Absent) {
        Some("some lists are incomplete")
    } else {
        (!gaps.is_empty()).then_some("not everything was asked for")
    }
}

/// Says on standard error what the table cannot, and gives the exit status.
pub(crate) fn conclude(
    head: &Head<'_>,
    summary: &str,
    found: bool,
    exit_code: bool,
    quiet: bool,
    err: &mut dyn Write,
) -> Result<Exit, Error> {
    if !quiet {
        for told in summary.lines() {
            writeln!(err, "{}", line(told))?;
        }
        for note in notes(head) {
            writeln!(err, "{}", line(&note))?;
        }
    }
    Ok(if found {
        Exit::Done
    } else if !head.gaps.is_empty() {
        Exit::CouldNotTell
    } else if exit_code {
        Exit::NOTHING_FOUND
    } else {
        Exit::Done
    })
}

fn notes(head: &Head<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(gaps::left_out(head.snapshot));
    notes.extend(about_permission(&head.question));
    for group in &head.empty_groups {
        notes.push(format!(
            "note: {} would hold it, but has no members",
            group.id
        ));
    }
    let gaps = gaps::lines(head.gaps);
    notes.extend(gaps.iter().map(|gap| format!("not seen: {gap}")));
    notes
}

/// What is to be known about a permission besides who holds it.
fn about_permission(question: &QuestionDoc) -> Option<String> {
    question.permission.as_ref()?;
    let as_of = question.permission_as_of.unwrap_or(permissions::AS_OF);
    match question.permission_status.as_deref() {
        Some("ACTIVE") => None,
        Some("DEPRECATED") => Some(format!(
            "note: Harness has deprecated this permission ({as_of}); it is still enforced"
        )),
        Some(status) => Some(format!(
            "note: Harness lists this permission as {status} ({as_of}); it may not be enforced"
        )),
        None => Some(
            "note: neither this snapshot nor Harness's documentation lists this permission"
                .to_owned(),
        ),
    }
}

/// Role assignments of scopes that a snapshot did not ask for: those that it knows of, and levels that it did not list.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn not_asked_for(
    reader: &Reader,
    snapshot: &SnapshotInfo,
    tree: &[Scope],
) -> Result<Vec<Gap>, Error> {
    let mut gaps = reader.scopes_not_listed(snapshot.id, tree)?;
    let leaves_out = snapshot.leaves_account_out() && !tree.contains(&Scope::Account);
    let account = leaves_out.then(|| Scope::Account.to_string());
    let unexplored = unexplored(snapshot, tree).map(str::to_owned);
    gaps.extend(account.into_iter().chain(unexplored).map(|scope| Gap {
        scope,
        kind: ListingKind::RoleAssignments,
        state: GapState::Absent,
        reason: Some("not asked for".to_owned()),
        accepted: None,
    }));
    gaps.sort_by(|a, b| a.scope.cmp(&b.scope));
    Ok(gaps)
}

/// What a sync of few scopes never asked for.
fn unexplored(snapshot: &SnapshotInfo, tree: &[Scope]) -> Option<&'static str> {
    let level = match ScopeSelection::parse(&snapshot.scopes)?.depth {
        Depth::Account => Level::Organization,
        Depth::Organizations => Level::Project,
        Depth::All => return None,
    };
    let listed = tree.iter().any(|scope| scope.level() >= Some(level));
    (!listed).then_some(match level {
        Level::Project => "all projects",
        _ => "all organizations and projects",
    })
}

/// Resource types in Harness's spelling.
fn spelled(kind: &str) -> String {
    kind.to_ascii_uppercase().replace('-', "_")
}
