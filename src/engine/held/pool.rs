//! Pools and locks: units that steps hold.

use crate::base::slim::Slim;
use crate::base::time::Time;
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind};
use crate::engine::draws::{Aside, HOLDERS};
use crate::engine::lines::line::Line;
use crate::engine::record::gauge::Gauge;
use crate::engine::record::holders::{Holders, Note};
use crate::engine::steps::execute::Flow;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::frame::FrameKind;
use crate::engine::tasks::population::{Failure, Population};
use crate::observation::{PoolCounter, PoolLevel};
use crate::program::{HoldId, Instruction, Pool, PoolId, Scope, ServiceId};
use crate::random::key::Place;

/// One instance of a pool.
#[derive(Clone, Debug)]
pub(in crate::engine) struct PoolInstance {
    pub(in crate::engine) pool: PoolId,
    pub(in crate::engine) number: u32,
    /// The server that it belongs to, among all; [`u32::MAX`] if to none.
    server: u32,
    size: u64,
    pub(in crate::engine) in_use: u64,
    /// Who waits for a unit.
    pub(in crate::engine) line: Line,
    /// Who is next, and has left the line, but needs more units than are free.
    next: Option<u32>,
    /// Draws of a random order so far.
    draws: u32,
    /// Some of those who hold a unit.
    pub(in crate::engine) holders: Holders,
}

impl PoolInstance {
    /// Those who wait.
    pub(super) fn those_who_wait(&self, people: &Population) -> Vec<u32> {
        let mut all = self.line.those(people);
        all.extend(self.next);
        all
    }

    /// How many wait.
    #[inline]
    fn waiting(&self) -> u32 {
        self.line.len() + u32::from(self.next.is_some())
    }

    /// Whether so many units are free, and nobody came before.
    #[inline]
    fn has_free(&self, units: u32) -> bool {
        self.in_use + u64::from(units) <= self.size && self.waiting() == 0
    }

    /// Bytes of its queue, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.line.bytes() + self.holders.bytes()
    }
}

