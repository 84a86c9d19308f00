//! Where the luck of an attempt is: the same for all users who come to a call in the same way, so
//! that a draw seldom waits for its hashes (semantics#luck).

use crate::base::table::Table;
use crate::engine::Sim;
use crate::engine::draws::{OfAttempt, OfStep};
use crate::engine::route::{Route, Routes};
use crate::program::CallId;
use crate::random::key::{Luck, Place, Spot};

/// Where the luck of an attempt is.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Ways {
    /// The place of the attempt.
    pub(in crate::engine) path: Place,
    /// The draw of what it asks for, where a caller's task may stand for it.
    pub(in crate::engine) demand: Spot,
    /// The draw of the wait that follows when it fails.
    pub(in crate::engine) backoff: Spot,
}

impl Ways {
    pub(in crate::engine) fn new(luck: &Luck, route: &Route, path: Place) -> Self {
        let work = route.cpu.map_or(path, |(_, work)| path.step(work));
        Self {
            path,
            demand: luck.spot(work, OfStep::Only as u32),
            backoff: luck.spot(path, OfAttempt::Backoff as u32),
        }
    }
}

/// The ways from a step's surroundings to the attempts of its call: the same for all users who
/// come there in the same way, so that a draw seldom waits for their hashes.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Trail {
    from: Place,
    step: Place,
    /// Those of the first attempts, each once it was needed.
    first: [Option<Ways>; KEPT],
}

/// Attempts whose ways are kept.
const KEPT: usize = 4;

impl Trail {
    fn new(route: &Route, from: Place) -> Self {
        Self {
            from,
            step: from.step(route.luck),
            first: [None; KEPT],
        }
    }

    /// The ways of attempt number `sent`, from 1.
    #[inline(always)]
    fn ways(&mut self, luck: &Luck, route: &Route, sent: u16) -> Ways {
        match self.first.get(usize::from(sent).wrapping_sub(1)) {
            Some(Some(ways)) => *ways,
            _ => self.find(luck, route, sent),
        }
    }

    #[inline(never)]
    fn find(&mut self, luck: &Luck, route: &Route, sent: u16) -> Ways {
        let ways = Ways::new(luck, route, self.step.turn(u64::from(sent)));
        if let Some(kept) = self.first.get_mut(usize::from(sent).wrapping_sub(1)) {
            *kept = Some(ways);
        }
        ways
    }
}

/// The trails of all calls, before anybody has come.
pub(in crate::engine) fn trails(routes: &Routes) -> Table<CallId, Trail> {
    routes.calls.map(|_, route| Trail::new(route, Place::ROOT))
}

impl Sim<'_> {
    /// The ways from a place to an attempt of a call, by its number.
    #[inline(always)]
    pub(in crate::engine) fn ways(
        &mut self,
        call: CallId,
        route: &Route,
        (from, sent): (Place, u16),
    ) -> Ways {
        let trail = &mut self.callers.trails[call];
        if trail.from != from {
            *trail = Trail::new(route, from);
        }
        trail.ways(&self.rules.luck, route, sent)
    }

    /// The place of the luck of the attempt sent last.
    #[inline(always)]
    pub(in crate::engine) fn attempt_path(&self, slot: u32, call: CallId) -> Place {
        let task = self.people.task(slot);
        let path = task.path.step(self.rules.routes.calls[call].luck);
        path.turn(u64::from(task.request.sent))
    }
}
