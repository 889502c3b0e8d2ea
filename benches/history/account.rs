//! An account that changes from day to day, the same every time.

use std::num::NonZeroI64;

use harness_access::model::{AssignmentIds, Grant, Observation, Ref, ScopeRef, Timestamp};

use crate::seen::{Seen, listings};

const DAY_MS: i64 = 86_400_000;
const NEW_YEAR: i64 = 1_767_225_600_000;

/// Ids as Harness makes them: uuids of 22 characters, role assignments of 36.
pub(crate) struct Account {
    random: Random,
    users: usize,
    groups: usize,
    projects: usize,
    grants: Vec<Access>,
    /// So many accounts like this side by side in one; only the first one changes.
    pub(crate) copies: usize,
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
    pub(crate) fn generate(grants: usize) -> Self {
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

    pub(crate) fn replace(&mut self, number: usize) {
        for _ in 0..number {
            let at = self.random.below(self.grants.len());
            self.grants.swap_remove(at);
        }
        for _ in 0..number {
            let access = self.access();
            self.grants.push(access);
        }
    }

    pub(crate) fn observe(&self, day: i64) -> Observation {
        let at = Timestamp::from_millis(NEW_YEAR + day * DAY_MS);
        let mut seen = Seen::default();
        let named = self.named(&mut seen);
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
            let of = of.iter();
            grants.extend(of.map(|access| self.grant(access, copy, &named, &mut assignment_ids)));
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

    fn named(&self, seen: &mut Seen) -> Named {
        Named {
            users: (0..self.users * self.copies)
                .map(|user| seen.user(user))
                .collect(),
            groups: (0..self.groups * self.copies)
                .map(|group| seen.group(group))
                .collect(),
            roles: (0..ROLES).map(|role| seen.role(role)).collect(),
            over: (0..RESOURCE_GROUPS)
                .map(|group| seen.resource_group(group))
                .collect(),
            projects: (0..self.projects * self.copies)
                .map(|project| seen.project(project))
                .collect(),
        }
    }

    fn grant(
        &self,
        access: &Access,
        copy: usize,
        named: &Named,
        assignment_ids: &mut AssignmentIds,
    ) -> Grant {
        let user = |who: usize| named.users[self.users * copy + who];
        let group = |of: usize| named.groups[self.groups * copy + of];
        match access.kind {
            Kind::Membership {
                user: who,
                group: of,
            } => Grant {
                principal: user(who),
                target: group(of),
                scope: None,
                resource_group: None,
                created_at: None,
                assignment: None,
                harness_managed: false,
            },
            Kind::Role {
                principal,
                role,
                project,
                over,
            } => Grant {
                principal: match principal {
                    Principal::User(who) => user(who),
                    Principal::Group(of) => group(of),
                },
                target: named.roles[role],
                scope: Some(named.projects[self.projects * copy + project]),
                resource_group: Some(named.over[over]),
                created_at: NonZeroI64::new(NEW_YEAR),
                assignment: Some(
                    assignment_ids.push(&format!("role_assignment_{:020}", access.number)),
                ),
                harness_managed: false,
            },
        }
    }
}

/// What the grants of an observation name, by number.
struct Named {
    users: Vec<Ref>,
    groups: Vec<Ref>,
    roles: Vec<Ref>,
    over: Vec<Ref>,
    projects: Vec<ScopeRef>,
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
