//! Permissions with which somebody can come to hold more than they were given.
//!
//! From Harness's permissions of September 2026. `core_usergroup_manage` was split into parts and may be split further,
//! so everything that begins like it counts, but for settings of notifications.

/// Each of them, with what its holder can do.
pub const SELF_RAISING: [(&str, &str); 15] = [
    ("core_user_impersonate", "act as another person"),
    ("core_user_manage", "change people's groups and roles"),
    ("core_user_invite", "invite people with roles"),
    ("core_usergroup_create", "make user groups"),
    (
        "core_usergroup_manage",
        "change members and roles of user groups",
    ),
    ("core_usergroup_manageUsers", "join user groups"),
    (
        "core_usergroup_manageRoleAssignments",
        "give roles to user groups",
    ),
    (
        "core_usergroup_manageSSO",
        "link user groups to groups of the identity provider",
    ),
    (
        "core_usergroup_manageSCIM",
        "let the identity provider keep user groups",
    ),
    ("core_role_edit", "change what roles permit"),
    (
        "core_resourcegroup_edit",
        "change what resource groups cover",
    ),
    (
        "core_serviceaccount_edit",
        "change roles of service accounts",
    ),
    (
        "core_serviceaccount_manageapikey",
        "make keys of service accounts",
    ),
    ("core_authsetting_edit", "change how people sign in"),
    ("core_setting_edit", "change settings of the account"),
];

/// What the holder of a permission can do to hold more; `None` for a permission that gives no more than itself.
#[must_use]
pub fn raises(permission: &str) -> Option<&'static str> {
    let known = SELF_RAISING.iter().find(|(known, _)| *known == permission);
    let part = permission
        .strip_prefix("core_usergroup_manage")
        .is_some_and(|part| part != "Notifications");
    known
        .map(|(_, what)| *what)
        .or(part.then_some("change user groups"))
}

#[cfg(test)]
mod tests {
    use super::raises;

    #[test]
    fn new_parts_of_managing_groups_count() {
        assert!(raises("core_user_impersonate").is_some());
        assert!(raises("core_usergroup_manageOwners").is_some());
        assert!(raises("core_usergroup_manageNotifications").is_none());
        assert!(raises("core_usergroup_view").is_none());
    }
}
