//! Faults and actions taking effect, servers that boot, drain and crash
//! (semantics#scaling, #faults, #ties).
//!
//! Changes by the clock are known before it starts. At one instant they take effect in this
//! order: faults that end, faults that begin (each by the name of the fault), actions in the
//! order of their effect and name, doors by the name of the room; boots follow as they were
//! ordered.

use crate::base::table::Id;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind};
use crate::engine::draws::OfOccurrence;
use crate::engine::record::recorder::Change as Level;
use crate::engine::services::harm::Blow;
use crate::engine::world::rollout::Rollout;
use crate::program::{Begins, Fault, FaultKind, Patch, RoomId, Selector, Target};

/// How often a leak takes memory.
const SECOND: Span = Span(1_000_000_000);

/// A change by the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    FaultEnds(u32),
    FaultBegins(u32),
    Action(u32),
    Door(RoomId),
    /// The next batch of a deploy.
    Batch(u32),
    /// A second of a leak, of an occurrence.
    Leak(u32),
}

/// All changes by the clock.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Calendar {
    entries: Vec<Change>,
    /// Occurrences of faults, by their number.
    occurrences: Vec<Occurrence>,
    /// Those under way that hit every server of a service, those that come later too.
    lasting: Vec<Blow>,
    /// Deploys, each forward and then back.
    pub(super) rollouts: Vec<Rollout>,
}

/// A fault from one begin to its end.
#[derive(Clone, Debug)]
struct Occurrence {
    blow: Blow,
    /// When it begins and ends, from T+0.
    from: Time,
    until: Time,
    /// Servers that it has chosen, in order.
    chosen: Vec<u32>,
}

impl Calendar {
    /// Whether an occurrence has chosen a server.
    pub(super) fn hits(&self, occurrence: u32, server: u32) -> bool {
        let chosen = &self.occurrences[occurrence as usize].chosen;
        chosen.binary_search(&server).is_ok()
    }

    /// When an occurrence ends, from T+0.
    pub(super) fn end(&self, occurrence: u32) -> Time {
        self.occurrences[occurrence as usize].until
    }

    /// Every occurrence that is known: fault, begin and end, from T+0.
    pub(super) fn windows(&self) -> impl Iterator<Item = (u32, Time, Time)> {
        let all = self.occurrences.iter();
        all.map(|one| (one.blow.fault, one.from, one.until))
    }
}

