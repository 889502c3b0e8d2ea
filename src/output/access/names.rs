//! Names that tell people, roles and groups apart: with the scope where a thing lives if that is not where the line is, and
//! with its identifier where another of the same name lives there or the name is cut.

use std::collections::HashSet;
use std::fmt;

use super::words::{NAME, shown};
use crate::access::{Access, Path};
use crate::model::{PrincipalFact, ResourceType, Scope};
use crate::output::text::{named, shortened};

/// A name, and what tells it apart.
pub(in crate::output) struct Name {
    name: String,
    apart: String,
}

impl Name {
    fn new(name: &str, apart: String) -> Self {
        let name = shortened(name, NAME);
        Self { name, apart }
    }

    /// With the name in quotes, for sentences.
    pub(super) fn quoted(&self) -> String {
        format!("\"{}\"{}", self.name, self.apart)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.name, self.apart)
    }
}

/// The names of an answer.
pub(in crate::output) struct NamesInAnswer<'a> {
    access: &'a Access,
    /// Type and scope as in a text id, and name, where several things have them.
    repeated: HashSet<(&'a str, &'a str)>,
}

impl<'a> NamesInAnswer<'a> {
    /// Of everything that the answer may name.
    pub(in crate::output) fn of(access: &'a Access) -> Self {
        let facts = access.facts();
        let principals = facts.principals.iter().map(|fact| (&*fact.id, shown(fact)));
        let roles = facts
            .roles
            .iter()
            .map(|fact| (&*fact.id, named(fact.name.as_deref(), &fact.identifier)));
        let groups = facts
            .resource_groups
            .iter()
            .map(|fact| (&*fact.id, named(fact.name.as_deref(), &fact.identifier)));
        let (mut once, mut repeated) = (HashSet::new(), HashSet::new());
        for (id, name) in principals.chain(roles).chain(groups) {
            let key = (parts(id).0, name);
            if !once.insert(key) {
                repeated.insert(key);
            }
        }
        Self { access, repeated }
    }

    /// A principal.
    pub(in crate::output) fn principal(&self, principal: &PrincipalFact) -> Name {
        // Every organization and project may have an "Admins".
        let owner = match &principal.scope {
            Scope::Account | Scope::Harness => String::new(),
            below => format!(" ({below})"),
        };
        let name = shown(principal);
        let apart = owner + &self.which(&principal.id, name);
        Name::new(name, apart)
    }

    /// The user group of a path, with its scope; `None` = held directly.
    pub(super) fn via(&self, path: &Path) -> Option<Name> {
        let via = self.access.principal(path.via?);
        let name = named(via.name.as_deref(), &via.identifier);
        let apart = format!(" ({}){}", via.scope, self.which(&via.id, name));
        Some(Name::new(name, apart))
    }

    /// The role of a path.
    pub(super) fn role(&self, path: &Path) -> Name {
        let role = self.access.role(path);
        self.held(
            path,
            &role.id,
            named(role.name.as_deref(), &role.identifier),
        )
    }

    /// The resource group of a path.
    pub(super) fn resource_group(&self, path: &Path) -> Name {
        let group = self.access.resource_group(path);
        self.held(
            path,
            &group.id,
            named(group.name.as_deref(), &group.identifier),
        )
    }

    fn held(&self, path: &Path, id: &str, name: &str) -> Name {
        let scope = parts(id).0.split_once('/').map_or("", |(_, scope)| scope);
        let here = self.access.scope(path).to_string();
        let owner = if scope == here || scope == Scope::Harness.to_string() {
            String::new()
        } else {
            format!(" ({scope})")
        };
        Name::new(name, owner + &self.which(id, name))
    }

    fn which(&self, id: &str, name: &str) -> String {
        let (place, identifier) = parts(id);
        let is_cut = shortened(name, NAME) != name;
        if !is_cut && !self.repeated.contains(&(place, name)) {
            String::new()
        } else if place == ResourceType::User.as_str() {
            format!(" ({id})")
        } else {
            format!(" ({identifier})")
        }
    }
}

/// Type and scope, and identifier of a text id.
fn parts(id: &str) -> (&str, &str) {
    id.rsplit_once('/').unwrap_or((id, ""))
}
