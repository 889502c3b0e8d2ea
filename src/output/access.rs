//! Answers to who-can, what-can and why: table, JSON, CSV.

use serde::Serialize;
use std::borrow::{Borrow, Cow};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{self, Write};

use super::access_words::{code, covers, flags, reason, reasons, shown, some_depend, verdict};
use super::csv;
use super::table::{Align, Table};
use super::text::{named, shortened};
use crate::access::{Access, CoveredResources, Extent, Path, Verdict};
use crate::model::{Gap, PrincipalFact, Scope, SnapshotInfo};

/// What was asked, in words, for the head of a document.
#[derive(Clone, Debug, Default, Serialize)]
pub struct QuestionDoc {
    /// The permission.
    pub permission: Option<String>,
    /// Its plain name, if the catalogue knows it.
    pub permission_name: Option<String>,
    /// Harness's status of it: an `EXPERIMENTAL` one is not enforced.
    pub permission_status: Option<String>,
    /// The roles, as text ids.
    pub roles: Vec<String>,
    /// The scope asked about; `None` = anywhere.
    pub r#in: Option<String>,
    /// The resource type asked about.
    pub resource_type: Option<String>,
    /// The resource asked about.
    pub resource: Option<String>,
}

/// What every answer starts with.
#[derive(Debug)]
pub struct Head<'a> {
    /// The snapshot.
    pub snapshot: &'a SnapshotInfo,
    /// The database.
    pub file: &'a str,
    /// What was asked.
    pub question: QuestionDoc,
    /// Lists that could have held more.
    pub gaps: &'a [Gap],
    /// User groups without members that would hold it.
    pub empty_groups: Vec<&'a PrincipalFact>,
}

/// A path, and the permission it gives where that was asked for.
pub type Line<'a> = (Option<&'a str>, &'a Path);

/// Columns that names, and longer texts, take at most in a table; the other formats hold all of them.
const NAME: usize = 60;
const TEXT: usize = 120;

/// Holders for people: each with the first path, and how many there are.
///
/// # Errors
/// When the output fails.
pub fn who_can_table(access: &Access, paths: &[Path], out: &mut dyn Write) -> io::Result<()> {
    if paths.is_empty() {
        return Ok(());
    }
    let left = |name| (name, Align::Left);
    let mut columns = ["PRINCIPAL", "TYPE", "VIA", "ROLE", "HELD AT", "COVERS"]
        .map(left)
        .to_vec();
    columns.extend([("PATHS", Align::Right), left("NOTE")]);
    let mut table = Table::new(columns);
    for paths in paths.chunk_by(|a, b| a.principal == b.principal) {
        let path = &paths[0];
        let principal = access.principal(path.principal);
        let scope = access.scope(path).to_string();
        table.row(vec![
            shortened(shown(principal), NAME),
            principal.kind.as_str().replace('_', " "),
            via(access, path),
            shortened(role_name(access, path), NAME),
            shortened(&scope, TEXT),
            shortened(&covers(path), TEXT),
            paths.len().to_string(),
            note(access, path),
        ]);
    }
    table.write(out)
}

