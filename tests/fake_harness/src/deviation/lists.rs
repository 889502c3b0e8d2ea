//! Deviations of whole lists: refused, elsewhere, counted otherwise.

use serde_json::{Value, json};

use super::{Table, answers, bad_request, not_allowed, not_found, rewrites};
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
        rewrites(fake, "api", totals(|_| Value::Null));
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
        rewrites(fake, "api", totals(|total| json!(total.to_string())));
    }),
    ("totals are fractions", |fake| {
        rewrites(fake, "api", totals(|total| json!(total as f64)));
    }),
    ("groups count hidden rows", |fake| {
        rewrites(fake, router::USER_GROUPS, totals(|total| json!(total + 2)));
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

fn totals(total: fn(i64) -> Value) -> Rewrite {
    Rewrite::data(move |data| {
        if let Some(page) = page(data) {
            page["totalItems"] = total(page["totalItems"].as_i64().unwrap_or_default());
        }
    })
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
