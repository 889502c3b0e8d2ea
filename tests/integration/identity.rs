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
