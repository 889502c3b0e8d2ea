//! The page as a whole: head, policy, order of the sections, data island, script.

use super::html::Html;
use super::policy::policy;
use super::{
    Audience, Context, changes, cover, everything, findings, groups, making, minute, people,
};
use super::{places, powerful, service_accounts};

/// The script; its hash is in the policy of the page.
pub const SCRIPT: &str = include_str!("report.js");

/// The style.
pub const STYLE: &str = include_str!("report.css");

/// Rows that a table of the page holds at most; the list of everything and the exports hold the rest.
pub const MOST_ROWS: usize = 100;

/// Rows in the cards of a section at most. Browsers open and print thousands of rows slowly, so that a large account
/// has cards for some and everybody in the list.
pub(super) const MOST_CARD_ROWS: usize = 800;

/// How many of some cards fit into a section, told the rows of each.
pub(super) fn fitting(rows: impl Iterator<Item = usize>) -> usize {
    let mut used = 0;
    rows.take_while(|rows| {
        used += rows;
        used <= MOST_CARD_ROWS
    })
    .count()
}

/// A section: its address, its heading, and what writes it.
struct Section {
    address: &'static str,
    heading: &'static str,
    write: fn(&Context<'_>, &mut Html),
}

/// Every section, in the order of the page.
const SECTIONS: [Section; 10] = [
    Section {
        address: "minute",
        heading: "In one minute",
        write: minute::write,
    },
    Section {
        address: "changes",
        heading: "What changed",
        write: changes::write,
    },
    Section {
        address: "power",
        heading: "Who is powerful",
        write: powerful::write,
    },
    Section {
        address: "findings",
        heading: "Findings",
        write: findings::write,
    },
    Section {
        address: "people",
        heading: "People",
        write: people::write,
    },
    Section {
        address: "service-accounts",
        heading: "Service accounts and tokens",
        write: service_accounts::write,
    },
    Section {
        address: "groups",
        heading: "Groups and roles",
        write: groups::write,
    },
    Section {
        address: "where",
        heading: "Where",
        write: places::write,
    },
    Section {
        address: "everything",
        heading: "Everything",
        write: everything::write,
    },
    Section {
        address: "making",
        heading: "How this was made",
        write: making::write,
    },
];

/// Whether a report for somebody has a section.
fn has(context: &Context<'_>, address: &str) -> bool {
    let material = context.material;
    match address {
        "changes" => {
            material.comparison.is_some()
                && (material.reviews || material.audience != Audience::Auditor)
        }
        "power" | "service-accounts" | "groups" | "where" => material.audience != Audience::Auditor,
        _ => true,
    }
}

/// Writes the page.
pub(super) fn page(context: &Context<'_>) -> String {
    let sections: Vec<&Section> = SECTIONS
        .iter()
        .filter(|section| has(context, section.address))
        .collect();
    let mut page = Html::default();
    head(context, &mut page);
    page.raw(
        "<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n<div class=\"frame\">\n",
    );
    page.raw("<nav aria-label=\"Sections\"><ol>\n<li><a href=\"#cover\">Cover</a></li>\n");
    for section in &sections {
        page.raw("<li><a href=\"#")
            .raw(section.address)
            .raw("\">")
            .raw(section.heading)
            .raw("</a></li>\n");
    }
    page.raw("</ol></nav>\n<main id=\"main\" tabindex=\"-1\">\n");
    cover::write(context, &mut page);
    for section in &sections {
        page.raw("<section id=\"").raw(section.address);
        page.raw("\" aria-labelledby=\"")
            .raw(section.address)
            .raw("-heading\">\n<h2 id=\"");
        page.raw(section.address)
            .raw("-heading\">")
            .raw(section.heading)
            .raw("</h2>\n");
        (section.write)(context, &mut page);
        page.raw("<p class=\"foot\">")
            .prose(&footer(context))
            .raw("</p>\n</section>\n");
    }
    page.raw("</main>\n</div>\n<script type=\"application/json\" id=\"data\">");
    page.json(&context.list.island)
        .raw("</script>\n<script>")
        .raw(SCRIPT)
        .raw("</script>\n</body>\n</html>\n");
    page.into_string()
}

fn head(context: &Context<'_>, page: &mut Html) {
    page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\"");
    page.attribute("content", &policy(STYLE, SCRIPT)).raw(">\n");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.raw("<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    page.text(&title(context))
        .raw("</title>\n<style>")
        .raw(STYLE)
        .raw("</style>\n</head>\n");
}

/// The title of the page.
pub(super) fn title(context: &Context<'_>) -> String {
    let scope = context.material.scope.map(|scope| format!(", {scope}"));
    format!(
        "Who has access to what: {}{}",
        cover::account_name(context),
        scope.unwrap_or_default()
    )
}

/// Stands below each section, so that a single printed page says where it belongs.
fn footer(context: &Context<'_>) -> String {
    let snapshot = context.material.snapshot;
    format!(
        "{}, snapshot {} of {}",
        cover::account_name(context),
        snapshot.id,
        super::words::minute(&snapshot.finished_at)
    )
}
