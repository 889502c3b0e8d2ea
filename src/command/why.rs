//! `why`: every path by which a principal holds a permission or role, and what taking each away would leave.

use super::Context;
use super::question::{Asking, conclude, unsure};
use crate::access::{explain, sure};
use crate::cli::{SentenceFormat, Why};
use crate::error::Error;
use crate::exit::Exit;
use crate::output::access;
use crate::output::access::words::{flags, shown, shown_briefly, some_depend};
use crate::output::text::count;

pub(crate) fn run(arguments: &Why, context: &mut Context<'_>) -> Result<Exit, Error> {
    let asking = Asking::about_principal(
        arguments.db.as_deref(),
        arguments.at.as_deref(),
        &arguments.principal,
    )?;
    let who = asking.principal(&arguments.principal)?;
    let question = asking.question(&arguments.what)?;
    let target = asking.target(
        arguments.r#in.as_deref(),
        arguments.resource.as_deref(),
        &question,
    )?;
    let paths = asking.access.paths_of(who, &question, &target);
    let gaps = asking.gaps(&target);
    let head = asking.head(&question, &target, &gaps);
    let principal = asking.access.principal(who);
    let explained = explain(&paths);
    asking.end_reading();
    match arguments.format {
        SentenceFormat::Text => {
            let screen = context.screen(arguments.color);
            access::why_text(&asking.access, &explained, screen, context.out)?;
        }
        SentenceFormat::Json => {
            access::why_json(&asking.access, &head, principal, &explained, context.out)?;
        }
    }
    context.out.flush()?;
    let mut name = shown_briefly(principal);
    if name != shown(principal) {
        name = format!("{name} ({})", principal.id);
    }
    for flag in flags(principal) {
        name.push_str(", ");
        name.push_str(flag);
    }
    let sure = sure(paths.iter());
    let summary = match (sure, paths.len() - sure) {
        (0, 0) => unsure(&gaps).map_or_else(
            || format!("{name}: no"),
            |why| format!("{name}: could not tell, because {why}"),
        ),
        (0, depends) => format!("{name}: it depends, by {}", count(depends as u64, "path")),
        (sure, depends) => format!("{name}: yes, by {}", some_depend(sure, depends, "path")),
    };
    conclude(
        &head,
        &summary,
        !paths.is_empty(),
        arguments.exit_code,
        arguments.quiet,
        context.err,
    )
}
