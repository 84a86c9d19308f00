//! Faults and actions taking effect, servers that boot, drain and crash
//! (semantics#scaling, #faults, #ties).
//!
//! All changes by the clock are known before it starts. At one instant they take effect in this
//! order: faults that end, faults that begin (each by the name of the fault), actions in the
//! order of their effect and name, doors by the name of the room; boots follow as they were
//! ordered.

use crate::base::table::Id;
use crate::base::time::Time;
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind};
use crate::program::{FaultKind, Patch, RoomId};

/// A change by the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    FaultEnds(u32),
    FaultBegins(u32),
    Action(u32),
    Door(RoomId),
}

/// All changes by the clock.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Calendar {
    entries: Vec<Change>,
    /// Servers that each fault has chosen.
    chosen: Vec<Vec<u32>>,
}

impl Sim<'_> {
    /// Schedules every change that is known before the clock starts.
    pub(in crate::engine) fn schedule_changes(&mut self) {
        let program = self.rules.program;
        self.world.calendar.chosen = vec![Vec::new(); program.faults.len()];
        for (i, fault) in program.faults.iter().enumerate() {
            self.schedule(fault.until, Change::FaultEnds(i as u32));
        }
        for (i, fault) in program.faults.iter().enumerate() {
            self.schedule_begin(fault.from, Change::FaultBegins(i as u32));
        }
        for (i, action) in program.actions.iter().enumerate() {
            self.schedule_begin(action.at, Change::Action(i as u32));
        }
        self.schedule_doors();
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
            Change::FaultEnds(fault) => self.fault_ends(fault),
            Change::FaultBegins(fault) => self.fault_begins(fault),
            Change::Action(number) => {
                let program = self.rules.program;
                self.act(&program.actions[number as usize].patch);
            }
            Change::Door(room) => self.door_turns(room),
        }
    }

    fn fault_begins(&mut self, number: u32) {
        let program = self.rules.program;
        let chosen = match &program.faults[number as usize].kind {
            FaultKind::Slow {
                service,
                factor,
                servers,
            } => self.slow_servers(number, (*service, *servers), *factor),
            FaultKind::Pause { service, servers } => {
                self.halt_servers(number, (*service, *servers))
            }
            FaultKind::Crash {
                service,
                servers,
                noticed_after,
                silent,
                ..
            } => self.crash_servers(number, (*service, *servers), (*noticed_after, *silent)),
            FaultKind::Cut { .. } | FaultKind::Delay { .. } => {
                self.begin_on_network(number);
                Vec::new()
            }
            FaultKind::Error { service, .. } => {
                self.begin_errors(number, *service);
                Vec::new()
            }
        };
        self.world.calendar.chosen[number as usize] = chosen;
    }

    fn fault_ends(&mut self, number: u32) {
        let program = self.rules.program;
        let chosen = std::mem::take(&mut self.world.calendar.chosen[number as usize]);
        match &program.faults[number as usize].kind {
            FaultKind::Slow { .. } => self.hasten_servers(number, &chosen),
            FaultKind::Pause { service, .. } => self.resume_servers(number, *service, &chosen),
            FaultKind::Crash { service, boot, .. } => {
                self.restart_servers(number, (*service, &chosen), boot.as_ref());
            }
            FaultKind::Cut { .. } | FaultKind::Delay { .. } => self.end_on_network(number),
            FaultKind::Error { service, .. } => self.end_errors(number, *service),
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
