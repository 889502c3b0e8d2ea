//! Text ids read back, and details of resources as a test names them.

use harness_access::model::{Details, IncludedScope, ResourceId, ResourceType, Scope, Selector};

/// The type, scope and identifier behind a text id.
pub fn parse(id: &str) -> ResourceId {
    let (kind, rest) = id.split_once('/').expect("a text id");
    let (kind, scope, identifier) = match kind {
        "user" => (ResourceType::User, Scope::Account, rest),
        "account" => (ResourceType::Account, Scope::Account, rest),
        "organization" => (ResourceType::Organization, Scope::Account, rest),
        "project" => {
            let (org, project) = rest.split_once('/').expect("org/project");
            (
                ResourceType::Project,
                Scope::parse(&format!("org/{org}")).expect("a scope"),
                project,
            )
        }
        kind => {
            let (scope, identifier) = rest.rsplit_once('/').expect("scope/identifier");
            let kind = match kind {
                "service_account" => ResourceType::ServiceAccount,
                "user_group" => ResourceType::UserGroup,
                "role" => ResourceType::Role,
                "resource_group" => ResourceType::ResourceGroup,
                other => ResourceType::Other(other.to_owned()),
            };
            (kind, Scope::parse(scope).expect("a scope"), identifier)
        }
    };
    ResourceId {
        kind,
        scope,
        identifier: identifier.to_owned(),
    }
}

/// The level of the scope where it lives; what Harness supplies is for accounts.
pub(crate) fn levels(id: &str) -> Vec<String> {
    let level = match parse(id).scope {
        Scope::Account | Scope::Harness => "account",
        Scope::Organization { .. } => "organization",
        Scope::Project { .. } => "project",
    };
    vec![level.to_owned()]
}

/// The scope where a resource group is assigned.
pub(crate) fn own_scope(child_scopes: bool) -> Vec<IncludedScope> {
    vec![IncludedScope {
        scope: None,
        child_scopes,
    }]
}

pub(crate) fn over_all(child_scopes: bool) -> Details {
    Details::ResourceGroup {
        description: None,
        harness_managed: true,
        all_resources: true,
        included_scopes: own_scope(child_scopes),
        selectors: Vec::new(),
        scope_levels: Vec::new(),
    }
}

pub(crate) fn selector(text: &str) -> Selector {
    let bare = |kind: &str| Selector {
        resource_type: kind.to_owned(),
        identifiers: vec![],
        attribute: None,
        attribute_values: vec![],
    };
    if let Some((kind, filter)) = text.split_once('?') {
        let (attribute, value) = filter.split_once('=').expect("attribute=value");
        return Selector {
            attribute: Some(attribute.to_owned()),
            attribute_values: vec![value.to_owned()],
            ..bare(kind)
        };
    }
    match text.split_once('/') {
        None => bare(text),
        Some((kind, id)) => Selector {
            identifiers: vec![id.to_owned()],
            ..bare(kind)
        },
    }
}

pub fn user(email: &str, disabled: bool) -> Details {
    Details::User {
        email: Some(email.to_owned()),
        locked: Some(false),
        disabled: Some(disabled),
        externally_managed: Some(false),
        two_factor_enabled: None,
    }
}

pub fn resource_group(all_resources: bool, selectors: Vec<Selector>) -> Details {
    Details::ResourceGroup {
        description: None,
        harness_managed: false,
        all_resources,
        included_scopes: own_scope(false),
        selectors,
        scope_levels: vec!["account".to_owned()],
    }
}
