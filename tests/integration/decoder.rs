//! Whatever bytes come as an answer: an error or rows, never a panic, and never an end that does not come.

use std::fs;

use harness_access::api::call::Envelope;
use harness_access::api::page::Page;
use harness_access::api::page::envelope::open;
use harness_access::api::wire;
use harness_access::model::{Listing, ListingState};
use harness_access::store::{Reader, Writer};
use serde_json::{Map, Value, json};

use crate::support::{TempDir, in_process};
use fake_harness::{Account, FakeHarness, Random, Request, Scope, router};

/// Opens a body as what is asked for at a path. Whether it is that.
fn opens_as(path: &str, body: &[u8]) -> bool {
    fn opens<T: serde::de::DeserializeOwned>(body: &[u8]) -> bool {
        open::<T>(body, Envelope::Data).is_ok()
    }
    match path {
        router::USERS => opens::<Page<wire::User>>(body),
        router::SERVICE_ACCOUNTS_AGGREGATE => opens::<Page<wire::ServiceAccountItem>>(body),
        router::USER_GROUPS => opens::<Page<wire::UserGroup>>(body),
        router::ROLES => opens::<Page<wire::RoleItem>>(body),
        router::RESOURCE_GROUPS => opens::<Page<wire::ResourceGroupItem>>(body),
        router::ROLE_ASSIGNMENTS => opens::<Page<wire::RoleAssignmentItem>>(body),
        router::ACCESS_CHECK => opens::<wire::AccessCheckResponse>(body),
        router::PERMISSIONS => opens::<Vec<wire::PermissionItem>>(body),
        _ => opens::<wire::Account>(body),
    }
}

const PATHS: [&str; 9] = [
    router::USERS,
    router::SERVICE_ACCOUNTS_AGGREGATE,
    router::USER_GROUPS,
    router::ROLES,
    router::RESOURCE_GROUPS,
    router::ROLE_ASSIGNMENTS,
    router::ACCESS_CHECK,
    router::PERMISSIONS,
    "/ng/api/accounts",
];

/// Opens a body as everything that a sync asks for. Whether it is any of that.
fn opens_as_any(body: &[u8]) -> bool {
    let _ = open::<Value>(body, Envelope::Resource);
    PATHS.iter().filter(|path| opens_as(path, body)).count() > 0
}

/// The demo account without the long lists of permissions of Harness's own roles.
fn small_account() -> Account {
    let mut account = Account::demo();
    for role in &mut account.roles {
        role.permissions.truncate(3);
    }
    account.roles.retain(|role| {
        let is_ours = role.scope.is_some();
        is_ours || role.identifier.starts_with("_account_v")
    });
    account
}

/// A few rows of every answer that a sync asks for, by path.
fn answers() -> Vec<(&'static str, Vec<u8>)> {
    let fake = FakeHarness::new(small_account());
    let id = fake.account_id();
    let target = |path: &str| format!("{path}?accountIdentifier={id}&pageIndex=0&pageSize=3");
    let ask = |request: Request| {
        let answer = fake
            .handle(&request.with_header("x-api-key", &fake.api_key()))
            .answer();
        assert_eq!(answer.status, 200);
        answer.body
    };
    let get = |path| (path, ask(Request::get(&target(path))));
    let check = json!({"permissions": [
        {"resourceScope": {"accountIdentifier": id}, "resourceType": "USER", "permission": "core_user_view"},
        {"resourceScope": {"accountIdentifier": id}, "resourceType": "ROLE", "permission": "core_role_view"}
    ]});
    let account = ask(Request::get(&target(&format!("/ng/api/accounts/{id}"))));
    vec![
        (
            router::USERS,
            ask(Request::post(&target(router::USERS), &json!({}))),
        ),
        get(router::SERVICE_ACCOUNTS_AGGREGATE),
        get(router::USER_GROUPS),
        get(router::ROLES),
        get(router::RESOURCE_GROUPS),
        get(router::ROLE_ASSIGNMENTS),
        ("/ng/api/accounts", account),
        (
            router::ACCESS_CHECK,
            ask(Request::post(&target(router::ACCESS_CHECK), &check)),
        ),
    ]
}

#[test]
fn an_answer_cut_anywhere_is_none() {
    for (path, body) in answers() {
        assert!(opens_as(path, &body), "{path}");
        for end in 0..body.len() {
            assert!(!opens_as(path, &body[..end]), "{path} cut at {end}");
        }
    }
}

#[test]
fn a_byte_changed_anywhere_does_no_harm() {
    for (path, body) in answers() {
        let mut changed = body.clone();
        for at in 0..body.len() {
            changed[at] ^= [0x01, 0x20, 0x80][at % 3];
            opens_as(path, &changed);
            changed[at] = body[at];
        }
    }
}

