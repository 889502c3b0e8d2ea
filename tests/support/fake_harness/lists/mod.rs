//! One file per resource: what each endpoint answers.

pub mod access_check;
pub mod account;
pub mod groups;
pub mod organizations;
pub mod permissions;
pub mod resource_groups;
pub mod role_assignments;
pub mod role_assignments_v2;
pub mod roles;
pub mod service_accounts;
pub mod tokens;
pub mod users;

use serde_json::{Map, Value, json};

use super::account::Times;

/// An object beside which the times and the origin stand.
fn with_times(field: &str, value: Value, times: Times) -> Map<String, Value> {
    let mut outer = Map::new();
    outer.insert(field.into(), value);
    outer.insert("createdAt".into(), json!(times.created_at));
    outer.insert("lastModifiedAt".into(), json!(times.last_modified_at));
    outer
}
