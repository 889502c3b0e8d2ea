//! What `doctor` finds out about a key and a server, without storing anything.

use std::fmt;
use std::time::Duration;

use super::{Listing, ListingKind, Scope};

/// What was found out about key and account.
#[derive(Debug)]
pub struct Diagnosis {
    /// Whose key it is; `None` where Harness does not say.
    pub caller: Option<String>,
    /// Whether Harness checks permissions at all; `None` where the access check did not answer.
    pub access_control: Option<bool>,
    /// The account's name, where the key may read it.
    pub account_name: Option<String>,
    /// The cluster that serves the account.
    pub cluster: Option<String>,
    /// How far Harness's clock is ahead of this computer's, in seconds, negative when behind; `None` where Harness does not
    /// say the time.
    pub clock_ahead: Option<i64>,
    /// Every permission, in fixed order.
    pub permissions: Vec<CheckedPermission>,
    /// Whether every organization and everything in it could be seen.
    pub organizations: Proof,
    /// Whether every project and everything in it could be seen.
    pub projects: Proof,
    /// What a sync would make of each list.
    pub lists: Vec<ListDiagnosis>,
    /// The key's own grants may prove what the permission check does not answer about, and not all of these were looked at.
    pub proof_is_open: bool,
    /// Where this server differs from what Harness documents.
    pub deviations: Vec<Deviation>,
    /// One request for each list: what the server answers.
    pub trials: Vec<Trial>,
}

/// A permission that was asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedPermission {
    /// Such as `core_user_view`.
    pub permission: &'static str,
    /// Such as `USER`.
    pub resource_type: &'static str,
    /// Where it was asked.
    pub scope: Scope,
    /// A sync needs it; otherwise it is for what is only observed when asked for.
    pub needed: bool,
    /// The key has it on all resources of the type in the scope.
    pub held: bool,
    /// Harness said yes or no.
    pub answered: bool,
}

/// Whether scopes below the account could be seen completely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Yes, present and future ones.
    Proven,
    /// It cannot be proven, which is not to say that something is hidden: these permissions are not held everywhere.
    Unproven(Vec<&'static str>),
}

/// What a sync would make of the lists of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListDiagnosis {
    /// The kind.
    pub kind: ListingKind,
    /// Scopes that would be read.
    pub scopes: usize,
    /// Lists that would be incomplete.
    pub gaps: Vec<Listing>,
    /// Lists that were not looked at to their end.
    pub unread: Vec<Listing>,
}

/// What a sync would come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// A complete snapshot.
    Whole,
    /// Lists with gaps.
    Gaps,
    /// Nothing is wrong as far as `doctor` looked, which was not to the end.
    Unknown,
}

impl Outlook {
    /// The word in documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "complete",
            Self::Gaps => "gaps",
            Self::Unknown => "unknown",
        }
    }
}

impl Diagnosis {
    /// What a sync would come to.
    #[must_use]
    pub fn outlook(&self) -> Outlook {
        let mut lists = self.lists.iter();
        if self.lists.iter().any(|list| !list.gaps.is_empty()) && !self.proof_is_open {
            Outlook::Gaps
        } else if self.proof_is_open || lists.any(|list| !list.unread.is_empty()) {
            Outlook::Unknown
        } else {
            Outlook::Whole
        }
    }
}

/// One way in which a server differs from what Harness documents, and that a sync copes with or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deviation {
    /// Every permission check answers yes.
    AccessControlOff,
    /// The permission check does not answer, and why.
    CheckSilent(String),
    /// The permission check says no, or nothing, about scopes that do not exist.
    NothingAboutUnknownScopes,
    /// The API is below another base URL than the one that was given.
    Below(String),
    /// A list is asked for at another path, or without a filter.
    AskedOtherwise(ListingKind),
    /// A list is not sorted.
    Unsorted(ListingKind),
    /// A list does not say how many rows it has.
    Untotalled(ListingKind),
    /// User groups do not say who is in them.
    MembersUnsaid,
    /// An attribute cannot be read in so many rows of a list.
    AttributeUnread(ListingKind, &'static str, u64),
    /// A list that a sync can do without is not readable, and why.
    NotListed(ListingKind, String),
    /// Something of a list that a sync can do without is not readable, and why.
    NotWhole(ListingKind, String),
}

