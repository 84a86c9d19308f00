//! Faults and actions taking effect, servers that boot, drain and crash
//! (semantics#scaling, #faults, #ties).
//!
//! Changes by the clock are known before it starts. At one instant they take effect in this
//! order: faults that end, faults that begin (each by the name of the fault), actions in the
//! order of their effect and name, doors by the name of the room; boots follow as they were
//! ordered. What triggers and autoscalers decide while it runs takes effect behind what the clock
//! has for the same instant, in the order in which it was decided.

use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind, Number};
use crate::engine::draws::OfOccurrence;
use crate::engine::record::recorder::Change as Level;
use crate::engine::services::harm::Blow;
use crate::engine::world::rollout::Rollout;
use crate::program::{
    Begins, Fault, FaultKind, Patch, RoomId, Selector, ServiceId, Settings, Target,
};

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
    /// One that belongs to another program than is followed now.
    Gone,
    /// What a trigger does.
    Deed(u32),
    /// What autoscalers have answered for a service.
    Scaled(ServiceId),
    /// A server that was ordered is delivered.
    Delivery(ServiceId),
}

/// All changes by the clock.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Calendar {
    entries: Vec<Change>,
    /// How many of them were known before the clock started, and the one number of all of these:
    /// so they stand in their own order, before all that is scheduled later.
    known: (usize, Number),
    /// Occurrences of faults, by their number.
    occurrences: Vec<Occurrence>,
    /// How many of them were known before the clock started.
    planned: usize,
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

/// When the doors of rooms turn.
fn doors(settings: &Settings) -> impl Iterator<Item = (Time, Change)> + '_ {
    settings.rooms.iter().flat_map(|(room, doors)| {
        let turns = [doors.opens, doors.closes].into_iter().flatten();
        turns.map(move |at| (at, Change::Door(room)))
    })
}

