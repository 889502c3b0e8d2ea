//! Faults: each fires where it should, as often as it should, and does what its name says.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{get, request, rows, texts};
use fake_harness::{
    Account, FakeHarness, Fault, FaultKind, GenerateSpec, HowOften, Reply, Scope, router,
};
use serde_json::{Value, json};

fn big() -> FakeHarness {
    FakeHarness::new(Account::generate(&GenerateSpec {
        assignments: 250,
        ..GenerateSpec::default()
    }))
}

fn page(fake: &FakeHarness, index: usize) -> Reply {
    let query = format!("pageSize=100&pageIndex={index}&sortOrders=identifier,ASC");
    fake.handle(&request(fake, "GET", router::ROLE_ASSIGNMENTS, &query))
}

fn names(reply: Reply) -> Vec<String> {
    texts(&rows(&reply.answer()), "/roleAssignment/identifier")
}

#[test]
fn a_fault_fires_on_its_route_page_and_turn_only() {
    let fake = big();
    let fault = fake.fault(
        Fault::on(router::ROLE_ASSIGNMENTS, FaultKind::InternalError)
            .page(1)
            .nth(2)
            .once(),
    );
    let statuses: Vec<Option<u16>> = [0, 1, 0, 1, 1]
        .map(|index| page(&fake, index).status())
        .to_vec();
    assert_eq!(
        statuses,
        [Some(200), Some(200), Some(200), Some(500), Some(200)]
    );
    assert_eq!(get(&fake, router::ROLES, "pageIndex=1").status, 200);
    assert_eq!(fault.fired(), 1);
}

#[test]
fn a_fault_can_fire_several_times_or_for_good_or_in_one_scope() {
    let fake = FakeHarness::demo();
    let twice = fake
        .fault(Fault::on("authz/api/roles", FaultKind::BadGatewayHtml).times(HowOften::Times(2)));
    let always = fake
        .fault(Fault::on(router::USER_GROUPS, FaultKind::Unauthorized).at(&Scope::org("payments")));
    let roles = || get(&fake, router::ROLES, "").status;
    assert_eq!([roles(), roles(), roles()], [502, 502, 200]);
    let groups = |scope: &Scope| get(&fake, router::USER_GROUPS, &scope.query()).status;
    let payments = Scope::org("payments");
    assert_eq!(
        [
            groups(&payments),
            groups(&Scope::account()),
            groups(&payments)
        ],
        [401, 200, 401]
    );
    assert_eq!((twice.fired(), always.fired()), (2, 2));
    fake.clear_faults();
    assert_eq!(groups(&payments), 200);
}

#[test]
fn answers_instead_of_the_account_have_their_status_and_type() {
    let fake = FakeHarness::demo();
    for (kind, status, content_type) in [
        (FaultKind::TooManyRequestsHtml, 429, "text/html"),
        (
            FaultKind::TooManyRequestsRetryAfter("7".into()),
            429,
            "text/html",
        ),
        (FaultKind::TooManyRequestsAs400, 400, "application/json"),
        (FaultKind::Unauthorized, 401, "application/json"),
        (FaultKind::InternalError, 500, "application/json"),
        (FaultKind::BadGatewayHtml, 502, "text/html"),
        (FaultKind::Unavailable(Some("3".into())), 503, "text/plain"),
        (FaultKind::GatewayTimeout, 504, "text/html"),
        (FaultKind::LoginHtml, 200, "text/html"),
        (FaultKind::EmptyBody, 200, "application/json"),
        (FaultKind::StatusError, 200, "application/json"),
        (FaultKind::BareEnvelope, 400, "application/json"),
        (
            FaultKind::Redirect(302, "http://127.0.0.1:1/elsewhere".into()),
            302,
            "text/html",
        ),
        (FaultKind::CutJson, 200, "application/json"),
    ] {
        let fault = fake.fault(Fault::everywhere(kind.clone()).once());
        let answer = get(&fake, router::ROLES, "");
        assert_eq!(
            (answer.status, answer.headers[0].1.as_str()),
            (status, content_type),
            "{kind:?}"
        );
        assert_eq!(fault.fired(), 1);
        assert_ne!(answer.value()["status"], "SUCCESS", "{kind:?}");
    }
    assert!(matches!(fake.requests().last(), Some(request) if request.status == Some(200)));
}