impl Deviation {
    /// A stable word, without anything of the account.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::AccessControlOff => "access_control_off",
            Self::CheckSilent(_) => "check_silent",
            Self::NothingAboutUnknownScopes => "nothing_about_unknown_scopes",
            Self::Below(_) => "below",
            Self::AskedOtherwise(_) => "asked_otherwise",
            Self::Unsorted(_) => "unsorted",
            Self::Untotalled(_) => "untotalled",
            Self::MembersUnsaid => "members_unsaid",
            Self::AttributeUnread(..) => "attribute_unread",
            Self::NotListed(..) => "not_listed",
            Self::NotWhole(..) => "not_whole",
        }
    }

    /// The list that it is about.
    #[must_use]
    pub fn kind(&self) -> Option<ListingKind> {
        match self {
            Self::AskedOtherwise(kind)
            | Self::Unsorted(kind)
            | Self::Untotalled(kind)
            | Self::AttributeUnread(kind, ..)
            | Self::NotListed(kind, _)
            | Self::NotWhole(kind, _) => Some(*kind),
            Self::MembersUnsaid => Some(ListingKind::UserGroups),
            Self::AccessControlOff
            | Self::CheckSilent(_)
            | Self::NothingAboutUnknownScopes
            | Self::Below(_) => None,
        }
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccessControlOff => {
                f.write_str("access control seems to be off: every permission check answers yes")
            }
            Self::CheckSilent(why) => write!(f, "the permission check does not answer: {why}"),
            Self::NothingAboutUnknownScopes => f.write_str(
                "the permission check says no, or nothing, about scopes that do not exist: the key has no grant over everything, \
                 or this server never says yes to that; its own grants are the proof then",
            ),
            Self::Below(url) => write!(f, "Harness is at {url}: use that as the base URL"),
            Self::AskedOtherwise(kind) => {
                write!(f, "{kind}: asked in another way than Harness documents")
            }
            Self::Unsorted(kind) => write!(
                f,
                "{kind}: the server refuses to sort this list; a sync reads it twice where it has several pages"
            ),
            Self::Untotalled(kind) => write!(
                f,
                "{kind}: the server does not say how many there are; a sync reads this list twice"
            ),
            Self::MembersUnsaid => f.write_str(
                "user_groups: the list does not say who is in a group; a sync asks each group, one request each",
            ),
            Self::AttributeUnread(kind, attribute, rows) => write!(
                f,
                "{kind}: `{attribute}` cannot be read in {rows} of the rows; a sync keeps what was known of it before, or \
                 leaves it unknown"
            ),
            Self::NotListed(kind, why) => {
                write!(f, "{kind}: not readable ({why}); a sync goes on without")
            }
            Self::NotWhole(kind, why) => {
                write!(f, "{kind}: not read whole ({why}); a sync goes on")
            }
        }
    }
}

/// One answer of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The kind of list.
    pub kind: ListingKind,
    /// Where it was asked.
    pub scope: Scope,
    /// Method and path, as the program knows it.
    pub endpoint: String,
    /// How long the answer took.
    pub took: Duration,
    /// What came.
    pub answer: TrialAnswer,
}

/// What came of a trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrialAnswer {
    /// A list.
    List {
        /// Rows of the answer: one, or all of what has no pages.
        rows: usize,
        /// Whether it is one page of several, as most lists are.
        is_page: bool,
        /// Rows that Harness says exist.
        total: Option<i64>,
        /// Names and types of the members of the first row, without any value.
        shape: Vec<String>,
    },
    /// A failure: kind, and status and code where there are any. Nothing of what it said.
    Failure {
        /// A stable word.
        kind: &'static str,
        /// HTTP status.
        status: Option<u16>,
        /// Harness's error code.
        code: Option<String>,
    },
}
