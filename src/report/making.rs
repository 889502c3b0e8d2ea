//! How this was made: the lists that were read, the commands that make the report again, and the words of Harness.

use std::collections::BTreeMap;

use super::commands;
use super::context::Context;
use super::html::{Column, Html, counted, number, text};
use super::material::Audience;
use crate::model::{ListingKind, Scope};

/// Lists named one by one; the rest are counted by kind.
const MOST_LISTS: usize = 60;

/// The words of Harness and of this report, for somebody who never saw either.
const GLOSSARY: [(&str, &str, &str); 26] = [
    (
        "account",
        "Account",
        "One company's Harness: everything below belongs to it.",
    ),
    (
        "organization",
        "Organization, project",
        "An account is divided into organizations, and these into projects. Pipelines, secrets and environments live in them.",
    ),
    (
        "scope",
        "Scope",
        "A place in that tree: account, org/pay, org/pay/project/api. What is granted at a scope counts there, and below it only where the resource group includes child scopes.",
    ),
    (
        "person",
        "Person",
        "A user of Harness. A disabled or locked person cannot sign in but keeps every role.",
    ),
    (
        "service-account",
        "Service account",
        "An account for programs. Whoever has its API key or token can do what it can.",
    ),
    (
        "token",
        "API key, token",
        "What a program shows instead of a password. A token belongs to an API key, and that to a person or service account.",
    ),
    (
        "user-group",
        "User group",
        "People who hold the same roles by being members. Groups do not nest.",
    ),
    (
        "membership",
        "Membership",
        "One person being in one user group. Whoever is in a group that an identity provider keeps is decided there.",
    ),
    (
        "role",
        "Role",
        "A named set of permissions, supplied by Harness or made in the account.",
    ),
    (
        "permission",
        "Permission",
        "One thing that may be done, such as editing a pipeline or using a secret.",
    ),
    (
        "resource-group",
        "Resource group",
        "Which resources a role is held over: all of a scope, all of a type, or named ones.",
    ),
    (
        "role-assignment",
        "Role assignment, role grant",
        "Harness's record that a principal holds a role at a scope over a resource group. A disabled one grants nothing.",
    ),
    ("grant", "Grant", "A role grant or a membership."),
    (
        "administrator",
        "Administrator",
        "Whoever holds a role of Harness that permits everything in the account, in one organization or in one project.",
    ),
    (
        "basic-assignment",
        "Hidden basic assignment",
        "A role that Harness gives to everybody by itself, to open the account, an organization or a project. No list shows it.",
    ),
    (
        "principal",
        "Principal",
        "Whoever can hold a role: person, service account or user group.",
    ),
    (
        "environment",
        "Environment",
        "Where a pipeline deploys to. Harness marks each as Production or not.",
    ),
    (
        "secret",
        "Secret",
        "A password or key kept in Harness for pipelines. Using it in a pipeline is enough to read it.",
    ),
    (
        "list",
        "List",
        "What Harness answers to one question, such as all user groups of a scope. What no list shows cannot be in this report.",
    ),
    (
        "snapshot",
        "Snapshot",
        "One look at the account, stored in the database with a number; partial where a list could not be read to its end.",
    ),
    (
        "since",
        "Since",
        "The day of the first snapshot that shows it. What the first snapshot of the database shows may be older.",
    ),
    (
        "audit-trail",
        "Audit trail",
        "Harness's own record of who did what. It says who made a change, where it was read.",
    ),
    (
        "more",
        "Somebody can do more",
        "A change that gives somebody more access than before: a role, a membership, a wider role or resource group, an account enabled again.",
    ),
    (
        "in-no-list",
        "In no list",
        "Something is named by an assignment and no list of Harness shows it: it was deleted, or Harness hides it.",
    ),
    (
        "finding",
        "Finding",
        "What a documented rule found. Each says what to do about it.",
    ),
    (
        "depends",
        "Depends",
        "Neither yes nor no would be honest: the answer rests on an attribute of the resource, or on something that no list of Harness shows.",
    ),
];

