//! The caller's side: requests, attempts, timeouts, retries, and the person who asks again
//! (semantics#call, #giving-up, #refused, #retry, #people).

pub(in crate::engine) mod caller;
pub(in crate::engine) mod sending;
pub(in crate::engine) mod served;

use crate::base::table::Table;
use crate::engine::callers::sending::{Trail, trails};
use crate::engine::route::Routes;
use crate::program::CallId;

/// What callers remember between their requests.
#[derive(Debug)]
pub(in crate::engine) struct Callers {
    /// The way that the attempts of each call had last.
    trails: Table<CallId, Trail>,
    /// Attempts under way that have no task of their own.
    served: u32,
}

impl Callers {
    /// With the trails of the first epoch.
    pub(in crate::engine) fn new(routes: &Routes) -> Callers {
        Callers {
            trails: trails(routes),
            served: 0,
        }
    }

    /// Another epoch is in force.
    pub(in crate::engine) fn begin(&mut self, routes: &Routes) {
        self.trails = trails(routes);
    }
}
