//! What the store must answer, held in memory.

use std::collections::{BTreeMap, BTreeSet};

use harness_access::model::{ListingKind as Kind, Scope};

use super::*;

/// A fact as a snapshot holds it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Held<T> {
    pub(crate) is: T,
    pub(crate) since: i64,
    pub(crate) unverified: bool,
}

/// What is known after a sync.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) resources: BTreeMap<String, Held<usize>>,
    pub(crate) grants: BTreeMap<GrantId, Held<String>>,
    pub(crate) is_complete: bool,
}

impl State {
    /// What is seen is so. What is not seen is gone if it would have been seen, and else as it was.
    pub(crate) fn after(&self, number: i64, seen: &Seen) -> Self {
        let mut resources = BTreeMap::new();
        let ids: BTreeSet<&String> = self.resources.keys().chain(seen.resources.keys()).collect();
        for id in ids {
            let place = place_of(id);
            let before = self.resources.get(id);
            let now = match (before, seen.resources.get(id)) {
                (Some(before), Some(now)) if before.is == *now => Some((*now, before.since)),
                (_, Some(now)) => Some((*now, number)),
                (Some(before), None) => {
                    let is_gone = seen.shows_all(&place, None) || seen.has_vanished(&place.1);
                    // What Harness supplies it may hide.
                    let is_hidden = home(id) == "harness" && seen.names(id);
                    (!is_gone || is_hidden).then_some((before.is, before.since))
                }
                (None, None) => None,
            };
            resources.extend(now.map(|(is, since)| {
                let unverified = !seen.shows_all(&place, None);
                let held = Held {
                    is,
                    since,
                    unverified,
                };
                (id.clone(), held)
            }));
        }
        let mut grants = BTreeMap::new();
        let ids: BTreeSet<&GrantId> = self.grants.keys().chain(seen.grants.keys()).collect();
        for id in ids {
            let (place, before) = (place_of_grant(id), self.grants.get(id));
            let shows_all = seen.shows_all(&place, Some(&id.0));
            let now = match (before, seen.grants.get(id)) {
                (Some(before), Some(now)) => Some((now.clone(), before.since)),
                (None, Some(now)) => Some((now.clone(), number)),
                (Some(before), None) => {
                    let is_gone = shows_all || seen.has_vanished(&place.1);
                    (!is_gone).then(|| (before.is.clone(), before.since))
                }
                (None, None) => None,
            };
            grants.extend(now.map(|(is, since)| {
                let held = Held {
                    is,
                    since,
                    unverified: !shows_all,
                };
                (id.clone(), held)
            }));
        }
        Self {
            resources,
            grants,
            is_complete: seen.is_complete(),
        }
    }

    /// As the views show it.
    pub(crate) fn answers(&self) -> Vec<String> {
        let resources = self.resources.iter().map(|(id, held)| {
            let name = name(held.is).unwrap_or_default();
            let attributes = details(id, held.is).to_json();
            let unverified = u8::from(held.unverified);
            format!("{id}|{name}|{attributes}|{}|{unverified}", held.since)
        });
        let grants = self.grants.iter().map(|(id, held)| {
            let (scope, over) = id.2.clone().unwrap_or_default();
            let (slug, unverified) = (slug(id), u8::from(held.unverified));
            format!(
                "{}|{}:{slug}|{scope}|{over}|{}|{}|{unverified}",
                id.0, id.1, held.is, held.since
            )
        });
        let mut answers: Vec<String> = resources.chain(grants).collect();
        answers.sort_unstable();
        answers
    }

    pub(crate) fn counts(&self) -> String {
        let of = |kind: &str| {
            let ids = self.resources.keys();
            ids.filter(|id| kind_of(id) == kind).count().to_string()
        };
        [
            if self.is_complete {
                "complete"
            } else {
                "partial"
            }
            .to_owned(),
            of("user"),
            of("service_account"),
            of("user_group"),
            of("role"),
            of("resource_group"),
            self.grants.len().to_string(),
        ]
        .join("|")
    }
}

pub(crate) fn slug(id: &GrantId) -> &'static str {
    if id.2.is_some() { "assigned" } else { "member" }
}

/// A history as it should be.
#[derive(Debug, Default)]
pub(crate) struct Model {
    /// By number of the snapshot, from 1.
    pub(crate) states: Vec<State>,
    /// What each snapshot looked at.
    pub(crate) looks: Vec<BTreeMap<Place, Sight>>,
    /// The snapshot that first saw a list whole, or its role assignments to a type of principal.
    pub(crate) known: BTreeMap<(Place, String), i64>,
}

impl Model {
    pub(crate) fn learn(&mut self, seen: &Seen) -> i64 {
        let number = i64::try_from(self.states.len()).unwrap() + 1;
        let last = self.states.last().cloned().unwrap_or_default();
        self.states.push(last.after(number, seen));
        self.looks.push(seen.listings.clone());
        for (place, sight) in &seen.listings {
            // In a scope that did not exist there was nothing.
            let nowhere = (1..number)
                .rev()
                .take_while(|at| self.is_nowhere(&place.1, *at));
            if let Some(since) = nowhere.last() {
                let all = (place.clone(), String::new());
                self.known.entry(all).or_insert(since);
            }
            let types = match sight {
                Sight::Whole => vec![String::new()],
                Sight::Part(types) => types.iter().map(ToString::to_string).collect(),
                Sight::Nothing => Vec::new(),
            };
            for kind in types {
                self.known.entry((place.clone(), kind)).or_insert(number);
            }
        }
        number
    }

