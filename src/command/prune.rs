//! `prune`: delete old snapshots.

use super::open::open_database;
use super::{Context, trail};
use crate::cli::{Format, Prune};
use crate::connection;
use crate::error::Error;
use crate::exit::Exit;
use crate::model::SnapshotInfo;
use crate::output;
use crate::output::text::line;
use crate::retention::Keep;
use crate::store::Writer;

pub(crate) fn run(arguments: &Prune, context: &mut Context<'_>) -> Result<Exit, Error> {
    let keep = keep(arguments)?;
    let path = connection::database(arguments.db.as_deref())?;
    // With the lock held no sync can add a snapshot between the decision and the deed.
    let writer = (!arguments.dry_run)
        .then(|| Writer::open_existing(&path))
        .transpose()?;
    let converted = writer.as_ref().and_then(Writer::converted);
    let reader = match &writer {
        Some(writer) => writer.reader()?,
        None => open_database(arguments.db.as_deref())?,
    };
    let snapshots = reader.snapshots()?;
    refuse_unmatched(&keep, &snapshots)?;
    let decisions = keep.decide(snapshots);
    drop(reader);
    let forget: Vec<i64> = decisions
        .iter()
        .filter(|decision| decision.reasons.is_empty())
        .map(|decision| decision.snapshot.id)
        .collect();
    let pruned = match writer {
        Some(writer) if !forget.is_empty() => Some(writer.prune(&forget)?),
        _ => None,
    };
    if pruned.is_some()
        && let Err(error) = trail::record_around(&path, &forget)
    {
        log::warn!(
            "the view `changes` does not say who made the changes since pruned snapshots: {error}"
        );
    }
    match arguments.format {
        Format::Json => output::prune::json(
            &decisions,
            arguments.dry_run,
            pruned,
            converted,
            context.out,
        )?,
        Format::Table if arguments.quiet => {}
        Format::Table => {
            output::prune::table(&decisions, context.screen(arguments.color), context.out)?;
            context.out.flush()?;
            output::prune::summary(
                &decisions,
                arguments.dry_run,
                pruned,
                converted,
                context.err,
            )?;
        }
    }
    Ok(Exit::Done)
}

/// A label that no snapshot has is likelier misspelt than meant: where no other rule keeps anything, all but the newest
/// would go.
fn refuse_unmatched(keep: &Keep, snapshots: &[SnapshotInfo]) -> Result<(), Error> {
    let unmatched = keep.unmatched(snapshots);
    let Some(first) = unmatched.first() else {
        return Ok(());
    };
    let message = format!(
        "no snapshot has a label like `{}` of --keep-label",
        line(first)
    );
    let others = Keep {
        labels: Vec::new(),
        ..keep.clone()
    };
    if others.is_empty() && unmatched.len() == keep.labels.len() {
        let labels = snapshots.iter().filter_map(|one| one.label.as_deref());
        let labels: Vec<&str> = labels.collect();
        let there = match labels.as_slice() {
            [] => "no snapshot has a label".to_owned(),
            labels => format!("there is {}", line(&labels.join(", "))),
        };
        return Err(Error::Usage(format!(
            "{message}, so all but the newest would go; {there}"
        )));
    }
    log::warn!("{message}");
    Ok(())
}

fn keep(arguments: &Prune) -> Result<Keep, Error> {
    if arguments.keep_label.iter().any(String::is_empty) {
        return Err(Error::Usage(
            "--keep-label is empty; no snapshot has an empty label".to_owned(),
        ));
    }
    let keep = Keep {
        last: arguments.keep_last.unwrap_or_default(),
        daily: arguments.keep_daily.unwrap_or_default(),
        weekly: arguments.keep_weekly.unwrap_or_default(),
        monthly: arguments.keep_monthly.unwrap_or_default(),
        labels: arguments.keep_label.clone(),
        forget_labelled: arguments.forget_labelled,
    };
    if keep.is_empty() {
        return Err(Error::Usage(
            "nothing would be kept: say what to keep with --keep-last, --keep-daily, --keep-weekly, --keep-monthly or --keep-label"
                .to_owned(),
        ));
    }
    Ok(keep)
}
