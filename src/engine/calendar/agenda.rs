//! What happens next: rings, lanes, a wheel and a heap behind one total order.
//!
//! Every event has a key of 128 bits: instant, group, number in the order of scheduling, then
//! what it is and whom it concerns. The smallest key is next, so the order is total, the same on
//! every machine, and written in one place (`key`). Where an event waits is only a matter of
//! cost: events at the present instant stand in rings ([`Ring`]), clocks of a fixed length in lanes
//! (each is in order by itself, so only its head stands among the others), those of the tick under
//! way in slots of their own ([`Near`]; a heap where a slot is in use), the later ones in a timing
//! wheel. An event is cancelled by forgetting its number.
//!
//! It does not know tasks: whether an event is stale is the caller's business.

use std::collections::VecDeque;

use crate::base::time::{Span, Time};
use crate::engine::calendar::heap::Heap;
use crate::engine::calendar::key::{
    Event, FAR, Group, Key, Kind, NEWCOMER, NOTHING, Number, SLOT_BITS, event, half, instant, key,
    upper,
};
use crate::engine::calendar::near::Near;
use crate::engine::calendar::ring::Ring;
use crate::engine::calendar::wheel::Wheel;

/// Most lanes that are open.
const MOST_LANES: usize = 256;

/// Clocks of one fixed length, in order by themselves.
#[derive(Clone, Debug)]
struct Lane {
    length: Span,
    group: Group,
    keys: VecDeque<Key>,
    /// Whether its first key stands among the others.
    posted: bool,
}

/// All that is still to happen.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Agenda {
    now: Time,
    numbers: u64,
    /// The tick under way.
    near: Near,
    /// What found its slot of the tick in use, or is earlier than the tick.
    late: Heap,
    /// What comes later.
    wheel: Wheel,
    work: Ring,
    arrivals: Ring,
    lanes: Vec<Lane>,
    /// Upper halves below it come before all that stands in the rings and in the heap: 0 unless
    /// the rings are empty.
    calm: u64,
    /// The next newcomer, see [`newcomer_half`].
    newcomer: u64,
    /// The upper half of whatever may come after the end.
    end: u64,
    /// Upper halves below it come before all but the tick under way: the least of the three.
    sure: u64,
}

impl Agenda {
    /// Forgets everything; the clock stands at 0, and nothing ends before the horizon.
    pub(in crate::engine) fn clear(&mut self, horizon: Time) {
        self.now = Time(0);
        self.numbers = 0;
        self.near.clear();
        self.late.clear();
        self.wheel.clear();
        self.work.clear();
        self.arrivals.clear();
        self.lanes.clear();
        self.end = upper(horizon, Group::Tick);
        self.calm = u64::MAX;
        self.expect(u64::MAX);
    }

    /// From then on every event is looked at before it is taken, whether it may come at all.
    pub(in crate::engine) fn end_at(&mut self, end: Time) {
        self.end = upper(end, Group::Tick);
        self.set_calm(self.calm);
    }

    /// Who comes next from outside, see [`newcomer_half`].
    #[inline]
    pub(in crate::engine) fn expect(&mut self, newcomer: u64) {
        self.newcomer = newcomer;
        self.set_calm(self.calm);
    }

    /// What comes before all that stands in the rings and in the heap.
    #[inline]
    fn set_calm(&mut self, calm: u64) {
        self.calm = calm;
        self.sure = self.newcomer.min(calm).min(self.end);
    }

    /// Numbers given so far.
    #[inline]
    pub(in crate::engine) fn numbers(&self) -> u64 {
        self.numbers
    }

    /// A fresh number, for what waits without an event.
    #[inline]
    pub(in crate::engine) fn number(&mut self) -> Number {
        self.numbers += 1;
        self.numbers as Number
    }

    /// Schedules an event; an instant that has passed counts as now.
    #[inline(always)]
    pub(in crate::engine) fn at(
        &mut self,
        at: Time,
        group: Group,
        kind: Kind,
        slot: u32,
    ) -> Number {
        let number = self.number();
        self.numbered(number, at, group, (kind, slot));
        number
    }

