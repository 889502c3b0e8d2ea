//! Which rows of a list match and in which order, remembered until the account changes: a walk over a million rows
//! must not sort a million rows per page.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use crate::account::{Account, Group, Organization, Project, ResourceGroup, Role, RoleAssignment};
use crate::account::{ServiceAccount, Token, User};
use crate::paging::SortOrder;
use crate::random::Random;
use crate::scope::Scope;

/// A value to sort by; nulls come first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub enum SortKey<'a> {
    Null,
    Number(i64),
    Text(&'a str),
    Scope(&'a Scope),
}

/// A row that can be sorted by the field names of its collection. `None`: no such field.
pub trait Sortable {
    fn sort_key(&self, field: &str) -> Option<SortKey<'_>>;
}

pub(crate) type Positions = Arc<Vec<u32>>;

#[derive(Default)]
pub struct Indexes {
    filtered: Mutex<HashMap<String, Positions>>,
    sorted: Mutex<HashMap<String, (Positions, bool)>>,
    assignments_by_scope: Mutex<Option<Arc<HashMap<Scope, Positions>>>>,
    role_counts: Mutex<Option<Arc<RoleCounts>>>,
}

/// Role assignments per scope and role: to users, user groups, service accounts.
pub(crate) type RoleCounts = HashMap<(Scope, String), [u64; 3]>;

impl Indexes {
    pub fn clear(&self) {
        self.filtered.lock().expect("no thread panicked").clear();
        self.sorted.lock().expect("no thread panicked").clear();
        *self
            .assignments_by_scope
            .lock()
            .expect("no thread panicked") = None;
        *self.role_counts.lock().expect("no thread panicked") = None;
    }

    /// The rows that match; `key` names list, scope and filter.
    pub fn filtered(&self, key: &str, build: impl FnOnce() -> Vec<u32>) -> Positions {
        if let Some(positions) = self.filtered.lock().expect("no thread panicked").get(key) {
            return positions.clone();
        }
        let positions = Arc::new(build());
        self.filtered
            .lock()
            .expect("no thread panicked")
            .insert(key.into(), positions.clone());
        positions
    }

    /// The matching rows in order. What no sort field decides is in another order on every request.
    pub fn sorted<T: Sortable>(
        &self,
        key: &str,
        rows: &[T],
        matching: &Positions,
        sort: &[SortOrder],
        random: &mut Random,
    ) -> Positions {
        let mut key = format!("{key} by");
        for order in sort {
            let _ = write!(key, " {} {}", order.field, order.ascending);
        }
        let known = self
            .sorted
            .lock()
            .expect("no thread panicked")
            .get(&key)
            .cloned();
        match known {
            Some((positions, true)) => positions,
            Some((_, false)) => Arc::new(shuffled_and_sorted(rows, matching, sort, random)),
            None => {
                let positions = Arc::new(shuffled_and_sorted(rows, matching, sort, random));
                let total = is_total(rows, &positions, sort);
                self.sorted
                    .lock()
                    .expect("no thread panicked")
                    .insert(key, (positions.clone(), total));
                positions
            }
        }
    }

    pub fn assignments_of(&self, account: &Account, scope: &Scope) -> Positions {
        let mut by_scope = self
            .assignments_by_scope
            .lock()
            .expect("no thread panicked");
        let by_scope = by_scope.get_or_insert_with(|| {
            let mut sorted: HashMap<Scope, Vec<u32>> = HashMap::new();
            for (position, row) in account.role_assignments.iter().enumerate() {
                match sorted.get_mut(&row.scope) {
                    Some(positions) => positions.push(position as u32),
                    None => drop(sorted.insert(row.scope.clone(), vec![position as u32])),
                }
            }
            Arc::new(
                sorted
                    .into_iter()
                    .map(|(scope, positions)| (scope, Arc::new(positions)))
                    .collect(),
            )
        });
        by_scope.get(scope).cloned().unwrap_or_default()
    }

    /// Harness counts hidden principals in, so these counts give away what a list leaves out.
    pub fn role_counts(&self, account: &Account) -> Arc<RoleCounts> {
        let mut counts = self.role_counts.lock().expect("no thread panicked");
        counts
            .get_or_insert_with(|| Arc::new(count_roles(account)))
            .clone()
    }
}

fn count_roles(account: &Account) -> RoleCounts {
    let mut counts = RoleCounts::new();
    for row in account.role_assignments.iter().filter(|row| !row.internal) {
        let kind = match &*row.principal.kind {
            "USER" => 0,
            "USER_GROUP" => 1,
            "SERVICE_ACCOUNT" => 2,
            _ => continue,
        };
        counts
            .entry((row.scope.clone(), row.role.to_string()))
            .or_default()[kind] += 1;
    }
    counts
}

fn shuffled_and_sorted<T: Sortable>(
    rows: &[T],
    matching: &Positions,
    sort: &[SortOrder],
    random: &mut Random,
) -> Vec<u32> {
    let mut positions = Vec::clone(matching);
    // A big list asked for in a real order is nearly sorted as it lies; keep it so.
    if positions.len() < 100_000 || sort.is_empty() {
        random.shuffle(&mut positions);
    }
    positions.sort_by(|&a, &b| compare(&rows[a as usize], &rows[b as usize], sort));
    positions
}

fn is_total<T: Sortable>(rows: &[T], positions: &[u32], sort: &[SortOrder]) -> bool {
    let equal =
        |pair: &[u32]| compare(&rows[pair[0] as usize], &rows[pair[1] as usize], sort).is_eq();
    !positions.windows(2).any(equal)
}

fn compare<T: Sortable>(a: &T, b: &T, sort: &[SortOrder]) -> Ordering {
    for order in sort {
        let ordering = a.sort_key(&order.field).cmp(&b.sort_key(&order.field));
        if ordering.is_ne() {
            return if order.ascending {
                ordering
            } else {
                ordering.reverse()
            };
        }
    }
    Ordering::Equal
}

#[expect(clippy::unnecessary_wraps, reason = "as the keys that may be missing")]
fn text(value: &str) -> Option<SortKey<'_>> {
    Some(SortKey::Text(value))
}

