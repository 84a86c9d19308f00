//! Autoscalers: they look at a metric, or at each server of their service, and order or withdraw
//! servers (semantics#autoscaler). The arithmetic stands in `hpa`.
//!
//! One idea: what is seen of a server is noted every second as a running sum, so that what it did
//! in the last seconds, or since it is up, is a difference of two notes. All autoscalers of an
//! instant read before any of their answers counts; of several of one service the largest answer
//! wins.

use crate::base::table::Id;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind};
use crate::engine::services::server::State;
use crate::engine::world::hpa::{Memory, Seen};
use crate::engine::world::trigger::LAST_PLAN;
use crate::observation::Unplanned;
use crate::program::{Follows, OfServer, Program, Scaler, ScalerId, ServiceId};

/// All autoscalers.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Scalers {
    live: Vec<Live>,
}

/// An autoscaler under way.
#[derive(Clone, Debug, Default)]
struct Live {
    memory: Memory,
    /// What it has asked for last.
    answer: Option<u32>,
    notes: Notes,
}

/// Running sums of every server at the last seconds: a row for each, the latest over the earliest.
#[derive(Clone, Debug, Default)]
struct Notes {
    rows: Vec<u64>,
    servers: usize,
    /// Seconds noted so far.
    noted: usize,
}

impl Notes {
    fn row_of(&self, back: usize) -> usize {
        let rows = self.rows.len() / self.servers.max(1);
        (self.noted - 1 - back) % rows.max(1) * self.servers
    }

    /// How much the sum of a server has grown in so many seconds, of which at most those that are
    /// noted count, and how many they are.
    fn growth(&self, server: usize, seconds: usize) -> Option<(u64, usize)> {
        let rows = self.rows.len() / self.servers.max(1);
        let seconds = seconds
            .min(self.noted.saturating_sub(1))
            .min(rows.saturating_sub(1));
        if seconds == 0 {
            return None;
        }
        let [now, then] = [0, seconds].map(|back| self.rows[self.row_of(back) + server]);
        Some((now.wrapping_sub(then), seconds))
    }
}

impl Scalers {
    /// None has decided anything.
    pub(in crate::engine) fn new(program: &Program) -> Scalers {
        let live = program.reactions.scalers.values().map(|scaler| {
            let servers = program.services[scaler.service].servers_max as usize;
            let rows = match scaler.follows {
                Follows::Servers { seconds, .. } if seconds > 0 => seconds as usize + 1,
                _ => 0,
            };
            Live {
                notes: Notes {
                    rows: vec![0; rows * servers],
                    servers,
                    noted: 0,
                },
                ..Live::default()
            }
        });
        Scalers {
            live: live.collect(),
        }
    }
}

