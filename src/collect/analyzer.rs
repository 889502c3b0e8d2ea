//! Asks Harness's own analyzer of access policies who may do what: `POST /v1/analyze-access-policies`, behind the feature
//! flag `PL_ENABLE_POLICY_ANALYZER`. It computes from what Harness holds at that moment, and changes nothing.

use serde_json::{Value, json};

use super::definition::RequiredPermission;
use super::visibility::{PermissionProbe, ask};
use crate::api::call::{Call, Envelope, Method, PAGE_SIZE};
use crate::api::client::Client;
use crate::api::error::{ApiError, ApiErrorKind};
use crate::api::wire::{PolicyAnalysis, PolicyItem, PolicyScope};
use crate::model::{AccessQuestion, Policy, ResourceType, Scope};

/// What the analyzer asks of the key.
pub const ANALYZE: RequiredPermission = RequiredPermission {
    permission: "core_accessPolicies_analyze",
    resource_type: "ACCESS_POLICIES",
    principal: None,
};
/// What switches it on in an account.
pub const FEATURE_FLAG: &str = "PL_ENABLE_POLICY_ANALYZER";

const PATH: &str = "/v1/analyze-access-policies";
/// Nobody holds one permission in so many ways; a server that goes on and on is not believed.
const MOST_PAGES: u64 = 20;

/// Makes sure that Harness answers this key at all, so that a refusal by the analyzer is known to be about the analyzer.
///
/// # Errors
/// When the key is refused, or Harness cannot be reached.
pub fn is_harness_there(client: &Client) -> Result<(), ApiError> {
    match ask(
        client,
        &[PermissionProbe::InScope(&ANALYZE, Scope::Account)],
    ) {
        Err(error) if error.ends_run() => Err(error),
        Err(error) => {
            log::info!("{}", error.brief());
            Ok(())
        }
        Ok(_) => Ok(()),
    }
}

/// By which role assignments Harness says that somebody holds a permission, anywhere. Empty: by none.
///
/// # Errors
/// Also when the answer is not what was asked for, or may not be all of it.
pub fn policies(client: &Client, question: &AccessQuestion) -> Result<Vec<Policy>, ApiError> {
    let mut policies = Vec::new();
    let mut total = None;
    for page in 0..MOST_PAGES {
        let call = call(page);
        let impossible = |reason: String| {
            let kind = ApiErrorKind::Impossible { reason };
            ApiError::new(call.site(Method::Post), 1, kind)
        };
        let reply = client.post::<PolicyAnalysis, Value>(&call, &body(client, question))?;
        let rows = reply.data.access_policy_analysis_response;
        let is_last = (rows.len() as u64) < PAGE_SIZE;
        if page > 0 && reply.total != total {
            return Err(impossible(
                "the number of rows changed while they were read".to_owned(),
            ));
        }
        total = reply.total;
        for row in rows {
            let policy = policy(row, question, client.account_id());
            policies.push(policy.map_err(impossible)?);
        }
        let seen = policies.len() as u64;
        match total {
            Some(total) if total == seen => return Ok(policies),
            Some(total) if is_last || seen > total => {
                return Err(impossible(format!("{seen} rows were sent of {total}")));
            }
            None if is_last => return Ok(policies),
            _ => {}
        }
    }
    let kind = ApiErrorKind::Impossible {
        reason: "the pages do not end".to_owned(),
    };
    Err(ApiError::new(call(MOST_PAGES).site(Method::Post), 1, kind))
}

fn call(page: u64) -> Call {
    Call::new(PATH)
        .account_in_header()
        .envelope(Envelope::Bare)
        .query("page", page.to_string())
        .query("limit", PAGE_SIZE.to_string())
}

/// Everything at or below the home of the principal, and what comes down to it.
fn body(client: &Client, question: &AccessQuestion) -> Value {
    let principal = &question.principal;
    let mut scope = json!({"account": client.account_id()});
    for (level, name) in [
        ("org", principal.scope.org()),
        ("project", principal.scope.project()),
    ] {
        if let Some(name) = name {
            scope[level] = name.into();
        }
    }
    let level = principal
        .scope
        .level()
        .map_or("account", |level| level.as_str());
    json!({
        "query_scope": {
            "filter": "INCLUDING_CHILD_SCOPE",
            "scope": scope,
            "include_access_policies_from_parent_scope": true
        },
        "permission_identifier": question.permission,
        "principal": {
            "type": principal.kind.as_str().to_ascii_uppercase(),
            "identifier": principal.identifier,
            "scope_level": level
        },
        "advance_options": {"expand_role": false, "expand_resource_group": false, "expand_user_group": true}
    })
}

/// Reads a row; a row about something else than was asked tells nothing.
fn policy(row: PolicyItem, question: &AccessQuestion, account: &str) -> Result<Policy, String> {
    let assigned = row.role_assignment;
    let holder = assigned.principal.map(|holder| {
        let kind = ResourceType::of_principal(holder.r#type.as_deref().unwrap_or_default());
        (kind, holder.identifier)
    });
    if row.permission.identifier != question.permission {
        return Err("a row is about another permission".to_owned());
    }
    let about = ResourceType::of_principal(row.principal.r#type.as_deref().unwrap_or_default());
    let about = (about, row.principal.identifier);
    let asked = (
        question.principal.kind.clone(),
        question.principal.identifier.clone(),
    );
    let is_its_group = about.0 == ResourceType::UserGroup && holder.as_ref() == Some(&about);
    if about != asked && !is_its_group {
        return Err("a row is about somebody else".to_owned());
    }
    let scope = scope(&assigned.scope, account)?;
    Ok(Policy {
        scope,
        role_assignment: assigned.role_assignment_id,
        role: row.role.identifier,
        resource_group: row.resource_group.identifier,
        holder,
    })
}

fn scope(parts: &PolicyScope, account: &str) -> Result<Scope, String> {
    if parts
        .account
        .as_deref()
        .is_some_and(|other| other != account)
    {
        return Err("a row is about another account".to_owned());
    }
    Scope::from_parts(parts.org.as_deref(), parts.project.as_deref())
        .ok_or_else(|| "a row is about a project without an organization".to_owned())
}
