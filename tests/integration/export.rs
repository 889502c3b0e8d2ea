//! `export` through the program.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;

use harness_access::model::ListingKind;

use crate::support::account::{ACCOUNT_ONLY, Account, EVERYTHING};
use crate::support::{Run, TempDir, run};

const ADMIN: &str = "role/harness/_account_admin";

fn story() -> Account {
    Account::example()
        .person("ada", "=Ada")
        .disabled_person("dis", "Dee")
        .service_account("service_account/account/ci", "CI")
        .group_of("user_group/account/ops", "Ops", &["ada", "dis"])
        .role(
            "role/account/keeper",
            "Keeper, of secrets",
            &["core_secret_access"],
        )
        .assign("user_group/account/ops", ADMIN, "account", EVERYTHING)
        .assign("user/ada", "role/account/keeper", "account", ACCOUNT_ONLY)
        .assign("service_account/account/ci", ADMIN, "account", EVERYTHING)
        .assign("user/gone", ADMIN, "account", EVERYTHING)
        .clone()
}

fn export(db: &Path, format: &[&str], name: &str) -> std::path::PathBuf {
    let output = db.with_extension(name);
    let mut arguments = vec!["export", "--output", output.to_str().unwrap(), "--format"];
    arguments.extend(format);
    let ran = run(db, &arguments);
    assert_eq!(ran.status, 0, "{ran:?}");
    output
}

#[test]
fn the_matrix_has_a_row_for_every_effective_role() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let ran = run(&db, &["export", "--format", "csv"]);
    let rows: Vec<&str> = ran.stdout.split("\r\n").collect();
    assert_eq!(rows.len(), 7, "{ran:?}");
    assert!(rows[0].starts_with("Name,E-mail,Type,State,Two-factor,Last login,Role,"));
    assert!(
        ran.stdout
            .contains("\r\n'=Ada,ada@example.test,user,active,"),
        "{ran:?}"
    );
    assert!(
        ran.stdout.contains("Dee,dis@example.test,user,disabled,"),
        "{ran:?}"
    );
    assert!(
        ran.stdout
            .contains(",Ops (account),yes,,2026-01-01T00:01:00.000Z,"),
        "{ran:?}"
    );
    let ids = ",user_group/account/ops,ra-user_group/account/ops-role/harness/_account_admin\r\n";
    assert!(ran.stdout.contains(ids), "{ran:?}");
}

/// Service accounts of one identifier have part in each other's grants, which are as old for each of them.
#[test]
fn the_matrix_says_since_when_for_service_accounts_of_one_identifier() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story()
        .project("default", "prod")
        .service_account("service_account/org/default/project/prod/ci", "CI of prod")
        .publish(&db, 1);
    let ran = run(&db, &["export", "--format", "csv"]);
    let shared = ran
        .stdout
        .lines()
        .find(|row| row.starts_with("CI of prod,"));
    let shared = shared.unwrap_or_else(|| panic!("{ran:?}"));
    assert!(
        shared.contains("granted to service_account/account/ci;"),
        "{shared}"
    );
    assert_eq!(
        shared.matches("2026-01-01T00:01:00.000Z").count(),
        2,
        "{shared}"
    );
}

#[test]
fn vanta_gets_a_row_for_every_person() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story()
        .assign("user/ada", "role/account/lost", "account", ACCOUNT_ONLY)
        .assign(
            "user/ada",
            "role/account/keeper",
            "account",
            "resource_group/account/lost",
        )
        .publish(&db, 1);
    let ran = run(
        &db,
        &["export", "--format", "csv", "--preset", "vanta", "-q"],
    );
    // One certain path makes a role certain.
    assert_eq!(
        ran.stdout,
        "Account name,Account owner,Role,Status\r\n\
         ada@example.test,ada@example.test,\"Account Admin (account), Keeper of secrets (account), lost (account; depends)\",Active\r\n\
         dis@example.test,dis@example.test,Account Admin (account),Deactivated\r\n"
    );
    assert_eq!(ran.stderr, "");
}

#[test]
fn the_manifest_proves_the_file() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().gap(ListingKind::Users, "account").publish(&db, 1);
    let output = export(&db, &["ndjson"], "ndjson");
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(format!("{}.manifest.json", output.display())).unwrap())
            .unwrap();
    let sum = Command::new("sha256sum").arg(&output).output().unwrap();
    let sum = String::from_utf8(sum.stdout).unwrap();
    assert_eq!(manifest["sha256"].as_str(), sum.split(' ').next());
    assert_eq!(manifest["bytes"], fs::metadata(&output).unwrap().len());
    assert_eq!(manifest["snapshot"]["state"], "partial");
    assert_eq!(manifest["coverage"][0]["kind"], "users");
    let text = fs::read_to_string(&output).unwrap();
    assert_eq!(manifest["rows"], text.lines().count());
    for line in text.lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(["snapshot", "resource", "grant"].contains(&record["record"].as_str().unwrap()));
    }
}

