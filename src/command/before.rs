//! What the file held before a sync, as the collector asks for it.

use std::collections::{BTreeMap, HashMap};

use crate::collect::Before;
use crate::model::{ListingKind, ResourceId, Scope};
use crate::store::{StoreError, Writer};

/// A file about to be written.
pub(super) struct HeldBefore<'a> {
    pub(super) writer: &'a Writer,
    /// Whether removals need no second look: the brake is off.
    pub(super) anything_may_go: bool,
}

impl Before for HeldBefore<'_> {
    fn members(&self, group: &ResourceId) -> Result<Vec<String>, String> {
        self.writer.members_of(group).map_err(unknown)
    }

    fn rows(&self) -> Result<HashMap<(ListingKind, Scope), i64>, String> {
        if self.anything_may_go {
            return Ok(HashMap::new());
        }
        self.writer.rows_before().map_err(unknown)
    }

    fn held(&self, kind: ListingKind, scope: &Scope) -> Result<Vec<Vec<String>>, String> {
        if kind != ListingKind::RoleAssignments {
            let held = self.writer.held_of(kind, scope).map_err(unknown)?;
            return Ok(vec![held]);
        }
        let mut by_type: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (kind, identifier) in self.writer.assignments_at(scope).map_err(unknown)? {
            by_type.entry(kind).or_default().push(identifier);
        }
        Ok(by_type.into_values().collect())
    }

    fn own_assignments(&self, caller: &str) -> Result<Vec<(Scope, String)>, String> {
        let Some((kind, identifier)) = caller.split_once('/') else {
            return Ok(Vec::new());
        };
        self.writer
            .assignments_of(kind, identifier)
            .map_err(unknown)
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it stands where errors are mapped"
)]
fn unknown(error: StoreError) -> String {
    error.to_string()
}
