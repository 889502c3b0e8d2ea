//! Asks Harness what the key may see, before and after the walk.
//!
//! Most lists answer 200 with fewer rows when the key may not see all of them, so only the access check
//! (`POST /authz/api/acl`) can tell a whole list from a thinned one. It needs no permission itself. Asked without an
//! identifier it is the very question that the lists ask themselves before they thin their rows.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use crate::api::call::{Call, Method};
use crate::api::client::Client;
use crate::api::error::{ApiError, ApiErrorKind};
use crate::api::wire::{
    AccessCheckRequest, AccessCheckResponse, AccessControl, CallingPrincipal, PermissionCheck,
    PermissionItem, ResourceScope,
};
use crate::model::{Area, Depth, Extra};
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

/// The gates in front of what is observed only when asked for, each asked at the account.
const EXTRA_GATES: [(Extra, Gate); 3] = [
    (
        Extra::Tokens,
        Gate {
            permission: "core_serviceaccount_manageapikey",
            resource_type: "SERVICEACCOUNT",
            kind: ListingKind::ServiceAccountTokens,
            principal: None,
        },
    ),
    // Without it the list shows the caller's own tokens only; then it is left out.
    (
        Extra::Tokens,
        Gate {
            permission: "core_user_manage",
            resource_type: "USER",
            kind: ListingKind::PersonalTokens,
            principal: None,
        },
    ),
    (
        Extra::AuthSettings,
        Gate {
            permission: "core_authsetting_view",
            resource_type: "AUTHSETTING",
            kind: ListingKind::AuthSettings,
            principal: None,
        },
    ),
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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    /// May it see everything behind a gate in this scope?
    Gate(Gate, Scope),
    /// May it see everything behind a gate in every scope, present and future?
    GateEverywhere(Gate),
    /// May it see every organization?
    AllOrganizations,
    /// May it see every project of every organization?
    AllProjects,
    /// May it see every project of this organization?
    AllProjectsOf(String),
    /// May it read the account's sign-in settings?
    AuthenticationSettings,
}

impl Question {
    /// The permission that is asked about.
    pub(super) fn permission(&self) -> &'static str {
        match self {
            Self::Gate(gate, _) | Self::GateEverywhere(gate) => gate.permission,
            Self::AllOrganizations => "core_organization_view",
            Self::AllProjects | Self::AllProjectsOf(_) => "core_project_view",
            Self::AuthenticationSettings => "core_authsetting_view",
        }
    }
}

