//! Text that is nearly JSON: what can be read without guessing is read.

/// The body without the mark that some gateways put before it.
pub(crate) fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// The body with U+FFFD for halves of surrogate pairs and for bytes that are not UTF-8; `None` when it has none of them.
pub(super) fn mended(body: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(body);
    let bytes = text.as_bytes();
    let mut mended = bytes.to_vec();
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == b'\\') {
        at += found;
        at += match (unit(bytes, at), unit(bytes, at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                mended[at + 2..at + 6].copy_from_slice(b"fffd");
                6
            }
            _ => 2,
        };
        at = at.min(bytes.len());
    }
    (mended != body).then_some(mended)
}

/// The UTF-16 unit that is escaped at a place.
fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let escape = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(escape).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str) -> Option<String> {
        mended(body.as_bytes()).map(|mended| String::from_utf8(mended).expect("UTF-8"))
    }

    #[test]
    fn halves_of_pairs_are_replaced_and_pairs_stay() {
        assert_eq!(text(r#""\ud83d\ude00""#), None);
        assert_eq!(text(r#""a\ud83d""#).as_deref(), Some(r#""a\ufffd""#));
        assert_eq!(
            text(r#""\ude00\ud83d\ude00""#).as_deref(),
            Some(r#""\ufffd\ud83d\ude00""#)
        );
        assert_eq!(text(r#""\\ud83d""#), None, "an escaped backslash");
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(
            mended(b"\"a\xff\"").as_deref(),
            Some("\"a\u{fffd}\"".as_bytes())
        );
        assert_eq!(mended(b"\"\\"), None);
    }
}
