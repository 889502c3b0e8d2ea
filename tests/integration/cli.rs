//! The command line: help, usage, and what a terminal or a program gets to see.

use std::io::Write;
use std::path::Path;

use crate::support::{Run, Test, matches_file};

const COMMANDS: [&str; 9] = [
    "sync",
    "snapshots",
    "diff",
    "who-can",
    "what-can",
    "why",
    "verify",
    "findings",
    "export",
];

fn run(arguments: &[&str]) -> Run {
    Run::new(Path::new(env!("CARGO_TARGET_TMPDIR")), arguments)
}

#[test]
fn the_version_is_printed() {
    for flag in ["--version", "-V"] {
        let outcome = run(&[flag]).exits(0).says_nothing();
        let version = env!("CARGO_PKG_VERSION");
        let rest = outcome
            .stdout
            .strip_prefix(&format!("harness-access {version}"));
        // The commit and its day, where the tree has them.
        assert!(
            matches!(rest.unwrap(), "\n") || rest.unwrap().starts_with(" ("),
            "{rest:?}"
        );
    }
}

#[test]
fn help_is_as_reviewed() {
    let help = run(&["--help"]).exits(0).says_nothing().stdout;
    matches_file("help/harness-access.txt", &help);
    for same in [&["-h"][..], &["help"]] {
        assert_eq!(run(same).exits(0).stdout, help);
    }
    for command in COMMANDS {
        let help = run(&[command, "--help"]).exits(0).says_nothing().stdout;
        matches_file(&format!("help/{command}.txt"), &help);
        for same in [[command, "-h"], ["help", command]] {
            assert_eq!(run(&same).exits(0).stdout, help);
        }
    }
}

#[test]
fn help_lists_every_command_and_exit_status() {
    let help = run(&["--help"]).exits(0).stdout;
    for command in COMMANDS {
        assert!(help.contains(&format!("\n  {command} ")), "{command}");
    }
    for status in 0..=6 {
        let start = format!("{status}  ");
        assert!(
            help.lines()
                .any(|line| line.trim_start().starts_with(&start)),
            "{status}"
        );
    }
}

#[test]
fn wrong_usage_exits_3() {
    for arguments in [
        &["--bogus"][..],
        &["bogus"],
        &[],
        &["sync", "--bogus"],
        &["sync", "--db"],
        &["snapshots", "extra"],
        &["diff", "--format", "yaml"],
        &["help", "bogus"],
    ] {
        run(arguments)
            .exits(3)
            .prints_nothing()
            .says("harness-access: ")
            .says("--help");
    }
}

#[test]
fn options_take_their_value_either_way() {
    let test = Test::synced();
    for arguments in [
        &["snapshots", "--format=json", "--db=harness-access.db"][..],
        &["snapshots", "--format", "json", "--db", "harness-access.db"],
    ] {
        test.run(arguments).exits(0).prints("\"format_version\": 1");
    }
}

#[test]
fn errors_are_json_where_json_was_asked_for() {
    let test = Test::synced();
    let error = |arguments: &[&str], status: i32| {
        let outcome = test.run(arguments).exits(status).prints_nothing();
        let error = outcome.error();
        assert_eq!(error["code"], status, "{error}");
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
        error["kind"].as_str().unwrap().to_owned()
    };
    assert_eq!(error(&["diff", "--format", "json"], 2), "could_not_tell");
    assert_eq!(
        error(&["diff", "--format=json", "9"], 3),
        "no_such_snapshot"
    );
    assert_eq!(
        error(&["snapshots", "--format", "json", "--bogus"], 3),
        "usage"
    );
    assert_eq!(
        error(&["snapshots", "--format", "json", "--db", "none.db"], 6),
        "db_missing"
    );
    assert_eq!(error(&["sync", "--format", "json"], 3), "config");
    let outcome = test
        .sync()
        .env("HARNESS_API_KEY", "pat.AbCdEfGhIjKlMnOpQrStUv.x.wrong")
        .args(&["--format", "json"])
        .exits(4);
    assert_eq!(outcome.error()["kind"], "bad_key");
}

