//! Tokens, without their secrets.

use serde::Deserialize;

/// A row of `GET /ng/api/token/aggregate`, schema `TokenAggregateDTO`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenItem {
    /// The token, without its secret.
    pub token: Token,
    /// When it stops to work, in epoch milliseconds: the scheduled expiry or the end of its validity.
    pub expiry_at: Option<i64>,
}

/// Schema `TokenDTO`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Unique in its API key.
    pub identifier: String,
    /// Its name.
    pub name: Option<String>,
    /// In epoch milliseconds.
    pub valid_from: Option<i64>,
    /// Harness accepts it.
    pub valid: Option<bool>,
    /// Its own scope's organization, whatever scope was asked.
    pub org_identifier: Option<String>,
    /// Its own scope's project.
    pub project_identifier: Option<String>,
    /// Identifier of its API key.
    pub api_key_identifier: String,
    /// Identifier of the service account, or uuid of the user.
    pub parent_identifier: String,
}
