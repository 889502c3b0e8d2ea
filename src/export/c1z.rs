//! A c1z file, as baton and ConductorOne read it: magic bytes and one zstd frame that holds a SQLite database, whose rows
//! carry protobuf messages of package `c1.connector.v2`.
//!
//! A Harness role is held at a scope over a resource group; baton knows no such triple. Each triple that is in use becomes
//! a resource of type `role_assignment`, bound to its role and its resource group, with one entitlement `assigned`.
//! Grants to user groups are marked as expandable through the group's `member`. The same snapshot gives the same bytes.

use rusqlite::{Connection, OpenFlags, Statement, params};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::file::Part;
use super::protobuf::Message;
use crate::error::Error;
use crate::model::SnapshotInfo;
use crate::store::{Reader, StoreError};

const MAGIC: &[u8] = b"C1ZF\0";

const TABLES: &str = "
CREATE TABLE v1_resource_types (id integer primary key, external_id text not null, data blob not null,
  sync_id text not null, discovered_at datetime not null);
CREATE UNIQUE INDEX idx_resource_types_external_sync_v1 ON v1_resource_types (external_id, sync_id);
CREATE TABLE v1_resources (id integer primary key, resource_type_id text not null, external_id text not null,
  parent_resource_type_id text, parent_resource_id text, data blob not null, sync_id text not null,
  discovered_at datetime not null);
CREATE UNIQUE INDEX idx_resources_external_sync_v1 ON v1_resources (external_id, sync_id);
CREATE TABLE v1_entitlements (id integer primary key, resource_type_id text not null, resource_id text not null,
  external_id text not null, data blob not null, sync_id text not null, discovered_at datetime not null);
CREATE UNIQUE INDEX idx_entitlements_external_sync_v1 ON v1_entitlements (external_id, sync_id);
CREATE TABLE v1_grants (id integer primary key, resource_type_id text not null, resource_id text not null,
  entitlement_id text not null, principal_resource_type_id text not null, principal_resource_id text not null,
  external_id text not null, expansion blob, needs_expansion integer not null default 0, data blob not null,
  sync_id text not null, discovered_at datetime not null);
CREATE UNIQUE INDEX idx_grants_external_sync_v1 ON v1_grants (external_id, sync_id);
CREATE TABLE v1_sync_runs (id integer primary key, sync_id text not null, started_at datetime not null,
  ended_at datetime, sync_token text not null, sync_type text not null default 'full',
  parent_sync_id text not null default '', linked_sync_id text not null default '',
  supports_diff integer not null default 0, grants_backfilled integer not null default 0);
CREATE UNIQUE INDEX idx_sync_runs_sync_id_v1 ON v1_sync_runs (sync_id);
";

/// Traits of resource types.
const USER: u64 = 1;
const GROUP: u64 = 2;
const ROLE: u64 = 3;
const SCOPE_BINDING: u64 = 7;

/// Writes it and says how many grants it has. The database is built beside `near`.
///
/// # Errors
/// When a file cannot be read or written.
pub fn write(
    reader: &Reader,
    snapshot: &SnapshotInfo,
    near: &Path,
    out: &mut dyn Write,
) -> Result<u64, Error> {
    let mut name = near.as_os_str().to_owned();
    name.push(".sqlite");
    let path = PathBuf::from(name);
    let (part, mut file) = Part::create(&path)?;
    let grants = Builder::new(reader, snapshot).build(part.path())?;
    out.write_all(MAGIC)?;
    file.rewind()?;
    compress(file, out)?;
    drop(part);
    debug_assert!(!fs::exists(&path).unwrap_or(false));
    Ok(grants)
}

fn compress(source: impl Read, out: &mut dyn Write) -> io::Result<()> {
    // The encoder panics when its target fails, so ours reports afterwards.
    let mut target = Deferred { out, failed: None };
    ruzstd::encoding::compress(
        source,
        &mut target,
        ruzstd::encoding::CompressionLevel::Fastest,
    );
    target.failed.map_or(Ok(()), Err)
}

struct Deferred<'a> {
    out: &'a mut dyn Write,
    failed: Option<io::Error>,
}

