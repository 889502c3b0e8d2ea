//! How many roles everybody has, and how many are held over each resource group: the tables `_holders`, `_holders_in` and
//! `_grants_over`.

use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

use super::replace::replace;
use crate::model::{NumberMap, ResourceType};

/// Role grants that hold now, as they come.
#[derive(Default)]
pub(in crate::store) struct Holding {
    /// Keys of principal and scope of each. Put in order in the end, a million take half the time of counting them in a map.
    at: Vec<(u32, u32)>,
    /// By key of the resource group.
    over: NumberMap<u32, i64>,
}

impl Holding {
    /// One more; a membership, which is held at no scope, is no role.
    pub(in crate::store) fn add(&mut self, principal: u32, scope: u32, resource_group: u32) {
        if scope != 0 {
            self.at.push((principal, scope));
            *self.over.entry(resource_group).or_default() += 1;
        }
    }

    /// There are no more.
    pub(in crate::store) fn counted(mut self) -> Held {
        self.at.sort_unstable();
        let same = self.at.chunk_by(|a, b| a == b);
        Held {
            at: same.map(|same| (same[0], number(same))).collect(),
            over: self.over,
        }
    }
}

fn number<T>(of: &[T]) -> i64 {
    i64::try_from(of.len()).unwrap_or(i64::MAX)
}

/// How many role grants hold now.
pub(in crate::store) struct Held {
    /// By key of the principal and of the scope, in order.
    at: Vec<((u32, u32), i64)>,
    /// By key of the resource group.
    over: NumberMap<u32, i64>,
}

impl Held {
    /// Counts those of the file, one by one: who sees them all anyway counts them on the way.
    pub(in crate::store) fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let mut statement = connection.prepare(
            "SELECT principal, scope, resource_group FROM main._grant WHERE valid_until IS NULL",
        )?;
        let mut holding = Holding::default();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            holding.add(row.get(0)?, row.get(1)?, row.get(2)?);
        }
        Ok(holding.counted())
    }

    /// Keys of those who hold any, in their order.
    pub(super) fn holders(&self) -> Vec<i64> {
        let by_holder = self.at.chunk_by(|a, b| a.0.0 == b.0.0);
        by_holder.map(|of| i64::from(of[0].0.0)).collect()
    }

    /// Scopes and numbers, by holder.
    fn by_holder(&self) -> NumberMap<i64, Vec<(i64, i64)>> {
        let by_holder = self.at.chunk_by(|a, b| a.0.0 == b.0.0);
        by_holder
            .map(|of| {
                let scopes = of
                    .iter()
                    .map(|((_, scope), roles)| (i64::from(*scope), *roles));
                (i64::from(of[0].0.0), scopes.collect())
            })
            .collect()
    }
}

/// How many people and service accounts.
type Heads = [i64; 2];

/// Brings the tables up to date with what is held now; `_acts` is already.
pub(in crate::store) fn refresh_holders(
    connection: &Connection,
    held: &Held,
) -> rusqlite::Result<()> {
    let by_holder = held.by_holder();
    let (mut totals, mut heads) = (BTreeSet::new(), BTreeMap::<i64, Heads>::new());
    for acts in acts(connection)?.chunk_by(|a, b| a.actor == b.actor) {
        let (mut roles, mut scopes) = (0, BTreeSet::new());
        for (scope, held) in acts
            .iter()
            .filter_map(|act| by_holder.get(&act.holder))
            .flatten()
        {
            roles += held;
            scopes.insert(*scope);
        }
        totals.extend((roles > 0).then_some([acts[0].actor, roles]));
        for scope in scopes {
            let heads = heads.entry(scope).or_default();
            if let Some(kind) = acts[0].kind {
                heads[kind] += 1;
            }
        }
    }
    replace(connection, "_holders", ["actor", "roles"], &totals)?;
    let columns = ["scope", "people", "service_accounts"];
    let heads = heads
        .into_iter()
        .map(|(scope, [people, programs])| [scope, people, programs]);
    replace(connection, "_holders_in", columns, &heads.collect())?;
    let over = held.over.iter();
    let over = over.map(|(resource_group, grants)| [i64::from(*resource_group), *grants]);
    let columns = ["resource_group", "grants"];
    replace(connection, "_grants_over", columns, &over.collect())
}

struct Act {
    actor: i64,
    /// Which of [`Heads`] the actor is.
    kind: Option<usize>,
    holder: i64,
}

/// Who acts with whose grants now, in the order of actors.
fn acts(connection: &Connection) -> rusqlite::Result<Vec<Act>> {
    let kinds = [ResourceType::User, ResourceType::ServiceAccount];
    let mut statement = connection.prepare(
        "SELECT a.actor, w.type, a.holder FROM main._acts a JOIN main._resource w ON w.key = a.actor
         WHERE a.valid_until IS NULL",
    )?;
    let mut acts = Vec::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let kind = row.get_ref(1)?.as_str()?;
        acts.push(Act {
            actor: row.get(0)?,
            kind: kinds.iter().position(|known| known.as_str() == kind),
            holder: row.get(2)?,
        });
    }
    acts.sort_unstable_by_key(|act| act.actor);
    Ok(acts)
}
