//! Who acts with whose role grants: the table `_acts`.

use rusqlite::{Connection, params};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// One row that holds: a member acts with the grants of the group; any other holder, and a group without members, with
/// its own.
struct Act {
    actor: i64,
    holder: i64,
    /// The group, or 0.
    via: i64,
    /// Snapshots of the membership; `None` = it begins with the newest snapshot, if it is new at all.
    since: Option<(i64, i64)>,
}

impl Act {
    /// Somebody who acts with nothing but their own grants.
    fn alone(holder: i64) -> Self {
        Self {
            actor: holder,
            holder,
            via: 0,
            since: None,
        }
    }
}

/// Closes what ended with a snapshot, and opens what began with it. Only holders whose grants the snapshot changed are
/// looked at; the first snapshot changes those of all.
pub(in crate::store) fn refresh_acts(
    connection: &Connection,
    snapshot: i64,
) -> rusqlite::Result<()> {
    let is_empty: bool =
        connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM _acts)", [], |row| {
            row.get(0)
        })?;
    let opened = if is_empty {
        acts(connection)?
    } else {
        changed_acts(connection, snapshot)?
    };
    let mut earlier =
        connection.prepare("SELECT min(first_seen) FROM _acts WHERE actor = ?1 AND holder = ?2")?;
    let mut insert = prepare_insert(connection)?;
    for act in opened {
        let (since, first_seen) = match act.since {
            Some(since) => since,
            None if is_empty => (snapshot, snapshot),
            None => {
                let first: Option<i64> =
                    earlier.query_row([act.actor, act.holder], |row| row.get(0))?;
                (snapshot, first.unwrap_or(snapshot))
            }
        };
        let until = None::<i64>;
        insert.execute(params![
            act.actor, act.holder, act.via, since, first_seen, snapshot, until
        ])?;
    }
    Ok(())
}

/// Closes the rows of changed holders that hold no longer, and returns those that are new, in the order of actors.
fn changed_acts(connection: &Connection, snapshot: i64) -> rusqlite::Result<Vec<Act>> {
    let mut close = connection.prepare("UPDATE _acts SET valid_until = ?1 WHERE key = ?2")?;
    let mut held_by = connection
        .prepare("SELECT actor, key FROM _acts WHERE holder = ?1 AND valid_until IS NULL")?;
    let mut opened = Vec::new();
    for holder in changed_holders(connection, snapshot)? {
        let mut held: BTreeMap<i64, i64> = held_by
            .query_map([holder], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        for act in acts_of(connection, holder)? {
            if held.remove(&act.actor).is_none() {
                opened.push(act);
            }
        }
        for ended in held.into_values() {
            close.execute([snapshot, ended])?;
        }
    }
    opened.sort_unstable_by_key(|act| (act.actor, act.holder));
    Ok(opened)
}

/// Groups that were joined or left with a snapshot, and whoever was given a role or lost one.
fn changed_holders(connection: &Connection, snapshot: i64) -> rusqlite::Result<Vec<i64>> {
    connection
        .prepare(
            "SELECT CASE scope WHEN 0 THEN target ELSE principal END FROM _grant
             WHERE valid_from = ?1 AND valid_from > 1
             UNION
             SELECT CASE scope WHEN 0 THEN target ELSE principal END FROM _grant WHERE valid_until = ?1
             ORDER BY 1",
        )?
        .query_map([snapshot], |row| row.get(0))?
        .collect()
}

/// Who acts with the grants of one holder now.
fn acts_of(connection: &Connection, holder: i64) -> rusqlite::Result<Vec<Act>> {
    let members: Vec<Act> = connection
        .prepare_cached(
            "SELECT g.principal, g.since, g.first_seen FROM _grant g
             JOIN _resource t ON t.key = g.target AND t.type = 'user_group'
             WHERE g.target = ?1 AND +g.scope = 0 AND g.valid_until IS NULL", // the plus: memberships are many
        )?
        .query_map([holder], |row| {
            Ok(Act {
                actor: row.get(0)?,
                holder,
                via: holder,
                since: Some((row.get(1)?, row.get(2)?)),
            })
        })?
        .collect::<Result<_, _>>()?;
    if !members.is_empty() {
        return Ok(members);
    }
    let holds: bool = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM _grant g
               WHERE g.principal = ?1 AND g.scope <> 0 AND g.valid_until IS NULL)",
        )?
        .query_row([holder], |row| row.get(0))?;
    Ok(Vec::from_iter(holds.then(|| Act::alone(holder))))
}

fn prepare_insert(connection: &Connection) -> rusqlite::Result<rusqlite::Statement<'_>> {
    connection.prepare(
        "INSERT INTO _acts (actor, holder, via, since, first_seen, valid_from, valid_until)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
}

