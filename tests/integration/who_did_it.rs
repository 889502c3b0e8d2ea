//! Who made each change: the audit trail, read by `sync --with audit`, told by `diff` and `audit`.

mod asked;
mod details;
mod holes;
mod odd;
mod property;
mod random_changes;
mod sign_ins;
mod size;
mod told;
mod undecided;

use std::time::{SystemTime, UNIX_EPOCH};

use fake_harness::{Account, By, Caller, Principal, Scope};
use rusqlite::Connection;
use serde_json::Value;

use crate::support::Test;

const HOUR: i64 = 3_600_000;
const ADA: &str = "uADA000000000000000000";
const BOB: &str = "uBOB000000000000000000";
const EVAN: &str = "uEVAN00000000000000000";
const GUS: &str = "uGUS000000000000000000";

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(since.expect("after 1970").as_millis()).expect("before the year 292 million")
}

/// Snapshots lie an hour apart, and what happens lies half an hour before the next one.
struct Story(Test);

impl Story {
    fn begin() -> Self {
        let story = Self(Test::new());
        story
            .0
            .fake
            .caller(Caller::default().and("core_audit_view"));
        story.observe();
        story
    }

    fn observe(&self) {
        self.let_an_hour_pass();
        self.0.sync().args(&["--with", "audit"]).exits(0);
    }

    fn let_an_hour_pass(&self) {
        if !self.0.database().exists() {
            return;
        }
        let file = Connection::open(self.0.database()).expect("a database");
        file.execute_batch(
            "UPDATE _snapshot SET started_at = strftime('%Y-%m-%dT%H:%M:%fZ', started_at, '-1 hour'),
               finished_at = strftime('%Y-%m-%dT%H:%M:%fZ', finished_at, '-1 hour');
             UPDATE _audit_window SET starts = starts - 3600000, ends = ends - 3600000;
             UPDATE _audit_event SET at = at - 3600000;
             UPDATE _login SET last_login = last_login - 3600000, observed_from = observed_from - 3600000,
               observed_until = observed_until - 3600000;
             UPDATE _grant SET created_at = created_at - 3600000;
             DELETE FROM _seal; -- or it would look like damage",
        )
        .expect("the tables of this schema");
    }

    fn change(&self, by: By, change: impl FnOnce(&mut Account)) {
        self.0.fake.change_by(by.at(now() - HOUR / 2), change);
    }

    /// Ada takes Evan into a group and out again.
    fn comes_and_goes(&self) {
        for change in [Account::add_member, Account::remove_member] {
            self.change(By::user(ADA), |account| {
                change(account, &Scope::account(), "on_call", EVAN);
            });
        }
    }

    /// The changes between the first two snapshots, told by a file that read the trail up to now.
    fn told(&self) -> Vec<Value> {
        self.observe();
        self.observe();
        self.diff()["changes"].as_array().expect("changes").clone()
    }

    fn diff(&self) -> Value {
        self.0
            .run(&["diff", "1", "2", "--format", "json"])
            .run()
            .json()
    }
}

fn certainty(change: &Value) -> &str {
    change["by"]["certainty"].as_str().unwrap_or("not told")
}

fn actor(change: &Value) -> &str {
    change["by"]["actor"]["identifier"]
        .as_str()
        .unwrap_or("nobody")
}

#[test]
fn who_joined_a_group_was_added_by_somebody() {
    let story = Story::begin();
    story.change(By::user(ADA), |account| {
        account.add_member(&Scope::account(), "developers", EVAN);
    });
    let told = story.told();
    assert_eq!(told.len(), 1);
    assert_eq!(
        (certainty(&told[0]), actor(&told[0])),
        ("exact", "ada@example.test")
    );
}

#[test]
fn two_actors_on_one_group_are_one_of_two() {
    let story = Story::begin();
    story.change(By::user(ADA), |account| {
        account.add_member(&Scope::account(), "developers", EVAN);
    });
    story.change(By::user(BOB), |account| {
        account.add_member(&Scope::account(), "developers", GUS);
    });
    for change in story.told() {
        assert_eq!(certainty(&change), "one_of", "{change:#}");
        assert_eq!(change["by"]["candidates"], 2);
    }
}

