//! Our things as baton's messages. Fields are written in the order of their numbers and maps in the order of their keys,
//! because readers compare the bytes.

use super::protobuf::Message;
use super::rows::{Binding, Content, HeldEntitlement, Item};
use crate::model::Timestamp;

/// Traits of resource types.
const USER: u64 = 1;
const GROUP: u64 = 2;
const ROLE: u64 = 3;
const SCOPE_BINDING: u64 = 7;

/// States of a user.
const UNKNOWN: u64 = 0;
const ENABLED: u64 = 1;
const DISABLED: u64 = 2;

/// Who can hold a role.
pub(super) const HOLDERS: [&str; 3] = ["user", "service_account", "user_group"];

/// Type and identifier of a resource, as this format names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id {
    pub(super) kind: String,
    pub(super) own: String,
}

impl Id {
    /// Of a text id of ours. Readers take a slash for the end of the identifier.
    pub(super) fn of(text_id: &str) -> Self {
        let (kind, own) = text_id.split_once('/').unwrap_or((text_id, ""));
        Self {
            kind: kind.to_owned(),
            own: plain(own),
        }
    }

    /// Of a resource group as it counts at a scope.
    pub(super) fn of_scope(binding: &Binding) -> Self {
        let group = Self::of(&binding.resource_group);
        Self {
            kind: "scope".to_owned(),
            own: format!("{}~{}", plain(&binding.scope), group.own),
        }
    }

    pub(super) fn of_binding(binding: &Binding) -> Self {
        let (role, group) = (Self::of(&binding.role), Self::of(&binding.resource_group));
        Self {
            kind: "role_assignment".to_owned(),
            own: format!("{}~{}~{}", plain(&binding.scope), role.own, group.own),
        }
    }

    pub(super) fn of_held(held: &HeldEntitlement) -> Self {
        match held {
            HeldEntitlement::Membership(group) => Self::of(group),
            HeldEntitlement::Role(binding) => Self::of_binding(binding),
        }
    }

    /// The key in the tables.
    pub(super) fn external(&self) -> String {
        format!("{}:{}", self.kind, self.own)
    }

    /// The entitlement on it.
    pub(super) fn entitlement(&self, slug: &str) -> String {
        format!("{}:{}:{slug}", self.kind, self.own)
    }

    fn message(&self) -> Message {
        Message::default().text(1, &self.kind).text(2, &self.own)
    }
}

/// Slashes become colons; what could then be mistaken for them is escaped.
fn plain(path: &str) -> String {
    let mut plain = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            '/' => plain.push(':'),
            ':' => plain.push_str("%3A"),
            '~' => plain.push_str("%7E"),
            '%' => plain.push_str("%25"),
            other => plain.push(other),
        }
    }
    plain
}

pub(super) fn slug_of(held: &HeldEntitlement) -> &'static str {
    match held {
        HeldEntitlement::Membership(_) => "member",
        HeldEntitlement::Role(_) => "assigned",
    }
}

pub(super) fn resource_type(kind: &str) -> Message {
    let (name, traits): (&str, &[u64]) = match kind {
        "user" => ("User", &[USER]),
        "service_account" => ("Service account", &[USER]),
        "user_group" => ("User group", &[GROUP]),
        "role" => ("Role", &[ROLE]),
        "resource_group" => ("Resource group", &[]),
        "role_assignment" => ("Role assignment", &[SCOPE_BINDING]),
        "scope" => ("Resource group at a scope", &[]),
        "account" => ("Account", &[]),
        "organization" => ("Organization", &[]),
        "project" => ("Project", &[]),
        other => (other, &[]),
    };
    let data = Message::default()
        .text(1, kind)
        .text(2, name)
        .packed(3, traits);
    match kind {
        "user_group" | "role_assignment" => data,
        _ => data.message(
            4,
            &annotation("SkipEntitlementsAndGrants", &Message::default()),
        ),
    }
}

/// A user, group, role, resource group, organization, project or the account.
pub(super) fn resource(content: &Content, text_id: &str) -> Message {
    let id = Id::of(text_id);
    let nobody = Item::default();
    let thing = content.things.get(text_id).unwrap_or(&nobody);
    let raw = text_id.rsplit('/').next().unwrap_or(text_id);
    let trait_of = match id.kind.as_str() {
        "user" | "service_account" => Some(("UserTrait", user_trait(&id.kind, raw, thing))),
        "user_group" => Some(("GroupTrait", Message::default())),
        "role" => Some(("RoleTrait", Message::default())),
        _ => None,
    };
    let name = [&thing.name, &thing.email]
        .into_iter()
        .find(|name| !name.trim().is_empty());
    let mut data = Message::default().message(1, &id.message());
    if let Some(parent) = content.parent_of(text_id) {
        data = data.message(2, &Id::of(&parent).message());
    }
    data = data.text(3, name.map_or(raw, String::as_str));
    if let Some((name, message)) = trait_of {
        data = data.message(4, &annotation(name, &message));
    }
    data.message(4, &annotation("RawId", &Message::default().text(1, raw)))
        .text(5, &thing.description)
}