    /// Schedules an event of a number that was given before.
    #[inline(always)]
    pub(in crate::engine) fn numbered(
        &mut self,
        number: Number,
        at: Time,
        group: Group,
        (kind, slot): (Kind, u32),
    ) {
        if at > self.now {
            self.add(key(at.min(FAR), group, number, kind, slot));
        } else {
            self.add_now(key(self.now, group, number, kind, slot), group);
        }
    }

    /// Schedules an event at the present instant.
    #[inline(never)]
    fn add_now(&mut self, key: Key, group: Group) {
        match group {
            Group::Work => {
                self.set_calm(0);
                self.work.push(key);
            }
            Group::Arrival => {
                self.set_calm(0);
                self.arrivals.push(key);
            }
            Group::Tick
            | Group::Change
            | Group::Patience
            | Group::Clock
            | Group::Late
            | Group::Reading => self.add(key),
        }
    }

    /// Schedules an event in the wheel or in the heap.
    #[inline(never)]
    fn add(&mut self, key: Key) {
        if !self.wheel.takes(key) {
            self.add_soon(key);
        }
    }

    /// Schedules an event of the tick under way, or of one before it.
    #[inline(never)]
    fn add_soon(&mut self, key: Key) {
        if !(self.wheel.is_under_way(key) && self.near.takes(key)) {
            self.add_late(key);
        }
    }

    fn add_late(&mut self, key: Key) {
        self.set_calm(self.calm.min(half(key)));
        self.late.push(key);
    }

    /// The lane for clocks of a length, if there is room for one; clocks of further lengths are
    /// events like others.
    pub(in crate::engine) fn lane(&mut self, length: Span, group: Group) -> Option<u32> {
        let is_it = |lane: &Lane| (lane.length, lane.group) == (length, group);
        let open = self.lanes.iter().position(is_it);
        if open.is_none() && self.lanes.len() < MOST_LANES {
            self.lanes.push(Lane {
                length,
                group,
                keys: VecDeque::new(),
                posted: false,
            });
            return Some(self.lanes.len() as u32 - 1);
        }
        open.map(|lane| lane as u32)
    }

    /// Starts a clock of the lane's length.
    #[inline]
    pub(in crate::engine) fn in_lane(&mut self, lane: u32, kind: Kind, slot: u32) -> Number {
        let number = self.number();
        let l = &mut self.lanes[lane as usize];
        let key = key((self.now + l.length).min(FAR), l.group, number, kind, slot);
        l.keys.push_back(key);
        if !l.posted {
            self.post(lane);
        }
        number
    }

    /// Puts the head of a lane among the events.
    #[inline]
    fn post(&mut self, lane: u32) {
        let l = &mut self.lanes[lane as usize];
        l.posted = !l.keys.is_empty();
        if let Some(&head) = l.keys.front() {
            let mask = u128::from(u32::MAX);
            let low = u128::from(((Kind::Lane as u32) << SLOT_BITS) | lane);
            self.add((head & !mask) | low);
        }
    }

    /// Takes what is next if it is the head of the tick under way, as nearly always; a look at
    /// [`Self::next_of_all`] otherwise.
    ///
    /// Arrivals from sources count as scheduled before the clock started, so at one instant they
    /// precede the attempts, and follow all earlier groups: a newcomer is an event without a
    /// number.
    #[inline(always)]
    pub(in crate::engine) fn next_in_tick(&mut self, fetch: impl Fn(u32)) -> Option<Key> {
        let first = self.near.first();
        if half(first) >= self.sure {
            return None;
        }
        self.near.pop();
        self.wheel.look_at_next(|key| fetch(event(key).slot));
        Some(first)
    }

    /// Takes what is next, wherever it stands: an event up to `until` or the newcomer, if one
    /// comes; [`NOTHING`] if nothing does.
    #[inline]
    pub(in crate::engine) fn next_of_all(&mut self, until: Time, fetch: impl Fn(u32)) -> Key {
        if self.near.is_empty() && self.late.is_empty() {
            self.next_tick();
            self.wheel.look_at_next(|key| fetch(event(key).slot));
        }
        let first = self.near.first();
        if self.newcomer <= half(first).min(self.calm) && self.newcomer >> 3 <= until.0 as u64 {
            return self.newcomer_key();
        }
        if half(first) < self.calm && instant(first) <= until.0 as u64 {
            self.near.pop();
            first
        } else {
            self.next_elsewhere(until)
        }
    }

