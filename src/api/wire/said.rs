//! What a row says of one member: a value, nothing, or something that nobody can read.
//!
//! The three are kept apart as far as the file, because what cannot be read is not a fact: it must not pass for *no*, for
//! *none* or for a change.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::model::Timestamp;

/// What came for a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Said<T> {
    /// It is missing or `null`.
    #[default]
    Nothing,
    /// This.
    Is(T),
    /// Something of another type, or without a meaning.
    Odd,
}

impl<T> Said<T> {
    /// The value, where there is one.
    pub fn known(self) -> Option<T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Nothing | Self::Odd => None,
        }
    }

    /// This, or the other where this says nothing.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match self {
            Self::Nothing => other,
            Self::Is(_) | Self::Odd => self,
        }
    }

    pub(super) fn map<M>(self, map: impl FnOnce(T) -> M) -> Said<M> {
        match self {
            Self::Nothing => Said::Nothing,
            Self::Is(value) => Said::Is(map(value)),
            Self::Odd => Said::Odd,
        }
    }
}

impl<T> From<Option<T>> for Said<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Odd, Self::Is)
    }
}

/// A value that is read from whichever type of JSON clearly means it.
pub(super) trait Readable: Sized {
    fn of_text(text: &str) -> Option<Self>;

    fn of_owned(text: String) -> Option<Self> {
        Self::of_text(&text)
    }

    fn of_integer(_: i64) -> Option<Self> {
        None
    }

    /// An integer beyond the signed ones.
    fn of_huge(_: u64) -> Option<Self> {
        None
    }

    fn of_fraction(_: f64) -> Option<Self> {
        None
    }

    fn of_flag(_: bool) -> Option<Self> {
        None
    }
}

impl Readable for String {
    fn of_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn of_owned(text: String) -> Option<Self> {
        Some(text)
    }
}

/// A count, also as a text or with a fraction of zero.
impl Readable for i64 {
    fn of_text(text: &str) -> Option<Self> {
        text.trim().parse().ok()
    }

    fn of_integer(number: i64) -> Option<Self> {
        Some(number)
    }

    #[allow(clippy::cast_possible_truncation)] // it has no fraction, and its range is checked
    fn of_fraction(number: f64) -> Option<Self> {
        const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
        (number.fract() == 0.0 && number.abs() < EXACT).then_some(number as i64)
    }
}

/// A boolean, also as a text or as 0 and 1.
impl Readable for bool {
    fn of_text(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    fn of_integer(number: i64) -> Option<Self> {
        match number {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn of_flag(flag: bool) -> Option<Self> {
        Some(flag)
    }
}

/// A moment in epoch milliseconds, also as a text or as a date with a time. Numbers that no clock shows are the largest.
pub(super) struct Moment(pub(super) i64);

impl Readable for Moment {
    fn of_text(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(number) = text.parse() {
            return Some(Self(number));
        }
        let moment = Timestamp::parse_from(text).filter(|_| text.contains('T'))?;
        let millis = moment.as_millis();
        // What is not said means its end there, but a time without milliseconds is that of a whole second.
        let unsaid = if text.contains('.') {
            0
        } else {
            millis.rem_euclid(1000)
        };
        Some(Self(millis - unsaid))
    }

    fn of_integer(number: i64) -> Option<Self> {
        Some(Self(number))
    }

    fn of_huge(_: u64) -> Option<Self> {
        Some(Self(i64::MAX))
    }

    fn of_fraction(number: f64) -> Option<Self> {
        const LAST: f64 = 9e15;
        if number > LAST {
            return Some(Self(i64::MAX));
        }
        i64::of_fraction(number).map(Self)
    }
}

struct AnyType<T>(PhantomData<T>);

impl<'de, T: Readable> Visitor<'de> for AnyType<T> {
    type Value = Said<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Said<T>, E> {
        Ok(Said::Nothing)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Said<T>, E> {
        Ok(T::of_flag(flag).into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Said<T>, E> {
        Ok(T::of_integer(number).into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Said<T>, E> {
        let read = match i64::try_from(number) {
            Ok(number) => T::of_integer(number),
            Err(_) => T::of_huge(number),
        };
        Ok(read.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Said<T>, E> {
        Ok(T::of_fraction(number).into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Said<T>, E> {
        Ok(T::of_text(text).into())
    }

    fn visit_string<E>(self, text: String) -> Result<Said<T>, E> {
        Ok(T::of_owned(text).into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Said<T>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Said::Odd)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Said<T>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Said::Odd)
    }
}

pub(super) fn any_type<'de, T: Readable, D: Deserializer<'de>>(
    from: D,
) -> Result<Said<T>, D::Error> {
    from.deserialize_any(AnyType(PhantomData))
}
