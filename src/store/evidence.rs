//! One snapshot as a file of its own, readable by everything that reads ours.

use rusqlite::{Connection, OpenFlags};
use std::fmt::Write as _;
use std::path::Path;

use super::open::plain;
use super::{Reader, StoreError, schema};

/// What a snapshot is made of, copied from the attached `source`. Snapshots that facts were first seen in stay as stubs,
/// so that `since` keeps its answer.
const COPY: &str = "
INSERT INTO account SELECT * FROM source.account;
INSERT INTO snapshot SELECT id, CASE id WHEN :id THEN label END, CASE id WHEN :id THEN state ELSE 'pruned' END,
  started_at, finished_at, scopes, caller, tool_version, requests, users, service_accounts, user_groups, roles,
  resource_groups, grants, disabled_role_assignments
FROM source.snapshot s WHERE id = :id
  OR id IN (SELECT since FROM source.resource_version v WHERE {live v})
  OR id IN (SELECT since FROM source.grant_version v WHERE {live v});
INSERT INTO coverage (listing, state, reason, whole_for, endpoint, reported_total, rows, pages, valid_from)
  SELECT listing, state, reason, whole_for, endpoint, reported_total, rows, pages, :id
  FROM source.coverage v WHERE {live v};
INSERT INTO resource_version (resource, name, attributes, since, valid_from)
  SELECT resource, name, attributes, since, :id FROM source.resource_version v WHERE {live v} ORDER BY key;
INSERT INTO grant_version (target, principal, scope, resource_group, listing, role_assignment, created_at,
    harness_managed, since, valid_from)
  SELECT target, principal, scope, resource_group, listing, role_assignment, created_at, harness_managed, since, :id
  FROM source.grant_version v WHERE {live v} ORDER BY key;
INSERT INTO resource SELECT * FROM source.resource WHERE key IN (SELECT resource FROM resource_version
  UNION SELECT target FROM grant_version UNION SELECT principal FROM grant_version
  UNION SELECT resource_group FROM grant_version);
INSERT INTO listing SELECT * FROM source.listing WHERE key IN (SELECT listing FROM coverage
  UNION SELECT listing FROM resource UNION SELECT listing FROM grant_version);
INSERT INTO scope SELECT * FROM source.scope WHERE key IN (SELECT scope FROM listing UNION SELECT scope FROM resource
  UNION SELECT scope FROM grant_version);
INSERT INTO known SELECT listing, principal_type, :id FROM source.known k
  WHERE since <= :id AND listing IN (SELECT key FROM listing);
INSERT INTO effort SELECT * FROM source.effort WHERE snapshot = :id AND listing IN (SELECT key FROM listing);
";

impl Reader {
    /// Writes one snapshot into an empty file that exists already.
    ///
    /// # Errors
    /// When this file cannot be read or the other not be written.
    pub fn write_evidence(&self, snapshot: i64, path: &Path) -> Result<(), StoreError> {
        let write = || -> rusqlite::Result<()> {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
                | OpenFlags::SQLITE_OPEN_NO_MUTEX
                | OpenFlags::SQLITE_OPEN_URI;
            let connection = Connection::open_with_flags(plain(path), flags)?;
            connection.pragma_update(None, "journal_mode", "memory")?;
            connection.pragma_update(None, "foreign_keys", false)?;
            connection.execute("ATTACH ?1 AS source", [read_only_uri(&self.path)])?;
            connection.execute_batch("BEGIN")?;
            schema::create(&connection)?;
            let copy = schema::live_at(COPY, snapshot).replace(":id", &snapshot.to_string());
            connection.execute_batch(&copy)?;
            connection.execute_batch("COMMIT; DETACH source; VACUUM; PRAGMA journal_mode = delete")
        };
        write().map_err(|error| StoreError::from_sqlite(path, &error))
    }
}

/// The file as a URI that SQLite opens for reading only.
fn read_only_uri(path: &Path) -> String {
    let mut uri = "file:".to_owned();
    for byte in plain(path).as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'\\' | b':' | b'.' | b'-' | b'_' => {
                uri.push(char::from(*byte));
            }
            other => {
                let _ = write!(uri, "%{other:02x}"); // writing to a String cannot fail
            }
        }
    }
    uri.push_str("?mode=ro");
    uri
}
