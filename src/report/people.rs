//! People: one card each, with groups, roles, where and through what, and what a membership alone brings.

use std::collections::{HashMap, HashSet};

use super::context::Context;
use super::html::{Column, Html, counted, covered, text};
use super::inventory::Person;
use super::limits::ROLES;
use super::material::Audience;
use super::words::{address_of, day, display, minute};
use crate::access::{Path, Question, Target};
use crate::findings::{Finding, Rule};
use crate::model::PrincipalFact;
use crate::output::access::words::covers;

/// Writes the section.
pub(super) fn write(context: &Context<'_>, page: &mut Html) {
    let all = context.material.inventory.people.len();
    let folded = context.material.audience == Audience::Auditor;
    if context.selection.people.len() < all {
        page.raw("<p>");
        page.prose(&format!(
            "{} of {} have a card here",
            counted(context.selection.people.len(), "person", "people"),
            super::html::grouped(all as u64)
        ));
        page.raw(match context.cut.0 {
            Some(_) => ": those who can do something in this scope",
            None => ": first those with some power or a finding",
        });
        page.raw(". Everybody is in <a href=\"#everything\">the list of everything</a>.</p>\n");
    }
    if context.selection.people.is_empty() {
        page.raw("<p>Nobody.</p>\n");
        return;
    }
    page.raw("<div class=\"controls\" id=\"people-controls\" hidden><label>Find <input type=\"search\" id=\"people-find\" autocomplete=\"off\"></label> \
        <label>State <select id=\"people-state\"><option value=\"\">all</option><option>active</option><option>disabled</option>\
        <option>locked</option></select></label> <output id=\"people-status\" aria-live=\"polite\"></output></div>\n");
    if folded {
        page.raw("<details><summary>")
            .prose(&counted(context.selection.people.len(), "person", "people"))
            .raw("</summary>\n");
    }
    let findings = findings_by_subject(context);
    for at in &context.selection.people {
        card(context, page, *at, &findings);
    }
    if folded {
        page.raw("</details>\n");
    }
}

/// What the rules found, by what it is about.
pub(super) type BySubject<'a> = HashMap<&'a str, Vec<(&'a Rule, &'a Finding)>>;

/// Orders what the rules found by what it is about.
pub(super) fn findings_by_subject<'a>(context: &Context<'a>) -> BySubject<'a> {
    let mut by_subject = BySubject::new();
    for (rule, found) in super::findings::kept(context) {
        for finding in found {
            by_subject
                .entry(&finding.subject)
                .or_default()
                .push((rule, finding));
        }
    }
    by_subject
}

/// `active`, `disabled` or `locked`.
fn state(fact: &PrincipalFact) -> &'static str {
    match (fact.disabled, fact.locked) {
        (true, _) => "disabled",
        (_, true) => "locked",
        _ => "active",
    }
}

fn card(context: &Context<'_>, page: &mut Html, at: u32, findings: &BySubject<'_>) {
    let fact = context.access.principal(at);
    let mut paths = context
        .access
        .paths_of(at, &Question::Anything, &Target::default());
    paths.retain(|path| context.cut.keeps(context.access, path));
    let found = findings
        .get(fact.id.as_str())
        .map_or(&[][..], Vec::as_slice);
    let (name, second) = display(fact);
    page.raw("<details class=\"card\"")
        .attribute("id", &address_of(&fact.id))
        .attribute("data-state", state(fact));
    page.raw("><summary><b>")
        .text(name)
        .raw("</b> <span class=\"quiet\">")
        .text(second)
        .raw("</span> ");
    page.raw("<span class=\"tail\">");
    if state(fact) != "active" {
        page.raw("<span class=\"flag\">")
            .raw(state(fact))
            .raw("</span> ");
    }
    if !found.is_empty() {
        page.raw("<span class=\"flag\">")
            .prose(&counted(found.len(), "finding", "findings"))
            .raw("</span> ");
    }
    page.prose(&counted(paths.len(), "role", "roles"))
        .raw("</span></summary>\n");
    facts(context, page, fact);
    for (rule, finding) in found {
        page.raw("<p class=\"note\"><a").attribute(
            "href",
            &format!("#finding/{}", super::html::address(&rule.code)),
        );
        page.raw(">")
            .text(&rule.code)
            .raw("</a> ")
            .prose(&rule.title);
        if let Some(detail) = &finding.detail {
            page.raw(": ").text(detail);
        }
        page.raw("</p>\n");
    }
    memberships(context, page, at, &paths);
    roles(context, page, &paths, name);
    page.raw("</details>\n");
}

