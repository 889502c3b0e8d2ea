//! Harness's rules once more, written after its server's code and by nobody who knows the engine.

use std::sync::LazyLock;

use harness_access::access::permissions::Catalogue;
use harness_access::model::{
    AccessFacts, PermissionFact, ResourceGroupFact, ResourceType, Selector,
};

use super::{IDS, SCOPES, number, scope, under};

/// One entry of the server's store.
pub(super) struct Entry {
    principal: u32,
    permission: String,
    scope: String,
    below: bool,
    /// `None` = every type.
    kind: Option<String>,
    /// `None` = every one.
    id: Option<String>,
    sure: bool,
    /// Of a resource group that no list shows: it might be anything here and below.
    wild: bool,
}

fn people(facts: &AccessFacts, holder: u32) -> Vec<(u32, bool)> {
    let fact = &facts.principals[holder as usize];
    match fact.kind {
        ResourceType::UserGroup if fact.resolved => {
            let mut people: Vec<(u32, bool)> = Vec::new();
            for at in 0..number(facts.principals.len()) {
                let user = &facts.principals[at as usize];
                let stored = facts
                    .memberships
                    .iter()
                    .find(|m| m.group == holder && m.member == at);
                match stored {
                    Some(membership) => people.push((at, !membership.unverified && user.resolved)),
                    None if fact.identifier == "_account_all_users"
                        && user.kind == ResourceType::User
                        && user.resolved =>
                    {
                        people.push((at, false));
                    }
                    None => {}
                }
            }
            people
        }
        ResourceType::ServiceAccount => (0..number(facts.principals.len()))
            .filter(|at| {
                let other = &facts.principals[*at as usize];
                other.kind == ResourceType::ServiceAccount && other.identifier == fact.identifier
            })
            .map(|at| (at, at == holder))
            .collect(),
        _ => vec![(holder, fact.resolved)],
    }
}

const LEVELS: [&str; 3] = ["ACCOUNT", "ORGANIZATION", "PROJECT"];

/// What a permission is about: as the snapshot lists it, else as the compiled-in table has it.
fn type_of<'a>(facts: &'a AccessFacts, permission: &str) -> Option<&'a str> {
    let mut listed = facts.permissions.iter();
    match listed.find(|listed| listed.identifier == permission) {
        Some(PermissionFact {
            resource_type: Some(kind),
            ..
        }) => Some(kind),
        _ => TABLE.type_of(permission),
    }
}

static TABLE: LazyLock<Catalogue> = LazyLock::new(Catalogue::default);

const EXTRA: [(&str, &str); 1] = [("ENVIRONMENT", "ff_featureflag_toggle")];

/// What the entries of one permission that one principal has by one grant share.
struct Given<'a> {
    facts: &'a AccessFacts,
    group: &'a ResourceGroupFact,
    principal: u32,
    permission: &'a str,
    /// Nothing about principal, grant, role and resource group is uncertain.
    sure: bool,
}

pub(super) fn entries(facts: &AccessFacts) -> Vec<Entry> {
    let mut entries = Vec::new();
    for grant in &facts.grants {
        let role = &facts.roles[grant.role as usize];
        let group = &facts.resource_groups[grant.resource_group as usize];
        for (principal, sure) in people(facts, grant.principal) {
            for permission in &role.permissions {
                let given = Given {
                    facts,
                    group,
                    principal,
                    permission,
                    sure: sure && !grant.unverified && !role.unverified && !group.unverified,
                };
                given.add_entries(SCOPES[grant.scope as usize], &mut entries);
            }
        }
    }
    entries
}

impl Given<'_> {
    fn entry(
        &self,
        scope: &str,
        below: bool,
        kind: Option<&str>,
        id: Option<&str>,
        sure: bool,
    ) -> Entry {
        Entry {
            principal: self.principal,
            permission: self.permission.to_owned(),
            scope: scope.to_owned(),
            below,
            kind: kind.map(str::to_owned),
            id: id.map(str::to_owned),
            sure: self.sure && sure,
            wild: false,
        }
    }

    fn add_entries(&self, own: &str, entries: &mut Vec<Entry>) {
        if !self.group.resolved {
            entries.push(Entry {
                wild: true,
                ..self.entry(own, false, Some("?"), Some("?"), false)
            });
            return;
        }
        for included in &self.group.included_scopes {
            let place = included.scope.as_deref().unwrap_or(own);
            let below = included.child_scopes;
            if self.group.all_resources {
                entries.push(self.entry(place, below, None, None, true));
            } else {
                for selector in &self.group.selectors {
                    self.add_selected(place, below, selector, entries);
                }
            }
            self.add_views(place, below, entries);
        }
    }

    fn add_selected(
        &self,
        place: &str,
        below: bool,
        selector: &Selector,
        entries: &mut Vec<Entry>,
    ) {
        let kind = selector.resource_type.as_str();
        let known = type_of(self.facts, self.permission);
        let guessed = known.is_none();
        let fits = guessed || known == Some(kind) || EXTRA.contains(&(kind, self.permission));
        if !fits {
            return;
        }
        let kind = if guessed && !LEVELS.contains(&kind) {
            "?"
        } else {
            kind
        };
        if selector.identifiers.is_empty() {
            let sure = selector.attribute.is_none() && !guessed;
            entries.push(self.entry(place, below, Some(kind), None, sure));
        } else if !below {
            for id in &selector.identifiers {
                entries.push(self.entry(place, below, Some(kind), Some(id), !guessed));
            }
        }
    }

    /// Whoever has a view by a resource group may look at its scopes and those above.
    fn add_views(&self, place: &str, below: bool, entries: &mut Vec<Entry>) {
        for (view, wanted) in [
            ("core_account_view", 1),
            ("core_organization_view", 2),
            ("core_project_view", 4),
        ] {
            if view != self.permission {
                continue;
            }
            let parts: Vec<&str> = place.split('/').collect();
            let depth = if place == "account" { 1 } else { parts.len() };
            let target = match wanted {
                1 => Some("account".to_owned()),
                wanted if depth >= wanted => Some(parts[..wanted].join("/")),
                _ => None,
            };
            let kind = TABLE.type_of(view);
            match target {
                // The very scope: of the level's own type, at that scope.
                Some(target) => entries.push(self.entry(&target, false, kind, None, true)),
                None if below => entries.push(self.entry(place, true, kind, None, true)),
                None => {}
            }
        }
    }
}

