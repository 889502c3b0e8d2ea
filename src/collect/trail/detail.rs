//! What one event changed in a user group or role assignment: `GET /audit/api/auditYaml`, asked for only where several people
//! did something that fits a change.
//!
//! The text that Harness answers holds webhooks and keys in clear. It is read here, line by line, for members, role and
//! resource group, and goes no further: nothing else of it is kept, and it never gets into a log or an error.

use std::collections::BTreeSet;

use serde_json::Value;

use super::ends_the_sync;
use crate::api::call::Call;
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::model::{AuditEvent, EventDetail};

const PATH: &str = "/audit/api/auditYaml";

/// What an event changed; `None` where Harness has no text of it, or an odd one.
///
/// # Errors
/// Only what ends the whole sync.
pub fn read_detail(client: &Client, event: &AuditEvent) -> Result<Option<EventDetail>, ApiError> {
    let call = Call::new(PATH).query("auditId", &event.audit_id);
    // As any value: a decoder that expected texts would quote them in its message.
    match client.get::<Value>(&call) {
        Ok(reply) => {
            let text = |name: &str| reply.data.get(name).and_then(Value::as_str);
            Ok(detail(
                &event.acted_on.kind,
                &event.action,
                text("oldYaml"),
                text("newYaml"),
            ))
        }
        Err(error) if ends_the_sync(&error) => Err(error),
        Err(error) => {
            log::info!("{}", error.brief());
            Ok(None)
        }
    }
}

fn detail(kind: &str, action: &str, old: Option<&str>, new: Option<&str>) -> Option<EventDetail> {
    if action.to_ascii_uppercase().starts_with("ROLE_ASSIGNMENT") {
        let text = new.or(old)?;
        return Some(EventDetail::Assignment {
            role: value(text, "roleIdentifier")?,
            resource_group: value(text, "resourceGroupIdentifier")?,
        });
    }
    if !kind.eq_ignore_ascii_case("USER_GROUP") || old.or(new).is_none() {
        return None;
    }
    let (before, after) = (members(old)?, members(new)?);
    Some(EventDetail::Members {
        joined: after.difference(&before).cloned().collect(),
        left: before.difference(&after).cloned().collect(),
    })
}

/// The value of a line `name: value`.
fn value(text: &str, name: &str) -> Option<String> {
    let of_line = |line: &str| {
        Some(
            line.trim()
                .strip_prefix(name)?
                .strip_prefix(':')?
                .trim()
                .to_owned(),
        )
    };
    text.lines()
        .find_map(of_line)
        .map(|value| unquoted(&value).to_owned())
}

/// The entries below `users:`. `None` when they are written in a way that is not understood.
fn members(text: Option<&str>) -> Option<BTreeSet<String>> {
    let Some(text) = text else {
        return Some(BTreeSet::new());
    };
    let mut lines = text
        .lines()
        .map(str::trim)
        .skip_while(|line| !line.starts_with("users:"));
    match lines
        .next()
        .and_then(|line| line.strip_prefix("users:"))
        .map(str::trim)
    {
        None | Some("[]" | "null") => return Some(BTreeSet::new()),
        Some("") => {}
        Some(_) => return None,
    }
    let entries = lines.map_while(|line| line.strip_prefix("- "));
    Some(
        entries
            .map(|entry| unquoted(entry.trim()).to_owned())
            .collect(),
    )
}

fn unquoted(text: &str) -> &str {
    let inside = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\'')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::{detail, value};
    use crate::model::EventDetail;

    const OLD: &str = "---\nuserGroup:\n  identifier: ops\n  notificationConfigs:\n  - type: SLACK\n    slackWebhookUrl: x\n  users:\n  - uADA\n  - \"uBOB\"\n  ssoLinked: false\n";

    #[test]
    fn members_that_joined_and_left_are_told() {
        let new = OLD.replace("- uADA", "- uCLEO");
        let told = detail("USER_GROUP", "UPDATE", Some(OLD), Some(&new));
        let names = |name: &str| vec![name.to_owned()];
        assert_eq!(
            told,
            Some(EventDetail::Members {
                joined: names("uCLEO"),
                left: names("uADA")
            })
        );
    }

    #[test]
    fn a_list_in_another_style_tells_nothing() {
        let new = OLD.replace("users:\n  - uADA\n  - \"uBOB\"\n", "users: [uADA]\n");
        assert_eq!(detail("USER_GROUP", "UPDATE", Some(OLD), Some(&new)), None);
        assert_eq!(detail("USER_GROUP", "UPDATE", None, None), None);
    }

    #[test]
    fn only_whole_names_of_members_count() {
        assert_eq!(
            value(
                "  roleIdentifierOfOld: x\n  roleIdentifier: 'y'\n",
                "roleIdentifier"
            )
            .as_deref(),
            Some("y")
        );
    }
}
