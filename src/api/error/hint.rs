//! What to do about an error: one sentence for each cause, where one is known.

use super::{
    ApiError, ApiErrorKind, CallSite, ErrorBody, LooksLike, MissingPermission, TransportError,
    TransportErrorKind,
};

impl ApiError {
    /// What to do about it, in a sentence, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        hint_about(&self.kind, self)
    }
}

fn hint_about(kind: &ApiErrorKind, error: &ApiError) -> Option<String> {
    let advice = match kind {
        ApiErrorKind::BadKey(_) => {
            "Check that the key is complete, not expired or deleted, and belongs to this account on this host."
        }
        ApiErrorKind::NotPermitted { missing, .. } => return Some(grant(missing, &error.site)),
        ApiErrorKind::Throttled(_) => {
            "Another program may be using the same key; Harness allows about 400 requests a minute. Try again later, \
             or lower the rate."
        }
        ApiErrorKind::NotJson { .. } if error.is_in_its_place() => {
            "Harness answered other calls, so the base URL is right: something before it (a proxy, a firewall, a gateway) \
             answers this one in its place. Ask whoever runs that to let this path through."
        }
        ApiErrorKind::NotJson {
            status: 403,
            looks_like: LooksLike::Html,
            ..
        } => {
            "Check the base URL, and what stands before Harness: a firewall, a proxy (HTTPS_PROXY, NO_PROXY) or an \
             allowlist of addresses may refuse this computer."
        }
        ApiErrorKind::Redirected { .. } if !error.is_first => {
            "The key is sent to the base URL alone. If the target is Harness's own address, use that as the base URL; \
             otherwise ask whoever runs the gateway before Harness, or look for a newer version of this program."
        }
        ApiErrorKind::NotJson {
            looks_like:
                LooksLike::LoginPage | LooksLike::Html | LooksLike::OtherService | LooksLike::Other,
            ..
        }
        | ApiErrorKind::Redirected { .. }
        | ApiErrorKind::NotFound(ErrorBody { code: None, .. }) => return Some(base_url(error)),
        ApiErrorKind::NotFound(_) if error.is_first => return Some(base_url(error)),
        ApiErrorKind::Server(_) if error.is_first => {
            "Harness, or what stands before it, fails at every request: try again later."
        }
        ApiErrorKind::AccountMoved { .. } => {
            "Use the base URL of the cluster that the account moved to."
        }
        ApiErrorKind::IpNotAllowed(_) => {
            "Add this computer's address to the account's IP allowlist, or run from an allowed one."
        }
        ApiErrorKind::Transport(cause) => {
            return transport(cause, error.is_first).map(str::to_owned);
        }
        ApiErrorKind::Deadline { last, .. } => {
            let hint = last.as_ref().and_then(|last| hint_about(last, error));
            return hint.or_else(|| Some("Allow more time with --timeout.".to_owned()));
        }
        ApiErrorKind::Server(_)
        | ApiErrorKind::NotFound(_)
        | ApiErrorKind::NotJson { .. }
        | ApiErrorKind::Refused(_)
        | ApiErrorKind::Shape { .. }
        | ApiErrorKind::Impossible { .. }
        | ApiErrorKind::Cancelled => return None,
    };
    Some(advice.to_owned())
}

fn base_url(error: &ApiError) -> String {
    let gateway = if error.tried_gateway {
        "The same address with /gateway was tried too."
    } else {
        "Some installations need the path /gateway after it."
    };
    format!(
        "Check the base URL: it must be the host you sign in at, such as https://app.harness.io or your company's \
         <name>.harness.io. {gateway}"
    )
}

fn grant(missing: &[MissingPermission], site: &CallSite) -> String {
    let wanted: Vec<String> = missing
        .iter()
        .map(|missing| format!("{} in {}", missing.permission, missing.scope))
        .collect();
    if wanted.is_empty() {
        let scope = &site.scope;
        format!("Grant the key's owner the view permission for this list in {scope}.")
    } else {
        format!("Grant the key's owner {}.", wanted.join(" and "))
    }
}

/// Whether a proxy answered 407. What stands before the colon names hosts, whose ports may hold any number.
fn wants_credentials(text: &str) -> bool {
    let (_, said) = text.split_once(": ").unwrap_or(("", text));
    said.to_lowercase().contains("proxy") && said.contains("407")
}

fn transport(cause: &TransportError, is_first: bool) -> Option<&'static str> {
    match cause.kind {
        TransportErrorKind::Dns => Some(
            "Check the host name in the base URL, and the network; behind a proxy, set HTTPS_PROXY.",
        ),
        TransportErrorKind::Connect if wants_credentials(&cause.text) => Some(
            "The proxy wants a user name and password: HTTPS_PROXY=http://user:password@host:port.",
        ),
        TransportErrorKind::Connect => Some(
            "Check the base URL, the network, and the proxy of HTTPS_PROXY, HTTP_PROXY or ALL_PROXY; NO_PROXY names hosts without.",
        ),
        TransportErrorKind::Tls => Some(tls(&cause.text)),
        TransportErrorKind::Reset if is_first => Some(
            "Check host and port of the base URL: a server that does not speak TLS there closes the connection like this.",
        ),
        TransportErrorKind::Timeout if is_first => Some(
            "Check the base URL and the network: a firewall that drops packets answers like this.",
        ),
        TransportErrorKind::Timeout
        | TransportErrorKind::Reset
        | TransportErrorKind::Protocol
        | TransportErrorKind::TooLarge
        | TransportErrorKind::Decompress
        | TransportErrorKind::Interrupted
        | TransportErrorKind::Other => None,
    }
}

/// The words are those of the TLS library; what is not among them is most often an authority that is not trusted.
fn tls(text: &str) -> &'static str {
    const CAUSES: [(&str, &str); 8] = [
        (
            "CaUsedAsEndEntity",
            "The server's certificate is its own authority, which is not accepted even when it is trusted: give the \
             server a certificate issued by an authority, and name that with SSL_CERT_FILE.",
        ),
        (
            "UnsupportedCertVersion",
            "The server's certificate has the format of version 1, which is not accepted: it needs a new one of \
             version 3.",
        ),
        (
            "not valid for name",
            "The certificate belongs to another host: check the base URL.",
        ),
        (
            "NotValidForName",
            "The certificate belongs to another host: check the base URL.",
        ),
        (
            "xpired",
            "The server's certificate has expired, or the clock of this computer is wrong.",
        ),
        (
            "ot valid yet",
            "The server's certificate is not valid yet, or the clock of this computer is wrong.",
        ),
        (
            "corrupt message",
            "The server does not speak TLS at this port: check the port of the base URL.",
        ),
        (
            "no CA certificates",
            "There are no trusted authorities on this computer. In a container, mount them and name the file with \
             SSL_CERT_FILE, such as /etc/ssl/certs/ca-certificates.crt.",
        ),
    ];
    let known = CAUSES.into_iter().find(|(words, _)| text.contains(words));
    known.map_or(
        "The certificate's authority is not trusted here. If a company proxy inspects connections, name a file with its \
         authority with SSL_CERT_FILE (in a container: mount it first).",
        |(_, hint)| hint,
    )
}