#[test]
fn arbitrary_bytes_do_no_harm() {
    let words: [&[u8]; 24] = [
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"null",
        b"true",
        b"\"status\":\"SUCCESS\"",
        b"\"data\":",
        b"\"content\":[",
        b"\"totalItems\":1",
        b"\"identifier\":\"x\"",
        b"\"roleAssignment\":{",
        b"\"principal\":",
        b"-1",
        b"1e999",
        b"99999999999999999999",
        b"\"\\ud800\"",
        b"\"\\u0000\"",
        b"\xff",
        b"\"",
        b"\\",
        b"\xef\xbb\xbf",
    ];
    let mut random = Random::new(5);
    for round in 0..6_000 {
        let length = random.below(32);
        let body: Vec<u8> = if round % 3 == 0 {
            (0..length)
                .map(|_| u8::try_from(random.below(256)).unwrap())
                .collect()
        } else {
            (0..length)
                .flat_map(|_| random.pick(&words).to_vec())
                .collect()
        };
        opens_as_any(&body);
    }
    for deep in [
        b"[".as_slice(),
        b"{\"data\":",
        b"{\"status\":\"SUCCESS\",\"data\":[",
    ] {
        assert!(!opens_as_any(&deep.repeat(50_000)));
    }
}

// ---- JSON of the right kind, wrong inside ---------------------------------------------------------------------------------

/// Any JSON, not too deep.
fn any_json(random: &mut Random, depth: usize) -> Value {
    let names = [
        "identifier",
        "scope",
        "role",
        "principal",
        "users",
        "content",
        "x",
    ];
    match random.below(if depth == 0 { 9 } else { 12 }) {
        0 => Value::Null,
        1 => json!(random.below(2) == 0),
        2 => json!(-1),
        3 => json!(i64::MAX),
        4 => json!(u64::MAX),
        5 => json!(1.5e300),
        6 => json!(""),
        7 => json!("\u{0}\u{202e}=cmd|'\u{1b}[31m\u{1f4a5}/../%"),
        8 => json!("_account_viewer"),
        9 | 10 => {
            let items = (0..random.below(4)).map(|_| any_json(random, depth - 1));
            Value::Array(items.collect())
        }
        _ => {
            let fields = (0..random.below(4)).map(|_| {
                let name = (*random.pick(&names)).to_owned();
                (name, any_json(random, depth - 1))
            });
            Value::Object(fields.collect::<Map<_, _>>())
        }
    }
}

/// Every node below a value, by the way to it.
fn nodes(value: &Value, way: &str, found: &mut Vec<String>) {
    found.push(way.to_owned());
    match value {
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, value)| nodes(value, &format!("{way}/{name}"), found)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(at, value)| nodes(value, &format!("{way}/{at}"), found)),
        _ => {}
    }
}

/// Changes some nodes: to anything, to another node, away, or twice.
fn mutate(value: &mut Value, random: &mut Random) {
    for _ in 0..=random.below(3) {
        let mut ways = Vec::new();
        nodes(value, "", &mut ways);
        let (way, other) = (random.pick(&ways).clone(), random.pick(&ways).clone());
        let new = match random.below(4) {
            0 => value.pointer(&other).cloned().unwrap_or_default(),
            _ => any_json(random, 3),
        };
        match (random.below(4), value.pointer_mut(&way)) {
            (0, Some(Value::Array(items))) => {
                let twins = items.clone();
                items.extend(twins);
            }
            (1, Some(Value::Object(fields))) => {
                let name = fields.keys().next().cloned();
                name.and_then(|name| fields.remove(&name));
            }
            (_, Some(node)) => *node = new,
            (_, None) => {}
        }
    }
}

#[test]
fn arbitrary_json_in_any_place_does_no_harm() {
    let mut random = Random::new(6);
    for (_, body) in answers() {
        let whole: Value = serde_json::from_slice(&body).unwrap();
        for _ in 0..100 {
            let mut value = whole.clone();
            mutate(&mut value, &mut random);
            opens_as_any(value.to_string().as_bytes());
        }
    }
    for _ in 0..1_000 {
        let value = json!({"status": "SUCCESS", "data": any_json(&mut random, 5)});
        opens_as_any(value.to_string().as_bytes());
        let page = json!({"status": "SUCCESS", "data": {"content": [any_json(&mut random, 5)], "totalItems": 1}});
        opens_as_any(page.to_string().as_bytes());
    }
}

