//! Which proxy the environment names for the host, read as curl and Go read it.
//!
//! `HTTPS_PROXY` is for https, `HTTP_PROXY` for http, `ALL_PROXY` for both; small letters win. `NO_PROXY` lists what is
//! reached directly: hosts with everything below them, addresses and networks, each with a port or without, separated by
//! commas or blanks, or `*`. A proxy that cannot be used is an error: going direct instead would pass by whoever set it.

use std::fmt;
use std::net::IpAddr;

use super::base_url::{BaseUrl, authority_port};

/// A proxy; it may hold a password, so it cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy(ureq::Proxy);

/// Looks up a variable that is set.
pub type Variable<'a> = &'a dyn Fn(&'static str) -> Option<String>;

/// Why a proxy cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyError {
    /// The variable that names it.
    pub variable: &'static str,
    /// Its scheme, when that is the reason.
    pub scheme: Option<String>,
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variable = self.variable;
        match &self.scheme {
            Some(scheme) => write!(
                f,
                "{variable} names a proxy of the kind `{scheme}`, which is not supported"
            ),
            None => write!(f, "{variable} does not name a proxy"),
        }
    }
}

impl std::error::Error for ProxyError {}

impl ProxyError {
    /// What to write instead.
    #[must_use]
    pub fn hint(&self) -> String {
        "name an HTTP proxy, such as http://proxy.example:8080, or unset the variable".to_owned()
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proxy")
    }
}

impl Proxy {
    /// The proxy for `base`. None stands between this computer and itself: it would get the key unencrypted.
    ///
    /// # Errors
    /// A proxy that cannot be used.
    pub fn for_base(base: &BaseUrl, variable: Variable<'_>) -> Result<Option<Self>, ProxyError> {
        let names = if base.is_https() {
            ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        } else {
            ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
        };
        let set = names
            .into_iter()
            .find_map(|name| Some((name, variable(name)?)));
        let Some((name, url)) = set else {
            return Ok(None);
        };
        let direct = variable("no_proxy").or_else(|| variable("NO_PROXY"));
        let (host, port) = base.host_and_port();
        if base.is_loopback() || direct.is_some_and(|list| is_listed(&list, host, port)) {
            return Ok(None);
        }
        Self::parse(name, &url).map(Some)
    }

    fn parse(variable: &'static str, url: &str) -> Result<Self, ProxyError> {
        let scheme = url
            .split_once("://")
            .map(|(scheme, _)| scheme.to_ascii_lowercase());
        if let Some(scheme) = scheme.filter(|scheme| scheme != "http" && scheme != "https") {
            let scheme = scheme
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .take(20)
                .collect();
            return Err(ProxyError {
                variable,
                scheme: Some(scheme),
            });
        }
        let malformed = ProxyError {
            variable,
            scheme: None,
        };
        let proxy = ureq::Proxy::new(url).map_err(|_| malformed.clone())?;
        let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
        let authority = authority.split('/').next().unwrap_or_default();
        let place = authority.rsplit('@').next().unwrap_or_default();
        if proxy.host().is_empty() || authority_port(place).is_err() {
            return Err(malformed);
        }
        Ok(Self(proxy))
    }

    /// Host and port, without user and password.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.0.host(), self.0.port())
    }

    pub(super) fn into_inner(self) -> ureq::Proxy {
        self.0
    }
}

/// Whether a list of `NO_PROXY` names a host.
fn is_listed(list: &str, host: &str, port: u16) -> bool {
    list.split([',', ' ', '\t', '\n', '\r'])
        .filter(|entry| !entry.is_empty())
        .any(|entry| is_named(entry, host, port))
}

fn is_named(entry: &str, host: &str, port: u16) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches([']', '.']);
    if entry == "*" {
        return true;
    }
    if let Some((network, bits)) = entry.split_once('/') {
        return is_in_network(host, network, bits);
    }
    let (name, only_port) = split_port(entry);
    if only_port.is_some_and(|only| only != port) {
        return false;
    }
    // A part of an address is not what others are below of.
    if let Ok(address) = host.parse::<IpAddr>() {
        return name.parse() == Ok(address);
    }
    let name = name.to_ascii_lowercase();
    let name = name.trim_end_matches('.');
    let (name, below_only) = match name.strip_prefix("*.") {
        Some(name) => (name, true),
        None => (name.trim_start_matches('.'), false),
    };
    let is_below = host
        .strip_suffix(name)
        .is_some_and(|before| before.ends_with('.'));
    !name.is_empty() && (is_below || (host == name && !below_only))
}

