//! Bend, don't break: every deviation of a server, asked plainly, with `--allow-partial`, with the gaps accepted, and by
//! `doctor`. What is whole must be whole, what is not must be named, and nothing may end every sync for ever.
//!
//! The key is a service account's that holds the eight views by role assignments of the account itself.

mod history;
mod together;

use std::collections::BTreeSet;

use fake_harness::{Caller, Deviation, FakeHarness, Recorded, Request};

use crate::support::{Outcome, Test};

/// What a sync makes of a deviation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// Complete, exit status 0.
    Whole,
    /// Gaps of these kinds of list; exit status 2, and 0 once they are accepted.
    Gaps(&'static [&'static str]),
    /// Ends every sync with this exit status.
    Ends(i32),
}

use Wanted::{Ends, Gaps, Whole};

const EVERY_LIST: &[&str] = &[
    "organizations",
    "projects",
    "users",
    "service_accounts",
    "user_groups",
    "roles",
    "resource_groups",
    "role_assignments",
];
/// What each deviation comes to. Every name of the table of the fake is here.
const WANTED: &[(&str, Wanted)] = &[
    ("catalogue refused", Whole),
    ("catalogue not found", Whole),
    ("catalogue answers 400", Whole),
    ("catalogue answers 500", Whole),
    ("catalogue is null", Whole),
    ("catalogue is an object", Whole),
    ("catalogue lacks a view", Whole),
    ("catalogue is empty", Whole),
    ("catalogue calls a view experimental", Whole),
    ("catalogue has an item without permission", Whole),
    ("catalogue has an item that is a number", Whole),
    ("catalogue has statuses that are objects", Whole),
    ("catalogue has levels that are text", Whole),
    ("catalogue of 2026", Whole),
    ("sentinels refused with 400", Whole),
    ("sentinels refused with 500", Whole),
    ("sentinels denied", Whole),
    ("access control off", Whole),
    ("check echoes empty texts for nulls", Whole),
    ("check leaves out what was asked", Whole),
    ("check names the principal otherwise", Whole),
    ("check not found", Gaps(EVERY_LIST)),
    ("check answers 500", Gaps(EVERY_LIST)),
    ("check answers null", Gaps(EVERY_LIST)),
    ("check answers 400", Gaps(EVERY_LIST)),
    ("check fails after the walk", Whole),
    ("service account disabled", Ends(4)),
    ("roles of one project answer 500", Gaps(&["roles"])),
    ("groups answer 500", Gaps(&["user_groups"])),
    ("roles not found", Gaps(&["roles"])),
    ("users not found", Gaps(&["users"])),
    ("service accounts not allowed", Gaps(&["service_accounts"])),
    ("role assignments answer 501", Gaps(&["role_assignments"])),
    ("a project goes meanwhile", Whole),
    // The other lists are read for all scopes at once.
    ("a project is orphaned", Gaps(&["roles", "resource_groups"])),
    ("resource groups elsewhere", Whole),
    ("sort orders refused", Whole),
    ("filter types refused", Whole),
    ("scope filter refused", Whole),
    ("empty lists look filtered to nothing", Whole),
    ("totals are null", Whole),
    ("totals are missing", Whole),
    ("totals are text", Whole),
    ("totals are fractions", Whole),
    ("groups count hidden rows", Gaps(&["user_groups"])),
    ("users change in every walk", Gaps(&["users"])),
    ("an empty list is null", Whole),
    ("an empty list is missing", Whole),
    ("data of an empty list is null", Gaps(&["role_assignments"])),
    ("pages of groups too large", Whole),
    ("a user on two pages", Whole),
    ("two users of one key", Gaps(&["users"])),
    ("two roles of one key", Gaps(&["roles"])),
    ("times are fractions", Whole),
    ("times are text", Whole),
    ("counts are text", Whole),
    ("booleans are null", Whole),
    ("names are numbers", Whole),
    ("tags are a list", Whole),
    ("a role is null", Gaps(&["roles"])),
    ("a user is a text", Gaps(&["users"])),
    ("a user has no uuid", Gaps(&["users"])),
    ("a group has no identifier", Gaps(&["user_groups"])),
    (
        "an assignment has no resource group",
        Gaps(&["role_assignments"]),
    ),
    (
        "an assignment has no principal",
        Gaps(&["role_assignments"]),
    ),
    ("groups have null for members", Whole),
    ("empty groups have no members", Whole),
    // One organization has no assignments of its own: a server that shows others alone may not have looked there.
    ("rows of the parent in child lists", Whole),
    ("a name has half a character", Whole),
    ("fields of 2026", Whole),
    ("status in lower case", Whole),
    ("a byte order mark", Whole),
    ("roles answer 204", Gaps(&["roles"])),
    ("roles answer nothing", Gaps(&["roles"])),
    ("account not found", Whole),
    ("account not allowed", Whole),
    ("account answers 500", Whole),
    ("account is null", Whole),
    (
        "tokens answer 400",
        Gaps(&["service_account_tokens", "personal_tokens"]),
    ),
    (
        "authentication settings not found",
        Gaps(&["auth_settings"]),
    ),
    ("every third answer is refused as HTML", Whole),
    ("only below /gateway", Whole),
    ("a key of one organization", Gaps(EVERY_LIST)),
];

