//! How people name a snapshot, and the file it is in.

use std::fmt;
use std::path::{Path, PathBuf};

use super::Timestamp;

/// A snapshot reference, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SnapshotRef {
    /// A number.
    Number(i64),
    /// `latest`, `previous`, `latest~N`: so many snapshots before the newest.
    Back(u64),
    /// The last snapshot at or before a day, a month or a moment.
    At {
        /// Its last millisecond.
        moment: Timestamp,
        /// As typed, such as `2026-03-01` or `yesterday`.
        typed: String,
    },
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
        if let Some(moment) = moment(text, Timestamp::now()) {
            let typed = text.to_owned();
            return Self::At { moment, typed };
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

fn moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    match days_ago(text) {
        Some(days) => Some(now.end_of_day_before(days)),
        None => Timestamp::parse_at_latest(text),
    }
}

fn days_ago(word: &str) -> Option<i64> {
    match word {
        "today" => Some(0),
        "yesterday" => Some(1),
        _ => None,
    }
}

/// The first moment of what people call a time: a month, a date, `today`, `yesterday`, or a moment itself.
#[must_use]
pub fn beginning(text: &str) -> Option<Timestamp> {
    first_moment(text, Timestamp::now())
}

fn first_moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    match days_ago(text) {
        Some(days) => Some(now.end_of_day_before(days + 1).moved(1)),
        None => Timestamp::parse_from(text),
    }
}

/// Whether a text is meant as a date but is none: a day that does not exist, or in the order of other countries.
#[must_use]
pub fn is_odd_date(text: &str) -> bool {
    ['-', '/', '.'].into_iter().any(|separator| {
        let parts: Vec<&str> = text.split(separator).collect();
        let is_number = |part: &&str| {
            matches!(part.len(), 1 | 2 | 4) && part.bytes().all(|b| b.is_ascii_digit())
        };
        parts.len() == 3 && parts.iter().all(is_number)
    }) && Timestamp::parse_at_latest(text).is_none()
}

impl fmt::Display for SnapshotRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Back(0) => f.write_str("latest"),
            Self::Back(1) => f.write_str("previous"),
            Self::Back(back) => write!(f, "latest~{back}"),
            Self::At { typed: text, .. } | Self::Label(text) => f.write_str(text),
        }
    }
}

/// A snapshot, and the file it is in when that is not the one of `--db`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotLocator {
    /// The file; `None` = the one of `--db`.
    pub file: Option<PathBuf>,
    /// The snapshot in it.
    pub snapshot: SnapshotRef,
}

impl SnapshotLocator {
    /// Reads `REF`, `FILE` (its latest snapshot) or `FILE@REF`. What is a file is asked of the caller: a label is
    /// whatever names no file. Numbers, dates and the words such as `latest` are never files; `./41` is one.
    #[must_use]
    pub fn parse(text: &str, is_file: impl Fn(&Path) -> bool) -> Self {
        let snapshot = SnapshotRef::parse(text);
        if !matches!(snapshot, SnapshotRef::Label(_)) {
            return Self {
                file: None,
                snapshot,
            };
        }
        if is_file(Path::new(text)) {
            return Self::latest_of(text);
        }
        match text.rsplit_once('@') {
            // A label has neither of these, so a file is meant, whether or not there is one.
            Some((file, reference)) => Self {
                file: Some(file.into()),
                snapshot: SnapshotRef::parse(reference),
            },
            None if text.contains(['/', '\\']) => Self::latest_of(text),
            None => Self {
                file: None,
                snapshot,
            },
        }
    }

    fn latest_of(file: &str) -> Self {
        Self {
            file: Some(file.into()),
            snapshot: SnapshotRef::Back(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{SnapshotLocator, SnapshotRef, first_moment, is_odd_date, moment};
    use crate::model::Timestamp;
    use std::path::{Path, PathBuf};

    fn parse(text: &str) -> (Option<PathBuf>, SnapshotRef) {
        let files = ["a.db", "with@sign.db", "41", "./41", "x"];
        let locator = SnapshotLocator::parse(text, |path: &Path| {
            files.iter().any(|file| Path::new(file) == path)
        });
        (locator.file, locator.snapshot)
    }

    #[test]
    fn files_win_over_labels_only() {
        assert_eq!(parse("a.db"), (Some("a.db".into()), SnapshotRef::Back(0)));
        assert_eq!(
            parse("a.db@3"),
            (Some("a.db".into()), SnapshotRef::Number(3))
        );
        assert_eq!(
            parse("a.db@previous"),
            (Some("a.db".into()), SnapshotRef::Back(1))
        );
        assert_eq!(
            parse("with@sign.db"),
            (Some("with@sign.db".into()), SnapshotRef::Back(0))
        );
        assert_eq!(
            parse("with@sign.db@audit"),
            (
                Some("with@sign.db".into()),
                SnapshotRef::Label("audit".to_owned())
            )
        );
        assert_eq!(parse("41"), (None, SnapshotRef::Number(41)));
        assert_eq!(parse("./41"), (Some("./41".into()), SnapshotRef::Back(0)));
        assert_eq!(
            parse("audit"),
            (None, SnapshotRef::Label("audit".to_owned()))
        );
    }

    #[test]
    fn days_have_names() {
        let now = Timestamp::parse_at_latest("2026-03-01T09:30:00Z").expect("a moment");
        let at = |text| moment(text, now).map(|moment| moment.to_string());
        assert_eq!(at("today").as_deref(), Some("2026-03-01T23:59:59.999Z"));
        assert_eq!(at("yesterday").as_deref(), Some("2026-02-28T23:59:59.999Z"));
        let first = |text| first_moment(text, now).map(|moment| moment.to_string());
        assert_eq!(first("today").as_deref(), Some("2026-03-01T00:00:00.000Z"));
        assert_eq!(
            first("yesterday").as_deref(),
            Some("2026-02-28T00:00:00.000Z")
        );
    }

    #[test]
    fn dates_of_other_orders_are_known_as_such() {
        for text in [
            "01/03/2026",
            "1.3.2026",
            "2026/03/01",
            "2026-02-30",
            "2026-3-1",
        ] {
            assert!(is_odd_date(text), "{text}");
        }
        for text in ["2026-03-01", "1.2", "a/b/c", "v1.2.3-x", "2026-03"] {
            assert!(!is_odd_date(text), "{text}");
        }
    }

    #[test]
    fn what_can_be_no_label_is_a_missing_file() {
        assert_eq!(
            parse("no/file"),
            (Some("no/file".into()), SnapshotRef::Back(0))
        );
        assert_eq!(
            parse("no.db@2"),
            (Some("no.db".into()), SnapshotRef::Number(2))
        );
    }
}