/// Who acts with whose grants now, in the order of actors.
fn acts(connection: &Connection) -> rusqlite::Result<Vec<Act>> {
    let mut acts: Vec<Act> = connection
        .prepare(
            "SELECT g.principal, g.target, g.since, g.first_seen FROM _grant g
             JOIN _resource t ON t.key = g.target AND t.type = 'user_group'
             WHERE g.scope = 0 AND g.valid_until IS NULL",
        )?
        .query_map([], |row| {
            Ok(Act {
                actor: row.get(0)?,
                holder: row.get(1)?,
                via: row.get(1)?,
                since: Some((row.get(2)?, row.get(3)?)),
            })
        })?
        .collect::<Result<_, _>>()?;
    let groups: HashSet<i64> = acts.iter().map(|act| act.holder).collect();
    let mut holders = connection.prepare(
        "SELECT r.key FROM _resource r WHERE r.key > 0 AND EXISTS (SELECT 1 FROM _grant g
           WHERE g.principal = r.key AND g.scope <> 0 AND g.valid_until IS NULL)",
    )?;
    let mut rows = holders.query([])?;
    while let Some(row) = rows.next()? {
        let holder = row.get(0)?;
        if !groups.contains(&holder) {
            acts.push(Act::alone(holder));
        }
    }
    acts.sort_unstable_by_key(|act| (act.actor, act.holder));
    Ok(acts)
}

/// Snapshots from which until before which something holds; `i64::MAX` = still.
type Snapshots = (i64, i64);

/// Fills the table, which is empty, for every snapshot: facts of an older schema come without it.
pub(in crate::store) fn act_history(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "INSERT INTO _acts (actor, holder, via, since, first_seen, valid_from, valid_until)
         SELECT g.principal, g.target, g.target, g.since, g.first_seen, g.valid_from, g.valid_until
         FROM _grant g JOIN _resource t ON t.key = g.target AND t.type = 'user_group' WHERE g.scope = 0",
    )?;
    let members = intervals(
        connection,
        "SELECT holder, valid_from, ifnull(valid_until, ?1), since FROM _acts",
    )?;
    let roles = intervals(
        connection,
        "SELECT principal, valid_from, ifnull(valid_until, ?1), since FROM _grant WHERE scope <> 0",
    )?;
    let mut insert = prepare_insert(connection)?;
    for (holder, held) in &roles {
        let as_group = members.get(holder).map_or(&[][..], |of| &of.spans);
        let alone = without(&held.spans, as_group);
        let mut first_seen = None;
        for (from, until) in alone {
            // Where its grants began it; elsewhere its last member left.
            let since = held.since.get(&from).copied().unwrap_or(from);
            let first = *first_seen.get_or_insert(since);
            let until = (until < i64::MAX).then_some(until);
            insert.execute(params![holder, holder, 0, since, first, from, until])?;
        }
    }
    Ok(())
}

/// When a holder holds anything, and since when what begins with a snapshot has been held.
#[derive(Default)]
struct HolderHistory {
    spans: Vec<Snapshots>,
    since: BTreeMap<i64, i64>,
}

fn intervals(connection: &Connection, sql: &str) -> rusqlite::Result<BTreeMap<i64, HolderHistory>> {
    let mut all: BTreeMap<i64, HolderHistory> = BTreeMap::new();
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([i64::MAX])?;
    while let Some(row) = rows.next()? {
        let held = all.entry(row.get(0)?).or_default();
        let (from, since): (i64, i64) = (row.get(1)?, row.get(3)?);
        held.spans.push((from, row.get(2)?));
        let known = held.since.entry(from).or_insert(since);
        *known = since.min(*known);
    }
    for held in all.values_mut() {
        held.spans = joined(&held.spans);
    }
    Ok(all)
}

/// The same time in as few intervals as possible, in order.
fn joined(spans: &[Snapshots]) -> Vec<Snapshots> {
    let ordered: BTreeSet<&Snapshots> = spans.iter().collect();
    let mut joined: Vec<Snapshots> = Vec::new();
    for &&(from, until) in &ordered {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => joined.push((from, until)),
        }
    }
    joined
}

/// The time of the first that is not among the second, both joined.
fn without(spans: &[Snapshots], others: &[Snapshots]) -> Vec<Snapshots> {
    let mut left = Vec::new();
    for &(mut from, until) in spans {
        for &(other_from, other_until) in others {
            if other_until <= from || other_from >= until {
                continue;
            }
            if other_from > from {
                left.push((from, other_from));
            }
            from = other_until.min(until);
        }
        if from < until {
            left.push((from, until));
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::{joined, without};

    #[test]
    fn time_is_joined_and_taken_away() {
        let held = joined(&[(5, 9), (1, 3), (3, 5), (12, i64::MAX)]);
        assert_eq!(held, [(1, 9), (12, i64::MAX)]);
        assert_eq!(without(&held, &[]), held);
        assert_eq!(
            without(&held, &[(2, 4), (8, 14)]),
            [(1, 2), (4, 8), (14, i64::MAX)]
        );
        assert_eq!(without(&held, &[(0, i64::MAX)]), []);
    }
}
