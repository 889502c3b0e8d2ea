//! What is stored of a resource besides its name, by type.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ResourceType;

/// Whether Harness said something that can be read: its answers leave fields out or send `null`, and both mean "not said".
pub type Known<T> = Option<T>;

/// Attributes that a thing may have none of. Any other that is missing is unknown.
const MAY_BE_NONE: [&str; 4] = ["description", "expires_at", "sso_group", "sso_type"];

/// Whether two texts of attributes differ in something that both know.
#[must_use]
pub fn attributes_differ(one: &str, other: &str) -> bool {
    if one == other {
        return false;
    }
    let read = |json| serde_json::from_str::<Map<String, Value>>(json);
    let (Ok(one), Ok(other)) = (read(one), read(other)) else {
        return true;
    };
    let both = one.keys().chain(other.keys());
    both.into_iter()
        .any(|name| differs(name, one.get(name), other.get(name)))
}

/// Whether one attribute of a thing differs between two versions of it.
#[must_use]
pub fn differs(name: &str, one: Option<&Value>, other: Option<&Value>) -> bool {
    let is_unknown = (one.is_none() || other.is_none()) && !MAY_BE_NONE.contains(&name);
    one != other && !is_unknown
}

/// What is stored of a resource besides its name. This is a whitelist: a field that is not here is never kept, so that
/// webhooks, keys and client secrets in Harness's answers cannot reach the file.
///
/// The stored JSON has the fields alone, since a resource's type is a column of its own; the variant is put around them
/// to read them and taken off to write them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
        #[serde(skip_serializing_if = "Option::is_none")]
        harness_managed: Known<bool>,
    },
    /// Of a user.
    User {
        /// The address, as Harness spells it.
        #[serde(skip_serializing_if = "Option::is_none")]
        email: Known<String>,
        /// Locked after failed sign-ins.
        #[serde(skip_serializing_if = "Option::is_none")]
        locked: Known<bool>,
        /// Deactivated; grants stay, the person cannot sign in.
        #[serde(skip_serializing_if = "Option::is_none")]
        disabled: Known<bool>,
        /// Kept by an identity provider (SCIM).
        #[serde(skip_serializing_if = "Option::is_none")]
        externally_managed: Known<bool>,
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
        #[serde(skip_serializing_if = "Option::is_none")]
        sso_linked: Known<bool>,
        /// `SAML`, `LDAP`, `OAUTH`, `OIDC`, open.
        #[serde(skip_serializing_if = "Option::is_none")]
        sso_type: Known<String>,
        /// The group's name at the identity provider (LDAP: its DN).
        #[serde(skip_serializing_if = "Option::is_none")]
        sso_group: Known<String>,
        /// Kept by an identity provider (SCIM).
        #[serde(skip_serializing_if = "Option::is_none")]
        externally_managed: Known<bool>,
        /// Supplied and kept by Harness.
        #[serde(skip_serializing_if = "Option::is_none")]
        harness_managed: Known<bool>,
    },
    /// Of a role.
    Role {
        /// Free text.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Known<String>,
        /// Supplied by Harness; its permissions change with Harness's releases.
        #[serde(default)]
        harness_managed: bool,
        /// Identifiers of its permissions, sorted, each once.
        #[serde(default)]
        permissions: Vec<String>,
        /// Levels it may be assigned at, sorted.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        scope_levels: Vec<String>,
    },
    /// Of a resource group.
    ResourceGroup {
        /// Free text.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Known<String>,
        /// Supplied by Harness.
        #[serde(default)]
        harness_managed: bool,
        /// Covers every resource of its scopes.
        #[serde(default)]
        all_resources: bool,
        /// The scopes it reaches into, sorted.
        #[serde(default)]
        included_scopes: Vec<IncludedScope>,
        /// What it covers when it does not cover everything, sorted.
        #[serde(default)]
        selectors: Vec<Selector>,
        /// Levels it may be assigned at, sorted.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        scope_levels: Vec<String>,
    },
    /// Of a token. The secret is in no list.
    Token {
        /// Text id of the service account or user it acts as.
        #[serde(default)]
        owner: String,
        /// Identifier of the API key it belongs to.
        #[serde(default)]
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
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
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
        #[serde(skip_serializing_if = "Option::is_none")]
        settings: Known<Vec<String>>,
        /// Domains of addresses that may sign in, sorted; empty = any.
        #[serde(skip_serializing_if = "Option::is_none")]
        allowed_domains: Known<Vec<String>>,
    },
}

