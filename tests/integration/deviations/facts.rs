//! What cannot be read is not a fact: it is no *no*, no change and no escalation, and what was known before stands.

use fake_harness::{
    Account, Caller, Deviation, Fault, FaultKind, Principal, Rewrite, Scope, router,
};
use serde_json::Value;

use crate::support::Test;

const GUS: &str = "uGUS000000000000000000";
const FLAGS: &str = "SELECT locked, disabled, externally_managed, two_factor_enabled FROM users \
                     WHERE uuid = 'uGUS000000000000000000'";

fn deviation(name: &str) -> Deviation {
    let mut all = Deviation::all();
    all.find(|of| of.name == name).expect("a deviation")
}

fn observe(test: &Test) -> String {
    let sync = test.at_once(&["sync", "--scopes", "all"]).exits(0);
    sync.stderr
}

/// `verb id escalation details` of each change between two snapshots.
fn told(test: &Test, from: &str, to: &str) -> Vec<String> {
    let diff = test.run(&["diff", "--format", "json", from, to]).run();
    let document = diff.json();
    let changes = document["changes"].as_array().into_iter().flatten();
    let word = |value: &Value| value.as_str().unwrap_or("none").to_owned();
    changes
        .map(|change| {
            let escalation = word(&change["escalation"]["code"]);
            let words = [word(&change["change"]), word(&change["id"]), escalation];
            format!("{} {}", words.join(" "), change["details"])
        })
        .collect()
}

/// What the view says of the same.
fn changes(test: &Test) -> String {
    test.ask("SELECT snapshot_id, id, escalates FROM changes ORDER BY snapshot_id, id")
}

/// A sync before, one of a server that deviates, and one after, with a change on the way to the middle.
fn before_during_after(
    name: &str,
    before: impl FnOnce(&mut Account),
    change: impl FnOnce(&mut Account),
) -> Test {
    let test = Test::new();
    test.fake.change(before);
    observe(&test);
    deviation(name).apply(&test.fake);
    test.fake.change(change);
    observe(&test);
    test.fake.clear_faults();
    observe(&test);
    test
}

#[test]
fn a_flag_that_cannot_be_read_enables_and_unlocks_nobody() {
    for name in [
        "flags of users are no booleans",
        "flags of users are missing",
    ] {
        let barred = |account: &mut Account| {
            let gus = account.user(GUS);
            (gus.disabled, gus.locked, gus.two_factor) = (true, true, true);
        };
        let test = before_during_after(name, barred, |_| {});
        assert_eq!(told(&test, "1", "2"), [""; 0], "{name}");
        assert_eq!(told(&test, "2", "3"), [""; 0], "{name}");
        assert_eq!(changes(&test), "", "{name}");
        let during = test.run(&["query", "--at", "2", "--format", "csv", FLAGS]);
        assert!(during.run().stdout.contains("1,1,"), "{name}");
    }
}

#[test]
fn what_truly_changed_meanwhile_is_told_as_soon_as_it_can_be_read() {
    let barred = |account: &mut Account| account.user(GUS).disabled = true;
    let test = before_during_after("flags of users are no booleans", barred, |account| {
        account.user(GUS).disabled = false;
    });
    let enabled = [format!(
        r#"changed user/{GUS} user_enabled ["disabled: true -> false"]"#
    )];
    assert_eq!(told(&test, "1", "2"), [""; 0]);
    assert_eq!(told(&test, "2", "3"), enabled);
    assert_eq!(told(&test, "1", "3"), enabled);
    assert_eq!(changes(&test), format!("3|user/{GUS}|1"));
}

