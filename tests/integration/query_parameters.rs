//! The parameters and values of `query`.

use std::time::Duration;

use harness_access::store::{Limits, Reader, Rows, SelectError};

use crate::support::account::Account;
use crate::support::{Outcome, TempDir, run};

fn ask(arguments: &[&str]) -> Outcome {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    let all = "resource_group/account/all";
    Account::example()
        .person("u1", "Ada")
        .role("role/account/r", "Role", &["a"])
        .everything(all, "All")
        .assign("user/u1", "role/account/r", "account", all)
        .publish(&db, 1);
    run(&db, &[&["query"], arguments].concat())
}

#[test]
fn numbers_stay_numbers_in_csv_and_texts_are_no_formulas() {
    let ended = ask(&[
        "select -5, -2.5, '-5', '=1', null, -9e999",
        "--format",
        "csv",
    ])
    .exits(0);
    let row = ended.stdout.lines().nth(1);
    assert_eq!(row, Some("-5,-2.5,'-5,'=1,,'-inf"), "{ended:?}");
}

#[test]
fn a_domain_may_be_given_with_its_sign() {
    for domain in ["domain=@example.test", "domain=example.test"] {
        let ended = ask(&[
            "--name",
            "outside-domains",
            "--param",
            domain,
            "--format",
            "csv",
        ]);
        assert_eq!(ended.exits(0).stdout.lines().count(), 1, "{domain}");
    }
}

#[test]
fn a_missing_parameter_is_shown_by_its_example() {
    ask(&["--name", "two-people-compared", "--param", "person=u1"])
        .exits(3)
        .says("--param other=");
    ask(&["select :who"]).exits(3).says("--param who=VALUE");
}

#[test]
fn a_list_is_not_asked_for_together_with_a_question() {
    ask(&["--list", "select 1"]).exits(3).says("--list");
    ask(&["--list", "--name", "empty-groups"])
        .exits(3)
        .says("--list");
}

#[test]
fn sql_may_begin_with_a_comment() {
    for comment in ["-- question: one?\n", "--one?\n", "--\n", "--a = b\n"] {
        let sql = format!("{comment}select 7 as one");
        let ended = ask(&[&sql, "--format", "csv"]).exits(0);
        assert_eq!(ended.stdout, "one\r\n7\r\n", "{comment:?}");
    }
    let file = include_str!("../../src/cookbook/most-roles.sql");
    assert!(file.starts_with("--"));
    ask(&["--format", "csv", file]).exits(0);
    ask(&["--fromat csv"])
        .exits(3)
        .says("is not a flag of query");
    ask(&["--list\n"]).exits(3).says("is not a flag of query");
}

const LARGE_ROWS: &str = "with recursive n(i) as (select 1 union all select i + 1 from n limit 300)
select i, hex(zeroblob(1000000)) from n";

#[test]
fn a_table_of_large_rows_is_cut() {
    let ended = ask(&[LARGE_ROWS]).exits(0);
    assert_eq!(ended.stdout.lines().count(), 1 + 33); // 2 MB each
    ended.says("more rows are left out; --format csv or ndjson");
    let one_long_cell = "with recursive n(i) as (select 1 union all select i + 1 from n limit 300)
        select case i when 200 then hex(zeroblob(1000000)) end, i from n";
    let ended = ask(&[one_long_cell]).exits(0);
    assert_eq!(ended.stdout.lines().count(), 1 + 199);
    ask(&["select hex(zeroblob(40000000))"])
        .exits(3)
        .says("--format csv or ndjson");
}

#[test]
fn the_time_of_a_statement_counts_until_its_last_row() {
    let folder = TempDir::new();
    let db = folder.file("a.db");
    Account::example().publish(&db, 1);
    let mut reader = Reader::open(&db).expect("a database");
    let limits = Limits {
        time: Duration::ZERO,
        ..Limits::default()
    };
    let mut reader = reader.restrict(limits).expect("limits");
    let asked = reader.each("select 1", &[], &mut Rows::default());
    assert!(
        matches!(asked, Err(SelectError::TookTooLong(_))),
        "{asked:?}"
    );
}