/// The server's check, as described: `None` = no, else whether it is sure.
fn check(
    entries: &[Entry],
    of_kind: Option<&str>,
    who: u32,
    permission: &str,
    kind: &str,
    id: Option<&str>,
    at: &str,
) -> Option<bool> {
    let level = match kind {
        "ACCOUNT" => Some("account".to_owned()),
        "ORGANIZATION" => Some("organization".to_owned()),
        "PROJECT" => Some("project".to_owned()),
        _ => None,
    };
    let place = scope(at);
    let own_id = place.project().or(place.org());
    let mut best = None;
    for entry in entries
        .iter()
        .filter(|e| e.principal == who && e.permission == permission)
        .filter(|e| of_kind.is_none_or(|kind| e.kind.as_deref() == Some(kind)))
    {
        let all_of = entry.id.is_none() && entry.kind.as_deref().is_none_or(|own| own == kind);
        let a = id.is_some()
            && entry.kind.as_deref() == Some(kind)
            && entry.id.as_deref() == id
            && entry.scope == at;
        let b_applies = level.as_deref().is_none_or(|level| {
            place.level().unwrap().as_str() == level
                && (id.is_none() || id == own_id || level == "account")
        });
        let b = b_applies && all_of && entry.scope == at;
        let c = all_of && entry.below && under(&entry.scope, at);
        let inner = level.as_deref().and_then(|level| match (level, id) {
            (_, None) => Some(at.to_owned()),
            ("organization", Some(id)) if at == "account" => Some(format!("org/{id}")),
            ("project", Some(id)) if place.level().unwrap().as_str() == "organization" => {
                Some(format!("{at}/project/{id}"))
            }
            _ => None,
        });
        let d = inner.is_some_and(|inner| {
            entry.scope == inner
                && (all_of
                    || entry.kind.as_deref() == Some(kind)
                        && entry.id.as_deref() == id
                        && id.is_some())
        });
        if a || b || c || d {
            best = Some(best.unwrap_or(false) || entry.sure);
        }
    }
    best
}

/// The types of resource a permission is asked about, and for one of unknown type the selectors that count then.
fn kinds_asked<'a>(
    facts: &'a AccessFacts,
    permission: &str,
) -> Vec<(&'a str, Option<&'static str>)> {
    let extra = EXTRA.iter().filter(|(_, extra)| *extra == permission);
    let extra = extra.map(|(kind, _)| (*kind, None));
    match type_of(facts, permission) {
        Some(own) => extra.chain([(own, None)]).collect(),
        // Of any type; a selector of a level of scopes is asked for as scopes are.
        None => [("?", None)]
            .into_iter()
            .chain(LEVELS.map(|level| (level, Some(level))))
            .collect(),
    }
}

/// The question of a person, as checks: some resource, or that one; a scope is asked for from outside and from inside.
pub(super) fn model(
    facts: &AccessFacts,
    entries: &[Entry],
    who: u32,
    permission: &str,
    id: Option<&str>,
    at: &str,
) -> Option<bool> {
    let mut answers = Vec::new();
    for (kind, of_kind) in kinds_asked(facts, permission) {
        let mut ask = |id: Option<&str>, at: &str| {
            answers.push(check(entries, of_kind, who, permission, kind, id, at));
        };
        let level = ["ACCOUNT", "ORGANIZATION", "PROJECT"]
            .iter()
            .position(|level| *level == kind);
        let own_level = SCOPES[..4]
            .iter()
            .position(|path| path.len() == at.len())
            .unwrap();
        let own_level = [0, 1, 1, 2][own_level];
        let place = scope(at);
        let own = place.project().or(place.org());
        match (level, id) {
            (Some(level), id)
                if level == own_level && (id.is_none() || id == own || level == 0) =>
            {
                ask(None, at);
                for name in IDS.iter().filter(|name| level == 0 || Some(**name) == own) {
                    ask(Some(name), at);
                    if let Some(outside) = at.rsplit_once("/project/") {
                        ask(Some(name), outside.0);
                    } else if level == 1 {
                        ask(Some(name), "account");
                    }
                }
            }
            (_, Some(id)) => ask(Some(id), at),
            // Some resource; without a name only what is to be created is asked for, and what is not a scope.
            (level, None) => {
                if level.is_none() || permission.ends_with("_create") {
                    ask(None, at);
                }
                for id in IDS {
                    ask(Some(id), at);
                }
            }
        }
    }
    let wild = entries.iter().any(|entry| {
        entry.wild
            && entry.principal == who
            && entry.permission == permission
            && under(&entry.scope, at)
    });
    answers.push(wild.then_some(false));
    answers.into_iter().flatten().max()
}
