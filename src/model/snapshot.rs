//! What is known of a snapshot itself.

use serde::Serialize;

use super::{Listing, ListingKind, ListingState, ScopeSelection};

/// A row of the view `snapshots`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SnapshotInfo {
    /// Its number.
    pub id: i64,
    /// Its label.
    pub label: Option<String>,
    /// `complete` or `partial`.
    pub state: String,
    /// UTC.
    pub started_at: String,
    /// UTC.
    pub finished_at: String,
    /// The account.
    pub account_id: String,
    /// Where it was observed.
    pub base_url: String,
    /// What was asked for.
    pub scopes: String,
    /// Whose key it was.
    pub caller: Option<String>,
    /// Release of the program that wrote it.
    pub tool_version: String,
    /// Requests the sync sent.
    pub requests: i64,
    /// Number of users.
    pub users: i64,
    /// Number of service accounts.
    pub service_accounts: i64,
    /// Number of user groups.
    pub user_groups: i64,
    /// Number of roles.
    pub roles: i64,
    /// Number of resource groups.
    pub resource_groups: i64,
    /// Number of grants, memberships included.
    pub grants: i64,
    /// Number of role assignments that grant nothing because they are disabled.
    pub disabled_role_assignments: i64,
    /// SHA-256 over its facts and the digest before; `None` = none was recorded.
    pub digest: Option<String>,
}

impl SnapshotInfo {
    /// Whether the account's own scope was left out on purpose.
    #[must_use]
    pub fn leaves_account_out(&self) -> bool {
        ScopeSelection::leaves_account_out(&self.scopes)
    }
}

/// A listing of a snapshot that was not complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// Where.
    pub scope: String,
    /// What.
    pub kind: ListingKind,
    /// How much of it was seen.
    pub state: GapState,
    /// Why.
    pub reason: Option<String>,
    /// Why it is accepted, if it is.
    pub accepted: Option<String>,
}

impl Gap {
    /// What a snapshot is to keep of a listing; `None` when it is complete.
    #[must_use]
    pub fn of(listing: &Listing) -> Option<Self> {
        let state = match listing.state {
            ListingState::Partial { .. } => GapState::Partial,
            ListingState::NotPermitted { .. } => GapState::NotPermitted,
            ListingState::Complete | ListingState::Unread { .. } => return None,
        };
        Some(Self {
            scope: listing.scope.to_string(),
            kind: listing.kind,
            state,
            reason: listing.state.reason().map(str::to_owned),
            accepted: listing.accepted.clone(),
        })
    }
}

/// How much of an incomplete listing a snapshot saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GapState {
    /// Some of it.
    Partial,
    /// Nothing: the key may not list it.
    NotPermitted,
    /// The snapshot did not ask for it.
    Absent,
}

impl GapState {
    /// The name that documents and the view `listings` use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Partial => "partial",
            Self::NotPermitted => "not_permitted",
            Self::Absent => "absent",
        }
    }

    /// Reads the name written by [`Self::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let all = [Self::Partial, Self::NotPermitted, Self::Absent];
        all.into_iter().find(|state| state.as_str() == name)
    }
}

/// Facts of a snapshot that nobody can vouch for: their lists were not complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Unverified {
    /// Grants, memberships included.
    pub grants: i64,
    /// Resources.
    pub resources: i64,
}

/// That a file of an older schema was brought up to this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Converted {
    /// Size before, in bytes.
    pub bytes_before: u64,
    /// Size after.
    pub bytes_after: u64,
}

/// What pruning did to the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pruned {
    /// Snapshots forgotten.
    pub snapshots: usize,
    /// Size before, in bytes.
    pub bytes_before: u64,
    /// Size after.
    pub bytes_after: u64,
    /// Whether the file was rewritten to give space back.
    pub compacted: bool,
}
