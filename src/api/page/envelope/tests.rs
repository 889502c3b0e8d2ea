use serde_json::Value;

use super::*;

fn data<T: DeserializeOwned>(body: &str) -> Result<T, Unopened> {
    open(body.as_bytes(), Envelope::Data)
}

const PAGE: &str = r#"{"status":"SUCCESS","data":{"totalPages":3,"totalItems":205,"pageItemCount":2,"pageSize":100,
    "content":["a","b\u00e9\ud83d\ude00"],"pageIndex":0,"empty":false,"pageToken":null},
    "metaData":null,"correlationId":"c-1"}"#;

#[test]
fn pages_arrays_and_nulls_are_taken_out() {
    let page: Page<String> = data(PAGE).expect("a page");
    assert_eq!((page.total_items, page.content.len()), (Some(205), 2));
    let array: Vec<u8> = data(r#"{"status":"SUCCESS","data":[1,2]}"#).expect("an array");
    assert_eq!(array, [1, 2]);
    let null: Option<u8> = data(r#"{"status":"SUCCESS","data":null,"metaData":""}"#).expect("null");
    assert_eq!(null, None);
    let resource: u8 = open(
        br#"{"metaData":{},"resource":5,"responseMessages":[]}"#,
        Envelope::Resource,
    )
    .expect("5");
    assert_eq!(resource, 5);
}

fn page(body: &str) -> Result<Page<Named>, Unopened> {
    open_page(body.as_bytes())
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Named {
    identifier: String,
}

#[test]
fn missing_counts_and_content_are_a_page_that_says_so() {
    let body = r#"{"status":"SUCCESS","data":{"content":[],"totalItems":null}}"#;
    let empty = page(body).expect("a page");
    assert_eq!(
        (empty.total_items, empty.page_size, empty.has_content),
        (None, None, true)
    );
    for body in [
        r#"{"status":"SUCCESS","data":{"totalItems":0}}"#,
        r#"{"status":"SUCCESS","data":{"content":null}}"#,
        r#"{"status":"SUCCESS","data":null}"#,
        r#"{"status":"SUCCESS"}"#,
    ] {
        assert!(!page(body).expect("a page").has_content, "{body}");
    }
    for body in [
        r#"{"data":{"content":[]},"code":"X"}"#,
        r#"{"status":7,"data":{"content":[]}}"#,
        r#"{"status":"SUCCESS","data":[]}"#,
    ] {
        let opened = page(body);
        assert!(
            matches!(opened, Err(Unopened::Shape(_) | Unopened::Failure)),
            "{body}"
        );
    }
}

#[test]
fn counts_may_be_texts_and_the_status_in_any_case_behind_a_mark() {
    let body = "\u{feff}{\"status\":\"success\",\"data\":{\"content\":[],\"totalItems\":\"205\",\"pageSize\":{}}}";
    let page = page(body).expect("a page");
    assert_eq!((page.total_items, page.page_size), (Some(205), None));
}

#[test]
fn a_status_that_is_not_there_is_no_failure() {
    for body in [
        r#"{"data":{"content":[],"totalItems":0}}"#,
        r#"{"status":null,"data":{"content":[],"totalItems":0},"responseMessages":[]}"#,
    ] {
        assert_eq!(page(body).expect(body).total_items, Some(0));
    }
}

#[test]
fn half_a_character_is_replaced() {
    let body = r#"{"status":"SUCCESS","data":{"content":[{"identifier":"a\ud83d"}]}}"#;
    let page = page(body).expect("a page");
    assert_eq!(page.content[0].identifier, "a\u{fffd}");
}

#[test]
fn rows_that_cannot_be_read_are_named_and_the_others_are_kept() {
    let body = r#"{"status":"SUCCESS","data":{"totalItems":4,"content":[
        {"identifier":"a"},null,{"identifier":7},{"uuid":"u-1"}]}}"#;
    let page = page(body).expect("a page");
    assert_eq!((page.content.len(), page.total_items), (1, Some(4)));
    assert_eq!(
        page.unreadable,
        [
            "row 2: an object was expected, and null came",
            "row 3: identifier: a text was expected, and the number `7` came",
            "row 4 (u-1): `identifier` is missing",
        ]
    );
}

