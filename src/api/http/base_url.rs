//! Where Harness is: the only origin that ever gets the key.

use std::fmt;
use std::net::IpAddr;

use ureq::http::Uri;

/// `https://app.harness.io`, or another origin with an optional path to which every endpoint is appended.
///
/// The path is kept because both `https://app.harness.io` and `https://app.harness.io/gateway` are in use.
/// `Display` is the canonical form: lower-case scheme and host, no default port, no trailing slash.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl(String);

/// Why a text is not a base URL. Messages never repeat text that may hold a secret (user information).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BaseUrlError {
    /// Not an absolute `http` or `https` URL with a host.
    Malformed,
    /// A host without `https://` before it.
    NoScheme(String),
    /// Nearly one: what it may have been meant to be.
    Nearly(String),
    /// The address of a page of Harness, as the browser shows it.
    OfBrowser {
        /// The base URL that it means.
        base: String,
        /// The account that it names.
        account: String,
    },
    /// Another scheme than `http` and `https`.
    Scheme(String),
    /// User name or password before the host.
    UserInfo,
    /// A `?query` or `#fragment`, which could not survive appending a path.
    QueryOrFragment {
        /// The text before it, when it is a base URL.
        before: Option<String>,
    },
    /// A port that no host has.
    Port,
    /// A host with characters outside ASCII.
    ForeignHost,
    /// Plain `http` to this host, which is not this computer, and not allowed.
    PlainHttp(String),
}

impl fmt::Display for BaseUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed | Self::Nearly(_) => f.write_str(
                "the base URL must look like `https://app.harness.io`, with an optional path",
            ),
            Self::NoScheme(_) => f.write_str("the base URL has no `https://` before the host"),
            Self::OfBrowser { base, account } => write!(
                f,
                "this is the address of a page in the browser; it means the base URL {base} and the account {account}"
            ),
            Self::Scheme(scheme) => write!(
                f,
                "the base URL has the scheme `{scheme}`; it must be https"
            ),
            Self::UserInfo => f.write_str(
                "the base URL must not hold a user name or password; give the API key with --api-key-file or HARNESS_API_KEY",
            ),
            Self::QueryOrFragment { .. } => f.write_str("the base URL must not have a `?` or `#` part"),
            Self::Port => f.write_str("the base URL has a port that is not a number from 1 to 65535"),
            Self::ForeignHost => {
                f.write_str("the base URL has a host with characters outside ASCII")
            }
            Self::PlainHttp(host) => write!(
                f,
                "plain http to `{host}` would send the API key unencrypted; use https"
            ),
        }
    }
}

impl std::error::Error for BaseUrlError {}

impl BaseUrlError {
    /// What to write instead, where that is clear.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoScheme(host) => Some(format!("did you mean https://{host}?")),
            Self::Nearly(meant) => Some(format!("did you mean {meant}?")),
            Self::OfBrowser { base, account } => {
                Some(format!("use --base-url {base} --account-id {account}"))
            }
            Self::PlainHttp(_) => Some(
                "--allow-http sends it all the same, which others may read on the way".to_owned(),
            ),
            Self::QueryOrFragment { before } => before
                .as_ref()
                .map(|before| format!("did you mean {before}?")),
            Self::ForeignHost => Some("write it as DNS has it, with xn--".to_owned()),
            Self::Malformed | Self::Scheme(_) | Self::UserInfo | Self::Port => None,
        }
    }
}

