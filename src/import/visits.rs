//! Who is there: visits by a hashed key, in bounded memory.
//!
//! One idea: a visit is the requests of one key with no longer pause than a gap between two of
//! them. A key has eight places; whoever needs one takes that of a visit that is over, so the
//! memory follows those who are there at once, not all who ever came.

use super::sequences::StepId;
use crate::base::fetch::fetch;

/// Places of a key.
const WAYS: usize = 8;
/// Rows of places at first.
const ROWS: usize = 1 << 10;
/// Rows of places at most: together 4 million.
const MOST_ROWS: usize = 1 << 19;

/// What is known of a visit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Visit {
    /// Its last request, in milliseconds since 1970.
    pub(super) last_ms: i64,
    /// Where in the sequences it is.
    pub(super) step: StepId,
    /// How much it has asked for so far.
    pub(super) weight: u32,
}

/// The places of some keys, side by side, since each is met somewhere else in the memory.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct Row {
    /// The keys; 0 is a free place.
    keys: [u64; WAYS],
    visits: [Visit; WAYS],
}

/// The visits that are under way.
pub(super) struct Visits {
    gap_ms: i64,
    rows: Vec<Row>,
    there: usize,
    /// Visits that were ended because their row was full.
    pub(super) cut: u64,
}

/// What a request means for its visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// It begins one.
    Begins,
    /// It comes so many milliseconds after the one before.
    After(i64),
}

impl Visits {
    /// Nobody there; a pause longer than `gap_ms` ends a visit.
    pub(super) fn new(gap_ms: i64) -> Visits {
        Visits {
            gap_ms,
            rows: vec![Row::default(); ROWS],
            there: 0,
            cut: 0,
        }
    }

    /// Asks for the memory of a key, which is needed in a moment.
    pub(super) fn expect(&self, key: u64) {
        fetch(&self.rows[self.row(key.max(1))]);
    }

    /// The visit that a request of this key belongs to; those that are over are handed to `ended`.
    pub(super) fn seen(
        &mut self,
        key: u64,
        at_ms: i64,
        ended: impl FnMut(Visit),
    ) -> (&mut Visit, Seen) {
        let key = key.max(1);
        let row = self.row(key);
        match self.rows[row].keys.iter().position(|known| *known == key) {
            Some(way) => self.again((row, way), at_ms, ended),
            None => self.new_one(key, at_ms, ended),
        }
    }

    fn again(
        &mut self,
        (row, way): (usize, usize),
        at_ms: i64,
        mut ended: impl FnMut(Visit),
    ) -> (&mut Visit, Seen) {
        let visit = &mut self.rows[row].visits[way];
        let pause = at_ms - visit.last_ms;
        if pause.abs() > self.gap_ms {
            ended(*visit);
            *visit = begun(at_ms);
            return (visit, Seen::Begins);
        }
        visit.last_ms = visit.last_ms.max(at_ms);
        (visit, Seen::After(pause.max(0)))
    }

    fn new_one(
        &mut self,
        key: u64,
        at_ms: i64,
        mut ended: impl FnMut(Visit),
    ) -> (&mut Visit, Seen) {
        if self.there * 4 > self.rows.len() * WAYS && self.rows.len() < MOST_ROWS {
            self.make_room(at_ms, &mut ended);
        }
        let row = self.row(key);
        let row = &mut self.rows[row];
        let way = match row.keys.iter().position(|known| *known == 0) {
            Some(free) => {
                self.there += 1;
                free
            }
            None => {
                let oldest = (0..WAYS).min_by_key(|way| row.visits[*way].last_ms);
                let oldest = oldest.unwrap_or(0);
                let visit = row.visits[oldest];
                self.cut += u64::from(at_ms - visit.last_ms <= self.gap_ms);
                ended(visit);
                oldest
            }
        };
        row.keys[way] = key;
        let visit = &mut row.visits[way];
        *visit = begun(at_ms);
        (visit, Seen::Begins)
    }

    /// Ends what is over, and doubles the rows if that is not enough: with a place in four taken,
    /// one key in ten thousand finds all of its own taken.
    fn make_room(&mut self, at_ms: i64, ended: &mut impl FnMut(Visit)) {
        for row in &mut self.rows {
            for (key, visit) in row.keys.iter_mut().zip(&row.visits) {
                if *key != 0 && at_ms - visit.last_ms > self.gap_ms {
                    ended(*visit);
                    *key = 0;
                    self.there -= 1;
                }
            }
        }
        if self.there * 8 <= self.rows.len() * WAYS {
            return;
        }
        // A key's row is its low bits: each row parts into itself and one at the same place of the
        // new half, so nothing moves but to there.
        let old = self.rows.len();
        self.rows.resize(old * 2, Row::default());
        for row in 0..old {
            for way in 0..WAYS {
                let key = self.rows[row].keys[way];
                let to = self.row(key);
                if key != 0 && to != row {
                    self.rows[to].keys[way] = key;
                    self.rows[to].visits[way] = self.rows[row].visits[way];
                    self.rows[row].keys[way] = 0;
                }
            }
        }
    }

    fn row(&self, key: u64) -> usize {
        key as usize & (self.rows.len() - 1)
    }

    /// Ends all visits.
    pub(super) fn end(self, mut ended: impl FnMut(Visit)) {
        for row in &self.rows {
            for (key, visit) in row.keys.iter().zip(&row.visits) {
                if *key != 0 {
                    ended(*visit);
                }
            }
        }
    }
}

fn begun(at_ms: i64) -> Visit {
    Visit {
        last_ms: at_ms,
        step: StepId::default(),
        weight: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::hashed::hash;
    use super::*;

    const GAP: i64 = 1_800_000;

    fn key(n: u64) -> u64 {
        hash(0, &n.to_le_bytes())
    }

    #[test]
    fn a_pause_ends_a_visit() {
        let mut visits = Visits::new(GAP);
        let mut ended = Vec::new();
        let mut seen = |key, at| {
            let (visit, seen) = visits.seen(key, at, |visit| ended.push(visit.weight));
            visit.weight += 1;
            seen
        };
        assert_eq!(seen(1, 0), Seen::Begins);
        assert_eq!(seen(1, GAP), Seen::After(GAP));
        assert_eq!(seen(2, GAP), Seen::Begins);
        // A line that is late belongs to the same visit.
        assert_eq!(seen(1, GAP - 500), Seen::After(0));
        assert_eq!(seen(1, 2 * GAP + 1), Seen::Begins);
        assert_eq!(ended, [3]);
        visits.end(|visit| ended.push(visit.weight));
        ended.sort_unstable();
        assert_eq!(ended, [1, 1, 3]);
    }

    #[test]
    fn everybody_who_is_there_is_kept_and_those_who_left_cost_nothing() {
        let mut visits = Visits::new(GAP);
        let (mut begun, mut over) = (0, 0);
        for turn in 0..3 {
            for n in 0..20_000 {
                let seen = visits.seen(key(n), turn * 1_000, |_| over += 1);
                begun += u64::from(seen.1 == Seen::Begins);
            }
        }
        assert_eq!((visits.cut, over), (begun - 20_000, begun - 20_000));
        assert!(visits.cut < 10, "{}", visits.cut);
        let rows = visits.rows.len();
        for n in 0..200_000 {
            visits.seen(key(n + 1_000_000), n as i64 * 1_000, |_| over += 1);
        }
        assert_eq!(visits.rows.len(), rows);
        let mut left = 0;
        visits.end(|_| left += 1);
        assert_eq!(over + left, begun + 200_000);
    }
}
