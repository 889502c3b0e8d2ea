//! What of the account a report is about: everything, or what reaches one scope.

use crate::access::{Access, Doubt, Path};
use crate::model::Scope;

/// The part of the account that is reported.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut<'a>(pub(super) Option<&'a Scope>);

impl Cut<'_> {
    /// Whether a path counts somewhere in the part.
    pub(super) fn keeps(self, access: &Access, path: &Path) -> bool {
        let Some(wanted) = self.0 else {
            return true;
        };
        let here = |covered: &Scope, below: bool| {
            wanted.contains(covered) || below && covered.contains(wanted)
        };
        if path.covers.is_empty() && path.doubts.contains(&Doubt::ResourceGroup) {
            return here(access.scope(path), true); // what the group covers is not known
        }
        path.covers
            .iter()
            .any(|reach| here(&reach.scope, reach.below))
    }

    /// Whether something that lives in a scope matters for the part: it is inside, or above and may reach down.
    pub(super) fn touches(self, scope: &Scope) -> bool {
        self.0
            .is_none_or(|wanted| wanted.contains(scope) || scope.contains(wanted))
    }

    /// The same for the path of a scope; what has no known scope matters.
    pub(super) fn touches_path(self, path: &str) -> bool {
        Scope::parse(path).is_none_or(|scope| scope == Scope::Harness || self.touches(&scope))
    }

    /// Whether a scope lies in the part.
    pub(super) fn holds(self, scope: &Scope) -> bool {
        self.0.is_none_or(|wanted| wanted.contains(scope))
    }
}
