//! Things with an identity, and what is known of them.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::{Level, Ref, Scope};

/// The type of a resource. The names are part of the public text ids.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResourceType {
    /// The account.
    Account,
    /// An organization.
    Organization,
    /// A project.
    Project,
    /// A person.
    User,
    /// A service account.
    ServiceAccount,
    /// A user group.
    UserGroup,
    /// A role, custom or supplied by Harness.
    Role,
    /// A resource group, custom or supplied by Harness.
    ResourceGroup,
    /// A token of a service account's API key.
    ServiceAccountToken,
    /// A token of a user's API key.
    PersonalToken,
    /// How people sign in to the account.
    AuthSetting,
    /// A permission that Harness knows.
    Permission,
    /// A principal type this program does not know, lower-cased; Harness keeps the list open.
    Other(String),
}

impl ResourceType {
    /// The name used in text ids, views and messages.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Account => "account",
            Self::Organization => "organization",
            Self::Project => "project",
            Self::User => "user",
            Self::ServiceAccount => "service_account",
            Self::UserGroup => "user_group",
            Self::Role => "role",
            Self::ResourceGroup => "resource_group",
            Self::ServiceAccountToken => "service_account_token",
            Self::PersonalToken => "personal_token",
            Self::AuthSetting => "auth_setting",
            Self::Permission => "permission",
            Self::Other(name) => name,
        }
    }

    /// The type of a principal as Harness spells it (`USER`, `USER_GROUP`, `SERVICE_ACCOUNT`, more to come).
    #[must_use]
    pub fn of_principal(text: &str) -> Self {
        [Self::User, Self::UserGroup, Self::ServiceAccount]
            .into_iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(text))
            .unwrap_or_else(|| Self::Other(text.to_ascii_lowercase()))
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What names a resource for ever: type, scope and identifier (for a user, the uuid).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceId {
    /// Its type.
    pub kind: ResourceType,
    /// Where it lives. A user lives in the account, a project in its organization.
    pub scope: Scope,
    /// Harness's identifier; unique inside the scope and type only.
    pub identifier: String,
}

impl ResourceId {
    /// The organization or project that a scope is.
    #[must_use]
    pub fn of_scope(scope: &Scope) -> Option<Self> {
        let (org, project) = (scope.org()?.to_owned(), scope.project());
        Some(match project {
            None => Self {
                kind: ResourceType::Organization,
                scope: Scope::Account,
                identifier: org,
            },
            Some(project) => Self {
                kind: ResourceType::Project,
                scope: Scope::Organization { org },
                identifier: project.to_owned(),
            },
        })
    }

    /// The organization, and the project if it is one, that a scope lies in or is.
    pub fn containing(scope: &Scope) -> impl Iterator<Item = Self> {
        [Level::Organization, Level::Project]
            .into_iter()
            .filter_map(|level| Self::of_scope(&scope.ancestor(level)?))
    }

    /// The scope that an account, organization or project is.
    #[must_use]
    pub fn as_scope(&self) -> Option<Scope> {
        match self.kind {
            ResourceType::Account => Some(Scope::Account),
            ResourceType::Organization => Scope::from_parts(Some(&self.identifier), None),
            ResourceType::Project => Scope::from_parts(self.scope.org(), Some(&self.identifier)),
            _ => None,
        }
    }
}

impl fmt::Display for ResourceId {
    /// The public text id.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            scope,
            identifier,
        } = self;
        match (kind, scope) {
            (
                ResourceType::User
                | ResourceType::Account
                | ResourceType::AuthSetting
                | ResourceType::Permission
                | ResourceType::Organization,
                _,
            ) => {
                write!(f, "{kind}/{identifier}")
            }
            (ResourceType::Project, Scope::Organization { org }) => {
                write!(f, "project/{org}/{identifier}")
            }
            _ => write!(f, "{kind}/{scope}/{identifier}"),
        }
    }
}

/// A resource as one listing showed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its identity, kept in the observation's directory.
    pub id: Ref,
    /// Its name; `None` when Harness has none (users without a name).
    pub name: Option<String>,
    /// What is known of it besides, by type.
    pub details: Details,
}

/// Whether Harness said something: its answers leave fields out or send `null`, and both mean "not said".
pub type Known<T> = Option<T>;

