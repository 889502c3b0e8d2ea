//! Which scopes a sync observes.

use std::collections::BTreeSet;
use std::fmt;

use super::Scope;

/// How far down the tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// The account's own scope.
    #[default]
    Account,
    /// The organizations too.
    Organizations,
    /// The projects too.
    All,
}

/// The part of the account that is observed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeSelection {
    /// How far down.
    pub depth: Depth,
    /// Leave the account's own scope out: the key lives in the organizations named.
    pub without_account: bool,
    /// Only these organizations, with their projects if the depth says so; empty = every one.
    pub orgs: Vec<String>,
    /// Only these projects, as organization and project; empty = every one of the organizations observed.
    pub projects: Vec<(String, String)>,
    /// What is observed besides.
    pub extras: BTreeSet<Extra>,
}

/// What is observed only when asked for: it takes more permissions, or more requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extra {
    /// Tokens of service accounts, and of users where the key may see them.
    Tokens,
    /// How people sign in.
    AuthSettings,
    /// Who is a member of each organization and project.
    ProjectUsers,
}

impl Extra {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Tokens, Self::AuthSettings, Self::ProjectUsers];

    /// The word on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::AuthSettings => "auth-settings",
            Self::ProjectUsers => "project-users",
        }
    }
}

impl ScopeSelection {
    /// Whether parts of the tree are left out on purpose.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        !self.orgs.is_empty() || !self.projects.is_empty()
    }

    /// Whether an organization is observed.
    #[must_use]
    pub fn wants_org(&self, org: &str) -> bool {
        !self.is_narrowed()
            || self.orgs.iter().any(|wanted| wanted == org)
            || self.projects.iter().any(|(wanted, _)| wanted == org)
    }

    /// Whether a project is observed, if projects are.
    #[must_use]
    pub fn wants_project(&self, org: &str, project: &str) -> bool {
        !self.is_narrowed()
            || self.orgs.iter().any(|wanted| wanted == org)
            || self
                .projects
                .iter()
                .any(|(of, wanted)| of == org && wanted == project)
    }

    /// Scopes that were named but not found among those listed.
    #[must_use]
    pub fn not_among(&self, scopes: &[Scope]) -> Vec<Scope> {
        let orgs = self
            .orgs
            .iter()
            .map(|org| Scope::Organization { org: org.clone() });
        let projects = self.projects.iter().map(|(org, project)| Scope::Project {
            org: org.clone(),
            project: project.clone(),
        });
        orgs.chain(projects)
            .filter(|scope| !scopes.contains(scope))
            .collect()
    }
}

impl fmt::Display for Depth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Account => "account",
            Self::Organizations => "organizations",
            Self::All => "all",
        })
    }
}

impl fmt::Display for ScopeSelection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.depth)?;
        for org in &self.orgs {
            write!(f, " org/{org}")?;
        }
        for (org, project) in &self.projects {
            write!(f, " org/{org}/project/{project}")?;
        }
        if self.without_account {
            write!(f, " without account")?;
        }
        for extra in &self.extras {
            write!(f, " with {}", extra.as_str())?;
        }
        Ok(())
    }
}
