//! Asking about one thing by itself, where the list that should show it does not.

use serde_json::{Value, json};

use super::assignments::{PrincipalName, RoleName};
use super::definition::Alone;
use super::endpoint::{Endpoint, FEW_TRIES};
use super::listings::{definition, service_accounts, user_groups};
use super::members;
use super::rows::{ListScope, ListedResource, Row};
use super::walk::Walker;
use crate::api::call::{Call, Method, PageAsked};
use crate::api::error::{ApiError, ApiErrorKind};
use crate::api::wire::{ResourceGroupItem, RoleAssignmentItem, RoleItem, Shallow};
use crate::model::{Details, ListingKind, ResourceId, ResourceType, Scope};

/// What Harness says of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    There,
    Gone,
    /// Neither.
    Unsaid,
}

/// Something that the list of a scope showed before.
pub(super) struct Thing<'a> {
    pub(super) kind: ListingKind,
    /// The scope of its list.
    pub(super) scope: &'a Scope,
    pub(super) identifier: &'a str,
    /// It is Harness's own; a custom role may share its identifier.
    pub(super) is_supplied: bool,
    /// It is a member of this user group.
    pub(super) group: Option<&'a ResourceId>,
}

/// Whether something is there.
pub(super) fn ask(walker: Walker<'_>, thing: &Thing<'_>) -> Result<Presence, ApiError> {
    let (kind, scope, identifier) = (thing.kind, thing.scope, thing.identifier);
    let answer = match definition(kind).alone {
        _ if let Some(group) = thing.group => of_group(walker, group, identifier),
        Alone::Never => return Ok(Presence::Unsaid),
        _ if kind == ListingKind::Users && *scope != Scope::Account => {
            member(walker, scope, identifier)
        }
        Alone::Below(place) => by_identifier(walker, below(walker, kind), thing, place),
        Alone::At(path, place) => by_identifier(walker, path, thing, place),
        Alone::ItsLists => its_lists(walker, kind, scope, identifier),
        Alone::OfOwner => of_owner(walker, kind, scope, identifier),
    };
    match answer {
        Ok(presence) => Ok(presence),
        Err(error) if ends_run(&error) => Err(error),
        Err(error) => {
            log::info!("{}", error.brief());
            Ok(match *error.kind {
                ApiErrorKind::NotFound(_) => Presence::Gone,
                _ => Presence::Unsaid,
            })
        }
    }
}

/// Whether a question that fails ends the run. One that comes too fast is asked few times, and is not worth it.
fn ends_run(error: &ApiError) -> bool {
    error.ends_run() && !matches!(*error.kind, ApiErrorKind::Throttled(_))
}

/// What Harness says of a role or resource group by itself; `None` when it does not say.
pub(super) fn details(
    walker: Walker<'_>,
    kind: ListingKind,
    scope: &Scope,
    id: &ResourceId,
) -> Result<Option<Details>, ApiError> {
    let call = about(walker, below(walker, kind), scope)
        .segment(&id.identifier)
        .tries(FEW_TRIES);
    let asked = ListScope::Exactly(scope.clone());
    let answer = match kind {
        ListingKind::Roles => one::<RoleItem>(walker, &call, &asked),
        _ => one::<ResourceGroupItem>(walker, &call, &asked),
    };
    match answer {
        Ok(answer) => Ok(answer
            .filter(|answer| answer.id == *id)
            .map(|of| of.details)),
        Err(error) if ends_run(&error) => Err(error),
        Err(error) => {
            log::info!("{}", error.brief());
            Ok(None)
        }
    }
}

/// Whom a role assignment gives what, by itself; `None` when Harness does not say.
pub(super) fn assignment(
    walker: Walker<'_>,
    scope: &Scope,
    identifier: &str,
) -> Result<Option<(PrincipalName, RoleName, String)>, ApiError> {
    let path = below(walker, ListingKind::RoleAssignments);
    let call = about(walker, path, scope)
        .segment(identifier)
        .tries(FEW_TRIES);
    match walker.client.get::<RoleAssignmentItem>(&call) {
        Ok(reply) => Ok(reply.data.role_assignment.given().ok()),
        Err(error) if ends_run(&error) => Err(error),
        Err(error) => {
            log::info!("{}", error.brief());
            Ok(None)
        }
    }
}

