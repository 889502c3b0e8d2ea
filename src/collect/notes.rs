//! Remarks on a snapshot that are no gaps: what somebody who reads it must know about the server or the key.

use std::collections::BTreeMap;

use super::assemble::Assembly;
use super::listings::LISTINGS;
use super::visibility::{Caller, KeyVisibility};
use crate::model::{Details, Deviation, ListingKind, ScopeSelection};

/// Statuses of permissions that Harness does not enforce: it says yes about them to everybody, and hides nothing.
const UNENFORCED: [&str; 3] = ["EXPERIMENTAL", "INACTIVE", "STAGING"];

/// The remarks, in fixed order.
pub(super) fn of(
    visibility: &KeyVisibility,
    assembly: &Assembly,
    selection: &ScopeSelection,
) -> Vec<String> {
    let mut notes = Vec::new();
    match visibility.caller() {
        Caller::Known(_) => {}
        Caller::Nobody => notes.push(
            "Harness does not say whose key this is: access control seems to be off for the account, so every permission \
             check answers yes and no list is shortened"
                .to_owned(),
        ),
        Caller::Unasked => {
            notes.push("caller unknown: the permission check of Harness did not answer".to_owned());
        }
    }
    notes.extend(unenforced(assembly));
    let unread = unread(assembly).into_iter();
    notes.extend(unread.map(|((kind, attribute), rows)| {
        Deviation::AttributeUnread(kind, attribute, rows).to_string()
    }));
    if selection.without_account {
        notes.push(
            "the account was not observed: its groups and roles that are used below are named, not resolved".to_owned(),
        );
    }
    for note in &notes {
        log::info!("{note}");
    }
    notes
}

/// What of the rows could not be read, and in how many: a snapshot keeps what was known of it before.
pub(super) fn unread(assembly: &Assembly) -> BTreeMap<(ListingKind, &'static str), u64> {
    let mut counts = BTreeMap::new();
    for resource in &assembly.resources {
        let Some(kind) = ListingKind::of(&assembly.directory.id(resource.id).kind) else {
            continue;
        };
        for attribute in &resource.unread {
            *counts.entry((kind, *attribute)).or_default() += 1;
        }
    }
    counts
}

/// Permissions of our lists that the catalogue says are not enforced.
fn unenforced(assembly: &Assembly) -> Vec<String> {
    let needed: Vec<&str> = LISTINGS
        .into_iter()
        .filter_map(|listing| listing.permission)
        .map(|required| required.permission)
        .collect();
    let mut notes = Vec::new();
    for resource in &assembly.resources {
        let Details::Permission {
            status: Some(status),
            ..
        } = &resource.details
        else {
            continue;
        };
        let identifier = &assembly.directory.id(resource.id).identifier;
        let is_unenforced = UNENFORCED
            .iter()
            .any(|known| status.eq_ignore_ascii_case(known));
        if is_unenforced && needed.contains(&identifier.as_str()) {
            let status = status.to_ascii_lowercase();
            notes.push(format!(
                "{identifier} is {status}: Harness does not enforce it, so the list that it opens is shown to everybody"
            ));
        }
    }
    notes.sort_unstable();
    notes
}
