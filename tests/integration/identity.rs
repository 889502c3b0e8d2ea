//! Who is meant: every scope may have the same names.

use crate::support::account::{Account, EVERYTHING};
use crate::support::{Run, TempDir};

const ADMIN: &str = "role/harness/_account_admin";
const SCOPES: [&str; 3] = ["account", "org/a", "org/a/project/b"];

/// rbac-lookup#30, PL-38885: three groups "Admins" of three scopes gave three equal lines.
#[test]
fn the_same_name_at_every_scope_is_told_apart() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let mut account = Account::example();
    account
        .person("ada", "Ada")
        .project("a", "b")
        .publish(&db, 1);
    for scope in SCOPES {
        let group = format!("user_group/{scope}/admins");
        account
            .group_of(&group, "Admins", &["ada"])
            .assign(&group, ADMIN, "account", EVERYTHING);
    }
    account.publish(&db, 2);
    let ways: [&[&str]; 6] = [
        &["diff"],
        &["diff", "--format", "markdown"],
        &["diff", "--format", "github"],
        &["history", "user/ada"],
        &["what-can", "user/ada"],
        &["why", "user/ada", ADMIN],
    ];
    for way in ways {
        let printed = Run::new(folder.path(), way)
            .args(&["--db", "a.db"])
            .run()
            .stdout;
        let mut lines: Vec<&str> = printed
            .lines()
            .filter(|line| line.contains("Admins"))
            .collect();
        let all = lines.len();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), all, "{way:?}:\n{printed}");
        assert!(printed.contains("org/a/project/b"), "{way:?}:\n{printed}");
    }
}

/// Two of everything under one name in each scope, one more of it elsewhere, and two people of one name and address, of whom
/// one is gone.
fn namesakes() -> Account {
    let mut account = Account::example();
    account
        .project("a", "b")
        .user("old", "Ada", "ada@example.test")
        .user("new", "Ada", "ada@example.test");
    for scope in SCOPES {
        for nth in ["one", "two"] {
            account.namesakes(scope, nth, "Same", &["old", "new"]);
        }
    }
    for holder in [
        "user_group/account/one",
        "user_group/org/a/one",
        "service_account/account/two",
    ] {
        for kept in SCOPES {
            for nth in ["one", "two"] {
                let [role, over] =
                    ["role", "resource_group"].map(|kind| format!("{kind}/{kept}/{nth}"));
                account.assign(holder, &role, "org/a/project/b", &over);
            }
        }
    }
    account
}

const WAYS: [&[&str]; 17] = [
    &["diff", "1", "2"],
    &["diff", "1", "2", "--format", "markdown"],
    &["diff", "1", "2", "--format", "github"],
    &["diff", "1", "2", "--format", "csv"],
    &["diff", "1", "2", "--format", "ndjson"],
    &["diff", "1", "2", "--write-approvals"],
    &["history", "user_group/account/one"],
    &["history", "role/org/a/one", "--format", "csv"],
    &["history", "user/old"],
    &["who-can", "core_secret_access"],
    &["who-can", "core_secret_access", "--format", "csv"],
    &["what-can", "user/new"],
    &["what-can", "user/new", "--permissions"],
    &["what-can", "user_group/org/a/one", "--format", "csv"],
    &["why", "user/new", "core_secret_access"],
    &["findings", "--format", "csv"],
    &["export", "--format", "csv"],
];

/// No output of any command loses who is meant: no two lines of one output are the same.
#[test]
fn no_output_loses_who_is_meant() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let mut account = Account::example();
    account.project("a", "b").publish(&db, 1);
    namesakes().publish(&db, 2);
    for way in WAYS {
        let printed = Run::new(folder.path(), way).args(&["--db", "a.db"]).run();
        let is_told = |line: &&str| line.contains("Same") || line.contains("Ada");
        let mut lines: Vec<&str> = printed.stdout.lines().filter(is_told).collect();
        // Numbers of sentences tell nobody apart.
        for line in &mut lines {
            *line = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        }
        let all = lines.len();
        lines.sort_unstable();
        let twice: Vec<&[&str]> = lines.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{way:?}: {twice:#?}");
        assert!(all > 2 || way[0] == "findings", "{way:?}: {printed:?}");
    }
}

#[test]
fn who_is_gone_is_told_from_a_namesake_who_is_there() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let mut account = namesakes();
    account.publish(&db, 1);
    account
        .remove("user/old")
        .revoke("user/old", "user_group/account/one");
    account.publish(&db, 2);
    let ask = |arguments: &[&str]| {
        Run::new(folder.path(), arguments)
            .args(&["--db", "a.db"])
            .run()
    };
    ask(&["history", "user_group/account/one"])
        .exits(0)
        .prints("user Ada <ada@example.test> (user/old, gone since snapshot 2) in user group Same")
        .prints("user Ada <ada@example.test> (user/new) in user group Same");
    ask(&["history", "ada@example.test"])
        .exits(3)
        .says("user/old (Ada, gone since snapshot 2)");
    ask(&["diff", "1", "2"])
        .exits(1)
        .prints("-  user Ada <ada@example.test> (user/old, gone since snapshot 2)");
}
