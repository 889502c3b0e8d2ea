//! How the report calls things, and how it addresses them.

use super::html::address;
use crate::model::{PrincipalFact, ResourceType};
use crate::output::text::named;

/// What a column of days means. What a snapshot sees for the first time may have been there for years.
pub(super) const SINCE: &str = "<p class=\"quiet\"><b>Since</b> is the day of the first snapshot that shows it. \
    What the first snapshot of the database shows may be older.</p>\n";

/// The address of a thing in the page; the same in every report.
pub(super) fn address_of(id: &str) -> String {
    match id.strip_prefix("user/") {
        Some(uuid) => format!("person/{}", address(uuid)),
        None => address(id),
    }
}

/// What somebody is called, and a second line: the e-mail address of a person, where it is not the name.
pub(super) fn display(fact: &PrincipalFact) -> (&str, &str) {
    let email = fact.email.as_deref().unwrap_or_default();
    let name = match fact.kind {
        ResourceType::User => named(
            fact.name.as_deref(),
            named(fact.email.as_deref(), &fact.identifier),
        ),
        _ => named(fact.name.as_deref(), &fact.identifier),
    };
    let second = match fact.kind {
        ResourceType::User if email != name => email,
        _ => "",
    };
    (name, second)
}

/// `person`, `service account`, `user group`.
pub(super) fn kind_word(kind: &ResourceType) -> String {
    match kind {
        ResourceType::User => "person".to_owned(),
        other => other.as_str().replace('_', " "),
    }
}

/// `2026-03-01` of a time in UTC.
pub(super) fn day(moment: &str) -> &str {
    moment.get(..10).unwrap_or(moment)
}

/// `2026-03-01 17:05 UTC`.
pub(super) fn minute(moment: &str) -> String {
    match (moment.get(..10), moment.get(11..16)) {
        (Some(day), Some(time)) => format!("{day} {time} UTC"),
        _ => moment.to_owned(),
    }
}
