//! The answer: ways in which a principal holds what was asked, and the doubts about them.

use std::rc::Rc;

use super::covered::CoveredResources;

/// Why a path is no plain yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Doubt {
    /// Only resources with a certain attribute are covered.
    Attribute,
    /// Nothing says what type of resource the permission is about.
    UnknownType,
    /// No list shows the role; Harness hides some of its own, and this is one of December 2023.
    HiddenRole,
    /// As before, and the permission is newer than what is known of that role.
    NewerThanHiddenRole,
    /// No list shows the role.
    UnknownRole,
    /// No list shows the resource group.
    ResourceGroup,
    /// No list shows the principal or the user group.
    Principal,
    /// The grant belongs to another service account of the same identifier.
    SharedIdentifier,
    /// Harness's all-users group, whose stored members lack this user.
    AllUsers,
    /// The list that shows the grant, the membership, the role or the resource group was not complete.
    Unverified,
}

/// Yes, or it depends. No path means no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathAnswer {
    /// Plainly.
    Yes,
    /// On what its doubts say.
    Depends,
}

/// One way in which a principal holds what was asked. Numbers are positions among the facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Who.
    pub principal: u32,
    /// Through the membership of this user group.
    pub via: Option<u32>,
    /// The role grant.
    pub grant: u32,
    /// Where it counts; empty when that cannot be known, or is nowhere.
    pub covers: Rc<[CoveredResources]>,
    /// Why it is no plain yes, sorted; empty = yes.
    pub doubts: Vec<Doubt>,
}

impl Path {
    /// Whether it is a plain yes.
    #[must_use]
    pub fn answer(&self) -> PathAnswer {
        if self.doubts.is_empty() {
            PathAnswer::Yes
        } else {
            PathAnswer::Depends
        }
    }
}

/// The answer to who can.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holders {
    /// By principal; what is certain before what depends, then shortest path first.
    pub paths: Vec<Path>,
    /// User groups without members that would hold it.
    pub empty_groups: Vec<u32>,
}
