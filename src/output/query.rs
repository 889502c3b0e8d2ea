//! `query`: rows of any statement.

use std::io::{self, Write};

use serde_json::{Map, Number, Value};

use super::Screen;
use super::csv;
use super::documents::FORMAT_VERSION;
use super::table::{Align, Table};
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

/// Rows for people.
#[derive(Debug, Default)]
pub struct TableRows {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    cut: bool,
}

impl TableRows {
    /// Writes them. `true` = there were more.
    ///
    /// # Errors
    /// When the output fails.
    pub fn write(&self, screen: Screen, out: &mut dyn Write) -> io::Result<bool> {
        let columns = self
            .columns
            .iter()
            .map(|name| (name.clone().into(), Align::Left))
            .collect();
        let mut table = Table::named(columns);
        for row in &self.rows {
            table.row(row.clone());
        }
        table.write(screen, out)?;
        Ok(self.cut)
    }
}

impl RowReceiver for TableRows {
    fn columns(&mut self, names: &[String]) -> io::Result<()> {
        self.columns = names.iter().map(|name| name.to_uppercase()).collect();
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<bool> {
        if self.rows.len() == MOST_ROWS {
            self.cut = true;
            return Ok(false);
        }
        self.rows.push(
            cells
                .iter()
                .map(|cell| cell.to_text().unwrap_or_default())
                .collect(),
        );
        Ok(true)
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
        let cells: Vec<String> = cells
            .iter()
            .map(|cell| cell.to_text().unwrap_or_default())
            .collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        csv::row(self.0, &cells)?;
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
        self.columns = names.to_vec();
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<bool> {
        serde_json::to_writer(&mut *self.out, &object(&self.columns, cells))?;
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
        let line = if self.rows > 0 { "\n" } else { "" };
        writeln!(self.out, "{line}]}}")
    }
}

impl RowReceiver for JsonDocument<'_> {
    fn columns(&mut self, names: &[String]) -> io::Result<()> {
        self.columns = names.to_vec();
        write!(self.out, "{{\"format_version\":{FORMAT_VERSION},\"rows\":[")
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<bool> {
        let separator = if self.rows > 0 { ",\n" } else { "\n" };
        self.rows += 1;
        write!(self.out, "{separator}")?;
        serde_json::to_writer(&mut *self.out, &object(&self.columns, cells))?;
        Ok(true)
    }
}

fn object(columns: &[String], cells: &[Cell<'_>]) -> Map<String, Value> {
    let value = |cell: &Cell<'_>| match cell {
        Cell::Null => Value::Null,
        Cell::Integer(number) => Value::from(*number),
        Cell::Real(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
        Cell::Text(text) => Value::from(*text),
    };
    columns
        .iter()
        .cloned()
        .zip(cells.iter().map(value))
        .collect()
}
