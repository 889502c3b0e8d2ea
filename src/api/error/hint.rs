//! What to do about an error: one sentence for each cause, where one is known.

use super::{ApiErrorKind, CallSite, ErrorBody, LooksLike, MissingPermission, TransportErrorKind};

impl ApiErrorKind {
    pub(super) fn hint(&self, site: &CallSite, tried_gateway: bool) -> Option<String> {
        let advice = match self {
            Self::BadKey(_) => {
                "Check that the key is complete, not expired or deleted, and belongs to this account on this host."
            }
            Self::NotPermitted { missing, .. } => return Some(grant_hint(missing, site)),
            Self::Throttled(_) => {
                "Another program may be using the same key; Harness allows about 400 requests a minute. Try again \
                 later, or lower the rate."
            }
            Self::NotJson {
                looks_like:
                    LooksLike::LoginPage | LooksLike::Html | LooksLike::OtherService | LooksLike::Other,
                ..
            }
            | Self::Redirected { .. }
            | Self::NotFound(ErrorBody { code: None, .. }) => {
                let gateway = if tried_gateway {
                    " The same address with /gateway was tried too."
                } else {
                    " Some installations need the path /gateway after it."
                };
                return Some(format!(
                    "Check the base URL: it must be the host you sign in at, such as https://app.harness.io or your \
                     company's <name>.harness.io.{gateway}"
                ));
            }
            Self::AccountMoved { .. } => {
                "Use the base URL of the cluster that the account moved to."
            }
            Self::IpNotAllowed(_) => {
                "Add this computer's address to the account's IP allowlist, or run from an allowed one."
            }
            Self::Transport(error) => return transport_hint(error.kind).map(str::to_owned),
            Self::Inconsistent { .. } => {
                "The list changed while it was read. Try again at a quieter time."
            }
            Self::Deadline { last, .. } => {
                return match last
                    .as_ref()
                    .and_then(|last| last.hint(site, tried_gateway))
                {
                    Some(hint) => Some(hint),
                    None => Some("Allow more time with --timeout.".to_owned()),
                };
            }
            _ => return None,
        };
        Some(advice.to_owned())
    }
}

fn grant_hint(missing: &[MissingPermission], site: &CallSite) -> String {
    let wanted: Vec<String> = missing
        .iter()
        .map(|missing| format!("{} in {}", missing.permission, missing.scope))
        .collect();
    if wanted.is_empty() {
        format!(
            "Grant the key's owner the view permission for this list in {}.",
            site.scope
        )
    } else {
        format!("Grant the key's owner {}.", wanted.join(" and "))
    }
}

fn transport_hint(kind: TransportErrorKind) -> Option<&'static str> {
    match kind {
        TransportErrorKind::Dns => Some("Check the host name in the base URL, and the network."),
        TransportErrorKind::Connect => {
            Some("Check the base URL, the network, and HTTPS_PROXY and NO_PROXY.")
        }
        TransportErrorKind::Tls => Some(
            "If a company proxy inspects connections, its certificate authority must be trusted by this computer; \
             SSL_CERT_FILE names one.",
        ),
        _ => None,
    }
}
