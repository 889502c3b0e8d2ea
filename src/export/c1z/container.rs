//! The database inside a c1z file, and the frame around it.

use rusqlite::{Connection, OpenFlags, Statement, params};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;

use super::messages::{self, HOLDERS, Id, resource_type, slug_of};
use super::protobuf::Message;
use super::rows::{Content, HeldEntitlement, Holding};
use crate::model::{SnapshotInfo, Timestamp};
use crate::store::{StoreError, keep_temporary_files_beside};

const MAGIC: &[u8] = b"C1ZF\0";

/// Three times faster than the level that is two per cent smaller.
const LEVEL: i32 = 3;

const TABLES: &str = include_str!("tables.sql");
const INDEXES: &str = include_str!("indexes.sql");

/// Writes the database and says how many grants it has.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn build(
    content: &Content,
    snapshot: &SnapshotInfo,
    expanded: bool,
    path: &Path,
) -> Result<u64, StoreError> {
    let save = || -> rusqlite::Result<u64> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        // An absolute path, since SQLite takes names that begin with `file:` for something else.
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let connection = Connection::open_with_flags(absolute, flags)?;
        keep_temporary_files_beside(&connection, path);
        connection.pragma_update(None, "journal_mode", "off")?;
        connection.pragma_update(None, "synchronous", "off")?;
        connection.execute_batch("BEGIN")?;
        connection.execute_batch(TABLES)?;
        let mut tables = Tables {
            content,
            connection: &connection,
            sync_id: ksuid(snapshot),
            at: wall_clock(&snapshot.finished_at),
            grants: 0,
        };
        tables.save_resources()?;
        tables.save_entitlements()?;
        tables.save_grants(expanded)?;
        tables.save_run(&wall_clock(&snapshot.started_at))?;
        let grants = tables.grants;
        connection.execute_batch(INDEXES)?;
        connection.execute_batch("COMMIT; PRAGMA journal_mode = delete")?;
        Ok(grants)
    };
    save().map_err(|error| StoreError::from_sqlite(path, &error))
}

/// Writes the database as a c1z file.
///
/// # Errors
/// When the output fails.
pub(super) fn pack(database: &File, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(MAGIC)?;
    let mut frame = zstd::Encoder::new(out, LEVEL)?;
    frame.include_checksum(true)?;
    frame.set_pledged_src_size(Some(database.metadata()?.len()))?;
    io::copy(&mut &*database, &mut frame)?;
    frame.finish()?;
    Ok(())
}

struct Tables<'a> {
    content: &'a Content,
    connection: &'a Connection,
    sync_id: String,
    at: String,
    grants: u64,
}

