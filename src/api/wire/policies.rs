//! `POST /v1/analyze-access-policies`: by which role assignments somebody holds a permission. Names have underscores, as
//! everywhere under `/v1`.

use serde::Deserialize;

use super::lenient;

/// The body.
#[derive(Debug, Deserialize)]
pub struct PolicyAnalysis {
    /// One row for each role assignment and holder.
    pub access_policy_analysis_response: Vec<PolicyItem>,
}

/// One way in which somebody holds the permission.
#[derive(Debug, Deserialize)]
pub struct PolicyItem {
    /// The role assignment.
    pub role_assignment: AnalyzedAssignment,
    /// Who holds the permission by it.
    pub principal: PolicyPart,
    /// Over what.
    pub resource_group: PolicyPart,
    /// By which role.
    pub role: PolicyPart,
    /// The permission asked about.
    pub permission: PolicyPart,
}

/// A role assignment in an answer of the analyzer.
#[derive(Debug, Deserialize)]
pub struct AnalyzedAssignment {
    /// Where it is.
    pub scope: PolicyScope,
    /// Its identifier.
    pub role_assignment_id: Option<String>,
    /// Who is assigned the role: the holder, or a user group.
    pub principal: Option<PolicyPart>,
}

/// A scope, by its parts.
#[derive(Debug, Deserialize)]
pub struct PolicyScope {
    /// The account.
    pub account: Option<String>,
    /// The organization.
    pub org: Option<String>,
    /// The project.
    pub project: Option<String>,
}

/// A thing of an answer.
#[derive(Debug, Deserialize)]
pub struct PolicyPart {
    /// Harness's identifier; of a user the uuid.
    #[serde(deserialize_with = "lenient::identifier")]
    pub identifier: String,
    /// `USER`, `USER_GROUP` or `SERVICE_ACCOUNT`, of a principal.
    pub r#type: Option<String>,
}
