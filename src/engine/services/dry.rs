//! Services whose workers run dry: all of them are held by work that waits, through calls, for
//! another worker of the same servers (semantics#dry).

use std::collections::BTreeSet;

use crate::engine::Sim;
use crate::engine::services::Services;
use crate::engine::tasks::population::{Population, Role};
use crate::program::ServiceId;

impl Services {
    /// Those who wait at a server, or, for [`u32::MAX`], for any of a service.
    fn those_who_wait(&mut self, id: ServiceId, index: u32, people: &Population) -> Vec<u32> {
        self.line_of(id, index).those(people)
    }

    /// Workers in use at a server, or, for [`u32::MAX`], at all of a service.
    fn workers_in_use(&self, id: ServiceId, index: u32) -> u64 {
        let station = self.station(id);
        let range = match index {
            u32::MAX => station.first..station.first + station.most,
            _ => index..index + 1,
        };
        let servers = range.map(|index| self.server(index));
        servers.map(|server| u64::from(server.occupied)).sum()
    }
}

impl Sim<'_> {
    /// The attempts at a server, or at any of a service, that a task waits within.
    fn work_around(&self, slot: u32, (id, index): (ServiceId, u32), found: &mut BTreeSet<u32>) {
        let mut next = self.around(slot);
        while let Some(slot) = next {
            if let Role::Attempt(attempt) = &self.people.task(slot).role {
                let here = attempt.server == index || index == u32::MAX;
                if here && self.rules.routes.calls[attempt.call].service == id {
                    found.insert(slot);
                }
            }
            next = self.around(slot);
        }
    }

    /// An attempt has begun to wait for a worker of a server, or of any of a service.
    #[inline(never)]
    pub(super) fn may_dry_workers(&mut self, slot: u32, (id, index): (ServiceId, u32)) {
        let mut held = BTreeSet::new();
        self.work_around(slot, (id, index), &mut held);
        if held.is_empty() {
            return;
        }
        for waits in self.services.those_who_wait(id, index, &self.people) {
            self.work_around(waits, (id, index), &mut held);
        }
        if held.len() as u64 == self.services.workers_in_use(id, index) {
            let now = self.now;
            let pools = self.rules.program.layout.pools;
            self.rec.dried(pools + id.0, now);
            if let Some(dried) = self.rules.program.services[id].counts.dried {
                self.rec.tally(dried, now);
            }
        }
    }
}
