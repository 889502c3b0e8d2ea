//! Columns for people. On a terminal a table fits its width: cells go on in the next lines, then the columns that are needed
//! least are left out with a word, and where that is not enough each row is a block of lines. No cell is ever cut.

use std::borrow::Cow;
use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::fold::{folded, widest_piece};
use super::screen::Screen;
use super::text::line;

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
    spare: &'static [&'static str],
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
            spare: &[],
        }
    }

    /// Columns that a narrow terminal may leave out, the one that is needed least first.
    #[must_use]
    pub fn sparing(self, spare: &'static [&'static str]) -> Self {
        Self { spare, ..self }
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

    /// Writes the table; nothing trails the last column.
    ///
    /// # Errors
    /// When the output fails.
    pub fn write(&self, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
        let columns: Vec<Column<'_>> = self.columns().collect();
        let Some(width) = screen.width else {
            let widths = columns.iter().map(|column| column.widest).collect();
            return Grid::new(&columns, widths, WIDE_GAP).write(screen, out);
        };
        for left_out in 0..=self.spare.len() {
            let (spare, kept): (Vec<&Column<'_>>, Vec<&Column<'_>>) = columns
                .iter()
                .partition(|column| self.spare[..left_out].contains(&&*column.heading));
            let kept: Vec<Column<'_>> = kept.into_iter().cloned().collect();
            if let Some(grid) = Grid::that_fits(&kept, width) {
                grid.write(screen, out)?;
                return write_left_out(&spare, screen, out);
            }
        }
        write_blocks(&columns, screen, width, out)
    }

    fn columns(&self) -> impl Iterator<Item = Column<'_>> {
        self.columns.iter().enumerate().map(|(at, (name, align))| {
            let heading = line(name);
            let cells: Vec<Cell<'_>> = self.rows.iter().map(|row| Cell::of(&row[at])).collect();
            let widest = cells.iter().map(|cell| cell.columns).max();
            Column {
                widest: widest.unwrap_or_default().max(heading.width()),
                align: *align,
                heading,
                cells,
            }
        })
    }
}

/// Text that was measured.
#[derive(Clone, Copy, Debug)]
struct Cell<'a> {
    text: &'a str,
    columns: usize,
}

impl<'a> Cell<'a> {
    fn of(text: &'a str) -> Self {
        let columns = text.width();
        Self { text, columns }
    }

    /// In lines of a width.
    fn folded(self, width: usize) -> Vec<Self> {
        if self.columns <= width {
            return vec![self];
        }
        folded(self.text, width).into_iter().map(Self::of).collect()
    }
}

/// A column, ready to be shown.
#[derive(Clone, Debug)]
struct Column<'a> {
    heading: String,
    align: Align,
    cells: Vec<Cell<'a>>,
    /// The width of its widest cell.
    widest: usize,
}

impl Column<'_> {
    /// The least width in which no word is broken.
    fn narrowest(&self) -> usize {
        let heading = widest_piece(&self.heading);
        let cells = self.cells.iter();
        let widest = match self.align {
            Align::Left => cells.map(|cell| widest_piece(cell.text)).max(),
            Align::Right => cells.map(|cell| cell.columns).max(),
        };
        widest.unwrap_or_default().max(heading)
    }
}

const WIDE_GAP: usize = 2;
const NARROW_GAP: usize = 1;
/// A grid whose rows take more lines than this, on average, is harder to read than blocks.
const MOST_LINES: usize = 3;
/// Values of blocks are at least so wide, however narrow the terminal.
const NARROWEST_VALUE: usize = 8;

/// Columns side by side.
struct Grid<'a> {
    columns: &'a [Column<'a>],
    widths: Vec<usize>,
    gap: usize,
}

