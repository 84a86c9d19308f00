//! What a task is at, at this instant: the innermost thing, through all calls that it waits for.
//!
//! Time of its own (`wait`, or `cpu` on a core of its own) belongs to what the task holds. Of a
//! `parallel` every open branch counts. Whoever's attempt is gone waits for a server that has
//! swallowed it, or for the network. It changes nothing.

use crate::base::slab::Ticket;
use crate::engine::Sim;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::frame::{FrameKind, NO_FRAME};
use crate::engine::tasks::population::{Role, Task};
use crate::observation::fullness::Thing;
use crate::program::{Instruction, ServiceId};

/// Most things that one task is told to be at.
const MOST: usize = 16;
/// Most tasks that wait to be looked at on one walk, and that are looked at.
const OPEN: usize = 32;
const STEPS: usize = 256;

/// The things found, each once.
#[derive(Debug)]
pub(in crate::engine) struct Found {
    things: [Thing; MOST],
    number: usize,
}

impl Default for Found {
    fn default() -> Self {
        Self {
            things: [Thing::Think; MOST],
            number: 0,
        }
    }
}

impl Found {
    /// The things.
    pub(in crate::engine) fn things(&self) -> impl Iterator<Item = Thing> + '_ {
        self.things[..self.number].iter().copied()
    }

    fn add(&mut self, thing: Thing) {
        let known = &self.things[..self.number];
        if self.number < MOST && !known.contains(&thing) {
            self.things[self.number] = thing;
            self.number += 1;
        }
    }
}

/// Tasks still to be looked at, each with what its own time is time of: that of the holder itself
/// belongs to what it holds.
struct Open {
    slots: [(u32, Option<Thing>); OPEN],
    number: usize,
}

impl Open {
    fn push(&mut self, slot: (u32, Option<Thing>)) {
        if self.number < OPEN {
            self.slots[self.number] = slot;
            self.number += 1;
        }
    }

    fn pop(&mut self) -> Option<(u32, Option<Thing>)> {
        self.number = self.number.checked_sub(1)?;
        Some(self.slots[self.number])
    }
}