impl Sim<'_> {
    /// Every autoscaler decides at T+`sync`, and every `sync` from then on.
    pub(in crate::engine) fn schedule_syncs(&mut self) {
        for (id, scaler) in self.rules.program.reactions.scalers.iter() {
            let at = Time(scaler.sync.0 - self.course.start.0);
            self.schedule_sync(id, at);
        }
    }

    fn schedule_sync(&mut self, id: ScalerId, at: Time) {
        if at <= self.course.end && at <= self.world.changes_end() {
            let slot = LAST_PLAN + 1 + id.0;
            self.agenda.at(at, Group::Tick, Kind::Reading, slot);
        }
    }

    /// What is noted every second is noted now, if it is not yet.
    pub(super) fn note_everything(&mut self) {
        if self.now < self.next_second() {
            return;
        }
        self.note_second();
        for (id, scaler) in self.rules.program.reactions.scalers.iter() {
            if let Follows::Servers { of, seconds } = scaler.follows
                && seconds > 0
            {
                self.note_servers(id, scaler.service, of);
            }
        }
    }

    fn note_servers(&mut self, id: ScalerId, service: ServiceId, of: OfServer) {
        let now = self.now;
        let notes = &mut self.world.scalers.live[id.0 as usize].notes;
        notes.noted += 1;
        let (row, first) = (notes.row_of(0), self.services.station(service).first);
        for number in 0..notes.servers {
            let server = self.services.server(first + number as u32);
            notes.rows[row + number] = match of {
                OfServer::Busy => server.busy_so_far(now),
                OfServer::Held => server.held_so_far(now),
                OfServer::Queue => server.line.waited_so_far(now),
                OfServer::InSystem => {
                    let held = server.held_so_far(now);
                    held.wrapping_add(server.line.waited_so_far(now))
                }
            };
        }
    }

    /// An autoscaler decides; what it asks for counts once all have read what they look at.
    pub(in crate::engine) fn scaler_syncs(&mut self, number: u32) {
        self.part_all();
        self.note_everything();
        let id = ScalerId(number);
        let scaler = &self.rules.program.reactions.scalers[id];
        self.schedule_sync(id, self.now + scaler.sync);
        let settings = &self.rules.settings.scalers[id];
        if !settings.on {
            self.world.scalers.live[number as usize].answer = None;
            return;
        }
        let seen = self.seen_by(id, scaler);
        let current = self.services.station(scaler.service).wanted;
        let live = &mut self.world.scalers.live[number as usize];
        let answer = live
            .memory
            .decide(settings, seen.as_ref(), (current, self.now));
        // What cannot be told changes nothing: another one may still ask for more.
        live.answer = Some(answer.unwrap_or(current));
        self.answer_scaling(scaler.service);
    }

    /// What an autoscaler sees; nothing where its metric has no value.
    fn seen_by(&mut self, id: ScalerId, scaler: &Scaler) -> Option<Seen> {
        match scaler.follows {
            Follows::Whole(gauge) => self.gauge(gauge).map(Seen::Whole),
            Follows::PerServer(gauge) => self.gauge(gauge).map(Seen::PerServer),
            Follows::Servers { of, seconds } => {
                Some(self.seen_of_servers(id, scaler.service, (of, seconds as usize)))
            }
        }
    }

    /// Every server that is ordered: what it shows, or that it is not ready or not heard of.
    fn seen_of_servers(
        &self,
        id: ScalerId,
        service: ServiceId,
        (of, seconds): (OfServer, usize),
    ) -> Seen {
        let settings = &self.rules.settings.scalers[id];
        let station = self.services.station(service);
        let (mut ready, mut unready, mut missing) = (Vec::new(), 0, 0);
        for number in 0..station.most {
            let server = self.services.server(station.first + number);
            if !server.asked {
                continue;
            }
            match server.state {
                State::Down => missing += 1,
                State::Up if server.is_halted() => missing += 1,
                State::Up => {
                    let up = self.up_for(server.ready_since);
                    match self.shown_by(id, service, (of, number, seconds.min(up))) {
                        Some(value) if up_long_enough(up, settings.ready_after) => {
                            ready.push(value);
                        }
                        _ => unready += 1,
                    }
                }
                State::Off | State::Ordered | State::Booting | State::Draining => unready += 1,
            }
        }
        self.share_common_queue(service, of, &mut ready);
        Seen::Servers {
            ready,
            unready,
            missing,
        }
    }

    /// Complete seconds since a server is up.
    fn up_for(&self, since: Option<Time>) -> usize {
        since.map_or(usize::MAX, |since| {
            ((self.now.0 - since.0) / Span::SECOND.0).max(0) as usize
        })
    }

    /// What a server shows: on average over so many seconds, or now where the metric has no window.
    fn shown_by(
        &self,
        id: ScalerId,
        service: ServiceId,
        (of, number, seconds): (OfServer, u32, usize),
    ) -> Option<f64> {
        let notes = &self.world.scalers.live[id.0 as usize].notes;
        let server = self
            .services
            .server(self.services.station(service).first + number);
        let value = if notes.rows.is_empty() {
            match of {
                OfServer::Busy => f64::from(server.busy(server.sharing.working)),
                OfServer::Held => f64::from(server.occupied),
                OfServer::Queue => f64::from(server.line.len()),
                OfServer::InSystem => f64::from(server.load()),
            }
        } else {
            let (grown, seconds) = notes.growth(number as usize, seconds)?;
            grown as f64 / 1e9 / seconds as f64
        };
        Some(match of {
            OfServer::Busy => value / f64::from(server.cores.max(1)),
            OfServer::Held => value / f64::from(server.workers.max(1)),
            OfServer::Queue | OfServer::InSystem => value,
        })
    }

    /// Those who wait for all servers wait for each in equal parts.
    fn share_common_queue(&self, service: ServiceId, of: OfServer, ready: &mut [f64]) {
        let waiting = f64::from(self.services.station(service).line.len());
        if waiting > 0.0 && matches!(of, OfServer::Queue | OfServer::InSystem) {
            let each = waiting / ready.len().max(1) as f64;
            ready.iter_mut().for_each(|value| *value += each);
        }
    }

    /// The answers of the autoscalers of a service count: the largest wins.
    pub(super) fn scale(&mut self, service: ServiceId) {
        let program = self.rules.program;
        let scalers = program.reactions.scalers.iter();
        let of_it = scalers.filter(|(_, scaler)| scaler.service == service);
        let of_it: Vec<ScalerId> = of_it.map(|(id, _)| id).collect();
        let answer = |id: &ScalerId| Some((self.world.scalers.live[id.index()].answer?, *id));
        let answers = of_it.iter().filter_map(answer);
        // Of those that agree the first by name is the one who did it.
        let Some((number, winner)) = answers.reduce(|a, b| if b.0 > a.0 { b } else { a }) else {
            return;
        };
        let before = self.services.station(service).wanted;
        if number == before {
            return;
        }
        for id in of_it {
            let live = &mut self.world.scalers.live[id.index()];
            live.memory.changed(before, number, self.now);
        }
        let [ordered, withdrawn, ups, downs] = program.reactions.scalers[winner].counts;
        let (servers, times, what) = match number > before {
            true => (ordered, ups, Unplanned::Ordered(winner.0)),
            false => (withdrawn, downs, Unplanned::Withdrawn(winner.0)),
        };
        self.rec.chronicle.note(what, self.course.told(self.now));
        self.count_tally(servers, number.abs_diff(before));
        self.count_tally(times, 1);
        self.want_servers(service, number);
        self.resize_station(service);
    }
}

/// Whether a server has been up for so long, in complete seconds.
fn up_long_enough(seconds: usize, ready_after: Span) -> bool {
    let up = i64::try_from(seconds).map_or(i64::MAX, |s| s.saturating_mul(Span::SECOND.0));
    up >= ready_after.0
}
