//! How full everything is by window, and what those who hold something are at.
//!
//! Gauges are read at the end of every window. In between the engine looks a few times, at an
//! instant drawn at random from each of as many equal parts of the window, so that no rhythm of a
//! model can hide from it: it walks from some of those who hold a worker or a unit of a pool down
//! to what each is at, through the calls that it waits for. Luck decides only when and at whom it
//! looks, never what happens.

use crate::base::slab::Ticket;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::agenda::{Group, Kind, MAX_SLOT};
use crate::engine::gauge::Gauge;
use crate::engine::holders::{Holders, Note};
use crate::engine::innermost::Found;
use crate::engine::population::{Doing as Does, Population, Role};
use crate::engine::server::Since;
use crate::observation::Fullness;
use crate::observation::fullness::{
    ALL, Doing, Instance, Out, Outage, Resource, Row, Thing, Things, WINDOW, WINDOWS_MIN, Whole,
};
use crate::program::{Program, ServiceId};
use crate::random::key::{Owner, Place};

/// Looks in a window.
const LOOKS: i64 = 5;
/// Looks in a run that is one window.
const LOOKS_OF_RUN: i64 = 100;
/// Most windows: a week of the usual ones. Longer runs have longer windows.
const MOST_WINDOWS: i64 = 1 << 16;
/// Most rows, if every instance were at its brim in every window.
const MOST_ROWS: u64 = 1 << 23;
/// One holder is visited for so many events, within these bounds for one look.
const EVENTS: u64 = 20;
const VISITS: (u64, u64) = (32, 2_048);

/// Slots of the events: a look, the end of a window.
pub(super) const LOOK: u32 = MAX_SLOT - 2;
pub(super) const WINDOW_ENDS: u32 = MAX_SLOT - 3;

/// Whose luck the instants of looks are.
const LOOKER: Owner = Owner::named("looks at holders");
/// Step of the luck by which holders of a worker are noted.
const NOTED: u64 = 0x6e6f_7465_645f_0001;

/// An instance whose holders are looked at.
#[derive(Clone, Copy, Debug)]
enum Looked {
    Server(u32),
    Pool(u32),
}

/// Of what a gauge is: cores count as busy, all others as in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Cores,
    Others,
}

/// What a holder was seen at.
#[derive(Clone, Copy, Debug)]
struct Sighting {
    holder: u32,
    at: u32,
    full: f32,
    rest: f32,
}

/// What is recorded, and where the next look is.
#[derive(Debug, Default)]
pub(super) struct Profile {
    pub(super) seen: Fullness,
    /// Where the first window begins, since the start of the clock.
    from: Time,
    /// Where the one under way does.
    began: Time,
    /// Length of the part of a window of which one instant is looked at.
    part: Span,
    /// Parts so far.
    parts: i64,
    looked: Vec<Looked>,
    /// Whose turn it is among them.
    cursor: usize,
    /// Events by the latest look.
    events: u64,
    sightings: Vec<Sighting>,
}

impl Profile {
    /// Bytes in use by what grows with time, for the memory limit, with the copy at the end.
    pub(super) fn bytes(&self) -> usize {
        let seen = &self.seen;
        seen.rows.capacity() * size_of::<Row>()
            + seen.doings.capacity() * size_of::<Doing>()
            + seen.starts.capacity() * size_of::<u32>()
            + self.sightings.capacity() * size_of::<Sighting>()
    }
}

/// Most instances of a program.
fn instances(program: &Program) -> u64 {
    let servers = program.services.values();
    let servers = servers.map(|service| 1 + 2 * u64::from(service.servers_max));
    let pools = program.pools.values().map(|pool| u64::from(pool.instances));
    servers.sum::<u64>() + pools.sum::<u64>()
}

/// Bytes that a program takes for it before anything happens.
pub(super) fn size(program: &Program) -> usize {
    let each = (size_of::<Instance>() + size_of::<Looked>()) as u64;
    usize::try_from(instances(program).saturating_mul(each)).unwrap_or(usize::MAX)
}

/// Length and number of the windows of a run.
fn windows(run: Span, instances: u64) -> (Span, u32) {
    let mut width = WINDOW;
    if run.0 < WINDOWS_MIN * width.0 {
        return (run, u32::from(run.0 > 0));
    }
    let too_many = |windows: i64| {
        windows > MOST_WINDOWS || instances.saturating_mul(windows as u64) > MOST_ROWS
    };
    while too_many(run.0 / width.0) && width.0 < run.0 / 2 {
        width = Span(2 * width.0);
    }
    let number = (run.0 / width.0).min(i64::from(u32::MAX));
    (width, number as u32)
}

