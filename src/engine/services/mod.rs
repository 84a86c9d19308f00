//! Services: balancing, queues, workers and their cores, the life of servers, and how attempts come
//! and go (semantics#service, #scaling).

pub(in crate::engine) mod admission;
pub(in crate::engine) mod ahead;
pub(in crate::engine) mod balance;
pub(in crate::engine) mod breakdown;
pub(in crate::engine) mod choosing;
mod connected;
pub(in crate::engine) mod departure;
mod dry;
pub(in crate::engine) mod early;
pub(in crate::engine) mod gauges;
pub(in crate::engine) mod harm;
pub(in crate::engine) mod health;
pub(in crate::engine) mod life;
pub(in crate::engine) mod limiter;
mod limits;
mod lost;
pub(in crate::engine) mod orders;
pub(in crate::engine) mod preempt;
pub(in crate::engine) mod server;
pub(in crate::engine) mod sharing;
pub(in crate::engine) mod station;
pub(in crate::engine) mod taking;
pub(in crate::engine) mod upkeep;
pub(in crate::engine) mod tied;
pub(in crate::engine) mod work;

use crate::base::table::Table;
use crate::engine::lines::line::Line;
use crate::engine::record::gauge::Gauge;
use crate::engine::record::holders::Holders;
use crate::engine::route::Routes;
use crate::engine::services::breakdown::Breakdown;
use crate::engine::services::gauges::works_at;
use crate::engine::services::server::Server;
use crate::engine::services::station::Station;
use crate::engine::tasks::population::Population;
use crate::program::ServiceId;

/// All services under way.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Services {
    stations: Table<ServiceId, Station>,
    /// Of all services, one after the other.
    servers: Vec<Server>,
    /// Clocks of faults that strike at random, by server and fault.
    breakdowns: Vec<Breakdown>,
    /// Occurrences of faults that strike attempts.
    struck: u32,
    /// Numbers of servers that may take an attempt, while one of them is chosen.
    candidates: Vec<u32>,
}

/// Of what a gauge is: cores count as busy, all others as in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Of {
    Cores,
    Others,
}

impl Services {
    /// A service.
    #[inline]
    pub(in crate::engine) fn station(&self, id: ServiceId) -> &Station {
        &self.stations[id]
    }

    /// A server, by its number among all.
    #[inline]
    pub(in crate::engine) fn server(&self, index: u32) -> &Server {
        &self.servers[index as usize]
    }

    /// The line before a server, or, for [`u32::MAX`], before all of a service.
    fn line_of(&mut self, id: ServiceId, index: u32) -> &mut Line {
        match index {
            u32::MAX => &mut self.stations[id].line,
            _ => &mut self.servers[index as usize].line,
        }
    }

    /// Whether any fault strikes attempts.
    #[inline]
    pub(in crate::engine) fn strikes_attempts(&self) -> bool {
        self.struck > 0
    }

    /// Services by their id.
    pub(in crate::engine) fn iter(&self) -> impl Iterator<Item = (ServiceId, &Station)> {
        self.stations.iter()
    }

    /// Every gauge, with what is in use: of each service its line, then of each of its servers the
    /// workers and, where they are shared, the cores.
    pub(in crate::engine) fn each_gauge(
        &mut self,
        routes: &Routes,
        mut each: impl FnMut(&mut Gauge, u64, Of),
    ) {
        for (id, station) in self.stations.iter_mut() {
            let shares = !routes.services[id].dedicated;
            each(&mut station.line.gauge, 0, Of::Others);
            let range = station.first as usize..(station.first + station.most) as usize;
            for server in &mut self.servers[range] {
                each(
                    &mut server.line.gauge,
                    u64::from(server.occupied),
                    Of::Others,
                );
                if shares {
                    let busy = server.gauged(server.sharing.working);
                    each(&mut server.core_gauge, busy, Of::Cores);
                }
            }
        }
    }

    /// Those noted who hold a worker of a server, to be given back.
    pub(in crate::engine) fn lend_holders(&mut self, index: u32, people: &Population) -> Holders {
        let mut holders = std::mem::take(&mut self.servers[index as usize].holders);
        holders.sweep_out(|note| works_at(people, note, index));
        holders
    }

    /// They come back.
    pub(in crate::engine) fn take_back_holders(&mut self, index: u32, holders: Holders) {
        self.servers[index as usize].holders = holders;
    }

    /// Bytes of its lists, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        let stations = self.stations.values();
        let queues: usize = stations.map(|s| s.line.bytes()).sum();
        let servers: usize = self.servers.iter().map(Server::bytes).sum();
        queues + servers
    }
}
