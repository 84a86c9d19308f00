//! Copies of one request at a service: they go to different servers, and where they are tied, the
//! one that begins takes the other out of its queue (semantics#hedge).

use crate::base::slab::Ticket;
use crate::base::time::Time;
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind};
use crate::engine::record::recorder::Change;
use crate::engine::tasks::doing::{ANYWHERE, Doing};
use crate::engine::tasks::round::Word;
use crate::engine::world::network::Way;
use crate::observation::{ServiceCounter, ServiceLevel};
use crate::program::ServiceId;

impl Sim<'_> {
    /// The round of a caller, if it is still under way.
    fn round_of(&self, caller: Ticket) -> Option<u32> {
        match self.people.get(caller)?.doing {
            Doing::Hedging { round } => Some(round),
            _ => None,
        }
    }

    /// Whether word that the other has begun came before this copy.
    #[inline(never)]
    pub(super) fn is_untied(&mut self, slot: u32) -> bool {
        let caller = self.people.attempt(slot).caller;
        let round = self.round_of(caller);
        round.is_some_and(|round| self.people.rounds.get(round).untied <= self.now)
    }

    /// A copy leaves as it arrives.
    pub(super) fn take_away(&mut self, slot: u32, id: ServiceId) {
        let (caller, copy) = (self.people.attempt(slot).caller, self.people.ticket(slot));
        self.count_arrival(slot, id, [ServiceCounter::Accepted]);
        self.shift(id, [ServiceLevel::InSystem], Change::More);
        self.quit(slot, id);
        self.twin_taken_out(caller, copy);
    }

    /// Whether another copy of the request of an attempt is at a server, or bound for it.
    pub(in crate::engine) fn copy_is_at(&self, slot: u32, server: u32) -> bool {
        let attempt = self.people.task(slot).role.attempt();
        let attempt = attempt.filter(|attempt| attempt.is_twin);
        let Some(round) = attempt.and_then(|attempt| self.round_of(attempt.caller)) else {
            return false;
        };
        let copy = self.people.ticket(slot);
        let mut others = self.people.rounds.get(round).open();
        others.any(|(_, twin)| twin.attempt != copy && self.server_at(twin.attempt) == Some(server))
    }

    /// Leaves out the servers of the other copies of a request, if there are others.
    pub(super) fn leave_out_copies(&self, slot: u32, id: ServiceId, among: &mut Vec<u32>) {
        let attempt = self.people.task(slot).role.attempt();
        let Some(attempt) = attempt.filter(|attempt| attempt.is_twin) else {
            return;
        };
        let Some(round) = self.round_of(attempt.caller) else {
            return;
        };
        let copy = self.people.ticket(slot);
        let first = self.services.stations[id].first;
        let others = || {
            let open = self.people.rounds.get(round).open();
            let others = open.filter(move |(_, twin)| twin.attempt != copy);
            others.filter_map(|(_, twin)| self.server_at(twin.attempt))
        };
        let is_left = |number: u32| others().all(|server| server != first + number);
        if among.iter().any(|&number| is_left(number)) {
            among.retain(|&number| is_left(number));
        }
    }

    /// The server that an attempt was placed at, if it is there.
    fn server_at(&self, attempt: Ticket) -> Option<u32> {
        let task = self.people.get(attempt)?;
        let server = match task.doing.leads_to() {
            ANYWHERE => task.role.attempt()?.server,
            to => to,
        };
        (server != u32::MAX).then_some(server)
    }

    /// A worker begins one of several copies: if they are tied, word goes to the other.
    #[inline(never)]
    pub(super) fn twin_begins(&mut self, slot: u32, id: ServiceId) {
        let (task, attempt) = (*self.people.task(slot), *self.people.attempt(slot));
        let begun = self.people.ticket(slot);
        let Some(number) = self.round_of(attempt.caller) else {
            return;
        };
        let round = self.people.rounds.get(number);
        let is_tied = self.rules.settings.hedges[round.hedge].tied;
        if !is_tied || round.untied != Time::NEVER {
            return;
        }
        let Some(begun) = round.number_of(begun) else {
            return;
        };
        let other = round.open().find(|(number, _)| *number != begun);
        let word = Word {
            caller: attempt.caller,
            begun,
            other: other.map_or(Ticket::NONE, |(_, twin)| twin.attempt),
        };
        let at = self.now + self.network(id, task.owner, task.path, Way::Across);
        self.people.rounds.get_mut(number).untied = at;
        let word = self.people.rounds.send(word);
        self.agenda.at(at, Group::Arrival, Kind::Untie, word);
    }

    /// Word that a copy has begun reaches the other's server: it leaves the queue, whatever the
    /// service does when callers stop waiting; one that has begun goes on.
    pub(in crate::engine) fn untie(&mut self, number: u32) {
        let word = self.people.rounds.receive(number);
        let mut other = word.other;
        if other.is_none()
            && let Some(round) = self.round_of(word.caller)
        {
            // The caller may be at another round by now.
            let round = self.people.rounds.get(round);
            if round.untied == self.now {
                let sent = round.open().find(|(number, _)| *number != word.begun);
                other = sent.map_or(Ticket::NONE, |(_, twin)| twin.attempt);
            }
        }
        let Some(task) = self.people.get(other) else {
            return;
        };
        if task.doing == Doing::Queued {
            let slot = other.slot;
            let id = self.rules.routes.calls[self.people.attempt(slot).call].service;
            self.leave_line_of(slot, id);
            self.quit(slot, id);
            self.twin_taken_out(word.caller, other);
        }
    }
}
