//! What a name typed by a person means.

use crate::model::Thing;
use crate::store::{Reader, StoreError};

impl Reader {
    /// Everything ever seen that a text may mean: a text id; else the identifiers, names and addresses that are equal
    /// to it. A text id has one meaning; the others may have several. In the order of text ids.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn find(&self, text: &str) -> Result<Vec<Thing>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Thing>> {
            let exact = self.things("r.id = ?1", text)?;
            if !exact.is_empty() {
                return Ok(exact);
            }
            self.things(
                "r.identifier = ?1 OR r.key IN (SELECT v.resource FROM _resource_version v
                   WHERE v.name = ?1 OR json_extract(v.attributes, '$.email') = ?1 COLLATE NOCASE)",
                text,
            )
        };
        read().map_err(|error| self.failed(&error))
    }

    fn things(&self, condition: &str, text: &str) -> rusqlite::Result<Vec<Thing>> {
        self.connection
            .prepare(&format!(
                "SELECT r.id, r.type, l.name, json_extract(l.attributes, '$.email') FROM _resource r
                 LEFT JOIN _resource_version l ON l.key = (SELECT max(n.key) FROM _resource_version n
                   WHERE n.resource = r.key)
                 WHERE {condition} ORDER BY r.id"
            ))?
            .query_map([text], |row| {
                Ok(Thing {
                    id: row.get(0)?,
                    r#type: row.get(1)?,
                    name: row.get(2)?,
                    email: row.get(3)?,
                })
            })?
            .collect()
    }
}
