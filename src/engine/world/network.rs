//! Messages between places: how long they take, and what a cut or a delay does to them.
//!
//! A message is affected by a cut in force at the instant it is sent. A kept one arrives at the
//! end of the cut, or later where the network takes longer.

use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind};
use crate::engine::draws::{OfAttempt, OfFault};
use crate::engine::record::recorder::Change;
use crate::engine::services::harm::Blow;
use crate::engine::tasks::population::{Answer, Role};
use crate::observation::MessageCounter;
use crate::program::{CutMessages, Edge, FaultKind, ServiceId, Site};
use crate::random::key::{Owner, Place};

/// How often a lost message is sent again at most (Linux, `tcp_retries2`).
const SENT_AGAIN: u32 = 15;

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Way {
    /// From the caller.
    There,
    /// Back to the caller.
    Back,
    /// From a server to another of its service.
    Across,
}

impl Way {
    /// The draw of how long it takes.
    fn length(self) -> u32 {
        match self {
            Way::There => OfAttempt::There as u32,
            Way::Back => OfAttempt::Back as u32,
            Way::Across => OfAttempt::Across as u32,
        }
    }

    /// The draws of whether a delay meets the message, and of how much later it arrives then.
    fn delay(self) -> [u32; 2] {
        match self {
            Way::There | Way::Across => [OfFault::Strikes as u32, OfFault::By as u32],
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
    /// The sender is told of an error, at that instant.
    Fails(Time),
}

/// The faults of the network, and those in force.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Edges {
    /// Occurrences of faults in force, in the order of their beginning.
    active: Vec<Blow>,
    /// How many of them mean single servers.
    single: u32,
    /// Narrow lines: of which occurrence, and from when on each way is free.
    lines: Vec<(u32, [Time; 2])>,
}

impl Edges {
    /// Whether none of them means single servers.
    #[inline]
    pub(in crate::engine) fn reach_all_servers(&self) -> bool {
        self.single == 0
    }

    /// Whether no cut and no delay is in force.
    #[inline]
    pub(in crate::engine) fn are_calm(&self) -> bool {
        self.active.is_empty()
    }
}

impl Sim<'_> {
    /// A cut or a delay begins.
    pub(in crate::engine) fn begin_on_network(&mut self, blow: Blow) {
        self.world.edges.active.push(blow);
        self.world.edges.lines.push((blow.id, [self.now; 2]));
        self.single_out(blow, Change::More);
        self.pending.disturb();
    }

    /// It ends.
    pub(in crate::engine) fn end_on_network(&mut self, blow: Blow) {
        let before = self.world.edges.active.len();
        self.world.edges.active.retain(|one| *one != blow);
        if self.world.edges.active.len() < before {
            self.world.edges.lines.retain(|line| line.0 != blow.id);
            self.single_out(blow, Change::Less);
        }
        if self.world.edges.are_calm() {
            self.pending.calm();
        }
    }

