//! Gaps of a sync: which are accepted, and what follows for the snapshot.

use super::compare::{read_agreements, today};
use crate::agreed::Notice;
use crate::agreed::gaps::AcceptedGaps;
use crate::error::Error;
use crate::model::{CHECK_SILENT, Listing, ListingKind, ListingState, Scope, ScopeSelection};
use crate::output::accepting::describe_all;

/// The gaps of a run, judged.
pub(crate) struct Gaps {
    /// Not accepted by anybody.
    pub(crate) open: Vec<Listing>,
    /// Accepted in the file of `--gaps`.
    pub(crate) accepted: Vec<Listing>,
    /// About entries of that file without effect.
    pub(crate) notices: Vec<Notice>,
}

impl Gaps {
    /// Marks what the file accepts. The audit trail is read last, and only for a snapshot that is stored.
    pub(crate) fn of(
        listings: &mut [Listing],
        file: Option<&AcceptedGaps>,
        trail_is_read: bool,
    ) -> Self {
        let is_read =
            |kind: Option<ListingKind>| trail_is_read || kind.is_none_or(ListingKind::is_of_access);
        let notices = file.map_or_else(Vec::new, |file| file.apply(listings, &today(), is_read));
        let gaps = listings
            .iter()
            .filter(|listing| listing.state != ListingState::Complete)
            .cloned();
        let (accepted, open) = gaps.partition(|listing| listing.accepted.is_some());
        Self {
            open,
            accepted,
            notices,
        }
    }

    /// An incomplete list must not look like removed access.
    pub(crate) fn refusal(&self, selection: &ScopeSelection) -> Error {
        let listings = describe_all(&self.open);
        Error::NotEnough {
            message: format!(
                "nothing was stored, because some lists are incomplete:\n{}",
                listings.join("\n")
            ),
            hint: Some(self.hint(selection)),
        }
    }

    fn hint(&self, selection: &ScopeSelection) -> String {
        let mut advice = Vec::new();
        let lacks = |listing: &Listing| {
            let reason = listing.state.reason().unwrap_or_default();
            matches!(listing.state, ListingState::NotPermitted { .. })
                || reason.contains("the key lacks")
                || reason.contains("is not held")
        };
        let of_account = |listing: &Listing| lacks(listing) && listing.scope == Scope::Account;
        if !selection.without_account
            && !selection.orgs.is_empty()
            && self.open.iter().any(of_account)
        {
            advice.push(ALONE);
        }
        if self.open.iter().any(lacks) {
            advice.push(GRANT);
        }
        let unproven = |listing: &Listing| {
            let reason = listing.state.reason().unwrap_or_default();
            reason.contains(CHECK_SILENT)
        };
        if self.open.iter().any(unproven) {
            advice.push(UNPROVEN);
        }
        advice.push(ACCEPT);
        advice.push(PARTIAL);
        advice.join("; ")
    }
}

const ALONE: &str =
    "leave the account out with --without-account, if the key lives in the organization alone";
const GRANT: &str = "give the owner of the key a role with these permissions (Account Viewer on All Resources Including \
                     Child Scopes has those that end in _view)";
const UNPROVEN: &str = "without that check nobody can tell a whole list from one that Harness shortened for this key: see \
                        what stands between here and Harness, or ask its support";
const ACCEPT: &str = "accept known gaps with --gaps (--write-gaps prints entries)";
const PARTIAL: &str = "or store an incomplete snapshot with --allow-partial";

/// What to do about permissions that the key lacks.
pub(crate) fn hint_for_permissions(selection: &ScopeSelection) -> String {
    let mut advice = vec![GRANT, ACCEPT, PARTIAL];
    if !selection.without_account && !selection.orgs.is_empty() {
        advice.insert(0, ALONE);
    }
    advice.join("; ")
}

/// Reads a file of accepted gaps.
pub(crate) fn read(path: &str) -> Result<AcceptedGaps, Error> {
    read_agreements(
        path,
        "accepted gaps",
        AcceptedGaps::parse,
        "sync --write-gaps",
    )
}
