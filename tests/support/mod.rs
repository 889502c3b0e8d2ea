//! What the integration tests share.

pub mod account_builder;
pub mod fake_harness;
