//! Findings by severity: what each means, what to do, the rule itself, and whom it is about.

use super::context::Context;
use super::html::{Column, Html, address, counted, text};
use super::limits::TABLE;
use crate::findings::{Finding, Rule, Severity};

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
    let inventory = context.material.inventory;
    let is_asked = |rule: &Rule| rule.need().is_none_or(|need| inventory.has(need));
    let mut without: Vec<&Rule> = without.into_iter().map(|(rule, _)| rule).collect();
    without.sort_by_key(|rule| &rule.code);
    let (asked, not_asked): (Vec<&Rule>, Vec<&Rule>) =
        without.into_iter().partition(|rule| is_asked(rule));
    let plain = |rule: &&Rule| format!("{} ({})", rule.code, rule.title);
    named(page, "Nothing was found by ", asked.iter().map(plain));
    let needing = |rule: &&Rule| {
        let remedy = rule.need().map(|need| need.remedy).unwrap_or_default();
        format!("{} ({}; {remedy})", rule.code, rule.title)
    };
    named(
        page,
        "Not known, because what these rules ask was not read, or not for 90 days: ",
        not_asked.iter().map(needing),
    );
}

/// Rules in a row, where there are any.
fn named(page: &mut Html, before: &'static str, rules: impl Iterator<Item = String>) {
    let rules: Vec<String> = rules.collect();
    if !rules.is_empty() {
        page.raw("<p>").raw(before);
        page.prose(&rules.join(", ")).raw(".</p>\n");
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
        let cell = |cell: &Option<String>| text(cell.as_deref().unwrap_or_default());
        vec![
            about(context, finding),
            cell(&finding.scope),
            cell(&finding.detail),
        ]
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

/// What a finding is about, named as everywhere in the page, and its id.
fn about(context: &Context<'_>, finding: &Finding) -> Html {
    let id = finding.subject.as_str();
    let name = finding
        .name
        .as_deref()
        .filter(|name| !name.trim().is_empty());
    let mut about = match context.principals.get(id) {
        Some(at) => context.who(*at),
        None => context.linked(id, name.unwrap_or(id)),
    };
    if name.is_some() || context.principals.contains_key(id) {
        about.raw(" <span class=\"quiet\">").text(id).raw("</span>");
    }
    about
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "To change:",
        Severity::Warning => "To look at:",
        Severity::Note => "To know:",
    }
}
