//! Asks Harness what the key may see, before and after the walk.
//!
//! Most lists answer 200 with fewer rows when the key may not see all of them, so only the access check
//! (`POST /authz/api/acl`) can tell a whole list from a thinned one. It needs no permission itself. Asked without an
//! identifier it is the very question that the lists ask themselves before they thin their rows.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use crate::api::call::{Call, Method};
use crate::api::client::Client;
use crate::api::error::{ApiError, ApiErrorKind};
use crate::api::wire::{
    AccessCheckAnswer, AccessCheckRequest, CallingPrincipal, PermissionCheck, PermissionItem,
    ResourceScope,
};
use crate::model::{ListingKind, ResourceType, Scope};

/// The specification allows 10,000; Harness's own client sends as many as this.
const CHECKS_PER_REQUEST: usize = 1000;

/// A permission that opens lists of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Gate {
    /// Such as `core_usergroup_view`.
    pub permission: &'static str,
    /// Such as `USERGROUP`.
    pub resource_type: &'static str,
    /// The kind of list it opens.
    pub kind: ListingKind,
    /// The type of principal whose role assignments vanish without it.
    principal: Option<PrincipalType>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum PrincipalType {
    User,
    UserGroup,
    ServiceAccount,
}

/// The gates in front of the lists of every scope.
pub const GATES: [Gate; 5] = [
    Gate {
        permission: "core_user_view",
        resource_type: "USER",
        kind: ListingKind::Users,
        principal: Some(PrincipalType::User),
    },
    Gate {
        permission: "core_usergroup_view",
        resource_type: "USERGROUP",
        kind: ListingKind::UserGroups,
        principal: Some(PrincipalType::UserGroup),
    },
    Gate {
        permission: "core_serviceaccount_view",
        resource_type: "SERVICEACCOUNT",
        kind: ListingKind::ServiceAccounts,
        principal: Some(PrincipalType::ServiceAccount),
    },
    Gate {
        permission: "core_role_view",
        resource_type: "ROLE",
        kind: ListingKind::Roles,
        principal: None,
    },
    Gate {
        permission: "core_resourcegroup_view",
        resource_type: "RESOURCEGROUP",
        kind: ListingKind::ResourceGroups,
        principal: None,
    },
];

impl Gate {
    fn principal_type(&self) -> Option<ResourceType> {
        Some(match self.principal? {
            PrincipalType::User => ResourceType::User,
            PrincipalType::UserGroup => ResourceType::UserGroup,
            PrincipalType::ServiceAccount => ResourceType::ServiceAccount,
        })
    }
}

/// Something to ask about the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// May it see everything behind a gate in this scope?
    Gate(Gate, Scope),
    /// May it see everything behind a gate in every scope, present and future?
    GateEverywhere(Gate),
    /// May it see every organization?
    AllOrganizations,
    /// May it see every project of every organization?
    AllProjects,
    /// May it read the account's sign-in settings?
    AuthenticationSettings,
}

/// What the key may see.
#[derive(Debug)]
pub struct Answers {
    /// Whose key it is, as `user/<uuid>` or `service_account/<identifier>`: Harness does not say the scope.
    pub caller: Option<String>,
    /// One for each question, in order.
    pub held: Vec<bool>,
}

/// Asks about the key.
///
/// # Errors
/// When the key is refused, Harness cannot be reached, or answers something else than it was asked.
pub fn ask(client: &Client, questions: &[Question]) -> Result<Answers, ApiError> {
    let checks = Checks::new(client.account_id());
    let mut answers = Answers {
        caller: None,
        held: Vec::with_capacity(questions.len()),
    };
    for questions in questions.chunks(CHECKS_PER_REQUEST) {
        let request = AccessCheckRequest {
            permissions: questions
                .iter()
                .map(|question| checks.of(question))
                .collect(),
        };
        let call = Call::new("/authz/api/acl");
        let answer: AccessCheckAnswer = client.post(&call, &request)?.data;
        let fits = answer.access_control_list.len() == request.permissions.len()
            && answer
                .access_control_list
                .iter()
                .zip(&request.permissions)
                .all(|(got, asked)| {
                    got.permission == asked.permission && got.resource_type == asked.resource_type
                });
        if !fits {
            let reason = "the access check answers other questions than it was asked".to_owned();
            let kind = ApiErrorKind::Impossible { reason };
            return Err(ApiError::new(call.place(Method::Post), 1, kind));
        }
        answers.caller = answer.principal.map(caller);
        answers.held.extend(
            answer
                .access_control_list
                .iter()
                .map(|entry| entry.permitted),
        );
    }
    Ok(answers)
}

