//! Where: the tree of organizations and projects, with what is granted in each.

use std::collections::{BTreeMap, HashSet};

use super::context::Context;
use super::html::{Column, Html, address, counted, number, text};
use super::limits::TABLE;
use crate::model::{ResourceType, RoleGrantFact, Scope};
use crate::output::text::named;

/// Grants named of one scope.
const MOST_GRANTS: usize = 20;
/// Scopes whose grants are named.
const MOST_SCOPES: usize = 40;

/// What is granted at one scope.
#[derive(Default)]
struct GrantedAt<'a> {
    grants: Vec<&'a RoleGrantFact>,
    people: HashSet<u32>,
    service_accounts: HashSet<u32>,
    /// Named by a grant or a user group, and in no list.
    others: HashSet<u32>,
}

/// Writes the section.
pub(super) fn write(context: &Context<'_>, page: &mut Html) {
    let places = places(context);
    page.raw("<p class=\"quiet\">What is granted at each scope itself. What is granted above may count there as well: \
        <a href=\"#everything\">the list of everything</a> has it.</p>\n");
    let columns = [
        Column::Words("Scope"),
        Column::Numbers("Role grants"),
        Column::Numbers("People they reach"),
        Column::Numbers("Service accounts"),
        Column::Numbers("In no list"),
    ];
    let rows = places.iter().take(TABLE).map(|(path, place)| {
        let mut name = Html::default();
        for _ in 0..depth(path) {
            name.raw("<span class=\"step\"></span>");
        }
        name.text(path);
        vec![
            name,
            number(place.grants.len() as u64),
            number(place.people.len() as u64),
            number(place.service_accounts.len() as u64),
            number(place.others.len() as u64),
        ]
    });
    page.table("Organizations and projects", &columns, rows);
    if places.len() > TABLE {
        page.raw("<p>")
            .prose(&counted(places.len() - TABLE, "more scope", "more scopes"));
        page.raw(": see <code>who-can --in</code>.</p>\n");
    }
    let granted = places.iter().filter(|(_, place)| !place.grants.is_empty());
    for (path, place) in granted.take(MOST_SCOPES) {
        grants(context, page, path, place);
    }
}

impl GrantedAt<'_> {
    /// Counts whoever a grant reaches: its principal, or the members of that.
    fn reach(&mut self, context: &Context<'_>, principal: u32) {
        let one = [principal];
        let holders = context
            .members_of
            .get(&principal)
            .map_or(&one[..], Vec::as_slice);
        for holder in holders {
            let fact = context.access.principal(*holder);
            match fact.kind {
                _ if !fact.resolved => self.others.insert(*holder),
                ResourceType::User => self.people.insert(*holder),
                ResourceType::ServiceAccount => self.service_accounts.insert(*holder),
                _ => false,
            };
        }
    }
}

/// Steps below the account.
fn depth(path: &str) -> usize {
    match path.split('/').count() {
        1 => 0,
        2 => 1,
        _ => 2,
    }
}

fn places<'a>(context: &'a Context<'_>) -> BTreeMap<String, GrantedAt<'a>> {
    let facts = context.access.facts();
    let mut places: BTreeMap<String, GrantedAt<'_>> = BTreeMap::new();
    let known = facts.tree.iter().chain([&Scope::Account]);
    for scope in known.filter(|scope| context.cut.touches(scope)) {
        places.entry(scope.to_string()).or_default();
    }
    let names: Vec<Option<String>> = facts
        .scopes
        .iter()
        .map(|scope| context.cut.touches(scope).then(|| scope.to_string()))
        .collect();
    for grant in &facts.grants {
        let Some(path) = &names[grant.scope as usize] else {
            continue;
        };
        if !places.contains_key(path) {
            places.insert(path.clone(), GrantedAt::default());
        }
        let Some(place) = places.get_mut(path) else {
            continue;
        };
        place.grants.push(grant);
        place.reach(context, grant.principal);
    }
    places
}

fn grants(context: &Context<'_>, page: &mut Html, path: &str, place: &GrantedAt<'_>) {
    let facts = context.access.facts();
    page.raw("<details class=\"card\"")
        .attribute("id", &format!("scope/{}", address(path)))
        .raw("><summary><b>")
        .text(path);
    page.raw("</b> <span class=\"tail\">")
        .prose(&counted(place.grants.len(), "role grant", "role grants"))
        .raw("</span></summary>\n");
    let columns = [
        Column::Words("Who"),
        Column::Words("Role"),
        Column::Words("Over"),
        Column::Days("Since"),
    ];
    let rows = place.grants.iter().take(MOST_GRANTS).map(|grant| {
        let (role, over) = (
            &facts.roles[grant.role as usize],
            &facts.resource_groups[grant.resource_group as usize],
        );
        vec![
            context.who_and_what(grant.principal),
            context.linked(&role.id, named(role.name.as_deref(), &role.identifier)),
            text(named(over.name.as_deref(), &over.identifier)),
            text(&context.days.day(i64::from(grant.since))),
        ]
    });
    page.table(&format!("Granted at {path}"), &columns, rows);
    if place.grants.len() > MOST_GRANTS {
        page.raw("<p>").prose(&counted(
            place.grants.len() - MOST_GRANTS,
            "more is",
            "more are",
        ));
        page.raw(" in <a href=\"#everything\">the list of everything</a>.</p>\n");
    }
    page.raw("</details>\n");
}
