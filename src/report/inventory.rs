//! What a snapshot says about each thing besides access, read from the views that everybody else reads.

use std::collections::{HashMap, HashSet};

use crate::error::Error;
use crate::findings::{NEEDS, Need};
use crate::model::ListingKind;
use crate::store::Reader;

/// Everything the report tells that is not a path of access.
#[derive(Debug, Default)]
pub struct Inventory {
    pub(super) account_name: Option<String>,
    pub(super) people: Vec<Person>,
    pub(super) service_accounts: Vec<ServiceAccount>,
    pub(super) groups: Vec<Group>,
    pub(super) roles: Vec<Role>,
    pub(super) tokens: Vec<Token>,
    /// Permissions that Harness lists.
    pub(super) permissions: usize,
    pub(super) listings: Vec<ListingRow>,
    /// The words of what rules need and a sync read.
    was_read: HashSet<&'static str>,
    pub(super) trail: Trail,
    /// When each snapshot that something is known since was finished, UTC.
    pub(super) moments: HashMap<i64, String>,
}

/// A row of the view `users`.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) externally_managed: bool,
    pub(super) two_factor: Option<bool>,
    pub(super) since: String,
    pub(super) last_login: String,
    /// Nothing before this time was read of the sign-ins; empty = nothing was.
    pub(super) logins_from: String,
}

/// A row of the view `service_accounts`.
#[derive(Debug)]
pub(super) struct ServiceAccount {
    pub(super) id: String,
    pub(super) description: String,
    pub(super) api_keys: Option<u64>,
    pub(super) since: String,
}

/// A row of the view `user_groups`.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) members: Option<u64>,
    /// Where its members come from, in words.
    pub(super) source: String,
    pub(super) since: String,
}

/// A row of the view `roles`.
#[derive(Debug)]
pub(super) struct Role {
    pub(super) id: String,
    pub(super) harness_managed: bool,
    pub(super) since: String,
}

/// A row of the view `tokens`.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) name: String,
    pub(super) owner: String,
    pub(super) expires_at: Option<String>,
    pub(super) valid: Option<bool>,
}

/// A row of the view `listings`.
#[derive(Debug)]
pub(super) struct ListingRow {
    pub(super) kind: ListingKind,
    pub(super) scope: String,
    pub(super) endpoint: String,
    pub(super) state: String,
    pub(super) reason: String,
    pub(super) reported: Option<u64>,
    pub(super) rows: u64,
    pub(super) requests: Option<u64>,
    pub(super) retries: Option<u64>,
}

/// What the audit trail tells until the snapshot was finished.
#[derive(Debug, Default)]
pub(super) struct Trail {
    /// Since when it was read, for changes of access; empty = it was not.
    pub(super) since: String,
    /// The latest change by each service account, by identifier: the trail leaves its scope out.
    pub(super) by_service_accounts: HashMap<String, String>,
}

impl ListingRow {
    pub(super) fn is_complete(&self) -> bool {
        self.state == "complete"
    }
}

impl Inventory {
    /// Whether what a rule needs was read.
    pub(super) fn has(&self, need: &Need) -> bool {
        self.was_read.contains(need.word)
    }

    /// Reads it from the snapshot that the reader shows.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(reader: &Reader, snapshot: i64) -> Result<Self, Error> {
        let accounts = "SELECT name FROM resources WHERE type = 'account' ORDER BY id";
        let mut names = rows(reader, accounts, |row| row.0[0].map(str::to_owned))?;
        Ok(Self {
            account_name: names.pop().flatten(),
            people: people(reader)?,
            service_accounts: service_accounts(reader)?,
            groups: groups(reader)?,
            roles: roles(reader)?,
            tokens: tokens(reader)?,
            permissions: rows(reader, "SELECT 1 FROM permissions", |_| ())?.len(),
            listings: listings(reader, snapshot)?,
            was_read: was_read(reader)?,
            trail: trail(reader, snapshot)?,
            moments: reader.moments()?,
        })
    }
}

fn people(reader: &Reader) -> Result<Vec<Person>, Error> {
    let sql = "SELECT id, externally_managed, two_factor_enabled, since, last_login, last_login_unknown_before FROM users
        ORDER BY ifnull(name, email) COLLATE NOCASE, id";
    rows(reader, sql, |row| Person {
        id: row.text(0),
        externally_managed: row.is_true(1),
        two_factor: row.number(2).map(|number| number != 0),
        since: row.text(3),
        last_login: row.text(4),
        logins_from: row.text(5),
    })
}

fn service_accounts(reader: &Reader) -> Result<Vec<ServiceAccount>, Error> {
    let sql = "SELECT id, description, api_keys, since FROM service_accounts ORDER BY scope, id";
    rows(reader, sql, |row| ServiceAccount {
        id: row.text(0),
        description: row.text(1),
        api_keys: row.number(2),
        since: row.text(3),
    })
}

