//! What a name typed by a person means.

use crate::model::{ResourceId, Scope, Thing};
use crate::store::names::GONE_SINCE;
use crate::store::{Reader, StoreError};

impl Reader {
    /// Everything ever seen that a text may mean, by the best form that gives something: a text id; identifiers, names and
    /// addresses that are equal to it, whatever their case; a part of a name or address; a part of a text id. A text id
    /// has one meaning; the others may have several. In the order of text ids.
    ///
    /// The path of a scope means its organization or project, and never what lives there.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn find(&self, text: &str) -> Result<Vec<Thing>, StoreError> {
        // What is known last stands beside the identity; only what was known before is in versions that ended.
        let forms = [
            "r.id = ?1",
            "r.key IN (SELECT key FROM _resource WHERE identifier = ?1
               UNION ALL SELECT key FROM _resource WHERE known_email = ?1
               UNION ALL SELECT key FROM _resource WHERE name = ?1 COLLATE NOCASE AND name IS NOT NULL
               UNION ALL SELECT key FROM _resource WHERE version IS NULL AND known_name = ?1 COLLATE NOCASE
               UNION ALL SELECT v.resource FROM _resource_version v WHERE v.valid_until IS NOT NULL
                 AND (v.name = ?1 COLLATE NOCASE OR json_extract(v.attributes, '$.email') = ?1 COLLATE NOCASE))",
            "r.key IN (SELECT key FROM _resource
                 WHERE instr(lower(known_name), lower(?1)) OR instr(lower(known_email), lower(?1))
               UNION ALL SELECT v.resource FROM _resource_version v WHERE v.valid_until IS NOT NULL
                 AND (instr(lower(v.name), lower(?1)) OR instr(lower(json_extract(v.attributes, '$.email')), lower(?1))))",
            "instr(lower(r.id), lower(?1))",
        ];
        let as_scope = Scope::parse(text).and_then(|scope| ResourceId::of_scope(&scope));
        let forms = match &as_scope {
            Some(id) => {
                let found = self
                    .things(forms[0], &id.to_string())
                    .map_err(|error| self.failed(&error))?;
                if !found.is_empty() {
                    return Ok(found);
                }
                &forms[..2]
            }
            None => &forms[..],
        };
        for form in forms {
            let found = self
                .things(form, text)
                .map_err(|error| self.failed(&error))?;
            if !found.is_empty() && !text.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    /// The text ids of everything of a type that was ever seen.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn ids_of(&self, kind: &str) -> Result<Vec<String>, StoreError> {
        let read = || -> rusqlite::Result<Vec<String>> {
            self.connection
                .prepare("SELECT id FROM _resource WHERE type = ?1 ORDER BY id")?
                .query_map([kind], |row| row.get(0))?
                .collect()
        };
        read().map_err(|error| self.failed(&error))
    }

    /// The plus before the order: the few that are found are sorted, rather than all gone through in order.
    fn things(&self, condition: &str, text: &str) -> rusqlite::Result<Vec<Thing>> {
        self.connection
            .prepare(&format!(
                "SELECT r.id, r.type, l.name, json_extract(l.attributes, '$.email'), {GONE_SINCE} FROM _resource r
                 LEFT JOIN _resource_version l ON l.key = (SELECT max(n.key) FROM _resource_version n
                   WHERE n.resource = r.key)
                 WHERE r.key > 0 AND ({condition}) ORDER BY +r.id"
            ))?
            .query_map([text], |row| {
                Ok(Thing {
                    id: row.get(0)?,
                    r#type: row.get(1)?,
                    name: row.get(2)?,
                    email: row.get(3)?,
                    gone_since_snapshot: row.get(4)?,
                })
            })?
            .collect()
    }
}
