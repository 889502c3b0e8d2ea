//! `doctor --report`: what a maintainer needs to know of each deviation, and nothing of the account.

use fake_harness::{Account, Deviation};
use serde_json::Value;

use super::{Gaps, Wanted, extras, test, wanted};
use crate::support::Test;

/// Texts that name something in an account: identifiers, names, addresses, secrets.
fn texts(account: &Account) -> Vec<String> {
    let mut texts = vec![account.id.clone(), account.name.clone()];
    let mut add = |all: &[&str]| texts.extend(all.iter().map(|text| (*text).to_owned()));
    for user in &account.users {
        add(&[
            &user.uuid,
            &user.email,
            user.name.as_deref().unwrap_or_default(),
        ]);
    }
    for group in &account.groups {
        add(&[&group.identifier, &group.name]);
    }
    for role in account.roles.iter().filter(|role| role.scope.is_some()) {
        add(&[&role.identifier, &role.name]);
    }
    for row in &account.service_accounts {
        add(&[&row.identifier, &row.name, &row.email]);
    }
    for row in &account.role_assignments {
        add(&[&row.identifier]);
    }
    for row in &account.organizations {
        add(&[&row.identifier, &row.name]);
    }
    for row in &account.projects {
        add(&[&row.identifier, &row.name]);
    }
    texts
}

/// Everything that a report must not tell. Without words that it has anyway, such as the name of a list or of a member.
fn hidden(test: &Test) -> Vec<String> {
    let mut hidden = texts(&test.fake.account());
    hidden.extend([test.server.base_url(), test.fake.api_key()]);
    hidden.extend(
        [
            "example.test",
            "Example",
            "SECRET",
            "hooks",
            "anotherAccount",
        ]
        .map(str::to_owned),
    );
    hidden.retain(|text| {
        text.len() > 2 && !["default", "project", "shared"].contains(&text.as_str())
    });
    hidden
}

/// The report of a server, and what it tells of the account.
fn report(test: &Test, with: &[&str]) -> (Value, Vec<String>) {
    let path = test.folder.file("report.json");
    let path = path.to_str().unwrap();
    test.at_once(&[&["doctor", "--scopes", "all", "--report", path], with].concat());
    let Ok(written) = std::fs::read_to_string(path) else {
        return (Value::Null, Vec::new());
    };
    let is_told = |text: &String| {
        written.contains(&format!("{text}\"")) || text.len() >= 8 && written.contains(text)
    };
    let told = hidden(test).into_iter().filter(is_told).collect();
    (serde_json::from_str(&written).unwrap(), told)
}

#[test]
fn a_report_tells_what_is_needed_and_nothing_of_the_account() {
    let test = Test::new();
    let (document, told) = report(&test, &["--with", "tokens"]);
    assert_eq!(told, Vec::<String>::new());
    assert_eq!(document["caller_type"], "service_account");
    let written = document.to_string();
    for needed in ["email: string", "core_user_view", "GET /authz/api/roles"] {
        assert!(written.contains(needed), "{needed}: {written}");
    }
}

/// The verdict and, where it is not whole, a word for every cause.
fn check(deviation: Deviation) -> Result<(), String> {
    let test = test(deviation.name);
    deviation.apply(&test.fake);
    let (document, told) = report(&test, extras(deviation.name));
    if !told.is_empty() {
        return Err(format!("tells {told:?}: {document:#}"));
    }
    let verdict = match wanted(deviation.name) {
        Wanted::Whole => "complete",
        Gaps(_) => "gaps",
        Wanted::Ends(_) => return Ok(()),
    };
    let lists = document["lists"].as_array().into_iter().flatten();
    let is_told = |list: &Value| {
        let causes = list["causes"].as_object().unwrap();
        causes.is_empty() == (list["incomplete"] == 0) && !causes.contains_key("other")
    };
    if document["verdict"] != verdict || !lists.into_iter().all(is_told) {
        return Err(format!(
            "{verdict} expected: {:#} {:#}",
            document["verdict"], document["lists"]
        ));
    }
    Ok(())
}

#[test]
fn no_deviation_makes_a_report_tell_of_the_account_or_keep_a_cause_back() {
    let wrong: Vec<String> = Deviation::all()
        .filter_map(|deviation| Some(format!("{}: {}", deviation.name, check(deviation).err()?)))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n\n"));
}

#[test]
fn lists_that_were_not_read_to_the_end_are_counted() {
    let test = super::invented::endless();
    let (document, _) = report(&test, &[]);
    assert_eq!(document["verdict"], "unknown");
    let lists = document["lists"].as_array().unwrap().iter();
    let unread: i64 = lists.filter_map(|list| list["unread"].as_i64()).sum();
    assert!(unread > 0, "{document:#}");
}
