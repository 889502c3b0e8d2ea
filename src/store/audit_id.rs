//! How the identifier of an event of the audit trail is stored: there is one for each event and once more in its index, so
//! its length decides how large a file grows that reads the trail for years.

use rusqlite::types::Value;

/// The 24 lower-case hex digits that Harness sends as 12 bytes; whatever else it may send one day as it is. Views and
/// questions show text again.
pub(super) fn stored(audit_id: &str) -> Value {
    bytes(audit_id).map_or_else(|| Value::Text(audit_id.to_owned()), Value::Blob)
}

fn bytes(audit_id: &str) -> Option<Vec<u8>> {
    let digit = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let pairs = audit_id.as_bytes().chunks_exact(2);
    let bytes: Option<Vec<u8>> = pairs
        .map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?))
        .collect();
    bytes.filter(|_| audit_id.len() == 24)
}
