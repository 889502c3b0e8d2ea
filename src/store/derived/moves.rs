//! What came along with a project that is in another organization since a snapshot: the table `_moved`. The same rule as of
//! `diff` between two snapshots, for each snapshot and the one before it.

use rusqlite::{Connection, named_params};

use crate::model::is_move;

/// A project that is gone from one organization and new in another.
pub(in crate::store) struct ProjectMove {
    /// Key of the project that is gone, and of the scope that it is.
    pub(in crate::store) old: i64,
    pub(in crate::store) old_scope: i64,
    /// The same of the project that is new.
    pub(in crate::store) new: i64,
    pub(in crate::store) new_scope: i64,
    /// Paths of both scopes.
    pub(in crate::store) from: String,
    pub(in crate::store) to: String,
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
    for project in candidates(connection, snapshot)? {
        connection.execute_batch("SAVEPOINT project")?;
        if !project.note(connection, snapshot)? {
            connection.execute_batch("ROLLBACK TO project")?;
        }
        connection.execute_batch("RELEASE project")?;
    }
    Ok(())
}

/// Such projects where no others share the identifier. One in which nothing ever was has no scope.
fn candidates(connection: &Connection, snapshot: i64) -> rusqlite::Result<Vec<ProjectMove>> {
    let mut statement = connection.prepare(
        "SELECT old, new, was, became, (SELECT max(key) FROM _scope WHERE path = was),
           (SELECT max(key) FROM _scope WHERE path = became)
         FROM (SELECT o.key AS old, n.key AS new, 'org/' || replace(substr(o.id, 9), '/', '/project/') AS was,
             'org/' || replace(substr(n.id, 9), '/', '/project/') AS became
           FROM _resource_version ov CROSS JOIN _resource o ON o.key = ov.resource AND o.type = 'project'
           CROSS JOIN _resource n ON n.identifier = o.identifier AND n.type = 'project'
           JOIN _resource_version nv ON nv.resource = n.key AND nv.valid_from = ov.valid_until
           WHERE ov.valid_until = :snapshot
             AND NOT EXISTS (SELECT 1 FROM _resource_version x WHERE x.resource = o.key AND x.valid_from = :snapshot)
             AND NOT EXISTS (SELECT 1 FROM _resource_version x WHERE x.resource = n.key AND x.valid_until = :snapshot)
             AND EXISTS (SELECT 1 FROM _known k WHERE k.listing = n.listing
               AND k.since <= (SELECT max(b.id) FROM _snapshot b WHERE b.id < :snapshot AND b.state <> 'pruned'))
           GROUP BY o.identifier HAVING count(*) = 1)",
    )?;
    let mut rows = statement.query(named_params! {":snapshot": snapshot})?;
    let mut candidates = Vec::new();
    while let Some(row) = rows.next()? {
        if let (Some(old_scope), Some(new_scope)) = (row.get(4)?, row.get(5)?) {
            candidates.push(ProjectMove {
                old: row.get(0)?,
                old_scope,
                new: row.get(1)?,
                new_scope,
                from: row.get(2)?,
                to: row.get(3)?,
            });
        }
    }
    Ok(candidates)
}

/// Whether a thing `t` is the account's own, in SQL: what Harness supplies begins with an underscore.
pub(in crate::store) const OWN: &str =
    "substr(t.id, length(rtrim(t.id, replace(t.id, '/', ''))) + 1, 1) <> '_'";

impl ProjectMove {
    /// Whether a grant `g` of `t` is of the project that is gone, in SQL: what is held at it, and who is in a group of it or
    /// in itself.
    pub(in crate::store) fn holds(&self) -> String {
        let Self { old, old_scope, .. } = self;
        format!(
            "(g.scope = {old_scope} OR g.scope = 0 AND (t.scope = {old_scope} OR t.key = {old}))"
        )
    }

    /// The key of a resource as it is after the move, in SQL; `:to` is the path of the new project.
    pub(in crate::store) fn renamed(&self, alias: &str) -> String {
        let Self {
            old,
            old_scope,
            new,
            ..
        } = self;
        let path = self.from.chars().count();
        format!(
            "CASE WHEN {alias}.key = {old} THEN {new} WHEN {alias}.scope = {old_scope} THEN (SELECT k.key FROM _resource k
               WHERE k.id = {alias}.type || '/' || :to || substr({alias}.id, length({alias}.type) + {path} + 2))
             ELSE {alias}.key END"
        )
    }

    /// The key of the scope of a grant `g` as it is after the move, in SQL.
    pub(in crate::store) fn renamed_scope(&self) -> String {
        format!("CASE g.scope WHEN 0 THEN 0 ELSE {} END", self.new_scope)
    }

    /// Notes what came along; `false` = less than half of what the project held of its own, so it is another project.
    fn note(&self, connection: &Connection, snapshot: i64) -> rusqlite::Result<bool> {
        let (resource, target, principal, over) = (
            self.renamed("r"),
            self.renamed("t"),
            self.renamed("p"),
            self.renamed("rg"),
        );
        let (scope, old_scope, held) = (self.renamed_scope(), self.old_scope, self.holds());
        connection.execute(
            &format!(
                "INSERT INTO _moved SELECT :snapshot, 0, n.key, r.key
                 FROM _resource_version v CROSS JOIN _resource r ON r.key = v.resource
                 CROSS JOIN _resource n ON n.key = {resource}
                 JOIN _resource_version nv ON nv.resource = n.key AND nv.valid_from = :snapshot
                 WHERE v.valid_until = :snapshot AND r.scope = {old_scope}"
            ),
            named_params! {":snapshot": snapshot, ":to": self.to},
        )?;
        connection.execute(
            &format!(
                "INSERT INTO _moved SELECT :snapshot, 1, n.key, g.key
                 FROM _grant g CROSS JOIN _resource t ON t.key = g.target CROSS JOIN _resource p ON p.key = g.principal
                 CROSS JOIN _resource rg ON rg.key = g.resource_group
                 CROSS JOIN _grant n ON n.valid_from = :snapshot AND n.target = {target}
                   AND n.principal = {principal} AND n.resource_group = {over} AND n.scope = {scope}
                 WHERE g.valid_until = :snapshot AND {held}"
            ),
            named_params! {":snapshot": snapshot, ":to": self.to},
        )?;
        let is_move = is_move(&self.came_along(connection, snapshot)?);
        connection.execute(
            "INSERT INTO _moved VALUES (?1, 0, ?2, ?3)",
            [snapshot, self.new, self.old],
        )?;
        Ok(is_move)
    }

    /// Of each thing that the old project held of its own, whether it came along.
    fn came_along(&self, connection: &Connection, snapshot: i64) -> rusqlite::Result<Vec<bool>> {
        let (old_scope, held) = (self.old_scope, self.holds());
        connection
            .prepare(&format!(
                "SELECT EXISTS (SELECT 1 FROM _moved m WHERE m.snapshot = ?1 AND m.is_grant = 0 AND m.old = t.key)
                 FROM _resource_version v CROSS JOIN _resource t ON t.key = v.resource
                 WHERE v.valid_until = ?1 AND t.scope = {old_scope} AND {OWN}
                 UNION ALL
                 SELECT EXISTS (SELECT 1 FROM _moved m WHERE m.snapshot = ?1 AND m.is_grant = 1 AND m.old = g.key)
                 FROM _grant g CROSS JOIN _resource t ON t.key = g.target
                 WHERE g.valid_until = ?1 AND {held} AND {OWN}"
            ))?
            .query_map([snapshot], |row| row.get(0))?
            .collect()
    }
}
