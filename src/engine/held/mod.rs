//! What steps hold or take: units of pools and locks, places behind doors, units of stocks.

pub(in crate::engine) mod cache;
pub(in crate::engine) mod door;
mod dry;
pub(in crate::engine) mod pace;
pub(in crate::engine) mod pool;
pub(in crate::engine) mod stock;
mod store;

use crate::base::slab::Ticket;
use crate::engine::held::cache::Caches;
use crate::engine::held::door::Room;
use crate::engine::held::pool::PoolInstance;
use crate::engine::record::gauge::Gauge;
use crate::engine::record::holders::Holders;
use crate::engine::tasks::population::Population;
use crate::program::{Program, RoomId};

/// Pools, rooms, stocks and caches under way.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Held {
    pools: Vec<PoolInstance>,
    rooms: Vec<Room>,
    stocks: Vec<u64>,
    caches: Caches,
}

impl Held {
    /// Full stocks, and no pools or rooms yet.
    pub(in crate::engine) fn new(program: &Program) -> Held {
        Held {
            stocks: program.stocks.values().copied().collect(),
            ..Held::default()
        }
    }

    /// An instance of a pool.
    pub(in crate::engine) fn pool(&self, index: u32) -> &PoolInstance {
        &self.pools[index as usize]
    }

    /// All instances of pools.
    pub(in crate::engine) fn pools(&self) -> &[PoolInstance] {
        &self.pools
    }

    /// The gauge of every instance of a pool and of every room that may be full, with what is in
    /// use.
    pub(in crate::engine) fn each_gauge(
        &mut self,
        program: &Program,
        mut each: impl FnMut(&mut Gauge, u64),
    ) {
        for pool in &mut self.pools {
            each(&mut pool.line.gauge, pool.in_use);
        }
        for (room, of) in self.rooms.iter_mut().zip(program.rooms.values()) {
            if of.limited {
                each(&mut room.line.gauge, room.inside);
            }
        }
    }

    /// Those noted who hold a unit of an instance of a pool, to be given back.
    pub(in crate::engine) fn lend_holders(&mut self, index: u32, people: &Population) -> Holders {
        let mut holders = std::mem::take(&mut self.pools[index as usize].holders);
        holders.sweep_out(|note| people.keeps(note.frame));
        holders
    }

    /// They come back.
    pub(in crate::engine) fn take_back_holders(&mut self, index: u32, holders: Holders) {
        self.pools[index as usize].holders = holders;
    }

    /// A room.
    pub(in crate::engine) fn room_of(&self, id: RoomId) -> &Room {
        &self.rooms[id.0 as usize]
    }

    /// Those noted who have a place in a room, to be given back.
    pub(in crate::engine) fn lend_insiders(&mut self, id: RoomId, people: &Population) -> Holders {
        let mut holders = std::mem::take(&mut self.rooms[id.0 as usize].holders);
        holders.sweep_out(|note| people.keeps(note.frame));
        holders
    }

    /// They come back.
    pub(in crate::engine) fn take_back_insiders(&mut self, id: RoomId, holders: Holders) {
        self.rooms[id.0 as usize].holders = holders;
    }

    /// Who does the miss that others wait for.
    pub(in crate::engine) fn leader(&self, flight: u32) -> Ticket {
        self.caches.leader(flight)
    }

    /// Bytes of its lists, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        let pools: usize = self.pools.iter().map(PoolInstance::bytes).sum();
        let rooms: usize = self.rooms.iter().map(Room::bytes).sum();
        pools + rooms + self.caches.bytes()
    }
}