fn caller(principal: CallingPrincipal) -> String {
    let kind = ResourceType::of_principal(&principal.principal_type);
    format!("{kind}/{}", principal.principal_identifier)
}

/// Turns questions into checks.
struct Checks<'a> {
    account: &'a str,
    /// An identifier that nothing has. Whether all organizations or projects are visible cannot be asked without an
    /// identifier (Harness then answers about the parent), but a permission on what does not exist can only come from
    /// a grant over everything.
    nothing: String,
}

impl<'a> Checks<'a> {
    fn new(account: &'a str) -> Self {
        let random = RandomState::new().hash_one(account);
        Self {
            account,
            nothing: format!("zz_probe_{random:016x}"),
        }
    }

    fn of(&self, question: &Question) -> PermissionCheck {
        let nothing = Some(self.nothing.clone());
        match question {
            Question::Gate(gate, scope) => {
                let (org, project) = (scope.org(), scope.project());
                self.check(gate.permission, gate.resource_type, org, project, None)
            }
            Question::GateEverywhere(gate) => {
                let nowhere = nothing.as_deref();
                self.check(gate.permission, gate.resource_type, nowhere, nowhere, None)
            }
            Question::AllOrganizations => self.check(
                "core_organization_view",
                "ORGANIZATION",
                None,
                None,
                nothing,
            ),
            Question::AllProjects => {
                let org = nothing.clone();
                self.check(
                    "core_project_view",
                    "PROJECT",
                    org.as_deref(),
                    None,
                    nothing,
                )
            }
            Question::AuthenticationSettings => {
                self.check("core_authsetting_view", "AUTHSETTING", None, None, None)
            }
        }
    }

    fn check(
        &self,
        permission: &'static str,
        resource_type: &'static str,
        org: Option<&str>,
        project: Option<&str>,
        resource_identifier: Option<String>,
    ) -> PermissionCheck {
        PermissionCheck {
            resource_scope: ResourceScope {
                account_identifier: self.account.to_owned(),
                org_identifier: org.map(str::to_owned),
                project_identifier: project.map(str::to_owned),
            },
            resource_type,
            resource_identifier,
            permission,
        }
    }
}

/// What the key may see in each scope of a walk.
#[derive(Debug)]
pub(super) struct Access {
    pub(super) caller: Option<String>,
    gates: HashMap<(&'static str, Scope), Closed>,
}

/// Why a gate is not known to be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closed {
    Missing,
    /// Harness answers yes for permissions that it does not enforce.
    NotEnforced(Enforcement),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Enforcement {
    Experimental,
    Unlisted,
}

impl Access {
    /// Asks about every gate in every scope.
    pub(super) fn ask(client: &Client, scopes: &[Scope]) -> Result<Self, ApiError> {
        let access = Self::ask_silently(client, scopes)?;
        access.warn_if_uninformative();
        Ok(access)
    }

    fn ask_silently(client: &Client, scopes: &[Scope]) -> Result<Self, ApiError> {
        let questions: Vec<Question> = scopes
            .iter()
            .flat_map(|scope| GATES.map(|gate| Question::Gate(gate, scope.clone())))
            .collect();
        let answers = ask(client, &questions)?;
        let gates = questions
            .into_iter()
            .zip(answers.held)
            .filter_map(|(question, held)| match question {
                Question::Gate(gate, scope) if !held => {
                    Some(((gate.permission, scope), Closed::Missing))
                }
                _ => None,
            })
            .collect();
        Ok(Self {
            caller: answers.caller,
            gates,
        })
    }

