//! What the file held before a sync, as the collector asks for it.

use std::collections::HashMap;

use crate::collect::{Before, HeldResources};
use crate::model::{Details, HeldAssignment, Level, ResourceId, ResourceType, Scope};
use crate::store::{StoreError, Writer};

/// A file about to be written.
pub(super) struct HeldBefore<'a> {
    pub(super) writer: &'a Writer,
    /// Whether removals need no second look: the brake is off.
    pub(super) anything_may_go: bool,
}

impl Before for HeldBefore<'_> {
    fn anything_may_go(&self) -> bool {
        self.anything_may_go
    }

    fn members(&self, group: &ResourceId) -> Result<Vec<String>, String> {
        self.writer.members_of(group).map_err(unknown)
    }

    fn resources(&self) -> Result<HeldResources, String> {
        let mut found = HeldResources::default();
        for ((kind, path), held) in self.writer.held_by_list().map_err(unknown)? {
            if let Some(scope) = Scope::parse(&path) {
                found.own.insert((kind, scope), held);
            } else if let Some(level) = path.strip_prefix("harness/").and_then(Level::parse) {
                found.supplied.insert((kind, level), held);
            }
        }
        Ok(found)
    }

    fn details(&self) -> Result<HashMap<ResourceId, Details>, String> {
        let kinds = [ResourceType::Role, ResourceType::ResourceGroup];
        self.writer.details_of(&kinds).map_err(unknown)
    }

    fn assignment_counts(&self) -> Result<HashMap<Scope, i64>, String> {
        self.writer.assignment_counts().map_err(unknown)
    }

    fn assignments(&self, scope: &Scope) -> Result<Vec<HeldAssignment>, String> {
        self.writer.assignments_at(scope).map_err(unknown)
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
