//! Questions that are written in SQL outside of the program.

use rusqlite::types::ValueRef;
use std::borrow::Cow;

use crate::store::{Reader, StoreError};

/// The answer to a SELECT, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Cells; `None` = NULL.
    pub rows: Vec<Vec<Option<String>>>,
}

impl Reader {
    /// Runs one SELECT over the views. The connection cannot write, and what gives no rows is refused.
    ///
    /// # Errors
    /// When the statement is wrong or the file cannot be read.
    pub fn select(&self, sql: &str) -> Result<Rows, StoreError> {
        let read = || -> rusqlite::Result<Rows> {
            let mut statement = self.connection.prepare(sql)?;
            if statement.column_count() == 0 || !statement.readonly() {
                return Err(rusqlite::Error::InvalidQuery);
            }
            let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
            let mut found = Rows {
                columns,
                rows: Vec::new(),
            };
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let cells = (0..found.columns.len())
                    .map(|at| Ok(text(row.get_ref(at)?).map(Cow::into_owned)))
                    .collect::<rusqlite::Result<_>>()?;
                found.rows.push(cells);
            }
            Ok(found)
        };
        read().map_err(|error| self.failed(&error))
    }
}

/// Takes the cells of one row after the other; `None` = NULL.
pub type Receiver<'a, E> = dyn FnMut(&[Option<&str>]) -> Result<(), E> + 'a;

impl Reader {
    /// Runs a question of ours and hands out its rows one by one, so that a large answer never fills memory.
    ///
    /// # Errors
    /// When the file cannot be read, or the receiver fails.
    pub fn each_row<E: From<StoreError>>(
        &self,
        sql: &str,
        receive: &mut Receiver<'_, E>,
    ) -> Result<(), E> {
        let failed = |error: rusqlite::Error| E::from(self.failed(&error));
        let mut statement = self.connection.prepare(sql).map_err(failed)?;
        let columns = statement.column_count();
        let mut rows = statement.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let cells = (0..columns)
                .map(|at| row.get_ref(at).map(text))
                .collect::<Result<Vec<_>, _>>()
                .map_err(failed)?;
            let cells: Vec<Option<&str>> = cells.iter().map(Option::as_deref).collect();
            receive(&cells)?;
        }
        Ok(())
    }
}

fn text(value: ValueRef<'_>) -> Option<Cow<'_, str>> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string().into()),
        ValueRef::Real(number) => Some(number.to_string().into()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes)),
    }
}