impl BaseUrl {
    /// Reads a base URL. Plain `http` is accepted to this computer (127.0.0.0/8, `::1`, `localhost`), and to anyone
    /// with `allow_http`.
    ///
    /// # Errors
    /// Everything that could send the key elsewhere or make paths wrong; see [`BaseUrlError`].
    pub fn parse(text: &str, allow_http: bool) -> Result<Self, BaseUrlError> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").ok_or_else(|| without_scheme(text))?;
        let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(BaseUrlError::UserInfo);
        }
        let scheme = scheme.to_ascii_lowercase();
        if let Some(("harness_base_url" | "baton_base_url", of_value)) = scheme.split_once('=') {
            return Err(BaseUrlError::Nearly(format!("{of_value}://{rest}")));
        }
        if scheme != "https" && scheme != "http" {
            let scheme = scheme.chars().filter(char::is_ascii_alphanumeric).take(20);
            return Err(BaseUrlError::Scheme(scheme.collect()));
        }
        if let Some(page) = page_of_browser(&scheme, rest) {
            return Err(page);
        }
        if rest.contains(['?', '#']) {
            let before = text.split(['?', '#']).next().unwrap_or_default();
            let before = before.trim_end_matches('/').trim_end_matches("/auth");
            let before = Self::parse(before, allow_http).ok().map(|base| base.0);
            return Err(BaseUrlError::QueryOrFragment { before });
        }
        if !authority.is_ascii() {
            return Err(BaseUrlError::ForeignHost);
        }
        let default_port = if scheme == "https" { 443 } else { 80 };
        let port = match authority_port(authority)? {
            Some(port) if port != default_port => format!(":{port}"),
            _ => String::new(),
        };
        let uri: Uri = text.parse().map_err(|_| BaseUrlError::Malformed)?;
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        let path = uri.path().trim_end_matches('/');
        if !host_is_plain(&host) || !path_is_plain(path) {
            return Err(BaseUrlError::Malformed);
        }
        if scheme == "http" && !allow_http && !is_this_computer(&host) {
            return Err(BaseUrlError::PlainHttp(host));
        }
        Ok(Self(format!("{scheme}://{host}{port}{path}")))
    }

    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether requests travel encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// Host and port, the default port included.
    #[must_use]
    pub fn host_and_port(&self) -> (&str, u16) {
        let authority = self.0.split('/').nth(2).unwrap_or_default();
        let default = if self.is_https() { 443 } else { 80 };
        match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().unwrap_or(default)),
            _ => (authority, default),
        }
    }

    /// Whether this computer is meant: 127.0.0.0/8, `::1` or `localhost`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_this_computer(self.host_and_port().0)
    }

    /// The same host with the path `/gateway`, under which Harness serves its API as well; `None` when there is a path.
    #[must_use]
    pub fn with_gateway(&self) -> Option<Self> {
        let has_path = self.0.splitn(4, '/').nth(3).is_some();
        (!has_path).then(|| Self(format!("{}/gateway", self.0)))
    }

    /// The URL of an endpoint: `path` appended to the base, never replacing its path.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}/{}", self.0, path.trim_start_matches('/'))
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a text without `://` may have meant. Only a plain host is repeated.
fn without_scheme(text: &str) -> BaseUrlError {
    let lower = text.to_ascii_lowercase();
    let slips = ["https:/", "https//", "https:", "https/", "http:/", "http//"];
    if let Some(slip) = slips.into_iter().find(|slip| lower.starts_with(slip)) {
        let rest = text[slip.len()..].trim_start_matches('/');
        let meant = BaseUrl::parse(&format!("https://{rest}"), false);
        return meant.map_or_else(|error| error, |base| BaseUrlError::Nearly(base.0));
    }
    if !text.contains('@')
        && let Some(page) = page_of_browser("https", text)
    {
        return page;
    }
    let host = text.split(['/', ':']).next().unwrap_or_default();
    let is_host = host_is_plain(host) && (host.contains('.') || host == "localhost");
    if is_host
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"@?#\\".contains(&byte))
    {
        BaseUrlError::NoScheme(text.trim_end_matches('/').to_owned())
    } else {
        BaseUrlError::Malformed
    }
}

/// `app.harness.io/ng/account/ID/…` and `app.harness.io/ng/#/account/ID/…` are addresses of pages.
fn page_of_browser(scheme: &str, rest: &str) -> Option<BaseUrlError> {
    let (before, after) = rest.split_once("/account/")?;
    let is_of_id = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let account: String = after.chars().take_while(is_of_id).collect();
    let host = before.split(['/', '?', '#']).next()?;
    (!account.is_empty() && !host.is_empty()).then(|| BaseUrlError::OfBrowser {
        base: format!("{scheme}://{host}"),
        account,
    })
}

/// A name, an IPv4 address or an IPv6 address in brackets.
fn host_is_plain(host: &str) -> bool {
    let name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    match host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(name),
    }
}

fn path_is_plain(path: &str) -> bool {
    path.bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && !path
            .split('/')
            .any(|segment| segment == ".." || segment == ".")
}

