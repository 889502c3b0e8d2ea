//! What `doctor` finds out about a key, without observing anything.

use std::time::Duration;

use super::{ListingKind, Scope};

/// What was found out about key and account.
#[derive(Debug)]
pub struct Diagnosis {
    /// Whose key it is; `None` where Harness does not say.
    pub caller: Option<String>,
    /// Whether Harness checks permissions at all; `None` where the access check did not answer.
    pub access_control: Option<bool>,
    /// The account's name, where the key may read it.
    pub account_name: Option<String>,
    /// The cluster that serves the account.
    pub cluster: Option<String>,
    /// How far this computer's clock is from Harness's, where Harness says the time; whole seconds.
    pub clock_skew: Option<Duration>,
    /// Every permission, in fixed order.
    pub permissions: Vec<Held>,
    /// Whether every organization and everything in it could be seen.
    pub organizations: Proof,
    /// Whether every project and everything in it could be seen.
    pub projects: Proof,
    /// What a sync would make of each list.
    pub lists: Vec<ListDiagnosis>,
    /// Where this server differs from what Harness documents, for people.
    pub deviations: Vec<String>,
    /// One request for each list: what the server answers.
    pub trials: Vec<Trial>,
}

/// A permission that was asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Such as `core_user_view`.
    pub permission: &'static str,
    /// Such as `USER`.
    pub resource_type: &'static str,
    /// Where it was asked.
    pub scope: Scope,
    /// A sync needs it; otherwise it is for what is only observed when asked for.
    pub needed: bool,
    /// The key has it on all resources of the type in the scope.
    pub held: bool,
}

/// Whether scopes below the account could be seen completely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Yes, present and future ones.
    Proven,
    /// It cannot be proven, which is not to say that something is hidden: these permissions are not held everywhere.
    Unproven(Vec<&'static str>),
}

/// What a sync would make of the lists of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListDiagnosis {
    /// The kind.
    pub kind: ListingKind,
    /// Scopes that would be read.
    pub scopes: usize,
    /// Scopes whose list would be incomplete, and why.
    pub gaps: Vec<(Scope, String)>,
}

/// One answer of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The kind of list.
    pub kind: ListingKind,
    /// Where it was asked.
    pub scope: Scope,
    /// Method and path, as the program knows it.
    pub endpoint: String,
    /// How long the answer took.
    pub took: Duration,
    /// What came.
    pub answer: TrialAnswer,
}

/// What came of a trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrialAnswer {
    /// A list.
    List {
        /// Rows of the answer: one, or all of what has no pages.
        rows: usize,
        /// Rows that Harness says exist.
        total: Option<i64>,
        /// Names and types of the members of the first row, without any value.
        shape: Vec<String>,
    },
    /// A failure: kind, and status and code where there are any. Nothing of what it said.
    Failure {
        /// A stable word.
        kind: &'static str,
        /// HTTP status.
        status: Option<u16>,
        /// Harness's error code.
        code: Option<String>,
    },
}
