//! What changed since the earlier snapshot: what lets somebody do more first, then the rest by cause.

use super::context::Context;
use super::html::{Html, address, counted, covered};
use super::limits::TABLE;
use crate::diff::{AssessedChange, Cause, Comparison, Subject};
use crate::output::diff::words::{notes, sentence, snapshots, symbol};
use crate::output::gaps;

/// Columns of a name in a sentence.
const NAME: usize = 80;
/// Differences shown of one thing.
const MOST_DETAILS: usize = 40;

/// Writes the section.
pub(super) fn write(context: &Context<'_>, page: &mut Html) {
    let Some(comparison) = context.material.comparison else {
        return;
    };
    let [from, to] = snapshots(comparison);
    page.raw("<p>From ")
        .prose(&from)
        .raw(" to ")
        .prose(&to)
        .raw(".</p>\n");
    incomparable(comparison, page);
    let here: Vec<&AssessedChange> = comparison
        .changes
        .iter()
        .filter(|assessed| context.cut.touches_path(assessed.change.scope()))
        .collect();
    if here.is_empty() {
        page.raw("<p>No changes in what both snapshots saw.</p>\n");
        return;
    }
    for (title, is_open, wanted) in GROUPS {
        let changes: Vec<&AssessedChange> = here
            .iter()
            .copied()
            .filter(|change| wanted(change))
            .collect();
        group(context, page, title, &changes, is_open);
    }
    page.raw(
        "<p class=\"quiet\">Signs: <b>+</b> came, <b>-</b> went, <b>~</b> changed, <b>!</b> somebody can do more.",
    );
    let is_explained = comparison
        .changes
        .iter()
        .any(|assessed| assessed.by.is_some());
    page.raw(if is_explained {
        " Each change says who made it, as far as the audit trail tells.</p>\n"
    } else {
        " Who made each change: not observed, since the audit trail is not in this database.</p>\n"
    });
}

/// Heading, whether it stands open, and which changes belong to it. Every change belongs to one.
type Group = (&'static str, bool, fn(&AssessedChange) -> bool);

const GROUPS: [Group; 9] = [
    ("Somebody can do more than before", true, |change| {
        change.escalates() && change.approved.is_none()
    }),
    (
        "Somebody can do more than before, approved",
        true,
        |change| change.escalates() && change.approved.is_some(),
    ),
    ("Other role assignments", false, |change| {
        is_other(change, Cause::RoleAssignment)
    }),
    ("Other memberships", false, |change| {
        is_other(change, Cause::Membership)
    }),
    ("People, service accounts and groups", false, |change| {
        is_other(change, Cause::Principal)
    }),
    ("Roles", false, |change| is_other(change, Cause::Role)),
    ("Resource groups", false, |change| {
        is_other(change, Cause::ResourceGroup)
    }),
    ("Account, organizations and projects", false, |change| {
        is_other(change, Cause::Scope)
    }),
    ("Made by Harness itself", false, |change| {
        change.built_in.is_some()
    }),
];

fn is_other(change: &AssessedChange, cause: Cause) -> bool {
    change.cause == cause && !change.escalates() && change.built_in.is_none()
}

/// What could not be compared, first: silence about it means nothing.
fn incomparable(comparison: &Comparison, page: &mut Html) {
    if comparison.is_comparable() {
        return;
    }
    page.raw("<div class=\"seal partial\"><p><strong>Not everything could be compared.</strong></p>\n<ul>");
    for side in [&comparison.from, &comparison.to] {
        for gap in gaps::lines(&side.gaps) {
            page.raw("<li>Snapshot ")
                .number(u64::try_from(side.snapshot.id).unwrap_or_default());
            page.raw(" did not see all ").prose(&gap).raw("</li>");
        }
    }
    if comparison.newly_visible > 0 {
        page.raw("<li>").number(comparison.newly_visible);
        page.raw(" items were listed completely for the first time; how long they have existed is unknown</li>");
    }
    if comparison.out_of_sight > 0 {
        page.raw("<li>").number(comparison.out_of_sight);
        page.raw(" items are not known to be still there: the newer snapshot did not see their lists</li>");
    }
    page.raw("</ul></div>\n");
}

fn group(
    context: &Context<'_>,
    page: &mut Html,
    title: &'static str,
    changes: &[&AssessedChange],
    open: bool,
) {
    if changes.is_empty() {
        return;
    }
    if open {
        page.raw("<h3>")
            .raw(title)
            .raw(" (")
            .number(changes.len() as u64)
            .raw(")</h3>\n");
    } else {
        page.raw("<details><summary>")
            .raw(title)
            .raw(" (")
            .number(changes.len() as u64)
            .raw(")</summary>\n");
    }
    page.raw("<ul class=\"changes\">\n");
    for assessed in changes.iter().take(TABLE) {
        one(context, page, assessed);
    }
    page.raw("</ul>\n");
    if changes.len() > TABLE {
        page.raw("<p>").prose(&counted(
            changes.len() - TABLE,
            "more change",
            "more changes",
        ));
        page.raw(": <code>diff --format json</code> has them all.</p>\n");
    }
    if !open {
        page.raw("</details>\n");
    }
}

fn one(context: &Context<'_>, page: &mut Html, assessed: &AssessedChange) {
    let change = &assessed.change;
    page.raw("<li")
        .attribute("id", &format!("change/{}", address(&change.id())))
        .raw("><p><b class=\"sign\">");
    page.prose(&symbol(change.verb()).to_string())
        .raw(if assessed.escalates() { "!" } else { "" });
    page.raw("</b> ")
        .add(&what(context, assessed))
        .raw(" <span class=\"quiet\">in ")
        .text(change.scope())
        .raw("</span></p>\n");
    let notes = notes(assessed);
    if !notes.is_empty() {
        page.raw("<p class=\"note\">")
            .prose(&notes.join("; "))
            .raw("</p>\n");
    }
    if !assessed.details.is_empty() {
        page.raw("<ul class=\"details\">");
        for detail in assessed.details.iter().take(MOST_DETAILS) {
            page.raw("<li><code>")
                .add(&covered(detail))
                .raw("</code></li>");
        }
        if assessed.details.len() > MOST_DETAILS {
            page.raw("<li>")
                .prose(&format!(
                    "… and {} more",
                    assessed.details.len() - MOST_DETAILS
                ))
                .raw("</li>");
        }
        page.raw("</ul>\n");
    }
    page.raw("</li>\n");
}

/// What changed, with a link to what the page has more about.
fn what(context: &Context<'_>, assessed: &AssessedChange) -> Html {
    let change = &assessed.change;
    let mut piece = Html::default();
    piece.prose(&sentence(change, NAME));
    let id = match change.subject() {
        Subject::Resource(fact) => fact.id.as_str(),
        Subject::Grant(grant) => grant.principal.id.as_str(),
    };
    if context.is_shown(id) {
        piece.raw(" (").add(&context.linked(id, "more")).raw(")");
    }
    piece
}
