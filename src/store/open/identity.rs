//! Whose file it is.

use rusqlite::{Connection, OptionalExtension};

/// The account a file belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account's identifier.
    pub account_id: String,
    /// Where it was observed, such as `https://app.harness.io`.
    pub base_url: String,
}

impl std::fmt::Display for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "account {} at {}", self.account_id, self.base_url)
    }
}

/// The account that a file says it belongs to.
pub(super) fn identity(connection: &Connection) -> rusqlite::Result<Option<Identity>> {
    connection
        .query_row("SELECT account_id, base_url FROM _account", [], |row| {
            Ok(Identity {
                account_id: row.get(0)?,
                base_url: row.get(1)?,
            })
        })
        .optional()
}
