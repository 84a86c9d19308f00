//! What a server needs beside its requests: memory (semantics#memory) and sleep (semantics#idle).
//!
//! One idea: whoever comes to a server or leaves it may change how fast it is, fill its memory, or
//! leave it idle. Services without any of that never come here: see `Desk::tended`.

use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind, NO_EVENT, Number};
use crate::engine::draws::Aside;
use crate::engine::services::server::{Server, State};
use crate::observation::TallyId;
use crate::program::{NOT_COUNTED, ServiceId, ServiceSettings};
use crate::random::key::Place;

/// The collector, among the faults that make a server stand still.
const COLLECTOR: u32 = u32::MAX;
/// A full memory, among the faults that keep a server down.
const NO_MEMORY: u32 = u32::MAX;
/// The fraction of the golden ratio: it spreads any number of servers evenly.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// Whether a server works or sleeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::engine) enum Rest {
    /// It works, or would.
    #[default]
    Awake,
    /// It sleeps, and nobody has come.
    Asleep,
    /// It is being set up for somebody who waits.
    Waking,
}

/// What stands of memory and sleep of one server.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::engine) struct Upkeep {
    /// Bytes lost to a leak.
    leaked: f64,
    /// The end of work without memory.
    full: Number,
    /// The next pause, or the end of one.
    pause: Number,
    /// When the pause under way, or the latest, began.
    paused_at: Time,
    /// Whether it sleeps.
    rest: Rest,
    /// When it falls asleep, or the end of its set-up.
    turn: Number,
    /// How often it was set up: each time with luck of its own.
    setups: u32,
}

/// How many times slower work on the cores of a server is for those who wait there and for its
/// memory.
pub(super) fn burden(server: &Server, settings: &ServiceSettings) -> f64 {
    let waiting = match settings.at_start {
        true => 1.0,
        false => 1.0 + settings.per_waiting * f64::from(server.line.len()),
    };
    let memory = settings.memory.as_ref().map_or(1.0, |memory| {
        memory.slower(memory.used(server.load(), server.upkeep.leaked))
    });
    waiting * memory
}

/// How many times longer work takes that begins now, where only the beginning counts.
pub(super) fn at_start(server: &Server, settings: &ServiceSettings) -> f64 {
    let n = f64::from(server.load().max(1));
    let others = n - 1.0;
    let law = 1.0 + settings.contention * others + settings.coherency * n * others;
    law * (1.0 + settings.per_waiting * f64::from(server.line.len()))
}

