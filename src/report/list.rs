//! Everything that anybody holds, as a dictionary-coded list: the island of data that the script of the page reads.
//!
//! Members of one group hold the same grants, so what comes through a group is written once as a *block* and named by
//! each member. The script undoes this; it computes nothing. A row of the list is one path of the access engine.

use serde::Serialize;
use std::collections::HashMap;
use std::hash::Hash;

use super::cut::Cut;
use super::html::address;
use super::island::Island;
use super::words::{address_of, display, kind_word};
use crate::access::{Access, Path};
use crate::characters::line;
use crate::output::access::words::{flags, reasons};
use crate::output::text::{named, shortened};

/// Columns a name in the list may take.
const NAME: usize = 160;

/// The list, and what was counted on the way.
#[derive(Debug)]
pub(super) struct List {
    /// The first rows, for readers without script.
    pub(super) first: Vec<Path>,
    /// How many rows there are.
    pub(super) rows: usize,
    /// How many of them the list holds.
    pub(super) kept: usize,
    /// How many rows each principal has, by position among the facts.
    pub(super) of_principal: HashMap<u32, usize>,
    /// The same for the script.
    pub(super) island: Island,
}

/// Texts that are numbered in the order of first use.
struct Dictionary<K> {
    numbers: HashMap<K, u32>,
    order: Vec<K>,
}

impl<K: Clone + Eq + Hash> Dictionary<K> {
    fn new() -> Self {
        Self {
            numbers: HashMap::new(),
            order: Vec::new(),
        }
    }

    fn number(&mut self, key: K) -> u32 {
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let next = u32::try_from(self.order.len()).unwrap_or(u32::MAX);
        self.order.push(key.clone());
        self.numbers.insert(key, next);
        next
    }
}

/// What the script reads. Numbers are places in the arrays of the same island.
#[derive(Serialize)]
struct Document {
    /// Grows when something changes its meaning.
    format_version: u32,
    /// Address, name, e-mail, type and flags.
    who: Vec<[String; 5]>,
    /// Address and name.
    roles: Vec<[String; 2]>,
    scopes: Vec<String>,
    /// Names of resource groups.
    over: Vec<String>,
    /// Address and name of user groups; the first stands for what is held directly.
    via: Vec<[String; 2]>,
    /// Days; the first stands for an unknown one.
    days: Vec<String>,
    /// Why a row depends; the first stands for a plain yes.
    doubts: Vec<String>,
    /// Role, scope, resource group and day, one grant after the other.
    grants: Vec<u32>,
    /// User group, doubt, then grants.
    blocks: Vec<Vec<u32>>,
    /// For each of `who`: blocks, each followed by the day of the membership.
    held: Vec<Vec<u32>>,
}

/// What is known about days.
pub(super) struct Days<'a> {
    pub(super) moments: &'a HashMap<i64, String>,
    /// Since when somebody is in a user group, by group and member.
    pub(super) memberships: HashMap<(u32, u32), i64>,
}

impl Days<'_> {
    pub(super) fn day(&self, snapshot: i64) -> String {
        let moment = self.moments.get(&snapshot).map_or("", String::as_str);
        moment.get(..10).unwrap_or_default().to_owned()
    }

    /// The day since when a path leads: the later of the grant's and the membership's.
    pub(super) fn of_path(&self, access: &Access, path: &Path) -> String {
        let grant = i64::from(access.grant(path).since);
        let membership = path
            .via
            .and_then(|via| self.memberships.get(&(via, path.principal)));
        self.day(grant.max(membership.copied().unwrap_or_default()))
    }
}

struct Builder<'a> {
    access: &'a Access,
    days: &'a Days<'a>,
    who: Vec<u32>,
    roles: Dictionary<u32>,
    scopes: Dictionary<u32>,
    over: Dictionary<u32>,
    via: Dictionary<Option<u32>>,
    day: Dictionary<String>,
    doubts: Dictionary<String>,
    grants: Dictionary<u32>,
    coded_grants: Vec<u32>,
    blocks: Dictionary<Vec<u32>>,
    held: Vec<Vec<u32>>,
}

