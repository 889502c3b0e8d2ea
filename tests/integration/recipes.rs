//! The recipes of the README, run as they stand.

use std::fs;
use std::path::Path;
use std::process::Command;

use harness_access::agreed::gaps::AcceptedGaps;
use harness_access::diff::approvals::Approvals;
use harness_access::findings::AcceptedFindings;

use crate::support::documents;
use crate::support::{Outcome, Test};
use fake_harness::Scope;

const ADA: &str = "uADA000000000000000000";
const EVAN: &str = "uEVAN00000000000000000";

/// The fenced blocks of a language.
fn blocks(language: &str) -> Vec<String> {
    documents::blocks(&documents::documentation(), language)
}

/// The script under a key of a YAML block: the lines that are indented further.
fn script(key: &str) -> String {
    let yaml = blocks("yaml").into_iter().find(|block| block.contains(key));
    let yaml = yaml.unwrap();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut lines = yaml
        .lines()
        .skip_while(|line| !line.trim_start().starts_with(key));
    let outer = indent(lines.next().unwrap());
    let lines: Vec<&str> = lines.take_while(|line| indent(line) > outer).collect();
    let inner = indent(lines[0]);
    let lines: Vec<&str> = lines.iter().map(|line| &line[inner..]).collect();
    lines.join("\n")
}

