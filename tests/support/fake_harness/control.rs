//! `POST /__control/<name>`: changes of the account for programs that run the fake in another process.
//!
//! `change/<name>?percent=1&seed=2` applies a named change, `latency?ms=50`, `rate?per_minute=400`, `log?on=true` and
//! `v2_filter?on=true` turn switches, `stats` only tells. Each answers how many requests were served so far.

use std::time::Duration;

use serde_json::json;

use super::FakeHarness;
use super::account::apply_named_change;
use super::http::{Answer, Request};

pub fn answer(fake: &FakeHarness, request: &Request) -> Answer {
    let query = request.query();
    let number = |name: &str| query.get(name).and_then(|text| text.parse::<f64>().ok());
    let order = request.path().trim_start_matches("/__control/");
    let result = match order.split_once('/') {
        Some(("change", name)) => {
            let (percent, seed) = (
                number("percent").unwrap_or(1.0),
                number("seed").unwrap_or(1.0) as u64,
            );
            fake.change(|account| apply_named_change(account, name, percent, seed))
        }
        _ => {
            match order {
                "latency" => {
                    let latency = Duration::from_secs_f64(number("ms").unwrap_or(0.0) / 1_000.0);
                    fake.switch(|switches| switches.latency = latency);
                }
                "rate" => {
                    let limit = number("per_minute").map(|limit| limit as usize);
                    fake.switch(|switches| switches.requests_per_minute = limit);
                }
                "log" => fake.switch(|switches| switches.log = query.get("on") == Some("true")),
                "v2_filter" => {
                    fake.switch(|switches| switches.v2_filter = query.get("on") == Some("true"));
                }
                "stats" => {}
                _ => {
                    return Answer::json(
                        404,
                        &json!({"error": format!("no such control: {order}")}),
                    );
                }
            }
            Ok(0)
        }
    };
    match result {
        Ok(changed) => Answer::json(200, &json!({"changed": changed, "requests": fake.served()})),
        Err(error) => Answer::json(400, &json!({"error": error})),
    }
}
