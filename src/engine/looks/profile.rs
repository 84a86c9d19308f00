//! How full everything is by window, and what those who hold something are at.
//!
//! Gauges are read at the end of every window. In between the engine looks a few times, at an
//! instant drawn at random from each of as many equal parts of the window, so that no rhythm of a
//! model can hide from it: it walks from some of those who hold a worker or a unit of a pool down
//! to what each is at, through the calls that it waits for. Luck decides only when and at whom it
//! looks, never what happens.

use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind};
use crate::engine::looks::innermost::Found;
use crate::engine::record::gauge::Gauge;
use crate::engine::services::Of;
use crate::observation::Fullness;
use crate::observation::fullness::{
    ALL, Doing, Instance, Outage, Resource, Row, Thing, Things, WINDOW, WINDOWS_MIN, Whole,
};
use crate::program::{Program, RoomId};
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

/// Whose luck the instants of looks are.
const LOOKER: Owner = Owner::named("looks at holders");

/// An instance whose holders are looked at.
#[derive(Clone, Copy, Debug)]
enum Looked {
    Server(u32),
    Pool(u32),
    Room(RoomId),
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
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Profile {
    pub(in crate::engine) seen: Fullness,
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
    /// Where the first window begins, since the start of the clock.
    pub(in crate::engine) fn since(&self) -> Time {
        self.from
    }

    /// Attempts were sent to a server in vain.
    pub(in crate::engine) fn note_outage(&mut self, outage: Outage) {
        self.seen.outages.push(outage);
    }

    /// Bytes in use by what grows with time, for the memory limit, with the copy at the end.
    pub(in crate::engine) fn bytes(&self) -> usize {
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
    servers.sum::<u64>() + pools.sum::<u64>() + program.rooms.len() as u64
}

/// Bytes that a program takes for it before anything happens.
pub(in crate::engine) fn size(program: &Program) -> usize {
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
    /// What is measured begins: at the start, or at the cut of a warm-up.
    pub(in crate::engine) fn begin_profile(&mut self) {
        let from = self.now;
        let run = self.course.horizon - from;
        let things = self.things();
        let (width, windows) = windows(run, instances(self.rules.program));
        let parts = if windows > 1 {
            width.0 / LOOKS
        } else {
            run.0 / LOOKS_OF_RUN
        };
        self.rec.profile = Profile {
            seen: Fullness {
                from: self.course.told(from),
                until: self.course.told(self.course.horizon),
                width,
                windows,
                things,
                starts: vec![0],
                ..Fullness::default()
            },
            from,
            began: from,
            part: Span(parts.max(1)),
            events: self.course.events,
            ..Profile::default()
        };
        self.list_instances();
        self.read_gauges(|_, _| {});
        self.schedule_look();
        self.schedule_window();
    }

    fn list_instances(&mut self) {
        let profile = &mut self.rec.profile;
        let mut list = |resource, number| {
            profile.seen.instances.push(Instance {
                resource,
                number,
                whole: Whole::default(),
            });
        };
        for (id, station) in self.services.iter() {
            let desk = &self.rules.routes.services[id];
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
        for (index, pool) in (0..).zip(self.held.pools()) {
            list(Resource::Pool(pool.pool.0), pool.number);
            profile.looked.push(Looked::Pool(index));
        }
        for (id, room) in self.rules.program.rooms.iter() {
            if room.limited {
                list(Resource::Room(id.0), 0);
                profile.looked.push(Looked::Room(id));
            }
        }
    }

    /// Ends the window of every gauge, in the order of the instances; each is told of its number,
    /// with its row and what it held in unit seconds.
    fn read_gauges(&mut self, mut tell: impl FnMut(usize, (Row, f64))) {
        let window = (self.rec.profile.began, self.now);
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
        self.services.each_gauge(self.rules.routes, &mut next);
        self.held.each_gauge(self.rules.program, |gauge, in_use| {
            next(gauge, in_use, Of::Others);
        });
    }

    fn schedule_window(&mut self) {
        let seen = &self.rec.profile.seen;
        let ended = seen.starts.len() as i64;
        if ended < i64::from(seen.windows) {
            let at = self.rec.profile.from + Span(seen.width.0 * ended);
            self.agenda.at(at, Group::Tick, Kind::Window, 0);
        }
    }

    /// A window ends, and another begins.
    pub(in crate::engine) fn window_ends(&mut self) {
        self.end_window();
        self.schedule_window();
    }

    fn end_window(&mut self) {
        let mut seen = std::mem::take(&mut self.rec.profile.seen);
        let length = (self.now - self.rec.profile.began).as_secs_f64();
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
        self.rec.profile.seen = seen;
        self.rec.profile.began = self.now;
        self.rec.profile.end_window(window);
    }

    /// Nothing more is measured.
    pub(in crate::engine) fn end_profile(&mut self) {
        let now = std::mem::replace(&mut self.now, self.course.horizon);
        if self.rec.profile.seen.windows > 0 {
            self.end_window();
        }
        self.end_outages();
        self.now = now;
    }

    fn schedule_look(&mut self) {
        let profile = &mut self.rec.profile;
        let part = profile.parts;
        profile.parts += 1;
        let u = self.rules.luck.uniform(LOOKER, Place::ROOT, part as u32);
        let within = (u * profile.part.0 as f64) as i64;
        let at = Time(profile.from.0 + part * profile.part.0 + within);
        if at < self.course.horizon {
            self.agenda.at(at, Group::Tick, Kind::Look, 0);
        }
    }

    /// Looks at what some of the holders are at.
    pub(in crate::engine) fn look(&mut self) {
        let mut profile = std::mem::take(&mut self.rec.profile);
        let (least, most) = VISITS;
        let budget = ((self.course.events - profile.events) / EVENTS).clamp(least, most) as usize;
        profile.events = self.course.events;
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
        self.rec.profile = profile;
        self.schedule_look();
    }

    /// Whether anybody holds a unit of an instance.
    #[inline]
    fn is_held(&self, which: Looked) -> bool {
        match which {
            Looked::Server(index) => self.services.server(index).occupied > 0,
            Looked::Pool(index) => self.held.pool(index).in_use > 0,
            Looked::Room(id) => self.held.room_of(id).inside > 0,
        }
    }

    /// Looks at the holders of an instance: at how many.
    fn look_at(&mut self, which: Looked, sightings: &mut Vec<Sighting>) -> usize {
        let people = &self.people;
        let (holder, in_use, is_full, holders) = match which {
            Looked::Server(index) => {
                let holders = self.services.lend_holders(index, people);
                let server = self.services.server(index);
                let holder = Thing::Workers(server.service.0);
                let is_full = server.line.gauge.is_full();
                (holder, u64::from(server.occupied), is_full, holders)
            }
            Looked::Pool(index) => {
                let holders = self.held.lend_holders(index, people);
                let pool = self.held.pool(index);
                let is_full = pool.line.gauge.is_full();
                (Thing::Pool(pool.pool.0), pool.in_use, is_full, holders)
            }
            Looked::Room(id) => {
                let holders = self.held.lend_insiders(id, people);
                let room = self.held.room_of(id);
                let is_full = room.line.gauge.is_full();
                (Thing::Room(id.0), room.inside, is_full, holders)
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
            Looked::Server(index) => self.services.take_back_holders(index, holders),
            Looked::Pool(index) => self.held.take_back_holders(index, holders),
            Looked::Room(id) => self.held.take_back_insiders(id, holders),
        }
        notes
    }

    fn things(&self) -> Things {
        Things {
            services: self.rules.program.layout.services,
            pools: self.rules.program.layout.pools,
            rooms: self.rules.program.layout.rooms,
        }
    }
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
