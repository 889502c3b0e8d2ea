//! The audit trail: `POST /audit/api/audits/list` and `…/listV2`.
//!
//! Only named fields are read. The text of what was changed (`auditYaml`) is never asked for: it holds webhooks and keys.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use super::lenient;
use crate::api::misfit;

/// What decorates an event: unknown when it is not understood.
fn if_understood<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(misfit::read(&value).ok())
}

/// A page of events. One list says totals, the other only whether there is more.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditPage {
    /// The events; one that is not understood stays raw, so that the others count.
    #[serde(default)]
    pub content: Option<Vec<serde_json::Value>>,
    /// How many events fit in all.
    pub total_items: Option<u64>,
    /// How many pages they take.
    pub total_pages: Option<u64>,
    /// Whether there is another page.
    pub has_next: Option<bool>,
}

/// The time alone of an event, which may be odd otherwise.
#[derive(Debug, Deserialize)]
pub struct AuditTime {
    /// When, in epoch milliseconds; `None` for what cannot be true.
    #[serde(deserialize_with = "lenient::moment")]
    pub timestamp: Option<i64>,
}

/// One event.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditItem {
    /// Its identifier.
    pub audit_id: String,
    /// Where.
    #[serde(default)]
    pub resource_scope: AuditScope,
    /// When, in epoch milliseconds; `None` for what cannot be true.
    #[serde(deserialize_with = "lenient::moment")]
    pub timestamp: Option<i64>,
    /// Who; raw, because one who cannot be told must not cost the event.
    #[serde(default)]
    pub authentication_info: Option<serde_json::Value>,
    /// The other person of an impersonation; raw as well.
    pub impersonating_authentication_info: Option<serde_json::Value>,
    /// On what.
    pub resource: AuditResource,
    /// What; an open list.
    pub action: String,
    /// How somebody came to be in the account.
    #[serde(default, deserialize_with = "if_understood")]
    pub audit_event_data: Option<AuditEventData>,
}

/// Organization and project of an event.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditScope {
    /// The organization.
    pub org_identifier: Option<String>,
    /// The project.
    pub project_identifier: Option<String>,
}

/// Who did it.
#[derive(Debug, Deserialize)]
pub struct AuthenticationInfo {
    /// The actor.
    pub principal: AuditPrincipal,
    /// What is known of a user.
    #[serde(default, deserialize_with = "if_understood")]
    pub labels: Option<ActorLabels>,
}

/// An actor. A user is named by the e-mail address of the time, a service account without its scope.
#[derive(Debug, Deserialize)]
pub struct AuditPrincipal {
    /// `USER`, `SERVICE_ACCOUNT`, `API_KEY`, `SYSTEM`; open.
    pub r#type: String,
    /// Which one.
    pub identifier: String,
}

/// What is known of a user who acted.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActorLabels {
    /// The uuid.
    pub user_id: Option<String>,
    /// The name.
    pub username: Option<String>,
}

/// What was acted on.
#[derive(Debug, Deserialize)]
pub struct AuditResource {
    /// Such as `USER_GROUP`; open.
    pub r#type: String,
    /// Which one; of a user the e-mail address.
    pub identifier: String,
    /// What else is known of it.
    #[serde(default, deserialize_with = "if_understood")]
    pub labels: Option<ResourceLabels>,
}

/// What is known of a thing that was acted on.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceLabels {
    /// The uuid of a user.
    pub user_id: Option<String>,
    /// The name.
    pub resource_name: Option<String>,
}

/// More about an event. Its other fields are never read.
#[derive(Debug, Deserialize)]
pub struct AuditEventData {
    /// How somebody came to be in the account.
    pub source: Option<AuditSource>,
}

/// How somebody came to be in the account.
#[derive(Debug, Deserialize)]
pub struct AuditSource {
    /// Such as `Invitation`.
    pub r#type: Option<String>,
}
