//! One event as it is kept, and as a list shows it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::account::User;
use crate::scope::Scope;
use crate::shapes::omit_nulls;

/// Who did something, as the trail names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// `USER`, `SERVICE_ACCOUNT`, `API_KEY` or `SYSTEM`.
    pub kind: String,
    /// The e-mail of a user at that time, an identifier without scope, a name.
    pub identifier: String,
    /// `userId` and `username` of a user.
    pub labels: BTreeMap<String, String>,
}

impl Actor {
    /// An actor without labels.
    pub fn new(kind: &str, identifier: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            identifier: identifier.to_owned(),
            labels: BTreeMap::new(),
        }
    }

    /// Harness itself.
    pub fn system() -> Self {
        Self::new("SYSTEM", "SYSTEM")
    }

    /// A user, by uuid alone when nobody knows them.
    pub(crate) fn user(user: Option<&User>, uuid: &str) -> Self {
        let mut actor = Self::new("USER", user.map_or(uuid, |user| &user.email));
        actor.labels.insert("userId".into(), uuid.into());
        if let Some(name) = user.and_then(|user| user.name.clone()) {
            actor.labels.insert("username".into(), name);
        }
        actor
    }

    fn wire(&self) -> Value {
        json!({
            "principal": {"type": self.kind, "identifier": self.identifier},
            "labels": labels(&self.labels)
        })
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// Made up by the trail.
    pub id: String,
    /// Where it happened.
    pub scope: Scope,
    /// Epoch milliseconds.
    pub at: i64,
    /// When the lists first show it.
    pub published_at: i64,
    /// `None` until somebody is known.
    pub actor: Option<Actor>,
    /// The user that the actor acted as.
    pub impersonated: Option<Actor>,
    /// Such as `ROLE_ASSIGNMENT_CREATED`.
    pub action: String,
    /// Such as `USER_GROUP`.
    pub resource_type: String,
    /// The e-mail of a user, else an identifier.
    pub identifier: String,
    /// `resourceName` and more.
    pub labels: BTreeMap<String, String>,
    /// YAML before and after.
    pub yaml: (Option<String>, Option<String>),
    /// The `auditEventData`; null for none.
    pub data: Value,
}

impl Event {
    /// An event of the account at time 0, by nobody.
    pub fn new(action: &str, resource_type: &str, identifier: &str) -> Self {
        Self {
            id: String::new(),
            scope: Scope::account(),
            at: 0,
            published_at: 0,
            actor: None,
            impersonated: None,
            action: action.to_owned(),
            resource_type: resource_type.to_owned(),
            identifier: identifier.to_owned(),
            labels: BTreeMap::new(),
            yaml: (None, None),
            data: Value::Null,
        }
    }

    /// Whether it is a sign-in or the try of one.
    pub fn is_login(&self) -> bool {
        matches!(&*self.action, "LOGIN" | "LOGIN2FA" | "UNSUCCESSFUL_LOGIN")
    }

    /// Whether Harness did it by itself.
    pub fn is_by_system(&self) -> bool {
        self.actor
            .as_ref()
            .is_none_or(|actor| actor.kind == "SYSTEM")
    }

    pub(crate) fn wire(&self, account: &str) -> Value {
        let actor = self.actor.clone().unwrap_or_else(Actor::system);
        // What Harness does by itself comes by no request.
        let by_request = !self.is_by_system();
        omit_nulls(json!({
            "auditId": self.id,
            "resourceScope": self.scope.dto(account),
            "httpRequestInfo": by_request.then(|| json!({"requestMethod": "POST"})),
            "requestMetadata": by_request.then(|| json!({"clientIP": "192.0.2.10"})),
            "timestamp": self.at,
            "authenticationInfo": actor.wire(),
            "impersonatingAuthenticationInfo": self.impersonated.as_ref().map(Actor::wire),
            "module": "CORE",
            "resource": {"type": self.resource_type, "identifier": self.identifier, "labels": labels(&self.labels)},
            "action": self.action,
            "auditEventData": self.data
        }))
    }
}

/// Empty ones are left out.
fn labels(labels: &BTreeMap<String, String>) -> Option<Map<String, Value>> {
    let object = labels
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)));
    (!labels.is_empty()).then(|| object.collect())
}