    /// Asks again after the walk: a permission that was taken away meanwhile thinned what came after.
    pub(super) fn ask_again(&mut self, client: &Client, scopes: &[Scope]) -> Result<(), ApiError> {
        let now = Self::ask_silently(client, scopes)?;
        if self.caller.is_some() {
            now.warn_if_uninformative();
        }
        self.gates.extend(now.gates);
        Ok(())
    }

    /// With access control switched off Harness says yes to everything, and names no caller.
    fn warn_if_uninformative(&self) {
        if self.caller.is_none() {
            log::warn!(
                "Harness does not say whose key this is: access control seems to be switched off for the account, so \
                 the permission check proves nothing"
            );
        }
    }

    /// Distrusts the gates whose permission Harness does not enforce: it answers yes to those, whoever asks.
    pub(super) fn distrust_unenforced(
        &mut self,
        client: &Client,
        scopes: &[Scope],
    ) -> Result<(), ApiError> {
        let call = Call::new("/authz/api/permissions").query("scopeFilterDisabled", "true");
        let catalogue: Vec<PermissionItem> = client.get(&call)?.data;
        for gate in GATES {
            let status = catalogue
                .iter()
                .find(|item| item.permission.identifier == gate.permission)
                .map(|item| item.permission.status.as_deref().unwrap_or("ACTIVE"));
            let why = match status {
                Some("EXPERIMENTAL") => Enforcement::Experimental,
                None => Enforcement::Unlisted,
                Some(_) => continue,
            };
            for scope in scopes {
                self.gates
                    .entry((gate.permission, scope.clone()))
                    .or_insert(Closed::NotEnforced(why));
            }
        }
        Ok(())
    }

    /// What the key lacks, one sentence for each permission and scope.
    pub(super) fn missing(&self, scopes: &[Scope]) -> Vec<String> {
        let gates = scopes
            .iter()
            .flat_map(|scope| GATES.map(|gate| (gate, scope)));
        gates
            .filter_map(|(gate, scope)| self.why_closed(gate, scope))
            .collect()
    }

    /// Why the list of a kind in a scope cannot be known to be whole.
    pub(super) fn why_not_whole(&self, kind: ListingKind, scope: &Scope) -> Option<String> {
        let gate = GATES.into_iter().find(|gate| gate.kind == kind)?;
        self.why_closed(gate, scope)
    }

    /// Role assignments of a principal type vanish when that type may not be viewed. The types of which all are shown,
    /// and why the others are not; `None` when everything is shown. Types this program does not know are in doubt as
    /// soon as anything is hidden.
    pub(super) fn assignments_seen(&self, scope: &Scope) -> Option<(Vec<ResourceType>, String)> {
        let mut whole_for = Vec::new();
        let mut reasons = Vec::new();
        for gate in GATES {
            let Some(kind) = gate.principal_type() else {
                continue;
            };
            match self.why_closed(gate, scope) {
                None => whole_for.push(kind),
                Some(reason) => reasons.push(reason),
            }
        }
        (!reasons.is_empty()).then(|| (whole_for, reasons.join("; ")))
    }

    fn why_closed(&self, gate: Gate, scope: &Scope) -> Option<String> {
        let closed = self.gates.get(&(gate.permission, scope.clone()))?;
        let permission = gate.permission;
        Some(match closed {
            Closed::Missing => format!("the key lacks {permission} in {scope}"),
            Closed::NotEnforced(Enforcement::Experimental) => format!(
                "Harness calls {permission} experimental and does not enforce it, so nobody can tell what it hides in \
                 {scope}"
            ),
            Closed::NotEnforced(Enforcement::Unlisted) => format!(
                "Harness does not list {permission} among its permissions, so nobody can tell what is hidden in {scope}"
            ),
        })
    }
}
