//! Which walks observe the scopes, and why these.

use super::definition::{Definition, Phase, Walks, Wanted, WholeAccount, WithoutPermission};
use super::listings::LISTINGS;
use super::listings::role_assignments::MOST_SCOPES;
use super::visibility::KeyVisibility;
use crate::model::{Extra, ListingKind, PlannedWalk, Scope, ScopeSelection};

/// One piece of work for a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// The list of a kind in a scope.
    List(ListingKind, Scope),
    /// The lists of a kind in all scopes in one walk.
    WholeAccount(ListingKind),
    /// Role assignments of these scopes in one walk.
    AssignmentsOf(Vec<Scope>),
}

/// The work, in two phases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Scopes that are observed.
    pub scopes: Vec<Scope>,
    /// What names others: role assignments and user groups.
    pub naming: Vec<Task>,
    /// What these name.
    pub named: Vec<Task>,
    /// The same for people, in the order of the work.
    pub choices: Vec<PlannedWalk>,
}

/// Chunks per worker when many scopes are walked at once, so that no worker waits long for the last chunk.
const CHUNKS_PER_WORKER: usize = 4;

/// The walks of one listing, and why these.
struct Choice {
    tasks: Vec<Task>,
    walk: String,
    why: &'static str,
}

const ASKED_FOR: &str = "asked for by --with";
const ONE_SCOPE: &str = "there is one scope only";

impl Plan {
    /// Plans the walks of the scopes, the account first among them.
    pub(super) fn new(
        visibility: &KeyVisibility,
        scopes: Vec<Scope>,
        selection: &ScopeSelection,
        jobs: usize,
    ) -> Self {
        let mut plan = Self::default();
        let planner = Planner {
            visibility,
            scopes: &scopes,
            selection,
            jobs,
        };
        for listing in LISTINGS {
            for choice in planner.choose(listing) {
                plan.add(listing, choice);
            }
        }
        plan.scopes = scopes;
        plan
    }

    fn add(&mut self, listing: &Definition, choice: Choice) {
        self.choices.push(PlannedWalk {
            kind: listing.kind,
            walk: choice.walk,
            why: choice.why,
            requests: choice.tasks.len(),
        });
        match listing.phase {
            Phase::Naming => self.naming.extend(choice.tasks),
            Phase::Named => self.named.extend(choice.tasks),
        }
    }

    /// Requests that the walks take at least.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.choices.iter().map(|choice| choice.requests).sum()
    }
}

struct Planner<'a> {
    visibility: &'a KeyVisibility,
    scopes: &'a [Scope],
    selection: &'a ScopeSelection,
    jobs: usize,
}

impl Planner<'_> {
    fn choose(&self, listing: &Definition) -> Vec<Choice> {
        let is_wanted = match listing.wanted {
            Wanted::Always => true,
            Wanted::With(extra) => self.wants(extra),
        };
        if !is_wanted || self.leaves_out(listing) {
            return Vec::new();
        }
        let with_account = !self.selection.without_account;
        match &listing.walks {
            Walks::Tree | Walks::Trail => Vec::new(),
            Walks::Account | Walks::WholeAccount if !with_account => Vec::new(),
            Walks::Account | Walks::Once => vec![account(listing)],
            Walks::AccountAndBelow(_) if !with_account => {
                vec![self.below(listing.kind, "people are listed where they are members")]
            }
            Walks::AccountAndBelow(extra) => {
                let below = self
                    .wants(*extra)
                    .then(|| self.below(listing.kind, ASKED_FOR));
                [account(listing)].into_iter().chain(below).collect()
            }
            Walks::EachScope(whole_account) => {
                vec![self.each_scope(listing, whole_account.as_ref())]
            }
            Walks::ManyScopes => vec![self.assignments(listing.kind)],
            Walks::WholeAccount => vec![whole_account(listing.kind, ASKED_FOR)],
        }
    }

    fn wants(&self, extra: Extra) -> bool {
        self.selection.extras.contains(&extra)
    }

    fn leaves_out(&self, listing: &Definition) -> bool {
        if listing.without_permission != WithoutPermission::LeftOut {
            return false;
        }
        let why = self
            .visibility
            .why_incomplete(listing.kind, &Scope::Account);
        if let Some(reason) = &why {
            let name = listing.kind.as_str().replace('_', " ");
            log::info!("{name} are left out: {reason}");
        }
        why.is_some()
    }

    fn each_scope(&self, listing: &Definition, all: Option<&WholeAccount>) -> Choice {
        let kind = listing.kind;
        match all {
            Some(all) if self.scopes.len() > 1 && self.visibility.is_visible_everywhere(kind) => {
                whole_account(kind, all.why)
            }
            Some(_) => self.one_by_one(
                kind,
                "the key is not known to see these lists in every scope",
            ),
            None => self.one_by_one(kind, "Harness lists them scope by scope"),
        }
    }

    fn one_by_one(&self, kind: ListingKind, why: &'static str) -> Choice {
        let (walk, why) = match self.scopes.len() {
            1 => ("one list".to_owned(), ONE_SCOPE),
            count => (format!("{count} lists, scope by scope"), why),
        };
        Choice {
            tasks: each(kind, self.scopes),
            walk,
            why,
        }
    }

    fn below(&self, kind: ListingKind, why: &'static str) -> Choice {
        let below = self.scopes.iter().filter(|scope| **scope != Scope::Account);
        let tasks: Vec<Task> = below.map(|scope| Task::List(kind, scope.clone())).collect();
        Choice {
            walk: format!("members of {} scopes, scope by scope", tasks.len()),
            tasks,
            why,
        }
    }

    /// Harness judges a walk over many scopes by what the key may view in the account alone, whatever it may view in
    /// these scopes.
    fn assignments(&self, kind: ListingKind) -> Choice {
        let scopes = self.scopes;
        if scopes.len() == 1 || self.visibility.assignments_seen(&Scope::Account).is_some() {
            return self.one_by_one(
                kind,
                "a walk over many scopes shows what may be viewed in the account, which is not known to be all",
            );
        }
        let size = scopes
            .len()
            .div_ceil(self.jobs * CHUNKS_PER_WORKER)
            .clamp(2, MOST_SCOPES);
        let tasks: Vec<Task> = scopes
            .chunks(size)
            .map(|scopes| Task::AssignmentsOf(scopes.to_vec()))
            .collect();
        Choice {
            walk: format!(
                "{} scopes in {} walks over many scopes",
                scopes.len(),
                tasks.len()
            ),
            tasks,
            why: "fewer requests; scope by scope where Harness does not answer these",
        }
    }
}

fn account(listing: &Definition) -> Choice {
    let (walk, why) = match (listing.wanted, &listing.walks) {
        (Wanted::Always, Walks::AccountAndBelow(_)) => (
            "the account's list",
            "members of a project or organization are members of the account",
        ),
        (Wanted::Always, _) => ("one answer", "the same whatever scopes are observed"),
        (Wanted::With(_), _) => ("the account's list", ASKED_FOR),
    };
    Choice {
        tasks: vec![Task::List(listing.kind, Scope::Account)],
        walk: walk.to_owned(),
        why,
    }
}

fn whole_account(kind: ListingKind, why: &'static str) -> Choice {
    Choice {
        tasks: vec![Task::WholeAccount(kind)],
        walk: "one walk over the whole account".to_owned(),
        why,
    }
}

/// The list of a kind in each scope.
pub(super) fn each(kind: ListingKind, scopes: &[Scope]) -> Vec<Task> {
    scopes
        .iter()
        .map(|scope| Task::List(kind, scope.clone()))
        .collect()
}
