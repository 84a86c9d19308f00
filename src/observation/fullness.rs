//! How full each instance of a resource was, window by window, and what its holders were at.
//!
//! One idea: who is full is a matter of the instance (one server of twenty, one pool of a server),
//! who is to blame a matter of kinds (the cores of a service, a pool): so units are recorded by
//! instance, and what holders wait for by [`Thing`]. Only windows in which something happened at
//! the brim have a row. It knows no name and no rule.

use serde::{Deserialize, Serialize};

use crate::base::time::{Span, Time};

/// Usual length of a window.
pub const WINDOW: Span = Span::from_secs(10);

/// A run of fewer windows than this is one window.
pub const WINDOWS_MIN: i64 = 20;

/// Something that a holder can be at, or wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Thing {
    /// The workers of a service: waiting for one, or held for time of its own on the server.
    Workers(u32),
    /// The cores of a service, where more may want them than there are.
    Cores(u32),
    /// A pool or a lock.
    Pool(u32),
    /// A room.
    Room(u32),
    /// A user's own time.
    Think,
    /// On the way there or back.
    Network,
    /// The wait before another try.
    Pause,
}

/// How many of each kind of thing there are: gives every thing a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Things {
    /// Services.
    pub services: u32,
    /// Pools.
    pub pools: u32,
    /// Rooms.
    pub rooms: u32,
}

impl Things {
    /// How many there are.
    pub const fn len(&self) -> usize {
        (2 * self.services + self.pools + self.rooms + 3) as usize
    }

    /// Never: three are there in any model.
    pub const fn is_empty(&self) -> bool {
        false
    }

    /// The number of a thing.
    pub const fn number(&self, thing: Thing) -> u32 {
        let rooms = 2 * self.services + self.pools;
        match thing {
            Thing::Workers(service) => service,
            Thing::Cores(service) => self.services + service,
            Thing::Pool(pool) => 2 * self.services + pool,
            Thing::Room(room) => rooms + room,
            Thing::Think => rooms + self.rooms,
            Thing::Network => rooms + self.rooms + 1,
            Thing::Pause => rooms + self.rooms + 2,
        }
    }

    /// The thing of a number.
    pub const fn thing(&self, number: u32) -> Thing {
        let pools = 2 * self.services;
        let rooms = pools + self.pools;
        let others = rooms + self.rooms;
        if number < self.services {
            Thing::Workers(number)
        } else if number < pools {
            Thing::Cores(number - self.services)
        } else if number < rooms {
            Thing::Pool(number - pools)
        } else if number < others {
            Thing::Room(number - rooms)
        } else {
            match number - others {
                0 => Thing::Think,
                1 => Thing::Network,
                _ => Thing::Pause,
            }
        }
    }
}

/// What of an instance is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Resource {
    /// The workers of a server.
    Workers(u32),
    /// The cores of a server.
    Cores(u32),
    /// Units of an instance of a pool.
    Pool(u32),
    /// Places in a room.
    Room(u32),
    /// What belongs to no server of a service: its shared queue, and attempts that find no server.
    Line(u32),
}

/// An instance of a resource, and what it did over the whole measured time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    /// Of what.
    pub resource: Resource,
    /// Which, from 0.
    pub number: u32,
    /// All windows together.
    pub whole: Whole,
}

/// One instance in all windows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Whole {
    /// Seconds in which all units were in use; of cores, core seconds a core.
    pub brim_s: f64,
    /// Seconds in which somebody waited; of cores, in which more wanted them than there are.
    pub wanted_s: f64,
    /// Unit seconds in use.
    pub held_s: f64,
    /// Units that were taken.
    pub taken: u64,
    /// Those who asked.
    pub asked: u64,
    /// Those who were turned away for want of room.
    pub refused: u64,
    /// Units there are at the end.
    pub size: u32,
}

impl Whole {
    /// Adds a window in which so many unit seconds were in use, of so many seconds.
    pub fn add(&mut self, row: &Row, (held_s, length_s): (f64, f64)) {
        self.brim_s += f64::from(row.brim) * length_s;
        self.wanted_s += f64::from(row.wanted) * length_s;
        self.held_s += held_s;
        self.taken += u64::from(row.taken);
        self.asked += u64::from(row.asked);
        self.refused += u64::from(row.refused);
        self.size = row.size;
    }
}

/// One instance in one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Which of [`Fullness::instances`].
    pub instance: u32,
    /// Units there are at its end.
    pub size: u32,
    /// Share of it in which all units were in use; of cores, the share of them that was busy.
    pub brim: f32,
    /// Share of it in which somebody waited; of cores, in which more wanted them than there are.
    pub wanted: f32,
    /// Units in use on average.
    pub held: f32,
    /// Units that were taken.
    pub taken: u32,
    /// Those who asked.
    pub asked: u32,
    /// Those who were turned away for want of room.
    pub refused: u32,
}

/// A time in which attempts were sent to a server that was down or stood still.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outage {
    /// The service.
    pub service: u32,
    /// Which of its servers.
    pub server: u32,
    /// Why it did not answer.
    pub why: Out,
    /// When it began.
    pub from: Time,
    /// When it was noticed, or was over.
    pub to: Time,
    /// Attempts that were sent to it.
    pub swallowed: u32,
    /// Attempts that were sent to the service meanwhile.
    pub sent: u32,
}

/// Why a server does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Out {
    /// It has crashed.
    Down,
    /// It stands still.
    Paused,
    /// It is cut off from those who ask.
    CutOff,
}

/// In place of the number of a thing: whatever holders are at.
pub const ALL: u32 = u32::MAX;

/// What the holders of a kind of resource were at, in one window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Doing {
    /// The window.
    pub window: u32,
    /// The number of the resource as a [`Thing`].
    pub holder: u32,
    /// The number of the thing that the holders were at; [`ALL`] of all that was held: several
    /// branches may be at several things.
    pub at: u32,
    /// Units held for that by instances all of whose units were in use, summed over looks.
    pub full: f32,
    /// The same of the other instances.
    pub rest: f32,
}

/// How full everything was in one replication.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Fullness {
    /// Where the first window begins, from T+0.
    pub from: Time,
    /// Where the last one ends.
    pub until: Time,
    /// Length of a window; the last one is longer by what is left over.
    pub width: Span,
    /// Number of windows.
    pub windows: u32,
    /// Every instance.
    pub instances: Vec<Instance>,
    /// Where the rows of each window begin, and where the last ones end.
    pub starts: Vec<u32>,
    /// In the order of windows and instances.
    pub rows: Vec<Row>,
    /// In the order of their ends.
    pub outages: Vec<Outage>,
    /// In the order of windows, holders, things.
    pub doings: Vec<Doing>,
    /// Numbers of things.
    pub things: Things,
}

impl Fullness {
    /// When a window begins, from T+0; that of the number of windows is where the last one ends.
    pub fn begins(&self, window: u32) -> Time {
        if window >= self.windows {
            return self.until;
        }
        self.from + Span(self.width.0 * i64::from(window))
    }

    /// The rows of a window.
    pub fn rows_of(&self, window: u32) -> &[Row] {
        let at = |w: u32| self.starts[w as usize] as usize;
        &self.rows[at(window)..at(window + 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thing_has_a_number_of_its_own() {
        let things = Things {
            services: 3,
            pools: 2,
            rooms: 1,
        };
        assert_eq!(things.len(), 12);
        for number in 0..12 {
            assert_eq!(things.number(things.thing(number)), number);
        }
        assert_eq!(things.thing(4), Thing::Cores(1));
        assert_eq!(things.thing(8), Thing::Room(0));
    }
}
