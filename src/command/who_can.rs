//! `who-can`: which principals hold a permission or role, where, and through what.

use super::Context;
use super::question::{Asking, conclude, impersonation, unsure};
use crate::access::{Holders, Path, PathAnswer};
use crate::cli::{AnswerFormat, WhoCan};
use crate::error::Error;
use crate::exit::Exit;
use crate::model::ResourceType;
use crate::output::access;
use crate::output::text::count;

pub(crate) fn run(arguments: &WhoCan, context: &mut Context<'_>) -> Result<Exit, Error> {
    let (asking, frame) = Asking::about_holders(arguments.db.as_deref(), arguments.at.as_deref())?;
    let question = asking.question(&arguments.what)?;
    let target = asking.target(
        arguments.r#in.as_deref(),
        arguments.resource.as_deref(),
        &question,
    )?;
    let asking = asking.with_holders(frame, &question, &target)?;
    let holders = asking.access.who_can(&question, &target);
    let gaps = asking.gaps(&target);
    let mut head = asking.head(&question, &target, &gaps);
    let empty = holders.empty_groups.iter();
    head.empty_groups = empty.map(|at| asking.access.principal(*at)).collect();
    head.impersonators = asking.impersonators();
    asking.end_reading();
    match arguments.format {
        AnswerFormat::Table => access::who_can_table(
            &asking.access,
            &holders.paths,
            context.screen(arguments.color),
            context.out,
        )?,
        AnswerFormat::Json => {
            access::who_can_json(&asking.access, &head, &holders.paths, context.out)?;
        }
        AnswerFormat::Csv => {
            let lines = holders.paths.iter().map(|path| (None, path));
            access::csv(&asking.access, &asking.snapshot, lines, context.out)?;
        }
    }
    context.out.flush()?;
    let mut summary = vec![summary(&holders, unsure(&gaps))];
    if question != impersonation() && are_people(&asking, &holders) {
        summary.extend(access::impersonators(&asking.access, &head.impersonators));
    }
    conclude(
        &head,
        &summary.join("\n"),
        !holders.paths.is_empty(),
        arguments.exit_code,
        arguments.quiet,
        context.err,
    )
}

/// Whether anybody who holds it is a person, whom somebody else may act as.
fn are_people(asking: &Asking, holders: &Holders) -> bool {
    let mut paths = holders.paths.iter();
    paths.any(|path| asking.access.principal(path.principal).kind == ResourceType::User)
}

fn summary(holders: &Holders, unsure: Option<&str>) -> String {
    let by_principal = holders.paths.chunk_by(|a, b| a.principal == b.principal);
    let (mut yes, mut depends) = (0, 0);
    for paths in by_principal {
        if paths.iter().map(Path::answer).min() == Some(PathAnswer::Yes) {
            yes += 1;
        } else {
            depends += 1;
        }
    }
    match (yes, depends) {
        (0, 0) => unsure.map_or_else(
            || "nobody".to_owned(),
            |why| format!("could not tell: nobody was found, but {why}"),
        ),
        (yes, 0) => count(yes, "principal"),
        (yes, depends) => format!("{}, and {depends} uncertain", count(yes, "principal")),
    }
}
