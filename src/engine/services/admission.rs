//! Who gets in: what is asked of an attempt that arrives, before the balancer (semantics#guards).
//!
//! What stands here costs nothing, and knows no server. Those who come after it ask the limits of
//! the service and of the endpoint, in this order; a new word adds a line.

use crate::base::time::Span;
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind};
use crate::engine::guards::asking::May;
use crate::engine::tasks::doing::Doing;
use crate::program::{LimitId, ServiceId, Site};

impl Sim<'_> {
    /// Whether an attempt that arrives gets in now; if not, it was refused, or waits.
    #[inline(never)]
    pub(in crate::engine) fn gets_in(&mut self, slot: u32, id: ServiceId) -> bool {
        let call = self.people.attempt(slot).call;
        let endpoint = self.rules.program.calls[call].endpoint;
        let program = self.rules.program;
        if !self.rules.settings.endpoints[endpoint].on {
            let [closed, _] = program.endpoints[endpoint].counts;
            self.count_guard(closed);
            self.count_arrival(slot, id, []);
            self.refuse(slot, id, None);
            return false;
        }
        let limits = [
            program.services[id].limit,
            program.endpoints[endpoint].limit,
        ];
        let mut wait = Span(0);
        for (number, limit) in limits.iter().enumerate() {
            match self.limit_before(slot, id, *limit) {
                May::Go => {}
                May::Wait(span) => {
                    wait = wait.max(span);
                    limit.iter().for_each(|&limit| self.count_waiting(limit));
                }
                May::Stop => {
                    let earlier = limits[..number].iter().flatten();
                    earlier.for_each(|&limit| self.give_token_of(slot, id, limit));
                    self.count_arrival(slot, id, []);
                    self.refuse(slot, id, None);
                    return false;
                }
            }
        }
        if wait.is_zero() {
            return true;
        }
        let at = self.now + wait;
        let event = self.agenda.at(at, Group::Work, Kind::Attempt, slot);
        let task = self.people.task_mut(slot);
        let to = task.doing.leads_to();
        (task.doing, task.awaits) = (Doing::AtLimit { to }, event);
        false
    }

    /// What a limit before a service says, if there is one and it is switched on.
    fn limit_before(&mut self, slot: u32, id: ServiceId, limit: Option<LimitId>) -> May {
        match limit.filter(|&limit| self.rules.settings.limits[limit].on) {
            Some(limit) => {
                let keepers = &self.rules.program.keepers.arrivals;
                let keeper = keepers.of(limit, Site::Service(id));
                let label = self.people.task(slot).label;
                self.take_token((slot, label), (limit, keeper))
            }
            None => May::Go,
        }
    }

    fn give_token_of(&mut self, slot: u32, id: ServiceId, limit: LimitId) {
        if self.rules.settings.limits[limit].on {
            let keepers = &self.rules.program.keepers.arrivals;
            let keeper = keepers.of(limit, Site::Service(id));
            let label = self.people.task(slot).label;
            self.give_token_back((slot, label), (limit, keeper));
        }
    }
}
