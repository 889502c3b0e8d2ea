//! The cover: what was looked at, whether all of it was seen, and numbers that reconcile.

use std::collections::BTreeMap;

use super::commands;
use super::context::Context;
use super::html::{Column, Html, counted, number, text};
use super::inventory::ListingRow;
use super::material::Audience;
use super::seen;
use super::words::minute;
use crate::model::{ListingKind, ResourceId, ResourceType};

/// Writes the cover.
pub(super) fn write(context: &Context<'_>, page: &mut Html) {
    page.raw("<section id=\"cover\" aria-labelledby=\"cover-heading\">\n<h1 id=\"cover-heading\">");
    page.text(&context.material.title()).raw("</h1>\n");
    page.raw("<p class=\"lead\">")
        .prose(&lead(context))
        .raw("</p>\n");
    seen::seal(context, page);
    identity(context, page);
    counts(context, page);
    limits(context, page);
    proof(context, page);
    page.raw("</section>\n");
}

fn lead(context: &Context<'_>) -> String {
    let about = match (context.material.audience, context.material.scope) {
        (Audience::Owner, Some(scope)) => {
            format!("For the owner of {scope}: who can do what there, from everywhere.")
        }
        (Audience::Auditor, _) => {
            "For auditors: what was seen, the findings, and everybody's access in one list."
                .to_owned()
        }
        (_, Some(scope)) => format!("Who can do what in {scope}, through which group and role."),
        _ => "Who can do what in this Harness account, through which group and role.".to_owned(),
    };
    let comparison = context.material.comparison;
    let shown = comparison.filter(|_| context.material.has("changes"));
    let since = shown.map(|comparison| {
        let from = &comparison.from.snapshot;
        format!(
            " With what changed since snapshot {} of {}.",
            from.id,
            minute(&from.finished_at)
        )
    });
    about + &since.unwrap_or_default()
}

fn identity(context: &Context<'_>, page: &mut Html) {
    let snapshot = context.material.snapshot;
    let label = snapshot
        .label
        .as_ref()
        .map(|label| format!(", \"{label}\""));
    page.raw("<dl class=\"facts\">\n");
    for (term, value) in [
        (
            "Account",
            format!(
                "{} ({})",
                context.material.account_name(),
                snapshot.account_id
            ),
        ),
        ("Address", snapshot.base_url.clone()),
        (
            "Snapshot",
            format!("{}{}", snapshot.id, label.unwrap_or_default()),
        ),
        (
            "Observed",
            format!(
                "{} to {}",
                minute(&snapshot.started_at),
                minute(&snapshot.finished_at)
            ),
        ),
        ("Looked at", seen::looked_at(snapshot)),
        (
            "With the key of",
            snapshot
                .caller
                .clone()
                .unwrap_or_else(|| "unknown: Harness did not say".to_owned()),
        ),
        (
            "Observed with",
            format!("{} {}, read-only", crate::NAME, snapshot.tool_version),
        ),
    ] {
        page.raw("<div>")
            .element("dt", term)
            .element("dd", &value)
            .raw("</div>\n");
    }
    page.raw("</dl>\n");
}

/// Rows that Harness reported, rows that were read, and what is stored: by kind of list.
fn counts(context: &Context<'_>, page: &mut Html) {
    let mut kinds: BTreeMap<ListingKind, Vec<&ListingRow>> = BTreeMap::new();
    for listing in &context.material.inventory.listings {
        kinds.entry(listing.kind).or_default().push(listing);
    }
    let rows = kinds.iter().map(|(&kind, lists)| {
        let reported: Option<u64> = lists.iter().map(|list| list.reported).sum();
        let mut words = stored(context, kind);
        if !lists.iter().all(|list| list.is_complete()) {
            words.push_str("; not all were seen");
        }
        vec![
            text(&kind.words()),
            number(lists.len() as u64),
            reported.map_or_else(|| text("not said"), number),
            number(lists.iter().map(|list| list.rows).sum()),
            text(&words),
        ]
    });
    let columns = [
        Column::Words("List"),
        Column::Numbers("Lists read"),
        Column::Numbers("Rows, says Harness"),
        Column::Numbers("Rows read"),
        Column::Words("In this snapshot"),
    ];
    page.table("Numbers that reconcile", &columns, rows);
    if kinds.values().any(|lists| lists.len() > 1) {
        page.raw("<p class=\"quiet\">What is in several lists is stored once: Harness repeats what it supplies in the list of every scope, \
            and a project in the lists of the account and of its organization.</p>\n");
    }
}

