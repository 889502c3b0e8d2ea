//! The one integration-test binary: the parts against scripted answers, the real program against the fake Harness.

#![allow(clippy::unwrap_used)]

mod support;

mod access_in_scope;
mod access_model;
mod access_speed;
mod api_client;
mod api_connection;
mod approvals;
mod approvals_of_every_kind;
mod changes;
mod ci_logs;
mod cli;
mod completions;
mod connection;
mod crash;
mod decoder;
mod deploy;
mod destinations;
mod deviations;
mod diff_formats;
mod doctor;
mod export;
mod extras;
mod fake;
mod fault_matrix;
mod findings;
mod history;
mod history_property;
mod identity;
mod layers;
mod manual;
mod names;
mod observed;
mod older_schema;
mod permissions;
mod prune;
mod publication;
mod readme;
mod recipes;
mod references;
mod report;
mod schemas;
mod secrets;
mod settings;
mod sync;
mod tree;
mod typed;
mod unseen;
mod views;
mod what_can;
mod who_can;
mod why;
mod wrong_files;