impl Write for Deferred<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.failed.is_none()
            && let Err(error) = self.out.write_all(bytes)
        {
            self.failed = Some(error);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A row of the view `resources`, or what a grant says of one that no list shows.
#[derive(Clone, Default)]
struct Thing {
    name: String,
    email: String,
    disabled: bool,
    second_factor: bool,
    description: String,
}

struct Triple {
    scope: String,
    role: String,
    resource_group: String,
}

/// A million of them share far fewer texts.
struct Holding {
    /// Text id of the group, or the key of the triple.
    target: Rc<str>,
    principal: Rc<str>,
}

/// The key of an entry, which is made where there is none.
fn shared<T>(map: &mut BTreeMap<Rc<str>, T>, key: &str, make: impl FnOnce() -> T) -> Rc<str> {
    if let Some((key, _)) = map.get_key_value(key) {
        return Rc::clone(key);
    }
    let key: Rc<str> = key.into();
    map.insert(Rc::clone(&key), make());
    key
}

struct Builder<'a> {
    reader: &'a Reader,
    sync_id: String,
    started_at: String,
    ended_at: String,
    things: BTreeMap<Rc<str>, Thing>,
    triples: BTreeMap<Rc<str>, Triple>,
    grants: Vec<Holding>,
}

impl<'a> Builder<'a> {
    fn new(reader: &'a Reader, snapshot: &SnapshotInfo) -> Self {
        Self {
            reader,
            sync_id: ksuid(snapshot),
            started_at: wall_clock(&snapshot.started_at),
            ended_at: wall_clock(&snapshot.finished_at),
            things: BTreeMap::new(),
            triples: BTreeMap::new(),
            grants: Vec::new(),
        }
    }

    fn build(mut self, path: &Path) -> Result<u64, Error> {
        self.load()?;
        self.save(path)
            .map_err(|error| StoreError::from_sqlite(path, &error))?;
        Ok(self.grants.len() as u64)
    }

    // ---- from our views -----------------------------------------------------------------------------------------

    fn load(&mut self) -> Result<(), Error> {
        let things = &mut self.things;
        self.reader.each_row::<Error>(
            "SELECT id, ifnull(name, identifier), json_extract(attributes, '$.email'),
               json_extract(attributes, '$.disabled'), json_extract(attributes, '$.two_factor_enabled'),
               json_extract(attributes, '$.description')
             FROM resources WHERE type IN ('user', 'service_account', 'user_group', 'role', 'resource_group')",
            &mut |row| {
                let text = |at: usize| row[at].unwrap_or_default().to_owned();
                let thing = Thing {
                    name: text(1),
                    email: text(2),
                    disabled: row[3] == Some("1"),
                    second_factor: row[4] == Some("1"),
                    description: text(5),
                };
                things.insert(text(0).into(), thing);
                Ok(())
            },
        )?;
        let (triples, grants) = (&mut self.triples, &mut self.grants);
        self.reader.each_row::<Error>(
            "SELECT principal_id, resource_id, scope, resource_group_id FROM grants
             ORDER BY resource_id, scope, resource_group_id, principal_id",
            &mut |row| {
                let text = |at: usize| row[at].unwrap_or_default();
                let principal = shared(things, text(0), Thing::default);
                let resource = shared(things, text(1), Thing::default);
                let target = match (row[2], row[3]) {
                    (Some(scope), Some(group)) => {
                        shared(things, group, Thing::default);
                        shared(triples, &format!("{scope}:{resource}:{group}"), || Triple {
                            scope: scope.to_owned(),
                            role: resource.to_string(),
                            resource_group: group.to_owned(),
                        })
                    }
                    _ => resource,
                };
                grants.push(Holding { target, principal });
                Ok(())
            },
        )
    }

    // ---- to theirs ----------------------------------------------------------------------------------------------