/// What the key may see.
#[derive(Debug)]
pub struct Answers {
    /// Whose key it is, as `user/<uuid>` or `service_account/<identifier>`: Harness does not say the scope. With access
    /// control switched off Harness says yes to everything, and names no caller.
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
        let answer: AccessCheckResponse = client.post(&call, &request)?.data;
        let fits = answer.access_control_list.len() == request.permissions.len()
            && answer
                .access_control_list
                .iter()
                .zip(&request.permissions)
                .all(|(got, asked)| is_answer(got, asked));
        if !fits {
            let reason = "the access check answers other questions than it was asked".to_owned();
            let kind = ApiErrorKind::Impossible { reason };
            return Err(ApiError::new(call.site(Method::Post), 1, kind));
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

/// Whether an entry answers this very check, as far as it says: nulls are left out.
fn is_answer(entry: &AccessControl, check: &PermissionCheck) -> bool {
    let fits = |said: Option<&String>, asked: Option<&String>| said.is_none() || said == asked;
    let said = entry.resource_scope.as_ref();
    let asked = &check.resource_scope;
    entry.permission == check.permission
        && entry.resource_type == check.resource_type
        && fits(
            entry.resource_identifier.as_ref(),
            check.resource_identifier.as_ref(),
        )
        && said.is_none_or(|said| {
            fits(
                said.account_identifier.as_ref(),
                Some(&asked.account_identifier),
            ) && fits(said.org_identifier.as_ref(), asked.org_identifier.as_ref())
                && fits(
                    said.project_identifier.as_ref(),
                    asked.project_identifier.as_ref(),
                )
        })
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
        let nothing = Some(self.nothing.as_str());
        let (resource_type, org, project, identifier) = match question {
            Question::Gate(gate, scope) => (gate.resource_type, scope.org(), scope.project(), None),
            Question::GateEverywhere(gate) => (gate.resource_type, nothing, nothing, None),
            Question::AllOrganizations => ("ORGANIZATION", None, None, nothing),
            Question::AllProjects => ("PROJECT", nothing, None, nothing),
            Question::AllProjectsOf(org) => ("PROJECT", Some(org.as_str()), None, nothing),
            Question::AuthenticationSettings => ("AUTHSETTING", None, None, None),
        };
        PermissionCheck {
            resource_scope: ResourceScope {
                account_identifier: self.account.to_owned(),
                org_identifier: org.map(str::to_owned),
                project_identifier: project.map(str::to_owned),
            },
            resource_type,
            resource_identifier: identifier.map(str::to_owned),
            permission: question.permission(),
        }
    }
}

/// What the key may see in each scope of a walk.
#[derive(Debug, Default)]
pub(super) struct Access {
    pub(super) caller: Option<String>,
    asked: HashSet<Question>,
    denied: HashSet<Question>,
    unenforced: Unenforced,
    /// Organizations asked about.
    organizations: Vec<String>,
}

/// Whether all organizations, or all projects of an organization, are asked for. What is named by itself is not: its
/// list need not be known to be whole.
pub(super) fn wants_every(kind: ListingKind, scope: &Scope, area: &Area) -> bool {
    match (kind, scope.org()) {
        (ListingKind::Organizations, _) => area.depth > Depth::Account && !area.is_narrowed(),
        (ListingKind::Projects, Some(org)) => {
            let by_name = area.orgs.iter().any(|wanted| wanted == org);
            area.depth == Depth::All && (by_name || !area.is_narrowed())
        }
        _ => !area.is_narrowed(),
    }
}

/// Permissions that Harness does not enforce: it answers yes to those, whoever asks.
#[derive(Debug, Default)]
pub(super) struct Unenforced(HashMap<&'static str, Enforcement>);

/// Why a yes of Harness means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Enforcement {
    /// By its status.
    Status(&'static str),
    Unlisted,
}

/// Statuses of permissions that are not enforced.
const UNENFORCED: [&str; 3] = ["EXPERIMENTAL", "INACTIVE", "STAGING"];

impl Unenforced {
    /// Looks up every permission that is ever asked about.
    pub(super) fn ask(client: &Client) -> Result<Self, ApiError> {
        let call = Call::new("/authz/api/permissions").query("scopeFilterDisabled", "true");
        let catalogue: Vec<PermissionItem> = client.get(&call)?.data;
        let extras = EXTRA_GATES.into_iter().map(|(_, gate)| gate);
        let gates = GATES.into_iter().chain(extras);
        let below = [Question::AllOrganizations, Question::AllProjects];
        let permissions = gates
            .map(|gate| gate.permission)
            .chain(below.iter().map(Question::permission));
        let unenforced = |permission: &'static str| {
            let item = catalogue
                .iter()
                .find(|item| item.permission.identifier == permission);
            let why = match item.map(|item| item.permission.status.as_deref()) {
                None => Enforcement::Unlisted,
                Some(status) => Enforcement::Status(
                    UNENFORCED
                        .into_iter()
                        .find(|known| status.is_some_and(|own| own.eq_ignore_ascii_case(known)))?,
                ),
            };
            Some((permission, why))
        };
        Ok(Self(permissions.filter_map(unenforced).collect()))
    }

    /// Why a yes about a permission means nothing, if it does.
    pub(super) fn why(&self, permission: &str) -> Option<String> {
        Some(match self.0.get(permission)? {
            Enforcement::Status(status) => format!(
                "Harness calls {permission} {} and does not enforce it",
                status.to_ascii_lowercase()
            ),
            Enforcement::Unlisted => {
                format!("Harness does not list {permission} among its permissions")
            }
        })
    }
}

/// Said where Harness names no caller, which is how it answers with access control switched off.
const NOBODY: &str = "Harness does not say whose key this is: access control seems to be switched off for the account, \
                      so the permission check proves nothing";

impl Access {
    /// Asks about the account, and where more is to be observed, about everything below it: whether organizations,
    /// projects and every gate are open everywhere.
    pub(super) fn ask(client: &Client, area: &Area) -> Result<Self, ApiError> {
        let below = area.depth > Depth::Account;
        let mut access = Self::default();
        let extras = EXTRA_GATES
            .into_iter()
            .filter(|(extra, _)| area.extras.contains(extra))
            .map(|(_, gate)| gate);
        let gates: Vec<Question> = GATES
            .into_iter()
            .chain(extras)
            .map(|gate| Question::Gate(gate, Scope::Account))
            .collect();
        let mut everywhere = Vec::new();
        if below {
            everywhere.extend([Question::AllOrganizations, Question::AllProjects]);
            everywhere.extend(GATES.map(Question::GateEverywhere));
        }
        match access.put(client, [gates.clone(), everywhere.clone()].concat()) {
            // Servers that check scopes may refuse to answer about ones that do not exist; then nothing is proven.
            Err(error) if below && error.is_refusal() => {
                log::info!("{error}");
                access.put(client, gates)?;
                access.denied.extend(everywhere);
            }
            asked => asked?,
        }
        access.unenforced = Unenforced::ask(client)?;
        Ok(access)
    }

