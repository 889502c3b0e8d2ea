//! Deviations that no table names: `doctor` foretells what a sync makes of each.

use fake_harness::{
    Answer, Caller, FakeHarness, Fault, FaultKind, HowOften, Rewrite, Scope, router,
};
use serde_json::{Value, json};

use super::{expect, foretold};
use crate::support::{Outcome, Test};

type Invented = (&'static str, &'static [&'static str], fn(&FakeHarness));

const ALL: &[&str] = &["--scopes", "all"];
const AUDIT: &[&str] = &["--with", "audit"];
const LOGINS: &[&str] = &["--with", "logins"];

fn check(all: &[Invented]) {
    let wrong: Vec<String> = all
        .iter()
        .filter_map(|(name, selection, apply)| {
            let server = || {
                let test = super::test("");
                apply(&test.fake);
                test
            };
            let error = foretold::as_it_comes(selection, &server).err()?;
            Some(format!("{name}: {error}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n\n"));
}

fn shop() -> Scope {
    Scope::project("payments", "shop")
}

fn on(fake: &FakeHarness, route: &str, rewrite: Rewrite) {
    fake.fault(Fault::on(route, FaultKind::Rewritten(rewrite)));
}

fn below(fake: &FakeHarness, scope: &Scope, route: &str, kind: FaultKind) {
    fake.fault(Fault::on(route, kind).at(scope));
}

/// The second of two pages of groups.
fn second_page(fake: &FakeHarness, kind: FaultKind) {
    fake.change(|account| {
        for number in 0..130 {
            account.add_group(&Scope::account(), &format!("many_{number}"), "Many");
        }
    });
    fake.fault(Fault::on(router::USER_GROUPS, kind).page(1));
}

fn not_json() -> FaultKind {
    FaultKind::Answer(Answer::new(200, "text/plain", "soon"))
}

fn status(status: u16) -> FaultKind {
    said(status, "UNEXPECTED", "Odd")
}

fn said(status: u16, code: &str, message: &str) -> FaultKind {
    let said = json!({"status": "ERROR", "code": code, "message": message, "correlationId": "c-0"});
    FaultKind::Answer(Answer::json(status, &said))
}

/// As Harness answers about what is not there.
fn not_found(status: u16, message: &str) -> FaultKind {
    said(status, "RESOURCE_NOT_FOUND_EXCEPTION", message)
}

fn viewer(fake: &FakeHarness) {
    fake.caller(Caller::viewer(
        "_all_account_level_resources",
        &Scope::account(),
    ));
}

fn auditor(fake: &FakeHarness) {
    fake.caller(Caller::default().and("core_audit_view"));
}

const LATER_PAGES: &[Invented] = &[
    ("a later page fails", &[], |fake| {
        second_page(fake, FaultKind::InternalError);
    }),
    ("a row of a later page is null", &[], |fake| {
        second_page(
            fake,
            FaultKind::Rewritten(Rewrite::rows(|rows| rows.push(Value::Null))),
        );
    }),
    ("a later page counts one more", &[], |fake| {
        let one_more = Rewrite::total(|total| json!(total + 1));
        second_page(fake, FaultKind::Rewritten(one_more));
    }),
    ("a later page has no rows", &[], |fake| {
        second_page(
            fake,
            FaultKind::Rewritten(Rewrite::data(|data| data["content"] = Value::Null)),
        );
    }),
    ("a later page is throttled once", &[], |fake| {
        second_page(fake, FaultKind::TooManyRequestsHtml);
        fake.clear_faults();
        fake.fault(
            Fault::on(router::USER_GROUPS, FaultKind::TooManyRequestsHtml)
                .page(1)
                .once(),
        );
    }),
    ("rows came between two pages, always", &[], |fake| {
        second_page(fake, FaultKind::RowInserted);
    }),
    (
        "groups of a later page do not say who is in them",
        &[],
        |fake| {
            second_page(
                fake,
                FaultKind::Rewritten(Rewrite::field("/users", Value::Null)),
            );
            fake.fault(Fault::on("users", FaultKind::InternalError));
        },
    ),
];

const BELOW: &[Invented] = &[
    ("roles of a project are of another", ALL, |fake| {
        below(fake, &shop(), router::ROLES, FaultKind::ForeignRows);
    }),
    ("service accounts of a project are refused", ALL, |fake| {
        fake.fault(
            Fault::on(router::SERVICE_ACCOUNTS_AGGREGATE, FaultKind::AccessDenied)
                .asking("includeChildScopes"),
        );
        below(
            fake,
            &shop(),
            router::SERVICE_ACCOUNTS_AGGREGATE,
            FaultKind::AccessDenied,
        );
    }),
    (
        "resource groups of an organization are no JSON",
        ALL,
        |fake| {
            below(
                fake,
                &Scope::org("payments"),
                router::RESOURCE_GROUPS,
                not_json(),
            );
        },
    ),
    ("roles of a project count three more", ALL, |fake| {
        let three_more = Rewrite::total(|total| json!(total + 3));
        below(
            fake,
            &shop(),
            router::ROLES,
            FaultKind::Rewritten(three_more),
        );
    }),
    ("one view is missing in one project", ALL, |fake| {
        fake.deny("core_role_view", &shop());
    }),
    ("one view is missing in one organization", ALL, |fake| {
        fake.deny("core_usergroup_view", &Scope::org("payments"));
    }),
    ("some groups may be viewed", ALL, |fake| {
        fake.only_named("core_usergroup_view", &Scope::account(), &["developers"]);
    }),
    ("a key of the account's own level, everywhere", ALL, viewer),
    ("a key of the account's own level, there", &[], viewer),
    ("many scopes refused and one list fails", ALL, |fake| {
        fake.fault(Fault::on(router::ROLE_ASSIGNMENTS_V2, status(400)));
        below(
            fake,
            &shop(),
            router::ROLE_ASSIGNMENTS,
            FaultKind::InternalError,
        );
    }),
    ("an organization has no identifier", ALL, |fake| {
        on(
            fake,
            router::ORGANIZATIONS,
            Rewrite::rows(|rows| rows.push(json!({"organization": {"name": "x"}}))),
        );
    }),
    ("a project is null", ALL, |fake| {
        on(
            fake,
            router::PROJECTS,
            Rewrite::rows(|rows| rows.push(Value::Null)),
        );
    }),
    ("an organization is orphaned", ALL, |fake| {
        let gone = not_found(400, "Org [payments] not found");
        below(fake, &Scope::org("payments"), "api", gone);
    }),
    (
        "one organization alone, named",
        &["--org", "payments"],
        |_| {},
    ),
    (
        "one organization without its account",
        &["--org", "payments", "--without-account"],
        |_| {},
    ),
    (
        "an organization that is not there",
        &["--org", "nowhere"],
        |_| {},
    ),
    (
        "members of projects answer 500",
        &["--scopes", "all", "--with", "project-users"],
        |fake| {
            below(fake, &shop(), router::USERS, FaultKind::InternalError);
        },
    ),
];

const OF_THE_TRAIL: &[Invented] = &[
    ("the trail is read", AUDIT, auditor),
    ("the trail is not permitted", AUDIT, |fake| {
        fake.fault(Fault::on(router::AUDITS, FaultKind::AccessDenied));
    }),
    ("the trail has its second list alone", AUDIT, |fake| {
        auditor(fake);
        fake.fault(Fault::on(
            router::AUDITS,
            not_found(404, "HTTP 404 Not Found"),
        ));
    }),
    ("there is no trail", AUDIT, |fake| {
        auditor(fake);
        fake.fault(Fault::on("/audit/", not_found(404, "HTTP 404 Not Found")));
    }),
    ("the trail answers 500", AUDIT, |fake| {
        auditor(fake);
        fake.fault(Fault::on(router::AUDITS, FaultKind::InternalError));
    }),
    ("events are texts", AUDIT, |fake| {
        auditor(fake);
        on(
            fake,
            router::AUDITS,
            Rewrite::rows(|rows| rows.push(json!("no event"))),
        );
    }),
    (
        "the trail counts events that it does not show",
        AUDIT,
        |fake| {
            auditor(fake);
            on(
                fake,
                router::AUDITS,
                Rewrite::data(|data| data["totalItems"] = json!(7)),
            );
        },
    ),
    ("sign-ins are read", LOGINS, auditor),
    ("sign-ins are not permitted", LOGINS, |fake| {
        fake.fault(Fault::on(router::AUDITS, FaultKind::AccessDenied));
    }),
    ("sign-ins answer a page of HTML", LOGINS, |fake| {
        auditor(fake);
        fake.fault(Fault::on(router::AUDITS, FaultKind::LoginHtml));
    }),
];

const AROUND: &[Invented] = &[
    (
        "authentication settings refused",
        &["--with", "auth-settings"],
        |_| {},
    ),
    ("every other answer fails", &[], |fake| {
        fake.fault(Fault::everywhere(FaultKind::InternalError).times(HowOften::Every(2)));
    }),
    ("sort orders fail in the database", &[], |fake| {
        fake.fault(Fault::everywhere(FaultKind::InternalError).asking("sortOrders"));
    }),
    ("the clock is two days off", &[], |fake| {
        let late = |answer: &mut Answer| {
            *answer = answer
                .clone()
                .with_header("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        };
        fake.fault(Fault::everywhere(FaultKind::Rewritten(Rewrite::answer(
            late,
        ))));
    }),
    ("everything is a page of HTML", &[], |fake| {
        fake.fault(Fault::everywhere(FaultKind::LoginHtml));
    }),
    ("everything is redirected", &[], |fake| {
        fake.fault(Fault::everywhere(FaultKind::Redirect(
            302,
            "https://login.example.test/".to_owned(),
        )));
    }),
    ("everything is refused", &[], |fake| {
        fake.fault(Fault::everywhere(FaultKind::AccessDenied));
    }),
    ("the key is refused", &[], |fake| {
        fake.fault(Fault::everywhere(FaultKind::Unauthorized));
    }),
    ("throttled for ever", &[], |fake| {
        fake.fault(Fault::everywhere(FaultKind::TooManyRequestsHtml));
    }),
    ("nothing but 405", &[], |fake| {
        fake.fault(Fault::everywhere(not_found(
            405,
            "HTTP 405 Method Not Allowed",
        )));
    }),
];

#[test]
fn what_is_odd_on_a_later_page_is_foretold() {
    check(LATER_PAGES);
}

#[test]
fn what_is_odd_below_the_account_is_foretold() {
    check(BELOW);
}

#[test]
fn what_is_odd_with_the_trail_is_foretold() {
    check(OF_THE_TRAIL);
}

#[test]
fn what_is_odd_around_the_lists_is_foretold() {
    check(AROUND);
}

/// An account with a list that is longer than `doctor` looks, whose last page may be odd.
pub(super) fn endless() -> Test {
    let test = super::test("");
    test.fake.change(|account| {
        for number in 0..10_050 {
            account.add_service_account(&Scope::account(), &format!("bot_{number}"), "Bot");
        }
    });
    test
}

/// What `doctor` tells of a long list that has an odd row on one of its pages.
fn doctor_of_endless(odd_page: u64) -> (Test, Outcome) {
    let test = endless();
    let odd = Rewrite::rows(|rows| rows.push(Value::Null));
    let odd = FaultKind::Rewritten(odd);
    test.fake
        .fault(Fault::on(router::SERVICE_ACCOUNTS_AGGREGATE, odd).page(odd_page));
    let told = test.at_once(&["doctor"]);
    expect(&told, 2).unwrap();
    (test, told)
}

#[test]
fn what_doctor_did_not_look_at_is_not_called_complete() {
    let (test, told) = doctor_of_endless(100);
    for says in [
        "only the first 100 pages",
        "cannot be foretold",
        "was not looked at to its end",
    ] {
        assert!(told.stdout.contains(says), "{told:#?}");
    }
    assert!(
        !told.stdout.contains("complete:") && !told.stdout.contains("would be complete"),
        "{told:#?}"
    );
    assert_eq!(
        test.at_once(&["doctor", "--format", "json"]).json()["verdict"],
        "unknown"
    );
    expect(&test.at_once(&["sync"]), 2).unwrap();
}

#[test]
fn what_is_odd_where_doctor_looked_is_a_gap_however_long_the_list_is() {
    let (_, told) = doctor_of_endless(7);
    assert!(
        told.stdout.contains("would have the gaps above"),
        "{told:#?}"
    );
    assert!(told.stdout.contains("on page 8"), "{told:#?}");
}
