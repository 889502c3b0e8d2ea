//! Which scopes a sync observes.

use std::collections::BTreeSet;
use std::fmt;

use super::Scope;
use crate::worded::worded;

worded! {
    /// How far down the tree.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Depth {
        /// The account's own scope.
        #[default]
        Account = "account",
        /// The organizations too.
        Organizations = "organizations",
        /// The projects too.
        All = "all",
    }
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

worded! {
    /// What is observed only when asked for: it takes more permissions, or more requests.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Extra {
        /// Tokens of service accounts, and of users where the key may see them.
        Tokens = "tokens",
        /// How people sign in.
        AuthSettings = "auth-settings",
        /// Who is a member of each organization and project.
        ProjectUsers = "project-users",
        /// Who did what to access.
        Audit = "audit",
        /// When people signed in last.
        Logins = "logins",
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

    /// Whether a selection, as a snapshot records it, leaves the account's own scope out.
    #[must_use]
    pub fn leaves_account_out(recorded: &str) -> bool {
        Self::parse(recorded).is_some_and(|asked| asked.without_account)
    }

    /// Reads a selection as a snapshot records it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let depth = words.next()?;
        let mut selection = Self {
            depth: Depth::ALL
                .into_iter()
                .find(|known| known.to_string() == depth)?,
            ..Self::default()
        };
        while let Some(word) = words.next() {
            if word == "with" {
                let extra = words.next()?;
                let known = Extra::ALL.into_iter().find(|known| known.as_str() == extra);
                selection.extras.insert(known?);
            } else if word == "without" {
                selection.without_account = words.next()? == "account";
            } else {
                match Scope::parse(word)? {
                    Scope::Organization { org } => selection.orgs.push(org),
                    Scope::Project { org, project } => selection.projects.push((org, project)),
                    Scope::Account | Scope::Harness => return None,
                }
            }
        }
        Some(selection)
    }

    /// Whether something that another selection asks for is left out.
    #[must_use]
    pub fn leaves_out_some_of(&self, other: &Self) -> bool {
        let all_orgs = other.orgs.iter().all(|org| self.wants_org(org));
        let all_projects = other
            .projects
            .iter()
            .all(|(org, project)| self.wants_project(org, project));
        self.depth < other.depth
            || self.is_narrowed() && !other.is_narrowed() && other.depth > Depth::Account
            || !all_orgs
            || !all_projects
            || self.without_account && !other.without_account
            || !other.extras.is_subset(&self.extras)
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
        f.write_str(self.as_str())
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

#[cfg(test)]
mod tests {
    use super::ScopeSelection;

    #[test]
    fn a_recorded_selection_is_read_again() {
        for text in [
            "account",
            "organizations org/a",
            "all org/a org/a/project/b with tokens with project-users",
            "all org/a without account",
        ] {
            let selection = ScopeSelection::parse(text).expect(text);
            assert_eq!(selection.to_string(), text);
        }
        assert_eq!(ScopeSelection::parse("all of it"), None);
    }

    #[test]
    fn less_is_known_as_less() {
        let selection = |text| ScopeSelection::parse(text).expect(text);
        for (asked, before, less) in [
            ("account", "all", true),
            ("all", "account", false),
            ("all org/a", "all", true),
            ("all org/a", "all org/a", false),
            ("all", "all org/a", false),
            ("all", "all with tokens", true),
        ] {
            let is_less = selection(asked).leaves_out_some_of(&selection(before));
            assert_eq!(is_less, less, "{asked} after {before}");
        }
    }
}
