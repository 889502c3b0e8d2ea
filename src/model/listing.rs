//! Listings: one paged walk of one endpoint in one scope, the unit of completeness.

use serde::Serialize;
use std::fmt;

use super::{ResourceType, Scope, Timestamp};
use crate::worded::worded;

/// How a reason says that nobody knows what the key may see; hints and reports know it by these words.
pub const CHECK_SILENT: &str = "the permission check did not answer";

worded! {
    /// What a listing lists. The names appear in the view `listings` and in messages.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
    #[serde(rename_all = "snake_case")]
    pub enum ListingKind {
        /// The account itself.
        Accounts = "accounts",
        /// Organizations of the account.
        Organizations = "organizations",
        /// Projects.
        Projects = "projects",
        /// Members of a scope; at the account, every user there is.
        Users = "users",
        /// Service accounts of a scope.
        ServiceAccounts = "service_accounts",
        /// User groups of a scope, with their members.
        UserGroups = "user_groups",
        /// Roles of a scope, with those Harness supplies at its level.
        Roles = "roles",
        /// Resource groups of a scope, with those Harness supplies at its level.
        ResourceGroups = "resource_groups",
        /// Role assignments stored at a scope.
        RoleAssignments = "role_assignments",
        /// Tokens of service accounts of a scope; only when asked for.
        ServiceAccountTokens = "service_account_tokens",
        /// Tokens of users; only when asked for.
        PersonalTokens = "personal_tokens",
        /// How people sign in; only when asked for.
        AuthSettings = "auth_settings",
        /// The permissions that Harness knows.
        Permissions = "permissions",
        /// What the audit trail records about access; only when asked for.
        AuditEvents = "audit_events",
        /// Sign-ins of people in the audit trail; only when asked for.
        SignIns = "sign_ins",
    }
}

impl ListingKind {
    /// Reads the name written by [`Self::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The name in words, such as `role assignments`.
    #[must_use]
    pub fn words(self) -> String {
        self.as_str().replace('_', " ")
    }

    /// Whether it tells what access there is. The audit trail tells who did what: a snapshot is complete without it.
    #[must_use]
    pub fn is_of_access(self) -> bool {
        match self {
            Self::Accounts
            | Self::Organizations
            | Self::Projects
            | Self::Users
            | Self::ServiceAccounts
            | Self::UserGroups
            | Self::Roles
            | Self::ResourceGroups
            | Self::RoleAssignments
            | Self::ServiceAccountTokens
            | Self::PersonalTokens
            | Self::AuthSettings
            | Self::Permissions => true,
            Self::AuditEvents | Self::SignIns => false,
        }
    }

    /// The listing that shows resources of a type; `None` for types no listing shows.
    #[must_use]
    pub fn of(kind: &ResourceType) -> Option<Self> {
        match kind {
            ResourceType::Account => Some(Self::Accounts),
            ResourceType::Organization => Some(Self::Organizations),
            ResourceType::Project => Some(Self::Projects),
            ResourceType::User => Some(Self::Users),
            ResourceType::ServiceAccount => Some(Self::ServiceAccounts),
            ResourceType::UserGroup => Some(Self::UserGroups),
            ResourceType::Role => Some(Self::Roles),
            ResourceType::ResourceGroup => Some(Self::ResourceGroups),
            ResourceType::ServiceAccountToken => Some(Self::ServiceAccountTokens),
            ResourceType::PersonalToken => Some(Self::PersonalTokens),
            ResourceType::AuthSetting => Some(Self::AuthSettings),
            ResourceType::Permission => Some(Self::Permissions),
            ResourceType::Other(_) => None,
        }
    }
}

impl fmt::Display for ListingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How much of what exists a listing showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListingState {
    /// Everything: walked to the end, consistent, and the key may see all of it.
    Complete,
    /// Some of it.
    Partial {
        /// Why, for people.
        reason: String,
        /// Principal types whose role assignments it shows whole all the same; empty for every other listing.
        whole_for: Vec<ResourceType>,
    },
    /// As far as it was looked at, everything. No list of a snapshot is so; `doctor` looks no further than it must.
    Unread {
        /// How far that is, for people.
        reason: String,
    },
    /// Nothing: the key may not list it.
    NotPermitted {
        /// Why, for people.
        reason: String,
    },
}

impl ListingState {
    /// The name used in the view `listings`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial { .. } => "partial",
            Self::Unread { .. } => "unread",
            Self::NotPermitted { .. } => "not_permitted",
        }
    }

    /// Why it is not complete.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Complete => None,
            Self::Partial { reason, .. }
            | Self::Unread { reason }
            | Self::NotPermitted { reason } => Some(reason),
        }
    }
}

/// The record of one listing in one observation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// What was listed.
    pub kind: ListingKind,
    /// Where.
    pub scope: Scope,
    /// Method and path of the endpoint, such as `GET /authz/api/roles`.
    pub endpoint: String,
    /// How complete it is.
    pub state: ListingState,
    /// Why it may be incomplete, if somebody agreed to that.
    pub accepted: Option<String>,
    /// Rows that Harness said exist; `None` where the endpoint does not say.
    pub reported_total: Option<i64>,
    /// Rows seen.
    pub rows: i64,
    /// Pages of the walk that counted.
    pub pages: i64,
    /// Requests sent, retries and re-walks included.
    pub requests: i64,
    /// Requests that had to be repeated.
    pub retries: i64,
    /// When the first request was sent.
    pub started_at: Timestamp,
    /// When the last answer was read.
    pub finished_at: Timestamp,
}

/// How one kind is observed, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedWalk {
    /// The kind.
    pub kind: ListingKind,
    /// The walk.
    pub walk: String,
    /// Why this one.
    pub why: &'static str,
    /// Requests it takes at least: one for each list, more where one has over 100 rows.
    pub requests: usize,
}

impl fmt::Display for PlannedWalk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.kind, self.walk, self.why)
    }
}
