//! What `doctor` wants to know: can a sync of this account with this key see everything?

use std::time::{Duration, SystemTime};

use super::account;
use super::preflight::{GATES, Question, ask};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::model::{Examination, Held, Scope, Whole};

/// Asks about the key and reads the account.
///
/// # Errors
/// When the key is refused, or what answers is not Harness.
pub fn examine(client: &Client) -> Result<Examination, ApiError> {
    let mut questions: Vec<Question> = GATES
        .iter()
        .map(|gate| Question::Gate(*gate, Scope::Account))
        .collect();
    questions.push(Question::AuthenticationSettings);
    let own = ask(client, &questions)?;
    let permissions = GATES
        .iter()
        .map(|gate| (gate.permission, gate.resource_type, true))
        .chain([("core_authsetting_view", "AUTHSETTING", false)])
        .zip(&own.held)
        .map(|((permission, resource_type, needed), held)| Held {
            permission,
            resource_type,
            needed,
            held: *held,
        })
        .collect();
    let (organizations, projects) = below(client)?;
    let account = account::fetch(client)?;
    let server_date = account.as_ref().and_then(|(_, date)| *date);
    let (account_name, cluster) = account
        .map(|(account, _)| (account.name, account.cluster))
        .unwrap_or_default();
    Ok(Examination {
        caller: own.caller,
        account_name,
        cluster,
        clock_skew: server_date.map(skew),
        permissions,
        organizations,
        projects,
    })
}

/// Servers that check scopes may refuse to answer about ones that do not exist; then nothing is proven.
fn below(client: &Client) -> Result<(Whole, Whole), ApiError> {
    let mut questions = vec![Question::AllOrganizations, Question::AllProjects];
    questions.extend(GATES.map(Question::GateEverywhere));
    let held = match ask(client, &questions) {
        Ok(answers) => answers.held,
        Err(error) if error.is_refusal() => vec![false; questions.len()],
        Err(error) => return Err(error),
    };
    let gates: Vec<&'static str> = GATES
        .iter()
        .zip(&held[2..])
        .filter(|(_, held)| !**held)
        .map(|(gate, _)| gate.permission)
        .collect();
    let whole = |own: Option<&'static str>| {
        let lacking: Vec<&'static str> = own.into_iter().chain(gates.clone()).collect();
        if lacking.is_empty() {
            Whole::Proven
        } else {
            Whole::Unproven(lacking)
        }
    };
    let organizations = whole((!held[0]).then_some("core_organization_view"));
    let projects = whole((!held[1]).then_some("core_project_view"));
    Ok((organizations, projects))
}

fn skew(server: SystemTime) -> Duration {
    let now = SystemTime::now();
    let skew = now
        .duration_since(server)
        .unwrap_or_else(|error| error.duration());
    Duration::from_secs(skew.as_secs())
}
