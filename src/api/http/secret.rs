//! The API key: a value that cannot be printed by accident.

use std::fmt;

/// A Harness API key. It has no `Display`, its `Debug` says `redacted`, and only the transport can read it.
#[derive(Clone)]
pub struct ApiKey(String);

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
        Ok(Self(key.to_owned()))
    }

    /// The account id inside a current key, `pat.<account>.<token>.<secret>` or `sat.…`.
    ///
    /// The legacy form with three parts holds no account: its second part is the token, so `None`.
    #[must_use]
    pub fn account_id(&self) -> Option<&str> {
        let parts: Vec<&str> = self.0.split('.').collect();
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
        &self.0
    }

    /// `text` with the key, or its secret last part alone, replaced.
    ///
    /// For what servers and libraries say: some of them repeat what they were sent.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        const REDACTED: &str = "[key redacted]";
        const SHORTEST_SECRET: usize = 8; // shorter ones would cut ordinary words out of messages
        let text = text.replace(self.expose(), REDACTED);
        match self.0.rsplit_once('.') {
            Some((_, secret)) if secret.len() >= SHORTEST_SECRET => text.replace(secret, REDACTED),
            _ => text,
        }
    }
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
}