#[test]
fn evidence_answers_as_the_whole_file_did() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    Account::example().person("new", "New").publish(&db, 2);
    let evidence = export(&db, &["sqlite", "--at", "1"], "evidence.db");
    for question in [
        vec!["who-can", "core_secret_access", "--format", "csv"],
        vec!["what-can", "ada", "--permissions", "--format", "csv"],
        vec!["findings"],
        vec!["export", "--format", "csv"],
        vec!["export", "--format", "ndjson"],
    ] {
        let mut at = question.clone();
        at.extend(["--at", "1"]);
        assert_eq!(
            run(&db, &at).stdout,
            run(&evidence, &question).stdout,
            "{question:?}"
        );
    }
    assert_eq!(
        run(&evidence, &["snapshots", "--format", "json"]).json()["snapshots"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let connection = Connection::open(&evidence).unwrap();
    let broken: i64 = connection
        .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| {
            row.get(0)
        })
        .unwrap();
    // A membership has no scope and no resource group: key 0 is nobody's.
    assert_eq!(broken, 0);
}

#[test]
fn a_failed_export_leaves_nothing() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let folder = db.with_extension("folder");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let output = folder.join("out.csv");
    let output = output.to_str().unwrap();
    let ran = run(
        &db,
        &[
            "export", "--format", "csv", "--output", output, "--at", "99",
        ],
    );
    assert_eq!(ran.status, 3, "{ran:?}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    let ran = run(
        &db,
        &[
            "export",
            "--format",
            "csv",
            "--output",
            folder.to_str().unwrap(),
        ],
    );
    assert_eq!(ran.status, 3, "{ran:?}");
    let ran = run(&db, &["export", "--format", "sqlite"]);
    assert_eq!(ran.status, 3, "{ran:?}");
    let ran = run(&db, &["export", "--format", "ndjson", "--preset", "vanta"]);
    assert_eq!(ran.status, 3, "{ran:?}");
}

#[test]
fn an_export_never_replaces_a_database_of_snapshots() {
    let folder = TempDir::new();
    let source = folder.file("access.db");
    story().publish(&source, 1);
    let other = folder.file("other.db");
    story().publish(&other, 1);
    story().publish(&other, 2);
    fs::create_dir(folder.file("sub")).unwrap();
    // A database that has the name of a manifest.
    fs::copy(&source, folder.file("m.manifest.json")).unwrap();
    let before = (fs::read(&source).unwrap(), fs::read(&other).unwrap());
    let names = folder.names();
    let at_file = ["--at", "access.db@1"];
    let cases: [(&str, &str, &[&str]); 8] = [
        ("access.db", "access.db", &[]),
        ("access.db", "./sub/../access.db", &[]),
        ("access.db", "access.db-journal", &[]),
        ("other.db", "access.db", &at_file),
        ("m.manifest.json", "m", &[]),
        ("access.db", "other.db", &[]),
        ("other.db", source.to_str().unwrap(), &at_file),
        ("access.db", other.to_str().unwrap(), &["--at", "1"]),
    ];
    for (db, output, more) in cases {
        for format in ["csv", "sqlite", "c1z"] {
            Run::new(folder.path(), &["export", "--format", format, "--db", db])
                .args(&["--output", output])
                .args(more)
                .exits(3)
                .prints_nothing()
                .says(output)
                .says("nothing was written");
        }
    }
    assert_eq!(before.0, fs::read(&source).unwrap());
    assert_eq!(before.1, fs::read(&other).unwrap());
    assert_eq!(folder.names(), names);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&source, folder.file("link.db")).unwrap();
        Run::new(
            folder.path(),
            &["export", "--format", "sqlite", "-o", "link.db"],
        )
        .args(&["--db", "access.db"])
        .exits(3)
        .says("link.db");
    }
    // What an export wrote may be written again.
    for _ in 0..2 {
        Run::new(
            folder.path(),
            &["export", "--format", "sqlite", "-o", "evidence.db"],
        )
        .args(&["--db", "other.db"])
        .exits(0);
    }
}

