//! Whom a name that is no exact one may mean: told from names, addresses and ids alone, since everybody's are gone through.

use rusqlite::named_params;

use crate::model::AccessFacts;
use crate::store::schema::live_at;
use crate::store::{Reader, StoreError};

/// Each name and address of the latest snapshot with its key; two indexes hold them.
const CALLED_NOW: &str = "
  SELECT key, name FROM _resource WHERE name IS NOT NULL AND :id IS NOT NULL
  UNION ALL SELECT key, email FROM _resource WHERE email IS NOT NULL";

/// The same in any snapshot.
const CALLED_THEN: &str = "
  SELECT v.resource, v.name FROM _resource_version v WHERE v.name IS NOT NULL AND {live v}
  UNION ALL SELECT r.key, json_extract(v.attributes, '$.email')
    FROM _resource_version v JOIN _resource r ON r.key = v.resource AND r.type IN ('user', 'service_account')
    WHERE json_extract(v.attributes, '$.email') IS NOT NULL AND {live v}";

/// Each text id, in the order of its index.
const IDS: &str = "SELECT key, id FROM _resource WHERE key > 0 AND :id IS NOT NULL";

impl Reader {
    /// The principals of a snapshot whose name or address is a text, whatever the case of its letters; without any, those
    /// that have it as a part of either; without any, as a part of their text id. `None` = nobody.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn access_principals_called(
        &self,
        snapshot: i64,
        text: &str,
    ) -> Result<Option<AccessFacts>, StoreError> {
        let read = || -> rusqlite::Result<Option<AccessFacts>> {
            let wanted = Wanted::new(text);
            let names = if self.shows(snapshot)? {
                CALLED_NOW.to_owned()
            } else {
                live_at(CALLED_THEN, ":id")
            };
            let names = self.called(snapshot, &names, &wanted)?;
            for keys in [names.just_so, names.in_part] {
                let found = self.principals_among(snapshot, keys)?;
                if found.is_some() {
                    return Ok(found);
                }
            }
            let ids = self.called(snapshot, IDS, &wanted)?;
            self.principals_among(snapshot, [ids.just_so, ids.in_part].concat())
        };
        read().map_err(|error| self.failed(&error))
    }

    fn called(&self, snapshot: i64, sql: &str, wanted: &Wanted) -> rusqlite::Result<Called> {
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query(named_params! {":id": snapshot})?;
        let mut called = Called::default();
        while let Some(row) = rows.next()? {
            match wanted.within(row.get_ref(1)?.as_str()?) {
                Some(Likeness::Whole) => called.just_so.push(row.get(0)?),
                Some(Likeness::Part) => called.in_part.push(row.get(0)?),
                None => {}
            }
        }
        Ok(called)
    }

    fn principals_among(
        &self,
        snapshot: i64,
        keys: Vec<i64>,
    ) -> rusqlite::Result<Option<AccessFacts>> {
        if keys.is_empty() {
            return Ok(None);
        }
        let mut loader = self.access_loader(snapshot)?;
        self.load_resources(snapshot, keys, &mut loader)?;
        Ok(Some(loader.facts).filter(|facts| !facts.principals.is_empty()))
    }
}

/// Keys of what a text may mean.
#[derive(Default)]
struct Called {
    just_so: Vec<i64>,
    in_part: Vec<i64>,
}

#[derive(Debug, PartialEq, Eq)]
enum Likeness {
    Whole,
    Part,
}

/// A text that is looked for in others, whatever the case of its letters.
struct Wanted {
    lower: String,
}

impl Wanted {
    fn new(text: &str) -> Self {
        Self {
            lower: text.to_lowercase(),
        }
    }

    /// How a name has the text; `None` = it has not, as nothing has an empty one.
    fn within(&self, name: &str) -> Option<Likeness> {
        let length = self.lower.len();
        let (is_whole, is_part) = if length == 0 {
            (false, false)
        } else if name.is_ascii() {
            let wanted = self.lower.as_bytes();
            let mut parts = name.as_bytes().windows(length);
            let is_part = parts.any(|part| part.eq_ignore_ascii_case(wanted));
            (is_part && name.len() == length, is_part)
        } else {
            let name = name.to_lowercase();
            (name == self.lower, name.contains(&self.lower))
        };
        if is_whole {
            Some(Likeness::Whole)
        } else {
            is_part.then_some(Likeness::Part)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Likeness, Wanted};

    #[test]
    fn letters_of_any_script_are_found_in_either_case() {
        for (text, name) in [
            ("ada BYRON", "Ada Byron"),
            ("ÉMILE", "Émile"),
            ("K", "\u{212a}"),
        ] {
            assert_eq!(
                Wanted::new(text).within(name),
                Some(Likeness::Whole),
                "{text}"
            );
        }
        for (text, name) in [("BYR", "Ada Byron"), ("mil", "Émile"), ("é", "RENÉ")] {
            assert_eq!(
                Wanted::new(text).within(name),
                Some(Likeness::Part),
                "{text}"
            );
        }
        for (text, name) in [("é", "Emile"), ("ada byron", "Ada"), ("", "Ada"), ("x", "")] {
            assert_eq!(Wanted::new(text).within(name), None, "{text}");
        }
    }
}
