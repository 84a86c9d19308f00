//! Bytes as one number, and a table from such numbers to indices.
//!
//! One idea: who came is known only as a number that is kept in memory and never written, and a
//! lookup costs the same whatever a log holds: a table is of a bounded size, and a key that finds
//! no room within a few places is told so. The mixing is the folded multiplication of wyhash (Wang
//! Yi 2019); the same bytes give the same number in every run.

const MIX: [u64; 3] = [
    0xa076_1d64_78bd_642f,
    0xe703_7ed1_a0b4_28db,
    0x8ebc_6af0_9c88_c6e3,
];
/// Places that a key may take beside its own.
const PROBES: usize = 32;

/// A number for some bytes, after another number.
pub(super) fn hash(after: u64, bytes: &[u8]) -> u64 {
    let mut state = after ^ MIX[0];
    let mut chunks = bytes.chunks_exact(16);
    for chunk in &mut chunks {
        state = fold(word(&chunk[..8]) ^ MIX[1], word(&chunk[8..]) ^ state);
    }
    let rest = chunks.remainder();
    let (low, high) = rest.split_at(rest.len().min(8));
    state = fold(word(low) ^ MIX[1], word(high) ^ state);
    fold(state ^ MIX[2], bytes.len() as u64 ^ MIX[1])
}

/// Up to eight bytes, the first the lowest.
fn word(bytes: &[u8]) -> u64 {
    match <[u8; 8]>::try_from(bytes) {
        Ok(whole) => u64::from_le_bytes(whole),
        Err(_) => bytes
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

fn fold(a: u64, b: u64) -> u64 {
    let wide = u128::from(a) * u128::from(b);
    wide as u64 ^ (wide >> 64) as u64
}

/// A table from hashed keys to indices, which grows up to a bound.
pub(super) struct Index {
    /// Key and value; the key 0 is an empty place.
    places: Vec<(u64, u32)>,
    taken: usize,
    most: usize,
}

impl Index {
    /// An empty table for at most so many keys.
    pub(super) fn new(most: usize) -> Index {
        Index {
            places: vec![(0, 0); 64],
            taken: 0,
            most,
        }
    }

    /// What stands at a key.
    pub(super) fn get(&self, key: u64) -> Option<u32> {
        let key = key.max(1);
        for place in self.way(key) {
            match self.places[place] {
                (found, value) if found == key => return Some(value),
                (0, _) => return None,
                _ => {}
            }
        }
        None
    }

    /// Puts a value at a key that has none; false if there is no room.
    pub(super) fn put(&mut self, key: u64, value: u32) -> bool {
        if self.taken >= self.most {
            return false;
        }
        if self.taken * 2 >= self.places.len() {
            self.grow();
        }
        let placed = self.place(key.max(1), value);
        self.taken += usize::from(placed);
        placed
    }

    fn place(&mut self, key: u64, value: u32) -> bool {
        for place in self.way(key) {
            if self.places[place].0 == 0 {
                self.places[place] = (key, value);
                return true;
            }
        }
        false
    }

    fn way(&self, key: u64) -> impl Iterator<Item = usize> + use<> {
        let mask = self.places.len() - 1;
        (0..PROBES).map(move |probe| (key as usize + probe) & mask)
    }

    fn grow(&mut self) {
        let larger = vec![(0, 0); self.places.len() * 2];
        for (key, value) in std::mem::replace(&mut self.places, larger) {
            // Who finds no room any more is met as new: its numbers are counted in two places.
            if key != 0 && !self.place(key, value) {
                self.taken -= 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_bytes_give_other_numbers() {
        let mut seen = std::collections::BTreeSet::new();
        for length in 0..64 {
            for byte in [0, 1, 255] {
                assert!(seen.insert(hash(0, &vec![byte; length])) || length == 0);
            }
        }
        assert_ne!(hash(hash(0, b"ab"), b"c"), hash(hash(0, b"a"), b"bc"));
        assert_eq!(hash(7, b"the same"), hash(7, b"the same"));
    }

    #[test]
    fn a_table_finds_what_was_put_and_stops_at_its_bound() {
        let mut index = Index::new(1000);
        let key = |n: u32| hash(0, &n.to_le_bytes());
        for n in 0..1000 {
            assert_eq!(index.get(key(n)), None);
            assert!(index.put(key(n), n));
        }
        assert!((0..1000).all(|n| index.get(key(n)) == Some(n)));
        assert!(!index.put(key(1000), 1000));
    }

    #[test]
    fn keys_that_collide_on_purpose_cost_no_more() {
        let mut index = Index::new(100_000);
        let placed = (0..10_000_u64).filter(|n| index.put(1 + (n << 40), 0));
        assert!(placed.count() <= PROBES);
    }
}
