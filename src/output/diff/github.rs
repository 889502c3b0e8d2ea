//! `diff --format github`: annotations of a GitHub Actions run. What counts is a warning, the rest a notice.
//!
//! GitHub shows ten of each kind for a step, so what lets somebody do more comes first.

use std::io::{self, Write};

use super::words::{notes, sentence, symbol};
use crate::diff::{Finding, Report};
use crate::output::text::{line, shortened};

const NAME: usize = 100;
const MESSAGE: usize = 1000;

/// Writes the annotations.
///
/// # Errors
/// When the output fails.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|finding| {
        let more = finding.escalation.is_some() && finding.built_in.is_none();
        (!report.gate.counts(finding), !more)
    });
    for finding in findings {
        let level = if report.gate.counts(finding) {
            "warning"
        } else {
            "notice"
        };
        let kind = finding.change.resource().map(|fact| fact.kind.as_str());
        let what = kind.unwrap_or(finding.cause.as_str()).replace('_', " ");
        let title = format!(
            "{what} {} in {}",
            finding.change.verb().as_str(),
            shortened(finding.change.place(), NAME)
        );
        let mut message = format!(
            "{} {}",
            symbol(finding.change.verb()),
            sentence(&finding.change, NAME)
        );
        for more in notes(finding).iter().chain(&finding.details) {
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
