//! Where a thing lives: the account, an organization, or a project of an organization.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::text::Text;

/// Inside one account, so the account itself is not repeated. Ordered as Mongo orders nulls: the account first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    pub org: Option<Text>,
    pub project: Option<Text>,
}

impl Scope {
    pub fn account() -> Self {
        Self::default()
    }

    pub fn org(org: &str) -> Self {
        Self {
            org: Some(org.into()),
            project: None,
        }
    }

    pub fn project(org: &str, project: &str) -> Self {
        Self {
            org: Some(org.into()),
            project: Some(project.into()),
        }
    }

    /// `account`, `organization` or `project`, as Harness writes levels.
    pub fn level(&self) -> &'static str {
        match (&self.org, &self.project) {
            (None, _) => "account",
            (Some(_), None) => "organization",
            (Some(_), Some(_)) => "project",
        }
    }

    /// Itself, or somewhere below.
    pub fn contains(&self, other: &Self) -> bool {
        (self.org.is_none() || self.org == other.org)
            && (self.project.is_none() || self.project == other.project)
    }

    /// The scope of that level on the way up from here; Harness compares levels without regard to case.
    pub fn at_level(&self, level: &str) -> Option<Self> {
        self.upwards()
            .into_iter()
            .find(|scope| scope.level().eq_ignore_ascii_case(level))
    }

    /// This scope and its ancestors, nearest first.
    pub fn upwards(&self) -> Vec<Self> {
        let mut scopes = vec![self.clone()];
        if self.project.is_some() {
            scopes.push(Self {
                org: self.org.clone(),
                project: None,
            });
        }
        if self.org.is_some() {
            scopes.push(Self::account());
        }
        scopes
    }

    /// The query parameters that name this scope, without the account.
    pub fn query(&self) -> String {
        let org = self.org.as_ref().map(|org| format!("&orgIdentifier={org}"));
        let project = self
            .project
            .as_ref()
            .map(|project| format!("&projectIdentifier={project}"));
        org.unwrap_or_default() + &project.unwrap_or_default()
    }

    /// From identifiers as they come in; a project without its organization is mis-scoped by Harness, not refused.
    pub fn from_identifiers(org: Option<&str>, project: Option<&str>) -> Self {
        match (
            org.filter(|org| !org.is_empty()),
            project.filter(|project| !project.is_empty()),
        ) {
            (Some(org), Some(project)) => Self::project(org, project),
            (Some(org), None) => Self::org(org),
            (None, _) => Self::account(),
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        match text.split('/').collect::<Vec<_>>()[..] {
            ["account"] => Some(Self::account()),
            ["org", org] => Some(Self::org(org)),
            ["org", org, "project", project] => Some(Self::project(org, project)),
            _ => None,
        }
    }

    /// The scope object of an answer; null levels are written out.
    pub fn dto<'a>(&'a self, account: &'a str) -> ScopeDto<'a> {
        ScopeDto {
            account_identifier: account,
            org_identifier: self.org.as_deref(),
            project_identifier: self.project.as_deref(),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.org, &self.project) {
            (None, _) => formatter.write_str("account"),
            (Some(org), None) => write!(formatter, "org/{org}"),
            (Some(org), Some(project)) => write!(formatter, "org/{org}/project/{project}"),
        }
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("not a scope: {text:?}")))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "as on the wire")]
pub struct ScopeDto<'a> {
    pub account_identifier: &'a str,
    pub org_identifier: Option<&'a str>,
    pub project_identifier: Option<&'a str>,
}
