//! Metadata for Datasette: what every view and column means, read from the comments inside the file's own schema, so
//! that there is one description and it cannot be out of date.

use serde_json::{Map, Value, json};

use super::exporter::{ExportSource, Exporter};
use super::target::ExportTarget;
use crate::error::Error;
use crate::output::write_json;

/// The format `datasette-metadata`.
#[derive(Clone, Copy, Debug)]
pub struct DatasetteMetadata;

impl Exporter for DatasetteMetadata {
    fn format(&self) -> &'static str {
        "datasette-metadata"
    }

    /// Says how many views are described. Tables are hidden: the views are the contract. Datasette 0.65 reads all of this as
    /// metadata; 1.0 takes `hidden` over into its configuration by itself.
    fn write(
        &self,
        source: &ExportSource<'_>,
        target: &mut ExportTarget<'_>,
    ) -> Result<u64, Error> {
        let mut views = Map::new();
        source.reader.each_row::<Error>(
            "SELECT name, sql FROM main.sqlite_master WHERE type = 'view' ORDER BY name",
            &mut |row| {
                if let (Some(name), Some(sql)) = (row[0], row[1]) {
                    views.insert(name.to_owned(), described(sql));
                }
                Ok(())
            },
        )?;
        let number = views.len() as u64;
        source.reader.each_row::<Error>(
            "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
             ORDER BY name",
            &mut |row| {
                views.insert(row[0].unwrap_or_default().to_owned(), json!({"hidden": true}));
                Ok(())
            },
        )?;
        let tables = Value::Object(views);
        let database = source.database;
        write_json(
            &json!({"databases": {database: {"tables": tables}}}),
            target,
        )?;
        Ok(number)
    }
}

/// The comment lines at the head describe the view, the comment behind columns those columns.
fn described(sql: &str) -> Value {
    let mut description: Vec<&str> = Vec::new();
    let mut columns = Map::new();
    for line in sql.lines().skip(1).map(str::trim) {
        if line.starts_with(')') {
            break;
        }
        match (line.strip_prefix("--"), line.split_once("--")) {
            (Some(comment), _) => description.push(comment.trim()),
            (None, Some((names, comment))) => {
                let names = names
                    .split(',')
                    .map(str::trim)
                    .filter(|name| !name.is_empty());
                columns.extend(names.map(|name| (name.to_owned(), json!(comment.trim()))));
            }
            (None, None) => {}
        }
    }
    json!({"description": description.join(" "), "columns": columns})
}

#[cfg(test)]
mod tests {
    use super::described;
    use serde_json::json;

    #[test]
    fn comments_describe_the_view_and_its_columns() {
        let sql = "CREATE VIEW v (\n  -- What it\n  -- shows.\n  id, name,\n  since, until -- when, UTC\n) AS SELECT 1 -- one";
        assert_eq!(
            described(sql),
            json!({
                "description": "What it shows.",
                "columns": {"since": "when, UTC", "until": "when, UTC"}
            })
        );
    }
}
