//! The catalogue of permissions. Harness lists it for everybody; where it does not, what is known of it stays.

use crate::api::wire::PermissionItem;
use crate::collect::definition::{Alone, Definition, Phase, Walks, Wanted, WithoutPermission};
use crate::collect::endpoint::Endpoint;
use crate::collect::list_walk::Rows;
use crate::collect::rows::{ListedResource, Unread, levels};
use crate::model::{Details, ListingKind, ResourceType, Scope};

pub(super) static PERMISSIONS: Definition = Definition {
    kind: ListingKind::Permissions,
    // Without the parameter, only those of the account's level.
    endpoint: Endpoint::get("/authz/api/permissions", &[])
        .filtered(&[("scopeFilterDisabled", "true")]),
    otherwise: &[],
    permission: None,
    without_permission: WithoutPermission::NotRead,
    wanted: Wanted::Always,
    phase: Phase::Named,
    walks: Walks::Once,
    read: |walk| {
        let mut read = walk.array(listed)?;
        read.defects.extend(lacks(&read.rows));
        Ok(read)
    },
    alone: Alone::Never,
};

/// Permissions that every Harness has. A catalogue without them is not all of it.
const ALWAYS: [&str; 5] = [
    "core_user_view",
    "core_usergroup_view",
    "core_serviceaccount_view",
    "core_role_view",
    "core_resourcegroup_view",
];

fn lacks(rows: &Rows) -> Option<String> {
    let Rows::Resources(listed) = rows else {
        return None;
    };
    let is_listed = |wanted: &&str| listed.iter().any(|own| own.id.identifier == *wanted);
    let lacking = ALWAYS.into_iter().find(|wanted| !is_listed(wanted))?;
    Some(format!(
        "the catalogue lacks {lacking}, so it is not all of it"
    ))
}

/// Nothing for an entry that does not say what it is about.
fn listed(item: PermissionItem) -> Option<ListedResource> {
    let permission = item.permission?;
    let mut unread = Unread::default();
    let details = Details::Permission {
        resource_type: unread.always("resource_type", permission.resource_type),
        action: unread.always("action", permission.action),
        status: unread.always("status", permission.status),
        scope_levels: levels(unread.always("scope_levels", permission.allowed_scope_levels)),
    };
    let listed = ListedResource::new(
        ResourceType::Permission,
        Scope::Account,
        permission.identifier,
        unread.maybe("name", permission.name),
        details,
    );
    Some(listed.with_unread(unread))
}