#[test]
fn what_was_never_known_is_unknown_and_no_change_once_it_is() {
    for name in [
        "flags of users are no booleans",
        "flags of groups are no booleans",
        "keys of service accounts are countless",
        "organizations are managed perhaps",
        "the account is odd",
    ] {
        let test = Test::new();
        deviation(name).apply(&test.fake);
        observe(&test);
        if name.contains("users") {
            assert_eq!(test.ask(FLAGS), "|||");
        }
        test.fake.clear_faults();
        observe(&test);
        // A name or a description that cannot be read is taken for none where none was known.
        let told = told(&test, "1", "2");
        let texts = ["none [\"description: null", "none [\"name: null"];
        let is_of_text = |told: &&String| texts.iter().any(|text| told.contains(text));
        assert_eq!(told.iter().find(|told| !is_of_text(told)), None, "{name}");
        let history = test.run(&["history", &format!("user/{GUS}")]).run();
        assert!(!history.stdout.contains("~ changed"), "{history:#?}");
        let escalations = test.ask("SELECT count(*) FROM changes WHERE escalates");
        assert_eq!(escalations, "0", "{name}");
    }
}

#[test]
fn odd_links_and_names_keep_what_was_known() {
    let top = Scope::account();
    for name in [
        "flags of groups are no booleans",
        "groups are linked to something odd",
        "names are objects",
        "keys of service accounts are countless",
        "assignments are managed perhaps",
        "organizations are managed perhaps",
    ] {
        let test = before_during_after(
            name,
            |account| {
                let group = account.group(&top, "platform_admins");
                group.description = Some("Runs it".to_owned());
            },
            |_| {},
        );
        assert_eq!(told(&test, "1", "2"), [""; 0], "{name}");
        assert_eq!(told(&test, "2", "3"), [""; 0], "{name}");
        assert_eq!(changes(&test), "", "{name}");
    }
}

#[test]
fn the_snapshot_notes_what_it_kept() {
    let test = before_during_after("flags of users are no booleans", |_| {}, |_| {});
    let notes = test.ask(
        "SELECT ifnull(notes LIKE '%`disabled` cannot be read%', 0) FROM snapshots ORDER BY id",
    );
    let notes: Vec<&str> = notes.lines().collect();
    assert_eq!(notes[..], ["0", "1", "0"]);
}

#[test]
fn who_may_be_disabled_is_still_found() {
    let found = |disabled: Option<Value>| {
        let test = Test::new();
        test.fake.caller(Caller::everything());
        test.fake.change(|account| {
            account.add_user("uNEW000000000000000000", "new@example.test", "New");
            account.assign(
                Principal::User("uNEW000000000000000000"),
                "_account_admin",
                "_all_resources_including_child_scopes",
                &Scope::account(),
            );
        });
        if let Some(odd) = disabled {
            let spoil = Rewrite::row(move |row| row["disabled"] = odd.clone());
            test.fake
                .fault(Fault::on(router::USERS, FaultKind::Rewritten(spoil)));
        }
        test.at_once(&["sync", "--with", "auth-settings"]).exits(0);
        let stat = test.run(&["findings", "--stat", "--format", "json"]);
        let stat = stat.run().json();
        let rules = stat["rules"].as_array().into_iter().flatten();
        let of_people =
            rules.filter(|rule| ["HA013", "HA014"].iter().any(|code| rule["code"] == *code));
        of_people
            .map(|rule| rule["findings"].as_u64().unwrap_or_default())
            .sum::<u64>()
    };
    let plainly = found(None);
    assert!(plainly > 0);
    assert_eq!(found(Some(Value::Null)), plainly);
}

#[test]
fn a_link_that_could_not_be_read_at_first_is_no_new_one() {
    let test = Test::new();
    let spoil = Rewrite::row(|row| row["ssoGroupName"] = Value::Bool(true));
    test.fake
        .fault(Fault::on(router::USER_GROUPS, FaultKind::Rewritten(spoil)));
    observe(&test);
    test.fake.clear_faults();
    observe(&test);
    let told = told(&test, "1", "2");
    assert!(told.iter().all(|told| told.contains(" none ")), "{told:#?}");
    assert_eq!(
        test.ask("SELECT count(*) FROM changes WHERE escalates"),
        "0"
    );
}
