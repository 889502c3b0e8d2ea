//! A picture of who holds how much power in each scope, drawn as inline SVG. Every number in it is text as well, so that
//! nothing is told by colour or length alone.

use std::collections::HashMap;

use super::context::Context;
use super::html::{Column, Html, grouped, text};
use super::power::{Holder, Power, Tally, in_scope};
use crate::model::Scope;

/// Scopes in the picture.
const MOST_SCOPES: usize = 14;
/// Its columns.
const KINDS: [(&str, &str); 3] = [
    ("administer", "Administer it"),
    ("use secrets", "Use its secrets"),
    ("deploy to production", "Deploy to its production"),
];

/// Draws who holds how much power in which scope.
pub(super) fn power_by_scope(context: &Context<'_>, page: &mut Html) {
    let scopes = scopes(context);
    let powers: Vec<Power> = KINDS
        .iter()
        .map(|(kind, _)| joined(context, kind))
        .collect();
    let tallies: Vec<(&Scope, Vec<Tally>)> = scopes
        .iter()
        .map(|scope| {
            (
                scope,
                powers
                    .iter()
                    .map(|power| in_scope(context.access, power, scope))
                    .collect(),
            )
        })
        .collect();
    let most = tallies
        .iter()
        .flat_map(|(_, tallies)| tallies)
        .map(|tally| size(*tally))
        .max()
        .unwrap_or_default();
    let columns: Vec<Column> = [Column::Words("Scope")]
        .into_iter()
        .chain(KINDS.iter().map(|(_, heading)| Column::Words(heading)))
        .collect();
    let rows = tallies.iter().map(|(scope, tallies)| {
        let bars = tallies.iter().map(|tally| bar(*tally, most));
        [text(&scope.to_string())].into_iter().chain(bars).collect()
    });
    page.raw("<figure class=\"power\">\n");
    page.table(
        "Who can do how much, by scope",
        &columns,
        rows.collect::<Vec<_>>(),
    );
    page.raw("<figcaption>People (filled) and service accounts (outlined) who can do it with what lives in the scope itself, by what \
        is granted there or above; 4 + 1 is 4 people and 1 service account. What depends is not counted.");
    let all = context
        .access
        .facts()
        .tree
        .iter()
        .filter(|scope| context.cut.holds(scope))
        .count();
    if all > scopes.len() {
        page.raw(" The scopes with the most role grants, of ")
            .number(all as u64)
            .raw(".");
    }
    page.raw("</figcaption>\n</figure>\n");
}

/// The account or the scope of the report first, then those with the most grants, in the order of the tree.
fn scopes(context: &Context<'_>) -> Vec<Scope> {
    let facts = context.access.facts();
    let mut grants: HashMap<&Scope, usize> = HashMap::new();
    for grant in &facts.grants {
        *grants
            .entry(&facts.scopes[grant.scope as usize])
            .or_default() += 1;
    }
    let top = context.cut.0.cloned().unwrap_or(Scope::Account);
    let mut scopes: Vec<&Scope> = facts
        .tree
        .iter()
        .filter(|scope| context.cut.holds(scope) && **scope != top)
        .collect();
    scopes.sort_by_key(|scope| {
        (
            std::cmp::Reverse(grants.get(scope).copied().unwrap_or_default()),
            scope.to_string(),
        )
    });
    scopes.truncate(MOST_SCOPES - 1);
    scopes.sort_by_key(ToString::to_string);
    [top]
        .into_iter()
        .chain(scopes.into_iter().cloned())
        .collect()
}

/// All holders of the powers of a column.
fn joined(context: &Context<'_>, kind: &str) -> Power {
    let mut by_principal: HashMap<u32, Vec<_>> = HashMap::new();
    for power in context
        .powers
        .iter()
        .filter(|power| power.short == Some(kind))
    {
        for holder in &power.holders {
            by_principal
                .entry(holder.principal)
                .or_default()
                .extend(holder.paths.iter().cloned());
        }
    }
    let mut holders: Vec<Holder> = by_principal
        .into_iter()
        .map(|(principal, paths)| Holder { principal, paths })
        .collect();
    holders.sort_by_key(|holder| holder.principal);
    Power {
        key: "",
        title: "",
        meaning: "",
        short: None,
        holders,
    }
}

fn size(tally: Tally) -> usize {
    tally.people + tally.service_accounts
}

fn bar(tally: Tally, most: usize) -> Html {
    let mut piece = Html::default();
    let width = |number: usize| format!("{:.1}", 100.0 * share(number, most));
    piece.raw("<span class=\"bar\"><svg viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">");
    piece
        .raw("<rect class=\"people\" height=\"8\"")
        .attribute("width", &width(tally.people))
        .raw("/>");
    piece
        .raw("<rect class=\"programs\" height=\"8\"")
        .attribute("x", &width(tally.people));
    piece
        .attribute("width", &width(tally.service_accounts))
        .raw("/></svg> ");
    piece.prose(&match (tally.people, tally.service_accounts) {
        (people, 0) => grouped(people as u64),
        (people, programs) => format!("{} + {}", grouped(people as u64), grouped(programs as u64)),
    });
    piece.raw("</span>");
    piece
}

/// A part of a whole; nothing of nothing.
#[expect(clippy::cast_precision_loss, reason = "a length on the screen")]
pub(super) fn share(number: usize, most: usize) -> f64 {
    if most == 0 {
        0.0
    } else {
        number as f64 / most as f64
    }
}
