//! The report of `doctor --report`, without anything that tells who or what the account holds.

use std::hash::{BuildHasher, RandomState};

use serde::Serialize;

use crate::model::{Diagnosis, ListingKind, Proof, Scope, Trial, TrialAnswer};

/// What Harness documents as its own address; any other may name a company.
const KNOWN_HOSTS: [&str; 5] = [
    "https://app.harness.io",
    "https://app3.harness.io",
    "https://accounts.harness.io",
    "https://accounts.eu.harness.io",
    "https://app.harness.io/gateway",
];

/// The document.
#[derive(Debug, Serialize)]
pub struct SupportReport {
    format_version: u32,
    tool_version: &'static str,
    system: &'static str,
    base_url: String,
    caller_type: Option<String>,
    access_control: Option<bool>,
    account_read: bool,
    clock_skew_seconds: Option<u64>,
    requests: u64,
    permissions: Vec<Permission>,
    organizations_proven: bool,
    projects_proven: bool,
    lists: Vec<List>,
    deviations: Vec<Met>,
    answers: Vec<Answer>,
}

/// A deviation, in words of this program alone.
#[derive(Debug, Serialize)]
struct Met {
    deviation: &'static str,
    list: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Permission {
    #[serde(rename = "permission")]
    name: &'static str,
    scope: String,
    held: bool,
}

#[derive(Debug, Serialize)]
struct List {
    kind: &'static str,
    scopes: usize,
    incomplete: usize,
}

#[derive(Debug, Serialize)]
struct Answer {
    kind: &'static str,
    scope: String,
    endpoint: String,
    milliseconds: u64,
    #[serde(flatten)]
    came: Came,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Came {
    List {
        rows: usize,
        total: Option<i64>,
        members: Vec<String>,
    },
    Failure {
        failure: &'static str,
        status: Option<u16>,
        code: Option<String>,
    },
}

impl SupportReport {
    /// Takes out of a diagnosis what may be shown.
    #[must_use]
    pub fn new(
        found: &Diagnosis,
        base_url: &str,
        requests: u64,
        tool_version: &'static str,
    ) -> Self {
        let hidden = Hidden(RandomState::new());
        Self {
            format_version: 1,
            tool_version,
            system: std::env::consts::OS,
            base_url: hidden.base_url(base_url),
            caller_type: found
                .caller
                .as_deref()
                .and_then(|caller| caller.split_once('/'))
                .map(|(kind, _)| kind.to_owned()),
            access_control: found.access_control,
            account_read: found.account_name.is_some(),
            clock_skew_seconds: found.clock_ahead.map(i64::unsigned_abs),
            requests,
            permissions: found
                .permissions
                .iter()
                .map(|held| Permission {
                    name: held.permission,
                    scope: hidden.scope(&held.scope),
                    held: held.held,
                })
                .collect(),
            organizations_proven: found.organizations == Proof::Proven,
            projects_proven: found.projects == Proof::Proven,
            lists: found
                .lists
                .iter()
                .map(|list| List {
                    kind: list.kind.as_str(),
                    scopes: list.scopes,
                    incomplete: list.gaps.len(),
                })
                .collect(),
            deviations: found
                .deviations
                .iter()
                .map(|met| Met {
                    deviation: met.word(),
                    list: met.kind().map(ListingKind::as_str),
                })
                .collect(),
            answers: found
                .trials
                .iter()
                .map(|trial| hidden.answer(trial))
                .collect(),
        }
    }

    /// Answers of the server that it tells about.
    #[must_use]
    pub fn answers(&self) -> usize {
        self.answers.len()
    }
}

/// Identifiers as numbers: the same one gives the same number in one report, and another in the next.
struct Hidden(RandomState);

impl Hidden {
    fn number(&self, text: &str) -> String {
        format!("{:08x}", self.0.hash_one(text) >> 32)
    }

    fn scope(&self, scope: &Scope) -> String {
        match scope {
            Scope::Account => "account".to_owned(),
            Scope::Harness => "harness".to_owned(),
            Scope::Organization { org } => format!("org/{}", self.number(org)),
            Scope::Project { org, project } => {
                format!("org/{}/project/{}", self.number(org), self.number(project))
            }
        }
    }

    fn base_url(&self, url: &str) -> String {
        if KNOWN_HOSTS.contains(&url) {
            url.to_owned()
        } else {
            format!("another, {}", self.number(url))
        }
    }

    fn answer(&self, trial: &Trial) -> Answer {
        Answer {
            kind: trial.kind.as_str(),
            scope: self.scope(&trial.scope),
            endpoint: trial.endpoint.clone(),
            milliseconds: u64::try_from(trial.took.as_millis()).unwrap_or(u64::MAX),
            came: match &trial.answer {
                TrialAnswer::List {
                    rows, total, shape, ..
                } => Came::List {
                    rows: *rows,
                    total: *total,
                    members: shape.clone(),
                },
                TrialAnswer::Failure { kind, status, code } => Came::Failure {
                    failure: kind,
                    status: *status,
                    code: code.clone(),
                },
            },
        }
    }
}
