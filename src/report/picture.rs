//! The pictures: how much power is held in each scope, and grants and escalations over the snapshots of the file. Drawn
//! as inline SVG; every number in them is text as well, so that nothing is told by colour or length alone.

use std::collections::HashMap;

use super::html::{Column, Html, grouped, text};
use super::power::{Holder, Power, Tally, in_scope};
use super::words::{day, minute};
use super::{Context, Point};
use crate::model::Scope;

/// Scopes in the first picture.
const MOST_SCOPES: usize = 14;
/// Columns of the first picture.
const KINDS: [(&str, &str); 3] = [
    ("administer", "Administer it"),
    ("use secrets", "Use its secrets"),
    ("deploy to production", "Deploy to its production"),
];
/// Size of the second picture, in its own units.
const WIDTH: f64 = 720.0;
const TOP: f64 = 24.0;
const LINE: f64 = 90.0;
const BARS: f64 = 60.0;
const LEFT: f64 = 10.0;

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
    page.raw("<figcaption>People (filled) and service accounts (outlined) who can do it there, by what is granted there or above. \
        What depends is not counted.");
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
    scopes.sort_by_key(|scope| scope.to_string());
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

#[expect(clippy::cast_precision_loss, reason = "a length on the screen")]
fn share(number: usize, most: usize) -> f64 {
    if most == 0 {
        0.0
    } else {
        number as f64 / most as f64
    }
}

/// Draws grants and escalations over the snapshots.
pub(super) fn time_line(context: &Context<'_>, page: &mut Html) {
    let points = context.material.timeline;
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return;
    };
    if points.len() < 2 {
        return;
    }
    let escalations: usize = points.iter().filter_map(|point| point.escalations).sum();
    let grants = |point: &Point| usize::try_from(point.snapshot.grants).unwrap_or_default();
    let most = points.iter().map(grants).max().unwrap_or_default();
    let least = points.iter().map(grants).min().unwrap_or_default();
    page.raw("<div class=\"time\">\n<figure>\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Time line\">\n\
        <svg viewBox=\"0 0 720 204\" role=\"img\" aria-labelledby=\"time-title time-description\">\n\
        <title id=\"time-title\">Grants and escalations over the snapshots</title>\n<desc id=\"time-description\">");
    page.prose(&format!(
        "From {} to {}: {} grants at first, {} at last, between {} and {}; {} changes that let somebody do more.",
        day(&first.snapshot.finished_at),
        day(&last.snapshot.finished_at),
        grouped(grants(first) as u64),
        grouped(grants(last) as u64),
        grouped(least as u64),
        grouped(most as u64),
        grouped(escalations as u64)
    ));
    page.raw("</desc>\n");
    draw(page, points, least, most);
    page.raw("</svg>\n</div>\n<figcaption>Line: grants (role grants and memberships) of each snapshot. Bars: changes since the one \
        before that let somebody do more.</figcaption>\n</figure>\n<details><summary>The same as a table</summary>\n");
    let columns = [
        Column::Words("Snapshot"),
        Column::Words("Finished"),
        Column::Words("State"),
        Column::Numbers("Grants"),
        Column::Numbers("Changes that let somebody do more"),
    ];
    let rows = points.iter().map(|point| {
        let label = point
            .snapshot
            .label
            .as_ref()
            .map(|label| format!(" \"{label}\""));
        vec![
            text(&format!(
                "{}{}",
                point.snapshot.id,
                label.unwrap_or_default()
            )),
            text(&minute(&point.snapshot.finished_at)),
            text(&point.snapshot.state),
            super::html::number(grants(point) as u64),
            point.escalations.map_or_else(
                || text("first of these"),
                |number| super::html::number(number as u64),
            ),
        ]
    });
    page.table("Snapshots", &columns, rows.collect::<Vec<_>>());
    page.raw("</details>\n</div>\n");
}

fn draw(page: &mut Html, points: &[Point], least: usize, most: usize) {
    let grants = |point: &Point| usize::try_from(point.snapshot.grants).unwrap_or_default();
    let step = (WIDTH - 2.0 * LEFT - 90.0) * share(1, points.len() - 1);
    let x = |at: usize| LEFT + step * share(at, 1);
    let y =
        |point: &Point| TOP + LINE * (1.0 - share(grants(point) - least, (most - least).max(1)));
    let line: Vec<String> = points
        .iter()
        .enumerate()
        .map(|(at, point)| format!("{:.1},{:.1}", x(at), y(point)))
        .collect();
    page.raw("<polyline class=\"grants\"")
        .attribute("points", &line.join(" "))
        .raw("/>\n");
    for (at, point) in points.iter().enumerate() {
        page.raw("<circle class=\"grants\" r=\"3\"");
        page.attribute("cx", &format!("{:.1}", x(at)))
            .attribute("cy", &format!("{:.1}", y(point)))
            .raw("/>");
    }
    let highest = points
        .iter()
        .filter_map(|point| point.escalations)
        .max()
        .unwrap_or_default();
    let (floor, width) = (TOP + LINE + BARS + 8.0, (step * 0.6).clamp(2.0, 24.0));
    for (at, point) in points.iter().enumerate() {
        let Some(number) = point.escalations.filter(|number| *number > 0) else {
            continue;
        };
        let height = (BARS - 18.0) * share(number, highest);
        page.raw("\n<rect class=\"more\"")
            .attribute("x", &format!("{:.1}", x(at) - width / 2.0));
        page.attribute("y", &format!("{:.1}", floor - height))
            .attribute("width", &format!("{width:.1}"));
        page.attribute("height", &format!("{height:.1}")).raw("/>");
        if points.len() <= 40 {
            label(
                page,
                x(at),
                floor - height - 4.0,
                "middle",
                &number.to_string(),
            );
        }
    }
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return;
    };
    let end = x(points.len() - 1);
    label(
        page,
        end + 8.0,
        y(last) + 4.0,
        "start",
        &format!("{} grants", grouped(grants(last) as u64)),
    );
    label(
        page,
        LEFT,
        floor + 18.0,
        "start",
        &minute(&first.snapshot.finished_at),
    );
    label(
        page,
        end,
        floor + 18.0,
        "end",
        &minute(&last.snapshot.finished_at),
    );
    label(
        page,
        LEFT,
        y(first) - 8.0,
        "start",
        &grouped(grants(first) as u64),
    );
    page.raw("\n<line class=\"axis\"")
        .attribute("x1", &format!("{LEFT:.1}"))
        .attribute("x2", &format!("{end:.1}"));
    page.attribute("y1", &format!("{floor:.1}"))
        .attribute("y2", &format!("{floor:.1}"))
        .raw("/>\n");
}

fn label(page: &mut Html, x: f64, y: f64, anchor: &str, words: &str) {
    page.raw("\n<text")
        .attribute("x", &format!("{x:.1}"))
        .attribute("y", &format!("{y:.1}"));
    page.attribute("text-anchor", anchor)
        .raw(">")
        .text(words)
        .raw("</text>");
}
