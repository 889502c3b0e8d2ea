//! What the caller may do, decided as Harness's access engine does: additive grants, no denials.
//!
//! Each grant is spread into one entry per permission and resource selector, and a check looks for one that fits.
//! The answers of the access-check endpoint and the thinning of the lists both come from here, so they agree.

use std::collections::{HashMap, HashSet};

use crate::account::{Account, Permission, ResourceGroup};
use crate::scope::Scope;
use crate::switches::Switches;

/// A role's permissions over a resource group at a scope, held by the caller.
#[derive(Clone, Debug)]
pub struct Grant {
    pub permissions: Vec<String>,
    pub resource_group: ResourceGroup,
    pub scope: Scope,
}

/// One permission narrowed at one scope to some items, or to none; what a test asks for on top of the grants.
#[derive(Clone, Debug)]
pub struct Narrowing {
    pub permission: String,
    pub scope: Scope,
    pub only: Vec<String>,
}

#[derive(Debug, Default)]
pub struct Access {
    unchecked: bool,
    entries: HashMap<String, Vec<Entry>>,
    narrowings: Vec<Narrowing>,
    scopes: HashSet<Scope>,
    switches: Switches,
}

#[derive(Debug)]
struct Entry {
    scope: Scope,
    child_scopes: bool,
    target: Target,
}

#[derive(Debug)]
enum Target {
    Everything,
    AllOf(String),
    Named(String, Vec<String>),
}

/// Where a resource is itself a scope, with the permission that the server adds along the way up to a grant.
const LEVELS: [(&str, &str, &str); 3] = [
    ("ACCOUNT", "account", "core_account_view"),
    ("ORGANIZATION", "organization", "core_organization_view"),
    ("PROJECT", "project", "core_project_view"),
];

impl Access {
    /// Access control switched off: everything is permitted and nobody is named.
    pub fn unchecked() -> Self {
        Self {
            unchecked: true,
            ..Self::default()
        }
    }

    pub fn new(
        account: &Account,
        grants: &[Grant],
        narrowings: &[Narrowing],
        switches: &Switches,
    ) -> Self {
        let scopes = account.scopes().into_iter().collect();
        let mut access = Self {
            narrowings: narrowings.to_vec(),
            scopes,
            switches: switches.clone(),
            ..Self::default()
        };
        for grant in grants {
            access.add(grant);
        }
        access
    }

    fn add(&mut self, grant: &Grant) {
        let catalogue = self.switches.catalogue();
        let Some(filter) = &grant.resource_group.filter else {
            return;
        };
        for included in &grant.resource_group.included_scopes {
            let scope = included.scope.as_ref().unwrap_or(&grant.scope);
            if filter.all {
                for permission in &grant.permissions {
                    self.push(permission, scope, included.child_scopes, Target::Everything);
                }
            }
            for resource in filter.resources.iter().filter(|_| !filter.all) {
                // Granted by attribute: it needs an identifier or attributes in the check, and no list sends them.
                if resource
                    .attributes
                    .as_ref()
                    .is_some_and(|attributes| !attributes.values.is_empty())
                {
                    continue;
                }
                let named = resource
                    .identifiers
                    .clone()
                    .filter(|identifiers| !identifiers.is_empty());
                // Selectors of named items that reach into child scopes are never matched.
                if named.is_some() && included.child_scopes {
                    continue;
                }
                for permission in grant
                    .permissions
                    .iter()
                    .filter(|name| fits(catalogue, name, &resource.resource_type))
                {
                    let kind = resource.resource_type.clone();
                    let target = named
                        .clone()
                        .map_or(Target::AllOf(kind.clone()), |ids| Target::Named(kind, ids));
                    self.push(permission, scope, included.child_scopes, target);
                }
            }
            self.add_implicit_views(grant, scope, included.child_scopes);
        }
    }