/// An entry as host and port; an address of version 6 needs brackets to have a port.
fn split_port(entry: &str) -> (&str, Option<u16>) {
    if let Some(rest) = entry.strip_prefix('[') {
        let (address, rest) = rest.split_once(']').unwrap_or((rest, ""));
        return (
            address,
            rest.strip_prefix(':').and_then(|port| port.parse().ok()),
        );
    }
    match entry.split_once(':') {
        Some((host, port)) if !port.contains(':') => match port.parse() {
            Ok(port) => (host, Some(port)),
            Err(_) => (entry, None),
        },
        _ => (entry, None),
    }
}

fn is_in_network(host: &str, network: &str, bits: &str) -> bool {
    let (Ok(host), Ok(network), Ok(bits)) = (
        host.parse::<IpAddr>(),
        network.parse::<IpAddr>(),
        bits.parse::<u32>(),
    ) else {
        return false;
    };
    match (host, network) {
        (IpAddr::V4(host), IpAddr::V4(network)) if bits <= 32 => {
            let differing = u32::from(host) ^ u32::from(network);
            differing.leading_zeros() >= bits
        }
        (IpAddr::V6(host), IpAddr::V6(network)) if bits <= 128 => {
            let differing = u128::from(host) ^ u128::from(network);
            differing.leading_zeros() >= bits
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(base: &str, set: &[(&'static str, &str)]) -> Result<Option<String>, ProxyError> {
        let base = BaseUrl::parse(base, true).expect(base);
        let variable = |name: &'static str| {
            let found = set.iter().find(|(set, _)| *set == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let proxy = Proxy::for_base(&base, &variable)?;
        Ok(proxy.map(|proxy| proxy.0.host().to_owned()))
    }

    fn is_direct(base: &str, no_proxy: &str) -> bool {
        let set = [
            ("HTTPS_PROXY", "http://p.example:3128"),
            ("NO_PROXY", no_proxy),
        ];
        proxy(base, &set).expect("a proxy").is_none()
    }

    #[test]
    fn each_scheme_has_its_variable_and_small_letters_win() {
        let all = [
            ("HTTPS_PROXY", "http://upper.example"),
            ("https_proxy", "http://lower.example"),
            ("HTTP_PROXY", "plain.example:8080"),
        ];
        let host = |base| proxy(base, &all).expect("a proxy");
        assert_eq!(
            host("https://app.harness.io").as_deref(),
            Some("lower.example")
        );
        assert_eq!(
            host("http://app.harness.io").as_deref(),
            Some("plain.example")
        );
        assert_eq!(host("http://127.0.0.1:80"), None);
        let only_http = [("HTTP_PROXY", "http://p.example")];
        assert_eq!(proxy("https://app.harness.io", &only_http), Ok(None));
        let all = [("ALL_PROXY", "http://p.example")];
        assert!(
            proxy("https://app.harness.io", &all)
                .expect("a proxy")
                .is_some()
        );
    }

    /// reqwest 1332, ureq 668: blanks, parent domains, ports, addresses, networks.
    #[test]
    fn no_proxy_is_read_as_curl_and_go_read_it() {
        for list in [
            "*",
            "localhost, harness.corp.example",
            "corp.example",
            ".corp.example",
            "*.corp.example",
            "CORP.example.",
            "a.example harness.corp.example:443",
        ] {
            assert!(is_direct("https://harness.corp.example", list), "{list}");
        }
        for list in [
            "",
            "orp.example",
            "xharness.corp.example",
            "corp.example:8443",
            "harness",
        ] {
            assert!(!is_direct("https://harness.corp.example", list), "{list}");
        }
        assert!(!is_direct("https://corp.example", "*.corp.example"));
        for (list, direct) in [
            ("10.0.0.0/8", true),
            ("10.1.2.3", true),
            ("10.1.2.3:8443", true),
            ("10.1.2.4", false),
            ("2.3", false),
            ("11.0.0.0/8", false),
            ("0.0.0.0/0", true),
        ] {
            assert_eq!(is_direct("https://10.1.2.3:8443", list), direct, "{list}");
        }
        assert!(is_direct("https://[2001:db8::1]", "2001:db8::/32"));
        assert!(is_direct("https://[2001:db8::1]", "[2001:db8::1]:443"));
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_refused_and_not_passed_by() {
        for (url, scheme) in [
            ("socks5://p.example:1080", Some("socks5")),
            ("socks5h://u:hunter2@p.example", Some("socks5h")),
            ("http://", None),
            ("http://p.example:port", None),
            ("http://a b", None),
        ] {
            let error = proxy("https://app.harness.io", &[("HTTPS_PROXY", url)]).expect_err(url);
            assert_eq!(error.scheme.as_deref(), scheme, "{url}");
            let message = error.to_string();
            assert!(
                message.contains("HTTPS_PROXY") && !message.contains("hunter2"),
                "{message}"
            );
        }
    }
}