#[test]
fn json_documents_start_with_their_version() {
    let test = Test::synced();
    test.observe();
    for run in [
        test.run(&["snapshots", "--format", "json"]),
        test.run(&["diff", "--format", "json"]),
        test.sync().args(&["--format", "json"]),
    ] {
        let outcome = run.exits(0);
        assert!(
            outcome.stdout.starts_with("{\n  \"format_version\": 1,"),
            "{}",
            outcome.stdout
        );
        assert!(outcome.stdout.ends_with("}\n"));
    }
}

#[test]
fn snapshots_are_listed_oldest_first() {
    let test = Test::synced();
    test.observe();
    let outcome = test.run(&["snapshots"]).exits(0).says("2 snapshots in ");
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{}", outcome.stdout);
    assert!(lines[0].trim_start().starts_with("ID  FINISHED"));
    assert!(lines[1].trim_start().starts_with("1  "));
    assert!(lines[2].trim_start().starts_with("2  "));
    let document = test.run(&["snapshots", "--format", "json"]).exits(0).json();
    let snapshots = document["snapshots"].as_array().unwrap();
    assert_eq!(snapshots.len(), 2);
    assert_eq!(snapshots[0]["id"], 1);
    assert_eq!(snapshots[0]["users"], 12);
    assert_eq!(snapshots[0]["disabled_role_assignments"], 1);
    assert_eq!(snapshots[0]["gaps"], serde_json::json!([]));
}

#[test]
fn control_characters_in_names_do_not_reach_a_terminal() {
    let test = Test::new();
    let evil = "Evil\u{1b}]0;title\u{7}\u{202e}\nsecond line\u{9b}31m";
    test.observe();
    test.observe_after(|account| {
        account.add_user("uEVIL", "evil\u{1b}[2J@example.test", evil);
        account.rename_user("uJON000000000000000000", "Jon\r\u{8}");
    });
    let outcome = test
        .diff()
        .exits(1)
        .prints(r"Evil\u{1b}]0;title\u{7}\u{202e}\u{a}second line\u{9b}31m");
    let odd = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!outcome.stdout.contains(odd), "{:?}", outcome.stdout);
    assert!(!outcome.stderr.contains(odd), "{:?}", outcome.stderr);
    // As data they are kept.
    let document = test.run(&["diff", "--format", "json"]).exits(1).json();
    assert!(document["changes"].to_string().contains("second line"));
    assert_eq!(
        test.ask("SELECT name FROM users WHERE uuid = 'uEVIL'"),
        evil
    );
}

#[test]
fn messages_of_harness_do_not_reach_a_terminal_raw() {
    use fake_harness::{Answer, Fault, FaultKind};
    let test = Test::new();
    let body = serde_json::json!({
        "status": "ERROR", "code": "INVALID_REQUEST", "message": "bad\u{1b}[31m\nthing\u{202e}", "correlationId": "c\u{7}"
    });
    test.fake
        .fault(Fault::everywhere(FaultKind::Answer(Answer::json(
            400, &body,
        ))));
    let outcome = test.sync().exits(5).says("bad");
    let odd = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!outcome.stderr.contains(odd), "{:?}", outcome.stderr);
}

