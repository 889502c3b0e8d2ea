//! How much a table takes that is held in memory to be aligned.

/// Bytes of such a table.
pub const MOST_BYTES: usize = 64 << 20;

/// What a cell takes beside its text, about.
const BYTES_OF_CELL: usize = 64;

/// The room for a table, where every cell is as wide as its column: one long cell widens all rows.
#[derive(Debug)]
pub struct Room {
    most: usize,
    /// Bytes of the widest cell of each column.
    widest: Vec<usize>,
    rows: usize,
}

impl Room {
    /// Room for so many bytes.
    #[must_use]
    pub const fn of(most: usize) -> Self {
        Self {
            most,
            widest: Vec::new(),
            rows: 0,
        }
    }

    /// The cells above the rows.
    pub fn head<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        self.widest = cells.map(|cell| BYTES_OF_CELL + cell.len()).collect();
    }

    /// Whether there is room for one row more, which is then taken.
    pub fn takes<'a>(&mut self, cells: impl Iterator<Item = &'a str>) -> bool {
        let widths = cells.map(|cell| BYTES_OF_CELL + cell.len());
        let widest = self.widest.iter().zip(widths);
        let widest: Vec<usize> = widest.map(|(most, width)| width.max(*most)).collect();
        let takes = bytes(&widest, self.rows + 1) <= self.most;
        if takes {
            self.widest = widest;
            self.rows += 1;
        }
        takes
    }

    /// Bytes that are left.
    #[must_use]
    pub fn left(&self) -> usize {
        self.most.saturating_sub(bytes(&self.widest, self.rows))
    }
}

fn bytes(widest: &[usize], rows: usize) -> usize {
    widest.iter().sum::<usize>().saturating_mul(rows)
}
