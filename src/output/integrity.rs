//! What a verification of snapshots found.

use serde::Serialize;
use std::io::{self, Write};

use super::Screen;
use super::table::{Align, Table};
use crate::model::{Verified, VerifiedSnapshot};

/// For people.
///
/// # Errors
/// When the output fails.
pub fn table(verified: &Verified, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(vec![
        ("ID", Align::Right),
        ("FINISHED", Align::Left),
        ("RESULT", Align::Left),
        ("DIGEST", Align::Left),
    ]);
    for snapshot in &verified.snapshots {
        table.row(vec![
            snapshot.info.id.to_string(),
            snapshot.info.finished_at.clone(),
            result(snapshot),
            snapshot.info.digest.clone().unwrap_or_default(),
        ]);
    }
    table.write(screen, out)
}

fn result(snapshot: &VerifiedSnapshot) -> String {
    if !snapshot.differs.is_empty() {
        return format!("differs: {}", snapshot.differs.join(", "));
    }
    let words = match (&snapshot.info.digest, snapshot.is_digested_later()) {
        (None, _) => "no digest",
        (Some(_), true) => "unchanged since the file was converted from schema 1",
        (Some(_), false) => "unchanged",
    };
    words.to_owned()
}

/// For programs.
///
/// # Errors
/// When the output fails.
pub fn json(verified: &Verified, file: &str, out: &mut dyn Write) -> io::Result<()> {
    let snapshots = verified.snapshots.iter().map(|snapshot| Entry {
        id: snapshot.info.id,
        label: snapshot.info.label.as_deref(),
        finished_at: &snapshot.info.finished_at,
        unchanged: snapshot
            .info
            .digest
            .as_ref()
            .map(|_| snapshot.differs.is_empty()),
        differs: &snapshot.differs,
        digest: snapshot.info.digest.as_deref(),
        digested_later: snapshot.is_digested_later(),
    });
    super::write_json(
        &Document {
            format_version: 1,
            file,
            problems: verified.problems(),
            snapshots: snapshots.collect(),
        },
        out,
    )
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    file: &'a str,
    problems: Vec<String>,
    snapshots: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    id: i64,
    label: Option<&'a str>,
    finished_at: &'a str,
    /// `None` = there is no digest to compare with.
    unchanged: Option<bool>,
    differs: &'a [&'static str],
    digest: Option<&'a str>,
    /// The digest was made when the file was converted from schema 1, not when the snapshot was stored.
    digested_later: bool,
}