/// What the program still makes something else of. `cargo test -- --ignored deviations` tells what can go from here.
const UNFINISHED: &[&str] = &[];

fn wanted(name: &str) -> Wanted {
    let found = WANTED.iter().find(|(own, _)| *own == name);
    found
        .unwrap_or_else(|| panic!("{name} is not in the table"))
        .1
}

/// A fake whose key is the account's own service account for snapshots.
fn test(name: &str) -> Test {
    let test = Test::new();
    test.fake.caller(caller(name));
    test
}

/// For optional lists one that may do more than the account's own.
fn caller(name: &str) -> Caller {
    if extras(name).is_empty() {
        return Caller::service_account("snapshotter");
    }
    [
        "core_serviceaccount_manageapikey",
        "core_user_manage",
        "core_authsetting_view",
    ]
    .iter()
    .fold(Caller::default(), |caller, permission| {
        caller.and(permission)
    })
}

/// With which optional lists a deviation shows.
fn extras(name: &str) -> &'static [&'static str] {
    match name {
        "tokens answer 400" => &["--with", "tokens"],
        "authentication settings not found" => &["--with", "auth-settings"],
        _ => &[],
    }
}

fn sync(test: &Test, name: &str, more: &[&str]) -> Outcome {
    test.at_once(&[&["sync", "--scopes", "all"], extras(name), more].concat())
}

/// All deviations that the program deals with in four ways.
fn deviations_done() -> impl Iterator<Item = Deviation> {
    Deviation::all().filter(|of| !UNFINISHED.contains(&of.name))
}

