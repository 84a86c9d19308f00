//! A queue in which keys take turns: of each key with somebody waiting one attempt, then of the
//! next; among those of one key the order of arrival.
//!
//! The keys stand in a ring; a key that comes anew stands last. They are found by a table of
//! their own, so that nothing is allocated but where more wait than ever before.

use crate::engine::calendar::key::Number;

/// Nobody, or nowhere.
const NONE: u32 = u32::MAX;

/// Those who wait.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    entries: Vec<Entry>,
    free_entry: u32,
    keys: Vec<Key>,
    free_key: u32,
    /// Whose turn it is.
    turn: u32,
    /// Keys by what they stand for: their numbers at the places that their values tell.
    places: Vec<u32>,
    known: u32,
}

/// Somebody who waits, or did.
#[derive(Clone, Copy, Debug)]
struct Entry {
    slot: u32,
    number: Number,
    next: u32,
}

/// A key with somebody waiting.
#[derive(Clone, Copy, Debug)]
struct Key {
    value: u64,
    head: u32,
    tail: u32,
    waiting: u32,
    entries: u32,
    before: u32,
    after: u32,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            free_entry: NONE,
            keys: Vec::new(),
            free_key: NONE,
            turn: NONE,
            places: vec![NONE; 16],
            known: 0,
        }
    }
}

impl Turns {
    /// Somebody of a key joins.
    pub(super) fn join(&mut self, value: u64, (slot, number): (u32, Number)) {
        let key = match self.find(value) {
            Some(key) => key,
            None => self.add_key(value),
        };
        let entry = Entry {
            slot,
            number,
            next: NONE,
        };
        let at = if self.free_entry == NONE {
            self.entries.push(entry);
            self.entries.len() as u32 - 1
        } else {
            let at = self.free_entry;
            self.free_entry = self.entries[at as usize].next;
            self.entries[at as usize] = entry;
            at
        };
        let of = &mut self.keys[key as usize];
        of.waiting += 1;
        of.entries += 1;
        let tail = std::mem::replace(&mut of.tail, at);
        if tail == NONE {
            of.head = at;
        } else {
            self.entries[tail as usize].next = at;
        }
    }

    /// Somebody of a key has left.
    pub(super) fn left(&mut self, value: u64, waits: impl Fn(u32, Number) -> bool) {
        let key = self.find(value).expect("who leaves has joined");
        let of = &mut self.keys[key as usize];
        of.waiting -= 1;
        if of.waiting == 0 {
            self.remove_key(key);
        } else if of.entries > 2 * of.waiting + 8 {
            let (mut at, mut kept) = (of.head, Vec::new());
            while at != NONE {
                let Entry { slot, number, next } = self.entries[at as usize];
                if waits(slot, number) {
                    kept.push((slot, number));
                }
                at = next;
            }
            self.forget_entries(key);
            self.keys[key as usize].waiting = 0;
            for entry in kept {
                self.join(value, entry);
            }
        }
    }

    /// Takes out the first who still waits of the key whose turn it is, and turns the ring.
    pub(super) fn next(&mut self, waits: impl Fn(u32, Number) -> bool) -> Option<u32> {
        if self.turn == NONE {
            return None;
        }
        let key = self.turn;
        loop {
            let of = &mut self.keys[key as usize];
            let at = of.head;
            let entry = *self
                .entries
                .get(at as usize)
                .expect("a key has somebody waiting");
            of.head = entry.next;
            of.entries -= 1;
            if of.head == NONE {
                of.tail = NONE;
            }
            self.entries[at as usize].next = self.free_entry;
            self.free_entry = at;
            if !waits(entry.slot, entry.number) {
                continue;
            }
            let of = &mut self.keys[key as usize];
            of.waiting -= 1;
            self.turn = of.after;
            if of.waiting == 0 {
                self.remove_key(key);
            }
            return Some(entry.slot);
        }
    }

    /// Everybody who joined and was not taken.
    pub(super) fn everybody(self) -> Vec<(u32, Number)> {
        let mut all = Vec::new();
        self.each(|entry| all.push(entry));
        all
    }

    /// Everybody who joined and was not taken, one after the other.
    pub(super) fn each(&self, mut see: impl FnMut((u32, Number))) {
        let mut key = self.turn;
        while key != NONE {
            let of = &self.keys[key as usize];
            let mut at = of.head;
            while at != NONE {
                let entry = &self.entries[at as usize];
                see((entry.slot, entry.number));
                at = entry.next;
            }
            key = if of.after == self.turn {
                NONE
            } else {
                of.after
            };
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>()
            + self.keys.capacity() * size_of::<Key>()
            + self.places.capacity() * size_of::<u32>()
    }

    fn add_key(&mut self, value: u64) -> u32 {
        let mut key = Key {
            value,
            head: NONE,
            tail: NONE,
            waiting: 0,
            entries: 0,
            before: NONE,
            after: NONE,
        };
        let at = match self.free_key {
            NONE => self.keys.len() as u32,
            free => {
                self.free_key = self.keys[free as usize].after;
                free
            }
        };
        if self.turn == NONE {
            self.turn = at;
            (key.before, key.after) = (at, at);
        } else {
            (key.before, key.after) = (self.keys[self.turn as usize].before, self.turn);
            self.keys[key.before as usize].after = at;
            self.keys[key.after as usize].before = at;
        }
        match self.keys.get_mut(at as usize) {
            Some(free) => *free = key,
            None => self.keys.push(key),
        }
        // The only one stands before and after itself.
        if key.before == at {
            self.keys[at as usize].before = at;
        }
        self.known += 1;
        if 2 * self.known as usize > self.places.len() {
            self.spread();
        } else {
            self.place(at);
        }
        at
    }

    /// A key leaves the ring with all that is kept of it.
    fn remove_key(&mut self, key: u32) {
        self.forget_entries(key);
        self.unplace(key);
        let Key { before, after, .. } = self.keys[key as usize];
        if before == key {
            self.turn = NONE;
        } else {
            self.keys[before as usize].after = after;
            self.keys[after as usize].before = before;
            if self.turn == key {
                self.turn = after;
            }
        }
        self.keys[key as usize].after = self.free_key;
        self.free_key = key;
        self.known -= 1;
    }

    fn forget_entries(&mut self, key: u32) {
        let of = &mut self.keys[key as usize];
        let (head, tail) = (of.head, of.tail);
        (of.head, of.tail, of.entries) = (NONE, NONE, 0);
        if head != NONE {
            self.entries[tail as usize].next = self.free_entry;
            self.free_entry = head;
        }
    }

    /// Where a value is looked for first.
    fn home(&self, value: u64) -> usize {
        let mixed = value.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 32) as usize & (self.places.len() - 1)
    }

