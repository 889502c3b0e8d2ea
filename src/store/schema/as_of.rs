//! Views that end with a snapshot: what was stored later is not in them, as if the file had been read then.

use rusqlite::Connection;

use super::{VIEWS, each_view, live_at};

/// A view that tells of several snapshots, the rows of it that were there, and columns that said something else.
struct Ended {
    name: &'static str,
    rows: &'static str,
    columns: &'static [(&'static str, &'static str)],
}

const UNTIL: &[(&str, &str)] = &[
    (
        "until_snapshot",
        "CASE WHEN until_snapshot <= :id THEN until_snapshot END",
    ),
    ("until", "CASE WHEN until_snapshot <= :id THEN until END"),
];

const ENDED: [Ended; 7] = [
    Ended {
        name: "snapshots",
        // A clock may have been wrong, and the snapshot is the latest of what is shown.
        rows: "id <= :id AND finished_at <= (SELECT s.finished_at FROM _snapshot s WHERE s.id = :id)",
        columns: &[],
    },
    Ended {
        name: "listings",
        rows: "snapshot_id <= :id",
        columns: &[],
    },
    Ended {
        name: "changes",
        rows: "snapshot_id <= :id",
        columns: &[],
    },
    Ended {
        name: "effective_access_history",
        rows: "since_snapshot <= :id",
        columns: UNTIL,
    },
    Ended {
        name: "resource_history",
        rows: "since_snapshot <= :id",
        columns: UNTIL,
    },
    Ended {
        name: "grant_history",
        rows: "since_snapshot <= :id",
        columns: UNTIL,
    },
    Ended {
        name: "audit_events",
        rows: "at <= (SELECT s.finished_at FROM _snapshot s WHERE s.id = :id)",
        columns: &[("unseen_by", "CASE WHEN unseen_by <= :id THEN unseen_by END")],
    },
];

/// Lets the views of a snapshot, which are shown already, end with it.
pub(in crate::store) fn end_with(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    let views = live_at(VIEWS, id);
    for ended in ENDED {
        let name = ended.name;
        let (_, whole) = each_view(&views)
            .find(|(view, _)| *view == name)
            .expect("a view of this schema");
        connection.execute_batch(&format!(
            "DROP VIEW IF EXISTS temp.{name}; DROP VIEW IF EXISTS temp._whole_{name};
             CREATE TEMP VIEW _whole_{name} {whole}"
        ))?;
        let columns: Vec<String> = connection
            .prepare("SELECT name FROM pragma_table_info(?1)")?
            .query_map([format!("_whole_{name}")], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let columns = columns.iter().map(|column| {
            let changed = ended.columns.iter().find(|(of, _)| of == column);
            changed.map_or(column.clone(), |(_, sql)| format!("{sql} AS {column}"))
        });
        let columns: Vec<String> = columns.collect();
        connection.execute_batch(
            &format!(
                "CREATE TEMP VIEW {name} AS SELECT {} FROM _whole_{name} WHERE {}",
                columns.join(", "),
                ended.rows
            )
            .replace(":id", &id.to_string()),
        )?;
    }
    Ok(())
}
