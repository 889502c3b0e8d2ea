//! What the integration tests share.

pub mod fake_harness;
pub mod observe;
pub mod run;
