//! People: they arrive, lose patience, go, and come again (semantics#people).
//!
//! Patience for waiting needs no clock of its own for every wait: one clock stands at the
//! earliest instant at which it can be spent, and is set anew when it finds that it is not.

use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind, NO_EVENT};
use crate::engine::draws::OfVisit;
use crate::engine::people::arrivals::Newcomer;
use crate::engine::record::recorder::Change;
use crate::engine::route::Course;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::frame::NO_FRAME;
use crate::engine::tasks::population::{NO_STEP, Pass, Request, Role, Task, Visitor};
use crate::observation::{Outcome, UserCounter, UserLevel};
use crate::program::{JourneyId, Patience, Piece, SourceId, StepId};

/// Who is at home before another visit is in the orbit, and waits there.
const AT_HOME: [UserLevel; 2] = [UserLevel::Orbit, UserLevel::OrbitWaiting];

impl Visitor {
    /// A wait begins: when the patience will be spent, if no clock stands yet for that.
    #[inline(always)]
    pub(in crate::engine) fn begin_wait(&mut self, now: Time) -> Option<Time> {
        self.waits += 1;
        if self.waits > 1 {
            return None;
        }
        self.waits_since = now;
        let patience = self.patience;
        (patience != Span::FOREVER && self.clock == NO_EVENT).then(|| now + patience)
    }

    /// A wait is over.
    #[inline(always)]
    pub(in crate::engine) fn end_wait(&mut self, now: Time) {
        self.waits -= 1;
        let patience = self.patience;
        if self.waits == 0 && patience != Span::FOREVER {
            self.patience = patience - (now - self.waits_since);
        }
    }
}

