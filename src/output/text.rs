//! Words and numbers for people.

use unicode_width::UnicodeWidthChar;

pub use crate::characters::line;

/// The name, or the id where the name is missing or nothing that can be read.
#[must_use]
pub fn named<'a>(name: Option<&'a str>, id: &'a str) -> &'a str {
    name.filter(|name| !name.trim().is_empty()).unwrap_or(id)
}

/// The text cut to so many columns, with an ellipsis where something is missing. Hidden and control characters count
/// as one column, so that a name of nothing else is cut too.
#[must_use]
pub fn shortened(text: &str, columns: usize) -> String {
    let mut used = 0;
    let mut fits = text.len();
    for (at, c) in text.char_indices() {
        let width = c.width().unwrap_or(1).max(1);
        if used + width >= columns && fits == text.len() {
            fits = at; // room for the ellipsis, should the rest not fit
        }
        used += width;
        if used > columns {
            return format!("{}…", &text[..fits]);
        }
    }
    text.to_owned()
}

/// `412 bytes`, `43.1 MB`; a million bytes are a MB.
#[must_use]
pub fn bytes(number: u64) -> String {
    let mut unit = 1_000;
    for name in ["kB", "MB", "GB"] {
        let tenths = (number * 10 + unit / 2) / unit;
        if tenths < 10_000 || name == "GB" {
            return if number < 1_000 {
                format!("{number} bytes")
            } else {
                format!("{}.{} {name}", tenths / 10, tenths % 10)
            };
        }
        unit *= 1_000;
    }
    String::new()
}

/// `1 grant`, `2 grants`.
#[must_use]
pub fn count(number: impl Into<i128>, noun: &str) -> String {
    let number = number.into();
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn long_names_are_cut_by_width() {
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(shortened("abcd", 3), "ab…");
        assert_eq!(shortened("日本語", 6), "日本語");
        assert_eq!(shortened("日本語", 5), "日本…");
        assert_eq!(shortened("日本語", 4), "日…");
        assert_eq!(shortened(&"\u{301}".repeat(9), 3).chars().count(), 3);
    }
}
