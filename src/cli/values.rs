//! Values of flags.

use crate::model::{Depth, Extra, Timestamp, beginning};
use std::num::{IntErrorKind, ParseIntError};
use std::str::FromStr;
use std::time::Duration;

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, argh::FromArgValue)]
pub enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, argh::FromArgValue)]
pub enum Color {
    /// On a terminal that shows it.
    Auto,
    /// In any case.
    Always,
    /// In no case.
    Never,
}

pub(super) const HALF_AN_HOUR: Duration = Duration::from_secs(30 * 60);

pub(super) fn depth(value: &str) -> Result<Depth, String> {
    [Depth::Account, Depth::Organizations, Depth::All]
        .into_iter()
        .find(|depth| depth.to_string() == value)
        .ok_or_else(|| "expected \"account\", \"organizations\" or \"all\"".to_owned())
}

pub(super) fn extra(value: &str) -> Result<Extra, String> {
    Extra::ALL
        .into_iter()
        .find(|extra| extra.as_str() == value)
        .ok_or_else(|| {
            let words: Vec<String> = Extra::ALL
                .map(|extra| format!("\"{}\"", extra.as_str()))
                .to_vec();
            format!("expected one of {}", words.join(", "))
        })
}

pub(super) fn project(value: &str) -> Result<(String, String), String> {
    // As text ids and paths of scopes have it, too.
    let of_id = value
        .strip_prefix("project/")
        .filter(|rest| rest.contains('/'));
    let of_path = value
        .strip_prefix("org/")
        .filter(|rest| rest.contains("/project/"));
    let short = of_id
        .or(of_path)
        .map(|rest| rest.replacen("/project/", "/", 1));
    match short.as_deref().unwrap_or(value).split_once('/') {
        Some((org, project))
            if !org.is_empty() && !project.is_empty() && !project.contains('/') =>
        {
            Ok((org.to_owned(), project.to_owned()))
        }
        _ => Err("expected ORGANIZATION/PROJECT".to_owned()),
    }
}

pub(super) fn jobs(value: &str) -> Result<usize, String> {
    match value.parse() {
        Ok(jobs @ 1..=64) => Ok(jobs),
        _ => Err("expected a number from 1 to 64".to_owned()),
    }
}

pub(super) fn sample(value: &str) -> Result<usize, String> {
    match value.parse() {
        // What Harness answers in a quarter of an hour.
        Ok(size @ 1..=5_000) => Ok(size),
        _ => Err("expected a number from 1 to 5000".to_owned()),
    }
}

pub(super) fn number<T: FromStr<Err = ParseIntError>>(value: &str) -> Result<T, String> {
    value.parse().map_err(|error: ParseIntError| {
        let what = match error.kind() {
            IntErrorKind::PosOverflow => "this number is too large",
            _ => "expected a whole number, 0 or more",
        };
        what.to_owned()
    })
}

pub(super) fn percent(value: &str) -> Result<u8, String> {
    match value.trim_end_matches('%').parse() {
        Ok(percent @ 0..=100) => Ok(percent),
        _ => Err("expected a number from 0 to 100".to_owned()),
    }
}

/// `90s`, `30m`, `2h`; a bare number is seconds.
pub(super) fn duration(value: &str) -> Result<Duration, String> {
    let (number, unit) = match value.strip_suffix(['s', 'm', 'h']) {
        Some(number) => (number, &value[number.len()..]),
        None => (value, "s"),
    };
    let seconds = match unit {
        "h" => 3600,
        "m" => 60,
        _ => 1,
    };
    number
        .parse::<u32>()
        .ok()
        .filter(|number| *number > 0)
        .map(|number| Duration::from_secs(u64::from(number) * seconds))
        .ok_or_else(|| "expected a time such as 90s, 30m or 2h".to_owned())
}

/// A date is its first moment.
pub(super) fn moment(value: &str) -> Result<Timestamp, String> {
    beginning(value)
        .ok_or_else(|| "expected a date or time such as 2026-03-01 or 2026-03-01T09:30".to_owned())
}

pub(super) fn key_value(value: &str) -> Result<(String, String), String> {
    match value.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

/// Memory unless said otherwise, in bytes.
pub(super) const TWO_GIB: u64 = 2 << 30;

/// Memory in bytes, such as `512M` or `4G`.
pub(super) fn memory(value: &str) -> Result<u64, String> {
    let (number, shift) = match value.to_ascii_uppercase().trim_end_matches('B') {
        text if text.ends_with('G') => (text.trim_end_matches('G').to_owned(), 30),
        text => (text.trim_end_matches('M').to_owned(), 20),
    };
    let number = number.trim().parse::<u32>().ok();
    number
        .filter(|number| *number > 0)
        .map(|number| u64::from(number) << shift)
        .ok_or_else(|| "expected an amount of memory such as 512M or 4G".to_owned())
}

pub(super) fn text_or_json(value: &str) -> Result<Format, String> {
    match value {
        "text" => Ok(Format::Table),
        "json" => Ok(Format::Json),
        _ => Err("expected \"text\" or \"json\"".to_owned()),
    }
}
