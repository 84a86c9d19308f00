//! Lines before workers: how somebody joins and leaves them, who is next, and who has waited too
//! long when a worker would take him (semantics#service).

use crate::base::time::Time;
use crate::engine::Sim;
use crate::engine::calendar::key::{NO_EVENT, Number};
use crate::engine::draws::Aside;
use crate::engine::lines::standing::{Keeping, Standing};
use crate::engine::record::recorder::Change;
use crate::engine::route::Desk;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::label::Label;
use crate::engine::tasks::population::Role;
use crate::observation::{ServiceCounter, ServiceLevel, TallyId};
use crate::program::{Class, QueueOrder, ServiceId, ServiceSettings, TurnBy};
use crate::random::key::Place;

/// How the lines of a service are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    keeping: Keeping,
    /// What the ranks are, or whose the turns.
    by: Option<(QueueOrder, TurnBy)>,
}

impl Kept {
    fn of(settings: &ServiceSettings) -> Kept {
        let by = Some((settings.order, settings.by));
        match settings.order {
            QueueOrder::Fifo | QueueOrder::Lifo | QueueOrder::Random | QueueOrder::AdaptiveLifo => {
                Kept::default()
            }
            QueueOrder::Fair => Kept {
                keeping: Keeping::Turns,
                by,
            },
            QueueOrder::Priority
            | QueueOrder::Deadline
            | QueueOrder::Shortest
            | QueueOrder::ShortestRemaining => Kept {
                keeping: Keeping::Ranks,
                by,
            },
        }
    }
}