/// Rows of what one principal holds, for people; with permissions, one row for each.
///
/// # Errors
/// When the output fails.
pub fn what_can_table(access: &Access, lines: &[Line<'_>], out: &mut dyn Write) -> io::Result<()> {
    let Some((permission, _)) = lines.first() else {
        return Ok(());
    };
    let first = permission.map(|_| "PERMISSION");
    let left = |name| (name, Align::Left);
    let columns = ["HELD AT", "ROLE", "RESOURCE GROUP", "COVERS", "VIA", "NOTE"];
    let mut table = Table::new(first.into_iter().chain(columns).map(left).collect());
    for (permission, path) in lines {
        let mut cells = Vec::from_iter(permission.map(str::to_owned));
        let scope = access.scope(path).to_string();
        cells.extend([
            shortened(&scope, TEXT),
            shortened(role_name(access, path), NAME),
            shortened(group_name(access, path), NAME),
            shortened(&covers(path), TEXT),
            via(access, path),
            depends(access, path),
        ]);
        table.row(cells);
    }
    table.write(out)
}

/// The columns of CSV, the same for who-can and what-can.
const COLUMNS: [&str; 18] = [
    "principal_id",
    "principal_type",
    "principal_name",
    "email",
    "flags",
    "verdict",
    "depends_on",
    "permission",
    "role_id",
    "role_name",
    "scope",
    "resource_group_id",
    "resource_group_name",
    "covers",
    "via_group_id",
    "via_group_name",
    "role_assignment",
    "snapshot",
];

/// For spreadsheets.
///
/// # Errors
/// When the output fails.
pub fn csv<'a>(
    access: &Access,
    snapshot: &SnapshotInfo,
    lines: impl Iterator<Item = (Option<&'a str>, impl Borrow<Path>)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let snapshot = snapshot.id.to_string();
    let scopes: Vec<String> = access.facts().scopes.iter().map(Scope::to_string).collect();
    // Paths of one question share what they cover, so their words are made once.
    let mut words: HashMap<*const CoveredResources, String> = HashMap::new();
    csv::row(out, &COLUMNS)?;
    for (permission, path) in lines {
        let path = path.borrow();
        let principal = access.principal(path.principal);
        let via = path.via.map(|via| access.principal(via));
        let role = access.role(path);
        let group = access.resource_group(path);
        let covers = match words.entry(path.covers.as_ptr()) {
            Entry::Occupied(known) if !path.covers.is_empty() => known.into_mut().as_str(),
            Entry::Occupied(mut odd) => {
                odd.insert(covers(path));
                odd.into_mut().as_str()
            }
            Entry::Vacant(new) => new.insert(covers(path)).as_str(),
        };
        csv::row(
            out,
            &[
                &principal.id,
                principal.kind.as_str(),
                principal.name.as_deref().unwrap_or_default(),
                principal.email.as_deref().unwrap_or_default(),
                &flags(principal).join(", "),
                verdict(path.verdict()),
                &reasons(access, path),
                permission.unwrap_or_default(),
                &role.id,
                role.name.as_deref().unwrap_or_default(),
                &scopes[access.grant(path).scope as usize],
                &group.id,
                group.name.as_deref().unwrap_or_default(),
                covers,
                via.map_or("", |via| &via.id),
                via.and_then(|via| via.name.as_deref()).unwrap_or_default(),
                &access.role_assignment(path).unwrap_or_default(),
                &snapshot,
            ],
        )?;
    }
    Ok(())
}

/// For programs: who holds it, principal by principal.
///
/// # Errors
/// When the output fails.
pub fn who_can_json(
    access: &Access,
    head: &Head<'_>,
    paths: &[Path],
    out: &mut dyn Write,
) -> io::Result<()> {
    let principals: Vec<HolderDoc<'_>> = paths
        .chunk_by(|a, b| a.principal == b.principal)
        .map(|paths| HolderDoc {
            principal: principal(access.principal(paths[0].principal)),
            verdict: verdict(best(paths.iter())),
            paths: paths.iter().map(|path| path_doc(access, path)).collect(),
        })
        .collect();
    let yes = principals
        .iter()
        .filter(|holder| holder.verdict == "yes")
        .count();
    let document = WhoCan {
        head: head_doc(head),
        summary: Summary {
            yes,
            depends: principals.len() - yes,
        },
        principals,
    };
    super::write_json(&document, out)
}

/// For programs: what one principal holds.
///
/// # Errors
/// When the output fails.
pub fn what_can_json(
    access: &Access,
    head: &Head<'_>,
    who: &PrincipalFact,
    lines: &[Line<'_>],
    out: &mut dyn Write,
) -> io::Result<()> {
    let document = WhatCan {
        head: head_doc(head),
        principal: principal(who),
        access: lines
            .iter()
            .map(|(permission, path)| LineDoc {
                permission: *permission,
                path: path_doc(access, path),
            })
            .collect(),
    };
    super::write_json(&document, out)
}

/// What is left when a part of a path is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Left {
    /// Paths that stay.
    pub paths: usize,
    /// Those of them that are certain.
    #[serde(skip)]
    pub sure: usize,
    /// `yes`, `depends` or `no`.
    pub verdict: &'static str,
}

/// A path and what taking it away leaves.
#[derive(Clone, Debug)]
pub struct Explained<'a> {
    /// The path.
    pub path: &'a Path,
    /// Without the role grant.
    pub without_grant: Left,
    /// Without the membership, where there is one.
    pub without_membership: Option<Left>,
}

