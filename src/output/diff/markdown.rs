//! `diff --format markdown`: a comment for a pull request, what lets somebody do more first, cut to what fits.
//!
//! Names of strangers stand in code spans only: nothing inside one is markup, a mention, a reference to an issue or
//! HTML, on any platform that renders Markdown.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::unread;
use super::words::{expired, notes, recorded, sentence, snapshots, symbol};
use crate::diff::{AssessedChange, Comparison};
use crate::output::text::{count, line, shortened};

/// GitHub refuses comments of more than 65,536 characters; somebody may want to write around ours.
const MOST_BYTES: usize = 60_000;
/// For the closing lines.
const RESERVE: usize = 400;
const NAME: usize = 80;
const NOTE: usize = 300;
/// Differences shown of one resource.
const DETAILS: usize = 20;

/// Writes the comment.
///
/// # Errors
/// When the output fails.
pub fn write(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(comment(comparison).as_bytes())
}

fn comment(comparison: &Comparison) -> String {
    let mut comment = Comment {
        text: String::new(),
        left_out: 0,
    };
    heading(comparison, &mut comment.text);
    let counted = |assessed: &&AssessedChange| comparison.fail_on.counts(assessed);
    let escalates = |assessed: &&AssessedChange| assessed.escalates();
    let of = |wanted: &dyn Fn(&&AssessedChange) -> bool| -> Vec<&AssessedChange> {
        comparison
            .changes
            .iter()
            .filter(|assessed| wanted(assessed))
            .collect()
    };
    let escalations = of(&|f| f.approved.is_none() && escalates(f));
    comment.section("More access than before", &escalations, true);
    comment.lapsed(comparison);
    let others = of(&|f| f.approved.is_none() && !escalates(f) && f.built_in.is_none());
    comment.section("Other changes", &others, false);
    comment.section(
        "Made by Harness itself",
        &of(&|f| f.approved.is_none() && f.built_in.is_some()),
        false,
    );
    comment.section("Approved", &of(&|f| f.approved.is_some()), false);
    comment.unseen(comparison);
    let Comment { mut text, left_out } = comment;
    if left_out > 0 {
        let _ = write!(
            text,
            "\n… and {left_out} more: `--format json` has them all.\n"
        );
    }
    let counts = of(&|f| counted(f)).len();
    if counts < comparison.changes.len() {
        let changes = count(
            i128::try_from(comparison.changes.len()).unwrap_or_default(),
            "change",
        );
        let _ = write!(text, "\n{counts} of {changes} count for this check.\n");
    }
    text
}

fn heading(comparison: &Comparison, text: &mut String) {
    let changes = match comparison.changes.len() {
        0 if !comparison.is_comparable() => "no changes in what both saw".to_owned(),
        0 => "no changes".to_owned(),
        number => count(i128::try_from(number).unwrap_or_default(), "change"),
    };
    let [older, newer] = snapshots(comparison);
    let _ = write!(
        text,
        "### Harness access: {changes}\n\n{} → {}\n",
        code(&older),
        code(&newer)
    );
    if !comparison.is_comparable() {
        let _ = write!(
            text,
            "\n**These snapshots cannot be compared in full.** What could not be seen is not listed below.\n"
        );
        let gaps: Vec<_> = comparison
            .from
            .gaps
            .iter()
            .chain(&comparison.to.gaps)
            .collect();
        for gap in gaps.iter().take(DETAILS) {
            let _ = writeln!(
                text,
                "- {} in {}: {}",
                gap.kind,
                code(&gap.scope),
                gap.state.as_str()
            );
        }
        if gaps.len() > DETAILS {
            let _ = writeln!(text, "- … and {} more", gaps.len() - DETAILS);
        }
    }
    if let Some(unknown) = unread::sentence(comparison) {
        let _ = write!(text, "\n{}\n", code(&unknown));
    }
}

struct Comment {
    text: String,
    left_out: usize,
}