    /// Asks about the scopes in which a gate is not known to be open already, and about the projects of organizations
    /// where those are not known to be all visible.
    pub(super) fn ask_about(&mut self, client: &Client, scopes: &[Scope]) -> Result<(), ApiError> {
        let mut questions = Vec::new();
        for scope in scopes {
            for gate in GATES {
                let question = Question::Gate(gate, scope.clone());
                if !self.holds(&Question::GateEverywhere(gate)) && *scope != Scope::Account {
                    questions.push(question);
                }
            }
            if let Scope::Organization { org } = scope {
                if !self.holds(&Question::AllProjects) {
                    questions.push(Question::AllProjectsOf(org.clone()));
                }
                self.organizations.push(org.clone());
            }
        }
        self.put(client, questions)
    }

    /// Asks everything again after the walk: a permission that was taken away meanwhile thinned what came after.
    pub(super) fn ask_again(&mut self, client: &Client) -> Result<(), ApiError> {
        let denied = self.denied.clone();
        let questions = std::mem::take(&mut self.asked).into_iter().collect();
        self.put(client, questions)?;
        self.denied.extend(denied);
        Ok(())
    }

    fn put(&mut self, client: &Client, questions: Vec<Question>) -> Result<(), ApiError> {
        if questions.is_empty() {
            return Ok(());
        }
        let answers = ask(client, &questions)?;
        self.caller = answers.caller;
        let denied = questions.iter().zip(answers.held).filter(|(_, held)| !held);
        self.denied
            .extend(denied.map(|(question, _)| question.clone()));
        self.asked.extend(questions);
        Ok(())
    }

    /// Whether something was asked and answered each time with a yes that means something.
    fn holds(&self, question: &Question) -> bool {
        self.asked.contains(question)
            && !self.denied.contains(question)
            && self.caller.is_some()
            && self.unenforced.why(question.permission()).is_none()
    }

    /// What the key lacks in these scopes, one sentence for each permission, scopes beyond the first few counted.
    pub(super) fn missing(&self, scopes: &[Scope], area: &Area) -> Vec<String> {
        const SHOWN: usize = 5;
        if self.caller.is_none() {
            return vec![NOBODY.to_owned()];
        }
        let mut sentences = self.hidden_below(scopes, area);
        sentences.extend(
            EXTRA_GATES
                .into_iter()
                .filter(|(extra, gate)| {
                    area.extras.contains(extra) && gate.kind != ListingKind::PersonalTokens
                })
                .filter_map(|(_, gate)| self.why_closed(gate, &Scope::Account)),
        );
        for gate in GATES {
            let closed: Vec<String> = scopes
                .iter()
                .filter_map(|scope| self.why_closed(gate, scope))
                .collect();
            let more = closed.len().saturating_sub(SHOWN);
            sentences.extend(closed.into_iter().take(SHOWN));
            if more > 0 {
                sentences.push(format!("the same in {more} more scopes"));
            }
        }
        sentences
    }

