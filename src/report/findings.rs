//! Findings by severity: what each means, what to do, the rule itself, and whom it is about.

use super::context::Context;
use super::html::{Column, Html, address, counted, text};
use super::limits::TABLE;
use crate::findings::{Finding, Rule, Severity};
use crate::output::text::named;

/// What the rules found in the part of the account that is reported.
pub(super) fn kept<'a>(context: &Context<'a>) -> Vec<(&'a Rule, Vec<&'a Finding>)> {
    let here = |finding: &&Finding| match finding.scope.as_deref() {
        Some(scope) => context.cut.touches_path(scope),
        None => true,
    };
    let found = context.material.findings.iter();
    found
        .map(|(rule, findings)| (rule, findings.iter().filter(here).collect()))
        .collect()
}

/// Writes the section.
pub(super) fn write(context: &Context<'_>, page: &mut Html) {
    let mut rules = kept(context);
    rules.sort_by_key(|(rule, _)| std::cmp::Reverse(rule.severity));
    let (with, without): (Vec<_>, Vec<_>) =
        rules.into_iter().partition(|(_, found)| !found.is_empty());
    for (rule, found) in &with {
        one(context, page, rule, found);
    }
    if !without.is_empty() {
        page.raw("<p>Nothing was found by ");
        let codes: Vec<String> = without
            .iter()
            .map(|(rule, _)| format!("{} ({})", rule.code, rule.title))
            .collect();
        page.prose(&codes.join(", ")).raw(".</p>\n");
    }
}

fn one(context: &Context<'_>, page: &mut Html, rule: &Rule, found: &[&Finding]) {
    page.raw("<article class=\"finding\"")
        .attribute("id", &format!("finding/{}", address(&rule.code)))
        .raw(">\n<h3><span class=\"severity\">");
    page.raw(severity(rule.severity))
        .raw("</span> ")
        .text(&rule.title)
        .raw(" (")
        .number(found.len() as u64);
    page.raw(")</h3>\n<p>").prose(&rule.remedy).raw("</p>\n");
    let columns = [
        Column::Words("About"),
        Column::Words("Scope"),
        Column::Words("Detail"),
    ];
    let rows = found.iter().take(TABLE).map(|finding| {
        let name = named(finding.name.as_deref(), &finding.subject);
        let mut about = context.linked(&finding.subject, name);
        if name != finding.subject {
            about
                .raw(" <span class=\"quiet\">")
                .text(&finding.subject)
                .raw("</span>");
        }
        let cell = |cell: &Option<String>| text(cell.as_deref().unwrap_or_default());
        vec![about, cell(&finding.scope), cell(&finding.detail)]
    });
    page.table(&rule.title, &columns, rows);
    let rest = found.len().saturating_sub(TABLE);
    if rest > 0 {
        page.raw("<p>")
            .prose(&counted(rest, "more", "more"))
            .raw(": <code>findings --format json</code> has them all.</p>\n");
    }
    page.raw("<details class=\"rule\"><summary>The rule ")
        .text(&rule.code)
        .raw(" in SQL</summary>\n<pre tabindex=\"0\"><code>");
    page.code(&rule.sql)
        .raw("</code></pre></details>\n</article>\n");
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "To change:",
        Severity::Warning => "To look at:",
        Severity::Note => "To know:",
    }
}
