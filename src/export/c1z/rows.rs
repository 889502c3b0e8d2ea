//! What goes into a c1z file, read from our views.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Included, Unbounded};
use std::rc::Rc;

use crate::error::Error;
use crate::export::sign_ins;
use crate::model::Timestamp;
use crate::store::Reader;

/// A resource, or what a grant says of one that no list shows.
#[derive(Clone, Debug, Default)]
pub(super) struct Item {
    pub(super) scope: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) description: String,
    pub(super) disabled: bool,
    pub(super) second_factor: bool,
    /// The last sign-in, where one is known.
    pub(super) last_login: Option<Timestamp>,
    /// It is in a list. The state of others is unknown.
    pub(super) listed: bool,
}

/// A role over a resource group at a scope; text ids.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Binding {
    pub(super) scope: Rc<str>,
    pub(super) role: Rc<str>,
    pub(super) resource_group: Rc<str>,
}

/// What somebody holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HeldEntitlement {
    /// Membership of a user group, by its text id.
    Membership(Rc<str>),
    /// A role.
    Role(Rc<Binding>),
}

/// A million of them share far fewer texts.
#[derive(Clone, Debug)]
pub(super) struct Holding {
    pub(super) held: HeldEntitlement,
    pub(super) principal: Rc<str>,
}

/// A snapshot, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) things: BTreeMap<Rc<str>, Item>,
    pub(super) bindings: BTreeSet<Rc<Binding>>,
    pub(super) holdings: Vec<Holding>,
}

impl Content {
    /// Reads the snapshot that the views show.
    pub(super) fn load(reader: &Reader) -> Result<Self, Error> {
        let mut content = Self::default();
        content.load_things(reader)?;
        content.load_grants(reader)?;
        content.add_parents();
        Ok(content)
    }

    fn load_things(&mut self, reader: &Reader) -> Result<(), Error> {
        let sign_ins = sign_ins::load(reader)?;
        reader.each_row::<Error>(
            "SELECT id, scope, ifnull(name, ''), json_extract(attributes, '$.email'),
               json_extract(attributes, '$.disabled'), json_extract(attributes, '$.two_factor_enabled'),
               json_extract(attributes, '$.description')
             FROM resources WHERE type IN ('user', 'service_account', 'user_group', 'role', 'resource_group', 'account',
               'organization', 'project')",
            &mut |row| {
                let text = |at: usize| row[at].unwrap_or_default().to_owned();
                let thing = Item {
                    scope: text(1),
                    name: text(2),
                    email: text(3),
                    description: text(6),
                    disabled: row[4] == Some("1"),
                    second_factor: row[5] == Some("1"),
                    last_login: sign_ins.get(row[0].unwrap_or_default()).and_then(|of| of.last),
                    listed: true,
                };
                self.things.insert(text(0).into(), thing);
                Ok(())
            },
        )
    }

    fn load_grants(&mut self, reader: &Reader) -> Result<(), Error> {
        let mut scopes: BTreeMap<String, Rc<str>> = BTreeMap::new();
        reader.each_grant_by_resource::<Error>(
            "principal_id, resource_id, scope, resource_group_id",
            &mut |row| {
                let text = |at: usize| row[at].unwrap_or_default();
                let principal = self.known(text(0));
                let target = self.known(text(1));
                let held = match (row[2], row[3]) {
                    (Some(scope), Some(group)) => {
                        let shared = scopes.get(scope).cloned();
                        let scope = shared.unwrap_or_else(|| {
                            let new: Rc<str> = scope.into();
                            scopes.insert(scope.to_owned(), Rc::clone(&new));
                            new
                        });
                        let resource_group = self.known(group);
                        HeldEntitlement::Role(self.binding(Binding {
                            scope,
                            role: target,
                            resource_group,
                        }))
                    }
                    _ => HeldEntitlement::Membership(target),
                };
                self.holdings.push(Holding { held, principal });
                Ok(())
            },
        )
    }

    /// The key of a thing, which is added when no list shows it.
    fn known(&mut self, id: &str) -> Rc<str> {
        if let Some((key, _)) = self.things.get_key_value(id) {
            return Rc::clone(key);
        }
        let key: Rc<str> = id.into();
        self.things.insert(Rc::clone(&key), Item::default());
        key
    }

    fn binding(&mut self, binding: Binding) -> Rc<Binding> {
        if let Some(known) = self.bindings.get(&binding) {
            return Rc::clone(known);
        }
        let new = Rc::new(binding);
        self.bindings.insert(Rc::clone(&new));
        new
    }

    /// Organizations and projects that something is in are there, whether or not their lists were asked for.
    fn add_parents(&mut self) {
        let scopes: BTreeSet<String> = self
            .things
            .values()
            .map(|thing| thing.scope.clone())
            .chain(self.bindings.iter().map(|bound| bound.scope.to_string()))
            .collect();
        for scope in scopes {
            if let Some(project) = place_of(&scope) {
                if let Some((organization, _)) = project
                    .strip_prefix("project/")
                    .and_then(|path| path.split_once('/'))
                {
                    self.known(&format!("organization/{organization}"));
                }
                self.known(&project);
            }
        }
    }

    /// The text id of what a thing is in.
    pub(super) fn parent_of(&self, id: &str) -> Option<String> {
        match id.split_once('/')? {
            ("account", _) => None,
            ("organization", _) => self.resource_of("account"),
            ("project", path) => path
                .split_once('/')
                .map(|(organization, _)| format!("organization/{organization}")),
            _ => self.resource_of(&self.things.get(id)?.scope),
        }
    }

    /// The text id of the account, organization or project that a scope is.
    pub(super) fn resource_of(&self, scope: &str) -> Option<String> {
        if scope != "account" {
            return place_of(scope);
        }
        let (id, _) = self
            .things
            .range::<str, _>((Included("account/"), Unbounded))
            .next()?;
        id.starts_with("account/").then(|| id.to_string())
    }

    /// The user members of each group, for those who want grants expanded.
    pub(super) fn members(&self) -> BTreeMap<Rc<str>, Vec<Rc<str>>> {
        let mut members: BTreeMap<Rc<str>, Vec<Rc<str>>> = BTreeMap::new();
        for holding in &self.holdings {
            if let HeldEntitlement::Membership(group) = &holding.held {
                let of_group = members.entry(Rc::clone(group)).or_default();
                of_group.push(Rc::clone(&holding.principal));
            }
        }
        members
    }
}

/// `org/a` is `organization/a`, `org/a/project/b` is `project/a/b`.
fn place_of(scope: &str) -> Option<String> {
    let path = scope.strip_prefix("org/")?;
    Some(match path.split_once("/project/") {
        Some((organization, project)) => format!("project/{organization}/{project}"),
        None => format!("organization/{path}"),
    })
}