/// The port after the host; an empty one (`host:`) counts as absent.
pub(super) fn authority_port(authority: &str) -> Result<Option<u16>, BaseUrlError> {
    let after_address = authority.rsplit(']').next().unwrap_or_default();
    match after_address.rsplit_once(':') {
        None | Some((_, "")) => Ok(None),
        Some((_, port)) => match port.parse() {
            Ok(0) | Err(_) => Err(BaseUrlError::Port),
            Ok(port) => Ok(Some(port)),
        },
    }
}

fn is_this_computer(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        BaseUrl::parse(text, false).expect(text).to_string()
    }

    #[test]
    fn the_path_is_kept_and_appended_to() {
        let base = BaseUrl::parse("https://app.harness.io/gateway/", false).expect("legal");
        assert_eq!(
            base.join("/ng/api/x"),
            "https://app.harness.io/gateway/ng/api/x"
        );
    }

    #[test]
    fn different_spellings_have_one_canonical_form() {
        for text in [
            "https://app.harness.io",
            "HTTPS://App.Harness.IO/",
            "https://app.harness.io:443//",
            " https://app.harness.io \n",
            "https://app.harness.io:",
        ] {
            assert_eq!(canonical(text), "https://app.harness.io", "{text}");
        }
        assert_eq!(canonical("https://[::1]:8443/x"), "https://[::1]:8443/x");
    }

    #[test]
    fn plain_http_reaches_this_computer_only() {
        for text in [
            "http://127.0.0.1:80",
            "http://127.9.9.9:4000",
            "http://localhost",
            "http://[::1]:99/gateway",
        ] {
            let base = BaseUrl::parse(text, false).expect(text);
            assert!(base.is_loopback(), "{text}");
        }
        for text in [
            "http://app.harness.io",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://10.0.0.1",
        ] {
            assert!(
                matches!(BaseUrl::parse(text, false), Err(BaseUrlError::PlainHttp(_))),
                "{text}"
            );
            let base = BaseUrl::parse(text, true).expect(text);
            assert!(!base.is_loopback(), "{text}");
        }
    }

    #[test]
    fn the_address_of_a_page_names_host_and_account() {
        for text in [
            "https://app.harness.io/ng/account/AcC_1-x/home/get-started",
            "https://app.harness.io/ng/#/account/AcC_1-x/home",
            "https://app.harness.io/ng/account/AcC_1-x/settings/users?page=1#top",
        ] {
            let error = BaseUrl::parse(text, false).expect_err(text);
            assert_eq!(
                error.hint().as_deref(),
                Some("use --base-url https://app.harness.io --account-id AcC_1-x")
            );
        }
    }

    #[test]
    fn gateway_is_added_to_a_host_alone() {
        let with = |text| BaseUrl::parse(text, false).expect(text).with_gateway();
        let gateway = with("https://app.harness.io").map(|base| base.to_string());
        assert_eq!(gateway.as_deref(), Some("https://app.harness.io/gateway"));
        assert_eq!(with("https://app.harness.io/gateway"), None);
    }

    #[test]
    fn user_information_is_refused_and_not_repeated() {
        let error =
            BaseUrl::parse("https://user:hunter2@app.harness.io", true).expect_err("refused");
        assert_eq!(error, BaseUrlError::UserInfo);
        assert!(!error.to_string().contains("hunter2"));
    }

    #[test]
    fn other_things_are_refused() {
        use BaseUrlError::{ForeignHost, Malformed, Port, QueryOrFragment, Scheme};
        let cases = [
            (
                "app.harness.io",
                BaseUrlError::NoScheme("app.harness.io".to_owned()),
            ),
            ("pat.a.b@c", Malformed),
            ("", Malformed),
            ("https://", Malformed),
            ("https:///x", Malformed),
            ("https://a b", Malformed),
            ("https://exämple.test", ForeignHost),
            ("https://a/../b", Malformed),
            ("https://a:0", Port),
            ("https://a:99999", Port),
            ("ftp://a", Scheme("ftp".to_owned())),
            (
                "https://a?x=1",
                QueryOrFragment {
                    before: Some("https://a".to_owned()),
                },
            ),
            (
                "https://a/#x",
                QueryOrFragment {
                    before: Some("https://a".to_owned()),
                },
            ),
        ];
        for (text, error) in cases {
            assert_eq!(BaseUrl::parse(text, true), Err(error), "{text}");
        }
    }
}