impl Sim<'_> {
    /// Opens every instance of every pool.
    pub(in crate::engine) fn open_pools(&mut self) {
        let program = self.rules.program;
        for (id, pool) in program.pools.iter() {
            let size = self.rules.settings.pools[id].size;
            for number in 0..pool.instances {
                let luck = self
                    .rules
                    .luck
                    .bits(pool.owner.number(number), Place::ROOT, HOLDERS);
                self.held.pools.push(PoolInstance {
                    pool: id,
                    number,
                    server: self.home_of(pool, number),
                    size,
                    in_use: 0,
                    line: Line::before(Gauge::new(size)),
                    next: None,
                    draws: 0,
                    holders: Holders::new(size, luck),
                });
            }
            self.measure_pool(id);
        }
    }

    /// The server that an instance of a pool belongs to, among all.
    fn home_of(&self, pool: &Pool, number: u32) -> u32 {
        let homes = pool.homes.iter().filter(|(first, _)| *first <= number);
        let home = homes.max_by_key(|(first, _)| *first).copied();
        home.map_or(u32::MAX, |(first, service)| {
            let station = self.services.station(service);
            let server = number - first;
            if server < station.most {
                station.first + server
            } else {
                u32::MAX
            }
        })
    }

    /// Servers of a service have come or gone, and with them the instances that belong to them.
    pub(in crate::engine) fn measure_pools_of(&mut self, id: ServiceId) {
        let program = self.rules.program;
        for (pool, places) in program.pools.iter() {
            if places.homes.iter().any(|(_, service)| *service == id) {
                self.measure_pool(pool);
            }
        }
    }

    /// Whether an instance of a pool is there: its server is up, or finishes what it has.
    fn is_there(&self, pool: &PoolInstance) -> bool {
        pool.server == u32::MAX || self.services.server(pool.server).works()
    }

    /// The units that a pool has, with those in use above a size that was lowered.
    fn measure_pool(&mut self, id: PoolId) {
        let pool = &self.rules.program.pools[id];
        let range = pool.first as usize..(pool.first + pool.instances) as usize;
        // None are there while the stage is set.
        let all = self.held.pools.get(range).into_iter().flatten();
        let there = all.filter(|pool| self.is_there(pool));
        let size = there.fold(0u64, |n, pool| n.saturating_add(pool.size.max(pool.in_use)));
        let level = self.rules.program.layout.pool_level(id.0, PoolLevel::Size);
        self.rec
            .set(level, size.min(u64::from(u32::MAX)) as u32, self.now);
    }

    fn pool_of(&self, slot: u32, hold: HoldId) -> u32 {
        let step = &self.rules.program.holds[hold];
        match step.per_server {
            Scope::Shared => step.instance,
            Scope::Server => step.instance + self.services.server(self.server_of(slot)).number,
        }
    }

    /// A `hold` is reached.
    pub(in crate::engine) fn begin_hold(&mut self, slot: u32, hold: HoldId) -> Flow {
        let index = self.pool_of(slot, hold);
        let pool = &self.held.pools[index as usize];
        let (id, layout) = (pool.pool, self.rules.program.layout);
        self.rec
            .count(layout.pool(id.0, PoolCounter::Asked), self.now);
        let settings = &self.rules.settings.pools[id];
        if pool.has_free(self.rules.program.holds[hold].units) {
            self.grant(slot, hold, (index, self.now));
            return Flow::Next;
        }
        let waiting = u64::from(pool.waiting());
        if settings.queue_limit.is_some_and(|limit| waiting >= limit) {
            self.rec
                .count(layout.pool(id.0, PoolCounter::Refused), self.now);
            self.held.pools[index as usize].line.gauge.refuse();
            let on_failure = self.rules.program.holds[hold].on_failure;
            return self.fail_step(slot, Failure::Refused, on_failure);
        }
        let number = match self.rules.settings.holds[hold] {
            Some(span) => self
                .agenda
                .at(self.now + span, Group::Clock, Kind::HoldTimeout, slot),
            None => self.agenda.number(),
        };
        let pool = &mut self.held.pools[index as usize];
        pool.line.join((slot, number), self.now);
        let (waits, length) = (
            Doing::AtPool {
                since: Slim::new(self.now),
            },
            layout.pool_level(id.0, PoolLevel::Queue),
        );
        self.wait_in_line(slot, (waits, number), length);
        if self.rules.program.pools[id].dried.is_some() {
            self.may_dry_pool(slot, index);
        }
        Flow::Stop
    }

    /// The units of an instance are granted to who has waited since then.
    fn grant(&mut self, slot: u32, hold: HoldId, (index, since): (u32, Time)) {
        let (now, layout) = (self.now, self.rules.program.layout);
        let units = u64::from(self.rules.program.holds[hold].units);
        let pool = &mut self.held.pools[index as usize];
        pool.in_use += units;
        pool.line.gauge.take_all(units, pool.in_use, now);
        let id = pool.pool.0;
        let outer = self.people.task(slot).frame;
        self.rec.count(layout.pool(id, PoolCounter::Granted), since);
        let level = layout.pool_level(id, PoolLevel::InUse);
        let in_use = self.rec.value(level).saturating_add(units as u32);
        self.rec.set(level, in_use, now);
        if since != now {
            self.rec.count(layout.pool(id, PoolCounter::Waited), since);
        }
        self.rec.sample(layout.pool_wait(id), since, now);
        let frame = self
            .people
            .push_frame(outer, FrameKind::Hold { hold, pool: index });
        self.people.task_mut(slot).frame = frame;
        let holders = &mut self.held.pools[index as usize].holders;
        if holders.takes_note() {
            let people = &self.people;
            let note = Note {
                task: people.ticket(slot),
                frame: people.frame_ticket(frame),
            };
            holders.note(note, |note| people.keeps(note.frame));
        }
    }

    /// The units of a `hold` come back; the next who wait take what is free.
    pub(in crate::engine) fn release(&mut self, hold: HoldId, index: u32) {
        let units = u64::from(self.rules.program.holds[hold].units);
        let pool = &mut self.held.pools[index as usize];
        let above = pool.in_use.saturating_sub(pool.size).min(units);
        pool.in_use -= units;
        pool.line.gauge.give_all(units, pool.in_use, self.now);
        let id = pool.pool.0;
        self.lower(id, PoolLevel::InUse, units);
        if above > 0 && self.is_there(&self.held.pools[index as usize]) {
            // Units above a size that was lowered while they were in use are back, and gone.
            self.lower(id, PoolLevel::Size, above);
        }
        self.grant_next(index);
    }

    /// A level of a pool goes down.
    fn lower(&mut self, pool: u32, what: PoolLevel, by: u64) {
        let level = self.rules.program.layout.pool_level(pool, what);
        let left = self.rec.value(level).saturating_sub(by as u32);
        self.rec.set(level, left, self.now);
    }

    fn grant_next(&mut self, index: u32) {
        while let Some(slot) = self.next_at_pool(index) {
            let pool = &mut self.held.pools[index as usize];
            pool.line.gauge.called();
            let layout = self.rules.program.layout;
            let length = layout.pool_level(pool.pool.0, PoolLevel::Queue);
            let since = self.leave_line(slot, length);
            self.grant(slot, self.hold_at(slot), (index, since));
            self.people.task_mut(slot).pc += 1;
            self.make_ready(slot);
        }
    }

    /// Who is next, if there is room: nobody overtakes one who needs more units than are free.
    fn next_at_pool(&mut self, index: u32) -> Option<u32> {
        let pool = &mut self.held.pools[index as usize];
        if pool.in_use >= pool.size {
            return None;
        }
        let slot = match pool.next.take() {
            Some(slot) => slot,
            None => self.next_in_order(index)?,
        };
        let units = self.rules.program.holds[self.hold_at(slot)].units;
        let pool = &mut self.held.pools[index as usize];
        if pool.in_use + u64::from(units) <= pool.size {
            pool.line.gauge.want(pool.line.len(), self.now);
            return Some(slot);
        }
        pool.next = Some(slot);
        pool.line.gauge.want(pool.waiting(), self.now);
        None
    }

    /// Takes the next of those who wait out of the line.
    fn next_in_order(&mut self, index: u32) -> Option<u32> {
        let (people, luck) = (&self.people, &self.rules.luck);
        let pool = &mut self.held.pools[index as usize];
        let owner = self.rules.program.pools[pool.pool]
            .owner
            .number(pool.number);
        let draws = &mut pool.draws;
        let draw = || {
            *draws += 1;
            luck.uniform(owner, Place::ROOT.step(Aside::PoolOrder as u64), *draws)
        };
        let order = self.rules.settings.pools[pool.pool].order;
        pool.line.next(order, people, draw, self.now)
    }

    fn hold_at(&self, slot: u32) -> HoldId {
        match self.rules.program.code[self.people.task(slot).pc as usize] {
            Instruction::Hold(hold) => hold,
            other => unreachable!("a unit is awaited at a hold, not at {other:?}"),
        }
    }

    /// The instance of the pool that a task waits for.
    pub(in crate::engine) fn pool_awaited(&self, slot: u32) -> u32 {
        self.pool_of(slot, self.hold_at(slot))
    }

    /// A task no longer waits for its unit.
    pub(in crate::engine) fn leave_pool(&mut self, slot: u32) {
        let index = self.pool_awaited(slot) as usize;
        let (id, layout) = (self.held.pools[index].pool.0, self.rules.program.layout);
        let was_next = self.held.pools[index].next == Some(slot);
        let since = self.leave_line(slot, layout.pool_level(id, PoolLevel::Queue));
        let pool = &mut self.held.pools[index];
        if was_next {
            pool.next = None;
        } else {
            pool.line.left(&self.people, self.now);
        }
        pool.line.gauge.want(pool.waiting(), self.now);
        self.rec.count(layout.pool(id, PoolCounter::GaveUp), since);
        if since != self.now {
            self.rec.count(layout.pool(id, PoolCounter::Waited), since);
        }
        self.rec.sample(layout.pool_wait(id), since, self.now);
        if was_next {
            self.grant_next(index as u32);
        }
    }

    /// A `hold` has waited long enough.
    pub(in crate::engine) fn pool_timed_out(&mut self, slot: u32) {
        let hold = self.hold_at(slot);
        self.leave_pool(slot);
        let on_failure = self.rules.program.holds[hold].on_failure;
        if self.fail_step(slot, Failure::TimedOut, on_failure) == Flow::Elsewhere {
            self.make_ready(slot);
        }
    }

    /// The sizes of the pools may have changed.
    pub(in crate::engine) fn resize_pools(&mut self) {
        let now = self.now;
        for pool in &mut self.held.pools {
            pool.size = self.rules.settings.pools[pool.pool].size;
            pool.line.gauge.resize(pool.size, pool.in_use, now);
            pool.holders.resize(pool.size);
        }
        for id in self.rules.program.pools.ids() {
            self.measure_pool(id);
        }
        for index in 0..self.held.pools.len() as u32 {
            self.grant_next(index);
        }
    }
}
