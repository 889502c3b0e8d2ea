//! Rows for a spreadsheet. RFC 4180, and a name of a stranger is never a formula.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::characters::{is_hidden, is_plain, line};
use crate::model::Cell;

/// The byte order mark of UTF-8.
pub const BOM: &[u8] = "\u{feff}".as_bytes();

/// What a cell of a spreadsheet holds, in the units that spreadsheets count.
const MOST_UNITS: usize = 32_767;

/// The text as far as a cell of a spreadsheet takes it, with an ellipsis where something is missing.
#[must_use]
pub fn fitting(text: &str) -> Cow<'_, str> {
    if text.len() <= MOST_UNITS || text.encode_utf16().count() <= MOST_UNITS {
        return Cow::Borrowed(text);
    }
    let mut units = 1; // the ellipsis
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > MOST_UNITS
    });
    let end = end.map_or(text.len(), |(at, _)| at);
    Cow::Owned(format!("{}…", &text[..end]))
}

/// Writes one row. A cell that a spreadsheet would run as a formula gets an apostrophe in front, which shows it as text;
/// cells with separators, quotes or outer blanks are quoted. Line breaks and hidden characters are shown as escapes, since the
/// rows may go to a terminal or a log; JSON has them as they are.
///
/// # Errors
/// When the output fails.
pub fn row(out: &mut dyn Write, cells: &[&str]) -> io::Result<()> {
    let mut line = Vec::with_capacity(ROW);
    for (at, cell) in cells.iter().enumerate() {
        separate(&mut line, at);
        push_text(&mut line, cell);
    }
    line.extend_from_slice(b"\r\n");
    out.write_all(&line)
}

/// The same for values as SQLite tells them apart: a number stays one, whatever its sign.
///
/// # Errors
/// When the output fails.
pub fn row_of_values(out: &mut dyn Write, cells: &[Cell<'_>]) -> io::Result<()> {
    let mut line = Vec::with_capacity(ROW);
    for (at, cell) in cells.iter().enumerate() {
        separate(&mut line, at);
        match cell {
            Cell::Null => {}
            Cell::Integer(number) => write!(line, "{number}")?,
            Cell::Real(number) if number.is_finite() => write!(line, "{number}")?,
            Cell::Real(number) => push_text(&mut line, &number.to_string()),
            Cell::Text(text) => push_text(&mut line, text),
        }
    }
    line.extend_from_slice(b"\r\n");
    out.write_all(&line)
}

/// Bytes that most rows fit in.
const ROW: usize = 512;

fn separate(row: &mut Vec<u8>, at: usize) {
    if at > 0 {
        row.push(b',');
    }
}

/// Bytes that mean nothing to a spreadsheet, a terminal or a log, wherever they stand.
const SIMPLE: [bool; 256] = {
    let bytes = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_./@-";
    let (mut simple, mut at) = ([false; 256], 0);
    while at < bytes.len() {
        simple[bytes[at] as usize] = true;
        at += 1;
    }
    simple
};

/// Whether a cell is written as it is without a further look, as most are: none of a name's blanks, no formula.
fn is_simple(cell: &str) -> bool {
    cell.as_bytes()
        .first()
        .is_none_or(u8::is_ascii_alphanumeric)
        && cell.bytes().all(|byte| SIMPLE[usize::from(byte)])
}

fn push_text(row: &mut Vec<u8>, cell: &str) {
    if is_simple(cell) {
        row.extend_from_slice(cell.as_bytes());
        return;
    }
    let guard: &[u8] = if is_formula(cell) { b"'" } else { b"" };
    let cell = if is_plain(cell) {
        Cow::Borrowed(cell)
    } else {
        line(cell).into()
    };
    if memchr::memchr2(b',', b'"', cell.as_bytes()).is_some()
        || cell.starts_with(' ')
        || cell.ends_with(' ')
    {
        row.push(b'"');
        row.extend_from_slice(guard);
        row.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
        row.push(b'"');
    } else {
        row.extend_from_slice(guard);
        row.extend_from_slice(cell.as_bytes());
    }
}

/// Blanks and hidden characters in front do not stop every spreadsheet from seeing the formula behind them; full-width
/// signs count as well.
fn is_formula(cell: &str) -> bool {
    let begins_with_word = |cell: &str| {
        cell.bytes()
            .next()
            .is_none_or(|c| c.is_ascii_alphanumeric())
    };
    !begins_with_word(cell) && begins_as_formula(cell)
}

fn begins_as_formula(cell: &str) -> bool {
    cell.starts_with(['\t', '\r', '\n'])
        || cell
            .trim_start_matches(|c: char| c.is_whitespace() || is_hidden(c))
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::row;

    fn written(cells: &[&str]) -> String {
        let mut out = Vec::new();
        row(&mut out, cells).expect("memory");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn formulas_become_text() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "＝1"] {
            assert_eq!(written(&[cell]), format!("'{cell}\r\n"));
        }
        assert_eq!(written(&["  =1"]), "\"'  =1\"\r\n");
        assert_eq!(written(&["\u{feff}=1"]), "'\\u{feff}=1\r\n");
        assert_eq!(written(&["\t=1"]), "'\\u{9}=1\r\n");
        assert_eq!(
            written(&["=HYPERLINK(\"x\",1)"]),
            "\"'=HYPERLINK(\"\"x\"\",1)\"\r\n"
        );
    }

    #[test]
    fn separators_and_quotes_are_quoted() {
        assert_eq!(
            written(&["plain", "a,b", "say \"x\"", "two\nlines", ""]),
            "plain,\"a,b\",\"say \"\"x\"\"\",two\\u{a}lines,\r\n"
        );
    }
}
