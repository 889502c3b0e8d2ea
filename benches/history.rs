//! What history costs: a year of daily snapshots in one file, what diff reads of it, and pruning it.
//!
//! `cargo bench --bench history`; with an argument, so many grants instead of 100,000.

#![allow(clippy::print_stdout, reason = "its output is its result")]

use std::num::NonZeroI64;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use harness_access::diff::{AssessedChange, assess, compare, impact_wanted};
use harness_access::model::{
    AssignmentIds, Details, Directory, Grant, IncludedScope, Level, Listing, ListingKind,
    ListingState, Observation, Ref, Resource, ResourceId, ResourceType, Scope, ScopeRef, Timestamp,
};
use harness_access::store::{Identity, Reader, Writer};

const DAYS: i64 = 365;
const DAY_MS: i64 = 86_400_000;
const NEW_YEAR: i64 = 1_767_225_600_000;

fn main() {
    // `cargo test --benches` calls with this: nothing here is a test.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let grants = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok());
    let grants = grants.unwrap_or(100_000);
    let folder = Folder::new();
    a_year(&folder.0.join("year.db"), grants);
    unchanged_rows(&folder.0, grants);
}

fn a_year(file: &Path, grants: usize) {
    let mut account = Account::generate(grants);
    let per_day = grants * 3 / 1000;
    println!("a year of daily snapshots of {grants} grants, {per_day} of them replaced a day");
    let started = Instant::now();
    let mut first = Duration::ZERO;
    let mut slowest = Duration::ZERO;
    for day in 1..=DAYS {
        if day > 1 {
            account.replace(per_day);
        }
        let observation = account.observe(day);
        let publishing = Instant::now();
        publish(file, observation);
        let took = publishing.elapsed();
        if day == 1 {
            first = took;
        } else {
            slowest = slowest.max(took);
        }
    }
    report("365 publishes", started.elapsed(), None);
    report("  the first", first, None);
    report("  the slowest other", slowest, None);
    size("file", file, Some(60));
    let reader = Reader::open(file).expect("open");
    timed("diff of neighbouring days (364, 365)", 20, || {
        diff(&reader, DAYS - 1, DAYS)
    });
    timed("diff of neighbouring days (1, 2)", 20, || {
        diff(&reader, 1, 2)
    });
    timed("diff of the first and the last day", 300, || {
        diff(&reader, 1, DAYS)
    });
    drop(reader);
    let forget: Vec<i64> = (1..=DAYS - 30).collect();
    let started = Instant::now();
    let pruned = Writer::open_existing(file)
        .and_then(|writer| writer.prune(&forget))
        .expect("prune");
    report("prune to 30 days", started.elapsed(), Some(5_000));
    assert_eq!((pruned.snapshots, pruned.compacted), (335, true));
    size("file after prune", file, None);
}

/// The same changes among ten times as many grants must not cost more.
fn unchanged_rows(folder: &Path, grants: usize) {
    const CHANGES: usize = 3_000;
    println!("the same {CHANGES} changes among more and more grants");
    let mut times = Vec::new();
    for (name, copies) in [("small.db", 1), ("large.db", 10)] {
        let file = folder.join(name);
        let mut account = Account::generate(grants);
        account.copies = copies;
        publish(&file, account.observe(1));
        account.replace(CHANGES / 2);
        publish(&file, account.observe(2));
        let reader = Reader::open(&file).expect("open");
        let (time, findings) = best(|| diff(&reader, 1, 2));
        // A few replacements are what was there before.
        let what = format!("among {}: {findings} changes", grants * copies);
        report(&what, time, None);
        times.push(time.as_secs_f64());
    }
    let factor = times[1] / times[0];
    println!(
        "  {:<60} {factor:>10.2}      at most 1.5 {}",
        "factor",
        verdict(factor <= 1.5)
    );
}

/// All that the command does but print.
fn diff(reader: &Reader, older: i64, newer: i64) -> Vec<AssessedChange> {
    let comparison = compare(reader.diff_facts(older, newer).expect("facts"));
    let (before, after) = impact_wanted(&comparison);
    let before = reader.impact(older, &before).expect("impact");
    let after = reader.impact(newer, &after).expect("impact");
    assess(comparison.changes, &before, &after)
}

fn publish(file: &Path, observation: Observation) {
    let identity = Identity {
        account_id: "bench".to_owned(),
        base_url: "https://app.harness.io".to_owned(),
    };
    Writer::open(file, &identity)
        .and_then(|writer| writer.publish(&identity, observation, "0.0.0", None))
        .expect("publish");
}

fn best(run: impl Fn() -> Vec<AssessedChange>) -> (Duration, usize) {
    let mut findings = 0;
    let times = (0..7).map(|_| {
        let started = Instant::now();
        findings = run().len();
        started.elapsed()
    });
    (times.min().unwrap_or_default(), findings)
}

