//! Makes text from outside safe to show in a message: control characters escaped, length limited.

use crate::characters::push_visible;

/// How many characters of a body or of a server's message a message of ours repeats.
pub const QUOTE_LIMIT: usize = 200;

/// `text` on one line, at most [`QUOTE_LIMIT`] characters, with an ellipsis where something was cut off.
///
/// Control characters and those that reorder or hide text (bidirectional marks, line separators) are written as
/// `\u{…}`, so a server cannot drive the reader's terminal. Runs of ordinary white space become one space.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut quoted = String::new();
    let mut taken = 0;
    let mut gap = false;
    for c in text.trim().chars() {
        if matches!(c, ' ' | '\t' | '\r' | '\n') {
            gap = true;
            continue;
        }
        if taken >= QUOTE_LIMIT {
            quoted.push('…');
            break;
        }
        if std::mem::take(&mut gap) {
            quoted.push(' ');
            taken += 1;
        }
        push_visible(&mut quoted, c);
        taken += 1;
    }
    quoted
}

/// The start of a body as text; bytes that are not UTF-8 show as `\u{fffd}`.
///
/// `redact` sees the text before it is cut: half a key would no longer be recognised.
#[must_use]
pub fn quote_bytes(body: &[u8], redact: &dyn Fn(&str) -> String) -> String {
    const ENOUGH: usize = 16 * QUOTE_LIMIT;
    let start = &body[..body.len().min(ENOUGH)];
    quote(&redact(&String::from_utf8_lossy(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_direction_characters_are_escaped() {
        assert_eq!(
            quote("a\u{1b}[31mb\u{202e}c\u{9b}"),
            r"a\u{1b}[31mb\u{202e}c\u{9b}"
        );
    }

    #[test]
    fn white_space_is_folded_into_one_line() {
        assert_eq!(quote("  <html>\r\n\t <body> "), "<html> <body>");
    }

    #[test]
    fn long_text_is_cut_with_an_ellipsis() {
        let quoted = quote(&"x".repeat(1000));
        assert_eq!(quoted.chars().count(), QUOTE_LIMIT + 1);
        assert!(quoted.ends_with('…'));
        assert_eq!(quote(&"x".repeat(QUOTE_LIMIT)), "x".repeat(QUOTE_LIMIT));
    }

    #[test]
    fn a_key_across_the_cut_is_redacted_before_cutting() {
        let body = format!("{}{}", "x".repeat(QUOTE_LIMIT - 3), "SECRETKEY");
        let quoted = quote_bytes(body.as_bytes(), &|text| text.replace("SECRETKEY", "*"));
        assert!(!quoted.contains("SEC"), "{quoted}");
    }
}
