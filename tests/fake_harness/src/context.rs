//! What a list needs to answer one request.

use std::cell::RefCell;

use serde::Serialize;
use serde_json::Value;

use crate::access::Access;
use crate::account::Account;
use crate::caller::Caller;
use crate::http::{Answer, Query};
use crate::index::{Indexes, Positions, Sortable};
use crate::paging::{self, Bend, PageRequest, SortOrder};
use crate::random::Random;
use crate::scope::Scope;
use crate::shapes::{self, Needed, Result};
use crate::switches::Switches;
use crate::trail::Trail;

pub struct Context<'a> {
    pub account: &'a Account,
    pub access: &'a Access,
    pub caller: &'a Caller,
    pub switches: &'a Switches,
    pub(crate) trail: &'a Trail,
    pub indexes: &'a Indexes,
    pub query: Query,
    pub scope: Scope,
    /// Null when none came or it was no JSON.
    pub body: Value,
    pub correlation: String,
    pub bend: Bend,
    /// Of the settings; another number, other permissions.
    pub generation: u64,
    pub random: RefCell<Random>,
}

/// Which rows a list without the blanket permission shows.
pub enum Visible {
    All(Positions),
    /// Silently fewer than there are.
    Some(Positions),
    /// There are rows, and none may be seen.
    None,
    /// There are no rows to check.
    Nothing,
}

impl Context<'_> {
    pub fn ok<T: Serialize>(&self, data: T) -> Answer {
        shapes::success(data, &self.correlation)
    }

    pub fn page_request(&self) -> Result<PageRequest> {
        PageRequest::from_query(&self.query, self.switches.larger_pages, &self.correlation)
    }

    /// ng-manager knows its scopes and answers not-found for others; the other services do not look.
    pub fn require_scope(&self, scope: &Scope) -> Result<()> {
        if self.account.has_scope(scope) {
            return Ok(());
        }
        let message = format!("{} with identifier [{scope}] not found", scope.level());
        Err(shapes::not_found(400, &message, &self.correlation))
    }

    /// Whether the list of a scope shows what lives in another.
    pub fn is_listed_at(&self, own: &Scope, scope: &Scope) -> bool {
        own == scope || self.switches.parent_rows && own.contains(scope)
    }

    pub fn require(&self, permission: &str, resource_type: &str, scope: &Scope) -> Result<()> {
        self.require_one(Needed {
            permission,
            resource_type,
            identifier: None,
            scope,
        })
    }

    pub fn require_one(&self, needed: Needed<'_>) -> Result<()> {
        if self.access.allows(
            needed.permission,
            needed.resource_type,
            needed.identifier,
            needed.scope,
        ) {
            return Ok(());
        }
        Err(shapes::access_denied(
            &self.account.id,
            &self.principal(),
            needed,
        ))
    }

    pub fn all_items_denied(&self, permission: &str, resource_type: &str, scope: &Scope) -> Answer {
        let needed = Needed {
            permission,
            resource_type,
            identifier: None,
            scope,
        };
        shapes::all_items_denied(&self.principal(), needed)
    }

    fn principal(&self) -> String {
        format!(
            "Principal of type {} with identifier {}",
            self.caller.kind, self.caller.identifier
        )
    }

    /// The key of rows that also depend on what the caller may see, which changes without the account.
    pub fn seen_by_caller(&self, key: &str) -> String {
        format!("{key} in generation {}", self.generation)
    }

    /// Positions of the rows that match; `key` names list, scope and filter, and is looked up before `matches` runs.
    pub fn filtered<T>(&self, key: &str, rows: &[T], matches: impl Fn(&T) -> bool) -> Positions {
        self.indexes.filtered(key, || {
            let matching = rows.iter().enumerate().filter(|(_, row)| matches(row));
            matching.map(|(position, _)| position as u32).collect()
        })
    }

    /// Per-item permission filtering, as the lists of groups, service accounts and resource groups do it.
    pub fn visible<'r, T>(
        &self,
        matching: Positions,
        rows: &'r [T],
        (permission, resource_type): (&str, &str),
        scope: &Scope,
        identifier: impl Fn(&'r T) -> &'r str,
    ) -> Visible {
        if self.access.blanket(permission, resource_type, scope) {
            return Visible::All(matching);
        }
        if matching.is_empty() {
            return Visible::Nothing;
        }
        let allowed = |position: &&u32| {
            let identifier = identifier(&rows[**position as usize]);
            self.access
                .allows(permission, resource_type, Some(identifier), scope)
        };
        let some: Vec<u32> = matching.iter().filter(allowed).copied().collect();
        if some.is_empty() {
            Visible::None
        } else {
            Visible::Some(some.into())
        }
    }

    pub fn sorted<T: Sortable>(
        &self,
        key: &str,
        rows: &[T],
        matching: &Positions,
        sort: &[SortOrder],
        default: &[SortOrder],
    ) -> Positions {
        let sort = if sort.is_empty() { default } else { sort };
        self.indexes
            .sorted(key, rows, matching, sort, &mut self.random.borrow_mut())
    }

    pub fn page<'r, T, W: Serialize>(
        &self,
        request: &PageRequest,
        rows: &'r [T],
        positions: &[u32],
        wire: impl Fn(&'r T) -> W,
    ) -> Answer {
        let page = paging::page(request, positions.len(), self.bend, |at| {
            wire(&rows[positions[at] as usize])
        });
        self.ok(page)
    }

    /// A set: another order in every answer.
    pub fn set<'t, S: AsRef<str>>(&self, items: &'t [S]) -> Vec<&'t str> {
        let mut items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
        self.random.borrow_mut().shuffle(&mut items);
        items
    }

    pub fn body_text(&self, field: &str) -> Option<&str> {
        self.body.get(field).and_then(Value::as_str)
    }

    pub fn body_texts(&self, field: &str) -> Vec<&str> {
        let items = self.body.get(field).and_then(Value::as_array);
        items
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// Some lists take their scope from the body, and insist on the account there.
    pub fn body_scope(&self) -> Result<Scope> {
        if self.body.is_null() {
            return Err(shapes::unknown_error());
        }
        match self.body_text("accountIdentifier") {
            Some(account) if account == self.account.id => Ok(Scope::from_identifiers(
                self.body_text("orgIdentifier"),
                self.body_text("projectIdentifier"),
            )),
            Some(_) => Err(shapes::general_error(
                400,
                "INVALID_REQUEST",
                "Invalid request: wrong account",
            )),
            None => Err(shapes::invalid_field(
                "accountIdentifier",
                "must not be null",
                &self.correlation,
            )),
        }
    }
}
