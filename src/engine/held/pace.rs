//! The pace of rooms: who is let in when, one by one or in batches, and the clock that runs while
//! somebody waits (semantics#rooms).

use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{FAILED, Group, Kind, NO_EVENT, Number};
use crate::engine::held::door::{Door, Entry};
use crate::program::{Admit, RoomId, RoomSettings};

impl Sim<'_> {
    /// Whether a batch is let in at this instant, and has not been yet.
    pub(super) fn is_batch(&self, id: RoomId) -> bool {
        let settings = &self.rules.settings.rooms[id];
        let Some(Admit::Batch { every, .. }) = settings.admit else {
            return false;
        };
        let since = self.course.told(self.now).0 - settings.opens.unwrap_or(Time::ZERO).0;
        let latest = self.held.rooms[id.0 as usize].batch;
        since >= 0 && since % every.0 == 0 && latest != Some(self.now)
    }

    /// The next batch after this instant.
    fn batch_after(&self, settings: &RoomSettings, every: Span) -> Time {
        let first = settings.opens.unwrap_or(Time::ZERO);
        let since = self.course.told(self.now).0 - first.0;
        let turns = if since < 0 { 0 } else { since / every.0 + 1 };
        let at = Time(first.0 - self.course.start.0);
        every
            .0
            .checked_mul(turns)
            .map_or(Time::NEVER, |length| at + Span(length))
    }

    /// As many as there is room for are let in together; the rest of the batch lapses.
    pub(super) fn let_in_batch(&mut self, id: RoomId) {
        let settings = &self.rules.settings.rooms[id];
        let Some(Admit::Batch { users, .. }) = settings.admit else {
            return;
        };
        let now = self.now;
        let room = self.room(id);
        room.batch = Some(now);
        for _ in 0..users.min(room.free(settings)) {
            if !self.let_next_in(id) {
                break;
            }
        }
    }

    /// Whoever may pass at this instant does, in order; the clock is set for the next.
    pub(super) fn let_in(&mut self, id: RoomId) {
        if self.door(id) != Door::Open {
            return;
        }
        let settings = &self.rules.settings.rooms[id];
        while self.held.rooms[id.0 as usize].lets_in(settings, self.now) {
            if !self.let_next_in(id) {
                break;
            }
        }
        self.set_pace(id);
    }

    /// The next of those who wait is let in; false if nobody waits.
    fn let_next_in(&mut self, id: RoomId) -> bool {
        let Some(slot) = self.next_at_door(id) else {
            return false;
        };
        let (enter, length) = (self.enter_at(slot), self.waiting_at(id));
        let since = self.leave_line(slot, length);
        let inside = self.room(id).inside;
        match self.admit(slot, enter, since) {
            Entry::Inside => self.people.task_mut(slot).pc += 1,
            // The step fails when its turn comes, so that no failure is within another.
            Entry::Lost => self.people.task_mut(slot).awaits = FAILED,
        }
        // Who is lost, or let in while there are no places, asked and takes none.
        if self.room(id).inside > inside {
            self.room(id).line.gauge.called();
        }
        self.make_ready(slot);
        true
    }

    /// Sets the clock of a room for the next who waits, where only time is in the way.
    pub(super) fn set_pace(&mut self, id: RoomId) {
        let settings = &self.rules.settings.rooms[id];
        let room = &self.held.rooms[id.0 as usize];
        if room.line.len() == 0 {
            return;
        }
        let (at, group) = match settings.admit {
            Some(Admit::Batch { every, .. }) => (self.batch_after(settings, every), Group::Change),
            Some(Admit::OneBy(gap)) if room.free(settings) > 0 => {
                (room.last.map_or(self.now, |last| last + gap), Group::Work)
            }
            Some(Admit::OneBy(_)) | None => return,
        };
        if room.clock.0 == NO_EVENT || room.clock.1 != at {
            let number = self.agenda.at(at, group, Kind::Pace, id.0);
            self.room(id).clock = (number, at);
        }
    }

    /// The clock of a room's pace; false when it is no longer the one that counts.
    pub(in crate::engine) fn room_paces(&mut self, id: RoomId, number: Number) -> bool {
        if self.room(id).clock.0 != number {
            return false;
        }
        self.room(id).clock.0 = NO_EVENT;
        if self.door(id) == Door::Open {
            if self.is_batch(id) {
                self.let_in_batch(id);
            }
            self.let_in(id);
        }
        true
    }
}
