//! Asks Harness about the key: `POST /authz/api/acl`.
//!
//! It needs no permission itself. Asked without an identifier it is the very question that the lists ask themselves
//! before they thin their rows.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use crate::api::call::{Call, Method};
use crate::api::client::Client;
use crate::api::error::{ApiError, ApiErrorKind};
use crate::api::wire::{
    AccessCheckRequest, AccessCheckResponse, AccessControl, CallingPrincipal, PermissionCheck,
    ResourceScope,
};
use crate::collect::definition::RequiredPermission;
use crate::collect::listings::{organizations, projects};
use crate::model::{ResourceType, Scope};

/// The specification allows 10,000; Harness's own client sends as many as this.
const CHECKS_PER_REQUEST: usize = 1000;

/// Something to ask about the key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum PermissionProbe {
    /// Does it hold a permission on everything in this scope?
    InScope(&'static RequiredPermission, Scope),
    /// Does it hold a permission in every scope, present and future?
    InEveryScope(&'static RequiredPermission),
    /// May it see every organization?
    AllOrganizations,
    /// May it see every project of every organization?
    AllProjects,
    /// May it see every project of this organization?
    AllProjectsOf(String),
}

impl PermissionProbe {
    pub(super) fn required(&self) -> &'static RequiredPermission {
        match self {
            Self::InScope(required, _) | Self::InEveryScope(required) => required,
            Self::AllOrganizations => &organizations::VIEW,
            Self::AllProjects | Self::AllProjectsOf(_) => &projects::VIEW,
        }
    }

    /// Whether it asks about what does not exist, which some servers may refuse.
    pub(crate) fn is_sentinel(&self) -> bool {
        match self {
            Self::InScope(..) => false,
            Self::InEveryScope(_)
            | Self::AllOrganizations
            | Self::AllProjects
            | Self::AllProjectsOf(_) => true,
        }
    }

    /// The permission that is asked about.
    pub(crate) fn permission(&self) -> &'static str {
        self.required().permission
    }
}

/// What the key may see.
#[derive(Debug)]
pub(crate) struct ProbeResults {
    /// Whose key it is, as `user/<uuid>` or `service_account/<identifier>`: Harness does not say the scope. With access
    /// control switched off Harness says yes to everything, and names no caller.
    pub(crate) caller: Option<String>,
    /// One answer for each probe, in order; `None` where Harness says neither yes nor no.
    pub(crate) held: Vec<Option<bool>>,
}

/// Asks about the key.
///
/// # Errors
/// When the key is refused, Harness cannot be reached, or sends answers to other probes.
pub(crate) fn ask(client: &Client, probes: &[PermissionProbe]) -> Result<ProbeResults, ApiError> {
    let checks = Checks::new(client.account_id());
    let mut results = ProbeResults {
        caller: None,
        held: Vec::with_capacity(probes.len()),
    };
    for probes in probes.chunks(CHECKS_PER_REQUEST) {
        let request = AccessCheckRequest {
            permissions: probes.iter().map(|probe| checks.of(probe)).collect(),
        };
        let call = Call::new("/authz/api/acl");
        let answer: AccessCheckResponse = client.post(&call, &request)?.data;
        let Some(held) = answers(&answer.access_control_list, &request.permissions) else {
            let reason = "the access check answers other questions than it was asked".to_owned();
            let kind = ApiErrorKind::Impossible { reason };
            return Err(ApiError::new(call.site(Method::Post), 1, kind));
        };
        results.caller = answer.principal.map(caller);
        results.held.extend(held);
    }
    Ok(results)
}

/// The answer to each check: in the order of the checks, or each named in full by its entry.
fn answers(entries: &[AccessControl], checks: &[PermissionCheck]) -> Option<Vec<Option<bool>>> {
    let in_order = entries.len() == checks.len()
        && entries
            .iter()
            .zip(checks)
            .all(|(entry, check)| is_answer(entry, check));
    if in_order {
        return Some(entries.iter().map(|entry| entry.permitted).collect());
    }
    let named: HashMap<PermissionCheck, Option<bool>> = entries
        .iter()
        .map(|entry| Some((named(entry, checks)?, entry.permitted)))
        .collect::<Option<_>>()?;
    checks
        .iter()
        .map(|check| named.get(check).copied())
        .collect()
}

/// The check that an entry names, if it names one of these in full.
fn named(entry: &AccessControl, checks: &[PermissionCheck]) -> Option<PermissionCheck> {
    let said = entry.resource_scope.as_ref()?;
    let is_named = |check: &&PermissionCheck| {
        let asked = &check.resource_scope;
        entry.permission.as_deref() == Some(check.permission)
            && entry.resource_type.as_deref() == Some(check.resource_type)
            && text(entry.resource_identifier.as_ref()) == check.resource_identifier.as_ref()
            && said.account_identifier.as_ref() == Some(&asked.account_identifier)
            && said.org_identifier == asked.org_identifier
            && said.project_identifier == asked.project_identifier
    };
    checks.iter().find(is_named).cloned()
}

/// An empty text stands for a null.
fn text(said: Option<&String>) -> Option<&String> {
    said.filter(|text| !text.is_empty())
}

/// Whether an entry answers this very check, as far as it says: nulls are left out or empty.
fn is_answer(entry: &AccessControl, check: &PermissionCheck) -> bool {
    let fits = |said: Option<&String>, asked: Option<&String>| {
        said.is_none_or(String::is_empty) || said == asked
    };
    let said = entry.resource_scope.as_ref();
    let asked = &check.resource_scope;
    let is_said = |said: Option<&String>, asked: &str| said.is_none_or(|said| said == asked);
    is_said(entry.permission.as_ref(), check.permission)
        && is_said(entry.resource_type.as_ref(), check.resource_type)
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

/// Somebody whom Harness names in a way that this program does not know is somebody all the same.
fn caller(principal: CallingPrincipal) -> String {
    let kind = principal.principal_type.as_deref();
    let kind = kind.map_or(
        ResourceType::Other("caller".to_owned()),
        ResourceType::of_principal,
    );
    let identifier = principal.principal_identifier.as_deref();
    format!("{kind}/{}", identifier.unwrap_or("unknown"))
}

/// Turns probes into checks.
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

    fn of(&self, probe: &PermissionProbe) -> PermissionCheck {
        let nothing = Some(self.nothing.as_str());
        let (org, project, identifier) = match probe {
            PermissionProbe::InScope(_, scope) => (scope.org(), scope.project(), None),
            PermissionProbe::InEveryScope(_) => (nothing, nothing, None),
            PermissionProbe::AllOrganizations => (None, None, nothing),
            PermissionProbe::AllProjects => (nothing, None, nothing),
            PermissionProbe::AllProjectsOf(org) => (Some(org.as_str()), None, nothing),
        };
        let required = probe.required();
        PermissionCheck {
            resource_scope: ResourceScope {
                account_identifier: self.account.to_owned(),
                org_identifier: org.map(str::to_owned),
                project_identifier: project.map(str::to_owned),
            },
            resource_type: required.resource_type,
            resource_identifier: identifier.map(str::to_owned),
            permission: required.permission,
        }
    }
}
