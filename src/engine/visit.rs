//! People: they arrive, lose patience, go, and come again (semantics 6).
//!
//! Patience for waiting needs no clock of its own for every wait: one clock stands at the
//! earliest instant at which it can be spent, and is set anew when it finds that it is not.

use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::agenda::{Group, Kind, NO_EVENT};
use crate::engine::arrivals::Newcomer;
use crate::engine::population::{Doing, FrameKind, NO_FRAME, Request, Role, Task, Visitor};
use crate::observation::{LevelId, Outcome, StockCounter, UserCounter, UserLevel};
use crate::program::{Form, JourneyId, Patience, StockId, TakeId};
use crate::random::key::Place;

/// Draws at the root of a visit.
const PATIENCE: u32 = 0;
const AGAIN: u32 = 1;
const AWAY: u32 = 2;

impl Sim<'_> {
    /// The level of users inside.
    pub(super) fn users_inside(&self) -> LevelId {
        self.program.layout.user_level(UserLevel::Inside)
    }

    /// The next user of the sources arrives.
    pub(super) fn arrive(&mut self) {
        let newcomer = self.arrivals.take(self.program, self.luck);
        self.first_visit(newcomer, 0);
    }

    /// A user arrives for the first time.
    fn first_visit(&mut self, newcomer: Newcomer, visit: u32) {
        let source = &self.program.sources[newcomer.source];
        let visitor = Visitor {
            arrived: self.now,
            patience: Span::FOREVER,
            waits_since: Time(0),
            clock: NO_EVENT,
            source: newcomer.source,
            visit,
            taken: NO_FRAME,
            waits: 0,
            reloads: 0,
            step: 0,
            last: Some(Outcome::Unfinished),
        };
        let slot = self
            .people
            .add(|| Task {
                pc: 0,
                frame: NO_FRAME,
                path: Place::ROOT,
                owner: source.owner.number(newcomer.index),
                event: NO_EVENT,
                doing: Doing::Running,
                due: self.now,
                request: Request::NONE,
                role: Role::Visitor(visitor),
            })
            .slot;
        let (layout, journey) = (self.program.layout, source.journey.0);
        self.rec.count(layout.users(UserCounter::Arrived));
        self.rec
            .count(layout.journey(journey, UserCounter::Arrived));
        self.rec.began(layout.journey_time(journey));
        self.begin_visit(slot);
    }

    /// A visit begins, as the last thing that happens in an event: journey from the top, new
    /// patience.
    fn begin_visit(&mut self, slot: u32) {
        let (now, luck) = (self.now, self.luck);
        let visitor = self.people.visitor(slot);
        let visit = u64::from(visitor.visit);
        let id = self.program.sources[visitor.source].journey;
        let layout = self.program.layout;
        self.rec.more(layout.user_level(UserLevel::Inside), now);
        self.rec.more(layout.journey_inside(id.0), now);
        let journey = &self.program.journeys[id];
        let root = Place::ROOT.step(journey.luck).turn(visit);
        let task = self.people.task_mut(slot);
        task.path = root;
        task.pc = journey.entry;
        task.frame = NO_FRAME;
        task.doing = Doing::Running;
        let owner = task.owner;
        let draw = || luck.uniform(owner, root, PATIENCE);
        match &self.settings.journeys[id].patience {
            None => {}
            Some(Patience::Visit(law)) => {
                let at = now + law.span(draw());
                let clock = self.agenda.at(at, Group::Patience, Kind::Patience, slot);
                self.people.visitor(slot).clock = clock;
            }
            Some(Patience::Waiting(law)) => self.people.visitor(slot).patience = law.span(draw()),
        }
        self.execute(slot);
    }

    /// The journey of a user.
    #[inline]
    pub(super) fn journey_of(&self, slot: u32) -> JourneyId {
        match &self.people.task(slot).role {
            Role::Visitor(v) => self.program.sources[v.source].journey,
            other => unreachable!("a visitor was expected, not {other:?}"),
        }
    }

    /// The visitor at the top of a task, if there is one.
    #[inline(always)]
    pub(super) fn visitor_above(&self, slot: u32) -> Option<u32> {
        match &self.people.task(slot).role {
            Role::Visitor(_) => Some(slot),
            Role::Attempt(_) => None,
            Role::Branch(b) => match &self.people.get(b.root)?.role {
                Role::Visitor(_) => Some(b.root.slot),
                Role::Attempt(_) | Role::Branch(_) => None,
            },
        }
    }

    /// A task of a user begins to wait for an answer, a backoff, a pool or a room.
    #[inline(always)]
    pub(super) fn begin_wait(&mut self, slot: u32) {
        let Some(root) = self.visitor_above(slot) else {
            return;
        };
        let now = self.now;
        let visitor = self.people.visitor(root);
        visitor.waits += 1;
        if visitor.waits > 1 {
            return;
        }
        visitor.waits_since = now;
        if visitor.patience != Span::FOREVER && visitor.clock == NO_EVENT {
            let at = now + visitor.patience;
            let clock = self.agenda.at(at, Group::Patience, Kind::Patience, root);
            self.people.visitor(root).clock = clock;
        }
    }

    /// The wait is over.
    #[inline(always)]
    pub(super) fn end_wait(&mut self, slot: u32) {
        let Some(root) = self.visitor_above(slot) else {
            return;
        };
        let now = self.now;
        let visitor = self.people.visitor(root);
        visitor.waits -= 1;
        if visitor.waits == 0 && visitor.patience != Span::FOREVER {
            visitor.patience -= now - visitor.waits_since;
        }
    }

    /// The clock of a patience rings; false when it was not spent yet.
    pub(super) fn patience_spent(&mut self, slot: u32) -> bool {
        let now = self.now;
        let visitor = self.people.visitor(slot);
        visitor.clock = NO_EVENT;
        if visitor.patience != Span::FOREVER {
            if visitor.waits == 0 {
                return false;
            }
            let at = visitor.waits_since + visitor.patience;
            if at > now {
                let clock = self.agenda.at(at, Group::Patience, Kind::Patience, slot);
                self.people.visitor(slot).clock = clock;
                return false;
            }
        }
        self.interrupt(slot);
        self.end_visit(slot, Outcome::Abandoned);
        true
    }

    /// A visit ends; its steps are over or were given up before.
    pub(super) fn end_visit(&mut self, slot: u32, outcome: Outcome) {
        let now = self.now;
        self.give_back(slot, outcome);
        self.rec.less(self.users_inside(), now);
        let id = self.journey_of(slot);
        let here = self.program.layout.journey_inside(id.0);
        self.rec.less(here, now);
        let task = self.people.task_mut(slot);
        debug_assert!(task.frame == NO_FRAME, "a visit ends with a step open");
        task.event = NO_EVENT;
        task.request = Request::NONE;
        let (owner, root) = (task.owner, self.people.task(slot).path);
        let visitor = self.people.visitor(slot);
        visitor.clock = NO_EVENT;
        visitor.patience = Span::FOREVER;
        visitor.last = Some(outcome);
        debug_assert!(visitor.waits == 0, "a visit ends while it waits");
        let visitor = *visitor;
        if self.rec.counts(visitor.arrived) {
            self.rec.left(id.0, visitor.step, outcome);
        }
        if let Some(again) = &self.settings.journeys[id].again
            && again.on.contains(&outcome)
            && again
                .at_most
                .is_none_or(|most| self.returns(&visitor, most) < most)
            && self.luck.uniform(owner, root, AGAIN) < again.share
        {
            let at = now + again.after.span(self.luck.uniform(owner, root, AWAY));
            self.people.task_mut(slot).doing = Doing::AtHome;
            let visitor = self.people.visitor(slot);
            visitor.visit += 1;
            visitor.reloads = 0;
            let event = self.agenda.at(at, Group::Arrival, Kind::Return, slot);
            self.people.task_mut(slot).event = event;
            return;
        }
        self.depart(slot, outcome);
    }

    /// How often the user has come again since the journey began, of at most so often. The visits
    /// of a member of a population are numbered on when the member starts over, from the next
    /// multiple of the visits that one round can have.
    fn returns(&self, visitor: &Visitor, most: u32) -> u32 {
        match self.program.sources[visitor.source].form {
            Form::Population { .. } => visitor.visit % most.saturating_add(1),
            _ => visitor.visit,
        }
    }

    /// The first visit of the next round of a member of a population.
    fn next_round(&self, visitor: &Visitor) -> u32 {
        let journey = self.program.sources[visitor.source].journey;
        let again = self.settings.journeys[journey].again.as_ref();
        match again.and_then(|again| again.at_most) {
            None => visitor.visit.wrapping_add(1),
            Some(most) => {
                let visits = most.saturating_add(1);
                (visitor.visit / visits + 1).wrapping_mul(visits)
            }
        }
    }

    /// A user ends in an outcome.
    fn depart(&mut self, slot: u32, outcome: Outcome) {
        let visitor = *self.people.visitor(slot);
        self.count_outcome(&visitor, outcome);
        let (journey, now) = (self.journey_of(slot).0, self.now);
        if outcome == Outcome::Served {
            self.rec.sample(
                self.program.layout.journey_time(journey),
                visitor.arrived,
                now,
            );
        } else {
            self.rec
                .never(self.program.layout.journey_time(journey), visitor.arrived);
        }
        let source = &self.program.sources[visitor.source];
        if matches!(source.form, Form::Population { .. }) && now < self.horizon {
            self.people.visitor(slot).last = None;
            let event = self.agenda.at(now, Group::Arrival, Kind::Return, slot);
            let task = self.people.task_mut(slot);
            task.doing = Doing::AtHome;
            task.event = event;
        } else {
            self.people.remove(slot);
        }
    }

    /// Counts the outcome of a user.
    pub(super) fn count_outcome(&mut self, visitor: &Visitor, outcome: Outcome) {
        if self.rec.counts(visitor.arrived) {
            let layout = self.program.layout;
            let journey = self.program.sources[visitor.source].journey;
            self.rec.count(layout.users_ended(outcome));
            self.rec.count(layout.journey_ended(journey.0, outcome));
        }
    }

    /// A user comes back for another visit, or a member of a population starts over: a new user
    /// of the same name.
    pub(super) fn user_returned(&mut self, slot: u32) {
        self.people.task_mut(slot).event = NO_EVENT;
        let visitor = *self.people.visitor(slot);
        if visitor.last.is_none() {
            let again = Newcomer {
                source: visitor.source,
                index: self.people.task(slot).owner.which(),
            };
            self.people.remove(slot);
            self.first_visit(again, self.next_round(&visitor));
            return;
        }
        let journey = self.journey_of(slot).0;
        let layout = self.program.layout;
        self.rec.count(layout.users(UserCounter::Returned));
        self.rec
            .count(layout.journey(journey, UserCounter::Returned));
        self.begin_visit(slot);
    }

    /// A user reaches a top-level step of the journey.
    #[inline(always)]
    pub(super) fn reach_step(&mut self, slot: u32, step: u16) {
        let visitor = self.people.visitor(slot);
        let from = (step > 0).then_some(visitor.step);
        visitor.step = step;
        let (source, arrived) = (visitor.source, visitor.arrived);
        if self.rec.counts(arrived) {
            let journey = self.program.sources[source].journey;
            self.rec.step(journey.0, from, step);
        }
    }

    /// A user takes units of a stock: whether there were enough.
    pub(super) fn take_units(&mut self, slot: u32, take: TakeId) -> bool {
        let step = &self.program.takes[take];
        let (stock, units) = (step.stock, step.units);
        let left = &mut self.stocks[stock.0 as usize];
        let layout = self.program.layout;
        if *left < u64::from(units) {
            let seen = &mut self.rec.sold_out_at[stock.0 as usize];
            seen.get_or_insert(self.now);
            self.rec.count(layout.stock(stock.0, StockCounter::SoldOut));
            return false;
        }
        *left -= u64::from(units);
        self.rec
            .add(layout.stock(stock.0, StockCounter::Taken), units);
        self.measure_stock(stock);
        let root = self
            .visitor_above(slot)
            .expect("`take` is a step of journeys");
        let outer = self.people.visitor(root).taken;
        let taken = self
            .people
            .push_frame(outer, FrameKind::Taken { stock, units });
        self.people.visitor(root).taken = taken;
        true
    }

    /// What a user took is kept only when served.
    fn give_back(&mut self, slot: u32, outcome: Outcome) {
        let mut next = std::mem::replace(&mut self.people.visitor(slot).taken, NO_FRAME);
        while next != NO_FRAME {
            let frame = self.people.pop_frame(next);
            next = frame.outer;
            if let FrameKind::Taken { stock, units } = frame.kind
                && outcome != Outcome::Served
            {
                self.stocks[stock.0 as usize] += u64::from(units);
                let counter = self.program.layout.stock(stock.0, StockCounter::GivenBack);
                self.rec.add(counter, units);
                self.measure_stock(stock);
            }
        }
    }

    /// Records how much of a stock is left.
    pub(super) fn measure_stock(&mut self, stock: StockId) {
        let left = self.stocks[stock.0 as usize].min(u64::from(u32::MAX)) as u32;
        self.rec
            .set(self.program.layout.stock_left(stock.0), left, self.now);
    }

    /// A branch or a visit leaves with an outcome of its own choice.
    pub(super) fn leave(&mut self, slot: u32, outcome: Outcome) {
        let Some(root) = self.visitor_above(slot) else {
            unreachable!("`leave` is a step of journeys");
        };
        self.interrupt(root);
        self.end_visit(root, outcome);
    }
}
