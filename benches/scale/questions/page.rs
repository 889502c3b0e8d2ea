//! The tables of `docs/performance.md`, as that page has them: all of one run.

use super::{Answered, Kind};
use crate::table;

/// Prints both tables; the first beside a smaller account.
pub(super) fn print(small: &[Answered], large: &[Answered]) {
    println!(
        "\nFor docs/performance.md:\n\n| recipe | 100,000 | rows | 1,000,000 | rows |\n|---|---|---|---|---|"
    );
    let recipes = small.iter().filter(|answer| answer.kind == Kind::Recipe);
    for (small, large) in recipes.zip(large) {
        println!(
            "| `{}` | {} | {} | {} | {} |",
            large.what,
            time(small),
            grouped(small.rows),
            time(large),
            grouped(large.rows)
        );
    }
    println!("\n| command, 1,000,000 role assignments | CPU | memory | lines |\n|---|---|---|---|");
    for answer in large.iter().filter(|answer| answer.kind != Kind::Recipe) {
        println!(
            "| `{}` | {} | {:.0} MB | {} |",
            answer.what,
            time(answer),
            table::megabytes(answer.cost.peak),
            grouped(answer.rows)
        );
    }
}

fn time(of: &Answered) -> String {
    let seconds = of.cost.cpu.as_secs_f64();
    if seconds < 1.0 {
        format!("{:.0} ms", seconds * 1e3)
    } else {
        format!("{seconds:.1} s")
    }
}

/// A number with its thousands set apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    groups.join(",")
}
