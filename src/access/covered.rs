//! What a resource group covers when a role is held over it at a scope, and whether a question falls into that.

use super::permissions::{Catalogue, Fit};
use super::question::Target;
use crate::model::{Level, ResourceGroupFact, Scope};

/// The resources at a scope that a role grant covers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CoveredResources {
    /// Where.
    pub scope: Scope,
    /// Everything below as well.
    pub below: bool,
    /// Which resources there.
    pub extent: Extent,
}

/// Which resources of a scope.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Extent {
    /// All.
    Everything,
    /// All of a type.
    Every(String),
    /// The named ones of a type.
    Named(String, Vec<String>),
    /// Those of a type whose attribute has one of the values.
    Matching(String, String, Vec<String>),
    /// The scope itself, and only to view it: the server adds this.
    View(Level),
}

/// Everything that a resource group covers at the scope of a grant, without the views that the server adds.
pub(super) fn covers(group: &ResourceGroupFact, grant_scope: &Scope) -> Vec<CoveredResources> {
    let mut covers = Vec::new();
    for (scope, below) in included(group, grant_scope) {
        let mut add = |extent| {
            covers.push(CoveredResources {
                scope: scope.clone(),
                below,
                extent,
            });
        };
        if group.all_resources {
            add(Extent::Everything);
            continue;
        }
        for selector in &group.selectors {
            let kind = selector.resource_type.clone();
            match &selector.attribute {
                Some(attribute) if !selector.attribute_values.is_empty() => {
                    let values = selector.attribute_values.clone();
                    add(Extent::Matching(kind, attribute.clone(), values));
                }
                _ if selector.identifiers.is_empty() => add(Extent::Every(kind)),
                _ if below => {} // the server never matches these
                _ => add(Extent::Named(kind, selector.identifiers.clone())),
            }
        }
    }
    covers
}

/// The views the server adds for a permission that is one of them.
pub(super) fn implicit_views(
    group: &ResourceGroupFact,
    grant_scope: &Scope,
    permission: &str,
) -> Vec<CoveredResources> {
    let level = match permission {
        "core_account_view" => Level::Account,
        "core_organization_view" => Level::Organization,
        "core_project_view" => Level::Project,
        _ => return Vec::new(),
    };
    let mut views: Vec<CoveredResources> = included(group, grant_scope)
        .filter_map(|(scope, below)| {
            let view = |scope, below| CoveredResources {
                scope,
                below,
                extent: Extent::View(level),
            };
            match scope.ancestor(level) {
                Some(own) => Some(view(own, false)),
                None => below.then(|| view(scope, true)),
            }
        })
        .collect();
    views.sort();
    views.dedup();
    views
}

fn included(group: &ResourceGroupFact, grant_scope: &Scope) -> impl Iterator<Item = (Scope, bool)> {
    group.included_scopes.iter().filter_map(|included| {
        let scope = match &included.scope {
            None => grant_scope.clone(),
            Some(path) => Scope::parse(path)?,
        };
        Some((scope, included.child_scopes))
    })
}

impl Extent {
    /// Whether a permission is about these resources.
    pub(super) fn fits(&self, permission: &str, catalogue: &Catalogue) -> Fit {
        match self {
            Self::Everything | Self::View(_) => Fit::Yes,
            Self::Every(kind) | Self::Named(kind, _) | Self::Matching(kind, ..) => {
                catalogue.fit(permission, kind)
            }
        }
    }

    /// The type of its resources; `None` = any.
    pub(super) fn own_type(&self) -> Option<&str> {
        match self {
            Self::Everything | Self::View(_) => None,
            Self::Every(kind) | Self::Named(kind, _) | Self::Matching(kind, ..) => Some(kind),
        }
    }

    fn covers_all_of(&self, kind: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Every(own) | Self::Matching(own, ..) => own == kind,
            Self::Named(..) => false,
            Self::View(level) => level_of(kind) == Some(*level),
        }
    }
}

impl CoveredResources {
    /// Whether this covers, or may cover, a resource of a type at the scope in question: rule 7 of `access`.
    pub(super) fn meets(&self, target: &Target, kind: &str, creates: bool) -> bool {
        let id = target.identifier.as_deref();
        match (&target.scope, level_of(kind)) {
            (None, level) => self.meets_somewhere(kind, level, id, creates),
            (Some(asked), None) => self.meets_plain(asked, kind, id),
            (Some(asked), Some(level)) => self.meets_level(asked, kind, level, id, creates),
        }
    }

