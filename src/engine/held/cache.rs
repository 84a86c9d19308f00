//! Caches: what is kept of the keys that were asked for last, and what happens to those who miss
//! (semantics#cache).
//!
//! With single flight a miss
//! belongs to the entry: others who come for it wait, holding their workers, until the task that
//! fills it is done, or fails with it.

use crate::base::slab::Ticket;
use crate::base::time::Time;
use crate::engine::Sim;
use crate::engine::calendar::key::{FAILED, NO_EVENT, Number};
use crate::engine::draws::{Aside, OfStep};
use crate::engine::held::store::{ABSENT, NONE, Row, Store};
use crate::engine::steps::execute::Flow;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::frame::{FrameKind, NO_FRAME};
use crate::engine::tasks::population::{Failure, Population, Role};
use crate::program::{CacheCount, CacheId, Instruction, LookupId, NOT_COUNTED, Program, Scope};
use crate::random::key::{Owner, Place};

/// A miss that others wait for.
#[derive(Clone, Debug)]
struct Flight {
    /// Those who wait, each with its number; some have left.
    waiting: Vec<(u32, Number)>,
    /// How many still wait.
    count: u32,
    /// Who fills the entry.
    leader: Ticket,
    /// The same, where nobody waits for its own answer: it is to be stopped afterwards.
    doomed: Option<Ticket>,
}

/// All caches under way.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Caches {
    stores: Vec<Store>,
    flights: Vec<Flight>,
    free: Vec<u32>,
    /// The first instance of each cache.
    first: Vec<u32>,
}

impl Caches {
    /// Bytes in use, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        let store = |store: &Store| {
            store.rows.capacity() * size_of::<Row>() + store.flights.capacity() * size_of::<u32>()
        };
        let flight = |one: &Flight| one.waiting.capacity() * size_of::<(u32, Number)>();
        self.stores.iter().map(store).sum::<usize>()
            + self.flights.iter().map(flight).sum::<usize>()
    }

    /// A flight that nobody waits for yet.
    fn take_off(&mut self, leader: Ticket) -> u32 {
        if let Some(free) = self.free.pop() {
            self.flights[free as usize].leader = leader;
            return free;
        }
        self.flights.push(Flight {
            waiting: Vec::new(),
            count: 0,
            leader,
            doomed: None,
        });
        self.flights.len() as u32 - 1
    }

    /// Who fills the entry that others wait for.
    pub(in crate::engine) fn leader(&self, flight: u32) -> Ticket {
        self.flights[flight as usize].leader
    }
}

/// Bytes that the caches of a program take before anything happens.
pub(in crate::engine) fn size(program: &Program) -> usize {
    let each = |(id, cache): (CacheId, &crate::program::Cache)| {
        let row = size_of::<Row>() + if cache.shares { size_of::<u32>() } else { 0 };
        let keys = program.cache_keys(id).count() as usize;
        keys.saturating_mul(row)
            .saturating_mul(cache.instances as usize)
    };
    program
        .caches
        .iter()
        .map(each)
        .fold(0, usize::saturating_add)
}

