//! The audit trail of the fake, and its analyzer of access policies.

use serde_json::{Value, json};

use super::{get, post};
use fake_harness::{Account, By, Caller, Event, FakeHarness, Principal, Request, Scope, router};

const ADA: &str = "uADA000000000000000000";
const BOB: &str = "uBOB000000000000000000";
const NOW: i64 = 1_764_000_000_000;

fn fake() -> FakeHarness {
    let fake = FakeHarness::demo();
    fake.caller(Caller::default().and("core_audit_view"));
    fake.trail_time(NOW);
    fake
}

fn filter(more: &Value) -> Value {
    let mut body = json!({"filterType": "Audit"});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn list(fake: &FakeHarness, query: &str, body: &Value) -> Value {
    post(fake, router::AUDITS, query, body).value()
}

/// Actor, action and resource of each event, the oldest first.
fn told(fake: &FakeHarness) -> Vec<String> {
    let page = list(
        fake,
        "pageSize=100&sortOrders=timestamp,ASC",
        &filter(&json!({})),
    );
    let events = page["data"]["content"].as_array().unwrap();
    let told = events.iter().map(|event| {
        format!(
            "{} {} {} {}",
            event["authenticationInfo"]["principal"]["identifier"]
                .as_str()
                .unwrap(),
            event["action"].as_str().unwrap(),
            event["resource"]["type"].as_str().unwrap(),
            event["resource"]["identifier"].as_str().unwrap()
        )
    });
    told.collect()
}

#[test]
fn every_step_of_the_next_day_is_told_with_its_actor() {
    let fake = fake();
    fake.next_day_by_whom(NOW - 100_000, 1_000);
    let mut told = told(&fake);
    told[6..].sort_unstable(); // two of them at the same time
    let expected = [
        "ada@example.test INVITE USER nina@example.test",
        "SYSTEM ADD_COLLABORATOR USER nina@example.test",
        "ada@example.test UPDATE USER_GROUP platform_admins",
        "SYSTEM UPDATE USER_GROUP developers",
        "terraform UPDATE ROLE release_manager",
        "gus@example.test ROLE_ASSIGNMENT_CREATED USER evan@example.test",
        "gus@example.test ROLE_ASSIGNMENT_UPDATED USER evan@example.test",
        "terraform ROLE_ASSIGNMENT_CREATED USER dana@example.test",
        "terraform ROLE_ASSIGNMENT_DELETED USER cleo@example.test",
        "terraform ROLE_ASSIGNMENT_DELETED USER dana@example.test",
    ];
    assert_eq!(told, expected);
    let as_ada = fake
        .events()
        .into_iter()
        .find(|event| event.impersonated.is_some());
    assert_eq!(as_ada.unwrap().action, "ROLE_ASSIGNMENT_CREATED");
}

#[test]
fn what_goes_along_with_something_else_has_no_event() {
    let fake = fake();
    fake.change_by(By::user(ADA), |account| {
        account.remove_project("payments", "shop");
        let top = Scope::account();
        account.remove_group(&top, "platform_admins");
        account.remove_assignment("role_assignment_platformAdmins000001");
        account.remove_user(BOB);
    });
    let mut told = told(&fake);
    told.sort_unstable();
    assert_eq!(
        told,
        [
            "ada@example.test DELETE PROJECT shop",
            "ada@example.test DELETE USER_GROUP platform_admins",
            "ada@example.test REMOVE_COLLABORATOR USER bob@example.test",
        ]
    );
}

#[test]
fn what_harness_does_not_record_has_no_event() {
    let fake = fake();
    fake.change_by(By::user(ADA), |account| {
        account.user(BOB).disabled = true;
        account.rename_user(BOB, "Bob");
        account.add_member(
            &Scope::account(),
            "_account_all_users",
            "uMAL000000000000000000",
        );
    });
    fake.change_by(By::nobody(), |account| {
        account.add_member(&Scope::account(), "on_call", BOB);
    });
    assert_eq!(told(&fake), Vec::<String>::new());
}

#[test]
fn late_events_show_when_their_time_has_come() {
    let fake = fake();
    fake.change_by(By::user(ADA).at(NOW - 1_000).late_by(120_000), |account| {
        account.add_member(&Scope::account(), "on_call", BOB);
    });
    assert_eq!(told(&fake).len(), 0);
    fake.trail_time(NOW + 119_000);
    assert_eq!(told(&fake).len(), 1);
}

#[test]
fn people_act_by_the_address_they_have_then_and_leave_without_labels() {
    let fake = fake();
    let join = |account: &mut Account| account.add_member(&Scope::account(), "on_call", BOB);
    fake.change_by(By::user(ADA).at(NOW - 3), join);
    fake.change_by(By::nobody(), |account| {
        account.user(ADA).email = "ada@new.test".into();
    });
    fake.change_by(By::user(ADA).at(NOW - 2), |account| {
        account.remove_user(BOB);
    });
    let actors: Vec<_> = fake
        .events()
        .into_iter()
        .map(|event| event.actor.unwrap())
        .collect();
    assert_eq!(actors[0].identifier, "ada@example.test");
    assert_eq!(actors[1].identifier, "ada@new.test");
    assert_eq!(actors[0].labels["userId"], actors[1].labels["userId"]);
    assert!(fake.events().last().unwrap().labels.is_empty());
}

#[test]
fn an_assignment_is_created_when_its_event_happened() {
    let fake = fake();
    let id = fake.change_by(By::user(ADA).at(NOW - 7), |account| {
        let top = Scope::account();
        account.assign(
            Principal::User(BOB),
            "_account_admin",
            "_all_account_level_resources",
            &top,
        )
    });
    let created = fake.change_by(By::nobody(), |account| {
        account.role_assignment(&id).times.created_at
    });
    assert_eq!(created, fake.events()[0].at);
}

#[test]
fn filters_restrict_and_unknown_names_do_not() {
    let fake = fake();
    fake.next_day_by_whom(NOW - 100_000, 1_000);
    fake.sign_in(BOB, NOW - 50_000);
    let total = |more: Value| list(&fake, "", &filter(&more))["data"]["totalItems"].as_u64();
    assert_eq!(total(json!({})), Some(11));
    assert_eq!(
        total(json!({"staticFilter": "EXCLUDE_LOGIN_EVENTS"})),
        Some(10)
    );
    assert_eq!(
        total(json!({"staticFilter": "EXCLUDE_SYSTEM_EVENTS"})),
        Some(9)
    );
    assert_eq!(total(json!({"resources": [{"type": "ROLE"}]})), Some(1));
    assert_eq!(total(json!({"actions": ["LOGIN"]})), Some(1));
    assert_eq!(
        total(json!({"principals": [{"type": "SERVICE_ACCOUNT", "identifier": "terraform"}]})),
        Some(4)
    );
    assert_eq!(
        total(json!({"startTime": NOW - 50_000, "endTime": NOW - 50_000})),
        Some(1)
    );
    assert_eq!(total(json!({"resourceType": "ROLE", "page": 3})), Some(11));
    assert_eq!(
        list(&fake, "page=7&size=1", &filter(&json!({})))["data"]["pageIndex"],
        0
    );
    assert_eq!(
        list(&fake, "", &filter(&json!({"startTime": -1})))["code"],
        "INVALID_REQUEST"
    );
}

#[test]
fn the_trail_takes_a_permission() {
    let fake = fake();
    fake.caller(Caller::default());
    let refusal = post(&fake, router::AUDITS, "", &filter(&json!({})));
    assert_eq!(refusal.status, 403);
    let message = refusal.value()["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("You need core_audit_view permission on ACCOUNT"));
}

#[test]
fn the_slice_has_no_totals_and_either_list_can_be_missing() {
    let fake = fake();
    fake.next_day_by_whom(NOW - 100_000, 1_000);
    fake.switch(|switches| switches.audit_list = false);
    assert_eq!(
        list(&fake, "", &filter(&json!({})))["code"],
        "RESOURCE_NOT_FOUND_EXCEPTION"
    );
    let slice = |page: usize| {
        let query = format!("pageSize=6&pageIndex={page}");
        post(&fake, router::AUDITS_V2, &query, &filter(&json!({}))).value()["data"].take()
    };
    assert_eq!(
        (&slice(0)["hasNext"], &slice(1)["hasNext"]),
        (&json!(true), &json!(false))
    );
    assert!(slice(0)["totalItems"].is_null());
}

#[test]
fn the_yaml_of_a_group_holds_its_webhook() {
    let fake = fake();
    fake.change_by(By::user(ADA), |account| {
        let group = account.group(&Scope::account(), "on_call");
        group.notification_configs =
            vec![json!({"type": "SLACK", "slackWebhookUrl": "https://hooks.example.test/SECRET"})];
    });
    let yaml = |id: &str| get(&fake, router::AUDIT_YAML, &format!("auditId={id}")).value();
    let texts = yaml(&fake.events()[0].id)["data"].take();
    assert!(
        texts["newYaml"]
            .as_str()
            .unwrap()
            .contains("https://hooks.example.test/SECRET")
    );
    assert!(!texts["oldYaml"].as_str().unwrap().contains("SECRET"));
    fake.record(Event::new("BYPASS", "USER", "ada@example.test"));
    assert_eq!(yaml(&fake.events()[1].id)["code"], "INVALID_REQUEST");
}

#[test]
fn the_analyzer_answers_by_the_rules_of_the_server() {
    let fake = fake();
    fake.switch(|switches| switches.policy_analyzer = true);
    fake.caller(Caller::default().and("core_accessPolicies_analyze"));
    let holders = |permission: &str| -> Vec<String> {
        let body = json!({
            "query_scope": {"filter": "INCLUDING_CHILD_SCOPE", "scope": {"account": fake.account_id()}},
            "permission_identifier": permission
        });
        let request = Request::post(&format!("{}?limit=100", router::ANALYZER), &body)
            .with_header("x-api-key", &fake.api_key())
            .with_header("Harness-Account", &fake.account_id());
        let answer = fake.handle(&request).answer();
        let rows = answer.value()["access_policy_analysis_response"].take();
        let rows = rows.as_array().unwrap().clone();
        assert_eq!(
            answer.header("x-total-elements"),
            Some(rows.len().to_string().as_str())
        );
        let name = |row: &Value| row["principal"]["identifier"].as_str().unwrap().to_owned();
        rows.iter().map(name).collect()
    };
    let deleters = holders("core_user_manage");
    assert!(
        deleters.contains(&ADA.to_owned()),
        "through her group: {deleters:?}"
    );
    assert!(!deleters.contains(&BOB.to_owned()));
    assert_eq!(holders("core_no_such"), Vec::<String>::new());
}
