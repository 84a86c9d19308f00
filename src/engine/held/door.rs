//! Rooms: doors with a clock, and waiting rooms behind them (semantics#rooms).
//!
//! Before a door opens users wait; after it closes they are refused. A waiting room has so many
//! places, or a pace: then those who wait are let in one by one, or in batches, when there is room.
//! Its clock runs only while somebody waits.

use crate::base::slim::Slim;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{FAILED, Group, Kind, NO_EVENT, Number};
use crate::engine::draws::{Aside, HOLDERS, OfEnter};
use crate::engine::lines::line::Line;
use crate::engine::record::gauge::Gauge;
use crate::engine::record::holders::{Holders, Note};
use crate::engine::steps::execute::Flow;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::frame::{FrameKind, NO_FRAME};
use crate::engine::tasks::population::Failure;
use crate::observation::{RoomCounter, RoomLevel};
use crate::program::{Admit, EnterId, Instruction, RoomId, RoomSettings, Stay};
use crate::random::key::Place;

/// A room.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Room {
    /// Who waits, and how full it is behind the door.
    pub(in crate::engine) line: Line,
    /// Places in use.
    pub(in crate::engine) inside: u64,
    /// Some of those who have a place.
    pub(in crate::engine) holders: Holders,
    /// When the latest was let in.
    pub(super) last: Option<Time>,
    /// When the latest batch was.
    pub(super) batch: Option<Time>,
    /// The clock of its pace, and when that is due.
    pub(super) clock: (Number, Time),
    /// Somebody has waited for it to open.
    pub(super) awaited: bool,
    /// Draws of a random order so far.
    pub(super) draws: u32,
}

impl Room {
    /// Bytes of its queue, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.line.bytes() + self.holders.bytes()
    }

    /// Whether somebody who comes now need not wait, as far as places and the pace go.
    pub(super) fn lets_in(&self, settings: &RoomSettings, now: Time) -> bool {
        let is_due = |gap: Span| self.last.is_none_or(|last| last + gap <= now);
        self.free(settings) > 0
            && match settings.admit {
                None => true,
                Some(Admit::OneBy(gap)) => is_due(gap),
                Some(Admit::Batch { .. }) => false,
            }
    }

    /// Places that are free.
    pub(super) fn free(&self, settings: &RoomSettings) -> u64 {
        let places = settings.active.unwrap_or(u64::MAX);
        places.saturating_sub(self.inside)
    }
}

/// Whether users may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    NotYet,
    Open,
    Closed,
}

/// What becomes of a user who is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Inside,
    Lost,
}

/// Of how many places some of those who have one are noted: few of those of a room without a limit.
fn noted_of(places: u64) -> u64 {
    if places == 0 { u64::MAX } else { places }
}

