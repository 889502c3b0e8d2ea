//! Names that people give to people, roles, scopes and permissions: one way for all commands.

use harness_access::model::Details;

use crate::support::account::{Account, EVERYTHING};
use crate::support::{Outcome, Run, TempDir};

const ADMIN: &str = "role/harness/_account_admin";

fn folder() -> TempDir {
    let folder = TempDir::new();
    Account::example()
        .user("u1", "Ada Example", "ada@example.test")
        .user("u2", "Bob Example", "bob@example.test")
        .group_of("user_group/account/ops", "Operators", &["u1"])
        .project("default", "shop")
        .resource(
            "project/default/shop",
            Some("The Shop"),
            Details::Container {
                description: None,
                harness_managed: Some(false),
            },
        )
        .assign("user_group/account/ops", ADMIN, "account", EVERYTHING)
        .publish(&folder.file("a.db"), 1);
    folder
}

fn ask(folder: &TempDir, arguments: &[&str]) -> Outcome {
    Run::new(folder.path(), arguments)
        .args(&["--db", "a.db"])
        .run()
}

/// field report D19.
#[test]
fn what_was_meant_is_suggested() {
    let folder = folder();
    for (arguments, says) in [
        (
            &["who-can", "Execute a Pipeline"][..],
            "did you mean core_pipeline_execute?",
        ),
        (
            &["who-can", "core_pipline_view"],
            "did you mean core_pipeline_view",
        ),
        (
            &["what-can", "adda@example.test"],
            "did you mean ada@example.test",
        ),
        (&["history", "Ada Exampel"], "did you mean ada@example.test"),
        (&["history", "adda"], "did you mean ada@example.test"),
        (
            &["what-can", "addaa@elsewhere.test"],
            "did you mean ada@example.test",
        ),
        (
            &["who-can", ADMIN, "--in", "default/shp"],
            "did you mean org/default/project/shop?",
        ),
        (&["diff", "1..2"], "`harness-access diff 1 2`, not `1..2`"),
        (
            &["who-can", ADMIN, "--in", "org/default/project/shp"],
            "did you mean org/default/project/shop?",
        ),
        (
            &["history", "example.test"],
            "`example.test` may be 2 things:",
        ),
    ] {
        ask(&folder, arguments).exits(3).says(says);
    }
}

#[test]
fn a_scope_is_known_by_its_short_names() {
    let folder = folder();
    let path = ask(
        &folder,
        &["who-can", ADMIN, "--in", "org/default/project/shop"],
    )
    .exits(0);
    for name in [
        "default/shop",
        "shop",
        "project/default/shop",
        "Shop",
        "the shop",
    ] {
        let short = ask(&folder, &["who-can", ADMIN, "--in", name]).exits(0);
        assert_eq!(short.stdout, path.stdout, "{name}");
    }
}

#[test]
fn history_finds_people_as_the_questions_do() {
    let folder = folder();
    let by_id = ask(&folder, &["history", "user/u1"]).exits(0);
    for name in ["ada", "ADA@example.test", "Ada Example"] {
        assert_eq!(
            ask(&folder, &["history", name]).exits(0).stdout,
            by_id.stdout,
            "{name}"
        );
    }
}

/// field report D18: an administrator through a group had "no grant".
#[test]
fn history_follows_groups() {
    let folder = folder();
    ask(&folder, &["history", "ada@example.test", ADMIN])
        .exits(0)
        .prints("user Ada Example <ada@example.test> in user group Operators")
        .prints("user group Operators holds role")
        .says("not directly; through user_group/account/ops");
    ask(&folder, &["history", "bob", ADMIN])
        .exits(0)
        .says("no snapshot in this file has a grant");
}
