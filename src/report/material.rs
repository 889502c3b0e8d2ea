//! What a report is made of.

use super::inventory::Inventory;
use crate::access::Access;
use crate::diff::Comparison;
use crate::model::{Gap, Scope, SnapshotInfo, Unverified};
use crate::output::findings::RuleFindings;
use crate::output::text::named;

/// For whom the report is; decides which sections it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// All sections.
    #[default]
    Everybody,
    /// Completeness, numbers, findings and the whole list; people folded.
    Auditor,
    /// The owner of one scope: who can do what there.
    Owner,
}

/// A snapshot of the file as the time line shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The snapshot.
    pub snapshot: SnapshotInfo,
    /// Changes since the point before that let somebody do more; `None` for the first.
    pub escalations: Option<usize>,
}

/// What a report is made of.
#[derive(Debug)]
pub struct Material<'a> {
    /// The snapshot.
    pub snapshot: &'a SnapshotInfo,
    /// Name of the database, without folders.
    pub file: &'a str,
    /// Lists that were not complete.
    pub gaps: &'a [Gap],
    /// Role assignments of scopes that the snapshot did not ask for.
    pub not_asked_for: &'a [Gap],
    /// What nobody can vouch for.
    pub unverified: Unverified,
    /// SHA-256 of the snapshot as `export --format ndjson` writes it.
    pub sha256: &'a str,
    /// Who can do what.
    pub access: &'a Access,
    /// What the views say besides.
    pub inventory: &'a Inventory,
    /// What changed since an earlier snapshot.
    pub comparison: Option<&'a Comparison>,
    /// What the rules found.
    pub findings: &'a [RuleFindings],
    /// Snapshots of the file, oldest first.
    pub timeline: &'a [Point],
    /// The scope it is about; `None` = the whole account.
    pub scope: Option<&'a Scope>,
    /// For whom.
    pub audience: Audience,
    /// Two snapshots were named, so that the changes are what the report is for.
    pub reviews: bool,
    /// The file of approvals, as typed.
    pub approvals: Option<&'a str>,
    /// Rows of the list at most.
    pub max_rows: usize,
}

impl Material<'_> {
    /// Rows of the list, unless another number is asked for.
    pub const MAX_ROWS: usize = 250_000;

    /// The account's name, or its identifier.
    pub(super) fn account_name(&self) -> &str {
        named(
            self.inventory.account_name.as_deref(),
            &self.snapshot.account_id,
        )
    }

    /// Whether the report has a section, by its address.
    pub(super) fn has(&self, section: &str) -> bool {
        let is_for_auditors = self.audience == Audience::Auditor;
        match section {
            "changes" => self.comparison.is_some() && (self.reviews || !is_for_auditors),
            "power" | "service-accounts" | "groups" | "where" => !is_for_auditors,
            _ => true,
        }
    }

    /// The title of the page.
    pub(super) fn title(&self) -> String {
        let scope = self.scope.map(|scope| format!(", {scope}"));
        format!(
            "Who has access to what: {}{}",
            self.account_name(),
            scope.unwrap_or_default()
        )
    }
}
