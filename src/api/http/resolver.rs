//! Remembers the address of the host for a minute.
//!
//! `ureq` resolves the name before every request, even when a connection is open, and starts a thread for it because
//! the lookup has a time limit. That would cost one lookup for every page of a list.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::http::uri::{Authority, Scheme};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{NextTimeout, time};

/// How long a response is good for. Hosts of Harness move rarely, and open connections stay where they are anyway.
const GOOD_FOR: Duration = Duration::from_secs(60);

/// A resolver that remembers its last response. Clones share it.
pub(super) struct Remembering<R = DefaultResolver> {
    inner: Arc<R>,
    last: Arc<Mutex<Option<Resolved>>>,
}

struct Resolved {
    /// Says the port where the authority does not.
    scheme: Option<Scheme>,
    authority: Authority,
    addresses: Vec<SocketAddr>,
    at: Instant,
}

impl<R> Remembering<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner: Arc::new(inner),
            last: Arc::default(),
        }
    }

    /// Asks anew next time: the host may have moved.
    pub(super) fn forget(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn remembered(&self, uri: &Uri) -> Option<Vec<SocketAddr>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = last.as_ref()?;
        let is_same =
            uri.authority() == Some(&answer.authority) && uri.scheme() == answer.scheme.as_ref();
        (is_same && answer.at.elapsed() < GOOD_FOR).then(|| answer.addresses.clone())
    }
}

impl<R: Resolver> Resolver for Remembering<R> {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        if let Some(addresses) = self.remembered(uri) {
            let mut resolved = self.empty();
            for address in addresses {
                resolved.push(address);
            }
            return Ok(resolved);
        }
        let resolved = self.looked_up(uri, config, timeout)?;
        if let Some(authority) = uri.authority() {
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Resolved {
                scheme: uri.scheme().cloned(),
                authority: authority.clone(),
                addresses: resolved.to_vec(),
                at: Instant::now(),
            });
        }
        Ok(resolved)
    }
}

impl<R: Resolver> Remembering<R> {
    /// A lookup with a time limit needs a thread. `ureq` would end the program where there is none to be had; then it
    /// goes without the limit.
    fn looked_up(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let unlimited = NextTimeout {
            after: time::Duration::NotHappening,
            ..timeout
        };
        let (sender, receiver) = mpsc::channel();
        let (inner, host, settings) = (Arc::clone(&self.inner), uri.clone(), config.clone());
        let started = thread::Builder::new().spawn(move || {
            // Nobody listens any more when it took too long.
            let _ = sender.send(inner.resolve(&host, &settings, unlimited));
        });
        match started {
            Ok(_) => receiver
                .recv_timeout(*timeout.after)
                .unwrap_or(Err(ureq::Error::Timeout(timeout.reason))),
            Err(error) => {
                log::info!("looking up the host without a time limit: {error}");
                self.inner.resolve(uri, config, unlimited)
            }
        }
    }
}

impl<R> Clone for Remembering<R> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            last: Arc::clone(&self.last),
        }
    }
}

impl<R> fmt::Debug for Remembering<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Remembering")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU16, Ordering};

    use super::*;
    use ureq::Timeout;

    /// Responses another port each time.
    #[derive(Debug)]
    struct Counting(AtomicU16);

    impl Resolver for Counting {
        fn resolve(
            &self,
            _: &Uri,
            _: &Config,
            _: NextTimeout,
        ) -> Result<ResolvedSocketAddrs, ureq::Error> {
            let mut resolved = self.empty();
            let nth = self.0.fetch_add(1, Ordering::Relaxed) + 1;
            resolved.push(SocketAddr::from(([127, 0, 0, 1], nth)));
            Ok(resolved)
        }
    }

    fn port(resolver: &Remembering<Counting>, uri: &str) -> u16 {
        let timeout = NextTimeout {
            after: time::Duration::NotHappening,
            reason: Timeout::Resolve,
            ..NextTimeout::default()
        };
        let uri: Uri = uri.parse().expect("a URI");
        let answer = resolver.resolve(&uri, &Config::default(), timeout);
        answer.expect("an address")[0].port()
    }

    #[test]
    fn a_host_is_resolved_once_and_anew_after_a_failure() {
        let resolver = Remembering::new(Counting(AtomicU16::new(0)));
        assert_eq!(port(&resolver, "https://app.harness.io/a"), 1);
        assert_eq!(port(&resolver.clone(), "https://app.harness.io/b"), 1);
        resolver.forget();
        assert_eq!(port(&resolver, "https://app.harness.io/c"), 2);
    }

    #[test]
    fn another_host_or_port_is_another_answer() {
        let resolver = Remembering::new(Counting(AtomicU16::new(0)));
        assert_eq!(port(&resolver, "https://app.harness.io/"), 1);
        assert_eq!(port(&resolver, "https://proxy.example/"), 2);
        assert_eq!(port(&resolver, "http://proxy.example/"), 3);
        assert_eq!(port(&resolver, "http://proxy.example:8080/"), 4);
    }
}