/// The same through the rows' mapping, the store and every view.
#[test]
fn whatever_is_taken_for_rows_can_be_stored_and_asked() {
    let folder = TempDir::new();
    let path = folder.file("access.db");
    let fake = FakeHarness::new(small_account());
    let identity = in_process::identity(&fake);
    let (mut taken, mut partial) = (0, 0);
    for seed in 0..180 {
        let route = PATHS[seed % PATHS.len()];
        let observed = in_process::observe_spoilt(&fake, move |path, body| {
            if !path.starts_with(route) {
                return body;
            }
            // The same for every attempt, or it would be no fault of the rows.
            let mut random = Random::new(u64::try_from(seed).unwrap());
            let mut value: Value = serde_json::from_slice(&body).unwrap();
            let rows = if value["data"]["content"].is_array() {
                value.pointer_mut("/data/content").unwrap()
            } else {
                &mut value["data"]
            };
            mutate(rows, &mut random);
            // A page that contradicts itself would hide what its rows do.
            if let Some(rows) = value["data"]["content"].as_array().map(Vec::len) {
                value["data"]["totalItems"] = json!(rows);
                value["data"]["pageItemCount"] = json!(rows);
            }
            value.to_string().into_bytes()
        });
        let observation =
            observed.unwrap_or_else(|error| panic!("seed {seed} at {route}: {error}"));
        taken += 1;
        let is_whole = |listing: &Listing| listing.state == ListingState::Complete;
        partial += usize::from(!observation.listings.iter().all(is_whole));
        if taken % 8 == 1 {
            let _ = fs::remove_file(&path);
        }
        let published = Writer::open(&path, &identity)
            .and_then(|writer| writer.publish(&identity, observation, "0.0.0", None))
            .unwrap_or_else(|error| panic!("seed {seed} at {route}: {error}"));
        let reader = Reader::open(&path).unwrap();
        for view in reader
            .select("SELECT name FROM main.sqlite_master WHERE type = 'view'")
            .unwrap()
            .rows
        {
            let view = view[0].clone().unwrap();
            reader
                .select(&format!("SELECT * FROM {view}"))
                .unwrap_or_else(|error| panic!("seed {seed} at {route}: {view}: {error}"));
        }
        if published.snapshot > 1 {
            let facts = reader.diff_facts(published.snapshot - 1, published.snapshot);
            let _ = harness_access::diff::compare(facts.unwrap());
        }
    }
    assert!(
        partial > 25 && partial < taken,
        "{taken} taken, {partial} of them partial"
    );
}

#[test]
fn times_of_any_size_are_kept_or_left_out() {
    let folder = TempDir::new();
    for (number, created_at) in [
        i64::MIN,
        -1,
        0,
        1,
        99_999_999_999,
        253_402_300_800_000,
        i64::MAX,
    ]
    .into_iter()
    .enumerate()
    {
        let fake = FakeHarness::new(small_account());
        fake.change(|account| {
            for row in &mut account.role_assignments {
                row.times.created_at = created_at;
            }
        });
        let path = folder.file(&format!("{number}.db"));
        in_process::sync(&fake, &path).unwrap();
        fake.change(|account| {
            // An account without any is no account.
            let mut left = 1;
            account
                .role_assignments
                .retain(|row| row.scope != Scope::account() || std::mem::take(&mut left) == 1);
        });
        in_process::sync(&fake, &path).unwrap();
        let reader = Reader::open(&path).unwrap();
        let shown = reader
            .select("SELECT DISTINCT created_at FROM grant_history WHERE slug = 'assigned'")
            .unwrap();
        assert_eq!(shown.rows.len(), 1, "{created_at}");
        let comparison = harness_access::diff::compare(reader.diff_facts(1, 2).unwrap());
        assert!(comparison.changes.len() > 5, "{created_at}");
        for change in &comparison.changes {
            let grant = change.grant().unwrap();
            let _ = grant.created_at.map(|moment| moment.to_string());
        }
    }
}

/// Should a defect of this program end one worker, the others must not wait for it for ever.
#[test]
fn a_worker_that_panics_ends_the_observation() {
    let (done, ended) = std::sync::mpsc::channel::<()>();
    let observer = std::thread::spawn(move || {
        let _done = done; // dropped at the end, whichever way it comes
        let fake = FakeHarness::new(small_account());
        let _ = in_process::observe_spoilt(&fake, |path, body| {
            assert_ne!(path, router::RESOURCE_GROUPS, "a defect");
            body
        });
    });
    let patience = std::time::Duration::from_secs(20);
    let waited = ended.recv_timeout(patience);
    assert_eq!(waited, Err(std::sync::mpsc::RecvTimeoutError::Disconnected));
    assert!(observer.join().is_err());
}
