//! One request to each list, to learn how this server answers.

use std::time::Instant;

use serde_json::{Value, json};

use super::definition::{Definition, Walks, Wanted};
use super::listings::LISTINGS;
use super::trail;
use super::walk::{Walker, asks_otherwise};
use crate::api::call::{Call, Envelope, Method, PageAsked};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::wire::Shallow;
use crate::model::{ListingKind, Scope, ScopeSelection, Trial, TrialAnswer};

/// Tries every list that a sync of the selection reads, in its uppermost scope.
pub(super) fn of_each(
    walker: Walker<'_>,
    selection: &ScopeSelection,
    top: Option<&Scope>,
) -> Result<Vec<Trial>, ApiError> {
    let mut trials = Vec::new();
    for listing in LISTINGS {
        let wanted = match listing.wanted {
            Wanted::Always => true,
            Wanted::With(extra) => selection.extras.contains(&extra),
        };
        let of_account = matches!(
            listing.walks,
            Walks::Account | Walks::WholeAccount | Walks::Tree | Walks::Trail
        );
        let Some(scope) = top.filter(|_| wanted && !(of_account && selection.without_account))
        else {
            continue;
        };
        trials.extend(of_list(walker, listing.kind, scope)?);
    }
    Ok(trials)
}

fn of_list(
    walker: Walker<'_>,
    kind: ListingKind,
    scope: &Scope,
) -> Result<Option<Trial>, ApiError> {
    let client = walker.client;
    let listing = super::listings::definition(kind);
    let mut first = None;
    for (_, endpoint) in walker.ways.of(listing) {
        let envelope = match kind {
            ListingKind::AuthSettings => Envelope::Resource,
            _ => Envelope::Data,
        };
        let call = endpoint.call(client.account_id(), scope).envelope(envelope);
        let began = Instant::now();
        let answer = one_page(client, endpoint.method, &call, listing);
        let trial = |answer| Trial {
            kind,
            scope: scope.clone(),
            endpoint: format!("{} {}", endpoint.method, endpoint.path),
            took: began.elapsed(),
            answer,
        };
        match answer {
            Ok(data) => return Ok(Some(trial(shape(&data)))),
            Err(error) if error.ends_run() => return Err(error),
            Err(error) => {
                log::info!("{}", error.brief());
                let otherwise = asks_otherwise(&error);
                first.get_or_insert_with(|| trial(failure(&error)));
                if !otherwise {
                    break;
                }
            }
        }
    }
    Ok(first)
}

/// The first row, or all of what has no pages.
fn one_page(
    client: &Client,
    method: Method,
    call: &Call,
    listing: &Definition,
) -> Result<Value, ApiError> {
    let call = match listing.walks {
        Walks::Once => call.clone(),
        _ => call.clone().page(PageAsked { index: 0, size: 1 }),
    };
    let body = trail::question_of(client.account_id(), listing.kind).unwrap_or_else(|| json!({}));
    let Shallow(data) = client.one_page(method, &call, &body)?.data;
    Ok(data)
}

fn shape(data: &Value) -> TrialAnswer {
    let rows = match data {
        Value::Array(rows) => rows.as_slice(),
        _ => data["content"].as_array().map_or(&[][..], Vec::as_slice),
    };
    let one = rows.first().unwrap_or(data);
    let mut members = Vec::new();
    members_of(one, "", &mut members);
    members.sort_unstable();
    TrialAnswer::List {
        rows: rows.len(),
        is_page: data.get("content").is_some(),
        total: total(&data["totalItems"]),
        shape: members,
    }
}

/// A count as a walk reads it.
fn total(value: &Value) -> Option<i64> {
    let total = match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value
            .as_i64()
            .or_else(|| format!("{}", value.as_f64()?).parse().ok()),
    };
    total.filter(|total| *total >= 0)
}

/// Members two levels deep, with their types. What people name themselves, such as tags, is not looked into.
fn members_of(value: &Value, path: &str, members: &mut Vec<String>) {
    let Value::Object(fields) = value else {
        return;
    };
    for (name, value) in fields {
        let is_word = name.len() <= 40 && name.chars().all(|c| c.is_ascii_alphanumeric());
        if !is_word {
            continue;
        }
        let path = format!("{path}{name}");
        members.push(format!("{path}: {}", type_of(value)));
        let is_free = ["tags", "labels"].contains(&name.as_str());
        if !is_free && path.matches('.').count() < 1 {
            members_of(value, &format!("{path}."), members);
        }
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn failure(error: &ApiError) -> TrialAnswer {
    let (status, code) = error.kind.status_and_code();
    TrialAnswer::Failure {
        kind: error.kind.word(),
        status,
        code: code.filter(|code| code.chars().all(|c| c.is_ascii_uppercase() || c == '_')),
    }
}
