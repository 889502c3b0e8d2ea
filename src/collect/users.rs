//! Users. The account's list is the whole list: members of a project are members of its account.

use std::hash::{DefaultHasher, Hash};

use super::found::{Asked, Found, Row};
use crate::api::wire::User;
use crate::model::{Details, ResourceType, Scope};

impl Row for User {
    fn key(&self, hasher: &mut DefaultHasher) {
        self.uuid.hash(hasher);
    }

    fn found(self, _asked: &Asked) -> Result<Found, String> {
        let details = Details::User {
            email: self.email,
            locked: self.locked.unwrap_or_default(),
            disabled: self.disabled.unwrap_or_default(),
            externally_managed: self.externally_managed.unwrap_or_default(),
            two_factor_enabled: self.two_factor_authentication_enabled,
        };
        Ok(Found::new(
            ResourceType::User,
            Scope::Account,
            self.uuid,
            self.name,
            details,
        ))
    }
}