    /// Whoever holds something in a scope sees that scope and those above it, if the role has those views at all.
    fn add_implicit_views(&mut self, grant: &Grant, scope: &Scope, child_scopes: bool) {
        for (_, level, permission) in LEVELS {
            if !grant.permissions.iter().any(|held| held == permission) {
                continue;
            }
            match scope.at_level(level) {
                Some(own) => self.push(permission, &own, true, Target::Everything),
                None if child_scopes => self.push(permission, scope, true, Target::Everything),
                None => {}
            }
        }
    }

    fn push(&mut self, permission: &str, scope: &Scope, child_scopes: bool, target: Target) {
        let entry = Entry {
            scope: scope.clone(),
            child_scopes,
            target,
        };
        self.entries
            .entry(permission.into())
            .or_default()
            .push(entry);
    }

    pub fn is_unchecked(&self) -> bool {
        self.unchecked
    }

    pub fn scope_exists(&self, scope: &Scope) -> bool {
        self.scopes.contains(scope)
    }

    /// On one resource at least, wherever it is.
    pub fn grants_anything(&self, permission: &str) -> bool {
        self.entries
            .get(permission)
            .is_some_and(|entries| !entries.is_empty())
    }

    /// On one resource at least that there is or may be: one of the permission's own type somewhere, or of a type that a
    /// grant names. A scope is a resource only where it exists, and to create one is asked of its parent.
    pub fn allows_somewhere(&self, permission: &str) -> bool {
        let catalogue = self.switches.catalogue();
        let known = catalogue.iter().find(|row| row.identifier == permission);
        let entries = self.entries.get(permission).map_or(&[][..], Vec::as_slice);
        entries.iter().any(|entry| {
            let (own, named) = match &entry.target {
                Target::Everything => (None, &[][..]),
                Target::AllOf(kind) => (Some(kind.as_str()), &[][..]),
                Target::Named(kind, identifiers) => (Some(kind.as_str()), identifiers.as_slice()),
            };
            let Some(kind) = own.or(known.map(|row| row.resource_type)) else {
                return true;
            };
            let here =
                |identifier: Option<&str>, scope: &Scope| entry.matches(kind, identifier, scope);
            if is_level(kind) {
                let creates = permission.ends_with("_create");
                return self.scopes.iter().any(|scope| {
                    creates && here(None, scope)
                        || is_a(kind, scope)
                            && (scope.project.as_ref().or(scope.org.as_ref())).map_or_else(
                                || here(Some(""), scope),
                                |name| here(Some(name), scope),
                            )
                });
            }
            self.scopes
                .iter()
                .any(|scope| here(None, scope) || named.iter().any(|name| here(Some(name), scope)))
        })
    }

    /// On all resources of the type at that scope.
    pub fn blanket(&self, permission: &str, resource_type: &str, scope: &Scope) -> bool {
        self.allows(permission, resource_type, None, scope)
    }

    pub fn allows(
        &self,
        permission: &str,
        resource_type: &str,
        identifier: Option<&str>,
        scope: &Scope,
    ) -> bool {
        if self.unchecked || !self.is_enforced(permission) {
            return true;
        }
        if let Some(verdict) = self.narrowed(permission, resource_type, identifier, scope) {
            return verdict;
        }
        let entries = self.entries.get(permission).map_or(&[][..], Vec::as_slice);
        entries
            .iter()
            .any(|entry| entry.matches(resource_type, identifier, scope))
    }

    /// Only permissions whose status is ACTIVE (or not known to us) are enforced.
    fn is_enforced(&self, permission: &str) -> bool {
        let status = self.switches.status_of(permission);
        status.is_none_or(|status| status == "ACTIVE")
    }

