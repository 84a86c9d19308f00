//! Attempts that need no task of their own: a free worker takes them at the instant at which they
//! are sent, and all that they ask for is one `cpu`.
//!
//! While nothing comes between, the caller stands for both sides: its event is the end of the
//! work, its request keeps the server and the number of the caller's clock. As soon as the two
//! sides part (the caller stops waiting, a fault or an action meets the server, somebody waits for
//! the worker), the attempt is set apart, as the task that it would have been from the beginning.

use crate::base::slab::Ticket;
use crate::base::time::Span;
use crate::engine::Sim;
use crate::engine::calendar::agenda::{Group, Kind, NO_EVENT};
use crate::engine::callers::sending::Outgoing;
use crate::engine::record::recorder::Change;
use crate::engine::route::Desk;
use crate::engine::tasks::population::{Doing, Task};
use crate::observation::{SERVICE_COUNTERS, ServiceCounter};

impl Sim<'_> {
    /// What an attempt demands that a worker of this server takes at once, if it needs no task of
    /// its own.
    #[inline(always)]
    pub(in crate::engine) fn demand_in_place(
        &self,
        out: &Outgoing<'_>,
        index: u32,
    ) -> Option<Span> {
        let (work, _) = out.route.cpu?;
        let keeps_pace = self.services.server(index).keeps_pace();
        keeps_pace.then(|| self.rules.drawn(out.owner, out.ways.demand, work))
    }

    /// A free worker takes an attempt that demands this and nothing more.
    #[inline(always)]
    pub(in crate::engine) fn serve(
        &mut self,
        out: &Outgoing<'_>,
        desk: &Desk,
        (index, demand): (u32, Span),
    ) {
        let (now, route) = (self.now, out.route);
        let row = self
            .rec
            .row::<{ SERVICE_COUNTERS as usize }>(desk.counters, now);
        row[ServiceCounter::Arrived as usize] += 1;
        row[ServiceCounter::Original as usize] += u32::from(out.original);
        row[ServiceCounter::Accepted as usize] += 1;
        row[ServiceCounter::AtOnce as usize] += 1;
        if self.rec.counts(now) {
            self.rec.waited_for_nothing(desk.waits, now);
        }
        self.shift_held(desk, Change::More);
        self.take_worker(index);
        self.callers.served += 1;
        let clock = self.start_timeout(out.slot, route, out.deadline);
        if route.reloads {
            self.start_reload(out.slot, out.ways.path);
        }
        let due = now + demand;
        let event = self.agenda.at(due, Group::Work, Kind::Served, out.slot);
        let task = self.people.task_mut(out.slot);
        task.doing = Doing::Served;
        task.due = due;
        task.event = event;
        task.request.attempt = Ticket {
            slot: index,
            generation: clock,
        };
    }

    /// The work of an attempt without a task is done.
    #[inline(always)]
    pub(in crate::engine) fn served(&mut self, slot: u32) {
        let (now, routes) = (self.now, self.rules.routes);
        let call = self.call_at(slot);
        let route = &routes.calls[call];
        let desk = &route.desk;
        let request = &self.people.task(slot).request;
        let (index, asked, sent) = (request.attempt.slot, request.asked, request.last_sent);
        if !desk.near || self.has_business(index, desk) || !self.is_next_alone() {
            let apart = self.set_apart(slot);
            self.work_ended(apart);
            return;
        }
        self.callers.served -= 1;
        let row = self
            .rec
            .row::<{ SERVICE_COUNTERS as usize }>(desk.counters, sent);
        row[ServiceCounter::Completed as usize] += 1;
        row[ServiceCounter::Goodput as usize] += 1;
        self.rec
            .sample_at_once((call.0, desk.times), (asked, sent), now);
        self.shift_held(desk, Change::Less);
        self.free_one(index, desk);
        self.leave_system(desk, sent);
        // The number that the event of the answer would have.
        self.agenda.number();
        let task = self.people.task_mut(slot);
        task.event = NO_EVENT;
        task.request.attempt = Ticket::NONE;
        self.pending.crosses();
        self.request_ok(slot, call, sent);
        self.pending.crossed();
    }

    /// An attempt without a task is given one, which still has to be told of its event.
    #[inline(never)]
    fn set_apart(&mut self, slot: u32) -> u32 {
        self.callers.served -= 1;
        let (out, caller) = (self.outgoing(slot), self.people.ticket(slot));
        let task = *self.people.task(slot);
        debug_assert_eq!(task.doing, Doing::Served);
        let sent = task.request.last_sent;
        let apart = self.people.add(|| out.task(caller, sent));
        let work = self.people.task_mut(apart.slot);
        (work.event, work.doing, work.due) = (task.event, Doing::Timed, task.due);
        let attempt = self.people.attempt(apart.slot);
        attempt.server = task.request.attempt.slot;
        attempt.cpu = task.due - sent;
        attempt.active = 1;
        attempt.served = true;
        let waiting = self.people.task_mut(slot);
        waiting.doing = Doing::Calling;
        waiting.event = task.request.attempt.generation;
        waiting.request.attempt = apart;
        apart.slot
    }

    /// The two sides of a request part, if the caller has stood for both.
    #[inline]
    pub(in crate::engine) fn part(&mut self, slot: u32) {
        if self.people.task(slot).doing != Doing::Served {
            return;
        }
        let apart = self.set_apart(slot);
        let (number, due) = (self.people.task(apart).event, self.people.task(apart).due);
        // What stands in the agenda names the caller, who no longer waits for it.
        self.agenda
            .numbered(number, due, Group::Work, (Kind::Work, apart));
    }

    /// Both sides of every request part, for what is done to servers looks at attempts.
    pub(in crate::engine) fn part_all(&mut self) {
        if self.callers.served == 0 {
            return;
        }
        let served = |(ticket, task): (Ticket, &Task)| {
            (task.doing == Doing::Served).then_some((task.event, ticket.slot))
        };
        let mut all: Vec<_> = self.people.iter().filter_map(served).collect();
        all.sort_unstable();
        for (_, slot) in all {
            self.part(slot);
        }
    }
}
