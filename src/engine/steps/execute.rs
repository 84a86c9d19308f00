//! The one `match` over instructions.

use crate::base::time::Span;
use crate::engine::Sim;
use crate::engine::calendar::key::NO_EVENT;
use crate::engine::draws::OfStep;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::frame::{FrameKind, NO_FRAME};
use crate::engine::tasks::population::{Answer, Failure, Role};
use crate::program::{BackId, CacheCount, ChooseId, Instruction, RepeatId, Settings, WorkId};

/// What the cursor does after an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Flow {
    /// The next instruction.
    Next,
    /// Another one: `pc` was set.
    Elsewhere,
    /// The task waits, has ended, or was put among the ready.
    Stop,
}

impl<'p> Sim<'p> {
    /// Runs a task until it waits or ends.
    pub(in crate::engine) fn execute(&mut self, slot: u32) {
        loop {
            let mut pc = self.people.task(slot).pc as usize;
            // What a step begins with is only counted: it needs no choice among all instructions.
            while let Instruction::Step(step) = self.rules.program.code[pc] {
                self.reach_step(slot, step);
                pc += 1;
            }
            match self.instruction(slot, self.rules.program.code[pc]) {
                Flow::Next => self.people.task_mut(slot).pc += 1,
                Flow::Elsewhere => {}
                Flow::Stop => return,
            }
        }
    }

    #[inline(always)]
    fn instruction(&mut self, slot: u32, instruction: Instruction) -> Flow {
        match instruction {
            Instruction::Call(call) => {
                self.begin_request(slot, call);
                Flow::Stop
            }
            Instruction::Cpu(work) => {
                let demand = self.demand_of_server(slot, work);
                self.begin_cpu(slot, self.server_of(slot), demand);
                Flow::Stop
            }
            Instruction::Think(work) => {
                let at = self.now + self.demand(slot, work);
                self.work_until(slot, at);
                Flow::Stop
            }
            Instruction::End => {
                // Only a refill is still to come when all steps are done.
                if self.people.task(slot).frame != NO_FRAME {
                    return self.begin_refill(slot);
                }
                self.end_task(slot, None);
                Flow::Stop
            }
            other => self.rarer_instruction(slot, other),
        }
    }

    #[inline(never)]
    fn rarer_instruction(&mut self, slot: u32, instruction: Instruction) -> Flow {
        match instruction {
            Instruction::Send(call) => self.send_message(slot, call),
            Instruction::Wait(work) => {
                let demand = self.demand_of_server(slot, work);
                self.begin_wait_step(slot, self.server_of(slot), demand);
                Flow::Stop
            }
            Instruction::Hold(hold) => self.begin_hold(slot, hold),
            Instruction::Release | Instruction::Exit => {
                self.close_frame(slot);
                Flow::Next
            }
            Instruction::Enter(enter) => self.begin_enter(slot, enter),
            Instruction::Choose(choose) => self.choose(slot, choose),
            Instruction::Repeat(repeat) => self.begin_repeat(slot, repeat),
            Instruction::Turn => self.next_turn(slot),
            Instruction::Parallel(parallel) => self.begin_parallel(slot, parallel),
            Instruction::Take(take) => {
                if self.take_units(slot, take) {
                    Flow::Next
                } else {
                    self.fail_step(
                        slot,
                        Failure::NoUnits,
                        self.rules.program.takes[take].on_failure,
                    )
                }
            }
            Instruction::Lookup(lookup) => self.begin_lookup(slot, lookup),
            Instruction::Filled => self.end_miss(slot),
            Instruction::Answer => {
                self.answer_early(slot);
                Flow::Next
            }
            Instruction::Back(back) => self.back_to_step(slot, back),
            Instruction::Mark(mark) => {
                self.rec.mark(mark.0, self.now);
                Flow::Next
            }
            Instruction::Leave(outcome) => {
                self.leave(slot, outcome);
                Flow::Stop
            }
            Instruction::Fail { refused, last } => {
                self.fail_endpoint(slot, refused, last);
                Flow::Stop
            }
            Instruction::Jump(to) => {
                self.people.task_mut(slot).pc = to;
                Flow::Elsewhere
            }
            Instruction::Begin => {
                self.begin_late(slot);
                Flow::Elsewhere
            }
            Instruction::Step(_) => unreachable!("steps were counted before"),
            Instruction::Call(_)
            | Instruction::Cpu(_)
            | Instruction::Think(_)
            | Instruction::End => unreachable!("the usual ones were looked at before"),
        }
    }

