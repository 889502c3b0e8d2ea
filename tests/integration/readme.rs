//! The README says what is so.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use harness_access::collect::listings::LISTINGS;
use harness_access::collect::{Definition, Endpoint, Walks, Wanted, WithoutPermission};
use harness_access::model::ListingKind;

use crate::support::documents::{blocks, documentation, documents};
use crate::support::{Run, TempDir, Test};
use fake_harness::Caller;
use rusqlite::Connection;

fn help(arguments: &[&str]) -> String {
    Run::new(TempDir::new().path(), arguments).exits(0).stdout
}

/// `--name` of every option in a text.
fn options(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_ascii_lowercase() && c != '-')
        .filter(|word| word.starts_with("--") && word.len() > 3)
        .map(str::to_owned)
        .collect()
}

#[test]
fn its_queries_have_answers() {
    let test = Test::synced();
    test.observe_after(|account| account.rename_user("uDANA00000000000000000", "Dana Example-Lee"));
    let readme = documentation();
    let queries = blocks(&readme, "sql");
    assert!(queries.len() >= 5);
    for query in queries {
        assert_ne!(test.ask(&query), "", "no answer: {query}");
    }
}

/// What the documents say about this program, without the lines of other programs.
fn ours() -> String {
    let others = [
        "sha256sum ",
        "dpkg ",
        "rpm ",
        "podman ",
        "systemctl ",
        "kubectl ",
    ];
    let of_us = |path: &PathBuf| !path.ends_with("clig.md") && !path.ends_with("deploy.md");
    let texts = documents().into_iter().filter(of_us);
    let texts: Vec<String> = texts
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let texts = texts.concat();
    let lines = texts
        .lines()
        .filter(|line| !others.iter().any(|other| line.starts_with(other)));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn its_options_are_those_of_the_help() {
    let mut of_help = options(&help(&["--help"]));
    for command in [
        &["sync", "--help"][..],
        &["doctor", "--help"],
        &["snapshots", "--help"],
        &["snapshots", "label", "--help"],
        &["diff", "--help"],
        &["who-can", "--help"],
        &["what-can", "--help"],
        &["why", "--help"],
        &["findings", "--help"],
        &["audit", "--help"],
        &["verify", "--help"],
        &["query", "--help"],
        &["report", "--help"],
        &["export", "--help"],
        &["history", "--help"],
        &["prune", "--help"],
    ] {
        of_help.extend(options(&help(command)));
    }
    let mut of_readme = options(&ours());
    of_readme.extend(["--help".to_owned(), "--version".to_owned()]);
    assert_eq!(of_readme, of_help);
}

#[test]
fn its_permissions_are_those_of_the_table_of_listings() {
    let rows: Vec<String> = LISTINGS.into_iter().map(permission_row).collect();
    let table = format!("|---|---|---|---|---|---|\n{}\n\n", rows.join("\n"));
    assert!(documentation().contains(&table), "{table}");
}

fn permission_row(listing: &Definition) -> String {
    let (permission, on) = match listing.permission {
        Some(required) => (format!("`{}`", required.permission), required.resource_type),
        None if listing.kind == ListingKind::RoleAssignments => {
            ("the views of principals".to_owned(), "")
        }
        None => ("none".to_owned(), ""),
    };
    let when = match (listing.wanted, &listing.walks) {
        (Wanted::With(extra), _) => format!("`--with {}`", extra.as_str()),
        (Wanted::Always, Walks::Tree) => "below the account".to_owned(),
        (Wanted::Always, _) => "always".to_owned(),
    };
    let missing = match listing.without_permission {
        WithoutPermission::Gap => "incomplete",
        WithoutPermission::LeftOut => "left out",
        WithoutPermission::NotRead => "not read, which is no gap",
        WithoutPermission::GapApart => "incomplete; the snapshot is not",
    };
    let Endpoint { method, path, .. } = listing.endpoint;
    format!(
        "| {} | `{method} {path}` | {permission} | {on} | {when} | {missing} |",
        listing.kind
    )
}

#[test]
fn its_findings_are_those_of_the_rules() {
    let readme = documentation();
    for rule in harness_access::findings::built_in() {
        let severity = rule.severity.as_str();
        let row = format!("| {} | {severity} | {} |", rule.code, rule.title);
        assert!(readme.contains(&row), "{row}");
    }
}

#[test]
fn its_exit_status_are_those_of_the_help() {
    let (readme, help) = (documentation(), help(&["--help"]));
    for status in 0..=6 {
        let start = format!("{status}  ");
        let line = help
            .lines()
            .find_map(|line| line.trim_start().strip_prefix(&start));
        let row = format!("| {status} | {} |", line.unwrap());
        assert!(readme.contains(&row), "{row}");
    }
}

#[test]
fn it_names_every_variable_and_every_view() {
    let readme = documentation();
    let help = help(&["--help"]);
    let variables = help
        .split(|c: char| !c.is_ascii_uppercase() && c != '_')
        .filter(|word| word.contains('_') && *word != "NO_COLOR");
    for variable in variables {
        assert!(readme.contains(variable), "{variable}");
    }
    let test = Test::synced();
    for view in test
        .ask("SELECT name FROM sqlite_master WHERE type = 'view'")
        .lines()
    {
        assert!(readme.contains(&format!("`{view}`")), "{view}");
    }
}

#[test]
fn the_changelog_has_an_entry_for_the_release() {
    let changelog =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("CHANGELOG.md")).unwrap();
    let mut lines = BTreeSet::new();
    for line in changelog.lines().filter(|line| line.starts_with("- ")) {
        assert!(lines.insert(line), "twice: {line}");
    }
    assert!(
        changelog.contains("\n## Unreleased\n")
            || changelog.contains(concat!("## ", env!("CARGO_PKG_VERSION")))
    );
}

