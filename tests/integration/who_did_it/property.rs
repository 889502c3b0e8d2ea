//! Random changes by random actors at random times, with faults and late events, against what really happened: *exact* is
//! never wrong, and nothing that is recorded is *unexplained*. The trail goes through the file, may be refused for a while,
//! have events that cannot be read, tell people by their addresses alone, and outlive a snapshot.

use std::collections::{BTreeMap, BTreeSet};

use fake_harness::{Caller, FakeHarness, Fault, FaultKind, Random, Rewrite, router};
use harness_access::collect::trail::{read_events, readable_until};
use harness_access::diff::attribution::{Interval, attribute};
use harness_access::diff::{AssessedChange, Verb, assess, compare};
use harness_access::model::{Certainty, Impacts, Observation, Timestamp, TrailRead, Window};
use harness_access::store::{Reader, Writer};
use serde_json::{Value, json};
use std::path::Path;

use super::random_changes::{Actor, NOBODY, USERS, account, actor, step};
use crate::support::TempDir;
use crate::support::in_process::{client, everything, identity};

const BEGIN: i64 = 1_790_000_000_000;
const MINUTE: i64 = 60_000;
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

    /// The server is in trouble, or tells less than usual.
    fn trouble(&mut self) {
        let kinds = [
            FaultKind::InternalError,
            FaultKind::AccessDenied,
            FaultKind::TotalChanging,
            FaultKind::GarbageRows,
            FaultKind::CutJson,
        ];
        let fault = match self.random.below(12) {
            0..=2 => self.random.pick(&kinds).clone(),
            3 => return self.fake.switch(|switches| switches.audit_list = false),
            4 => FaultKind::Rewritten(unreadable_of(USERS[self.random.below(USERS.len())])),
            5 | 6 => FaultKind::Rewritten(Rewrite::row(tell_addresses_alone)),
            _ => return,
        };
        self.fake.fault(Fault::on(router::AUDITS, fault));
    }

    /// Reads the trail as a sync does.
    fn trail(&mut self, from: i64) -> TrailRead {
        let waited = i64::try_from(self.random.below(20)).expect("small") * MINUTE;
        self.now += waited;
        self.fake.trail_time(self.now);
        let window = Window {
            from: Timestamp::from_millis(from - 10 * MINUTE),
            until: readable_until(Timestamp::from_millis(self.now)),
        };
        if window.until < window.from {
            return TrailRead::default();
        }
        let fresh = Window {
            from: window.until.moved(1),
            until: Timestamp::from_millis(self.now),
        };
        let (read, _) = read_events(&client(&self.fake), &[window], Some(fresh), &|_| ())
            .expect("the sync goes on");
        read
    }

    fn publish(&self, path: &Path, observation: Observation) {
        let writer = Writer::open(path, &identity(&self.fake))
            .expect("a file")
            .with_brake(100);
        writer
            .publish(&identity(&self.fake), observation, "0.0.0", None)
            .expect("room");
    }

    /// Later syncs read the trail: sometimes it is refused at first.
    fn read_later(&mut self, path: &Path, from: i64) {
        let mut reads = Vec::new();
        if self.random.below(4) == 0 {
            self.fake
                .fault(Fault::on(router::AUDITS, FaultKind::AccessDenied));
            reads.push(self.trail(from));
            self.fake.clear_faults();
        }
        self.trouble();
        reads.push(self.trail(from));
        for read in reads {
            let mut observation = everything(&client(&self.fake), 1).expect("no fault of lists");
            self.now += 1;
            observation.started_at = Timestamp::from_millis(self.now + 20_000);
            observation.finished_at = Timestamp::from_millis(self.now + 20_000);
            observation.trail = Some(read);
            self.publish(path, observation);
        }
    }
}

fn unreadable_of(user: &'static str) -> Rewrite {
    Rewrite::row(move |row| {
        if row["authenticationInfo"]["labels"]["userId"] == user {
            row["auditId"] = json!(null);
        }
    })
}

fn tell_addresses_alone(row: &mut Value) {
    for part in ["/authenticationInfo", "/impersonatingAuthenticationInfo"] {
        let part = row.pointer_mut(part).and_then(Value::as_object_mut);
        part.map(|part| part.remove("labels"));
    }
}

/// Two looks with random changes before, between and after them, told; the truth beside it. Between them may have been
/// another look, whose snapshot is gone.
fn run(seed: u64) -> (Vec<AssessedChange>, Touched, bool) {
    let mut case = Case::begin(seed);
    let folder = TempDir::new();
    let path = folder.file("a.db");
    for _ in 0..case.random.below(3) {
        case.happen(false);
    }
    let first = case.observe((30_000, 5_000));
    let from = first.started_at;
    case.publish(&path, first);
    let happens = 2 + case.random.below(6);
    let forgotten = (case.random.below(3) == 0).then(|| case.random.below(happens));
    for nth in 0..happens {
        case.happen(true);
        if forgotten == Some(nth) {
            let between = case.observe((1, 0));
            case.publish(&path, between);
        }
    }
    let second = case.observe((2_000, 20_000));
    let until = second.finished_at;
    case.publish(&path, second);
    for _ in 0..case.random.below(2) {
        case.happen(false);
    }
    case.read_later(&path, from.as_millis());
    let newer = if forgotten.is_some() { 3 } else { 2 };
    if forgotten.is_some() {
        let writer = Writer::open_existing(&path).expect("a file");
        writer.prune(&[2]).expect("room");
    }
    let reader = Reader::open(&path).expect("a file");
    let none = Impacts::default();
    let facts = reader.diff_facts(1, newer).expect("two snapshots");
    let mut changes = assess(compare(facts).changes, &none, &none);
    let interval = Interval { from, until };
    let (first, last) = interval.with_skew();
    let window = Window {
        from: first,
        until: last,
    };
    let trail = reader.audit_trail(window).expect("a file");
    let trail = trail.unwrap_or_default();
    let synced = reader.synced_groups().expect("groups");
    attribute(&mut changes, &trail, interval, &synced);
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
                // An address begins with whose it is.
                let name = |actor: &harness_access::model::Actor| {
                    let address = actor.identifier.split(['.', '@']).next();
                    let of_address = || address.unwrap_or_default().to_owned();
                    actor.user_id.clone().unwrap_or_else(of_address)
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
