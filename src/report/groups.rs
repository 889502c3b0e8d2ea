//! User groups with their members and roles; roles with their permissions and holders.

use std::collections::{HashMap, HashSet};

use super::context::Context;
use super::html::{Column, Html, counted, number, text};
use super::inventory::{Group, Role};
use super::limits::{GROUP_ROLES, NAMES};
use super::words::{address_of, day, display};
use crate::access::permissions::Catalogue;
use crate::model::{ResourceType, RoleFact};
use crate::output::text::named;

/// Writes the section.
pub(super) fn write(context: &Context<'_>, page: &mut Html) {
    let holdings = Holdings::of(context);
    page.raw("<h3 id=\"user-groups\">User groups</h3>\n");
    let shown = &context.selection.groups;
    for group in shown {
        group_card(context, page, group, &holdings);
    }
    left_out(
        page,
        context.material.inventory.groups.len() - shown.len(),
        "user group",
        "user groups",
        "user_groups",
    );
    page.raw("<h3 id=\"roles\">Roles</h3>\n<p class=\"quiet\">The account's own roles first, then those that Harness supplies \
        and somebody holds.</p>\n");
    let facts: HashMap<&str, &RoleFact> = context
        .access
        .facts()
        .roles
        .iter()
        .map(|role| (role.id.as_str(), role))
        .collect();
    let shown = &context.selection.roles;
    for role in shown {
        if let Some(fact) = facts.get(role.id.as_str()) {
            role_card(page, context.access.catalogue(), role, fact, &holdings);
        }
    }
    left_out(
        page,
        context.material.inventory.roles.len() - shown.len(),
        "role",
        "roles",
        "roles",
    );
}

fn left_out(page: &mut Html, rest: usize, one: &str, many: &str, view: &'static str) {
    if rest > 0 {
        page.raw("<p>").prose(&counted(
            rest,
            &format!("more {one} is"),
            &format!("more {many} are"),
        ));
        page.raw(" not shown here: see the view <code>")
            .raw(view)
            .raw("</code>.</p>\n");
    }
}

/// Members and role grants by who has them.
struct Holdings {
    /// Grants of each principal.
    grants: HashMap<u32, Vec<usize>>,
    /// Grants and holders of each role, by text id.
    of_role: HashMap<String, (u64, HashSet<u32>)>,
}

impl Holdings {
    fn of(context: &Context<'_>) -> Self {
        let facts = context.access.facts();
        let mut holdings = Self {
            grants: HashMap::new(),
            of_role: HashMap::new(),
        };
        for (at, grant) in facts.grants.iter().enumerate() {
            if !context.cut.touches(&facts.scopes[grant.scope as usize]) {
                continue;
            }
            holdings.grants.entry(grant.principal).or_default().push(at);
            let id = &facts.roles[grant.role as usize].id;
            let (grants, holders) = holdings.of_role.entry(id.clone()).or_default();
            *grants += 1;
            if context.access.principal(grant.principal).kind == ResourceType::UserGroup {
                let members = context.members_of.get(&grant.principal);
                holders.extend(members.into_iter().flatten());
            } else {
                holders.insert(grant.principal);
            }
        }
        holdings
    }
}

fn group_card(context: &Context<'_>, page: &mut Html, group: &Group, holdings: &Holdings) {
    let Some(at) = context.principals.get(group.id.as_str()) else {
        return;
    };
    let fact = context.access.principal(*at);
    let grants = holdings.grants.get(at).map_or(&[][..], Vec::as_slice);
    page.raw("<details class=\"card\"")
        .attribute("id", &address_of(&group.id))
        .raw("><summary><b>")
        .text(display(fact).0);
    page.raw("</b> <span class=\"quiet\">")
        .text(&fact.scope.to_string())
        .raw("</span> <span class=\"tail\">");
    match group.members {
        Some(members) => page.prose(&counted(
            usize::try_from(members).unwrap_or_default(),
            "member",
            "members",
        )),
        None => page.raw("members not seen"),
    };
    page.raw(", ")
        .prose(&counted(grants.len(), "role", "roles"))
        .raw("</span></summary>\n<dl class=\"facts\">\n");
    for (term, value) in [
        ("Id", group.id.as_str()),
        ("Members come from", &group.source),
        ("Known like this since", day(&group.since)),
    ] {
        page.raw("<div>")
            .element("dt", term)
            .raw("<dd>")
            .text(value)
            .raw("</dd></div>\n");
    }
    page.raw("</dl>\n");
    roles_of_group(context, page, grants);
    members(
        context,
        page,
        context.members_of.get(at).map_or(&[][..], Vec::as_slice),
    );
    page.raw("</details>\n");
}

