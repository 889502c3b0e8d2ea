//! Which questions to ask: half of them about what somebody holds, half about what somebody does not.

use std::collections::{BTreeSet, HashMap};

use crate::access::index::{Access, numbered};
use crate::access::path::Path;
use crate::access::question::{Question, Target};
use crate::model::{AccessQuestion, ResourceId, ResourceType, Scope};

/// Draws for one question, until it is taken that there is no further one of its kind.
const DRAWS: usize = 200;

/// What to draw from.
#[derive(Clone, Copy, Debug)]
pub struct Sampling<'a> {
    /// Only about this permission.
    pub permission: Option<&'a str>,
    /// How many questions.
    pub size: usize,
    /// The same facts and the same seed give the same questions.
    pub seed: u64,
    /// The scopes that the snapshot looked at completely.
    pub seen: &'a BTreeSet<Scope>,
}

/// A question, and the snapshot's answer to it.
#[derive(Clone, Debug)]
pub struct SampledQuestion {
    /// The question.
    pub question: AccessQuestion,
    /// The principal, by position among the facts.
    pub principal: u32,
    /// Every path by which the principal holds the permission, in the scopes that were looked at.
    pub paths: Vec<Path>,
}

impl Access {
    /// Draws questions, in the order in which they are to be asked.
    #[must_use]
    pub fn sample(&self, sampling: &Sampling<'_>) -> Vec<SampledQuestion> {
        let Some(mut pool) = Pool::new(self, sampling) else {
            return Vec::new();
        };
        let mut asked = Vec::new();
        let mut kinds = vec![Kind::Held, Kind::NotHeld];
        while asked.len() < sampling.size && !kinds.is_empty() {
            let at = asked.len() % kinds.len();
            let drawn = match kinds[at] {
                Kind::Held => pool.held(),
                Kind::NotHeld => pool.not_held(),
            };
            match drawn {
                Some(question) => asked.push(question),
                None => drop(kinds.remove(at)),
            }
        }
        asked
    }

    /// The snapshot's answer to a question.
    #[must_use]
    pub fn asked(
        &self,
        principal: u32,
        permission: &str,
        seen: &BTreeSet<Scope>,
    ) -> SampledQuestion {
        let fact = self.principal(principal);
        let question = Question::Permission(permission.to_owned());
        let mut paths = self.paths_of(principal, &question, &Target::default());
        paths.retain(|path| seen.contains(self.scope(path)));
        SampledQuestion {
            question: AccessQuestion {
                permission: permission.to_owned(),
                principal: ResourceId {
                    kind: fact.kind.clone(),
                    scope: fact.scope.clone(),
                    identifier: fact.identifier.clone(),
                },
            },
            principal,
            paths,
        }
    }
}

/// What the snapshot answers.
enum Kind {
    Held,
    NotHeld,
}

struct Pool<'a> {
    access: &'a Access,
    seen: &'a BTreeSet<Scope>,
    random: Random,
    /// Users and service accounts that lists show.
    principals: Vec<u32>,
    /// Grants that may give one of the permissions.
    grants: Vec<u32>,
    permissions: Vec<String>,
    members: HashMap<u32, Vec<u32>>,
    drawn: BTreeSet<(u32, String)>,
}

impl<'a> Pool<'a> {
    /// `None` when there is nobody to ask about, or nothing.
    fn new(access: &'a Access, sampling: &Sampling<'a>) -> Option<Self> {
        let facts = access.facts();
        let is_asked = |at: u32| {
            let fact = access.principal(at);
            let kinds = [ResourceType::User, ResourceType::ServiceAccount];
            fact.resolved && kinds.contains(&fact.kind)
        };
        let mut principals: Vec<u32> = numbered(&facts.principals)
            .map(|(at, _)| at)
            .filter(|at| is_asked(*at))
            .collect();
        principals.sort_unstable_by_key(|at| access.order().principals[*at as usize]);
        let permissions = match sampling.permission {
            Some(permission) => vec![permission.to_owned()],
            None => access.permissions_held(),
        };
        if principals.is_empty() || permissions.is_empty() {
            return None;
        }
        let mut members: HashMap<u32, Vec<u32>> = HashMap::new();
        for membership in facts.memberships.iter().filter(|of| is_asked(of.member)) {
            members
                .entry(membership.group)
                .or_default()
                .push(membership.member);
        }
        let roles: BTreeSet<u32> = match sampling.permission {
            Some(permission) => access.roles_at(&Question::Permission(permission.to_owned())),
            None => access.roles_at(&Question::Anything),
        };
        let grants = numbered(&facts.grants)
            .filter(|(_, grant)| {
                roles.contains(&grant.role)
                    && sampling.seen.contains(&facts.scopes[grant.scope as usize])
                    && (is_asked(grant.principal) || members.contains_key(&grant.principal))
            })
            .map(|(at, _)| at)
            .collect();
        Some(Self {
            access,
            seen: sampling.seen,
            random: Random(sampling.seed),
            principals,
            grants,
            permissions,
            members,
            drawn: BTreeSet::new(),
        })
    }

    /// What somebody holds, or may hold.
    fn held(&mut self) -> Option<SampledQuestion> {
        self.draw(
            |pool| {
                let grant = &pool.access.facts().grants[*pool.random.pick(&pool.grants)? as usize];
                let principal = match pool.members.get(&grant.principal) {
                    Some(members) => *pool.random.pick(members)?,
                    None => grant.principal,
                };
                let of_role = pool.access.permissions_of_role(grant.role);
                let given = of_role.filter(|_| pool.permissions.len() > 1);
                let permission = pool
                    .random
                    .pick(given.unwrap_or(&pool.permissions))?
                    .clone();
                Some((principal, permission))
            },
            |asked| !asked.paths.is_empty(),
        )
    }

    /// What somebody does not hold.
    fn not_held(&mut self) -> Option<SampledQuestion> {
        self.draw(
            |pool| {
                let principal = *pool.random.pick(&pool.principals)?;
                Some((principal, pool.random.pick(&pool.permissions)?.clone()))
            },
            |asked| asked.paths.is_empty(),
        )
    }

    fn draw(
        &mut self,
        one: impl Fn(&mut Self) -> Option<(u32, String)>,
        fits: impl Fn(&SampledQuestion) -> bool,
    ) -> Option<SampledQuestion> {
        for _ in 0..DRAWS {
            let (principal, permission) = one(self)?;
            if self.drawn.contains(&(principal, permission.clone())) {
                continue;
            }
            let asked = self.access.asked(principal, &permission, self.seen);
            if fits(&asked) {
                self.drawn.insert((principal, permission));
                return Some(asked);
            }
        }
        None
    }
}

/// SplitMix64: the same numbers everywhere, for ever.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(from.len()).ok().filter(|count| *count > 0)?;
        let at = self.next() % count;
        from.get(usize::try_from(at).ok()?)
    }
}
