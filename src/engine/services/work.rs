//! The work itself: `cpu` on cores of its own or shared with others, and `wait`
//! (semantics#service).
//!
//! Where every worker of a server has a core, and nothing slows those who work side by side, work
//! has an end that is known when it begins. Everywhere else it shares cores (see
//! [`sharing`](super::sharing)), and the speed is found anew at the end of every event that changes
//! who works there.

use crate::base::slim::Slim;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind, NO_EVENT, Number};
use crate::engine::record::recorder::Change;
use crate::engine::services::server::stretched;
use crate::engine::services::sharing::speed;
use crate::engine::services::upkeep::{at_start, burden};
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::frame::NO_FRAME;
use crate::engine::tasks::population::{Answer, Population, Role};
use crate::observation::ServiceLevel;
use crate::program::{Instruction, ServiceId};

/// Whether a task with this number still shares cores.
#[inline]
fn shares(people: &Population, slot: u32, number: Number) -> bool {
    people
        .tenant(slot)
        .is_some_and(|t| t.awaits == number && matches!(t.doing, Doing::Sharing | Doing::Refusing))
}

impl Sim<'_> {
    /// `cpu` begins on a server.
    #[inline(always)]
    pub(in crate::engine) fn begin_cpu(&mut self, slot: u32, index: u32, demand: Span) {
        let server = &self.services.servers[index as usize];
        let (id, pace) = (server.service, server.pace());
        if !self.rules.routes.services[id].dedicated {
            self.activate(slot, id, Change::More);
            let settings = &self.rules.settings.services[id];
            let demand = match settings.at_start {
                true => demand.scaled(at_start(&self.services.servers[index as usize], settings)),
                false => demand,
            };
            self.join_cores(slot, index, demand, Doing::Sharing);
            return;
        }
        self.executes(id, Change::More);
        let timed = self.timed(slot, demand, pace);
        let task = self.people.task_mut(slot);
        (task.awaits, task.doing) = timed;
        if let Role::Attempt(attempt) = &mut task.role {
            attempt.active += 1;
            attempt.cpu += demand;
        }
    }

    /// `wait` begins on a server.
    pub(in crate::engine) fn begin_wait_step(&mut self, slot: u32, index: u32, demand: Span) {
        let server = &self.services.servers[index as usize];
        let (id, pace) = (server.service, server.pace());
        self.activate(slot, id, Change::More);
        let timed = self.timed(slot, demand, pace);
        let task = self.people.task_mut(slot);
        (task.awaits, task.doing) = timed;
    }

    /// Work that begins and shares nothing with others on its server, which has this pace: its
    /// event, and what its task does.
    #[inline(always)]
    fn timed(&mut self, slot: u32, demand: Span, pace: f64) -> (Number, Doing) {
        match stretched(demand, pace) {
            Some(span) => {
                let until = self.now + span;
                let event = self.agenda.at(until, Group::Work, Kind::Work, slot);
                (
                    event,
                    Doing::Timed {
                        until: Slim::new(until),
                    },
                )
            }
            None => (
                NO_EVENT,
                Doing::Halted {
                    left: Slim::new(demand),
                },
            ),
        }
    }

    /// Timed work goes on until an instant.
    pub(in crate::engine) fn work_until(&mut self, slot: u32, until: Time) {
        let event = self.agenda.at(until, Group::Work, Kind::Work, slot);
        let task = self.people.task_mut(slot);
        task.doing = Doing::Timed {
            until: Slim::new(until),
        };
        task.awaits = event;
    }

    /// Core time counts for the attempt at the top.
    fn spend(&mut self, slot: u32, demand: Span) {
        let root = self.attempt_above(slot);
        self.people.attempt(root).cpu += demand;
    }

    /// A task of an endpoint begins or ends `cpu` or `wait`: its worker is active, or blocked.
    #[inline]
    pub(in crate::engine) fn activate(&mut self, slot: u32, id: ServiceId, by: Change) {
        let root = self.attempt_above(slot);
        let active = &mut self.people.attempt(root).active;
        let turns = match by {
            Change::More => {
                *active += 1;
                *active == 1
            }
            Change::Less => {
                *active -= 1;
                *active == 0
            }
        };
        if turns {
            self.shift(id, [ServiceLevel::Active], by);
        }
    }

    /// `cpu` on a core of its own, or `wait`, is over, and the next instruction is this one.
    #[inline(always)]
    pub(in crate::engine) fn end_on_a_server(
        &mut self,
        slot: u32,
        ended: Instruction,
        next: Instruction,
    ) {
        self.end_active(slot, ended);
        let task = self.people.task(slot);
        if let Role::Attempt(attempt) = &task.role {
            // A frame at the end is a refill that is still to come.
            let (caller, is_last) = (attempt.caller.slot, task.frame == NO_FRAME);
            self.people.fetch(caller);
            if next == Instruction::End && is_last {
                self.finish(slot, Answer::Ok);
                return;
            }
        }
        self.execute(slot);
    }

    /// `cpu` on a core of its own, or `wait`, is over.
    #[inline(always)]
    pub(in crate::engine) fn end_active(&mut self, slot: u32, instruction: Instruction) {
        let Instruction::Cpu(_) = instruction else {
            let id = self.services.servers[self.server_of(slot) as usize].service;
            self.activate(slot, id, Change::Less);
            return;
        };
        // Only attempts have cores of their own: see `Desk::dedicated`.
        let attempt = self.people.attempt(slot);
        attempt.active -= 1;
        let id = self.services.servers[attempt.server as usize].service;
        self.executes(id, Change::Less);
    }

    /// A worker begins or ends `cpu` on a core of its own.
    #[inline(always)]
    fn executes(&mut self, id: ServiceId, by: Change) {
        if !self.rules.routes.services[id].plain {
            self.shift(id, [ServiceLevel::Active, ServiceLevel::Busy], by);
        }
    }

    /// Work joins the cores of a server.
    pub(in crate::engine) fn join_cores(
        &mut self,
        slot: u32,
        index: u32,
        demand: Span,
        doing: Doing,
    ) {
        let number = self.agenda.number();
        let task = self.people.task_mut(slot);
        task.doing = doing;
        task.awaits = number;
        if doing == Doing::Sharing {
            self.spend(slot, demand);
        }
        let server = &mut self.services.servers[index as usize];
        server.sharing.advance(self.now);
        server.sharing.join(demand.0, number, slot);
        let (id, working) = (server.service, server.sharing.working);
        let (before, after) = (server.gauged(working - 1), server.gauged(working));
        if after > before {
            server.core_gauge.take_all(after - before, after, self.now);
        } else {
            server.core_gauge.joined();
            server.core_gauge.want(1, self.now);
        }
        match server.busy(working) - server.busy(working - 1) {
            0 => {}
            1 => self.shift(id, [ServiceLevel::Busy], Change::More),
            2.. => self.measure_busy(id),
        }
        self.touch(index);
    }

    /// A task stops its work on shared cores.
    pub(in crate::engine) fn stop_sharing(&mut self, slot: u32) {
        let index = self.server_of(slot);
        let server = &mut self.services.servers[index as usize];
        server.sharing.advance(self.now);
        let id = server.service;
        self.activate(slot, id, Change::Less);
        self.leave_cores(index);
    }

    /// One of those who share cores is no longer there; virtual time is up to now.
    pub(in crate::engine) fn leave_cores(&mut self, index: u32) {
        let server = &mut self.services.servers[index as usize];
        server.sharing.working -= 1;
        let (id, working) = (server.service, server.sharing.working);
        let (before, after) = (server.gauged(working + 1), server.gauged(working));
        if after < before {
            server.core_gauge.give_all(before - after, after, self.now);
        }
        if u64::from(working) * u64::from(server.grain) == after {
            server.core_gauge.want(0, self.now);
        }
        match server.busy(working + 1) - server.busy(working) {
            0 => {}
            1 => self.shift(id, [ServiceLevel::Busy], Change::Less),
            2.. => self.measure_busy(id),
        }
        self.touch(index);
    }

    /// The speed of a server's shared cores has to be found anew, at the end of this event.
    #[inline]
    pub(in crate::engine) fn touch(&mut self, index: u32) {
        let sharing = &mut self.services.servers[index as usize].sharing;
        if !sharing.dirty {
            sharing.dirty = true;
            self.pending.change(index);
        }
    }

    /// Finds the speed and the next end of a server's shared cores.
    pub(in crate::engine) fn reschedule(&mut self, index: u32) {
        let now = self.now;
        let people = &self.people;
        let server = &mut self.services.servers[index as usize];
        let settings = self.rules.of_version(server.version());
        let settings = &settings.services[server.service];
        let (pace, cores) = (server.pace(), server.cores_there());
        let burden = match self.rules.routes.services[server.service].tended {
            true => burden(server, settings),
            false => 1.0,
        };
        let sharing = &mut server.sharing;
        sharing.dirty = false;
        sharing.advance(now);
        let n = sharing.working.max(1);
        let (contention, coherency) = match settings.at_start {
            true => (0.0, 0.0),
            false => (settings.contention, settings.coherency),
        };
        let each = speed(n, cores, contention, coherency) / burden;
        sharing.set_speed(each * pace);
        match sharing.next_end(|slot, number| shares(people, slot, number)) {
            None => sharing.event = NO_EVENT,
            Some(at) if sharing.event != NO_EVENT && sharing.due == at => {}
            Some(at) => {
                sharing.due = at;
                sharing.event = self.agenda.at(at, Group::Work, Kind::Core, index);
            }
        }
    }

    /// Work on shared cores ends; false when the event was stale.
    pub(in crate::engine) fn core_ended(&mut self, index: u32, number: Number) -> bool {
        let people = &self.people;
        let server = &mut self.services.servers[index as usize];
        if server.sharing.event != number {
            return false;
        }
        server.sharing.event = NO_EVENT;
        server.sharing.advance(self.now);
        let id = server.service;
        let ended = server
            .sharing
            .finish(|slot, number| shares(people, slot, number));
        let Some(slot) = ended else { return false };
        self.leave_cores(index);
        let task = self.people.task_mut(slot);
        task.awaits = NO_EVENT;
        if task.doing == Doing::Refusing {
            self.refusal_leaves(slot, id);
            self.drained(index);
        } else {
            task.pc += 1;
            task.doing = Doing::Running;
            self.activate(slot, id, Change::Less);
            self.execute(slot);
        }
        true
    }
}
