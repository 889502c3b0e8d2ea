//! Asking about one thing by itself, where the list that should show it does not.

use serde_json::{Value, json};

use super::definition::Alone;
use super::endpoint::Endpoint;
use super::listings::{definition, user_groups};
use super::members;
use super::walk::Walker;
use crate::api::call::{Call, Method, PageAsked};
use crate::api::error::{ApiError, ApiErrorKind};
use crate::api::wire::Shallow;
use crate::model::{ListingKind, ResourceId, ResourceType, Scope};

/// Attempts at one question: the list it is about has been read already.
const FEW_TRIES: u32 = 2;

/// What Harness says of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    There,
    Gone,
    /// Neither.
    Unsaid,
}

/// Whether something that the list of a scope showed before is there.
pub(super) fn ask(
    walker: Walker<'_>,
    kind: ListingKind,
    scope: &Scope,
    identifier: &str,
) -> Result<Presence, ApiError> {
    let answer = match definition(kind).alone {
        Alone::Never => return Ok(Presence::Unsaid),
        _ if kind == ListingKind::Users && *scope != Scope::Account => {
            member(walker, scope, identifier)
        }
        Alone::Below(place) => {
            let ways = walker.ways.of(definition(kind));
            let path = ways.first().map_or("", |(_, endpoint)| endpoint.path);
            by_identifier(walker, path, scope, identifier, place)
        }
        Alone::At(path, place) => by_identifier(walker, path, scope, identifier, place),
        Alone::ItsLists => its_lists(walker, kind, scope, identifier),
        Alone::OfOwner => of_owner(walker, kind, scope, identifier),
    };
    match answer {
        Ok(presence) => Ok(presence),
        Err(error) if error.ends_run() => Err(error),
        Err(error) => {
            log::info!("{}", error.brief());
            Ok(match *error.kind {
                ApiErrorKind::NotFound(_) => Presence::Gone,
                _ => Presence::Unsaid,
            })
        }
    }
}

fn by_identifier(
    walker: Walker<'_>,
    path: &'static str,
    scope: &Scope,
    identifier: &str,
    place: &str,
) -> Result<Presence, ApiError> {
    let call = about(walker, path, scope)
        .segment(identifier)
        .tries(FEW_TRIES);
    let Shallow(answer) = walker.client.get(&call)?.data;
    let is_it = answer.pointer(place).and_then(Value::as_str) == Some(identifier);
    // A disabled role assignment grants nothing, as if it were not there.
    let is_disabled = answer.pointer("/roleAssignment/disabled") == Some(&Value::Bool(true));
    Ok(match (is_it, is_disabled) {
        (true, false) => Presence::There,
        (true, true) => Presence::Gone,
        (false, _) => Presence::Unsaid,
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
    let call = about(walker, user_groups::PATH, &scope);
    one_row(walker, Method::Get, &call).map(|_| Presence::There)
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
    let account = walker.client.account_id();
    let of_key = definition(kind)
        .endpoint
        .call(account, scope)
        .query("parentIdentifier", owner)
        .query("apiKeyIdentifier", key);
    let itself = of_key.clone().query("identifiers", token);
    let presence = shown(&one_row(walker, Method::Get, &itself)?);
    if presence != Presence::Gone || kind != ListingKind::ServiceAccountTokens {
        return Ok(presence);
    }
    let listed = one_row(walker, Method::Get, &of_key)?;
    Ok(match tokens_of(walker, scope, owner, key)? {
        Some(count) if listed["totalItems"] != count => Presence::There,
        _ => Presence::Gone,
    })
}

/// How many tokens an API key says it has, if it says so.
fn tokens_of(
    walker: Walker<'_>,
    scope: &Scope,
    owner: &str,
    key: &str,
) -> Result<Option<Value>, ApiError> {
    let call = about(walker, "/ng/api/apikey/aggregate", scope)
        .query("apiKeyType", "SERVICE_ACCOUNT")
        .query("parentIdentifier", owner)
        .query("identifiers", key);
    let page = match one_row(walker, Method::Get, &call) {
        Ok(page) => page,
        Err(error) if error.ends_run() => return Err(error),
        Err(_) => return Ok(None), // the owner may be gone too
    };
    let row = &page["content"][0];
    let is_it = row["apiKey"]["identifier"] == key;
    Ok(is_it.then(|| row["tokensCount"].clone()))
}

/// A member of an organization or project: Harness keeps a group of all of them, and finds one among them.
fn member(walker: Walker<'_>, scope: &Scope, uuid: &str) -> Result<Presence, ApiError> {
    let everybody = ResourceId {
        kind: ResourceType::UserGroup,
        scope: scope.clone(),
        identifier: match scope {
            Scope::Project { .. } => "_project_all_users".to_owned(),
            _ => "_organization_all_users".to_owned(),
        },
    };
    if members::is_member(walker.client, &everybody, uuid)? == Some(true) {
        return Ok(Presence::There);
    }
    let endpoint = &definition(ListingKind::Users).endpoint;
    let call = endpoint.call(walker.client.account_id(), scope);
    let call = call.tries(FEW_TRIES).page(ONE_ROW);
    let body = json!({"identifiers": [uuid]});
    let Shallow(page) = walker.client.post(&call, &body)?.data;
    Ok(shown(&page))
}

const ONE_ROW: PageAsked = PageAsked { index: 0, size: 1 };

fn one_row(walker: Walker<'_>, method: Method, call: &Call) -> Result<Value, ApiError> {
    let call = call.clone().tries(FEW_TRIES).page(ONE_ROW);
    let Shallow(page) = walker.client.one_page(method, &call, &json!({}))?.data;
    Ok(page)
}

fn shown(page: &Value) -> Presence {
    match page["content"].as_array().map(Vec::is_empty) {
        Some(true) => Presence::Gone,
        Some(false) => Presence::There,
        None => Presence::Unsaid,
    }
}

fn about(walker: Walker<'_>, path: &'static str, scope: &Scope) -> Call {
    Endpoint::get(path, &[]).call(walker.client.account_id(), scope)
}
