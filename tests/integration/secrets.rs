//! Neither the key nor the secrets in Harness's answers show up anywhere.

use crate::support::{Outcome, Test};
use fake_harness::{Answer, Fault, FaultKind, SECRET, router};

/// The beginnings of all secrets of the fixture. Without the dash it is also a resource type.
const MARKERS: [&str; 2] = ["SECRET-", SECRET];

#[track_caller]
fn hides_all(mut outcome: Outcome) {
    for marker in MARKERS {
        outcome = outcome.hides(marker);
    }
}

#[test]
fn the_fixture_has_secrets_to_hide() {
    let fixture = std::fs::read_to_string("fixtures/account.json").unwrap();
    assert!(fixture.contains("SECRET-slack-webhook"));
    assert!(fixture.contains("SECRET-saml-client-secret"));
    assert!(Test::new().fake.api_key().contains(SECRET));
}

#[test]
fn no_log_level_shows_a_secret() {
    let test = Test::new();
    for filter in [
        "trace",
        "ureq=trace,ureq_proto=trace,ureq_proto::util=trace,rustls=trace",
    ] {
        let outcome = test
            .sync()
            .env("RUST_LOG", filter)
            .args(&["-v", "-v"])
            .exits(0);
        assert!(!outcome.stderr.is_empty(), "nothing was logged at all");
        hides_all(outcome);
    }
}

#[test]
fn the_file_holds_no_secret() {
    let test = Test::synced();
    let bytes = std::fs::read(test.database()).unwrap();
    for marker in MARKERS {
        let found = bytes
            .windows(marker.len())
            .any(|window| window == marker.as_bytes());
        assert!(!found, "{marker} is in the file");
    }
}

#[test]
fn a_key_that_harness_repeats_is_cut_out_of_the_message() {
    let test = Test::new();
    let key = test.fake.api_key();
    let echo = serde_json::json!({
        "status": "ERROR", "code": "INVALID_REQUEST", "message": format!("no such key: {key}"), "correlationId": "c-1"
    });
    test.fake
        .fault(Fault::everywhere(FaultKind::Answer(Answer::json(
            400, &echo,
        ))));
    for format in ["text", "json"] {
        let outcome = test
            .sync()
            .env("RUST_LOG", "trace")
            .args(&["--format", format])
            .exits(5)
            .says("no such key");
        hides_all(outcome);
    }
}

#[test]
fn failures_show_no_secret() {
    let test = Test::new();
    for kind in [
        FaultKind::AccessDenied,
        FaultKind::GarbageRows,
        FaultKind::ForeignRows,
    ] {
        test.fake.clear_faults();
        let fault = test.fake.fault(Fault::on("user-groups", kind));
        let outcome = test.sync().env("RUST_LOG", "trace").run();
        assert_ne!(outcome.status, 0);
        assert!(fault.fired() > 0);
        hides_all(outcome);
    }
}

#[test]
fn a_key_at_the_wrong_place_is_not_repeated() {
    let test = Test::new();
    let key = test.fake.api_key();
    let key = key.as_str();
    let path = format!("{}/{key}", test.server.base_url());
    let nobody = format!("http://127.0.0.1:1/{key}");
    let slips: [&[&str]; 13] = [
        &["sync", "--api-key-file", key],
        &["doctor", "--api-key-file", key],
        &["sync", key],
        &["sync", "--api-key", key, key],
        &["sync", "--api-key", key, "--account-id", key],
        &["sync", "--api-key", "opaque", "--account-id", key],
        &["sync", "--api-key", key, "--base-url", key],
        &["sync", "--api-key", key, "--base-url", &path, "-v", "-v"],
        &["sync", "--api-key", key, "--base-url", &nobody, "-v", "-v"],
        &["snapshots", "--db", key],
        &["diff", key],
        &["who-can", key],
        &[key],
    ];
    for slip in slips {
        for format in [&[][..], &["--format", "json"]] {
            let outcome = test.run(&[slip, format].concat()).run();
            assert_ne!(outcome.status, 0, "{slip:?}");
            assert!(!outcome.stderr.is_empty());
            let lower = key.to_ascii_lowercase();
            hides_all(outcome.hides(key).hides(&lower));
        }
    }
    for (name, value) in [
        ("HARNESS_ACCOUNT_ID", key),
        ("BATON_BASE_URL", key),
        ("HARNESS_BASE_URL", &path),
    ] {
        let sync = test.sync().env(name, value).env("RUST_LOG", "trace");
        let outcome = sync.run();
        assert_ne!(outcome.status, 0, "{name}");
        hides_all(outcome.hides(key));
    }
}

#[test]
fn a_key_that_comes_back_in_a_name_is_not_kept() {
    let test = Test::new();
    let key = test.fake.api_key();
    test.fake.change(|account| {
        account.users[0].name = Some(format!("you sent {key}"));
        account.users[1].name = Some(SECRET.to_owned());
    });
    test.sync().exits(0);
    let names = test.ask("SELECT count(*) FROM users WHERE name LIKE '%[key redacted]%'");
    assert_eq!(names, "2");
    let bytes = std::fs::read(test.database()).unwrap();
    let secret = SECRET.as_bytes();
    assert!(!bytes.windows(secret.len()).any(|window| window == secret));
}

#[test]
fn a_key_that_comes_back_in_pieces_or_encoded_is_not_shown() {
    const ENCODED: &str = "U0VDUkVUa2V5RG9Ob3RMZWFr";
    let test = Test::new();
    let (first, second) = SECRET.split_at(9);
    let message = format!("{first} and {second} and {ENCODED}");
    let body =
        serde_json::json!({"status": "ERROR", "code": "INVALID_REQUEST", "message": message});
    let answer = Answer::json(400, &body);
    test.fake
        .fault(Fault::on(router::ROLES, FaultKind::Answer(answer)));
    test.sync()
        .args(&["-v", "-v"])
        .run()
        .hides(first)
        .hides(second)
        .hides(ENCODED);
}
