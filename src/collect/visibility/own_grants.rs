//! What the key's own role assignments prove.
//!
//! Whether every organization or project is visible is asked about one that does not exist, and a server may refuse that
//! or always say no. The caller's own grants in the lists prove the same: a role with the permission, held over everything
//! in a scope and below it.

use super::PermissionProbe;
use crate::model::{Details, Scope};

/// A role that the caller holds over resources of a scope.
#[derive(Clone, Debug)]
pub(crate) struct OwnGrant {
    /// Where it reaches.
    pub(crate) scope: Scope,
    /// Everything below that scope too.
    pub(crate) child_scopes: bool,
    /// What it reaches there: details of the resource group.
    pub(crate) covers: Details,
    /// Permissions of the role.
    pub(crate) permissions: Vec<String>,
}

impl OwnGrant {
    /// Whether the grant makes the answer to a probe yes.
    fn proves(&self, probe: &PermissionProbe) -> bool {
        let required = probe.required();
        let reaches = match probe {
            PermissionProbe::InScope(_, scope) => {
                self.scope == *scope || self.child_scopes && self.scope.contains(scope)
            }
            PermissionProbe::AllProjectsOf(org) => {
                self.child_scopes
                    && (self.scope == Scope::Account || self.scope.org() == Some(org.as_str()))
                    && self.scope.project().is_none()
            }
            PermissionProbe::InEveryScope(_)
            | PermissionProbe::AllOrganizations
            | PermissionProbe::AllProjects => self.child_scopes && self.scope == Scope::Account,
        };
        reaches
            && self.covers_all(required.resource_type)
            && self
                .permissions
                .iter()
                .any(|permission| permission == required.permission)
    }

    /// Whether every resource of a type is among those that the grant is over.
    fn covers_all(&self, resource_type: &str) -> bool {
        let Details::ResourceGroup {
            all_resources,
            selectors,
            ..
        } = &self.covers
        else {
            return false;
        };
        *all_resources
            || selectors.iter().any(|selector| {
                selector.resource_type == resource_type
                    && selector.identifiers.is_empty()
                    && selector.attribute.is_none()
            })
    }
}

/// Whether any of the grants makes the answer to a probe yes.
pub(super) fn prove(grants: &[OwnGrant], probe: &PermissionProbe) -> bool {
    grants.iter().any(|grant| grant.proves(probe))
}
