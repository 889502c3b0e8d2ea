//! Text in lines of a width: what does not fit goes on in the next line, and nothing is left out.

use unicode_width::UnicodeWidthChar;

/// Where a line may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Break {
    /// Between words.
    Word,
    /// After a part of a path.
    Path,
}

/// The text in lines of at most so many columns. Lines end between words; where a word is too long, after a part of a path;
/// where that is too long as well, anywhere. Dates and their times stay together.
pub(super) fn folded(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(at) = end_of_line(rest, width.max(1)) {
        lines.push(rest[..at].trim_end());
        rest = rest[at..].trim_start();
    }
    lines.push(rest);
    lines
}

/// The fewest columns in which every word stays whole, so that an id can be copied; of a word that is very wide the parts
/// of a path.
pub(super) fn widest_piece(text: &str) -> usize {
    let (mut widest, mut word, mut part, mut widest_part) = (0, 0, 0, 0);
    for (before, c, next) in with_neighbours(text) {
        let ends = break_after(before, c, next);
        if ends != Some(Break::Word) {
            word += columns(c);
            part += columns(c);
        }
        widest_part = widest_part.max(part);
        if ends.is_some() {
            part = 0;
        }
        if ends == Some(Break::Word) || next.is_none() {
            let whole = if word > VERY_WIDE { widest_part } else { word };
            widest = widest.max(whole);
            (word, widest_part) = (0, 0);
        }
    }
    widest
}

/// Words wider than this are broken, where they are a path.
const VERY_WIDE: usize = 40;

/// Where the first line of a text ends that does not fit.
fn end_of_line(text: &str, width: usize) -> Option<usize> {
    let (mut used, mut at) = (0, 0);
    let (mut word, mut path, mut letter) = (None, None, None);
    for (before, c, next) in with_neighbours(text) {
        used += columns(c);
        let is_blank = c == ' ';
        if used > width && !is_blank {
            return word.or(path).or(letter).or(Some(at + c.len_utf8()));
        }
        at += c.len_utf8();
        match break_after(before, c, next) {
            Some(Break::Word) => word = Some(at),
            Some(Break::Path) => path = Some(at),
            None => letter = Some(at),
        }
    }
    None
}

fn break_after(before: Option<char>, c: char, next: Option<char>) -> Option<Break> {
    let next = next?;
    let is_digit = |c: char| c.is_ascii_digit();
    match c {
        // `2026-03-01 09:30` is one thing.
        ' ' if before.is_some_and(is_digit) && is_digit(next) => None,
        ' ' => Some(Break::Word),
        '/' => Some(Break::Path),
        // Scripts of wide characters have no blanks.
        c if columns(c) > 1 && columns(next) > 1 => Some(Break::Path),
        _ => None,
    }
}

fn columns(c: char) -> usize {
    match c {
        '\u{fe0f}' => 1, // shows the character before it as an emoji, which is wide
        c => c.width().unwrap_or_default(),
    }
}

fn with_neighbours(text: &str) -> impl Iterator<Item = (Option<char>, char, Option<char>)> {
    let before = [None].into_iter().chain(text.chars().map(Some));
    let next = text.chars().skip(1).map(Some).chain([None]);
    before
        .zip(text.chars())
        .zip(next)
        .map(|((before, c), next)| (before, c, next))
}

#[cfg(test)]
mod tests {
    use super::{folded, widest_piece};

    #[test]
    fn lines_end_between_words_and_parts_of_paths() {
        assert_eq!(folded("one two three", 8), ["one two", "three"]);
        assert_eq!(
            folded("in org/payments/project/shop", 16),
            ["in", "org/payments/", "project/shop"]
        );
        assert_eq!(folded("abcdef", 4), ["abcd", "ef"]);
        assert_eq!(folded("日本語の名前", 5), ["日本", "語の", "名前"]);
        assert_eq!(folded("", 5), [""]);
    }

    #[test]
    fn a_date_and_its_time_stay_together() {
        assert_eq!(
            folded("seen 2026-03-01 09:30 by Ada", 16),
            ["seen", "2026-03-01 09:30", "by Ada"]
        );
    }

    #[test]
    fn the_widest_piece_is_the_longest_word_or_part_of_a_long_path() {
        assert_eq!(widest_piece("org/payments and"), 12);
        assert_eq!(widest_piece("2026-03-01 09:30"), 16);
        assert_eq!(widest_piece("日本語"), 6);
        let path = "resource_group/harness/_all_resources_including_child_scopes";
        assert_eq!(widest_piece(path), 37);
    }
}
