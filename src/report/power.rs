//! Who is powerful: the questions whose answers every reviewer looks for first, asked of the access engine.

use super::cut::Cut;
use crate::access::{Access, Extent, Path, PathAnswer, Question, Target};
use crate::model::{PrincipalFact, ResourceType, Scope};
use crate::output::findings::RuleFindings;

/// The rule that finds roles whose holders can give themselves more.
const SELF_RAISING: &str = "HA008";

/// A kind of power, and who has it.
#[derive(Debug)]
pub(super) struct Power {
    /// For addresses.
    pub(super) key: &'static str,
    /// A heading.
    pub(super) title: &'static str,
    /// What it means, for somebody who never saw Harness.
    pub(super) meaning: &'static str,
    /// Column of the picture; `None` = not in it.
    pub(super) short: Option<&'static str>,
    /// Everybody who has it, in the order of the engine.
    pub(super) holders: Vec<Holder>,
}

/// Somebody who has a power.
#[derive(Debug)]
pub(super) struct Holder {
    pub(super) principal: u32,
    /// Every way, the plainest first.
    pub(super) paths: Vec<Path>,
}

/// People and service accounts, counted apart; what depends is never counted with what is certain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) people: usize,
    pub(super) service_accounts: usize,
    /// Named by a grant and in no list.
    pub(super) others: usize,
    pub(super) depends: usize,
    /// Those of the people who cannot sign in now: disabled or locked.
    pub(super) barred: usize,
}

impl Holder {
    /// Whether at least one way is a plain yes.
    pub(super) fn is_certain(&self) -> bool {
        self.paths
            .iter()
            .any(|path| path.answer() == PathAnswer::Yes)
    }
}

impl Power {
    pub(super) fn tally(&self, access: &Access) -> Tally {
        tally(access, self.holders.iter())
    }
}

/// Counts holders.
pub(super) fn tally<'a>(access: &Access, holders: impl Iterator<Item = &'a Holder>) -> Tally {
    let mut tally = Tally::default();
    for holder in holders {
        if !holder.is_certain() {
            tally.depends += 1;
            continue;
        }
        let fact = access.principal(holder.principal);
        tally.count(fact);
    }
    tally
}

impl Tally {
    /// Counts somebody.
    pub(super) fn count(&mut self, fact: &PrincipalFact) {
        match fact.kind {
            ResourceType::User if fact.resolved => {
                self.people += 1;
                self.barred += usize::from(fact.disabled || fact.locked);
            }
            ResourceType::ServiceAccount if fact.resolved => self.service_accounts += 1,
            _ => self.others += 1,
        }
    }
}

/// What is asked about a kind of power.
enum Asks {
    /// Who holds the role.
    Role(&'static str),
    /// Who holds a role that the rule for such roles finds.
    SelfRaising,
    /// Who holds the permission.
    Permission(&'static str),
    /// The same, where production environments may be meant.
    InProduction(&'static str),
}

/// Address, heading, meaning, column of the picture, and question.
type Kind = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    Asks,
);

const KINDS: [Kind; 7] = [
    (
        "account-administrators",
        "Account administrators",
        "They can change everything in the account: people, roles, secrets, settings.",
        Some("administer"),
        Asks::Role("role/harness/_account_admin"),
    ),
    (
        "organization-administrators",
        "Organization administrators",
        "They can change everything in an organization.",
        Some("administer"),
        Asks::Role("role/harness/_organization_admin"),
    ),
    (
        "project-administrators",
        "Project administrators",
        "They can change everything in a project.",
        Some("administer"),
        Asks::Role("role/harness/_project_admin"),
    ),
    (
        "self-raising",
        "Can give themselves more",
        "They are not administrators, but their roles let them edit roles, resource groups, members or keys, and so take \
         whatever those hold.",
        None,
        Asks::SelfRaising,
    ),
    (
        "secrets",
        "Can use secrets",
        "Their pipelines can use the secrets, and so read them.",
        Some("use secrets"),
        Asks::Permission("core_secret_access"),
    ),
    (
        "production",
        "Can deploy to production environments",
        "Environments of type Production, or all environments.",
        Some("deploy to production"),
        Asks::InProduction("core_environment_access"),
    ),
    (
        "impersonation",
        "Can act as somebody else",
        "Whatever they do then counts as done by the other person.",
        None,
        Asks::Permission("core_user_impersonate"),
    ),
];

/// Asks all questions.
pub(super) fn powers(access: &Access, cut: Cut<'_>, findings: &[RuleFindings]) -> Vec<Power> {
    let power = |(key, title, meaning, short, asks): Kind| {
        let question = match asks {
            Asks::Role(role) => Question::Roles(roles(access, |id| id == role)),
            Asks::SelfRaising => {
                let found = findings
                    .iter()
                    .filter(|(rule, _)| rule.code == SELF_RAISING);
                let found = found.flat_map(|(_, findings)| findings);
                let raising: Vec<&str> = found.map(|finding| finding.subject.as_str()).collect();
                Question::Roles(roles(access, |id| raising.contains(&id)))
            }
            Asks::Permission(name) | Asks::InProduction(name) => {
                Question::Permission(name.to_owned())
            }
        };
        let production = matches!(asks, Asks::InProduction(_));
        Power {
            key,
            title,
            meaning,
            short,
            holders: holders(access, cut, &question, production),
        }
    };
    KINDS.into_iter().map(power).collect()
}

fn roles(access: &Access, wanted: impl Fn(&str) -> bool) -> Vec<u32> {
    (0..)
        .zip(&access.facts().roles)
        .filter(|(_, role)| wanted(&role.id))
        .map(|(at, _)| at)
        .collect()
}

fn holders(access: &Access, cut: Cut<'_>, asked: &Question, production: bool) -> Vec<Holder> {
    let mut paths = access.who_can(asked, &Target::default()).paths;
    paths.retain(|path| cut.keeps(access, path) && (!production || reaches_production(path)));
    paths
        .chunk_by(|a, b| a.principal == b.principal)
        .map(|paths| Holder {
            principal: paths[0].principal,
            paths: paths.to_vec(),
        })
        .collect()
}

/// Whether a path may reach environments of type Production: all but those that a filter keeps to other types.
fn reaches_production(path: &Path) -> bool {
    path.covers.is_empty()
        || path.covers.iter().any(|reach| match &reach.extent {
            Extent::Matching(_, attribute, values) => {
                attribute != "type"
                    || values
                        .iter()
                        .any(|value| value.eq_ignore_ascii_case("production"))
            }
            _ => true,
        })
}

/// Who has a power in one scope, of those who have it anywhere.
pub(super) fn in_scope(access: &Access, power: &Power, scope: &Scope) -> Tally {
    let here = |path: &&Path| path.covers.iter().any(|reach| reach.counts_at(Some(scope)));
    let holders = power.holders.iter().filter_map(|holder| {
        let paths: Vec<Path> = holder.paths.iter().filter(here).cloned().collect();
        let principal = holder.principal;
        (!paths.is_empty()).then_some(Holder { principal, paths })
    });
    let holders: Vec<Holder> = holders.collect();
    tally(access, holders.iter())
}
