//! Asking about single things, as often as one sync may.

use std::collections::HashMap;

use super::alone::{Presence, Thing, ask};
use super::assemble::Assembly;
use super::walk::Walker;
use crate::api::error::ApiError;
use crate::model::{ListingKind, ResourceId, ResourceType, Scope};

/// Single things asked about in one sync; more would cost more than the sync itself.
const MOST_ASKED: usize = 100;

/// Of each list at least so many are asked about, as long as any may be.
pub(super) const SAMPLE: usize = 3;

/// After so many questions about things of a kind that Harness did not answer, no more are asked.
const MOST_UNSAID: usize = 3;

/// What Harness says of several things of one list.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Whereabouts {
    /// This one is there.
    There(String),
    /// Those asked about are gone; `all` were asked about.
    Gone { all: bool },
    /// Of one it says neither.
    Unsaid,
}

/// What is asked of a server, and how often it may be.
pub(super) struct Inquiry<'a> {
    pub(super) walker: Walker<'a>,
    left: usize,
    /// Whether Harness says at all of a kind that something is there.
    answers: HashMap<ListingKind, bool>,
    answers_about_members: Option<bool>,
    unsaid: HashMap<ListingKind, usize>,
}

impl<'a> Inquiry<'a> {
    pub(super) fn new(walker: Walker<'a>) -> Self {
        Self {
            walker,
            left: MOST_ASKED,
            answers: HashMap::new(),
            answers_about_members: None,
            unsaid: HashMap::new(),
        }
    }

    /// How many of each of so many lists may be asked about.
    pub(super) fn share(&self, lists: usize) -> usize {
        (self.left / lists.max(1)).max(SAMPLE)
    }

    /// Asks about some of these.
    pub(super) fn about<'t>(
        &mut self,
        things: impl ExactSizeIterator<Item = Thing<'t>>,
        most: usize,
    ) -> Result<Whereabouts, ApiError> {
        let all = things.len() <= most;
        let step = things.len().div_ceil(most.max(1)).max(1);
        for thing in things.step_by(step) {
            match self.is_there(&thing)? {
                Presence::There => return Ok(Whereabouts::There(thing.identifier.to_owned())),
                Presence::Unsaid => return Ok(Whereabouts::Unsaid),
                Presence::Gone => {}
            }
        }
        Ok(Whereabouts::Gone { all })
    }

    /// Asks about one thing.
    pub(super) fn is_there(&mut self, thing: &Thing<'_>) -> Result<Presence, ApiError> {
        if !self.may_ask(thing.kind) {
            return Ok(Presence::Unsaid);
        }
        let presence = ask(self.walker, thing)?;
        self.count(thing.kind, presence != Presence::Unsaid);
        Ok(presence)
    }

    /// Whether one more question about a kind makes sense.
    pub(super) fn may_ask(&self, kind: ListingKind) -> bool {
        let unsaid = self.unsaid.get(&kind).copied().unwrap_or_default();
        self.left > 0 && unsaid < MOST_UNSAID
    }

    /// Counts a question that was asked.
    pub(super) fn count(&mut self, kind: ListingKind, was_answered: bool) {
        self.left = self.left.saturating_sub(1);
        if !was_answered {
            *self.unsaid.entry(kind).or_default() += 1;
        }
    }

    /// A server that does not know how to be asked about one thing answers that it is not found, or no, whatever it is. So
    /// something that a list shows is asked about first.
    pub(super) fn answers_about(
        &mut self,
        kind: ListingKind,
        scope: &Scope,
        assembly: &Assembly,
    ) -> Result<bool, ApiError> {
        if kind == ListingKind::Users && *scope != Scope::Account {
            return Ok(assembly.shows_members());
        }
        if let Some(answers) = self.answers.get(&kind) {
            return Ok(*answers);
        }
        let answers = match assembly.one_of(kind) {
            Some((home, identifier, is_supplied)) => {
                let thing = Thing {
                    kind,
                    scope: &home,
                    identifier: &identifier,
                    is_supplied,
                    group: None,
                };
                self.is_there(&thing)? == Presence::There
            }
            // None is left that could be asked about. Of what Harness itself supplies in every account, some always is.
            None => !matches!(kind, ListingKind::Roles | ListingKind::ResourceGroups),
        };
        self.answers.insert(kind, answers);
        Ok(answers)
    }

    /// The same for members of user groups.
    pub(super) fn answers_about_members(&mut self, assembly: &Assembly) -> Result<bool, ApiError> {
        if let Some(answers) = self.answers_about_members {
            return Ok(answers);
        }
        // Where no group shows a member, Harness's own group of all users has everybody.
        let everybody = ResourceId {
            kind: ResourceType::UserGroup,
            scope: Scope::Account,
            identifier: Scope::Account.group_of_all_users().to_owned(),
        };
        let anybody = assembly.one_of(ListingKind::Users);
        let known = assembly.one_member().or_else(|| {
            let (_, user, _) = anybody.as_ref()?;
            Some((&everybody, user))
        });
        let answers = match known {
            Some((group, user)) => {
                let thing = Thing {
                    kind: ListingKind::UserGroups,
                    scope: &group.scope,
                    identifier: user,
                    is_supplied: false,
                    group: Some(group),
                };
                self.is_there(&thing)? == Presence::There
            }
            None => true,
        };
        self.answers_about_members = Some(answers);
        Ok(answers)
    }
}
