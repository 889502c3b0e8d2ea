//! Answers for programs.

use serde::Serialize;
use std::borrow::Cow;
use std::io::{self, Write};

use super::head::{Head, Line, QuestionDoc};
use super::names::NamesInAnswer;
use super::why::sentence;
use super::words::{answer, code, flags, reason};
use crate::access::{Access, CoveredResources, Explained, Extent, Left, Path, best};
use crate::model::{Gap, PrincipalFact};
use crate::output::documents::{FORMAT_VERSION, NamedDoc, PrincipalDoc, SnapshotDoc};
use crate::output::write_json;

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
            answer: best(paths.iter()).map_or("no", answer),
            paths: paths.iter().map(|path| path_doc(access, path)).collect(),
        })
        .collect();
    let yes = principals
        .iter()
        .filter(|holder| holder.answer == "yes")
        .count();
    let document = WhoCan {
        head: head_doc(head),
        summary: Summary {
            yes,
            depends: principals.len() - yes,
        },
        principals,
        impersonators: head
            .impersonators
            .iter()
            .map(|path| ImpersonatorDoc {
                principal: principal(access.principal(path.principal)),
                answer: answer(path.answer()),
                via_group: via_doc(access, path),
            })
            .collect(),
    };
    write_json(&document, out)
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
    write_json(&document, out)
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
    let names = NamesInAnswer::of(access);
    let answer = match best(explained.iter().map(|one| one.path)) {
        Some(best) => answer(best),
        None if head.gaps.is_empty() => "no",
        None => "unknown",
    };
    let document = Why {
        head: head_doc(head),
        principal: principal(who),
        answer,
        paths: explained
            .iter()
            .map(|one| WhyDoc {
                sentence: sentence(&names, access, one.path),
                without_role_assignment: left(one.without_grant),
                without_membership: one.without_membership.map(left),
                path: path_doc(access, one.path),
            })
            .collect(),
    };
    write_json(&document, out)
}

#[derive(Serialize)]
struct HeadDoc<'a> {
    format_version: u32,
    snapshot: SnapshotDoc<'a>,
    question: &'a QuestionDoc,
    coverage: &'a [Gap],
    empty_groups: Vec<FlaggedDoc<'a>>,
}

#[derive(Serialize)]
struct WhoCan<'a> {
    #[serde(flatten)]
    head: HeadDoc<'a>,
    summary: Summary,
    principals: Vec<HolderDoc<'a>>,
    impersonators: Vec<ImpersonatorDoc<'a>>,
}

#[derive(Serialize)]
struct Summary {
    yes: usize,
    depends: usize,
}

#[derive(Serialize)]
struct HolderDoc<'a> {
    #[serde(flatten)]
    principal: FlaggedDoc<'a>,
    #[serde(rename = "verdict")]
    answer: &'static str,
    paths: Vec<PathDoc<'a>>,
}

/// Somebody who may act as any person.
#[derive(Serialize)]
struct ImpersonatorDoc<'a> {
    #[serde(flatten)]
    principal: FlaggedDoc<'a>,
    #[serde(rename = "verdict")]
    answer: &'static str,
    via_group: Option<NamedDoc<'a>>,
}

#[derive(Serialize)]
struct WhatCan<'a> {
    #[serde(flatten)]
    head: HeadDoc<'a>,
    principal: FlaggedDoc<'a>,
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
    principal: FlaggedDoc<'a>,
    #[serde(rename = "verdict")]
    answer: &'static str,
    paths: Vec<WhyDoc<'a>>,
}

#[derive(Serialize)]
struct WhyDoc<'a> {
    sentence: String,
    without_role_assignment: LeftDoc,
    without_membership: Option<LeftDoc>,
    #[serde(flatten)]
    path: PathDoc<'a>,
}

#[derive(Serialize)]
struct FlaggedDoc<'a> {
    #[serde(flatten)]
    principal: PrincipalDoc<'a>,
    flags: Vec<&'static str>,
}

#[derive(Serialize)]
struct LeftDoc {
    paths: usize,
    #[serde(rename = "verdict")]
    answer: &'static str,
}

#[derive(Serialize)]
struct PathDoc<'a> {
    #[serde(rename = "verdict")]
    answer: &'static str,
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
        format_version: FORMAT_VERSION,
        snapshot: SnapshotDoc::new(head.snapshot, head.file),
        question: &head.question,
        coverage: head.gaps,
        empty_groups: head
            .empty_groups
            .iter()
            .map(|group| principal(group))
            .collect(),
    }
}

fn principal(fact: &PrincipalFact) -> FlaggedDoc<'_> {
    FlaggedDoc {
        principal: fact.into(),
        flags: flags(fact),
    }
}

fn left(left: Left) -> LeftDoc {
    LeftDoc {
        paths: left.paths,
        answer: left.answer.map_or("no", answer),
    }
}

fn path_doc<'a>(access: &'a Access, path: &'a Path) -> PathDoc<'a> {
    let (role, group) = (access.role(path), access.resource_group(path));
    PathDoc {
        answer: answer(path.answer()),
        depends_on: path
            .doubts
            .iter()
            .map(|doubt| DoubtDoc {
                code: code(*doubt),
                reason: reason(access, path, *doubt),
            })
            .collect(),
        via_group: via_doc(access, path),
        role: role.into(),
        scope: access.scope(path).to_string(),
        resource_group: group.into(),
        role_assignment: access.role_assignment(path),
        covers: path.covers.iter().map(covered_doc).collect(),
    }
}

fn via_doc<'a>(access: &'a Access, path: &Path) -> Option<NamedDoc<'a>> {
    path.via.map(|via| access.principal(via).into())
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