impl Sim<'_> {
    /// Finds what a task is at that holds something.
    pub(in crate::engine) fn walk(&self, (slot, holds): (u32, Thing), found: &mut Found) {
        let mut open = Open {
            slots: [(slot, Some(holds)); OPEN],
            number: 1,
        };
        for _ in 0..STEPS {
            let Some((slot, own)) = open.pop() else {
                return;
            };
            let task = self.people.task(slot);
            match task.doing {
                Doing::Running | Doing::AtHome | Doing::Done => {}
                Doing::Travelling { .. } | Doing::Answering { .. } => found.add(Thing::Network),
                Doing::BackingOff | Doing::AtLimit { .. } | Doing::AtCredit { .. } => {
                    found.add(Thing::Pause);
                }
                Doing::Joining => self.open_branches((task, own), &mut open),
                Doing::AtMiss { flight } => {
                    let leader = self.held.leader(flight);
                    if self.people.get(leader).is_some() {
                        open.push((leader.slot, None));
                    }
                }
                Doing::Calling { attempt } => match self.people.get(attempt) {
                    Some(_) => open.push((attempt.slot, None)),
                    None => found.add(self.lost(slot)),
                },
                Doing::Hedging { round } => {
                    for (_, twin) in self.people.rounds.get(round).open() {
                        match self.people.get(twin.attempt) {
                            Some(_) => open.push((twin.attempt.slot, None)),
                            None => found.add(self.lost(slot)),
                        }
                    }
                }
                Doing::Timed { .. } => match own {
                    Some(own) if self.is_own_time(slot, task) => found.add(own),
                    _ => found.add(self.thing_of(slot, task)),
                },
                Doing::Queued
                | Doing::PutBack { .. }
                | Doing::Halted { .. }
                | Doing::Sharing
                | Doing::Served { .. }
                | Doing::AtPool { .. }
                | Doing::AtDoor { .. }
                | Doing::Refusing => found.add(self.thing_of(slot, task)),
            }
        }
    }

    /// Whether timed work needs nothing that others could want: `wait`, or `cpu` on its own core.
    fn is_own_time(&self, slot: u32, task: &Task) -> bool {
        let instruction = self.rules.program.code[task.pc as usize];
        instruction.is_on_a_server() && !self.services.server(self.server_of(slot)).is_halted()
    }

    /// What a task is at that waits for no other task.
    fn thing_of(&self, slot: u32, task: &Task) -> Thing {
        match task.doing {
            Doing::Queued | Doing::PutBack { .. } => Thing::Workers(self.service_of(task).0),
            Doing::Served { server, .. } => Thing::Workers(self.services.server(server).service.0),
            Doing::AtPool { .. } => Thing::Pool(self.held.pool(self.pool_awaited(slot)).pool.0),
            Doing::AtDoor { .. } => Thing::Room(self.room_awaited(slot).0),
            Doing::Sharing => self.cores_of(self.server_of(slot)),
            Doing::Refusing => match &task.role {
                Role::Attempt(a) => self.cores_of(a.server),
                Role::Visitor(_) | Role::Branch(_) => unreachable!("only attempts are refused"),
            },
            Doing::Running
            | Doing::Travelling { .. }
            | Doing::Timed { .. }
            | Doing::Halted { .. }
            | Doing::Calling { .. }
            | Doing::Hedging { .. }
            | Doing::BackingOff
            | Doing::AtLimit { .. }
            | Doing::AtCredit { .. }
            | Doing::AtMiss { .. }
            | Doing::Joining
            | Doing::Answering { .. }
            | Doing::AtHome
            | Doing::Done => match self.rules.program.code[task.pc as usize] {
                Instruction::Cpu(_) => self.cores_of(self.server_of(slot)),
                Instruction::Wait(_) => {
                    Thing::Workers(self.services.server(self.server_of(slot)).service.0)
                }
                _ => Thing::Think,
            },
        }
    }

    /// The cores of a server; its workers, where each has a core of its own or all stand still.
    fn cores_of(&self, index: u32) -> Thing {
        let server = self.services.server(index);
        let id = server.service;
        if self.rules.routes.services[id].dedicated || server.is_halted() {
            Thing::Workers(id.0)
        } else {
            Thing::Cores(id.0)
        }
    }

    /// The service that an attempt was sent to.
    fn service_of(&self, task: &Task) -> ServiceId {
        match &task.role {
            Role::Attempt(a) => self.rules.program.calls[a.call].service,
            other => unreachable!("attempts queue, not {other:?}"),
        }
    }

    /// What somebody waits for whose attempt is gone.
    fn lost(&self, slot: u32) -> Thing {
        let id = self.rules.program.calls[self.call_at(slot)].service;
        let station = self.services.station(id);
        let mut known = station.eligible.iter();
        let swallowed = known.any(|&n| {
            let server = self.services.server(station.first + n);
            server.is_out().is_some()
        });
        if swallowed {
            Thing::Workers(id.0)
        } else {
            Thing::Network
        }
    }

    /// The branches of the `parallel` that a task waits for.
    fn open_branches(&self, (task, own): (&Task, Option<Thing>), open: &mut Open) {
        debug_assert!(task.frame != NO_FRAME, "a join has a frame");
        let FrameKind::Join { first, .. } = self.people.frame(task.frame).kind else {
            return;
        };
        let mut next: Ticket = first;
        while let Some(branch) = self.people.get(next) {
            if branch.doing != Doing::Done {
                open.push((next.slot, own));
            }
            next = match branch.role {
                Role::Branch(b) => b.next,
                Role::Visitor(_) | Role::Attempt(_) => Ticket::NONE,
            };
        }
    }
}
