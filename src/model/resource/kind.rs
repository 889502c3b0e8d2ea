//! The types of resources: every name and every distinction between them in one place.
//!
//! A new type is one variant here; each match without a wildcard, here and elsewhere, then asks what it means there.

use crate::worded::worded;
use serde::{Serialize, Serializer};
use std::fmt;

worded! {
    /// The type of a resource. The names are part of the public text ids. Harness keeps the list of types of principals open:
    /// those that this program does not know are `Other`, lower-cased.
    #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum ResourceType {
        /// The account.
        Account = "account",
        /// An organization.
        Organization = "organization",
        /// A project.
        Project = "project",
        /// A person.
        User = "user",
        /// A service account.
        ServiceAccount = "service_account",
        /// A user group.
        UserGroup = "user_group",
        /// A role, custom or supplied by Harness.
        Role = "role",
        /// A resource group, custom or supplied by Harness.
        ResourceGroup = "resource_group",
        /// A token of a service account's API key.
        ServiceAccountToken = "service_account_token",
        /// A token of a user's API key.
        PersonalToken = "personal_token",
        /// How people sign in to the account.
        AuthSetting = "auth_setting",
        /// A permission that Harness knows.
        Permission = "permission",
        (Other)
    }
}

impl ResourceType {
    /// The type of a name; one that this program does not know is kept as it is.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        Self::known(name).unwrap_or_else(|| Self::Other(name.to_owned()))
    }

    /// The type of a name; `None` when this program does not know it.
    #[must_use]
    pub fn known(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The type of a principal as Harness spells it (`USER`, `USER_GROUP`, `SERVICE_ACCOUNT`, more to come).
    #[must_use]
    pub fn of_principal(text: &str) -> Self {
        let name = text.to_ascii_lowercase();
        Self::known(&name)
            .filter(Self::is_principal)
            .unwrap_or(Self::Other(name))
    }

    /// The name in words, such as `service account`.
    #[must_use]
    pub fn words(&self) -> String {
        self.as_str().replace('_', " ")
    }

    /// Whether it can hold a grant. Only principals have types that this program does not know.
    #[must_use]
    pub fn is_principal(&self) -> bool {
        match self {
            Self::User | Self::ServiceAccount | Self::UserGroup | Self::Other(_) => true,
            Self::Account
            | Self::Organization
            | Self::Project
            | Self::Role
            | Self::ResourceGroup
            | Self::ServiceAccountToken
            | Self::PersonalToken
            | Self::AuthSetting
            | Self::Permission => false,
        }
    }

    /// Whether what it says decides what its grants allow: a role or a resource group.
    #[must_use]
    pub fn defines_access(&self) -> bool {
        match self {
            Self::Role | Self::ResourceGroup => true,
            Self::Account
            | Self::Organization
            | Self::Project
            | Self::User
            | Self::ServiceAccount
            | Self::UserGroup
            | Self::ServiceAccountToken
            | Self::PersonalToken
            | Self::AuthSetting
            | Self::Permission
            | Self::Other(_) => false,
        }
    }

    /// Whether people know it by an address.
    #[must_use]
    pub fn has_email(&self) -> bool {
        match self {
            Self::User | Self::ServiceAccount => true,
            Self::Account
            | Self::Organization
            | Self::Project
            | Self::UserGroup
            | Self::Role
            | Self::ResourceGroup
            | Self::ServiceAccountToken
            | Self::PersonalToken
            | Self::AuthSetting
            | Self::Permission
            | Self::Other(_) => false,
        }
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ResourceType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::ResourceType;

    #[test]
    fn every_name_reads_back() {
        for kind in ResourceType::ALL {
            assert_eq!(ResourceType::parse(kind.as_str()), kind);
        }
        assert_eq!(
            ResourceType::parse("robot"),
            ResourceType::Other("robot".to_owned())
        );
    }

    #[test]
    fn only_principals_are_read_from_a_principal_type() {
        assert_eq!(
            ResourceType::of_principal("USER_GROUP"),
            ResourceType::UserGroup
        );
        for odd in ["ROLE", "API_KEY"] {
            let kind = ResourceType::of_principal(odd);
            assert_eq!(kind, ResourceType::Other(odd.to_ascii_lowercase()));
        }
    }
}
