//! Rooms: a door with a clock. Before it opens users wait; after it closes they are refused.

use crate::base::slim::Slim;
use crate::base::time::Time;
use crate::engine::Sim;
use crate::engine::lines::line::Line;
use crate::engine::steps::execute::Flow;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::frame::FrameKind;
use crate::engine::tasks::population::Failure;
use crate::observation::{RoomCounter, RoomLevel};
use crate::program::{EnterId, Instruction, QueueOrder, RoomId, Stay};

/// A room.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Room {
    line: Line,
}

impl Room {
    /// Bytes of its queue, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.line.bytes()
    }
}

/// Whether users may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    NotYet,
    Open,
    Closed,
}

impl Sim<'_> {
    /// Opens the rooms, not their doors.
    pub(in crate::engine) fn open_rooms(&mut self) {
        self.held
            .rooms
            .resize_with(self.rules.program.rooms as usize, Room::default);
    }

    fn door(&self, room: RoomId) -> Door {
        let settings = &self.rules.settings.rooms[room];
        // In a steady study no door turns after the horizon.
        let now = self.course.told(self.now.min(self.world.changes_end()));
        if settings.closes.is_some_and(|at| now >= at) {
            Door::Closed
        } else if settings.opens.is_some_and(|at| now < at) {
            Door::NotYet
        } else {
            Door::Open
        }
    }

    /// An `enter` is reached.
    pub(in crate::engine) fn begin_enter(&mut self, slot: u32, enter: EnterId) -> Flow {
        let room = self.rules.program.enters[enter].room;
        let layout = self.rules.program.layout;
        self.rec
            .count(layout.room(room.0, RoomCounter::Arrived), self.now);
        match self.door(room) {
            Door::Open => {
                self.admit(slot, enter, self.now);
                Flow::Next
            }
            Door::Closed => {
                let refused = layout.room(room.0, RoomCounter::Refused);
                self.rec.count(refused, self.now);
                self.fail_step(
                    slot,
                    Failure::Refused,
                    self.rules.program.enters[enter].on_failure,
                )
            }
            Door::NotYet => {
                let number = self.agenda.number();
                let line = &mut self.held.rooms[room.0 as usize].line;
                line.join((slot, number), self.now);
                let length = layout.room_level(room.0, RoomLevel::Waiting);
                let waits = Doing::AtDoor {
                    since: Slim::new(self.now),
                };
                self.wait_in_line(slot, (waits, number), length);
                Flow::Stop
            }
        }
    }

    /// A user who has waited since then passes the door.
    fn admit(&mut self, slot: u32, enter: EnterId, since: Time) {
        let step = &self.rules.program.enters[enter];
        let (layout, room) = (self.rules.program.layout, step.room.0);
        let outer = self.people.task(slot).frame;
        self.rec
            .count(layout.room(room, RoomCounter::Admitted), since);
        self.rec.sample(layout.room_wait(room), since, self.now);
        if step.stay == Stay::Stays {
            self.rec
                .more(layout.room_level(room, RoomLevel::Inside), self.now);
            let frame = self.people.push_frame(outer, FrameKind::Room(enter));
            self.people.task_mut(slot).frame = frame;
        }
    }

    /// A user gives up the place in a room.
    pub(in crate::engine) fn leave_room(&mut self, enter: EnterId) {
        let room = self.rules.program.enters[enter].room.0;
        self.rec.less(
            self.rules
                .program
                .layout
                .room_level(room, RoomLevel::Inside),
            self.now,
        );
    }

    /// The clock of a door: whoever may pass does, in the order of arrival.
    pub(in crate::engine) fn door_turns(&mut self, room: RoomId) {
        let door = self.door(room);
        if door == Door::NotYet {
            return;
        }
        while let Some(slot) = self.next_at_door(room) {
            let (enter, layout) = (self.enter_at(slot), self.rules.program.layout);
            let since = self.leave_line(slot, layout.room_level(room.0, RoomLevel::Waiting));
            if door == Door::Open {
                self.admit(slot, enter, since);
                self.people.task_mut(slot).pc += 1;
                self.make_ready(slot);
            } else {
                let refused = layout.room(room.0, RoomCounter::Refused);
                self.rec.count(refused, since);
                let on_failure = self.rules.program.enters[enter].on_failure;
                if self.fail_step(slot, Failure::Refused, on_failure) == Flow::Elsewhere {
                    self.make_ready(slot);
                }
            }
        }
    }

    fn next_at_door(&mut self, room: RoomId) -> Option<u32> {
        let line = &mut self.held.rooms[room.0 as usize].line;
        line.next(QueueOrder::Fifo, &self.people, || 0.0, self.now)
    }

    fn enter_at(&self, slot: u32) -> EnterId {
        match self.rules.program.code[self.people.task(slot).pc as usize] {
            Instruction::Enter(enter) => enter,
            other => unreachable!("a door is awaited at an enter, not at {other:?}"),
        }
    }

    /// The room that a task waits for.
    pub(in crate::engine) fn room_awaited(&self, slot: u32) -> RoomId {
        self.rules.program.enters[self.enter_at(slot)].room
    }

    /// A user no longer waits at a door.
    pub(in crate::engine) fn leave_door(&mut self, slot: u32) {
        let (room, layout) = (self.room_awaited(slot).0, self.rules.program.layout);
        let since = self.leave_line(slot, layout.room_level(room, RoomLevel::Waiting));
        let line = &mut self.held.rooms[room as usize].line;
        line.left(&self.people, self.now);
        self.rec.count(layout.room(room, RoomCounter::Lost), since);
        self.rec.sample(layout.room_wait(room), since, self.now);
    }
}