fn timed(what: &str, target_ms: u128, run: impl Fn() -> Vec<AssessedChange>) {
    let (time, findings) = best(run);
    report(
        &format!("{what}: {findings} changes"),
        time,
        Some(target_ms),
    );
}

fn report(what: &str, time: Duration, target_ms: Option<u128>) {
    let ms = time.as_secs_f64() * 1000.0;
    let target = target_ms.map_or_else(String::new, |target| {
        format!("under {target} ms {}", verdict(time.as_millis() < target))
    });
    println!("  {what:<60} {ms:>10.1} ms   {target}");
}

fn size(what: &str, file: &Path, target_mb: Option<u64>) {
    let bytes = std::fs::metadata(file).expect("a file").len();
    let tenths = bytes / 100_000;
    let target = target_mb.map_or_else(String::new, |target| {
        format!(
            "at most {target} MB {}",
            verdict(bytes <= target * 1_000_000)
        )
    });
    println!(
        "  {what:<60} {:>8}.{} MB   {target}",
        tenths / 10,
        tenths % 10
    );
}

fn verdict(held: bool) -> &'static str {
    if held { "(held)" } else { "(MISSED)" }
}

/// Ids as Harness makes them: uuids of 22 characters, role assignments of 36.
struct Account {
    random: Random,
    users: usize,
    groups: usize,
    projects: usize,
    grants: Vec<Access>,
    /// So many accounts like this side by side in one; only the first one changes.
    copies: usize,
}

#[derive(Clone, Copy)]
struct Access {
    kind: Kind,
    /// Names the role assignment.
    number: u64,
}

#[derive(Clone, Copy)]
enum Kind {
    Membership {
        user: usize,
        group: usize,
    },
    Role {
        principal: Principal,
        role: usize,
        project: usize,
        over: usize,
    },
}

#[derive(Clone, Copy)]
enum Principal {
    User(usize),
    Group(usize),
}

const ROLES: usize = 60;
const RESOURCE_GROUPS: usize = 40;

impl Account {
    fn generate(grants: usize) -> Self {
        let mut account = Self {
            random: Random(7),
            users: grants / 20 + 1,
            groups: grants / 100 + 1,
            projects: grants / 200 + 1,
            grants: Vec::new(),
            copies: 1,
        };
        account.grants = (0..grants).map(|_| account.access()).collect();
        account
    }

    fn access(&mut self) -> Access {
        let role = |account: &mut Self, principal| Kind::Role {
            principal,
            role: account.random.below(ROLES),
            project: account.random.below(account.projects),
            over: account.random.below(RESOURCE_GROUPS),
        };
        let kind = match self.random.below(10) {
            0..3 => Kind::Membership {
                user: self.random.below(self.users),
                group: self.random.below(self.groups),
            },
            3..7 => {
                let group = self.random.below(self.groups);
                role(self, Principal::Group(group))
            }
            _ => {
                let user = self.random.below(self.users);
                role(self, Principal::User(user))
            }
        };
        Access {
            kind,
            number: self.random.next(),
        }
    }

    fn replace(&mut self, number: usize) {
        for _ in 0..number {
            let at = self.random.below(self.grants.len());
            self.grants.swap_remove(at);
        }
        for _ in 0..number {
            let access = self.access();
            self.grants.push(access);
        }
    }

    fn observe(&self, day: i64) -> Observation {
        let at = Timestamp::from_millis(NEW_YEAR + day * DAY_MS);
        let mut seen = Seen::default();
        let users: Vec<Ref> = (0..self.users * self.copies)
            .map(|user| seen.user(user))
            .collect();
        let groups: Vec<Ref> = (0..self.groups * self.copies)
            .map(|group| seen.group(group))
            .collect();
        let roles: Vec<Ref> = (0..ROLES).map(|role| seen.role(role)).collect();
        let over: Vec<Ref> = (0..RESOURCE_GROUPS)
            .map(|group| seen.resource_group(group))
            .collect();
        let projects: Vec<ScopeRef> = (0..self.projects * self.copies)
            .map(|project| seen.project(project))
            .collect();
        let mut assignment_ids = AssignmentIds::default();
        let mut grants = Vec::new();
        let unchanged = Self::generate(if self.copies > 1 {
            self.grants.len()
        } else {
            0
        });
        for copy in 0..self.copies {
            let of = if copy == 0 {
                &self.grants
            } else {
                &unchanged.grants
            };
            let (user, group, project) =
                (self.users * copy, self.groups * copy, self.projects * copy);
            grants.extend(of.iter().map(|access| match access.kind {
                Kind::Membership {
                    user: who,
                    group: of,
                } => Grant {
                    principal: users[user + who],
                    target: groups[group + of],
                    scope: None,
                    resource_group: None,
                    created_at: None,
                    assignment: None,
                    harness_managed: false,
                },
                Kind::Role {
                    principal,
                    role,
                    project: at,
                    over: covered,
                } => Grant {
                    principal: match principal {
                        Principal::User(who) => users[user + who],
                        Principal::Group(of) => groups[group + of],
                    },
                    target: roles[role],
                    scope: Some(projects[project + at]),
                    resource_group: Some(over[covered]),
                    created_at: NonZeroI64::new(NEW_YEAR),
                    assignment: Some(
                        assignment_ids.push(&format!("role_assignment_{:020}", access.number)),
                    ),
                    harness_managed: false,
                },
            }));
        }
        Observation {
            notes: Vec::new(),
            trail: None,
            started_at: at,
            finished_at: at,
            caller: None,
            scopes: "all".to_owned(),
            requests: 1,
            directory: seen.directory,
            resources: seen.resources,
            supplied_levels: std::collections::HashMap::new(),
            grants,
            assignment_ids,
            disabled_role_assignments: 0,
            listings: listings(&seen.scopes, at),
        }
    }
}

