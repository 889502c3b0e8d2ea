//! How people name a snapshot.

use std::fmt;

use super::Timestamp;

/// A snapshot reference, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SnapshotRef {
    /// A number.
    Number(i64),
    /// `latest`, `previous`, `latest~N`: so many snapshots before the newest.
    Back(u64),
    /// The last snapshot at or before a date or moment, UTC.
    At(Timestamp),
    /// A label.
    Label(String),
}

impl SnapshotRef {
    /// Reads a reference. Text of no other form is a label.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if let Ok(number) = text.parse() {
            return Self::Number(number);
        }
        if let Some(moment) = Timestamp::parse_at_latest(text) {
            return Self::At(moment);
        }
        match text {
            "latest" => Self::Back(0),
            "previous" => Self::Back(1),
            _ => match text.strip_prefix("latest~").map(str::parse) {
                Some(Ok(back)) => Self::Back(back),
                _ => Self::Label(text.to_owned()),
            },
        }
    }
}

impl fmt::Display for SnapshotRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Back(0) => f.write_str("latest"),
            Self::Back(1) => f.write_str("previous"),
            Self::Back(back) => write!(f, "latest~{back}"),
            Self::At(moment) => write!(f, "{moment}"),
            Self::Label(label) => f.write_str(label),
        }
    }
}
