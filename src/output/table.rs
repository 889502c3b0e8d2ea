//! Columns for people.

use std::borrow::Cow;
use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::screen::Screen;
use super::text::{line, shortened};

/// How a column is aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Rows of cells under a heading; cells are made safe for a terminal.
#[derive(Debug)]
pub struct Table {
    columns: Vec<(Cow<'static, str>, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    #[must_use]
    pub fn new(columns: Vec<(&'static str, Align)>) -> Self {
        let columns = columns.into_iter();
        Self::named(columns.map(|(name, align)| (name.into(), align)).collect())
    }

    /// An empty table whose columns are named by others.
    #[must_use]
    pub fn named(columns: Vec<(Cow<'static, str>, Align)>) -> Self {
        Self {
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds a row with as many cells as there are columns.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows
            .push(cells.iter().map(|cell| line(cell)).collect());
    }

    /// Leaves out the columns that have no cell with text.
    #[must_use]
    pub fn without_empty_columns(mut self) -> Self {
        for at in (0..self.columns.len()).rev() {
            if self.rows.iter().all(|row| row[at].is_empty()) {
                self.columns.remove(at);
                for row in &mut self.rows {
                    row.remove(at);
                }
            }
        }
        self
    }

    /// Writes the table; nothing trails the last column. On a terminal the widest columns give way until it fits: their
    /// cells go on in the next lines, and end with an ellipsis where that is not enough.
    ///
    /// # Errors
    /// When the output fails.
    pub fn write(&self, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
        let headings: Vec<String> = self.columns.iter().map(|(name, _)| line(name)).collect();
        let (widths, gap) = self.widths(&headings, screen.width);
        for (at, row) in [&headings].into_iter().chain(&self.rows).enumerate() {
            let cells: Vec<Vec<String>> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| folded(cell, *width))
                .collect();
            let height = cells.iter().map(Vec::len).max().unwrap_or_default();
            for of_cell in 0..height {
                let text = self.line(&cells, of_cell, &widths, gap);
                if at == 0 {
                    writeln!(out, "{}", screen.bold(&text))?;
                } else {
                    writeln!(out, "{text}")?;
                }
            }
        }
        Ok(())
    }

    fn line(&self, cells: &[Vec<String>], at: usize, widths: &[usize], gap: usize) -> String {
        let mut text = String::new();
        for ((cell, width), (_, align)) in cells.iter().zip(widths).zip(&self.columns) {
            let cell = cell.get(at).map_or("", String::as_str);
            let padding = " ".repeat(width.saturating_sub(cell.width()));
            match align {
                Align::Left => text.extend([cell, &padding]),
                Align::Right => text.extend([&padding, cell]),
            }
            text.push_str(&" ".repeat(gap));
        }
        text.trim_end().to_owned()
    }

    /// The widths of the columns and of the gaps between them: as wide as the cells, unless that is too wide.
    fn widths(&self, headings: &[String], most: Option<usize>) -> (Vec<usize>, usize) {
        let cells = |at: usize| self.rows.iter().map(move |row| row[at].width()).max();
        let mut widths: Vec<usize> = (0..self.columns.len())
            .map(|at| cells(at).unwrap_or_default().max(headings[at].width()))
            .collect();
        let Some(most) = most else {
            return (widths, WIDE_GAP);
        };
        let mut gap = WIDE_GAP;
        for narrowest in NARROWEST {
            // Numbers are never folded, their headings are.
            let least = |at: usize| match self.columns[at].1 {
                Align::Left => narrowest,
                Align::Right => cells(at)
                    .unwrap_or_default()
                    .max(narrowest.min(longest_word(&headings[at]))),
            };
            let gaps = |gap: usize| gap * widths.len().saturating_sub(1);
            let gaps = gaps(gap);
            while widths.iter().sum::<usize>() + gaps > most {
                let can_give = (0..widths.len()).filter(|at| widths[*at] > least(*at));
                let Some(widest) = can_give.max_by_key(|at| widths[*at]) else {
                    break;
                };
                widths[widest] -= 1;
            }
            if widths.iter().sum::<usize>() + gaps <= most {
                break;
            }
            gap = NARROW_GAP;
        }
        (widths, gap)
    }
}

fn longest_word(text: &str) -> usize {
    text.split(' ')
        .map(UnicodeWidthStr::width)
        .max()
        .unwrap_or_default()
}

const WIDE_GAP: usize = 2;
const NARROW_GAP: usize = 1;
/// How narrow columns become: not narrower than the first, unless the table does not fit then.
const NARROWEST: [usize; 4] = [12, 8, 5, 3];
/// Cells do not take more lines than this.
const MOST_LINES: usize = 4;

/// A cell in lines of at most so many columns, broken after a blank or a separator where there is one.
fn folded(cell: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = cell;
    while rest.width() > width && lines.len() + 1 < MOST_LINES {
        let (mut used, mut end, mut after_word) = (0, 0, 0);
        for (at, c) in rest.char_indices() {
            used += c.width().unwrap_or_default();
            if used > width && end > 0 {
                break;
            }
            end = at + c.len_utf8();
            if matches!(c, ' ' | '/' | ',' | ';' | '-' | '_' | '@' | '.') {
                after_word = end;
            }
        }
        let at = if after_word > 0 { after_word } else { end };
        lines.push(rest[..at].trim_end().to_owned());
        rest = rest[at..].trim_start();
    }
    lines.push(shortened(rest, width));
    lines
}

#[cfg(test)]
mod tests {
    use super::{Align, Screen, Table};

    fn written(width: Option<usize>) -> String {
        let mut table = Table::new(vec![
            ("NAME", Align::Left),
            ("N", Align::Right),
            ("WHERE", Align::Left),
        ]);
        table.row(vec![
            "A rather long name of somebody".to_owned(),
            "1".to_owned(),
            "org/default/project/shop".to_owned(),
        ]);
        let mut out = Vec::new();
        let screen = Screen {
            width,
            colour: false,
        };
        table.write(screen, &mut out).expect("memory");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn a_table_fits_the_terminal() {
        assert_eq!(written(None).lines().count(), 2);
        assert_eq!(written(Some(200)), written(None));
        for width in [30, 40, 50] {
            let narrow = written(Some(width));
            assert!(narrow.lines().all(|line| line.len() <= width), "{narrow}");
            let words: Vec<&str> = narrow.split_whitespace().collect();
            assert!(
                words.contains(&"somebody") && narrow.contains("shop"),
                "{narrow}"
            );
        }
    }

    #[test]
    fn many_columns_of_numbers_fit_by_folding_their_headings() {
        let names = [
            "RESOURCE GROUPS",
            "SERVICE ACCOUNTS",
            "DISABLED",
            "REQUESTS",
            "GRANTS",
        ];
        let mut columns = vec![("FINISHED", Align::Left)];
        columns.extend(names.map(|name| (name, Align::Right)));
        let mut table = Table::new(columns);
        let row = ["2026-11-26T14:17:19.548Z", "1234567", "2", "3", "4", "5"];
        table.row(row.map(str::to_owned).to_vec());
        for width in [40, 50, 60, 80] {
            let mut out = Vec::new();
            let screen = Screen {
                width: Some(width),
                colour: false,
            };
            table.write(screen, &mut out).expect("memory");
            let text = String::from_utf8(out).expect("text");
            assert!(text.lines().all(|line| line.len() <= width), "{text}");
            assert!(text.contains("1234567"), "{text}");
        }
    }
}
