//! What identifies a row within its list, and which rows a walk has seen.

use std::collections::HashSet;
use std::hash::Hasher;

/// Takes what identifies a row, byte by byte: the same bytes for the same values alone, as
/// [`Hash`](std::hash::Hash) promises.
#[derive(Debug, Default)]
pub struct RowKey(Vec<u8>);

impl RowKey {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Hasher for RowKey {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Keys are hashed by whoever holds the secret of the list; see [`walk`](super::walk::walk).
    fn finish(&self) -> u64 {
        0
    }
}

/// Hashes of the keys of rows. A list nearly always comes in the order that was asked for, and a row that comes after the
/// last one in it cannot have come before. Looking for each of a million rows among those before takes as long as half of
/// their parsing.
#[derive(Debug, Default)]
pub(super) struct SeenRows {
    /// Until a row comes out of order.
    in_order: Vec<u64>,
    /// The key of the last of them.
    last: Vec<u8>,
    /// From then on.
    any: Option<HashSet<u64>>,
}

impl SeenRows {
    pub(super) fn reserve(&mut self, rows: usize) {
        self.in_order.reserve(rows);
    }

    /// Enters a row by its key and the hash of that; `false` = it came before.
    pub(super) fn insert(&mut self, key: &[u8], hash: u64) -> bool {
        if self.any.is_none() && key > self.last.as_slice() {
            self.last.clear();
            self.last.extend_from_slice(key);
            self.in_order.push(hash);
            return true;
        }
        let in_order = &mut self.in_order;
        let any = self.any.get_or_insert_with(|| {
            let mut any = HashSet::with_capacity(in_order.capacity());
            any.extend(std::mem::take(in_order));
            any
        });
        any.insert(hash)
    }

    pub(super) fn len(&self) -> usize {
        self.in_order.len() + self.any.as_ref().map_or(0, HashSet::len)
    }

    pub(super) fn into_hashes(self) -> impl Iterator<Item = u64> {
        self.in_order
            .into_iter()
            .chain(self.any.into_iter().flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::SeenRows;

    #[test]
    fn rows_are_new_once_in_whatever_order_they_come() {
        let orders: [&[u8]; 4] = [
            &[1, 2, 3, 3, 2, 9, 1],
            &[9, 1, 9],
            &[1, 1, 2, 2],
            &[5, 4, 3, 4, 5, 6],
        ];
        for order in orders {
            let mut seen = SeenRows::default();
            let mut before = Vec::new();
            for row in order {
                let is_new = !before.contains(row);
                assert_eq!(
                    seen.insert(&[*row], u64::from(*row) << 40),
                    is_new,
                    "{order:?}"
                );
                before.extend(is_new.then_some(*row));
            }
            assert_eq!(seen.len(), before.len());
            let mut hashes: Vec<u64> = seen.into_hashes().map(|hash| hash >> 40).collect();
            hashes.sort_unstable();
            before.sort_unstable();
            assert_eq!(
                hashes,
                before.iter().map(|row| u64::from(*row)).collect::<Vec<_>>()
            );
        }
    }
}