/// Writes the section.
pub(super) fn write(context: &Context<'_>, page: &mut Html) {
    glossary(page);
    to_make_it_again(context, page);
    if context.material.audience != Audience::Owner {
        ledger(context, page);
    }
}

fn glossary(page: &mut Html) {
    page.raw("<h3 id=\"glossary\">Glossary</h3>\n<dl class=\"glossary\">\n");
    for (address, word, meaning) in GLOSSARY {
        page.raw("<div><dt id=\"word/")
            .raw(address)
            .raw("\">")
            .raw(word)
            .raw("</dt><dd>")
            .raw(meaning)
            .raw("</dd></div>\n");
    }
    page.raw("</dl>\n");
}

fn to_make_it_again(context: &Context<'_>, page: &mut Html) {
    let material = context.material;
    page.raw("<h3 id=\"again\">To make it again</h3>\n<p>The same database gives the same report, byte for byte:</p>\n<pre><code>");
    page.code(&commands::again(material))
        .code(&commands::checksum(material));
    page.raw(
        "</code></pre>\n<p>To ask why somebody holds something, or who else does:</p>\n<pre><code>",
    );
    for question in commands::questions(material) {
        page.code(&question);
    }
    page.raw("</code></pre>\n");
}

fn ledger(context: &Context<'_>, page: &mut Html) {
    let listings = &context.material.inventory.listings;
    let snapshot = context.material.snapshot;
    page.raw("<h3 id=\"ledger\">Lists that were read</h3>\n<p>");
    let whole = listings.iter().filter(|list| list.is_complete()).count();
    page.prose(&format!(
        "{} of {} read to the end, with {}. Each of these was checked: as many rows as Harness reports where it does, the same total on \
         every page, no row twice. Before and after, Harness was asked whether the key may see all of it.",
        super::html::grouped(whole as u64),
        counted(listings.len(), "list was", "lists were"),
        counted(usize::try_from(snapshot.requests).unwrap_or_default(), "request", "requests"),
    ));
    if whole < listings.len() {
        page.raw(" The others come first in the table, each with the reason.");
    }
    page.raw("</p>\n");
    let columns = [
        Column::Words("List"),
        Column::Words("Scope"),
        Column::Words("State"),
        Column::Numbers("Rows"),
        Column::Numbers("Requests"),
        Column::Numbers("Retries"),
        Column::Words("Endpoint"),
    ];
    let effort = |number: Option<u64>| number.map_or_else(|| text("not kept"), super::html::number);
    let here = listings.iter().filter(|listing| {
        Scope::parse(&listing.scope).is_none_or(|scope| context.cut.touches(&scope))
    });
    let here: Vec<_> = here.collect();
    let rows = here.iter().take(MOST_LISTS).map(|listing| {
        let mut state = text(&listing.state.replace('_', " "));
        if !listing.reason.is_empty() {
            state.raw(": ").prose(&listing.reason);
        }
        vec![
            text(&listing.kind.words()),
            text(&listing.scope),
            state,
            number(listing.rows),
            effort(listing.requests),
            effort(listing.retries),
            text(&listing.endpoint),
        ]
    });
    page.table("Lists that were read", &columns, rows);
    if here.len() > MOST_LISTS {
        let mut kinds: BTreeMap<(ListingKind, &str), usize> = BTreeMap::new();
        for listing in &here[MOST_LISTS..] {
            *kinds.entry((listing.kind, &listing.state)).or_default() += 1;
        }
        let rest = kinds
            .iter()
            .map(|((kind, state), number)| format!("{number} of {} ({state})", kind.words()));
        page.raw("<p>And ")
            .prose(&rest.collect::<Vec<_>>().join(", "))
            .raw(": the view <code>listings</code> has them all.</p>\n");
    }
}
