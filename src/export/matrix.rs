//! The access matrix as CSV: one row for each effective role.

use std::io::Write;

use crate::error::Error;
use crate::output::csv;
use crate::store::Reader;

const COLUMNS: [&str; 13] = [
    "principal_id",
    "principal_type",
    "principal_name",
    "email",
    "role_id",
    "role_name",
    "scope",
    "resource_group_id",
    "resource_group_name",
    "via_group_id",
    "via_group_name",
    "role_assignment",
    "since",
];

/// Writes it and says how many rows it has.
///
/// # Errors
/// When the database cannot be read or the output fails.
pub fn write(reader: &Reader, out: &mut dyn Write) -> Result<u64, Error> {
    let sql = format!(
        "SELECT {} FROM effective_access ORDER BY 2, 1, 7, 5, 8, 10",
        COLUMNS.join(", ")
    );
    csv::row(out, &COLUMNS)?;
    let mut rows = 0;
    reader.each_row::<Error>(&sql, &mut |row| {
        rows += 1;
        let cells: Vec<&str> = row.iter().map(|cell| cell.unwrap_or_default()).collect();
        Ok(csv::row(out, &cells)?)
    })?;
    Ok(rows)
}
