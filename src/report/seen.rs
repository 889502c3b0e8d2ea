//! What was looked at and what was not, in words: nothing in the report may take silence for no.

use std::collections::BTreeMap;

use super::context::Context;
use super::html::{Html, counted};
use crate::model::{Depth, Extra, Gap, Scope, ScopeSelection, SnapshotInfo};
use crate::output::findings::doubt;
use crate::output::gaps;

/// Gaps that the cover names one by one.
const MOST_GAPS: usize = 12;
/// Scopes that the cover names one by one.
const MOST_SCOPES: usize = 3;

/// Whether everything that could matter for the report was seen.
pub(super) fn is_whole(context: &Context<'_>) -> bool {
    context.material.gaps.is_empty() && not_asked_for(context).next().is_none()
}

/// `Nobody.`, as far as that can be said.
pub(super) fn nobody(context: &Context<'_>) -> &'static str {
    if is_whole(context) {
        "Nobody"
    } else {
        "Nobody in what was looked at"
    }
}

/// Places whose role assignments the snapshot did not ask for, in the part that is reported.
fn not_asked_for<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a str> {
    let cut = context.cut;
    let gaps = context.material.not_asked_for.iter();
    let places = gaps.map(|gap| gap.scope.as_str());
    places.filter(move |place| cut.touches_path(place))
}

/// Whether the scope of the report itself is among them.
fn is_unseen(context: &Context<'_>) -> bool {
    let Some(scope) = context.cut.0.filter(|scope| **scope != Scope::Account) else {
        return false;
    };
    let path = scope.to_string();
    let whole_level = |place: &str| match place {
        "all organizations and projects" => true,
        "all projects" => scope.project().is_some(),
        _ => false,
    };
    not_asked_for(context).any(|place| place == path || whole_level(place))
}

/// Whether everything was seen, in a sentence that stands out.
pub(super) fn seal(context: &Context<'_>, page: &mut Html) {
    if !context.material.gaps.is_empty() {
        partial(context, page);
    } else if is_unseen(context) {
        page.raw("<p class=\"seal partial\"><strong>Not looked at.</strong> This snapshot did not ask for the lists of ")
            .prose(&context.cut.0.map(ToString::to_string).unwrap_or_default())
            .raw(": what is granted there is not in this report, only what is granted above it and reaches it.</p>\n");
    } else if is_whole(context) {
        page.raw("<p class=\"seal whole\"><strong>Complete.</strong> Every list that was asked for was read to its end.</p>\n");
    } else {
        page.raw("<p class=\"seal limited\"><strong>Complete for what was looked at.</strong> Every list that was asked for was \
            read to its end. ")
            .prose(&left_out(context))
            .raw("</p>\n");
    }
}

fn left_out(context: &Context<'_>) -> String {
    let places: Vec<&str> = not_asked_for(context).collect();
    let more = places.len().saturating_sub(MOST_SCOPES);
    let mut named = places[..places.len() - more].join(", ");
    if more > 0 {
        named = format!("{named} and {more} more");
    }
    format!("Not looked at: {named}. What is granted there is not in this report.")
}

fn partial(context: &Context<'_>, page: &mut Html) {
    let gaps = context.material.gaps;
    page.raw("<div class=\"seal partial\"><p><strong>Partial.</strong> ");
    page.prose(&counted(
        gaps.len(),
        "list was not seen whole",
        "lists were not seen whole",
    ));
    page.raw(": access may exist that this report does not show.</p>\n<ul>");
    let lines = gap_lines(gaps);
    for gap in lines.iter().take(MOST_GAPS) {
        page.element("li", gap);
    }
    if lines.len() > MOST_GAPS {
        page.raw("<li>and more: see <a href=\"#making\">How this was made</a></li>");
    }
    page.raw("</ul>\n");
    let is_all = not_asked_for(context).next().is_none();
    let left_out = (!is_all).then(|| left_out(context));
    for more in doubt(context.material.unverified, gaps)
        .into_iter()
        .chain(left_out)
    {
        page.element("p", &more);
    }
    page.raw("</div>\n");
}

/// Gaps in a few lines; those that somebody accepted come last, each with the reason.
fn gap_lines(gaps: &[Gap]) -> Vec<String> {
    let mut by_reason: BTreeMap<Option<&str>, Vec<Gap>> = BTreeMap::new();
    for gap in gaps {
        let reason = gap.accepted.as_deref();
        by_reason.entry(reason).or_default().push(gap.clone());
    }
    let lines = by_reason.iter().flat_map(|(accepted, gaps)| {
        let reason = accepted.map(|reason| format!("; accepted: {reason}"));
        let reason = reason.unwrap_or_default();
        gaps::lines(gaps)
            .into_iter()
            .map(move |line| line + &reason)
    });
    lines.collect()
}

/// What a snapshot asked for.
pub(super) fn looked_at(snapshot: &SnapshotInfo) -> String {
    let Some(selection) = ScopeSelection::parse(&snapshot.scopes) else {
        return snapshot.scopes.clone();
    };
    let mut words = match (selection.depth, selection.without_account) {
        (Depth::Account, _) => {
            "the account's own scope; its organizations and projects were not looked at"
        }
        (Depth::Organizations, false) => {
            "the account and its organizations; projects were not looked at"
        }
        (Depth::Organizations, true) => {
            "organizations; the account's own scope and projects were not looked at"
        }
        (Depth::All, false) => "the account, its organizations and its projects",
        (Depth::All, true) => {
            "organizations and projects; the account's own scope was not looked at"
        }
    }
    .to_owned();
    let organizations = selection.orgs.iter().map(|org| format!("org/{org}"));
    let projects = selection.projects.iter();
    let projects = projects.map(|(org, project)| format!("org/{org}/project/{project}"));
    let only: Vec<String> = organizations.chain(projects).collect();
    if !only.is_empty() {
        words = format!("{words}; of these only {}", only.join(", "));
    }
    let besides: Vec<&str> = selection.extras.iter().copied().map(extra).collect();
    if !besides.is_empty() {
        words = format!("{words}; besides these {}", besides.join(", "));
    }
    words
}

fn extra(extra: Extra) -> &'static str {
    match extra {
        Extra::Tokens => "tokens",
        Extra::AuthSettings => "sign-in settings",
        Extra::ProjectUsers => "members of organizations and projects",
        Extra::Audit => "the audit trail",
        Extra::Logins => "sign-ins",
    }
}
