//! Finds API keys that were typed in the wrong place. Messages repeat what was typed, so they are searched for text
//! that looks like a key.

const REDACTED: &str = "[key redacted]";

/// The text without anything of the form of an API key: `pat.` or `sat.` and two or more parts.
pub(crate) fn redact(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(c) = rest.chars().next() {
        let length = if before.is_some_and(is_of_key) {
            0
        } else {
            key_length(rest)
        };
        let taken = if length > 0 {
            safe.push_str(REDACTED);
            length
        } else {
            safe.push(c);
            c.len_utf8()
        };
        before = rest[..taken].chars().next_back();
        rest = &rest[taken..];
    }
    safe
}

/// Whether there is something of the form of an API key in a text.
pub(crate) fn holds_key(text: &str) -> bool {
    redact(text) != text
}

/// Length of the key that a text starts with; 0 = it starts with none.
fn key_length(text: &str) -> usize {
    let end = text
        .find(|c| !is_of_key(c) && c != '.')
        .unwrap_or(text.len());
    let word = text[..end].trim_end_matches('.');
    // An e-mail address may begin like a key.
    let is_address = text[end..].starts_with('@');
    let mut parts = word.split('.');
    let is_key = matches!(parts.next(), Some("pat" | "sat"))
        && parts.clone().count() >= 2
        && parts.all(|part| !part.is_empty());
    if is_key && !is_address { word.len() } else { 0 }
}

fn is_of_key(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn keys_are_cut_out_wherever_they_stand() {
        for key in ["pat.AcC_t-x.tok.secret", "sat.tok.secret", "pat.a.b.c.json"] {
            for (before, after) in [
                ("", ""),
                ("cannot read `", "`: no such file"),
                ("http://h/", "/ng/api?x=1"),
                ("the key is ", ". Try again."),
                ("a=", "\n"),
                ("é", "é"),
            ] {
                let text = format!("{before}{key}{after}");
                assert_eq!(redact(&text), format!("{before}[key redacted]{after}"));
            }
        }
    }

    #[test]
    fn other_words_stay() {
        for text in [
            "pat.tok",
            "spat.a.b",
            "pat..a.b",
            "pat.lee.smith@example.test",
            "a-pat.x.y",
            "Pat. A sat. is. not",
            "",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
