//! Answers of the permission check that are about something else, or in another order.

use fake_harness::{Account, FakeHarness, router};
use harness_access::error::Error;
use harness_access::model::{Listing, ListingKind, ListingState, Observation};
use serde_json::Value;

use crate::support::in_process;

/// Changes the answer to the third check, which is about service accounts.
fn with_an_answer(
    change: impl Fn(&mut Value) + Send + Sync + 'static,
) -> Result<Observation, Error> {
    let fake = FakeHarness::new(Account::demo());
    in_process::observe_spoilt(&fake, move |path, body| {
        if path != router::ACCESS_CHECK {
            return body;
        }
        let mut answer: Value = serde_json::from_slice(&body).unwrap();
        change(&mut answer["data"]["accessControlList"]);
        answer.to_string().into_bytes()
    })
}

#[test]
fn answers_to_other_questions_prove_nothing() {
    let spoils: [fn(&mut Value); 7] = [
        |entries| entries[2]["permission"] = "core_serviceaccount_edit".into(),
        |entries| entries[2]["resourceType"] = "USER".into(),
        |entries| entries[2]["resourceIdentifier"] = "ci_bot".into(),
        |entries| entries[2]["resourceScope"]["accountIdentifier"] = "another".into(),
        |entries| entries[2]["resourceScope"]["orgIdentifier"] = "payments".into(),
        |entries| entries[2]["resourceScope"]["projectIdentifier"] = "shop".into(),
        |entries| drop(entries.as_array_mut().unwrap().pop()),
    ];
    for (number, spoil) in spoils.into_iter().enumerate() {
        let observation = with_an_answer(spoil).unwrap();
        for listing in observation.listings {
            let reason = listing.state.reason().unwrap_or_default().to_owned();
            let is_open = [ListingKind::Accounts, ListingKind::Permissions].contains(&listing.kind);
            let is_doubted = reason.contains("answers other questions than it was asked");
            assert!(
                is_open || is_doubted,
                "{number}: {}: {reason}",
                listing.kind
            );
        }
    }
}

#[test]
fn answers_may_come_in_another_order_where_each_names_its_question() {
    let swapped = with_an_answer(|entries| entries.as_array_mut().unwrap().swap(2, 3));
    let is_whole = |listing: &Listing| listing.state == ListingState::Complete;
    assert!(swapped.unwrap().listings.iter().all(is_whole));
    let unnamed = with_an_answer(|entries| {
        let entries = entries.as_array_mut().unwrap();
        entries.swap(2, 3);
        entries[2].as_object_mut().unwrap().remove("resourceScope");
    });
    let of_roles = |listing: &&Listing| listing.kind == ListingKind::Roles;
    assert!(
        !unnamed
            .unwrap()
            .listings
            .iter()
            .filter(of_roles)
            .any(is_whole)
    );
}

#[test]
fn an_answer_need_not_repeat_the_question() {
    let observation = with_an_answer(|entries| {
        for entry in entries.as_array_mut().unwrap() {
            entry.as_object_mut().unwrap().remove("resourceScope");
        }
    });
    let listings = observation.unwrap().listings;
    assert!(
        listings
            .iter()
            .all(|listing| listing.state == ListingState::Complete)
    );
}
