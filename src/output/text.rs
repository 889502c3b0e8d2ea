//! Text of strangers on a terminal.

use std::fmt::Write;

/// The text on one line without anything that could move the cursor, colour the screen or turn the reading direction:
/// control characters, line and paragraph separators and directional marks are shown as escapes.
#[must_use]
pub fn line(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if is_harmless(c) {
            safe.push(c);
        } else {
            let _ = write!(safe, "\\u{{{:x}}}", u32::from(c)); // writing to a String cannot fail
        }
    }
    safe
}

fn is_harmless(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// `1 grant`, `2 grants`.
#[must_use]
pub fn count(number: impl Into<i128>, noun: &str) -> String {
    let number = number.into();
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn nothing_that_moves_or_hides_gets_through() {
        assert_eq!(
            line("a\u{1b}[31mb\nc\u{202e}d\u{7}"),
            r"a\u{1b}[31mb\u{a}c\u{202e}d\u{7}"
        );
        assert_eq!(line("Zoë 🚀 日本"), "Zoë 🚀 日本");
    }
}
