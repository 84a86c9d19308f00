//! What is in force: the program, its settings and routes of the present epoch, and luck.

use crate::base::time::Span;
use crate::engine::route::Routes;
use crate::observation::{LevelId, UserLevel};
use crate::program::{CallId, Program, Settings, WorkId};
use crate::random::key::{Luck, Owner, Spot};

/// The program and what is in force of it. Nothing here changes but when an action takes effect.
#[derive(Debug)]
pub(super) struct Rules<'p> {
    /// What is in force of each call, service and source.
    pub(super) routes: &'p Routes,
    pub(super) program: &'p Program,
    pub(super) luck: Luck,
    pub(super) settings: &'p Settings,
    /// The routes of every epoch.
    all_routes: &'p [Routes],
}

impl<'p> Rules<'p> {
    /// Those of the first epoch.
    pub(super) fn new(program: &'p Program, routes: &'p [Routes], luck: Luck) -> Self {
        Self {
            routes: &routes[0],
            program,
            luck,
            settings: &program.epochs[0].settings,
            all_routes: routes,
        }
    }

    /// Another epoch is in force.
    pub(super) fn begin(&mut self, epoch: u32) {
        self.settings = &self.program.epochs[epoch as usize].settings;
        self.routes = &self.all_routes[epoch as usize];
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
        let law = &self.settings.work[work];
        match law.as_constant() {
            Some(secs) => Span::from_secs_f64(secs),
            None => law.span(self.luck.uniform_at(there, owner)),
        }
    }
}
