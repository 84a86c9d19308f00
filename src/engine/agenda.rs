//! What happens next: rings, lanes and a heap behind one total order.
//!
//! Every event has a key of 128 bits: instant, group, number in the order of scheduling, then
//! what it is and whom it concerns. The smallest key is next, so the order is total, the same on
//! every machine, and written in one place ([`Group`]). Where an event waits is only a matter of
//! cost: events at the present instant stand in rings, clocks of a fixed length in lanes (each
//! is in order by itself, so only its head needs the heap), the rest in a four-ary heap whose
//! popped root stays a hole for the next push. An event is cancelled by forgetting its number.
//!
//! It does not know tasks: whether an event is stale is the caller's business.

use std::collections::VecDeque;

use crate::base::time::{Span, Time};

/// What comes first at one instant (semantics 11); within a group the order of scheduling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Group {
    /// A bin of the timeline begins.
    Tick = 0,
    /// Faults, actions, boots, doors.
    Change = 1,
    /// Work that ends and answers that arrive, with the grants they cause.
    Work = 2,
    /// Patience.
    Patience = 3,
    /// Timeouts, deadlines, reloads, and the ends of backoffs.
    Clock = 4,
    /// Attempts and users that arrive.
    Arrival = 5,
    /// Readings of what stands after all of it.
    Reading = 6,
}

/// What an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// The head of a lane; the slot is the lane.
    Lane,
    /// Timed work of a task ends.
    Work,
    /// The next of those who share the cores of a server is done.
    Core,
    /// An answer reaches the caller; the slot is the attempt.
    Answer,
    /// A user's patience is spent.
    Patience,
    /// A caller's timeout or deadline.
    Timeout,
    /// A person asks again.
    Reload,
    /// The wait before a retry, or before asking again after an error, is over.
    Backoff,
    /// A `hold` has waited long enough.
    HoldTimeout,
    /// An attempt arrives at its service.
    Attempt,
    /// A user comes back for another visit.
    Return,
    /// A server has booted, or is warm; the slot is the server.
    Server,
    /// An entry of the calendar of changes.
    Change,
    /// A bin begins.
    Tick,
    /// A reading is due.
    Reading,
}

const KINDS: [Kind; 15] = [
    Kind::Lane,
    Kind::Work,
    Kind::Core,
    Kind::Answer,
    Kind::Patience,
    Kind::Timeout,
    Kind::Reload,
    Kind::Backoff,
    Kind::HoldTimeout,
    Kind::Attempt,
    Kind::Return,
    Kind::Server,
    Kind::Change,
    Kind::Tick,
    Kind::Reading,
];

/// The number of an event in the order of scheduling; unique in a replication.
pub(super) type Number = u32;

/// No event.
pub(super) const NO_EVENT: Number = 0;

/// Slots that fit into a key.
pub(super) const MAX_SLOT: u32 = (1 << 28) - 1;

/// An event taken from the agenda.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// When, since the start of the clock.
    pub(super) at: Time,
    /// What.
    pub(super) kind: Kind,
    /// Its number.
    pub(super) number: Number,
    /// Whom it concerns.
    pub(super) slot: u32,
}

/// Instant and group, number, kind and slot in 61 + 3, 32, 4 + 28 bits.
type Key = u128;

/// The last instant that a key can tell: 73 years; what would come later never does.
const FAR: Time = Time((1 << 61) - 1);

#[inline]
fn key(at: Time, group: Group, number: Number, kind: Kind, slot: u32) -> Key {
    debug_assert!(at.0 >= 0 && at.0 < 1 << 61 && slot <= MAX_SLOT);
    let high = ((at.0 as u64) << 3) | group as u64;
    let low = (u64::from(number) << 32) | (u64::from(kind as u8) << 28) | u64::from(slot);
    (u128::from(high) << 64) | u128::from(low)
}

#[inline]
fn event(key: Key) -> Event {
    let low = key as u64;
    Event {
        at: Time((key >> 67) as i64),
        kind: KINDS[((low >> 28) & 15) as usize],
        number: (low >> 32) as u32,
        slot: (low as u32) & MAX_SLOT,
    }
}

/// Clocks of one fixed length, in order by themselves.
#[derive(Debug)]
struct Lane {
    length: Span,
    group: Group,
    keys: VecDeque<Key>,
    /// Whether its first key stands in the heap.
    posted: bool,
}

/// Events at the present instant, in order; emptied before the clock moves.
#[derive(Debug, Default)]
struct Ring {
    keys: Vec<Key>,
    head: usize,
}

impl Ring {
    /// So many that have gone are swept out when they are the majority: an instant may be long.
    const MUCH: usize = 4096;

