//! What every answer is about: the snapshot, the question, and what could not be seen.

use serde::Serialize;

use crate::access::Path;
use crate::model::{Gap, PrincipalFact, SnapshotInfo};

/// What was asked, in words, for the head of a document.
#[derive(Clone, Debug, Default, Serialize)]
pub struct QuestionDoc {
    /// The permission.
    pub permission: Option<String>,
    /// Its plain name, if the catalogue knows it.
    pub permission_name: Option<String>,
    /// Harness's status of it: an `EXPERIMENTAL` one is not enforced.
    pub permission_status: Option<String>,
    /// The type of resource the permission is about; `None` = nothing says so.
    pub permission_type: Option<String>,
    /// When that was so: in this snapshot, or when the compiled-in table was made.
    pub permission_as_of: Option<&'static str>,
    /// The roles, as text ids.
    pub roles: Vec<String>,
    /// The scope asked about; `None` = anywhere.
    pub r#in: Option<String>,
    /// The resource type asked about.
    pub resource_type: Option<String>,
    /// The resource asked about.
    pub resource: Option<String>,
}

/// What every answer starts with.
#[derive(Debug)]
pub struct Head<'a> {
    /// The snapshot.
    pub snapshot: &'a SnapshotInfo,
    /// The database.
    pub file: &'a str,
    /// What was asked.
    pub question: QuestionDoc,
    /// Lists that could have held more.
    pub gaps: &'a [Gap],
    /// User groups without members that would hold it.
    pub empty_groups: Vec<&'a PrincipalFact>,
    /// Who may act as any person, and so with what every person holds; the best path of each.
    pub impersonators: Vec<Path>,
}

/// A path, and the permission it gives where that was asked for.
pub type Line<'a> = (Option<&'a str>, &'a Path);
