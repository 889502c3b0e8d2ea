//! The questions of the cookbook about who did it and who signs in, each with an answer.

use fake_harness::{By, Principal, Scope};

use super::{ADA, BOB, EVAN, GUS, HOUR, Story, now};

/// Everything that the questions ask for happened once.
fn eventful() -> Story {
    let story = Story::begin();
    let join = |by, group: &str, who: &str| {
        story.change(by, |account| {
            account.add_member(&Scope::account(), group, who);
        });
    };
    join(By::user(ADA).impersonating(BOB), "developers", EVAN);
    join(By::nobody(), "on_call", EVAN);
    let all = "_all_account_level_resources";
    for before in [3, 2] {
        let by = By::user(BOB).at(now() - HOUR / 2 - before * 1_000);
        story.0.fake.change_by(by, |account| {
            let scope = Scope::account();
            let given = account
                .role_assignments
                .iter()
                .find(|row| row.role == "_account_admin" && row.principal.identifier == EVAN);
            match given.map(|row| row.identifier.clone()) {
                Some(given) => account.remove_assignment(&given),
                None => drop(account.assign(Principal::User(EVAN), "_account_admin", all, &scope)),
            }
        });
    }
    story.0.fake.change(|account| {
        account.assign(
            Principal::User(GUS),
            "_account_admin",
            all,
            &Scope::account(),
        );
    });
    story.observe();
    // The trail is read up to five minutes ago: what was done just before a look is told by the next one.
    story.observe();
    story.0.sync().args(&["--with", "logins"]).exits(0);
    story
}

fn answer(story: &Story, question: &str) -> String {
    let asked = ["query", "--name", question, "--format", "csv"];
    story.0.run(&asked).exits(0).stdout
}

#[test]
fn each_question_of_the_cookbook_about_the_trail_is_answered() {
    let story = eventful();
    for (question, part) in [
        (
            "changes-while-impersonating",
            "user_group/account/developers",
        ),
        (
            "changes-that-nobody-is-recorded-for",
            "user_group/account/on_call:member",
        ),
        ("access-that-came-and-went", "ROLE_ASSIGNMENT_DELETED"),
        ("who-changed-access-most", "user/uBOB000000000000000000,"),
        ("administrators-who-do-not-sign-in", "gus@example.test"),
    ] {
        let rows = answer(&story, question);
        assert!(rows.contains(part), "{question}: {rows}");
    }
}
