//! Deviations of whole lists: refused, elsewhere, counted otherwise.

use serde_json::{Value, json};

use super::{Table, answers, bad_request, not_allowed, not_found, plain, rewrites, status};
use crate::router;
use crate::{Account, FakeHarness, Fault, FaultKind, Rewrite, Scope};

pub(super) const ALL: Table = &[
    ("roles of one project answer 500", |fake| {
        fake.fault(Fault::on(router::ROLES, FaultKind::InternalError).at(&ledger()));
    }),
    ("groups answer 500", |fake| {
        answers(fake, router::USER_GROUPS, FaultKind::InternalError);
    }),
    ("roles not found", |fake| {
        answers(fake, router::ROLES, not_found());
    }),
    ("users not found", |fake| {
        answers(fake, router::USERS, not_found());
    }),
    ("service accounts not allowed", |fake| {
        answers(fake, router::SERVICE_ACCOUNTS_AGGREGATE, not_allowed());
    }),
    ("role assignments answer 501", |fake| {
        let unknown = crate::shapes::general_error(501, "NOT_IMPLEMENTED", "Not implemented");
        answers(fake, "api/roleassignments", FaultKind::Answer(unknown));
    }),
    ("users are not modified", |fake| {
        answers(fake, router::USERS, plain(304, ""));
    }),
    ("roles are gone", |fake| {
        answers(fake, router::ROLES, status(410));
    }),
    ("users answer 418", |fake| {
        answers(fake, router::USERS, plain(418, "I'm a teapot"));
    }),
    ("groups answer 451", |fake| {
        answers(fake, router::USER_GROUPS, status(451));
    }),
    ("service accounts answer 409", |fake| {
        answers(fake, router::SERVICE_ACCOUNTS_AGGREGATE, status(409));
    }),
    ("roles answer with a page of HTML", |fake| {
        answers(fake, router::ROLES, FaultKind::LoginHtml);
    }),
    ("resource groups not implemented there", |fake| {
        answers(fake, router::RESOURCE_GROUPS, status(501));
    }),
    ("organizations not found", |fake| {
        answers(fake, router::ORGANIZATIONS, not_found());
    }),
    ("projects answer 500", |fake| {
        answers(fake, router::PROJECTS, FaultKind::InternalError);
    }),
    ("projects not allowed", |fake| {
        answers(fake, router::PROJECTS, not_allowed());
    }),
    ("a group of many scopes is refused", |fake| {
        answers(fake, router::ROLE_ASSIGNMENTS_V2, status(413));
    }),
    ("roles are redirected within Harness", |fake| {
        let to = "/authz/api/v2/roles".to_owned();
        answers(fake, router::ROLES, FaultKind::Redirect(307, to));
    }),
    ("roles refuse the key", |fake| {
        answers(fake, router::ROLES, FaultKind::Unauthorized);
    }),
    ("throttled once without a time", |fake| {
        fake.fault(Fault::on(router::ROLES, FaultKind::TooManyRequestsHtml).once());
    }),
    ("throttled once until a date long gone", |fake| {
        throttled_once(fake, "Sun, 06 Nov 1994 08:49:37 GMT");
    }),
    ("throttled once for a year", |fake| {
        throttled_once(fake, "31536000");
    }),
    ("throttled once for a time that is none", |fake| {
        throttled_once(fake, "soon, -5");
    }),
    ("a project goes meanwhile", a_project_goes),
    ("a project is orphaned", |fake| {
        let gone = crate::shapes::not_found(400, "Project [ledger] not found", "c-0");
        fake.fault(Fault::on("api", FaultKind::Answer(gone)).at(&ledger()));
    }),
    ("resource groups elsewhere", |fake| {
        fake.switch(|switches| switches.resource_group_service = false);
    }),
    ("sort orders refused", |fake| {
        fake.fault(Fault::everywhere(bad_request()).asking("sortOrders"));
    }),
    ("filter types refused", |fake| {
        fake.fault(Fault::everywhere(bad_request()).asking("filterType"));
        fake.fault(Fault::everywhere(bad_request()).saying("filterType"));
    }),
    ("scope filter refused", |fake| {
        fake.fault(Fault::everywhere(bad_request()).asking("scopeFilterDisabled"));
    }),
    ("empty lists look filtered to nothing", |fake| {
        rewrites(fake, "api", Rewrite::data(filtered_to_nothing));
    }),
    ("totals are null", |fake| {
        rewrites(fake, "api", Rewrite::total(|_| Value::Null));
    }),
    ("totals are missing", |fake| {
        let remove = |data: &mut Value| {
            if let Some(page) = page(data) {
                page.remove("totalItems");
                page.remove("totalPages");
            }
        };
        rewrites(fake, "api", Rewrite::data(remove));
    }),
    ("totals are text", |fake| {
        rewrites(
            fake,
            "api",
            Rewrite::total(|total| json!(total.to_string())),
        );
    }),
    ("totals are fractions", |fake| {
        rewrites(fake, "api", Rewrite::total(|total| json!(total as f64)));
    }),
    ("totals are not whole", |fake| {
        rewrites(
            fake,
            "api",
            Rewrite::total(|total| json!(total as f64 + 0.5)),
        );
    }),
    ("totals are negative", |fake| {
        rewrites(fake, "api", Rewrite::total(|_| json!(-1)));
    }),
    ("totals are objects", |fake| {
        rewrites(fake, "api", Rewrite::total(|total| json!({"value": total})));
    }),
    ("totals of roles are huge", |fake| {
        rewrites(fake, router::ROLES, Rewrite::total(|_| json!(u64::MAX)));
    }),
    ("totals of roles are the largest number", |fake| {
        rewrites(fake, router::ROLES, Rewrite::total(|_| json!(i64::MAX)));
    }),
    ("totals of users are zero", |fake| {
        rewrites(fake, router::USERS, Rewrite::total(|_| json!(0)));
    }),
    ("pages are said to be none", |fake| {
        rewrites(fake, "api", page_counts(json!(0)));
    }),
    ("pages are counted from one", |fake| {
        let from_one = Rewrite::data(|data| {
            if let Some(page) = page(data) {
                page["pageIndex"] = json!(page["pageIndex"].as_i64().unwrap_or_default() + 1);
            }
        });
        rewrites(fake, "api", from_one);
    }),
    ("pages do not say which they are", |fake| {
        let drop = Rewrite::data(|data| {
            if let Some(page) = page(data) {
                page.remove("pageIndex");
                page.remove("pageSize");
            }
        });
        rewrites(fake, "api", drop);
    }),
    ("roles are an object by number", |fake| {
        let by_number = |data: &mut Value| {
            if let Some(rows) = data["content"].as_array().cloned() {
                let rows = rows.into_iter().enumerate();
                data["content"] = rows.map(|(at, row)| (at.to_string(), row)).collect();
            }
        };
        rewrites(fake, router::ROLES, Rewrite::data(by_number));
    }),
    ("roles are called items", |fake| {
        let rename = |data: &mut Value| data["items"] = data["content"].take();
        rewrites(fake, router::ROLES, Rewrite::data(rename));
    }),
    ("roles are a bare array", |fake| {
        rewrites(
            fake,
            router::ROLES,
            Rewrite::data(|data| *data = data["content"].take()),
        );
    }),
    ("roles are wrapped once more", |fake| {
        let wrap = |data: &mut Value| *data = json!({"data": data.take(), "status": "SUCCESS"});
        rewrites(fake, router::ROLES, Rewrite::data(wrap));
    }),
    ("groups count hidden rows", |fake| {
        rewrites(
            fake,
            router::USER_GROUPS,
            Rewrite::total(|total| json!(total + 2)),
        );
    }),
    ("users change in every walk", |fake| {
        answers(fake, router::USERS, FaultKind::TotalChanging);
    }),
    ("an empty list is null", |fake| {
        empty_lists(fake, |data| data["content"] = Value::Null);
    }),
    ("an empty list is missing", |fake| {
        empty_lists(fake, |data| {
            data.as_object_mut().map(|page| page.remove("content"));
        });
    }),
    ("data of an empty list is null", |fake| {
        empty_lists(fake, |data| *data = Value::Null);
    }),
    ("pages of groups too large", |fake| {
        // JSON may end in any number of spaces.
        let pad = |mut body: Vec<u8>| {
            body.resize(body.len() + (64 << 20) + 1, b' ');
            body
        };
        let padded = FaultKind::Rewritten(Rewrite::bytes(pad));
        fake.fault(Fault::on(router::USER_GROUPS, padded).larger_than(30));
    }),
];

