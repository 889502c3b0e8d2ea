//! What every JSON document shares: the version of the format, a snapshot, a principal, a named thing.

use serde::Serialize;

use crate::model::{Named, PrincipalFact, ResourceGroupFact, ResourceType, RoleFact, SnapshotInfo};

/// The version that every document starts with. Fields are only ever added to it.
pub const FORMAT_VERSION: u32 = 1;

/// A snapshot.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SnapshotDoc<'a> {
    snapshot: i64,
    label: Option<&'a str>,
    finished_at: &'a str,
    state: &'a str,
    file: &'a str,
}

impl<'a> SnapshotDoc<'a> {
    /// A snapshot of a file.
    #[must_use]
    pub fn new(snapshot: &'a SnapshotInfo, file: &'a str) -> Self {
        Self {
            snapshot: snapshot.id,
            label: snapshot.label.as_deref(),
            finished_at: &snapshot.finished_at,
            state: &snapshot.state,
            file,
        }
    }
}

/// A principal.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct PrincipalDoc<'a> {
    id: &'a str,
    r#type: &'a ResourceType,
    name: Option<&'a str>,
    email: Option<&'a str>,
}

impl<'a> From<&'a Named> for PrincipalDoc<'a> {
    fn from(principal: &'a Named) -> Self {
        Self {
            id: &principal.id,
            r#type: &principal.kind,
            name: principal.name.as_deref(),
            email: principal.email.as_deref(),
        }
    }
}

impl<'a> From<&'a PrincipalFact> for PrincipalDoc<'a> {
    fn from(principal: &'a PrincipalFact) -> Self {
        Self {
            id: &principal.id,
            r#type: &principal.kind,
            name: principal.name.as_deref(),
            email: principal.email.as_deref(),
        }
    }
}

/// A thing by id and name: a user group, a role, a resource group, a resource.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NamedDoc<'a> {
    /// Its text id.
    pub id: &'a str,
    /// Its name.
    pub name: Option<&'a str>,
}

impl<'a> From<&'a Named> for NamedDoc<'a> {
    fn from(named: &'a Named) -> Self {
        Self {
            id: &named.id,
            name: named.name.as_deref(),
        }
    }
}

impl<'a> From<&'a PrincipalFact> for NamedDoc<'a> {
    fn from(principal: &'a PrincipalFact) -> Self {
        Self {
            id: &principal.id,
            name: principal.name.as_deref(),
        }
    }
}

impl<'a> From<&'a RoleFact> for NamedDoc<'a> {
    fn from(role: &'a RoleFact) -> Self {
        Self {
            id: &role.id,
            name: role.name.as_deref(),
        }
    }
}

impl<'a> From<&'a ResourceGroupFact> for NamedDoc<'a> {
    fn from(group: &'a ResourceGroupFact) -> Self {
        Self {
            id: &group.id,
            name: group.name.as_deref(),
        }
    }
}
