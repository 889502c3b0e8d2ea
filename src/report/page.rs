//! The page as a whole: head, policy, order of the sections, data island, script.

use super::context::Context;
use super::html::Html;
use super::policy::policy;
use super::service_accounts;
use super::words::minute as to_the_minute;
use super::{
    changes, cover, everything, findings, groups, making, minute, people, places, powerful,
};

/// The script; its hash is in the policy of the page.
pub const SCRIPT: &str = include_str!("report.js");

/// The style.
pub const STYLE: &str = include_str!("report.css");

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

/// Writes the page.
pub(super) fn page(context: &Context<'_>) -> String {
    let sections: Vec<&Section> = SECTIONS
        .iter()
        .filter(|section| context.material.has(section.address))
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
    page.text(&context.material.title())
        .raw("</title>\n<style>")
        .raw(STYLE)
        .raw("</style>\n</head>\n");
}

/// Stands below each section, so that a single printed page says where it belongs.
fn footer(context: &Context<'_>) -> String {
    let snapshot = context.material.snapshot;
    format!(
        "{}, snapshot {} of {}",
        context.material.account_name(),
        snapshot.id,
        to_the_minute(&snapshot.finished_at)
    )
}
