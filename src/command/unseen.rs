//! What a question of the cookbook rests on and the snapshot did not see.

use super::names;
use super::open::OpenSnapshot;
use super::question::{DECISIVE, not_asked_for};
use crate::error::Error;
use crate::findings::NEEDS;
use crate::model::Scope;
use crate::output::gaps;

/// Views that tell who holds what now.
const OF_ACCESS: [&str; 5] = [
    "effective_access",
    "access_in_scope",
    "grants",
    "holders",
    "scopes",
];

/// What was not seen.
#[derive(Debug, Default)]
pub(crate) struct Unseen {
    /// In words.
    pub(crate) lines: Vec<String>,
    /// Whether an empty answer may be empty because of it.
    pub(crate) is_decisive: bool,
}

impl Unseen {
    /// Looks for it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn by(sql: &str, opened: &OpenSnapshot) -> Result<Self, Error> {
        let (reader, snapshot) = (&opened.reader, &opened.snapshot);
        let reads = |view: &str| {
            let mut words = sql.split(|c: char| !c.is_alphanumeric() && c != '_');
            words.any(|word| word == view)
        };
        let mut tree = vec![Scope::Account];
        tree.extend(names::scopes_now(reader)?);
        let mut gaps = opened.gaps()?;
        gaps.extend(not_asked_for(reader, snapshot, &tree)?);
        let of_access = OF_ACCESS.into_iter().any(reads);
        let mut is_decisive = of_access && gaps.iter().any(|gap| DECISIVE.contains(&gap.kind));
        let mut lines = gaps::lines(&gaps);
        for need in &NEEDS {
            let view = need.word.replace('-', "_");
            if reads(&view) && reader.select(need.evidence)?.rows.is_empty() {
                lines.push(format!("{}: {}", need.word, need.remedy));
                is_decisive = true;
            }
        }
        Ok(Self { lines, is_decisive })
    }
}
