//! Service accounts.

use std::hash::{DefaultHasher, Hash};

use super::found::{Asked, Found, Row};
use crate::api::wire::ServiceAccountItem;
use crate::model::{Details, ResourceType};

impl Row for ServiceAccountItem {
    fn key(&self, hasher: &mut DefaultHasher) {
        let account = &self.service_account;
        (
            &account.org_identifier,
            &account.project_identifier,
            &account.identifier,
        )
            .hash(hasher);
    }

    /// A list may show service accounts of the scopes above, which keep their own scope.
    fn found(self, asked: &Asked) -> Result<Found, String> {
        let account = self.service_account;
        let scope = asked.scope_or_above(
            account.org_identifier.as_deref(),
            account.project_identifier.as_deref(),
            "a service account",
        )?;
        let details = Details::ServiceAccount {
            email: account.email,
            description: account.description,
            api_keys: self.tokens_count,
        };
        Ok(Found::new(
            ResourceType::ServiceAccount,
            scope,
            account.identifier,
            account.name,
            details,
        ))
    }
}