    /// An occurrence that may mean a single server begins or ends.
    fn single_out(&mut self, blow: Blow, by: Change) {
        let kind = &self.rules.program.faults[blow.fault as usize].kind;
        let (FaultKind::Cut { edge, .. } | FaultKind::Delay { edge, .. }) = kind else {
            return;
        };
        let (Some(number), Site::Service(id)) = (edge.server, edge.b) else {
            return;
        };
        match by {
            Change::More => self.world.edges.single += 1,
            Change::Less => self.world.edges.single -= 1,
        }
        if matches!(kind, FaultKind::Cut { .. }) && edge.to {
            self.cut_off((id, number), by);
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

    /// What becomes of a message of an attempt, between its caller, if that is still there, and the
    /// service.
    #[inline]
    pub(in crate::engine) fn passage(
        &mut self,
        (slot, caller): (u32, Option<u32>),
        (from, service): (Site, ServiceId),
        way: Way,
    ) -> Passage {
        let task = self.people.task(slot);
        let at = self.now + self.network(service, task.owner, task.path, way);
        if self.world.edges.are_calm() {
            return Passage::Arrives(at);
        }
        self.disturbed((slot, caller), (from, service), (way, at))
    }

    #[cold]
    fn disturbed(
        &mut self,
        (slot, caller): (u32, Option<u32>),
        (from, service): (Site, ServiceId),
        (way, at): (Way, Time),
    ) -> Passage {
        if way == Way::There
            && let Some(passage) = self.at_dependency(slot, service, at)
        {
            return passage;
        }
        let number = |slot| self.server_number(slot);
        let caller = caller.or_else(|| self.caller_of(slot));
        let asks = (from, caller.and_then(number));
        let asked = (Site::Service(service), number(slot));
        let journey = match way {
            Way::There | Way::Across => [asks, asked],
            Way::Back => [asked, asks],
        };
        match self.met(slot, &|edge| edge.meets(journey), (way, at)) {
            Passage::Arrives(at) => Passage::Arrives(at + self.in_line(journey)),
            passage => passage,
        }
    }

    /// What becomes of an attempt at a service that fails its callers, if it does.
    fn at_dependency(&self, slot: u32, asked: ServiceId, at: Time) -> Option<Passage> {
        let (owner, path) = (self.people.task(slot).owner, self.people.task(slot).path);
        for blow in &self.world.edges.active {
            let fault = &self.rules.program.faults[blow.fault as usize];
            let FaultKind::Dependency {
                service,
                errors,
                hangs,
            } = fault.kind
            else {
                continue;
            };
            let place = fault.place(path, blow.turn);
            let u = self
                .rules
                .luck
                .uniform(owner, place, OfFault::Strikes as u32);
            if service == asked && u < errors {
                return Some(Passage::Fails(
                    at + self.network(asked, owner, path, Way::Back),
                ));
            }
            if service == asked && u < errors + hangs {
                return Some(Passage::Lost);
            }
        }
        None
    }

    /// How long a message waits for narrow lines, and takes to pass them.
    fn in_line(&mut self, journey: [(Site, Option<u32>); 2]) -> Span {
        let mut late = Span(0);
        for blow in &self.world.edges.active {
            let fault = &self.rules.program.faults[blow.fault as usize];
            let FaultKind::Bandwidth { edge, each } = &fault.kind else {
                continue;
            };
            if !edge.meets(journey) {
                continue;
            }
            let lines = &mut self.world.edges.lines;
            if let Some((_, free)) = lines.iter_mut().find(|line| line.0 == blow.id) {
                let free = &mut free[usize::from(edge.a == journey[0].0)];
                *free = (*free).max(self.now) + *each;
                late += *free - self.now;
            }
        }
        late
    }

    /// How late a message is that is lost so often, each time with this share; nothing if it is
    /// given up.
    fn sent_again(u: f64, share: f64, delay: Span) -> Option<Span> {
        let (mut late, mut next, mut chance) = (Span(0), delay, share);
        for _ in 0..SENT_AGAIN {
            if u >= chance {
                return Some(late);
            }
            late += next;
            next = next * 2;
            chance *= share;
        }
        None
    }

    /// What the disturbances in force make of a message, of those that mean it.
    fn met(&self, slot: u32, meets: &dyn Fn(&Edge) -> bool, (way, mut at): (Way, Time)) -> Passage {
        let (owner, path) = (self.people.task(slot).owner, self.people.task(slot).path);
        let active = &self.world.edges.active;
        for blow in active {
            let fault = &self.rules.program.faults[blow.fault as usize];
            if let FaultKind::Delay { edge, by, share } = &fault.kind
                && meets(edge)
            {
                let (place, [strikes, later]) = (fault.place(path, blow.turn), way.delay());
                if self.rules.luck.uniform(owner, place, strikes) < *share {
                    at += by.span(self.rules.luck.uniform(owner, place, later));
                }
            }
            if let FaultKind::Loss { edge, share, delay } = &fault.kind
                && meets(edge)
            {
                let place = fault.place(path, blow.turn);
                let u = self.rules.luck.uniform(owner, place, way.delay()[0]);
                match Self::sent_again(u, *share, *delay) {
                    Some(late) => at += late,
                    None => return Passage::Lost,
                }
            }
        }
        for blow in active {
            let fault = &self.rules.program.faults[blow.fault as usize];
            if let FaultKind::Cut { edge, messages } = &fault.kind
                && meets(edge)
            {
                return match messages {
                    CutMessages::Lost => Passage::Lost,
                    CutMessages::Refused => Passage::TurnedAway(at),
                    CutMessages::Kept => {
                        let until = self.world.calendar.end(blow.id);
                        Passage::Arrives(at.max(self.uncut(meets, until)))
                    }
                };
            }
        }
        Passage::Arrives(at)
    }

    /// Who waits for the answer of an attempt, if anybody does.
    fn caller_of(&self, slot: u32) -> Option<u32> {
        match &self.people.task(slot).role {
            Role::Attempt(a) if !a.caller.is_none() => Some(a.caller.slot),
            _ => None,
        }
    }

    /// The number of the server at which a task is, within its service.
    fn server_number(&self, slot: u32) -> Option<u32> {
        let task = self.people.task(self.attempt_above(slot));
        match &task.role {
            Role::Attempt(a) if a.server != u32::MAX => Some(self.services.server(a.server).number),
            _ => None,
        }
    }

    /// An attempt has come to the server that the balancer has chosen: whether a disturbance that
    /// means single servers keeps it from there, and then what becomes of it.
    #[cold]
    pub(in crate::engine) fn kept_from(&mut self, slot: u32, index: u32) -> bool {
        let step = &self.rules.program.calls[self.people.attempt(slot).call];
        let (from, service, message) = (step.from, step.service, step.message);
        let number = Some(self.services.server(index).number);
        let to = (Site::Service(service), number);
        let meets = |edge: &Edge| {
            edge.b == Site::Service(service) && edge.server.is_some() && {
                edge.meets([(from, None), to])
            }
        };
        match self.met(slot, &meets, (Way::There, self.now)) {
            Passage::Arrives(at) if at == self.now => return false,
            Passage::Arrives(at) => {
                self.people.attempt(slot).server = index;
                let event = self.agenda.at(at, Group::Arrival, Kind::Attempt, slot);
                self.people.task_mut(slot).awaits = event;
            }
            Passage::TurnedAway(at) if !message => {
                self.count_cut_off(index);
                self.people.attempt(slot).answer = Answer::Refused;
                let number = self.agenda.number();
                self.answer_at(slot, at, number);
            }
            Passage::Lost | Passage::TurnedAway(_) | Passage::Fails(_) => {
                self.count_cut_off(index);
                self.message_ends(slot, MessageCounter::Undelivered);
                self.people.remove(slot);
            }
        }
        true
    }

    /// The end of a cut, or of those that carry it on.
    fn uncut(&self, meets: &dyn Fn(&Edge) -> bool, until: Time) -> Time {
        let mut end = until;
        loop {
            let faults = &self.rules.program.faults;
            let windows = self.world.calendar.windows();
            let later = windows.filter_map(|(fault, begin, until)| {
                let is_next = begin <= end && until > end && self.begins(begin);
                match &faults[fault as usize].kind {
                    FaultKind::Cut {
                        edge,
                        messages: CutMessages::Kept,
                    } if is_next && meets(edge) => Some(until),
                    _ => None,
                }
            });
            match later.max() {
                Some(later) => end = later,
                None => break,
            }
        }
        Time(end.0.saturating_sub(self.course.start.0))
    }
}
