//! What a listing is made of. One file a listing fills it in; the table in `listings` gathers them.

use super::endpoint::Endpoint;
use super::list_walk::{ListRead, ListWalk};
use crate::api::error::ApiError;
use crate::model::{Extra, ListingKind, ResourceType};

/// A listing: everything that the plan, the walk, the permission check, `doctor`, the ledger and `docs/coverage.md` know of it.
#[derive(Debug)]
pub struct Definition {
    /// What it lists.
    pub kind: ListingKind,
    /// Lists one scope.
    pub endpoint: Endpoint,
    /// Where else it may be, when it is not found there.
    pub otherwise: &'static [Endpoint],
    /// What opens it. Role assignments have none of their own: the views of their principals open them.
    pub permission: Option<&'static RequiredPermission>,
    /// What happens without that permission.
    pub without_permission: WithoutPermission,
    /// When it is walked.
    pub wanted: Wanted,
    /// Before or after what it names.
    pub phase: Phase,
    /// In which scopes, and how.
    pub walks: Walks,
    /// Reads it and maps its rows.
    pub(crate) read: fn(&ListWalk<'_>) -> Result<ListRead, ApiError>,
    /// How one of its rows is asked for by itself.
    pub alone: Alone,
}

/// How to ask whether something that a list does not show any more is there all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alone {
    /// By its identifier below the path of the list; the answer has that identifier at this place (a JSON pointer).
    Below(&'static str),
    /// By its identifier below another path.
    At(&'static str, &'static str),
    /// By a list of its own: the lists of an organization or project that is gone are not found.
    ItsLists,
    /// By the list, asked about its owner alone.
    OfOwner,
    /// Not at all: it is no list.
    Never,
}

/// A permission that opens a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequiredPermission {
    /// Such as `core_usergroup_view`.
    pub permission: &'static str,
    /// Such as `USERGROUP`.
    pub resource_type: &'static str,
    /// The type of principal whose role assignments vanish without it.
    pub principal: Option<ResourceType>,
}

/// What happens to a listing whose permission the key lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithoutPermission {
    /// It is incomplete.
    Gap,
    /// It is not walked: it would show the caller's own rows only.
    LeftOut,
    /// Nothing that the snapshot promises is missing, whatever the reason that it cannot be read.
    NotRead,
    /// It is incomplete, and the snapshot is stored as complete all the same: it tells nothing about access itself.
    GapApart,
}

/// When a listing is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// In every sync.
    Always,
    /// When `--with` asks for it.
    With(Extra),
}

/// What names comes before what is named: whatever a role assignment or a group names was there when it was listed, so it
/// is in the list that comes after, unless it was deleted meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// What names others.
    Naming,
    /// What is named.
    Named,
}

/// In which scopes a listing is walked, and how.
#[derive(Debug, PartialEq, Eq)]
pub enum Walks {
    /// As far as organizations and projects are wanted, before everything else.
    Tree,
    /// One answer for the whole account, whatever scopes are observed.
    Once,
    /// In the account.
    Account,
    /// In the account; below it only when asked for.
    AccountAndBelow(Extra),
    /// In each scope, or all scopes in one walk where that is known to show the same.
    EachScope(Option<WholeAccount>),
    /// Many scopes in one walk, or each by itself.
    ManyScopes,
    /// All scopes in one walk, which is the only way.
    WholeAccount,
    /// By stretches of time, after everything else; see `trail`.
    Trail,
}

/// A walk that shows every scope of the account.
#[derive(Debug, PartialEq, Eq)]
pub struct WholeAccount {
    /// Lists all of them.
    pub endpoint: Endpoint,
    /// Why it may be used, for people.
    pub why: &'static str,
}
