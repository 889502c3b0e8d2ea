//! What `doctor` says of the deviations that it meets.

/// What `doctor` says of a deviation that it meets.
pub(super) const TOLD: &[(&str, &str)] = &[
    ("catalogue refused", "permissions: not readable"),
    ("catalogue not found", "permissions: not readable"),
    ("catalogue answers 500", "permissions: not readable"),
    ("catalogue answers 418", "permissions: not readable"),
    ("catalogue is gone", "permissions: not readable"),
    ("catalogue is null", "permissions: not readable"),
    ("catalogue is empty", "permissions: not read whole"),
    (
        "sentinels refused with 400",
        "about scopes that do not exist",
    ),
    (
        "sentinels refused with 500",
        "about scopes that do not exist",
    ),
    ("access control off", "access control seems to be off"),
    ("check not found", "the permission check does not answer"),
    ("check answers 500", "the permission check does not answer"),
    ("check answers null", "the permission check does not answer"),
    ("check not allowed", "the permission check does not answer"),
    (
        "resource groups elsewhere",
        "resource_groups: asked in another way",
    ),
    (
        "resource groups not implemented there",
        "resource_groups: asked in another way",
    ),
    ("sort orders refused", "users: the server refuses to sort"),
    ("sort orders refused", "roles: the server refuses to sort"),
    ("filter types refused", "user_groups: asked in another way"),
    ("scope filter refused", "permissions: asked in another way"),
    ("totals are null", "users: the server does not say how many"),
    (
        "totals are missing",
        "roles: the server does not say how many",
    ),
    (
        "totals are negative",
        "roles: the server does not say how many",
    ),
    (
        "groups have null for members",
        "the list does not say who is in a group",
    ),
    (
        "flags of users are no booleans",
        "users: `locked` cannot be read in",
    ),
    (
        "flags of groups are no booleans",
        "user_groups: `sso_linked` cannot be read in",
    ),
    ("account not found", "accounts: not readable"),
    ("account not allowed", "accounts: not readable"),
    ("account is gone", "accounts: not readable"),
    ("only below /gateway", "/gateway: use that as the base URL"),
    ("roles not found", "(GET /authz/api/roles): not found"),
    (
        "groups answer 500",
        "(GET /ng/api/user-groups): server error",
    ),
    ("authentication settings not found", "not found"),
];