impl Sim<'_> {
    /// The servers of a service begin to be tended, or are tended otherwise.
    pub(super) fn open_upkeep(&mut self, id: ServiceId) {
        if !self.rules.routes.services[id].tended {
            return;
        }
        let station = &self.services.stations[id];
        for index in station.first..station.first + station.most {
            let server = &self.services.servers[index as usize];
            if server.upkeep.pause == NO_EVENT {
                let part = (f64::from(server.number) * GOLDEN).fract();
                self.schedule_pause(index, if part > 0.0 { part } else { 1.0 });
            }
            self.tend(index);
        }
    }

    /// Somebody has come to a server or left it.
    #[inline(never)]
    pub(in crate::engine) fn tend(&mut self, index: u32) {
        let server = &self.services.servers[index as usize];
        let settings = &self.rules.settings.services[server.service];
        if settings.per_waiting > 0.0 || settings.memory.is_some() {
            self.touch(index);
        }
        self.watch_memory(index);
        self.watch_idleness(index);
    }

    /// Somebody stands in the line of a server, or no longer; of all servers it is nobody's.
    #[inline(never)]
    pub(super) fn tend_line(&mut self, id: ServiceId, index: u32) {
        match index {
            u32::MAX => debug_assert!(self.rules.routes.services[id].tended),
            index => self.tend(index),
        }
    }

    /// A leak takes so many bytes of a server's memory, until it is started anew.
    pub(in crate::engine) fn leak(&mut self, index: u32, bytes: f64) {
        let server = &mut self.services.servers[index as usize];
        if server.works() {
            server.upkeep.leaked += bytes;
            self.tend(index);
        }
    }

    /// A server whose memory is full crashes, as soon as all that happens now has happened.
    fn watch_memory(&mut self, index: u32) {
        let server = &self.services.servers[index as usize];
        let Some(memory) = &self.rules.settings.services[server.service].memory else {
            return;
        };
        let is_full = memory.used(server.load(), server.upkeep.leaked) >= memory.limit;
        if is_full && server.works() && server.upkeep.full == NO_EVENT {
            let event = self.agenda.at(self.now, Group::Change, Kind::Upkeep, index);
            self.services.servers[index as usize].upkeep.full = event;
        }
    }

    /// A server with nothing to do falls asleep after a time; one with something to do does not.
    fn watch_idleness(&mut self, index: u32) {
        let server = &self.services.servers[index as usize];
        let settings = &self.rules.settings.services[server.service];
        let (upkeep, is_idle) = (
            server.upkeep,
            server.load() == 0 && server.state == State::Up,
        );
        let turn = match (&settings.idle, upkeep.rest) {
            (None, _) | (_, Rest::Asleep | Rest::Waking) => return,
            (Some(idle), Rest::Awake) if is_idle => match upkeep.turn {
                NO_EVENT => self.agenda.at(
                    self.now + idle.sleep_after,
                    Group::Change,
                    Kind::Upkeep,
                    index,
                ),
                _ => return,
            },
            (Some(_), Rest::Awake) => NO_EVENT,
        };
        self.services.servers[index as usize].upkeep.turn = turn;
    }

    /// Whether a server that gets work has to be set up first; if it sleeps, it is woken.
    #[inline(never)]
    pub(super) fn has_to_wake(&mut self, index: u32) -> bool {
        let server = &self.services.servers[index as usize];
        match server.upkeep.rest {
            Rest::Awake => false,
            Rest::Waking => true,
            Rest::Asleep => {
                self.wake(index);
                true
            }
        }
    }

    /// One of the servers that sleep is woken for somebody who waits for any of them.
    pub(super) fn wake_one(&mut self, id: ServiceId) {
        let station = &self.services.stations[id];
        let sleeps = |index: &u32| {
            let server = &self.services.servers[*index as usize];
            server.state == State::Up && server.upkeep.rest == Rest::Asleep
        };
        let mut all = station.first..station.first + station.most;
        if let Some(index) = all.find(sleeps) {
            self.wake(index);
        }
    }

    fn wake(&mut self, index: u32) {
        let server = &mut self.services.servers[index as usize];
        let id = server.service;
        let owner = self.rules.program.services[id].owner.number(server.number);
        let place = Place::ROOT.step(Aside::Setup as u64);
        let draw = server.upkeep.setups;
        server.upkeep.setups += 1;
        server.upkeep.rest = Rest::Waking;
        self.count_upkeep(self.rules.program.services[id].idle[1]);
        let idle = self.rules.settings.services[id].idle.as_ref();
        let span = idle
            .and_then(|idle| idle.setup.as_ref())
            .map_or(Span(0), |law| {
                law.span(self.rules.luck.uniform(owner, place, draw))
            });
        let event = self
            .agenda
            .at(self.now + span, Group::Change, Kind::Upkeep, index);
        self.services.servers[index as usize].upkeep.turn = event;
    }

    /// Something is counted that has happened now.
    fn count_upkeep(&mut self, what: TallyId) {
        if what != NOT_COUNTED {
            let counter = self.rules.program.layout.tally(what);
            self.rec.count(counter, self.now);
        }
    }

    /// The next pause of a server's collector, this part of `every` from now.
    fn schedule_pause(&mut self, index: u32, part: f64) {
        let server = &self.services.servers[index as usize];
        let memory = &self.rules.settings.services[server.service].memory;
        let Some(pause) = memory.as_ref().and_then(|memory| memory.gc.pause) else {
            return;
        };
        let at = self.now + pause.every.scaled(part);
        let event = self.agenda.at(at, Group::Change, Kind::Upkeep, index);
        self.services.servers[index as usize].upkeep.pause = event;
    }

    /// Something of a server is due; false when the event was stale.
    pub(in crate::engine) fn upkeep(&mut self, index: u32, number: Number) -> bool {
        let upkeep = self.services.servers[index as usize].upkeep;
        if number == upkeep.full {
            self.out_of_memory(index);
        } else if number == upkeep.pause {
            self.pause_turns(index);
        } else if number == upkeep.turn {
            self.rest_turns(index);
        } else {
            return false;
        }
        true
    }

    fn out_of_memory(&mut self, index: u32) {
        let server = &mut self.services.servers[index as usize];
        server.upkeep.full = NO_EVENT;
        let id = server.service;
        let settings = &self.rules.settings.services[id];
        let is_full = settings
            .memory
            .as_ref()
            .is_some_and(|memory| memory.used(server.load(), server.upkeep.leaked) >= memory.limit);
        if is_full && server.works() {
            self.count_upkeep(self.rules.program.services[id].memory[0]);
            self.crash(index, NO_MEMORY, None, false);
            self.crash_ends(index, NO_MEMORY, None);
            self.servers_changed(id);
        }
    }

    /// A pause of the collector begins or ends.
    fn pause_turns(&mut self, index: u32) {
        let now = self.now;
        let server = &self.services.servers[index as usize];
        let (id, works) = (server.service, server.works());
        let memory = &self.rules.settings.services[id].memory;
        let pause = memory.as_ref().and_then(|memory| memory.gc.pause);
        let upkeep = &mut self.services.servers[index as usize].upkeep;
        upkeep.pause = NO_EVENT;
        if self.services.servers[index as usize]
            .halted
            .contains(&COLLECTOR)
        {
            let since = self.services.servers[index as usize].upkeep.paused_at;
            self.retime(&[index], |server| {
                server.halted.retain(|&id| id != COLLECTOR);
            });
            self.share_out(id);
            self.watch_outages(id);
            if let Some(pause) = pause {
                let next = (since + pause.every).max(now);
                let event = self.agenda.at(next, Group::Change, Kind::Upkeep, index);
                self.services.servers[index as usize].upkeep.pause = event;
            }
            return;
        }
        let Some(pause) = pause else { return };
        if !works {
            self.schedule_pause(index, 1.0);
            return;
        }
        self.retime(&[index], |server| server.halted.push(COLLECTOR));
        self.watch_outages(id);
        self.count_upkeep(self.rules.program.services[id].memory[1]);
        let event = self
            .agenda
            .at(now + pause.length, Group::Change, Kind::Upkeep, index);
        let upkeep = &mut self.services.servers[index as usize].upkeep;
        (upkeep.pause, upkeep.paused_at) = (event, now);
    }

    /// A server falls asleep, or is awake.
    fn rest_turns(&mut self, index: u32) {
        let server = &mut self.services.servers[index as usize];
        server.upkeep.turn = NO_EVENT;
        match server.upkeep.rest {
            Rest::Awake => {
                if server.load() == 0 && server.state == State::Up {
                    server.upkeep.rest = Rest::Asleep;
                    let id = server.service;
                    self.count_upkeep(self.rules.program.services[id].idle[0]);
                }
            }
            Rest::Asleep | Rest::Waking => {
                server.upkeep.rest = Rest::Awake;
                let id = server.service;
                self.take_next(index);
                self.share_out(id);
                self.watch_idleness(index);
            }
        }
    }
}

impl Upkeep {
    /// Whether the server sleeps, or is not yet awake.
    #[inline]
    pub(in crate::engine) fn rests(&self) -> bool {
        self.rest != Rest::Awake
    }

    /// The server is started anew: nothing is left of its memory or its sleep, but its luck goes
    /// on.
    pub(super) fn start_anew(&mut self) {
        self.leaked = 0.0;
        self.full = NO_EVENT;
        self.rest = Rest::Awake;
        self.turn = NO_EVENT;
    }
}
