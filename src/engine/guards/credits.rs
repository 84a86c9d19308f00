//! Credits that the servers of a service have granted to a caller: so many attempts it may have
//! under way there at once, and others wait at its side (semantics#credits).
//!
//! One idea: a caller has one account at a service. What its servers grant is added up, so that
//! nobody waits for one server while another has room, and a credit comes back with the end of an
//! attempt, however that ends.

use crate::engine::Sim;
use crate::engine::calendar::key::{NO_EVENT, Number};
use crate::engine::guards::kept::{At, Kept, Remembered};
use crate::engine::lines::queue::Queue;
use crate::engine::tasks::doing::Doing;
use crate::program::{CallId, QueueOrder};

/// The credits of a caller at a service.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Credits {
    /// The first server of the service among all.
    first: u32,
    /// What each server has granted, by its number.
    granted: Vec<u32>,
    /// All of it.
    all: u32,
    /// Attempts under way.
    under_way: u32,
    /// Attempts that wait for one.
    line: Queue,
    /// Those under way or waiting, as the latest attempt told that has arrived.
    told: u32,
}

impl Credits {
    /// A caller without any has one all the same, to ask with.
    fn are_left(&self) -> bool {
        self.under_way < self.all.max(1)
    }

    /// Takes one, if there is one and nobody waits; the first server of the service is this.
    pub(in crate::engine) fn take(&mut self, first: u32) -> bool {
        self.first = first;
        let takes = self.are_left() && self.line.len() == 0;
        self.under_way += u32::from(takes);
        takes
    }

    /// An attempt waits under this number.
    pub(in crate::engine) fn wait(&mut self, slot: u32, number: Number) {
        self.line.join(slot, number);
    }

    /// One comes back.
    pub(in crate::engine) fn give_back(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    /// Who has waited longest takes one, if there is one.
    pub(in crate::engine) fn next(&mut self, waits: impl Fn(u32, Number) -> bool) -> Option<u32> {
        if !self.are_left() || self.line.len() == 0 {
            return None;
        }
        let next = self.line.next(QueueOrder::Fifo, waits, || 0.0);
        self.under_way += u32::from(next.is_some());
        next
    }

    /// Somebody who waited awaits something else now.
    fn left(&mut self, waits: impl Fn(u32, Number) -> bool) {
        // After a crash of the caller nobody stands there.
        if self.line.len() > 0 {
            self.line.left(waits);
        }
    }

    /// One of so many servers has granted so many.
    pub(in crate::engine) fn hear(&mut self, (server, servers): (u32, u32), now: u32) {
        if self.granted.is_empty() {
            self.granted = vec![0; servers as usize];
        }
        self.set(server, now);
    }

    fn set(&mut self, server: u32, now: u32) {
        let number = server.wrapping_sub(self.first) as usize;
        if let Some(known) = self.granted.get_mut(number) {
            self.all = self.all - *known + now;
            *known = now;
        }
    }

    /// How many it wants to have under way.
    pub(in crate::engine) fn demand(&self) -> u32 {
        self.under_way + self.line.len()
    }

    /// Bytes of its lists, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.granted.capacity() * size_of::<u32>() + self.line.bytes()
    }
}

impl Kept<Credits> {
    /// A server has forgotten what it had granted.
    pub(in crate::engine) fn forget_server(&mut self, server: u32) {
        self.iter_mut().for_each(|credits| credits.set(server, 0));
    }

    /// Nobody counts any more what is under way at the servers from this one on.
    pub(in crate::engine) fn forget_under_way(&mut self, first: u32) {
        let theirs = self.iter_mut().filter(|credits| credits.first == first);
        theirs.for_each(|credits| credits.under_way = 0);
    }
}

impl Sim<'_> {
    /// Where the credits are that a task spends by a call, if it heeds any.
    pub(in crate::engine) fn credits_of(&self, slot: u32, call: CallId) -> Option<At> {
        let keeper = self.rules.routes.guards[call].told?;
        let id = self.rules.routes.calls[call].service;
        self.remembers(slot, Remembered::Credits(id), keeper)
    }

    /// An attempt that waits for a credit of a caller awaits something else from now on.
    pub(in crate::engine) fn leave_credits(&mut self, slot: u32, caller: u32) {
        let call = self.people.attempt(slot).call;
        self.people.task_mut(slot).awaits = NO_EVENT;
        if let Some(at) = self.credits_of(caller, call) {
            let people = &self.people;
            let credits = self.callers.guards().credits.at(at);
            credits.left(|slot, number| people.awaits(slot, number));
        }
    }

    /// The caller of an attempt that waits for a credit, or has just got one, has given it up: it
    /// is gone. It counts as under way until its end is heard, at this instant.
    pub(in crate::engine) fn give_up_credit(&mut self, slot: u32, caller: u32) {
        if self.people.task(slot).doing == (Doing::AtCredit { has: false }) {
            self.leave_credits(slot, caller);
            let call = self.people.attempt(slot).call;
            if let Some(at) = self.credits_of(caller, call) {
                self.callers.guards().credits.at(at).under_way += 1;
            }
        }
        self.people.remove(slot);
    }

    /// How many attempts a caller wants to have under way is told by one that is sent.
    pub(in crate::engine) fn tell_demand(&mut self, slot: u32, caller: u32) {
        let call = self.people.attempt(slot).call;
        if let Some(at) = self.credits_of(caller, call) {
            let demand = self.callers.guards().credits.at(at).demand();
            let bits = u16::try_from(demand).unwrap_or(u16::MAX);
            self.people.attempt(slot).active = bits;
        }
    }

    /// An attempt arrives, and with it what it tells.
    #[inline(never)]
    pub(in crate::engine) fn hear_demand(&mut self, slot: u32) {
        let attempt = self.people.attempt(slot);
        let told = u32::from(std::mem::take(&mut attempt.active));
        let (caller, call) = (attempt.caller, attempt.call);
        if told > 0
            && self.people.get(caller).is_some()
            && let Some(at) = self.credits_of(caller.slot, call)
        {
            self.callers.guards().credits.at(at).told = told;
        }
    }

    /// The row of whoever has sent an attempt, and how many it wants to have under way at a
    /// service, as far as that was told.
    pub(in crate::engine) fn demand_of(&mut self, slot: u32) -> Option<(u32, u32)> {
        let attempt = self.people.attempt(slot);
        let (caller, call) = (attempt.caller, attempt.call);
        self.people.get(caller)?;
        match self.credits_of(caller.slot, call)? {
            at @ At::Row { number, .. } => {
                Some((number, self.callers.guards().credits.at(at).told))
            }
            At::User(_) => None,
        }
    }
}
