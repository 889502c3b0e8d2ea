//! Everything: the whole list, to be searched, filtered, sorted and copied. Without script its first rows are there.

use super::commands;
use super::context::Context;
use super::html::{Column, Html, counted, text};
use super::limits::FIRST_ROWS;
use super::words::{SINCE, kind_word};
use crate::output::text::named;

/// Writes the section.
pub(super) fn write(context: &Context<'_>, page: &mut Html) {
    let list = &context.list;
    page.raw("<p>Every way by which a person or service account holds a role, user groups expanded to their people: <b>");
    page.prose(&counted(list.rows, "row", "rows")).raw("</b>.");
    if list.kept < list.rows {
        page.raw(" This file holds the first <b>")
            .number(list.kept as u64);
        page.raw("</b>; <code>export --format csv --preset matrix</code> has them all.");
    }
    page.raw("</p>\n").raw(SINCE).raw("<noscript><p class=\"note\">The script of this page does not run here, so there is no search");
    if list.rows > FIRST_ROWS {
        page.raw(", and only the first ")
            .number(list.first.len() as u64)
            .raw(" rows are shown");
    }
    page.raw(".</p></noscript>\n");
    page.raw("<p class=\"print-only\">The list is not printed: ")
        .raw("<code>");
    page.prose(&commands::matrix(context.material))
        .raw("</code> writes all of it.</p>\n");
    page.raw("<div class=\"screen-only\">\n<div class=\"controls\" id=\"list-controls\" hidden>\n\
        <label class=\"wide\">Search <input type=\"search\" id=\"list-find\" autocomplete=\"off\" spellcheck=\"false\" \
        placeholder=\"name, e-mail, role, scope, group\"></label>\n<div id=\"list-facets\"></div>\n\
        <p id=\"list-only\" hidden></p>\n<p class=\"bar-of-buttons\"><output id=\"list-status\" aria-live=\"polite\"></output>\n\
        <button type=\"button\" id=\"list-reset\">Clear</button>\n<button type=\"button\" id=\"list-copy\">Copy as CSV</button>\n\
        <button type=\"button\" id=\"list-before\">Previous</button>\n<button type=\"button\" id=\"list-next\">Next</button></p>\n</div>\n\
        <div id=\"list\">\n");
    let columns = [
        Column::Words("Who"),
        Column::Words("Type"),
        Column::Words("Role"),
        Column::Words("Where"),
        Column::Words("Over"),
        Column::Words("Through"),
        Column::Days("Since"),
        Column::Words("Certain"),
    ];
    let rows = list.first.iter().map(|path| {
        let over = context.access.resource_group(path);
        vec![
            context.who(path.principal),
            text(&kind_word(&context.access.principal(path.principal).kind)),
            context.role(path),
            text(&context.access.scope(path).to_string()),
            text(named(over.name.as_deref(), &over.identifier)),
            context.through(path),
            text(&context.days.of_path(context.access, path)),
            context.certainty(path),
        ]
    });
    page.table("Everybody's access", &columns, rows);
    page.raw("</div>\n</div>\n");
}
