//! Sums of rows, in which the order of the rows does not matter and from which rows can be taken away again.

use sha2::{Digest, Sha256};
use std::fmt;

/// How many rows there are, and the sum of their SHA-256 modulo 2^256.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Sum {
    pub(super) rows: i64,
    /// The least significant word first.
    words: [u64; 4],
}

impl Sum {
    /// One row, by the bytes that stand for it.
    pub(super) fn of(row: &[u8]) -> Self {
        let hash: [u8; 32] = Sha256::digest(row).into();
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().rev().zip(hash.as_chunks().0) {
            *word = u64::from_be_bytes(*bytes);
        }
        Self { rows: 1, words }
    }

    /// As a database holds it.
    pub(super) fn parse(rows: i64, hex: &str) -> Option<Self> {
        let is_hex = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        let mut words = [0; 4];
        for (at, word) in words.iter_mut().rev().enumerate() {
            let digits = hex.get(at * 16..(at + 1) * 16).filter(|_| is_hex)?;
            *word = u64::from_str_radix(digits, 16).ok()?;
        }
        Some(Self { rows, words })
    }

    pub(super) fn plus(self, other: Self) -> Self {
        let mut carry = false;
        let words = std::array::from_fn(|at| {
            let (sum, over) = self.words[at].overflowing_add(other.words[at]);
            let (sum, again) = sum.overflowing_add(u64::from(carry));
            carry = over || again;
            sum
        });
        Self {
            rows: self.rows.wrapping_add(other.rows),
            words,
        }
    }

    pub(super) fn minus(self, other: Self) -> Self {
        let mut borrow = false;
        let words = std::array::from_fn(|at| {
            let (difference, under) = self.words[at].overflowing_sub(other.words[at]);
            let (difference, again) = difference.overflowing_sub(u64::from(borrow));
            borrow = under || again;
            difference
        });
        Self {
            rows: self.rows.wrapping_sub(other.rows),
            words,
        }
    }
}

/// The sum alone, in hexadecimal digits.
impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words
            .iter()
            .rev()
            .try_for_each(|word| write!(f, "{word:016x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Sum;

    #[test]
    fn the_sum_of_one_row_is_its_sha256() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Sum::of(b"abc").to_string(), abc);
        assert_eq!(Sum::parse(1, abc), Some(Sum::of(b"abc")));
        assert_eq!(Sum::parse(1, &abc[1..]), None);
        assert_eq!(Sum::parse(1, &abc.replace('b', "+")), None);
    }

    #[test]
    fn what_is_added_can_be_taken_away_in_any_order() {
        let rows: Vec<Sum> = (0..200u8).map(|row| Sum::of(&[row])).collect();
        let all = rows.iter().fold(Sum::default(), |sum, row| sum.plus(*row));
        assert_eq!(all.rows, 200);
        let none = rows.iter().rev().fold(all, |sum, row| sum.minus(*row));
        assert_eq!(none, Sum::default());
        let top = Sum::parse(0, &"f".repeat(64)).expect("digits");
        let one = Sum::parse(0, &format!("{:064x}", 1)).expect("digits");
        assert_eq!(top.plus(one), Sum::default());
        assert_eq!(Sum::default().minus(one), top);
    }
}
