//! Attempts that need no task of their own: a free worker takes them at the instant at which they
//! are sent, and all that they ask for is one `cpu`.
//!
//! While nothing comes between, the caller stands for both sides: it awaits the end of the work,
//! and keeps the server and the clock of the attempt. As soon as the two
//! sides part (the caller stops waiting, a fault or an action meets the server, somebody waits for
//! the worker), the attempt is set apart, as the task that it would have been from the beginning.

use crate::base::slab::Ticket;
use crate::base::slim::Slim;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind, NO_EVENT, Number};
use crate::engine::callers::sending::Outgoing;
use crate::engine::record::recorder::Change;
use crate::engine::route::Desk;
use crate::engine::services::departure::WorkEnd;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::population::Task;
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
        if desk.limits {
            self.limiter_started(index, Span(0));
        }
        self.callers.served += 1;
        let clock = self.start_timeout((Kind::Timeout, out.slot), route, out.deadline);
        if route.reloads {
            self.start_reload(out.slot, out.ways.path);
        }
        let event = self
            .agenda
            .at(now + demand, Group::Work, Kind::Served, out.slot);
        let task = self.people.task_mut(out.slot);
        task.doing = Doing::Served {
            server: index,
            clock,
        };
        task.awaits = event;
    }

    /// The work of an attempt without a task is done.
    #[inline(always)]
    pub(in crate::engine) fn served(&mut self, slot: u32) {
        let (now, routes) = (self.now, self.rules.routes);
        let call = self.call_at(slot);
        let route = &routes.calls[call];
        let desk = &route.desk;
        let task = self.people.task(slot);
        let Doing::Served {
            server: index,
            clock,
        } = task.doing
        else {
            unreachable!("what is served in place has a server");
        };
        let (asked, sent) = (task.request.asked, task.request.last_sent);
        if !desk.near || self.has_business(index, desk) || !self.is_next_alone() {
            let (apart, _) = self.set_apart(slot, index, clock);
            self.work_ended(apart);
            return;
        }
        self.callers.served -= 1;
        self.rec
            .sample_at_once((call.0, desk.times), (asked, sent), now);
        self.work_over(desk, index, WorkEnd::RECEIVED, (sent, sent));
        // The number that the event of the answer would have.
        self.agenda.number();
        let task = self.people.task_mut(slot);
        task.awaits = NO_EVENT;
        self.pending.crosses();
        self.answered_ok(slot, call, sent);
        self.pending.crossed();
    }

    /// An attempt without a task is given one, which still has to be told of its event: the slot
    /// of it, and the end of its work.
    #[inline(never)]
    fn set_apart(&mut self, slot: u32, server: u32, clock: Number) -> (u32, Time) {
        self.callers.served -= 1;
        let (out, caller) = (self.outgoing(slot), self.people.ticket(slot));
        let (cpu, sent) = (
            self.demanded(&out),
            self.people.task(slot).request.last_sent,
        );
        let attempt = self.people.add(|| out.task(caller, sent));
        let waiting = self.people.task_mut(slot);
        let event = std::mem::replace(&mut waiting.awaits, clock);
        waiting.doing = Doing::Calling { attempt };
        let until = sent + cpu;
        let work = self.people.task_mut(attempt.slot);
        (work.awaits, work.doing) = (
            event,
            Doing::Timed {
                until: Slim::new(until),
            },
        );
        let apart = self.people.attempt(attempt.slot);
        (apart.server, apart.cpu, apart.active, apart.served) = (server, cpu, 1, true);
        (attempt.slot, until)
    }

    /// What an attempt without a task has demanded: the same luck again, and what is in force has
    /// not changed, for then all attempts have tasks.
    fn demanded(&self, out: &Outgoing<'_>) -> Span {
        let (work, _) = out.route.cpu.expect("only a `cpu` is served in place");
        self.rules.drawn(out.owner, out.ways.demand, work)
    }

    /// The two sides of a request part, if the caller has stood for both.
    #[inline]
    pub(in crate::engine) fn part(&mut self, slot: u32) {
        let Doing::Served { server, clock } = self.people.task(slot).doing else {
            return;
        };
        let number = self.people.task(slot).awaits;
        let (apart, until) = self.set_apart(slot, server, clock);
        // What stands in the agenda names the caller, who no longer waits for it.
        self.agenda
            .numbered(number, until, Group::Work, (Kind::Work, apart));
    }

    /// Both sides of every request part, for what is done to servers looks at attempts.
    pub(in crate::engine) fn part_all(&mut self) {
        if self.callers.served == 0 {
            return;
        }
        let served = |(ticket, task): (Ticket, &Task)| {
            matches!(task.doing, Doing::Served { .. }).then_some((task.awaits, ticket.slot))
        };
        let mut all: Vec<_> = self.people.iter().filter_map(served).collect();
        all.sort_unstable();
        for (_, slot) in all {
            self.part(slot);
        }
    }
}
