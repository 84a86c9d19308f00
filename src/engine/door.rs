//! Rooms: a door with a clock. Before it opens users wait; after it closes they are refused.

use crate::base::time::Time;
use crate::engine::Sim;
use crate::engine::agenda::{NO_EVENT, Number};
use crate::engine::execute::Flow;
use crate::engine::population::{Doing, Failure, FrameKind, Population};
use crate::engine::queue::Queue;
use crate::observation::{RoomCounter, RoomLevel};
use crate::program::{EnterId, Instruction, Order, RoomId, Stay};

/// A room.
#[derive(Debug, Default)]
pub(super) struct Room {
    queue: Queue,
}

impl Room {
    /// Bytes of its queue, for the memory limit.
    pub(super) fn bytes(&self) -> usize {
        self.queue.bytes()
    }
}

/// Whether users may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    NotYet,
    Open,
    Closed,
}

fn waits(people: &Population, slot: u32, number: Number) -> bool {
    people
        .tenant(slot)
        .is_some_and(|t| t.event == number && t.doing == Doing::AtDoor)
}

impl Sim<'_> {
    /// Opens the rooms, not their doors.
    pub(super) fn open_rooms(&mut self) {
        self.rooms
            .resize_with(self.program.rooms as usize, Room::default);
    }

    fn door(&self, room: RoomId) -> Door {
        let settings = &self.settings.rooms[room];
        // In a steady study no door turns after the horizon.
        let now = self.told(self.now.min(self.changes_end));
        if settings.closes.is_some_and(|at| now >= at) {
            Door::Closed
        } else if settings.opens.is_some_and(|at| now < at) {
            Door::NotYet
        } else {
            Door::Open
        }
    }

    /// An `enter` is reached.
    pub(super) fn begin_enter(&mut self, slot: u32, enter: EnterId) -> Flow {
        let room = self.program.enters[enter].room;
        let layout = self.program.layout;
        self.rec
            .count(layout.room(room.0, RoomCounter::Arrived), self.now);
        match self.door(room) {
            Door::Open => {
                self.people.task_mut(slot).due = self.now;
                self.admit(slot, enter);
                Flow::Next
            }
            Door::Closed => {
                let refused = layout.room(room.0, RoomCounter::Refused);
                self.rec.count(refused, self.now);
                self.fail_step(
                    slot,
                    Failure::Refused,
                    self.program.enters[enter].on_failure,
                )
            }
            Door::NotYet => {
                let number = self.agenda.number();
                let task = self.people.task_mut(slot);
                task.doing = Doing::AtDoor;
                task.event = number;
                task.due = self.now;
                self.rooms[room.0 as usize].queue.join(slot, number);
                self.rec
                    .more(layout.room_level(room.0, RoomLevel::Waiting), self.now);
                self.begin_wait(slot);
                Flow::Stop
            }
        }
    }

    /// A user passes the door.
    fn admit(&mut self, slot: u32, enter: EnterId) {
        let step = &self.program.enters[enter];
        let (layout, room) = (self.program.layout, step.room.0);
        let (since, outer) = (self.people.task(slot).due, self.people.task(slot).frame);
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
    pub(super) fn leave_room(&mut self, enter: EnterId) {
        let room = self.program.enters[enter].room.0;
        self.rec.less(
            self.program.layout.room_level(room, RoomLevel::Inside),
            self.now,
        );
    }

    /// The clock of a door: whoever may pass does, in the order of arrival.
    pub(super) fn door_turns(&mut self, room: RoomId) {
        let door = self.door(room);
        if door == Door::NotYet {
            return;
        }
        while let Some(slot) = self.next_at_door(room) {
            let enter = self.enter_at(slot);
            let level = self.program.layout.room_level(room.0, RoomLevel::Waiting);
            self.rec.less(level, self.now);
            self.end_wait(slot);
            self.people.task_mut(slot).event = NO_EVENT;
            if door == Door::Open {
                self.admit(slot, enter);
                self.people.task_mut(slot).pc += 1;
                self.make_ready(slot);
            } else {
                let refused = self.program.layout.room(room.0, RoomCounter::Refused);
                let since = self.people.task(slot).due;
                self.rec.count(refused, since);
                let on_failure = self.program.enters[enter].on_failure;
                if self.fail_step(slot, Failure::Refused, on_failure) == Flow::Elsewhere {
                    self.make_ready(slot);
                }
            }
        }
    }

    fn next_at_door(&mut self, room: RoomId) -> Option<u32> {
        let people = &self.people;
        let queue = &mut self.rooms[room.0 as usize].queue;
        queue.next(
            Order::Fifo,
            |slot, number| waits(people, slot, number),
            || 0.0,
        )
    }

    fn enter_at(&self, slot: u32) -> EnterId {
        match self.program.code[self.people.task(slot).pc as usize] {
            Instruction::Enter(enter) => enter,
            other => unreachable!("a door is awaited at an enter, not at {other:?}"),
        }
    }

    /// The room that a task waits for.
    pub(super) fn room_awaited(&self, slot: u32) -> RoomId {
        self.program.enters[self.enter_at(slot)].room
    }

    /// A user no longer waits at a door.
    pub(super) fn leave_door(&mut self, slot: u32) {
        let room = self.program.enters[self.enter_at(slot)].room;
        self.people.task_mut(slot).event = NO_EVENT;
        let people = &self.people;
        let queue = &mut self.rooms[room.0 as usize].queue;
        queue.left(|slot, number| waits(people, slot, number));
        let layout = self.program.layout;
        let since: Time = self.people.task(slot).due;
        self.rec
            .count(layout.room(room.0, RoomCounter::Lost), since);
        self.rec.sample(layout.room_wait(room.0), since, self.now);
        self.rec
            .less(layout.room_level(room.0, RoomLevel::Waiting), self.now);
        self.end_wait(slot);
    }
}
