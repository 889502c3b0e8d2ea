//! Whether a file's schema is ours, text by text. Files come from others too: a view in the place of a table, a trigger or
//! one more index is SQL of theirs, which would run with our questions.

use rusqlite::Connection;
use std::collections::BTreeMap;

use super::{DERIVED_INDEXES, INDEXES, TABLES, VIEWS, expand, live_now, version_1};

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

fn ours(version: i32) -> rusqlite::Result<Objects> {
    if version == super::VERSION {
        let views = expand(VIEWS, live_now);
        let texts = [TABLES, &views, INDEXES, DERIVED_INDEXES];
        return Ok(texts.into_iter().flat_map(declared).collect());
    }
    let model = Connection::open_in_memory()?;
    version_1::create(&model)?;
    objects(&model)
}

/// What the statements of a text make, told from the text: to run them takes longer than most questions.
fn declared(text: &str) -> Vec<((String, String), String)> {
    let (mut made, mut rest) = (Vec::new(), text);
    while let Some((statement, after)) = next_statement(rest) {
        rest = after;
        let mut words = statement.split(|c: char| c.is_whitespace() || c == '(');
        if let (Some("CREATE"), Some(kind), Some(name)) = (words.next(), words.next(), words.next())
        {
            let key = (kind.to_ascii_lowercase(), name.to_owned());
            made.push((key, statement.to_owned()));
        }
    }
    made
}

/// The first statement without the comments before it, and what follows it.
fn next_statement(text: &str) -> Option<(&str, &str)> {
    let mut text = text.trim_start();
    while text.starts_with("--") {
        text = text.split_once('\n')?.1.trim_start();
    }
    let (mut in_comment, mut in_quotes) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            '\n' => in_comment = false,
            '-' if !in_quotes && text[at..].starts_with("--") => in_comment = true,
            '\'' if !in_comment => in_quotes = !in_quotes,
            ';' if !in_comment && !in_quotes => return Some((&text[..at], &text[at + 1..])),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{difference, objects, ours};
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
    fn what_the_text_declares_is_what_sqlite_keeps_of_it() {
        let connection = Connection::open_in_memory().expect("memory");
        schema::create(&connection).expect("schema");
        schema::index_facts(&connection).expect("indexes");
        schema::index_derived(&connection).expect("indexes");
        let kept = objects(&connection).expect("what SQLite keeps");
        assert_eq!(ours(schema::VERSION).expect("declared"), kept);
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
