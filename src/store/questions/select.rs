//! Questions that are written in SQL outside of the program.
//!
//! A statement of somebody else's may read, and nothing else: no other file, no setting, no write. It may take only so
//! much time and memory, whatever it asks.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::time::{Duration, Instant};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, ErrorCode, Statement, ffi};

use crate::model::{Cell, RowReceiver};
use crate::store::{Reader, StoreError};

/// Steps of SQLite's machine between two looks at the clock. Most take a fraction of a microsecond, but one that makes a
/// large text takes milliseconds.
const STEPS: i32 = 100;

/// What the statements of somebody else's may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long one may run, with all that is done with its rows until the last.
    pub time: Duration,
    /// How many bytes SQLite may use.
    pub memory: i64,
}

impl Default for Limits {
    /// Half a minute and 256 MiB.
    fn default() -> Self {
        Self {
            time: Duration::from_secs(30),
            memory: 256 << 20,
        }
    }
}

/// Why a statement gives no answer.
#[derive(Debug)]
pub enum SelectError {
    /// The statement is wrong, or asks for something that it may not.
    Statement(String),
    /// It ran too long.
    TookTooLong(Duration),
    /// It needed too much memory.
    TookTooMuch(i64),
    /// The file cannot be read.
    File(StoreError),
}

impl fmt::Display for SelectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Statement(message) => f.write_str(message),
            Self::TookTooLong(limit) => write!(f, "stopped after {} seconds", limit.as_secs()),
            Self::TookTooMuch(limit) => {
                write!(
                    f,
                    "stopped: it needs more than {} MiB of memory",
                    limit >> 20
                )
            }
            Self::File(error) => error.fmt(f),
        }
    }
}

/// The answer to a SELECT, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Cells; `None` = NULL.
    pub rows: Vec<Vec<Option<String>>>,
}

/// Only reading the tables and views of the file itself.
fn may_only_read(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => {
            Authorization::Allow
        }
        AuthAction::Function { function_name }
            if !function_name.eq_ignore_ascii_case("load_extension") =>
        {
            Authorization::Allow
        }
        _ => Authorization::Deny,
    }
}

impl Reader {
    /// From now on this reader runs statements of somebody else's, which may only read.
    ///
    /// # Errors
    /// When SQLite does not take the limits.
    pub fn restrict(&mut self, limits: Limits) -> Result<Restricted<'_>, StoreError> {
        let mut set = || -> rusqlite::Result<()> {
            self.connection
                .pragma_update(None, "hard_heap_limit", limits.memory)?;
            self.connection.authorizer(Some(may_only_read))
        };
        set().map_err(|error| self.failed(&error))?;
        Ok(Restricted {
            reader: self,
            limits,
        })
    }
}

/// A reader for statements of somebody else's.
pub struct Restricted<'a> {
    reader: &'a mut Reader,
    limits: Limits,
}

impl Restricted<'_> {
    /// Runs one SELECT with its parameters, and hands out its rows one by one.
    ///
    /// # Errors
    /// When the statement is wrong or takes too much, or the file cannot be read. What the receiver says is wrong counts as
    /// the statement's fault.
    pub fn each(
        &mut self,
        sql: &str,
        parameters: &[(String, String)],
        receiver: &mut dyn RowReceiver,
    ) -> Result<(), SelectError> {
        let limits = self.limits;
        let end = Instant::now() + limits.time;
        let watched = self
            .reader
            .connection
            .progress_handler(STEPS, Some(move || Instant::now() >= end));
        let connection = &self.reader.connection;
        let ran = watched.and_then(|()| run(connection, sql, parameters, Some(end), receiver));
        ran.map_err(|error| self.why(error))
    }

    /// Whether the file holds attributes that are not the JSON that its views take them for.
    fn holds_no_json(&self) -> bool {
        let odd =
            "SELECT EXISTS (SELECT 1 FROM _resource_version WHERE NOT json_valid(attributes))";
        let connection = &self.reader.connection;
        connection.query_row(odd, [], |row| row.get(0)) == Ok(true)
    }

    /// Whether the system gives as much as a statement may take; else it was not the limit that ended one.
    fn may_have_its_memory(&self) -> bool {
        let most = usize::try_from(self.limits.memory).unwrap_or(usize::MAX);
        let mut room = Vec::<u8>::new();
        let is_given = room.try_reserve_exact(most).is_ok();
        std::hint::black_box(&room); // a compiler leaves out what is allocated for nothing
        is_given
    }

    fn why(&self, error: Error) -> SelectError {
        match &error {
            // No fault of the statement, unless it makes JSON of its own.
            Error::SqliteFailure(_, Some(message))
                if message == "malformed JSON" && self.holds_no_json() =>
            {
                SelectError::File(StoreError::Damaged {
                    path: self.reader.path.clone(),
                    detail: "attributes of a resource are not JSON".to_owned(),
                })
            }
            Error::SqliteFailure(failure, message) => match failure.code {
                ErrorCode::OperationInterrupted => SelectError::TookTooLong(self.limits.time),
                ErrorCode::OutOfMemory if !self.may_have_its_memory() => {
                    SelectError::File(self.reader.failed(&error))
                }
                ErrorCode::OutOfMemory | ErrorCode::TooBig => {
                    SelectError::TookTooMuch(self.limits.memory)
                }
                ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked => SelectError::File(self.reader.failed(&error)),
                ErrorCode::AuthorizationForStatementDenied => SelectError::Statement(
                    "the statement may only read the views and tables of this file".to_owned(),
                ),
                _ => SelectError::Statement(message.clone().unwrap_or_else(|| error.to_string())),
            },
            Error::InvalidQuery => {
                SelectError::Statement("the statement is not a SELECT".to_owned())
            }
            Error::MultipleStatement => {
                SelectError::Statement("there is more than one statement".to_owned())
            }
            Error::SqlInputError { msg, .. } => SelectError::Statement(msg.clone()),
            _ => SelectError::Statement(error.to_string()),
        }
    }
}

