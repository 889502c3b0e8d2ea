//! The least that work can cost: the same JSON only parsed, the same rows only inserted, the same rows only read.

use std::collections::HashSet;
use std::error::Error;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::Duration;

use harness_access::api::call::Envelope;
use harness_access::api::page::Page;
use harness_access::api::page::envelope::open;
use harness_access::api::wire::{RoleAssignmentItem, User, UserGroup};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use serde::de::DeserializeOwned;

use crate::fake::Fake;
use crate::measure::thread_time;

/// The first argument of a copy that only reads rows.
pub(crate) const SCAN: &str = "scan";

/// Method, path, and order.
type List = [&'static str; 3];

const ROLE_ASSIGNMENTS: List = ["GET", "/authz/api/roleassignments", "identifier,ASC"];
const USER_GROUPS: List = ["GET", "/ng/api/user-groups", "identifier,ASC"];
const USERS: List = ["POST", "/ng/api/user/batch", "email,ASC"];

/// What a whole walk parsed, and what must come of it.
pub(crate) struct Parsed {
    pub(crate) cpu: Duration,
    /// Grants: enabled role assignments and memberships.
    pub(crate) grants: u64,
    /// All role assignments.
    pub(crate) assignments: u64,
}

/// Parses the long lists of an account into rows and drops them; fetching is not counted.
pub(crate) fn parse(fake: &Fake) -> Result<Parsed, Box<dyn Error>> {
    let mut cpu = Duration::ZERO;
    let mut enabled = HashSet::new();
    let (mut assignments, mut members) = (0, 0);
    walk(
        fake,
        ROLE_ASSIGNMENTS,
        &mut cpu,
        |row: RoleAssignmentItem| {
            assignments += 1;
            let of = row.role_assignment;
            if !of.disabled.unwrap_or_default() {
                let mut key = DefaultHasher::new();
                let over = of.resource_group_identifier;
                (of.principal, of.role_identifier, over).hash(&mut key);
                enabled.insert(key.finish());
            }
        },
    )?;
    walk(fake, USER_GROUPS, &mut cpu, |row: UserGroup| {
        members += row.users.map_or(0, |users| users.len() as u64);
    })?;
    walk(fake, USERS, &mut cpu, |_: User| {})?;
    Ok(Parsed {
        cpu,
        grants: enabled.len() as u64 + members,
        assignments,
    })
}

fn walk<T: DeserializeOwned>(
    fake: &Fake,
    [method, path, sort]: List,
    cpu: &mut Duration,
    mut each: impl FnMut(T),
) -> Result<(), Box<dyn Error>> {
    for index in 0.. {
        let body = fake.page(method, path, sort, index)?;
        let before = thread_time();
        let page: Page<T> = open(&body, Envelope::Data).map_err(|error| format!("{error:?}"))?;
        *cpu += thread_time().saturating_sub(before);
        let pages = page.total_pages.ok_or("no number of pages")?;
        page.content.into_iter().for_each(&mut each);
        if i64::try_from(index)? + 1 >= pages {
            break;
        }
    }
    Ok(())
}

/// Identifiers of enabled role assignments on pages spread over the list, its last one included, where new ones are.
pub(crate) fn sample(fake: &Fake, assignments: u64) -> Result<Vec<String>, Box<dyn Error>> {
    const PAGES: u64 = 20;
    let pages = assignments.div_ceil(100);
    let mut identifiers = Vec::new();
    for nth in 0..PAGES {
        let [method, path, sort] = ROLE_ASSIGNMENTS;
        let body = fake.page(method, path, sort, nth * (pages - 1) / (PAGES - 1))?;
        let page: Page<RoleAssignmentItem> =
            open(&body, Envelope::Data).map_err(|error| format!("{error:?}"))?;
        let rows = page.content.into_iter().map(|row| row.role_assignment);
        let enabled = rows.filter(|row| !row.disabled.unwrap_or_default());
        identifiers.extend(enabled.map(|row| row.identifier));
    }
    Ok(identifiers)
}

/// Tables that hold nearly all rows of a file.
const LARGE: [&str; 4] = ["_resource", "_resource_version", "_grant", "_acts"];

/// Rows that are read ahead of being inserted.
const AHEAD: usize = 10_000;

/// Inserts the rows of a file's large tables into the same tables of another file and makes the same indexes, in one
/// transaction; reading them is not counted.
pub(crate) fn insert(from: &Path, folder: &Path) -> Result<Duration, Box<dyn Error>> {
    let from = open_to_read(from)?;
    let file = folder.join("insert.db");
    let mut took = Duration::ZERO;
    let to = Connection::open(&file)?;
    to.execute_batch(
        "PRAGMA foreign_keys = off; PRAGMA journal_mode = off; PRAGMA synchronous = off; BEGIN",
    )?;
    for table in LARGE {
        let of_table = |kind: &str| statements(&from, kind, table);
        to.execute_batch(&of_table("table")?)?;
        let mut select = from.prepare(&format!("SELECT * FROM {table}"))?;
        let columns = select.column_count();
        let places = vec!["?"; columns].join(", ");
        let mut insert = to.prepare(&format!("INSERT INTO {table} VALUES ({places})"))?;
        let mut rows = select.query([])?;
        loop {
            let mut ahead: Vec<Vec<Value>> = Vec::with_capacity(AHEAD);
            while ahead.len() < AHEAD
                && let Some(row) = rows.next()?
            {
                ahead.push(
                    (0..columns)
                        .map(|at| row.get(at))
                        .collect::<Result<_, _>>()?,
                );
            }
            let before = thread_time();
            for row in &ahead {
                insert.execute(params_from_iter(row))?;
            }
            took += thread_time().saturating_sub(before);
            if ahead.len() < AHEAD {
                break;
            }
        }
        let before = thread_time();
        to.execute_batch(&of_table("index")?)?;
        took += thread_time().saturating_sub(before);
    }
    let before = thread_time();
    to.execute_batch("COMMIT")?;
    took += thread_time().saturating_sub(before);
    drop(to);
    std::fs::remove_file(file)?;
    Ok(took)
}

/// The statements that made a table, or its indexes.
fn statements(of: &Connection, kind: &str, table: &str) -> rusqlite::Result<String> {
    let made: Vec<String> = of
        .prepare(
            "SELECT sql FROM sqlite_master WHERE type = ?1 AND tbl_name = ?2 AND sql IS NOT NULL",
        )?
        .query_map([kind, table], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(made.join(";"))
}

/// Reads every column of every row that a query finds, and prints how many rows that were: what a copy does. Parameters
/// follow the query as `NAME=VALUE`.
pub(crate) fn scan(mut arguments: impl Iterator<Item = String>) -> Result<u64, Box<dyn Error>> {
    let file = arguments.next().ok_or("no file")?;
    let query = arguments.next().ok_or("no query")?;
    let connection = open_to_read(Path::new(&file))?;
    let mut statement = connection.prepare(&query)?;
    for parameter in arguments {
        let (name, value) = parameter.split_once('=').ok_or("no value")?;
        let at = statement
            .parameter_index(&format!(":{name}"))?
            .ok_or("no such parameter")?;
        statement.raw_bind_parameter(at, value)?;
    }
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    let (mut count, mut bytes) = (0, 0);
    while let Some(row) = rows.next()? {
        count += 1;
        for column in 0..columns {
            bytes += row
                .get_ref(column)?
                .as_str_or_null()
                .map_or(1, |text| text.map_or(0, str::len));
        }
    }
    std::hint::black_box(bytes);
    Ok(count)
}

pub(crate) fn open_to_read(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(file, flags)
}