fn one<R: Row>(
    walker: Walker<'_>,
    call: &Call,
    asked: &ListScope,
) -> Result<Option<ListedResource>, ApiError> {
    Ok(walker.client.get::<R>(call)?.data.listed(asked).ok())
}

/// The path of a list, below which its rows are by their identifiers.
fn below(walker: Walker<'_>, kind: ListingKind) -> &'static str {
    let ways = walker.ways.of(definition(kind));
    ways.first().map_or("", |(_, endpoint)| endpoint.path)
}

fn by_identifier(
    walker: Walker<'_>,
    path: &'static str,
    thing: &Thing<'_>,
    place: &str,
) -> Result<Presence, ApiError> {
    let identifier = thing.identifier;
    let call = about(walker, path, thing.scope)
        .segment(identifier)
        .tries(FEW_TRIES);
    let Shallow(answer) = walker.client.get(&call)?.data;
    let is_named = answer.pointer(place).and_then(Value::as_str) == Some(identifier);
    let says = |place: &str, said: bool| answer.pointer(place) == Some(&Value::Bool(said));
    let has_twins = matches!(thing.kind, ListingKind::Roles | ListingKind::ResourceGroups);
    let is_twin = has_twins && says("/harnessManaged", !thing.is_supplied);
    // A disabled role assignment grants nothing, as if it were not there.
    let is_disabled = says("/roleAssignment/disabled", true);
    Ok(match (is_named, is_twin) {
        (true, false) if !is_disabled => Presence::There,
        (true, false) => Presence::Gone,
        // Harness looks for the scope's own first, so there is none.
        (true, true) if !thing.is_supplied => Presence::Gone,
        (true, true) | (false, _) => Presence::Unsaid,
    })
}

fn of_group(walker: Walker<'_>, group: &ResourceId, user: &str) -> Result<Presence, ApiError> {
    Ok(match members::is_member(walker.client, group, user)? {
        Some(true) => Presence::There,
        Some(false) => Presence::Gone,
        None => Presence::Unsaid,
    })
}

/// The lists of an organization or project that is gone are not found.
fn its_lists(
    walker: Walker<'_>,
    kind: ListingKind,
    home: &Scope,
    identifier: &str,
) -> Result<Presence, ApiError> {
    let id = ResourceId {
        kind: match kind {
            ListingKind::Projects => ResourceType::Project,
            _ => ResourceType::Organization,
        },
        scope: home.clone(),
        identifier: identifier.to_owned(),
    };
    let Some(scope) = id.as_scope() else {
        return Ok(Presence::Unsaid);
    };
    let mut presence = Presence::Unsaid;
    for path in [user_groups::PATH, service_accounts::AGGREGATE] {
        match one_page(walker, Method::Get, &about(walker, path, &scope), ONE_ROW) {
            Ok(_) => return Ok(Presence::There),
            Err(error) if error.ends_run() => return Err(error),
            Err(error) => {
                log::info!("{}", error.brief());
                if matches!(*error.kind, ApiErrorKind::NotFound(_)) {
                    presence = Presence::Gone;
                }
            }
        }
    }
    Ok(presence)
}

/// A token is asked for among those of its API key, which also says how many it has.
fn of_owner(
    walker: Walker<'_>,
    kind: ListingKind,
    scope: &Scope,
    identifier: &str,
) -> Result<Presence, ApiError> {
    let mut parts = identifier.splitn(3, '/');
    let (Some(owner), Some(key), Some(token)) = (parts.next(), parts.next(), parts.next()) else {
        return Ok(Presence::Unsaid);
    };
    let of_key = definition(kind)
        .endpoint
        .call(walker.client.account_id(), scope)
        .query("parentIdentifier", owner)
        .query("apiKeyIdentifier", key);
    let page = one_page(walker, Method::Get, &of_key, ONE_PAGE)?;
    let Some(rows) = page["content"].as_array() else {
        return Ok(Presence::Unsaid);
    };
    // Asked in the account, Harness shows those of every scope, where owners and keys may be called the same.
    let tokens = rows.iter().map(|row| &row["token"]);
    let own: Vec<&Value> = tokens
        .filter(|token| kind == ListingKind::PersonalTokens || is_in(token, scope))
        .collect();
    if own.iter().any(|row| row["identifier"] == token) {
        return Ok(Presence::There);
    }
    if rows.len() as u64 >= ONE_PAGE.size {
        return Ok(Presence::Unsaid);
    }
    let counted = tokens_of(walker, kind, scope, owner, key)?;
    Ok(match counted {
        Some(counted) if counted != own.len() as u64 => Presence::There,
        _ => Presence::Gone,
    })
}

fn is_in(row: &Value, scope: &Scope) -> bool {
    let said = |name: &str| row[name].as_str().filter(|said| !said.is_empty());
    Scope::from_parts(said("orgIdentifier"), said("projectIdentifier")).as_ref() == Some(scope)
}

/// How many tokens an API key says it has, if it says so.
fn tokens_of(
    walker: Walker<'_>,
    kind: ListingKind,
    scope: &Scope,
    owner: &str,
    key: &str,
) -> Result<Option<u64>, ApiError> {
    let owners = match kind {
        ListingKind::PersonalTokens => "USER",
        _ => "SERVICE_ACCOUNT",
    };
    let call = about(walker, "/ng/api/apikey/aggregate", scope)
        .query("apiKeyType", owners)
        .query("parentIdentifier", owner)
        .query("identifiers", key);
    let page = match one_page(walker, Method::Get, &call, ONE_ROW) {
        Ok(page) => page,
        Err(error) => match *error.kind {
            // The owner may be gone too; and of people's keys Harness tells others nothing.
            ApiErrorKind::NotFound(_) => return Ok(None),
            _ if kind == ListingKind::PersonalTokens && !error.ends_run() => return Ok(None),
            _ => return Err(error),
        },
    };
    let row = &page["content"][0];
    let is_it = row["apiKey"]["identifier"] == key;
    Ok(is_it.then(|| row["tokensCount"].as_u64()).flatten())
}

/// A member of an organization or project: Harness keeps a group of all of them, and finds one among them.
fn member(walker: Walker<'_>, scope: &Scope, uuid: &str) -> Result<Presence, ApiError> {
    let everybody = ResourceId {
        kind: ResourceType::UserGroup,
        scope: scope.clone(),
        identifier: scope.group_of_all_users().to_owned(),
    };
    if members::is_member(walker.client, &everybody, uuid)? == Some(true) {
        return Ok(Presence::There);
    }
    let endpoint = &definition(ListingKind::Users).endpoint;
    let call = endpoint.call(walker.client.account_id(), scope);
    let call = call.tries(FEW_TRIES).page(ONE_ROW);
    let body = json!({"identifiers": [uuid]});
    let Shallow(page) = walker.client.post(&call, &body)?.data;
    Ok(shown(&page, "/uuid", uuid))
}

const ONE_ROW: PageAsked = PageAsked { index: 0, size: 1 };
const ONE_PAGE: PageAsked = PageAsked {
    index: 0,
    size: 100,
};

fn one_page(
    walker: Walker<'_>,
    method: Method,
    call: &Call,
    asked: PageAsked,
) -> Result<Value, ApiError> {
    let call = call.clone().tries(FEW_TRIES).page(asked);
    let Shallow(page) = walker.client.one_page(method, &call, &json!({}))?.data;
    Ok(page)
}

/// Whether a page that was asked for one thing shows it. A server that does not know how to be asked shows others.
fn shown(page: &Value, place: &str, identifier: &str) -> Presence {
    let Some(rows) = page["content"].as_array() else {
        return Presence::Unsaid;
    };
    let is_it = |row: &Value| row.pointer(place).and_then(Value::as_str) == Some(identifier);
    match (rows.is_empty(), rows.iter().any(is_it)) {
        (true, _) => Presence::Gone,
        (false, true) => Presence::There,
        (false, false) => Presence::Unsaid,
    }
}

fn about(walker: Walker<'_>, path: &'static str, scope: &Scope) -> Call {
    Endpoint::get(path, &[]).call(walker.client.account_id(), scope)
}
