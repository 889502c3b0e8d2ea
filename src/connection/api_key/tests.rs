use super::*;

const KEY: &str = "sat.AcC.tok.secret123";

fn in_file(bytes: &[u8]) -> Result<ApiKey, Error> {
    let source = KeySource::File("k.txt".to_owned());
    key_of(&text_of(bytes, &source)?, &source)
}

fn refused(text: &str, source: &KeySource) -> String {
    let error = key_of(text, source).expect_err(text);
    let message = error.to_string();
    assert!(!message.contains("secret123"), "{message}");
    message
}

/// docker/cli 3630: credentials as editors and shells leave them.
#[test]
fn marks_encodings_quotes_and_line_ends_are_taken_off() {
    let utf16 = |mark: &[u8], unit: fn(u16) -> [u8; 2]| {
        let text = format!("{KEY}\r\n");
        let bytes = text.encode_utf16().flat_map(unit);
        mark.iter().copied().chain(bytes).collect::<Vec<u8>>()
    };
    for bytes in [
        format!("{KEY}\n").into_bytes(),
        format!(" {KEY}\r\n\r\n").into_bytes(),
        format!("\u{feff}{KEY}").into_bytes(),
        format!("\"{KEY}\"\n").into_bytes(),
        format!("'{KEY}'").into_bytes(),
        utf16(b"\xff\xfe", u16::to_le_bytes),
        utf16(b"\xfe\xff", u16::to_be_bytes),
        utf16(b"", u16::to_le_bytes),
    ] {
        let key = in_file(&bytes).expect("a key");
        assert_eq!(key.redact(KEY), "[key redacted]", "{bytes:?}");
    }
}

#[test]
fn what_stands_around_a_key_is_named_with_its_place() {
    for (text, says) in [
        (format!("Bearer {KEY}"), "--api-key contains an HTTP header"),
        (format!("{{\"apiKey\":\"{KEY}\"}}"), "contains JSON"),
        (
            format!("HARNESS_API_KEY={KEY}"),
            "contains an assignment (`HARNESS_API_KEY=…`)",
        ),
        (
            format!("export KEY='{KEY}'"),
            "contains an assignment (`KEY=…`)",
        ),
        (format!("{KEY}\n{KEY}"), "contains 2 lines"),
        (
            "/run/secrets/harness".to_owned(),
            "contains the name of a file",
        ),
        (
            format!("Authorization: Bearer {KEY}"),
            "contains an HTTP header",
        ),
        (
            format!("apiKey: {KEY}"),
            "contains an assignment (`apiKey:…`)",
        ),
        (format!("{KEY} x"), "contains a space"),
        (format!("{KEY}\u{200b}"), "contains the character U+200B"),
        (format!("{KEY}\0"), "contains the character U+0000"),
        ("''".to_owned(), "is empty"),
    ] {
        let message = refused(&text, &KeySource::Flag);
        assert!(message.contains(says), "{message}");
        assert!(message.contains("--api-key"), "{message}");
    }
    assert!(refused("", &KeySource::Flag).contains("--api-key"));
    assert!(refused("", &KeySource::File("k".to_owned())).contains("the file k"));
}

#[test]
fn what_is_no_text_is_refused() {
    assert!(in_file(b"\xff\x00\xff\x01\x02").is_err());
    assert!(in_file(b"\x80\x81").is_err());
}