/// Runs a script as both kinds of pipelines do.
fn bash(test: &Test, script: &str) -> Outcome {
    let program = Path::new(env!("CARGO_BIN_EXE_harness-access"));
    let path = format!(
        "{}:/usr/local/bin:/usr/bin:/bin",
        program.parent().unwrap().display()
    );
    let output = Command::new("bash")
        .args(["-e", "-c", script])
        .current_dir(test.folder.path())
        .env_clear()
        .env("PATH", path)
        .env("HARNESS_BASE_URL", test.server.base_url())
        .env("HARNESS_API_KEY", test.fake.api_key())
        .env("HARNESS_ACCESS_DB", "harness-access.db")
        .env("GITHUB_STEP_SUMMARY", "summary.md")
        .output()
        .unwrap();
    Outcome {
        command: script.to_owned(),
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn approved(test: &Test) -> String {
    test.ask("SELECT id FROM snapshots WHERE label = 'approved'")
        .trim()
        .to_owned()
}

/// From an empty machine to a change that is approved, until the approval expires.
fn a_review(script: &str) -> (Test, Outcome) {
    let test = Test::new();
    test.folder.write("approvals.toml", "");
    bash(&test, script)
        .exits(3)
        .says("no snapshot `approved`")
        .says("`snapshots label latest NAME` gives one a name");
    test.run(&["snapshots", "label", "latest", "approved"])
        .exits(0);
    bash(&test, script).exits(0);
    assert_eq!(approved(&test), "2");
    // Somebody who leaves is no reason to stop.
    let admins = "platform_admins";
    test.fake
        .change(|account| account.remove_member(&Scope::account(), admins, ADA));
    bash(&test, script).exits(0);
    assert_eq!(approved(&test), "3");
    test.fake
        .change(|account| account.add_member(&Scope::account(), "platform_admins", EVAN));
    let refused = bash(&test, script).exits(1);
    assert_eq!(approved(&test), "3");
    let entries = test
        .run(&[
            "diff",
            "approved",
            "latest",
            "--write-approvals",
            "--fail-on",
            "escalation",
        ])
        .exits(1)
        .stdout;
    let entries = entries.replace("reason = \"\"", "reason = \"on call\"");
    let agree = |until: &str| {
        let approver = format!("approver = \"Grace\"\nexpires = {until}");
        let entries = entries.replace("approver = \"\"", &approver);
        test.folder.write("approvals.toml", entries);
    };
    agree("2999-12-31");
    bash(&test, script).exits(0);
    assert_eq!(approved(&test), "5");
    // The label is past the change, and the access is still there.
    agree("2020-12-31");
    bash(&test, script)
        .exits(1)
        .says("expired on 2020-12-31, and what it approved is still there: user Evan Sample");
    assert_eq!(approved(&test), "5");
    (test, refused)
}

#[test]
fn the_github_actions_job() {
    let (test, refused) = a_review(&script("run: |"));
    refused.prints("::warning title=membership added in account::+ user Evan Sample");
    let summary = fs::read_to_string(test.folder.file("summary.md")).unwrap();
    assert!(
        summary.contains("#### More access than before (1)"),
        "{summary}"
    );
    assert!(
        summary.contains("<summary>Approved (1)</summary>"),
        "{summary}"
    );
}

#[test]
fn the_step_of_a_harness_pipeline() {
    let (_, refused) = a_review(&script("command: |-"));
    refused
        .prints("access to approve:\n# user Evan Sample")
        .prints("[[approval]]\nchange = \"added\"\nkind = \"membership\"\n");
}

#[test]
fn the_lines_for_cron() {
    let test = Test::new();
    let key = test.folder.write_private("key", test.fake.api_key());
    let lines: Vec<String> = blocks("cron")
        .iter()
        .flat_map(|block| block.lines())
        .filter_map(|line| Some(line.split_at(line.find("harness-access ")?).1.to_owned()))
        .map(|line| line.replace("/etc/harness-access/key", &key))
        .map(|line| line.replace("/var/lib/harness-access/access.db", "harness-access.db"))
        .collect();
    assert_eq!(lines.len(), 2);
    for line in lines.iter().chain(&lines) {
        bash(&test, line).exits(0).prints_nothing().says_nothing();
    }
    // Both were made on one day.
    assert_eq!(test.ask("SELECT id FROM snapshots").trim(), "2");
}

#[test]
fn the_script_for_ci() {
    let test = Test::synced();
    let script = blocks("sh")
        .into_iter()
        .find(|block| block.contains("status=$?"));
    let script = script.unwrap().replace("--db access.db", "");
    bash(&test, &script).exits(0).prints("no difference");
    test.fake
        .change(|account| account.add_member(&Scope::account(), "platform_admins", EVAN));
    bash(&test, &script).exits(1).prints("access changed");
    test.folder.write("harness-access.db", "no database");
    bash(&test, &script).exits(6);
}

#[test]
fn what_is_agreed_to_parses_as_one_file() {
    let blocks = blocks("toml").join("\n");
    for kind in ["[[approval]]", "[[finding]]", "[[gap]]"] {
        assert!(blocks.contains(kind), "{kind}");
    }
    Approvals::parse(&blocks).unwrap();
    AcceptedFindings::parse(&blocks).unwrap();
    AcceptedGaps::parse(&blocks).unwrap();
}

/// The lines of cron on a machine where neither folder nor permissions are right: each failure is a mail with its reason.
#[test]
fn a_job_on_a_machine_that_is_not_ready_says_what_it_lacks() {
    let test = Test::new();
    let sync = "harness-access sync --db volume/access.db";
    bash(&test, sync)
        .exits(6)
        .says("cannot write volume/access.db: no such folder")
        .says("mount the volume");
    std::fs::create_dir(test.folder.file("volume")).unwrap();
    test.fake.deny("core_role_view", &Scope::account());
    bash(&test, sync)
        .exits(2)
        .says("core_role_view in account")
        .says("--write-gaps");
    assert!(!test.folder.file("volume/access.db").exists());
    let entries = bash(&test, &format!("{sync} --write-gaps")).exits(2).stdout;
    let entries = entries.replace("reason = \"\"", "reason = \"not ours\"");
    let entries = entries.replace("approver = \"\"", "approver = \"Grace\"");
    test.folder.write("gaps.toml", entries);
    for _ in 0..2 {
        bash(&test, &format!("{sync} --gaps gaps.toml -q")).exits(0);
    }
    bash(&test, "harness-access diff --db volume/access.db")
        .exits(0)
        .says("left out, because these gaps are accepted: roles of account");
}
