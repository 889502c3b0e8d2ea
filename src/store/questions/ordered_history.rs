//! The facts of a whole file in the order of exports, put in order piece by piece as in [`super::ordered_grants`].

use rusqlite::{Connection, params};

use super::ordered_grants::{AT_ONCE, scopes};
use super::select::{Receiver, hand_out};
use crate::model::canonical_json;
use crate::store::{Reader, StoreError};

/// The text id of a row of `grants` or `grant_history`.
pub const GRANT_ID: &str = "principal_id || ' ' || entitlement_id || coalesce(' ' || scope, '') || coalesce(' ' || resource_group_id, '')";

/// Facts that are put in order at once, of which each takes some hundred bytes.
const PIECE: i64 = 10_000;

/// Page cache while grants are read by their holders, in KiB: those of one holder lie all over the file. Pieces are small, so
/// that there is room for it.
const PAGES_OF_GRANTS_KIB: i64 = 96 * 1024;

impl Reader {
    /// Runs `SELECT columns FROM resource_history WHERE condition`, and hands out the rows by scope, id and beginning.
    ///
    /// # Errors
    /// When the file cannot be read, or the receiver fails.
    pub fn each_past_resource<E: From<StoreError>>(
        &self,
        columns: &str,
        condition: &str,
        receive: &mut Receiver<'_, E>,
    ) -> Result<(), E> {
        let failed = |error: rusqlite::Error| E::from(self.failed(&error));
        let mut versions = self
            .connection
            .prepare(&format!(
                "SELECT {columns} FROM resource_history WHERE id IN (SELECT value FROM json_each(?1)) AND ({condition})
                 ORDER BY scope, id, since_snapshot"
            ))
            .map_err(failed)?;
        for piece in pieces(&resources(&self.connection).map_err(failed)?) {
            let rows = versions.query([canonical_json(&piece)]).map_err(failed)?;
            hand_out(rows, failed, receive)?;
        }
        Ok(())
    }

    /// Runs `SELECT columns FROM grant_history WHERE condition`, and hands out the rows by scope, [`GRANT_ID`] and beginning.
    ///
    /// # Errors
    /// When the file cannot be read, or the receiver fails.
    pub fn each_past_grant<E: From<StoreError>>(
        &self,
        columns: &str,
        condition: &str,
        receive: &mut Receiver<'_, E>,
    ) -> Result<(), E> {
        let failed = |error: rusqlite::Error| E::from(self.failed(&error));
        let prepare = |of_piece: &str| {
            self.connection.prepare(&format!(
                "SELECT {columns} FROM grant_history WHERE {of_piece} AND ({condition})
                 ORDER BY {GRANT_ID}, since_snapshot"
            ))
        };
        let mut of_scope = prepare("scope IS ?1").map_err(failed)?;
        let mut of_holders =
            prepare("+scope IS ?1 AND principal_id IN (SELECT value FROM json_each(?2))")
                .map_err(failed)?;
        self.keep_pages(PAGES_OF_GRANTS_KIB).map_err(failed)?;
        for (scope, grants) in scopes(&self.connection).map_err(failed)? {
            if grants <= AT_ONCE {
                let rows = of_scope.query([scope]).map_err(failed)?;
                hand_out(rows, failed, receive)?;
                continue;
            }
            let holders = holders(&self.connection, scope.as_deref()).map_err(failed)?;
            for piece in pieces(&holders) {
                let rows = of_holders
                    .query(params![scope, canonical_json(&piece)])
                    .map_err(failed)?;
                hand_out(rows, failed, receive)?;
            }
        }
        self.keep_usual_pages().map_err(failed)
    }
}

/// Every resource in order, each as one fact.
fn resources(connection: &Connection) -> rusqlite::Result<Vec<(String, i64)>> {
    connection
        .prepare(
            "SELECT r.id, 1 FROM _resource r JOIN _scope p ON p.key = r.scope WHERE r.key > 0 ORDER BY p.path, r.id",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Who ever held something in a scope, in the order of what begins with their ids, with the number of their grants there.
/// Counted in the order in which the file has them: a million rows are slow to find in any other.
fn holders(connection: &Connection, scope: Option<&str>) -> rusqlite::Result<Vec<(String, i64)>> {
    let mut grants: Vec<i64> = Vec::new();
    let mut statement = connection.prepare(
        "SELECT principal FROM _grant WHERE +scope = (SELECT key FROM _scope WHERE path IS ?1) ORDER BY key",
    )?;
    let mut rows = statement.query([scope])?;
    while let Some(row) = rows.next()? {
        let principal = place(row.get(0)?);
        if grants.len() <= principal {
            grants.resize(principal + 1, 0);
        }
        grants[principal] += 1;
    }
    let mut holders = Vec::new();
    let mut statement =
        connection.prepare("SELECT key, id FROM _resource WHERE key > 0 ORDER BY id || ' '")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        match grants.get(place(row.get(0)?)) {
            None | Some(0) => {}
            Some(grants) => holders.push((row.get(1)?, *grants)),
        }
    }
    Ok(holders)
}

/// Where something about a key is kept; keys count up from 1.
fn place(key: i64) -> usize {
    usize::try_from(key).unwrap_or_default()
}

/// Ids in their order, as many at a time as have [`PIECE`] facts. Where an id goes on after a blank as another one ends, the
/// longer texts that begin with them may come in any order, so they stay together.
fn pieces(ids: &[(String, i64)]) -> impl Iterator<Item = Vec<&str>> {
    let mut left = ids.iter().peekable();
    std::iter::from_fn(move || {
        let (mut piece, mut facts) = (Vec::new(), 0);
        let mut stem = "";
        while let Some((id, count)) = left.peek() {
            let goes_on = id
                .strip_prefix(stem)
                .is_some_and(|end| end.starts_with(' '));
            if !goes_on {
                if facts >= PIECE {
                    break;
                }
                stem = id;
            }
            piece.push(id.as_str());
            facts += count;
            left.next();
        }
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::{PIECE, pieces};

    #[test]
    fn ids_of_which_one_goes_on_as_another_ends_stay_together() {
        let ids = ["user/a", "user/a b", "user/a c", "user/a-b", "user/b"];
        let ids: Vec<(String, i64)> = ids.map(|id| (id.to_owned(), PIECE)).into();
        let found: Vec<Vec<&str>> = pieces(&ids).collect();
        let expected: [&[&str]; 3] = [
            &["user/a", "user/a b", "user/a c"],
            &["user/a-b"],
            &["user/b"],
        ];
        assert_eq!(found, expected);
    }
}
