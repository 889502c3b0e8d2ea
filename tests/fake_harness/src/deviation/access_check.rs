//! Deviations of the access check, which says what the key may view.

use serde_json::{Value, json};

use super::{
    Table, answers, bad_request, forbidden_html, not_allowed, not_found, plain, rewrites, status,
};
use crate::router::ACCESS_CHECK;
use crate::{FakeHarness, Fault, FaultKind, Rewrite};

pub(super) const ALL: Table = &[
    ("sentinels refused with 400", |fake| {
        fake.switch(|switches| switches.reject_sentinels = true);
    }),
    ("sentinels refused with 500", |fake| {
        fake.switch(|switches| switches.reject_sentinels = true);
        rewrites(fake, ACCESS_CHECK, Rewrite::answer(fail));
    }),
    ("sentinels denied", |fake| {
        fake.switch(|switches| switches.deny_sentinels = true);
    }),
    ("access control off", |fake| {
        fake.switch(|switches| switches.access_control = false);
    }),
    ("check echoes empty texts for nulls", |fake| {
        rewrites(fake, ACCESS_CHECK, of_each_check(fill));
    }),
    ("check leaves out what was asked", |fake| {
        rewrites(fake, ACCESS_CHECK, of_each_check(strip));
    }),
    ("check names the principal otherwise", |fake| {
        let principal =
            json!({"identifier": "snapshotter", "type": "SERVICE_ACCOUNT", "uniqueId": "x"});
        let rename = move |data: &mut Value| data["principal"] = principal.clone();
        rewrites(fake, ACCESS_CHECK, Rewrite::data(rename));
    }),
    ("check not found", |fake| {
        answers(fake, ACCESS_CHECK, not_found());
    }),
    ("check answers 500", |fake| {
        answers(fake, ACCESS_CHECK, FaultKind::InternalError);
    }),
    ("check answers null", |fake| {
        answers(fake, ACCESS_CHECK, FaultKind::DataNull);
    }),
    ("check answers 400", |fake| {
        answers(fake, ACCESS_CHECK, bad_request());
    }),
    ("check not allowed", |fake| {
        answers(fake, ACCESS_CHECK, not_allowed());
    }),
    ("check answers 501", |fake| {
        answers(fake, ACCESS_CHECK, status(501));
    }),
    ("check answers 451", |fake| {
        answers(fake, ACCESS_CHECK, status(451));
    }),
    ("check answers nothing after the walk", |fake| {
        fake.fault(Fault::on(ACCESS_CHECK, plain(204, "")).nth(2));
    }),
    ("check answers with a login page", |fake| {
        answers(fake, ACCESS_CHECK, FaultKind::LoginHtml);
    }),
    ("check is refused as HTML", |fake| {
        answers(fake, ACCESS_CHECK, forbidden_html());
    }),
    ("check is not allowed in plain text", |fake| {
        answers(fake, ACCESS_CHECK, plain(405, "Method Not Allowed"));
    }),
    ("check answers as another service", |fake| {
        let other = crate::Answer::json(200, &json!({"hello": "world"}));
        answers(fake, ACCESS_CHECK, FaultKind::Answer(other));
    }),
    ("check refuses the key after the walk", |fake| {
        fake.fault(Fault::on(ACCESS_CHECK, FaultKind::Unauthorized).nth(2));
    }),
    ("check answers in another order", |fake| {
        rewrites(fake, ACCESS_CHECK, of_all_checks(|checks| checks.reverse()));
    }),
    ("check answers more than it was asked", |fake| {
        let more = |checks: &mut Vec<Value>| checks.extend(checks.clone());
        rewrites(fake, ACCESS_CHECK, of_all_checks(more));
    }),
    ("check answers less than it was asked", |fake| {
        rewrites(
            fake,
            ACCESS_CHECK,
            of_all_checks(|checks| checks.truncate(1)),
        );
    }),
    ("check answers in texts", |fake| {
        let say = |check: &mut Value| check["permitted"] = json!(check["permitted"].to_string());
        rewrites(fake, ACCESS_CHECK, of_each_check(say));
    }),
    ("check says neither yes nor no", |fake| {
        let say = |check: &mut Value| check["permitted"] = Value::Null;
        rewrites(fake, ACCESS_CHECK, of_each_check(say));
    }),
    ("check wraps its answers", |fake| {
        let wrap = |data: &mut Value| *data = json!({"response": data.take()});
        rewrites(fake, ACCESS_CHECK, Rewrite::data(wrap));
    }),
    ("check fails after the walk", |fake| {
        fake.fault(Fault::on(ACCESS_CHECK, FaultKind::InternalError).nth(2));
    }),
    ("service account disabled", |fake: &FakeHarness| {
        fake.switch(|switches| switches.caller_disabled = true);
    }),
];

fn fail(answer: &mut crate::Answer) {
    if answer.status == 400 {
        *answer = crate::shapes::unknown_error();
    }
}

fn of_all_checks(change: fn(&mut Vec<Value>)) -> Rewrite {
    Rewrite::data(move |data| {
        if let Some(checks) = data["accessControlList"].as_array_mut() {
            change(checks);
        }
    })
}

fn of_each_check(change: fn(&mut Value)) -> Rewrite {
    Rewrite::data(move |data| {
        let checks = data["accessControlList"].as_array_mut();
        checks.into_iter().flatten().for_each(change);
    })
}

fn fill(check: &mut Value) {
    for (object, names) in [
        ("", &["resourceIdentifier"][..]),
        ("/resourceScope", &["orgIdentifier", "projectIdentifier"]),
    ] {
        if let Some(object) = check.pointer_mut(object) {
            for name in names {
                if object[name].is_null() {
                    object[name] = json!("");
                }
            }
        }
    }
}

fn strip(check: &mut Value) {
    *check = json!({"permission": check["permission"], "permitted": check["permitted"]});
}
