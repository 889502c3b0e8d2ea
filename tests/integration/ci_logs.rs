//! Names of strangers in the log of a CI system.

use crate::support::account::{Account, EVERYTHING};
use crate::support::{Run, TempDir};

const ADMIN: &str = "role/harness/_account_admin";
const NAMES: [&str; 4] = [
    "::set-output name=x::y",
    "  ::stop-commands::t",
    "##vso[task.setvariable variable=x]y",
    "a ##[error]b",
];

/// field report F38, F46: no name is a command, in no format of any command.
#[test]
fn no_name_is_a_command() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    Account::example().publish(&db, 1);
    let mut account = Account::example();
    for (at, name) in NAMES.iter().enumerate() {
        let group = format!("user_group/account/g{at}");
        account
            .user(&format!("u{at}"), name, name)
            .group_of(&group, name, &[&format!("u{at}")])
            .role(
                &format!("role/account/r{at}"),
                name,
                &["core_secret_access"],
            )
            .assign(
                &group,
                &format!("role/account/r{at}"),
                "account",
                EVERYTHING,
            )
            .assign(&format!("user/u{at}"), ADMIN, "account", EVERYTHING);
    }
    account.publish(&db, 2);
    let ways: [(&[&str], &[&str]); 7] = [
        (&["who-can", ADMIN], &["table", "json", "csv"]),
        (&["what-can", "user/u0"], &["table", "json", "csv"]),
        (&["why", "user/u0", "role/account/r0"], &["text", "json"]),
        (&["history", "user/u0"], &["table", "json", "csv"]),
        (&["findings"], &["table", "json", "csv", "sarif"]),
        (
            &["diff"],
            &["table", "json", "ndjson", "csv", "markdown", "github"],
        ),
        (&["export"], &["csv", "ndjson"]),
    ];
    for (command, formats) in ways {
        for format in formats {
            let run = Run::new(folder.path(), command).args(&["--db", "a.db", "--format", format]);
            let ended = run.run();
            for line in ended.stdout.lines().chain(ended.stderr.lines()) {
                let is_ours = *format == "github" && line.starts_with("::warning title=");
                let starts = line.trim_start().starts_with("::") && !is_ours;
                assert!(
                    !starts && !line.contains("##[") && !line.contains("##vso"),
                    "{command:?} {format}: {line}"
                );
            }
        }
    }
}
