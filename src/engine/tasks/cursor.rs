//! Where a task stands, and who is above it: looked up, never changed.

use crate::engine::Sim;
use crate::engine::tasks::population::Role;
use crate::program::{CallId, Instruction, JourneyId};

impl Sim<'_> {
    /// The call step at which a task waits.
    #[inline]
    pub(in crate::engine) fn call_at(&self, slot: u32) -> CallId {
        match self.rules.program.code[self.people.task(slot).pc as usize] {
            Instruction::Call(call) => call,
            other => unreachable!("a request is made by a call, not {other:?}"),
        }
    }

    /// The attempt at the top of a task of an endpoint.
    #[inline]
    pub(in crate::engine) fn attempt_above(&self, slot: u32) -> u32 {
        match &self.people.task(slot).role {
            Role::Branch(b) => b.root.slot,
            Role::Attempt(_) | Role::Visitor(_) => slot,
        }
    }

    /// The task that waits for the steps of another, if there is one.
    pub(in crate::engine) fn around(&self, slot: u32) -> Option<u32> {
        let outer = match &self.people.task(slot).role {
            Role::Attempt(attempt) => attempt.caller,
            Role::Branch(branch) => branch.parent,
            Role::Visitor(_) => return None,
        };
        self.people.get(outer).map(|_| outer.slot)
    }

    /// The server that runs a task of an endpoint.
    #[inline]
    pub(in crate::engine) fn server_of(&self, slot: u32) -> u32 {
        match &self.people.task(self.attempt_above(slot)).role {
            Role::Attempt(a) => a.server,
            other => unreachable!("work on a server belongs to an attempt, not {other:?}"),
        }
    }

    /// The visitor at the top of a task, if there is one.
    #[inline(always)]
    pub(in crate::engine) fn visitor_above(&self, slot: u32) -> Option<u32> {
        match &self.people.task(slot).role {
            Role::Visitor(_) => Some(slot),
            Role::Attempt(_) => None,
            Role::Branch(b) => match &self.people.get(b.root)?.role {
                Role::Visitor(_) => Some(b.root.slot),
                Role::Attempt(_) | Role::Branch(_) => None,
            },
        }
    }

    /// The journey of a user.
    #[inline]
    pub(in crate::engine) fn journey_of(&self, slot: u32) -> JourneyId {
        match &self.people.task(slot).role {
            Role::Visitor(v) => self.rules.routes.sources[v.source].journey,
            other => unreachable!("a visitor was expected, not {other:?}"),
        }
    }
}