/// "Never" is only true within what was read.
fn last_sign_in(person: Option<&Person>) -> String {
    match person {
        Some(person) if !person.last_login.is_empty() => minute(&person.last_login),
        Some(person) if !person.logins_from.is_empty() => {
            format!("none since {}", day(&person.logins_from))
        }
        _ => "not observed".to_owned(),
    }
}

fn facts(context: &Context<'_>, page: &mut Html, fact: &PrincipalFact) {
    let person = context
        .material
        .inventory
        .people
        .iter()
        .find(|person| person.id == fact.id);
    page.raw("<dl class=\"facts\">\n");
    let mut entry = |term: &str, value: &str| {
        page.raw("<div>")
            .element("dt", term)
            .raw("<dd>")
            .text(value)
            .raw("</dd></div>\n");
    };
    entry("Id", &fact.id);
    entry("State", state(fact));
    entry("Last sign-in", &last_sign_in(person));
    if let Some(person) = person {
        let factor = match person.two_factor {
            Some(true) => "on",
            Some(false) => "off",
            None => "not said",
        };
        entry("Second factor", factor);
        entry(
            "Kept by",
            if person.externally_managed {
                "an identity provider"
            } else {
                "Harness"
            },
        );
        entry("Known like this since", day(&person.since));
    }
    page.raw("</dl>\n");
}

/// The groups somebody is in, and what would be left without each.
fn memberships(context: &Context<'_>, page: &mut Html, at: u32, paths: &[Path]) {
    let facts = context.access.facts();
    let mut groups: Vec<(u32, i64)> = context.groups_of.get(&at).cloned().unwrap_or_default();
    groups.retain(|(group, _)| {
        context.cut.0.is_none() || paths.iter().any(|path| path.via == Some(*group))
    });
    groups.sort_by_key(|(group, _)| display(&facts.principals[*group as usize]));
    if groups.is_empty() {
        return;
    }
    let columns = [
        Column::Words("User group"),
        Column::Days("Since"),
        Column::Words("Without this membership"),
    ];
    let rows = groups.iter().map(|(group, since)| {
        let fact = &facts.principals[*group as usize];
        let mut name = context.linked(&fact.id, display(fact).0);
        name.raw(" <span class=\"quiet\">")
            .text(&fact.scope.to_string())
            .raw("</span>");
        vec![
            name,
            text(&context.days.day(*since)),
            text(&without(context, paths, *group)),
        ]
    });
    page.table("Member of", &columns, rows.collect::<Vec<_>>());
}

/// What taking a membership away would take.
fn without(context: &Context<'_>, paths: &[Path], group: u32) -> String {
    let what = |path: &Path| {
        let grant = context.access.grant(path);
        (grant.role, grant.scope, grant.resource_group)
    };
    let (through, other): (Vec<&Path>, Vec<&Path>) =
        paths.iter().partition(|path| path.via == Some(group));
    let kept: HashSet<_> = other.into_iter().map(what).collect();
    let lost = through
        .iter()
        .filter(|path| !kept.contains(&what(path)))
        .count();
    match (through.len(), lost) {
        (0, _) => "nothing changes: the group holds no role".to_owned(),
        (all, 0) => format!(
            "nothing changes: {} held in other ways too",
            counted(all, "role is", "roles are")
        ),
        (all, lost) if all == lost => format!("{} would go", counted(lost, "role", "roles")),
        (all, lost) => {
            format!("{lost} of {all} roles would go; the others are held in other ways too")
        }
    }
}

/// The roles of somebody, in a table.
pub(super) fn roles(context: &Context<'_>, page: &mut Html, paths: &[Path], name: &str) {
    if paths.is_empty() {
        page.raw("<p>Holds no role.</p>\n");
        return;
    }
    let columns = [
        Column::Words("Role"),
        Column::Words("Held at"),
        Column::Words("Covers"),
        Column::Words("Through"),
        Column::Days("Since"),
        Column::Words("Certain"),
    ];
    let rows = paths.iter().take(ROLES).map(|path| {
        vec![
            context.role(path),
            text(&context.access.scope(path).to_string()),
            covered(&covers(path)),
            context.through(path),
            text(&context.days.of_path(context.access, path)),
            context.certainty(path),
        ]
    });
    page.table(
        &format!("Roles of {}", crate::output::text::shortened(name, 60)),
        &columns,
        rows,
    );
    let rest = paths.len().saturating_sub(ROLES);
    if rest > 0 {
        page.raw("<p>")
            .prose(&counted(rest, "more role", "more roles"));
        page.raw(": see <a href=\"#everything\">the list of everything</a>, or <code>what-can</code>.</p>\n");
    }
}
