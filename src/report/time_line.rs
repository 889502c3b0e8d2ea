//! A picture of grants, and of changes that let somebody do more, over the snapshots of the file, drawn as inline SVG, and the same as a table.

use super::context::Context;
use super::html::{Column, Html, grouped, number, text};
use super::material::Point;
use super::picture::share;
use super::words::{day, minute};

/// Sizes in the picture's own units, the same as in its `viewBox`.
const WIDTH: f64 = 720.0;
const LEFT: f64 = 10.0;
/// Room for the number behind the last point.
const RIGHT: f64 = 100.0;
const TOP: f64 = 24.0;
const LINE: f64 = 90.0;
const FLOOR: f64 = 182.0;
const HIGHEST_BAR: f64 = 42.0;
/// Bars have a number each unless there are more of them.
const MOST_NUMBERS: usize = 40;

/// Draws it, where there are two snapshots at least.
pub(super) fn write(context: &Context<'_>, page: &mut Html) {
    let points = context.material.timeline;
    let [first, .., last] = points else {
        return;
    };
    page.raw(
        "<div class=\"time\">\n<figure>\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" \
         aria-label=\"Time line\">\n<svg viewBox=\"0 0 720 204\" role=\"img\" \
         aria-labelledby=\"time-title time-description\">\n<title id=\"time-title\">Grants, and changes that let \
         somebody do more, over the snapshots</title>\n<desc id=\"time-description\">",
    );
    page.prose(&description(points, first, last))
        .raw("</desc>\n");
    Chart::of(points).draw(page, first, last);
    page.raw(
        "</svg>\n</div>\n<figcaption>The whole account. Line: grants (role grants and memberships) of each snapshot, \
         drawn from the fewest to the most rather than from zero. Bars: changes since the one before that let somebody \
         do more.</figcaption>\n</figure>\n<details><summary>The same as a \
         table</summary>\n",
    );
    table(points, page);
    page.raw("</details>\n</div>\n");
}

fn grants(point: &Point) -> usize {
    usize::try_from(point.snapshot.grants).unwrap_or_default()
}

fn description(points: &[Point], first: &Point, last: &Point) -> String {
    let escalations: usize = points.iter().filter_map(|point| point.escalations).sum();
    format!(
        "From {} to {}: {} grants at first, {} at last; {} changes that let somebody do more.",
        day(&first.snapshot.finished_at),
        day(&last.snapshot.finished_at),
        grouped(grants(first) as u64),
        grouped(grants(last) as u64),
        grouped(escalations as u64)
    )
}

fn table(points: &[Point], page: &mut Html) {
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
        let escalations = match point.escalations {
            Some(escalations) => number(escalations as u64),
            None => text("first of these"),
        };
        vec![
            text(&format!(
                "{}{}",
                point.snapshot.id,
                label.unwrap_or_default()
            )),
            text(&minute(&point.snapshot.finished_at)),
            text(&point.snapshot.state),
            number(grants(point) as u64),
            escalations,
        ]
    });
    page.table("Snapshots", &columns, rows);
}

/// Where things are in the picture.
struct Chart<'a> {
    points: &'a [Point],
    fewest: usize,
    most: usize,
    /// Most escalations of one point.
    highest: usize,
    step: f64,
}

impl<'a> Chart<'a> {
    fn of(points: &'a [Point]) -> Self {
        let numbers = || points.iter().map(grants);
        let escalations = points.iter().filter_map(|point| point.escalations);
        Self {
            points,
            fewest: numbers().min().unwrap_or_default(),
            most: numbers().max().unwrap_or_default(),
            highest: escalations.max().unwrap_or_default(),
            step: (WIDTH - LEFT - RIGHT) * share(1, points.len().saturating_sub(1)),
        }
    }

    fn x(&self, at: usize) -> f64 {
        LEFT + self.step * share(at, 1)
    }

    fn y(&self, point: &Point) -> f64 {
        let above = share(
            grants(point) - self.fewest,
            (self.most - self.fewest).max(1),
        );
        TOP + LINE * (1.0 - above)
    }

    fn draw(&self, page: &mut Html, first: &Point, last: &Point) {
        let numbered = || self.points.iter().enumerate();
        let line = numbered().map(|(at, point)| format!("{:.1},{:.1}", self.x(at), self.y(point)));
        let line: Vec<String> = line.collect();
        page.raw("<polyline")
            .attribute("points", &line.join(" "))
            .raw("/>\n");
        for (at, point) in numbered() {
            page.raw("<circle r=\"3\"");
            measure(page, "cx", self.x(at));
            measure(page, "cy", self.y(point));
            page.raw("/>");
            self.bar(page, at, point.escalations.unwrap_or_default());
        }
        let end = self.x(self.points.len() - 1);
        label(
            page,
            end + 8.0,
            self.y(last) + 4.0,
            "start",
            &format!("{} grants", grouped(grants(last) as u64)),
        );
        label(
            page,
            LEFT,
            self.y(first) - 8.0,
            "start",
            &grouped(grants(first) as u64),
        );
        label(
            page,
            LEFT,
            FLOOR + 18.0,
            "start",
            &minute(&first.snapshot.finished_at),
        );
        label(
            page,
            end,
            FLOOR + 18.0,
            "end",
            &minute(&last.snapshot.finished_at),
        );
        page.raw("\n<line class=\"axis\"");
        for (name, value) in [("x1", LEFT), ("x2", end), ("y1", FLOOR), ("y2", FLOOR)] {
            measure(page, name, value);
        }
        page.raw("/>\n");
    }

    fn bar(&self, page: &mut Html, at: usize, escalations: usize) {
        if escalations == 0 {
            return;
        }
        let width = (self.step * 0.6).clamp(2.0, 24.0);
        let height = HIGHEST_BAR * share(escalations, self.highest);
        page.raw("\n<rect");
        measure(page, "x", self.x(at) - width / 2.0);
        measure(page, "y", FLOOR - height);
        measure(page, "width", width);
        measure(page, "height", height);
        page.raw("/>");
        if self.points.len() <= MOST_NUMBERS {
            label(
                page,
                self.x(at),
                FLOOR - height - 4.0,
                "middle",
                &grouped(escalations as u64),
            );
        }
    }
}

fn measure(page: &mut Html, name: &'static str, value: f64) {
    page.attribute(name, &format!("{value:.1}"));
}

fn label(page: &mut Html, x: f64, y: f64, anchor: &str, words: &str) {
    page.raw("\n<text");
    measure(page, "x", x);
    measure(page, "y", y);
    page.attribute("text-anchor", anchor)
        .raw(">")
        .text(words)
        .raw("</text>");
}