#[derive(Default)]
struct Seen {
    directory: Directory,
    resources: Vec<Resource>,
    scopes: Vec<Scope>,
}

impl Seen {
    fn add(
        &mut self,
        kind: ResourceType,
        scope: Scope,
        identifier: String,
        name: String,
        details: Details,
    ) -> Ref {
        let id = self.directory.intern(ResourceId {
            kind,
            scope,
            identifier,
        });
        self.resources.push(Resource {
            id,
            name: Some(name),
            details,
        });
        id
    }

    fn user(&mut self, user: usize) -> Ref {
        let details = Details::User {
            email: Some(format!("person.number{user}@example.test")),
            locked: false,
            disabled: false,
            externally_managed: true,
            two_factor_enabled: Some(true),
        };
        self.add(
            ResourceType::User,
            Scope::Account,
            format!("{user:022}"),
            format!("Person Number {user}"),
            details,
        )
    }

    fn group(&mut self, group: usize) -> Ref {
        let details = Details::UserGroup {
            description: Some("A team".to_owned()),
            sso_linked: false,
            sso_type: None,
            sso_group: None,
            externally_managed: false,
            harness_managed: false,
        };
        let identifier = format!("team_{group}");
        self.add(
            ResourceType::UserGroup,
            Scope::Account,
            identifier,
            format!("Team {group}"),
            details,
        )
    }

    fn role(&mut self, role: usize) -> Ref {
        let details = Details::Role {
            description: None,
            harness_managed: false,
            permissions: (0..role + 5)
                .map(|permission| format!("core_resource{permission}_edit"))
                .collect(),
            scope_levels: vec!["project".to_owned()],
        };
        self.add(
            ResourceType::Role,
            Scope::Account,
            format!("role_{role}"),
            format!("Role {role}"),
            details,
        )
    }

    fn resource_group(&mut self, group: usize) -> Ref {
        let details = Details::ResourceGroup {
            description: None,
            harness_managed: false,
            all_resources: true,
            included_scopes: vec![IncludedScope {
                scope: None,
                child_scopes: false,
            }],
            selectors: Vec::new(),
            scope_levels: vec!["project".to_owned()],
        };
        let identifier = format!("resources_{group}");
        self.add(
            ResourceType::ResourceGroup,
            Scope::Account,
            identifier,
            format!("Resources {group}"),
            details,
        )
    }

    fn project(&mut self, project: usize) -> ScopeRef {
        let org = format!("org{}", project % 20);
        let scope = Scope::Project {
            org: org.clone(),
            project: format!("project_{project}"),
        };
        let details = || Details::Container {
            description: None,
            harness_managed: false,
        };
        if project < 20 {
            self.add(
                ResourceType::Organization,
                Scope::Account,
                org.clone(),
                org.clone(),
                details(),
            );
            self.scopes.push(Scope::Organization { org: org.clone() });
        }
        let identifier = format!("project_{project}");
        self.add(
            ResourceType::Project,
            Scope::Organization { org },
            identifier,
            format!("Project {project}"),
            details(),
        );
        self.scopes.push(scope.clone());
        self.directory.intern_scope(&scope)
    }
}

fn listings(scopes: &[Scope], at: Timestamp) -> Vec<Listing> {
    let mut listings = Vec::new();
    for scope in [Scope::Account].iter().chain(scopes) {
        let level = scope.level();
        for kind in ListingKind::ALL {
            let fits = match kind {
                ListingKind::Accounts | ListingKind::Organizations => level == Some(Level::Account),
                ListingKind::Projects => level == Some(Level::Organization),
                _ => true,
            };
            if fits {
                listings.push(Listing {
                    accepted: None,
                    kind,
                    scope: scope.clone(),
                    endpoint: format!("GET /authz/api/{kind}"),
                    state: ListingState::Complete,
                    reported_total: Some(100),
                    rows: 100,
                    pages: 1,
                    requests: 1,
                    retries: 0,
                    started_at: at,
                    finished_at: at,
                });
            }
        }
    }
    listings
}

/// splitmix64: the same account every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap_or(1)).unwrap_or_default()
    }
}

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path =
            std::env::temp_dir().join(format!("harness-access-bench-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
