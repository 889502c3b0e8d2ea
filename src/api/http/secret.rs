//! The API key: a value that cannot be printed by accident.

use std::fmt;

use memchr::memmem::Finder;

/// A Harness API key. It has no `Display`, its `Debug` says `redacted`, and only the transport can read it.
#[derive(Clone)]
pub struct ApiKey {
    text: String,
    /// Its secret part in base64, as it shows at each place in a longer text.
    encoded: Vec<String>,
    /// Find any form of it in a body.
    finders: Vec<Finder<'static>>,
}

const REDACTED: &str = "[key redacted]";
/// Shorter pieces would cut ordinary words out of messages.
const SHORTEST: usize = 8;

/// Why a text cannot be an API key. Neither message repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiKeyError {
    /// Nothing but white space.
    Empty,
    /// A character that an HTTP header cannot carry: white space inside, a control character, or not ASCII.
    IllegalCharacter,
}

impl fmt::Display for ApiKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the API key is empty",
            Self::IllegalCharacter => {
                "the API key contains a space, a control character or a character outside ASCII; \
                 give the key alone, as Harness showed it"
            }
        })
    }
}

impl std::error::Error for ApiKeyError {}

impl ApiKey {
    /// Takes a key as read from a file or the environment; white space around it (a final newline) is dropped.
    ///
    /// # Errors
    /// An empty key, and one that no HTTP header could carry.
    pub fn new(text: impl AsRef<str>) -> Result<Self, ApiKeyError> {
        let key = text.as_ref().trim();
        if key.is_empty() {
            return Err(ApiKeyError::Empty);
        }
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ApiKeyError::IllegalCharacter);
        }
        let secret = key.rsplit('.').next().unwrap_or(key);
        let mut new = Self {
            text: key.to_owned(),
            encoded: encodings(secret.as_bytes()),
            finders: Vec::new(),
        };
        // Where the whole key stands, its secret part stands as well.
        let whole = (secret.len() < SHORTEST).then_some(key);
        let forms = new.forms().chain(whole);
        new.finders = forms.map(|form| Finder::new(form).into_owned()).collect();
        Ok(new)
    }

    /// The account id inside a current key, `pat.<account>.<token>.<secret>` or `sat.…`.
    ///
    /// The legacy form with three parts holds no account: its second part is the token, so `None`.
    #[must_use]
    pub fn account_id(&self) -> Option<&str> {
        let parts: Vec<&str> = self.text.split('.').collect();
        match parts[..] {
            ["pat" | "sat", account, token, secret]
                if !account.is_empty() && !token.is_empty() && !secret.is_empty() =>
            {
                Some(account)
            }
            _ => None,
        }
    }

    /// The key itself, for the one header it goes into.
    pub(super) fn expose(&self) -> &str {
        &self.text
    }

    /// `text` without the key, its secret last part, pieces of that part, or any of them in base64.
    ///
    /// For what servers and libraries say: some of them repeat what they were sent.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let mut text = self.without_key(text);
        let secret = self.secret().as_bytes();
        for piece in secret
            .windows(SHORTEST)
            .filter_map(|piece| std::str::from_utf8(piece).ok())
        {
            if text.contains(piece) {
                text = text.replace(piece, REDACTED);
            }
        }
        text
    }

    /// A body without the key, before anything of it is kept.
    pub(super) fn scrub(&self, body: Vec<u8>) -> Vec<u8> {
        if self.finders.iter().any(|form| form.find(&body).is_some()) {
            self.without_key(&String::from_utf8_lossy(&body))
                .into_bytes()
        } else {
            body
        }
    }

    fn without_key(&self, text: &str) -> String {
        let mut text = text.replace(&self.text, REDACTED);
        for form in self.forms() {
            if text.contains(form) {
                text = text.replace(form, REDACTED);
            }
        }
        text
    }

    /// The secret part, plain and encoded, as far as it is long enough to be recognised.
    fn forms(&self) -> impl Iterator<Item = &str> {
        let forms = std::iter::once(self.secret()).chain(self.encoded.iter().map(String::as_str));
        forms.filter(|form| form.len() >= SHORTEST)
    }

    fn secret(&self) -> &str {
        self.text.rsplit('.').next().unwrap_or(&self.text)
    }
}