#[test]
fn grants_of_a_deleted_group_went_through_its_deletion() {
    let story = Story::begin();
    story.change(By::user(GUS), |account| {
        account.remove_group(&Scope::account(), "developers");
    });
    let told = story.told();
    let grants: Vec<&Value> = told
        .iter()
        .filter(|change| change["kind"] == "grant")
        .collect();
    assert!(grants.len() > 1);
    for grant in grants {
        assert_eq!(
            (certainty(grant), actor(grant)),
            ("exact", "gus@example.test"),
            "{grant:#}"
        );
        assert_eq!(grant["by"]["through"], "user_group/account/developers");
    }
}

#[test]
fn a_disabled_user_is_never_recorded() {
    let story = Story::begin();
    story.change(By::user(ADA), |account| account.user(BOB).disabled = true);
    assert_eq!(certainty(&story.told()[0]), "never_recorded");
}

#[test]
fn a_change_that_nobody_is_recorded_for_is_unexplained() {
    let story = Story::begin();
    story.change(By::nobody(), |account| {
        account.add_member(&Scope::account(), "developers", EVAN);
    });
    assert_eq!(certainty(&story.told()[0]), "unexplained");
    story
        .0
        .run(&["diff", "1", "2", "--fail-on", "unexplained"])
        .exits(1);
}

#[test]
fn an_impersonation_shows_both_people() {
    let story = Story::begin();
    story.change(By::user(ADA).impersonating(BOB), |account| {
        account.add_member(&Scope::account(), "developers", EVAN);
    });
    let told = story.told();
    assert_eq!(actor(&told[0]), "ada@example.test");
    assert_eq!(told[0]["by"]["impersonation"]["email"], "bob@example.test");
}

#[test]
fn without_the_permission_the_snapshot_is_stored_and_the_trail_is_a_gap() {
    let test = Test::new();
    test.fake.deny("core_audit_view", &Scope::account());
    let outcome = test.sync().args(&["--with", "audit"]).exits(2);
    assert!(
        outcome.stderr.contains("core_audit_view"),
        "{}",
        outcome.stderr
    );
    assert_eq!(test.ask("SELECT state FROM snapshots"), "complete");
    assert_eq!(
        test.ask("SELECT state FROM listings WHERE kind = 'audit_events'"),
        "not_permitted"
    );
}

#[test]
fn what_came_and_went_between_two_looks_is_told() {
    let story = Story::begin();
    story.change(By::user(ADA), |account| {
        account.add_member(&Scope::account(), "on_call", EVAN);
    });
    story.change(By::user(ADA), |account| {
        account.remove_member(&Scope::account(), "on_call", EVAN);
    });
    assert!(story.told().is_empty());
    assert_eq!(story.diff()["unseen"].as_array().expect("a list").len(), 2);
    let report = ["diff", "1", "2", "--format", "html"];
    let page = story.0.run(&report).exits(0).stdout;
    assert!(page.contains("Recorded in between, but in no difference (2)"));
}

#[test]
fn the_trail_is_read_where_only_the_list_without_totals_exists() {
    let story = Story::begin();
    story.0.fake.switch(|switches| switches.audit_list = false);
    story.change(By::user(ADA), |account| {
        account.add_member(&Scope::account(), "developers", EVAN);
    });
    assert_eq!(actor(&story.told()[0]), "ada@example.test");
}

#[test]
fn audit_lists_who_did_what() {
    let story = Story::begin();
    story.change(By::user(ADA), |account| {
        account.add_member(&Scope::account(), "developers", EVAN);
    });
    story.observe();
    let listed = story
        .0
        .run(&["audit", "--actor", "ada@example.test", "--on", "Developers"])
        .exits(0);
    assert!(
        listed.stdout.contains("user group Developers (developers)"),
        "{}",
        listed.stdout
    );
    story
        .0
        .run(&["audit", "--actor", "bob@example.test", "--format", "ndjson"])
        .exits(0)
        .prints_nothing();
}

