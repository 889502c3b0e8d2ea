//! A snapshot for other tools. Every export goes to a file that appears only when it is whole, with a manifest beside it.

pub mod c1z;
pub mod datasette;
mod file;
mod manifest;
pub mod ndjson;
mod protobuf;
pub mod vanta;

pub use file::{Hashing, Part, sha256_of};
pub use manifest::Manifest;
