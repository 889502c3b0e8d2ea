//! Answers from a snapshot of one organization, without the account: what is left out on purpose is said so, and never
//! taken for no.

use crate::support::{Outcome, Test};

/// A snapshot of the organization `payments`, where roles and groups of the account are used too.
fn of_payments() -> Test {
    let test = Test::new();
    test.sync()
        .args(&["--org", "payments", "--without-account"])
        .exits(0);
    test
}

const NOTE: &str = "this snapshot leaves the account out, as it was asked to";

/// Said once, and no list is called incomplete.
fn is_by_design(outcome: &Outcome) {
    assert_eq!(outcome.stderr.matches(NOTE).count(), 1, "{outcome:#?}");
    for wrong in ["incomplete", "hidden by Harness"] {
        let said = [&outcome.stdout, &outcome.stderr];
        assert!(
            !said.iter().any(|said| said.contains(wrong)),
            "{outcome:#?}"
        );
    }
}

#[test]
fn what_lives_in_the_account_is_named_as_left_out() {
    let test = of_payments();
    let holders = test.run(&["who-can", "core_secret_access"]).exits(0);
    is_by_design(&holders);
    for said in [
        "role of the account, which this snapshot leaves out",
        "principal of the account, which this snapshot leaves out",
    ] {
        assert!(holders.stdout.contains(said), "{holders:#?}");
    }
    is_by_design(&test.run(&["what-can", "bob"]).exits(0));
    is_by_design(&test.run(&["why", "bob", "core_secret_access"]).exits(0));
    is_by_design(&test.run(&["findings"]).exits(0));
}

#[test]
fn nobody_is_no_answer_while_the_account_may_grant_it() {
    let test = of_payments();
    for (question, says) in [
        (
            &["who-can", "core_account_edit", "--in", "org/payments"][..],
            "could not tell: nobody was found, but not everything was asked for",
        ),
        (
            &[
                "why",
                "ada",
                "core_pipeline_execute",
                "--in",
                "org/payments",
            ],
            "could not tell, because not everything was asked for",
        ),
    ] {
        let asked = test.run(question).exits(2).says(says);
        is_by_design(&asked);
        assert!(
            asked
                .stderr
                .contains("role assignments of account: not asked for"),
            "{asked:#?}"
        );
    }
}

#[test]
fn a_report_says_that_the_account_was_not_looked_at() {
    let test = of_payments();
    test.run(&["report", "--output", "r.html"]).exits(0);
    let page = std::fs::read_to_string(test.folder.file("r.html")).unwrap();
    assert!(page.contains("Complete for what was looked at."));
    assert!(page.contains("Not looked at: account"));
    assert!(!page.contains("hidden by Harness") && !page.contains("incomplete lists"));
}

#[test]
fn what_an_earlier_snapshot_knew_of_the_account_is_not_said_to_come_from_incomplete_lists() {
    let test = Test::synced();
    test.sync()
        .args(&["--org", "payments", "--without-account"])
        .exits(0);
    let found = test.run(&["findings"]).exits(0);
    is_by_design(&found);
    assert!(
        found
            .stderr
            .contains("are of lists that this snapshot was not asked for"),
        "{found:#?}"
    );
    let asked = test.run(&["who-can", "core_secret_access"]).exits(0);
    assert_eq!(asked.stderr.matches(" account,").count(), 1, "{asked:#?}");
}
