//! Whether a file still holds what was stored in it.

use super::SnapshotInfo;

/// What a verification found.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The snapshots that were asked for, oldest first.
    pub snapshots: Vec<VerifiedSnapshot>,
    /// What is wrong with the file as a whole, one sentence each; empty = nothing.
    pub file: Vec<String>,
}

/// One snapshot, compared with its digest.
#[derive(Clone, Debug)]
pub struct VerifiedSnapshot {
    /// The snapshot, with the digest that was stored; without one nothing was compared.
    pub info: SnapshotInfo,
    /// What differs, for people; empty = nothing.
    pub differs: Vec<&'static str>,
}

impl Verified {
    /// What differs, one sentence each; empty = nothing.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = self.file.clone();
        for snapshot in &self.snapshots {
            if !snapshot.differs.is_empty() {
                problems.push(format!(
                    "snapshot {} is not as it was stored: {}",
                    snapshot.info.id,
                    snapshot.differs.join(", ")
                ));
            }
        }
        problems
    }

    /// What differs, in one sentence; `None` = nothing.
    #[must_use]
    pub fn summary(&self) -> Option<String> {
        let problems = self.problems();
        let first = problems.first()?.clone();
        Some(match problems.len() {
            1 => first,
            all => format!(
                "{first}; and {} more, which `harness-access snapshots verify` lists",
                all - 1
            ),
        })
    }
}

impl VerifiedSnapshot {
    /// Whether the digest was made when the file was converted from schema 1, which had none.
    #[must_use]
    pub fn is_digested_later(&self) -> bool {
        self.info.digest.is_some() && self.info.tool_version.starts_with("0.1.")
    }
}