/// Adds to each path what taking it away leaves.
#[must_use]
pub fn explain(paths: &[Path]) -> Vec<Explained<'_>> {
    let left = |stays: &dyn Fn(&&Path) -> bool| {
        let staying: Vec<&Path> = paths.iter().filter(stays).collect();
        Left {
            paths: staying.len(),
            sure: sure(staying.iter().copied()),
            verdict: if staying.is_empty() {
                "no"
            } else {
                verdict(best(staying.into_iter()))
            },
        }
    };
    paths
        .iter()
        .map(|path| Explained {
            path,
            without_grant: left(&|other| other.grant != path.grant),
            without_membership: path
                .via
                .map(|via| left(&|other: &&Path| other.via != Some(via))),
        })
        .collect()
}

/// Every path as one sentence.
///
/// # Errors
/// When the output fails.
pub fn why_text(
    access: &Access,
    explained: &[Explained<'_>],
    out: &mut dyn Write,
) -> io::Result<()> {
    for (at, one) in explained.iter().enumerate() {
        writeln!(
            out,
            "{}. {}",
            at + 1,
            super::text::line(&sentence(access, one.path))
        )?;
        if !one.path.doubts.is_empty() {
            let reasons = reasons(access, one.path);
            writeln!(out, "   Depends: {}.", super::text::line(&reasons))?;
        }
        writeln!(out, "   {}", what_is_left(one))?;
    }
    Ok(())
}

/// For programs.
///
/// # Errors
/// When the output fails.
pub fn why_json(
    access: &Access,
    head: &Head<'_>,
    who: &PrincipalFact,
    explained: &[Explained<'_>],
    out: &mut dyn Write,
) -> io::Result<()> {
    let verdict = if explained.is_empty() {
        if head.gaps.is_empty() {
            "no"
        } else {
            "unknown"
        }
    } else {
        verdict(best(explained.iter().map(|one| one.path)))
    };
    let document = Why {
        head: head_doc(head),
        principal: principal(who),
        verdict,
        paths: explained
            .iter()
            .map(|one| WhyDoc {
                sentence: sentence(access, one.path),
                without_role_assignment: one.without_grant,
                without_membership: one.without_membership,
                path: path_doc(access, one.path),
            })
            .collect(),
    };
    super::write_json(&document, out)
}

/// How many paths are certain.
#[must_use]
pub fn sure<'a>(paths: impl Iterator<Item = &'a Path>) -> usize {
    paths.filter(|path| path.verdict() == Verdict::Yes).count()
}

/// The best verdict of some paths.
fn best<'a>(paths: impl Iterator<Item = &'a Path>) -> Verdict {
    paths.map(Path::verdict).min().unwrap_or(Verdict::Depends)
}

fn sentence(access: &Access, path: &Path) -> String {
    let principal = access.principal(path.principal);
    let role = access.role(path);
    let role = quoted(role.name.as_deref(), &role.identifier);
    let group = access.resource_group(path);
    let group = quoted(group.name.as_deref(), &group.identifier);
    let holds = format!(
        "role {role} at {} over {group}: {}",
        access.scope(path),
        covers(path)
    );
    match path.via.map(|via| access.principal(via)) {
        None => format!("{} holds {holds}.", shown(principal)),
        Some(via) => format!(
            "{} is a member of the user group {} ({}), which holds {holds}.",
            shown(principal),
            quoted(via.name.as_deref(), &via.identifier),
            via.scope
        ),
    }
}