    fn save(&self, path: &Path) -> rusqlite::Result<()> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        // An absolute path, since SQLite takes names that begin with `file:` for something else.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let connection = Connection::open_with_flags(path, flags)?;
        connection.pragma_update(None, "journal_mode", "memory")?;
        connection.execute_batch("BEGIN")?;
        connection.execute_batch(TABLES)?;
        self.save_types(&connection)?;
        self.save_resources(&connection)?;
        self.save_entitlements(&connection)?;
        self.save_grants(&connection)?;
        connection.execute(
            "INSERT INTO v1_sync_runs (sync_id, started_at, ended_at, sync_token, sync_type, grants_backfilled)
             VALUES (?1, ?2, ?3, '', 'full', 1)",
            params![self.sync_id, self.started_at, self.ended_at],
        )?;
        connection.execute_batch("COMMIT; PRAGMA journal_mode = delete")
    }

    fn save_types(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut insert = connection.prepare(
            "INSERT INTO v1_resource_types (external_id, data, sync_id, discovered_at) VALUES (?1, ?2, ?3, ?4)",
        )?;
        let mut types: BTreeSet<&str> = self.things.keys().map(|id| split(id).0).collect();
        types.extend([
            "user",
            "service_account",
            "user_group",
            "role",
            "resource_group",
            "role_assignment",
        ]);
        for kind in types {
            let data = resource_type(kind);
            insert.execute(params![kind, data.bytes(), self.sync_id, self.ended_at])?;
        }
        Ok(())
    }

    fn save_resources(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut insert = connection.prepare(
            "INSERT INTO v1_resources (resource_type_id, external_id, data, sync_id, discovered_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        let mut save = |kind: &str, id: &str, data: &Message| {
            let external = format!("{kind}:{id}");
            insert.execute(params![
                kind,
                external,
                data.bytes(),
                self.sync_id,
                self.ended_at
            ])
        };
        for id in self.things.keys() {
            let (kind, own) = split(id);
            save(kind, own, &self.resource(id))?;
        }
        for key in self.triples.keys() {
            save("role_assignment", key, &self.binding(key))?;
        }
        Ok(())
    }

    fn save_entitlements(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut insert = connection.prepare(
            "INSERT INTO v1_entitlements (resource_type_id, resource_id, external_id, data, sync_id, discovered_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        let mut save =
            |kind: &str, own: &str, resource: &Message, slug: &str, grantable: &[&str]| {
                let id = format!("{kind}:{own}:{slug}");
                let mut data = Message::default()
                    .message(1, resource)
                    .text(2, &id)
                    .text(3, slug);
                for kind in grantable {
                    data = data.message(5, &resource_type(kind));
                }
                let data = data.number(7, 1).text(8, slug);
                insert.execute(params![
                    kind,
                    own,
                    id,
                    data.bytes(),
                    self.sync_id,
                    self.ended_at
                ])
            };
        for id in self.things.keys() {
            let (kind, own) = split(id);
            if kind == "user_group" {
                save(kind, own, &self.resource(id), "member", &["user"])?;
            }
        }
        for key in self.triples.keys() {
            let holders = ["user", "service_account", "user_group"];
            save(
                "role_assignment",
                key,
                &self.binding(key),
                "assigned",
                &holders,
            )?;
        }
        Ok(())
    }

    fn save_grants(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut insert = connection.prepare(
            // Under their ids two of our grants may be one.
            "INSERT OR IGNORE INTO v1_grants (resource_type_id, resource_id, entitlement_id, principal_resource_type_id,
               principal_resource_id, external_id, expansion, data, sync_id, discovered_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?;
        for grant in &self.grants {
            let (kind, own, slug) = if self.triples.contains_key(&grant.target) {
                ("role_assignment", &*grant.target, "assigned")
            } else {
                let (kind, own) = split(&grant.target);
                (kind, own, "member")
            };
            let entitlement_id = format!("{kind}:{own}:{slug}");
            let (principal_kind, principal) = split(&grant.principal);
            let id = format!("{entitlement_id}:{principal_kind}:{principal}");
            let entitlement = Message::default()
                .message(1, &Message::default().message(1, &resource_id(kind, own)))
                .text(2, &entitlement_id);
            let holder = Message::default().message(1, &resource_id(principal_kind, principal));
            let data = Message::default()
                .message(1, &entitlement)
                .message(2, &holder)
                .text(3, &id);
            let expansion = (principal_kind == "user_group").then(|| {
                Message::default()
                    .text(1, &format!("user_group:{principal}:member"))
                    .number(2, 1)
                    .text(3, "user")
            });
            insert_grant(
                &mut insert,
                params![
                    kind,
                    own,
                    entitlement_id,
                    principal_kind,
                    principal,
                    id,
                    expansion.as_ref().map(Message::bytes),
                    data.bytes(),
                    self.sync_id,
                    self.ended_at
                ],
            )?;
        }
        Ok(())
    }

    fn resource(&self, id: &str) -> Message {
        let (kind, own) = split(id);
        let thing = self.things.get(id).cloned().unwrap_or_default();
        let trait_of = match kind {
            "user" | "service_account" => Some(annotation("UserTrait", &user_trait(kind, &thing))),
            "user_group" => Some(annotation("GroupTrait", &Message::default())),
            "role" => Some(annotation("RoleTrait", &Message::default())),
            _ => None,
        };
        let name = if thing.name.is_empty() {
            own
        } else {
            &thing.name
        };
        let mut data = Message::default()
            .message(1, &resource_id(kind, own))
            .text(3, name);
        if let Some(annotation) = trait_of {
            data = data.message(4, &annotation);
        }
        data.text(5, &thing.description)
    }

    fn binding(&self, key: &str) -> Message {
        let Some(triple) = self.triples.get(key) else {
            return Message::default();
        };
        let name = |id: &str| match self.things.get(id) {
            Some(thing) if !thing.name.is_empty() => thing.name.clone(),
            _ => split(id).1.to_owned(),
        };
        let display = format!(
            "{} at {} over {}",
            name(&triple.role),
            triple.scope,
            name(&triple.resource_group)
        );
        let id_of = |id: &str| {
            let (kind, own) = split(id);
            resource_id(kind, own)
        };
        let bound = Message::default()
            .message(1, &id_of(&triple.role))
            .message(2, &id_of(&triple.resource_group));
        Message::default()
            .message(1, &resource_id("role_assignment", key))
            .text(3, &display)
            .message(4, &annotation("ScopeBindingTrait", &bound))
    }
}

fn insert_grant(
    statement: &mut Statement<'_>,
    row: &[&dyn rusqlite::ToSql],
) -> rusqlite::Result<()> {
    statement.execute(row).map(|_| ())
}

fn user_trait(kind: &str, thing: &Thing) -> Message {
    let mut user = Message::default();
    if !thing.email.is_empty() {
        user = user.message(1, &Message::default().text(1, &thing.email).number(2, 1));
    }
    let status = if thing.disabled { 2 } else { 1 };
    user = user
        .message(2, &Message::default().number(1, status))
        .number(5, if kind == "user" { 1 } else { 2 })
        .text(6, &thing.email);
    if kind == "user" {
        user = user.message(
            10,
            &Message::default().number(1, u64::from(thing.second_factor)),
        );
    }
    user
}

fn resource_type(kind: &str) -> Message {
    let (name, traits): (&str, &[u64]) = match kind {
        "user" => ("User", &[USER]),
        "service_account" => ("Service account", &[USER]),
        "user_group" => ("User group", &[GROUP]),
        "role" => ("Role", &[ROLE]),
        "resource_group" => ("Resource group", &[]),
        "role_assignment" => ("Role assignment", &[SCOPE_BINDING]),
        other => (other, &[]),
    };
    let mut data = Message::default()
        .text(1, kind)
        .text(2, name)
        .packed(3, traits);
    if kind == "resource_group" || kind == "role" {
        data = data.message(
            4,
            &annotation("SkipEntitlementsAndGrants", &Message::default()),
        );
    }
    data
}

fn resource_id(kind: &str, id: &str) -> Message {
    Message::default().text(1, kind).text(2, id)
}

fn annotation(name: &str, message: &Message) -> Message {
    let value = if message.bytes().is_empty() {
        Message::default()
    } else {
        Message::default().message(2, message)
    };
    let any = Message::default().text(1, &format!("type.googleapis.com/c1.connector.v2.{name}"));
    any.joined(&value)
}

/// Type and the rest of a text id.
fn split(id: &str) -> (&str, &str) {
    id.split_once('/').unwrap_or((id, ""))
}

/// `2026-03-01T00:00:00.000Z` as the format writes times.
fn wall_clock(time: &str) -> String {
    time.replace('T', " ").replace('Z', "")
}

/// A KSUID: seconds since 2014 and 16 bytes, in base 62; here of the snapshot itself, so that the same one keeps its id.
fn ksuid(snapshot: &SnapshotInfo) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let millis = crate::model::Timestamp::parse_at_latest(&snapshot.finished_at)
        .map_or(0, crate::model::Timestamp::as_millis);
    let seconds = u32::try_from(millis / 1000 - 1_400_000_000).unwrap_or_default();
    let name = format!(
        "{} {} {}",
        snapshot.base_url, snapshot.account_id, snapshot.id
    );
    let mut bytes = seconds.to_be_bytes().to_vec();
    bytes.extend_from_slice(&Sha256::digest(format!("{name} {}", snapshot.finished_at))[..16]);
    let mut text = [b'0'; 27];
    for digit in text.iter_mut().rev() {
        let mut rest = 0;
        for byte in &mut bytes {
            let value = rest << 8 | u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or_default();
            rest = value % 62;
        }
        *digit = DIGITS[rest as usize];
    }
    String::from_utf8_lossy(&text).into_owned()
}