impl Sim<'_> {
    /// Makes ready for those who come; false when somebody asked to stop meanwhile.
    pub(in crate::engine) fn list_arrivals(&mut self) -> bool {
        let stop = self.course.stop();
        if !self
            .arrivals
            .prepare(self.rules.program, &self.rules.luck, stop)
        {
            return false;
        }
        self.agenda.expect(self.arrivals.next_half());
        true
    }

    /// The rates of a source are others from now on.
    pub(in crate::engine) fn change_rate(&mut self, id: SourceId, pieces: &[Piece]) {
        let now = self.course.told(self.now);
        let program = self.rules.program;
        self.arrivals.change_rate(id, pieces, (now, program));
        self.agenda.expect(self.arrivals.next_half());
    }

    /// The next user of the sources arrives.
    #[inline(always)]
    pub(in crate::engine) fn arrive(&mut self) {
        let newcomer = self.arrivals.take(self.rules.program, &self.rules.luck);
        self.agenda.expect(self.arrivals.next_half());
        self.first_visit(newcomer, 0);
    }

    /// A user arrives for the first time.
    #[inline(never)]
    fn first_visit(&mut self, newcomer: Newcomer, visit: u32) {
        let (now, routes) = (self.now, self.rules.routes);
        let course = &routes.sources[newcomer.source];
        let slot = self
            .people
            .add(|| Task {
                pc: course.entry,
                frame: NO_FRAME,
                path: course.root.turn(u64::from(visit)),
                owner: course.owner.number(newcomer.index),
                awaits: NO_EVENT,
                label: course.label,
                doing: Doing::Running,
                request: Request::NONE,
                role: Role::Visitor(Visitor {
                    arrived: now,
                    patience: Span::FOREVER,
                    waits_since: Time(0),
                    reload: NO_EVENT,
                    clock: NO_EVENT,
                    source: newcomer.source,
                    visit,
                    taken: NO_FRAME,
                    waits: 0,
                    reloads: 0,
                    remembered: NO_FRAME,
                    pass: Pass::default(),
                    step: NO_STEP,
                    last: Some(Outcome::Unfinished),
                }),
            })
            .slot;
        let all = self.rules.program.layout.users(UserCounter::Arrived);
        self.rec.count(all, now);
        self.rec.count(course.arrived, now);
        self.begin_visit(slot, course);
    }

    /// A visit begins, as the last thing that happens in an event: journey from the top, new
    /// patience.
    #[inline(always)]
    fn begin_visit(&mut self, slot: u32, course: &Course) {
        self.rec.inside(course.inside, (Change::More, self.now));
        if course.has_patience {
            self.begin_patience(slot, course.journey);
        }
        self.execute(slot);
    }

    /// The patience for a visit is drawn.
    #[inline(never)]
    fn begin_patience(&mut self, slot: u32, journey: JourneyId) {
        let task = self.people.task(slot);
        let u = self
            .rules
            .luck
            .uniform(task.owner, task.path, OfVisit::Patience as u32);
        match &self.rules.settings.journeys[journey].patience {
            None => {}
            Some(Patience::Visit(law)) => {
                let at = self.now + law.span(u);
                let clock = self.agenda.at(at, Group::Patience, Kind::Patience, slot);
                self.people.visitor(slot).clock = clock;
            }
            Some(Patience::Waiting(law)) => self.people.visitor(slot).patience = law.span(u),
        }
    }

    /// A task of a user begins to wait for an answer, a backoff, a pool or a room.
    #[inline(always)]
    pub(in crate::engine) fn begin_wait(&mut self, slot: u32) {
        let now = self.now;
        if let Some(root) = self.visitor_above(slot)
            && let Some(at) = self.people.visitor(root).begin_wait(now)
        {
            self.start_patience(root, at);
        }
    }

    /// The clock of a user's patience for waiting stands at an instant.
    #[inline(never)]
    pub(in crate::engine) fn start_patience(&mut self, root: u32, at: Time) {
        let clock = self.agenda.at(at, Group::Patience, Kind::Patience, root);
        self.people.visitor(root).clock = clock;
    }

    /// The wait is over.
    #[inline(always)]
    pub(in crate::engine) fn end_wait(&mut self, slot: u32) {
        let now = self.now;
        if let Role::Visitor(visitor) = &mut self.people.task_mut(slot).role {
            visitor.end_wait(now);
        } else if let Some(root) = self.visitor_above(slot) {
            self.people.visitor(root).end_wait(now);
        }
    }

    /// The clock of a patience rings; false when it was not spent yet.
    pub(in crate::engine) fn patience_spent(&mut self, slot: u32) -> bool {
        let now = self.now;
        let visitor = self.people.visitor(slot);
        visitor.clock = NO_EVENT;
        if { visitor.patience } != Span::FOREVER {
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
    pub(in crate::engine) fn end_visit(&mut self, slot: u32, outcome: Outcome) {
        let (now, routes) = (self.now, self.rules.routes);
        debug_assert!(
            self.people.task(slot).frame == NO_FRAME,
            "a visit ends with a step open"
        );
        let visitor = self.people.visitor(slot);
        debug_assert!(visitor.waits == 0, "a visit ends while it waits");
        let course = &routes.sources[visitor.source];
        let (arrived, step, taken) = (visitor.arrived, visitor.step, visitor.taken);
        if taken != NO_FRAME {
            self.give_back(slot, outcome);
        }
        self.rec.inside(course.inside, (Change::Less, now));
        if self.rec.counts(arrived) {
            self.rec.left(step, outcome);
        }
        if course.comes_again && self.comes_again(slot, outcome) {
            return;
        }
        self.count_end(course.journey, outcome, arrived);
        if outcome == Outcome::Served {
            self.rec.sample(course.times, arrived, now);
        } else {
            self.rec.never(course.times, arrived);
        }
        if course.starts_over && now < self.arrivals.until() {
            self.go_home(slot, now).last = None;
        } else {
            self.remove_visitor(slot);
        }
    }

    /// A user leaves for good, with all that guards remember of him.
    #[inline(always)]
    fn remove_visitor(&mut self, slot: u32) {
        if self.people.remembered(slot) != NO_FRAME {
            self.forget_user(slot);
        }
        self.people.remove(slot);
    }

    /// After a visit that ended so: whether the user comes again, later.
    #[inline(never)]
    fn comes_again(&mut self, slot: u32, outcome: Outcome) -> bool {
        let settings = self.rules.settings;
        let Some(again) = &settings.journeys[self.journey_of(slot)].again else {
            return false;
        };
        let (visitor, luck) = (*self.people.visitor(slot), &self.rules.luck);
        let (source, visit) = (visitor.source, visitor.visit);
        let task = self.people.task(slot);
        let (owner, root) = (task.owner, task.path);
        let comes = again.on.contains(&outcome)
            && again
                .at_most
                .is_none_or(|most| self.returns(source, visit, most) < most)
            && luck.uniform(owner, root, OfVisit::Again as u32) < again.share;
        if comes {
            let at = self.now
                + again
                    .after
                    .span(luck.uniform(owner, root, OfVisit::Away as u32));
            let visitor = self.go_home(slot, at);
            visitor.visit += 1;
            visitor.reloads = 0;
            visitor.last = Some(outcome);
            self.rec.orbit(AT_HOME, (Change::More, self.now));
        }
        comes
    }

    /// A user is at home until then; no clock of the visit finds anybody any more.
    fn go_home(&mut self, slot: u32, until: Time) -> &mut Visitor {
        let event = self.agenda.at(until, Group::Arrival, Kind::Return, slot);
        let task = self.people.task_mut(slot);
        task.doing = Doing::AtHome;
        task.awaits = event;
        task.request = Request::NONE;
        let visitor = self.people.visitor(slot);
        (visitor.clock, visitor.reload) = (NO_EVENT, NO_EVENT);
        visitor.patience = Span::FOREVER;
        visitor
    }

    /// How often the user has come again since the journey began, of at most so often. The visits
    /// of a member of a population are numbered on when the member starts over, from the next
    /// multiple of the visits that one round can have.
    fn returns(&self, source: SourceId, visit: u32, most: u32) -> u32 {
        if self.rules.routes.sources[source].starts_over {
            visit % most.saturating_add(1)
        } else {
            visit
        }
    }

    /// The first visit of the next round of a member of a population.
    fn next_round(&self, source: SourceId, visit: u32) -> u32 {
        let journey = self.rules.program.sources[source].journey;
        let again = self.rules.settings.journeys[journey].again.as_ref();
        match again.and_then(|again| again.at_most) {
            None => visit.wrapping_add(1),
            Some(most) => {
                let visits = most.saturating_add(1);
                (visit / visits + 1).wrapping_mul(visits)
            }
        }
    }

    /// Counts the outcome of a user.
    pub(in crate::engine) fn count_outcome(&mut self, visitor: &Visitor, outcome: Outcome) {
        let journey = self.rules.program.sources[visitor.source].journey;
        self.count_end(journey, outcome, visitor.arrived);
    }

    /// Counts the outcome of a user who arrived then.
    #[inline(always)]
    fn count_end(&mut self, journey: JourneyId, outcome: Outcome, arrived: Time) {
        let layout = &self.rules.program.layout;
        self.rec.count(layout.users_ended(outcome), arrived);
        self.rec
            .count(layout.journey_ended(journey.0, outcome), arrived);
    }

    /// A user comes back for another visit, or a member of a population starts over: a new user
    /// of the same name.
    pub(in crate::engine) fn user_returned(&mut self, slot: u32) {
        let (routes, owner) = (self.rules.routes, self.people.task(slot).owner);
        let visitor = self.people.visitor(slot);
        let (source, visit) = (visitor.source, visitor.visit);
        if visitor.last.is_none() {
            let again = Newcomer {
                source,
                index: owner.which(),
            };
            let next = self.next_round(source, visit);
            self.remove_visitor(slot);
            self.first_visit(again, next);
            return;
        }
        self.rec.orbit(AT_HOME, (Change::Less, self.now));
        let course = &routes.sources[source];
        let task = self.people.task_mut(slot);
        task.awaits = NO_EVENT;
        task.path = course.root.turn(u64::from(visit));
        task.pc = course.entry;
        task.frame = NO_FRAME;
        task.doing = Doing::Running;
        let layout = self.rules.program.layout;
        let of_journey = layout.journey(course.journey.0, UserCounter::Returned);
        self.rec
            .count(layout.users(UserCounter::Returned), self.now);
        self.rec.count(of_journey, self.now);
        self.begin_visit(slot, course);
    }

    /// A user reaches a top-level step of the journey, and goes on behind the mark of it.
    #[inline(always)]
    pub(in crate::engine) fn reach_step(&mut self, slot: u32, step: StepId) {
        let task = self.people.task_mut(slot);
        task.pc += 1;
        let Role::Visitor(visitor) = &mut task.role else {
            unreachable!("only journeys have top-level steps");
        };
        visitor.step = step;
        if self.rec.counts(visitor.arrived) {
            self.rec.reached(step);
        }
    }

    /// A branch or a visit leaves with an outcome of its own choice.
    pub(in crate::engine) fn leave(&mut self, slot: u32, outcome: Outcome) {
        let Some(root) = self.visitor_above(slot) else {
            unreachable!("`leave` is a step of journeys");
        };
        self.interrupt(root);
        self.end_visit(root, outcome);
    }
}
