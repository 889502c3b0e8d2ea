//! Deviations of the catalogue of permissions, which a sync can do without.

use serde_json::json;

use super::{Table, answers, bad_request, not_found, plain, rewrites, status};
use crate::router::PERMISSIONS;
use crate::{FakeHarness, FaultKind, Rewrite};

pub(super) const ALL: Table = &[
    ("catalogue refused", |fake| {
        answers(fake, PERMISSIONS, FaultKind::AccessDenied);
    }),
    ("catalogue not found", |fake| {
        answers(fake, PERMISSIONS, not_found());
    }),
    ("catalogue answers 400", |fake| {
        answers(fake, PERMISSIONS, bad_request());
    }),
    ("catalogue answers 500", |fake| {
        answers(fake, PERMISSIONS, FaultKind::InternalError);
    }),
    ("catalogue is null", |fake| {
        answers(fake, PERMISSIONS, FaultKind::DataNull);
    }),
    ("catalogue is an object", |fake| {
        rewrites(fake, PERMISSIONS, Rewrite::data(|data| *data = json!({})));
    }),
    ("catalogue lacks a view", lacks_a_view),
    ("catalogue is empty", |fake| {
        rewrites(fake, PERMISSIONS, Rewrite::rows(Vec::clear));
    }),
    ("catalogue shows few of its permissions", |fake| {
        let few = |rows: &mut Vec<serde_json::Value>| {
            rows.retain(|row| {
                let name = row["permission"]["identifier"].as_str();
                name.is_some_and(|name| name.starts_with("core_") && name.ends_with("_view"))
            });
        };
        rewrites(fake, PERMISSIONS, Rewrite::rows(few));
    }),
    ("catalogue calls a view experimental", |fake| {
        let status = ("core_user_view", "EXPERIMENTAL");
        fake.switch(|switches| switches.permission_statuses.push(status));
    }),
    ("catalogue has an item without permission", |fake| {
        let add = |rows: &mut Vec<_>| rows.push(json!({"permission": null}));
        rewrites(fake, PERMISSIONS, Rewrite::rows(add));
    }),
    ("catalogue has an item that is a number", |fake| {
        let add = |rows: &mut Vec<_>| rows.insert(0, json!(17));
        rewrites(fake, PERMISSIONS, Rewrite::rows(add));
    }),
    ("catalogue has statuses that are objects", |fake| {
        let status = Rewrite::field("/permission/status", json!({"name": "ACTIVE"}));
        rewrites(fake, PERMISSIONS, status);
    }),
    ("catalogue has levels that are text", |fake| {
        let levels = Rewrite::field("/permission/allowedScopeLevels", json!("account"));
        rewrites(fake, PERMISSIONS, levels);
    }),
    ("catalogue answers 418", |fake| {
        answers(fake, PERMISSIONS, status(418));
    }),
    ("catalogue is gone", |fake| {
        answers(fake, PERMISSIONS, plain(410, "Gone"));
    }),
    ("catalogue is a page of HTML", |fake| {
        answers(fake, PERMISSIONS, FaultKind::LoginHtml);
    }),
    ("catalogue comes in pages", |fake| {
        let page = |data: &mut serde_json::Value| {
            *data = json!({"content": data.take(), "totalItems": 1, "totalPages": 1});
        };
        rewrites(fake, PERMISSIONS, Rewrite::data(page));
    }),
    ("catalogue has twins", |fake| {
        let double = |rows: &mut Vec<_>| rows.extend(rows.clone());
        rewrites(fake, PERMISSIONS, Rewrite::rows(double));
    }),
    ("catalogue has numbers for names", |fake| {
        rewrites(
            fake,
            PERMISSIONS,
            Rewrite::field("/permission/name", json!(7)),
        );
    }),
    ("catalogue of 2026", |fake| {
        fake.switch(|switches| switches.catalogue_of_2026 = true);
    }),
];

fn lacks_a_view(fake: &FakeHarness) {
    let drop = |rows: &mut Vec<serde_json::Value>| {
        rows.retain(|row| row["permission"]["identifier"] != "core_serviceaccount_view");
    };
    rewrites(fake, PERMISSIONS, Rewrite::rows(drop));
}
