//! Attempts whose server is known when they are sent: by a connection that their caller keeps
//! (semantics#connections), the one it has open, else a new one; or because the caller heeds what
//! that server has told it (semantics#told). The balancer chooses at that instant.

use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind};
use crate::engine::callers::caller::Told;
use crate::engine::draws::OfAttempt;
use crate::engine::guards::advice::Word;
use crate::engine::guards::links::{Link, Party};
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::population::Answer;
use crate::engine::world::network::{Passage, Way};
use crate::observation::MessageCounter;
use crate::program::{CallId, Connections};

impl Sim<'_> {
    /// Sends an attempt or a message on its way.
    pub(super) fn travel(&mut self, slot: u32, caller: u32) {
        if let Some(late) = self.on_aim(slot, caller) {
            self.depart(slot, caller, late);
        }
    }

    /// An attempt or a message leaves, so much later, for the server that it is aimed at.
    #[inline(always)]
    pub(super) fn depart(&mut self, slot: u32, caller: u32, late: Span) {
        let call = self.people.attempt(slot).call;
        let step = &self.rules.program.calls[call];
        match self.passage((slot, Some(caller)), (step.from, step.service), Way::There) {
            Passage::Arrives(at) => {
                if self.rules.routes.calls[call].desk.tells && !self.heeds_levels(step.service) {
                    self.tell_demand(slot, caller);
                }
                let event = self
                    .agenda
                    .at(at + late, Group::Arrival, Kind::Attempt, slot);
                self.people.task_mut(slot).awaits = event;
            }
            Passage::Lost => self.lose(slot),
            Passage::TurnedAway(_) | Passage::Fails(_) if step.message => self.lose(slot),
            Passage::Fails(at) => {
                self.people.attempt(slot).answer = Answer::Error;
                let number = self.agenda.number();
                self.answer_at(slot, at, number);
            }
            Passage::TurnedAway(at) => {
                self.people.attempt(slot).answer = Answer::Refused;
                let number = self.agenda.number();
                self.answer_at(slot, at, number);
            }
        }
    }

    /// How much later an attempt or a message sets out for a server that is known when it is sent;
    /// nothing where it is turned away.
    #[inline(always)]
    pub(super) fn on_aim(&mut self, slot: u32, caller: u32) -> Option<Span> {
        let call = self.people.attempt(slot).call;
        match self.rules.routes.calls[call].watch.aims() {
            true => self.aim(slot, caller),
            false => Some(Span(0)),
        }
    }

    /// An attempt is sent when its caller has a credit for it, and then gets its server.
    #[inline(never)]
    fn aim(&mut self, slot: u32, caller: u32) -> Option<Span> {
        let call = self.people.attempt(slot).call;
        if !self.takes_credit((slot, caller), call) {
            return None;
        }
        let late = self.aim_at_server(slot, caller);
        if late.is_none() {
            self.credit_comes_back((caller, call));
        }
        late
    }

    /// A caller hears what a server tells with the answer to an attempt.
    #[inline(never)]
    pub(super) fn hear_advice(&mut self, told: Told, (server, word): (u32, Word)) {
        let id = self.rules.program.calls[told.call].service;
        let (Some(keeper), Some(number)) =
            (self.rules.routes.guards[told.call].told, word.number())
        else {
            return;
        };
        if self.people.get(told.caller).is_none() {
            return;
        }
        if self.heeds_levels(id) {
            self.hear_word(told.caller.slot, (id, keeper), (server, word));
        } else if let Some(at) = self.credits_of(told.caller.slot, told.call) {
            let servers = self.services.station(id).most;
            let credits = self.callers.guards().credits().at(at);
            credits.hear((server, servers), number);
            self.spend_credits(at);
        }
    }

    /// An attempt or a message is gone; its caller learns at the timeout, if ever.
    pub(super) fn lose(&mut self, slot: u32) {
        self.message_ends(slot, MessageCounter::Undelivered);
        self.people.remove(slot);
    }

    /// An attempt of a caller gets its server: that of a connection, else the one that the balancer
    /// chooses. How long a handshake still takes; nothing where no server accepts a connection, or
    /// the caller knows that this one would refuse: the attempt is turned away.
    #[inline(never)]
    pub(super) fn aim_at_server(&mut self, slot: u32, caller: u32) -> Option<Span> {
        let call = self.people.attempt(slot).call;
        let id = self.rules.program.calls[call].service;
        let guards = self.rules.routes.guards[call];
        let rule = self.rules.settings.services[id].connections.as_ref();
        let bound = guards.links.zip(rule).map(|(keeper, rule)| {
            let party = Party {
                slot: caller,
                id,
                keeper,
            };
            (party, rule)
        });
        let heeds = guards.told.filter(|_| self.heeds_levels(id));
        if bound.is_none() && heeds.is_none() {
            return Some(Span(0));
        }
        let known = bound.and_then(|bound| self.known_link(slot, bound));
        let chosen = match known {
            Some(link) => Some(link.server),
            None => self.choose_apart(slot, id),
        };
        // Where no server is there, the attempt will find that out, or whoever has come by then.
        let Some(server) = chosen else {
            return Some(Span(0));
        };
        if let Some(keeper) = heeds
            && !self.heeds((slot, caller), (id, keeper), server)
        {
            self.stop_before_sending(slot, (caller, call));
            return None;
        }
        let ready = match (bound, known) {
            (None, _) => self.now,
            (Some(_), Some(link)) => link.ready,
            (Some(bound), None) => self.connect((slot, server), bound)?,
        };
        if let Some((party, _)) = bound {
            self.use_link(party);
            if !self.rules.is_message(call) {
                self.await_end_on_link(party);
            }
        }
        self.people.task_mut(slot).doing = Doing::Travelling { to: server };
        Some(Span((ready.0 - self.now.0).max(0)))
    }

    /// The oldest open connection of a caller to a server without a copy of the same request.
    fn known_link(&mut self, slot: u32, (party, rule): (Party, &Connections)) -> Option<Link> {
        let open = self.open_links(party, rule);
        for number in 0..open {
            let link = self.link(party, number);
            if !self.copy_is_at(slot, link.server) {
                return Some(link);
            }
        }
        None
    }

    /// A caller connects to a server for an attempt, unless it is connected there already: when
    /// the handshake is over.
    fn connect(
        &mut self,
        (slot, server): (u32, u32),
        (party, rule): (Party, &Connections),
    ) -> Option<Time> {
        let open = self.open_links(party, rule);
        let mut all = (0..open).map(|n| self.link(party, n));
        if let Some(link) = all.find(|link| link.server == server) {
            return Some(link.ready);
        }
        let task = self.people.task(slot);
        let u = || {
            let draw = OfAttempt::Handshake as u32;
            self.rules.luck.uniform(task.owner, task.path, draw)
        };
        let handshake = rule.handshake.as_ref().map_or(Span(0), |law| law.span(u()));
        let ready = self.now + handshake;
        let [opened, refused] = self.rules.program.services[party.id].connections;
        if self.open_link(party, (server, ready), rule) {
            self.count_guard(opened);
            return Some(ready);
        }
        self.count_guard(refused);
        let call = self.people.attempt(slot).call;
        self.stop_before_sending(slot, (party.slot, call));
        None
    }

    /// An attempt finds no connection, or would be refused: its caller knows at once.
    pub(super) fn stop_before_sending(&mut self, slot: u32, (caller, call): (u32, CallId)) {
        if self.rules.is_message(call) {
            self.lose(slot);
            return;
        }
        let label = self.people.task(slot).label;
        self.give_back_to_all(caller, call, label);
        self.people.attempt(slot).answer = Answer::Stopped;
        let number = self.agenda.number();
        self.answer_at(slot, self.now, number);
    }
}