    fn meets_somewhere(
        &self,
        kind: &str,
        level: Option<Level>,
        id: Option<&str>,
        creates: bool,
    ) -> bool {
        if let Extent::Named(own, ids) = &self.extent {
            return own == kind && id.is_none_or(|id| ids.iter().any(|own| own == id));
        }
        let Some(level) = level else {
            return self.extent.covers_all_of(kind);
        };
        let own = self.scope.level();
        let is_it = own == Some(level)
            && id.is_none_or(|id| level == Level::Account || Some(id) == own_name(&self.scope));
        let above = own < Some(level) && (self.below || creates && id.is_none());
        self.extent.covers_all_of(kind) && (is_it || above)
    }

    fn meets_plain(&self, asked: &Scope, kind: &str, id: Option<&str>) -> bool {
        match &self.extent {
            Extent::Named(own, ids) => {
                self.scope == *asked
                    && own == kind
                    && id.is_none_or(|id| ids.iter().any(|own| own == id))
            }
            extent => extent.covers_all_of(kind) && self.is_at_or_above(asked),
        }
    }

    /// For a resource that is itself a scope: from its parent it is asked about by name, from inside without a name.
    fn meets_level(
        &self,
        asked: &Scope,
        kind: &str,
        level: Level,
        id: Option<&str>,
        creates: bool,
    ) -> bool {
        let is_own = |id| level == Level::Account || Some(id) == own_name(asked);
        let own = asked.level() == Some(level) && id.is_none_or(is_own);
        let inner = match id {
            _ if own => Some(asked.clone()),
            None => None,
            Some(id) => child(asked, level, id),
        };
        let outer = if own {
            parent(asked)
        } else {
            Some(asked.clone())
        };
        let name = if own { own_name(asked) } else { id };
        // The question names no scope of this level, so any that lies directly below counts.
        let within = id.is_none()
            && !own
            && self.scope.level() == Some(level)
            && parent(&self.scope).as_ref() == Some(asked);
        if let Extent::Named(own_kind, ids) = &self.extent {
            let has = |name: &str| ids.iter().any(|own| own == name);
            let here = outer.as_ref() == Some(&self.scope) || inner.as_ref() == Some(&self.scope);
            return own_kind == kind
                && (here && name.is_none_or(has)
                    || within && own_name(&self.scope).is_some_and(has));
        }
        if !self.extent.covers_all_of(kind) {
            return false;
        }
        match &inner {
            Some(inner) => self.scope == *inner || self.below && self.is_at_or_above(inner),
            None => within || (self.below || creates && id.is_none()) && self.is_at_or_above(asked),
        }
    }

    /// Whether this may cover resources of the type and identifier that the target names.
    pub(super) fn may_cover(&self, target: &Target) -> bool {
        let Some(kind) = &target.resource_type else {
            return true;
        };
        match (&self.extent, &target.identifier) {
            (Extent::Named(own, ids), Some(id)) => own == kind && ids.contains(id),
            (Extent::Named(own, _), None) => own == kind,
            (extent, _) => extent.covers_all_of(kind),
        }
    }

    /// Whether the other is a view that the server adds, and this covers everything in it anyway.
    pub(super) fn includes_view(&self, view: &Self) -> bool {
        matches!(view.extent, Extent::View(_))
            && self.extent == Extent::Everything
            && self.is_at_or_above(&view.scope)
            && (self.below || !view.below)
    }

    /// Whether a role held here counts at a scope, whatever it permits.
    #[must_use]
    pub fn counts_at(&self, asked: Option<&Scope>) -> bool {
        asked.is_none_or(|asked| self.is_at_or_above(asked))
    }

    fn is_at_or_above(&self, asked: &Scope) -> bool {
        self.scope == *asked || self.below && self.scope.contains(asked)
    }
}

pub(super) fn level_of(kind: &str) -> Option<Level> {
    match kind {
        "ACCOUNT" => Some(Level::Account),
        "ORGANIZATION" => Some(Level::Organization),
        "PROJECT" => Some(Level::Project),
        _ => None,
    }
}

fn own_name(asked: &Scope) -> Option<&str> {
    asked.project().or(asked.org())
}

fn parent(asked: &Scope) -> Option<Scope> {
    match asked {
        Scope::Project { .. } => asked.ancestor(Level::Organization),
        Scope::Organization { .. } => Some(Scope::Account),
        Scope::Account | Scope::Harness => None,
    }
}

fn child(asked: &Scope, level: Level, id: &str) -> Option<Scope> {
    match (asked, level) {
        (Scope::Account, Level::Organization) => Scope::from_parts(Some(id), None),
        (Scope::Organization { org }, Level::Project) => Scope::from_parts(Some(org), Some(id)),
        _ => None,
    }
}