/// How bytes look in base64 when they stand at any place of what is encoded, in both alphabets.
fn encodings(bytes: &[u8]) -> Vec<String> {
    const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let at = |before: usize| -> String {
        let padded: Vec<u8> = std::iter::repeat_n(0, before)
            .chain(bytes.iter().copied())
            .collect();
        let chars = padded.chunks_exact(3).flat_map(|three| {
            let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
            [18, 12, 6, 0].map(|shift| char::from(STANDARD[(bits >> shift) as usize & 63]))
        });
        chars.skip([0, 2, 3][before]).collect() // the first ones depend on what stands before
    };
    let mut forms: Vec<String> = (0..3).map(at).collect();
    for form in forms.clone() {
        let of_urls = form.replace('+', "-").replace('/', "_");
        if of_urls != form {
            forms.push(of_urls);
        }
    }
    forms
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> ApiKey {
        ApiKey::new(text).expect("a legal key")
    }

    #[test]
    fn debug_shows_nothing_of_the_key() {
        assert_eq!(
            format!("{:?}", key("pat.AcC.tok.secret123")),
            "ApiKey(redacted)"
        );
    }

    #[test]
    fn white_space_around_the_key_is_dropped() {
        assert_eq!(
            key(" pat.AcC.tok.secret\r\n").expose(),
            "pat.AcC.tok.secret"
        );
    }

    #[test]
    fn empty_and_unsendable_keys_are_refused_without_repeating_them() {
        assert_eq!(ApiKey::new(" \n").err(), Some(ApiKeyError::Empty));
        for bad in ["pat.a b", "pat.a\nb", "pat.ä", "pat\0", "pat.\u{7f}x"] {
            let error = ApiKey::new(bad).expect_err("refused");
            assert_eq!(error, ApiKeyError::IllegalCharacter);
            assert!(!error.to_string().contains(bad));
        }
    }

    #[test]
    fn the_account_comes_only_from_a_four_part_token() {
        assert_eq!(key("pat.-AcC_t.tok.sec").account_id(), Some("-AcC_t"));
        assert_eq!(key("sat.AcC.tok.sec").account_id(), Some("AcC"));
        for without in [
            "pat.tok.sec",
            "xat.AcC.tok.sec",
            "pat.a.b.c.d",
            "pat..tok.sec",
            "opaque",
        ] {
            assert_eq!(key(without).account_id(), None, "{without}");
        }
    }

    #[test]
    fn an_echoed_key_is_cut_out_of_text() {
        let key = key("pat.AcC.tok.secret123");
        let redacted = key.redact("bad key pat.AcC.tok.secret123, secret secret123!");
        assert_eq!(redacted, "bad key [key redacted], secret [key redacted]!");
    }

    #[test]
    fn a_key_in_pieces_or_in_base64_is_cut_out() {
        let key = key("pat.AcC.tok.0123456789abcdef");
        let text = key.redact("first 0123456789ab then 56789abcdef");
        assert!(
            !text.contains("345678") && !text.contains("89abcd"),
            "{text}"
        );
        for encoded in [
            "cGF0LkFjQy50b2suMDEyMzQ1Njc4OWFiY2RlZg==",
            "MDEyMzQ1Njc4OWFiY2RlZg==",
            "eHgwMTIzNDU2Nzg5YWJjZGVm",
            "eDAxMjM0NTY3ODlhYmNkZWY=",
        ] {
            assert!(key.redact(encoded).contains(REDACTED), "{encoded}");
        }
    }

    #[test]
    fn a_body_is_scrubbed_and_others_stay_as_they_are() {
        let key = key("pat.AcC.tok.secret123");
        let body = |text: &str| key.scrub(text.as_bytes().to_vec());
        assert_eq!(
            body(r#"{"name":"x secret123 y"}"#),
            br#"{"name":"x [key redacted] y"}"#
        );
        assert_eq!(body("secret 123"), b"secret 123");
        assert_eq!(key.scrub(b"\xff".to_vec()), b"\xff");
    }
}
