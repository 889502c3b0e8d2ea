//! What Harness's permissions and built-in roles are: facts of December 2023, compiled in. Both lists grow; what is not
//! in them is handled as unknown, never as absent.

use std::collections::HashMap;
use std::sync::LazyLock;

const PERMISSIONS: &str = include_str!("permissions.tsv");
const MANAGED_ROLES: &str = include_str!("managed_roles.tsv");

/// When the tables were true.
pub const AS_OF: &str = "December 2023";

/// A permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    /// Such as `core_pipeline_execute`.
    pub identifier: &'static str,
    /// Such as `Execute a Pipeline`.
    pub name: &'static str,
    /// `ACTIVE`; `EXPERIMENTAL` is not enforced by Harness, `STAGING` and `INACTIVE` are hidden.
    pub status: &'static str,
    /// The type of resource it is about, such as `PIPELINE`.
    pub resource_type: &'static str,
}

static CATALOGUE: LazyLock<HashMap<&'static str, Permission>> = LazyLock::new(|| {
    permissions()
        .map(|permission| (permission.identifier, permission))
        .collect()
});

/// Every known permission, in Harness's order.
pub fn permissions() -> impl Iterator<Item = Permission> {
    lines(PERMISSIONS).filter_map(|line| {
        let mut cells = line.split('\t');
        let (identifier, name, status) = (cells.next()?, cells.next()?, cells.next()?);
        cells.next()?;
        Some(Permission {
            identifier,
            name,
            status,
            resource_type: cells.next()?,
        })
    })
}

/// A permission by identifier.
#[must_use]
pub fn permission(identifier: &str) -> Option<Permission> {
    CATALOGUE.get(identifier).copied()
}

/// Permissions of a role that Harness supplies but may hide from its lists.
#[must_use]
pub fn managed_role(identifier: &str) -> Option<Vec<String>> {
    lines(MANAGED_ROLES).find_map(|line| {
        let mut cells = line.split('\t');
        (cells.next()? == identifier).then_some(())?;
        Some(cells.nth(2)?.split(',').map(str::to_owned).collect())
    })
}

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#'))
}

/// How a permission goes with a resource type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// They go together.
    Yes,
    /// They seem to, by the permission's name: the catalogue does not know it.
    Guessed,
    /// They do not.
    No,
}

/// Types that carry permissions of another type besides their own.
const ALSO: [(&str, &[&str]); 5] = [
    (
        "CCM_FOLDER",
        &[
            "ccm_perspective_view",
            "ccm_perspective_edit",
            "ccm_perspective_delete",
            "ccm_budget_view",
            "ccm_budget_edit",
            "ccm_budget_delete",
        ],
    ),
    ("CCM_PERSPECTIVE", &["ccm_overview_view"]),
    (
        "ENVIRONMENT",
        &[
            "ff_featureflag_edit",
            "ff_featureflag_delete",
            "ff_featureflag_toggle",
            "ff_targetgroup_edit",
            "ff_targetgroup_delete",
            "sto_ticket_view",
        ],
    ),
    ("GOVERNANCEPOLICY", &["core_governancePolicySets_edit"]),
    ("CONNECTOR", &["ccm_cloudAssetGovernanceRule_execute"]),
];

/// Whether a permission can be held on resources of a type.
#[must_use]
pub fn fit(identifier: &str, resource_type: &str) -> Fit {
    let also = ALSO
        .iter()
        .any(|(name, permissions)| *name == resource_type && permissions.contains(&identifier));
    match permission(identifier) {
        _ if also => Fit::Yes,
        Some(known) if known.resource_type == resource_type => Fit::Yes,
        None if bare(&guessed_type(identifier)) == bare(resource_type) => Fit::Guessed,
        _ => Fit::No,
    }
}

/// The type of resource a permission is about; guessed from its name when the catalogue does not know it.
#[must_use]
pub fn type_of(identifier: &str) -> String {
    match permission(identifier) {
        Some(known) => known.resource_type.to_owned(),
        None => guessed_type(identifier),
    }
}

/// `core_pipeline_execute` -> `PIPELINE`.
fn guessed_type(identifier: &str) -> String {
    let noun = identifier.split('_').nth(1).unwrap_or(identifier);
    noun.to_ascii_uppercase()
}

fn bare(resource_type: &str) -> String {
    resource_type.replace('_', "").to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::{Fit, fit, managed_role, permission, permissions, type_of};

    #[test]
    fn the_tables_are_whole() {
        assert_eq!(permissions().count(), 264);
        assert_eq!(
            permission("core_pipeline_execute").map(|p| p.resource_type),
            Some("PIPELINE")
        );
        assert_eq!(managed_role("_account_admin").map(|p| p.len()), Some(245));
        assert_eq!(managed_role("_account_basic").map(|p| p.len()), Some(2));
        assert_eq!(managed_role("_no_such"), None);
    }

    #[test]
    fn types_fit_as_harness_says() {
        assert_eq!(fit("core_pipeline_execute", "PIPELINE"), Fit::Yes);
        assert_eq!(fit("core_pipeline_execute", "SECRET"), Fit::No);
        assert_eq!(fit("ff_featureflag_toggle", "ENVIRONMENT"), Fit::Yes);
        assert_eq!(fit("ff_featureflag_view", "ENVIRONMENT"), Fit::No);
        assert_eq!(fit("new_shiny_poke", "SHINY"), Fit::Guessed);
        assert_eq!(type_of("new_shiny_poke"), "SHINY");
    }
}
