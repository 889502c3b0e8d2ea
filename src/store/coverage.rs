//! How completely a snapshot saw the lists, and so whether a thing that is missing from it was not there.

use rusqlite::{OptionalExtension, params};
use std::cell::RefCell;

use super::Reader;
use super::names::{ListingName, NameLookup};
use super::schema::live;
use crate::model::{ListingKind, NumberMap, ResourceId, Scope};

/// How completely a snapshot saw a listing.
pub(super) enum Completeness {
    /// All of it.
    Complete,
    /// All role assignments of these principal types, as the ledger writes them: `,user,user_group,`. The rest is
    /// uncertain.
    CompleteFor(String),
}

impl Completeness {
    /// Whether it tells of a fact that was not seen that it was not there. Only grants have a principal type.
    pub(super) fn covers(&self, principal_type: Option<&str>) -> bool {
        match self {
            Self::Complete => true,
            Self::CompleteFor(types) => {
                principal_type.is_some_and(|kind| types.split(',').any(|seen| seen == kind))
            }
        }
    }
}

/// Whether a listing was whole, in one sense or the other.
type IsWhole<'a> = fn(&CoverageLookup<'a>, &ListingName, &str) -> rusqlite::Result<bool>;

/// Answers by listing and principal type.
#[derive(Default)]
struct LookedUp(NumberMap<i64, Vec<(String, bool)>>);

impl LookedUp {
    fn find_or(
        &mut self,
        listing: i64,
        principal_type: &str,
        find_out: impl FnOnce() -> rusqlite::Result<bool>,
    ) -> rusqlite::Result<bool> {
        let answers = self.0.entry(listing).or_default();
        if let Some((_, answer)) = answers.iter().find(|(asked, _)| asked == principal_type) {
            return Ok(*answer);
        }
        let answer = find_out()?;
        answers.push((principal_type.to_owned(), answer));
        Ok(answer)
    }
}

/// The knowledge of one snapshot about the listings of the facts of one file, its own or another, looked up as needed.
pub(super) struct CoverageLookup<'a> {
    reader: &'a Reader,
    snapshot: i64,
    /// The file whose facts are asked about; it gives the listings their keys.
    asking: NameLookup<'a>,
    known: RefCell<LookedUp>,
    covered: RefCell<LookedUp>,
}

impl<'a> CoverageLookup<'a> {
    /// What a snapshot knows about the listings of its own file.
    pub(super) fn of(reader: &'a Reader, snapshot: i64) -> rusqlite::Result<Self> {
        Self::for_facts_of(reader, reader, snapshot)
    }

    /// What a snapshot knows about the listings of the first file.
    pub(super) fn for_facts_of(
        asking: &'a Reader,
        reader: &'a Reader,
        snapshot: i64,
    ) -> rusqlite::Result<Self> {
        Ok(Self {
            reader,
            snapshot,
            asking: NameLookup::of(asking)?,
            known: RefCell::default(),
            covered: RefCell::default(),
        })
    }

    /// Whether a listing was seen whole by then, for role assignments at least as far as a principal type goes. A scope
    /// that is known not to exist is known whole: there is nothing in it.
    pub(super) fn knows(
        &self,
        listing: Option<i64>,
        principal_type: &str,
    ) -> rusqlite::Result<bool> {
        let Some(listing) = listing else {
            return Ok(false);
        };
        let find_out = || self.has_known(listing, principal_type);
        self.known
            .borrow_mut()
            .find_or(listing, principal_type, find_out)
    }

    /// Whether this very snapshot looked: it saw the listing whole, at least as far as a principal type goes, or saw
    /// that the scope does not exist.
    pub(super) fn covers(
        &self,
        listing: Option<i64>,
        principal_type: &str,
    ) -> rusqlite::Result<bool> {
        let Some(listing) = listing else {
            return Ok(false);
        };
        let find_out = || self.looked(listing, principal_type);
        self.covered
            .borrow_mut()
            .find_or(listing, principal_type, find_out)
    }

    fn looked(&self, listing: i64, principal_type: &str) -> rusqlite::Result<bool> {
        let listing = self.asking.listing(listing)?;
        Ok(self.has_covered(&listing, principal_type)?
            || self.is_nowhere_by(&listing.scope, Self::has_covered)?)
    }

    fn has_known(&self, listing: i64, principal_type: &str) -> rusqlite::Result<bool> {
        if std::ptr::eq(self.asking.reader, self.reader)
            && self.has_seen_key(listing, principal_type)?
        {
            return Ok(true);
        }
        let listing = self.asking.listing(listing)?;
        Ok(self.has_seen(&listing, principal_type)? || self.is_nowhere(&listing.scope)?)
    }

    fn has_seen_key(&self, listing: i64, principal_type: &str) -> rusqlite::Result<bool> {
        self.reader
            .connection
            .prepare_cached(
                "SELECT 1 FROM _known WHERE listing = ?1 AND principal_type IN ('', ?2) AND since <= ?3",
            )?
            .exists(params![listing, principal_type, self.snapshot])
    }

    /// Whether an organization or project is known not to exist in this snapshot.
    pub(super) fn is_nowhere(&self, scope: &str) -> rusqlite::Result<bool> {
        self.is_nowhere_by(scope, Self::has_seen)
    }

    fn is_nowhere_by(&self, scope: &str, is_whole: IsWhole<'a>) -> rusqlite::Result<bool> {
        let Some(scope) = Scope::parse(scope) else {
            return Ok(false);
        };
        for id in ResourceId::containing(&scope) {
            if self.is_missing(&id, is_whole)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is_missing(&self, id: &ResourceId, is_whole: IsWhole<'a>) -> rusqlite::Result<bool> {
        let Some(kind) = ListingKind::of(&id.kind) else {
            return Ok(false);
        };
        let listing = ListingName {
            kind: kind.as_str().to_owned(),
            scope: id.scope.to_string(),
        };
        Ok(is_whole(self, &listing, "")? && !self.holds(&id.to_string())?)
    }

    fn has_covered(&self, listing: &ListingName, principal_type: &str) -> rusqlite::Result<bool> {
        self.reader
            .connection
            .prepare_cached(&format!(
                "SELECT 1 FROM _scope p JOIN _listing l ON l.scope = p.key AND l.kind = ?1
                 JOIN _coverage c ON c.listing = l.key
                 WHERE p.path = ?2 AND {}
                   AND (c.state = 'complete' OR instr(c.whole_for, ',' || ?3 || ','))",
                live("c", "?4")
            ))?
            .exists(params![
                listing.kind,
                listing.scope,
                principal_type,
                self.snapshot
            ])
    }

    fn has_seen(&self, listing: &ListingName, principal_type: &str) -> rusqlite::Result<bool> {
        self.reader
            .connection
            .prepare_cached(
                "SELECT 1 FROM _scope p JOIN _listing l ON l.scope = p.key AND l.kind = ?1
                 JOIN _known k ON k.listing = l.key
                 WHERE p.path = ?2 AND k.principal_type IN ('', ?3) AND k.since <= ?4",
            )?
            .exists(params![
                listing.kind,
                listing.scope,
                principal_type,
                self.snapshot
            ])
    }

    fn holds(&self, id: &str) -> rusqlite::Result<bool> {
        let found: Option<i64> = self
            .reader
            .connection
            .prepare_cached(&format!(
                "SELECT v.key FROM _resource r JOIN _resource_version v ON v.resource = r.key
                 WHERE r.id = ?1 AND {}",
                live("v", "?2")
            ))?
            .query_row(params![id, self.snapshot], |row| row.get(0))
            .optional()?;
        Ok(found.is_some())
    }
}
