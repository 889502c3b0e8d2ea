//! Which walks observe the scopes, and why these.

use super::many_scopes::MOST_SCOPES;
use super::preflight::Access;
use crate::model::{Area, Extra, ListingKind, PlannedWalk, Scope};

/// One piece of work for a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// The list of a kind in a scope.
    List(ListingKind, Scope),
    /// User groups of the whole account in one walk.
    AllUserGroups,
    /// Service accounts of the whole account in one walk.
    AllServiceAccounts,
    /// Tokens of the service accounts of the whole account in one walk.
    ServiceAccountTokens,
    /// Role assignments of these scopes in one walk.
    AssignmentsOf(Vec<Scope>),
}

/// The work, in two phases. What names comes before what is named: whatever a role assignment or a group names was there
/// when it was listed, so it is in the list that comes after, unless it was deleted meanwhile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Scopes that are observed.
    pub scopes: Vec<Scope>,
    /// Role assignments and user groups.
    pub first: Vec<Task>,
    /// What these name.
    pub second: Vec<Task>,
    /// The same for people, in the order of the work.
    pub choices: Vec<PlannedWalk>,
}

/// Chunks per worker when many scopes are walked at once, so that no worker waits long for the last chunk.
const CHUNKS_PER_WORKER: usize = 4;

impl Plan {
    /// Plans the walks of the scopes, the account first among them.
    pub(super) fn new(access: &Access, scopes: Vec<Scope>, area: &Area, jobs: usize) -> Self {
        let mut plan = Self::default();
        plan.assignments(access, &scopes, jobs);
        plan.user_groups(access, &scopes);
        plan.second
            .push(Task::List(ListingKind::Users, Scope::Account));
        plan.choose(
            ListingKind::Users,
            "the account's list".to_owned(),
            "members of a project or organization are members of the account",
            1,
        );
        plan.service_accounts(access, &scopes);
        for kind in [ListingKind::Roles, ListingKind::ResourceGroups] {
            plan.second.extend(each(kind, &scopes));
            plan.choose(
                kind,
                one_by_one(&scopes),
                "Harness lists them scope by scope",
                scopes.len(),
            );
        }
        for extra in &area.extras {
            plan.extra(*extra, access, &scopes);
        }
        plan.scopes = scopes;
        plan
    }

    fn extra(&mut self, extra: Extra, access: &Access, scopes: &[Scope]) {
        let asked = "asked for by --with";
        match extra {
            Extra::AuthSettings => {} // one answer, read with the account
            Extra::ProjectUsers => {
                let below: Vec<Scope> = scopes
                    .iter()
                    .filter(|scope| **scope != Scope::Account)
                    .cloned()
                    .collect();
                let lists = format!("members of {} scopes, scope by scope", below.len());
                self.second.extend(each(ListingKind::Users, &below));
                self.choose(ListingKind::Users, lists, asked, below.len());
            }
            Extra::Tokens => {
                let walk = || "one walk over the whole account".to_owned();
                self.second.push(Task::ServiceAccountTokens);
                self.choose(ListingKind::ServiceAccountTokens, walk(), asked, 1);
                let personal = ListingKind::PersonalTokens;
                if let Some(reason) = access.why_not_whole(personal, &Scope::Account) {
                    log::info!("personal tokens are left out: {reason}");
                } else {
                    self.second.push(Task::List(personal, Scope::Account));
                    self.choose(personal, walk(), asked, 1);
                }
            }
        }
    }

    /// Harness judges a walk over many scopes by what the key may view in the account alone, whatever it may view in
    /// these scopes.
    fn assignments(&mut self, access: &Access, scopes: &[Scope], jobs: usize) {
        let kind = ListingKind::RoleAssignments;
        if scopes.len() == 1 || access.assignments_seen(&Scope::Account).is_some() {
            self.first.extend(each(kind, scopes));
            let why = "a walk over many scopes shows what may be viewed in the account, which is not known to be all";
            let why = if scopes.len() == 1 { ONE_SCOPE } else { why };
            return self.choose(kind, one_by_one(scopes), why, scopes.len());
        }
        let size = scopes
            .len()
            .div_ceil(jobs * CHUNKS_PER_WORKER)
            .clamp(2, MOST_SCOPES);
        let chunks: Vec<Task> = scopes
            .chunks(size)
            .map(|scopes| Task::AssignmentsOf(scopes.to_vec()))
            .collect();
        self.choose(
            kind,
            format!(
                "{} scopes in {} walks over many scopes",
                scopes.len(),
                chunks.len()
            ),
            "fewer requests; scope by scope where Harness does not answer these",
            chunks.len(),
        );
        self.first.extend(chunks);
    }

    fn user_groups(&mut self, access: &Access, scopes: &[Scope]) {
        let kind = ListingKind::UserGroups;
        if scopes.len() > 1 && access.is_open_everywhere(kind) {
            self.first.push(Task::AllUserGroups);
            let why = "the key may view groups in every scope; scope by scope where none shows up below the account";
            return self.choose(kind, "one walk over the whole account".to_owned(), why, 1);
        }
        self.first.extend(each(kind, scopes));
        let why = "the key is not known to view groups in every scope";
        self.choose(
            kind,
            one_by_one(scopes),
            if scopes.len() == 1 { ONE_SCOPE } else { why },
            scopes.len(),
        );
    }

    fn service_accounts(&mut self, access: &Access, scopes: &[Scope]) {
        let kind = ListingKind::ServiceAccounts;
        if scopes.len() > 1 && access.is_open_everywhere(kind) {
            self.second.push(Task::AllServiceAccounts);
            let why =
                "servers since 2026 can; scope by scope where none shows up below the account";
            return self.choose(kind, "one walk over the whole account".to_owned(), why, 1);
        }
        self.second.extend(each(kind, scopes));
        let why = "the key is not known to view service accounts in every scope";
        self.choose(
            kind,
            one_by_one(scopes),
            if scopes.len() == 1 { ONE_SCOPE } else { why },
            scopes.len(),
        );
    }

    fn choose(&mut self, kind: ListingKind, walk: String, why: &'static str, requests: usize) {
        self.choices.push(PlannedWalk {
            kind,
            walk,
            why,
            requests,
        });
    }

    /// Requests that the walks take at least.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.choices.iter().map(|choice| choice.requests).sum()
    }
}

const ONE_SCOPE: &str = "there is one scope only";

/// The list of a kind in each scope.
pub(super) fn each(kind: ListingKind, scopes: &[Scope]) -> Vec<Task> {
    scopes
        .iter()
        .map(|scope| Task::List(kind, scope.clone()))
        .collect()
}

fn one_by_one(scopes: &[Scope]) -> String {
    match scopes.len() {
        1 => "the account's list".to_owned(),
        count => format!("{count} lists, scope by scope"),
    }
}
