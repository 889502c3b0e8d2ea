//! `query`: rows of any statement.

use std::io::{self, Write};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Number, Value, json};

use super::Screen;
use super::csv;
use super::documents::FORMAT_VERSION;
use super::room::{MOST_BYTES, Room};
use super::table::{Align, Table};
use super::text::line;
use crate::cookbook::Recipe;
use crate::model::{Cell, RowReceiver};

/// A table is held in memory to align it; nobody reads a longer one.
const MOST_ROWS: usize = 10_000;

/// Writes the names and questions of the cookbook.
///
/// # Errors
/// When the output fails.
pub fn list(recipes: &[Recipe], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(vec![
        ("NAME", Align::Left),
        ("PARAMETERS", Align::Left),
        ("QUESTION", Align::Left),
    ]);
    for recipe in recipes {
        let parameters: Vec<&str> = recipe
            .parameters
            .iter()
            .map(|parameter| parameter.name)
            .collect();
        table.row(vec![
            recipe.name.to_owned(),
            parameters.join(", "),
            recipe.question.to_owned(),
        ]);
    }
    table.write(screen, out)
}

/// Writes them for programs.
///
/// # Errors
/// When the output fails.
pub fn list_json(recipes: &[Recipe], out: &mut dyn Write) -> io::Result<()> {
    let described = |recipe: &Recipe| {
        let parameters = recipe
            .parameters
            .iter()
            .map(|parameter| json!({"name": parameter.name, "example": parameter.example}));
        let parameters: Vec<Value> = parameters.collect();
        json!({"name": recipe.name, "question": recipe.question, "parameters": parameters})
    };
    let questions: Vec<Value> = recipes.iter().map(described).collect();
    let document = json!({"format_version": FORMAT_VERSION, "questions": questions});
    super::write_json(&document, out)
}

/// Rows for people: as many as a table takes, in the order they come.
#[derive(Debug)]
pub struct TableRows {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    room: Room,
    cut: bool,
}

impl Default for TableRows {
    fn default() -> Self {
        Self {
            columns: Vec::new(),
            rows: Vec::new(),
            room: Room::of(MOST_BYTES),
            cut: false,
        }
    }
}

impl TableRows {
    /// Whether there were more.
    #[must_use]
    pub fn are_cut(&self) -> bool {
        self.cut
    }

    /// Whether the first row alone was too large.
    #[must_use]
    pub fn hold_none_of_some(&self) -> bool {
        self.cut && self.rows.is_empty()
    }

    /// Writes them.
    ///
    /// # Errors
    /// When the output fails.
    pub fn write(self, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
        let columns = self
            .columns
            .iter()
            .map(|name| (name.clone().into(), Align::Left))
            .collect();
        let mut table = Table::named(columns);
        for row in self.rows {
            table.row(row);
        }
        table.write(screen, out)
    }
}

impl RowReceiver for TableRows {
    fn columns(&mut self, names: &[String]) -> io::Result<()> {
        self.columns = names.iter().map(|name| name.to_uppercase()).collect();
        self.room.head(self.columns.iter().map(String::as_str));
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<bool> {
        // As they are shown: an escape is longer than what it stands for.
        let shown = |cell: &Cell<'_>| match cell {
            Cell::Text(text) => line(text),
            other => other.to_text().unwrap_or_default(),
        };
        let row: Vec<String> = cells.iter().map(shown).collect();
        self.cut = self.rows.len() == MOST_ROWS || !self.room.takes(row.iter().map(String::as_str));
        if !self.cut {
            self.rows.push(row);
        }
        Ok(!self.cut)
    }
}

/// Rows for a spreadsheet.
pub struct CsvRows<'a>(&'a mut dyn Write);

impl<'a> CsvRows<'a> {
    /// Rows that go to an output.
    #[must_use]
    pub fn new(out: &'a mut dyn Write) -> Self {
        Self(out)
    }
}

impl RowReceiver for CsvRows<'_> {
    fn columns(&mut self, names: &[String]) -> io::Result<()> {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        csv::row(self.0, &names)
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<bool> {
        csv::row_of_values(self.0, cells)?;
        Ok(true)
    }
}

/// One row a line.
pub struct JsonLines<'a> {
    out: &'a mut dyn Write,
    columns: Vec<String>,
}

impl<'a> JsonLines<'a> {
    /// Rows that go to an output.
    #[must_use]
    pub fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            columns: Vec::new(),
        }
    }
}

impl RowReceiver for JsonLines<'_> {
    fn columns(&mut self, names: &[String]) -> io::Result<()> {
        self.columns = numbered(names);
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<bool> {
        serde_json::to_writer(&mut *self.out, &JsonRow(&self.columns, cells))?;
        writeln!(self.out)?;
        Ok(true)
    }
}

/// One document.
pub struct JsonDocument<'a> {
    out: &'a mut dyn Write,
    columns: Vec<String>,
    rows: u64,
}

impl<'a> JsonDocument<'a> {
    /// A document that goes to an output.
    #[must_use]
    pub fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            columns: Vec::new(),
            rows: 0,
        }
    }

    /// Ends it.
    ///
    /// # Errors
    /// When the output fails.
    pub fn end(self) -> io::Result<()> {
        let end = if self.rows > 0 { "\n" } else { "" };
        writeln!(self.out, "{end}]}}")
    }
}

impl RowReceiver for JsonDocument<'_> {
    fn columns(&mut self, names: &[String]) -> io::Result<()> {
        self.columns = numbered(names);
        write!(self.out, "{{\"format_version\":{FORMAT_VERSION},\"rows\":[")
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<bool> {
        let separator = if self.rows > 0 { ",\n" } else { "\n" };
        self.rows += 1;
        write!(self.out, "{separator}")?;
        serde_json::to_writer(&mut *self.out, &JsonRow(&self.columns, cells))?;
        Ok(true)
    }
}

/// The names of columns as keys: of those that are alike, the second is `name_2`.
fn numbered(names: &[String]) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for name in names {
        let free = |key: &String| !keys.contains(key);
        let key = if free(name) {
            name.clone()
        } else {
            let mut others = (2..).map(|number: usize| format!("{name}_{number}"));
            let other = others.find(|key| free(key) && !names.contains(key));
            other.unwrap_or_default() // there is always one
        };
        keys.push(key);
    }
    keys
}

/// A row in the order of its columns.
struct JsonRow<'a>(&'a [String], &'a [Cell<'a>]);

impl Serialize for JsonRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_map(Some(self.0.len()))?;
        for (name, cell) in self.0.iter().zip(self.1) {
            row.serialize_entry(name, &value(cell))?;
        }
        row.end()
    }
}

fn value(cell: &Cell<'_>) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Integer(number) => Value::from(*number),
        // JSON has no infinity.
        Cell::Real(number) => {
            Number::from_f64(*number).map_or_else(|| Value::from(number.to_string()), Value::Number)
        }
        Cell::Text(text) => Value::from(*text),
    }
}
