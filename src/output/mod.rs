//! Values to bytes. Every format treats names as what they are: text of strangers.

pub mod accepting;
pub mod access;
pub mod audit;
mod by;
pub mod config;
pub mod csv;
pub mod diff;
pub mod doctor;
pub mod documents;
pub mod findings;
mod fold;
pub mod gaps;
pub mod history;
pub mod integrity;
mod json;
pub mod notices;
pub mod plan;
pub mod progress;
pub mod prune;
pub mod query;
pub mod room;
mod screen;
pub mod snapshots;
pub mod support;
pub mod table;
pub mod text;
mod toml;
pub mod verify;

pub use json::{write_json, write_json_line};
pub use screen::Screen;
