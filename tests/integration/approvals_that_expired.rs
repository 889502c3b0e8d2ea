//! Approvals that expired while what they approved is still there.

use crate::support::account::Account;
use crate::support::{Outcome, Run, TempDir};

const ADMINS: &str = "user_group/account/admins";
const ALL: &str = "resource_group/account/all";
const ROLE: &str = "role/account/r";

/// Somebody joined, got a role, and a role got wider; all of it was approved, and the label moved past it.
struct Review(TempDir, Account);

impl Review {
    fn new() -> Self {
        let folder = TempDir::new();
        let mut account = Account::default();
        account
            .person("u1", "Ada")
            .group(ADMINS, "Admins")
            .role(ROLE, "Role", &["a"])
            .everything(ALL, "All");
        let mut review = Self(folder, account);
        review.publish(1);
        review
            .1
            .member("user/u1", ADMINS)
            .assign("user/u1", ROLE, "account", ALL)
            .role(ROLE, "Role", &["a", "b"]);
        review.publish(2);
        review
    }

    fn publish(&mut self, day: i64) {
        self.1.publish(&self.0.file("a.db"), day);
    }

    fn run(&self, arguments: &[&str]) -> Outcome {
        let all: Vec<&str> = [&arguments[..1], &["--db", "a.db"], &arguments[1..]].concat();
        Run::new(self.0.path(), &all).run()
    }

    fn agree(&self, expires: &str) {
        let entries = self.run(&["diff", "1", "2", "--write-approvals"]).exits(1);
        let filled = entries
            .stdout
            .replace("reason = \"\"", "reason = \"on call\"")
            .replace(
                "approver = \"\"",
                &format!("approver = \"Grace\"\nexpires = {expires}"),
            );
        self.0.write("approvals.toml", filled);
    }

    /// Compares the last snapshot with itself, as a label that moved on does.
    fn review(&self, arguments: &[&str]) -> Outcome {
        let all = ["diff", "latest", "latest", "--approvals", "approvals.toml"];
        self.run(&[&all[..], arguments].concat())
    }
}

#[test]
fn what_they_approved_counts_again_as_long_as_it_is_there() {
    let mut review = Review::new();
    review.agree("2999-12-31");
    review.review(&[]).exits(0);
    review.agree("2020-12-31");
    for fail_on in ["any", "escalation", "added"] {
        review
            .review(&["--fail-on", fail_on])
            .exits(1)
            .prints("approval expired, and still there")
            .prints("user Ada <u1@example.test> in user group Admins")
            .prints("approval of Grace expired on 2020-12-31: on call")
            .says("expired on 2020-12-31, and what it approved is still there: role Role")
            .says("3 still there after their approval");
    }
    review.review(&["--fail-on", "none"]).exits(0);
    review
        .1
        .revoke("user/u1", ADMINS)
        .revoke("user/u1", ROLE)
        .role(ROLE, "Role", &["a"]);
    review.publish(3);
    review
        .review(&[])
        .exits(0)
        .says("expired on 2020-12-31, and matches no change any more");
}

#[test]
fn every_format_tells_them() {
    let review = Review::new();
    review.agree("2020-12-31");
    let document = review.review(&["--format", "json"]).exits(1).json();
    assert_eq!(document["summary"]["counted"], 3);
    assert_eq!(document["changes"].as_array().map(Vec::len), Some(0));
    assert_eq!(document["lapsed"][0]["agreement"]["expires"], "2020-12-31");
    for (format, says) in [
        ("ndjson", "\"counted\":true,\"lapsed\":{"),
        ("csv", ",2020-12-31,"),
        (
            "github",
            "::warning title=membership still there in account::user Ada",
        ),
        ("markdown", "#### Approval expired, and still there (3)"),
        ("html", "<h3>Approval expired, and still there (3)</h3>"),
    ] {
        review.review(&["--format", format]).exits(1).prints(says);
    }
}

#[test]
fn an_entry_that_was_renewed_is_enough() {
    let review = Review::new();
    review.agree("2020-12-31");
    let entries = review.review(&["--write-approvals"]).exits(1).stdout;
    assert_eq!(entries.matches("\n[[approval]]\n").count(), 3, "{entries}");
    let renewed = entries
        .replace("reason = \"\"", "reason = \"still on call\"")
        .replace("approver = \"\"", "approver = \"Grace\"");
    let old = std::fs::read_to_string(review.0.file("approvals.toml")).expect("the entries");
    review.0.write("approvals.toml", old + &renewed);
    review.review(&[]).exits(0);
}
