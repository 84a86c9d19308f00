//! How full the servers of a service are, whom they turn away, and what they swallow while they do
//! not answer.

use crate::base::slab::Ticket;
use crate::engine::Sim;
use crate::engine::draws::Aside;
use crate::engine::record::gauge::Gauge;
use crate::engine::record::holders::{Holders, Note};
use crate::engine::record::recorder::Change;
use crate::engine::services::server::Since;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::population::{Population, Role};
use crate::observation::fullness::{Out, Outage};
use crate::program::ServiceId;
use crate::random::key::Place;

impl Sim<'_> {
    /// Gauges of the servers of a service that opens.
    pub(in crate::engine) fn open_gauges(&mut self, id: ServiceId) {
        let (settings, desk) = (
            &self.rules.settings.services[id],
            &self.rules.routes.services[id],
        );
        let owner = self.rules.program.services[id].owner;
        let workers = u64::from(settings.workers);
        let range = self.services.stations[id].first
            ..self.services.stations[id].first + self.services.stations[id].most;
        for index in range {
            let server = &mut self.services.servers[index as usize];
            server.line.gauge = Gauge::new(workers);
            let [_, cores] = server.nominal(settings);
            server.core_gauge = Gauge::in_parts(u64::from(cores), server.grain);
            if !desk.plain {
                let place = Place::ROOT.step(Aside::Holders as u64);
                let luck = self.rules.luck.bits(owner.number(server.number), place, 0);
                server.holders = Holders::new(workers, luck);
            }
        }
    }

    /// Workers or cores of a service may have changed.
    pub(in crate::engine) fn resize_gauges(&mut self, id: ServiceId) {
        let now = self.now;
        let station = &self.services.stations[id];
        let range = station.first as usize..(station.first + station.most) as usize;
        for server in &mut self.services.servers[range] {
            let settings = self.rules.of_version(server.version());
            let nominal = server.nominal(&settings.services[id]);
            let [workers, cores] = nominal.map(u64::from);
            server
                .line
                .gauge
                .resize(workers, u64::from(server.occupied), now);
            server.holders.resize(workers);
            let working = server.sharing.working;
            let before = server.gauged(working);
            let wanted = u64::from(working) * u64::from(server.grain);
            server.core_gauge.shift((before, wanted.min(cores)), now);
            server.core_gauge.resize(cores, wanted, now);
            let waiting = wanted.saturating_sub(cores) / u64::from(server.grain);
            server.core_gauge.want(waiting as u32, now);
        }
    }

    /// A worker is taken by an attempt: it may be one of those noted.
    #[inline(always)]
    pub(in crate::engine) fn note_holder(&mut self, slot: u32, id: ServiceId, index: u32) {
        if self.rules.routes.services[id].plain {
            return;
        }
        let holders = &mut self.services.servers[index as usize].holders;
        if holders.takes_note() {
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
    pub(in crate::engine) fn no_room(
        &mut self,
        (id, is_shared): (ServiceId, bool),
        index: Option<u32>,
    ) {
        match index {
            Some(index) if !is_shared => self.services.servers[index as usize].line.gauge.refuse(),
            _ => self.services.stations[id].line.gauge.refuse(),
        }
    }

    /// An attempt was sent to a server, which may stand still.
    #[inline]
    pub(in crate::engine) fn count_swallowed(&mut self, index: u32) {
        let server = &mut self.services.servers[index as usize];
        server.swallowed += u32::from(server.is_halted());
    }

    /// An attempt waits at a server that may stand still, or for servers that all do.
    pub(in crate::engine) fn count_swallowed_in_queue(&mut self, id: ServiceId, index: u32) {
        if index != u32::MAX {
            self.count_swallowed(index);
            return;
        }
        let station = &self.services.stations[id];
        let mut eligible = station.eligible.iter().map(|&n| station.first + n);
        if let Some(first) = eligible.clone().next()
            && eligible.all(|index| self.services.servers[index as usize].is_halted())
        {
            self.count_swallowed(first);
        }
    }

    /// A server is cut off from those who ask, or by one fault less.
    pub(in crate::engine) fn cut_off(&mut self, (id, number): (ServiceId, u32), by: Change) {
        let station = &self.services.stations[id];
        if number >= station.most {
            return;
        }
        let server = &mut self.services.servers[(station.first + number) as usize];
        match by {
            Change::More => server.cut += 1,
            Change::Less => server.cut -= 1,
        }
        self.watch_outages(id);
    }

    /// An attempt was sent to a server that it does not reach.
    pub(in crate::engine) fn count_cut_off(&mut self, index: u32) {
        self.services.servers[index as usize].swallowed += 1;
    }

    /// Servers of a service may have begun or ceased to be out.
    pub(in crate::engine) fn watch_outages(&mut self, id: ServiceId) {
        let (turn, first) = (
            self.services.stations[id].turn,
            self.services.stations[id].first,
        );
        for index in first..first + self.services.stations[id].most {
            let is_out = self.services.servers[index as usize].is_out();
            self.turn_out(index, is_out.map(|why| (why, turn)));
        }
    }

    fn turn_out(&mut self, index: u32, out: Option<(Out, u32)>) {
        let now = self.now;
        let server = &mut self.services.servers[index as usize];
        match (server.out, out) {
            (None, Some((why, turn))) => {
                server.out = Some(Since { at: now, turn, why });
                server.swallowed = 0;
            }
            (Some(_), None) => self.end_outage(index),
            _ => {}
        }
    }

    /// Nothing more is measured.
    pub(in crate::engine) fn end_outages(&mut self) {
        for index in 0..self.services.servers.len() as u32 {
            self.end_outage(index);
        }
    }

    /// A server is no longer out, or nothing more is measured.
    fn end_outage(&mut self, index: u32) {
        let server = &mut self.services.servers[index as usize];
        let Some(since) = server.out.take() else {
            return;
        };
        let (id, swallowed) = (server.service, server.swallowed);
        let from = since.at.max(self.rec.profile.since());
        let horizon = self.course.horizon;
        if swallowed == 0 || from >= self.now.min(horizon) || self.now > horizon {
            return;
        }
        let (service, server) = (id.0, server.number);
        let outage = Outage {
            service,
            server,
            why: since.why,
            from: self.course.told(from),
            to: self.course.told(self.now),
            swallowed,
            sent: self.services.stations[id].turn.wrapping_sub(since.turn),
        };
        self.rec.profile.note_outage(outage);
    }
}

/// Whether a noted attempt still holds a worker of a server.
pub(super) fn works_at(people: &Population, note: &Note, index: u32) -> bool {
    people.get(note.task).is_some_and(|task| {
        let works = !matches!(
            task.doing,
            Doing::Travelling { .. }
                | Doing::Queued
                | Doing::PutBack { .. }
                | Doing::Answering { .. }
                | Doing::Refusing
                | Doing::Done
        );
        works && matches!(&task.role, Role::Attempt(a) if a.server == index)
    })
}
