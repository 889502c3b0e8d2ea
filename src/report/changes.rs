//! What changed since the earlier snapshot: what lets somebody do more first, then the rest by cause.

use std::cmp::Reverse;

use super::context::Context;
use super::html::{Html, address, counted, covered};
use super::limits::TABLE;
use crate::diff::approvals::Lapsed;
use crate::diff::{AssessedChange, Cause, Comparison, Subject};
use crate::model::{AuditEvent, Gap};
use crate::output::diff::words::{expired, notes, recorded, sentence, snapshots, symbol};
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
    lapsed(context, comparison, page);
    let mut here = here(context, comparison);
    if here.is_empty() {
        page.raw("<p>No changes in what both snapshots saw.</p>\n");
    }
    here.sort_by_key(|assessed| Part::of(assessed)); // stable: the order of the comparison stays
    for changes in here.chunk_by(|a, b| Part::of(a) == Part::of(b)) {
        part(context, page, Part::of(changes[0]), changes);
    }
    unseen(context, comparison, page);
    if !here.is_empty() {
        signs(&here, page);
    }
}

/// The changes that matter for the part of the account that is reported.
pub(super) fn here<'a>(
    context: &Context<'_>,
    comparison: &'a Comparison,
) -> Vec<&'a AssessedChange> {
    let changes = comparison.changes.iter();
    changes
        .filter(|assessed| context.cut.touches_path(assessed.change.scope()))
        .collect()
}

/// Where a change stands, in the order of the page.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    More,
    MoreApproved,
    Other(Reverse<Cause>),
    ByHarness,
}

impl Part {
    fn of(assessed: &AssessedChange) -> Self {
        match (assessed.built_in, assessed.escalates(), &assessed.approved) {
            (Some(_), _, _) => Self::ByHarness,
            (None, true, None) => Self::More,
            (None, true, Some(_)) => Self::MoreApproved,
            (None, false, _) => Self::Other(Reverse(assessed.cause)),
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::More => "Somebody can do more than before",
            Self::MoreApproved => "Somebody can do more than before, approved",
            Self::ByHarness => "Made by Harness itself",
            Self::Other(Reverse(cause)) => match cause {
                Cause::RoleAssignment => "Other role assignments",
                Cause::Membership => "Other memberships",
                Cause::Principal => "People, service accounts and groups",
                Cause::Token => "Tokens",
                Cause::SignIn => "Sign-in settings",
                Cause::Catalogue => "Permissions that Harness knows",
                Cause::Role => "Roles",
                Cause::ResourceGroup => "Resource groups",
                Cause::Scope => "Account, organizations and projects",
            },
        }
    }

    /// Whether it stands open; the rest is folded.
    fn is_open(self) -> bool {
        matches!(self, Self::More | Self::MoreApproved)
    }
}

/// Access that was approved until a day that is over, and is still there.
fn lapsed(context: &Context<'_>, comparison: &Comparison, page: &mut Html) {
    let lapsed = comparison.lapsed.iter();
    let lapsed: Vec<&Lapsed> = lapsed
        .filter(|lapsed| context.cut.touches_path(lapsed.access.change.scope()))
        .collect();
    if lapsed.is_empty() {
        return;
    }
    page.raw("<h3>Approval expired, and still there (")
        .number(lapsed.len() as u64)
        .raw(")</h3>\n<ul>\n");
    for lapsed in lapsed.iter().take(TABLE) {
        page.raw("<li><p>")
            .add(&what(context, &lapsed.access))
            .raw("</p>\n<p class=\"note\">")
            .prose(&expired(lapsed))
            .raw("</p></li>\n");
    }
    page.raw("</ul>\n");
    rest(page, lapsed.len());
}

/// What the audit trail records and no change shows.
fn unseen(context: &Context<'_>, comparison: &Comparison, page: &mut Html) {
    let events = comparison.unseen.iter();
    let events: Vec<&AuditEvent> = events
        .filter(|event| context.cut.touches(&event.scope))
        .collect();
    if events.is_empty() {
        return;
    }
    page.raw("<h3>Recorded in between, but in no difference (")
        .number(events.len() as u64)
        .raw(")</h3>\n<p>It came and went between the two snapshots, or snapshots do not hold it.</p>\n<ul>\n");
    for event in events.iter().take(TABLE) {
        page.element("li", &recorded(event, NAME)).raw("\n");
    }
    page.raw("</ul>\n");
    rest(page, events.len());
}

/// What the signs mean, and whether somebody can know who made the changes.
fn signs(changes: &[&AssessedChange], page: &mut Html) {
    page.raw(
        "<p class=\"quiet\">Signs: <b>+</b> came, <b>-</b> went, <b>~</b> changed, <b>!</b> somebody can do more.",
    );
    let is_explained = changes.iter().any(|assessed| assessed.by.is_some());
    page.raw(if is_explained {
        " Each change says who made it, as far as the audit trail tells.</p>\n"
    } else {
        " Who made each change: not observed, since the audit trail is not in this database.</p>\n"
    });
}

/// What could not be compared, first: silence about it means nothing.
fn incomparable(comparison: &Comparison, page: &mut Html) {
    let sides = [&comparison.from, &comparison.to];
    let accepted = sides.iter().flat_map(|side| side.accepted.iter().cloned());
    for gap in gaps::lines(&accepted.collect::<Vec<Gap>>()) {
        page.raw("<p>Not compared, because this gap is accepted: ")
            .prose(&gap)
            .raw(".</p>\n");
    }
    if comparison.is_comparable() {
        return;
    }
    page.raw("<div class=\"seal partial\"><p><strong>Not everything could be compared.</strong></p>\n<ul>");
    for side in sides {
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

fn part(context: &Context<'_>, page: &mut Html, part: Part, changes: &[&AssessedChange]) {
    let (open, close) = if part.is_open() {
        ("<h3>", ")</h3>\n")
    } else {
        ("<details><summary>", ")</summary>\n")
    };
    page.raw(open)
        .raw(part.title())
        .raw(" (")
        .number(changes.len() as u64)
        .raw(close)
        .raw("<ul class=\"changes\">\n");
    for assessed in changes.iter().take(TABLE) {
        one(context, page, assessed);
    }
    page.raw("</ul>\n");
    rest(page, changes.len());
    if !part.is_open() {
        page.raw("</details>\n");
    }
}

/// How many of so many are not shown.
fn rest(page: &mut Html, all: usize) {
    if all > TABLE {
        page.raw("<p>")
            .prose(&counted(all - TABLE, "more", "more"))
            .raw(": <code>diff --format json</code> has them all.</p>\n");
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
