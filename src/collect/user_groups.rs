//! User groups, with their members.

use std::hash::{DefaultHasher, Hash};

use super::found::{Asked, Found, Row, as_set};
use crate::api::wire::UserGroup;
use crate::model::{Details, ResourceType};

impl Row for UserGroup {
    fn key(&self, hasher: &mut DefaultHasher) {
        (
            &self.org_identifier,
            &self.project_identifier,
            &self.identifier,
        )
            .hash(hasher);
    }

    fn found(self, asked: &Asked) -> Result<Found, String> {
        let scope = asked.scope(
            self.org_identifier.as_deref(),
            self.project_identifier.as_deref(),
            "a user group",
        )?;
        let details = Details::UserGroup {
            description: self.description,
            sso_linked: self.sso_linked.or(self.is_sso_linked).unwrap_or_default(),
            sso_type: self.linked_sso_type,
            sso_group: self.sso_group_name.or(self.sso_group_id),
            externally_managed: self.externally_managed.unwrap_or_default(),
            harness_managed: self.harness_managed.unwrap_or_default(),
        };
        let found = Found::new(
            ResourceType::UserGroup,
            scope,
            self.identifier,
            self.name,
            details,
        );
        Ok(Found {
            members: self.users.map(|users| as_set(Some(users))),
            ..found
        })
    }
}
