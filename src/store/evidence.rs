//! One snapshot as a file of its own, readable by everything that reads ours.

use rusqlite::{Connection, OpenFlags};
use std::fmt::Write as _;
use std::path::Path;

use super::derived::{Held, act_history, refresh_holders, refresh_places};
use super::digest::TableSums;
use super::open::{keep_temporary_files_beside, plain};
use super::{Reader, StoreError, schema};

/// What a snapshot is made of, copied from the attached `source`. Snapshots that facts were first seen in stay as stubs,
/// so that `since` and `first_seen` keep their answers.
const COPY: &str = "
INSERT INTO main._account SELECT * FROM source._account;
INSERT INTO main._coverage (listing, state, reason, whole_for, accepted, endpoint, reported_total, rows, pages, valid_from)
  SELECT listing, state, reason, whole_for, accepted, endpoint, reported_total, rows, pages, :id
  FROM source._coverage v WHERE {live v};
INSERT INTO main._resource_version (key, resource, name, attributes, since, valid_from)
  SELECT key, resource, name, attributes, since, :id FROM source._resource_version v WHERE {live v} ORDER BY key;
INSERT INTO main._grant (target, principal, scope, resource_group, listing, role_assignment, created_at, harness_managed,
    since, first_seen, valid_from)
  SELECT target, principal, scope, resource_group, listing, role_assignment, created_at, harness_managed, since,
    first_seen, :id
  FROM source._grant v WHERE {live v} ORDER BY key;
INSERT INTO main._acts (actor, holder, via, since, first_seen, valid_from)
  SELECT actor, holder, via, since, first_seen, :id FROM source._acts v WHERE {live v} ORDER BY key;
INSERT INTO main._resource
  SELECT r.key, r.id, r.type, r.scope, r.identifier, r.listing, v.key, v.name,
    CASE WHEN r.type IN ('user', 'service_account') THEN json_extract(v.attributes, '$.email') END,
    CASE r.type WHEN 'user' THEN json_extract(v.attributes, '$.disabled') END,
    CASE r.type WHEN 'user' THEN json_extract(v.attributes, '$.locked') END,
    CASE r.type WHEN 'user_group' THEN json_extract(v.attributes, '$.sso_linked') END,
    v.name, CASE WHEN r.type IN ('user', 'service_account') THEN json_extract(v.attributes, '$.email') END,
    CASE WHEN r.first_seen <= :id THEN r.first_seen END
  FROM source._resource r LEFT JOIN main._resource_version v ON v.resource = r.key
  WHERE r.key > 0 AND r.key IN (SELECT resource FROM main._resource_version UNION SELECT target FROM main._grant
    UNION SELECT principal FROM main._grant UNION SELECT resource_group FROM main._grant);
INSERT INTO main._snapshot SELECT id, CASE id WHEN :id THEN label END, CASE id WHEN :id THEN state ELSE 'pruned' END,
  started_at, finished_at, scopes, caller, tool_version, requests, users, service_accounts, user_groups, roles,
  resource_groups, grants, disabled_role_assignments, requested, notes, digest
FROM source._snapshot s WHERE id = :id
  OR id = (SELECT max(id) FROM source._snapshot WHERE id < :id) -- the digest of :id goes on from that one's
  OR id IN (SELECT since FROM main._resource_version UNION SELECT since FROM main._grant UNION SELECT first_seen FROM main._grant
    UNION SELECT since FROM main._acts UNION SELECT first_seen FROM main._acts UNION SELECT first_seen FROM main._resource);
INSERT INTO main._listing SELECT * FROM source._listing WHERE key IN (SELECT listing FROM main._coverage
  UNION SELECT listing FROM main._resource UNION SELECT listing FROM main._grant);
INSERT INTO main._scope SELECT * FROM source._scope WHERE key > 0 AND key IN (SELECT scope FROM main._listing
  UNION SELECT scope FROM main._resource UNION SELECT scope FROM main._grant);
INSERT INTO main._known SELECT listing, principal_type, :id FROM source._known k
  WHERE since <= :id AND listing IN (SELECT key FROM main._listing);
INSERT INTO main._effort SELECT * FROM source._effort WHERE snapshot = :id AND listing IN (SELECT key FROM main._listing);
INSERT INTO main._seal SELECT * FROM source._seal WHERE snapshot = :id;
INSERT INTO main._login SELECT * FROM source._login WHERE resource IN (SELECT key FROM main._resource);
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
            keep_temporary_files_beside(&connection, path);
            connection.pragma_update(None, "journal_mode", "memory")?;
            connection.pragma_update(None, "foreign_keys", false)?;
            connection.execute("ATTACH ?1 AS source", [read_only_uri(&self.path)])?;
            connection.execute_batch("BEGIN")?;
            schema::create(&connection)?;
            let mut copy = schema::live_at(COPY, snapshot).replace(":id", &snapshot.to_string());
            if self.is_older_schema()? {
                schema::overlay(&connection)?;
                act_history(&connection)?;
                copy = copy.replace("source._", "temp._");
            }
            connection.execute_batch(&copy)?;
            schema::drop_temporary(&connection)?;
            schema::index_facts(&connection)?;
            refresh_holders(&connection, &Held::of(&connection)?)?;
            refresh_places(&connection, None)?;
            schema::index_derived(&connection)?;
            TableSums::store(&connection, None)?;
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
