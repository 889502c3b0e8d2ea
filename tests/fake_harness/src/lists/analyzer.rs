//! Harness's own answer to "who can": `POST /v1/analyze-access-policies`, by the rules of its access engine.
//!
//! Off unless `Switches::policy_analyzer` is on, as it is behind a flag.

use serde_json::{Value, json};

use crate::access::{Access, Grant};
use crate::account::{Account, RoleAssignment, User};
use crate::context::Context;
use crate::http::Answer;
use crate::scope::Scope;
use crate::shapes::{Needed, Result, omit_nulls};

pub(crate) fn analyze(cx: &Context<'_>) -> Result<Answer> {
    cx.require_one(Needed {
        permission: "core_accessPolicies_analyze",
        resource_type: "ACCESS_POLICIES",
        identifier: None,
        scope: &scope_of(&cx.body["query_scope"]["scope"]),
    })?;
    let question = Question::from_body(&cx.body);
    let mut rows = Vec::new();
    for assignment in &cx.account.role_assignments {
        if question.asks_about(cx, assignment) {
            let holders = holders(cx.account, assignment).into_iter();
            rows.extend(
                holders
                    .filter(|holder| question.is_about(holder))
                    .map(|holder| row(cx, &question, assignment, &holder)),
            );
        }
    }
    let number = |name: &str, default: usize| {
        let text = cx.query.get(name).and_then(|text| text.parse().ok());
        text.unwrap_or(default)
    };
    let (page, limit) = (number("page", 0), number("limit", 30).min(100));
    let shown: Vec<&Value> = rows.iter().skip(page * limit).take(limit).collect();
    let answer = Answer::json(200, &json!({"access_policy_analysis_response": shown}));
    Ok(answer.with_header("x-total-elements", &rows.len().to_string()))
}

struct Question<'a> {
    scope: Scope,
    below: bool,
    above: bool,
    permission: &'a str,
    principal: &'a Value,
    resource: &'a Value,
}

impl<'a> Question<'a> {
    fn from_body(body: &'a Value) -> Self {
        let scope = &body["query_scope"];
        Self {
            scope: scope_of(&scope["scope"]),
            below: scope["filter"] == "INCLUDING_CHILD_SCOPE",
            above: scope["include_access_policies_from_parent_scope"] == true,
            permission: body["permission_identifier"].as_str().unwrap_or_default(),
            principal: &body["principal"],
            resource: &body["resource"],
        }
    }

    fn asks_about(&self, cx: &Context<'_>, assignment: &RoleAssignment) -> bool {
        let scope = &assignment.scope;
        let in_scope = *scope == self.scope
            || self.below && self.scope.contains(scope)
            || self.above && scope.contains(&self.scope);
        in_scope && !assignment.disabled && self.is_granted(cx, assignment)
    }

    /// Whether the assignment gives the permission on what is asked about, or on anything.
    fn is_granted(&self, cx: &Context<'_>, assignment: &RoleAssignment) -> bool {
        let role = cx.account.role_of(assignment);
        let group = cx.account.resource_group_of(assignment);
        let (Some(role), Some(group)) = (role, group) else {
            return false;
        };
        if !role.permissions.iter().any(|held| held == self.permission) {
            return false;
        }
        let grant = Grant {
            permissions: vec![self.permission.to_owned()],
            resource_group: group.clone(),
            scope: assignment.scope.clone(),
        };
        let access = Access::new(cx.account, &[grant], &[], cx.switches);
        match self.resource["type"].as_str() {
            Some(kind) => {
                let at = scope_of(&self.resource["scope"]);
                access.allows(
                    self.permission,
                    kind,
                    self.resource["identifier"].as_str(),
                    &at,
                )
            }
            None => access.allows_somewhere(self.permission),
        }
    }

    fn is_about(&self, holder: &Holder<'_>) -> bool {
        self.principal.is_null()
            || self.principal["type"] == holder.kind
                && self.principal["identifier"] == holder.identifier
    }
}

/// Who holds what an assignment gives: the members of a group, else the principal.
struct Holder<'a> {
    kind: &'a str,
    identifier: &'a str,
    name: &'a str,
    level: &'a str,
}

fn holders<'a>(account: &'a Account, assignment: &'a RoleAssignment) -> Vec<Holder<'a>> {
    let principal = &assignment.principal;
    let level = principal.scope_level.as_deref();
    let level = level.unwrap_or(assignment.scope.level());
    let user = |user: &'a User| Holder {
        kind: "USER",
        identifier: &user.uuid,
        name: user.name.as_deref().unwrap_or(&user.email),
        level: "account",
    };
    let by_id = |uuid: &str| account.users.iter().find(|user| user.uuid == uuid);
    match &*principal.kind {
        "USER" => by_id(&principal.identifier).map(user).into_iter().collect(),
        "USER_GROUP" => {
            let home = assignment.scope.at_level(level);
            let group = account.groups.iter().find(|group| {
                Some(&group.scope) == home.as_ref() && principal.identifier == *group.identifier
            });
            let members = group.and_then(|group| group.users.as_ref());
            let members = members.into_iter().flatten();
            members.filter_map(|uuid| by_id(uuid)).map(user).collect()
        }
        kind => vec![Holder {
            kind,
            identifier: &principal.identifier,
            name: &principal.identifier,
            level,
        }],
    }
}

fn row(
    cx: &Context<'_>,
    question: &Question<'_>,
    assignment: &RoleAssignment,
    holder: &Holder<'_>,
) -> Value {
    let role = cx.account.role_of(assignment);
    let group = cx.account.resource_group_of(assignment);
    let scope = json!({
        "account": cx.account.id, "org": assignment.scope.org, "project": assignment.scope.project
    });
    let principal = &assignment.principal;
    omit_nulls(json!({
        "role_assignment": {
            "scope": scope, "role_assignment_id": assignment.identifier,
            "principal": {"identifier": principal.identifier, "type": principal.kind, "scope_level": principal.scope_level}
        },
        "principal": {
            "identifier": holder.identifier, "name": holder.name, "type": holder.kind, "scope_level": holder.level
        },
        "resource_group": group.map(|of| json!({"identifier": of.identifier, "name": of.name})),
        "role": role.map(|of| json!({
            "identifier": of.identifier, "name": of.name, "scope_level": of.scope.as_ref().map(Scope::level)
        })),
        "permission": {"identifier": question.permission, "name": question.permission},
        "resource": question.resource
    }))
}

fn scope_of(scope: &Value) -> Scope {
    Scope::from_identifiers(scope["org"].as_str(), scope["project"].as_str())
}
