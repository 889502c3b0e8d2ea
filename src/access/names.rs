//! From what people type to what the facts call it.

use std::collections::HashMap;

use super::index::Access;
use super::question::Question;
use crate::model::{PrincipalFact, ResourceId, ResourceType, Scope};
use crate::similar::closest;

impl Access {
    /// The principals a text may mean, best form first: text id, uuid or identifier, e-mail, name, part of a name. Those
    /// that no list shows have no name, but answers tell their identifiers, so these are understood last. Several =
    /// ambiguous.
    #[must_use]
    pub fn principals_named(&self, text: &str) -> Vec<u32> {
        let wanted = text.to_lowercase();
        let is_place =
            Scope::parse(text).is_some_and(|scope| ResourceId::of_scope(&scope).is_some());
        // A path of a scope does not mean those who live there.
        let is_in_id =
            |principal: &PrincipalFact| !is_place && principal.id.to_lowercase().contains(&wanted);
        let lower = |text: &Option<String>| text.as_deref().map(str::to_lowercase);
        let is = |field: &Option<String>| lower(field).is_some_and(|field| field == wanted);
        let has =
            |field: &Option<String>| lower(field).is_some_and(|field| field.contains(&wanted));
        let forms: [&dyn Fn(&PrincipalFact) -> bool; 8] = [
            &|principal| principal.id == text,
            &|principal| principal.resolved && principal.identifier == text,
            &|principal| {
                principal.resolved && principal.kind == ResourceType::User && is(&principal.email)
            },
            &|principal| principal.resolved && (is(&principal.name) || is(&principal.email)),
            &|principal| principal.resolved && (has(&principal.name) || has(&principal.email)),
            &|principal| principal.resolved && is_in_id(principal),
            &|principal| principal.identifier == text,
            &is_in_id,
        ];
        for form in forms {
            let mut found: Vec<u32> = (0..)
                .zip(&self.facts().principals)
                .filter_map(|(at, principal)| form(principal).then_some(at))
                .collect();
            if !found.is_empty() && !text.is_empty() {
                found.sort_by_key(|at| &self.principal(*at).id);
                return found;
            }
        }
        Vec::new()
    }

    /// The same, by exact names alone: text id, uuid or identifier, a user's address. Empty when only less exact ones fit.
    #[must_use]
    pub fn principals_named_exactly(&self, text: &str) -> Vec<u32> {
        let is_exact = |principal: &PrincipalFact| {
            let is_address = principal.kind == ResourceType::User
                && (principal.email.as_deref())
                    .is_some_and(|email| email.eq_ignore_ascii_case(text));
            principal.id == text
                || principal.resolved && (principal.identifier == text || is_address)
        };
        let mut named = self.principals_named(text);
        named.retain(|at| is_exact(self.principal(*at)));
        named
    }

    /// The permission or role a text names: a permission's identifier or plain name, a role's text id, identifier or
    /// name. One identifier may name roles of several scopes; all of them are meant.
    ///
    /// # Errors
    /// Similar names, when it names nothing.
    pub fn question(&self, text: &str) -> Result<Question, Vec<String>> {
        if self.catalogue().permission(text).is_some() || self.knows_permission(text) {
            return Ok(Question::Permission(text.to_owned()));
        }
        let roles = &self.facts().roles;
        for form in [0, 1, 2] {
            let found: Vec<u32> = (0..)
                .zip(roles)
                .filter(|(_, role)| match form {
                    0 => role.id == text,
                    1 => role.identifier == text,
                    _ => role
                        .name
                        .as_deref()
                        .is_some_and(|name| name.to_lowercase() == text.to_lowercase()),
                })
                .map(|(at, _)| at)
                .collect();
            if !found.is_empty() {
                return Ok(Question::Roles(found));
            }
        }
        let all = self.catalogue().permissions();
        let plain = all.iter().find(|permission| {
            permission
                .name
                .is_some_and(|name| name.eq_ignore_ascii_case(text))
        });
        plain.map_or_else(
            || Err(self.similar(text)),
            |permission| Ok(Question::Permission(permission.identifier.to_owned())),
        )
    }

    fn similar(&self, text: &str) -> Vec<String> {
        let all = self.catalogue().permissions();
        let permissions = all.iter().map(|permission| {
            let name = permission.name.unwrap_or_default();
            (permission.identifier.to_owned(), name.to_owned())
        });
        let roles = self.facts().roles.iter().filter(|role| role.resolved);
        let roles = roles.map(|role| (role.id.clone(), role.name.clone().unwrap_or_default()));
        closest(text, permissions.chain(roles))
    }

    /// Principals that look like a text; people by address, where it is the address of one person.
    #[must_use]
    pub fn similar_principals(&self, text: &str) -> Vec<String> {
        let principals = &self.facts().principals;
        let mut people: HashMap<String, u32> = HashMap::new();
        for address in principals.iter().filter_map(address) {
            *people.entry(address.to_lowercase()).or_default() += 1;
        }
        let candidates = principals.iter().flat_map(|principal| {
            let own = address(principal).filter(|address| people[&address.to_lowercase()] == 1);
            let shown = own.unwrap_or(&principal.id);
            let names = [
                Some(&principal.id),
                principal.name.as_ref(),
                principal.email.as_ref(),
            ];
            names.map(|name| (shown.to_owned(), name.cloned().unwrap_or_default()))
        });
        closest(text, candidates)
    }
}

fn address(principal: &PrincipalFact) -> Option<&str> {
    let is_user = principal.kind == ResourceType::User;
    let email = principal.email.as_deref().filter(|email| !email.is_empty());
    email.filter(|_| is_user)
}