impl Sim<'_> {
    /// Schedules every change that is known before the clock starts.
    pub(in crate::engine) fn schedule_changes(&mut self) {
        let program = self.rules.program;
        for (number, fault) in program.faults.iter().enumerate() {
            self.plan_fault(number as u32, fault);
        }
        for number in 0..self.world.calendar.occurrences.len() {
            let until = self.world.calendar.occurrences[number].until;
            self.schedule(until, Change::FaultEnds(number as u32));
        }
        for number in 0..self.world.calendar.occurrences.len() {
            let from = self.world.calendar.occurrences[number].from;
            self.schedule_begin(from, Change::FaultBegins(number as u32));
        }
        for (i, action) in program.actions.iter().enumerate() {
            self.schedule_begin(action.at, Change::Action(i as u32));
        }
        self.schedule_doors();
    }

    /// Puts down when a fault begins and ends by the clock.
    fn plan_fault(&mut self, number: u32, fault: &Fault) {
        let Begins::Clock { at, jitter } = &fault.begins else {
            return;
        };
        for (turn, &at) in (0..).zip(at) {
            let (luck, place) = (self.rules.luck, Fault::occurrence(turn));
            let late = |u| jitter.as_ref().map(|law| law.span(u));
            let late = late(luck.uniform(fault.owner, place, OfOccurrence::Jitter as u32));
            let from = late.map_or(at, |late| at + late);
            let occurrences = &mut self.world.calendar.occurrences;
            let blow = Blow {
                id: occurrences.len() as u32,
                fault: number,
                turn,
            };
            occurrences.push(Occurrence {
                blow,
                from,
                until: fault.end(from),
                chosen: Vec::new(),
            });
        }
    }

    fn schedule(&mut self, at: Time, change: Change) {
        let at = Time(at.0.saturating_sub(self.course.start.0));
        if at > self.course.end || at < self.now {
            return;
        }
        let slot = self.world.calendar.entries.len() as u32;
        self.world.calendar.entries.push(change);
        self.agenda.at(at, Group::Change, Kind::Change, slot);
    }

    /// Whether what begins then, from T+0, begins at all: after the horizon of a steady study
    /// nothing does.
    pub(in crate::engine) fn begins(&self, at: Time) -> bool {
        at.0.saturating_sub(self.course.start.0) <= self.world.changes_end.0
    }

    fn schedule_begin(&mut self, at: Time, change: Change) {
        if self.begins(at) {
            self.schedule(at, change);
        }
    }

    fn schedule_doors(&mut self) {
        let settings = self.rules.settings;
        for (room, doors) in settings.rooms.iter() {
            for at in [doors.opens, doors.closes].into_iter().flatten() {
                self.schedule_begin(at, Change::Door(room));
            }
        }
    }

    /// An entry of the calendar is due.
    pub(in crate::engine) fn change(&mut self, slot: u32) {
        // What is done to servers looks at attempts, and settings belong to their sides.
        self.part_all();
        match self.world.calendar.entries[slot as usize] {
            Change::FaultEnds(number) => self.fault_ends(number),
            Change::FaultBegins(number) => self.fault_begins(number),
            Change::Action(number) => {
                let program = self.rules.program;
                self.act(&program.actions[number as usize].patch);
            }
            Change::Door(room) => self.door_turns(room),
            Change::Batch(number) => self.next_batch(number),
            Change::Leak(number) => self.leak_on(number, slot),
        }
    }

    /// An occurrence of a fault begins now that is in no calendar, and ends when the fault says so:
    /// its number among those of the fault. Attempts have been set apart from their callers.
    #[allow(dead_code, reason = "triggers call it")]
    pub(in crate::engine) fn fault_strikes(&mut self, fault: u32) {
        let now = self.course.told(self.now);
        let until = self.rules.program.faults[fault as usize].end(now);
        let occurrences = &mut self.world.calendar.occurrences;
        let before = occurrences.iter().filter(|one| one.blow.fault == fault);
        let blow = Blow {
            id: occurrences.len() as u32,
            fault,
            turn: before.count() as u32,
        };
        occurrences.push(Occurrence {
            blow,
            from: now,
            until,
            chosen: Vec::new(),
        });
        self.schedule(until, Change::FaultEnds(blow.id));
        self.fault_begins(blow.id);
    }

    fn fault_begins(&mut self, number: u32) {
        let program = self.rules.program;
        let blow = self.world.calendar.occurrences[number as usize].blow;
        let fault = &program.faults[blow.fault as usize];
        if matches!(fault.kind, FaultKind::Shift { .. }) {
            self.shift_traffic(blow, Level::More);
            return;
        }
        if matches!(fault.kind, FaultKind::Deploy { .. }) {
            self.begin_rollout(blow);
            return;
        }
        if disturbs_network(&fault.kind) {
            self.begin_on_network(blow);
            return;
        }
        let mut all = Vec::new();
        for on in fault.targets() {
            let chosen = self.pick(blow, on);
            if strikes_attempts(&fault.kind) {
                self.harm_attempts(blow, on.service);
            }
            self.harm(blow, &chosen);
            all.extend(chosen);
        }
        self.world.calendar.occurrences[number as usize].chosen = all;
        if matches!(fault.kind, FaultKind::Leak { .. }) {
            let at = self.course.told(self.now + SECOND);
            self.schedule(at, Change::Leak(number));
        }
        let takes_all = |on: &Target| matches!(on.servers, Selector::All | Selector::Zone { .. });
        if fault.targets().iter().any(takes_all) {
            self.world.calendar.lasting.push(blow);
        }
    }

    fn fault_ends(&mut self, number: u32) {
        let program = self.rules.program;
        let occurrence = &mut self.world.calendar.occurrences[number as usize];
        let (blow, chosen) = (occurrence.blow, std::mem::take(&mut occurrence.chosen));
        let fault = &program.faults[blow.fault as usize];
        if matches!(fault.kind, FaultKind::Shift { .. }) {
            self.shift_traffic(blow, Level::Less);
            return;
        }
        if disturbs_network(&fault.kind) {
            self.end_on_network(blow);
            return;
        }
        self.world.calendar.lasting.retain(|one| *one != blow);
        if matches!(fault.kind, FaultKind::Deploy { .. }) {
            self.end_rollout(blow);
            return;
        }
        if strikes_attempts(&fault.kind) {
            for on in fault.targets() {
                self.heal_attempts(blow, on.service);
            }
        }
        self.heal(blow, &chosen);
    }

    /// A second of a leak is over: memory has grown, and grows on while the fault lasts.
    fn leak_on(&mut self, number: u32, slot: u32) {
        let occurrence = &self.world.calendar.occurrences[number as usize];
        let fault = &self.rules.program.faults[occurrence.blow.fault as usize];
        let FaultKind::Leak { grows, .. } = fault.kind else {
            return;
        };
        if self.course.told(self.now) >= occurrence.until {
            return;
        }
        let hit = occurrence.chosen.len();
        for at in 0..hit {
            let index = self.world.calendar.occurrences[number as usize].chosen[at];
            self.leak(index, grows);
        }
        let next = self.now + SECOND;
        if next <= self.course.end {
            self.agenda.at(next, Group::Change, Kind::Change, slot);
        }
    }

    /// The next batch of a deploy comes after so long.
    pub(super) fn schedule_batch(&mut self, number: u32, after: Span) {
        let at = self.course.told(self.now + after);
        self.schedule(at, Change::Batch(number));
    }

    /// A deploy has reached all servers: those that come later have it too.
    pub(super) fn lasts_for_all(&mut self, blow: Blow) {
        self.world.calendar.lasting.push(blow);
    }

    /// A server has come up: what hits all servers of its service hits it too.
    #[inline]
    pub(in crate::engine) fn befall(&mut self, index: u32) {
        if !self.world.calendar.lasting.is_empty() {
            self.befall_by_all(index);
        }
    }

    #[cold]
    fn befall_by_all(&mut self, index: u32) {
        let program = self.rules.program;
        let server = self.services.server(index);
        let (service, number) = (server.service, server.number);
        for at in 0..self.world.calendar.lasting.len() {
            let blow = self.world.calendar.lasting[at];
            let fault = &program.faults[blow.fault as usize];
            let chosen = &mut self.world.calendar.occurrences[blow.id as usize].chosen;
            if fault.hits_newcomer(service, number)
                && let Err(place) = chosen.binary_search(&index)
            {
                chosen.insert(place, index);
                self.harm(blow, &[index]);
            }
        }
    }

    /// An action takes effect.
    fn act(&mut self, patch: &Patch) {
        self.rules.change(patch, &mut self.agenda);
        self.callers.begin(self.rules.routes);
        for id in self.rules.program.services.ids() {
            self.resize_station(id);
        }
        self.resize_pools();
        self.schedule_doors();
        for room in 0..self.rules.program.rooms {
            self.door_turns(RoomId::from_index(room as usize));
        }
    }
}

/// Whether a fault disturbs messages.
fn disturbs_network(kind: &FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::Cut { .. }
            | FaultKind::Delay { .. }
            | FaultKind::Loss { .. }
            | FaultKind::Bandwidth { .. }
            | FaultKind::Dependency { .. }
    )
}

/// Whether a fault decides what becomes of single attempts.
fn strikes_attempts(kind: &FaultKind) -> bool {
    match kind {
        FaultKind::Error { .. } => true,
        FaultKind::Slow { share, code, .. } => share.is_some() || code.is_some(),
        _ => false,
    }
}