impl Sim<'_> {
    /// Schedules every change that is known before the clock starts.
    pub(in crate::engine) fn schedule_changes(&mut self) {
        self.world.calendar.occurrences = self.planned_faults();
        self.world.calendar.planned = self.world.calendar.occurrences.len();
        self.world.calendar.known.1 = self.agenda.number();
        self.schedule_known(Time(0));
        self.world.calendar.known.0 = self.world.calendar.entries.len();
    }

    /// Follows another program from an instant on, which did the same so far: its changes stand
    /// where they would stand had it been followed from the beginning.
    pub(in crate::engine) fn change_course(&mut self, since: Time) {
        let plan = self.planned_faults();
        let calendar = &mut self.world.calendar;
        calendar.entries[..calendar.known.0].fill(Change::Gone);
        for (now, other) in calendar.occurrences.iter_mut().zip(plan) {
            (now.from, now.until) = (other.from, other.until);
        }
        self.schedule_known(since);
    }

    /// Every occurrence of a fault that is known before the clock starts.
    fn planned_faults(&self) -> Vec<Occurrence> {
        let mut all = Vec::new();
        for (number, fault) in (0..).zip(&self.rules.program.faults) {
            self.plan_fault((number, fault), &mut all);
        }
        all
    }

    /// Puts down when a fault begins and ends by the clock.
    fn plan_fault(&self, (number, fault): (u32, &Fault), all: &mut Vec<Occurrence>) {
        let Begins::Clock { at, jitter } = &fault.begins else {
            return;
        };
        for (turn, &at) in (0..).zip(at) {
            let (luck, place) = (self.rules.luck, Fault::occurrence(turn));
            let late = |u| jitter.as_ref().map(|law| law.span(u));
            let late = late(luck.uniform(fault.owner, place, OfOccurrence::Jitter as u32));
            let from = late.map_or(at, |late| at + late);
            let blow = Blow {
                id: all.len() as u32,
                fault: number,
                turn,
            };
            all.push(Occurrence {
                blow,
                from,
                until: fault.end(from),
                chosen: Vec::new(),
            });
        }
    }

    /// Schedules what is known before the clock starts and due at an instant or later.
    fn schedule_known(&mut self, since: Time) {
        let program = self.rules.program;
        let begins = |at: Time| self.begins(at);
        let planned = &self.world.calendar.occurrences[..self.world.calendar.planned];
        let planned = || (0..).zip(planned);
        let mut all: Vec<(Time, Change)> = Vec::new();
        all.extend(planned().map(|(number, one)| (one.until, Change::FaultEnds(number))));
        let begin = planned().map(|(number, one)| (one.from, Change::FaultBegins(number)));
        all.extend(begin.filter(|(at, _)| begins(*at)));
        let actions = (0..).zip(&program.actions);
        let actions = actions.map(|(number, action)| (action.at, Change::Action(number)));
        all.extend(actions.filter(|(at, _)| begins(*at)));
        let doors = doors(&program.settings);
        all.extend(doors.filter(|(at, _)| begins(*at)));
        let number = self.world.calendar.known.1;
        for (at, change) in all {
            self.schedule((at, since), change, number);
        }
    }

    /// Schedules a change of an instant from T+0 under a number, unless that is before `since`.
    fn schedule(&mut self, (at, since): (Time, Time), change: Change, number: Number) {
        let at = Time(at.0.saturating_sub(self.course.start.0));
        if at > self.course.end || at < since {
            return;
        }
        let slot = self.world.calendar.entries.len() as u32;
        self.world.calendar.entries.push(change);
        let what = (Kind::Change, slot);
        self.agenda.numbered(number, at, Group::Change, what);
    }

    /// Whether what begins then, from T+0, begins at all: after the horizon of a steady study
    /// nothing does.
    pub(in crate::engine) fn begins(&self, at: Time) -> bool {
        at.0.saturating_sub(self.course.start.0) <= self.world.changes_end.0
    }

    /// Schedules what somebody has decided while the replication runs, at an instant of the clock.
    /// Entries that have happened are not used again: there are as many as decisions.
    fn decide(&mut self, at: Time, change: Change) {
        if at > self.course.end || at > self.world.changes_end {
            return;
        }
        let slot = self.world.calendar.entries.len() as u32;
        self.world.calendar.entries.push(change);
        self.agenda.at(at, Group::Change, Kind::Change, slot);
    }

    /// A trigger was tripped: what it does happens then.
    pub(super) fn trip(&mut self, trigger: u32, at: Time) {
        self.decide(at, Change::Deed(trigger));
    }

    /// Autoscalers have answered for a service: their answer counts as soon as all have read.
    pub(super) fn answer_scaling(&mut self, service: ServiceId) {
        self.decide(self.now, Change::Scaled(service));
    }

    /// A server that a service has ordered is delivered then.
    pub(in crate::engine) fn expect_delivery(&mut self, service: ServiceId, at: Time) {
        self.decide(at, Change::Delivery(service));
    }

    fn schedule_doors(&mut self) {
        for (at, door) in doors(self.rules.settings) {
            if self.begins(at) {
                let number = self.agenda.number();
                self.schedule((at, self.now), door, number);
            }
        }
    }

    /// An entry of the calendar is due; false where there is none any more.
    pub(in crate::engine) fn change(&mut self, slot: u32) -> bool {
        let change = self.world.calendar.entries[slot as usize];
        if change == Change::Gone {
            return false;
        }
        // What is done to servers looks at attempts, and settings belong to their sides.
        self.part_all();
        match change {
            Change::Gone => {}
            Change::FaultEnds(number) => self.fault_ends(number),
            Change::FaultBegins(number) => self.fault_begins(number),
            Change::Action(number) => {
                let action = &self.rules.program.actions[number as usize];
                match &action.does {
                    None => self.act(&action.patch),
                    Some(deed) => self.do_now(deed, 0),
                }
            }
            Change::Door(room) => self.door_turns(room),
            Change::Batch(number) => self.next_batch(number),
            Change::Leak(number) => self.leak_on(number, slot),
            Change::Deed(trigger) => self.trigger_acts(trigger),
            Change::Scaled(service) => self.scale(service),
            Change::Delivery(service) => self.deliver(service),
        }
        true
    }

    /// An occurrence of a fault begins now that is in no calendar, and ends when the fault says so:
    /// its number among those of the fault. Attempts have been set apart from their callers.
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
        let number = self.agenda.number();
        self.schedule((until, self.now), Change::FaultEnds(blow.id), number);
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
        if let FaultKind::Flush { cache, share } = fault.kind {
            self.flush((cache, share), (fault.owner, u64::from(blow.turn)));
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
            let fresh = self.agenda.number();
            self.schedule((at, self.now), Change::Leak(number), fresh);
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
        let fresh = self.agenda.number();
        self.schedule((at, self.now), Change::Batch(number), fresh);
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
    pub(super) fn act(&mut self, patch: &Patch) {
        self.rules.change(patch, &mut self.agenda);
        self.callers.begin(self.rules.routes);
        for id in self.rules.program.services.ids() {
            if !self.rules.program.reactions.scales(id) {
                self.want_servers(id, self.rules.settings.services[id].servers);
            }
            self.resize_station(id);
        }
        self.resize_pools();
        self.schedule_doors();
        self.change_rooms();
        self.change_caches();
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
