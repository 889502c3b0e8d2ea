//! The last sign-in in the exports: never more than was read.

use fake_harness::Caller;

use super::{ADA, HOUR, now};
use crate::support::Test;

const DAY: i64 = 24 * HOUR;

/// Ada signed in yesterday, and of Bob sign-ins are read as well; another sync knows of nobody.
fn signed_in() -> Test {
    let test = Test::new();
    test.fake.caller(Caller::default().and("core_audit_view"));
    test.fake.sign_in(ADA, now() - DAY);
    test.sync().args(&["--with", "logins"]).exits(0);
    test
}

fn line<'a>(csv: &'a str, begins: &str) -> &'a str {
    let found = csv.lines().find(|line| line.starts_with(begins));
    found
        .unwrap_or_else(|| panic!("{begins} in {csv}"))
        .trim_end()
}

#[test]
fn vanta_gets_the_day_and_since_when_nobody_signed_in() {
    let test = signed_in();
    let day =
        test.ask("SELECT substr(last_login, 1, 10) FROM users WHERE email = 'ada@example.test'");
    let csv = test
        .run(&["export", "--format", "csv", "--preset", "vanta"])
        .exits(0)
        .stdout;
    assert!(
        csv.starts_with("Account name,Account owner,Role,Status,Last login"),
        "{csv}"
    );
    assert!(line(&csv, "ada@").ends_with(&format!(",{day}")), "{csv}");
    assert!(line(&csv, "bob@").contains(",none since 20"), "{csv}");
}

#[test]
fn the_matrix_has_it_beside_the_second_factor() {
    let test = signed_in();
    let csv = test.run(&["export", "--format", "csv"]).exits(0).stdout;
    assert!(csv.contains(",Two-factor,Last login,Role,"), "{csv}");
    assert!(
        line(&csv, "Ada Example").contains(",active,yes,20"),
        "{csv}"
    );
}

#[test]
fn without_reading_sign_ins_nobody_is_said_never_to_have_signed_in() {
    let test = Test::synced();
    let csv = test
        .run(&["export", "--format", "csv", "--preset", "vanta"])
        .exits(0)
        .stdout;
    assert!(
        csv.starts_with("Account name,Account owner,Role,Status\r\n"),
        "{csv}"
    );
    let csv = test.run(&["export", "--format", "csv"]).exits(0).stdout;
    assert!(!csv.contains("none since"), "{csv}");
}

#[test]
fn a_c1z_file_has_the_time_of_who_signed_in_alone() {
    let test = signed_in();
    let path = test.folder.file("access.c1z");
    test.run(&[
        "export",
        "--format",
        "c1z",
        "-o",
        path.to_str().expect("UTF-8"),
    ])
    .exits(0);
    let file = std::fs::read(&path).expect("the file");
    let database = zstd::decode_all(&file[5..]).expect("a frame");
    let unpacked = test.folder.file("unpacked.db");
    std::fs::write(&unpacked, database).expect("room");
    let connection = rusqlite::Connection::open(unpacked).expect("a database");
    let data = |user: &str| -> Vec<u8> {
        let sql = "SELECT data FROM v1_resources WHERE external_id = ?1";
        connection
            .query_row(sql, [format!("user:{user}")], |row| row.get(0))
            .expect("a user")
    };
    let millis = test.ask("SELECT last_login FROM _login JOIN _resource ON key = resource WHERE last_login IS NOT NULL");
    let seconds = millis.parse::<u64>().expect("a number") / 1_000;
    let mut time = vec![9 << 3 | 2];
    let mut number = vec![8];
    let mut rest = seconds;
    while rest >= 128 {
        number.push(u8::try_from(rest % 128).expect("a byte") | 128);
        rest /= 128;
    }
    number.push(u8::try_from(rest).expect("a byte"));
    let holds = |data: &[u8], part: &[u8]| data.windows(part.len()).any(|window| window == part);
    assert!(
        holds(&data(ADA), &number),
        "the seconds, as a protobuf timestamp"
    );
    time.push(u8::try_from(number.len()).expect("short"));
    assert!(!holds(&data(super::BOB), &time), "nobody saw Bob sign in");
}
