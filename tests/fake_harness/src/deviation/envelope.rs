//! Deviations of envelope and transport, and of the small answers beside the lists.

use serde_json::json;

use super::{
    Table, answers, bad_request, forbidden_html, not_allowed, not_found, plain, rewrites, status,
};
use crate::router;
use crate::{Answer, Caller, FakeHarness, Fault, FaultKind, HowOften, Rewrite, Scope};

const ACCOUNT: &str = "ng/api/accounts/";

pub(super) const ALL: Table = &[
    ("status in lower case", |fake| {
        let lower = |answer: &mut serde_json::Value| answer["status"] = json!("success");
        rewrites(fake, "api", Rewrite::envelope(lower));
    }),
    ("a byte order mark", |fake| {
        let mark = |body: Vec<u8>| [b"\xef\xbb\xbf".to_vec(), body].concat();
        rewrites(fake, "api", Rewrite::bytes(mark));
    }),
    ("roles answer 204", |fake| {
        answers(
            fake,
            router::ROLES,
            FaultKind::Answer(Answer::new(204, "text/plain", "")),
        );
    }),
    ("roles answer nothing", |fake| {
        answers(fake, router::ROLES, FaultKind::EmptyBody);
    }),
    ("status is missing", |fake| {
        let drop = |answer: &mut serde_json::Value| {
            answer.as_object_mut().map(|answer| answer.remove("status"));
        };
        rewrites(fake, "api", Rewrite::envelope(drop));
    }),
    ("status and data come twice", |fake| {
        let double = |body: Vec<u8>| {
            let text = String::from_utf8_lossy(&body);
            let twice = "{\"status\":\"PENDING\",\"data\":null,\"status\":";
            text.replacen("{\"status\":", twice, 1).into_bytes()
        };
        rewrites(fake, "api", Rewrite::bytes(double));
    }),
    ("answers end in spaces and lines", |fake| {
        rewrites(
            fake,
            "api",
            Rewrite::bytes(|body| [&body[..], b" \r\n\n"].concat()),
        );
    }),
    ("roles answer 200 as an error", |fake| {
        answers(fake, router::ROLES, FaultKind::StatusError);
    }),
    ("roles answer half", |fake| {
        answers(fake, router::ROLES, FaultKind::CutJson);
    }),
    ("roles answer in plain text", |fake| {
        answers(fake, router::ROLES, plain(200, "OK"));
    }),
    ("account is gone", |fake| {
        answers(fake, ACCOUNT, plain(410, "Gone"));
    }),
    ("account has a number for its identifier", |fake| {
        let number = |data: &mut serde_json::Value| data["identifier"] = json!(5);
        rewrites(fake, ACCOUNT, Rewrite::data(number));
    }),
    ("account is another one", |fake| {
        let other = |data: &mut serde_json::Value| data["identifier"] = json!("anotherAccount");
        rewrites(fake, ACCOUNT, Rewrite::data(other));
    }),
    ("tokens answer 451", |fake| {
        answers(fake, router::TOKENS, status(451));
    }),
    ("authentication settings answer null", |fake| {
        answers(fake, "authentication-settings", FaultKind::DataNull);
    }),
    ("authentication settings say no way to sign in", |fake| {
        let silent = |answer: &mut serde_json::Value| {
            answer["resource"]["ngAuthSettings"] = serde_json::Value::Null;
        };
        rewrites(fake, "authentication-settings", Rewrite::envelope(silent));
    }),
    ("account not found", |fake| {
        answers(fake, ACCOUNT, not_found());
    }),
    ("account not allowed", |fake| {
        answers(fake, ACCOUNT, not_allowed());
    }),
    ("account answers 500", |fake| {
        answers(fake, ACCOUNT, FaultKind::InternalError);
    }),
    ("account is null", |fake| {
        answers(fake, ACCOUNT, FaultKind::DataNull);
    }),
    ("tokens answer 400", |fake| {
        answers(fake, router::TOKENS, bad_request());
    }),
    ("authentication settings not found", |fake| {
        answers(fake, "authentication-settings", not_found());
    }),
    ("every third answer is refused as HTML", |fake| {
        fake.fault(Fault::everywhere(forbidden_html()).times(HowOften::Every(3)));
    }),
    ("only below /gateway", |fake| {
        fake.switch(|switches| switches.gateway_only = true);
    }),
    ("a key of one organization", a_key_of_one_organization),
];

fn a_key_of_one_organization(fake: &FakeHarness) {
    let everything = "_all_resources_including_child_scopes";
    fake.caller(Caller::viewer(everything, &Scope::org("payments")));
}
