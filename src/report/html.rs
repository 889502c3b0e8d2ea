//! HTML under construction. Markup comes from the program alone (`&'static str`); whatever else goes in is text and is
//! escaped on the way, so that no name of a stranger can become markup, a link or an attribute.

use std::fmt::Write as _;

use super::island::Island;
use crate::characters::line;
use crate::output::text::shortened;

/// Columns that a name or any other text of the account may take. Longer ones are cut; the exports have all of them.
const MOST_COLUMNS: usize = 160;

/// The same of what a role covers: cutting that early would hide access.
const MOST_COVERED: usize = 600;

/// A piece of a page.
#[derive(Clone, Debug, Default)]
pub(super) struct Html(String);

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub(super) enum Column {
    /// Words.
    Words(&'static str),
    /// Numbers, aligned by their last digit.
    Numbers(&'static str),
    /// Days, never broken over lines.
    Days(&'static str),
}

impl Html {
    /// Adds markup of ours.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Adds text: hidden and control characters shown as escapes, cut where it is absurdly long.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.escaped(&line(&shortened(text, MOST_COLUMNS)));
        self
    }

    /// Adds a sentence of ours that may be longer than a name.
    pub(super) fn prose(&mut self, text: &str) -> &mut Self {
        self.escaped(&line(text));
        self
    }

    /// Adds lines of code, each made safe by itself.
    pub(super) fn code(&mut self, code: &str) -> &mut Self {
        for text in code.lines() {
            self.escaped(&line(text));
            self.0.push('\n');
        }
        self
    }

    /// Adds ` name="value"`.
    pub(super) fn attribute(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.0.push(' ');
        self.0.push_str(name);
        self.0.push_str("=\"");
        self.escaped(&line(value));
        self.0.push('"');
        self
    }

    /// Adds the data island, which escapes for itself.
    pub(super) fn json(&mut self, island: &Island) -> &mut Self {
        self.0.push_str(island.as_str());
        self
    }

    /// Adds another piece.
    pub(super) fn add(&mut self, piece: &Self) -> &mut Self {
        self.0.push_str(&piece.0);
        self
    }

    /// Adds a number with its thousands apart.
    pub(super) fn number(&mut self, number: u64) -> &mut Self {
        self.0.push_str(&grouped(number));
        self
    }

    /// Adds an element that holds only text.
    pub(super) fn element(&mut self, tag: &'static str, text: &str) -> &mut Self {
        self.raw("<").raw(tag).raw(">");
        self.prose(text).raw("</").raw(tag).raw(">")
    }

    /// Adds a table; the first cell of each row is its heading.
    pub(super) fn table(
        &mut self,
        caption: &str,
        columns: &[Column],
        rows: impl IntoIterator<Item = Vec<Html>>,
    ) -> &mut Self {
        self.raw("<div class=\"scroll\" tabindex=\"0\" role=\"group\"");
        self.attribute("aria-label", caption).raw("><table>");
        self.element("caption", caption).raw("<thead><tr>");
        for column in columns {
            let (open, name) = match column {
                Column::Words(name) => ("<th scope=\"col\">", name),
                Column::Numbers(name) => ("<th scope=\"col\" class=\"n\">", name),
                Column::Days(name) => ("<th scope=\"col\" class=\"d\">", name),
            };
            self.raw(open).raw(name).raw("</th>");
        }
        self.raw("</tr></thead><tbody>");
        for row in rows {
            self.raw("<tr>");
            for (at, (cell, column)) in row.iter().zip(columns).enumerate() {
                let (open, close) = match (at, column) {
                    (0, _) => ("<th scope=\"row\">", "</th>"),
                    (_, Column::Words(_)) => ("<td>", "</td>"),
                    (_, Column::Numbers(_)) => ("<td class=\"n\">", "</td>"),
                    (_, Column::Days(_)) => ("<td class=\"d\">", "</td>"),
                };
                self.raw(open).add(cell).raw(close);
            }
            self.raw("</tr>\n");
        }
        self.raw("</tbody></table></div>\n")
    }

    /// The finished markup.
    pub(super) fn into_string(self) -> String {
        self.0
    }

    fn escaped(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '&' => self.0.push_str("&amp;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                c => self.0.push(c),
            }
        }
    }
}

/// A piece that is only text.
pub(super) fn text(text: &str) -> Html {
    let mut piece = Html::default();
    piece.text(text);
    piece
}

/// What a role covers.
pub(super) fn covered(words: &str) -> Html {
    let mut piece = Html::default();
    piece.prose(&shortened(words, MOST_COVERED));
    piece
}

/// A piece that is only a number.
pub(super) fn number(number: u64) -> Html {
    let mut piece = Html::default();
    piece.number(number);
    piece
}

/// `1,204`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 person`, `1,204 people`.
pub(super) fn counted(number: usize, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{} {many}", grouped(number as u64)),
    }
}

/// What an address in the page may hold: letters, digits and a few signs stay, each other byte becomes `~` and two
/// hexadecimal digits, so that addresses are the same in every report and never need decoding.
pub(super) fn address(id: &str) -> String {
    let mut address = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_./:@".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "~{byte:02x}"); // writing to a String cannot fail
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::{Html, address, grouped, text};

    #[test]
    fn text_never_becomes_markup() {
        let piece = text("<script>alert('a')</script> & \"b\" \u{202e}c\n");
        assert_eq!(
            piece.into_string(),
            "&lt;script&gt;alert(&#39;a&#39;)&lt;/script&gt; &amp; &quot;b&quot; \\u{202e}c\\u{a}"
        );
        let mut piece = Html::default();
        piece
            .raw("<a")
            .attribute("href", "#\" onclick=\"x")
            .raw(">");
        assert_eq!(piece.into_string(), "<a href=\"#&quot; onclick=&quot;x\">");
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(text(&"n".repeat(10_000)).into_string().chars().count(), 160);
    }

    #[test]
    fn thousands_are_kept_apart() {
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_204), "1,204");
        assert_eq!(grouped(1_000_000), "1,000,000");
    }

    #[test]
    fn addresses_hold_no_blank_and_differ_when_ids_do() {
        assert_eq!(address("role/account/a b"), "role/account/a~20b");
        assert_eq!(address("role/account/a~20b"), "role/account/a~7e20b");
    }
}