#[test]
fn a_quiet_day_costs_three_requests_at_most() {
    let story = Story::begin();
    let both = ["--with", "audit", "--with", "logins"];
    let requests = |flags: &[&str]| -> usize {
        let before = story.0.fake.requests().len();
        story.0.sync().args(flags).exits(0);
        story.0.fake.requests().len() - before
    };
    let plain = Test::synced();
    let before = plain.fake.requests().len();
    plain.sync().exits(0);
    let without = plain.fake.requests().len() - before;
    story.0.fake.sign_in(ADA, now() - HOUR);
    requests(&both);
    for _ in 0..3 {
        (0..24).for_each(|_| story.let_an_hour_pass());
        story.0.fake.age_events(24 * HOUR);
        let with = requests(&both);
        assert!(with <= without + 3, "{with} against {without}");
    }
}

#[test]
fn the_last_sign_in_is_found_with_few_requests() {
    let test = Test::new();
    test.fake.caller(Caller::default().and("core_audit_view"));
    test.fake.sign_in(ADA, now() - 40 * 24 * HOUR);
    test.fake.sign_in(BOB, now() - 24 * HOUR);
    test.sync().args(&["--with", "logins"]).exits(0);
    assert_eq!(
        test.ask("SELECT count(*) FROM users WHERE last_login IS NOT NULL AND email IN ('ada@example.test', 'bob@example.test')"),
        "2"
    );
    assert!(test.fake.count("/audit/api/audits/list") <= 4);
}

#[test]
fn changes_and_history_say_who_did_it() {
    let story = Story::begin();
    story.change(By::user(ADA), |account| {
        account.add_member(&Scope::account(), "developers", EVAN);
    });
    story.observe();
    story.observe();
    let told =
        "SELECT changed_by || ' ' || changed_by_certainty FROM changes WHERE snapshot_id = 2";
    assert_eq!(story.0.ask(told), "ada@example.test exact");
    let history = story.0.run(&["history", "evan@example.test"]).exits(0);
    assert!(
        history.stdout.contains("ada@example.test 20"),
        "{}",
        history.stdout
    );
}

#[test]
fn findings_see_who_gave_themselves_access_and_who_does_not_sign_in() {
    let story = Story::begin();
    story.change(By::user(BOB), |account| {
        account.assign(
            Principal::User(BOB),
            "_account_admin",
            "_all_account_level_resources",
            &Scope::account(),
        );
    });
    story.change(By::user(ADA).impersonating(GUS), |account| {
        account.assign(
            Principal::User(EVAN),
            "_account_admin",
            "_all_account_level_resources",
            &Scope::account(),
        );
    });
    story.0.fake.sign_in(BOB, now() - HOUR);
    story.let_an_hour_pass();
    story
        .0
        .sync()
        .args(&["--with", "audit", "--with", "logins"])
        .exits(0);
    let found = story.0.run(&["findings", "--format", "json"]).run().json();
    let of = |code: &str| -> Vec<String> {
        let rules = found["rules"].as_array().expect("rules").iter();
        let of_code = rules.filter(|rule| rule["code"] == code);
        let findings = of_code.flat_map(|rule| rule["findings"].as_array().expect("findings"));
        findings
            .map(|finding| finding["subject"].to_string())
            .collect()
    };
    assert!(
        of("HA022").iter().any(|subject| subject.contains(BOB)),
        "{found:#}"
    );
    assert!(
        of("HA023").iter().any(|subject| subject.contains(EVAN)),
        "{found:#}"
    );
    assert!(
        of("HA021").iter().any(|subject| subject.contains(ADA)),
        "{found:#}"
    );
    assert!(
        !of("HA021").iter().any(|subject| subject.contains(BOB)),
        "{found:#}"
    );
}

#[test]
fn who_joined_lately_has_not_been_away_for_long() {
    let story = Story::begin();
    story.change(By::user(BOB), |account| {
        let mut new = account.user(ADA).clone();
        new.uuid = "uNEW000000000000000000".into();
        new.email = "new@example.test".into();
        account.users.push(new);
        account.assign(
            Principal::User("uNEW000000000000000000"),
            "_account_admin",
            "_all_account_level_resources",
            &Scope::account(),
        );
    });
    story.0.sync().args(&["--with", "logins"]).exits(0);
    let found = story.0.run(&["findings", "--code", "HA020,HA021"]).exits(0);
    assert!(found.stdout.contains(ADA), "{}", found.stdout);
    assert!(!found.stdout.contains("uNEW"), "{}", found.stdout);
}
