//! Rows of any statement, on their way from the file to an output.

/// A cell, in the kinds that SQLite tells apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// Another number.
    Real(f64),
    /// Text, where what is not UTF-8 is replaced; bytes as hexadecimal digits.
    Text(&'a str),
}

/// Takes the names of the columns, then the cells of one row after the other. `false` = enough.
pub trait RowReceiver {
    /// The names.
    ///
    /// # Errors
    /// When they cannot be taken.
    fn columns(&mut self, names: &[String]) -> std::io::Result<()>;

    /// One row.
    ///
    /// # Errors
    /// When it cannot be taken.
    fn row(&mut self, cells: &[Cell<'_>]) -> std::io::Result<bool>;
}

impl Cell<'_> {
    /// As text; `None` = NULL.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Integer(number) => Some(number.to_string()),
            Self::Real(number) => Some(number.to_string()),
            Self::Text(text) => Some((*text).to_owned()),
        }
    }
}
