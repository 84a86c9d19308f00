//! A hierarchical timing wheel, for the events that are not near yet.
//!
//! An instant is a number of ticks of about two milliseconds, in digits to the base 4096. An
//! event stands at the level of the highest digit in which it differs from the cursor, in the
//! slot of that digit, so adding one costs a few instructions, however many there are. The slot
//! that comes next is emptied as a whole: its events go to lower levels, or, when nothing differs
//! any more, out. G. Varghese, T. Lauck, "Hashed and Hierarchical Timing Wheels", SOSP (1987),
//! scheme 7.
//!
//! A slot of the lowest level, of one tick, is a list of nodes, and freed nodes are used again at
//! once: chunks of several events would take fewer instructions but more of the cache, and are
//! slower in the end. A slot of a higher level is a [`Bucket`], which is read in a row when it is
//! emptied into the level below.
//!
//! The cursor never stands before the present instant, and every event here is later than its
//! tick: so what happens now is never here.

use crate::base::fetch::fetch;
use crate::engine::calendar::bucket::{Bucket, Store};
use crate::engine::calendar::key::{Key, instant};

/// Nanoseconds of a tick, as a power of two.
pub(in crate::engine) const TICK: u32 = 21;
/// Bits of a digit: as many as two words tell, one of slots below one of words.
const DIGIT: u32 = 12;
const SLOTS: usize = 1 << DIGIT;
const WORDS: usize = SLOTS / 64;
/// Digits of the instants that a key can tell: 61 bits.
const LEVELS: usize = 4;
/// The instant of nothing: later than those of all keys.
pub(in crate::engine) const NOTHING: u64 = u64::MAX >> 3;
/// The end of a list of nodes.
const END: u32 = u32::MAX;

/// The slots of one digit, each with what it holds.
#[derive(Clone, Debug)]
struct Level<T> {
    held: [T; SLOTS],
    /// One bit for each slot that is not empty.
    taken: [u64; WORDS],
    /// One bit for each word of those that is not zero.
    words: u64,
}

impl<T: Copy> Level<T> {
    const fn of(nothing: T) -> Self {
        Self {
            held: [nothing; SLOTS],
            taken: [0; WORDS],
            words: 0,
        }
    }

    /// The lowest slot in use.
    #[inline]
    fn lowest(&self) -> usize {
        let word = self.words.trailing_zeros() as usize % WORDS;
        64 * word + self.taken[word].trailing_zeros() as usize
    }

    #[inline]
    fn mark(&mut self, slot: usize) {
        self.taken[slot / 64] |= 1 << (slot % 64);
        self.words |= 1 << (slot / 64);
    }

    /// Marks a slot as empty; whether the level is, now.
    #[inline]
    fn clear(&mut self, slot: usize) -> bool {
        self.taken[slot / 64] &= !(1 << (slot % 64));
        if self.taken[slot / 64] == 0 {
            self.words &= !(1 << (slot / 64));
        }
        self.words == 0
    }
}

/// An event that waits, and the next of its slot: one line of the cache for both.
#[derive(Clone, Copy, Debug)]
struct Node {
    /// The halves of the key, the upper one first: so that the whole needs no more than 24 bytes.
    key: [u64; 2],
    next: u32,
}

impl Node {
    #[inline]
    fn key(&self) -> Key {
        (Key::from(self.key[0]) << 64) | Key::from(self.key[1])
    }
}

#[inline]
fn halves(key: Key) -> [u64; 2] {
    [(key >> 64) as u64, key as u64]
}

/// Events by the ticks in which they are due.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Wheel {
    /// The tick whose events were taken out last.
    cursor: u64,
    /// The lowest level: first node of each slot.
    ticks: Box<Level<u32>>,
    /// The levels above it.
    above: Box<[Level<Bucket>; LEVELS - 1]>,
    /// What is in the buckets of those.
    store: Store,
    /// One bit for each level that is not empty; that of the lowest says nothing.
    used: u32,
    nodes: Vec<Node>,
    /// First of the nodes that nobody uses.
    free: u32,
    /// How far the list of the next slot of the lowest level was looked at.
    seen: u32,
}

impl Default for Wheel {
    fn default() -> Self {
        Self {
            cursor: 0,
            ticks: Box::new(Level::of(END)),
            above: Box::new([const { Level::of(Bucket::EMPTY) }; LEVELS - 1]),
            store: Store::default(),
            used: 0,
            nodes: Vec::new(),
            free: END,
            seen: END,
        }
    }
}

#[inline]
fn tick(at: u64) -> u64 {
    at >> TICK
}

/// The highest digit in which two ticks differ that differ in these bits.
#[inline]
fn level_of(differs: u64) -> usize {
    // A multiplication in place of a division, exact for the bits of all ticks.
    let highest = (differs | 1).ilog2();
    ((highest * 43) >> 9) as usize % LEVELS
}

impl Wheel {
    pub(in crate::engine) fn clear(&mut self) {
        self.cursor = 0;
        *self.ticks = Level::of(END);
        self.above.fill(const { Level::of(Bucket::EMPTY) });
        self.store.clear();
        self.used = 0;
        self.nodes.clear();
        self.free = END;
        self.seen = END;
    }

    /// Looks at another event of those that will be taken out next, so that the list of them is
    /// near when it is walked.
    #[inline(always)]
    pub(in crate::engine) fn look_at_next(&mut self, near: impl Fn(Key)) {
        if let Some(node) = self.nodes.get(self.seen as usize) {
            near(node.key());
            self.seen = node.next;
            if let Some(next) = self.nodes.get(node.next as usize) {
                fetch(next);
            }
        }
    }

