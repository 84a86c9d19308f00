//! Attempts that come by a connection of their caller: to the server that it leads to
//! (semantics#connections).

use crate::engine::Sim;
use crate::engine::services::balance::{Comer, Placing};
use crate::engine::services::health::Standing;
use crate::engine::services::server::State;
use crate::program::ServiceId;

impl Sim<'_> {
    /// An attempt arrives by a connection.
    #[inline(never)]
    pub(super) fn arrive_by_connection(&mut self, slot: u32, id: ServiceId, to: u32) {
        let place = self.place_by_connection(slot, id, to);
        let place = match self.world.reaches_all_servers() {
            true => Some(place),
            false => self.reached(slot, id, place),
        };
        if let Some(place) = place {
            self.arrive_at(slot, id, place);
        }
    }

    fn place_by_connection(&mut self, slot: u32, id: ServiceId, to: u32) -> Placing {
        let comer = Comer::of(self.people.task(slot));
        let desk = &self.rules.routes.services[id];
        if desk.sheds && self.is_shed(comer, id) {
            return Placing::Shed;
        }
        let server = self.services.server(to);
        match server.works() || server.state == State::Down {
            true => self.place_at(comer, to, (id, desk)),
            false => Placing::Refused(None),
        }
    }

    /// Connections end that lead to servers which get no new work, or were ejected.
    pub(super) fn shut_connections(&mut self, id: ServiceId) {
        let station = self.services.station(id);
        for index in station.first..station.first + station.most {
            let server = self.services.server(index);
            if !server.is_eligible() || Standing::is_out(server) {
                self.callers.guards().links().shut(index);
            }
        }
    }

    /// The connections that a server has as a caller end.
    pub(super) fn hang_up(&mut self, index: u32) {
        self.forget_caller(index);
        let server = self.services.server(index);
        let (number, life) = (server.number, server.life);
        let site = crate::program::Site::Service(server.service);
        for first in self.rules.program.keepers.links.rows_at(site) {
            self.callers
                .guards()
                .links()
                .hang_up((first + number, life));
        }
    }
}
