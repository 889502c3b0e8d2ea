//! Moments: epoch milliseconds, shown as `2026-03-01T09:30:00.000Z`.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

/// A moment in milliseconds since 1970-01-01T00:00:00Z, the unit of Harness and of the views.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

const DAY_MS: i64 = 86_400_000;

impl Timestamp {
    /// The moment that many milliseconds after the epoch.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Now, by the system's clock.
    #[must_use]
    pub fn now() -> Self {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// The moment so many milliseconds later; before the first and after the last moment there is none, so it ends there.
    #[must_use]
    pub fn moved(self, by: i64) -> Self {
        Self(self.0.saturating_add(by))
    }

    /// As [`Self::parse_at_latest`], but a month and a date mean their beginning, so that "from March 1st on" includes its
    /// morning.
    #[must_use]
    pub fn parse_from(text: &str) -> Option<Self> {
        let text = match text.len() {
            7 => format!("{text}-01T00:00:00.000"),
            10 => format!("{text}T00:00:00.000"),
            _ => text.to_owned(),
        };
        Self::parse_at_latest(&text)
    }

    /// Reads a month (`2026-03`), a date (`2026-03-01`) or a moment (`2026-03-01T09:30[:00[.000]][Z]`, a space for the `T`
    /// too), UTC unless an offset such as `+02:00` follows the time. A month and a date mean their end, so that "the
    /// snapshot of March 1st" includes the evening's.
    #[must_use]
    pub fn parse_at_latest(text: &str) -> Option<Self> {
        match text.split_once(['T', 't', ' ']) {
            None => {
                let date = text.strip_suffix(['Z', 'z']).unwrap_or(text);
                let day = days_of(date).or_else(|| last_of_month(date))?;
                Some(Self::end_of_day(day))
            }
            Some((date, time)) => {
                let (time, offset) = split_offset(time)?;
                Some(Self(days_of(date)? * DAY_MS + in_day(time)? - offset))
            }
        }
    }

    /// The end of the day, UTC, so many days before that of this moment.
    #[must_use]
    pub fn end_of_day_before(self, days: i64) -> Self {
        Self::end_of_day(self.0.div_euclid(DAY_MS) - days)
    }

    fn end_of_day(day: i64) -> Self {
        Self((day + 1) * DAY_MS - 1)
    }
}

/// Milliseconds since midnight. What is not said means its end, as a date means the end of its day.
fn in_day(time: &str) -> Option<i64> {
    let mut fields = time.split(':');
    let hour = digits(fields.next()?, 2)?;
    let minute = digits(fields.next()?, 2)?;
    let (second, milli) = match fields.next() {
        None => (59, 999),
        Some(seconds) => match seconds.split_once('.') {
            None => (digits(seconds, 2)?, 999),
            Some((seconds, fraction)) => (digits(seconds, 2)?, millis(fraction)?),
        },
    };
    let is_time = fields.next().is_none() && hour <= 23 && minute <= 59 && second <= 59;
    is_time.then_some(((hour * 60 + minute) * 60 + second) * 1000 + milli)
}

/// The first three digits of a fraction.
fn millis(fraction: &str) -> Option<i64> {
    let is_number =
        (1..=9).contains(&fraction.len()) && fraction.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| format!("{fraction:0<3}")[..3].parse().ok())?
}

/// A time without its `Z` or offset, and the offset in milliseconds.
fn split_offset(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let Some(at) = time.find(['+', '-']) else {
        return Some((time, 0));
    };
    let (time, offset) = time.split_at(at);
    let (hours, minutes) = match offset[1..].split_once(':') {
        Some(parts) => parts,
        None => offset[1..].split_at_checked(2)?,
    };
    let minutes = if minutes.is_empty() {
        0
    } else {
        digits(minutes, 2)?
    };
    let hours = digits(hours, 2)?;
    let millis = (hours * 60 + minutes) * 60_000;
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    (hours <= 18 && minutes <= 59).then_some((time, sign * millis))
}

/// The last day of `YYYY-MM`.
fn last_of_month(month: &str) -> Option<i64> {
    (28..=31)
        .rev()
        .find_map(|day| days_of(&format!("{month}-{day}")))
        .filter(|_| month.len() == 7)
}

fn digits(text: &str, len: usize) -> Option<i64> {
    (text.len() == len && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// Days since the epoch of `YYYY-MM-DD`; `None` when there is no such day.
fn days_of(date: &str) -> Option<i64> {
    let mut fields = date.split('-');
    let year = digits(fields.next()?, 4)?;
    let month = digits(fields.next()?, 2)?;
    let day = digits(fields.next()?, 2)?;
    if fields.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Years counted from March make the leap day the last of the year.
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    (civil(days) == (year, month, day)).then_some(days)
}

/// Year, month and day of a number of days since the epoch.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0.div_euclid(DAY_MS));
        let in_day = self.0.rem_euclid(DAY_MS);
        let (hour, minute) = (in_day / 3_600_000, in_day / 60_000 % 60);
        let (second, milli) = (in_day / 1000 % 60, in_day % 1000);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    fn at(text: &str) -> Option<String> {
        Timestamp::parse_at_latest(text).map(|moment| moment.to_string())
    }

    #[test]
    fn known_moments() {
        assert_eq!(
            Timestamp::from_millis(0).to_string(),
            "1970-01-01T00:00:00.000Z"
        );
        assert_eq!(
            Timestamp::from_millis(1_700_000_000_123).to_string(),
            "2023-11-14T22:13:20.123Z"
        );
        assert_eq!(
            Timestamp::from_millis(-1).to_string(),
            "1969-12-31T23:59:59.999Z"
        );
    }

    #[test]
    fn a_date_means_the_end_of_its_day() {
        assert_eq!(
            at("2024-02-29").as_deref(),
            Some("2024-02-29T23:59:59.999Z")
        );
        assert_eq!(
            at("2026-03-01T09:30").as_deref(),
            Some("2026-03-01T09:30:59.999Z")
        );
        assert_eq!(
            at("2026-03-01 09:30:15Z").as_deref(),
            Some("2026-03-01T09:30:15.999Z")
        );
        assert_eq!(
            at("2026-03-01T09:30:15.250Z").as_deref(),
            Some("2026-03-01T09:30:15.250Z")
        );
        assert_eq!(at("2024-02").as_deref(), Some("2024-02-29T23:59:59.999Z"));
    }

    #[test]
    fn an_offset_counts() {
        for (text, moment) in [
            ("2026-03-01T01:30:00+02:00", "2026-02-28T23:30:00.999Z"),
            ("2026-03-01T22:30:00-0500", "2026-03-02T03:30:00.999Z"),
            ("2026-03-01 01:30+02", "2026-02-28T23:30:59.999Z"),
            ("2026-03-01T01:30:00.5Z", "2026-03-01T01:30:00.500Z"),
        ] {
            assert_eq!(at(text).as_deref(), Some(moment), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "2023-02-29",
            "2026-13-01",
            "2026-1-1",
            "2026-01-01T25:00",
            "2026-01-01T",
            "2026-13",
            "2026-1",
            "2026-01-01T10:00+",
            "2026-01-01T10:00+99:00",
            "41",
            "latest",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }
}