impl Sim<'_> {
    /// The order of the queue of a service may have changed: whoever waits stands where he stands
    /// in the new one.
    pub(super) fn keep_lines(&mut self, id: ServiceId) {
        let kept = Kept::of(&self.rules.settings.services[id]);
        let station = &mut self.services.stations[id];
        if std::mem::replace(&mut station.kept, kept) == kept {
            return;
        }
        let lines = (station.first..station.first + station.most).chain([u32::MAX]);
        for index in lines {
            let mut line = std::mem::take(self.services.line_of(id, index));
            line.keep(kept.keeping, &self.people, |slot| self.standing(slot, id));
            *self.services.line_of(id, index) = line;
        }
    }

    /// An attempt joins a line of a service: before a server, or, for [`u32::MAX`], before all.
    #[inline]
    pub(super) fn join_line(&mut self, entry: (u32, Number), (id, index): (ServiceId, u32)) {
        let now = self.now;
        if self.rules.routes.services[id].ranked {
            let standing = self.standing(entry.0, id);
            self.services
                .line_of(id, index)
                .join_as(entry, standing, now);
        } else {
            self.services.line_of(id, index).join(entry, now);
        }
    }

    /// Where an attempt stands in a line that is not in the order of arrival.
    #[inline(never)]
    fn standing(&self, slot: u32, id: ServiceId) -> Standing {
        let settings = &self.rules.settings.services[id];
        let rank = match settings.order {
            QueueOrder::Fair => 0,
            _ => self.rank(slot, id),
        };
        Standing {
            rank,
            is_first: matches!(self.people.task(slot).doing, Doing::PutBack { .. }),
            turn: self.turn(slot, settings.by),
        }
    }

    /// Counts what a mechanism of a service has done.
    pub(in crate::engine) fn count_mechanism(&mut self, what: Option<TallyId>) {
        if let Some(what) = what {
            let counter = self.rules.program.layout.tally(what);
            self.rec.count(counter, self.now);
        }
    }

    /// What is said of a kind of traffic.
    pub(super) fn class(&self, label: Label) -> Class {
        let class = label.class();
        class.map_or(Class::NONE, |class| self.rules.program.classes[class])
    }

    /// Whose turn an attempt needs, those without a class or a key together.
    fn turn(&self, slot: u32, by: TurnBy) -> u64 {
        let task = self.people.task(slot);
        match by {
            TurnBy::User => task.owner.0,
            TurnBy::Class => task.label.class().map_or(0, |class| 1 + u64::from(class.0)),
            TurnBy::Key => task.label.keys().map_or(0, |keys| {
                (1 + u64::from(keys.0)) << 32 | u64::from(task.label.key())
            }),
        }
    }

    /// A waiting attempt leaves its line; it awaits nothing any more.
    pub(super) fn leave_line_of(&mut self, slot: u32, id: ServiceId) {
        let index = self.people.attempt(slot).server;
        self.people.task_mut(slot).awaits = NO_EVENT;
        let turn = self.turn(slot, self.rules.settings.services[id].by);
        let line = self.services.line_of(id, index);
        line.left_turn(turn, &self.people, self.now);
        self.queue_level(id, Change::Less);
        if self.rules.routes.services[id].tended {
            self.tend_line(id, index);
        }
    }

    /// When a waiting attempt was accepted.
    pub(super) fn accepted_at(&self, slot: u32) -> Time {
        match &self.people.task(slot).role {
            Role::Attempt(attempt) => attempt.accepted,
            other => unreachable!("an attempt waits for a worker, not {other:?}"),
        }
    }

    /// Whether an attempt has waited too long for the worker that would take it.
    #[inline(never)]
    fn is_too_old(&mut self, slot: u32, id: ServiceId) -> bool {
        let (now, settings) = (self.now, &self.rules.settings.services[id]);
        let attempt = *self.people.attempt(slot);
        let age = now - attempt.accepted;
        let line = self.services.line_of(id, attempt.server);
        let longest = settings.target.map(|target| {
            if line.stands(settings.interval, now) {
                target
            } else {
                settings.interval
            }
        });
        let limits = [settings.max_age, longest];
        limits.into_iter().flatten().any(|limit| age >= limit)
    }

    /// An attempt that has waited too long is turned away.
    fn refuse_late(&mut self, slot: u32, id: ServiceId, index: u32) {
        let attempt = *self.people.attempt(slot);
        if attempt.accepted != self.now {
            self.count_service(id, [ServiceCounter::Waited], attempt.sent);
        }
        self.leave_unserved(id, &attempt);
        self.count_mechanism(self.rules.program.services[id].counts.expired);
        self.turn_back(slot, id, Some(index));
    }

    /// Whether a worker of a server that becomes free may find something to do.
    #[inline(always)]
    pub(in crate::engine) fn has_business(&self, index: u32, desk: &Desk) -> bool {
        desk.has_shared || self.services.servers[index as usize].has_business()
    }

    /// A free worker of a server takes the next who waits.
    #[inline(always)]
    pub(in crate::engine) fn take_next(&mut self, index: u32) {
        let id = self.services.servers[index as usize].service;
        if self.has_business(index, &self.rules.routes.services[id]) {
            self.take_those_who_wait(index, id, &self.rules.settings.services[id]);
        }
    }

    fn take_those_who_wait(&mut self, index: u32, id: ServiceId, settings: &ServiceSettings) {
        loop {
            let server = &self.services.servers[index as usize];
            let is_free = server.works() && server.occupied < server.workers;
            if !is_free || server.upkeep.rests() {
                return;
            }
            if !self.takes_one(index, id, settings) {
                self.drained(index);
                return;
            }
        }
    }

    /// A free worker of a server takes the next in line; false when there is none.
    #[inline(always)]
    fn takes_one(&mut self, index: u32, id: ServiceId, settings: &ServiceSettings) -> bool {
        let Some(slot) = self.next_in_line(index, id, settings) else {
            return false;
        };
        self.queue_level(id, Change::Less);
        let desk = &self.rules.routes.services[id];
        let task = self.people.task_mut(slot);
        task.awaits = NO_EVENT;
        if let Doing::PutBack { left } = task.doing {
            self.resume(slot, (id, index), left.get());
        } else if self.expires(slot, id) {
            self.quit(slot, id);
            if desk.tended {
                self.tend(index);
            }
        } else if desk.ages && self.is_too_old(slot, id) {
            self.refuse_late(slot, id, index);
            if desk.tended {
                self.tend(index);
            }
        } else {
            self.services.servers[index as usize].line.gauge.called();
            self.shift(id, [ServiceLevel::Held], Change::More);
            self.start(slot, id, index);
            self.make_ready(slot);
        }
        true
    }

    /// Those who wait in a shared queue are taken one by one, each by the server with the fewest
    /// workers in use, for several may have become free at one instant.
    pub(in crate::engine) fn share_out(&mut self, id: ServiceId) {
        let settings = &self.rules.settings.services[id];
        while self.services.stations[id].line.len() > 0
            && let Some(index) = self.freest(id)
            && self.takes_one(index, id, settings)
        {}
    }

    fn next_in_line(
        &mut self,
        index: u32,
        id: ServiceId,
        settings: &ServiceSettings,
    ) -> Option<u32> {
        let (people, luck) = (&self.people, &self.rules.luck);
        let owner = self.rules.program.services[id].owner;
        let server = &mut self.services.servers[index as usize];
        let station = &mut self.services.stations[id];
        let from_shared = server.line.len() == 0 && station.line.len() > 0;
        if from_shared && !server.takes_of_all() {
            return None;
        }
        let draws = &mut station.draws;
        let draw = || {
            *draws += 1;
            luck.uniform(owner, Place::ROOT.step(Aside::QueueOrder as u64), *draws)
        };
        let line = if from_shared {
            &mut station.line
        } else {
            &mut server.line
        };
        let order = match settings.order {
            QueueOrder::AdaptiveLifo if line.stands(settings.interval, self.now) => {
                QueueOrder::Lifo
            }
            other => other,
        };
        let next = line.next(order, people, draw, self.now);
        if let Some(after) = line.front() {
            people.fetch(after);
        }
        next
    }
}