    /// The steps of an attempt are done that has found an old entry: it answers, and fills the
    /// entry anew.
    #[inline(never)]
    fn begin_refill(&mut self, slot: u32) -> Flow {
        self.answer_early(slot);
        let (number, end) = (self.people.task(slot).frame, self.people.task(slot).pc);
        let FrameKind::Refill {
            lookup, pc, path, ..
        } = &mut self.people.frame_mut(number).kind
        else {
            unreachable!("only refills are left at the end");
        };
        let (lookup, path) = (*lookup, *path);
        let begin = std::mem::replace(pc, end) + 1;
        let task = self.people.task_mut(slot);
        (task.pc, task.path) = (begin, path);
        let id = self.rules.program.lookups[lookup].cache;
        self.count_cache(id, CacheCount::Refilled, 1);
        Flow::Elsewhere
    }

    /// A `back_to` is reached.
    fn back_to_step(&mut self, slot: u32, back: BackId) -> Flow {
        if !self.another() {
            return Flow::Stop;
        }
        if self.go_back(slot, back) {
            return Flow::Elsewhere;
        }
        let on_failure = self.rules.program.backs[back].on_failure;
        self.fail_step(slot, Failure::Error, on_failure)
    }

    /// The uniform number of a step's draw.
    #[inline(always)]
    pub(in crate::engine) fn step_luck(&self, slot: u32, luck: u64) -> f64 {
        let task = self.people.task(slot);
        self.rules
            .luck
            .uniform(task.owner, task.path.step(luck), OfStep::Only as u32)
    }

    /// The demand of a step of a task, drawn now from the law in force.
    #[inline(always)]
    fn demand(&self, slot: u32, work: WorkId) -> Span {
        let task = self.people.task(slot);
        let place = task.path.step(self.rules.program.work[work]);
        self.rules.drawn(
            task.owner,
            self.rules.luck.spot(place, OfStep::Only as u32),
            work,
        )
    }

    /// The demand of a step on a server: faults may slow the attempt down, and a deploy may have
    /// reached the server.
    #[inline(always)]
    fn demand_of_server(&mut self, slot: u32, work: WorkId) -> Span {
        match self.services.strikes_attempts() {
            true => self.altered_demand(slot, work),
            false => self.demand(slot, work),
        }
    }

    #[cold]
    fn altered_demand(&mut self, slot: u32, work: WorkId) -> Span {
        let task = self.people.task(slot);
        let place = task.path.step(self.rules.program.work[work]);
        let there = self.rules.luck.spot(place, OfStep::Only as u32);
        let numbers = self.numbers_of(slot);
        let demand = self.rules.drawn_of(numbers, task.owner, there, work);
        self.slowed_demand(slot, demand)
    }

