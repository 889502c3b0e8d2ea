//! What a snapshot knows well enough that not being in it means not being there.

use rusqlite::{OptionalExtension, params};

use super::Reader;
use super::names::Names;
use crate::model::{ListingKind, NumberMap, ResourceId, ResourceType, Scope};

/// A listing as files other than its own know it: kind and scope path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ListingName {
    pub(super) kind: String,
    pub(super) scope: String,
}

/// Whether a listing was whole, in one sense or the other.
type IsWhole<'a> = fn(&Sight<'a>, &ListingName, &str) -> rusqlite::Result<bool>;

fn remembered(
    answers: &NumberMap<i64, Vec<(String, bool)>>,
    listing: i64,
    principal_type: &str,
) -> Option<bool> {
    let mut answers = answers.get(&listing)?.iter();
    let (_, answer) = answers.find(|(asked, _)| asked == principal_type)?;
    Some(*answer)
}

/// The knowledge of one snapshot about the listings of the facts of one file, its own or another, looked up as needed.
pub(super) struct Sight<'a> {
    reader: &'a Reader,
    snapshot: i64,
    /// The file whose facts are asked about; it gives the listings their keys.
    asking: Names<'a>,
    /// By listing and principal type.
    known: NumberMap<i64, Vec<(String, bool)>>,
    covered: NumberMap<i64, Vec<(String, bool)>>,
}

impl<'a> Sight<'a> {
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
            asking: Names::of(asking)?,
            known: NumberMap::default(),
            covered: NumberMap::default(),
        })
    }

    /// Whether a listing was seen whole by then, for role assignments at least as far as a principal type goes. A scope
    /// that is known not to exist is known whole: there is nothing in it.
    pub(super) fn knows(
        &mut self,
        listing: Option<i64>,
        principal_type: &str,
    ) -> rusqlite::Result<bool> {
        let Some(listing) = listing else {
            return Ok(false);
        };
        if let Some(answer) = remembered(&self.known, listing, principal_type) {
            return Ok(answer);
        }
        let answer = self.has_known(listing, principal_type)?;
        let answers = self.known.entry(listing).or_default();
        answers.push((principal_type.to_owned(), answer));
        Ok(answer)
    }

    /// Whether this very snapshot looked: it saw the listing whole, at least as far as a principal type goes, or saw
    /// that the scope does not exist.
    pub(super) fn covers(
        &mut self,
        listing: Option<i64>,
        principal_type: &str,
    ) -> rusqlite::Result<bool> {
        let Some(listing) = listing else {
            return Ok(false);
        };
        if let Some(answer) = remembered(&self.covered, listing, principal_type) {
            return Ok(answer);
        }
        let name = self.asking.listing(listing)?;
        let answer = self.has_covered(&name, principal_type)?
            || self.is_nowhere_by(&name.scope, Self::has_covered)?;
        let answers = self.covered.entry(listing).or_default();
        answers.push((principal_type.to_owned(), answer));
        Ok(answer)
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
                "SELECT 1 FROM known WHERE listing = ?1 AND principal_type IN ('', ?2) AND since <= ?3",
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
        let Some(org) = scope.org() else {
            return Ok(false);
        };
        let organization = ResourceId {
            kind: ResourceType::Organization,
            scope: Scope::Account,
            identifier: org.to_owned(),
        };
        if self.is_missing(ListingKind::Organizations, &organization, is_whole)? {
            return Ok(true);
        }
        let Some(project) = scope.project() else {
            return Ok(false);
        };
        let project = ResourceId {
            kind: ResourceType::Project,
            scope: Scope::Organization {
                org: org.to_owned(),
            },
            identifier: project.to_owned(),
        };
        self.is_missing(ListingKind::Projects, &project, is_whole)
    }

    fn is_missing(
        &self,
        kind: ListingKind,
        id: &ResourceId,
        is_whole: IsWhole<'a>,
    ) -> rusqlite::Result<bool> {
        let listing = ListingName {
            kind: kind.as_str().to_owned(),
            scope: id.scope.to_string(),
        };
        Ok(is_whole(self, &listing, "")? && !self.holds(&id.to_string())?)
    }

    fn has_covered(&self, listing: &ListingName, principal_type: &str) -> rusqlite::Result<bool> {
        self.reader
            .connection
            .prepare_cached(
                "SELECT 1 FROM scope p JOIN listing l ON l.scope = p.key AND l.kind = ?1
                 JOIN coverage c ON c.listing = l.key
                 WHERE p.path = ?2 AND c.valid_from <= ?4 AND (c.valid_until IS NULL OR c.valid_until > ?4)
                   AND (c.state = 'complete' OR instr(c.whole_for, ',' || ?3 || ','))",
            )?
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
                "SELECT 1 FROM scope p JOIN listing l ON l.scope = p.key AND l.kind = ?1
                 JOIN known k ON k.listing = l.key
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
            .prepare_cached(
                "SELECT v.key FROM resource r JOIN resource_version v ON v.resource = r.key
                 WHERE r.id = ?1 AND v.valid_from <= ?2 AND (v.valid_until IS NULL OR v.valid_until > ?2)",
            )?
            .query_row(params![id, self.snapshot], |row| row.get(0))
            .optional()?;
        Ok(found.is_some())
    }
}
