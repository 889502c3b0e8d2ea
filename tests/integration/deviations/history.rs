//! What deviations do to history: a sync before, one during and one after. From the first to the last, exactly what
//! truly changed; from the first to the middle, nothing that is not among it.

use std::collections::BTreeSet;

use fake_harness::{Account, Deviation, Principal, Scope, Switches};

use super::{
    Ends, caller, check_all, check_unfinished, expect, filled_in, same, sync, test, wanted,
};
use crate::support::Test;

/// What the program still makes something else of.
const UNFINISHED: &[&str] = &[];

/// Servers that do tell other facts than before, all of them readable.
const TELL_OTHERWISE: [&str; 5] = [
    "catalogue calls a view experimental",
    "catalogue of 2026",
    "an organization comes twice, in another case",
    "names are empty",
    "a name has half a character",
];

/// A bit of everything comes, goes and changes.
fn a_day(account: &mut Account) {
    let (top, shop) = (Scope::account(), Scope::project("payments", "shop"));
    fake_harness::next_day(account);
    account.add_service_account(&shop, "robot", "Robot");
    account.remove_group(&top, "on_call");
    account.remove_service_account(&Scope::org("payments"), "ci_bot");
    account.assign(
        Principal::User("uGUS000000000000000000"),
        "_project_viewer",
        "_all_project_level_resources",
        &shop,
    );
    account.remove_member(&shop, "developers", "uBOB000000000000000000");
}

/// `verb kind id` of each change between two snapshots, and what differs inside.
fn changes(test: &Test, from: &str, to: &str) -> Result<BTreeSet<String>, String> {
    let diff = ["diff", "--format", "json", "--ignore-coverage", from, to];
    let outcome = test.run(&diff).run();
    if outcome.status > 1 {
        return Err(format!("no diff: {outcome:#?}"));
    }
    let document = outcome.json();
    let changes = document["changes"].as_array().into_iter().flatten();
    let told = changes.map(|change| {
        let word = |name: &str| change[name].as_str().unwrap_or_default().to_owned();
        let told = [word("change"), word("kind"), word("id")].join(" ");
        format!("{told} {} {}", change["details"], change["escalation"])
    });
    Ok(told.collect())
}

/// What truly changed between two accounts.
fn truth(before: Account, after: Account, name: &str) -> Result<BTreeSet<String>, String> {
    let test = Test::over(before);
    test.fake.caller(caller(name));
    expect(&sync(&test, name, &[]), 0)?;
    test.fake.change(|account| *account = after);
    expect(&sync(&test, name, &[]), 0)?;
    changes(&test, "1", "2")
}

fn before_during_and_after(deviation: Deviation) -> Result<(), String> {
    let name = deviation.name;
    if let Ends(_) = wanted(name) {
        return Ok(());
    }
    let test = test(name);
    let before = test.fake.account();
    expect(&sync(&test, name, &[]), 0)?;

    deviation.apply(&test.fake);
    test.fake.change(a_day);
    let during = sync(&test, name, &["--allow-partial"]);
    if during.status != 0 && during.status != 2 {
        return Err(format!("nothing stored: {during:#?}"));
    }

    test.fake.clear_faults();
    test.fake.clear_hooks();
    test.fake.switch(|switches| *switches = Switches::default());
    test.fake.caller(caller(name));
    expect(&sync(&test, name, &[]), 0)?;

    let truth = truth(before, test.fake.account(), name)?;
    let whole = changes(&test, "1", "3")?;
    if whole != truth {
        let odd: Vec<_> = whole.symmetric_difference(&truth).collect();
        return Err(format!("first to last is not the truth: {odd:#?}"));
    }
    let middle = changes(&test, "1", "2")?;
    let invented: Vec<_> = middle.difference(&truth).collect();
    let may_differ = TELL_OTHERWISE.contains(&name);
    if invented
        .iter()
        .any(|told| !may_differ || told.starts_with("removed"))
    {
        return Err(format!("told though not so: {invented:#?}\n{during:#?}"));
    }
    Ok(())
}

/// Where nothing changes but what the server shows, nothing is told, whichever way the gaps are dealt with.
fn nothing_is_told(deviation: Deviation) -> Result<(), String> {
    let name = deviation.name;
    let test = test(name);
    expect(&sync(&test, name, &[]), 0)?;
    deviation.apply(&test.fake);
    let written = sync(&test, name, &["--write-gaps"]);
    expect(&written, 2)?;
    let gaps = filled_in(&test, &written);
    for (more, status) in [
        (&[][..], 2),
        (&["--gaps", &gaps], 0),
        (&["--allow-partial"], 2),
    ] {
        let during = sync(&test, name, more);
        expect(&during, status)?;
        same(&during, &"", &&*test.ask("SELECT * FROM changes"))?;
    }
    same(
        &written,
        &"3",
        &&*test.ask("SELECT count(*) FROM snapshots"),
    )?;
    test.fake.clear_faults();
    let after = sync(&test, name, &[]);
    expect(&after, 0)?;
    same(&after, &"", &&*test.ask("SELECT * FROM changes"))
}

#[test]
#[ignore = "tells what is done"]
fn nothing_unfinished_is_done() {
    check_unfinished(UNFINISHED, before_during_and_after);
}

#[test]
fn odd_catalogues_remove_nothing() {
    check_all("catalogue", UNFINISHED, before_during_and_after);
}

#[test]
fn odd_access_checks_remove_nothing() {
    check_all("access check", UNFINISHED, before_during_and_after);
}

#[test]
fn lists_that_show_less_remove_nothing() {
    check_all("emptied", UNFINISHED, before_during_and_after);
}

#[test]
fn lists_that_show_less_change_nothing() {
    check_all("emptied", UNFINISHED, nothing_is_told);
}

#[test]
fn lists_that_nothing_else_confirms_remove_nothing() {
    check_all("unanswered", UNFINISHED, before_during_and_after);
}

#[test]
fn lists_that_nothing_else_confirms_change_nothing() {
    check_all("unanswered", UNFINISHED, nothing_is_told);
}

#[test]
fn rows_of_other_scopes_remove_nothing() {
    check_all("scopes", UNFINISHED, before_during_and_after);
}

#[test]
fn odd_lists_remove_nothing() {
    check_all("lists", UNFINISHED, before_during_and_after);
}

#[test]
fn odd_rows_remove_nothing() {
    check_all("rows", UNFINISHED, before_during_and_after);
}

#[test]
fn what_cannot_be_read_of_a_row_changes_nothing() {
    check_all("facts", UNFINISHED, before_during_and_after);
}

#[test]
fn odd_envelopes_remove_nothing() {
    check_all("envelope", UNFINISHED, before_during_and_after);
}
