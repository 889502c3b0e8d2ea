//! The identifiers of role assignments, compact because an account may hold a million.

use std::borrow::Cow;
use std::num::NonZeroU32;

/// How the identifiers begin that Harness makes; 20 letters and digits follow. Those that a caller chose are free.
const MADE_BY_HARNESS: &str = "role_assignment_";

/// An identifier kept in [`AssignmentIds`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssignmentRef(NonZeroU32);

/// Identifiers end to end in one allocation, each behind its length and without the beginning they nearly all share. As
/// separate strings they would weigh more than the grants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssignmentIds(Vec<u8>);

/// In a byte of a length: the next byte belongs to it too.
const MORE: u8 = 0x80;

impl AssignmentIds {
    /// Makes room for so many identifiers of Harness's making.
    pub fn reserve(&mut self, identifiers: usize) {
        self.0.reserve(identifiers * (1 + 20));
    }

    /// Keeps an identifier.
    ///
    /// # Panics
    /// After 4 GiB of identifiers, far beyond any account.
    pub fn push(&mut self, identifier: &str) -> AssignmentRef {
        let reference = AssignmentRef(NonZeroU32::MIN.saturating_add(self.size()));
        let (rest, is_made) = match identifier.strip_prefix(MADE_BY_HARNESS) {
            Some(rest) => (rest, true),
            None => (identifier, false),
        };
        let mut head = rest.len() << 1 | usize::from(is_made);
        while head >= MORE.into() {
            self.0.push(low_bits(head) | MORE);
            head >>= 7;
        }
        self.0.push(low_bits(head));
        self.0.extend_from_slice(rest.as_bytes());
        reference
    }

    /// Takes over all identifiers of another. Its references hold here [`after`](AssignmentRef::after) the size before.
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
        u32::try_from(self.0.len()).expect("under 4 GiB of identifiers")
    }

    /// An identifier kept earlier in this very value.
    ///
    /// # Panics
    /// When it was kept in another.
    #[must_use]
    pub fn get(&self, identifier: AssignmentRef) -> Cow<'_, str> {
        let (is_made, rest) = self.parts(identifier);
        let rest = std::str::from_utf8(rest).expect("a reference given here");
        if is_made {
            Cow::Owned([MADE_BY_HARNESS, rest].concat())
        } else {
            Cow::Borrowed(rest)
        }
    }

    /// Puts the UTF-8 of an identifier kept earlier in this very value in the place of what a buffer holds: a million of them
    /// one by one are neither allocated nor checked.
    ///
    /// # Panics
    /// As [`get`](Self::get).
    pub fn write(&self, identifier: AssignmentRef, buffer: &mut Vec<u8>) {
        let (is_made, rest) = self.parts(identifier);
        buffer.clear();
        if is_made {
            buffer.extend_from_slice(MADE_BY_HARNESS.as_bytes());
        }
        buffer.extend_from_slice(rest);
    }

    /// Whether an identifier kept earlier in this very value is this one.
    ///
    /// # Panics
    /// As [`get`](Self::get).
    #[must_use]
    pub fn is(&self, identifier: AssignmentRef, other: &str) -> bool {
        let other = other.as_bytes();
        match self.parts(identifier) {
            (true, rest) => other.strip_prefix(MADE_BY_HARNESS.as_bytes()) == Some(rest),
            (false, rest) => other == rest,
        }
    }

    /// Whether it begins as those of Harness's making, and the rest.
    fn parts(&self, identifier: AssignmentRef) -> (bool, &[u8]) {
        let mut rest = &self.0[identifier.0.get() as usize - 1..];
        let (mut head, mut shift) = (0, 0);
        while let Some((byte, after)) = rest.split_first() {
            rest = after;
            head |= usize::from(byte & !MORE) << shift;
            if byte & MORE == 0 {
                break;
            }
            shift += 7;
        }
        (head & 1 == 1, &rest[..head >> 1])
    }
}

impl AssignmentRef {
    /// The reference so many bytes further on.
    #[must_use]
    pub fn after(self, bytes: u32) -> Self {
        Self(self.0.saturating_add(bytes))
    }
}

fn low_bits(number: usize) -> u8 {
    u8::try_from(number & usize::from(!MORE)).expect("seven bits")
}

#[cfg(test)]
mod tests {
    use super::AssignmentIds;

    #[test]
    fn identifiers_of_every_length_and_making_come_back_as_they_were() {
        let mut kept: Vec<String> = [0, 1, 20, 63, 64, 65, 127, 128, 8_191, 8_192, 70_000]
            .iter()
            .flat_map(|&length| {
                let rest = "é".repeat(length / 2) + &"x".repeat(length % 2);
                [format!("role_assignment_{rest}"), rest]
            })
            .collect();
        kept.push("role_assignment".to_owned());
        kept.push("role_assignment_role_assignment_".to_owned());
        let mut ids = AssignmentIds::default();
        let references: Vec<_> = kept.iter().map(|id| ids.push(id)).collect();
        let back: Vec<_> = references.iter().map(|&id| ids.get(id)).collect();
        assert_eq!(back, kept);
        for (at, &id) in references.iter().enumerate() {
            let same: Vec<_> = kept.iter().filter(|other| ids.is(id, other)).collect();
            assert_eq!(same, [&kept[at]]);
            let mut written = b"what was there".to_vec();
            ids.write(id, &mut written);
            assert_eq!(written, kept[at].as_bytes());
        }
    }

    #[test]
    fn identifiers_that_were_taken_over_follow_those_that_were_there() {
        let (mut one, mut other) = (AssignmentIds::default(), AssignmentIds::default());
        let first = one.push("role_assignment_first");
        let second = other.push("second");
        let before = one.size();
        one.append(other);
        assert_eq!(one.get(first), "role_assignment_first");
        assert_eq!(one.get(second.after(before)), "second");
    }
}
