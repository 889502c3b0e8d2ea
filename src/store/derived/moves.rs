//! What came along with a project that is in another organization since a snapshot: the table `_moved`. The same rule as of
//! `diff` between two snapshots, for each snapshot and the one before it.

use rusqlite::{Connection, named_params};

use crate::model::is_move;

/// What a project left and came to.
struct Move {
    old: i64,
    new: i64,
    from: String,
    to: String,
}

/// Brings the table up to date for every snapshot.
pub(in crate::store) fn refresh_moves(connection: &Connection) -> rusqlite::Result<()> {
    let snapshots: Vec<i64> = connection
        .prepare("SELECT id FROM _snapshot WHERE state <> 'pruned'")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    connection.execute("DELETE FROM _moved", [])?;
    for snapshot in snapshots {
        note_moves(connection, snapshot)?;
    }
    Ok(())
}

/// Adds what a snapshot shows.
pub(in crate::store) fn note_moves(connection: &Connection, snapshot: i64) -> rusqlite::Result<()> {
    for of_project in candidates(connection, snapshot)? {
        of_project.note(connection, snapshot)?;
    }
    Ok(())
}

/// A project that is gone from one organization and new in another, where no others share its identifier.
fn candidates(connection: &Connection, snapshot: i64) -> rusqlite::Result<Vec<Move>> {
    connection
        .prepare(
            "SELECT o.key, n.key, 'org/' || replace(substr(o.id, 9), '/', '/project/'),
               'org/' || replace(substr(n.id, 9), '/', '/project/')
             FROM _resource_version ov CROSS JOIN _resource o ON o.key = ov.resource AND o.type = 'project'
             CROSS JOIN _resource n ON n.identifier = o.identifier AND n.type = 'project'
             JOIN _resource_version nv ON nv.resource = n.key AND nv.valid_from = ov.valid_until
             WHERE ov.valid_until = :snapshot
               AND NOT EXISTS (SELECT 1 FROM _resource_version x WHERE x.resource = o.key AND x.valid_from = :snapshot)
               AND NOT EXISTS (SELECT 1 FROM _resource_version x WHERE x.resource = n.key AND x.valid_until = :snapshot)
               AND EXISTS (SELECT 1 FROM _known k WHERE k.listing = n.listing
                 AND k.since <= (SELECT max(b.id) FROM _snapshot b WHERE b.id < :snapshot AND b.state <> 'pruned'))
             GROUP BY o.identifier HAVING count(*) = 1",
        )?
        .query_map(named_params! {":snapshot": snapshot}, |row| {
            Ok(Move {
                old: row.get(0)?,
                new: row.get(1)?,
                from: row.get(2)?,
                to: row.get(3)?,
            })
        })?
        .collect()
}

/// The key of a resource as it is after a move, in SQL.
pub(in crate::store) fn renamed(alias: &str) -> String {
    format!(
        "CASE WHEN {alias}.scope = :old_scope THEN (SELECT k.key FROM _resource k
           WHERE k.id = {alias}.type || '/' || :to || substr({alias}.id, length({alias}.type) + length(:from) + 2))
         ELSE {alias}.key END"
    )
}

/// Whether a thing is the account's own: what Harness supplies begins with an underscore.
pub(in crate::store) const OWN: &str =
    "substr(t.id, length(rtrim(t.id, replace(t.id, '/', ''))) + 1, 1) <> '_'";

/// Of each thing that the old project held of its own, whether it came along.
const CAME: &str = "
    SELECT EXISTS (SELECT 1 FROM _moved m WHERE m.snapshot = :snapshot AND m.is_grant = 0 AND m.old = t.key)
    FROM _resource_version v CROSS JOIN _resource t ON t.key = v.resource
    WHERE v.valid_until = :snapshot AND t.scope = :old_scope AND {own}
    UNION ALL
    SELECT EXISTS (SELECT 1 FROM _moved m WHERE m.snapshot = :snapshot AND m.is_grant = 1 AND m.old = g.key)
    FROM _grant g CROSS JOIN _resource t ON t.key = g.target
    WHERE g.valid_until = :snapshot AND (g.scope = :old_scope OR g.scope = 0 AND t.scope = :old_scope) AND {own}";

impl Move {
    /// Notes what came along, if that is at least half of what the project held of its own.
    fn note(&self, connection: &Connection, snapshot: i64) -> rusqlite::Result<()> {
        let key = |path: &str| -> rusqlite::Result<Option<i64>> {
            connection
                .prepare_cached("SELECT max(key) FROM _scope WHERE path = ?1")?
                .query_row([path], |row| row.get(0))
        };
        let (Some(old_scope), Some(new_scope)) = (key(&self.from)?, key(&self.to)?) else {
            return Ok(()); // nothing was ever in one of them
        };
        let (resource, target, principal, over) =
            (renamed("r"), renamed("t"), renamed("p"), renamed("rg"));
        connection.execute(
            &format!(
                "INSERT INTO _moved SELECT :snapshot, 0, n.key, r.key
                 FROM _resource_version v CROSS JOIN _resource r ON r.key = v.resource
                 CROSS JOIN _resource n ON n.key = {resource}
                 JOIN _resource_version nv ON nv.resource = n.key AND nv.valid_from = :snapshot
                 WHERE v.valid_until = :snapshot AND r.scope = :old_scope"
            ),
            named_params! {":snapshot": snapshot, ":old_scope": old_scope, ":from": self.from, ":to": self.to},
        )?;
        connection.execute(
            &format!(
                "INSERT INTO _moved SELECT :snapshot, 1, n.key, g.key
                 FROM _grant g CROSS JOIN _resource t ON t.key = g.target CROSS JOIN _resource p ON p.key = g.principal
                 CROSS JOIN _resource rg ON rg.key = g.resource_group
                 CROSS JOIN _grant n ON n.valid_from = :snapshot AND n.target = {target}
                   AND n.principal = {principal} AND n.resource_group = {over}
                   AND n.scope = CASE g.scope WHEN 0 THEN 0 ELSE :new_scope END
                 WHERE g.valid_until = :snapshot AND (g.scope = :old_scope OR g.scope = 0 AND t.scope = :old_scope)"
            ),
            named_params! {":snapshot": snapshot, ":old_scope": old_scope, ":new_scope": new_scope, ":from": self.from,
                ":to": self.to},
        )?;
        let came_along = connection
            .prepare(&CAME.replace("{own}", OWN))?
            .query_map(
                named_params! {":snapshot": snapshot, ":old_scope": old_scope},
                |row| row.get(0),
            )?
            .collect::<rusqlite::Result<Vec<bool>>>()?;
        if is_move(&came_along) {
            connection.execute(
                "INSERT INTO _moved VALUES (?1, 0, ?2, ?3)",
                [snapshot, self.new, self.old],
            )?;
        } else {
            connection.execute(
                "DELETE FROM _moved WHERE snapshot = :snapshot AND CASE is_grant
                   WHEN 0 THEN old IN (SELECT key FROM _resource WHERE scope = :old_scope)
                   ELSE old IN (SELECT g.key FROM _grant g JOIN _resource t ON t.key = g.target
                     WHERE g.scope = :old_scope OR g.scope = 0 AND t.scope = :old_scope) END",
                named_params! {":snapshot": snapshot, ":old_scope": old_scope},
            )?;
        }
        Ok(())
    }
}
