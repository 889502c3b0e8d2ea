//! Where each kind is listed, and in which order to ask for it.

use crate::api::call::{Call, Method};
use crate::model::{ListingKind, Scope};

/// How one kind is listed.
pub(super) struct Endpoint {
    pub(super) method: Method,
    path: &'static str,
    /// Harness pages over lists without a total default order, so rows could repeat or vanish between pages; each is
    /// asked for in the order of unique fields. A direction must be said: it defaults to descending.
    sort: &'static [&'static str],
    /// Parameters whose default would not be safe to rely on.
    query: &'static [(&'static str, &'static str)],
}

/// The endpoint that lists a kind in one scope; `None` for the account and its settings, which are no lists.
pub(super) fn endpoint(kind: ListingKind) -> Option<Endpoint> {
    Some(match kind {
        ListingKind::Accounts | ListingKind::AuthSettings => return None,
        ListingKind::Organizations => get("/ng/api/organizations", &["identifier,ASC"]),
        ListingKind::Projects => get("/ng/api/projects", &["orgIdentifier,ASC", "identifier,ASC"]),
        ListingKind::Users => Endpoint {
            method: Method::Post,
            ..get("/ng/api/user/batch", &["email,ASC"])
        },
        ListingKind::ServiceAccounts => {
            get("/ng/api/serviceaccount/aggregate", &["identifier,ASC"])
        }
        ListingKind::UserGroups => Endpoint {
            query: &[("filterType", "EXCLUDE_INHERITED_GROUPS")],
            ..get("/ng/api/user-groups", &["identifier,ASC"])
        },
        ListingKind::Roles => get("/authz/api/roles", &["identifier,ASC"]),
        ListingKind::ResourceGroups => {
            get("/resourcegroup/api/v2/resourcegroup", &["identifier,ASC"])
        }
        ListingKind::RoleAssignments => get("/authz/api/roleassignments", &["identifier,ASC"]),
        ListingKind::ServiceAccountTokens => tokens(&[("apiKeyType", "SERVICE_ACCOUNT")]),
        ListingKind::PersonalTokens => tokens(&[("apiKeyType", "USER")]),
    })
}

/// User groups of the account and of every scope below it.
pub(super) fn user_groups_everywhere() -> Endpoint {
    Endpoint {
        query: &[("filterType", "INCLUDE_CHILD_SCOPE_GROUPS")],
        ..get(
            "/ng/api/user-groups",
            &[
                "orgIdentifier,ASC",
                "projectIdentifier,ASC",
                "identifier,ASC",
            ],
        )
    }
}

/// Service accounts of the account and of every scope below it. Servers from before 2026 do not know the parameter and
/// answer with those of the account alone.
pub(super) fn service_accounts_everywhere() -> Endpoint {
    Endpoint {
        query: &[("filterType", "INCLUDE_CHILD_SCOPE_SERVICE_ACCOUNTS")],
        ..get(
            "/ng/api/serviceaccount/aggregate",
            &[
                "orgIdentifier,ASC",
                "projectIdentifier,ASC",
                "identifier,ASC",
            ],
        )
    }
}

/// Role assignments of the scopes named in the body. Harness looks up every role and resource group it shows, and a
/// single one that is gone can fail the whole page.
pub(super) fn role_assignments_of_many() -> Endpoint {
    Endpoint {
        method: Method::Post,
        ..get(
            "/authz/api/roleassignments/v2/filter",
            &["scopeIdentifier,ASC", "identifier,ASC"],
        )
    }
}

/// Asked at the account, it lists the tokens of every scope.
fn tokens(query: &'static [(&'static str, &'static str)]) -> Endpoint {
    Endpoint {
        query,
        ..get(
            "/ng/api/token/aggregate",
            &[
                "orgIdentifier,ASC",
                "projectIdentifier,ASC",
                "parentIdentifier,ASC",
                "apiKeyIdentifier,ASC",
                "identifier,ASC",
            ],
        )
    }
}

fn get(path: &'static str, sort: &'static [&'static str]) -> Endpoint {
    Endpoint {
        method: Method::Get,
        path,
        sort,
        query: &[],
    }
}

impl Endpoint {
    /// The call that lists a scope, without page.
    pub(super) fn call(&self, scope: &Scope) -> Call {
        let mut call = in_scope(Call::new(self.path), scope);
        for sort in self.sort {
            call = call.query("sortOrders", *sort);
        }
        for (name, value) in self.query {
            call = call.query(*name, *value);
        }
        call
    }

    /// Method and path, for the ledger.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

fn in_scope(call: Call, scope: &Scope) -> Call {
    match scope {
        Scope::Account | Scope::Harness => call,
        Scope::Organization { org } => call.in_org(org),
        Scope::Project { org, project } => call.in_project(org, project),
    }
}
