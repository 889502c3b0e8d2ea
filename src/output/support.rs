//! The report of `doctor --report`, without anything that tells who or what the account holds.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};

use serde::Serialize;

use crate::model::{
    CHECK_SILENT, Diagnosis, Listing, ListingKind, Proof, ResourceType, Scope, Trial, TrialAnswer,
};

/// Causes of gaps, each with how this program says it.
const CAUSES: [(&str, &[&str]); 20] = [
    (
        "permission_missing",
        &["the key lacks", "permission missing", "is not held for all"],
    ),
    ("check_unanswered", &[CHECK_SILENT]),
    ("key_refused", &["Harness refused the API key"]),
    ("address_refused", &["is not on the account's allowlist"]),
    ("not_found", &["not found"]),
    ("throttled", &["too many requests"]),
    ("server_error", &["server error"]),
    ("refused", &["refused (", "refused: "]),
    (
        "not_json",
        &[
            "the response is a login page",
            "the response is an HTML page",
            "the response is empty",
            "damaged or truncated JSON",
            "JSON of another service",
            "the response is not JSON",
        ],
    ),
    (
        "no_response",
        &[
            "no response in time",
            "cannot connect",
            "the connection closed",
            "unknown host name",
            "the connection cannot be trusted",
            "the response is not HTTP",
            "the response is larger than",
            "the compressed response is damaged",
            "the request failed",
        ],
    ),
    ("redirected", &["is a redirect"]),
    ("unexpected_format", &["unexpected response format"]),
    ("invalid_response", &["invalid response"]),
    ("inconsistent", &["the list was inconsistent"]),
    ("page_failed", &[" failed: "]),
    (
        "row_unreadable",
        &["row cannot be read", "rows cannot be read"],
    ),
    ("members_unsaid", &["did not say who is in"]),
    (
        "rows_of_others",
        &[
            "of other scopes came",
            "that no list shows",
            "is of another account",
            "was in the list of",
        ],
    ),
    (
        "own_grants_missing",
        &[
            "the key was given permissions",
            "the key's own role assignment",
        ],
    ),
    ("too_large", &["MiB of memory"]),
];

/// The cause of a gap that no phrase tells.
const OTHER: &str = "other";

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
    /// `complete`, `gaps` or `unknown`, as `doctor` says it.
    verdict: &'static str,
    permissions: Vec<Permission>,
    organizations_proven: bool,
    projects_proven: bool,
    lists: Vec<List>,
    deviations: Vec<Met>,
    answers: Vec<ListAnswer>,
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
    /// Lists that were not looked at to their end.
    unread: usize,
    /// How many of the incomplete ones have a cause. One may have several.
    causes: BTreeMap<&'static str, usize>,
}

#[derive(Debug, Serialize)]
struct ListAnswer {
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
                .and_then(|(kind, _)| ResourceType::known(kind))
                .map(|kind| kind.as_str().to_owned()),
            access_control: found.access_control,
            account_read: found.account_name.is_some(),
            clock_skew_seconds: found.clock_ahead.map(i64::unsigned_abs),
            requests,
            verdict: found.outlook().as_str(),
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
                    unread: list.unread.len(),
                    causes: causes(&list.gaps),
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

/// How many of some gaps have each cause.
fn causes(gaps: &[Listing]) -> BTreeMap<&'static str, usize> {
    let mut causes = BTreeMap::new();
    for gap in gaps {
        for cause in causes_in(gap.state.reason().unwrap_or_default()) {
            *causes.entry(cause).or_default() += 1;
        }
    }
    causes
}

/// The words for what a reason says. The reason itself has names and what the server said, in quotation marks; nothing of
/// either decides.
fn causes_in(reason: &str) -> Vec<&'static str> {
    let own: String = reason.split('"').step_by(2).collect();
    let is_said =
        |(_, phrases): &&(&str, &[&str])| phrases.iter().any(|phrase| own.contains(phrase));
    let words: Vec<&str> = CAUSES
        .iter()
        .filter(is_said)
        .map(|(word, _)| *word)
        .collect();
    if words.is_empty() { vec![OTHER] } else { words }
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

    fn answer(&self, trial: &Trial) -> ListAnswer {
        ListAnswer {
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
