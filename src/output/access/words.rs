//! The words of answers about access, the same in every format.

use crate::access::{Access, CoveredResources, Doubt, Extent, Path, PathAnswer};
use crate::model::{PrincipalFact, ResourceId, ResourceType, Scope};
use crate::output::text::{count, named, shortened};

/// Columns that a name takes at most.
pub(super) const NAME: usize = 60;

/// The word of an answer.
#[must_use]
pub fn answer(answer: PathAnswer) -> &'static str {
    match answer {
        PathAnswer::Yes => "yes",
        PathAnswer::Depends => "depends",
    }
}

/// `1 path, and 2 uncertain`: what depends is not counted with what is certain.
#[must_use]
pub fn some_depend(sure: usize, depends: usize, noun: &str) -> String {
    let sure = count(sure as u64, noun);
    match depends {
        0 => sure,
        _ => format!("{sure}, and {depends} uncertain"),
    }
}

/// A stable word for a doubt, for programs.
#[must_use]
pub fn code(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Attribute => "attribute_filter",
        Doubt::UnknownType => "permission_not_in_catalogue",
        Doubt::HiddenRole | Doubt::NewerThanHiddenRole => "role_hidden",
        Doubt::UnknownRole => "role_unresolved",
        Doubt::ResourceGroup => "resource_group_unresolved",
        Doubt::Principal => "principal_unresolved",
        Doubt::SharedIdentifier => "service_accounts_of_one_identifier",
        Doubt::AllUsers => "all_users_group",
        Doubt::Unverified => "unverified",
    }
}

/// Why it depends, for people.
#[must_use]
pub fn reason(access: &Access, path: &Path, doubt: Doubt) -> String {
    match doubt {
        Doubt::Attribute => "only resources that match the filter".to_owned(),
        Doubt::UnknownType => {
            "nothing says which type of resource the permission is about".to_owned()
        }
        Doubt::HiddenRole => format!(
            "role not listed; its permissions are those Harness had in {}",
            crate::access::permissions::ROLES_AS_OF
        ),
        Doubt::NewerThanHiddenRole => format!(
            "role not listed; the permission is newer than what is known of it ({})",
            crate::access::permissions::ROLES_AS_OF
        ),
        Doubt::UnknownRole => unlisted(access, "role", &access.role(path).id),
        Doubt::ResourceGroup => unlisted(access, "resource group", &access.resource_group(path).id),
        Doubt::Principal => unlisted(access, "principal", &access.principal(path.principal).id),
        Doubt::SharedIdentifier => {
            let holder = access.principal(access.grant(path).principal);
            format!(
                "granted to {}; in {} Harness did not distinguish service accounts that share an identifier",
                holder.id,
                crate::access::permissions::ROLES_AS_OF
            )
        }
        Doubt::AllUsers => "not yet a stored member of the all-users group".to_owned(),
        Doubt::Unverified => {
            "one of its lists was not seen whole: it may have changed or been removed".to_owned()
        }
    }
}

/// Why nothing is known of what no list shows.
fn unlisted(access: &Access, what: &str, id: &str) -> String {
    let is_of_account = || ResourceId::parse(id).is_some_and(|id| id.scope == Scope::Account);
    if access.facts().leaves_account_out && is_of_account() {
        format!("{what} of the account, which this snapshot leaves out")
    } else {
        format!("{what} not listed: deleted, or hidden by Harness")
    }
}

/// All reasons of a path in one line.
#[must_use]
pub fn reasons(access: &Access, path: &Path) -> String {
    let reasons: Vec<String> = path
        .doubts
        .iter()
        .map(|doubt| reason(access, path, *doubt))
        .collect();
    reasons.join("; ")
}

/// What a path covers.
#[must_use]
pub fn covers(path: &Path) -> String {
    if path.covers.is_empty() {
        return if path.doubts.contains(&Doubt::ResourceGroup) {
            "unknown".to_owned()
        } else {
            "nothing".to_owned()
        };
    }
    let covers: Vec<String> = path.covers.iter().map(covered).collect();
    covers.join("; ")
}

fn covered(covered: &CoveredResources) -> String {
    let below = if covered.below { " and below" } else { "" };
    let what = match &covered.extent {
        Extent::Everything => "everything".to_owned(),
        Extent::Every(kind) => format!("every {kind}"),
        Extent::Named(kind, ids) => format!("{kind} {}", ids.join(", ")),
        Extent::Matching(kind, attribute, values) => {
            format!("{kind} with {attribute} = {}", values.join(" or "))
        }
        Extent::View(_) => return format!("{}{below} itself", covered.scope),
    };
    format!("{what} in {}{below}", covered.scope)
}

/// A name to show: what people know somebody by.
#[must_use]
pub fn shown(principal: &PrincipalFact) -> &str {
    let name = named(principal.name.as_deref(), &principal.identifier);
    if principal.kind == ResourceType::User {
        named(principal.email.as_deref(), name)
    } else {
        name
    }
}

/// The same for a sentence: cut where it is long.
#[must_use]
pub fn shown_briefly(principal: &PrincipalFact) -> String {
    shortened(shown(principal), NAME)
}

/// What is odd about somebody.
#[must_use]
pub fn flags(principal: &PrincipalFact) -> Vec<&'static str> {
    let flags = [
        (principal.disabled, "disabled"),
        (principal.locked, "locked"),
        (!principal.resolved, "in no list"),
    ];
    flags
        .into_iter()
        .filter_map(|(is, flag)| is.then_some(flag))
        .collect()
}
