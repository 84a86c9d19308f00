//! Checks that ask an endpoint of the servers they check (semantics#health): messages that nobody
//! else sends, through queue and workers, so that overload fails them.

use crate::base::slab::Ticket;
use crate::base::time::Time;
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind};
use crate::engine::callers::sending::{Orbit, Outgoing};
use crate::engine::callers::ways::Ways;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::label::Label;
use crate::engine::world::network::Way;
use crate::observation::{CallCounter, MessageCounter};
use crate::program::{CallId, ServiceId};
use crate::random::key::Place;

impl Sim<'_> {
    /// The servers of a service are checked, if its checks ask an endpoint.
    #[inline(never)]
    pub(in crate::engine) fn send_checks(&mut self, id: ServiceId) {
        let Some(call) = self.rules.program.services[id].check else {
            return;
        };
        if self.rules.settings.services[id].health.is_none() {
            return;
        }
        let station = self.services.station(id);
        for index in station.first..station.first + station.most {
            if self.services.server(index).is_known() {
                let asked = self.send_check(id, call, index);
                self.check_asks(index, asked);
            }
        }
    }

    /// A check sets out for a server.
    fn send_check(&mut self, id: ServiceId, call: CallId, index: u32) -> Ticket {
        let (now, program) = (self.now, self.rules.program);
        let (step, route) = (&program.calls[call], &self.rules.routes.calls[call]);
        let owner = program.services[id]
            .owner
            .number(self.services.server(index).number);
        // Its instant tells one check from another, whatever came before.
        let path = Place::ROOT
            .step(step.luck)
            .turn(self.course.told(now).0 as u64);
        let message = Outgoing {
            slot: 0,
            call,
            route,
            ways: Ways::new(&self.rules.luck, route, path),
            owner,
            deadline: Time::NEVER,
            original: true,
            label: self.label_of(call, route, (Label::of_class(None), path, owner)),
            orbit: Orbit::Outside,
        };
        let ticket = self.begin_message(&message);
        let at = now + self.network(id, owner, path, Way::There);
        let event = self
            .agenda
            .at(at, Group::Arrival, Kind::Attempt, ticket.slot);
        let task = self.people.task_mut(ticket.slot);
        (task.doing, task.awaits) = (Doing::Travelling { to: index }, event);
        ticket
    }

    /// A message comes into being, and is counted.
    pub(super) fn begin_message(&mut self, message: &Outgoing<'_>) -> Ticket {
        let (now, program) = (self.now, self.rules.program);
        let (layout, to) = (program.layout, program.calls[message.call].endpoint.0);
        self.count_call(message.route, [CallCounter::Sent], now);
        self.rec
            .count(layout.message(to, MessageCounter::Sent), now);
        self.rec.more(layout.backlog(to), now);
        self.people.add(|| message.task(Ticket::NONE, now))
    }

    /// A message was worked off: if it is a check, its answer sets out.
    pub(super) fn hear_of_check(&mut self, slot: u32, call: CallId) {
        let step = &self.rules.program.calls[call];
        if self.rules.program.services[step.service].check != Some(call) {
            return;
        }
        let task = self.people.task(slot);
        let late = self.network(step.service, task.owner, task.path, Way::Back);
        let (asked, index) = (self.people.ticket(slot), self.people.attempt(slot).server);
        self.check_done(index, asked, late);
    }
}
