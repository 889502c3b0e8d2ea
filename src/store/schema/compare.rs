//! Whether a file's schema is ours, text by text. Files come from others too: a view in the place of a table, a trigger or
//! one more index is SQL of theirs, which would run with our questions.

use rusqlite::Connection;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::version_1;

/// The statement that made each object, by type and name.
type Objects = BTreeMap<(String, String), String>;

/// What of a file's schema is not as this program makes it, for people; `None` = nothing.
pub(in crate::store) fn difference(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let found = objects(connection)?;
    let ours = ours(version)?;
    let extra = found.iter().find(|(key, sql)| ours.get(*key) != Some(sql));
    let missing = || ours.keys().find(|key| !found.contains_key(*key));
    Ok(match extra {
        Some((key @ (kind, name), _)) if ours.contains_key(key) => {
            Some(format!("its {kind} `{name}` is another one"))
        }
        Some(((kind, name), _)) => Some(format!("it has the {kind} `{name}`")),
        None => missing().map(|(kind, name)| format!("it lacks the {kind} `{name}`")),
    })
}

/// What ANALYZE keeps, and the indexes that constraints imply, have no statement of their own.
fn objects(connection: &Connection) -> rusqlite::Result<Objects> {
    connection
        .prepare(
            "SELECT type, name, ifnull(sql, '') FROM main.sqlite_master
             WHERE NOT (name GLOB 'sqlite_stat[134]' AND type = 'table')
               AND NOT (name GLOB 'sqlite_autoindex_*' AND type = 'index' AND sql IS NULL)",
        )?
        .query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?
        .collect()
}

fn ours(version: i32) -> rusqlite::Result<&'static Objects> {
    static VERSION_1: OnceLock<Objects> = OnceLock::new();
    static CURRENT: OnceLock<Objects> = OnceLock::new();
    let cell = if version == super::VERSION {
        &CURRENT
    } else {
        &VERSION_1
    };
    if let Some(known) = cell.get() {
        return Ok(known);
    }
    let model = Connection::open_in_memory()?;
    if version == super::VERSION {
        super::create(&model)?;
        super::index_facts(&model)?;
        super::index_derived(&model)?;
    } else {
        version_1::create(&model)?;
    }
    let made = objects(&model)?;
    Ok(cell.get_or_init(|| made))
}

#[cfg(test)]
mod tests {
    use super::difference;
    use crate::store::schema;
    use rusqlite::Connection;

    fn after(change: &str) -> Option<String> {
        let connection = Connection::open_in_memory().expect("memory");
        schema::create(&connection).expect("schema");
        schema::index_facts(&connection).expect("indexes");
        schema::index_derived(&connection).expect("indexes");
        connection.execute_batch(change).expect("a change");
        difference(&connection).expect("a comparison")
    }

    #[test]
    fn anything_else_than_our_own_schema_is_named() {
        assert_eq!(after(""), None);
        assert_eq!(after("ANALYZE"), None);
        let trigger = "CREATE TRIGGER t AFTER INSERT ON _grant BEGIN DELETE FROM _grant; END";
        assert_eq!(after(trigger).as_deref(), Some("it has the trigger `t`"));
        let view = "DROP VIEW users; CREATE VIEW users AS SELECT 1 AS id";
        assert_eq!(
            after(view).as_deref(),
            Some("its view `users` is another one")
        );
        let gone = "DROP INDEX _grant_of";
        assert_eq!(
            after(gone).as_deref(),
            Some("it lacks the index `_grant_of`")
        );
        let index = "CREATE INDEX own ON _grant (since)";
        assert_eq!(after(index).as_deref(), Some("it has the index `own`"));
    }
}
