//! Service accounts: where they live, what they hold, and their tokens.

use super::context::Context;
use super::html::{Column, Html, counted, text};
use super::inventory::{ListingRow, ServiceAccount, Token};
use super::limits::TABLE;
use super::people::{BySubject, findings_by_subject, roles};
use super::words::{address_of, day, display, minute};
use crate::access::{Path, Question, Target};
use crate::model::{ListingKind, PrincipalFact, ResourceType};

/// Writes the section.
pub(super) fn write(context: &Context<'_>, page: &mut Html) {
    let all = context.material.inventory.service_accounts.len();
    let shown = &context.selection.service_accounts;
    let findings = findings_by_subject(context);
    for account in shown {
        card(context, page, account, &findings);
    }
    match all - shown.len() {
        0 if all == 0 => page.raw("<p>There are none.</p>\n"),
        0 => page,
        rest => page.raw("<p>").prose(&counted(rest, "more service account", "more service accounts")).raw(
            " hold nothing here, or are in <a href=\"#everything\">the list of everything</a>.</p>\n",
        ),
    };
    tokens(context, page);
}

fn card(
    context: &Context<'_>,
    page: &mut Html,
    account: &ServiceAccount,
    findings: &BySubject<'_>,
) {
    let Some(at) = context.principals.get(account.id.as_str()).copied() else {
        return;
    };
    let fact = context.access.principal(at);
    let mut paths: Vec<Path> = context
        .access
        .paths_of(at, &Question::Anything, &Target::default());
    paths.retain(|path| context.cut.keeps(context.access, path));
    let name = display(fact).0;
    page.raw("<details class=\"card\"")
        .attribute("id", &address_of(&account.id))
        .raw("><summary><b>")
        .text(name);
    page.raw("</b> <span class=\"quiet\">")
        .text(&fact.scope.to_string())
        .raw("</span> <span class=\"tail\">");
    page.prose(&counted(paths.len(), "role", "roles"))
        .raw("</span></summary>\n<dl class=\"facts\">\n");
    let keys = account
        .api_keys
        .map_or_else(|| "not said".to_owned(), |keys| keys.to_string());
    for (term, value) in [
        ("Id", account.id.as_str()),
        ("Lives in", &fact.scope.to_string()),
        ("Description", &account.description),
        ("API keys", &keys),
        ("Last change of access it made", &last_change(context, fact)),
        ("Known like this since", day(&account.since)),
    ] {
        if !value.is_empty() {
            page.raw("<div>")
                .element("dt", term)
                .raw("<dd>")
                .text(value)
                .raw("</dd></div>\n");
        }
    }
    page.raw("</dl>\n");
    for (rule, _) in findings.get(account.id.as_str()).into_iter().flatten() {
        page.raw("<p class=\"note\"><a").attribute(
            "href",
            &format!("#finding/{}", super::html::address(&rule.code)),
        );
        page.raw(">")
            .text(&rule.code)
            .raw("</a> ")
            .prose(&rule.title)
            .raw("</p>\n");
    }
    roles(context, page, &paths, name);
    page.raw("</details>\n");
}

/// "Never" is only true within what was read.
fn last_change(context: &Context<'_>, fact: &PrincipalFact) -> String {
    let trail = &context.material.inventory.trail;
    let alike = context.access.facts().principals.iter().filter(|other| {
        other.kind == ResourceType::ServiceAccount && other.identifier == fact.identifier
    });
    match trail.by_service_accounts.get(&fact.identifier) {
        Some(at) if alike.count() > 1 => {
            format!("{}, or another of the same identifier did", minute(at))
        }
        Some(at) => minute(at),
        None if trail.since.is_empty() => "not observed".to_owned(),
        None => format!("none recorded since {}", day(&trail.since)),
    }
}

fn is_of_tokens(kind: ListingKind) -> bool {
    matches!(
        kind,
        ListingKind::ServiceAccountTokens | ListingKind::PersonalTokens
    )
}

fn tokens(context: &Context<'_>, page: &mut Html) {
    let tokens = &context.material.inventory.tokens;
    page.raw("<h3 id=\"tokens\">Tokens</h3>\n");
    if tokens.is_empty() {
        let mut lists = context.material.inventory.listings.iter();
        let lists = lists.by_ref().filter(|list| is_of_tokens(list.kind));
        let states: Vec<bool> = lists.map(ListingRow::is_complete).collect();
        page.raw(match states.as_slice() {
            [] => "<p>Not observed: a sync asks for tokens with <code>--with tokens</code>.</p>\n",
            all if all.iter().all(|whole| *whole) => "<p>There are none.</p>\n",
            _ => "<p>Not seen: the list of tokens was not read to its end.</p>\n",
        });
        return;
    }
    let columns = [
        Column::Words("Token"),
        Column::Words("Acts as"),
        Column::Days("Expires"),
        Column::Words("Accepted"),
    ];
    page.table(
        "Tokens of API keys",
        &columns,
        tokens.iter().take(TABLE).map(|token| row(context, token)),
    );
    if tokens.len() > TABLE {
        page.raw("<p>")
            .prose(&counted(tokens.len() - TABLE, "more token", "more tokens"));
        page.raw(": the view <code>tokens</code> has them all.</p>\n");
    }
}

fn row(context: &Context<'_>, token: &Token) -> Vec<Html> {
    let owner = match context.principals.get(token.owner.as_str()) {
        Some(at) => context.who_and_what(*at),
        None => text(&token.owner),
    };
    let expires = token.expires_at.as_deref().map_or("never", day);
    let accepted = match token.valid {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not said",
    };
    vec![text(&token.name), owner, text(expires), text(accepted)]
}
