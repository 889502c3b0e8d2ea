//! Where a thing lives in the account's tree.

use std::fmt;

/// A place in the tree of an account. Identifiers are unique only inside their scope.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// The account itself.
    Account,
    /// Supplied by Harness: built-in roles and resource groups, the same in every account.
    Harness,
    /// One organization.
    Organization {
        /// Identifier of the organization.
        org: String,
    },
    /// One project of one organization.
    Project {
        /// Identifier of the organization.
        org: String,
        /// Identifier of the project, unique inside its organization only.
        project: String,
    },
}

/// The level of a scope, as Harness spells it in `scopeLevel` and `allowedScopeLevels`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// `account`
    Account,
    /// `organization`
    Organization,
    /// `project`
    Project,
}

impl Level {
    /// Reads a level in any letter case; Harness mixes them. `None` for a level this program does not know.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Account, Self::Organization, Self::Project]
            .into_iter()
            .find(|level| level.as_str().eq_ignore_ascii_case(text))
    }

    /// The lower-case spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Organization => "organization",
            Self::Project => "project",
        }
    }
}

impl Scope {
    /// Builds a scope from the organization and project a Harness answer names. A project without an organization
    /// does not exist in Harness and gives `None`.
    #[must_use]
    pub fn from_parts(org: Option<&str>, project: Option<&str>) -> Option<Self> {
        match (non_empty(org), non_empty(project)) {
            (None, None) => Some(Self::Account),
            (Some(org), None) => Some(Self::Organization {
                org: org.to_owned(),
            }),
            (Some(org), Some(project)) => Some(Self::Project {
                org: org.to_owned(),
                project: project.to_owned(),
            }),
            (None, Some(_)) => None,
        }
    }

    /// Reads the text form written by `Display`.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            ["account"] => Some(Self::Account),
            ["harness"] => Some(Self::Harness),
            ["org", org] => Self::from_parts(Some(org), None),
            ["org", org, "project", project] if !org.is_empty() && !project.is_empty() => {
                Self::from_parts(Some(org), Some(project))
            }
            _ => None,
        }
        .filter(|scope| parts.len() == 1 || *scope != Self::Account)
    }

    /// Reads a scope from the start of a longer path, and what comes after it. Of `org/a/project/b/c` the scope is the
    /// project.
    #[must_use]
    pub fn parse_start(path: &str) -> Option<(Self, &str)> {
        let (first, rest) = path.split_once('/')?;
        match first {
            "account" => return Some((Self::Account, rest)),
            "harness" => return Some((Self::Harness, rest)),
            "org" => {}
            _ => return None,
        }
        let (org, rest) = rest.split_once('/')?;
        let in_project = rest
            .strip_prefix("project/")
            .and_then(|rest| rest.split_once('/'));
        Some(match in_project {
            Some((project, rest)) => (Self::from_parts(Some(org), Some(project))?, rest),
            None => (Self::from_parts(Some(org), None)?, rest),
        })
    }

    /// The organization this scope is or lies in.
    #[must_use]
    pub fn org(&self) -> Option<&str> {
        match self {
            Self::Account | Self::Harness => None,
            Self::Organization { org } | Self::Project { org, .. } => Some(org),
        }
    }

    /// The project this scope is.
    #[must_use]
    pub fn project(&self) -> Option<&str> {
        match self {
            Self::Project { project, .. } => Some(project),
            _ => None,
        }
    }

    /// The level; `None` for what Harness supplies.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        match self {
            Self::Account => Some(Level::Account),
            Self::Harness => None,
            Self::Organization { .. } => Some(Level::Organization),
            Self::Project { .. } => Some(Level::Project),
        }
    }

    /// Identifier of the user group in which Harness keeps everybody of this scope.
    #[must_use]
    pub fn group_of_all_users(&self) -> &'static str {
        match self {
            Self::Account | Self::Harness => "_account_all_users",
            Self::Organization { .. } => "_organization_all_users",
            Self::Project { .. } => "_project_all_users",
        }
    }

    /// Whether another scope is this one or lies in it. Nothing lies in what Harness supplies.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self == other
            || self
                .level()
                .and_then(|level| other.ancestor(level))
                .as_ref()
                == Some(self)
    }

    /// The scope of the given level on the way up from here, this one included. A level below this scope has no such
    /// scope and gives `None`.
    #[must_use]
    pub fn ancestor(&self, level: Level) -> Option<Self> {
        match level {
            Level::Account => Some(Self::Account),
            Level::Organization => Self::from_parts(Some(self.org()?), None),
            Level::Project => self.project().map(|_| self.clone()),
        }
    }
}

fn non_empty(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account => f.write_str("account"),
            Self::Harness => f.write_str("harness"),
            Self::Organization { org } => write!(f, "org/{org}"),
            Self::Project { org, project } => write!(f, "org/{org}/project/{project}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Level, Scope};

    #[test]
    fn text_form_reads_back() {
        for path in ["account", "harness", "org/a", "org/a/project/b"] {
            assert_eq!(
                Scope::parse(path).map(|scope| scope.to_string()),
                Some(path.to_owned())
            );
        }
        for path in [
            "",
            "org",
            "org/",
            "org/a/project",
            "org//project/b",
            "org/a/project/b/c",
        ] {
            assert_eq!(Scope::parse(path), None, "{path}");
        }
    }

    #[test]
    fn a_project_needs_its_organization() {
        assert_eq!(Scope::from_parts(None, Some("p")), None);
        assert_eq!(Scope::from_parts(Some(""), Some("p")), None);
    }

    #[test]
    fn ancestors_stop_at_the_own_level() {
        let project = Scope::parse("org/a/project/b").expect("a scope");
        assert_eq!(project.ancestor(Level::Organization), Scope::parse("org/a"));
        assert_eq!(Scope::Account.ancestor(Level::Project), None);
        assert_eq!(Level::parse("ACCOUNT"), Some(Level::Account));
    }
}