fn what_is_left(one: &Explained<'_>) -> String {
    let left = |left: Left| match (left.sure, left.paths - left.sure) {
        (0, 0) => "nothing".to_owned(),
        (0, 1) => "1 other path, which depends".to_owned(),
        (0, depends) => format!("{depends} other paths, which depend"),
        (sure, depends) => some_depend(sure, depends, "other path"),
    };
    let grant = left(one.without_grant);
    match one.without_membership.map(left) {
        None => format!("Without this role assignment: {grant}."),
        Some(same) if same == grant => {
            format!("Without this role assignment, or without the membership: {grant}.")
        }
        Some(membership) => {
            format!("Without this role assignment: {grant}; without the membership: {membership}.")
        }
    }
}

fn quoted(name: Option<&str>, identifier: &str) -> String {
    format!("\"{}\"", named(name, identifier))
}

fn via(access: &Access, path: &Path) -> String {
    let Some(via) = path.via.map(|via| access.principal(via)) else {
        return "direct".to_owned();
    };
    let name = named(via.name.as_deref(), &via.identifier);
    format!("{} ({})", shortened(name, NAME), via.scope)
}

fn role_name<'a>(access: &'a Access, path: &Path) -> &'a str {
    let role = access.role(path);
    named(role.name.as_deref(), &role.identifier)
}

fn group_name<'a>(access: &'a Access, path: &Path) -> &'a str {
    let group = access.resource_group(path);
    named(group.name.as_deref(), &group.identifier)
}

fn depends(access: &Access, path: &Path) -> String {
    match path.verdict() {
        Verdict::Yes => String::new(),
        Verdict::Depends => format!("depends: {}", reasons(access, path)),
    }
}

fn note(access: &Access, path: &Path) -> String {
    let mut notes = flags(access.principal(path.principal)).join(", ");
    let depends = depends(access, path);
    if !notes.is_empty() && !depends.is_empty() {
        notes.push_str("; ");
    }
    notes + &depends
}

// ---- documents ------------------------------------------------------------------------------------------------------

#[derive(Serialize)]
struct HeadDoc<'a> {
    format_version: u32,
    snapshot: SnapshotDoc<'a>,
    question: &'a QuestionDoc,
    coverage: &'a [Gap],
    empty_groups: Vec<PrincipalDoc<'a>>,
}

#[derive(Serialize)]
struct SnapshotDoc<'a> {
    snapshot: i64,
    label: Option<&'a str>,
    finished_at: &'a str,
    state: &'a str,
    file: &'a str,
}

#[derive(Serialize)]
struct WhoCan<'a> {
    #[serde(flatten)]
    head: HeadDoc<'a>,
    summary: Summary,
    principals: Vec<HolderDoc<'a>>,
}

#[derive(Serialize)]
struct Summary {
    yes: usize,
    depends: usize,
}

#[derive(Serialize)]
struct HolderDoc<'a> {
    #[serde(flatten)]
    principal: PrincipalDoc<'a>,
    verdict: &'static str,
    paths: Vec<PathDoc<'a>>,
}

#[derive(Serialize)]
struct WhatCan<'a> {
    #[serde(flatten)]
    head: HeadDoc<'a>,
    principal: PrincipalDoc<'a>,
    access: Vec<LineDoc<'a>>,
}

#[derive(Serialize)]
struct LineDoc<'a> {
    permission: Option<&'a str>,
    #[serde(flatten)]
    path: PathDoc<'a>,
}

#[derive(Serialize)]
struct Why<'a> {
    #[serde(flatten)]
    head: HeadDoc<'a>,
    principal: PrincipalDoc<'a>,
    verdict: &'static str,
    paths: Vec<WhyDoc<'a>>,
}

#[derive(Serialize)]
struct WhyDoc<'a> {
    sentence: String,
    without_role_assignment: Left,
    without_membership: Option<Left>,
    #[serde(flatten)]
    path: PathDoc<'a>,
}

