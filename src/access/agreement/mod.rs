//! Whether Harness answers as a snapshot does: which questions to ask, and what the two answers have in common.
//!
//! A question is whether somebody holds a permission anywhere. Both sides answer with role assignments, and only those in
//! scopes that the snapshot looked at are compared.

mod compare;
mod outcome;
mod reason;
mod sample;

pub use compare::{Compared, compare};
pub use outcome::Outcome;
pub use reason::Reason;
pub use sample::{SampledQuestion, Sampling};
