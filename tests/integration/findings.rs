//! `findings` through the program.

#![allow(clippy::unwrap_used)]

use harness_access::model::ListingKind;

use harness_access::findings::built_in;

use crate::support::account::{ACCOUNT_ONLY, Account, EVERYTHING};
use crate::support::{Outcome, Run, TempDir, Test, run};
use fake_harness::Caller;

const ADMIN: &str = "role/harness/_account_admin";
const HIDDEN: &str = "role/harness/_hidden";

fn story() -> Account {
    Account::example()
        .person("ada", "Ada")
        .person("hid", "Hid")
        .disabled_person("dis", "Dee")
        .disabled_person("dan", "Dan")
        .service_account("service_account/account/ci", "CI")
        .group_of("user_group/account/ops", "Ops", &["ada", "dis"])
        .group_of("user_group/account/void", "Void", &[])
        .group_of(
            "user_group/account/_account_all_users",
            "All",
            &["ada", "dis", "dan"],
        )
        .role(
            "role/account/opener",
            "Opener",
            &["core_role_edit", "core_secret_view"],
        )
        .role("role/account/unused", "Unused", &["core_role_edit"])
        .role(
            "role/account/viewer",
            "Viewer",
            &["core_secret_view", "core_serviceaccount_list"],
        )
        .assign("user_group/account/ops", ADMIN, "account", EVERYTHING)
        .assign("user/ada", ADMIN, "account", ACCOUNT_ONLY)
        .assign("service_account/account/ci", ADMIN, "account", EVERYTHING)
        .assign(
            "user_group/account/void",
            "role/account/viewer",
            "account",
            EVERYTHING,
        )
        .assign(
            "user_group/account/_account_all_users",
            "role/account/opener",
            "account",
            EVERYTHING,
        )
        .assign(
            "user_group/account/_account_all_users",
            "role/account/viewer",
            "account",
            EVERYTHING,
        )
        .assign("user/ada", "role/account/gone", "account", EVERYTHING)
        .assign("user/hid", HIDDEN, "account", EVERYTHING)
        .assign(
            "user/hid",
            HIDDEN,
            "account",
            "resource_group/harness/_hidden",
        )
        .assign("user/hid", HIDDEN, "account", "resource_group/account/gone")
        .assign("user/gone", HIDDEN, "account", EVERYTHING)
        .clone()
}

fn clean() -> Account {
    Account::example().person("ada", "Ada").clone()
}

#[test]
fn every_rule_finds_its_case_and_nothing_else() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let ran = run(&db, &["findings", "--format", "json"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let answer = ran.json();
    let found: Vec<(String, Vec<String>)> = answer["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| {
            let subjects = rule["findings"].as_array().unwrap().iter();
            let subjects = subjects.map(|finding| finding["subject"].as_str().unwrap().to_owned());
            (
                rule["code"].as_str().unwrap().to_owned(),
                subjects.collect(),
            )
        })
        .filter(|(_, subjects): &(String, Vec<String>)| !subjects.is_empty())
        .collect();
    // The others need tokens, sign-in settings or the audit trail.
    let expected: [(&str, &[&str]); 9] = [
        (
            "HA001",
            &[
                "service_account/account/ci",
                "user/ada",
                "user/ada",
                "user/dis",
            ],
        ),
        ("HA002", &["user/ada"]),
        ("HA003", &["user_group/account/_account_all_users"]),
        ("HA004", &["user/dis"]),
        ("HA005", &["service_account/account/ci"]),
        ("HA006", &["user/ada", "user/gone", "user/hid"]),
        ("HA007", &["user_group/account/void"]),
        ("HA008", &["role/account/opener"]),
        ("HA009", &["user/hid", "user/hid"]),
    ];
    let expected = expected.map(|(code, subjects)| {
        (
            code.to_owned(),
            subjects
                .iter()
                .map(|subject| (*subject).to_owned())
                .collect(),
        )
    });
    assert_eq!(found, expected);
    assert_eq!(
        answer["rules"][3]["findings"][0]["detail"],
        "roles held directly: 0, user groups: 1"
    );
}

