//! Structured steps from their other end: branches that join, failures that unwind, tasks that
//! are stopped from outside.

use crate::base::slab::Ticket;
use crate::engine::Sim;
use crate::engine::calendar::key::NO_EVENT;
use crate::engine::steps::execute::Flow;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::frame::{FrameKind, NO_FRAME};
use crate::engine::tasks::population::{Branch, Failure, Pass, Request, Role, Task};
use crate::program::{BackId, NOWHERE, ParallelId, Pc};

impl Sim<'_> {
    /// A step has failed: on to what its `or` says, or out to what surrounds it.
    pub(in crate::engine) fn fail_step(
        &mut self,
        slot: u32,
        failure: Failure,
        on_failure: Pc,
    ) -> Flow {
        if on_failure != NOWHERE {
            self.people.task_mut(slot).pc = on_failure;
            return Flow::Elsewhere;
        }
        loop {
            let number = self.people.task(slot).frame;
            if number == NO_FRAME {
                self.end_task(slot, Some(failure));
                return Flow::Stop;
            }
            let frame = self.people.pop_frame(number);
            self.people.task_mut(slot).frame = frame.outer;
            self.undo_frame(slot, frame.kind);
            let handler = self.handler(frame.kind);
            if handler != NOWHERE {
                self.people.task_mut(slot).pc = handler;
                return Flow::Elsewhere;
            }
        }
    }

    /// Where a structured step goes on when its steps fail.
    fn handler(&self, kind: FrameKind) -> Pc {
        match kind {
            FrameKind::Hold { hold, .. } => self.rules.program.holds[hold].on_failure,
            FrameKind::Room(enter) | FrameKind::Guest(enter) => {
                self.rules.program.enters[enter].on_failure
            }
            FrameKind::Join { parallel, .. } => self.rules.program.parallels[parallel].on_failure,
            FrameKind::Repeat { repeat, .. } => self.rules.program.repeats[repeat].on_failure,
            FrameKind::Miss { lookup, .. } => self.rules.program.lookups[lookup].on_failure,
            FrameKind::Refill { .. }
            | FrameKind::Taken { .. }
            | FrameKind::Remembered { .. }
            | FrameKind::Place(_)
            | FrameKind::Back { .. } => NOWHERE,
        }
    }

    /// Gives back what a structured step has taken; its frame is off the list.
    pub(in crate::engine) fn undo_frame(&mut self, slot: u32, kind: FrameKind) {
        match kind {
            FrameKind::Hold { hold, pool } => self.release(hold, pool),
            FrameKind::Room(enter) => self.leave_room(enter),
            FrameKind::Guest(_) => {}
            FrameKind::Repeat { path, .. } => self.people.task_mut(slot).path = path,
            FrameKind::Join { first, .. } => self.stop_branches(first),
            FrameKind::Miss {
                store, key, flight, ..
            }
            | FrameKind::Refill {
                store, key, flight, ..
            } => self.miss_fails(store, key, flight),
            FrameKind::Taken { .. }
            | FrameKind::Remembered { .. }
            | FrameKind::Place(_)
            | FrameKind::Back { .. } => {
                unreachable!("what a user has stands in lists of its own")
            }
        }
    }

    /// Stops a task from outside: what it waits for, what it works at, what it holds.
    pub(in crate::engine) fn interrupt(&mut self, slot: u32) {
        match self.people.task(slot).doing {
            Doing::Timed { .. } | Doing::Halted { .. } => {
                let instruction = self.rules.program.code[self.people.task(slot).pc as usize];
                if instruction.is_on_a_server() {
                    self.end_active(slot, instruction);
                }
            }
            Doing::Sharing => self.stop_sharing(slot),
            Doing::Calling { .. }
            | Doing::Hedging { .. }
            | Doing::Served { .. }
            | Doing::BackingOff
            | Doing::AtLimit { .. } => {
                self.give_up_request(slot);
            }
            Doing::AtPool { .. } => self.leave_pool(slot),
            Doing::AtDoor { .. } => self.leave_door(slot),
            Doing::AtMiss { flight } => self.leave_miss(flight),
            Doing::Running
            | Doing::Travelling { .. }
            | Doing::AtCredit { .. }
            | Doing::Queued
            | Doing::PutBack { .. }
            | Doing::Joining
            | Doing::Answering { .. }
            | Doing::Refusing
            | Doing::AtHome
            | Doing::Done => {}
        }
        self.people.task_mut(slot).awaits = NO_EVENT;
        self.people.task_mut(slot).doing = Doing::Done;
        loop {
            let number = self.people.task(slot).frame;
            if number == NO_FRAME {
                break;
            }
            let frame = self.people.pop_frame(number);
            self.people.task_mut(slot).frame = frame.outer;
            self.undo_frame(slot, frame.kind);
        }
    }

    /// A visit goes back to a step of its journey: what it is inside of is over. False when it has
    /// done so often enough.
    pub(in crate::engine) fn go_back(&mut self, slot: u32, back: BackId) -> bool {
        let step = &self.rules.program.backs[back];
        let root = self
            .visitor_above(slot)
            .expect("`back_to` is a step of journeys");
        let mut next = self.people.visitor(root).taken;
        while next != NO_FRAME {
            let frame = self.people.frame_mut(next);
            if let FrameKind::Back { back: own, times } = &mut frame.kind
                && *own == back
            {
                if *times >= step.at_most {
                    return false;
                }
                *times += 1;
                break;
            }
            next = frame.outer;
        }
        if next == NO_FRAME {
            let outer = self.people.visitor(root).taken;
            let kind = FrameKind::Back { back, times: 1 };
            self.people.visitor(root).taken = self.people.push_frame(outer, kind);
        }
        loop {
            let number = self.people.task(slot).frame;
            if number == NO_FRAME {
                break;
            }
            let frame = self.people.pop_frame(number);
            self.people.task_mut(slot).frame = frame.outer;
            self.undo_frame(slot, frame.kind);
        }
        let task = self.people.task_mut(slot);
        task.path = task.path.step(step.luck);
        task.pc = step.to;
        true
    }

    /// A `parallel` is reached: every branch starts, in the order of writing.
    pub(in crate::engine) fn begin_parallel(&mut self, slot: u32, parallel: ParallelId) -> Flow {
        let program = self.rules.program;
        let step = &program.parallels[parallel];
        let parent = self.people.ticket(slot);
        let task = *self.people.task(slot);
        let root = match task.role {
            Role::Branch(b) => b.root,
            Role::Visitor(_) | Role::Attempt(_) => parent,
        };
        let mut first = Ticket::NONE;
        for &pc in step.branches.iter().rev() {
            first = self.people.add(|| Task {
                pc,
                frame: NO_FRAME,
                path: task.path,
                owner: task.owner,
                awaits: NO_EVENT,
                label: task.label,
                doing: Doing::Running,
                request: Request::NONE,
                role: Role::Branch(Branch {
                    parent,
                    root,
                    reload: NO_EVENT,
                    next: first,
                    pass: Pass::default(),
                }),
            });
        }
        let kind = FrameKind::Join {
            parallel,
            succeeded: 0,
            failed: 0,
            first,
        };
        let frame = self.people.push_frame(task.frame, kind);
        let task = self.people.task_mut(slot);
        task.frame = frame;
        task.doing = Doing::Joining;
        task.awaits = NO_EVENT;
        let mut next = first;
        while let Some(task) = self.people.get(next) {
            let ticket = next;
            next = match task.role {
                Role::Branch(b) => b.next,
                Role::Visitor(_) | Role::Attempt(_) => Ticket::NONE,
            };
            self.pending.make_ready(ticket);
        }
        Flow::Stop
    }

    /// A branch has ended; it stays until its `parallel` is decided.
    pub(in crate::engine) fn branch_ended(&mut self, slot: u32, failure: Option<Failure>) {
        let Role::Branch(branch) = self.people.task(slot).role else {
            unreachable!("only branches join");
        };
        let task = self.people.task_mut(slot);
        task.doing = Doing::Done;
        task.awaits = NO_EVENT;
        let parent = branch.parent.slot;
        debug_assert!(
            self.people.get(branch.parent).is_some(),
            "a branch outlives its parent"
        );
        let number = self.people.task(parent).frame;
        let frame = self.people.frame_mut(number);
        let FrameKind::Join {
            parallel,
            succeeded,
            failed,
            ..
        } = &mut frame.kind
        else {
            unreachable!("a parent waits at its join");
        };
        if failure.is_none() {
            *succeeded += 1;
        } else {
            *failed += 1;
        }
        let (ok, bad) = (u32::from(*succeeded), u32::from(*failed));
        let (parallel, kind) = (*parallel, frame.kind);
        let step = &self.rules.program.parallels[parallel];
        let spare = step.branches.len() as u32 - step.needed;
        if ok < step.needed && bad <= spare {
            return;
        }
        let outer = self.people.pop_frame(number).outer;
        self.people.task_mut(parent).frame = outer;
        self.undo_frame(parent, kind);
        if ok >= step.needed {
            self.people.task_mut(parent).pc = step.after;
            self.make_ready(parent);
        } else {
            let failure = failure.unwrap_or(Failure::Error);
            if self.fail_step(parent, failure, step.on_failure) == Flow::Elsewhere {
                self.make_ready(parent);
            }
        }
    }

    /// Stops and removes the branches of a `parallel`.
    fn stop_branches(&mut self, first: Ticket) {
        let mut next = first;
        while let Some(task) = self.people.get(next) {
            let slot = next.slot;
            next = match task.role {
                Role::Branch(b) => b.next,
                Role::Visitor(_) | Role::Attempt(_) => Ticket::NONE,
            };
            if self.people.task(slot).doing != Doing::Done {
                self.interrupt(slot);
            }
            self.people.remove(slot);
        }
    }
}
