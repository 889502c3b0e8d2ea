//! One file per resource: what each endpoint answers.

pub(crate) mod access_check;
pub(crate) mod account;
pub(crate) mod analyzer;
pub(crate) mod audits;
pub(crate) mod groups;
pub(crate) mod organizations;
pub(crate) mod permissions;
pub(crate) mod resource_groups;
pub(crate) mod role_assignments;
pub(crate) mod role_assignments_v2;
pub(crate) mod roles;
pub(crate) mod service_accounts;
pub(crate) mod singles;
pub(crate) mod tokens;
pub(crate) mod users;

use serde_json::{Map, Value, json};

use crate::account::Times;

/// An object beside which the times and the origin stand.
fn with_times(field: &str, value: Value, times: Times) -> Map<String, Value> {
    let mut outer = Map::new();
    outer.insert(field.into(), value);
    outer.insert("createdAt".into(), json!(times.created_at));
    outer.insert("lastModifiedAt".into(), json!(times.last_modified_at));
    outer
}
