use super::*;

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    #[serde(deserialize_with = "identifier")]
    identifier: String,
    #[serde(default, deserialize_with = "name")]
    name: Said<String>,
    #[serde(default, deserialize_with = "created_at")]
    created_at: Said<i64>,
    #[serde(default, deserialize_with = "locked")]
    locked: Said<bool>,
    #[serde(default, deserialize_with = "members")]
    users: Option<Vec<String>>,
}

fn row(json: &str) -> Result<Row, serde_json::Error> {
    take_oddities();
    serde_json::from_str(json)
}

#[test]
fn decorations_of_odd_types_are_unknown_and_named() {
    let row = row(r#"{"identifier":"a","name":{"x":[1]},"createdAt":1.5,"locked":"yes"}"#)
        .expect("a row");
    assert_eq!(
        (row.name, row.created_at, row.locked),
        (Said::Odd, Said::Odd, Said::Odd)
    );
    assert_eq!(
        take_oddities().into_iter().collect::<Vec<_>>(),
        ["createdAt", "locked", "name"]
    );
}

#[test]
fn times_outside_of_all_reason_are_unknown_and_named() {
    let year_30000 = 884_541_340_800_000;
    for odd in [i64::MIN, -1, 1_000, year_30000, i64::MAX] {
        let row = row(&format!(r#"{{"identifier":"a","createdAt":{odd}}}"#)).expect("a row");
        assert_eq!(row.created_at, Said::Odd, "{odd}");
        assert!(take_oddities().contains("createdAt"), "{odd}");
    }
    let row = row(r#"{"identifier":"a","createdAt":1764000000000}"#).expect("a row");
    assert_eq!(row.created_at, Said::Is(1_764_000_000_000));
    assert!(take_oddities().is_empty());
}

#[test]
fn nulls_and_missing_members_are_unknown_without_a_word() {
    let row = row(r#"{"identifier":"a","name":null,"locked":null}"#).expect("a row");
    assert_eq!(
        (row.name, row.created_at, row.locked, row.users),
        (Said::Nothing, Said::Nothing, Said::Nothing, None)
    );
    assert!(take_oddities().is_empty());
}

#[test]
fn what_decides_is_read_where_it_is_clear_and_refuses_the_row_otherwise() {
    #[derive(serde::Deserialize)]
    struct Switch {
        #[serde(default, deserialize_with = "decisive")]
        disabled: Option<bool>,
        #[serde(default, deserialize_with = "count")]
        total: Option<i64>,
    }
    let read = |json: &str| serde_json::from_str::<Switch>(json);
    let switch = read(r#"{"disabled":"TRUE","total":"205"}"#).expect("clear");
    assert_eq!((switch.disabled, switch.total), (Some(true), Some(205)));
    assert_eq!(read("{}").expect("clear").disabled, None);
    for odd in ["\"perhaps\"", "null", "2", "[]"] {
        assert!(read(&format!(r#"{{"disabled":{odd}}}"#)).is_err(), "{odd}");
    }
}

#[test]
fn the_end_of_a_token_is_read_in_every_clear_form_and_refuses_the_row_otherwise() {
    #[derive(serde::Deserialize)]
    struct Token {
        #[serde(default, deserialize_with = "expiry_at")]
        expiry_at: Option<i64>,
    }
    let read = |json: &str| {
        let token: Result<Token, _> = serde_json::from_str(&format!(r#"{{"expiry_at":{json}}}"#));
        token.map(|token| token.expiry_at).ok()
    };
    for clear in [
        "1764000000000",
        "1764000000000.0",
        "\"1764000000000\"",
        "\"2025-11-24T16:00:00Z\"",
    ] {
        assert_eq!(read(clear), Some(Some(1_764_000_000_000)), "{clear}");
    }
    assert_eq!(read("null"), Some(None));
    for far in ["18446744073709551615", "1e30", "9223372036854775807"] {
        assert_eq!(read(far), Some(Some(i64::MAX)), "{far}");
    }
    for odd in ["\"n/a\"", "0", "-1", "1764000000", "true", "{}"] {
        assert_eq!(read(odd), None, "{odd}");
    }
}

#[test]
fn a_name_of_a_megabyte_is_cut_and_marked() {
    let long = "é".repeat(500_000);
    let row = row(&format!(r#"{{"identifier":"a","name":"{long}"}}"#)).expect("a row");
    let name = row.name.known().expect("a name");
    assert!(
        name.len() < NAME_LIMIT + 50 && name.ends_with("… [cut: 1000000 bytes]"),
        "{name}"
    );
    assert_eq!(row.identifier, "a");
}

#[test]
fn an_identity_that_is_not_sane_refuses_the_row() {
    for identifier in ["\"\"", "\" \"", "\"a/b\"", "\"a\\u0000\"", "7", "null"] {
        assert!(
            row(&format!(r#"{{"identifier":{identifier}}}"#)).is_err(),
            "{identifier}"
        );
    }
    let long = "a".repeat(1_000_000);
    assert!(row(&format!(r#"{{"identifier":"{long}"}}"#)).is_err());
}

#[test]
fn one_odd_member_leaves_the_members_of_a_group_unknown() {
    let users = |json: &str| row(json).expect("a row").users;
    assert_eq!(
        users(r#"{"identifier":"a","users":["u","v"]}"#).map(|all| all.len()),
        Some(2)
    );
    assert_eq!(users(r#"{"identifier":"a","users":["u",null]}"#), None);
    assert_eq!(take_oddities().into_iter().collect::<Vec<_>>(), ["users"]);
    assert_eq!(users(r#"{"identifier":"a","users":null}"#), None);
}