impl Comment {
    fn lapsed(&mut self, comparison: &Comparison) {
        let number = comparison.lapsed.len();
        for (at, lapsed) in comparison.lapsed.iter().enumerate() {
            let mut entry = String::new();
            if at == 0 {
                let _ = write!(
                    entry,
                    "\n#### Approval expired, and still there ({number})\n\n"
                );
            }
            let sentence = code(&sentence(&lapsed.access.change, NAME));
            let scope = code(lapsed.access.change.scope());
            let _ = writeln!(
                entry,
                "- {sentence} in {scope} {}",
                code(&shortened(&expired(lapsed), NOTE))
            );
            if !self.fits(&entry, "") {
                self.left_out += number - at;
                break;
            }
            self.text.push_str(&entry);
        }
    }

    /// What the audit trail records and no change shows.
    fn unseen(&mut self, comparison: &Comparison) {
        let events = &comparison.unseen;
        let end = "\n</details>\n";
        let start = format!(
            "\n<details>\n<summary>Recorded in between, but in no difference ({})</summary>\n\n",
            events.len()
        );
        if events.is_empty() || !self.fits(&start, end) {
            self.left_out += events.len();
            return;
        }
        self.text.push_str(&start);
        for (at, event) in events.iter().enumerate() {
            let entry = format!("- {}\n", code(&shortened(&recorded(event, NAME), NOTE)));
            if !self.fits(&entry, end) {
                self.left_out += events.len() - at;
                break;
            }
            self.text.push_str(&entry);
        }
        self.text.push_str(end);
    }

    fn section(&mut self, title: &str, changes: &[&AssessedChange], open: bool) {
        if changes.is_empty() {
            return;
        }
        let (start, end) = if open {
            (format!("\n#### {title} ({})\n", changes.len()), "")
        } else {
            (
                format!(
                    "\n<details>\n<summary>{title} ({})</summary>\n",
                    changes.len()
                ),
                "\n</details>\n",
            )
        };
        if !self.fits(&start, end) {
            self.left_out += changes.len();
            return;
        }
        self.text.push_str(&start);
        let mut scope = None;
        for (at, assessed) in changes.iter().enumerate() {
            let mut entry = String::new();
            if scope != Some(assessed.change.scope()) {
                scope = Some(assessed.change.scope());
                let _ = write!(entry, "\n{}\n\n", code(assessed.change.scope()));
            }
            entry.push_str(&item(assessed));
            if !self.fits(&entry, end) {
                self.left_out += changes.len() - at;
                break;
            }
            self.text.push_str(&entry);
        }
        self.text.push_str(end);
    }

    fn fits(&self, more: &str, end: &str) -> bool {
        self.text.len() + more.len() + end.len() + RESERVE <= MOST_BYTES
    }
}

fn item(assessed: &AssessedChange) -> String {
    let sign = symbol(assessed.change.verb());
    let mut item = format!("- `{sign}` {}", code(&sentence(&assessed.change, NAME)));
    let notes = notes(assessed);
    if !notes.is_empty() {
        let _ = write!(item, " {}", code(&shortened(&notes.join("; "), NOTE)));
    }
    item.push('\n');
    for detail in assessed.details.iter().take(DETAILS) {
        let _ = writeln!(item, "  - {}", code(&shortened(detail, NOTE)));
    }
    if assessed.details.len() > DETAILS {
        let _ = writeln!(item, "  - … and {} more", assessed.details.len() - DETAILS);
    }
    item
}

/// A code span whose fence is longer than any run of backticks inside.
fn code(text: &str) -> String {
    let text = line(text);
    let longest = text
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // A blank at both ends keeps backticks away from the fence; Markdown takes it off again.
    if text.is_empty() || text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn nothing_gets_out_of_a_code_span() {
        assert_eq!(code("@team #1 <b>|"), "`@team #1 <b>|`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a\nb"), "`a\\u{a}b`");
    }
}
