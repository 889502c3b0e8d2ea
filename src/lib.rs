//! harness-access: who has access to what in a Harness account, why, and what changed.

pub mod api;
pub mod collect;
pub mod model;
pub mod store;