    /// Whether organizations and projects are all visible, where all of them are wanted.
    fn hidden_below(&self, scopes: &[Scope], area: &Area) -> Vec<String> {
        let wanted = scopes.iter().filter(|scope| match scope {
            Scope::Account => wants_every(ListingKind::Organizations, scope, area),
            Scope::Organization { .. } => wants_every(ListingKind::Projects, scope, area),
            Scope::Project { .. } | Scope::Harness => false,
        });
        wanted
            .filter_map(|scope| match scope {
                Scope::Account => self.why_not_whole(ListingKind::Organizations, scope),
                _ => self.why_not_whole(ListingKind::Projects, scope),
            })
            .collect()
    }

    /// Why the list of a kind in a scope cannot be known to be whole.
    pub(super) fn why_not_whole(&self, kind: ListingKind, scope: &Scope) -> Option<String> {
        match (kind, scope) {
            (ListingKind::Organizations, _) => self.unless(&[Question::AllOrganizations], || {
                "the key is not known to see every organization: core_organization_view is not held for all of them"
                    .to_owned()
            }),
            (ListingKind::Projects, Scope::Organization { org }) => {
                let either = [Question::AllProjects, Question::AllProjectsOf(org.clone())];
                self.unless(&either, || {
                    format!(
                        "the key is not known to see every project of {scope}: core_project_view is not held for all of \
                         them"
                    )
                })
            }
            (ListingKind::Projects, _) if self.sees_projects_of_each() => None,
            (ListingKind::Projects, _) => self.unless(&[Question::AllProjects], || {
                "the key is not known to see every project: core_project_view is not held for all of them".to_owned()
            }),
            _ => {
                let extra = EXTRA_GATES.into_iter().find(|(_, gate)| gate.kind == kind);
                if let Some((_, gate)) = extra {
                    return self.why_closed(gate, &Scope::Account);
                }
                let gate = GATES.into_iter().find(|gate| gate.kind == kind)?;
                self.why_closed(gate, scope)
            }
        }
    }

    /// Whether every project of each organization is visible, and every organization.
    fn sees_projects_of_each(&self) -> bool {
        let of_each = |org: &String| self.holds(&Question::AllProjectsOf(org.clone()));
        self.holds(&Question::AllOrganizations)
            && !self.organizations.is_empty()
            && self.organizations.iter().all(of_each)
    }

    fn unless(&self, any: &[Question], reason: impl FnOnce() -> String) -> Option<String> {
        if any.iter().any(|question| self.holds(question)) {
            return None;
        }
        let meaningless = any
            .first()
            .and_then(|question| self.why_meaningless(question.permission(), &Scope::Account));
        Some(meaningless.unwrap_or_else(reason))
    }

    /// Why nothing is known by a permission, whatever Harness answers.
    fn why_meaningless(&self, permission: &str, scope: &Scope) -> Option<String> {
        if self.caller.is_none() {
            return Some(NOBODY.to_owned());
        }
        let why = self.unenforced.why(permission)?;
        Some(format!(
            "{why}, so nobody can tell what is hidden in {scope}"
        ))
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

    /// Whether a gate is open in every scope, so that one list of the whole account shows everything behind it.
    pub(super) fn is_open_everywhere(&self, kind: ListingKind) -> bool {
        let account = &Scope::Account; // where Harness judges such a list
        GATES
            .into_iter()
            .filter(|gate| gate.kind == kind)
            .all(|gate| {
                self.holds(&Question::GateEverywhere(gate))
                    && self.why_closed(gate, account).is_none()
            })
    }

    fn why_closed(&self, gate: Gate, scope: &Scope) -> Option<String> {
        let permission = gate.permission;
        let here = Question::Gate(gate, scope.clone());
        let everywhere = Question::GateEverywhere(gate);
        let is_open =
            self.holds(&here) || (!self.denied.contains(&here) && self.holds(&everywhere));
        (!is_open).then(|| {
            self.why_meaningless(permission, scope)
                .unwrap_or_else(|| format!("the key lacks {permission} in {scope}"))
        })
    }
}
