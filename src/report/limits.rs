//! How much of a large account stands in the page itself. Browsers open and print thousands of rows slowly, so that a large
//! account has cards for some and everybody in the list of everything, which the script shows a part of at a time.

/// Rows of one table.
pub(super) const TABLE: usize = 100;
/// Rows of the list of everything that stand in the page for readers without script.
pub(super) const FIRST_ROWS: usize = 200;
/// Roles in the card of a person or service account.
pub(super) const ROLES: usize = 25;
/// Role grants in the card of a user group.
pub(super) const GROUP_ROLES: usize = 10;
/// Members or permissions in one card.
pub(super) const NAMES: usize = 60;
/// Rows in all cards of a section.
const CARDS: usize = 500;

/// How many of some cards fit into a section, told the rows of each.
pub(super) fn fitting(rows: impl Iterator<Item = usize>) -> usize {
    let mut used = 0;
    rows.take_while(|rows| {
        used += rows;
        used <= CARDS
    })
    .count()
}

#[cfg(test)]
mod tests {
    use super::fitting;

    #[test]
    fn cards_fit_until_their_rows_are_too_many() {
        assert_eq!(fitting([250, 250, 1].into_iter()), 2);
        assert_eq!(fitting([5; 10].into_iter()), 10);
    }
}