    /// The numbers in force for a step of a task.
    #[inline]
    fn numbers(&self, slot: u32) -> &'p Settings {
        match self.services.strikes_attempts() {
            true => self.numbers_of(slot),
            false => self.rules.settings,
        }
    }

    /// Timed work is over: a `think`, a `wait`, or a `cpu` on a core of its own.
    pub(in crate::engine) fn work_ended(&mut self, slot: u32) {
        let task = self.people.task_mut(slot);
        let pc = task.pc as usize;
        task.awaits = NO_EVENT;
        task.pc += 1;
        task.doing = Doing::Running;
        let ended = self.rules.program.code[pc];
        if ended.is_on_a_server() {
            self.end_on_a_server(slot, ended, self.rules.program.code[pc + 1]);
        } else {
            self.execute(slot);
        }
    }

    fn choose(&mut self, slot: u32, choose: ChooseId) -> Flow {
        let step = &self.rules.program.chooses[choose];
        let u = self.step_luck(slot, step.luck);
        if !step.whens.is_empty() {
            return self.choose_by_state(slot, choose, u);
        }
        let shares = &self.numbers(slot).choices[choose];
        let branch = shares
            .iter()
            .position(|&s| u < s)
            .unwrap_or(shares.len() - 1);
        self.people.task_mut(slot).pc = step.branches[branch];
        Flow::Elsewhere
    }

    /// The first branch whose condition holds, else one of the others by luck, else none.
    #[inline(never)]
    fn choose_by_state(&mut self, slot: u32, choose: ChooseId, u: f64) -> Flow {
        let rules = self.rules;
        let step = &rules.program.chooses[choose];
        let mut whens = step.whens.iter();
        let held = whens.position(|when| when.is_some_and(|condition| self.holds(condition)));
        let shares = &rules.settings.choices[choose];
        let branch = held.or_else(|| shares.iter().position(|&s| u < s));
        let pc = branch.map_or(step.after, |branch| step.branches[branch]);
        self.people.task_mut(slot).pc = pc;
        Flow::Elsewhere
    }

    fn begin_repeat(&mut self, slot: u32, repeat: RepeatId) -> Flow {
        let step = &self.rules.program.repeats[repeat];
        let law = &self.numbers(slot).work[step.times];
        let times = law.sample(self.step_luck(slot, step.luck)).round();
        let times = times.clamp(0.0, f64::from(u32::MAX)) as u32;
        let task = self.people.task_mut(slot);
        if times == 0 {
            task.pc = step.after;
            return Flow::Elsewhere;
        }
        let path = task.path;
        task.path = path.step(step.luck).turn(0);
        let outer = task.frame;
        let kind = FrameKind::Repeat {
            repeat,
            left: times - 1,
            turn: 0,
            path,
        };
        let frame = self.people.push_frame(outer, kind);
        self.people.task_mut(slot).frame = frame;
        Flow::Next
    }

    fn next_turn(&mut self, slot: u32) -> Flow {
        if !self.another() {
            return Flow::Stop;
        }
        let number = self.people.task(slot).frame;
        let pc = self.people.task(slot).pc;
        let frame = self.people.frame_mut(number);
        let FrameKind::Repeat {
            repeat,
            left,
            turn,
            path,
        } = &mut frame.kind
        else {
            unreachable!("a turn ends in its repeat");
        };
        if *left == 0 {
            let (outer, path) = (frame.outer, *path);
            self.people.pop_frame(number);
            let task = self.people.task_mut(slot);
            task.frame = outer;
            task.path = path;
            task.pc = pc + 1;
            return Flow::Elsewhere;
        }
        *left -= 1;
        *turn += 1;
        let (luck, turns, path) = (self.rules.program.repeats[*repeat].luck, *turn, *path);
        let body = self.rules.program.repeats[*repeat].body;
        let task = self.people.task_mut(slot);
        task.path = path.step(luck).turn(u64::from(turns));
        task.pc = body;
        Flow::Elsewhere
    }

    /// The innermost structured step ends well.
    fn close_frame(&mut self, slot: u32) {
        let number = self.people.task(slot).frame;
        debug_assert!(number != NO_FRAME);
        let frame = self.people.pop_frame(number);
        self.people.task_mut(slot).frame = frame.outer;
        self.undo_frame(slot, frame.kind);
    }

    /// A task ends: well, or with a failure that nobody caught.
    pub(in crate::engine) fn end_task(&mut self, slot: u32, failure: Option<Failure>) {
        match self.people.task(slot).role {
            Role::Visitor(_) => {
                let outcome = failure.map_or(crate::observation::Outcome::Served, Failure::outcome);
                self.end_visit(slot, outcome);
            }
            Role::Attempt(_) => {
                self.finish(slot, failure.map_or(Answer::Ok, Failure::answer));
            }
            Role::Branch(_) => self.branch_ended(slot, failure),
        }
    }
}
