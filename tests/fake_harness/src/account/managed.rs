//! What Harness supplies to every account: permissions, roles and resource groups, as of December 2023.

use std::sync::OnceLock;

use super::rows::{IncludedScope, ResourceFilter, ResourceGroup, Role, Times};

const PERMISSIONS: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../fixtures/permissions.tsv"
));
const PERMISSIONS_OF_2026: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../fixtures/permissions-2026.tsv"
));
const ROLES: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../fixtures/managed-roles.tsv"
));

#[derive(Debug)]
pub(crate) struct Permission {
    pub identifier: &'static str,
    pub name: &'static str,
    pub status: &'static str,
    pub levels: Vec<&'static str>,
    pub resource_type: &'static str,
}

/// All of December 2023, or all that the documentation of 2026 names.
pub(crate) fn permissions(of_2026: bool) -> &'static [Permission] {
    static OLD: OnceLock<Vec<Permission>> = OnceLock::new();
    static NEW: OnceLock<Vec<Permission>> = OnceLock::new();
    if of_2026 {
        return NEW.get_or_init(|| rows(PERMISSIONS_OF_2026).map(permission_of_2026).collect());
    }
    OLD.get_or_init(|| {
        rows(PERMISSIONS)
            .map(|cells| Permission {
                identifier: cells[0],
                name: cells[1],
                status: cells[2],
                levels: cells[3].split(',').collect(),
                resource_type: cells[4],
            })
            .collect()
    })
}

/// Without a name, and without levels where the documentation tells none.
fn permission_of_2026(cells: Vec<&'static str>) -> Permission {
    let levels = match cells[2] {
        "" => vec!["account", "organization", "project"],
        levels => levels.split(',').collect(),
    };
    Permission {
        identifier: cells[0],
        name: cells[0],
        status: cells[1].split(' ').next().unwrap_or_default(),
        levels,
        resource_type: cells[3],
    }
}

pub(crate) fn roles() -> impl Iterator<Item = Role> {
    rows(ROLES).map(|cells| Role {
        identifier: cells[0].into(),
        name: cells[1].into(),
        levels: cells[2].split(',').map(Into::into).collect(),
        internal: cells[4] == "true",
        permissions: cells[6].split(',').map(Into::into).collect(),
        times: Times {
            created_at: 1_600_000_000_000,
            last_modified_at: 1_690_000_000_000,
        },
        ..Role::default()
    })
}

pub(crate) fn resource_groups() -> impl Iterator<Item = ResourceGroup> {
    [
        (
            "_all_account_level_resources",
            "All Account Level Resources",
            vec!["account"],
            false,
        ),
        (
            "_all_organization_level_resources",
            "All Organization Level Resources",
            vec!["organization"],
            false,
        ),
        (
            "_all_project_level_resources",
            "All Project Level Resources",
            vec!["project"],
            false,
        ),
        (
            "_all_resources_including_child_scopes",
            "All Resources Including Child Scopes",
            vec!["account", "organization"],
            true,
        ),
    ]
    .into_iter()
    .map(|(identifier, name, levels, child_scopes)| ResourceGroup {
        identifier: identifier.into(),
        name: name.into(),
        levels: Some(levels.into_iter().map(Into::into).collect()),
        included_scopes: vec![IncludedScope {
            scope: None,
            child_scopes,
        }],
        filter: Some(ResourceFilter {
            all: true,
            resources: Vec::new(),
        }),
        times: Times::at(1_600_000_000_000),
        ..ResourceGroup::default()
    })
}

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table
        .lines()
        .skip(1)
        .filter(|line| !line.is_empty())
        .map(|line| line.split('\t').collect())
}