    /// The next tick is under way, or that of the newcomer if nothing comes before.
    #[inline(always)]
    fn next_tick(&mut self) {
        let (near, late) = (&mut self.near, &mut self.late);
        self.wheel.next_tick(self.newcomer >> 3, |key| {
            if !near.takes(key) {
                late.push(key);
            }
        });
        self.grow_calm();
    }

    /// Takes what is next where neither the newcomer nor the head of the tick is, for sure.
    #[inline(never)]
    fn next_elsewhere(&mut self, until: Time) -> Key {
        let least = self.least();
        if !self.are_rings_empty()
            && let Some(first) = self.next_in_ring(least)
        {
            return first;
        }
        let newcomer = self.newcomer_key();
        let first = least.min(newcomer);
        if instant(first) > until.0 as u64 {
            return NOTHING;
        }
        if first == newcomer {
            return newcomer;
        }
        if self.near.first() == first {
            self.near.pop();
        } else {
            self.late.pop();
            self.grow_calm();
        }
        first
    }

    /// The next newcomer as an event.
    #[inline]
    fn newcomer_key(&self) -> Key {
        (Key::from(self.newcomer) << 64) | NEWCOMER
    }

    /// The clock moves on to an event that was taken out.
    #[inline(always)]
    pub(in crate::engine) fn advance(&mut self, key: Key) -> Time {
        let at = Time(instant(key) as i64);
        debug_assert!(at >= self.now, "time runs back");
        self.now = at;
        at
    }

    /// Finds anew what comes before all of the rings and the heap.
    #[inline]
    fn grow_calm(&mut self) {
        if self.are_rings_empty() {
            self.set_calm(half(self.late.least()));
        }
    }

    #[inline]
    fn are_rings_empty(&self) -> bool {
        self.work.is_empty() && self.arrivals.is_empty()
    }

    /// Takes the next of those at the present instant, unless something else comes before.
    #[inline(never)]
    fn next_in_ring(&mut self, least: Key) -> Option<Key> {
        let (ring, before) = if self.work.is_empty() {
            (&mut self.arrivals, self.newcomer)
        } else {
            (&mut self.work, u64::MAX)
        };
        let first = ring.front()?;
        if first > least || half(first) >= before {
            return None;
        }
        ring.pop();
        self.grow_calm();
        Some(first)
    }

    /// The smallest key of those in order, the largest number if there is none.
    #[inline]
    fn least(&self) -> Key {
        self.near.first().min(self.late.least())
    }

    /// Whether nothing else happens at the present instant, so that what would stand in a ring
    /// may as well happen at once.
    #[inline(always)]
    pub(in crate::engine) fn is_quiet(&self) -> bool {
        let next = half(self.near.first()).min(self.newcomer).min(self.calm);
        next >> 3 > self.now.0 as u64
    }

    /// Takes the clock at the head of a lane. `is_live` says which clocks still count; stale ones
    /// that follow are dropped unseen. `fetch` has the task of a slot brought near.
    pub(in crate::engine) fn pop_lane(
        &mut self,
        lane: u32,
        is_live: impl Fn(Event) -> bool,
        fetch: impl Fn(u32),
    ) -> Event {
        /// So many are looked at while a task is on its way.
        const AHEAD: usize = 6;
        let keys = &mut self.lanes[lane as usize].keys;
        let first = keys.pop_front().expect("a posted lane has a head");
        while let Some(&head) = keys.front() {
            if let Some(&later) = keys.get(AHEAD) {
                fetch(event(later).slot);
            }
            if is_live(event(head)) {
                break;
            }
            keys.pop_front();
        }
        self.post(lane);
        event(first)
    }

    /// Bytes in use, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        let keys: usize = self.lanes.iter().map(|l| l.keys.capacity()).sum();
        let rings = self.work.capacity() + self.arrivals.capacity();
        (rings + keys) * size_of::<Key>() + self.late.bytes() + self.wheel.bytes()
    }
}
