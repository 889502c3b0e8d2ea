//! How members of a row are read: strictly what identifies and links, leniently what decorates.
//!
//! A row without a sane identity is refused as a whole, and its list says so. A decoration that cannot be read (a time with
//! a fraction, an object for a name) is unknown, and one warning names it. Text beyond any honest length is cut and marked,
//! so that a broken server cannot fill the memory.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::RangeInclusive;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::said::{Moment, Readable, Said, any_type};
use super::shallow::Shallow;

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

fn read<'de, T: Readable, D: Deserializer<'de>>(
    from: D,
    member: &'static str,
) -> Result<Said<T>, D::Error> {
    let said = any_type(from)?;
    if matches!(said, Said::Odd) {
        note(member);
    }
    Ok(said)
}

fn text<'de, D: Deserializer<'de>>(
    from: D,
    member: &'static str,
    limit: usize,
) -> Result<Said<String>, D::Error> {
    Ok(read(from, member)?.map(|text: String| {
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

/// One function for each member that decorates; the name of the member is for the warning. A `word` is one of an open list
/// in capitals, which some servers spell otherwise.
macro_rules! decorations {
    ($($kind:ident: $($function:ident = $member:literal),+;)+) => {
        $($(decorations!(@ $kind $function $member);)+)+
    };
    (@ name $function:ident $member:literal) => {
        pub(super) fn $function<'de, D: Deserializer<'de>>(from: D) -> Result<Said<String>, D::Error> {
            text(from, $member, NAME_LIMIT)
        }
    };
    (@ word $function:ident $member:literal) => {
        pub(super) fn $function<'de, D: Deserializer<'de>>(from: D) -> Result<Said<String>, D::Error> {
            Ok(text(from, $member, NAME_LIMIT)?.map(|word| word.to_ascii_uppercase()))
        }
    };
    (@ long $function:ident $member:literal) => {
        pub(super) fn $function<'de, D: Deserializer<'de>>(from: D) -> Result<Said<String>, D::Error> {
            text(from, $member, DESCRIPTION_LIMIT)
        }
    };
    (@ number $function:ident $member:literal) => {
        pub(super) fn $function<'de, D: Deserializer<'de>>(from: D) -> Result<Said<i64>, D::Error> {
            read(from, $member)
        }
    };
    (@ flag $function:ident $member:literal) => {
        pub(super) fn $function<'de, D: Deserializer<'de>>(from: D) -> Result<Said<bool>, D::Error> {
            read(from, $member)
        }
    };
}

decorations! {
    name: name = "name", cluster = "cluster", sso_group_id = "ssoGroupId",
        sso_group_name = "ssoGroupName", action = "action";
    word: authentication_mechanism = "authenticationMechanism", linked_sso_type = "linkedSsoType",
        status = "status", settings_type = "settingsType", resource_type = "resourceType";
    long: description = "description";
    number: session_timeout = "sessionTimeoutInMinutes";
    flag: public_access_enabled = "publicAccessEnabled", two_factor_admin_enforced = "twoFactorAdminEnforced",
        locked = "locked", user_disabled = "disabled", externally_managed = "externallyManaged",
        two_factor = "twoFactorAuthenticationEnabled", two_factor_enabled = "twoFactorEnabled",
        harness_managed = "harnessManaged", sso_linked = "ssoLinked", is_sso_linked = "isSsoLinked",
        managed = "managed", valid = "valid", oauth_enabled = "oauthEnabled";
}

/// The address of a user or service account; an empty one is none.
pub(super) fn email<'de, D: Deserializer<'de>>(from: D) -> Result<Said<String>, D::Error> {
    let said = text(from, "email", NAME_LIMIT)?;
    Ok(match said {
        Said::Is(address) if address.trim().is_empty() => Said::Nothing,
        said => said,
    })
}

/// How many keys there are.
pub(super) fn tokens_count<'de, D: Deserializer<'de>>(from: D) -> Result<Said<i64>, D::Error> {
    let said = read(from, "tokensCount")?;
    Ok(match said {
        Said::Is(negative) if negative < 0 => {
            note("tokensCount");
            Said::Odd
        }
        said => said,
    })
}

/// When something was made, in epoch milliseconds. Harness is younger than 2000, and no date is written in five digits of a
/// year: a moment beyond is unknown. Zero is how Harness says nothing.
pub(super) fn created_at<'de, D: Deserializer<'de>>(from: D) -> Result<Said<i64>, D::Error> {
    time(from, "createdAt", |moment| {
        moment == 0 || SANE_TIMES.contains(&moment)
    })
}

/// From when a token works, likewise.
pub(super) fn valid_from<'de, D: Deserializer<'de>>(from: D) -> Result<Said<i64>, D::Error> {
    time(from, "validFrom", |moment| SANE_TIMES.contains(&moment))
}

/// Until when a token works. Nothing and the far future mean for ever, so what cannot be read refuses the row.
pub(super) fn expiry_at<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    match any_type(from)? {
        Said::Nothing => Ok(None),
        Said::Is(Moment(moment)) if moment >= *SANE_TIMES.start() => Ok(Some(moment)),
        Said::Is(_) | Said::Odd => Err(D::Error::custom("not a time at which a token expires")),
    }
}

fn time<'de, D: Deserializer<'de>>(
    from: D,
    member: &'static str,
    is_sane: impl Fn(i64) -> bool,
) -> Result<Said<i64>, D::Error> {
    Ok(match any_type(from)? {
        Said::Is(Moment(moment)) if is_sane(moment) => Said::Is(moment),
        Said::Nothing => Said::Nothing,
        Said::Is(_) | Said::Odd => {
            note(member);
            Said::Odd
        }
    })
}

/// When something happened, in epoch milliseconds; `None` for what cannot be true.
pub(super) fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    let said: Said<Moment> = any_type(from)?;
    let moment = said.known().map(|Moment(moment)| moment);
    Ok(moment.filter(|moment| SANE_TIMES.contains(moment)))
}

/// A count that pages are steered by: a number, or a text that is one.
pub(crate) fn count<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    read(from, "a count of the page").map(Said::known)
}

/// What decides whether a row counts at all: a boolean or what clearly means one. Missing, it is false; anything else
/// refuses the row, because neither yes nor no may be made of it.
pub(super) fn decisive<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    match any_type(from)? {
        Said::Is(flag) => Ok(Some(flag)),
        Said::Nothing | Said::Odd => Err(D::Error::custom("neither true nor false")),
    }
}

