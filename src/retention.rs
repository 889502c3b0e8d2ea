//! Which snapshots stay when a file is pruned. The rules and their meaning are restic's; days are UTC.

use crate::model::{SnapshotInfo, Timestamp};

/// What is to be kept. A snapshot stays when any rule keeps it; the newest always does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// So many newest snapshots.
    pub last: u64,
    /// The newest of each of so many days that have one.
    pub daily: u64,
    /// Of so many weeks, Monday to Sunday.
    pub weekly: u64,
    /// Of so many months.
    pub monthly: u64,
    /// Those with a label like one of these; `*` stands for anything, `?` for one character.
    pub labels: Vec<String>,
    /// Let labelled ones go that no other rule keeps.
    pub forget_labelled: bool,
}

/// What becomes of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The snapshot.
    pub snapshot: SnapshotInfo,
    /// Why it stays; empty = it goes.
    pub reasons: Vec<&'static str>,
}

impl Keep {
    /// Whether there is any rule. Without one everything but the newest snapshot would go.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self {
            last,
            daily,
            weekly,
            monthly,
            labels,
            forget_labelled: _,
        } = self;
        [last, daily, weekly, monthly]
            .iter()
            .all(|number| **number == 0)
            && labels.is_empty()
    }

    /// Patterns of labels that fit no snapshot.
    pub(crate) fn unmatched(&self, snapshots: &[SnapshotInfo]) -> Vec<&str> {
        let fits = |glob: &str| {
            let mut labels = snapshots.iter().filter_map(|one| one.label.as_deref());
            labels.any(|label| matches(glob, label))
        };
        let labels = self.labels.iter().map(String::as_str);
        labels.filter(|glob| !fits(glob)).collect()
    }

    /// Decides on every snapshot, oldest first. Time counts, not the number: a clock may have been wrong. What was stored
    /// last always stays too, since later syncs build on it.
    #[must_use]
    pub fn decide(&self, mut snapshots: Vec<SnapshotInfo>) -> Vec<Decision> {
        let last_stored = snapshots.iter().map(|snapshot| snapshot.id).max();
        snapshots.sort_by(|a, b| (&a.finished_at, a.id).cmp(&(&b.finished_at, b.id)));
        let rules: [KeepRule; 4] = [
            ("last", self.last, |snapshot| Period::Number(snapshot.id)),
            ("daily", self.daily, |snapshot| {
                Period::Number(day(snapshot))
            }),
            // 1970-01-01 was a Thursday.
            ("weekly", self.weekly, |snapshot| {
                Period::Number((day(snapshot) + 3).div_euclid(7))
            }),
            ("monthly", self.monthly, |snapshot| {
                Period::Text(snapshot.finished_at.get(..7).unwrap_or_default().to_owned())
            }),
        ];
        let mut decisions: Vec<Decision> = snapshots
            .into_iter()
            .map(|snapshot| Decision {
                snapshot,
                reasons: Vec::new(),
            })
            .collect();
        if let Some(newest) = decisions.last_mut() {
            newest.reasons.push("newest");
        }
        for decision in &mut decisions {
            let is_last = Some(decision.snapshot.id) == last_stored;
            if is_last && decision.reasons.is_empty() {
                decision.reasons.push("stored last");
            }
        }
        for (name, mut left, period) in rules {
            let mut seen = None;
            for decision in decisions.iter_mut().rev() {
                let this = Some(period(&decision.snapshot));
                if left > 0 && this != seen {
                    decision.reasons.push(name);
                    left -= 1;
                }
                seen = this;
            }
        }
        for decision in &mut decisions {
            let label = decision.snapshot.label.as_deref();
            let named = |label: &str| self.labels.iter().any(|glob| matches(glob, label));
            if label.is_some_and(|label| !self.forget_labelled || named(label)) {
                decision.reasons.push("label");
            }
        }
        decisions
    }
}