    /// `None`: the grants decide. A narrowing anywhere means that the grants do not come from one grant over
    /// everything, so a scope that does not exist (a sentinel) is not covered any more.
    fn narrowed(
        &self,
        permission: &str,
        kind: &str,
        identifier: Option<&str>,
        scope: &Scope,
    ) -> Option<bool> {
        let mut relevant = self
            .narrowings
            .iter()
            .filter(|narrowing| narrowing.permission == permission)
            .peekable();
        relevant.peek()?;
        let entity = if is_level(kind) {
            entity_scope(kind, identifier, scope)
        } else {
            Some(scope.clone())
        };
        let Some(entity) = entity else {
            return Some(false);
        };
        let here = relevant.find(|narrowing| {
            if is_level(kind) {
                narrowing.scope.contains(&entity)
            } else {
                narrowing.scope == entity
            }
        });
        if let Some(narrowing) = here {
            return Some(
                identifier
                    .is_some_and(|identifier| narrowing.only.iter().any(|only| only == identifier)),
            );
        }
        (!self.scopes.contains(&entity)).then_some(false)
    }
}

impl Entry {
    fn matches(&self, kind: &str, identifier: Option<&str>, scope: &Scope) -> bool {
        let of_type = match &self.target {
            Target::Everything => true,
            Target::AllOf(own) => own == kind,
            Target::Named(..) => false,
        };
        let named = match &self.target {
            Target::Named(own, identifiers) => {
                own == kind
                    && identifier
                        .is_some_and(|identifier| identifiers.iter().any(|own| own == identifier))
            }
            _ => false,
        };
        if of_type && self.child_scopes && self.scope.contains(scope) {
            return true;
        }
        if !is_level(kind) {
            return self.scope == *scope && (of_type || named);
        }
        // For a resource that is itself a scope, that scope is tried too; without an identifier it collapses to
        // `scope`, which is why such a check is a false assurance.
        let entity = entity_scope(kind, identifier, scope);
        (self.scope == *scope && named)
            || (entity.as_ref() == Some(&self.scope) && (of_type || named))
    }
}

/// Whether a scope is a resource of this type.
fn is_a(kind: &str, scope: &Scope) -> bool {
    LEVELS
        .iter()
        .any(|(name, level, _)| *name == kind && *level == scope.level())
}

fn is_level(resource_type: &str) -> bool {
    LEVELS.iter().any(|(name, ..)| *name == resource_type)
}

/// The scope that a resource of a level type is; `None` where no scope has that shape.
fn entity_scope(kind: &str, identifier: Option<&str>, scope: &Scope) -> Option<Scope> {
    let Some(identifier) = identifier else {
        return Some(scope.clone());
    };
    match (kind, &scope.org, &scope.project) {
        ("ACCOUNT", None, None) => Some(Scope::account()),
        ("ORGANIZATION", None, None) => Some(Scope::org(identifier)),
        ("ORGANIZATION", Some(org), None) if *org == identifier => Some(scope.clone()),
        ("PROJECT", Some(org), None) => Some(Scope::project(org, identifier)),
        ("PROJECT", Some(_), Some(project)) if *project == identifier => Some(scope.clone()),
        _ => None,
    }
}

/// Whether a permission takes effect on resources of a type.
fn fits(catalogue: &[Permission], permission: &str, resource_type: &str) -> bool {
    let known = catalogue.iter().find(|row| row.identifier == permission);
    if known.is_some_and(|row| row.resource_type == resource_type) {
        return true;
    }
    match resource_type {
        "CCM_FOLDER" => {
            permission.starts_with("ccm_perspective_") || permission.starts_with("ccm_budget_")
        }
        "CCM_PERSPECTIVE" => permission == "ccm_overview_view",
        "ENVIRONMENT" => matches!(
            permission,
            "ff_featureflag_edit"
                | "ff_featureflag_delete"
                | "ff_featureflag_toggle"
                | "ff_targetgroup_edit"
                | "ff_targetgroup_delete"
                | "sto_ticket_view"
        ),
        "GOVERNANCEPOLICY" => permission == "core_governancePolicySets_edit",
        "CONNECTOR" => permission == "ccm_cloudAssetGovernanceRule_execute",
        _ => false,
    }
}
