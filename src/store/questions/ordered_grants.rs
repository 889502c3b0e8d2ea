//! Grants in the order of exports, put in order piece by piece: all at once would take more memory than a container has. All
//! pieces are of one moment, whatever a sync commits meanwhile.

use rusqlite::{Connection, params};

use super::select::{Receiver, hand_out};
use crate::store::{Reader, StoreError};

/// Grants that may be put in order at once.
pub(super) const AT_ONCE: i64 = 50_000;

impl Reader {
    /// Runs `SELECT columns FROM grants`, and hands out the rows by scope, entitlement, principal and resource group.
    ///
    /// # Errors
    /// When the file cannot be read, or the receiver fails.
    pub fn each_grant<E: From<StoreError>>(
        &self,
        columns: &str,
        receive: &mut Receiver<'_, E>,
    ) -> Result<(), E> {
        let failed = |error: rusqlite::Error| E::from(self.failed(&error));
        let prepare = |condition: &str| {
            self.connection.prepare(&format!(
                "SELECT {columns} FROM grants WHERE scope IS ?1 {condition}
                 ORDER BY entitlement_id, principal_id, resource_group_id"
            ))
        };
        let mut of_scope = prepare("AND ?2 IS NULL").map_err(failed)?;
        let mut of_target = prepare("AND resource_id = ?2").map_err(failed)?;
        let none = None::<String>;
        for (scope, grants) in scopes(&self.connection).map_err(failed)? {
            if grants <= AT_ONCE {
                let rows = of_scope.query(params![scope, none]).map_err(failed)?;
                hand_out(rows, failed, receive)?;
                continue;
            }
            for target in targets(&self.connection, scope.is_none()).map_err(failed)? {
                let rows = of_target.query(params![scope, target]).map_err(failed)?;
                hand_out(rows, failed, receive)?;
            }
        }
        Ok(())
    }

    /// The same, handed out by the user group or role that is held, scope, resource group and principal.
    ///
    /// # Errors
    /// When the file cannot be read, or the receiver fails.
    pub fn each_grant_by_resource<E: From<StoreError>>(
        &self,
        columns: &str,
        receive: &mut Receiver<'_, E>,
    ) -> Result<(), E> {
        let failed = |error: rusqlite::Error| E::from(self.failed(&error));
        let select = format!(
            "SELECT {columns} FROM grants WHERE resource_id = ?1 ORDER BY scope, resource_group_id, principal_id"
        );
        let mut of_resource = self.connection.prepare(&select).map_err(failed)?;
        for resource in held(&self.connection, "r.id").map_err(failed)? {
            let rows = of_resource.query([resource]).map_err(failed)?;
            hand_out(rows, failed, receive)?;
        }
        Ok(())
    }
}

/// Scopes in order, `None` = of memberships, with at least as many grants as each has.
pub(super) fn scopes(connection: &Connection) -> rusqlite::Result<Vec<(Option<String>, i64)>> {
    connection
        .prepare(
            "SELECT p.path, h.grants FROM (SELECT scope, count(*) AS grants FROM _grant GROUP BY scope) h
             JOIN _scope p ON p.key = h.scope ORDER BY p.path",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// What anybody ever held, in the order of entitlements.
fn targets(connection: &Connection, of_members: bool) -> rusqlite::Result<Vec<String>> {
    let word = if of_members { "member" } else { "assigned" };
    held(connection, &format!("r.id || ':{word}'"))
}

fn held(connection: &Connection, order: &str) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare(&format!(
            "SELECT r.id FROM _resource r WHERE EXISTS (SELECT 1 FROM _grant g WHERE g.target = r.key) ORDER BY {order}"
        ))?
        .query_map([], |row| row.get(0))?
        .collect()
}