#[expect(clippy::unnecessary_wraps, reason = "as the keys that may be missing")]
fn nullable(value: Option<&str>) -> Option<SortKey<'_>> {
    Some(value.map_or(SortKey::Null, SortKey::Text))
}

fn scope_key<'a>(scope: &'a Scope, field: &str) -> Option<SortKey<'a>> {
    match field {
        "orgIdentifier" => nullable(scope.org.as_deref()),
        "projectIdentifier" => nullable(scope.project.as_deref()),
        "scopeIdentifier" => Some(SortKey::Scope(scope)),
        _ => None,
    }
}

fn times_key(times: crate::account::Times, field: &str) -> Option<SortKey<'static>> {
    match field {
        "createdAt" => Some(SortKey::Number(times.created_at)),
        "lastModifiedAt" => Some(SortKey::Number(times.last_modified_at)),
        _ => None,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as the keys that may be missing")]
fn yes(value: bool) -> Option<SortKey<'static>> {
    Some(SortKey::Number(i64::from(value)))
}

impl Sortable for Organization {
    fn sort_key(&self, field: &str) -> Option<SortKey<'_>> {
        match field {
            "identifier" => text(&self.identifier),
            "name" => text(&self.name),
            "harnessManaged" => yes(self.harness_managed),
            _ => times_key(self.times, field),
        }
    }
}

impl Sortable for Project {
    fn sort_key(&self, field: &str) -> Option<SortKey<'_>> {
        match field {
            "identifier" => text(&self.identifier),
            "orgIdentifier" => text(&self.org),
            "name" => text(&self.name),
            _ => times_key(self.times, field),
        }
    }
}

impl Sortable for User {
    fn sort_key(&self, field: &str) -> Option<SortKey<'_>> {
        match field {
            "email" => text(&self.email),
            "name" => nullable(self.name.as_deref()),
            "userId" | "uuid" | "_id" => text(&self.uuid),
            _ => None,
        }
    }
}

impl Sortable for ServiceAccount {
    fn sort_key(&self, field: &str) -> Option<SortKey<'_>> {
        match field {
            "identifier" => text(&self.identifier),
            "name" => text(&self.name),
            "email" => text(&self.email),
            _ => scope_key(&self.scope, field).or_else(|| times_key(self.times, field)),
        }
    }
}

impl Sortable for Group {
    fn sort_key(&self, field: &str) -> Option<SortKey<'_>> {
        match field {
            "identifier" => text(&self.identifier),
            "name" => text(&self.name),
            _ => scope_key(&self.scope, field).or_else(|| times_key(self.times, field)),
        }
    }
}

impl Sortable for Role {
    fn sort_key(&self, field: &str) -> Option<SortKey<'_>> {
        match field {
            "identifier" => text(&self.identifier),
            "name" => text(&self.name),
            "managed" | "harnessManaged" => yes(self.scope.is_none()),
            _ => times_key(self.times, field),
        }
    }
}

impl Sortable for ResourceGroup {
    fn sort_key(&self, field: &str) -> Option<SortKey<'_>> {
        match field {
            "identifier" => text(&self.identifier),
            "name" => text(&self.name),
            "managed" | "harnessManaged" => yes(self.scope.is_none()),
            _ => times_key(self.times, field),
        }
    }
}

impl Sortable for RoleAssignment {
    fn sort_key(&self, field: &str) -> Option<SortKey<'_>> {
        match field {
            "identifier" => text(&self.identifier),
            "roleIdentifier" => text(&self.role),
            "resourceGroupIdentifier" => text(&self.resource_group),
            "principalIdentifier" => text(&self.principal.identifier),
            "principalType" => text(&self.principal.kind),
            _ => scope_key(&self.scope, field).or_else(|| times_key(self.times, field)),
        }
    }
}

impl Sortable for Token {
    fn sort_key(&self, field: &str) -> Option<SortKey<'_>> {
        match field {
            "identifier" => text(&self.identifier),
            "apiKeyIdentifier" => text(&self.api_key),
            "parentIdentifier" => text(&self.parent),
            _ => scope_key(&self.scope, field).or_else(|| times_key(self.times, field)),
        }
    }
}

impl Sortable for crate::account::ApiKey {
    fn sort_key(&self, field: &str) -> Option<SortKey<'_>> {
        match field {
            "identifier" => text(&self.identifier),
            _ => scope_key(&self.scope, field).or_else(|| times_key(self.times, field)),
        }
    }
}
