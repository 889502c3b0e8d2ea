//! Data inside a page, for the script: JSON that HTML cannot take for anything else.

use serde::Serialize;

/// JSON that can stand in a page: no character that HTML gives a meaning.
#[derive(Debug, Default)]
pub(super) struct Island(String);

impl Island {
    /// Writes what HTML or JavaScript give a meaning as `\u…`. Outside of strings JSON has none of these characters.
    pub(super) fn of(value: &impl Serialize) -> Self {
        let json = serde_json::to_string(value).expect("plain data always serializes");
        let mut safe = String::with_capacity(json.len());
        for c in json.chars() {
            match c {
                '<' => safe.push_str("\\u003c"),
                '>' => safe.push_str("\\u003e"),
                '&' => safe.push_str("\\u0026"),
                '\u{2028}' => safe.push_str("\\u2028"),
                '\u{2029}' => safe.push_str("\\u2029"),
                c => safe.push(c),
            }
        }
        Self(safe)
    }

    /// The JSON.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Island;

    #[test]
    fn nothing_in_the_island_can_end_it() {
        let island = Island::of(&["</script><!--", "a&b", "\u{2028}"]);
        assert_eq!(
            island.as_str(),
            r#"["\u003c/script\u003e\u003c!--","a\u0026b","\u2028"]"#
        );
    }
}