fn groups(reader: &Reader) -> Result<Vec<Group>, Error> {
    let sql = "SELECT id, members, sso_linked, sso_type, sso_group, externally_managed, harness_managed, since
        FROM user_groups ORDER BY scope, ifnull(name, identifier) COLLATE NOCASE, id";
    rows(reader, sql, |row| Group {
        id: row.text(0),
        members: row.number(1),
        source: source(row),
        since: row.text(7),
    })
}

fn roles(reader: &Reader) -> Result<Vec<Role>, Error> {
    let sql = "SELECT id, harness_managed, since FROM roles
        ORDER BY harness_managed, scope, ifnull(name, identifier) COLLATE NOCASE, id";
    rows(reader, sql, |row| Role {
        id: row.text(0),
        harness_managed: row.is_true(1),
        since: row.text(2),
    })
}

fn tokens(reader: &Reader) -> Result<Vec<Token>, Error> {
    let sql = "SELECT name, owner_id, expires_at, valid FROM tokens
        ORDER BY owner_id, expires_at IS NOT NULL, expires_at, id";
    rows(reader, sql, |row| Token {
        name: row.text(0),
        owner: row.text(1),
        expires_at: row.0[2].map(str::to_owned),
        valid: row.number(3).map(|number| number != 0),
    })
}

fn was_read(reader: &Reader) -> Result<HashSet<&'static str>, Error> {
    let mut words = HashSet::new();
    for need in &NEEDS {
        if !reader.select(need.evidence)?.rows.is_empty() {
            words.insert(need.word);
        }
    }
    Ok(words)
}

fn listings(reader: &Reader, snapshot: i64) -> Result<Vec<ListingRow>, Error> {
    let sql = format!(
        "SELECT kind, scope, endpoint, state, reason, reported_total, rows, requests, retries FROM listings
         WHERE snapshot_id = {snapshot} ORDER BY state = 'complete', kind, scope, endpoint"
    );
    let rows = rows(reader, &sql, |row| {
        let name = row.text(0);
        let kind = ListingKind::parse(&name).ok_or(name)?;
        Ok(ListingRow {
            kind,
            scope: row.text(1),
            endpoint: row.text(2),
            state: row.text(3),
            reason: row.text(4),
            reported: row.number(5),
            rows: row.number(6).unwrap_or_default(),
            requests: row.number(7),
            retries: row.number(8),
        })
    })?;
    rows.into_iter()
        .collect::<Result<_, String>>()
        .map_err(|name| Error::NotEnough {
            message: format!("this version does not know the lists that the file calls `{name}`"),
            hint: Some("use the version that wrote the file, or a newer one".to_owned()),
        })
}

fn trail(reader: &Reader, snapshot: i64) -> Result<Trail, Error> {
    let of = |sql: &str| -> Result<Vec<String>, Error> { rows(reader, sql, |row| row.text(0)) };
    let end = format!("(SELECT finished_at FROM snapshots WHERE id = {snapshot})");
    let events = format!(
        "SELECT actor_id, max(at) FROM audit_events WHERE actor_type = 'service_account' AND at <= {end} GROUP BY actor_id"
    );
    let windows = format!("FROM audit_windows WHERE state = 'complete' AND begins <= {end}");
    let since = of(&format!(
        "SELECT begins {windows} ORDER BY ends DESC LIMIT 1"
    ))?;
    Ok(Trail {
        since: since.into_iter().next().unwrap_or_default(),
        by_service_accounts: rows(reader, &events, |row| (row.text(0), row.text(1)))?
            .into_iter()
            .collect(),
    })
}

/// Where the members of a user group come from.
fn source(row: &Row<'_>) -> String {
    let (kind, name) = (row.text(3), row.text(4));
    match (row.is_true(2), row.is_true(5), row.is_true(6)) {
        (true, _, _) => {
            let kind = if kind.is_empty() {
                "single sign-on".to_owned()
            } else {
                kind
            };
            if name.is_empty() {
                kind
            } else {
                format!("{kind}: {name}")
            }
        }
        (_, true, _) => "identity provider (SCIM)".to_owned(),
        (_, _, true) => "Harness".to_owned(),
        _ => "kept by hand".to_owned(),
    }
}

/// Cells of one row; `None` = NULL.
struct Row<'a>(&'a [Option<&'a str>]);

impl Row<'_> {
    fn text(&self, at: usize) -> String {
        self.0[at].unwrap_or_default().to_owned()
    }

    fn number(&self, at: usize) -> Option<u64> {
        self.0[at]?.parse().ok()
    }

    fn is_true(&self, at: usize) -> bool {
        self.0[at] == Some("1")
    }
}

fn rows<T>(reader: &Reader, sql: &str, read: impl Fn(&Row<'_>) -> T) -> Result<Vec<T>, Error> {
    let mut found = Vec::new();
    reader.each_row::<Error>(sql, &mut |cells| {
        found.push(read(&Row(cells)));
        Ok(())
    })?;
    Ok(found)
}
