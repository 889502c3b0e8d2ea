//! The same words everywhere: `diff`, `history`, the view `changes`, and after pruning.

use fake_harness::{By, Scope};

use super::{ADA, BOB, EVAN, Story};

#[test]
fn history_shows_both_people_of_an_impersonation() {
    let story = Story::begin();
    story.change(By::user(ADA).impersonating(BOB), |account| {
        account.add_member(&Scope::account(), "developers", EVAN);
    });
    story.told();
    let history = story.0.run(&["history", "evan@example.test"]).exits(0);
    let both = "ada@example.test (impersonation: bob@example.test)";
    assert!(history.stdout.contains(both), "{}", history.stdout);
    let view = "SELECT changed_by || ' as ' || changed_as FROM changes WHERE snapshot_id = 2";
    assert_eq!(story.0.ask(view), "ada@example.test as bob@example.test");
}

#[test]
fn history_names_what_a_grant_went_along_with() {
    let story = Story::begin();
    story.change(By::service_account("terraform"), |account| {
        account.remove_group(&Scope::account(), "developers");
    });
    story.told();
    let diff = story.0.run(&["diff", "1", "2"]).run().stdout;
    let history = story.0.run(&["history", "Developers"]).exits(0).stdout;
    let through = "through user_group/account/developers";
    for text in [&diff, &history] {
        assert!(text.contains("service account terraform 20"), "{text}");
        assert!(text.contains(through), "{text}");
    }
}

#[test]
fn history_says_sso_sync_invitation_and_all_candidates() {
    let story = Story::begin();
    story.change(By::user(ADA).invitation(), |account| {
        account.add_user("uNINA00000000000000000", "nina@example.test", "Nina");
    });
    story.change(By::system(), |account| {
        account
            .group(&Scope::account(), "developers")
            .externally_managed = true;
        account.add_member(&Scope::account(), "developers", EVAN);
    });
    story.change(By::user(BOB), |account| {
        account.add_member(&Scope::account(), "on_call", EVAN);
    });
    story.change(By::user(ADA), |account| {
        account.group(&Scope::account(), "on_call").name = "On call now".to_owned();
    });
    story.told();
    let of = |what: &str| story.0.run(&["history", what]).exits(0).stdout;
    let nina = of("nina@example.test");
    assert!(
        nina.contains("Harness (invitation by ada@example.test) 20"),
        "{nina}"
    );
    let evan = of("evan@example.test");
    assert!(evan.contains("Harness (SSO sync) 20"), "{evan}");
    assert!(
        evan.contains("one of ada@example.test, bob@example.test, last 20"),
        "{evan}"
    );
}

#[test]
fn what_several_changed_between_kept_snapshots_is_not_said_to_be_of_the_last_one() {
    let story = Story::begin();
    let role = |permission: &'static str| {
        move |account: &mut fake_harness::Account| {
            let role = account.role(&Scope::account(), "release_manager");
            role.permissions.push(permission.into());
        }
    };
    story.change(By::user(ADA), role("core_secret_access"));
    story.observe();
    story.change(By::user(BOB), role("core_secret_view"));
    story.observe();
    story.observe();
    let by = "SELECT changed_by_certainty FROM changes WHERE type = 'role' ORDER BY snapshot_id";
    assert_eq!(story.0.ask(by), "exact\nexact");
    story.0.run(&["snapshots", "label", "1", "first"]).exits(0);
    story.0.run(&["prune", "--keep-last", "2"]).exits(0);
    assert_eq!(story.0.ask(by), "one_of");
}

#[test]
fn what_came_and_went_is_in_a_view() {
    let story = Story::begin();
    story.comes_and_goes();
    story.told();
    let seen = "SELECT snapshot_id || ' ' || action || ' ' || resource_id || ' ' || actor_name FROM unseen_events";
    let line = "2 UPDATE user_group/account/on_call Ada Example";
    assert_eq!(story.0.ask(seen), format!("{line}\n{line}"));
}

#[test]
fn a_person_acting_as_another_is_not_the_same_as_alone() {
    let story = Story::begin();
    story.change(By::user(ADA), |account| {
        account.add_member(&Scope::account(), "on_call", EVAN);
    });
    story.change(By::user(ADA).impersonating(BOB), |account| {
        account.group(&Scope::account(), "on_call").name = "On call now".to_owned();
    });
    let told = story.told();
    let joined = told
        .iter()
        .find(|change| change["kind"] == "grant")
        .expect("a membership");
    assert_eq!(joined["by"]["certainty"], "one_of");
    let both = &joined["by"]["candidate_actors"][0];
    assert_eq!(both["impersonation"]["email"], "bob@example.test");
    let history = story
        .0
        .run(&["history", "evan@example.test"])
        .exits(0)
        .stdout;
    let words =
        "one of ada@example.test (impersonation: bob@example.test), ada@example.test, last 20";
    assert!(history.contains(words), "{history}");
}

#[test]
fn an_assignment_that_is_older_than_a_record_was_not_made_by_it() {
    let story = Story::begin();
    let paused = "role_assignment_paused0000000000001";
    story.change(By::user(BOB), |account| account.enable_assignment(paused));
    story.change(By::user(ADA), |account| {
        let scope = Scope::account();
        let who = fake_harness::Principal::User(EVAN);
        account.assign(
            who,
            "_account_admin",
            "_all_account_level_resources",
            &scope,
        );
    });
    let mut told: Vec<(String, String)> = story
        .told()
        .iter()
        .map(|change| {
            (
                super::certainty(change).to_owned(),
                super::actor(change).to_owned(),
            )
        })
        .collect();
    told.sort();
    let exact = |who: &str| ("exact".to_owned(), who.to_owned());
    assert_eq!(told, [exact("ada@example.test"), exact("bob@example.test")]);
}

#[test]
fn who_gave_what_is_still_there_stays_told_after_its_snapshot_is_gone() {
    let story = Story::begin();
    story.change(By::user(ADA), |account| {
        account.add_member(&Scope::account(), "on_call", EVAN);
    });
    story.observe();
    story.observe();
    let history = || {
        story
            .0
            .run(&["history", "evan@example.test"])
            .exits(0)
            .stdout
    };
    let told = history();
    assert!(told.contains("ada@example.test 20"), "{told}");
    story.0.run(&["prune", "--keep-last", "1"]).exits(0);
    let kept = history();
    assert!(kept.contains("ada@example.test 20"), "{kept}");
}

#[test]
fn an_actor_whom_nothing_names_is_no_empty_answer() {
    let story = Story::begin();
    story.change(By::user(ADA), |account| {
        account.add_member(&Scope::account(), "on_call", EVAN);
    });
    story.told();
    let audit = |flag: &str, word: &str| story.0.run(&["audit", flag, word]);
    audit("--actor", "ada@example.test").exits(0);
    audit("--actor", "bob@example.test").exits(0);
    audit("--actor", "adda@example.test")
        .exits(3)
        .says("--actor: no event and no snapshot in this file names `adda@example.test`")
        .says("did you mean ada@example.test?");
    audit("--on", "xyzzy").exits(3).says("--on: no event");
}
