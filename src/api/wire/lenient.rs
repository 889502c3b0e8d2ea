//! How members of a row are read: strictly what identifies and links, leniently what decorates.
//!
//! A row without a sane identity is refused as a whole, and its list says so. A decoration of an unexpected type (a time
//! with a fraction, a count as text, an object for a name) is unknown, and one warning names it. Text beyond any honest length is cut and marked, so that a broken server cannot fill the memory.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;
use std::ops::RangeInclusive;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Bytes of an identifier; Harness allows 128 characters.
const IDENTIFIER_LIMIT: usize = 1_000;
/// Bytes of a name or another short text.
const NAME_LIMIT: usize = 10_000;
/// Bytes of a description.
const DESCRIPTION_LIMIT: usize = 100_000;

/// From 2000-01-01 to the end of 9999, in epoch milliseconds.
const SANE_TIMES: RangeInclusive<i64> = 946_684_800_000..=253_402_300_799_999;

thread_local! {
    /// Decorations that were not what they should be, since [`take_oddities`] was called last on this thread.
    static ODDITIES: RefCell<BTreeSet<&'static str>> = const { RefCell::new(BTreeSet::new()) };
}

/// The members whose values were left out or cut while this thread decoded, by name; forgets them.
pub(crate) fn take_oddities() -> BTreeSet<&'static str> {
    ODDITIES.with(RefCell::take)
}

fn note(member: &'static str) {
    ODDITIES.with(|odd| odd.borrow_mut().insert(member));
}

/// A value that an unexpected type does not spoil.
pub(crate) trait Decoration: Sized {
    fn of_text(text: &str) -> Option<Self>;

    fn of_owned(text: String) -> Option<Self> {
        Self::of_text(&text)
    }

    fn of_integer(_: i64) -> Option<Self> {
        None
    }

    fn of_fraction(_: f64) -> Option<Self> {
        None
    }

    fn of_flag(_: bool) -> Option<Self> {
        None
    }
}

impl Decoration for String {
    fn of_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn of_owned(text: String) -> Option<Self> {
        Some(text)
    }
}

impl Decoration for i64 {
    fn of_text(_: &str) -> Option<Self> {
        None
    }

    fn of_integer(number: i64) -> Option<Self> {
        Some(number)
    }
}

impl Decoration for bool {
    fn of_text(_: &str) -> Option<Self> {
        None
    }

    fn of_flag(flag: bool) -> Option<Self> {
        Some(flag)
    }
}

/// A count, also as a text.
struct Count(i64);

impl Decoration for Count {
    fn of_text(text: &str) -> Option<Self> {
        text.trim().parse().ok().map(Self)
    }

    fn of_integer(number: i64) -> Option<Self> {
        Some(Self(number))
    }

    #[allow(clippy::cast_possible_truncation)] // it has no fraction, and its range is checked
    fn of_fraction(number: f64) -> Option<Self> {
        const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
        (number.fract() == 0.0 && number.abs() < EXACT).then_some(Self(number as i64))
    }
}

/// A boolean, also as a text or as 0 and 1.
struct Decisive(bool);

impl Decoration for Decisive {
    fn of_text(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "true" => Some(Self(true)),
            "false" => Some(Self(false)),
            _ => None,
        }
    }

    fn of_integer(number: i64) -> Option<Self> {
        match number {
            0 => Some(Self(false)),
            1 => Some(Self(true)),
            _ => None,
        }
    }

    fn of_flag(flag: bool) -> Option<Self> {
        Some(Self(flag))
    }
}

/// What came: nothing, something that fits, or something that does not.
enum Decoded<T> {
    Nothing,
    Fits(T),
    Odd,
}

impl<T> From<Option<T>> for Decoded<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Odd, Self::Fits)
    }
}

struct AnyType<T>(PhantomData<T>);

