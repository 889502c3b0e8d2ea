//! What text for people is written to: how wide it is, and whether it shows colour.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::fold::folded;

/// A terminal, or something that only collects text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Screen {
    /// Columns; `None` = as many as the text takes.
    pub width: Option<usize>,
    /// Whether it shows colour.
    pub colour: bool,
}

impl Screen {
    /// The text in a style of ECMA-48, or as it is. `text` must be safe for a terminal.
    #[must_use]
    pub fn styled(self, code: &str, text: &str) -> String {
        if self.colour && !text.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    /// Bold text.
    #[must_use]
    pub fn bold(self, text: &str) -> String {
        self.styled("1", text)
    }

    /// Writes text behind a margin. On a terminal it goes on in further lines, a little further in; else it is one line.
    /// Both must be safe for a terminal.
    ///
    /// # Errors
    /// When the output fails.
    pub fn write_folded(self, margin: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
        let needs = margin.width() + HANGING + NARROWEST;
        if !margin.trim().is_empty() && self.width.is_some_and(|width| width < needs) {
            return self.write_folded("", &format!("{margin}{text}"), out);
        }
        let lines = self.folded(margin.width(), text);
        for (at, text) in lines.iter().enumerate() {
            if at == 0 {
                writeln!(out, "{margin}{text}")?;
            } else {
                writeln!(out, "{}{text}", " ".repeat(margin.width() + HANGING))?;
            }
        }
        Ok(())
    }

    /// The lines that text takes behind a margin of so many columns, without the margin.
    #[must_use]
    pub fn folded(self, margin: usize, text: &str) -> Vec<&str> {
        match self.width {
            Some(width) if margin + text.width() > width => {
                folded(text, width.saturating_sub(margin + HANGING).max(NARROWEST))
            }
            _ => vec![text],
        }
    }
}

/// How much further in the second line begins.
const HANGING: usize = 2;
/// Text is folded to no less, however narrow the terminal.
const NARROWEST: usize = 20;
