//! The one integration-test binary.

#[path = "../support/mod.rs"]
mod support;

mod api_client;
mod api_connection;
mod fake;