impl<'de, T: Decoration> Visitor<'de> for AnyType<T> {
    type Value = Decoded<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Decoded<T>, E> {
        Ok(Decoded::Nothing)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Decoded<T>, E> {
        Ok(T::of_flag(flag).into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Decoded<T>, E> {
        Ok(T::of_integer(number).into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Decoded<T>, E> {
        Ok(i64::try_from(number).ok().and_then(T::of_integer).into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Decoded<T>, E> {
        Ok(T::of_fraction(number).into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Decoded<T>, E> {
        Ok(T::of_text(text).into())
    }

    fn visit_string<E>(self, text: String) -> Result<Decoded<T>, E> {
        Ok(T::of_owned(text).into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Decoded<T>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Decoded::Odd)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Decoded<T>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Decoded::Odd)
    }
}

fn any_type<'de, T: Decoration, D: Deserializer<'de>>(from: D) -> Result<Decoded<T>, D::Error> {
    from.deserialize_any(AnyType(PhantomData))
}

fn decoration<'de, T: Decoration, D: Deserializer<'de>>(
    from: D,
    member: &'static str,
) -> Result<Option<T>, D::Error> {
    Ok(match any_type(from)? {
        Decoded::Fits(value) => Some(value),
        Decoded::Nothing => None,
        Decoded::Odd => {
            note(member);
            None
        }
    })
}

fn text<'de, D: Deserializer<'de>>(
    from: D,
    member: &'static str,
    limit: usize,
) -> Result<Option<String>, D::Error> {
    Ok(decoration(from, member)?.map(|text: String| {
        if text.len() <= limit {
            return with_visible_nul(text);
        }
        note(member);
        with_visible_nul(cut(&text, limit))
    }))
}

/// To SQLite's shell and to many programs a NUL ends a text, so that two names look like one.
fn with_visible_nul(text: String) -> String {
    if text.contains('\0') {
        return text.replace('\0', "\u{2400}");
    }
    text
}

fn cut(text: &str, limit: usize) -> String {
    let is_end = |at: &usize| text.is_char_boundary(*at);
    let end = (0..=limit).rev().find(is_end).unwrap_or_default();
    format!("{}… [cut: {} bytes]", &text[..end], text.len())
}

/// One module for each member that decorates; the name of the member is for the warning.
macro_rules! decorations {
    ($($kind:ident: $($function:ident = $member:literal),+;)+) => {
        $($(decorations!(@ $kind $function $member);)+)+
    };
    (@ name $function:ident $member:literal) => {
        pub(super) fn $function<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
            text(from, $member, NAME_LIMIT)
        }
    };
    (@ long $function:ident $member:literal) => {
        pub(super) fn $function<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
            text(from, $member, DESCRIPTION_LIMIT)
        }
    };
    (@ number $function:ident $member:literal) => {
        pub(super) fn $function<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
            decoration(from, $member)
        }
    };
    (@ flag $function:ident $member:literal) => {
        pub(super) fn $function<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
            decoration(from, $member)
        }
    };
}

decorations! {
    name: name = "name", email = "email", authentication_mechanism = "authenticationMechanism",
        cluster = "cluster", linked_sso_type = "linkedSsoType", sso_group_id = "ssoGroupId",
        sso_group_name = "ssoGroupName", status = "status", settings_type = "settingsType",
        resource_type = "resourceType", action = "action";
    long: description = "description";
    number: tokens_count = "tokensCount", expiry_at = "expiryAt", valid_from = "validFrom",
        session_timeout = "sessionTimeoutInMinutes";
    flag: public_access_enabled = "publicAccessEnabled", two_factor_admin_enforced = "twoFactorAdminEnforced",
        locked = "locked", user_disabled = "disabled", externally_managed = "externallyManaged",
        two_factor = "twoFactorAuthenticationEnabled", two_factor_enabled = "twoFactorEnabled",
        harness_managed = "harnessManaged", sso_linked = "ssoLinked", is_sso_linked = "isSsoLinked",
        managed = "managed", valid = "valid", oauth_enabled = "oauthEnabled";
}

/// When something was made, in epoch milliseconds. Harness is younger than 2000, and no date is written in five digits of a
/// year: a moment beyond is unknown. Zero is how Harness says nothing.
pub(super) fn created_at<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    let moment: Option<i64> = decoration(from, "createdAt")?;
    let is_sane = |moment: &i64| *moment == 0 || SANE_TIMES.contains(moment);
    if moment.is_some_and(|moment| !is_sane(&moment)) {
        note("createdAt");
    }
    Ok(moment.filter(is_sane))
}

/// When something happened, in epoch milliseconds: a number, or a text that is one.
pub(super) fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    Ok(match any_type(from)? {
        Decoded::Fits(Count(moment)) => Some(moment).filter(|moment| SANE_TIMES.contains(moment)),
        Decoded::Nothing | Decoded::Odd => None,
    })
}

/// A count that pages are steered by: a number, or a text that is one.
pub(crate) fn count<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    let count: Option<Count> = decoration(from, "a count of the page")?;
    Ok(count.map(|Count(count)| count))
}

/// What decides whether a row counts at all: a boolean or what clearly means one. Anything else refuses the row.
pub(super) fn decisive<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    match any_type(from)? {
        Decoded::Nothing => Ok(None),
        Decoded::Fits(Decisive(flag)) => Ok(Some(flag)),
        Decoded::Odd => Err(D::Error::custom("neither true nor false")),
    }
}

