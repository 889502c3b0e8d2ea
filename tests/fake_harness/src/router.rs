//! Which list answers a path, and the checks that come before: path, method, content type, key, account.

use crate::context::Context;
use crate::http::{Answer, Request};
use crate::lists::{
    access_check, account, analyzer, audits, groups, organizations, permissions, resource_groups,
    role_assignments, role_assignments_v2, roles, service_accounts, singles, tokens, users,
};
use crate::shapes::Result;
use crate::switches::Switches;

pub const ACCESS_CHECK: &str = "/authz/api/acl";
pub const ORGANIZATIONS: &str = "/ng/api/organizations";
pub const PROJECTS: &str = "/ng/api/projects";
pub const USERS: &str = "/ng/api/user/batch";
pub const SERVICE_ACCOUNTS: &str = "/ng/api/serviceaccount";
pub const SERVICE_ACCOUNTS_AGGREGATE: &str = "/ng/api/serviceaccount/aggregate";
pub const API_KEYS: &str = "/ng/api/apikey";
pub const API_KEYS_AGGREGATE: &str = "/ng/api/apikey/aggregate";
pub const TOKENS: &str = "/ng/api/token/aggregate";
pub const USER_GROUPS: &str = "/ng/api/user-groups";
pub const USER_GROUPS_BATCH: &str = "/ng/api/user-groups/batch";
pub const USER_GROUPS_FILTER: &str = "/ng/api/user-groups/filter";
pub const ROLES: &str = "/authz/api/roles";
pub const RESOURCE_GROUPS: &str = "/resourcegroup/api/v2/resourcegroup";
/// The same list under the other service, as the command line and the MCP server of Harness ask.
pub const RESOURCE_GROUPS_ELSEWHERE: &str = "/authz/api/v2/resourcegroup";
pub const USERS_AGGREGATE: &str = "/ng/api/user/aggregate";
pub const TOKEN_VALIDATION: &str = "/ng/api/token/validate";
pub const ACCESS_ENTRIES: &str = "/authz/api/acl/get-acl-count";
pub const RESOURCE_GROUPS_FILTER: &str = "/resourcegroup/api/v2/resourcegroup/filter";
pub const ROLE_ASSIGNMENTS: &str = "/authz/api/roleassignments";
pub const ROLE_ASSIGNMENTS_FILTER: &str = "/authz/api/roleassignments/filter";
pub const ROLE_ASSIGNMENTS_V2: &str = "/authz/api/roleassignments/v2/filter";
pub const PERMISSIONS: &str = "/authz/api/permissions";
pub const RESOURCE_TYPES: &str = "/authz/api/permissions/resourcetypes";
pub const AUDITS: &str = "/audit/api/audits/list";
pub const AUDITS_V2: &str = "/audit/api/audits/listV2";
pub const AUDIT_YAML: &str = "/audit/api/auditYaml";
pub const ANALYZER: &str = "/v1/analyze-access-policies";
pub const AUTHENTICATION_SETTINGS: &str = "/ng/api/authentication-settings";
pub const AUTHENTICATION_SETTINGS_V2: &str = "/ng/api/authentication-settings/v2";