    pub(crate) fn at(&self, snapshot: i64) -> &State {
        &self.states[usize::try_from(snapshot).unwrap() - 1]
    }

    pub(crate) fn has_seen(&self, place: &Place, kind: &str, until: i64) -> bool {
        ["", kind].iter().any(|kind| {
            let since = self.known.get(&(place.clone(), (*kind).to_owned()));
            since.is_some_and(|since| *since <= until)
        })
    }

    /// Whether a list was known well enough that what is new in it was not there before. In a scope that is known not
    /// to exist there is nothing.
    pub(crate) fn knew(&self, place: &Place, kind: &str, snapshot: i64) -> bool {
        self.has_seen(place, kind, snapshot) || self.is_nowhere(&place.1, snapshot)
    }

    /// Whether a snapshot itself saw all of a list, or that there is nothing it could list.
    pub(crate) fn looked(&self, place: &Place, kind: &str, snapshot: i64) -> bool {
        let saw = |place: &Place, kind: &str| match self.looks
            [usize::try_from(snapshot).unwrap() - 1]
            .get(place)
        {
            Some(Sight::Whole) => true,
            Some(Sight::Part(types)) => types.iter().any(|seen| seen.as_str() == kind),
            Some(Sight::Nothing) | None => false,
        };
        saw(place, kind) || self.is_missing_by(&place.1, snapshot, |place| saw(place, ""))
    }

    pub(crate) fn is_nowhere(&self, scope: &str, snapshot: i64) -> bool {
        self.is_missing_by(scope, snapshot, |place| self.has_seen(place, "", snapshot))
    }

    pub(crate) fn is_missing_by(
        &self,
        scope: &str,
        snapshot: i64,
        saw: impl Fn(&Place) -> bool,
    ) -> bool {
        let Some(scope) = Scope::parse(scope) else {
            return false;
        };
        let is_missing = |kind, home: String, id: String| {
            saw(&(kind, home)) && !self.at(snapshot).resources.contains_key(&id)
        };
        scope.org().is_some_and(|org| {
            let organization = format!("organization/{org}");
            let project = scope.project().map(|name| format!("project/{org}/{name}"));
            is_missing(Kind::Organizations, "account".to_owned(), organization)
                || project.is_some_and(|id| is_missing(Kind::Projects, format!("org/{org}"), id))
        })
    }

    /// What of the newer state is not as the older one was last known to be, and how much of it only came into sight.
    /// Only what `looked` says the newer snapshot saw counts; what the older one saw and it did not is out of sight.
    pub(crate) fn compare(
        &self,
        older: i64,
        newer: i64,
        looked: impl Fn(&Place, &str, i64) -> bool,
    ) -> Difference {
        let (old, new) = (self.at(older), self.at(newer));
        let mut difference = Difference::default();
        let mut put = |text: String, place: &Place, kind: &str, since: i64, is_known: bool| {
            if since == newer || looked(place, kind, newer) {
                if is_known {
                    difference.changes.insert(text);
                } else {
                    difference.in_sight += 1;
                }
            } else if looked(place, kind, older) {
                difference.is_out_of_sight = true;
            }
        };
        for (id, held) in &new.resources {
            let place = place_of(id);
            match old.resources.get(id) {
                Some(before) if before.is == held.is => {}
                Some(_) => put(format!("changed {id}"), &place, "", held.since, true),
                None => {
                    let known = self.knew(&place, "", older);
                    put(format!("added {id}"), &place, "", held.since, known);
                }
            }
        }
        for id in old.resources.keys() {
            if !new.resources.contains_key(id) {
                put(format!("removed {id}"), &place_of(id), "", 0, true);
            }
        }
        for (id, held) in &new.grants {
            if !old.grants.contains_key(id) {
                let (place, kind) = (place_of_grant(id), kind_of(&id.0));
                let known = self.knew(&place, kind, older);
                let text = format!("added {}", grant_text(id));
                put(text, &place, kind, held.since, known);
            }
        }
        for id in old.grants.keys() {
            if !new.grants.contains_key(id) {
                let text = format!("removed {}", grant_text(id));
                put(text, &place_of_grant(id), kind_of(&id.0), 0, true);
            }
        }
        difference
    }

    pub(crate) fn diff(&self, older: i64, newer: i64) -> Difference {
        self.compare(older, newer, |place, kind, at| self.looked(place, kind, at))
    }

    /// What the view says of a snapshot: everything that was learnt since the one before.
    pub(crate) fn learnt(&self, older: i64, newer: i64) -> BTreeSet<String> {
        self.compare(older, newer, |_, _, _| true).changes
    }
}

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Difference {
    pub(crate) changes: BTreeSet<String>,
    pub(crate) in_sight: u64,
    pub(crate) is_out_of_sight: bool,
}

/// As a diff names it.
pub(crate) fn grant_text(id: &GrantId) -> String {
    let role = id.2.as_ref();
    let role = role.map_or_else(String::new, |(scope, over)| format!(" {scope} {over}"));
    format!("{} {}:{}{role}", id.0, id.1, slug(id))
}
