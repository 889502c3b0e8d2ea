//! `what-can`: everything one principal can do, where, and through what.

use super::Context;
use super::question::{Asking, conclude, unsure};
use crate::access::{Path, Question, Target, sure};
use crate::cli::{AnswerFormat, WhatCan};
use crate::error::Error;
use crate::exit::Exit;
use crate::model::PrincipalFact;
use crate::output::access::words::{flags, shown_briefly, some_depend};
use crate::output::access::{self, Line};
use crate::output::text::count;

pub(crate) fn run(arguments: &WhatCan, context: &mut Context<'_>) -> Result<Exit, Error> {
    let asking = Asking::about_principal(
        arguments.db.as_deref(),
        arguments.at.as_deref(),
        &arguments.principal,
    )?;
    let who = asking.principal(&arguments.principal)?;
    let question = Question::Anything;
    let target = asking.target(arguments.r#in.as_deref(), None, &question)?;
    let paths = asking.access.paths_of(who, &question, &target);
    let expanded = if arguments.permissions {
        permissions(&asking, &paths, &target)
    } else {
        Vec::new()
    };
    let lines: Vec<Line<'_>> = if arguments.permissions {
        expanded
            .iter()
            .map(|(permission, path)| (Some(permission.as_str()), path))
            .collect()
    } else {
        paths.iter().map(|path| (None, path)).collect()
    };
    let gaps = asking.gaps(&target);
    let head = asking.head(&question, &target, &gaps);
    let principal = asking.access.principal(who);
    asking.end_reading();
    match arguments.format {
        AnswerFormat::Table => access::what_can_table(
            &asking.access,
            &lines,
            context.screen(arguments.color),
            context.out,
        )?,
        AnswerFormat::Json => {
            access::what_can_json(&asking.access, &head, principal, &lines, context.out)?;
        }
        AnswerFormat::Csv => {
            access::csv(
                &asking.access,
                &asking.snapshot,
                lines.iter().copied(),
                context.out,
            )?;
        }
    }
    context.out.flush()?;
    let summary = summary(principal, &lines, arguments.permissions, unsure(&gaps));
    conclude(
        &head,
        &summary,
        !lines.is_empty(),
        arguments.exit_code,
        arguments.quiet,
        context.err,
    )
}

/// Who it is about, and how much was found.
fn summary(
    principal: &PrincipalFact,
    lines: &[Line<'_>],
    permissions: bool,
    unsure: Option<&str>,
) -> String {
    let mut who = format!("{} ({})", shown_briefly(principal), principal.id);
    for flag in flags(principal) {
        who.push_str(", ");
        who.push_str(flag);
    }
    let noun = if permissions { "permission" } else { "role" };
    let sure = sure(lines.iter().map(|(_, path)| *path));
    let found = match (sure, lines.len() - sure) {
        (0, 0) => unsure.map_or_else(
            || "nothing".to_owned(),
            |why| format!("could not tell: nothing was found, but {why}"),
        ),
        (0, depends) => format!("it depends, by {}", count(depends as u64, noun)),
        (sure, depends) => some_depend(sure, depends, noun),
    };
    format!("{who}: {found}")
}

/// By permission, then as the paths come.
fn permissions(asking: &Asking, paths: &[Path], target: &Target) -> Vec<(String, Path)> {
    let mut held: Vec<(String, Path)> = paths
        .iter()
        .flat_map(|path| asking.access.permissions_of(path, target))
        .collect();
    held.sort_by(|a, b| a.0.cmp(&b.0));
    held
}
