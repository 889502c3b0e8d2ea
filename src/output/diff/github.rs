//! `diff --format github`: annotations of a GitHub Actions run. What counts is a warning, the rest a notice.
//!
//! GitHub shows ten of each kind for a step, so what lets somebody do more comes first.

use std::io::{self, Write};

use super::unread;
use super::words::{expired, notes, recorded, sentence, symbol};
use crate::diff::{Comparison, Subject};
use crate::output::text::{line, shortened};

const NAME: usize = 100;
const MESSAGE: usize = 1000;

/// Writes the annotations.
///
/// # Errors
/// When the output fails.
pub fn write(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let mut changes: Vec<_> = comparison.checked().collect();
    changes.sort_by_key(|(assessed, counts, _)| (!counts, !assessed.escalates()));
    for (assessed, counts, lapsed) in changes {
        let level = if counts { "warning" } else { "notice" };
        let what = match assessed.change.subject() {
            Subject::Resource(fact) => fact.kind.words(),
            Subject::Grant(_) => assessed.cause.words(),
        };
        let scope = assessed.change.scope();
        let sentence = sentence(&assessed.change, NAME);
        let (title, mut message) = match lapsed {
            None => {
                let verb = assessed.change.verb();
                let title = format!("{what} {} in {scope}", verb.as_str());
                (title, format!("{} {sentence}", symbol(verb)))
            }
            Some(lapsed) => {
                let title = format!("{what} still there in {scope}");
                (title, format!("{sentence}; {}", expired(lapsed)))
            }
        };
        for more in notes(assessed).iter().chain(&assessed.details) {
            message.push_str("; ");
            message.push_str(more);
        }
        writeln!(
            out,
            "::{level} title={}::{}",
            property(&title),
            data(&shortened(&message, MESSAGE))
        )?;
    }
    write_besides(comparison, out)
}

/// What the audit trail does not tell, and what it records besides, in one annotation each.
fn write_besides(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    if let Some(unknown) = unread::sentence(comparison) {
        let level = if comparison.is_undecided() {
            "warning"
        } else {
            "notice"
        };
        let unknown = data(&shortened(&unknown, MESSAGE));
        writeln!(out, "::{level} title=who made it is unknown::{unknown}")?;
    }
    let events: Vec<String> = comparison
        .unseen
        .iter()
        .map(|event| recorded(event, NAME))
        .collect();
    if !events.is_empty() {
        let title = format!(
            "recorded in between, but in no difference ({})",
            events.len()
        );
        let message = data(&shortened(&events.join("; "), MESSAGE));
        writeln!(out, "::notice title={}::{message}", property(&title))?;
    }
    Ok(())
}

/// Escaped as the runner reads it. `##[` begins a command of the older form anywhere in a line.
fn data(text: &str) -> String {
    line(text)
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
        .replace("##[", "# #[")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn a_name_starts_no_command() {
        assert_eq!(
            data("50% a\n::error::b ##[x]"),
            "50%25 a\\u{a}::error::b # #[x]"
        );
        assert_eq!(property("a:b,c"), "a%3Ab%2Cc");
    }
}
