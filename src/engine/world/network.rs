//! Messages between places: how long they take, and what a cut or a delay does to them.
//!
//! A message is affected by a cut in force at the instant it is sent. A kept one arrives at the
//! end of the cut, or later where the network takes longer.

use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::draws::{OfAttempt, OfFault};
use crate::program::{CutMessages, FaultKind, ServiceId, Site};
use crate::random::key::{Owner, Place};

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Way {
    /// From the caller.
    There,
    /// Back to the caller.
    Back,
}

impl Way {
    /// The draw of how long it takes.
    fn length(self) -> u32 {
        match self {
            Way::There => OfAttempt::There as u32,
            Way::Back => OfAttempt::Back as u32,
        }
    }

    /// The draws of whether a delay meets the message, and of how much later it arrives then.
    fn delay(self) -> [u32; 2] {
        match self {
            Way::There => [OfFault::Strikes as u32, OfFault::By as u32],
            Way::Back => [OfFault::StrikesBack as u32, OfFault::ByBack as u32],
        }
    }
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Passage {
    /// It arrives then.
    Arrives(Time),
    /// It never arrives.
    Lost,
    /// The sender is told, at that instant.
    TurnedAway(Time),
}

/// The faults of the network, and those in force.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Edges {
    /// Faults in force, by their number in the program, in the order of their beginning.
    active: Vec<u32>,
}

fn joins(a: Site, b: Site, x: Site, y: Site) -> bool {
    (a == x && b == y) || (a == y && b == x)
}

impl Edges {
    /// Whether no cut and no delay is in force.
    #[inline]
    pub(in crate::engine) fn are_calm(&self) -> bool {
        self.active.is_empty()
    }
}

impl Sim<'_> {
    /// A cut or a delay begins.
    pub(in crate::engine) fn begin_on_network(&mut self, fault: u32) {
        self.world.edges.active.push(fault);
        self.pending.disturb();
    }

    /// It ends.
    pub(in crate::engine) fn end_on_network(&mut self, fault: u32) {
        self.world.edges.active.retain(|&f| f != fault);
        if self.world.edges.are_calm() {
            self.pending.calm();
        }
    }

    /// One way over the network of a service, by the luck of an attempt.
    #[inline]
    pub(in crate::engine) fn network(
        &self,
        service: ServiceId,
        owner: Owner,
        path: Place,
        way: Way,
    ) -> Span {
        match &self.rules.settings.services[service].network {
            None => Span(0),
            Some(law) => match law.as_constant() {
                Some(secs) => Span::from_secs_f64(secs),
                None => law.span(self.rules.luck.uniform(owner, path, way.length())),
            },
        }
    }

    /// What becomes of a message between a caller's place and a service.
    #[inline]
    pub(in crate::engine) fn passage(
        &self,
        (from, service): (Site, ServiceId),
        (owner, path): (Owner, Place),
        way: Way,
    ) -> Passage {
        let at = self.now + self.network(service, owner, path, way);
        if self.world.edges.are_calm() {
            return Passage::Arrives(at);
        }
        self.disturbed((from, Site::Service(service)), (owner, path), (way, at))
    }

    #[cold]
    fn disturbed(
        &self,
        (from, to): (Site, Site),
        (owner, path): (Owner, Place),
        (way, mut at): (Way, Time),
    ) -> Passage {
        for &number in &self.world.edges.active {
            let fault = &self.rules.program.faults[number as usize];
            if let FaultKind::Delay { a, b, by, share } = &fault.kind
                && joins(*a, *b, from, to)
            {
                let (place, [strikes, later]) = (fault.place(path), way.delay());
                if self.rules.luck.uniform(owner, place, strikes) < *share {
                    at += by.span(self.rules.luck.uniform(owner, place, later));
                }
            }
        }
        for &number in &self.world.edges.active {
            let fault = &self.rules.program.faults[number as usize];
            if let FaultKind::Cut { a, b, messages } = fault.kind
                && joins(a, b, from, to)
            {
                return match messages {
                    CutMessages::Lost => Passage::Lost,
                    CutMessages::Refused => Passage::TurnedAway(at),
                    CutMessages::Kept => {
                        Passage::Arrives(at.max(self.uncut((from, to), fault.until)))
                    }
                };
            }
        }
        Passage::Arrives(at)
    }

    /// The end of a cut, or of those that carry it on.
    fn uncut(&self, (from, to): (Site, Site), until: Time) -> Time {
        let mut end = until;
        loop {
            let later = self
                .rules
                .program
                .faults
                .iter()
                .filter_map(|fault| match fault.kind {
                    FaultKind::Cut {
                        a,
                        b,
                        messages: CutMessages::Kept,
                    } if joins(a, b, from, to)
                        && self.begins(fault.from)
                        && fault.from <= end
                        && fault.until > end =>
                    {
                        Some(fault.until)
                    }
                    _ => None,
                });
            match later.max() {
                Some(later) => end = later,
                None => break,
            }
        }
        Time(end.0.saturating_sub(self.course.start.0))
    }
}