#[test]
fn a_clean_account_passes_and_a_bad_one_fails() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    clean().publish(&db, 1);
    assert_eq!(run(&db, &["findings", "--fail-on", "note"]).status, 0);
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    assert_eq!(run(&db, &["findings", "--fail-on", "error"]).status, 1);
    let folder = TempDir::new();
    let db = folder.file("a.db");
    clean()
        .gap(ListingKind::RoleAssignments, "account")
        .publish(&db, 1);
    let ran = run(&db, &["findings", "--fail-on", "note"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(
        ran.stderr.contains("not seen: role assignments of account"),
        "{ran:?}"
    );
}

#[test]
fn sarif_names_its_rules_and_results() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let sarif = run(&db, &["findings", "--format", "sarif"]).json();
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    // All but those on sign-in, the last sign-in and the audit trail, which were not read.
    assert_eq!(rules.len(), built_in().len() - 7);
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(result["ruleId"], rules[index]["id"]);
        assert!(["note", "warning", "error"].contains(&result["level"].as_str().unwrap()));
        assert!(result["message"]["text"].is_string());
    }
}

#[test]
fn rules_of_ones_own_join_in_and_can_only_read() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let folder = db.with_extension("rules");
    std::fs::create_dir_all(&folder).unwrap();
    let rule = folder.join("mine.sql");
    let head = "-- code: MY1\n-- severity: error\n-- title: Everybody\n-- remedy: None.\n";
    let folder = folder.to_str().unwrap();
    std::fs::write(&rule, format!("{head}SELECT id AS subject FROM users")).unwrap();
    let ran = run(&db, &["findings", "--rules", folder, "--format", "json"]);
    let document = ran.json();
    let mine = document["rules"].as_array().unwrap().last().unwrap();
    assert_eq!(mine["findings"].as_array().unwrap().len(), 4, "{ran:?}");
    let copy = db.with_extension("stolen");
    let bad = [
        "DELETE FROM _grant RETURNING key AS subject".to_owned(),
        format!("VACUUM INTO '{}'", copy.display()),
        "SELECT 1".to_owned(),
        "SELEC".to_owned(),
    ];
    for sql in bad {
        std::fs::write(&rule, format!("{head}{sql}")).unwrap();
        let ran = run(&db, &["findings", "--rules", folder]);
        assert_eq!(ran.status, 3, "{sql}: {ran:?}");
        assert!(ran.stderr.contains("rule MY1"), "{ran:?}");
    }
    assert!(!copy.exists());
    std::fs::write(&rule, head.replace("MY1", "HA001")).unwrap();
    assert_eq!(run(&db, &["findings", "--rules", folder]).status, 3);
}

#[test]
fn an_earlier_snapshot_is_judged_as_it_was() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    clean().publish(&db, 2);
    assert_eq!(run(&db, &["findings", "--fail-on", "note"]).status, 0);
    assert_eq!(
        run(&db, &["findings", "--fail-on", "error", "--at", "1"]).status,
        1
    );
}

#[test]
fn findings_that_may_be_out_of_date_are_told() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let ran = run(&db, &["findings"]);
    assert!(!ran.stderr.contains("unverified"), "{ran:?}");
    story()
        .gap(ListingKind::RoleAssignments, "account")
        .publish(&db, 2);
    let ran = run(&db, &["findings"]);
    assert!(
        ran.stderr
            .contains("unverified: 11 grants and 0 resources come from incomplete lists"),
        "{ran:?}"
    );
    let answer = run(&db, &["findings", "--format", "json"]).json();
    assert_eq!(answer["unverified"]["grants"], 11);
    let ran = run(&db, &["findings", "--at", "1"]);
    assert!(!ran.stderr.contains("unverified"), "{ran:?}");
}

