//! Tokens, without their secrets.

use serde::Deserialize;

use super::lenient;
use super::said::Said;

/// A row of `GET /ng/api/token/aggregate`, schema `TokenAggregateDTO`.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenItem {
    /// The token, without its secret.
    pub token: Token,
    /// When it stops to work, in epoch milliseconds: the scheduled expiry or the end of its validity.
    #[serde(default, deserialize_with = "lenient::expiry_at")]
    pub expiry_at: Option<i64>,
}

/// Schema `TokenDTO`.
#[derive(Hash, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Unique in its API key.
    #[serde(deserialize_with = "lenient::identifier")]
    pub identifier: String,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: Said<String>,
    /// In epoch milliseconds.
    #[serde(default, deserialize_with = "lenient::valid_from")]
    pub valid_from: Said<i64>,
    /// Harness accepts it.
    #[serde(default, deserialize_with = "lenient::valid")]
    pub valid: Said<bool>,
    /// The account that it is of.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub account_identifier: Option<String>,
    /// Its own scope's organization, whatever scope was asked.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub org_identifier: Option<String>,
    /// Its own scope's project.
    #[serde(default, deserialize_with = "lenient::optional_identifier")]
    pub project_identifier: Option<String>,
    /// Identifier of its API key.
    #[serde(deserialize_with = "lenient::identifier")]
    pub api_key_identifier: String,
    /// Identifier of the service account, or uuid of the user.
    #[serde(deserialize_with = "lenient::identifier")]
    pub parent_identifier: String,
}