/// What became of the rows of a kind of list.
fn stored(context: &Context<'_>, kind: ListingKind) -> String {
    let snapshot = context.material.snapshot;
    let size = |number: i64| usize::try_from(number).unwrap_or_default();
    let facts = context.access.facts();
    match kind {
        ListingKind::Accounts => "1 account".to_owned(),
        ListingKind::Users => counted(size(snapshot.users), "person", "people"),
        ListingKind::ServiceAccounts => counted(
            size(snapshot.service_accounts),
            "service account",
            "service accounts",
        ),
        ListingKind::UserGroups => format!(
            "{} with {}",
            counted(size(snapshot.user_groups), "user group", "user groups"),
            counted(facts.memberships.len(), "membership", "memberships")
        ),
        ListingKind::Roles => counted(size(snapshot.roles), "role", "roles"),
        ListingKind::ResourceGroups => counted(
            size(snapshot.resource_groups),
            "resource group",
            "resource groups",
        ),
        ListingKind::RoleAssignments => {
            let disabled = snapshot.disabled_role_assignments;
            let grants = counted(facts.grants.len(), "role grant", "role grants");
            match disabled {
                0 => format!("{grants}; none disabled"),
                _ => format!("{grants}; {disabled} disabled, which grant nothing"),
            }
        }
        ListingKind::Organizations => {
            let organizations = facts
                .tree
                .iter()
                .filter(|scope| scope.org().is_some() && scope.project().is_none());
            counted(organizations.count(), "organization", "organizations")
        }
        ListingKind::Projects => counted(
            facts
                .tree
                .iter()
                .filter(|scope| scope.project().is_some())
                .count(),
            "project",
            "projects",
        ),
        ListingKind::Permissions => counted(
            context.material.inventory.permissions,
            "permission",
            "permissions",
        ),
        ListingKind::ServiceAccountTokens => tokens(context, &ResourceType::ServiceAccount),
        ListingKind::PersonalTokens => tokens(context, &ResourceType::User),
        ListingKind::AuditEvents | ListingKind::SignIns => "kept beside the snapshots".to_owned(),
        ListingKind::AuthSettings => "how people sign in".to_owned(),
    }
}

/// Tokens of owners of a type.
fn tokens(context: &Context<'_>, owners: &ResourceType) -> String {
    let tokens = context.material.inventory.tokens.iter();
    let is_of_owners = |id: &str| ResourceId::parse(id).is_some_and(|owner| owner.kind == *owners);
    let number = tokens.filter(|token| is_of_owners(&token.owner));
    counted(number.count(), "token", "tokens")
}

fn limits(context: &Context<'_>, page: &mut Html) {
    let unlisted = context.access.facts().principals.iter();
    let unlisted = unlisted.filter(|fact| !fact.resolved).count();
    page.raw("<h2 class=\"small\" id=\"limits\">What no list of Harness shows</h2>\n<p>Hidden basic assignments, public access, access of Harness's support, and grants to \
        Harness's own services are in no list and so not in this report. What came and went between two snapshots is in neither.");
    if unlisted > 0 {
        page.raw(" ").prose(&counted(
            unlisted,
            "principal is named by an assignment or a user group and is in no list; it is marked",
            "principals are named by assignments or user groups and are in no list; they are marked",
        ));
        page.raw(" <span class=\"flag\">in no list</span>.");
    }
    page.raw(
        " The words of Harness are explained in the <a href=\"#glossary\">glossary</a>.</p>\n",
    );
}

/// The checksum, and how to compute it again.
fn proof(context: &Context<'_>, page: &mut Html) {
    page.raw("<h2 class=\"small\" id=\"proof\">Proof</h2>\n<p>SHA-256 of all of the snapshot's data:</p>\n<p><code class=\"hash\">");
    page.prose(context.material.sha256)
        .raw("</code></p>\n<p>To check it against the database:</p>\n<pre><code>");
    page.prose(&commands::checksum(context.material))
        .raw("</code></pre>\n");
}
