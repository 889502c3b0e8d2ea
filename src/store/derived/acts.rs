//! Who acts with whose role grants: the table `_acts`.

use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::holders::Held;

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

/// Closes what ended with a snapshot, and opens what began with it. Only what the snapshot changed is looked at; the first
/// snapshot changes all.
pub(in crate::store) fn refresh_acts(
    connection: &Connection,
    snapshot: i64,
    held: &Held,
) -> rusqlite::Result<()> {
    let holders = held.holders();
    let is_empty: bool =
        connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM _acts)", [], |row| {
            row.get(0)
        })?;
    let opened = if is_empty {
        acts(connection, &holders)?
    } else {
        changed_acts(connection, snapshot, &holders)?
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

/// Closes what holds no longer, and returns what is new, in the order of actors.
fn changed_acts(
    connection: &Connection,
    snapshot: i64,
    holders: &[i64],
) -> rusqlite::Result<Vec<Act>> {
    let mut close = connection.prepare("UPDATE _acts SET valid_until = ?1 WHERE key = ?2")?;
    let mut held_by = connection.prepare(
        "SELECT key FROM _acts WHERE actor = ?1 AND +holder = ?2 AND valid_until IS NULL",
    )?;
    let mut opened = Vec::new();
    for (actor, holder) in touched(connection, snapshot)? {
        let held: Option<i64> = held_by
            .query_row([actor, holder], |row| row.get(0))
            .optional()?;
        match (held, act_of(connection, actor, holder, holders)?) {
            (None, Some(act)) => opened.push(act),
            (Some(ended), None) => {
                close.execute([snapshot, ended])?;
            }
            _ => {}
        }
    }
    Ok(opened)
}

/// Actors and holders that a snapshot may have changed: whoever joined a group or left it, that group by itself, and whoever
/// was given a role or lost one.
fn touched(connection: &Connection, snapshot: i64) -> rusqlite::Result<Vec<(i64, i64)>> {
    connection
        .prepare(
            "WITH changed AS (
               SELECT target, principal, scope FROM _grant WHERE valid_from = ?1 AND valid_from > 1
               UNION
               SELECT target, principal, scope FROM _grant WHERE valid_until = ?1)
             SELECT principal, CASE scope WHEN 0 THEN target ELSE principal END FROM changed
             UNION
             SELECT target, target FROM changed WHERE scope = 0
             ORDER BY 1, 2",
        )?
        .query_map([snapshot], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// How an actor acts with the grants of a holder now; `None` = not at all. `holders`: who holds any role, in order.
fn act_of(
    connection: &Connection,
    actor: i64,
    holder: i64,
    holders: &[i64],
) -> rusqlite::Result<Option<Act>> {
    let member = connection
        .prepare_cached(
            "SELECT g.since, g.first_seen FROM _grant g
             JOIN _resource t ON t.key = g.target AND t.type = 'user_group'
             WHERE g.target = ?1 AND g.principal = ?2 AND g.scope = 0 AND g.valid_until IS NULL",
        )?
        .query_row([holder, actor], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if member.is_some() {
        return Ok(Some(Act {
            actor,
            holder,
            via: holder,
            since: member,
        }));
    }
    if actor != holder || holders.binary_search(&holder).is_err() {
        return Ok(None);
    }
    let has_members = connection
        .prepare_cached(
            "SELECT 1 FROM _grant g JOIN _resource t ON t.key = g.target AND t.type = 'user_group'
             WHERE g.target = ?1 AND +g.scope = 0 AND g.valid_until IS NULL", // the plus: memberships are many
        )?
        .exists([holder])?;
    Ok((!has_members).then(|| Act::alone(holder)))
}

fn prepare_insert(connection: &Connection) -> rusqlite::Result<rusqlite::Statement<'_>> {
    connection.prepare(
        "INSERT INTO _acts (actor, holder, via, since, first_seen, valid_from, valid_until)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
}

/// Who acts with whose grants now, in the order of actors.
fn acts(connection: &Connection, holders: &[i64]) -> rusqlite::Result<Vec<Act>> {
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
    let alone = holders.iter().filter(|holder| !groups.contains(holder));
    acts.extend(alone.map(|holder| Act::alone(*holder)));
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
