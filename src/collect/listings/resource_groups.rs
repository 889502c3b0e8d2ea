//! Resource groups: custom ones of a scope, and those Harness supplies at its level.

use std::hash::Hash;

use crate::api::http::quote::quote;
use crate::api::page::RowKey;
use crate::api::wire::{ResourceFilter, ResourceGroupItem, ResourceSelector, ScopeSelector};
use crate::collect::definition::{
    Alone, Definition, Phase, RequiredPermission, Walks, Wanted, WithoutPermission,
};
use crate::collect::endpoint::Endpoint;
use crate::collect::rows::{
    ListScope, ListedResource, Row, Unread, as_set, known_levels, levels, not_of, own_scope,
};
use crate::model::{Details, IncludedScope, ListingKind, ResourceType, Scope, Selector};

pub(super) static RESOURCE_GROUPS: Definition = Definition {
    kind: ListingKind::ResourceGroups,
    endpoint: Endpoint::get("/resourcegroup/api/v2/resourcegroup", &["identifier,ASC"]),
    otherwise: &[Endpoint::get(
        "/authz/api/v2/resourcegroup",
        &["identifier,ASC"],
    )],
    permission: Some(&RequiredPermission {
        permission: "core_resourcegroup_view",
        resource_type: "RESOURCEGROUP",
        principal: None,
    }),
    without_permission: WithoutPermission::Gap,
    wanted: Wanted::Always,
    phase: Phase::Named,
    walks: Walks::EachScope(None),
    read: |walk| walk.resources::<ResourceGroupItem>(),
    alone: Alone::Below("/resourceGroup/identifier"),
};

impl Row for ResourceGroupItem {
    fn key(&self, key: &mut RowKey) {
        let group = &self.resource_group;
        (
            self.is_supplied(),
            &group.org_identifier,
            &group.project_identifier,
            &group.identifier,
        )
            .hash(key);
    }

    fn account(&self) -> Option<&str> {
        let account = self.resource_group.account_identifier.as_deref();
        account.filter(|_| !self.is_supplied())
    }

    fn listed(self, _asked: &ListScope) -> Result<ListedResource, String> {
        let supplied = self.is_supplied();
        let group = self.resource_group;
        let scope = if supplied {
            Scope::Harness
        } else {
            own_scope(
                group.org_identifier.as_deref(),
                group.project_identifier.as_deref(),
                "a resource group",
            )?
        };
        let covered = group.resource_filter.and_then(covered);
        let (Some((all_resources, selectors)), Some(included_scopes)) =
            (covered, group.included_scopes)
        else {
            let identifier = group.identifier;
            return Err(format!(
                "the resource group {identifier} does not say what it covers"
            ));
        };
        let account = group.account_identifier;
        let included_scopes = included_scopes
            .into_iter()
            .map(|selector| included_scope(selector, account.as_deref()));
        let mut unread = Unread::default();
        let scope_levels = levels(unread.maybe("scope_levels", group.allowed_scope_levels));
        let supplied_at = if supplied {
            known_levels(&scope_levels)
        } else {
            Vec::new()
        };
        let details = Details::ResourceGroup {
            description: unread.maybe("description", group.description),
            harness_managed: supplied,
            all_resources,
            included_scopes: sorted(included_scopes.collect::<Result<_, _>>()?),
            selectors: sorted(
                selectors
                    .into_iter()
                    .map(selector)
                    .collect::<Result<_, _>>()?,
            ),
            scope_levels,
        };
        let listed = ListedResource::new(
            ResourceType::ResourceGroup,
            scope,
            group.identifier,
            unread.maybe("name", group.name),
            details,
        )
        .with_unread(unread);
        Ok(ListedResource {
            supplied_at,
            ..listed
        })
    }
}

impl ResourceGroupItem {
    fn is_supplied(&self) -> bool {
        // Those of Harness belong to no account, whatever the flag says.
        let group = &self.resource_group;
        self.harness_managed
            .unwrap_or(group.account_identifier.is_none() && group.org_identifier.is_none())
    }
}

/// Whether everything is covered, or else what; `None` where neither is said.
fn covered(filter: ResourceFilter) -> Option<(bool, Vec<ResourceSelector>)> {
    let selectors = filter.resources.unwrap_or_default();
    let is_selection = !selectors.is_empty();
    let all = filter
        .include_all_resources
        .or(is_selection.then_some(false))?;
    Some((all, selectors))
}

fn sorted<M: Ord>(mut set: Vec<M>) -> Vec<M> {
    set.sort_unstable();
    set.dedup();
    set
}

/// A filter that this program does not know could mean anything.
fn included_scope(selector: ScopeSelector, own: Option<&str>) -> Result<IncludedScope, String> {
    if let Some(own) = own {
        let account = selector.account_identifier.as_deref();
        not_of(own, account, || "what a resource group covers".to_owned())?;
    }
    let scope = || {
        Scope::from_parts(
            selector.org_identifier.as_deref(),
            selector.project_identifier.as_deref(),
        )
    };
    let filter = selector.filter.as_deref().map(str::to_ascii_uppercase);
    let child_scopes = match filter.as_deref() {
        Some("EXCLUDING_CHILD_SCOPES") => false,
        Some("INCLUDING_CHILD_SCOPES") => true,
        None | Some("") => {
            return Err(
                "a resource group does not say whether it includes child scopes".to_owned(),
            );
        }
        Some(other) => {
            return Err(format!(
                "a resource group includes scopes by {}, which is unknown",
                quote(other)
            ));
        }
    };
    Ok(IncludedScope {
        scope: selector
            .account_identifier
            .as_ref()
            .and_then(|_| scope())
            .map(|scope| scope.to_string()),
        child_scopes,
    })
}

/// A selection of no type, or by an attribute that has no name, covers nobody knows what.
fn selector(selector: ResourceSelector) -> Result<Selector, String> {
    let (attribute, attribute_values) = match selector.attribute_filter {
        None => (None, Vec::new()),
        Some(filter) => (filter.attribute_name, as_set(filter.attribute_values)),
    };
    if attribute.is_none() && !attribute_values.is_empty() {
        return Err("a resource group filters by an attribute without a name".to_owned());
    }
    if selector.resource_type.trim().is_empty() {
        return Err("a resource group selects resources of a type without a name".to_owned());
    }
    Ok(Selector {
        resource_type: selector.resource_type.to_ascii_uppercase(),
        identifiers: as_set(selector.identifiers),
        // Without values the filter does not restrict.
        attribute: attribute.filter(|_| !attribute_values.is_empty()),
        attribute_values,
    })
}
