//! Columns for people.

use std::borrow::Cow;
use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::text::line;

/// How a column is aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Rows of cells under a heading; cells are made safe for a terminal.
#[derive(Debug)]
pub struct Table {
    columns: Vec<(Cow<'static, str>, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    #[must_use]
    pub fn new(columns: Vec<(&'static str, Align)>) -> Self {
        let columns = columns.into_iter();
        Self::named(columns.map(|(name, align)| (name.into(), align)).collect())
    }

    /// An empty table whose columns are named by others.
    #[must_use]
    pub fn named(columns: Vec<(Cow<'static, str>, Align)>) -> Self {
        Self {
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds a row with as many cells as there are columns.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows
            .push(cells.iter().map(|cell| line(cell)).collect());
    }

    /// Writes the table; nothing trails the last column.
    ///
    /// # Errors
    /// When the output fails.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let headings: Vec<String> = self.columns.iter().map(|(name, _)| line(name)).collect();
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|at| {
                let cells = self.rows.iter().chain([&headings]);
                cells.map(|row| row[at].width()).max().unwrap_or_default()
            })
            .collect();
        for row in [&headings].into_iter().chain(&self.rows) {
            let mut text = String::new();
            for (at, cell) in row.iter().enumerate() {
                let padding = " ".repeat(widths[at] - cell.width());
                match self.columns[at].1 {
                    Align::Left => text.extend([cell, &padding[..]]),
                    Align::Right => text.extend([&padding[..], cell]),
                }
                text.push_str("  ");
            }
            writeln!(out, "{}", text.trim_end())?;
        }
        Ok(())
    }
}