const HOUR: i64 = 3_600_000;

/// What a reader would see who follows the README: the account of `make demo`, looked at twice.
struct Session(Test);

impl Session {
    fn new() -> Self {
        let test = Test::new();
        let caller = Caller::default().and("core_audit_view");
        test.fake.caller(caller.and("core_accessPolicies_analyze"));
        test.fake.switch(|switches| switches.policy_analyzer = true);
        let observe = || test.sync().args(&["--with", "audit"]).exits(0);
        observe();
        let file = Connection::open(test.database()).unwrap();
        file.execute_batch(fake_harness::A_DAY_BACK).unwrap();
        drop(file);
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let now = i64::try_from(since.as_millis()).unwrap();
        test.fake.next_day_by_whom(now - 8 * HOUR, HOUR / 2);
        observe();
        test.folder.write_private("key", test.fake.api_key());
        Self(test)
    }

    /// The output of a line such as `harness-access diff` or `sqlite3 FILE "..."`.
    fn output(&self, command: &str) -> String {
        let words = words(command);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["sqlite3", "harness-access.db", sql] => self.0.ask(sql) + "\n",
            ["harness-access", arguments @ ..] => self.run(arguments),
            _ => panic!("what is this? {command}"),
        }
    }

    fn run(&self, arguments: &[&str]) -> String {
        let arguments: Vec<&str> = arguments
            .iter()
            .map(|word| {
                if *word == "~/.harness-key" {
                    "key"
                } else {
                    word
                }
            })
            .collect();
        let outcome = self
            .0
            .run(&arguments)
            .env("HARNESS_BASE_URL", &self.0.server.base_url())
            .run();
        let mut text = outcome.stdout + &outcome.stderr;
        if outcome.status == 1 && ["diff", "verify"].contains(&arguments[0]) {
            text.push_str("(exit status 1: there are differences)\n");
        } else {
            assert_eq!(outcome.status, 0, "{arguments:?}: {text}");
        }
        text.replace(&self.0.server.base_url(), "https://app.harness.io")
    }
}

