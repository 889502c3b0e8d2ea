//! Events of a walk that cannot be read, and the stretches of time in which they lie: between their neighbours, or at the
//! moment that they say themselves.

use crate::model::{Timestamp, Window};

/// More holes than this are told as one.
const MOST_HOLES: usize = 10;

/// What of a walk, the oldest event first, cannot be read.
#[derive(Debug, Default)]
pub(super) struct Unreadable {
    first: Option<String>,
    count: u64,
    /// From the event before to the one behind, as far as they are known yet.
    spans: Vec<(Option<Timestamp>, Option<Timestamp>)>,
    last: Option<Timestamp>,
    is_disordered: bool,
}

impl Unreadable {
    /// An event that can be read.
    pub(super) fn pass(&mut self, at: Timestamp) {
        self.is_disordered |= self.last.is_some_and(|last| at < last);
        self.last = Some(at);
        for (_, until) in self.spans.iter_mut().rev() {
            if until.is_some() {
                break;
            }
            *until = Some(at);
        }
    }

    /// One that cannot, with the time that it says.
    pub(super) fn add(&mut self, said: Option<Timestamp>, wrong: String) {
        self.first.get_or_insert(wrong);
        self.count += 1;
        match said {
            Some(at) if self.last.is_none_or(|last| last <= at) => {
                self.spans.push((Some(at), Some(at)));
            }
            _ => self.spans.push((self.last, None)),
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// What is wrong with the first.
    pub(super) fn first(&self) -> Option<&str> {
        self.first.as_deref()
    }

    /// The stretches, in order of time, apart from each other. None where the events came in no order: they can then lie
    /// anywhere. An open end reaches as far as time does.
    pub(super) fn holes(&self) -> Vec<Window> {
        if self.is_disordered {
            return Vec::new();
        }
        let mut spans: Vec<Window> = self
            .spans
            .iter()
            .map(|(from, until)| Window {
                from: from.unwrap_or(Timestamp::from_millis(0)),
                until: until.unwrap_or(Timestamp::from_millis(i64::MAX)),
            })
            .collect();
        spans.sort_unstable();
        let mut holes: Vec<Window> = Vec::new();
        for span in spans {
            match holes.last_mut() {
                Some(last) if span.from <= last.until => last.until = last.until.max(span.until),
                _ => holes.push(span),
            }
        }
        match (holes.first(), holes.last()) {
            (Some(first), Some(last)) if holes.len() > MOST_HOLES => vec![Window {
                from: first.from,
                until: last.until,
            }],
            _ => holes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Unreadable;
    use crate::model::{Timestamp, Window};

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn window(from: i64, until: i64) -> Window {
        Window {
            from: at(from),
            until: at(until),
        }
    }

    #[test]
    fn a_hole_reaches_from_neighbour_to_neighbour() {
        let mut walk = Unreadable::default();
        walk.pass(at(10));
        walk.add(None, "odd".to_owned());
        walk.add(None, "odd".to_owned());
        walk.pass(at(20));
        walk.add(Some(at(25)), "odd".to_owned());
        walk.pass(at(30));
        assert_eq!(walk.holes(), [window(10, 20), window(25, 25)]);
    }

    #[test]
    fn at_the_ends_a_hole_is_open() {
        let mut walk = Unreadable::default();
        walk.add(None, "odd".to_owned());
        assert_eq!(walk.holes(), [window(0, i64::MAX)]);
    }

    #[test]
    fn without_order_nobody_knows_where() {
        let mut walk = Unreadable::default();
        walk.pass(at(20));
        walk.add(None, "odd".to_owned());
        walk.pass(at(10));
        assert_eq!(walk.holes(), []);
    }
}
