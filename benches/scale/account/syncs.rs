//! Syncs of an account that stays as it is, and of one that changes.

use std::error::Error;
use std::time::Duration;

use serde_json::Value;

use super::{Account, DATABASE, Floors, LIVE, Synced, check, nearly, synced};
use crate::floor;
use crate::measure::{Cost, Ended};
use crate::readers::{self, Watch};
use crate::table;

const PARSE_INSERT: &str = "parse the same JSON, insert and index the same rows";
const PARSE_SCAN: &str = "parse the same JSON, read the same rows";

impl Account<'_> {
    pub(super) fn syncs(&self) -> Result<Floors, Box<dyn Error>> {
        let (first, stored) = self.sync()?;
        let parsed = floor::parse(self.fake)?;
        check(parsed.assignments == self.size, || {
            format!("{} role assignments were served", parsed.assignments)
        })?;
        check(stored.grants == parsed.grants, || {
            format!("{} grants stored, {} served", stored.grants, parsed.grants)
        })?;
        let insert = floor::insert(&self.database, &self.runner.folder)?;
        self.sync_line(
            "sync, first",
            first,
            &stored,
            parsed.cpu + insert,
            PARSE_INSERT,
        );

        let (again, stored_again) = self.sync()?;
        check(stored_again.grants == stored.grants, || {
            format!("{} grants became {}", stored.grants, stored_again.grants)
        })?;
        self.differences(0, &stored, &stored_again)?;
        let scan = self.scan(LIVE, stored.grants)?;
        self.sync_line(
            "sync, nothing changed",
            again,
            &stored_again,
            parsed.cpu + scan,
            PARSE_SCAN,
        );

        let (diff, newest) = self.changed_syncs(stored, parsed.cpu + scan)?;
        if self.size == 1_000_000 {
            tell_targets(&first, parsed.cpu + insert, &again, &newest);
        }
        Ok(Floors { insert, diff })
    }

    /// Syncs after changes; the costs of the last diff and the last sync.
    fn changed_syncs(
        &self,
        mut before: Synced,
        least_of_sync: Duration,
    ) -> Result<(Cost, Cost), Box<dyn Error>> {
        let (mut diff, mut newest) = (Cost::default(), Cost::default());
        for (what, percent, seed) in [("1 %", 1.0, 2), ("0.3 %", 0.3, 3)] {
            let changed = self
                .fake
                .order(&format!("change/churn?percent={percent}&seed={seed}"))?;
            let (cost, after) = self.sync()?;
            let ended = self.differences(changed, &before, &after)?;
            self.sync_line(
                &format!("sync, {what} changed"),
                cost,
                &after,
                least_of_sync,
                PARSE_SCAN,
            );
            let snapshot = 1 + seed;
            let replaced = format!(
                "SELECT * FROM _grant WHERE valid_from = {snapshot} OR valid_until = {snapshot}"
            );
            let least = self.scan(&replaced, changed)?;
            self.line(
                &format!("diff, {what} changed"),
                ended.cost,
                least,
                "read the rows that changed",
            );
            (before, diff, newest) = (after, ended.cost, cost);
        }
        self.sync_beside_a_reader(least_of_sync)?;
        Ok((diff, newest))
    }

    /// One more sync, beside somebody who opens the file again and again; that costs both, so no other has a reader beside.
    fn sync_beside_a_reader(&self, least: Duration) -> Result<(), Box<dyn Error>> {
        self.fake.order("change/churn?percent=1&seed=4")?;
        let watch = Watch::on(&self.database);
        let (cost, stored) = self.sync()?;
        let refused = watch.end();
        self.sync_line("... beside a reader", cost, &stored, least, PARSE_SCAN);
        readers::tell(refused);
        Ok(())
    }

    fn sync(&self) -> Result<(Cost, Synced), Box<dyn Error>> {
        let arguments = [
            "sync",
            "--db",
            DATABASE,
            "--max-rate",
            "0",
            "--format",
            "json",
        ];
        let ended = self.runner.run(self.program, &arguments, 0)?;
        Ok((ended.cost, synced(&ended.out)?))
    }

    /// Runs `diff` and holds it to what the fake says it changed, and to what it serves.
    fn differences(
        &self,
        changed: u64,
        before: &Synced,
        after: &Synced,
    ) -> Result<Ended, Box<dyn Error>> {
        let status = i32::from(changed > 0);
        let ended = self.ask(&["diff", "--format", "json"], status)?;
        let diff: Value = serde_json::from_str(&ended.out)?;
        let count = |what: &str| diff["summary"]["grants"][what].as_u64().unwrap_or(u64::MAX);
        let (added, removed, other) = (count("added"), count("removed"), count("changed"));
        let fits = |number: u64| number <= changed && nearly(number, changed);
        check(fits(added + other) && fits(removed + other), || {
            format!(
                "{changed} changed, but diff says: {added} added, {removed} removed, {other} changed"
            )
        })?;
        check(before.grants + added == after.grants + removed, || {
            format!(
                "{} grants, {added} added, {removed} removed, {} grants",
                before.grants, after.grants
            )
        })?;
        if changed > 0 {
            self.sampled_differences(&diff)?;
        }
        Ok(ended)
    }

    /// Role assignments that the fake made new, on pages spread over its list, must be in the diff.
    fn sampled_differences(&self, diff: &Value) -> Result<(), Box<dyn Error>> {
        let snapshot = diff["to"]["snapshot"].as_u64().unwrap_or_default();
        let churned = format!("role_assignment_x{:04}", snapshot - 1);
        let mut told = std::collections::HashSet::new();
        for change in diff["changes"].as_array().ok_or("no changes")? {
            told.extend(change["after"]["role_assignment"].as_str());
        }
        let sample = floor::sample(self.fake, self.size)?;
        let new: Vec<&String> = sample
            .iter()
            .filter(|name| name.starts_with(&churned))
            .collect();
        check(!new.is_empty(), || {
            format!("no {churned} among {} role assignments", sample.len())
        })?;
        let missing: Vec<&&String> = new
            .iter()
            .filter(|name| !told.contains(name.as_str()))
            .collect();
        check(nearly(new.len() - missing.len(), new.len()), || {
            format!("{missing:?} are new, and not in the diff")
        })?;
        Ok(())
    }
}

fn tell_targets(first: &Cost, least: Duration, again: &Cost, newest: &Cost) {
    println!();
    table::target(
        "1,000,000 role assignments, first sync, in times of its floor",
        first.cpu.as_secs_f64() / least.as_secs_f64(),
        "",
        2.0,
    );
    table::target(
        "... a day's 0.3 %, beyond a sync of nothing new: CPU",
        (newest.cpu.as_secs_f64() - again.cpu.as_secs_f64()).max(0.0),
        "s",
        0.3,
    );
    table::target("... first sync: CPU", first.cpu.as_secs_f64(), "s", 5.0);
    let share = again.written as f64 * 100.0 / first.written as f64;
    table::target(
        "... written when nothing changed, of what the first wrote",
        share,
        "%",
        1.0,
    );
}