#[cfg(unix)]
#[test]
fn exported_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    for (format, name) in [
        ("csv", "mode.csv"),
        ("sqlite", "mode.db"),
        ("c1z", "mode.c1z"),
    ] {
        let output = export(&db, &[format], name);
        assert_eq!(
            fs::metadata(&output).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

#[test]
fn a_c1z_file_is_a_packed_database_of_messages() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let output = export(&db, &["c1z"], "c1z");
    let again = export(&db, &["c1z"], "again.c1z");
    let bytes = fs::read(&output).unwrap();
    assert_eq!(
        bytes,
        fs::read(&again).unwrap(),
        "the same snapshot gives the same bytes"
    );
    assert!(bytes.starts_with(b"C1ZF\0"));
    let database = zstd::decode_all(&bytes[5..]).unwrap();
    let path = db.with_extension("unpacked.db");
    fs::write(&path, &database).unwrap();
    let connection = Connection::open(&path).unwrap();
    let count = |sql: &str| {
        connection
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    assert_eq!(count("SELECT count(*) FROM v1_grants"), 6);
    assert_eq!(
        count("SELECT count(*) FROM v1_grants WHERE expansion IS NOT NULL"),
        1
    );
    let dangling = "SELECT count(*) FROM v1_grants g
        WHERE NOT EXISTS (SELECT 1 FROM v1_entitlements e WHERE e.external_id = g.entitlement_id)
          OR NOT EXISTS (SELECT 1 FROM v1_resources r WHERE r.external_id = g.resource_type_id || ':' || g.resource_id)
          OR NOT EXISTS (SELECT 1 FROM v1_resources r
            WHERE r.external_id = g.principal_resource_type_id || ':' || g.principal_resource_id)
          OR NOT EXISTS (SELECT 1 FROM v1_resource_types t WHERE t.external_id = g.principal_resource_type_id)";
    assert_eq!(count(dangling), 0);
    let (sync, ended): (String, String) = connection
        .query_row("SELECT sync_id, ended_at FROM v1_sync_runs", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!(sync.len(), 27);
    assert!(ended.len() == 23 && ended.as_bytes()[10] == b' ', "{ended}");
    let user: Vec<u8> = connection
        .query_row(
            "SELECT data FROM v1_resources WHERE external_id = 'user:dis'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let text = String::from_utf8_lossy(&user);
    for part in [
        "dis@example.test",
        "Dee",
        "type.googleapis.com/c1.connector.v2.UserTrait",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn datasette_learns_what_the_schema_says() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let ran = run(&db, &["export", "--format", "datasette-metadata"]);
    let metadata = ran.json();
    let name = db.file_stem().unwrap().to_str().unwrap();
    let views = metadata["databases"][name]["tables"].as_object().unwrap();
    let (tables, described): (Vec<_>, Vec<_>) = views
        .iter()
        .partition(|(_, described)| described["hidden"] == true);
    assert_eq!(described.len(), 28);
    assert!(tables.iter().any(|(table, _)| table.contains("_grant")));
    for (view, described) in described {
        assert_ne!(described["description"], "", "{view}");
    }
    assert_eq!(
        views["users"]["columns"]["disabled"],
        "1: cannot sign in; grants stay"
    );
}

/// field report C11: without a byte order mark Excel breaks names.
#[test]
fn files_for_spreadsheets_begin_with_a_byte_order_mark() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    story().publish(&db, 1);
    let begins = |more: &[&str], name: &str| {
        let output = export(&db, &[&["csv"], more].concat(), name);
        fs::read(output).unwrap().starts_with(b"\xef\xbb\xbf")
    };
    assert!(begins(&[], "a.csv"));
    assert!(!begins(&["--no-bom"], "b.csv"));
    assert!(!begins(&["--preset", "vanta"], "c.csv"));
    let piped = |more: &[&str]| run(&db, &[&["export", "--format", "csv"], more].concat());
    assert!(piped(&[]).stdout.starts_with("Name,"));
    assert!(piped(&["--bom"]).stdout.starts_with("\u{feff}Name,"));
}

/// field report C10: no empty account names, roles that stay one, cells that a spreadsheet takes.
#[test]
fn vanta_takes_every_row() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let mut account = Account::example();
    account
        .user("nameless", "", "")
        .role(
            "role/account/odd",
            "  Admin; Prod,\u{ff0c}x ",
            &["core_secret_access"],
        )
        .assign("user/nameless", "role/account/odd", "account", EVERYTHING);
    for at in 0..1_400 {
        let role = format!("role/account/r{at}");
        account
            .role(
                &role,
                &format!("Role of a rather long name {at}"),
                &["core_secret_access"],
            )
            .assign("user/nameless", &role, "account", EVERYTHING);
    }
    account.publish(&db, 1);
    let ran = run(&db, &["export", "--format", "csv", "--preset", "vanta"]);
    let row = ran.stdout.lines().nth(1).unwrap();
    assert!(
        row.starts_with("nameless,No owner,\"Admin Prod x (account), "),
        "{row}"
    );
    assert!(
        row.contains("more (see the preset matrix)\",Active"),
        "{row}"
    );
    assert!(row.len() < 32_767);
}
