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

/// Many short texts end to end in one allocation, each behind its length; a million separate strings would weigh more
/// than the grants, and a list of where each ends would be one more place to look at.
#[derive(Clone, Debug, Default)]
pub struct Texts(Vec<u8>);

/// In a byte of a length: the next byte belongs to it too.
const MORE: u8 = 0x80;

impl Texts {
    /// Makes room for so many identifiers of role assignments; those that Harness makes have 36 characters.
    pub fn reserve(&mut self, texts: usize) {
        self.0.reserve(texts * (1 + 36));
    }

    /// Keeps a text.
    ///
    /// # Panics
    /// After 4 GiB of texts, far beyond any account.
    pub fn push(&mut self, text: &str) -> TextRef {
        let reference = TextRef(NonZeroU32::MIN.saturating_add(self.size()));
        let mut length = text.len();
        while length >= MORE.into() {
            self.0.push(low_bits(length) | MORE);
            length >>= 7;
        }
        self.0.push(low_bits(length));
        self.0.extend_from_slice(text.as_bytes());
        reference
    }

    /// Takes over all texts of another. Its references hold here [`after`](TextRef::after) the size before.
    ///
    /// # Panics
    /// As [`push`](Self::push).
    pub fn append(&mut self, mut other: Self) {
        if self.0.is_empty() {
            *self = other;
        } else {
            self.0.append(&mut other.0);
        }
    }

    /// How many bytes there are.
    ///
    /// # Panics
    /// As [`push`](Self::push).
    #[must_use]
    pub fn size(&self) -> u32 {
        u32::try_from(self.0.len()).expect("under 4 GiB of texts")
    }

    /// A text kept earlier in this very value.
    ///
    /// # Panics
    /// When it was kept in another.
    #[must_use]
    pub fn get(&self, text: TextRef) -> &str {
        let mut rest = &self.0[text.0.get() as usize - 1..];
        let (mut length, mut shift) = (0, 0);
        while let Some((byte, after)) = rest.split_first() {
            rest = after;
            length |= usize::from(byte & !MORE) << shift;
            if byte & MORE == 0 {
                break;
            }
            shift += 7;
        }
        std::str::from_utf8(&rest[..length]).expect("a reference given by these texts")
    }
}

impl TextRef {
    /// The reference so many bytes further on.
    #[must_use]
    pub fn after(self, bytes: u32) -> Self {
        Self(self.0.saturating_add(bytes))
    }
}

fn low_bits(length: usize) -> u8 {
    u8::try_from(length & usize::from(!MORE)).expect("seven bits")
}

#[cfg(test)]
mod tests {
    use super::Texts;

    #[test]
    fn texts_of_every_length_come_back_as_they_were() {
        let lengths = [0, 1, 36, 127, 128, 129, 16_383, 16_384, 70_000];
        let kept = lengths.map(|length| "é".repeat(length / 2) + &"x".repeat(length % 2));
        let mut texts = Texts::default();
        let references = kept.each_ref().map(|text| texts.push(text));
        assert_eq!(references.map(|text| texts.get(text)), kept.each_ref());
    }

    #[test]
    fn texts_that_were_taken_over_follow_those_that_were_there() {
        let (mut one, mut other) = (Texts::default(), Texts::default());
        let first = one.push("first");
        let second = other.push("second");
        let before = one.size();
        one.append(other);
        assert_eq!(
            (one.get(first), one.get(second.after(before))),
            ("first", "second")
        );
    }
}
