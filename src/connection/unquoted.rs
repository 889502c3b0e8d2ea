//! What editors and shells leave around a value.

/// A value without what editors and shells leave around it: blanks, line ends, a byte order mark, a pair of quotes or of
/// angle brackets.
pub(super) fn unquoted(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}').trim();
    let between = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    between('"')
        .or_else(|| between('\''))
        .or_else(|| {
            let inside = text.strip_prefix('<')?.strip_suffix('>')?;
            (!inside.starts_with('+')).then_some(inside) // `<+…>` is an expression of Harness
        })
        .unwrap_or(text)
        .trim()
}