fn roles_of_group(context: &Context<'_>, page: &mut Html, grants: &[usize]) {
    if grants.is_empty() {
        return;
    }
    let facts = context.access.facts();
    let columns = [
        Column::Words("Role"),
        Column::Words("Held at"),
        Column::Words("Over"),
        Column::Days("Since"),
    ];
    let rows = grants.iter().take(GROUP_ROLES).map(|at| {
        let grant = &facts.grants[*at];
        let role = &facts.roles[grant.role as usize];
        let over = &facts.resource_groups[grant.resource_group as usize];
        vec![
            context.linked(&role.id, named(role.name.as_deref(), &role.identifier)),
            text(&facts.scopes[grant.scope as usize].to_string()),
            text(named(over.name.as_deref(), &over.identifier)),
            text(&context.days.day(i64::from(grant.since))),
        ]
    });
    page.table("Roles that every member holds", &columns, rows);
    let rest = grants.len().saturating_sub(GROUP_ROLES);
    if rest > 0 {
        page.raw("<p>")
            .prose(&counted(rest, "more role", "more roles"));
        page.raw(": see <a href=\"#everything\">the list of everything</a>.</p>\n");
    }
}

fn members(context: &Context<'_>, page: &mut Html, members: &[u32]) {
    if members.is_empty() {
        return;
    }
    let mut members = members.to_vec();
    members.sort_by_key(|at| display(context.access.principal(*at)));
    page.raw("<p>Members:</p>\n<ul class=\"names\">");
    for at in members.iter().take(NAMES) {
        page.raw("<li>").add(&context.who(*at)).raw("</li>");
    }
    if members.len() > NAMES {
        page.raw("<li>and ")
            .number((members.len() - NAMES) as u64)
            .raw(" more</li>");
    }
    page.raw("</ul>\n");
}

fn role_card(
    page: &mut Html,
    catalogue: &Catalogue,
    role: &Role,
    fact: &RoleFact,
    holdings: &Holdings,
) {
    let held = holdings.of_role.get(&role.id);
    let (grants, holders) = held.map_or((0, 0), |(grants, holders)| (*grants, holders.len()));
    page.raw("<details class=\"card\"")
        .attribute("id", &address_of(&role.id))
        .raw("><summary><b>");
    page.text(named(fact.name.as_deref(), &fact.identifier))
        .raw("</b> <span class=\"quiet\">");
    page.text(if role.harness_managed {
        "supplied by Harness"
    } else {
        "made in this account"
    })
    .raw("</span> <span class=\"tail\">");
    page.prose(&counted(holders, "holder", "holders")).raw(", ");
    page.prose(&counted(
        fact.permissions.len(),
        "permission",
        "permissions",
    ))
    .raw("</span></summary>\n<dl class=\"facts\">\n");
    for (term, value) in [
        ("Id", text(&role.id)),
        ("Lives in", text(&fact.scope.to_string())),
        ("Role grants", number(grants)),
        (
            "People and service accounts who hold it",
            number(holders as u64),
        ),
        ("Known like this since", text(day(&role.since))),
    ] {
        page.raw("<div>")
            .element("dt", term)
            .raw("<dd>")
            .add(&value)
            .raw("</dd></div>\n");
    }
    page.raw("</dl>\n");
    permission_list(page, catalogue, fact);
    page.raw("</details>\n");
}

fn permission_list(page: &mut Html, catalogue: &Catalogue, fact: &RoleFact) {
    if fact.permissions.is_empty() {
        page.raw("<p>It permits nothing.</p>\n");
        return;
    }
    page.raw("<p>Permissions:</p>\n<ul class=\"names\">");
    for permission in fact.permissions.iter().take(NAMES) {
        page.raw("<li>");
        let known = catalogue.permission(permission);
        match known.and_then(|known| known.name) {
            Some(name) => page
                .text(name)
                .raw(" <span class=\"quiet\">")
                .text(permission)
                .raw("</span>"),
            None => page.text(permission),
        };
        page.raw("</li>");
    }
    if fact.permissions.len() > NAMES {
        page.raw("<li>and ")
            .number((fact.permissions.len() - NAMES) as u64);
        page.raw(" more: see the view <code>role_permissions</code></li>");
    }
    page.raw("</ul>\n");
}