impl Sim<'_> {
    /// Fills the caches that are warm at the start.
    pub(in crate::engine) fn open_caches(&mut self) {
        let program = self.rules.program;
        for (id, cache) in program.caches.iter() {
            let settings = &self.rules.settings.caches[id];
            let keys = program.cache_keys(id).count();
            let caches = &mut self.held.caches;
            caches.first.push(caches.stores.len() as u32);
            for number in 0..cache.instances {
                let shared = if cache.shares { keys as usize } else { 0 };
                let mut store = Store::new(id, keys, vec![NONE; shared]);
                let is_up = cache.homes.iter().rev().find(|home| home.0 <= number);
                let is_up = is_up.is_none_or(|(first, service)| {
                    number - first < self.rules.settings.services[*service].servers
                });
                let warm = if settings.on && cache.starts_warm && is_up {
                    settings.size.min(keys)
                } else {
                    0
                };
                for key in (0..warm).rev() {
                    let age = settings.ttl.map_or(0.0, |ttl| {
                        let place = Place::ROOT
                            .step(Aside::EntryAge as u64)
                            .turn(u64::from(number));
                        self.rules.luck.uniform(cache.owner, place, key) * ttl.0 as f64
                    });
                    store.write(key, warm, Time(-(age as i64)));
                }
                self.held.caches.stores.push(store);
            }
        }
    }

    /// The instance that a step asks.
    fn store_of(&self, slot: u32, lookup: LookupId) -> u32 {
        let step = &self.rules.program.lookups[lookup];
        let first = self.held.caches.first[step.cache.0 as usize] + step.instance;
        match step.per_server {
            Scope::Shared => first,
            Scope::Server => first + self.services.server(self.server_of(slot)).number,
        }
    }

    /// The key that a step asks for: that of the request, or one drawn here.
    fn key_of(&self, slot: u32, lookup: LookupId) -> u32 {
        let step = &self.rules.program.lookups[lookup];
        let (program, task) = (self.rules.program, self.people.task(slot));
        let cache = &program.caches[step.cache];
        match cache.keys {
            Some(keys) if task.label.keys() == Some(keys) => task.label.key(),
            _ => {
                let there = task.path.step(step.luck);
                let u = self
                    .rules
                    .luck
                    .uniform(task.owner, there, OfStep::Only as u32);
                program.cache_keys(step.cache).key(u)
            }
        }
    }

    pub(in crate::engine) fn count_cache(&mut self, id: CacheId, what: CacheCount, n: u32) {
        let tally = self.rules.program.caches[id].counts[what as usize];
        if n > 0 && tally != NOT_COUNTED {
            self.rec
                .add(self.rules.program.layout.tally(tally), n, self.now);
        }
    }

    /// A `cache` step is reached.
    pub(in crate::engine) fn begin_lookup(&mut self, slot: u32, lookup: LookupId) -> Flow {
        let step = &self.rules.program.lookups[lookup];
        if self.people.task(slot).awaits == FAILED {
            self.people.task_mut(slot).awaits = NO_EVENT;
            return self.fail_step(slot, Failure::Error, step.on_failure);
        }
        let settings = &self.rules.settings.caches[step.cache];
        let (index, key) = (self.store_of(slot, lookup), self.key_of(slot, lookup));
        let now = self.now;
        let store = &mut self.held.caches.stores[index as usize];
        let written = store.rows[key as usize].written;
        if settings.on && written != ABSENT {
            let ends = settings.ttl.map_or(Time::NEVER, |ttl| written + ttl);
            let is_old = now >= ends;
            if !is_old || settings.stale.is_some_and(|stale| now < ends + stale) {
                store.unlink(key);
                store.link(key);
                self.count_cache(step.cache, CacheCount::Hit, 1);
                if is_old {
                    self.count_cache(step.cache, CacheCount::Stale, 1);
                    self.owe_refill(slot, (lookup, index, key));
                }
                self.people.task_mut(slot).pc = step.after;
                return Flow::Elsewhere;
            }
            store.remove(key);
            self.count_cache(step.cache, CacheCount::Expired, 1);
        }
        let mut flight = NONE;
        if settings.on && step.single_flight {
            flight = self.held.caches.stores[index as usize].flights[key as usize];
            if flight != NONE {
                self.count_cache(step.cache, CacheCount::Shared, 1);
                self.wait_for_miss(slot, flight);
                return Flow::Stop;
            }
            flight = self.held.caches.take_off(self.people.ticket(slot));
            self.held.caches.stores[index as usize].flights[key as usize] = flight;
        }
        self.count_cache(step.cache, CacheCount::Missed, 1);
        let outer = self.people.task(slot).frame;
        let kind = FrameKind::Miss {
            lookup,
            store: index,
            key,
            flight,
        };
        let frame = self.people.push_frame(outer, kind);
        self.people.task_mut(slot).frame = frame;
        Flow::Next
    }

    /// An attempt has found an old entry, and fills it anew when it has answered, unless somebody
    /// does already.
    #[inline(never)]
    fn owe_refill(&mut self, slot: u32, (lookup, store, key): (LookupId, u32, u32)) {
        let keys = self
            .rules
            .program
            .cache_keys(self.rules.program.lookups[lookup].cache);
        let flights = &mut self.held.caches.stores[store as usize].flights;
        if flights.is_empty() {
            flights.resize(keys.count() as usize, NONE);
        }
        if flights[key as usize] != NONE {
            return;
        }
        let root = self.attempt_above(slot);
        let flight = self.held.caches.take_off(self.people.ticket(root));
        self.held.caches.stores[store as usize].flights[key as usize] = flight;
        let task = self.people.task(slot);
        let kind = FrameKind::Refill {
            lookup,
            store,
            key,
            flight,
            pc: task.pc,
            path: task.path,
        };
        let frame = self.people.push_frame(NO_FRAME, kind);
        let mut last = self.people.task(root).frame;
        if last == NO_FRAME {
            self.people.task_mut(root).frame = frame;
            return;
        }
        while self.people.frame(last).outer != NO_FRAME {
            last = self.people.frame(last).outer;
        }
        self.people.frame_mut(last).outer = frame;
    }

    fn wait_for_miss(&mut self, slot: u32, flight: u32) {
        let number = self.agenda.number();
        let one = &mut self.held.caches.flights[flight as usize];
        one.waiting.push((slot, number));
        one.count += 1;
        let task = self.people.task_mut(slot);
        (task.doing, task.awaits) = (Doing::AtMiss { flight }, number);
    }

    /// A miss has succeeded: its entry is written, and those who wait for it go on.
    pub(in crate::engine) fn end_miss(&mut self, slot: u32) -> Flow {
        let number = self.people.task(slot).frame;
        let frame = self.people.pop_frame(number);
        self.people.task_mut(slot).frame = frame.outer;
        let (lookup, store, key, flight) = match frame.kind {
            FrameKind::Miss {
                lookup,
                store,
                key,
                flight,
            } => (lookup, store, key, flight),
            FrameKind::Refill {
                lookup,
                store,
                key,
                flight,
                pc,
                ..
            } => {
                // `Next` is the end of the attempt.
                self.people.task_mut(slot).pc = pc - 1;
                (lookup, store, key, flight)
            }
            other => unreachable!("a miss ends in its frame, not in {other:?}"),
        };
        let (id, now) = (self.rules.program.lookups[lookup].cache, self.now);
        let settings = &self.rules.settings.caches[id];
        if settings.on {
            let evicted = self.held.caches.stores[store as usize].write(key, settings.size, now);
            self.count_cache(id, CacheCount::Evicted, evicted);
        }
        if flight != NONE {
            self.land(store, key, flight, Number::MIN);
        }
        Flow::Next
    }

    /// A miss has failed, or was stopped: those who wait for it fail as well.
    pub(in crate::engine) fn miss_fails(&mut self, store: u32, key: u32, flight: u32) {
        if flight != NONE {
            self.land(store, key, flight, FAILED);
        }
    }

    /// A flight ends: those who wait for it go on, or fail where `mark` says so.
    fn land(&mut self, store: u32, key: u32, flight: u32, mark: Number) {
        self.held.caches.stores[store as usize].flights[key as usize] = NONE;
        let one = &mut self.held.caches.flights[flight as usize];
        (one.count, one.leader) = (0, Ticket::NONE);
        let doomed = one.doomed.take();
        let mut waiting = std::mem::take(&mut one.waiting);
        for (slot, number) in waiting.drain(..) {
            if !self.people.awaits(slot, number) {
                continue;
            }
            let after = self.rules.program.lookups[self.lookup_at(slot)].after;
            let task = self.people.task_mut(slot);
            if mark == FAILED {
                task.awaits = FAILED;
            } else {
                (task.awaits, task.pc) = (NO_EVENT, after);
            }
            self.make_ready(slot);
        }
        if let Some(ticket) = doomed {
            self.pending.doom(ticket);
        }
        self.held.caches.flights[flight as usize].waiting = waiting;
        self.held.caches.free.push(flight);
    }

    fn lookup_at(&self, slot: u32) -> LookupId {
        match self.rules.program.code[self.people.task(slot).pc as usize] {
            Instruction::Lookup(lookup) => lookup,
            other => unreachable!("a miss is awaited at a cache, not at {other:?}"),
        }
    }

    /// A task no longer waits for the miss of another.
    pub(in crate::engine) fn leave_miss(&mut self, flight: u32) {
        let one = &mut self.held.caches.flights[flight as usize];
        one.count -= 1;
        if one.count == 0
            && let Some(ticket) = one.doomed.take()
        {
            self.pending.doom(ticket);
        }
    }

    /// Whether others wait for a miss of an attempt that nobody waits for: then it goes on until
    /// that has ended.
    pub(in crate::engine) fn fills_for_others(&mut self, ticket: Ticket) -> bool {
        let flight = awaited(&self.people, &self.held.caches.flights, ticket.slot);
        if let Some(flight) = flight {
            self.held.caches.flights[flight as usize].doomed = Some(ticket);
        }
        flight.is_some()
    }

    /// A share of the entries of a cache is lost, each by the luck of its key with whoever flushes
    /// it, for the n-th time. Misses under way still write.
    pub(in crate::engine) fn flush(
        &mut self,
        (id, share): (CacheId, f64),
        (owner, turn): (Owner, u64),
    ) {
        let place = Place::ROOT.step(Aside::Flush as u64).turn(turn);
        let mut flushed = 0;
        let stores = self.held.caches.stores.iter_mut();
        for store in stores.filter(|store| store.cache == id) {
            let mut next = store.newest;
            while next != NONE {
                let (key, older) = (next, store.rows[next as usize].older);
                if self.rules.luck.uniform(owner, place, key) < share {
                    store.remove(key);
                    flushed += 1;
                }
                next = older;
            }
        }
        self.count_cache(id, CacheCount::Flushed, flushed);
    }

    /// A server boots: what it had in memory is gone.
    pub(in crate::engine) fn empty_caches_of(&mut self, index: u32) {
        let server = self.services.server(index);
        let (service, number) = (server.service, server.number);
        let program = self.rules.program;
        for (id, cache) in program.caches.iter() {
            for (first, home) in &cache.homes {
                if *home == service {
                    let store = self.held.caches.first[id.0 as usize] + first + number;
                    self.held.caches.stores[store as usize].clear();
                }
            }
        }
    }

    /// Other numbers may be in force for the caches.
    pub(in crate::engine) fn change_caches(&mut self) {
        for index in 0..self.held.caches.stores.len() {
            let store = &mut self.held.caches.stores[index];
            let (id, settings) = (store.cache, &self.rules.settings.caches[store.cache]);
            if settings.on {
                let evicted = store.shrink(settings.size);
                self.count_cache(id, CacheCount::Evicted, evicted);
            } else {
                store.clear();
            }
        }
    }
}

/// A flight that others wait for, of a task or of the branches of its `parallel` steps.
fn awaited(people: &Population, flights: &[Flight], slot: u32) -> Option<u32> {
    let mut next = people.task(slot).frame;
    while next != NO_FRAME {
        let frame = people.frame(next);
        match frame.kind {
            FrameKind::Miss { flight, .. } | FrameKind::Refill { flight, .. }
                if flight != NONE && flights[flight as usize].count > 0 =>
            {
                return Some(flight);
            }
            FrameKind::Join { first, .. } => {
                let mut branch = first;
                while let Some(task) = people.get(branch) {
                    if let Some(found) = awaited(people, flights, branch.slot) {
                        return Some(found);
                    }
                    branch = match task.role {
                        Role::Branch(b) => b.next,
                        Role::Visitor(_) | Role::Attempt(_) => Ticket::NONE,
                    };
                }
            }
            _ => {}
        }
        next = frame.outer;
    }
    None
}
