//! What is to be said about entries of a file of agreements that had no effect.

use std::io::{self, Write};

use super::text::{count, line};
use crate::agreed::Notice;

/// Says which entries had no effect, and why. `noun` is what they are entries for: a change, a finding, a gap.
///
/// # Errors
/// When the output fails.
pub fn write(file: &str, notices: &[Notice], noun: &str, err: &mut dyn Write) -> io::Result<()> {
    for notice in notices {
        let text = match notice {
            Notice::Unused { line, entry } => {
                format!("{file}:{line}: this entry matches no {noun}: {entry}")
            }
            Notice::Expired {
                line,
                entry,
                on,
                covers: 0,
            } => format!(
                "{file}:{line}: this entry expired on {on}, and matches no {noun} any more: {entry}"
            ),
            Notice::Expired {
                line,
                entry,
                on,
                covers,
            } => format!(
                "{file}:{line}: this entry expired on {on}; no longer covers {}: {entry}",
                count(i128::try_from(*covers).unwrap_or_default(), noun)
            ),
        };
        writeln!(err, "{}", line(&text))?;
    }
    Ok(())
}
