//! The answers to everything that was asked about the key, before and after the walk.

use std::collections::HashMap;

use super::{PermissionProbe, ask};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::collect::listings;

/// What is known of one probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ProbeResult {
    /// Yes, each time.
    Yes,
    /// No, from the first time on.
    No,
    /// Yes at first, then no: the permission was taken away during the walk.
    Taken,
    /// Harness did not answer, and why.
    Unanswered(String),
}

/// Whose key it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A text id.
    Known(String),
    /// Harness answers without naming a caller, as it does with access control switched off: it then says yes to
    /// everything, and hides nothing.
    Nobody,
    /// The access check did not answer.
    #[default]
    Unasked,
}

impl Caller {
    /// The text id.
    pub(crate) fn name(&self) -> Option<String> {
        match self {
            Self::Known(caller) => Some(caller.clone()),
            Self::Nobody | Self::Unasked => None,
        }
    }
}

/// All answers so far.
#[derive(Debug, Default)]
pub(super) struct ProbeResults {
    pub(super) caller: Caller,
    known: HashMap<PermissionProbe, ProbeResult>,
    /// The first refusal, if the access check never answered.
    refusal: Option<ApiError>,
}

impl ProbeResults {
    pub(super) fn get(&self, probe: &PermissionProbe) -> Option<&ProbeResult> {
        self.known.get(probe)
    }

    /// Whether anything was asked that own grants could prove.
    pub(super) fn leave_something_open(&self) -> bool {
        !self.deny_what_exists()
            && self.known.iter().any(|(probe, answer)| match answer {
                ProbeResult::No => probe.is_sentinel() && self.sentinels_say_nothing(),
                ProbeResult::Unanswered(_) => true,
                ProbeResult::Yes | ProbeResult::Taken => false,
            })
    }

    /// Whether no question about what does not exist was ever answered with yes: this server may say no to all of them.
    /// One yes shows that it answers them, and then a no is one.
    pub(super) fn sentinels_say_nothing(&self) -> bool {
        !self.known.iter().any(|(probe, answer)| {
            probe.is_sentinel() && matches!(answer, ProbeResult::Yes | ProbeResult::Taken)
        })
    }

    /// Whether a view of every scope is denied in a scope that exists. A grant over everything would contradict that.
    pub(super) fn deny_what_exists(&self) -> bool {
        self.known.iter().any(|(probe, answer)| {
            let is_view = listings::of_every_scope()
                .any(|listing| listing.permission == Some(probe.required()));
            is_view
                && !probe.is_sentinel()
                && matches!(answer, ProbeResult::No | ProbeResult::Taken)
        })
    }

    /// The error of an access check that never answered.
    pub(super) fn refusal(&self) -> Option<&ApiError> {
        self.refusal
            .as_ref()
            .filter(|_| self.caller == Caller::Unasked)
    }

    /// Asks what was not asked yet.
    pub(super) fn ask(
        &mut self,
        client: &Client,
        mut probes: Vec<PermissionProbe>,
    ) -> Result<(), ApiError> {
        probes.retain(|probe| !self.known.contains_key(probe));
        self.put(client, probes, Option::unwrap_or)
    }

    /// Asks everything again: a permission that was taken away meanwhile thinned what came after.
    pub(super) fn ask_again(&mut self, client: &Client) -> Result<(), ApiError> {
        let mut probes: Vec<PermissionProbe> = self.known.keys().cloned().collect();
        probes.sort_unstable();
        self.put(client, probes, |before, now| match (before, now) {
            (Some(ProbeResult::Yes), ProbeResult::No) => ProbeResult::Taken,
            (Some(ProbeResult::Yes) | None, now) => now,
            (Some(before), _) => before,
        })
    }

    /// Servers that check scopes may refuse to answer about ones that do not exist, so what was refused as a whole is
    /// asked apart.
    fn put(
        &mut self,
        client: &Client,
        probes: Vec<PermissionProbe>,
        combine: fn(Option<ProbeResult>, ProbeResult) -> ProbeResult,
    ) -> Result<(), ApiError> {
        if probes.is_empty() {
            return Ok(());
        }
        match ask(client, &probes) {
            Ok(results) => {
                match results.caller {
                    Some(caller) => self.caller = Caller::Known(caller),
                    None if self.caller == Caller::Unasked => self.caller = Caller::Nobody,
                    None => {}
                }
                for (probe, held) in probes.into_iter().zip(results.held) {
                    let answer = match held {
                        Some(true) => ProbeResult::Yes,
                        Some(false) => ProbeResult::No,
                        None => ProbeResult::Unanswered("neither yes nor no".to_owned()),
                    };
                    self.note(probe, answer, combine);
                }
            }
            Err(error)
                if error.ends_run()
                    && !(error.may_be_of_this_call_alone() && client.key_works(&error)) =>
            {
                return Err(error);
            }
            Err(error) => {
                log::info!("{}", error.brief());
                let (sentinels, real): (Vec<_>, Vec<_>) =
                    probes.into_iter().partition(PermissionProbe::is_sentinel);
                if !sentinels.is_empty() && !real.is_empty() {
                    self.put(client, real, combine)?;
                    return self.put(client, sentinels, combine);
                }
                let reason = format!("{}: {}", error.site.endpoint, error.kind.essence());
                for probe in sentinels.into_iter().chain(real) {
                    self.note(probe, ProbeResult::Unanswered(reason.clone()), combine);
                }
                self.refusal.get_or_insert(error);
            }
        }
        Ok(())
    }

    fn note(
        &mut self,
        probe: PermissionProbe,
        now: ProbeResult,
        combine: fn(Option<ProbeResult>, ProbeResult) -> ProbeResult,
    ) {
        let before = self.known.remove(&probe);
        self.known.insert(probe, combine(before, now));
    }
}
