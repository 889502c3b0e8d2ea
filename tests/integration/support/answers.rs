//! Every answer that a file gives, to tell whether it still gives the same.

use std::collections::BTreeMap;
use std::path::Path;

use harness_access::store::Reader;

/// Rows, sorted, by view.
pub(crate) type Answers = BTreeMap<String, Vec<String>>;

/// Views that tell of all snapshots at once; the others show one.
const OF_ALL: [&str; 7] = [
    "snapshots",
    "scopes",
    "effective_access_history",
    "listings",
    "changes",
    "resource_history",
    "grant_history",
];

/// What all views answer.
#[track_caller]
pub(crate) fn all_answers(path: &Path) -> Answers {
    answers(&Reader::open(path).unwrap(), |_| true)
}

/// What the views that show one snapshot answer, for every snapshot up to a number.
#[track_caller]
pub(crate) fn answers_until(path: &Path, newest: i64) -> BTreeMap<i64, Answers> {
    let ids = Reader::open(path).unwrap().snapshots().unwrap();
    let ids = ids.iter().map(|snapshot| snapshot.id);
    ids.filter(|id| *id <= newest)
        .map(|id| (id, answers_at(path, id)))
        .collect()
}

/// What the views that show one snapshot answer for it.
#[track_caller]
pub(crate) fn answers_at(path: &Path, snapshot: i64) -> Answers {
    let reader = Reader::open(path).unwrap();
    reader.show_snapshot(snapshot).unwrap();
    answers(&reader, |view| !OF_ALL.contains(&view))
}

fn answers(reader: &Reader, wanted: impl Fn(&str) -> bool) -> Answers {
    let views = rows(
        reader,
        // A file of an older schema is read through temporary views.
        "SELECT name FROM temp.sqlite_master WHERE type = 'view' AND name NOT LIKE '\\_%' ESCAPE '\\'
         UNION SELECT name FROM main.sqlite_master WHERE type = 'view'",
    );
    assert_eq!(views.len(), 28);
    views
        .into_iter()
        .filter(|view| wanted(view))
        .map(|view| {
            let rows = rows(reader, &format!("SELECT * FROM {view}"));
            (view, rows)
        })
        .collect()
}

fn rows(reader: &Reader, sql: &str) -> Vec<String> {
    let rows = reader.select(sql).unwrap().rows;
    let cells = |row: Vec<Option<String>>| {
        let cells = row.into_iter().map(Option::unwrap_or_default);
        cells.collect::<Vec<_>>().join("|")
    };
    let mut rows: Vec<String> = rows.into_iter().map(cells).collect();
    rows.sort_unstable();
    rows
}
