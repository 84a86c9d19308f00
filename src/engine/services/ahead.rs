//! How much work an attempt has before it: the sum of its own `cpu` and `wait`, with the luck that
//! its steps will have. Nested calls, waits for units and failures are not foreseen; of branches
//! that run side by side all count.

use crate::base::time::Span;
use crate::engine::Sim;
use crate::engine::draws::OfStep;
use crate::engine::services::server::remaining;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::frame::{FrameKind, NO_FRAME};
use crate::program::{Instruction, Pc, RepeatId};
use crate::random::key::{Owner, Place};

/// Instructions that are looked at, at most: what comes later is not foreseen.
const FARTHEST: u32 = 1 << 16;

/// A walk over code that nobody runs.
struct Ahead {
    owner: Owner,
    /// Instructions that may still be looked at.
    left: u32,
    /// Nanoseconds found so far.
    sum: i64,
}

impl Sim<'_> {
    /// The work of an attempt that begins at `entry`.
    pub(super) fn work_of(&self, owner: Owner, path: Place, entry: Pc) -> Span {
        let mut walk = Ahead::new(owner);
        self.foresee(&mut walk, entry, path);
        Span(walk.sum)
    }

    /// The work that is left of an attempt: all of it before it starts.
    pub(super) fn work_left(&self, slot: u32) -> Span {
        let task = self.people.task(slot);
        let mut walk = Ahead::new(task.owner);
        let mut pc = task.pc;
        if let Some(left) = self.step_left(slot) {
            walk.sum = left.0;
            pc += 1;
        }
        let (mut path, mut frame) = (task.path, task.frame);
        while let Some(end) = self.foresee(&mut walk, pc, path) {
            // Only a `repeat` under way ends with a turn that has no beginning here.
            let kind = loop {
                let of = self.people.frame(frame);
                frame = of.outer;
                if matches!(of.kind, FrameKind::Repeat { .. }) || frame == NO_FRAME {
                    break of.kind;
                }
            };
            let FrameKind::Repeat {
                repeat,
                left,
                turn,
                path: outside,
            } = kind
            else {
                break;
            };
            if self.turns(&mut walk, (repeat, outside), turn + 1..turn + 1 + left) {
                break;
            }
            (path, pc) = (outside, end + 1);
        }
        Span(walk.sum)
    }

    /// What is left of the `cpu` that an attempt is in, or was when it was put back.
    fn step_left(&self, slot: u32) -> Option<Span> {
        let task = self.people.task(slot);
        let server = || &self.services.servers[self.server_of(slot) as usize];
        match task.doing {
            Doing::PutBack { left } | Doing::Halted { left } => Some(left.get()),
            Doing::Timed { until } => Some(remaining(until.get(), self.now, server().pace())),
            Doing::Sharing => Some(server().sharing.left((slot, task.awaits), self.now)),
            _ => None,
        }
    }

    /// Adds the work from here to the end of the code, or to the end of a turn that began before:
    /// where that is.
    fn foresee(&self, walk: &mut Ahead, mut pc: Pc, path: Place) -> Option<Pc> {
        let program = self.rules.program;
        let owner = walk.owner;
        let luck = |identity| {
            let place = path.step(identity);
            self.rules.luck.uniform(owner, place, OfStep::Only as u32)
        };
        loop {
            walk.left = walk.left.checked_sub(1)?;
            match program.code[pc as usize] {
                Instruction::Cpu(work) | Instruction::Wait(work) => {
                    let place = path.step(program.work[work]);
                    let there = self.rules.luck.spot(place, OfStep::Only as u32);
                    let demand = self.rules.drawn(owner, there, work);
                    walk.sum = walk.sum.saturating_add(demand.0);
                    pc += 1;
                }
                Instruction::Choose(choose) => {
                    let step = &program.chooses[choose];
                    let shares = &self.rules.settings.choices[choose];
                    let u = luck(step.luck);
                    let branch = shares.iter().position(|&share| u < share);
                    pc = step.branches[branch.unwrap_or(shares.len() - 1)];
                }
                Instruction::Repeat(repeat) => {
                    let step = &program.repeats[repeat];
                    let times = self.rules.settings.work[step.times].sample(luck(step.luck));
                    let times = times.round().clamp(0.0, f64::from(u32::MAX)) as u32;
                    if self.turns(walk, (repeat, path), 0..times) {
                        return None;
                    }
                    pc = step.after;
                }
                Instruction::Parallel(parallel) => {
                    let step = &program.parallels[parallel];
                    for &branch in &step.branches {
                        self.foresee(walk, branch, path);
                    }
                    pc = step.after;
                }
                Instruction::Jump(to) => pc = to,
                Instruction::Turn => return Some(pc),
                Instruction::End | Instruction::Fail { .. } | Instruction::Leave(_) => return None,
                _ => pc += 1,
            }
        }
    }

    /// Adds the work of these turns of a `repeat`: whether everything ends in one of them.
    fn turns(
        &self,
        walk: &mut Ahead,
        (repeat, outside): (RepeatId, Place),
        turns: std::ops::Range<u32>,
    ) -> bool {
        let step = &self.rules.program.repeats[repeat];
        let mut turns = turns;
        turns.any(|turn| {
            let path = outside.step(step.luck).turn(u64::from(turn));
            self.foresee(walk, step.body, path).is_none()
        })
    }
}

impl Ahead {
    fn new(owner: Owner) -> Ahead {
        Ahead {
            owner,
            left: FARTHEST,
            sum: 0,
        }
    }
}