/// What identifies a row or names another: it must be there and be sane.
pub(super) fn identifier<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    match wrong_with(&text) {
        None => Ok(text),
        Some(wrong) => Err(D::Error::custom(wrong)),
    }
}

/// The same where it may be missing; an empty text is a missing one.
pub(super) fn optional_identifier<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(from)?.filter(|text| !text.is_empty());
    match text.as_deref().and_then(wrong_with) {
        None => Ok(text),
        Some(wrong) => Err(D::Error::custom(wrong)),
    }
}

/// Members of a group. When one of them cannot be read, or they come as something else than a list, nobody can say who is
/// in it: the same as not being told.
pub(super) fn members<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<String>>, D::Error> {
    from.deserialize_any(Members)
}

/// A uuid; `None` for what is none.
struct Uuid(Option<String>);

impl<'de> Deserialize<'de> for Uuid {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = match any_type(from)? {
            Decoded::Fits(text) => Some(text),
            Decoded::Nothing | Decoded::Odd => None,
        };
        Ok(Self(
            text.filter(|text: &String| wrong_with(text).is_none()),
        ))
    }
}

/// Reads a list of uuids.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Option<Vec<String>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of members")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut members = Some(Vec::new());
        while let Some(Uuid(uuid)) = seq.next_element()? {
            match (uuid, members.as_mut()) {
                (Some(uuid), Some(members)) => members.push(uuid),
                _ => members = None,
            }
        }
        if members.is_none() {
            note("users");
        }
        Ok(members)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(unsaid())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(unsaid())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(unsaid())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(unsaid())
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(unsaid())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(unsaid())
    }
}

fn unsaid() -> Option<Vec<String>> {
    note("users");
    None
}

/// What is wrong with an identifier: it would not survive in a text id, or no server means it.
fn wrong_with(identifier: &str) -> Option<String> {
    // A million rows with five identifiers each: nearly all are plain, and are looked at once.
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'/';
    if identifier.bytes().all(is_plain) && (1..=IDENTIFIER_LIMIT).contains(&identifier.len()) {
        return None;
    }
    if identifier.trim().is_empty() {
        Some("an identifier is empty".to_owned())
    } else if identifier.len() > IDENTIFIER_LIMIT {
        let length = identifier.len();
        Some(format!(
            "an identifier has {length} bytes, more than {IDENTIFIER_LIMIT}"
        ))
    } else if identifier.contains('/') {
        Some("an identifier contains `/`".to_owned())
    } else if identifier.chars().any(char::is_control) {
        Some("an identifier contains a control character".to_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