    fn find(&self, value: u64) -> Option<u32> {
        let mut at = self.home(value);
        loop {
            match self.places[at] {
                NONE => return None,
                key if self.keys[key as usize].value == value => return Some(key),
                _ => at = (at + 1) & (self.places.len() - 1),
            }
        }
    }

    fn place(&mut self, key: u32) {
        let mut at = self.home(self.keys[key as usize].value);
        while self.places[at] != NONE {
            at = (at + 1) & (self.places.len() - 1);
        }
        self.places[at] = key;
    }

    /// Takes a key out, and moves up those behind it that are not where they are looked for.
    fn unplace(&mut self, key: u32) {
        let mask = self.places.len() - 1;
        let mut gap = self.home(self.keys[key as usize].value);
        while self.places[gap] != key {
            gap = (gap + 1) & mask;
        }
        let mut at = gap;
        loop {
            at = (at + 1) & mask;
            let other = self.places[at];
            if other == NONE {
                break;
            }
            let home = self.home(self.keys[other as usize].value);
            if (at.wrapping_sub(home) & mask) >= (at.wrapping_sub(gap) & mask) {
                self.places[gap] = other;
                gap = at;
            }
        }
        self.places[gap] = NONE;
    }

    /// Twice the places.
    fn spread(&mut self) {
        self.places = vec![NONE; 2 * self.places.len()];
        let (first, mut key) = (self.turn, self.turn);
        loop {
            self.place(key);
            key = self.keys[key as usize].after;
            if key == first {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    #[test]
    fn keys_take_turns_one_each() {
        // a has three, b comes with one after them, then c with two: a b c a c a.
        let mut turns = Turns::default();
        for (slot, key) in [(1, 10), (2, 10), (3, 10), (4, 20), (5, 30), (6, 30)] {
            turns.join(key, (slot, slot));
        }
        let order = std::iter::from_fn(|| turns.next(|_, _| true));
        assert_eq!(order.collect::<Vec<_>>(), [1, 4, 5, 2, 6, 3]);
    }

    #[test]
    fn a_key_whose_last_has_left_stands_last_when_it_comes_again() {
        let mut turns = Turns::default();
        for (slot, key) in [(1, 10), (2, 20), (3, 30)] {
            turns.join(key, (slot, slot));
        }
        turns.left(10, |slot, _| slot != 1);
        turns.join(10, (4, 4));
        let order = std::iter::from_fn(|| turns.next(|slot, _| slot != 1));
        assert_eq!(order.collect::<Vec<_>>(), [2, 3, 4]);
    }

    /// A plain ring of lists does the same, whoever joins, leaves or is taken.
    #[test]
    fn it_does_what_a_list_of_lists_does() {
        let (mut turns, mut ring) = (Turns::default(), VecDeque::<(u64, VecDeque<u32>)>::new());
        let mut here = vec![false; 4_000];
        let mut state = 1_u64;
        let mut draw = |n: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % n
        };
        for slot in 0..4_000_u32 {
            let value = draw(200) * draw(200);
            here[slot as usize] = true;
            turns.join(value, (slot, slot));
            match ring.iter_mut().find(|(key, _)| *key == value) {
                Some((_, list)) => list.push_back(slot),
                None => ring.push_back((value, VecDeque::from([slot]))),
            }
            match draw(5) {
                0 | 1 => {
                    let expected = ring.pop_front().map(|(key, mut list)| {
                        let slot = list.pop_front().expect("a key has somebody");
                        if !list.is_empty() {
                            ring.push_back((key, list));
                        }
                        slot
                    });
                    let taken = turns.next(|slot, _| here[slot as usize]);
                    assert_eq!(taken, expected);
                    if let Some(slot) = taken {
                        here[slot as usize] = false;
                    }
                }
                2 if !ring.is_empty() => {
                    let which = draw(ring.len() as u64) as usize;
                    let (key, list) = &mut ring[which];
                    let key = *key;
                    let leaver = draw(list.len() as u64) as usize;
                    let slot = list.remove(leaver).expect("it is there");
                    if list.is_empty() {
                        ring.remove(which);
                    }
                    here[slot as usize] = false;
                    turns.left(key, |slot, _| here[slot as usize]);
                }
                _ => {}
            }
        }
        let left: usize = ring.iter().map(|(_, list)| list.len()).sum();
        let kept = turns.everybody();
        let waiting = kept.iter().filter(|(slot, _)| here[*slot as usize]);
        assert_eq!(waiting.count(), left);
    }
}
