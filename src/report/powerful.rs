//! Who is powerful: one table for each kind of power, each way in words.

use super::context::Context;
use super::html::{Column, Html, counted, covered, text};
use super::limits::TABLE;
use super::power::{Holder, Power};
use super::seen;
use super::words::SINCE;
use crate::output::access::words::covers;

/// Writes the section.
pub(super) fn write(context: &Context<'_>, page: &mut Html) {
    page.raw(SINCE);
    for power in &context.powers {
        page.raw("<h3")
            .attribute("id", &format!("power/{}", power.key))
            .raw(">")
            .raw(power.title);
        page.raw(" (")
            .number(power.holders.len() as u64)
            .raw(")</h3>\n<p class=\"quiet\">")
            .raw(power.meaning)
            .raw("</p>\n");
        if power.holders.is_empty() {
            page.raw("<p>").raw(seen::nobody(context)).raw(".</p>\n");
        } else {
            table(context, page, power);
        }
    }
}

fn table(context: &Context<'_>, page: &mut Html, power: &Power) {
    let columns = [
        Column::Words("Who"),
        Column::Words("Role"),
        Column::Words("Covers"),
        Column::Words("Through"),
        Column::Days("Since"),
        Column::Words("Certain"),
    ];
    let rows = power
        .holders
        .iter()
        .take(TABLE)
        .map(|holder| row(context, holder));
    page.table(power.title, &columns, rows);
    let rest = power.holders.len().saturating_sub(TABLE);
    if rest > 0 {
        page.raw("<p>").prose(&counted(rest, "more is", "more are"));
        page.raw(" in <a href=\"#everything\">the list of everything</a>, and in <code>who-can --format csv</code>.</p>\n");
    }
}

fn row(context: &Context<'_>, holder: &Holder) -> Vec<Html> {
    let path = &holder.paths[0];
    let mut role = context.role(path);
    if holder.paths.len() > 1 {
        role.raw(" <span class=\"quiet\">and ")
            .prose(&counted(holder.paths.len() - 1, "more way", "more ways"))
            .raw("</span>");
    }
    vec![
        context.who(holder.principal),
        role,
        covered(&covers(path)),
        context.through(path),
        text(&context.days.of_path(context.access, path)),
        context.certainty(path),
    ]
}