/// codeql-action#1553: what GitHub code scanning needs to show a result.
#[test]
fn sarif_has_what_code_scanning_asks_for() {
    let folder = TempDir::new();
    let db = folder.file("50%.db");
    story().publish(&db, 1);
    let sarif = run(&db, &["findings", "--format", "sarif"]).json();
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let mut prints = std::collections::BTreeSet::new();
    for result in results {
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().expect("a URI");
        assert!(uri.ends_with("/50%25.db"), "{uri}");
        assert_eq!(place["region"]["startLine"], 1);
        let print = result["partialFingerprints"]["primaryLocationLineHash"].as_str();
        assert!(prints.insert(print.expect("a fingerprint")), "{result}");
    }
    for rule in sarif["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .expect("rules")
    {
        for part in ["shortDescription", "fullDescription", "help", "helpUri"] {
            assert!(!rule[part].is_null(), "{part}: {rule}");
        }
        assert!(
            rule["properties"]["security-severity"].is_string(),
            "{rule}"
        );
    }
    let severity = |at: usize| results[at]["level"].as_str().unwrap_or_default();
    assert_eq!(severity(0), "error", "the worst first");
}

/// A story, the file of what was agreed to beside it, and the program that is asked about both.
struct Accepting(TempDir);

impl Accepting {
    fn new() -> Self {
        let folder = TempDir::new();
        story().publish(&folder.file("a.db"), 1);
        Self(folder)
    }

    fn findings(&self, arguments: &[&str]) -> Outcome {
        let all = ["findings", "--db", "a.db"].iter().chain(arguments);
        Run::new(self.0.path(), &all.copied().collect::<Vec<_>>()).run()
    }

    /// Writes the entries of the errors, filled in.
    fn agree(&self, more: &str) {
        let entries = self
            .findings(&["--write-approvals", "--fail-on", "error"])
            .exits(1)
            .stdout;
        assert!(!entries.contains("HA001"), "{entries}");
        let filled = entries
            .replace("reason = \"\"", "reason = \"deploys\"")
            .replace("approver = \"\"", &format!("approver = \"Grace\"{more}"));
        self.0.write("approvals.toml", filled);
    }
}

const FAIL: [&str; 4] = ["--fail-on", "error", "--approvals", "approvals.toml"];

#[test]
fn accepted_findings_do_not_count_and_are_shown_as_accepted() {
    let account = Accepting::new();
    account.agree("");
    let ended = account.findings(&FAIL).exits(0);
    ended.prints("Grace: deploys").says("; 2 accepted");
    let document = account.findings(&[&FAIL[..], &["--format", "json"]].concat());
    let of_bot = &document.exits(0).json()["rules"][4]["findings"][0];
    assert_eq!(of_bot["accepted"]["approver"], "Grace");
    let sarif = account.findings(&[&FAIL[..], &["--format", "sarif"]].concat());
    let results = sarif.exits(0).json()["runs"][0]["results"].clone();
    assert_eq!(results[0]["suppressions"][0]["status"], "accepted");
    // Another role of the same bot is not what was agreed to.
    story()
        .assign("service_account/account/ci", ADMIN, "account", ACCOUNT_ONLY)
        .publish(&account.0.file("a.db"), 2);
    account.findings(&FAIL).exits(1);
}

#[test]
fn an_entry_that_expired_or_fits_nothing_is_told() {
    let account = Accepting::new();
    account.agree("\nexpires = 2020-01-01");
    let ended = account.findings(&FAIL).exits(1);
    ended.says("expired on 2020-01-01; no longer covers 1 finding: HA005 service_account");
    account.agree("");
    clean().publish(&account.0.file("a.db"), 2);
    let ended = account.findings(&FAIL).exits(0);
    ended.says("this entry matches no finding: HA005 service_account/account/ci");
    // Entries for rules that do not run are not unused.
    let ended = account.findings(&[&FAIL[..], &["--code", "HA001"]].concat());
    assert!(!ended.exits(0).stderr.contains("matches no"));
}

#[test]
fn findings_are_counted_and_filtered() {
    let account = Accepting::new();
    let counts = account.findings(&["--stat"]).exits(0);
    counts
        .prints("HA005  error            1         0  Service account with an administrator role")
        .says("rules: 2 errors, ");
    let counts = account.findings(&["--stat", "--format", "json"]).exits(0);
    assert_eq!(counts.json()["rules"][0]["findings"], 4);
    let some = account
        .findings(&["--code", "ha005,HA007", "--format", "csv"])
        .exits(0)
        .stdout;
    let codes: Vec<&str> = some.lines().map(|line| &line[..5]).collect();
    assert_eq!(codes, ["code,", "HA005", "HA007"]);
    account
        .findings(&["--code", "HA05"])
        .exits(3)
        .says("did you mean HA005");
    account
        .findings(&["--stat", "--format", "sarif"])
        .exits(3)
        .says("--stat prints a table or json");
}

#[test]
fn tokens_and_ways_to_sign_in_are_looked_at() {
    let test = Test::new();
    test.fake.caller(Caller::everything());
    test.fake.change(|account| {
        account.user("uADA000000000000000000").two_factor = false;
        account.user("uDANA00000000000000000").disabled = true;
        let token = account.tokens.iter().position(|token| token.kind == "USER");
        let mut token = account.tokens[token.unwrap()].clone();
        (token.parent, token.identifier) = ("uDANA00000000000000000".into(), "old".into());
        account.tokens.push(token);
    });
    test.sync()
        .args(&["--with", "tokens", "--with", "auth-settings"])
        .exits(0);
    let counts = || {
        let counts = test.run(&["findings", "--stat", "--format", "json"]);
        let counts = counts.exits(0).json()["rules"].clone();
        let of = |code: &str| {
            let rule = counts
                .as_array()
                .unwrap()
                .iter()
                .find(|rule| rule["code"] == code);
            rule.unwrap()["findings"].as_u64().unwrap()
        };
        ["HA010", "HA011", "HA012", "HA013", "HA014", "HA015"].map(of)
    };
    assert_eq!(counts(), [1, 3, 1, 0, 2, 1]);
    test.fake.change(|account| {
        account.authentication_settings["authenticationMechanism"] = "USER_PASSWORD".into();
    });
    test.sync().exits(0);
    assert_eq!(counts()[3..], [2, 0, 1]);
    test.fake.change(|account| {
        account.authentication_settings["twoFactorEnabled"] = true.into();
    });
    test.sync().exits(0);
    assert_eq!(counts()[3..], [0, 0, 1]);
}

#[test]
fn rules_whose_data_was_not_read_are_named_and_not_counted() {
    let account = Accepting::new();
    let told = "HA020, HA021 (sync --with logins, for 90 days)";
    account
        .findings(&["--stat"])
        .exits(0)
        .says(told)
        .says("without answer: ");
    let found = account.findings(&["--format", "json"]).exits(0).json();
    assert_eq!(found["unanswered"][0]["code"], "HA013");
    assert_eq!(found["unanswered"][0]["needs"], "sync --with auth-settings");
    let rules = found["rules"].as_array().unwrap();
    assert!(rules.iter().all(|rule| rule["code"] != "HA013"));
    let sarif = account.findings(&["--format", "sarif"]).exits(0).json();
    let notes = &sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert!(notes.to_string().contains(told), "{notes}");
}

#[test]
fn a_rule_that_was_asked_for_and_has_no_answer_is_not_passed() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    clean().publish(&db, 1);
    let ask = |more: &[&str]| run(&db, &[&["findings"], more].concat());
    let plain = ask(&["--fail-on", "error"]);
    assert_eq!(plain.status, 0, "{plain:?}");
    assert!(plain.stderr.contains("without answer: "), "{plain:?}");
    let asked = ["--code", "HA022,HA001", "--fail-on", "error"];
    assert_eq!(ask(&asked).status, 2);
    let alone = ask(&["--code", "HA021"]);
    assert!(alone.stderr.contains("0 findings by 0 rules"), "{alone:?}");
    assert_eq!(alone.status, 2);
    assert_eq!(ask(&["--code", "HA001", "--fail-on", "note"]).status, 0);
}
