//! What is in force: the program, its settings and routes, and luck.
//!
//! The settings begin as the program has them, and change by patches, at whatever instants and in
//! whatever order the run finds. What was in force stays where it is, so that whoever reads it
//! never waits for a change.

use std::cell::OnceCell;

use crate::base::time::Span;
use crate::engine::calendar::agenda::Agenda;
use crate::engine::calendar::key::Group;
use crate::engine::route::{NO_LANE, Routes};
use crate::observation::{LevelId, UserLevel};
use crate::program::{CallId, Patch, Program, Settings, WorkId};
use crate::random::key::{Luck, Owner, Spot};

/// What holds from one change to the next.
#[derive(Debug)]
pub(super) struct InForce {
    settings: Settings,
    routes: Routes,
    /// The same as servers have it that a deploy has reached, in the order of the deploys.
    versions: Vec<Settings>,
    /// What was put into force next, here or in a copy of the replication.
    next: OnceCell<Box<InForce>>,
}

impl InForce {
    /// What holds when the clock starts.
    pub(super) fn first(program: &Program, agenda: &mut Agenda) -> InForce {
        InForce::of(program, program.settings.clone(), agenda)
    }

    fn of(program: &Program, settings: Settings, agenda: &mut Agenda) -> InForce {
        let mut routes = Routes::new(program, &settings);
        for route in routes.calls.values_mut() {
            if route.timeout != Span::FOREVER {
                let lane = agenda.lane(route.timeout, Group::Clock);
                route.lane = lane.unwrap_or(NO_LANE);
            }
        }
        let version = |patch: &Patch| {
            let mut version = settings.clone();
            version.apply(patch);
            version
        };
        InForce {
            versions: program.versions.iter().map(version).collect(),
            settings,
            routes,
            next: OnceCell::new(),
        }
    }

    /// What holds once a patch has taken effect. It stands behind all that was in force before,
    /// for copies of a replication may go different ways.
    fn after(&self, program: &Program, patch: &Patch, agenda: &mut Agenda) -> &InForce {
        let mut settings = self.settings.clone();
        settings.apply(patch);
        let now = Box::new(InForce::of(program, settings, agenda));
        let mut last = self;
        while let Some(next) = last.next.get() {
            last = next;
        }
        last.next.get_or_init(|| now)
    }
}

/// The program and what is in force of it. Nothing here changes but when an action takes effect.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules<'p> {
    /// What is in force of each call, service and source.
    pub(super) routes: &'p Routes,
    pub(super) program: &'p Program,
    pub(super) luck: Luck,
    pub(super) settings: &'p Settings,
    now: &'p InForce,
}

impl<'p> Rules<'p> {
    /// Those at the start of the clock.
    pub(super) fn new(program: &'p Program, first: &'p InForce, luck: Luck) -> Self {
        Self {
            routes: &first.routes,
            program,
            luck,
            settings: &first.settings,
            now: first,
        }
    }

    /// From here on another program is followed, which was the same so far.
    pub(super) fn follow(&mut self, program: &'p Program) {
        self.program = program;
    }

    /// A patch takes effect.
    pub(super) fn change(&mut self, patch: &Patch, agenda: &mut Agenda) {
        self.now = self.now.after(self.program, patch, agenda);
        (self.settings, self.routes) = (&self.now.settings, &self.now.routes);
    }

    /// The numbers that a server has: those of the latest deploy that has reached it, if any.
    #[inline]
    pub(super) fn of_version(&self, version: Option<u32>) -> &'p Settings {
        match version {
            None => self.settings,
            Some(version) => &self.now.versions[version as usize],
        }
    }

    /// Whether an attempt is a message, which nobody waits for.
    #[inline]
    pub(super) fn is_message(&self, call: CallId) -> bool {
        self.routes.calls[call].message
    }

    /// The level of users inside.
    pub(super) fn users_inside(&self) -> LevelId {
        self.program.layout.user_level(UserLevel::Inside)
    }

    /// The demand of a step, drawn now from the law in force with the luck of a place.
    #[inline(always)]
    pub(super) fn drawn(&self, owner: Owner, there: Spot, work: WorkId) -> Span {
        self.drawn_of(self.settings, owner, there, work)
    }

    /// The same of other numbers.
    #[inline(always)]
    pub(super) fn drawn_of(
        &self,
        settings: &Settings,
        owner: Owner,
        there: Spot,
        work: WorkId,
    ) -> Span {
        let law = &settings.work[work];
        match law.as_constant() {
            Some(secs) => Span::from_secs_f64(secs),
            None => law.span(self.luck.uniform_at(there, owner)),
        }
    }
}