/// What is stored of a resource besides its name. This is a whitelist: a field that is not here is never kept, so that
/// webhooks, keys and client secrets in Harness's answers cannot reach the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Details {
    /// Of the account.
    Account {
        /// How people sign in: `USER_PASSWORD`, `SAML`, `LDAP`, `OAUTH`, open.
        #[serde(skip_serializing_if = "Option::is_none")]
        authentication_mechanism: Known<String>,
        /// Whether anonymous access exists outside the listed assignments.
        #[serde(skip_serializing_if = "Option::is_none")]
        public_access_enabled: Known<bool>,
        /// Whether the account demands a second factor of everybody.
        #[serde(skip_serializing_if = "Option::is_none")]
        two_factor_enforced: Known<bool>,
    },
    /// Of an organization or a project.
    Container {
        /// Free text.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Known<String>,
        /// Supplied and kept by Harness (the organization `default`).
        harness_managed: bool,
    },
    /// Of a user.
    User {
        /// The address, as Harness spells it.
        #[serde(skip_serializing_if = "Option::is_none")]
        email: Known<String>,
        /// Locked after failed sign-ins.
        locked: bool,
        /// Deactivated; grants stay, the person cannot sign in.
        disabled: bool,
        /// Kept by an identity provider (SCIM).
        externally_managed: bool,
        /// Second factor on.
        #[serde(skip_serializing_if = "Option::is_none")]
        two_factor_enabled: Known<bool>,
    },
    /// Of a service account.
    ServiceAccount {
        /// Free text, by convention `<identifier>@service.harness.io`.
        #[serde(skip_serializing_if = "Option::is_none")]
        email: Known<String>,
        /// Free text.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Known<String>,
        /// Number of its API keys (Harness calls the field `tokensCount`).
        #[serde(skip_serializing_if = "Option::is_none")]
        api_keys: Known<i64>,
    },
    /// Of a user group. Members are grants.
    UserGroup {
        /// Free text.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Known<String>,
        /// Membership comes from single sign-on.
        sso_linked: bool,
        /// `SAML`, `LDAP`, `OAUTH`, `OIDC`, open.
        #[serde(skip_serializing_if = "Option::is_none")]
        sso_type: Known<String>,
        /// The group's name at the identity provider (LDAP: its DN).
        #[serde(skip_serializing_if = "Option::is_none")]
        sso_group: Known<String>,
        /// Kept by an identity provider (SCIM).
        externally_managed: bool,
        /// Supplied and kept by Harness.
        harness_managed: bool,
    },
    /// Of a role.
    Role {
        /// Free text.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Known<String>,
        /// Supplied by Harness; its permissions change with Harness's releases.
        harness_managed: bool,
        /// Identifiers of its permissions, sorted, each once.
        permissions: Vec<String>,
        /// Levels it may be assigned at, sorted.
        scope_levels: Vec<String>,
    },
    /// Of a resource group.
    ResourceGroup {
        /// Free text.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Known<String>,
        /// Supplied by Harness.
        harness_managed: bool,
        /// Covers every resource of its scopes.
        all_resources: bool,
        /// The scopes it reaches into, sorted.
        included_scopes: Vec<IncludedScope>,
        /// What it covers when it does not cover everything, sorted.
        selectors: Vec<Selector>,
        /// Levels it may be assigned at, sorted.
        scope_levels: Vec<String>,
    },
    /// Of a token. The secret is in no list.
    Token {
        /// Text id of the service account or user it acts as.
        owner: String,
        /// Identifier of the API key it belongs to.
        api_key: String,
        /// From when it works, in epoch milliseconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        valid_from: Known<i64>,
        /// Until when, in epoch milliseconds; `None` = for ever.
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_at: Known<i64>,
        /// Harness accepts it.
        #[serde(skip_serializing_if = "Option::is_none")]
        valid: Known<bool>,
    },
    /// Of a permission, as Harness's catalogue has it.
    Permission {
        /// What it is about, such as `USER`; open.
        #[serde(skip_serializing_if = "Option::is_none")]
        resource_type: Known<String>,
        /// Such as `view`; open.
        #[serde(skip_serializing_if = "Option::is_none")]
        action: Known<String>,
        /// `ACTIVE`, `EXPERIMENTAL`, `DEPRECATED`; open.
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Known<String>,
        /// Levels it can be held at, sorted.
        scope_levels: Vec<String>,
    },
    /// How people sign in. Client secrets and bind credentials in Harness's answer are never read.
    AuthSetting {
        /// `USER_PASSWORD`, `SAML`, `LDAP`, `OAUTH`; open.
        #[serde(skip_serializing_if = "Option::is_none")]
        mechanism: Known<String>,
        /// A second factor is demanded of everybody.
        #[serde(skip_serializing_if = "Option::is_none")]
        two_factor_enabled: Known<bool>,
        /// Minutes after which people sign in again.
        #[serde(skip_serializing_if = "Option::is_none")]
        session_timeout_minutes: Known<i64>,
        /// Anonymous access outside the listed assignments.
        #[serde(skip_serializing_if = "Option::is_none")]
        public_access_enabled: Known<bool>,
        /// Sign-in through a public provider.
        #[serde(skip_serializing_if = "Option::is_none")]
        oauth_enabled: Known<bool>,
        /// Kinds of sign-in that are set up, sorted.
        settings: Vec<String>,
        /// Domains of addresses that may sign in, sorted; empty = any.
        allowed_domains: Vec<String>,
    },
}

/// A scope that a resource group reaches into.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IncludedScope {
    /// The scope's path; `None` = wherever the group is assigned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Everything below the scope too.
    pub child_scopes: bool,
}

/// One entry of a resource group: resources of one type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Selector {
    /// Harness's resource type, such as `PIPELINE`; open.
    pub resource_type: String,
    /// The named resources, sorted; empty = every one of the type (absent and empty mean the same to Harness).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<String>,
    /// Restricts to resources whose attribute of this name has one of the values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// The values, sorted; a filter without values does not restrict and is stored without a name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attribute_values: Vec<String>,
}

impl Details {
    /// The JSON text that is stored and compared: keys sorted, no white space, nothing that was not said.
    #[must_use]
    pub fn to_json(&self) -> String {
        canonical_json(self)
    }
}

/// JSON with sorted keys and no white space, so that equal values have equal texts.
///
/// # Panics
/// Never for the types of this program: their keys are strings and they hold no floats.
#[must_use]
pub fn canonical_json(value: &impl Serialize) -> String {
    serde_json::to_value(value)
        .map(|value| value.to_string())
        .expect("plain data always serializes")
}
