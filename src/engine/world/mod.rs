//! What happens to the system from outside: the network, faults, and actions by the clock
//! (semantics#faults, #changes).

pub(in crate::engine) mod change;
pub(in crate::engine) mod hpa;
pub(in crate::engine) mod network;
mod rollout;
pub(in crate::engine) mod scaler;
pub(in crate::engine) mod trigger;

use crate::base::time::Time;
use crate::engine::world::change::Calendar;
use crate::engine::world::network::Edges;
use crate::engine::world::scaler::Scalers;
use crate::engine::world::trigger::Watchers;
use crate::program::Program;

/// The network, and what is still to change by the clock.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct World {
    edges: Edges,
    calendar: Calendar,
    changes_end: Time,
    watchers: Watchers,
    scalers: Scalers,
}

impl World {
    /// A calm network, and a calendar that is still empty.
    pub(in crate::engine) fn new(program: &Program, horizon: Time) -> World {
        World {
            changes_end: program.clock.tail.map_or(Time::NEVER, |_| horizon),
            watchers: Watchers::new(program),
            scalers: Scalers::new(program),
            ..World::default()
        }
    }

    /// Whether no disturbance of the network meets single servers.
    #[inline]
    pub(in crate::engine) fn reaches_all_servers(&self) -> bool {
        self.edges.reach_all_servers()
    }

    /// Whether an occurrence of a fault has chosen a server.
    pub(in crate::engine) fn hits(&self, occurrence: u32, server: u32) -> bool {
        self.calendar.hits(occurrence, server)
    }

    /// The last instant at which a fault or an action may begin or a door turn: in a steady study
    /// nothing does after the horizon.
    pub(in crate::engine) fn changes_end(&self) -> Time {
        self.changes_end
    }
}
