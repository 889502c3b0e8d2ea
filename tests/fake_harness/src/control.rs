//! `POST /__control/<name>`: changes of the account for programs that run the fake in another process.
//!
//! `change/<name>?percent=1&seed=2` applies a named change (`churn`, and of the demo account `next-day`, `move-project`), `latency?ms=50`, `rate?per_minute=400`, `log?on=true` and
//! `v2_filter?on=true` turn switches, `stats` only tells. Each answers how many requests were served so far.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;

use crate::account::{Account, next_day};
use crate::http::{Answer, Query, Request};
use crate::random::Random;
use crate::{FakeHarness, Switches};

/// A person of the demo account.
const CLEO: &str = "uCLEO00000000000000000";
/// Who joins on the next day.
const NINA: &str = "uNINA00000000000000000";

pub(crate) fn answer(fake: &FakeHarness, request: &Request) -> Answer {
    let query = request.query();
    let order = request.path().trim_start_matches("/__control/");
    let changed = match order.split_once('/') {
        Some(("change", name)) => change(fake, name, &query),
        _ if order == "stats" => Ok(0),
        _ => fake
            .switch(|switches| turn(switches, order, &query))
            .map(|()| 0),
    };
    match changed {
        Ok(changed) => Answer::json(200, &json!({"changed": changed, "requests": fake.served()})),
        Err(error) => Answer::json(400, &json!({"error": error})),
    }
}

fn change(fake: &FakeHarness, name: &str, query: &Query) -> Result<usize, String> {
    let is_demo = fake.look(|account| account.users.iter().any(|user| user.uuid == CLEO));
    let has_passed = fake.look(|account| account.users.iter().any(|user| user.uuid == NINA));
    if name == "next-day" && has_passed {
        return Err("the next day has passed already; start again for another".into());
    }
    if name == "next-day" && is_demo && fake.switch(|switches| switches.audit_trail) {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        fake.next_day_by_whom(now.as_millis() as i64, 1);
        return Ok(11);
    }
    let (percent, seed) = (number(query, "percent"), number(query, "seed"));
    fake.change(|account| {
        apply_named_change(
            account,
            name,
            percent.unwrap_or(1.0),
            seed.unwrap_or(1.0) as u64,
        )
    })
}

fn turn(switches: &mut Switches, order: &str, query: &Query) -> Result<(), String> {
    let on = query.get("on") == Some("true");
    match order {
        "latency" => {
            let seconds = number(query, "ms").unwrap_or(0.0) / 1_000.0;
            switches.latency = Duration::from_secs_f64(seconds);
        }
        "rate" => {
            let limit = number(query, "per_minute").map(|limit| limit as usize);
            switches.requests_per_minute = limit;
        }
        "log" => switches.log = on,
        "v2_filter" => switches.v2_filter = on,
        _ => return Err(format!("no such control: {order}")),
    }
    Ok(())
}

fn number(query: &Query, name: &str) -> Option<f64> {
    query.get(name)?.parse().ok()
}

/// Applies a named change and says how many rows it touched.
fn apply_named_change(
    account: &mut Account,
    name: &str,
    percent: f64,
    seed: u64,
) -> Result<usize, String> {
    match name {
        "churn" => Ok(churn(account, percent, seed)),
        "move-project" => {
            account.move_project("payments", "shop", "attic");
            Ok(1)
        }
        "next-day" if account.users.iter().any(|user| user.uuid == CLEO) => Ok(next_day(account)),
        "next-day" => Err("only the demo account has a next day".into()),
        _ => Err(format!(
            "no change is named {name:?}; there are: churn, move-project, next-day"
        )),
    }
}

/// Re-creates a share of the role assignments for other users, as everyday work in an account does.
fn churn(account: &mut Account, percent: f64, seed: u64) -> usize {
    let rows = account.role_assignments.len();
    let wanted = ((rows as f64 * percent / 100.0).round() as usize).min(rows);
    let mut random = Random::new(seed);
    for number in 0..wanted {
        let row = &mut account.role_assignments[number * rows / wanted];
        row.identifier = format!("role_assignment_x{seed:04}{number:07}{}", random.letters(8));
        row.principal.kind = "USER".into();
        row.principal.identifier = random.pick(&account.users).uuid.as_str().into();
        row.principal.scope_level = None;
    }
    wanted
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn named_changes_come_over_the_control_path() {
        let fake = FakeHarness::demo();
        let control = |target: &str| -> Value {
            let answer = answer(&fake, &Request::post(target, &json!({})));
            serde_json::from_slice(&answer.body).expect("JSON")
        };
        assert_eq!(control("/__control/change/next-day")["changed"], 11);
        assert!(control("/__control/change/next-day")["error"].is_string());
        assert_eq!(control("/__control/change/churn?percent=50")["changed"], 18);
        assert!(control("/__control/change/nonsense")["error"].is_string());
        assert!(control("/__control/nonsense")["error"].is_string());
    }
}
