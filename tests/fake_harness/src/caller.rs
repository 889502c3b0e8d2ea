//! Whose key it is, and where that caller's grants come from.

use crate::access::Grant;
use crate::account::{Account, IncludedScope, ResourceFilter, ResourceGroup, RoleAssignment};
use crate::scope::Scope;

/// The eight views that a complete snapshot needs.
pub const EIGHT_VIEWS: [&str; 8] = [
    "core_account_view",
    "core_organization_view",
    "core_project_view",
    "core_user_view",
    "core_usergroup_view",
    "core_serviceaccount_view",
    "core_role_view",
    "core_resourcegroup_view",
];

#[derive(Clone, Debug)]
pub struct Caller {
    /// `USER` or `SERVICE_ACCOUNT`.
    pub kind: &'static str,
    /// User uuid or service-account identifier; Harness names the latter without its scope.
    pub identifier: String,
    /// `None`: whatever the role assignments of the account give to the caller.
    pub grants: Option<Vec<Grant>>,
}

impl Default for Caller {
    /// The recommended one: every view, everywhere.
    fn default() -> Self {
        Self::viewer("_all_resources_including_child_scopes", &Scope::account())
    }
}

impl Caller {
    /// A service account with exactly these grants, which need not exist in the account.
    pub fn with_grants(grants: Vec<Grant>) -> Self {
        Self {
            kind: "SERVICE_ACCOUNT",
            identifier: "snapshotter".into(),
            grants: Some(grants),
        }
    }

    /// The eight views over a resource group that Harness supplies.
    pub fn viewer(resource_group: &str, scope: &Scope) -> Self {
        let account = Account::empty("any");
        let found = account
            .resource_group(resource_group, scope)
            .expect("a resource group Harness supplies");
        Self::with_grants(vec![Grant {
            permissions: EIGHT_VIEWS.map(String::from).to_vec(),
            resource_group: found.clone(),
            scope: scope.clone(),
        }])
    }

    /// The eight views over a custom resource group.
    pub fn viewer_of(filter: ResourceFilter, scope: &Scope) -> Self {
        let included_scopes = vec![IncludedScope {
            scope: None,
            child_scopes: false,
        }];
        let resource_group = ResourceGroup {
            included_scopes,
            filter: Some(filter),
            ..ResourceGroup::default()
        };
        let permissions = EIGHT_VIEWS.map(String::from).to_vec();
        Self::with_grants(vec![Grant {
            permissions,
            resource_group,
            scope: scope.clone(),
        }])
    }

    /// A service account of the account, with what its role assignments give.
    pub fn service_account(identifier: &str) -> Self {
        Self {
            kind: "SERVICE_ACCOUNT",
            identifier: identifier.into(),
            grants: None,
        }
    }

    /// A user of the account, with what direct and group assignments give.
    pub fn user(uuid: &str) -> Self {
        Self {
            kind: "USER",
            identifier: uuid.into(),
            grants: None,
        }
    }

    /// Whoever may do everything that a sync, with everything that it can be asked for, or a check of answers needs.
    #[must_use]
    pub fn everything() -> Self {
        [
            "core_audit_view",
            "core_authsetting_view",
            "core_serviceaccount_manageapikey",
            "core_user_manage",
            "core_accessPolicies_analyze",
        ]
        .into_iter()
        .fold(Self::default(), Self::and)
    }

    /// One more permission over everything of the account, e.g. a manage right for the token lists.
    #[must_use]
    pub fn and(mut self, permission: &str) -> Self {
        let Self {
            grants: Some(grants),
            ..
        } = &mut self
        else {
            panic!("the account decides about this caller")
        };
        let everything =
            Self::viewer("_all_resources_including_child_scopes", &Scope::account()).grants;
        let mut grant = everything.into_iter().flatten().next().expect("one grant");
        grant.permissions = vec![permission.into()];
        grants.push(grant);
        self
    }

    /// Whether a key is the caller's, with the account in it or in the old format without.
    pub fn owns(&self, key: &str, account: &str) -> bool {
        let rest = key
            .strip_prefix(self.key_prefix())
            .and_then(|rest| rest.strip_prefix('.'));
        let token = rest.map(|rest| {
            rest.strip_prefix(account)
                .and_then(|rest| rest.strip_prefix('.'))
                .unwrap_or(rest)
        });
        token == Some(crate::TOKEN)
    }

    pub fn key_prefix(&self) -> &'static str {
        if self.kind == "USER" { "pat" } else { "sat" }
    }

    pub fn grants(&self, account: &Account) -> Vec<Grant> {
        if let Some(grants) = &self.grants {
            return grants.clone();
        }
        let held = account
            .role_assignments
            .iter()
            .filter(|row| !row.disabled && self.is_granted(account, row));
        held.filter_map(|row| {
            Some(Grant {
                permissions: account.role_of(row)?.permissions.clone(),
                resource_group: account.resource_group_of(row)?.clone(),
                scope: row.scope.clone(),
            })
        })
        .collect()
    }

    fn is_granted(&self, account: &Account, row: &RoleAssignment) -> bool {
        if *row.principal.kind == *self.kind {
            // Service accounts are matched by identifier alone: namesakes share their grants.
            return *row.principal.identifier == self.identifier;
        }
        if self.kind != "USER" || row.principal.kind != "USER_GROUP" {
            return false;
        }
        let level = row
            .principal
            .scope_level
            .as_deref()
            .unwrap_or(row.scope.level());
        let home = row.scope.at_level(level);
        let group = account.groups.iter().find(|group| {
            *row.principal.identifier == group.identifier && home.as_ref() == Some(&group.scope)
        });
        group
            .and_then(|group| group.users.as_ref())
            .is_some_and(|users| users.contains(&self.identifier))
    }
}