    fn clear(&mut self) {
        self.keys.clear();
        self.head = 0;
    }

    #[inline]
    fn push(&mut self, key: Key) {
        self.keys.push(key);
    }

    #[inline]
    fn front(&self) -> Option<Key> {
        self.keys.get(self.head).copied()
    }

    #[inline]
    fn pop(&mut self) {
        self.head += 1;
        if self.head == self.keys.len() {
            self.clear();
        } else if self.head >= Self::MUCH && 2 * self.head >= self.keys.len() {
            self.keys.drain(..self.head);
            self.head = 0;
        }
    }
}

/// What is next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// An arrival from outside.
    Newcomer,
    /// A scheduled event.
    Event(Event),
    /// Nothing before the end.
    Nothing,
}

/// All that is still to happen.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    now: Time,
    numbers: u64,
    heap: Heap,
    work: Ring,
    arrivals: Ring,
    lanes: Vec<Lane>,
}

/// Most lanes; further lengths go to the heap.
const MAX_LANES: usize = 256;

impl Agenda {
    /// Forgets everything; the clock stands at 0.
    pub(super) fn clear(&mut self) {
        self.now = Time(0);
        self.numbers = 0;
        self.heap.clear();
        self.work.clear();
        self.arrivals.clear();
        self.lanes.clear();
    }

    /// The present instant, since the start of the clock.
    #[inline]
    pub(super) fn now(&self) -> Time {
        self.now
    }

    /// Numbers given so far.
    #[inline]
    pub(super) fn numbers(&self) -> u64 {
        self.numbers
    }

    /// A fresh number, for what waits without an event.
    #[inline]
    pub(super) fn number(&mut self) -> Number {
        self.numbers += 1;
        self.numbers as Number
    }

    /// Schedules an event; an instant that has passed counts as now.
    #[inline]
    pub(super) fn at(&mut self, at: Time, group: Group, kind: Kind, slot: u32) -> Number {
        let number = self.number();
        let key = key(at.max(self.now).min(FAR), group, number, kind, slot);
        if at <= self.now && group == Group::Work {
            self.work.push(key);
        } else if at <= self.now && group == Group::Arrival {
            self.arrivals.push(key);
        } else {
            self.heap.push(key);
        }
        number
    }

    /// The lane for clocks of this length, if there is room for one.
    pub(super) fn lane(&mut self, length: Span, group: Group) -> Option<u32> {
        let found = self
            .lanes
            .iter()
            .position(|l| l.length == length && l.group == group);
        if found.is_none() && self.lanes.len() < MAX_LANES {
            self.lanes.push(Lane {
                length,
                group,
                keys: VecDeque::new(),
                posted: false,
            });
            return Some(self.lanes.len() as u32 - 1);
        }
        found.map(|i| i as u32)
    }

    /// Starts a clock of the lane's length.
    #[inline]
    pub(super) fn in_lane(&mut self, lane: u32, kind: Kind, slot: u32) -> Number {
        let number = self.number();
        let l = &mut self.lanes[lane as usize];
        let key = key((self.now + l.length).min(FAR), l.group, number, kind, slot);
        l.keys.push_back(key);
        if !l.posted {
            self.post(lane);
        }
        number
    }

    /// Puts the head of a lane into the heap.
    #[inline]
    fn post(&mut self, lane: u32) {
        let l = &mut self.lanes[lane as usize];
        l.posted = !l.keys.is_empty();
        if let Some(&head) = l.keys.front() {
            let mask = u128::from(u32::MAX);
            let low = u128::from(((Kind::Lane as u32) << 28) | lane);
            self.heap.push((head & !mask) | low);
        }
    }

    /// Takes what is next: the newcomer who comes at `newcomer`, if anybody does, or an event up
    /// to `until`. `is_live` says which clocks still count; stale ones at the head of a lane are
    /// dropped unseen.
    ///
    /// Arrivals from sources count as scheduled before the clock started, so at one instant they
    /// precede the attempts, and follow all earlier groups.
    #[inline]
    pub(super) fn next(
        &mut self,
        newcomer: Option<Time>,
        until: Time,
        is_live: impl Fn(Event) -> bool,
    ) -> Next {
        let least = self.heap.least;
        if let Some(first) = self.work.front()
            && first < least
        {
            self.work.pop();
            return Next::Event(event(first));
        }
        let outside = newcomer.map_or(Key::MAX, |at| key(at, Group::Arrival, 0, Kind::Lane, 0));
        if let Some(first) = self.arrivals.front()
            && first < least
            && first < outside
        {
            self.arrivals.pop();
            return Next::Event(event(first));
        }
        if outside < least {
            self.now = event(outside).at;
            return Next::Newcomer;
        }
        if least == Key::MAX {
            return Next::Nothing;
        }
        let next = event(least);
        if next.at > until {
            return Next::Nothing;
        }
        debug_assert!(next.at >= self.now, "time runs back");
        self.now = next.at;
        self.heap.pop();
        if next.kind == Kind::Lane {
            return Next::Event(self.pop_lane(next.slot, is_live));
        }
        Next::Event(next)
    }