impl Tables<'_> {
    fn save_resources(&self) -> rusqlite::Result<()> {
        let mut types: BTreeSet<String> = BTreeSet::new();
        let mut insert = self.connection.prepare(
            "INSERT INTO v1_resources (resource_type_id, external_id, parent_resource_type_id, parent_resource_id, data,
               sync_id, discovered_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        let mut save = |id: &Id, parent: Option<String>, data: &Message| {
            types.insert(id.kind.clone());
            let parent = parent.as_deref().map(Id::of);
            insert.execute(params![
                id.kind,
                id.external(),
                parent.as_ref().map(|parent| &parent.kind),
                parent.as_ref().map(|parent| &parent.own),
                data.bytes(),
                self.sync_id,
                self.at
            ])
        };
        for id in self.content.things.keys() {
            let data = messages::resource(self.content, id);
            save(&Id::of(id), self.content.parent_of(id), &data)?;
        }
        let mut scopes: BTreeSet<Id> = BTreeSet::new();
        for binding in &self.content.bindings {
            let parent = || self.content.resource_of(&binding.scope);
            let scope = Id::of_scope(binding);
            if !scopes.contains(&scope) {
                let data = messages::scope(self.content, binding);
                save(&scope, parent(), &data)?;
                scopes.insert(scope);
            }
            let data = messages::binding(self.content, binding);
            save(&Id::of_binding(binding), parent(), &data)?;
        }
        // A type without resources would make readers print a table of headings only.
        self.save_types(&types)
    }

    fn save_types(&self, types: &BTreeSet<String>) -> rusqlite::Result<()> {
        let mut insert = self.connection.prepare(
            "INSERT INTO v1_resource_types (external_id, data, sync_id, discovered_at) VALUES (?1, ?2, ?3, ?4)",
        )?;
        for kind in types {
            let data = resource_type(kind);
            insert.execute(params![kind, data.bytes(), self.sync_id, self.at])?;
        }
        Ok(())
    }

    fn save_entitlements(&self) -> rusqlite::Result<()> {
        let mut insert = self.connection.prepare(
            "INSERT INTO v1_entitlements (resource_type_id, resource_id, external_id, data, sync_id, discovered_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        let mut save = |id: &Id, slug: &str, resource: &Message, holders: &[Message]| {
            let data = messages::entitlement(id, slug, resource, holders);
            insert.execute(params![
                id.kind,
                id.own,
                id.entitlement(slug),
                data.bytes(),
                self.sync_id,
                self.at
            ])
        };
        let users = [resource_type("user")];
        for id in self.content.things.keys() {
            if id.starts_with("user_group/") {
                let resource = messages::resource(self.content, id);
                save(&Id::of(id), "member", &resource, &users)?;
            }
        }
        let holders = HOLDERS.map(resource_type);
        for binding in &self.content.bindings {
            let resource = messages::binding(self.content, binding);
            save(&Id::of_binding(binding), "assigned", &resource, &holders)?;
        }
        Ok(())
    }

    /// Holdings come in the order of what is held.
    fn save_grants(&mut self, expanded: bool) -> rusqlite::Result<()> {
        let members = if expanded {
            self.content.members()
        } else {
            BTreeMap::new()
        };
        let mut insert = self.connection.prepare(
            "INSERT INTO v1_grants (resource_type_id, resource_id, entitlement_id, principal_resource_type_id,
               principal_resource_id, external_id, expansion, needs_expansion, data, sync_id, discovered_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?;
        for of_one in self.content.holdings.chunk_by(|a, b| a.held == b.held) {
            let Some(Holding { held, .. }) = of_one.first() else {
                continue;
            };
            let on = Entitlement::of(held);
            for (principal, sources) in holders(&on, of_one, &members) {
                self.save_grant(&mut insert, &on, &principal, &sources, expanded)?;
                self.grants += 1;
            }
        }
        Ok(())
    }

    fn save_grant(
        &self,
        insert: &mut Statement<'_>,
        on: &Entitlement,
        principal: &str,
        sources: &[String],
        expanded: bool,
    ) -> rusqlite::Result<()> {
        let holder = Id::of(principal);
        let grant = format!("{}:{}:{}", on.id, holder.kind, holder.own);
        let sources: Vec<(&str, bool)> = sources
            .iter()
            .map(|source| (source.as_str(), *source == on.id))
            .collect();
        let data = messages::grant(&on.reference, &holder, &grant, &sources);
        let expansion = (holder.kind == "user_group").then(|| messages::expansion(&holder));
        insert.execute(params![
            on.resource.kind,
            on.resource.own,
            on.id,
            holder.kind,
            holder.own,
            grant,
            expansion.as_ref().map(Message::bytes),
            expansion.is_some() && !expanded,
            data.bytes(),
            self.sync_id,
            self.at
        ])?;
        Ok(())
    }

    fn save_run(&self, started_at: &str) -> rusqlite::Result<()> {
        self.connection.execute(
            "INSERT INTO v1_sync_runs (sync_id, started_at, ended_at, sync_token, sync_type, supports_diff,
               grants_backfilled) VALUES (?1, ?2, ?3, '', 'full', 1, 1)",
            params![self.sync_id, started_at, self.at],
        )?;
        Ok(())
    }
}

/// What the grants of one resource share.
struct Entitlement {
    resource: Id,
    id: String,
    reference: Message,
}

impl Entitlement {
    fn of(held: &HeldEntitlement) -> Self {
        let resource = Id::of_held(held);
        let id = resource.entitlement(slug_of(held));
        let reference = messages::reference(&resource, &id);
        Self {
            resource,
            id,
            reference,
        }
    }
}

/// Who holds an entitlement, and for those who hold it through groups, through which entitlements. Two of our grants to one
/// principal are one here.
fn holders(
    on: &Entitlement,
    holdings: &[Holding],
    members: &BTreeMap<Rc<str>, Vec<Rc<str>>>,
) -> BTreeMap<Rc<str>, Vec<String>> {
    let mut holders: BTreeMap<Rc<str>, Vec<String>> = BTreeMap::new();
    for holding in holdings {
        holders.entry(Rc::clone(&holding.principal)).or_default();
    }
    for holding in holdings {
        let Some(members) = members.get(&holding.principal) else {
            continue;
        };
        let source = Id::of(&holding.principal).entitlement("member");
        for member in members {
            let known = holders.contains_key(member);
            let sources = holders.entry(Rc::clone(member)).or_default();
            if known && sources.is_empty() {
                sources.push(on.id.clone());
            }
            sources.push(source.clone());
        }
    }
    for sources in holders.values_mut() {
        sources.sort();
        sources.dedup();
    }
    holders
}

/// `2026-03-01T00:00:00.000Z` as the format writes times.
fn wall_clock(time: &str) -> String {
    time.replace('T', " ").replace('Z', "")
}

/// A KSUID: seconds since 2014 and 16 bytes, in base 62; here of the snapshot itself, so that the same one keeps its id.
fn ksuid(snapshot: &SnapshotInfo) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let millis = Timestamp::parse_at_latest(&snapshot.finished_at).map_or(0, Timestamp::as_millis);
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
