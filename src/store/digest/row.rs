//! The bytes that stand for a row: for each column its type, its length where that varies, and its value.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, Statement};
use sha2::{Digest, Sha256};

/// What a column of a table of facts holds.
#[derive(Clone, Copy)]
pub(super) enum Column {
    /// A value of its own.
    Value,
    /// The key of a resource, a scope or a listing, for which what it means is taken: keys are given anew at times.
    Resource,
    Scope,
    Listing,
}

pub(super) fn put(bytes: &mut Vec<u8>, value: ValueRef<'_>) {
    let mut put_text = |tag: u8, text: &[u8]| {
        bytes.push(tag);
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text);
    };
    match value {
        ValueRef::Text(text) => put_text(b't', text),
        ValueRef::Blob(blob) => put_text(b'b', blob),
        ValueRef::Null => bytes.push(b'n'),
        ValueRef::Integer(number) => {
            bytes.push(b'i');
            bytes.extend(number.to_be_bytes());
        }
        ValueRef::Real(number) => {
            bytes.push(b'r');
            bytes.extend(number.to_bits().to_be_bytes());
        }
    }
}

/// What keys mean, looked up once each.
pub(super) struct Meanings<'a> {
    resources: Meaning<'a>,
    scopes: Meaning<'a>,
    listings: Meaning<'a>,
}

impl<'a> Meanings<'a> {
    pub(super) fn of(connection: &'a Connection) -> rusqlite::Result<Self> {
        let meaning = |select: &str| {
            Ok::<_, rusqlite::Error>(Meaning {
                select: connection.prepare(select)?,
                known: Vec::new(),
            })
        };
        Ok(Self {
            resources: meaning(
                "SELECT r.id, r.type, r.identifier, (SELECT path FROM main._scope s WHERE s.key = r.scope)
                 FROM main._resource r WHERE r.key = ?1",
            )?,
            scopes: meaning("SELECT path FROM main._scope WHERE key = ?1")?,
            listings: meaning(
                "SELECT l.kind, (SELECT path FROM main._scope s WHERE s.key = l.scope)
                 FROM main._listing l WHERE l.key = ?1",
            )?,
        })
    }

    /// Adds a row of facts, whose columns are as described.
    pub(super) fn put_row(
        &mut self,
        bytes: &mut Vec<u8>,
        row: &Row<'_>,
        columns: &[Column],
    ) -> rusqlite::Result<()> {
        for (at, column) in columns.iter().enumerate() {
            self.put(bytes, *column, row.get_ref(at)?)?;
        }
        Ok(())
    }

    /// Adds one column of it.
    pub(super) fn put(
        &mut self,
        bytes: &mut Vec<u8>,
        column: Column,
        value: ValueRef<'_>,
    ) -> rusqlite::Result<()> {
        let meaning = match column {
            Column::Value => {
                put(bytes, value);
                return Ok(());
            }
            Column::Resource => &mut self.resources,
            Column::Scope => &mut self.scopes,
            Column::Listing => &mut self.listings,
        };
        bytes.extend(meaning.of(value.as_i64()?)?);
        Ok(())
    }
}

/// What the keys of one table mean: half of a SHA-256, which is enough to tell them apart, and keeps the bytes of a grant
/// within what is hashed in one go.
struct Meaning<'a> {
    select: Statement<'a>,
    /// By key: they count up from 1.
    known: Vec<Option<[u8; 16]>>,
}

/// A key beyond is looked up each time: it would be one of a damaged file, and takes no memory for those before it.
const KNOWN_UP_TO: usize = 1 << 22;

impl Meaning<'_> {
    fn of(&mut self, key: i64) -> rusqlite::Result<[u8; 16]> {
        let at = usize::try_from(key).ok().filter(|at| *at < KNOWN_UP_TO);
        if let Some(Some(known)) = at.and_then(|at| self.known.get(at)) {
            return Ok(*known);
        }
        let meaning = self.look_up(key)?;
        if let Some(at) = at {
            if at >= self.known.len() {
                self.known.resize(at + 1, None);
            }
            self.known[at] = Some(meaning);
        }
        Ok(meaning)
    }

    fn look_up(&mut self, key: i64) -> rusqlite::Result<[u8; 16]> {
        let mut bytes = Vec::new();
        let columns = self.select.column_count();
        let mut rows = self.select.query([key])?;
        if let Some(row) = rows.next()? {
            for at in 0..columns {
                put(&mut bytes, row.get_ref(at)?);
            }
        }
        let hash: [u8; 32] = Sha256::digest(&bytes).into();
        Ok(std::array::from_fn(|at| hash[at]))
    }
}