#[derive(Serialize)]
struct PrincipalDoc<'a> {
    id: &'a str,
    r#type: &'a str,
    name: Option<&'a str>,
    email: Option<&'a str>,
    flags: Vec<&'static str>,
}

#[derive(Serialize)]
struct NamedDoc<'a> {
    id: &'a str,
    name: Option<&'a str>,
}

#[derive(Serialize)]
struct PathDoc<'a> {
    verdict: &'static str,
    depends_on: Vec<DoubtDoc>,
    via_group: Option<NamedDoc<'a>>,
    role: NamedDoc<'a>,
    scope: String,
    resource_group: NamedDoc<'a>,
    role_assignment: Option<Cow<'a, str>>,
    covers: Vec<CoveredDoc<'a>>,
}

#[derive(Serialize)]
struct DoubtDoc {
    code: &'static str,
    reason: String,
}

#[derive(Serialize)]
struct CoveredDoc<'a> {
    scope: String,
    child_scopes: bool,
    extent: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifiers: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute_values: Option<&'a [String]>,
}

fn head_doc<'a>(head: &'a Head<'_>) -> HeadDoc<'a> {
    HeadDoc {
        format_version: 1,
        snapshot: SnapshotDoc {
            snapshot: head.snapshot.id,
            label: head.snapshot.label.as_deref(),
            finished_at: &head.snapshot.finished_at,
            state: &head.snapshot.state,
            file: head.file,
        },
        question: &head.question,
        coverage: head.gaps,
        empty_groups: head
            .empty_groups
            .iter()
            .map(|group| principal(group))
            .collect(),
    }
}

fn principal(fact: &PrincipalFact) -> PrincipalDoc<'_> {
    PrincipalDoc {
        id: &fact.id,
        r#type: fact.kind.as_str(),
        name: fact.name.as_deref(),
        email: fact.email.as_deref(),
        flags: flags(fact),
    }
}

fn path_doc<'a>(access: &'a Access, path: &'a Path) -> PathDoc<'a> {
    let (role, group) = (access.role(path), access.resource_group(path));
    let via = path.via.map(|via| access.principal(via));
    PathDoc {
        verdict: verdict(path.verdict()),
        depends_on: path
            .doubts
            .iter()
            .map(|doubt| DoubtDoc {
                code: code(*doubt),
                reason: reason(access, path, *doubt),
            })
            .collect(),
        via_group: via.map(|via| NamedDoc {
            id: &via.id,
            name: via.name.as_deref(),
        }),
        role: NamedDoc {
            id: &role.id,
            name: role.name.as_deref(),
        },
        scope: access.scope(path).to_string(),
        resource_group: NamedDoc {
            id: &group.id,
            name: group.name.as_deref(),
        },
        role_assignment: access.role_assignment(path),
        covers: path.covers.iter().map(covered_doc).collect(),
    }
}

fn covered_doc(covered: &CoveredResources) -> CoveredDoc<'_> {
    let bare = CoveredDoc {
        scope: covered.scope.to_string(),
        child_scopes: covered.below,
        extent: "everything",
        resource_type: None,
        identifiers: None,
        attribute: None,
        attribute_values: None,
    };
    match &covered.extent {
        Extent::Everything => bare,
        Extent::View(_) => CoveredDoc {
            extent: "scope_itself",
            ..bare
        },
        Extent::Every(kind) => CoveredDoc {
            extent: "every",
            resource_type: Some(kind),
            ..bare
        },
        Extent::Named(kind, identifiers) => CoveredDoc {
            extent: "named",
            resource_type: Some(kind),
            identifiers: Some(identifiers),
            ..bare
        },
        Extent::Matching(kind, attribute, values) => CoveredDoc {
            extent: "matching",
            resource_type: Some(kind),
            attribute: Some(attribute),
            attribute_values: Some(values),
            ..bare
        },
    }
}
