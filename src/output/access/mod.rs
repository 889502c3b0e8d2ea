//! Answers to who-can, what-can and why, one file a format.

mod csv;
mod head;
mod impersonators;
mod json;
mod names;
mod table;
mod why;
pub mod words;

pub use csv::csv;
pub use head::{Head, Line, QuestionDoc};
pub use impersonators::impersonators;
pub use json::{what_can_json, who_can_json, why_json};
pub(in crate::output) use names::NamesInAnswer;
pub use table::{what_can_table, who_can_table};
pub use why::why_text;