/// A resource group as it counts at a scope.
pub(super) fn scope(content: &Content, binding: &Binding) -> Message {
    let display = format!(
        "{} at {}",
        name_of(content, &binding.resource_group),
        binding.scope
    );
    let mut data = Message::default().message(1, &Id::of_scope(binding).message());
    if let Some(parent) = content.resource_of(&binding.scope) {
        data = data.message(2, &Id::of(&parent).message());
    }
    data.text(3, &display)
}

/// A role over a resource group at a scope.
pub(super) fn binding(content: &Content, binding: &Binding) -> Message {
    let display = format!(
        "{} at {} over {}",
        name_of(content, &binding.role),
        binding.scope,
        name_of(content, &binding.resource_group)
    );
    let bound = Message::default()
        .message(1, &Id::of(&binding.role).message())
        .message(2, &Id::of_scope(binding).message());
    let mut data = Message::default().message(1, &Id::of_binding(binding).message());
    if let Some(parent) = content.resource_of(&binding.scope) {
        data = data.message(2, &Id::of(&parent).message());
    }
    data.text(3, &display)
        .message(4, &annotation("ScopeBindingTrait", &bound))
}

/// What can be held on a resource.
pub(super) fn entitlement(
    id: &Id,
    slug: &str,
    resource: &Message,
    grantable_to: &[Message],
) -> Message {
    let mut data = Message::default()
        .message(1, resource)
        .text(2, &id.entitlement(slug))
        .text(3, slug);
    for kind in grantable_to {
        data = data.message(5, kind);
    }
    data.number(7, 1).text(8, slug) // a purpose of 1 is an assignment
}

/// The entitlement as a grant repeats it.
pub(super) fn reference(id: &Id, entitlement: &str) -> Message {
    let resource = Message::default().message(1, &id.message());
    Message::default()
        .message(1, &resource)
        .text(2, entitlement)
}

/// Somebody holds an entitlement; `sources` are the entitlements it comes from, where the grant was expanded.
pub(super) fn grant(
    entitlement: &Message,
    principal: &Id,
    id: &str,
    sources: &[(&str, bool)],
) -> Message {
    let holder = Message::default().message(1, &principal.message());
    let data = Message::default()
        .message(1, entitlement)
        .message(2, &holder)
        .text(3, id);
    if sources.is_empty() {
        return data;
    }
    let mut map = Message::default();
    for (source, is_direct) in sources {
        let value = Message::default().number(1, u64::from(*is_direct));
        let entry = Message::default().text(1, source).message(2, &value);
        map = map.message(1, &entry);
    }
    data.message(5, &map)
}

/// Says that the members of a group hold what it holds.
pub(super) fn expansion(group: &Id) -> Message {
    Message::default()
        .text(1, &group.entitlement("member"))
        .number(2, 1)
        .text(3, "user")
}

fn name_of<'a>(content: &'a Content, text_id: &'a str) -> &'a str {
    let known = content.things.get(text_id).map(|thing| thing.name.as_str());
    let identifier = text_id.rsplit('/').next().unwrap_or(text_id);
    known
        .filter(|name| !name.trim().is_empty())
        .unwrap_or(identifier)
}

fn user_trait(kind: &str, raw: &str, thing: &Item) -> Message {
    let (given, family) = thing.name.rsplit_once(' ').unwrap_or((&thing.name, ""));
    let mut user = Message::default();
    if !thing.email.is_empty() {
        user = user.message(1, &Message::default().text(1, &thing.email).number(2, 1));
    }
    let status = match (thing.listed, thing.disabled) {
        (false, _) => UNKNOWN,
        (true, false) => ENABLED,
        (true, true) => DISABLED,
    };
    user = user
        .message(2, &Message::default().number(1, status))
        .message(
            3,
            &structure(&[
                ("first_name", given),
                ("last_name", family),
                ("user_id", raw),
            ]),
        )
        .number(5, if kind == "user" { 1 } else { 2 })
        .text(6, &thing.email);
    if let Some(last) = thing.last_login {
        user = user.message(9, &timestamp(last));
    }
    if kind == "user" {
        let second_factor = Message::default().number(1, u64::from(thing.second_factor));
        user = user.message(10, &second_factor);
    }
    user
}

/// A `google.protobuf.Timestamp`.
fn timestamp(at: Timestamp) -> Message {
    let millis = u64::try_from(at.as_millis()).unwrap_or_default();
    Message::default()
        .number(1, millis / 1_000)
        .number(2, millis % 1_000 * 1_000_000)
}

/// A `google.protobuf.Struct` of texts, given in the order of their names.
fn structure(fields: &[(&str, &str)]) -> Message {
    let mut data = Message::default();
    for (name, text) in fields {
        let value = Message::default().required_text(3, text);
        data = data.message(1, &Message::default().text(1, name).message(2, &value));
    }
    data
}

fn annotation(name: &str, message: &Message) -> Message {
    let any = Message::default().text(1, &format!("type.googleapis.com/c1.connector.v2.{name}"));
    if message.bytes().is_empty() {
        any
    } else {
        any.message(2, message)
    }
}