/// Makes the list of at most so many rows.
pub(super) fn list(
    access: &Access,
    cut: Cut<'_>,
    days: &Days<'_>,
    max_rows: usize,
    first_rows: usize,
) -> List {
    let mut builder = Builder::new(access, days);
    let mut list = List {
        first: Vec::new(),
        rows: 0,
        kept: 0,
        of_principal: HashMap::new(),
        island: Island::default(),
    };
    for mut paths in access.everything_held() {
        paths.retain(|path| cut.keeps(access, path));
        let Some(principal) = paths.first().map(|path| path.principal) else {
            continue;
        };
        list.rows += paths.len();
        list.of_principal.insert(principal, paths.len());
        paths.truncate(max_rows - list.kept);
        if !paths.is_empty() {
            builder.principal(principal, &paths);
            list.kept += paths.len();
        }
        let missing = first_rows.saturating_sub(list.first.len());
        list.first.extend(paths.into_iter().take(missing));
    }
    list.island = Island::of(&builder.document());
    list
}

impl<'a> Builder<'a> {
    fn new(access: &'a Access, days: &'a Days<'a>) -> Self {
        let mut builder = Self {
            access,
            days,
            who: Vec::new(),
            roles: Dictionary::new(),
            scopes: Dictionary::new(),
            over: Dictionary::new(),
            via: Dictionary::new(),
            day: Dictionary::new(),
            doubts: Dictionary::new(),
            grants: Dictionary::new(),
            coded_grants: Vec::new(),
            blocks: Dictionary::new(),
            held: Vec::new(),
        };
        builder.via.number(None);
        builder.day.number(String::new());
        builder.doubts.number(String::new());
        builder
    }

    fn principal(&mut self, principal: u32, paths: &[Path]) {
        let mut coded: Vec<([u32; 2], Option<u32>, u32)> = paths
            .iter()
            .map(|path| {
                let doubt = match path.doubts.as_slice() {
                    [] => String::new(),
                    _ => reasons(self.access, path),
                };
                let head = [self.via.number(path.via), self.doubts.number(doubt)];
                (head, path.via, self.grant(path))
            })
            .collect();
        coded.sort_by_key(|(head, ..)| *head);
        let mut held = Vec::new();
        for alike in coded.chunk_by(|a, b| a.0 == b.0) {
            let (kind, via, _) = alike[0];
            let grants = alike.iter().map(|(.., grant)| *grant);
            let block = kind.into_iter().chain(grants).collect();
            let since = via.and_then(|via| self.days.memberships.get(&(via, principal)));
            let since = since.map_or_else(String::new, |since| self.days.day(*since));
            held.extend([self.blocks.number(block), self.day.number(since)]);
        }
        self.who.push(principal);
        self.held.push(held);
    }

    fn grant(&mut self, path: &Path) -> u32 {
        let number = self.grants.number(path.grant);
        if number as usize * 4 == self.coded_grants.len() {
            let grant = self.access.grant(path);
            let coded = [
                self.roles.number(grant.role),
                self.scopes.number(grant.scope),
                self.over.number(grant.resource_group),
                self.day.number(self.days.day(i64::from(grant.since))),
            ];
            self.coded_grants.extend(coded);
        }
        number
    }

    fn document(self) -> Document {
        let facts = self.access.facts();
        let short = |text: &str| line(&shortened(text, NAME));
        let who = self.who.iter().map(|at| {
            let fact = self.access.principal(*at);
            let (name, email) = display(fact);
            [
                address_of(&fact.id),
                short(name),
                short(email),
                kind_word(&fact.kind),
                flags(fact).join(", "),
            ]
        });
        let roles = self.roles.order.iter().map(|at| {
            let role = &facts.roles[*at as usize];
            [
                address(&role.id),
                short(named(role.name.as_deref(), &role.identifier)),
            ]
        });
        let over = self.over.order.iter().map(|at| {
            let group = &facts.resource_groups[*at as usize];
            short(named(group.name.as_deref(), &group.identifier))
        });
        let scopes = self.scopes.order.iter();
        let via = self.via.order.iter().map(|via| match via {
            None => [String::new(), "directly".to_owned()],
            Some(at) => {
                let group = self.access.principal(*at);
                [address_of(&group.id), short(display(group).0)]
            }
        });
        Document {
            format_version: 1,
            who: who.collect(),
            roles: roles.collect(),
            scopes: scopes
                .map(|at| short(&facts.scopes[*at as usize].to_string()))
                .collect(),
            over: over.collect(),
            via: via.collect(),
            days: self.day.order,
            doubts: self.doubts.order.iter().map(|text| line(text)).collect(),
            grants: self.coded_grants,
            blocks: self.blocks.order,
            held: self.held,
        }
    }
}