#[test]
fn rows_that_come_and_go_between_pages_shift_the_later_page_for_that_answer_only() {
    let fake = big();
    let (first, second) = (names(page(&fake, 0)), names(page(&fake, 1)));
    let spoilt = |kind: FaultKind| {
        let fault = fake.fault(Fault::on(router::ROLE_ASSIGNMENTS, kind).once());
        assert_eq!(names(page(&fake, 0)), first, "not on the first page");
        let answer = page(&fake, 1).answer();
        assert_eq!(fault.fired(), 1);
        let total = answer.value()["data"]["totalItems"]
            .as_u64()
            .expect("a total");
        (names(Reply::Http(answer)), total)
    };
    let (inserted, total) = spoilt(FaultKind::RowInserted);
    assert_eq!((&inserted[0], total), (&first[99], 251));
    let (deleted, total) = spoilt(FaultKind::RowDeleted);
    assert_eq!((&deleted[0], total), (&second[1], 249));
    let (replaced, total) = spoilt(FaultKind::RowReplaced);
    assert_eq!((&replaced[0], total), (&second[1], 250));
    let (repeated, total) = spoilt(FaultKind::PageRepeated);
    assert_eq!((repeated, total), (first.clone(), 250));
    assert_eq!(names(page(&fake, 1)), second);
}

#[test]
fn impossible_pages_are_impossible() {
    let fake = big();
    let spoilt = |kind: FaultKind, index: usize| -> Value {
        let fault = fake.fault(Fault::everywhere(kind).once());
        let value = page(&fake, index).answer().value();
        assert_eq!(fault.fired(), 1);
        value["data"].clone()
    };
    assert_ne!(
        spoilt(FaultKind::TotalChanging, 0)["totalItems"],
        spoilt(FaultKind::TotalChanging, 1)["totalItems"]
    );
    let endless = spoilt(FaultKind::Endless, 77);
    assert_eq!(endless["totalPages"], 1_000_000);
    assert!(
        endless["content"]
            .as_array()
            .is_some_and(|rows| !rows.is_empty())
    );
    assert_eq!(spoilt(FaultKind::TooManyPages, 7)["content"], json!([]));
    assert_eq!(
        spoilt(FaultKind::LongPage, 0)["content"]
            .as_array()
            .map(Vec::len),
        Some(101)
    );
    assert_eq!(spoilt(FaultKind::NegativeTotals, 0)["totalItems"], -1);
    assert_eq!(spoilt(FaultKind::PageSizeZero, 0)["pageSize"], 0);
    assert_eq!(
        spoilt(FaultKind::ForeignRows, 0)["content"][0]["scope"]["orgIdentifier"],
        "elsewhere"
    );
    assert!(spoilt(FaultKind::GarbageRows, 0)["content"][0].is_array());
}

#[test]
fn faults_of_pages_do_not_fire_on_bare_arrays() {
    let fake = FakeHarness::demo();
    let fault = fake.fault(Fault::everywhere(FaultKind::NegativeTotals));
    get(&fake, router::SERVICE_ACCOUNTS, "");
    assert_eq!(fault.fired(), 0);
}

#[test]
fn the_edge_refuses_what_exceeds_the_limit_of_a_sliding_minute() {
    let fake = FakeHarness::demo();
    let now = Arc::new(AtomicU64::new(0));
    let seconds = now.clone();
    fake.clock(move || Duration::from_secs(seconds.load(Ordering::SeqCst)));
    fake.switch(|switches| switches.requests_per_minute = Some(3));
    let ask = |at: u64| {
        now.store(at, Ordering::SeqCst);
        get(&fake, router::ROLES, "").status
    };
    assert_eq!(
        [ask(0), ask(30), ask(31), ask(32), ask(59)],
        [200, 200, 200, 429, 429]
    );
    assert_eq!([ask(60), ask(61), ask(90)], [200, 429, 200]);
    assert_eq!(fake.requests()[1].at, Duration::from_secs(30));
}
