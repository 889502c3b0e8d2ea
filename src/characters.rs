//! The one table of characters that hide, move or turn text. Names come from strangers: whatever shows one (terminal,
//! log, spreadsheet, Markdown, HTML) asks here.

use std::fmt::Write;

/// Whether a character has no shape of its own: control characters, marks of the reading direction, line and paragraph
/// separators, invisible blanks, fillers and tags. The joiners of emoji and of Indic and Persian words are not among
/// them.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a text is plain ASCII of which [`line`] changes nothing, as nearly all texts are; a look at its bytes tells.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b'#';
    text.bytes().all(plain) && !text.trim_start().starts_with("::")
}

/// The text on one line with every hidden character as an escape, such as `\u{202e}`, and without what the logs of CI
/// systems take for commands: `##` anywhere (Azure, GitHub, TeamCity), `::` at the beginning (GitHub).
#[must_use]
pub fn line(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut safe = String::with_capacity(text.len());
    let blanks = text.len() - text.trim_start().len();
    for (at, c) in text.char_indices() {
        match c {
            '#' if safe.ends_with('#') => safe.push_str(" #"),
            ':' if at == blanks && text[at..].starts_with("::") => safe.push_str("\\u{3a}"),
            other => push_visible(&mut safe, other),
        }
    }
    safe
}

/// Adds a character, as an escape when it is hidden.
pub fn push_visible(text: &mut String, c: char) {
    if is_hidden(c) {
        let _ = write!(text, "{}", c.escape_unicode()); // writing to a String cannot fail
    } else {
        text.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn nothing_that_moves_or_hides_gets_through() {
        assert_eq!(
            line("a\u{1b}[31mb\nc\u{202e}d\u{7}\u{feff}\u{e0041}"),
            r"a\u{1b}[31mb\u{a}c\u{202e}d\u{7}\u{feff}\u{e0041}"
        );
        assert_eq!(line(" ::x"), r" \u{3a}:x");
        assert_eq!(line("a ##vso[b] c::d"), "a # #vso[b] c::d");
        assert_eq!(line("Zoë 🚀 日本 👨‍👩‍👧 ❤️"), "Zoë 🚀 日本 👨‍👩‍👧 ❤️");
    }
}
