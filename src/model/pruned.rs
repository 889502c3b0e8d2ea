//! What pruning did.

/// What pruning did to the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pruned {
    /// Snapshots forgotten.
    pub snapshots: usize,
    /// Size before, in bytes.
    pub bytes_before: u64,
    /// Size after.
    pub bytes_after: u64,
    /// Whether the file was rewritten to give space back.
    pub compacted: bool,
}
