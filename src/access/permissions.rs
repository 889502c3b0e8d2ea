//! What Harness's permissions and built-in roles are: first what the snapshot's own list says, then what is compiled in.
//!
//! Both tables that are compiled in are older than the account: what is not in them is unknown, never absent, and a type
//! that nobody documented is not taken for another one.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::model::PermissionFact;

const PERMISSIONS: &str = include_str!("permissions.tsv");
const RESOURCE_TYPES: &str = include_str!("resource_types.tsv");
const MANAGED_ROLES: &str = include_str!("managed_roles.tsv");

/// When the compiled-in permissions were documented.
pub const AS_OF: &str = "September 2026";

/// When the permissions of the built-in roles were known.
pub const ROLES_AS_OF: &str = "December 2023";

/// What is known of a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission<'a> {
    /// Such as `core_pipeline_execute`.
    pub identifier: &'a str,
    /// Such as `Run Pipeline`.
    pub name: Option<&'a str>,
    /// `ACTIVE` and `DEPRECATED` ones are enforced; `EXPERIMENTAL`, `STAGING` and `INACTIVE` ones are not.
    pub status: Option<&'a str>,
    /// The type of resource it is about, such as `PIPELINE`.
    pub resource_type: Option<&'a str>,
    /// Whether the snapshot's own list says so, rather than the compiled-in table.
    pub observed: bool,
}

/// Harness's permissions as a snapshot knows them.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    observed: HashMap<String, PermissionFact>,
}

/// How a permission goes with a resource type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// They go together.
    Yes,
    /// They may: nothing says what type the permission is about.
    Unknown,
    /// They do not.
    No,
}

impl Catalogue {
    /// The permissions that a snapshot lists, before those that are compiled in.
    #[must_use]
    pub fn new(observed: &[PermissionFact]) -> Self {
        let by_identifier = observed
            .iter()
            .map(|fact| (fact.identifier.clone(), fact.clone()));
        Self {
            observed: by_identifier.collect(),
        }
    }

    /// A permission by identifier.
    #[must_use]
    pub fn permission<'a>(&'a self, identifier: &str) -> Option<Permission<'a>> {
        let compiled = COMPILED.get(identifier);
        let Some(fact) = self.observed.get(identifier) else {
            return compiled.map(|compiled| compiled.permission);
        };
        let compiled = compiled.map(|compiled| compiled.permission);
        Some(Permission {
            identifier: &fact.identifier,
            name: fact
                .name
                .as_deref()
                .or(compiled.and_then(|known| known.name)),
            status: fact.status.as_deref(),
            resource_type: fact
                .resource_type
                .as_deref()
                .or(compiled.and_then(|known| known.resource_type)),
            observed: true,
        })
    }

    /// Every known permission, by identifier.
    #[must_use]
    pub fn permissions(&self) -> Vec<Permission<'_>> {
        let compiled = COMPILED.keys().copied();
        let observed = self.observed.keys().map(String::as_str);
        let mut identifiers: Vec<&str> = compiled.chain(observed).collect();
        identifiers.sort_unstable();
        identifiers.dedup();
        identifiers
            .into_iter()
            .filter_map(|identifier| self.permission(identifier))
            .collect()
    }

    /// The type of resource a permission is about, if anything says so.
    #[must_use]
    pub fn type_of(&self, identifier: &str) -> Option<&str> {
        self.permission(identifier)?.resource_type
    }

    /// Whether a permission can be held on resources of a type.
    #[must_use]
    pub fn fit(&self, identifier: &str, resource_type: &str) -> Fit {
        let also = ALSO
            .iter()
            .any(|(name, permissions)| *name == resource_type && permissions.contains(&identifier));
        match self.type_of(identifier) {
            _ if also => Fit::Yes,
            Some(own) if own == resource_type => Fit::Yes,
            Some(_) => Fit::No,
            None => Fit::Unknown,
        }
    }
}

/// A permission of the compiled-in table.
struct Compiled {
    permission: Permission<'static>,
    known_in_2023: bool,
}