impl Sim<'_> {
    /// Gauges of the servers of a service that opens.
    pub(super) fn open_gauges(&mut self, id: ServiceId) {
        let (settings, desk) = (&self.settings.services[id], &self.routes.services[id]);
        let owner = self.program.services[id].owner;
        let (workers, cores) = (u64::from(settings.workers), u64::from(settings.cores));
        let range = self.stations[id].first..self.stations[id].first + self.stations[id].most;
        for index in range {
            let server = &mut self.servers[index as usize];
            server.gauge = Gauge::new(workers);
            server.core_gauge = Gauge::new(cores);
            if !desk.plain {
                let place = Place::ROOT.step(NOTED);
                let luck = self.luck.bits(owner.number(server.number), place, 0);
                server.holders = Holders::new(workers, luck);
            }
        }
    }

    /// Workers or cores of a service may have changed.
    pub(super) fn resize_gauges(&mut self, id: ServiceId) {
        let (now, settings) = (self.now, &self.settings.services[id]);
        let (workers, cores) = (u64::from(settings.workers), u64::from(settings.cores));
        let station = &self.stations[id];
        let range = station.first as usize..(station.first + station.most) as usize;
        for server in &mut self.servers[range] {
            server
                .gauge
                .resize(workers, u64::from(server.occupied), now);
            server.holders.resize(workers);
            let (working, before) = (u64::from(server.sharing.working), server.core_gauge.size());
            server
                .core_gauge
                .shift((working.min(before), working.min(cores)), now);
            server.core_gauge.resize(cores, working, now);
            server
                .core_gauge
                .want(working.saturating_sub(cores) as u32, now);
        }
    }

    /// A worker is taken by an attempt: it may be one of those noted.
    #[inline(always)]
    pub(super) fn note_holder(&mut self, slot: u32, id: ServiceId, index: u32) {
        if self.routes.services[id].plain {
            return;
        }
        let holders = &mut self.servers[index as usize].holders;
        if holders.is_next() {
            let people = &self.people;
            let note = Note {
                task: people.ticket(slot),
                frame: Ticket::NONE,
            };
            holders.note(note, |note| works_at(people, note, index));
        }
    }

    /// An attempt at a service, which may share one queue, is turned away for want of room, by a
    /// server or by none.
    #[inline(always)]
    pub(super) fn no_room(&mut self, (id, is_shared): (ServiceId, bool), index: Option<u32>) {
        match index {
            Some(index) if !is_shared => self.servers[index as usize].gauge.refuse(),
            _ => self.stations[id].line.refuse(),
        }
    }

    /// An attempt was sent to a server, which may stand still.
    #[inline]
    pub(super) fn count_swallowed(&mut self, index: u32) {
        let server = &mut self.servers[index as usize];
        server.swallowed += u32::from(server.is_halted());
    }

    /// An attempt waits at a server that may stand still, or for servers that all do.
    pub(super) fn count_swallowed_in_queue(&mut self, id: ServiceId, index: u32) {
        if index != u32::MAX {
            self.count_swallowed(index);
            return;
        }
        let station = &self.stations[id];
        let mut eligible = station.eligible.iter().map(|&n| station.first + n);
        if let Some(first) = eligible.clone().next()
            && eligible.all(|index| self.servers[index as usize].is_halted())
        {
            self.count_swallowed(first);
        }
    }

    /// Servers of a service may have begun or ceased to be out.
    pub(super) fn watch_outages(&mut self, id: ServiceId) {
        let (turn, first) = (self.stations[id].turn, self.stations[id].first);
        for index in first..first + self.stations[id].most {
            let is_out = self.servers[index as usize].is_out();
            self.turn_out(index, is_out.map(|why| (why, turn)));
        }
    }

    fn turn_out(&mut self, index: u32, out: Option<(Out, u32)>) {
        let now = self.now;
        let server = &mut self.servers[index as usize];
        match (server.out, out) {
            (None, Some((why, turn))) => {
                server.out = Some(Since { at: now, turn, why });
                server.swallowed = 0;
            }
            (Some(_), None) => self.end_outage(index),
            _ => {}
        }
    }

    /// A server is no longer out, or nothing more is measured.
    fn end_outage(&mut self, index: u32) {
        let server = &mut self.servers[index as usize];
        let Some(since) = server.out.take() else {
            return;
        };
        let (id, swallowed) = (server.service, server.swallowed);
        let from = since.at.max(self.profile.from);
        if swallowed == 0 || from >= self.now.min(self.horizon) || self.now > self.horizon {
            return;
        }
        let (service, server) = (id.0, server.number);
        let outage = Outage {
            service,
            server,
            why: since.why,
            from: self.told(from),
            to: self.told(self.now),
            swallowed,
            sent: self.stations[id].turn.wrapping_sub(since.turn),
        };
        self.profile.seen.outages.push(outage);
    }

    /// What is measured begins: at the start, or at the cut of a warm-up.
    pub(super) fn begin_profile(&mut self) {
        let from = self.now;
        let run = self.horizon - from;
        let things = self.things();
        let (width, windows) = windows(run, instances(self.program));
        let parts = if windows > 1 {
            width.0 / LOOKS
        } else {
            run.0 / LOOKS_OF_RUN
        };
        self.profile = Profile {
            seen: Fullness {
                from: self.told(from),
                until: self.told(self.horizon),
                width,
                windows,
                things,
                starts: vec![0],
                ..Fullness::default()
            },
            from,
            began: from,
            part: Span(parts.max(1)),
            events: self.events,
            ..Profile::default()
        };
        self.list_instances();
        self.read_gauges(|_, _| {});
        self.schedule_look();
        self.schedule_window();
    }

    fn list_instances(&mut self) {
        let profile = &mut self.profile;
        let mut list = |resource, number| {
            profile.seen.instances.push(Instance {
                resource,
                number,
                whole: Whole::default(),
            });
        };
        for (id, station) in self.stations.iter() {
            let desk = &self.routes.services[id];
            list(Resource::Line(id.0), 0);
            for number in 0..station.most {
                list(Resource::Workers(id.0), number);
                if !desk.dedicated {
                    list(Resource::Cores(id.0), number);
                }
                if !desk.plain {
                    profile.looked.push(Looked::Server(station.first + number));
                }
            }
        }
        for (index, pool) in (0..).zip(&self.pools) {
            list(Resource::Pool(pool.pool.0), pool.number);
            profile.looked.push(Looked::Pool(index));
        }
    }

    /// Ends the window of every gauge, in the order of the instances; each is told of its number,
    /// with its row and what it held in unit seconds.
    fn read_gauges(&mut self, mut tell: impl FnMut(usize, (Row, f64))) {
        let window = (self.profile.began, self.now);
        let mut number = 0;
        let mut next = |gauge: &mut Gauge, in_use: u64, of: Of| {
            if in_use == 0 && gauge.is_idle() {
                number += 1;
                return;
            }
            let (mut row, held) = gauge.end(in_use, window);
            if of == Of::Cores {
                row.brim = row.held / (row.size as f32).max(1.0);
            }
            tell(number, (row, held as f64 / 1e9));
            number += 1;
        };
        for (id, station) in self.stations.iter_mut() {
            let shares = !self.routes.services[id].dedicated;
            next(&mut station.line, 0, Of::Others);
            let range = station.first as usize..(station.first + station.most) as usize;
            for server in &mut self.servers[range] {
                next(&mut server.gauge, u64::from(server.occupied), Of::Others);
                if shares {
                    let busy = u64::from(server.sharing.working).min(server.core_gauge.size());
                    next(&mut server.core_gauge, busy, Of::Cores);
                }
            }
        }
        for pool in &mut self.pools {
            next(&mut pool.gauge, pool.in_use, Of::Others);
        }
    }

    fn schedule_window(&mut self) {
        let seen = &self.profile.seen;
        let ended = seen.starts.len() as i64;
        if ended < i64::from(seen.windows) {
            let at = self.profile.from + Span(seen.width.0 * ended);
            self.agenda.at(at, Group::Tick, Kind::Tick, WINDOW_ENDS);
        }
    }

    /// A window ends, and another begins.
    pub(super) fn window_ends(&mut self) {
        self.end_window();
        self.schedule_window();
    }

    fn end_window(&mut self) {
        let mut seen = std::mem::take(&mut self.profile.seen);
        let length = (self.now - self.profile.began).as_secs_f64();
        let window = seen.starts.len() as u32 - 1;
        self.read_gauges(|number, (row, held)| {
            seen.instances[number].whole.add(&row, (held, length));
            if row.brim > 0.0 || row.wanted > 0.0 || row.refused > 0 {
                seen.rows.push(Row {
                    instance: number as u32,
                    ..row
                });
            }
        });
        seen.starts.push(seen.rows.len() as u32);
        self.profile.seen = seen;
        self.profile.began = self.now;
        self.profile.end_window(window);
    }

    /// Nothing more is measured.
    pub(super) fn end_profile(&mut self) {
        let now = std::mem::replace(&mut self.now, self.horizon);
        if self.profile.seen.windows > 0 {
            self.end_window();
        }
        for index in 0..self.servers.len() as u32 {
            self.end_outage(index);
        }
        self.now = now;
    }

    fn schedule_look(&mut self) {
        let profile = &mut self.profile;
        let part = profile.parts;
        profile.parts += 1;
        let u = self.luck.uniform(LOOKER, Place::ROOT, part as u32);
        let within = (u * profile.part.0 as f64) as i64;
        let at = Time(profile.from.0 + part * profile.part.0 + within);
        if at < self.horizon {
            self.agenda.at(at, Group::Tick, Kind::Tick, LOOK);
        }
    }

    /// Looks at what some of the holders are at.
    pub(super) fn look(&mut self) {
        let mut profile = std::mem::take(&mut self.profile);
        let (least, most) = VISITS;
        let budget = ((self.events - profile.events) / EVENTS).clamp(least, most) as usize;
        profile.events = self.events;
        let mut visits = 0;
        for _ in 0..profile.looked.len() {
            if visits >= budget {
                break;
            }
            let which = profile.looked[profile.cursor];
            profile.cursor = (profile.cursor + 1) % profile.looked.len();
            if self.is_held(which) {
                visits += 1 + self.look_at(which, &mut profile.sightings);
            }
        }
        self.profile = profile;
        self.schedule_look();
    }

    /// Whether anybody holds a unit of an instance.
    #[inline]
    fn is_held(&self, which: Looked) -> bool {
        match which {
            Looked::Server(index) => self.servers[index as usize].occupied > 0,
            Looked::Pool(index) => self.pools[index as usize].in_use > 0,
        }
    }

    /// Looks at the holders of an instance: at how many.
    fn look_at(&mut self, which: Looked, sightings: &mut Vec<Sighting>) -> usize {
        let people = &self.people;
        let (holder, in_use, is_full, holders) = match which {
            Looked::Server(index) => {
                let server = &mut self.servers[index as usize];
                let mut holders = std::mem::take(&mut server.holders);
                holders.sweep_out(|note| works_at(people, note, index));
                let is_full = server.gauge.is_full();
                let holder = Thing::Workers(server.service.0);
                (holder, u64::from(server.occupied), is_full, holders)
            }
            Looked::Pool(index) => {
                let pool = &mut self.pools[index as usize];
                let mut holders = std::mem::take(&mut pool.holders);
                holders.sweep_out(|note| people.keeps(note.frame));
                let is_full = pool.gauge.is_full();
                (Thing::Pool(pool.pool.0), pool.in_use, is_full, holders)
            }
        };
        let notes = holders.notes().len();
        let weight = in_use as f32 / notes.max(1) as f32;
        let (full, rest) = if is_full {
            (weight, 0.0)
        } else {
            (0.0, weight)
        };
        let things = self.things();
        let (kind, holder) = (holder, things.number(holder));
        for note in holders.notes() {
            let mut found = Found::default();
            self.walk((note.task.slot, kind), &mut found);
            let at = found.things().map(|thing| things.number(thing));
            sightings.extend(at.chain([ALL]).map(|at| Sighting {
                holder,
                at,
                full,
                rest,
            }));
        }
        match which {
            Looked::Server(index) => self.servers[index as usize].holders = holders,
            Looked::Pool(index) => self.pools[index as usize].holders = holders,
        }
        notes
    }

    fn things(&self) -> Things {
        Things {
            services: self.program.layout.services,
            pools: self.program.layout.pools,
            rooms: self.program.layout.rooms,
        }
    }
}

/// Whether a noted attempt still holds a worker of a server.
fn works_at(people: &Population, note: &Note, index: u32) -> bool {
    people.get(note.task).is_some_and(|task| {
        let works = !matches!(
            task.doing,
            Does::Travelling | Does::Queued | Does::Answering | Does::Refusing | Does::Done
        );
        works && matches!(&task.role, Role::Attempt(a) if a.server == index)
    })
}

impl Profile {
    /// What the holders were seen at in a window: units by holder and thing.
    fn end_window(&mut self, window: u32) {
        self.sightings.sort_by_key(|one| (one.holder, one.at));
        for one in self.sightings.drain(..) {
            match self.seen.doings.last_mut() {
                Some(last)
                    if (last.window, last.holder, last.at) == (window, one.holder, one.at) =>
                {
                    last.full += one.full;
                    last.rest += one.rest;
                }
                _ => self.seen.doings.push(Doing {
                    window,
                    holder: one.holder,
                    at: one.at,
                    full: one.full,
                    rest: one.rest,
                }),
            }
        }
    }
}