    /// Takes an event in, unless it is due by the tick that was taken out last.
    #[inline]
    pub(in crate::engine) fn takes(&mut self, key: Key) -> bool {
        let tick = tick(instant(key));
        if tick <= self.cursor {
            return false;
        }
        self.put(key, tick);
        true
    }

    /// Puts an event into its slot; its tick is later than the cursor.
    #[inline]
    fn put(&mut self, key: Key, tick: u64) {
        let level = level_of(tick ^ self.cursor);
        if level == 0 {
            self.hang(key, tick);
        } else {
            self.put_away(key, tick, level);
        }
    }

    /// Puts an event into its slot of the lowest level.
    #[inline]
    fn hang(&mut self, key: Key, tick: u64) {
        let slot = tick as usize % SLOTS;
        self.ticks.mark(slot);
        let node = self.free;
        let next = std::mem::replace(&mut self.ticks.held[slot], node);
        let key = halves(key);
        if let Some(held) = self.nodes.get_mut(node as usize) {
            self.free = held.next;
            *held = Node { key, next };
        } else {
            self.grow(Node { key, next }, slot);
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, node: Node, slot: usize) {
        self.ticks.held[slot] = self.nodes.len() as u32;
        self.nodes.push(node);
    }

    /// Puts an event into its slot of a level above the lowest.
    #[inline]
    fn put_away(&mut self, key: Key, tick: u64, level: usize) {
        let slot = (tick >> (DIGIT * level as u32)) as usize % SLOTS;
        self.used |= 1 << level;
        let level = &mut self.above[level - 1];
        level.mark(slot);
        self.store.push(&mut level.held[slot], key);
    }

    /// Whether an event is of the tick that was taken out last.
    #[inline]
    pub(in crate::engine) fn is_under_way(&self, key: Key) -> bool {
        tick(instant(key)) == self.cursor
    }

    /// Takes out the events of the next tick in use, in no order; unless nothing here is due by
    /// the tick of the instant `before`: then the cursor moves up to that.
    ///
    /// `before` is the instant of something outside that may happen first.
    #[inline(always)]
    pub(in crate::engine) fn next_tick(&mut self, before: u64, mut out: impl FnMut(Key)) {
        let before = tick(before);
        let mut some = false;
        while self.ticks.words == 0 && !some {
            let lowered = self.lower_next(before, |key| {
                some = true;
                out(key);
            });
            if !lowered {
                return;
            }
        }
        if !some {
            let slot = self.ticks.lowest();
            let begins = self.cursor / SLOTS as u64 * SLOTS as u64 + slot as u64;
            if before < begins {
                self.cursor = self.cursor.max(before);
                return;
            }
            self.cursor = begins;
            let first = std::mem::replace(&mut self.ticks.held[slot], END);
            self.ticks.clear(slot);
            self.empty(first, out);
        }
        self.seen = self.first_of_next();
    }

    /// Takes the events of the next slot further down, where the lowest level is empty; false if
    /// it begins later than the tick `before`.
    #[inline(never)]
    fn lower_next(&mut self, before: u64, out: impl FnMut(Key)) -> bool {
        let upcoming = self.upcoming();
        if let Some((level, slot, begins)) = upcoming
            && begins <= before
        {
            self.cursor = begins;
            let bucket = self.take_bucket(level, slot);
            self.lower(bucket, out);
            return true;
        }
        if before < tick(NOTHING) {
            self.cursor = self.cursor.max(before);
        }
        false
    }

    /// Where the next slot is, and the tick at which it begins.
    fn upcoming(&self) -> Option<(usize, usize, u64)> {
        let above = self.used & !1;
        if above == 0 {
            return None;
        }
        let level = above.trailing_zeros() as usize;
        let slot = self.above[level - 1].lowest();
        let shift = DIGIT * level as u32;
        let above = (self.cursor >> shift) >> DIGIT << DIGIT;
        Some((level, slot, (above | slot as u64) << shift))
    }

    /// The first node of the next slot of the lowest level.
    #[inline]
    fn first_of_next(&self) -> u32 {
        if self.ticks.words == 0 {
            return END;
        }
        self.ticks.held[self.ticks.lowest() % SLOTS]
    }

    /// What is in a slot above the lowest level, which is empty then.
    #[inline]
    fn take_bucket(&mut self, level: usize, slot: usize) -> Bucket {
        let from = &mut self.above[level - 1];
        if from.clear(slot) {
            self.used &= !(1 << level);
        }
        std::mem::replace(&mut from.held[slot], Bucket::EMPTY)
    }

    /// Takes the events of these nodes, all of the present tick, out.
    #[inline]
    fn empty(&mut self, first: u32, mut out: impl FnMut(Key)) {
        let mut node = first;
        while let Some(held) = self.nodes.get_mut(node as usize) {
            out(held.key());
            let next = std::mem::replace(&mut held.next, self.free);
            self.free = node;
            node = next;
        }
    }

    /// Takes the events of a bucket further down, or out if they are of the present tick.
    fn lower(&mut self, mut bucket: Bucket, mut out: impl FnMut(Key)) {
        while let Some(taken) = self.store.take(&mut bucket) {
            for &key in taken.keys() {
                let tick = tick(instant(key));
                if tick == self.cursor {
                    out(key);
                } else {
                    self.put(key, tick);
                }
            }
        }
    }

    /// Bytes in use, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>() + self.store.bytes()
    }
}
