//! A snapshot for other tools: one trait, one file a format. `target` writes every output of every command safely.

mod c1z;
mod checksum;
mod csv;
mod datasette;
mod destination;
mod exporter;
mod history;
mod manifest;
mod ndjson;
mod part;
mod sign_ins;
mod sqlite;
mod target;
mod vanta;

pub use c1z::C1z;
pub use csv::Matrix;
pub use datasette::DatasetteMetadata;
pub use destination::Destination;
pub use exporter::{ExportSource, Exporter};
pub use history::HistoryFormat;
pub use manifest::Contents;
pub use ndjson::Ndjson;
pub use sqlite::Sqlite;
pub use target::{ExportTarget, Scratch};
pub use vanta::Vanta;
