//! Bringing a derived table to the rows that it shall have.

use rusqlite::{Connection, Statement, ToSql, params_from_iter};
use std::collections::BTreeSet;

/// Writes what differs from the rows that a table has.
pub(super) fn replace<const N: usize>(
    connection: &Connection,
    table: &str,
    columns: [&str; N],
    wanted: &BTreeSet<[i64; N]>,
) -> rusqlite::Result<()> {
    let names = columns.join(", ");
    let held: BTreeSet<[i64; N]> = connection
        .prepare(&format!("SELECT {names} FROM {table}"))?
        .query_map([], |row| {
            let mut values = [0; N];
            for (at, value) in values.iter_mut().enumerate() {
                *value = row.get(at)?;
            }
            Ok(values)
        })?
        .collect::<Result<_, _>>()?;
    let places: Vec<String> = (1..=N).map(|at| format!("?{at}")).collect();
    let places = places.join(", ");
    let each = |mut statement: Statement<'_>, rows: Vec<&[i64; N]>| -> rusqlite::Result<()> {
        for row in rows {
            statement.execute(params_from_iter(
                row.iter().map(|value| value as &dyn ToSql),
            ))?;
        }
        Ok(())
    };
    let delete = format!("DELETE FROM {table} WHERE ({names}) = ({places})");
    each(
        connection.prepare(&delete)?,
        held.difference(wanted).collect(),
    )?;
    let insert = format!("INSERT INTO {table} ({names}) VALUES ({places})");
    each(
        connection.prepare(&insert)?,
        wanted.difference(&held).collect(),
    )
}
