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
use rusqlite::{Connection, OpenFlags, params};
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

/// Inserts the grants of a file into one table and makes the indexes that the file has of them, in one transaction; reading
/// them is not counted.
pub(crate) fn insert(from: &Path, folder: &Path) -> Result<Duration, Box<dyn Error>> {
    type Row = (i64, i64, i64, i64, Option<String>, Option<i64>);
    let rows: Vec<Row> = open_to_read(from)?
        .prepare(
            "SELECT target, principal, scope, resource_group, role_assignment, created_at FROM _grant
             WHERE valid_until IS NULL ORDER BY key",
        )?
        .query_map([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
        })?
        .collect::<Result<_, _>>()?;
    let file = folder.join("insert.db");
    let before = thread_time();
    let mut connection = Connection::open(&file)?;
    connection.execute_batch(
        "CREATE TABLE g (a INTEGER, b INTEGER, c INTEGER, d INTEGER, e TEXT, f INTEGER)",
    )?;
    let transaction = connection.transaction()?;
    let mut statement = transaction.prepare("INSERT INTO g VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for (target, principal, scope, over, assignment, at) in &rows {
        statement.execute(params![target, principal, scope, over, assignment, at])?;
    }
    drop(statement);
    transaction.execute_batch(
        "CREATE INDEX g_of ON g (a, b, c, d); CREATE INDEX g_by ON g (b, a);
         CREATE INDEX g_over ON g (d, c); CREATE INDEX g_at ON g (c);",
    )?;
    transaction.commit()?;
    drop(connection);
    let took = thread_time().saturating_sub(before);
    std::fs::remove_file(file)?;
    Ok(took)
}

/// Reads every column of every row that a query finds, and prints how many rows that were: what a copy does.
pub(crate) fn scan(mut arguments: impl Iterator<Item = String>) -> Result<u64, Box<dyn Error>> {
    let file = arguments.next().ok_or("no file")?;
    let query = arguments.next().ok_or("no query")?;
    let connection = open_to_read(Path::new(&file))?;
    let mut statement = connection.prepare(&query)?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
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