#[test]
fn json_without_any_member_of_an_envelope_is_of_another_service() {
    for body in ["[]", "7", "null", "{}", r#"{"version":"1.2","code":200}"#] {
        assert_eq!(
            data::<Page<u8>>(body),
            Err(Unopened::NotJson(LooksLike::OtherService)),
            "{body}"
        );
    }
}

#[test]
fn errors_in_a_success_are_told_from_surprises() {
    for body in [
        r#"{"status":"ERROR","code":"X","data":null}"#,
        r#"{"status":"FAILURE"}"#,
        r#"{"status":"ERROR","data":{"content":[]}}"#,
        r#"{"metaData":null,"resource":null,"responseMessages":[{"code":"INVALID_ARGUMENT"}]}"#,
    ] {
        assert_eq!(data::<Page<u8>>(body), Err(Unopened::Failure), "{body}");
    }
    let failure = br#"{"resource":null,"responseMessages":[{"code":"X"}]}"#;
    assert_eq!(
        open::<Option<u8>>(failure, Envelope::Resource),
        Err(Unopened::Failure)
    );
}

#[test]
fn what_is_no_json_is_named() {
    let cases = [
        ("", LooksLike::Empty),
        (" \r\n", LooksLike::Empty),
        ("<html><body>502</body></html>", LooksLike::Html),
        (
            "<script>window.location='/auth/#/signin'</script>",
            LooksLike::LoginPage,
        ),
        (r#"{"redirectPage":"x"}"#, LooksLike::LoginPage),
        (
            r#"{"status":"SUCCESS","data":{"content":["#,
            LooksLike::BrokenJson,
        ),
        ("upstream connect error", LooksLike::Other),
    ];
    for (body, looks_like) in cases {
        assert_eq!(
            data::<Page<u8>>(body),
            Err(Unopened::NotJson(looks_like)),
            "{body}"
        );
    }
}

#[test]
fn a_body_cut_anywhere_is_broken_and_never_a_page() {
    for end in 0..PAGE.len() {
        let cut = &PAGE.as_bytes()[..end];
        let expected = match cut.trim_ascii_start().first() {
            None => LooksLike::Empty,
            Some(_) => LooksLike::BrokenJson,
        };
        let opened = open::<Page<String>>(cut, Envelope::Data);
        assert_eq!(opened, Err(Unopened::NotJson(expected)), "cut at {end}");
    }
}

#[test]
fn no_bytes_make_it_panic() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let tokens: [&[u8]; 14] = [
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"null",
        b"\"data\"",
        b"\"status\"",
        b"\"SUCCESS\"",
        b"\"content\"",
        b"-1e999",
        b"\xff",
        b"\"\\ud800\"",
    ];
    for round in 0..20_000 {
        let length = random() % 24;
        let body: Vec<u8> = (0..length)
            .flat_map(|_| {
                let drawn = random();
                if round % 2 == 0 {
                    vec![u8::try_from(drawn % 256).unwrap_or_default()]
                } else {
                    tokens[usize::try_from(drawn % 14).unwrap_or_default()].to_vec()
                }
            })
            .collect();
        let _ = open::<Page<String>>(&body, Envelope::Data);
        let _ = open::<Option<Value>>(&body, Envelope::Resource);
        let _ = looks_like(&body);
    }
    let mut flipped = PAGE.as_bytes().to_vec();
    for i in 0..flipped.len() {
        flipped[i] ^= 0x20;
        let _ = open::<Page<String>>(&flipped, Envelope::Data);
        flipped[i] ^= 0x20;
    }
    let deep = vec![b'['; 100_000];
    assert!(open::<Value>(&deep, Envelope::Data).is_err());
}