/// Fails with what all deviations of a kind do wrong.
fn check_all(kind: &str, unfinished: &[&str], check: impl Fn(Deviation) -> Result<(), String>) {
    let of_kind = Deviation::all().filter(|of| of.kind == kind && !unfinished.contains(&of.name));
    let wrong: Vec<String> = of_kind
        .filter_map(|deviation| {
            let error = check(deviation).err()?;
            Some(format!("{}: {error}", deviation.name))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n\n"));
}

/// Fails with the unfinished deviations that come out as wanted.
#[expect(clippy::print_stdout, reason = "shown when the test fails")]
fn check_unfinished(unfinished: &[&str], check: impl Fn(Deviation) -> Result<(), String>) {
    let all = Deviation::all().filter(|of| unfinished.contains(&of.name));
    let (done, left): (Vec<_>, Vec<_>) = all
        .map(|of| (of.name, check(of)))
        .partition(|(_, result)| result.is_ok());
    for (name, result) in left {
        println!("{name}: {}\n", result.unwrap_err());
    }
    let done: Vec<&str> = done.into_iter().map(|(name, _)| name).collect();
    assert!(done.is_empty(), "done: {done:#?}");
}

#[test]
#[ignore = "tells what is done"]
fn nothing_unfinished_is_done() {
    check_unfinished(UNFINISHED, in_four_ways);
}

/// One deviation, asked in the four ways.
fn in_four_ways(deviation: Deviation) -> Result<(), String> {
    let asked = |ask: &dyn Fn(&Test) -> Outcome| {
        let test = test(deviation.name);
        deviation.apply(&test.fake);
        let outcome = ask(&test);
        (test, outcome)
    };
    let wanted = wanted(deviation.name);
    let (test, plain) = asked(&|test| sync(test, deviation.name, &[]));
    let status = match wanted {
        Whole => 0,
        Gaps(_) => 2,
        Ends(status) => status,
    };
    expect(&plain, status)?;
    expect_state(&test, &plain, if wanted == Whole { "complete" } else { "" })?;

    let (test, partial) = asked(&|test| sync(test, deviation.name, &["--allow-partial"]));
    expect(&partial, status)?;
    if let Gaps(kinds) = wanted {
        expect_state(&test, &partial, "partial")?;
        let gaps =
            test.ask("SELECT DISTINCT kind FROM listings WHERE state <> 'complete' ORDER BY kind");
        let kinds: BTreeSet<&str> = kinds.iter().copied().collect();
        let named: BTreeSet<&str> = gaps.lines().collect();
        same(&partial, &kinds, &named)?;
        accepted(deviation)?;
    }
    let (_, doctor) = asked(&|test| test.at_once(&["doctor"]));
    match wanted {
        Gaps(_) if doctor.status == 2 => Ok(()),
        Whole | Gaps(_) => expect(&doctor, 0),
        Ends(status) => expect(&doctor, status),
    }
}

/// The gaps that `--write-gaps` prints, filled in, make the next sync end well.
fn accepted(deviation: Deviation) -> Result<(), String> {
    let test = test(deviation.name);
    deviation.apply(&test.fake);
    let written = sync(&test, deviation.name, &["--write-gaps"]);
    expect(&written, 2)?;
    let filled = written
        .stdout
        .replace("reason = \"\"", "reason = \"known\"")
        .replace("approver = \"\"", "approver = \"Grace\"")
        .replace("ticket = \"\"", "ticket = \"OPS-7\"");
    let file = test.folder.write("gaps.toml", filled);
    let again = sync(&test, deviation.name, &["--gaps", &file]);
    expect(&again, 0)?;
    expect_state(&test, &again, "partial")
}

fn expect(outcome: &Outcome, status: i32) -> Result<(), String> {
    if outcome.status == status {
        return Ok(());
    }
    Err(format!("exit status {status} expected: {outcome:#?}"))
}

/// The state of the only snapshot; empty when nothing was stored.
fn expect_state(test: &Test, outcome: &Outcome, state: &str) -> Result<(), String> {
    let stored = if test.database().exists() {
        test.ask("SELECT state FROM snapshots")
    } else {
        String::new()
    };
    same(outcome, &state, &stored.trim_end())
}

fn same<T: std::fmt::Debug + PartialEq>(
    outcome: &Outcome,
    expected: &T,
    found: &T,
) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    Err(format!(
        "{expected:?} expected, {found:?} found: {outcome:#?}"
    ))
}

/// The requests of a sync, sent to a fake that deviates and to one that does not.
#[test]
fn every_deviation_shows_in_the_answers_of_a_sync() {
    for deviation in Deviation::all() {
        let test = test(deviation.name);
        expect(&sync(&test, deviation.name, &[]), 0).unwrap();
        let [plain, odd] = [(); 2].map(|()| FakeHarness::new(test.fake.account()));
        for fake in [&plain, &odd] {
            fake.caller(caller(deviation.name));
        }
        deviation.apply(&odd);
        let shows = test.fake.requests().iter().any(|recorded| {
            let request = again(recorded, &test.fake);
            plain.handle(&request).answer().body != odd.handle(&request).answer().body
        });
        assert!(shows, "{}", deviation.name);
    }
}

fn again(recorded: &Recorded, fake: &FakeHarness) -> Request {
    let query: Vec<String> = recorded
        .query
        .0
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    Request {
        method: recorded.method.clone(),
        target: format!("{}?{}", recorded.path, query.join("&")),
        body: recorded.body.clone().into_bytes(),
        ..Request::default()
    }
    .with_header("content-type", "application/json")
    .with_header("x-requestid", "the same")
    .with_header("x-api-key", &fake.api_key())
}

#[test]
fn the_catalogue_is_not_needed() {
    check_all("catalogue", UNFINISHED, in_four_ways);
}

#[test]
fn access_checks_that_say_nothing_leave_gaps_unless_own_grants_prove_it() {
    check_all("access check", UNFINISHED, in_four_ways);
}

#[test]
fn lists_are_asked_otherwise_before_they_are_gaps() {
    check_all("lists", UNFINISHED, in_four_ways);
}

#[test]
fn rows_are_read_leniently_where_it_does_not_matter() {
    check_all("rows", UNFINISHED, in_four_ways);
}

#[test]
fn odd_envelopes_are_opened_and_odd_answers_are_gaps() {
    check_all("envelope", UNFINISHED, in_four_ways);
}
