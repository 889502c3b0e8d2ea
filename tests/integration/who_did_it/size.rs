//! What the trail takes in the file: its events, and which of them made which change.

use fake_harness::FakeHarness;
use harness_access::model::{ActedOn, Actor, ActorKind, AuditEvent, Scope, Timestamp, TrailRead};
use harness_access::store::Writer;
use rusqlite::Connection;
use std::path::Path;

use crate::support::TempDir;
use crate::support::in_process::{client, everything, identity};

const A_DAY: i64 = 200;
const DAY_MS: i64 = 86_400_000;

/// An event of a company with 400 people who change access, and 3,000 things that are changed.
fn event(number: i64) -> AuditEvent {
    let who = number * 7919 % 400;
    let thing = number * 104_729 % 3_000;
    AuditEvent {
        audit_id: format!("65a0{number:020x}"),
        at: Timestamp::from_millis(1_750_000_000_000 + number * (DAY_MS / A_DAY)),
        actor: Actor {
            kind: ActorKind::User,
            identifier: format!("firstname.lastname{who:04}@example.test"),
            user_id: Some(format!("u{who:021}")),
            name: Some(format!("Firstname Lastname {who}")),
        },
        impersonation: None,
        action: [
            "ROLE_ASSIGNMENT_CREATED",
            "UPDATE",
            "ROLE_ASSIGNMENT_DELETED",
        ][usize::try_from(number % 3).expect("small")]
        .to_owned(),
        acted_on: ActedOn {
            kind: "USER_GROUP".to_owned(),
            identifier: format!("platform_engineering_team_{thing:05}"),
            user_id: None,
            name: Some(format!("Platform engineering team {thing}")),
        },
        scope: Scope::from_parts(
            Some("payments"),
            Some(&format!("project_{:03}", thing % 500)),
        )
        .expect("a scope"),
        source: None,
        detail: None,
    }
}

/// Every event made a change, every third of a resource and every tenth through something else.
fn record_what_was_made(path: &Path) {
    let file = Connection::open(path).expect("a database");
    file.execute_batch(
        r#"PRAGMA foreign_keys = OFF;
           INSERT OR IGNORE INTO _audit_word (word) VALUES ('exact');
           INSERT INTO _made_by (snapshot, is_grant, fact, certainty, event, told)
             SELECT 1 + key / 200, key % 3 > 0, key, (SELECT key FROM _audit_word WHERE word = 'exact'), key,
               CASE WHEN key % 10 = 0 THEN '{"through":"user_group/account/developers"}' END
             FROM _audit_event"#,
    )
    .expect("the tables of this schema");
}

#[test]
fn a_year_of_200_events_a_day_takes_less_than_10_mb() {
    let fake = FakeHarness::demo();
    let folder = TempDir::new();
    let publish = |name: &str, trail: Option<TrailRead>| {
        let path = folder.file(name);
        let mut observation = everything(&client(&fake), 1).expect("no fault");
        observation.trail = trail;
        let writer = Writer::open(&path, &identity(&fake)).expect("a file");
        writer
            .publish(&identity(&fake), observation, "0.0.0", None)
            .expect("room");
        record_what_was_made(&path);
        std::fs::metadata(path).expect("a file").len()
    };
    let year = TrailRead {
        events: (0..365 * A_DAY).map(event).collect(),
        ..TrailRead::default()
    };
    let size = publish("with.db", Some(year)) - publish("without.db", None);
    assert!(size < 10_000_000, "{size} bytes");
}