fn run(
    connection: &Connection,
    sql: &str,
    parameters: &[(String, String)],
    end: Option<Instant>,
    receiver: &mut dyn RowReceiver,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(sql)?;
    if statement.column_count() == 0 || !statement.readonly() {
        return Err(Error::InvalidQuery);
    }
    bind(&mut statement, parameters)?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let failed = |error: std::io::Error| Error::ToSqlConversionFailure(Box::new(error));
    receiver.columns(&columns).map_err(failed)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        // Large rows need few steps each, and more time outside of SQLite than in it.
        if end.is_some_and(|end| Instant::now() >= end) {
            return Err(Error::SqliteFailure(
                ffi::Error::new(ffi::SQLITE_INTERRUPT),
                None,
            ));
        }
        let texts: Vec<(ValueRef<'_>, Cow<'_, str>)> = (0..columns.len())
            .map(|at| row.get_ref(at).map(|value| (value, shown(value))))
            .collect::<rusqlite::Result<_>>()?;
        let cells: Vec<Cell<'_>> = texts
            .iter()
            .map(|(value, text)| cell(*value, text))
            .collect();
        if !receiver.row(&cells).map_err(failed)? {
            break;
        }
    }
    Ok(())
}

/// Every parameter of the statement must be given, and nothing else.
fn bind(statement: &mut Statement<'_>, parameters: &[(String, String)]) -> rusqlite::Result<()> {
    let said = |what: String| Error::InvalidParameterName(what);
    for (name, value) in parameters {
        let Some(at) = statement.parameter_index(&format!(":{name}"))? else {
            let known =
                (1..=statement.parameter_count()).filter_map(|at| statement.parameter_name(at));
            let known = known.collect::<Vec<_>>().join(", ");
            return Err(said(match known.as_str() {
                "" => format!("the statement has no parameter :{name}, nor any other"),
                known => format!("the statement has no parameter :{name}, but {known}"),
            }));
        };
        statement.raw_bind_parameter(at, value)?;
    }
    for at in 1..=statement.parameter_count() {
        let name = statement.parameter_name(at).unwrap_or("?").to_owned();
        let given = parameters
            .iter()
            .any(|(given, _)| name == format!(":{given}"));
        if !given {
            return Err(said(format!("the parameter {name} is not given")));
        }
    }
    Ok(())
}

impl RowReceiver for Rows {
    fn columns(&mut self, names: &[String]) -> std::io::Result<()> {
        self.columns = names.to_vec();
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> std::io::Result<bool> {
        self.rows.push(cells.iter().map(Cell::to_text).collect());
        Ok(true)
    }
}

/// As text; bytes in hexadecimal digits.
fn shown(value: ValueRef<'_>) -> Cow<'_, str> {
    match value {
        ValueRef::Blob(bytes) => {
            let mut digits = String::with_capacity(bytes.len() * 2);
            for byte in bytes {
                let _ = write!(digits, "{byte:02X}"); // writing to a String cannot fail
            }
            digits.into()
        }
        other => text(other).unwrap_or_default(),
    }
}

fn cell<'a>(value: ValueRef<'_>, text: &'a str) -> Cell<'a> {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Real(number) => Cell::Real(number),
        ValueRef::Text(_) | ValueRef::Blob(_) => Cell::Text(text),
    }
}

/// Takes the cells of one row after the other; `None` = NULL.
pub type Receiver<'a, E> = dyn FnMut(&[Option<&str>]) -> Result<(), E> + 'a;

impl Reader {
    /// Runs one SELECT of ours, and keeps the answer.
    ///
    /// # Errors
    /// When the statement is wrong or the file cannot be read.
    pub fn select(&self, sql: &str) -> Result<Rows, StoreError> {
        let mut found = Rows::default();
        run(&self.connection, sql, &[], None, &mut found).map_err(|error| self.failed(&error))?;
        Ok(found)
    }

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
        hand_out(statement.query([]).map_err(failed)?, failed, receive)
    }
}

/// Hands out rows one by one.
pub(super) fn hand_out<E>(
    mut rows: rusqlite::Rows<'_>,
    failed: impl Fn(Error) -> E,
    receive: &mut Receiver<'_, E>,
) -> Result<(), E> {
    while let Some(row) = rows.next().map_err(&failed)? {
        let columns = row.as_ref().column_count();
        let cells = (0..columns)
            .map(|at| row.get_ref(at).map(text))
            .collect::<Result<Vec<_>, _>>()
            .map_err(&failed)?;
        let cells: Vec<Option<&str>> = cells.iter().map(Option::as_deref).collect();
        receive(&cells)?;
    }
    Ok(())
}

fn text(value: ValueRef<'_>) -> Option<Cow<'_, str>> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string().into()),
        ValueRef::Real(number) => Some(number.to_string().into()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes)),
    }
}
