//! What people see: text fits the terminal, and nothing that tells one thing from another is lost for it.

use unicode_width::UnicodeWidthStr;

use fake_harness::Caller;

use crate::support::account::{Account, EVERYTHING};
use crate::support::{Run, TempDir, Test, on_terminal};

const WIDTHS: [usize; 3] = [80, 100, 120];
const SCOPES: [&str; 3] = ["account", "org/a", "org/a/project/b"];
const LONG: &str = "A group with a name as long as people give them where nobody stops them";
/// Combining marks, from right to left, and pictures of several characters.
const ODD: &str = "Ze\u{301}lia מנהלי החשבון कृष्ण 👩‍👩‍👧‍👦 e\u{301}\u{301}\u{301} 🇩🇪 ไทยที่";
const WIDE: &str = "支払いチームの管理者グループ支払いチームの管理者グループ支払いチーム";

/// The same long and wide names at every scope, and twice in each.
fn account() -> Account {
    let mut account = Account::example();
    account
        .project("a", "b")
        .user("old", "Ada", "ada@example.test")
        .user("new", "Ada", "ada@example.test");
    for scope in SCOPES {
        for (nth, name) in [
            ("one", LONG),
            ("two", LONG),
            ("three", WIDE),
            ("four", WIDE),
            ("five", ODD),
            ("six", ODD),
        ] {
            account.namesakes(scope, nth, name, &["old", "new"]);
        }
    }
    for (holder, kept) in [
        ("user_group/account/one", "role/org/a/project/b/one"),
        ("user_group/org/a/two", "role/org/a/two"),
        ("user_group/org/a/project/b/three", "role/account/three"),
        ("service_account/account/four", "role/org/a/four"),
        ("user/old", "role/harness/_account_admin"),
    ] {
        account.assign(holder, kept, "org/a/project/b", EVERYTHING);
    }
    account
}

fn published(folder: &TempDir) -> std::path::PathBuf {
    let db = folder.file("a.db");
    let mut before = Account::example();
    before.project("a", "b").publish(&db, 1);
    account().publish(&db, 2);
    db
}

const WAYS: [&[&str]; 16] = [
    &["snapshots"],
    &["snapshots", "verify"],
    &["diff", "1", "2"],
    &["diff", "1", "2", "--stat"],
    &["history", "user_group/account/one"],
    &["history", "user/old"],
    &["who-can", "core_secret_access"],
    &["what-can", "user/new"],
    &["what-can", "user/new", "--permissions"],
    &["why", "user/new", "core_secret_access"],
    &["findings"],
    &["findings", "--stat"],
    &["audit"],
    &["prune", "--keep-last", "1", "--dry-run"],
    &["query", "SELECT id, name, scope, attributes FROM resources"],
    &["query", "--list"],
];

#[test]
fn every_output_fits_the_terminal() {
    let folder = TempDir::new();
    let db = published(&folder);
    for width in [40].into_iter().chain(WIDTHS) {
        for way in WAYS {
            let printed = on_terminal(width, &db, way);
            for text in [&printed.stdout, &printed.stderr] {
                let wide = text.lines().find(|line| line.width() > width);
                assert_eq!(wide, None, "{way:?} at {width}:\n{text}");
            }
        }
    }
}

/// `doctor` and `sync --plan` wrote whole sentences into narrow terminals.
#[test]
fn what_asks_harness_fits_the_terminal() {
    let test = Test::new();
    let account = fake_harness::Scope::account();
    test.fake
        .caller(Caller::viewer("_all_account_level_resources", &account));
    for width in [40, 60, 80] {
        for way in [
            &["doctor", "--scopes", "all", "--with", "logins"][..],
            &["sync", "--plan", "--scopes", "all"],
            &["sync", "--scopes", "all", "--allow-partial", "-v"],
            &["verify", "--sample", "9"],
        ] {
            let printed = test.on_terminal(width, way);
            for text in [&printed.stdout, &printed.stderr] {
                let wide = text.lines().find(|line| line.width() > width);
                assert_eq!(wide, None, "{way:?} at {width}:\n{text}");
            }
        }
    }
}

/// What a pipe gets, without what only aligns it.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    words.sort_unstable();
    words
}

/// A line break may stand inside a path, and inside a script without blanks, but no letter is missing. Blocks leave out
/// what is empty, heading and all.
#[test]
fn a_terminal_shows_every_word_that_a_pipe_gets() {
    let folder = TempDir::new();
    let db = published(&folder);
    let bare = |text: &str| text.replace([' ', '\n', ';'], "");
    for way in WAYS
        .iter()
        .filter(|way| way[0] != "snapshots" || way.len() > 1)
    {
        let piped = Run::new(folder.path(), way).args(&["--db", "a.db"]).run();
        for width in WIDTHS {
            let shown = bare(&on_terminal(width, &db, way).stdout);
            for word in words(&piped.stdout) {
                let is_heading = word.chars().all(|c| c.is_ascii_uppercase());
                let is_there = is_heading || shown.contains(&bare(&word)) || word.width() > 40;
                assert!(is_there, "{way:?} at {width} lacks {word:?}:\n{shown}");
            }
        }
    }
}

/// Sentences, each with what goes on in the next line; the changes of `diff` stand behind four blanks.
fn sentences(text: &str) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for line in text.lines() {
        match told.last_mut() {
            Some(last) if line.starts_with("      ") => last.push_str(line.trim()),
            _ => told.push(line.trim().to_owned()),
        }
    }
    told
}

