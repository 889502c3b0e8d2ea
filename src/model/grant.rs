//! One principal holding one entitlement.

use std::num::{NonZeroI64, NonZeroU32};

use super::{Ref, ScopeRef};

/// What can be held on a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entitlement {
    /// Membership of a user group.
    Member,
    /// A role, held at a scope over a resource group.
    Assigned,
}

impl Entitlement {
    /// The slug, the last part of an entitlement's text id.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Assigned => "assigned",
        }
    }
}

/// A grant as observed, compact because an account may hold a million: 32 bytes.
///
/// Its natural key is principal, target, scope and resource group; the rest are attributes. Harness keeps the same
/// five-part unique index on role assignments; their identifiers change when the same access is created anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Who holds it.
    pub principal: Ref,
    /// The user group or role that is held.
    pub target: Ref,
    /// Where a role applies: the account, an organization or a project; `None` for a membership.
    pub scope: Option<ScopeRef>,
    /// What a role covers; `None` for a membership.
    pub resource_group: Option<Ref>,
    /// When the role assignment was created, in epoch milliseconds; `None` for a membership and when not said.
    pub created_at: Option<NonZeroI64>,
    /// The identifier of the role assignment; `None` for a membership.
    pub assignment: Option<TextRef>,
    /// Created by Harness rather than by somebody of the account.
    pub harness_managed: bool,
}

/// A text kept in [`Texts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextRef(NonZeroU32);

/// Many short texts end to end in one allocation; a million separate strings would weigh more than the grants.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    bytes: String,
    ends: Vec<u32>,
}

impl Texts {
    /// Keeps a text.
    ///
    /// # Panics
    /// After 4 GiB of texts, far beyond any account.
    pub fn push(&mut self, text: &str) -> TextRef {
        let reference = self.next();
        self.bytes.push_str(text);
        self.ends.push(narrow(self.bytes.len()));
        reference
    }

    /// Takes over all texts of another; their references follow those there were before.
    ///
    /// # Panics
    /// As [`push`](Self::push).
    pub fn append(&mut self, other: Self) {
        if self.ends.is_empty() {
            *self = other;
            return;
        }
        let offset = narrow(self.bytes.len());
        self.bytes.push_str(&other.bytes);
        narrow(self.bytes.len());
        self.ends.extend(other.ends.iter().map(|end| end + offset));
    }

    /// The reference of the text that the next [`push`](Self::push) or [`append`](Self::append) keeps first.
    ///
    /// # Panics
    /// As [`push`](Self::push).
    #[must_use]
    pub fn next(&self) -> TextRef {
        TextRef(NonZeroU32::MIN.saturating_add(narrow(self.ends.len())))
    }

    /// A text kept earlier in this very value.
    #[must_use]
    pub fn get(&self, text: TextRef) -> &str {
        let at = text.0.get() as usize - 1;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.bytes[start as usize..self.ends[at] as usize]
    }
}

impl TextRef {
    /// The reference so many texts further on.
    #[must_use]
    pub fn after(self, texts: u32) -> Self {
        Self(self.0.saturating_add(texts))
    }
}

fn narrow(length: usize) -> u32 {
    u32::try_from(length).expect("under 4 GiB of texts")
}