    /// Whether nothing else happens at the present instant, so that what would stand in a ring
    /// may as well happen at once.
    #[inline]
    pub(super) fn is_quiet(&self) -> bool {
        self.work.keys.is_empty()
            && self.arrivals.keys.is_empty()
            && (self.heap.least >> 67) as i64 > self.now.0
    }

    #[inline]
    fn pop_lane(&mut self, lane: u32, is_live: impl Fn(Event) -> bool) -> Event {
        let keys = &mut self.lanes[lane as usize].keys;
        let first = keys.pop_front().expect("a posted lane has a head");
        while let Some(&head) = keys.front() {
            if is_live(event(head)) {
                break;
            }
            keys.pop_front();
        }
        self.post(lane);
        event(first)
    }

    /// Bytes in use, for the memory limit.
    pub(super) fn bytes(&self) -> usize {
        let keys: usize = self.lanes.iter().map(|l| l.keys.capacity()).sum();
        (self.heap.keys.capacity()
            + self.work.keys.capacity()
            + self.arrivals.keys.capacity()
            + keys)
            * size_of::<Key>()
    }
}

/// First slot in use; the four children of slot i are 4(i − 2) … 4(i − 2) + 3, so siblings share
/// a cache line.
const ROOT: usize = 3;

/// A four-ary heap; unused slots hold the largest key, so groups of children are always whole.
#[derive(Debug)]
struct Heap {
    /// The smallest key, the largest number if there is none.
    least: Key,
    keys: Vec<Key>,
    /// Keys, the hole counted.
    len: usize,
    /// Whether the root was taken and not yet replaced.
    hole: bool,
}

impl Default for Heap {
    fn default() -> Self {
        Self {
            least: Key::MAX,
            keys: Vec::new(),
            len: 0,
            hole: false,
        }
    }
}

impl Heap {
    fn clear(&mut self) {
        self.least = Key::MAX;
        self.keys.clear();
        self.len = 0;
        self.hole = false;
    }

    #[inline]
    fn push(&mut self, key: Key) {
        self.least = self.least.min(key);
        if self.hole {
            self.hole = false;
            self.sift_down(key);
            return;
        }
        if self.len + 12 >= self.keys.len() {
            let more = (self.keys.len() * 2).max(64);
            self.keys.resize(more, Key::MAX);
        }
        let mut i = self.len + ROOT;
        self.len += 1;
        while i > ROOT {
            let parent = i / 4 + 2;
            let above = self.keys[parent];
            if above <= key {
                break;
            }
            self.keys[i] = above;
            i = parent;
        }
        self.keys[i] = key;
    }

    /// Removes the smallest key and leaves a hole; the next smallest is among its children.
    #[inline]
    fn pop(&mut self) {
        self.fill();
        debug_assert!(self.len > 0);
        self.hole = true;
        let children: &[Key; 4] = self.keys[4 * (ROOT - 2)..4 * (ROOT - 2) + 4]
            .try_into()
            .expect("four children");
        let [a, b, c, d] = *children;
        self.least = a.min(b).min(c.min(d));
    }

    #[inline]
    fn fill(&mut self) {
        if !self.hole {
            return;
        }
        self.hole = false;
        self.len -= 1;
        let last = std::mem::replace(&mut self.keys[self.len + ROOT], Key::MAX);
        if self.len > 0 {
            self.sift_down(last);
        }
    }

    #[inline]
    fn sift_down(&mut self, key: Key) {
        let end = self.len + ROOT;
        let keys = &mut self.keys[..];
        let mut i = ROOT;
        loop {
            let child = 4 * (i - 2);
            if child >= end {
                break;
            }
            let four: &[Key] = &keys[child..child + 4];
            let (a, b, c, d) = (four[0], four[1], four[2], four[3]);
            let left = usize::from(b < a);
            let right = 2 + usize::from(d < c);
            let (least_left, least_right) = (a.min(b), c.min(d));
            let least = least_left.min(least_right);
            let which = if least_right < least_left {
                right
            } else {
                left
            };
            if key <= least {
                break;
            }
            keys[i] = least;
            i = child + which;
        }
        keys[i] = key;
    }
}