impl Sim<'_> {
    /// Opens the rooms, not their doors.
    pub(in crate::engine) fn open_rooms(&mut self) {
        let program = self.rules.program;
        for (id, room) in program.rooms.iter() {
            let places = self.rules.settings.rooms[id].active.unwrap_or(0);
            let luck = self.rules.luck.bits(room.owner, Place::ROOT, HOLDERS);
            self.held.rooms.push(Room {
                line: Line::before(Gauge::new(places)),
                holders: Holders::new(noted_of(places), luck),
                ..Room::default()
            });
        }
    }

    pub(super) fn door(&self, room: RoomId) -> Door {
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

    pub(super) fn room(&mut self, room: RoomId) -> &mut Room {
        &mut self.held.rooms[room.0 as usize]
    }

    /// An `enter` is reached.
    pub(in crate::engine) fn begin_enter(&mut self, slot: u32, enter: EnterId) -> Flow {
        let step = &self.rules.program.enters[enter];
        let (room, on_failure) = (step.room, step.on_failure);
        if self.people.task(slot).awaits == FAILED {
            self.people.task_mut(slot).awaits = NO_EVENT;
            return self.fail_step(slot, Failure::Error, on_failure);
        }
        let layout = self.rules.program.layout;
        let settings = &self.rules.settings.rooms[room];
        self.rec
            .count(layout.room(room.0, RoomCounter::Arrived), self.now);
        if settings.active.is_some() && self.has_place(slot, room) {
            self.count_entry(room, self.now);
            if step.stay == Stay::Stays {
                let outer = self.people.task(slot).frame;
                let frame = self.people.push_frame(outer, FrameKind::Guest(enter));
                self.people.task_mut(slot).frame = frame;
            }
            return Flow::Next;
        }
        let door = self.door(room);
        let behind = &self.held.rooms[room.0 as usize];
        let waiting = u64::from(behind.line.len());
        if door == Door::Open && waiting == 0 && behind.lets_in(settings, self.now) {
            return match self.admit(slot, enter, self.now) {
                Entry::Inside => Flow::Next,
                Entry::Lost => self.fail_step(slot, Failure::Error, on_failure),
            };
        }
        let is_full = settings.queue_limit.is_some_and(|limit| waiting >= limit);
        if door != Door::Closed && !is_full {
            self.wait_at_door(slot, enter, door);
            return Flow::Stop;
        }
        if door != Door::Closed {
            self.room(room).line.gauge.refuse();
        }
        let refused = layout.room(room.0, RoomCounter::Refused);
        self.rec.count(refused, self.now);
        self.fail_step(slot, Failure::Refused, on_failure)
    }

    fn wait_at_door(&mut self, slot: u32, enter: EnterId, door: Door) {
        let room = self.rules.program.enters[enter].room;
        let number = match &self.rules.settings.rooms[room].lost_waiting {
            Some(law) => {
                let at = self.now + law.span(self.enter_luck(slot, enter, OfEnter::LostWaiting));
                self.agenda.at(at, Group::Late, Kind::Lost, slot)
            }
            None => self.agenda.number(),
        };
        let now = self.now;
        let behind = self.room(room);
        behind.awaited |= door == Door::NotYet;
        behind.line.join((slot, number), now);
        let waits = Doing::AtDoor {
            since: Slim::new(now),
        };
        let length = self.waiting_at(room);
        self.wait_in_line(slot, (waits, number), length);
        if door == Door::Open {
            self.set_pace(room);
        }
    }

    pub(super) fn waiting_at(&self, room: RoomId) -> crate::observation::LevelId {
        let layout = self.rules.program.layout;
        layout.room_level(room.0, RoomLevel::Waiting)
    }

    fn enter_luck(&self, slot: u32, enter: EnterId, what: OfEnter) -> f64 {
        let task = self.people.task(slot);
        let place = task.path.step(self.rules.program.enters[enter].luck);
        self.rules.luck.uniform(task.owner, place, what as u32)
    }

    /// Whether a user keeps a place in a room until the visit ends.
    fn has_place(&mut self, slot: u32, room: RoomId) -> bool {
        let Some(root) = self.visitor_above(slot) else {
            return false;
        };
        let mut next = self.people.visitor(root).taken;
        while next != NO_FRAME {
            let frame = self.people.frame(next);
            if matches!(frame.kind, FrameKind::Place(enter)
                if self.rules.program.enters[enter].room == room)
            {
                return true;
            }
            next = frame.outer;
        }
        false
    }

    /// Somebody who has waited since then is let in.
    fn count_entry(&mut self, room: RoomId, since: Time) {
        let layout = self.rules.program.layout;
        self.rec
            .count(layout.room(room.0, RoomCounter::Admitted), since);
        self.rec.sample(layout.room_wait(room.0), since, self.now);
    }

    /// A user who has waited since then passes the door.
    pub(super) fn admit(&mut self, slot: u32, enter: EnterId, since: Time) -> Entry {
        let step = &self.rules.program.enters[enter];
        let (room, now) = (step.room, self.now);
        self.count_entry(room, since);
        let settings = &self.rules.settings.rooms[room];
        self.room(room).last = Some(now);
        if settings.lost_at_entry > 0.0
            && self.enter_luck(slot, enter, OfEnter::LostAtEntry) < settings.lost_at_entry
        {
            let lost = self.rules.program.layout.room(room.0, RoomCounter::Lost);
            self.rec.count(lost, since);
            return Entry::Lost;
        }
        if step.stay == Stay::Stays {
            let outer = self.people.task(slot).frame;
            let frame = self.people.push_frame(outer, FrameKind::Room(enter));
            self.people.task_mut(slot).frame = frame;
            self.take_place(slot, room, frame);
        } else if settings.active.is_some()
            && let Some(root) = self.visitor_above(slot)
        {
            let outer = self.people.visitor(root).taken;
            let frame = self.people.push_frame(outer, FrameKind::Place(enter));
            self.people.visitor(root).taken = frame;
            self.take_place(root, room, frame);
        }
        Entry::Inside
    }

    /// A place is taken by a task, and kept by its frame.
    fn take_place(&mut self, slot: u32, id: RoomId, frame: u32) {
        let level = self
            .rules
            .program
            .layout
            .room_level(id.0, RoomLevel::Inside);
        self.rec.more(level, self.now);
        let people = &self.people;
        let room = &mut self.held.rooms[id.0 as usize];
        room.inside += 1;
        if self.rules.program.rooms[id].limited {
            room.line.gauge.take(room.inside, self.now);
            if room.holders.takes_note() {
                let note = Note {
                    task: people.ticket(slot),
                    frame: people.frame_ticket(frame),
                };
                room.holders.note(note, |note| people.keeps(note.frame));
            }
        }
    }

    /// A user gives up the place in a room.
    pub(in crate::engine) fn leave_room(&mut self, enter: EnterId) {
        let id = self.rules.program.enters[enter].room;
        let level = self
            .rules
            .program
            .layout
            .room_level(id.0, RoomLevel::Inside);
        self.rec.less(level, self.now);
        let room = &mut self.held.rooms[id.0 as usize];
        room.inside -= 1;
        if self.rules.program.rooms[id].limited {
            room.line.gauge.give(room.inside, self.now);
            if room.line.len() > 0 {
                self.let_in(id);
            }
        }
    }

    /// The clock of a door: it opens or closes, or other numbers are in force.
    pub(in crate::engine) fn door_turns(&mut self, id: RoomId) {
        match self.door(id) {
            Door::NotYet => {}
            Door::Closed => self.refuse_all(id),
            Door::Open => {
                if std::mem::take(&mut self.room(id).awaited) {
                    self.mix(id);
                }
                if self.is_batch(id) {
                    self.let_in_batch(id);
                }
                self.let_in(id);
            }
        }
    }

    /// A room closes: those who wait are turned away.
    fn refuse_all(&mut self, id: RoomId) {
        while let Some(slot) = self.next_at_door(id) {
            let (enter, length) = (self.enter_at(slot), self.waiting_at(id));
            let since = self.leave_line(slot, length);
            let refused = self.rules.program.layout.room(id.0, RoomCounter::Refused);
            self.rec.count(refused, since);
            let on_failure = self.rules.program.enters[enter].on_failure;
            if self.fail_step(slot, Failure::Refused, on_failure) == Flow::Elsewhere {
                self.make_ready(slot);
            }
        }
    }

    /// A room opens: those who wait stand in the order of their luck, if it says so.
    #[inline(never)]
    fn mix(&mut self, id: RoomId) {
        if !self.rules.settings.rooms[id].shuffle {
            return;
        }
        let (people, rules) = (&self.people, &self.rules);
        let draw = |slot: u32| {
            let task = people.task(slot);
            let Instruction::Enter(enter) = rules.program.code[task.pc as usize] else {
                unreachable!("a door is awaited at an enter");
            };
            let place = task.path.step(rules.program.enters[enter].luck);
            rules.luck.bits(task.owner, place, OfEnter::Mixed as u32)
        };
        self.held.rooms[id.0 as usize].line.mix(people, draw);
    }

    pub(super) fn next_at_door(&mut self, id: RoomId) -> Option<u32> {
        let (people, luck) = (&self.people, &self.rules.luck);
        let owner = self.rules.program.rooms[id].owner;
        let order = self.rules.settings.rooms[id].order;
        let Room { line, draws, .. } = &mut self.held.rooms[id.0 as usize];
        let draw = || {
            *draws += 1;
            luck.uniform(owner, Place::ROOT.step(Aside::RoomOrder as u64), *draws)
        };
        line.next(order, people, draw, self.now)
    }

    pub(super) fn enter_at(&self, slot: u32) -> EnterId {
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
        let (id, layout) = (self.room_awaited(slot), self.rules.program.layout);
        let since = self.leave_line(slot, self.waiting_at(id));
        let line = &mut self.held.rooms[id.0 as usize].line;
        line.left(&self.people, self.now);
        self.rec.count(layout.room(id.0, RoomCounter::Lost), since);
        self.rec.sample(layout.room_wait(id.0), since, self.now);
    }

    /// A user who waits at a door is lost.
    pub(in crate::engine) fn lost_at_door(&mut self, slot: u32) {
        let on_failure = self.rules.program.enters[self.enter_at(slot)].on_failure;
        self.leave_door(slot);
        if self.fail_step(slot, Failure::Error, on_failure) == Flow::Elsewhere {
            self.make_ready(slot);
        }
    }

    /// Other numbers may be in force for the rooms.
    pub(in crate::engine) fn change_rooms(&mut self) {
        let now = self.now;
        for id in self.rules.program.rooms.ids() {
            let places = self.rules.settings.rooms[id].active.unwrap_or(0);
            let room = &mut self.held.rooms[id.0 as usize];
            room.line.gauge.resize(places, room.inside, now);
            room.holders.resize(noted_of(places));
            room.clock.0 = NO_EVENT;
            self.door_turns(id);
        }
    }
}