#[test]
fn a_broken_pipe_is_silent() {
    let test = Test::synced();
    test.observe_after(|account| account.rename_user("uDANA00000000000000000", "Renamed"));
    // Whether the reader goes before or after the first byte, nobody is told.
    for arguments in [&["snapshots"][..], &["diff"], &["--help"]] {
        let mut child = test.run(arguments).spawn();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(
            !stderr.contains("panic") && !stderr.contains("pipe"),
            "{stderr}"
        );
        assert!(
            matches!(output.status.code(), Some(0 | 1)),
            "{:?}",
            output.status
        );
    }
    // This one cannot start before its reader has gone.
    let mut child = test
        .sync()
        .args(&["--api-key-file", "-", "--format", "json"])
        .spawn();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(test.fake.api_key().as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(test.ask("SELECT count(*) FROM snapshots"), "3");
}

/// Runs a line of shell in which `$P` is the program.
#[cfg(unix)]
fn shell(test: &Test, line: &str) -> (i32, String) {
    let output = std::process::Command::new("sh")
        .args(["-c", line])
        .env("P", env!("CARGO_BIN_EXE_harness-access"))
        .current_dir(test.folder.path())
        .output()
        .unwrap();
    (
        output.status.code().unwrap_or(-1),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_standard_output_is_no_wrong_usage() {
    let test = Test::synced();
    test.observe_after(|account| account.rename_user("uDANA00000000000000000", "Renamed"));
    for command in [
        "--help",
        "--version",
        "snapshots",
        "diff",
        "who-can _account_admin",
        "findings --format json",
        "export --format csv",
        "prune --keep-last 9",
    ] {
        let (status, err) = shell(&test, &format!("$P {command} > /dev/full"));
        assert_eq!(status, 6, "{command}: {err}");
        assert!(
            err.contains("cannot write standard output: No space left"),
            "{command}: {err}"
        );
    }
    let (status, err) = shell(&test, "$P snapshots --format json > /dev/full");
    assert!(status == 6 && err.contains("\"kind\":\"output\""), "{err}");
    // Words that nobody hears change nothing.
    assert_eq!(shell(&test, "$P who-can _account_admin 2> /dev/full").0, 0);
}

#[cfg(target_os = "linux")]
#[test]
fn an_export_that_cannot_be_written_names_its_file() {
    let test = Test::synced();
    let names = test.folder.names();
    for format in ["csv", "ndjson", "sqlite", "c1z", "datasette-metadata"] {
        let line =
            format!("trap '' XFSZ; ulimit -f 1; exec $P export --format {format} -o out.{format}");
        let (status, err) = shell(&test, &line);
        assert_eq!(status, 6, "{format}: {err}");
        assert!(
            err.contains(&format!("cannot write out.{format}: ")),
            "{format}: {err}"
        );
    }
    assert_eq!(test.folder.names(), names);
    let (status, err) = shell(&test, "$P export --format csv -o none/out.csv");
    assert_eq!(status, 3);
    assert!(err.contains("cannot write none/out.csv: "), "{err}");
}

#[test]
fn quiet_means_no_words_and_all_data() {
    let test = Test::synced();
    test.observe_after(|account| account.rename_user("uDANA00000000000000000", "Renamed"));
    let data: [&[&str]; 17] = [
        &["snapshots"],
        &["snapshots", "--format", "json"],
        &["diff", "--format", "json"],
        &["diff", "--format", "ndjson"],
        &["diff", "--format", "csv"],
        &["diff", "--format", "markdown"],
        &["diff", "--format", "github"],
        &["diff", "--stat", "--format", "json"],
        &["diff", "--write-approvals"],
        &["history", "uDANA00000000000000000"],
        &["who-can", "_account_admin"],
        &["what-can", "dana@example.test"],
        &["why", "ada", "core_secret_access"],
        &["findings"],
        &["export", "--format", "csv"],
        &["prune", "--keep-last", "9", "--format", "json"],
        &["prune", "--keep-last", "9", "--dry-run", "--format", "json"],
    ];
    for arguments in data {
        let loud = test.run(arguments).run();
        let quiet = test.run(arguments).args(&["-q"]).run().says_nothing();
        assert_ne!(quiet.stdout, "", "{arguments:?}");
        assert_eq!(
            (loud.status, &loud.stdout),
            (quiet.status, &quiet.stdout),
            "{arguments:?}"
        );
    }
    for (arguments, status) in [
        (&["diff", "-q"][..], 1),
        (&["diff", "--stat", "-q"], 1),
        (&["prune", "--keep-last", "9", "-q"], 0),
        (&["history", "dana@example.test", "_account_admin", "-q"], 0),
        (&["snapshots", "label", "1", "x", "-q"], 0),
        (&["snapshots", "label", "2", "x", "-q"], 0),
    ] {
        test.run(arguments)
            .exits(status)
            .prints_nothing()
            .says_nothing();
    }
    test.run(&["diff", "-q", "9"]).exits(3).says("no snapshot");
    let doctor = |more: &[&str]| {
        test.run(&["doctor", "-q"])
            .env("HARNESS_BASE_URL", &test.server.base_url())
            .env("HARNESS_API_KEY", &test.fake.api_key())
            .args(more)
            .exits(0)
            .says_nothing()
    };
    doctor(&[]).prints_nothing();
    doctor(&["--format", "json"]).prints("\"format_version\": 1");
    test.sync().args(&["-q", "-v"]).exits(0).says_nothing();
}
