//! Where each kind is listed, and in which order to ask for it.

use crate::api::call::{Call, Method};
use crate::model::{ListingKind, Scope};

/// How one kind is listed.
pub(super) struct Endpoint {
    pub(super) method: Method,
    path: &'static str,
    /// Harness pages over lists without a total default order, so rows could repeat or vanish between pages; each is
    /// asked for in the order of a unique field. A direction must be said: it defaults to descending.
    sort: &'static str,
    /// Parameters whose default would not be safe to rely on.
    query: &'static [(&'static str, &'static str)],
}

/// The endpoint that lists a kind in one scope; `None` for what is not listed scope by scope.
pub(super) fn endpoint(kind: ListingKind) -> Option<Endpoint> {
    let get = |path, sort| Endpoint {
        method: Method::Get,
        path,
        sort,
        query: &[],
    };
    Some(match kind {
        ListingKind::Users => Endpoint {
            method: Method::Post,
            ..get("/ng/api/user/batch", "email,ASC")
        },
        ListingKind::ServiceAccounts => get("/ng/api/serviceaccount/aggregate", "identifier,ASC"),
        ListingKind::UserGroups => Endpoint {
            query: &[("filterType", "EXCLUDE_INHERITED_GROUPS")],
            ..get("/ng/api/user-groups", "identifier,ASC")
        },
        ListingKind::Roles => get("/authz/api/roles", "identifier,ASC"),
        ListingKind::ResourceGroups => get("/resourcegroup/api/v2/resourcegroup", "identifier,ASC"),
        ListingKind::RoleAssignments => get("/authz/api/roleassignments", "identifier,ASC"),
        ListingKind::Accounts | ListingKind::Organizations | ListingKind::Projects => return None,
    })
}

impl Endpoint {
    /// The call that lists a scope, without page.
    pub(super) fn call(&self, scope: &Scope) -> Call {
        let mut call = in_scope(Call::new(self.path), scope).query("sortOrders", self.sort);
        for (name, value) in self.query {
            call = call.query(*name, *value);
        }
        call
    }
}

fn in_scope(call: Call, scope: &Scope) -> Call {
    match scope {
        Scope::Account | Scope::Harness => call,
        Scope::Organization { org } => call.in_org(org),
        Scope::Project { org, project } => call.in_project(org, project),
    }
}
