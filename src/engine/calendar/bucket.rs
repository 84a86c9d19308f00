//! Buckets of keys, in no order: what is due in one slot of the calendar that is far off.
//!
//! A bucket is a chain of chunks, each of some hundred bytes in a row. To empty it is to read them
//! one after the other, so nothing waits for memory, as the walk along a list of nodes would. Freed
//! chunks are used again at once: nothing is allocated in steady state, and each bucket has at most
//! one chunk that is not full.

use crate::base::fetch::fetch;
use crate::engine::calendar::key::Key;

/// Keys of a chunk: with the link, eight lines of the cache.
const KEYS: usize = 31;
/// The end of a chain.
const END: u32 = u32::MAX;

/// Some of the keys of a bucket, and where the others are.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Chunk {
    keys: [Key; KEYS],
    next: u32,
}

/// One bucket, of a [`Store`].
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Bucket {
    /// The chunk that is filled at present; those behind it are full.
    chunk: u32,
    /// Keys in it.
    len: u32,
}

impl Bucket {
    pub(in crate::engine) const EMPTY: Bucket = Bucket {
        chunk: END,
        len: KEYS as u32,
    };
}

/// The chunks of all buckets.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Store {
    chunks: Vec<Chunk>,
    /// The first chunk that no bucket uses.
    free: u32,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            chunks: Vec::new(),
            free: END,
        }
    }
}

impl Store {
    /// Forgets all keys; buckets of before are no longer valid.
    pub(in crate::engine) fn clear(&mut self) {
        self.chunks.clear();
        self.free = END;
    }

    /// Puts a key into a bucket.
    #[inline]
    pub(in crate::engine) fn push(&mut self, bucket: &mut Bucket, key: Key) {
        if bucket.len as usize == KEYS {
            *bucket = self.chained(bucket.chunk);
        }
        self.chunks[bucket.chunk as usize].keys[bucket.len as usize % KEYS] = key;
        bucket.len += 1;
    }

    /// An empty chunk before that one.
    #[cold]
    #[inline(never)]
    fn chained(&mut self, next: u32) -> Bucket {
        let chunk = if let Some(freed) = self.chunks.get_mut(self.free as usize) {
            let chunk = std::mem::replace(&mut self.free, freed.next);
            freed.next = next;
            chunk
        } else {
            if self.chunks.len() == self.chunks.capacity() {
                // By a quarter: a million users must fit, and doubling would waste half of it.
                self.chunks.reserve_exact((self.chunks.len() / 4).max(16));
            }
            self.chunks.push(Chunk {
                keys: [0; KEYS],
                next,
            });
            self.chunks.len() as u32 - 1
        };
        Bucket { chunk, len: 0 }
    }

    /// Takes some keys out of a bucket; none if it is empty.
    pub(in crate::engine) fn take(&mut self, bucket: &mut Bucket) -> Option<Taken> {
        let chunk = *self.chunks.get(bucket.chunk as usize)?;
        if let Some(next) = self.chunks.get(chunk.next as usize) {
            fetch(next);
        }
        self.chunks[bucket.chunk as usize].next = std::mem::replace(&mut self.free, bucket.chunk);
        let len = bucket.len as usize;
        *bucket = Bucket {
            chunk: chunk.next,
            len: KEYS as u32,
        };
        Some(Taken { chunk, len })
    }

    /// Bytes in use, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.chunks.capacity() * size_of::<Chunk>()
    }
}

/// Keys that were taken out of a bucket.
pub(in crate::engine) struct Taken {
    chunk: Chunk,
    len: usize,
}

impl Taken {
    pub(in crate::engine) fn keys(&self) -> &[Key] {
        &self.chunk.keys[..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever is put into some buckets comes out of each, once; chunks are used again.
        #[test]
        fn each_bucket_gives_back_what_was_put_in(
            moves in proptest::collection::vec((0usize..4, any::<bool>()), 1..600),
        ) {
            let mut store = Store::default();
            let mut buckets = [Bucket::EMPTY; 4];
            let mut expected = vec![Vec::new(); 4];
            let mut most = 0;
            for (number, (which, comes)) in (0..).zip(moves) {
                if comes || number % 7 != 0 {
                    store.push(&mut buckets[which], number);
                    expected[which].push(number);
                } else {
                    let mut found = Vec::new();
                    while let Some(taken) = store.take(&mut buckets[which]) {
                        found.extend_from_slice(taken.keys());
                    }
                    found.sort_unstable();
                    prop_assert_eq!(&found, &std::mem::take(&mut expected[which]));
                }
                let needed: usize = expected.iter().map(|keys| keys.len().div_ceil(KEYS)).sum();
                most = most.max(needed);
                prop_assert_eq!(store.chunks.len(), most);
            }
        }
    }
}
