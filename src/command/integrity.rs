//! `snapshots verify`: whether a file still holds what was stored in it.

use super::Context;
use super::open::{Located, locate, locate_at, resolve};
use crate::cli::{Format, Verify};
use crate::error::Error;
use crate::exit::Exit;
use crate::output;
use crate::output::text::{count, line};
use crate::store::StoreError;

pub(crate) fn run(
    arguments: &Verify,
    db: Option<&str>,
    context: &mut Context<'_>,
) -> Result<Exit, Error> {
    let db = arguments.db.as_deref().or(db);
    let wanted = arguments.snapshots.iter().map(|typed| locate(typed, db));
    let wanted: Vec<Located> = wanted.collect::<Result<_, _>>()?;
    let file = locate_at(None, db)?;
    let file = wanted.first().unwrap_or(&file);
    if wanted.iter().any(|one| one.path != file.path) {
        return Err(Error::Usage(
            "the snapshots are of several files; verify one file at a time".to_owned(),
        ));
    }
    let (reader, path) = (file.reader()?, file.path.clone());
    let ids: Vec<i64> = match wanted.as_slice() {
        [] => reader.snapshots()?.iter().map(|one| one.id).collect(),
        wanted => wanted
            .iter()
            .map(|one| Ok(resolve(&reader, &one.snapshot)?.id))
            .collect::<Result<_, Error>>()?,
    };
    let verified = reader.verify(&ids)?;
    let file = path.display().to_string();
    match arguments.format {
        Format::Json => output::integrity::json(&verified, &file, context.out)?,
        Format::Table => {
            let screen = context.screen(arguments.color);
            output::integrity::table(&verified, screen, context.out)?;
            context.out.flush()?;
            for problem in &verified.file {
                writeln!(context.err, "{}", line(problem))?;
            }
        }
    }
    if let Some(detail) = verified.summary() {
        return Err(StoreError::Damaged { path, detail }.into());
    }
    let undigested = verified
        .snapshots
        .iter()
        .filter(|one| one.info.digest.is_none())
        .count();
    if undigested > 0 {
        let number = i128::try_from(undigested).unwrap_or_default();
        return Err(Error::NotEnough {
            message: format!("{} without a digest to compare with", count(number, "snapshot")),
            hint: Some(
                "a file of version 0.1.0 gets its digests by the first command that writes to it, such as `sync`; export \
                 evidence again after that"
                    .to_owned(),
            ),
        });
    }
    Ok(Exit::Done)
}
