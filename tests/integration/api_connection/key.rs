//! Where the key goes, and where it does not.

use harness_access::api::error::ApiErrorKind;
use mockito::{Matcher, Server};

use super::*;

#[test]
pub(crate) fn a_get_carries_the_key_in_its_header_and_nowhere_else() {
    let mut server = Server::new();
    let mock = server
        .mock("GET", "/gateway/authz/api/roles")
        .match_query(Matcher::AllOf(vec![
            Matcher::UrlEncoded("accountIdentifier".into(), "AcC".into()),
            Matcher::UrlEncoded("routingId".into(), "AcC".into()),
            Matcher::UrlEncoded("orgIdentifier".into(), "o".into()),
        ]))
        .match_header("x-api-key", KEY)
        .match_header("accept", "application/json")
        .match_header(
            "user-agent",
            concat!("harness-access/", env!("CARGO_PKG_VERSION")),
        )
        .match_header("x-requestid", Matcher::Regex("^harness-access-".into()))
        .match_header("accept-encoding", "gzip")
        .match_header("authorization", Matcher::Missing)
        .match_request(|request| !request.path_and_query().contains("s3cr3t"))
        .with_header("date", "Thu, 01 Jan 2026 00:00:00 GMT")
        .with_body(GOOD)
        .create();
    let client = client(&format!("{}/gateway/", server.url()));
    let reply = client.get::<u8>(&call().in_org("o")).expect("works");
    assert_eq!((reply.data, reply.attempts), (7, 1));
    assert!(reply.server_date.is_some());
    mock.assert();
}

#[test]
pub(crate) fn a_post_carries_its_json() {
    let mut server = Server::new();
    let mock = server
        .mock("POST", "/authz/api/roles")
        .match_query(Matcher::Any)
        .match_header("content-type", "application/json")
        .match_header("x-api-key", KEY)
        .match_body(r#"{"a":[1]}"#)
        .with_body(GOOD)
        .create();
    let body = serde_json::json!({"a": [1]});
    client(&server.url())
        .post::<u8, _>(&call(), &body)
        .expect("works");
    mock.assert();
}

#[test]
pub(crate) fn a_redirect_is_not_followed_and_its_target_never_sees_the_key() {
    let mut target = Server::new();
    let untouched = target
        .mock("GET", Matcher::Any)
        .match_query(Matcher::Any)
        .expect(0)
        .create();
    for status in [301, 302, 303, 307, 308] {
        let mut server = Server::new();
        let _redirect = server
            .mock("GET", Matcher::Any)
            .match_query(Matcher::Any)
            .with_status(status)
            .with_header("location", &format!("{}/login?x=1", target.url()))
            .create();
        let error = client(&server.url())
            .get::<u8>(&call())
            .expect_err("redirect");
        let expected = ApiErrorKind::Redirected {
            status: u16::try_from(status).expect("a status"),
            to: format!("{}/login", target.url()),
        };
        assert_eq!(*error.kind, expected);
    }
    untouched.assert();
}

#[test]
pub(crate) fn a_key_that_a_server_repeats_is_not_shown() {
    let mut server = Server::new();
    for (status, body) in [
        (400, format!(r#"{{"code":"X","message":"bad {KEY}"}}"#)),
        (403, format!("<html>{KEY}</html>")),
        (502, format!("upstream said {KEY}")),
        (200, format!(r#"{{"status":"SUCCESS","data":"{KEY}"}}"#)),
        (200, format!(r#"{{"status":"ERROR","message":"{KEY}"}}"#)),
        (302, KEY.to_owned()),
    ] {
        let _mock = server
            .mock("GET", Matcher::Any)
            .match_query(Matcher::Any)
            .with_status(status)
            .with_header("location", &format!("https://x.example/{KEY}"))
            .with_body(body)
            .expect_at_least(1)
            .create();
        let error = client(&server.url()).get::<u8>(&call()).expect_err("fails");
        for text in [error.to_string(), format!("{error:?}")] {
            assert!(!text.contains("s3cr3t"), "{status}: {text}");
        }
    }
}
