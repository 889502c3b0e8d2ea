//! Organizations and projects, and the scope that other rows name.

use serde::Deserialize;

/// The scope of a role or role assignment, with explicit nulls.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// The organization.
    pub org_identifier: Option<String>,
    /// The project.
    pub project_identifier: Option<String>,
}

/// A row of `GET /ng/api/organizations`, schema `OrganizationResponse`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationItem {
    /// The organization.
    pub organization: Organization,
    /// Kept by Harness: the organization `default`.
    pub harness_managed: Option<bool>,
}

/// Schema `OrganizationDTO`.
#[derive(Debug, Deserialize)]
pub struct Organization {
    /// Unique in the account.
    pub identifier: String,
    /// Its name.
    pub name: Option<String>,
    /// Free text.
    pub description: Option<String>,
}

/// A row of `GET /ng/api/projects`, schema `ProjectResponse`.
#[derive(Debug, Deserialize)]
pub struct ProjectItem {
    /// The project.
    pub project: Project,
}

/// Schema `ProjectDTO`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Project {
    /// The organization it is in.
    pub org_identifier: Option<String>,
    /// Unique in its organization only.
    pub identifier: String,
    /// Its name.
    pub name: Option<String>,
    /// Free text.
    pub description: Option<String>,
}
