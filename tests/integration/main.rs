//! The one integration-test binary.

#[path = "../support/mod.rs"]
mod support;

mod access_model;
mod access_speed;
mod fake;
mod findings;
mod what_can;
mod who_can;
mod why;