/// The same where `null` leaves it to the rest of the row.
pub(super) fn decisive_or_null<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<bool>, D::Error> {
    match any_type(from)? {
        Said::Nothing => Ok(None),
        Said::Is(flag) => Ok(Some(flag)),
        Said::Odd => Err(D::Error::custom("neither true nor false")),
    }
}

/// Levels of scopes.
pub(super) fn levels<'de, D: Deserializer<'de>>(from: D) -> Result<Said<Vec<String>>, D::Error> {
    texts(from, "allowedScopeLevels")
}

/// Domains of addresses.
pub(super) fn domains<'de, D: Deserializer<'de>>(from: D) -> Result<Said<Vec<String>>, D::Error> {
    texts(from, "whitelistedDomains")
}

/// A set of texts. When one of them cannot be read, nobody can say what is in it.
fn texts<'de, D: Deserializer<'de>>(
    from: D,
    member: &'static str,
) -> Result<Said<Vec<String>>, D::Error> {
    let Shallow(value) = Shallow::deserialize(from)?;
    let text = |item: Value| match item {
        Value::String(text) => Some(with_visible_nul(text)),
        _ => None,
    };
    let said = match value {
        Value::Null => Said::Nothing,
        Value::Array(items) => items.into_iter().map(text).collect::<Option<_>>().into(),
        _ => Said::Odd,
    };
    if matches!(said, Said::Odd) {
        note(member);
    }
    Ok(said)
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
        let said: Said<String> = any_type(from)?;
        Ok(Self(said.known().filter(|text| wrong_with(text).is_none())))
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
    } else if identifier.trim() != identifier {
        Some("an identifier begins or ends with a space".to_owned())
    } else if identifier.chars().any(char::is_control) {
        Some("an identifier contains a control character".to_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