fn throttled_once(fake: &FakeHarness, after: &str) {
    let throttled = FaultKind::TooManyRequestsRetryAfter(after.to_owned());
    fake.fault(Fault::on(router::ROLES, throttled).once());
}

fn page_counts(count: Value) -> Rewrite {
    Rewrite::data(move |data| {
        if let Some(page) = page(data) {
            page["totalPages"] = count.clone();
        }
    })
}

/// A project of the demo account.
fn ledger() -> Scope {
    Scope::project("payments", "ledger")
}

/// It is listed first, and gone when its own lists are asked.
fn a_project_goes(fake: &FakeHarness) {
    fake.on_request(|request, account: &mut Account| {
        if request.scope == ledger() {
            account.remove_project("payments", "ledger");
        }
    });
    let gone = crate::shapes::not_found(400, "Project [ledger] not found", "c-0");
    fake.fault(Fault::on("api", FaultKind::Answer(gone)).at(&ledger()));
}

fn page(data: &mut Value) -> Option<&mut serde_json::Map<String, Value>> {
    data.as_object_mut()
        .filter(|page| page.contains_key("totalItems"))
}

fn is_empty(data: &Value) -> bool {
    data["content"].as_array().is_some_and(Vec::is_empty)
}

fn filtered_to_nothing(data: &mut Value) {
    if is_empty(data) && data["pageIndex"] == 0 {
        data["totalPages"] = json!(1);
        data["pageSize"] = json!(0);
    }
}

fn empty_lists(fake: &FakeHarness, change: fn(&mut Value)) {
    let change = move |data: &mut Value| {
        if is_empty(data) {
            change(data);
        }
    };
    rewrites(fake, "api", Rewrite::data(change));
}
