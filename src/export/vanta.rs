//! The access file of Vanta's access reviews: one row for each person.

use std::io::Write;

use crate::error::Error;
use crate::output::csv;
use crate::store::Reader;

/// Vanta's columns, in its spelling. It matches the owner with a person by e-mail address; roles are separated by commas.
const COLUMNS: [&str; 4] = ["Account name", "Account owner", "Role", "Status"];

/// Writes it and says how many rows it has.
///
/// # Errors
/// When the database cannot be read or the output fails.
pub fn write(reader: &Reader, out: &mut dyn Write) -> Result<u64, Error> {
    csv::row(out, &COLUMNS)?;
    let mut rows = 0;
    // A comma inside a role's name would make two roles of one.
    let sql = "SELECT ifnull(u.email, u.uuid), ifnull(u.email, 'No owner'),
          (SELECT group_concat(role, ', ') FROM (SELECT role FROM held WHERE held.id = u.id ORDER BY role)),
          CASE WHEN u.disabled THEN 'Deactivated' ELSE 'Active' END
        FROM users u ORDER BY 1, u.id";
    let held = "WITH held AS MATERIALIZED (
          SELECT DISTINCT principal_id AS id, replace(ifnull(role_name, role_id), ',', ' ') || ' (' || scope || ')' AS role
          FROM effective_access WHERE principal_type = 'user')";
    reader.each_row::<Error>(&format!("{held} {sql}"), &mut |row| {
        rows += 1;
        let cells: Vec<&str> = row.iter().map(|cell| cell.unwrap_or_default()).collect();
        Ok(csv::row(out, &cells)?)
    })?;
    Ok(rows)
}
