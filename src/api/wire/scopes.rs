//! Organizations and projects, and the scope that other rows name.

use serde::Deserialize;

use super::lenient;
use super::said::Said;

/// The scope of a role or role assignment, with explicit nulls.
#[derive(Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// The account.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub account_identifier: Option<String>,
    /// The organization.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub org_identifier: Option<String>,
    /// The project.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub project_identifier: Option<String>,
}

/// A row of `GET /ng/api/organizations`, schema `OrganizationResponse`.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationItem {
    /// The organization.
    pub organization: Organization,
    /// Kept by Harness: the organization `default`.
    #[serde(default, deserialize_with = "lenient::harness_managed")]
    pub harness_managed: Said<bool>,
}

/// Schema `OrganizationDTO`.
#[derive(Hash, Debug, Deserialize)]
pub struct Organization {
    /// Unique in the account.
    #[serde(deserialize_with = "lenient::identifier")]
    pub identifier: String,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: Said<String>,
    /// Free text.
    #[serde(default, deserialize_with = "lenient::description")]
    pub description: Said<String>,
}

/// A row of `GET /ng/api/projects`, schema `ProjectResponse`.
#[derive(Hash, Debug, Deserialize)]
pub struct ProjectItem {
    /// The project.
    pub project: Project,
}

/// Schema `ProjectDTO`.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Project {
    /// The organization it is in.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub org_identifier: Option<String>,
    /// Unique in its organization only.
    #[serde(deserialize_with = "lenient::identifier")]
    pub identifier: String,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: Said<String>,
    /// Free text.
    #[serde(default, deserialize_with = "lenient::description")]
    pub description: Said<String>,
}
