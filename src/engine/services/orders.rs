//! Which servers are asked for, who delivers them, and who restarts them (semantics#scaling,
//! #autoscaler).
//!
//! One idea: whether a server is asked for is known of each, since an autoscaler withdraws first
//! what is not delivered, then what boots, and only then what is ready, so that those who stay need
//! not be the lowest numbers.

use crate::base::time::Span;
use crate::engine::Sim;
use crate::engine::services::server::State;
use crate::program::{Restart, ServiceId};

/// What keeps a server down between two instants of a restart that are the same.
const RESTART: u32 = u32::MAX;

impl Sim<'_> {
    /// A service is to have so many servers. By an action alone those with the lowest numbers;
    /// where an autoscaler decides as well, those that cost least to withdraw go first.
    pub(in crate::engine) fn want_servers(&mut self, id: ServiceId, wanted: u32) {
        let scaled = self.rules.program.reactions.scales(id);
        let station = &mut self.services.stations[id];
        station.wanted = wanted;
        let range = station.first as usize..(station.first + station.most) as usize;
        let servers = &mut self.services.servers[range];
        if !scaled {
            for server in servers {
                server.asked = server.number < wanted;
            }
            return;
        }
        let mut asked = servers.iter().filter(|server| server.asked).count() as u32;
        for server in servers.iter_mut() {
            if asked < wanted && !server.asked {
                (server.asked, asked) = (true, asked + 1);
            }
        }
        let first: [fn(State) -> bool; 3] = [
            |state| state == State::Ordered,
            |state| state == State::Booting,
            |_| true,
        ];
        for goes in first {
            for server in servers.iter_mut().rev() {
                if asked > wanted && server.asked && goes(server.state) {
                    (server.asked, asked) = (false, asked - 1);
                }
            }
        }
    }

    /// From one delivery of ordered servers to the next, where they are not there at once.
    fn provision(&self, id: ServiceId) -> Option<Span> {
        let scalers = self.rules.program.reactions.scalers.iter();
        let mut of_it = scalers.filter(|(_, scaler)| scaler.service == id);
        of_it.find_map(|(scaler, _)| self.rules.settings.scalers[scaler].provision)
    }

    /// A server is ordered: it boots at once, or when it is delivered.
    pub(super) fn order(&mut self, id: ServiceId, index: u32) {
        match self.provision(id) {
            None => self.boot(index, None),
            Some(_) => self.services.servers[index as usize].state = State::Ordered,
        }
    }

    /// Deliveries begin, or end, as orders are made and withdrawn.
    pub(super) fn plan_deliveries(&mut self, id: ServiceId) {
        if !self.rules.program.reactions.scales(id) {
            return;
        }
        let is_expected = self.services.stations[id].delivery.is_some();
        match (self.next_ordered(id), self.provision(id)) {
            (None, _) => self.services.stations[id].delivery = None,
            (Some(_), _) if is_expected => {}
            (Some(_), gap) => {
                let at = self.now + gap.unwrap_or(Span::ZERO);
                self.services.stations[id].delivery = Some(at);
                self.expect_delivery(id, at);
            }
        }
    }

    /// The ordered server with the lowest number.
    fn next_ordered(&self, id: ServiceId) -> Option<u32> {
        let station = &self.services.stations[id];
        let mut all = station.first..station.first + station.most;
        all.find(|&index| self.services.servers[index as usize].state == State::Ordered)
    }

    /// A server that was ordered is delivered, unless the order was withdrawn: it boots.
    pub(in crate::engine) fn deliver(&mut self, id: ServiceId) {
        if self.services.stations[id].delivery != Some(self.now) {
            return;
        }
        self.services.stations[id].delivery = None;
        if let Some(index) = self.next_ordered(id) {
            self.boot(index, None);
        }
        self.plan_deliveries(id);
    }

    /// An operator restarts some of the servers that are up, for the n-th time.
    pub(in crate::engine) fn restart(&mut self, restart: &Restart, time: u32) {
        let id = restart.on.service;
        for index in self.pick_by((restart.owner, time), &restart.on) {
            let server = &mut self.services.servers[index as usize];
            if server.state != State::Up {
                continue;
            }
            if restart.drain {
                (server.state, server.restarts) = (State::Draining, true);
                self.drained(index);
            } else {
                self.crash(index, RESTART, None, false);
                self.crash_ends(index, RESTART, None);
            }
        }
        self.servers_changed(id);
    }
}
