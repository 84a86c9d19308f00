//! Newcomers who take a worker: of the worst class behind their own, or of whoever has the most
//! work left. Who is put back waits at the head of his class and goes on with the work left; pools
//! and locks stay his (semantics#orders).

use crate::base::slab::Ticket;
use crate::base::slim::Slim;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::record::recorder::Change;
use crate::engine::services::balance::{Comer, Placing};
use crate::engine::services::server::remaining;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::population::{Role, Task};
use crate::observation::{ServiceCounter, ServiceLevel};
use crate::program::{Instruction, QueueOrder, ServiceId};

impl Sim<'_> {
    /// Where an attempt stands by the order of its queue: who has less is before.
    pub(super) fn rank(&self, slot: u32, id: ServiceId) -> u64 {
        let task = self.people.task(slot);
        match self.rules.settings.services[id].order {
            QueueOrder::Priority => u64::from(self.class(task.label).priority),
            QueueOrder::Deadline => match &task.role {
                Role::Attempt(attempt) => attempt.deadline.0.max(0) as u64,
                other => unreachable!("an attempt waits for a worker, not {other:?}"),
            },
            QueueOrder::Shortest | QueueOrder::ShortestRemaining => {
                self.work_left(slot).0.max(0) as u64
            }
            QueueOrder::Fifo
            | QueueOrder::Lifo
            | QueueOrder::Random
            | QueueOrder::AdaptiveLifo
            | QueueOrder::Fair => 0,
        }
    }

    /// The same of who comes.
    fn rank_of(&self, comer: Comer, id: ServiceId) -> u64 {
        match self.rules.settings.services[id].order {
            QueueOrder::Priority => u64::from(self.class(comer.label).priority),
            _ => self.work_of(comer.owner, comer.path, comer.entry).0.max(0) as u64,
        }
    }

    /// Whose worker a newcomer takes of these servers, on which none is free: that of the last in
    /// rank strictly behind him, of equals the latest started, among those in a `cpu` step.
    #[inline(never)]
    pub(super) fn behind(
        &self,
        comer: Comer,
        id: ServiceId,
        servers: impl IntoIterator<Item = u32>,
    ) -> Option<Placing> {
        let own = self.rank_of(comer, id);
        let mut worst = (own, u32::MAX);
        let mut found = None;
        for index in servers {
            let server = &self.services.servers[index as usize];
            // A worker above a number that was lowered is gone when it is free.
            if server.occupied != server.workers || !server.works() {
                continue;
            }
            for &(start, ticket) in &server.started {
                if !self.executes_at(ticket, index) {
                    continue;
                }
                let rank = self.rank(ticket.slot, id);
                if (rank, start) > worst {
                    worst = (rank, start);
                    found = Some(Placing::Takes(index, ticket.slot));
                }
            }
        }
        found
    }

    /// Whether an attempt is in a `cpu` step of its own on a server.
    fn executes_at(&self, ticket: Ticket, index: u32) -> bool {
        self.people.get(ticket).is_some_and(|task| {
            let here = matches!(&task.role, Role::Attempt(a) if a.server == index);
            here && match task.doing {
                Doing::Sharing => true,
                Doing::Timed { .. } | Doing::Halted { .. } => self.is_cpu(task),
                _ => false,
            }
        })
    }

    fn is_cpu(&self, task: &Task) -> bool {
        matches!(
            self.rules.program.code[task.pc as usize],
            Instruction::Cpu(_)
        )
    }

    /// A worker is taken where others may take it over: it is known by whom.
    #[inline(never)]
    pub(super) fn note_start(&mut self, slot: u32, id: ServiceId, index: u32) {
        let ticket = self.people.ticket(slot);
        let station = &mut self.services.stations[id];
        station.starts = station.starts.wrapping_add(1);
        let start = station.starts;
        let server = &mut self.services.servers[index as usize];
        let mut started = std::mem::take(&mut server.started);
        if started.len() > 8 && started.len() > 2 * server.occupied as usize {
            started.retain(|(_, ticket)| has_worker(self.people.get(*ticket), index));
        }
        started.push((start, ticket));
        self.services.servers[index as usize].started = started;
    }

    /// A newcomer takes the worker of a server from another.
    pub(super) fn take_over(&mut self, slot: u32, id: ServiceId, (index, from): (u32, u32)) {
        if self.expires(slot, id) {
            self.shift(id, [ServiceLevel::InSystem], Change::More);
            self.quit(slot, id);
            return;
        }
        self.put_back(from, id, index);
        self.shift_held(&self.rules.routes.services[id], Change::More);
        self.start(slot, id, index);
        self.execute(slot);
    }

    /// An attempt loses its worker, and waits with the work left.
    fn put_back(&mut self, slot: u32, id: ServiceId, index: u32) {
        let now = self.now;
        self.count_mechanism(self.rules.program.services[id].counts.preempted);
        let server = &self.services.servers[index as usize];
        let task = self.people.task(slot);
        let left = match task.doing {
            Doing::Timed { until } => remaining(until.get(), now, server.pace()),
            Doing::Halted { left } => left.get(),
            Doing::Sharing => server.sharing.left((slot, task.awaits), now),
            other => unreachable!("who is put back was in `cpu`, and is not {other:?}"),
        };
        let step = self.rules.program.code[task.pc as usize];
        if task.doing == Doing::Sharing {
            self.stop_sharing(slot);
        } else {
            self.end_active(slot, step);
        }
        let ticket = self.people.ticket(slot);
        let server = &mut self.services.servers[index as usize];
        server.started.retain(|&(_, other)| other != ticket);
        let desk = &self.rules.routes.services[id];
        self.free_one(index);
        self.shift(id, [ServiceLevel::Held], Change::Less);
        let line = if desk.shared { u32::MAX } else { index };
        let number = self.agenda.number();
        let task = self.people.task_mut(slot);
        task.doing = Doing::PutBack {
            left: Slim::new(left),
        };
        task.awaits = number;
        let attempt = self.people.attempt(slot);
        attempt.server = line;
        attempt.cpu -= left;
        attempt.started = Time((now - attempt.started).0);
        self.queue_level(id, Change::More);
        self.join_line((slot, number), (id, line));
    }

    /// A worker takes up an attempt that was put back.
    pub(super) fn resume(&mut self, slot: u32, (id, index): (ServiceId, u32), left: Span) {
        self.services.servers[index as usize].line.gauge.called();
        self.shift(id, [ServiceLevel::Held], Change::More);
        self.people.attempt(slot).server = index;
        self.held_so_far(slot);
        self.take_worker(index);
        self.people.task_mut(slot).doing = Doing::Running;
        self.note_holder(slot, id, index);
        self.note_start(slot, id, index);
        if self.rules.routes.services[id].tended {
            self.tend(index);
        }
        self.begin_cpu(slot, index, left);
    }

    /// While an attempt waits that was put back, `started` is the time for which it had a worker;
    /// it begins to run again, or is told.
    fn held_so_far(&mut self, slot: u32) {
        let now = self.now;
        let attempt = self.people.attempt(slot);
        attempt.started = Time(now.0 - attempt.started.0);
    }

    /// An attempt that was put back stops, for nobody waits for it any more.
    pub(super) fn stop_put_back(&mut self, slot: u32) {
        let id = self.rules.program.calls[self.people.attempt(slot).call].service;
        self.leave_line_of(slot, id);
        self.end_put_back(slot, id, ServiceCounter::Stopped);
        let attempt = *self.people.attempt(slot);
        self.count_wasted(id, &attempt, self.now);
        self.people.remove(slot);
    }

    /// The work of an attempt without a worker is over.
    pub(super) fn end_put_back(&mut self, slot: u32, id: ServiceId, how: ServiceCounter) {
        self.held_so_far(slot);
        self.interrupt(slot);
        let attempt = *self.people.attempt(slot);
        self.count_service(id, [how], attempt.sent);
        self.shift(id, [ServiceLevel::InSystem], Change::Less);
        self.leave_system(&self.rules.routes.services[id], attempt.accepted);
    }
}

/// Whether an attempt has a worker of a server.
fn has_worker(task: Option<&Task>, index: u32) -> bool {
    task.is_some_and(|task| {
        let gone = matches!(
            task.doing,
            Doing::PutBack { .. }
                | Doing::Queued
                | Doing::Answering { .. }
                | Doing::Refusing
                | Doing::Done
        );
        !gone && matches!(&task.role, Role::Attempt(a) if a.server == index)
    })
}
