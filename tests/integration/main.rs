//! The one integration-test binary: the parts against scripted answers, the real program against the fake Harness.

#![allow(clippy::unwrap_used)]

mod support;

mod api_client;
mod api_connection;
mod changes;
mod cli;
mod connection;
mod fake;
mod layers;
mod observed;
mod publication;
mod secrets;
mod views;
