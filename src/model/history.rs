//! What the past of one thing is told with.

use serde::Serialize;

use super::ResourceFact;

/// Something that a name typed by a person may mean.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Thing {
    /// Its text id.
    pub id: String,
    /// Its type.
    pub r#type: String,
    /// Its last known name.
    pub name: Option<String>,
    /// A user's or service account's last known address.
    pub email: Option<String>,
    /// The first snapshot of the file that does not show it any more.
    pub gone_since_snapshot: Option<i64>,
}

/// A snapshot as a point in time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Its number.
    pub snapshot: i64,
    /// When it was finished, UTC.
    pub at: String,
}

/// A fact and how long it held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span<T> {
    /// The fact. Whether the listing was known before it came is told as of the snapshot before.
    pub fact: T,
    /// First seen.
    pub since: Moment,
    /// The snapshots just before are forgotten, and none that is left can tell what was there.
    pub forgotten: bool,
    /// First missing; `None` = still there.
    pub until: Option<Moment>,
}

/// A project that is in another organization since a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedProject {
    /// The first snapshot that shows it there.
    pub moment: Moment,
    /// As it was in the organization it left.
    pub before: ResourceFact,
    /// As it came to the other one.
    pub after: ResourceFact,
}
