//! The API key as people have it: in a file, a variable or a flag, in any encoding, with or without quotes.
//!
//! What is certain is taken off: a byte order mark, UTF-16, quotes around, the end of the line. Everything else is
//! refused, and the message says what it is and where it is, never what it says.

use std::fmt;
use std::path::Path;

use super::unquoted::unquoted;
use crate::api::http::redact::holds_key;
use crate::api::http::secret::{ApiKey, ApiKeyError};
use crate::cli::ConnectionFlags;
use crate::error::Error;
use crate::text_file::{self, decoded, read_all};

/// A key has some hundred bytes; a disk image named by mistake is not read to its end.
const FILE_LIMIT: u64 = 64 * 1024;

/// What stands where a pipeline, a shell or a template should have put a secret.
const PLACEHOLDERS: [&str; 8] = ["${", "$(", "<+", "{{", "***", "op://", "vault:", "arn:aws:"];

/// Quotes and the like, of which a half may be left.
const NEVER_IN_A_KEY: &str = "\"'`<>()[]{},;|\\“”‘’«»";

/// Where a key was found.
enum KeySource {
    File(String),
    StandardInput,
    Flag,
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the file {path}"),
            Self::StandardInput => f.write_str("standard input"),
            Self::Flag => f.write_str("--api-key"),
        }
    }
}

/// The key from the flags. Where a setting gave the flag, its name is put in the place of the flag later.
pub(super) fn resolve(flags: &ConnectionFlags<'_>) -> Result<ApiKey, Error> {
    let (text, source) = match (flags.api_key_file, flags.api_key) {
        (Some(_), Some(_)) => {
            return Err(Error::Usage(
                "give either --api-key-file or --api-key, not both".to_owned(),
            ));
        }
        (Some("-"), None) => {
            let bytes = read_all(std::io::stdin(), FILE_LIMIT)
                .map_err(|error| unreadable("standard input", &error))?;
            (
                text_of(&bytes, &KeySource::StandardInput)?,
                KeySource::StandardInput,
            )
        }
        (Some(path), None) => {
            let source = KeySource::File(path.to_owned());
            (text_of(&read_file(path)?, &source)?, source)
        }
        (None, Some(key)) => (key.to_owned(), KeySource::Flag),
        (None, None) => {
            return Err(Error::config(
                "no API key",
                "name a file that holds one with --api-key-file, or set HARNESS_API_KEY",
            ));
        }
    };
    key_of(&text, &source)
}

fn key_of(text: &str, source: &KeySource) -> Result<ApiKey, Error> {
    let text = unquoted(text);
    if let Some((what, instead)) = wrong_with(text, source) {
        return Err(Error::config(format!("{source} {what}"), instead));
    }
    ApiKey::new(text).map_err(|error| match error {
        ApiKeyError::Empty => Error::config(
            format!("{source} is empty"),
            "put the key there, alone and whole",
        ),
        ApiKeyError::IllegalCharacter => Error::config(
            format!(
                "{source} contains {}, which no key has",
                odd_character(text)
            ),
            "put the key there, alone and whole, as Harness showed it",
        ),
    })
}

/// The first character that no header can carry, by its number where it cannot be seen.
fn odd_character(text: &str) -> String {
    match text.trim().chars().find(|c| !c.is_ascii_graphic()) {
        Some(' ') => "a space".to_owned(),
        Some(c) if c.is_alphanumeric() => format!("the letter {c}"),
        Some(c) => format!("the character U+{:04X}", u32::from(c)),
        None => "a character outside ASCII".to_owned(),
    }
}

/// What a text is, if it is plainly no key, and what to do instead.
fn wrong_with(text: &str, source: &KeySource) -> Option<(String, &'static str)> {
    let lower = text.to_ascii_lowercase();
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    let headers = ["bearer ", "x-api-key:", "authorization:"];
    if headers.iter().any(|header| lower.starts_with(header)) {
        let what = "contains an HTTP header, not the key alone".to_owned();
        Some((what, "leave out what stands before the key"))
    } else if text.starts_with(['{', '[']) {
        let what = "contains JSON, not the key alone".to_owned();
        Some((what, "take the key out of it, for example with `jq -r`"))
    } else if PLACEHOLDERS.iter().any(|sign| text.contains(sign)) {
        let what = "contains a placeholder in which nothing was filled in".to_owned();
        Some((
            what,
            "look up how the secret gets there: the name may be wrong",
        ))
    } else if ["cGF0L", "c2F0L"]
        .iter()
        .any(|encoded| text.starts_with(encoded))
    {
        let what = "contains the key in base64".to_owned();
        Some((what, "decode it, for example with `base64 --decode`"))
    } else if let Some((name, sign)) = assigned_name(text) {
        let what = format!("contains an assignment (`{name}{sign}…`), not the key alone");
        Some((what, "leave out the name and what follows it"))
    } else if lines > 1 {
        let what = format!("contains {lines} lines, not the key alone");
        Some((what, "keep only the line with the key"))
    } else if !matches!(source, KeySource::File(_) | KeySource::StandardInput) && is_path(text) {
        let what = "contains the name of a file, not a key".to_owned();
        Some((what, "--api-key-file reads the key from a file"))
    } else if let Some(sign) = text.chars().find(|sign| NEVER_IN_A_KEY.contains(*sign)) {
        let what = format!("contains the sign {sign} which no key has");
        Some((
            what,
            "put the key there, alone and whole, as Harness showed it",
        ))
    } else {
        None
    }
}

/// The name in `NAME=value` or `NAME: value`, also behind `export`. What may be a secret of its own is no name.
fn assigned_name(text: &str) -> Option<(&str, char)> {
    const LONGEST: usize = 40;
    let text = text.strip_prefix("export ").unwrap_or(text).trim_start();
    let (name, value) = text.split_once(['=', ':'])?;
    let sign = text[name.len()..].chars().next()?;
    let is_value = value.chars().any(|c| c.is_ascii_alphanumeric());
    if !is_value || name.len() > LONGEST || holds_key(name) {
        return None;
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = name.trim_end();
    (!name.is_empty()
        && name.chars().all(is_name)
        && !name.starts_with(|c: char| c.is_ascii_digit()))
    .then_some((name, sign))
}

fn is_path(text: &str) -> bool {
    text.contains(['/', '\\']) || (!holds_key(text) && Path::new(text).is_file())
}

fn text_of(bytes: &[u8], source: &KeySource) -> Result<String, Error> {
    decoded(bytes).ok_or_else(|| {
        Error::config(
            format!("{source} does not contain text"),
            "put the key there, alone and whole, as plain text",
        )
    })
}

fn read_file(path: &str) -> Result<Vec<u8>, Error> {
    warn_if_others_may_read(path);
    text_file::read(Path::new(path), FILE_LIMIT).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &str, error: &std::io::Error) -> Error {
    let hint = if holds_key(path) {
        "--api-key-file names a file that holds the key; to give the key itself, set HARNESS_API_KEY"
    } else {
        "--api-key-file names a file that holds the key, or `-` for standard input"
    };
    Error::config(
        format!("cannot read the API key from {path}: {error}"),
        hint,
    )
}

#[cfg(unix)]
fn warn_if_others_may_read(path: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(about) = std::fs::metadata(path) else {
        return;
    };
    let mode = about.permissions().mode() & 0o777;
    if about.is_file() && mode & 0o077 != 0 {
        log::warn!("other users may read the key file {path} (mode {mode:04o}): chmod 600 it");
    }
}

#[cfg(not(unix))]
fn warn_if_others_may_read(_: &str) {}

#[cfg(test)]
mod tests;
