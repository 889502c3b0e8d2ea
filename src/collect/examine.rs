//! What `doctor` wants to know: can a sync of this account with this key see everything?

use std::time::{Duration, SystemTime};

use super::account;
use super::preflight::{GATES, Question, Unenforced, ask};
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
    let unenforced = Unenforced::ask(client)?;
    let below_account = below(client)?;
    // As to a sync, a yes that everybody hears is none.
    let is_yes = |question: &Question, held: bool| {
        held && own.caller.is_some() && unenforced.why(question.permission()).is_none()
    };
    let permissions = GATES
        .iter()
        .map(|gate| (gate.resource_type, true))
        .chain([("AUTHSETTING", false)])
        .zip(questions.iter().zip(&own.held))
        .map(|((resource_type, needed), (question, held))| Held {
            permission: question.permission(),
            resource_type,
            needed,
            held: is_yes(question, *held),
        })
        .collect();
    let mut asked: Vec<Question> = questions;
    asked.extend([Question::AllOrganizations, Question::AllProjects]);
    for reason in asked
        .iter()
        .filter_map(|question| unenforced.why(question.permission()))
    {
        log::warn!("{reason}, so nobody can tell what is hidden");
    }
    let [organizations, projects] = [Question::AllOrganizations, Question::AllProjects]
        .map(|own| whole(&own, &below_account, is_yes));
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

/// What is held everywhere below the account. Servers that check scopes may refuse to answer about ones that do not
/// exist; then nothing is proven.
fn below(client: &Client) -> Result<Vec<(Question, bool)>, ApiError> {
    let mut questions = vec![Question::AllOrganizations, Question::AllProjects];
    questions.extend(GATES.map(Question::GateEverywhere));
    let held = match ask(client, &questions) {
        Ok(answers) => answers.held,
        Err(error) if error.is_refusal() => vec![false; questions.len()],
        Err(error) => return Err(error),
    };
    Ok(questions.into_iter().zip(held).collect())
}

/// Whether what a question is about can be seen whole, which takes the gates besides.
fn whole(
    own: &Question,
    below: &[(Question, bool)],
    is_yes: impl Fn(&Question, bool) -> bool,
) -> Whole {
    let lacking: Vec<&'static str> = below
        .iter()
        .filter(|(question, _)| question == own || matches!(question, Question::GateEverywhere(_)))
        .filter(|(question, held)| !is_yes(question, *held))
        .map(|(question, _)| question.permission())
        .collect();
    if lacking.is_empty() {
        Whole::Proven
    } else {
        Whole::Unproven(lacking)
    }
}

fn skew(server: SystemTime) -> Duration {
    let now = SystemTime::now();
    let skew = now
        .duration_since(server)
        .unwrap_or_else(|error| error.duration());
    Duration::from_secs(skew.as_secs())
}