pub enum Route {
    Read(&'static str, Handler),
    /// `GET /ng/api/accounts/{id}`.
    Account(String),
    /// One thing, or what belongs to it, by the identifier in the path.
    One(OneHandler, String),
    /// Would change the account; accepted, recorded, without effect.
    Write,
    WrongMethod,
    Unknown,
}

type Handler = fn(&Context<'_>) -> Result<Answer>;
type OneHandler = fn(&Context<'_>, &str) -> Result<Answer>;

const READS: [(&str, &str, Handler); 30] = [
    ("POST", ACCESS_CHECK, access_check::check),
    ("POST", AUDITS, audits::list),
    ("POST", AUDITS_V2, audits::list_v2),
    ("GET", AUDIT_YAML, audits::yaml),
    ("POST", ANALYZER, analyzer::analyze),
    ("GET", ORGANIZATIONS, organizations::organizations),
    ("GET", PROJECTS, organizations::projects),
    ("POST", USERS, users::batch),
    ("GET", SERVICE_ACCOUNTS, service_accounts::list),
    (
        "GET",
        SERVICE_ACCOUNTS_AGGREGATE,
        service_accounts::aggregate,
    ),
    ("GET", API_KEYS, tokens::api_keys),
    ("GET", API_KEYS_AGGREGATE, tokens::api_keys_aggregate),
    ("GET", TOKENS, tokens::tokens_aggregate),
    ("GET", USER_GROUPS, groups::list),
    ("POST", USER_GROUPS_BATCH, groups::batch),
    ("POST", USER_GROUPS_FILTER, groups::filter),
    ("GET", ROLES, roles::list),
    ("GET", RESOURCE_GROUPS, resource_groups::list),
    ("GET", RESOURCE_GROUPS_ELSEWHERE, resource_groups::list),
    ("POST", USERS_AGGREGATE, singles::users),
    ("POST", TOKEN_VALIDATION, singles::validate_token),
    ("GET", ACCESS_ENTRIES, singles::access_entries),
    ("POST", RESOURCE_GROUPS_FILTER, resource_groups::filter),
    ("GET", ROLE_ASSIGNMENTS, role_assignments::list),
    ("POST", ROLE_ASSIGNMENTS_FILTER, role_assignments::filter),
    ("POST", ROLE_ASSIGNMENTS_V2, role_assignments_v2::filter),
    ("GET", PERMISSIONS, permissions::list),
    ("GET", RESOURCE_TYPES, permissions::resource_types),
    (
        "GET",
        AUTHENTICATION_SETTINGS,
        account::authentication_settings,
    ),
    (
        "GET",
        AUTHENTICATION_SETTINGS_V2,
        account::authentication_settings,
    ),
];

/// Paths where a POST or PUT changes something, though some look like lists.
const WRITES: [&str; 11] = [
    "/ng/api/user/users",
    "/ng/api/invites",
    ORGANIZATIONS,
    PROJECTS,
    SERVICE_ACCOUNTS,
    API_KEYS,
    "/ng/api/token",
    USER_GROUPS,
    ROLES,
    RESOURCE_GROUPS,
    ROLE_ASSIGNMENTS,
];

pub fn route(request: &Request, switches: &Switches) -> Route {
    let (method, path) = (request.method.as_str(), request.path());
    let is_off = match path {
        ROLE_ASSIGNMENTS_V2 => !switches.v2_filter,
        AUDITS => !switches.audit_list,
        AUDITS_V2 => !switches.audit_list_v2,
        ANALYZER => !switches.policy_analyzer,
        RESOURCE_GROUPS => !switches.resource_group_service,
        _ => false,
    };
    if is_off {
        return Route::Unknown;
    }
    let known = READS.iter().find(|(_, known, _)| *known == path);
    if let Some((_, path, handler)) = known.filter(|(own, ..)| *own == method) {
        return Route::Read(path, *handler);
    }
    let service = WRITES
        .iter()
        .any(|write| path == *write || path.starts_with(&format!("{write}/")));
    if service
        && (matches!(method, "PUT" | "DELETE" | "PATCH")
            || method == "POST" && WRITES.contains(&path))
    {
        return Route::Write;
    }
    if known.is_some() {
        return Route::WrongMethod;
    }
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match (method, &parts[..]) {
        ("GET", ["ng", "api", "accounts", id]) => Route::Account((*id).into()),
        _ => one(method, &parts).unwrap_or_else(|| other(path, &parts)),
    }
}

fn one(method: &str, parts: &[&str]) -> Option<Route> {
    if let ("GET", ["ng", "api", "user-groups", id, "member", user]) = (method, parts) {
        return Some(Route::One(groups::has_member, format!("{id}/{user}")));
    }
    let (handler, id): (OneHandler, &str) = match (method, parts) {
        ("POST", ["ng", "api", "user-groups", id, "users"]) => (groups::members, id),
        ("GET", ["ng", "api", "user-groups", id]) => (singles::group, id),
        ("GET", ["ng", "api", "user", "aggregate", id]) => (singles::user, id),
        ("GET", ["ng", "api", "serviceaccount", "aggregate", id]) => (singles::service_account, id),
        ("GET", ["ng", "api", "serviceaccount", id, "scopes"]) => {
            (singles::service_account_scopes, id)
        }
        ("GET", ["authz", "api", "roles", id]) => (singles::role, id),
        ("GET", ["authz", "api", "roleassignments", id]) => (singles::role_assignment, id),
        ("GET", ["authz" | "resourcegroup", "api", "v2", "resourcegroup", id]) => {
            (singles::resource_group, id)
        }
        _ => return None,
    };
    Some(Route::One(handler, id.to_owned()))
}

fn other(path: &str, parts: &[&str]) -> Route {
    match parts {
        ["ng", "api", "accounts" | "user", _] | ["ng", "api", "user-groups", _, "users"] => {
            Route::WrongMethod
        }
        _ if WRITES.contains(&path) => Route::WrongMethod,
        _ => Route::Unknown,
    }
}

/// Whether a list comes in pages; the others are one object or a bare array.
pub fn is_paged(path: &str) -> bool {
    let whole = [
        ACCESS_CHECK,
        SERVICE_ACCOUNTS,
        API_KEYS,
        USER_GROUPS_BATCH,
        PERMISSIONS,
        RESOURCE_TYPES,
        TOKEN_VALIDATION,
        ACCESS_ENTRIES,
        AUDITS_V2,
        AUDIT_YAML,
        ANALYZER,
        AUTHENTICATION_SETTINGS,
        AUTHENTICATION_SETTINGS_V2,
    ];
    let members = path.starts_with(USER_GROUPS) && path.ends_with("/users");
    members || !whole.contains(&path) && READS.iter().any(|(_, known, _)| *known == path)
}

impl Route {
    pub fn is_write(&self) -> bool {
        matches!(self, Self::Write)
    }

    /// The account id in the path is the last place where Harness looks for it.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Account(id) => Some(id),
            _ => None,
        }
    }

    pub fn answer(&self, cx: &Context<'_>) -> Answer {
        let answer = match self {
            Self::Read(_, handler) => handler(cx),
            Self::Account(_) => account::get(cx),
            Self::One(handler, identifier) => handler(cx, identifier),
            Self::Write => Ok(cx.ok(serde_json::Value::Null)),
            Self::WrongMethod | Self::Unknown => unreachable!("refused before"),
        };
        answer.unwrap_or_else(|refusal| refusal)
    }
}