impl<'a> Grid<'a> {
    fn new(columns: &'a [Column<'a>], widths: Vec<usize>, gap: usize) -> Self {
        Self {
            columns,
            widths,
            gap,
        }
    }

    /// As wide as the cells, unless that is too wide: then the widest columns give way.
    fn that_fits(columns: &'a [Column<'a>], width: usize) -> Option<Self> {
        let widest: Vec<usize> = columns.iter().map(|column| column.widest).collect();
        let gaps = |gap: usize| gap * columns.len().saturating_sub(1);
        if widest.iter().sum::<usize>() + gaps(WIDE_GAP) <= width {
            return Some(Self::new(columns, widest, WIDE_GAP));
        }
        let narrowest: Vec<usize> = columns.iter().map(Column::narrowest).collect();
        let grids = [WIDE_GAP, NARROW_GAP].into_iter().filter_map(|gap| {
            let widths = narrowed(widest.clone(), &narrowest, width.checked_sub(gaps(gap))?)?;
            Some(Self::new(columns, widths, gap))
        });
        grids.into_iter().find(Self::is_readable)
    }

    fn is_readable(&self) -> bool {
        let lines: usize = (0..self.rows()).map(|row| self.row(row).0).sum();
        lines <= MOST_LINES * self.rows()
    }

    fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.cells.len())
    }

    /// How many lines a row takes, and its cells in lines.
    fn row(&self, row: usize) -> (usize, Vec<Vec<Cell<'a>>>) {
        self.folded(|column| column.cells[row])
    }

    fn folded(&self, cell: impl Fn(&'a Column<'a>) -> Cell<'a>) -> (usize, Vec<Vec<Cell<'a>>>) {
        let columns = self.columns.iter().zip(&self.widths);
        let cells: Vec<Vec<Cell<'a>>> = columns
            .map(|(column, width)| cell(column).folded(*width))
            .collect();
        let lines = cells.iter().map(Vec::len).max().unwrap_or_default();
        (lines, cells)
    }

    fn write(&self, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
        let (lines, cells) = self.folded(|column| Cell::of(&column.heading));
        for line in 0..lines {
            writeln!(out, "{}", screen.bold(&self.line(&cells, line)))?;
        }
        for row in 0..self.rows() {
            let (lines, cells) = self.row(row);
            for line in 0..lines {
                writeln!(out, "{}", self.line(&cells, line))?;
            }
        }
        Ok(())
    }

    fn line(&self, cells: &[Vec<Cell<'_>>], at: usize) -> String {
        let mut text = String::new();
        for ((cell, width), column) in cells.iter().zip(&self.widths).zip(self.columns) {
            let cell = cell.get(at).copied().unwrap_or(Cell::of(""));
            let padding = " ".repeat(width.saturating_sub(cell.columns));
            match column.align {
                Align::Left => text.extend([cell.text, &padding]),
                Align::Right => text.extend([&padding, cell.text]),
            }
            text.push_str(&" ".repeat(self.gap));
        }
        text.trim_end().to_owned()
    }
}

/// Widths of columns that take no more than this together; the widest gives way first, none below what it needs.
fn narrowed(mut widths: Vec<usize>, narrowest: &[usize], most: usize) -> Option<Vec<usize>> {
    while widths.iter().sum::<usize>() > most {
        let can_give = (0..widths.len()).filter(|at| widths[*at] > narrowest[*at]);
        let widest = can_give.max_by_key(|at| widths[*at])?;
        widths[widest] -= 1;
    }
    Some(widths)
}

fn write_left_out(spare: &[&Column<'_>], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let with_text = |column: &&&Column<'_>| column.cells.iter().any(|cell| !cell.text.is_empty());
    let names: Vec<&str> = spare
        .iter()
        .filter(with_text)
        .map(|column| &*column.heading)
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let text = format!("not shown, too narrow: {}", names.join(", "));
    screen.write_folded("", &text, out)
}

/// Each row as a block: a line or more for each cell that holds something.
fn write_blocks(
    columns: &[Column<'_>],
    screen: Screen,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let heading = width_of_headings(columns, width);
    let indent = heading + WIDE_GAP;
    let value = width.saturating_sub(indent).max(NARROWEST_VALUE);
    for row in 0..columns.first().map_or(0, |column| column.cells.len()) {
        let goes_on = columns[0].cells[row].text.is_empty();
        if row > 0 && !goes_on {
            writeln!(out)?;
        }
        for column in columns
            .iter()
            .filter(|column| !column.cells[row].text.is_empty())
        {
            let names = Cell::of(&column.heading).folded(heading);
            let values = column.cells[row].folded(value);
            for at in 0..names.len().max(values.len()) {
                let name = names.get(at).copied().unwrap_or(Cell::of(""));
                let padding = " ".repeat(indent - name.columns);
                let name = screen.bold(name.text);
                let value = values.get(at).map_or("", |value| value.text);
                writeln!(out, "{}", format!("{name}{padding}{value}").trim_end())?;
            }
        }
    }
    Ok(())
}

/// The headings give way to values whose words would be broken.
fn width_of_headings(columns: &[Column<'_>], width: usize) -> usize {
    let headings = || columns.iter().map(|column| &*column.heading);
    let widest = headings().map(UnicodeWidthStr::width).max();
    let piece = headings().map(widest_piece).max().unwrap_or_default();
    let cells = columns.iter().flat_map(|column| &column.cells);
    let value = cells.map(|cell| widest_piece(cell.text)).max();
    let left = width.saturating_sub(value.unwrap_or_default() + WIDE_GAP);
    widest.unwrap_or_default().min(left.max(piece))
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
