//! Resource groups and what they select.

use serde::Deserialize;

use super::lenient;
use super::said::Said;

/// A row of `GET /resourcegroup/api/v2/resourcegroup`, schema `ResourceGroupV2Response`.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceGroupItem {
    /// The resource group.
    pub resource_group: ResourceGroup,
    /// Supplied by Harness.
    #[serde(default, deserialize_with = "lenient::decisive_or_null")]
    pub harness_managed: Option<bool>,
}

/// Schema `ResourceGroupV2`. Groups that Harness supplies lack the account although the specification requires it.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceGroup {
    /// Unique in its scope.
    #[serde(deserialize_with = "lenient::identifier")]
    pub identifier: String,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: Said<String>,
    /// Free text.
    #[serde(default, deserialize_with = "lenient::description")]
    pub description: Said<String>,
    /// Missing on those that Harness supplies.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub account_identifier: Option<String>,
    /// Its own scope's organization.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub org_identifier: Option<String>,
    /// Its own scope's project.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub project_identifier: Option<String>,
    /// Levels it may be assigned at.
    #[serde(default, deserialize_with = "lenient::levels")]
    pub allowed_scope_levels: Said<Vec<String>>,
    /// The scopes it reaches into.
    pub included_scopes: Option<Vec<ScopeSelector>>,
    /// What it covers there.
    pub resource_filter: Option<ResourceFilter>,
}

/// Schema `ScopeSelector`.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScopeSelector {
    /// `EXCLUDING_CHILD_SCOPES` or `INCLUDING_CHILD_SCOPES`.
    pub filter: Option<String>,
    /// Missing = wherever the group is assigned.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub account_identifier: Option<String>,
    /// The organization.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub org_identifier: Option<String>,
    /// The project.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub project_identifier: Option<String>,
}

/// Schema `ResourceFilter`.
#[derive(Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceFilter {
    /// Everything.
    #[serde(default, deserialize_with = "lenient::decisive_or_null")]
    pub include_all_resources: Option<bool>,
    /// Else these.
    pub resources: Option<Vec<ResourceSelector>>,
}

/// Schema `ResourceSelectorV2`.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceSelector {
    /// Such as `PIPELINE`; open.
    pub resource_type: String,
    /// Missing or empty = every one of the type.
    pub identifiers: Option<Vec<String>>,
    /// Restricts to matching resources.
    pub attribute_filter: Option<AttributeFilter>,
}

/// Schema `AttributeFilter`.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttributeFilter {
    /// `category`, `type`, `tags`, `labels`; open.
    pub attribute_name: Option<String>,
    /// No values = no restriction.
    pub attribute_values: Option<Vec<String>>,
}