/// As the shell takes it apart.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in command.split('"').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// Commands of a block, each with what stands below it. A command goes on while a quote is open.
fn commands(block: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in block.lines() {
        let open = |(command, _): &&mut (String, String)| command.matches('"').count() % 2 == 1;
        if let Some((command, _)) = found.last_mut().filter(|last| open(last)) {
            let _ = write!(command, "\n{line}");
        } else if let Some(command) = line.strip_prefix("$ ") {
            found.push((command.to_owned(), String::new()));
        } else {
            let (_, output) = found.last_mut().expect("a command comes first");
            output.push_str(line);
            output.push('\n');
        }
    }
    found
}

/// Lines that are the same in every run: digits count for nothing, and neither does the width that they ask for.
fn masked(output: &str) -> Vec<String> {
    let mut lines: Vec<String> = output
        .trim_end()
        .lines()
        .map(|line| {
            let digits = line.replace(|c: char| c.is_ascii_digit(), "0");
            let mut text = String::new();
            for c in digits.trim_end().chars() {
                let repeated = (c == '0' || c == ' ') && text.ends_with(c);
                if !repeated {
                    text.push(c);
                }
            }
            text
        })
        .collect();
    lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
    lines
}

/// Whether the output is what the README shows, where `...` stands for any lines.
fn shows(shown: &[String], output: &[String]) -> bool {
    match shown.split_first() {
        None => output.is_empty(),
        Some((dots, rest)) if dots == "..." => {
            (0..=output.len()).any(|at| shows(rest, &output[at..]))
        }
        Some((line, rest)) => output.first() == Some(line) && shows(rest, &output[1..]),
    }
}

#[test]
fn its_examples_are_what_the_program_prints() {
    let session = Session::new();
    for path in documents() {
        are_as_shown(&session, &path);
    }
}

/// Runs what a document shows, and rewrites the document when that is asked for.
fn are_as_shown(session: &Session, path: &Path) {
    let mut readme = fs::read_to_string(path).unwrap();
    for block in blocks(&readme, "text") {
        let mut now = String::new();
        for (command, shown) in commands(&block) {
            let output = session.output(&command);
            let same = shows(&masked(&shown), &masked(&output));
            assert!(
                same || std::env::var_os("UPDATE_EXPECT").is_some() && !shown.contains("...\n"),
                "UPDATE_EXPECT=1 rewrites what leaves out no lines\n$ {command}\n--- README\n{shown}\n--- program\n{output}"
            );
            let output = if same { shown } else { output };
            let _ = writeln!(now, "$ {command}\n{}\n", output.trim_end());
        }
        readme = readme.replace(block.trim_end(), now.trim_end());
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(path, readme).unwrap();
    }
}

/// Documents whose lines need more than the account of `make demo`; they have tests of their own.
const ELSEWHERE: [&str; 3] = ["deploy.md", "recipes.md", "warehouse.md"];

#[test]
fn its_command_lines_run() {
    let session = Session::new();
    session.0.folder.write("approvals.toml", "");
    let mut count = 0;
    for path in documents() {
        if ELSEWHERE.iter().any(|name| path.ends_with(name)) {
            continue;
        }
        for block in blocks(&fs::read_to_string(path).unwrap(), "sh") {
            for line in block
                .lines()
                .filter(|line| line.starts_with("harness-access "))
            {
                // The account is younger than the day, and has no such organization.
                let line = line
                    .replace("2026-03-31", "latest")
                    .replace("org/pay", "account");
                session.output(&line);
                count += 1;
            }
        }
    }
    assert!(count >= 15, "{count}");
}

#[test]
fn what_it_refers_to_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let makefile = fs::read_to_string(root.join("Makefile")).unwrap();
    let text = documentation();
    for line in blocks(&text, "sh").concat().lines() {
        if let Some(target) = line.strip_prefix("make ") {
            let target = target.split_whitespace().next().unwrap();
            assert!(makefile.contains(&format!("\n{target}:")), "{line}");
        }
    }
    let words = text.split(|c: char| c.is_whitespace() || "()`,;:".contains(c));
    for word in words.map(|word| word.trim_end_matches('.')) {
        if word.starts_with("docs/") || word.starts_with("deploy/") {
            assert!(root.join(word).exists(), "{word}");
        }
    }
}