/// A scope that a resource group reaches into.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IncludedScope {
    /// The scope's path; `None` = wherever the group is assigned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Everything below the scope too.
    #[serde(default)]
    pub child_scopes: bool,
}

/// One entry of a resource group: resources of one type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Selector {
    /// Harness's resource type, such as `PIPELINE`; open.
    #[serde(default)]
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
    ///
    /// # Panics
    /// Never: plain data always serializes.
    #[must_use]
    pub fn to_json(&self) -> String {
        let tagged = serde_json::to_value(self).expect("plain data always serializes");
        let fields = tagged.as_object().and_then(|tagged| tagged.values().next());
        fields.map_or_else(String::new, serde_json::Value::to_string)
    }

    /// Reads what [`Self::to_json`] wrote. A field that is missing was not known when it was written; `None` when the
    /// text is not of the type, or the type has no details.
    #[must_use]
    pub fn from_json(kind: &ResourceType, json: &str) -> Option<Self> {
        let variant = match kind {
            ResourceType::Account => "Account",
            ResourceType::Organization | ResourceType::Project => "Container",
            ResourceType::User => "User",
            ResourceType::ServiceAccount => "ServiceAccount",
            ResourceType::UserGroup => "UserGroup",
            ResourceType::Role => "Role",
            ResourceType::ResourceGroup => "ResourceGroup",
            ResourceType::ServiceAccountToken | ResourceType::PersonalToken => "Token",
            ResourceType::AuthSetting => "AuthSetting",
            ResourceType::Permission => "Permission",
            ResourceType::Other(_) => return None,
        };
        serde_json::from_str(&format!("{{\"{variant}\":{json}}}")).ok()
    }

    /// These details, with the attributes of an earlier text in the place of those that could not be read.
    #[must_use]
    pub fn with_earlier(self, earlier: &str, unread: &[&str]) -> Self {
        let Ok(earlier) = serde_json::from_str::<Map<String, Value>>(earlier) else {
            return self;
        };
        let mut tagged = serde_json::to_value(&self).unwrap_or_default();
        let own = tagged
            .as_object_mut()
            .and_then(|tagged| tagged.values_mut().next());
        let Some(Value::Object(own)) = own else {
            return self;
        };
        for name in unread {
            if let Some(known) = earlier.get(*name) {
                own.insert((*name).to_owned(), known.clone());
            }
        }
        serde_json::from_value(tagged).unwrap_or(self)
    }

    /// The address of a user or service account.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        match self {
            Self::User { email, .. } | Self::ServiceAccount { email, .. } => email.as_deref(),
            Self::Account { .. }
            | Self::Container { .. }
            | Self::UserGroup { .. }
            | Self::Role { .. }
            | Self::ResourceGroup { .. }
            | Self::Token { .. }
            | Self::AuthSetting { .. }
            | Self::Permission { .. } => None,
        }
    }

    /// Whether Harness supplies and keeps it.
    #[must_use]
    pub fn is_harness_managed(&self) -> bool {
        match self {
            Self::Container {
                harness_managed, ..
            }
            | Self::UserGroup {
                harness_managed, ..
            } => *harness_managed == Some(true),
            Self::Role {
                harness_managed, ..
            }
            | Self::ResourceGroup {
                harness_managed, ..
            } => *harness_managed,
            Self::Account { .. }
            | Self::User { .. }
            | Self::ServiceAccount { .. }
            | Self::Token { .. }
            | Self::AuthSetting { .. }
            | Self::Permission { .. } => false,
        }
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