/// Name, how many to keep, and the period that a snapshot falls into.
type KeepRule = (&'static str, u64, fn(&SnapshotInfo) -> Period);

#[derive(PartialEq, Eq)]
enum Period {
    Number(i64),
    Text(String),
}

fn day(snapshot: &SnapshotInfo) -> i64 {
    Timestamp::parse_at_latest(&snapshot.finished_at)
        .map_or(0, |moment| moment.as_millis().div_euclid(86_400_000))
}

/// `*` for any text, `?` for one character.
fn matches(glob: &str, text: &str) -> bool {
    let (glob, text): (Vec<char>, Vec<char>) = (glob.chars().collect(), text.chars().collect());
    let (mut at, mut from) = (0, 0);
    let mut star = None;
    while from < text.len() {
        match glob.get(at) {
            Some('*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(&c) if c == '?' || c == text[from] => {
                at += 1;
                from += 1;
            }
            // Let the last star take one character more.
            _ => match star {
                Some((star_at, taken)) => {
                    star = Some((star_at, taken + 1));
                    at = star_at + 1;
                    from = taken + 1;
                }
                None => return false,
            },
        }
    }
    glob[at..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::{Keep, matches};
    use crate::model::SnapshotInfo;

    fn snapshot(id: i64, day: &str, label: Option<&str>) -> SnapshotInfo {
        let at = format!("{day}:00:00.000Z");
        SnapshotInfo {
            id,
            label: label.map(str::to_owned),
            state: "complete".to_owned(),
            started_at: at.clone(),
            finished_at: at,
            account_id: String::new(),
            base_url: String::new(),
            scopes: String::new(),
            caller: None,
            tool_version: String::new(),
            requests: 0,
            users: 0,
            service_accounts: 0,
            user_groups: 0,
            roles: 0,
            resource_groups: 0,
            grants: 0,
            disabled_role_assignments: 0,
            digest: None,
        }
    }

    fn kept(keep: &Keep, at: &[&str]) -> Vec<i64> {
        let snapshots = at
            .iter()
            .zip(1..)
            .map(|(day, id)| snapshot(id, day, (id == 1).then_some("audit-1")));
        keep.decide(snapshots.collect())
            .into_iter()
            .filter(|decision| !decision.reasons.is_empty())
            .map(|decision| decision.snapshot.id)
            .collect()
    }

    #[test]
    fn the_newest_of_each_period_stays() {
        // 2026-03-01 is a Sunday.
        let at = [
            "2026-01-31T10",
            "2026-02-01T08",
            "2026-02-01T23",
            "2026-02-27T10",
            "2026-03-01T10",
            "2026-03-02T09",
            "2026-03-02T10",
        ];
        let keep = |last, daily, weekly, monthly| Keep {
            last,
            daily,
            weekly,
            monthly,
            labels: Vec::new(),
            forget_labelled: true,
        };
        assert_eq!(kept(&keep(2, 0, 0, 0), &at), [6, 7]);
        assert_eq!(kept(&keep(0, 3, 0, 0), &at), [4, 5, 7]);
        assert_eq!(kept(&keep(0, 0, 3, 0), &at), [3, 5, 7]);
        assert_eq!(kept(&keep(0, 0, 0, 3), &at), [1, 4, 7]);
        assert_eq!(kept(&keep(1, 2, 0, 3), &at), [1, 4, 5, 7]);
        let labels = Keep {
            labels: vec!["audit-*".to_owned()],
            forget_labelled: true,
            ..Keep::default()
        };
        assert_eq!(kept(&labels, &at), [1, 7]);
        let by_label = Keep {
            last: 1,
            ..Keep::default()
        };
        assert_eq!(kept(&by_label, &at), [1, 7], "a label protects");
    }

    /// restic#21956: the order of numbers is not the order of time.
    #[test]
    fn a_snapshot_of_a_wrong_clock_takes_its_place_in_time() {
        let at = [
            "2026-03-01T10",
            "2026-03-09T10",
            "2026-03-02T10",
            "2026-03-03T10",
        ];
        let keep = |last| Keep {
            last,
            forget_labelled: true,
            ..Keep::default()
        };
        assert_eq!(kept(&keep(1), &at), [4, 2]);
        assert_eq!(kept(&keep(2), &at), [4, 2]);
        assert_eq!(kept(&keep(3), &at), [3, 4, 2]);
    }

    #[test]
    fn globs() {
        for (glob, text, fits) in [
            ("audit-*", "audit-2026q1", true),
            ("*", "", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-b-b", false),
            ("q?", "q1", true),
            ("q?", "q", false),
            ("", "a", false),
        ] {
            assert_eq!(matches(glob, text), fits, "{glob} {text}");
        }
    }
}
