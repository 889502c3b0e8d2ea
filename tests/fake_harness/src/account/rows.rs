//! The rows of the account. Field names are ours; the wire names are in `lists`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::scope::Scope;
use crate::text::Text;

/// Epoch milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    pub created_at: i64,
    pub last_modified_at: i64,
}

impl Times {
    pub fn at(milliseconds: i64) -> Self {
        Self {
            created_at: milliseconds,
            last_modified_at: milliseconds,
        }
    }
}

impl Default for Times {
    fn default() -> Self {
        Self::at(1_700_000_000_000)
    }
}

/// Fields that a newer Harness might send; merged into the row's object.
pub(crate) type Extra = Map<String, Value>;
pub(crate) type Tags = BTreeMap<String, String>;

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Organization {
    pub identifier: String,
    pub name: String,
    pub description: Option<String>,
    pub tags: Option<Tags>,
    pub harness_managed: bool,
    pub times: Times,
    pub extra: Extra,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Project {
    pub org: String,
    pub identifier: String,
    pub name: String,
    pub description: Option<String>,
    pub tags: Option<Tags>,
    pub times: Times,
    pub extra: Extra,
}

impl Project {
    pub fn scope(&self) -> Scope {
        Scope::project(&self.org, &self.identifier)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct User {
    pub uuid: String,
    pub email: String,
    pub name: Option<String>,
    pub locked: bool,
    pub disabled: bool,
    pub externally_managed: bool,
    pub two_factor: bool,
    /// Organizations and projects the user belongs to; everybody belongs to the account.
    pub member_of: Vec<Scope>,
    pub extra: Extra,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceAccount {
    pub scope: Scope,
    pub identifier: String,
    pub name: String,
    pub email: String,
    pub description: Option<String>,
    pub tags: Option<Tags>,
    pub times: Times,
    pub extra: Extra,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Group {
    pub scope: Scope,
    pub identifier: String,
    pub name: String,
    pub description: Option<String>,
    pub tags: Option<Tags>,
    /// Member uuids; `null` in the fixture leaves the key out of the answer.
    pub users: Option<Vec<String>>,
    pub harness_managed: bool,
    pub externally_managed: bool,
    pub sso: Option<SsoLink>,
    /// As on the wire: Harness returns webhook addresses and keys in clear text here.
    pub notification_configs: Vec<Value>,
    pub times: Times,
    pub extra: Extra,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SsoLink {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub group_id: String,
    pub group_name: String,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Role {
    /// `None` for a role that Harness supplies.
    #[serde(deserialize_with = "some_scope")]
    pub scope: Option<Scope>,
    pub identifier: String,
    pub name: String,
    pub description: Option<String>,
    pub tags: Option<Tags>,
    pub permissions: Vec<String>,
    /// Levels of a managed role; a custom one is allowed at its own level.
    pub levels: Vec<String>,
    /// Managed roles that work but appear in no list.
    pub internal: bool,
    pub times: Times,
    pub extra: Extra,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResourceGroup {
    /// `None` for a resource group that Harness supplies.
    #[serde(deserialize_with = "some_scope")]
    pub scope: Option<Scope>,
    pub identifier: String,
    pub name: String,
    pub description: Option<String>,
    pub tags: Option<Tags>,
    pub levels: Option<Vec<String>>,
    pub included_scopes: Vec<IncludedScope>,
    pub filter: Option<ResourceFilter>,
    pub times: Times,
    pub extra: Extra,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IncludedScope {
    /// `None`: the scope where the resource group is assigned.
    #[serde(deserialize_with = "some_scope")]
    pub scope: Option<Scope>,
    pub child_scopes: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResourceFilter {
    pub all: bool,
    pub resources: Vec<ResourceSelector>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResourceSelector {
    pub resource_type: String,
    /// Absent *or empty* selects every resource of the type.
    pub identifiers: Option<Vec<String>>,
    pub attributes: Option<AttributeFilter>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeFilter {
    pub name: String,
    pub values: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RoleAssignment {
    pub scope: Scope,
    pub identifier: String,
    pub role: Text,
    pub role_reference: Option<RoleReference>,
    pub resource_group: Text,
    pub principal: Grantee,
    pub disabled: bool,
    /// Made by Harness itself.
    pub managed: bool,
    /// Works, but appears in no list.
    pub internal: bool,
    pub times: Times,
    pub extra: Extra,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleReference {
    pub identifier: Text,
    pub scope_level: Text,
}

/// The principal of a role assignment, by the names Harness uses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grantee {
    #[serde(rename = "type")]
    pub kind: Text,
    pub identifier: Text,
    #[serde(default)]
    pub scope_level: Option<Text>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ApiKey {
    pub scope: Scope,
    pub kind: String,
    /// Service-account identifier or user uuid.
    pub parent: String,
    pub identifier: String,
    pub name: String,
    pub times: Times,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Token {
    pub scope: Scope,
    pub kind: String,
    pub parent: String,
    pub api_key: String,
    pub identifier: String,
    pub name: String,
    pub valid_from: i64,
    pub valid_to: i64,
    pub scheduled_expire_time: Option<i64>,
    pub valid: bool,
    pub times: Times,
}

/// In the fixture every scope is spelled out; `Option` only marks what Harness supplies.
fn some_scope<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Scope>, D::Error> {
    Scope::deserialize(deserializer).map(Some)
}
