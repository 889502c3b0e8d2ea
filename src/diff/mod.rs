//! What changed between two snapshots, what it means, and what of it counts. Pure: facts in, changes out.
//!
//! `compare` pairs what ended with what began; `assess` adds to each change what was done, whom it affects, whether
//! somebody can do more than before and whether Harness did it by itself; `approvals` marks what was agreed to;
//! `fail_on` says whether the rest counts.

pub mod approvals;
mod assess;
pub mod attribution;
mod change;
mod compare;
mod comparison;
mod details;
mod escalation;
mod fail_on;
pub mod history;
pub mod lineage;
mod moved;
mod widening;

pub use assess::{AssessedChange, Cause, assess, impact_wanted};
pub use change::{Change, Subject, Verb};
pub use compare::{Differences, compare};
pub use comparison::{Comparison, Side, Tally};
pub use details::details;
pub use escalation::Escalation;
pub use fail_on::FailOn;
