//! What exactly was changed, asked for where several people did something that fits; its secrets go nowhere.

use fake_harness::{Answer, By, Fault, FaultKind, SECRET, Scope, router};
use serde_json::json;

use super::{ADA, BOB, EVAN, GUS, Story, actor, certainty};

/// Two people change the members of one group, and take two roles from another.
fn ambiguous() -> Story {
    let story = Story::begin();
    let scope = Scope::account();
    for (who, member) in [(ADA, EVAN), (BOB, GUS)] {
        story.change(By::user(who), |account| {
            account.add_member(&scope, "on_call", member);
        });
        story.change(By::user(who), |account| {
            let rows = account.role_assignments.iter();
            let mut held =
                rows.filter(|row| row.principal.identifier == "developers" && row.scope == scope);
            let identifier = held.next().expect("two roles").identifier.clone();
            account.remove_assignment(&identifier);
        });
    }
    story
}

/// Every grant that changed: its id, how sure it is, and who.
fn told(story: &Story) -> Vec<(String, String, String)> {
    for _ in 0..2 {
        story.let_an_hour_pass();
        story
            .0
            .sync()
            .args(&["--with", "audit", "--audit-details"])
            .exits(0);
    }
    let diff = story.diff();
    let changes = diff["changes"].as_array().expect("changes").iter();
    let grants = changes.filter(|change| change["kind"] == "grant");
    let text = |change: &serde_json::Value| change["id"].as_str().expect("an id").to_owned();
    grants
        .map(|change| {
            (
                text(change),
                certainty(change).to_owned(),
                actor(change).to_owned(),
            )
        })
        .collect()
}

#[test]
fn the_text_of_an_event_tells_candidates_apart() {
    let told = told(&ambiguous());
    assert_eq!(told.len(), 4, "{told:#?}");
    for (id, certainty, actor) in &told {
        assert_eq!(certainty, "exact", "{id}");
        let who = [(EVAN, "ada"), (GUS, "bob")]
            .into_iter()
            .find(|(member, _)| id.contains(member));
        if let Some((_, who)) = who {
            assert_eq!(*actor, format!("{who}@example.test"), "{id}");
        }
    }
    let of_roles: Vec<&String> = told
        .iter()
        .filter(|(id, ..)| id.contains(":assigned"))
        .map(|of| &of.2)
        .collect();
    assert_ne!(of_roles[0], of_roles[1]);
}

#[test]
fn without_texts_all_candidates_are_named() {
    let story = ambiguous();
    let none = json!({"status": "ERROR", "code": "INVALID_REQUEST", "message": "Yaml Diff does not exist"});
    story.0.fake.fault(Fault::on(
        router::AUDIT_YAML,
        FaultKind::Answer(Answer::json(400, &none)),
    ));
    let told = told(&story);
    assert!(
        told.iter().any(|(_, certainty, _)| certainty == "one_of"),
        "{told:?}"
    );
}

#[test]
fn no_secret_of_the_trail_reaches_database_output_or_log() {
    const WEBHOOK: &str = "https://hooks.example.test/T00/B00/webhookWithoutWhichNothingIsSecret";
    let story = Story::begin();
    story.change(By::user(ADA), |account| {
        account.add_member(&Scope::account(), "developers", EVAN);
        let group = account.group(&Scope::account(), "developers");
        group.notification_configs =
            vec![serde_json::json!({"type": "SLACK", "slackWebhookUrl": WEBHOOK})];
    });
    story.change(By::user(BOB), |account| {
        account.add_member(&Scope::account(), "developers", GUS);
    });
    story.let_an_hour_pass();
    let sync = story
        .0
        .sync()
        .args(&["--with", "audit", "--with", "logins"]);
    let sync = sync.args(&["--audit-details", "-vv"]);
    let mut told = vec![sync.env("RUST_LOG", "trace").exits(0)];
    for command in [
        &["diff", "--format", "json"][..],
        &["diff"],
        &["audit", "--format", "json"],
        &["history", "Developers", "--format", "json"],
        &["snapshots"],
    ] {
        told.push(story.0.run(command).env("RUST_LOG", "trace").run());
    }
    assert_eq!(story.0.fake.count(router::AUDIT_YAML), 2);
    let mut text: Vec<u8> = told
        .into_iter()
        .flat_map(|ran| (ran.stdout + &ran.stderr).into_bytes())
        .collect();
    text.extend(std::fs::read(story.0.database()).expect("the file"));
    let text = String::from_utf8_lossy(&text);
    let key = story.0.fake.api_key();
    for secret in [
        WEBHOOK,
        "webhookWithout",
        SECRET,
        "notificationConfigs",
        "userGroup:",
        &key,
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
}
