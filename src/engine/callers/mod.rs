//! The caller's side: requests, attempts, timeouts, retries, and the person who asks again
//! (semantics#call, #giving-up, #refused, #retry, #people).

pub(in crate::engine) mod backoff;
pub(in crate::engine) mod caller;
mod checking;
pub(in crate::engine) mod clocks;
mod credit;
pub(in crate::engine) mod ending;
mod labels;
pub(in crate::engine) mod guarded;
pub(in crate::engine) mod hedge;
mod linking;
pub(in crate::engine) mod sending;
pub(in crate::engine) mod served;
pub(in crate::engine) mod ways;

use crate::base::table::Table;
use crate::engine::callers::ways::{Trail, trails};
use crate::engine::guards::Guards;
use crate::engine::route::Routes;
use crate::program::{CallId, Program};

/// What callers remember between their requests.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Callers {
    /// The way that the attempts of each call had last.
    trails: Table<CallId, Trail>,
    /// Attempts under way that have no task of their own.
    served: u32,
    /// What guards remember.
    guards: Guards,
}

impl Callers {
    /// These routes are in force.
    pub(in crate::engine) fn begin(&mut self, routes: &Routes) {
        self.trails = trails(routes);
    }

    /// A replication begins.
    pub(in crate::engine) fn open(&mut self, program: &Program) {
        self.guards = Guards::new(&program.keepers);
    }

    /// What guards remember.
    #[inline]
    pub(in crate::engine) fn guards(&mut self) -> &mut Guards {
        &mut self.guards
    }

    /// Bytes in use, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.guards.bytes()
    }
}
