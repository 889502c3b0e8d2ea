//! How long questions take on an account with 100,000 grants. Run by hand:
//! `cargo test --release --test integration access_speed -- --ignored --nocapture`

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::Instant;

use crate::support::account::{Account, EVERYTHING};
use crate::support::{TempDir, run};

/// 100,000 role grants and 40,000 memberships in 20 organizations with 200 projects.
fn large() -> Account {
    let mut account = Account::example();
    let mut places = vec!["account".to_owned()];
    for org in 0..20 {
        places.push(format!("org/o{org}"));
        places.extend((0..10).map(|project| format!("org/o{org}/project/p{project}")));
    }
    for place in &places[1..] {
        account.scope(place);
    }
    for user in 0..20_000 {
        let (uuid, name) = (format!("u{user:05}"), format!("User {user}"));
        if user % 50 == 0 {
            account.disabled_person(&uuid, &name);
        } else {
            account.person(&uuid, &name);
        }
    }
    for group in 0..1_000 {
        let members: Vec<String> = (0..40)
            .map(|member| format!("u{:05}", (group * 37 + member * 501) % 20_000))
            .collect();
        let members: Vec<&str> = members.iter().map(String::as_str).collect();
        let id = format!("user_group/account/g{group:04}");
        account.group_of(&id, &format!("Group {group}"), &members);
    }
    for (at, place) in places.iter().enumerate() {
        let role = format!("role/{place}/r");
        let permissions = [
            "core_secret_access",
            "core_pipeline_view",
            "core_pipeline_execute",
        ];
        account.role(&role, &format!("Role {at}"), &permissions[..=at % 3]);
        let group = format!("resource_group/{place}/s");
        account.resource_group(&group, &format!("Some {at}"), &["SECRET", "PIPELINE/x"]);
    }
    for number in 0..100_000_usize {
        let place = &places[number % places.len()];
        let principal = match number % 10 {
            0 => format!("user_group/account/g{:04}", number / 10 % 1_000),
            _ => format!("user/u{:05}", number * 7 % 20_000),
        };
        let group = match number % 3 {
            0 => EVERYTHING.to_owned(),
            _ => format!("resource_group/{place}/s"),
        };
        account.assign(&principal, &format!("role/{place}/r"), place, &group);
    }
    account
}

#[test]
#[ignore = "a measurement"]
fn access_speed() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let published = large().publish(&db, 1);
    println!("{} grants", published.grants);
    let questions: [&[&str]; 12] = [
        &["who-can", "core_secret_access"],
        &["who-can", "core_secret_access", "--in", "org/o3/project/p4"],
        &["who-can", "core_secret_access", "--format", "json"],
        &["who-can", "core_secret_access", "--format", "csv"],
        &["what-can", "u00007"],
        &["what-can", "u00007", "--permissions"],
        &["why", "u00007", "core_secret_access"],
        &["what-can", "u00007", "--at", "1"],
        &["findings"],
        &["export", "--format", "csv"],
        &["export", "--format", "csv", "--preset", "vanta"],
        &["export", "--format", "ndjson"],
    ];
    for arguments in questions {
        let start = Instant::now();
        let ran = run(&db, arguments);
        println!(
            "{:>6} ms  {:>9} bytes  {}",
            start.elapsed().as_millis(),
            ran.stdout.len(),
            arguments.join(" ")
        );
        assert!(ran.status < 2, "{}", ran.stderr);
    }
    if std::env::var_os("KEEP").is_some() {
        println!("{}", db.display());
    } else {
        std::fs::remove_file(&db).unwrap();
    }
}