static COMPILED: LazyLock<HashMap<&'static str, Compiled>> = LazyLock::new(|| {
    let read = |line: &'static str| {
        let cells: Vec<&'static str> = line.split('\t').collect();
        let &[identifier, name, status, _levels, resource_type, since] = &*cells else {
            return None;
        };
        let said = |cell: &'static str| (!cell.is_empty()).then_some(cell);
        let permission = Permission {
            identifier,
            name: said(name),
            status: said(status),
            resource_type: said(resource_type),
            observed: false,
        };
        let known_in_2023 = since == "2023";
        Some((
            identifier,
            Compiled {
                permission,
                known_in_2023,
            },
        ))
    };
    lines(PERMISSIONS).filter_map(read).collect()
});

/// Whether the table of built-in roles could know of a permission: it was there in December 2023.
#[must_use]
pub fn known_to_managed_roles(identifier: &str) -> bool {
    COMPILED
        .get(identifier)
        .is_some_and(|compiled| compiled.known_in_2023)
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

/// The type that a permission's name suggests: `core_pipeline_execute` -> `PIPELINE`. Names and types often differ, so
/// this is no more than a hint.
#[must_use]
pub fn suggested_type(identifier: &str) -> String {
    let noun = identifier.split('_').nth(1).unwrap_or(identifier);
    let documented = lines(RESOURCE_TYPES).find_map(|line| {
        let (resource_type, key) = line.split_once('\t')?;
        key.eq_ignore_ascii_case(noun)
            .then(|| resource_type.to_owned())
    });
    documented.unwrap_or_else(|| noun.to_ascii_uppercase())
}

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#'))
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

#[cfg(test)]
mod tests {
    use super::{COMPILED, Catalogue, Fit, known_to_managed_roles, managed_role, suggested_type};
    use crate::model::PermissionFact;

    #[test]
    fn the_tables_are_complete() {
        assert_eq!(COMPILED.len(), 564);
        let of_2023 = COMPILED.values().filter(|known| known.known_in_2023);
        assert_eq!(of_2023.count(), 264);
        assert_eq!(managed_role("_account_admin").map(|p| p.len()), Some(245));
        assert_eq!(managed_role("_account_basic").map(|p| p.len()), Some(2));
        assert_eq!(managed_role("_no_such"), None);
        assert!(!known_to_managed_roles("core_user_impersonate"));
        assert!(known_to_managed_roles("core_user_manage"));
    }

    #[test]
    fn types_fit_as_harness_says() {
        let catalogue = Catalogue::default();
        assert_eq!(catalogue.fit("core_pipeline_execute", "PIPELINE"), Fit::Yes);
        assert_eq!(catalogue.fit("core_pipeline_execute", "SECRET"), Fit::No);
        assert_eq!(
            catalogue.fit("ff_featureflag_toggle", "ENVIRONMENT"),
            Fit::Yes
        );
        assert_eq!(catalogue.fit("ff_featureflag_view", "ENVIRONMENT"), Fit::No);
        assert_eq!(
            catalogue.fit("artifact_artregistry_view", "ARTIFACT_REGISTRY"),
            Fit::Yes
        );
        assert_eq!(catalogue.fit("new_shiny_poke", "SHINY"), Fit::Unknown);
        assert_eq!(catalogue.fit("new_shiny_poke", "PIPELINE"), Fit::Unknown);
        assert_eq!(suggested_type("new_shiny_poke"), "SHINY");
    }

    #[test]
    fn what_the_snapshot_lists_comes_first() {
        let fact = |identifier: &str, resource_type: Option<&str>| PermissionFact {
            identifier: identifier.to_owned(),
            name: None,
            status: Some("DEPRECATED".to_owned()),
            resource_type: resource_type.map(str::to_owned),
        };
        let catalogue = Catalogue::new(&[
            fact("new_shiny_poke", Some("SHINY_THING")),
            fact("core_pipeline_execute", None),
        ]);
        assert_eq!(catalogue.fit("new_shiny_poke", "SHINY_THING"), Fit::Yes);
        assert_eq!(catalogue.fit("new_shiny_poke", "SHINY"), Fit::No);
        let known = catalogue.permission("core_pipeline_execute");
        let known = known.expect("in both");
        assert_eq!((known.status, known.observed), (Some("DEPRECATED"), true));
        assert_eq!(known.resource_type, Some("PIPELINE"));
        assert_eq!(catalogue.permissions().len(), 565);
    }
}
