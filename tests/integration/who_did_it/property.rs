//! Random changes by random actors at random times, with faults and late events, against what really happened: *exact* is
//! never wrong, and nothing that is recorded is *unexplained*.

use std::collections::{BTreeMap, BTreeSet};

use fake_harness::{
    Account, By, Caller, FakeHarness, Fault, FaultKind, Principal, Random, Scope, router,
};
use harness_access::collect::trail::{read_events, readable_until};
use harness_access::diff::attribution::{Interval, attribute};
use harness_access::diff::{AssessedChange, Verb, assess, compare};
use harness_access::model::{
    AuditTrail, Certainty, Impacts, ListingState, Observation, Timestamp, Window,
};
use harness_access::store::{Reader, Writer};

use crate::support::TempDir;
use crate::support::in_process::{client, everything, identity};

const BEGIN: i64 = 1_790_000_000_000;
const MINUTE: i64 = 60_000;
const USERS: [&str; 5] = ["u0", "u1", "u2", "u3", "u4"];
const GROUPS: [&str; 3] = ["g0", "g1", "g2"];
const ROLES: [&str; 2] = ["r0", "r1"];

/// Somebody whom the trail does not tell of.
const NOBODY: Actor = ("nobody", String::new(), None);

/// Who an event must name: kind, identifier, and the other person of an impersonation.
type Actor = (&'static str, String, Option<String>);

fn account() -> Account {
    let mut account = Account::empty("AbCdEfGhIjKlMnOpQrStUv");
    let scope = Scope::account();
    for user in USERS {
        account.add_user(user, &format!("{user}@example.test"), user);
    }
    for group in GROUPS {
        account.add_group(&scope, group, group);
        account.add_member(&scope, group, "u0");
    }
    for role in ROLES {
        account.add_role(&scope, role, &["core_secret_view"]);
    }
    account.add_service_account(&scope, "ci", "CI");
    account.add_organization("acme", "Acme");
    account.add_project("acme", "shop", "Shop");
    account.add_group(&Scope::project("acme", "shop"), "g0", "Shop's own");
    account.assign(
        Principal::Group("g0"),
        "r0",
        "_all_account_level_resources",
        &scope,
    );
    account
}

/// One random change; some change nothing.
fn step(account: &mut Account, random: &mut Random) {
    let scope = Scope::account();
    let (user, group) = (*random.pick(&USERS), *random.pick(&GROUPS));
    let role = *random.pick(&ROLES);
    let has_group = account
        .groups
        .iter()
        .any(|of| of.scope == scope && of.identifier == group);
    let has_role = account
        .roles
        .iter()
        .any(|of| of.scope.as_ref() == Some(&scope) && of.identifier == role);
    let has_user = account.users.iter().any(|of| of.uuid == user);
    match random.below(14) {
        0..=2 if has_group && has_user => {
            let users = account.group(&scope, group).users.get_or_insert_default();
            if users.iter().any(|member| member == user) {
                account.remove_member(&scope, group, user);
            } else {
                account.add_member(&scope, group, user);
            }
        }
        3 | 4 if has_role => {
            let who = if random.below(2) == 0 {
                Principal::User(user)
            } else {
                Principal::Group(group)
            };
            toggle(account, who, role);
        }
        5 if has_group => account.remove_group(&scope, group),
        5 => drop(account.add_group(&scope, group, "made anew")),
        6 if has_group => account.group(&scope, group).name = format!("n{}", random.below(99)),
        7 if has_role => {
            let permissions = &mut account.role(&scope, role).permissions;
            permissions.push(format!("core_p{}", random.below(99)));
        }
        8 if has_role => account.remove_role(&scope, role),
        8 => drop(account.add_role(&scope, role, &["core_secret_access"])),
        9 if has_user => account.remove_user(user),
        9 => drop(account.add_user(user, &format!("{user}@example.test"), user)),
        10 if has_user => {
            account.user(user).email = format!("{user}.{}@example.test", random.below(99));
        }
        11 if account.projects.is_empty() => account.add_project("acme", "shop", "Shop"),
        11 => account.remove_project("acme", "shop"),
        12 if account.service_accounts.is_empty() => {
            account.add_service_account(&scope, "ci", "CI");
        }
        12 => account.remove_service_account(&scope, "ci"),
        13 => {
            let last = account.role_assignments.last_mut();
            if let Some(row) = last {
                row.disabled = !row.disabled;
            }
        }
        _ => {}
    }
}

fn toggle(account: &mut Account, who: Principal<'_>, role: &str) {
    let scope = Scope::account();
    let (Principal::User(name) | Principal::Group(name)) = who else {
        unreachable!("users and groups alone")
    };
    let held = account
        .role_assignments
        .iter()
        .find(|row| row.role == role && row.scope == scope && row.principal.identifier == name);
    match held.map(|row| row.identifier.clone()) {
        Some(identifier) => account.remove_assignment(&identifier),
        None => drop(account.assign(who, role, "_all_account_level_resources", &scope)),
    }
}

fn actor(random: &mut Random, account: &Account) -> (By, Actor) {
    let user = |random: &mut Random| {
        account.users[random.below(account.users.len())]
            .uuid
            .clone()
    };
    match random.below(8) {
        7 => (By::nobody(), NOBODY),
        0 => (By::system(), ("system", "SYSTEM".to_owned(), None)),
        1 => (
            By::service_account("ci"),
            ("service_account", "ci".to_owned(), None),
        ),
        2 => {
            let (one, other) = (user(random), user(random));
            (
                By::user(&one).impersonating(&other),
                ("user", one, Some(other)),
            )
        }
        _ => {
            let one = user(random);
            (By::user(&one), ("user", one, None))
        }
    }
}

/// Everything that a snapshot can hold, by text id.
fn facts(observation: &Observation) -> BTreeMap<String, String> {
    let id = |reference| observation.directory.id(reference).to_string();
    let resources = observation.resources.iter().map(|resource| {
        (
            id(resource.id),
            format!("{:?} {}", resource.name, resource.details.to_json()),
        )
    });
    let grants = observation.grants.iter().map(|grant| {
        let scope = grant
            .scope
            .map(|scope| observation.directory.scopes()[scope.index()].to_string());
        let slug = if scope.is_some() {
            "assigned"
        } else {
            "member"
        };
        let mut text = format!("{} {}:{slug}", id(grant.principal), id(grant.target));
        for part in [scope, grant.resource_group.map(id)].into_iter().flatten() {
            text = format!("{text} {part}");
        }
        (text, String::new())
    });
    resources.chain(grants).collect()
}

/// What happened to a fact: who did it, and what it was after.
type Touched = BTreeMap<String, Vec<(Actor, Option<String>)>>;

struct Case {
    fake: FakeHarness,
    random: Random,
    now: i64,
    known: BTreeMap<String, String>,
    touched: Touched,
}

impl Case {
    fn begin(seed: u64) -> Self {
        let fake = FakeHarness::new(account());
        fake.caller(Caller::default().and("core_audit_view"));
        Self {
            fake,
            random: Random::new(seed),
            now: BEGIN,
            known: BTreeMap::new(),
            touched: BTreeMap::new(),
        }
    }

    fn observe(&mut self, slack: (i64, i64)) -> Observation {
        let mut observation = everything(&client(&self.fake), 1).expect("no fault yet");
        observation.started_at = Timestamp::from_millis(self.now - slack.0);
        observation.finished_at = Timestamp::from_millis(self.now + slack.1);
        self.known = facts(&observation);
        observation
    }

    /// Somebody changes something, a moment or half an hour after the last time.
    fn happen(&mut self, is_watched: bool) {
        let pause = [1, 900, 4_000, 30_000, 25 * MINUTE];
        self.now += *self.random.pick(&pause);
        let account = self.fake.account();
        let (by, who) = actor(&mut self.random, &account);
        let late = i64::try_from(self.random.below(300_000)).expect("small");
        let random = &mut self.random;
        self.fake
            .change_by(by.at(self.now).late_by(late), |account| {
                step(account, random);
            });
        if is_watched {
            let now = facts(&everything(&client(&self.fake), 1).expect("no fault yet"));
            for id in self.known.keys().chain(now.keys()).collect::<BTreeSet<_>>() {
                if self.known.get(id) != now.get(id) {
                    let touched = self.touched.entry(id.clone()).or_default();
                    touched.push((who.clone(), now.get(id).cloned()));
                }
            }
            self.known = now;
        }
    }

    /// Reads the trail as a sync does, possibly from a server in trouble.
    fn trail(&mut self, from: i64) -> AuditTrail {
        let trouble = [
            FaultKind::InternalError,
            FaultKind::AccessDenied,
            FaultKind::TotalChanging,
            FaultKind::GarbageRows,
            FaultKind::CutJson,
        ];
        match self.random.below(10) {
            0..=2 => {
                let kind = self.random.pick(&trouble).clone();
                self.fake.fault(Fault::on(router::AUDITS, kind));
            }
            3 => self.fake.switch(|switches| switches.audit_list = false),
            _ => {}
        }
        let waited = i64::try_from(self.random.below(20)).expect("small") * MINUTE;
        self.now += waited;
        self.fake.trail_time(self.now);
        let window = Window {
            from: Timestamp::from_millis(from - 10 * MINUTE),
            until: readable_until(Timestamp::from_millis(self.now)),
        };
        if window.until < window.from {
            return AuditTrail::default();
        }
        let fresh = Window {
            from: window.until.moved(1),
            until: Timestamp::from_millis(self.now),
        };
        let (read, _) = read_events(&client(&self.fake), &[window], Some(fresh), &|_| ())
            .expect("the sync goes on");
        let whole = read
            .windows
            .iter()
            .filter(|read| read.state == ListingState::Complete);
        AuditTrail {
            read_whole: whole.map(|read| read.window).collect(),
            events: read.events,
            failed: Vec::new(),
        }
    }
}

/// Two looks with random changes before, between and after them, told; the truth beside it.
fn run(seed: u64) -> (Vec<AssessedChange>, Touched, bool) {
    let mut case = Case::begin(seed);
    let folder = TempDir::new();
    let path = folder.file("a.db");
    for _ in 0..case.random.below(3) {
        case.happen(false);
    }
    let first = case.observe((30_000, 5_000));
    let from = first.started_at;
    let publish = |observation| {
        let writer = Writer::open(&path, &identity(&case.fake)).expect("a file");
        writer
            .publish(&identity(&case.fake), observation, "0.0.0", None)
            .expect("room");
    };
    publish(first);
    let fake = case.fake.clone();
    for _ in 0..2 + case.random.below(6) {
        case.happen(true);
    }
    let second = case.observe((2_000, 20_000));
    let until = second.finished_at;
    let writer = Writer::open(&path, &identity(&fake))
        .expect("a file")
        .with_brake(100);
    writer
        .publish(&identity(&fake), second, "0.0.0", None)
        .expect("room");
    for _ in 0..case.random.below(2) {
        case.happen(false);
    }
    let trail = case.trail(from.as_millis());
    let reader = Reader::open(&path).expect("a file");
    let none = Impacts::default();
    let facts = reader.diff_facts(1, 2).expect("two snapshots");
    let mut changes = assess(compare(facts).changes, &none, &none);
    let interval = Interval {
        from,
        until,
        both_whole: true,
    };
    attribute(
        &mut changes,
        &trail,
        interval,
        &reader.synced_groups().expect("groups"),
    );
    let (first, last) = interval.with_skew();
    (changes, case.touched, trail.covers(first, last))
}

fn check(seed: u64) -> usize {
    let (changes, touched, is_whole) = run(seed);
    let mut exact = 0;
    for assessed in &changes {
        let id = assessed.change.id();
        let context = || {
            format!(
                "seed {seed}: {id} {:?}\n{touched:#?}\n{:#?}",
                assessed.change.verb(),
                assessed.by
            )
        };
        let by = assessed.by.as_ref().expect("everything is told");
        let truth = touched.get(&id).unwrap_or_else(|| panic!("{}", context()));
        let is_recorded = !truth.iter().any(|(who, _)| *who == NOBODY);
        match by.certainty {
            Certainty::Exact if is_recorded => {
                let event = by.event.as_ref().expect("an event");
                let name = |actor: &harness_access::model::Actor| {
                    actor
                        .user_id
                        .clone()
                        .unwrap_or_else(|| actor.identifier.clone())
                };
                let other = event.impersonation.as_ref().map(name);
                let named = (event.actor.kind.as_str(), name(&event.actor), other);
                for who in those_who_made_it(assessed.change.verb(), truth) {
                    assert_eq!(
                        (who.0, who.1.clone(), who.2.clone()),
                        named,
                        "{}",
                        context()
                    );
                }
                exact += 1;
            }
            Certainty::Unexplained => {
                assert!(is_whole, "not everything was read: {}", context());
                assert!(!is_recorded, "it is recorded: {}", context());
            }
            Certainty::Exact
            | Certainty::Unknown
            | Certainty::Likely
            | Certainty::OneOf
            | Certainty::NeverRecorded => {}
        }
    }
    exact
}

/// Of what came or went, who did it last; of what is otherwise, everybody who touched it.
fn those_who_made_it(verb: Verb, truth: &[(Actor, Option<String>)]) -> Vec<&Actor> {
    let last = |is: fn(&Option<String>) -> bool| {
        let before = |at: usize| at.checked_sub(1).map(|at| &truth[at].1);
        let turned = |at: &usize| is(&truth[*at].1) && !before(*at).is_some_and(is);
        let at = (0..truth.len()).rev().find(turned);
        at.map(|at| &truth[at].0).into_iter().collect()
    };
    match verb {
        Verb::Added => last(Option::is_some),
        Verb::Removed => last(Option::is_none),
        Verb::Changed => truth.iter().map(|(who, _)| who).collect(),
    }
}

fn check_all(seeds: std::ops::Range<u64>) {
    let cases = seeds.end - seeds.start;
    let exact: usize = seeds.map(check).sum();
    assert!(
        exact as u64 > cases / 2,
        "of {cases} cases only {exact} changes are told exactly"
    );
}

#[test]
fn exact_is_never_wrong_and_nothing_recorded_is_unexplained() {
    check_all(1..121);
}

#[test]
fn exact_is_never_wrong_and_nothing_recorded_is_unexplained_either() {
    check_all(1_001..1_121);
}