/// Paths of `why`.
fn numbered(text: &str) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for line in text.lines() {
        match told.last_mut() {
            Some(last) if line.starts_with(' ') => last.push_str(line.trim()),
            _ => told.push(line.to_owned()),
        }
    }
    told
}

/// Rows of a table that is too wide for columns.
fn blocks(text: &str) -> Vec<String> {
    text.split("\n\n").map(str::to_owned).collect()
}

/// No output of any command loses who is meant, on a narrow terminal either.
#[test]
fn no_output_on_a_terminal_loses_who_is_meant() {
    type Parts = fn(&str) -> Vec<String>;
    let ways: [(&[&str], Parts); 8] = [
        (&["diff", "1", "2"], sentences),
        (&["why", "user/new", "core_secret_access"], numbered),
        (&["history", "user_group/account/one"], blocks),
        (&["history", "user/old"], blocks),
        (&["who-can", "core_secret_access"], blocks),
        (&["what-can", "user/new"], blocks),
        (&["what-can", "user/new", "--permissions"], blocks),
        (&["query", "--name", "what-escalates"], blocks),
    ];
    let folder = TempDir::new();
    let db = published(&folder);
    for (way, parts) in ways {
        let printed = on_terminal(80, &db, way).stdout;
        let mut told = parts(&printed);
        let number = |c: char| c.is_ascii_digit() || c == '.';
        for one in &mut told {
            *one = one.trim_start_matches(number).trim().to_owned();
        }
        told.retain(|one| one.contains("Ada") || one.contains(&LONG[..20]) || one.contains('支'));
        let all = told.len();
        told.sort_unstable();
        told.dedup();
        assert!(all > 1 && told.len() == all, "{way:?}:\n{printed}");
    }
}

/// field-cases E22: dates were folded, and names cut so that nobody could copy them.
#[test]
fn dates_stay_on_one_line() {
    let folder = TempDir::new();
    let db = published(&folder);
    for way in [&["snapshots"][..], &["history", "user/old"]] {
        for width in WIDTHS {
            on_terminal(width, &db, way).prints("2026-01-02T00:01:00.000Z");
        }
    }
}

#[test]
fn columns_that_are_left_out_are_named() {
    let folder = TempDir::new();
    let db = published(&folder);
    on_terminal(80, &db, &["snapshots"])
        .exits(0)
        .prints("not shown, too narrow:")
        .prints("REQUESTS");
    let wide = on_terminal(200, &db, &["snapshots"]).exits(0);
    assert!(!wide.stdout.contains("not shown"), "{wide:?}");
}

#[test]
fn a_pipe_gets_whole_cells() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let names: Vec<String> = (0..200).map(|number| format!("secret_{number}")).collect();
    let selectors: Vec<String> = names.iter().map(|name| format!("SECRET/{name}")).collect();
    let selectors: Vec<&str> = selectors.iter().map(String::as_str).collect();
    let mut account = Account::example();
    account
        .person("ada", "Ada")
        .role("role/account/keeper", "Keeper", &["core_secret_access"])
        .resource_group("resource_group/account/many", "Many", &selectors)
        .assign(
            "user/ada",
            "role/account/keeper",
            "account",
            "resource_group/account/many",
        );
    account.publish(&db, 1);
    Run::new(folder.path(), &["what-can", "user/ada", "--db", "a.db"])
        .exits(0)
        .prints("secret_199");
}

#[test]
fn the_help_fits_the_terminal() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    for command in ["sync", "doctor", "diff", "who-can", "export", "query"] {
        let help = on_terminal(80, &db, &[command, "--help"]).exits(0).stdout;
        let wide = help.lines().find(|line| line.width() > 80);
        assert_eq!(wide, None, "{help}");
    }
}

/// A name may have 10,000 letters, and stood whole in closing lines and errors.
#[test]
fn words_beside_the_data_hold_no_name_of_thousands_of_letters() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let name = |of: &str| format!("{of} {}", "x".repeat(9_000));
    let mut account = Account::example();
    account
        .user(
            "ada",
            &name("Ada"),
            &format!("{}@example.test", "a".repeat(9_000)),
        )
        .role("role/account/any", &name("Any"), &["core_user_impersonate"])
        .role("role/account/two", &name("Any"), &["core_secret_access"])
        .group_of("user_group/account/team", &name("Team"), &["ada"])
        .group("user_group/account/void", &name("Void"))
        .resource_group("resource_group/account/some", &name("Some"), &["SECRET"])
        .publish(&db, 1);
    let some = "resource_group/account/some";
    for holder in ["user_group/account/team", "user_group/account/void"] {
        account
            .assign(holder, "role/account/any", "account", EVERYTHING)
            .assign(holder, "role/account/two", "account", some);
    }
    account.publish(&db, 2);
    let any = name("Any");
    let more: [&[&str]; 9] = [
        &["history", "user/ada", "role/account/any"],
        &["history", &any],
        &["history", "user/ada", &name("None")],
        &["who-can", &any],
        &["who-can", "role/account/two"],
        &["why", "user/ada", "core_user_impersonate"],
        &["diff", "--format", "github"],
        &["query", "SELECT nothing FROM users"],
        &["export", "--format", "csv"],
    ];
    for way in WAYS.iter().chain(&more) {
        let ended = Run::new(folder.path(), way).args(&["--db", "a.db"]).run();
        let long = ended.stderr.lines().map(UnicodeWidthStr::width).max();
        assert!(
            long.unwrap_or_default() < 1_000,
            "{way:?}: {long:?} {:.3000}",
            ended.stderr
        );
    }
}
