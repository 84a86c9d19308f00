//! One instance of a cache: a row for each key, so that nothing is hashed or allocated while it
//! runs. Entries stand in the order of use. It does not know what an entry is for.

use crate::base::time::Time;
use crate::program::CacheId;

/// No key, no flight.
pub(super) const NONE: u32 = u32::MAX;
/// An entry that is not there.
pub(super) const ABSENT: Time = Time(i64::MIN);

/// A key and its entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// When it was written; [`ABSENT`] without one.
    pub(super) written: Time,
    /// The entry that was used next after it.
    pub(super) newer: u32,
    /// The entry that was used last before it.
    pub(super) older: u32,
}

const _: () = assert!(size_of::<Row>() == 16);

/// One instance of a cache.
#[derive(Clone, Debug)]
pub(super) struct Store {
    pub(super) cache: CacheId,
    pub(super) rows: Vec<Row>,
    pub(super) newest: u32,
    pub(super) oldest: u32,
    pub(super) there: u32,
    /// The flight of each key, where misses are shared.
    pub(super) flights: Vec<u32>,
}

impl Store {
    pub(super) fn new(cache: CacheId, keys: u32, flights: Vec<u32>) -> Store {
        let row = Row {
            written: ABSENT,
            newer: NONE,
            older: NONE,
        };
        Store {
            cache,
            rows: vec![row; keys as usize],
            newest: NONE,
            oldest: NONE,
            there: 0,
            flights,
        }
    }

    /// Takes an entry out of the order of use.
    pub(super) fn unlink(&mut self, key: u32) {
        let Row { newer, older, .. } = self.rows[key as usize];
        match newer {
            NONE => self.newest = older,
            newer => self.rows[newer as usize].older = older,
        }
        match older {
            NONE => self.oldest = newer,
            older => self.rows[older as usize].newer = newer,
        }
    }

    /// Makes an entry the one used last.
    pub(super) fn link(&mut self, key: u32) {
        let older = self.newest;
        let row = &mut self.rows[key as usize];
        (row.newer, row.older) = (NONE, older);
        match older {
            NONE => self.oldest = key,
            older => self.rows[older as usize].newer = key,
        }
        self.newest = key;
    }

    pub(super) fn remove(&mut self, key: u32) {
        self.unlink(key);
        self.rows[key as usize].written = ABSENT;
        self.there -= 1;
    }

    /// Writes an entry, and gives up the one used longest ago where there is no room: how many.
    pub(super) fn write(&mut self, key: u32, size: u32, at: Time) -> u32 {
        if self.rows[key as usize].written != ABSENT {
            self.unlink(key);
            self.there -= 1;
        }
        self.rows[key as usize].written = at;
        self.link(key);
        self.there += 1;
        self.shrink(size)
    }

    /// Gives up the entries used longest ago above a size: how many.
    pub(super) fn shrink(&mut self, size: u32) -> u32 {
        let before = self.there;
        while self.there > size {
            self.remove(self.oldest);
        }
        before - self.there
    }

    pub(super) fn clear(&mut self) {
        while self.there > 0 {
            self.remove(self.oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::table::Id;

    #[test]
    fn the_entry_used_longest_ago_gives_way() {
        let mut store = Store::new(CacheId::from_index(0), 4, Vec::new());
        let there = |store: &Store| -> Vec<u32> {
            (0..4)
                .filter(|&key| store.rows[key as usize].written != ABSENT)
                .collect()
        };
        assert_eq!(store.write(0, 2, Time(1)) + store.write(1, 2, Time(2)), 0);
        store.unlink(0);
        store.link(0);
        assert_eq!(store.write(2, 2, Time(3)), 1);
        assert_eq!(there(&store), [0, 2]);
        assert_eq!(store.write(0, 2, Time(4)), 0);
        assert_eq!((store.newest, store.oldest), (0, 2));
        assert_eq!(store.shrink(1), 1);
        store.remove(0);
        assert_eq!(
            (there(&store), store.newest, store.oldest),
            (vec![], NONE, NONE)
        );
        store.write(3, 2, Time(5));
        store.clear();
        assert_eq!(store.there, 0);
    }
}
