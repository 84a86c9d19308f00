//! Attempts go by a connection that their caller keeps (semantics#connections): the one it has
//! open, else a new one, to the server that the balancer chooses at that instant.

use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::draws::OfAttempt;
use crate::engine::guards::links::{Link, Party};
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::population::Answer;
use crate::observation::MessageCounter;
use crate::program::{CallId, Connections};

impl Sim<'_> {
    /// How much later an attempt or a message sets out on the connection of its caller; nothing
    /// where it is turned away.
    #[inline(always)]
    pub(super) fn on_connection(&mut self, slot: u32, caller: u32) -> Option<Span> {
        let call = self.people.attempt(slot).call;
        match self.rules.routes.calls[call].watch.links() {
            true => self.bind(slot, caller),
            false => Some(Span(0)),
        }
    }

    /// An attempt or a message is gone; its caller learns at the timeout, if ever.
    pub(super) fn lose(&mut self, slot: u32) {
        self.message_ends(slot, MessageCounter::Undelivered);
        self.people.remove(slot);
    }

    /// An attempt of a caller is bound to a connection: how long the handshake still takes; nothing
    /// where no server accepts one, and the attempt is turned away.
    #[inline(never)]
    fn bind(&mut self, slot: u32, caller: u32) -> Option<Span> {
        let call = self.people.attempt(slot).call;
        let id = self.rules.program.calls[call].service;
        let (Some(keeper), Some(rule)) = (
            self.rules.routes.guards[call].links,
            &self.rules.settings.services[id].connections,
        ) else {
            return Some(Span(0));
        };
        let party = Party {
            slot: caller,
            id,
            keeper,
        };
        let links = self.open_links(party, rule).to_vec();
        let known = links
            .iter()
            .find(|link| !self.copy_is_at(slot, link.server))
            .map(|link| (link.server, link.ready));
        let found = match known {
            Some(found) => found,
            None => match self.choose_apart(slot, id) {
                Some(server) => self.connect((slot, server), (party, rule), &links)?,
                // No server is there: the attempt will find that out, or whoever has come by then.
                None => return Some(Span(0)),
            },
        };
        self.use_link(party);
        if !self.rules.is_message(call) {
            self.await_end_on_link(party);
        }
        self.people.task_mut(slot).doing = Doing::Travelling { to: found.0 };
        Some(Span((found.1.0 - self.now.0).max(0)))
    }

    /// A caller connects to a server for an attempt, unless it is connected there already.
    fn connect(
        &mut self,
        (slot, server): (u32, u32),
        (party, rule): (Party, &Connections),
        links: &[Link],
    ) -> Option<(u32, Time)> {
        if let Some(link) = links.iter().find(|link| link.server == server) {
            return Some((server, link.ready));
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
            return Some((server, ready));
        }
        self.count_guard(refused);
        let call = self.people.attempt(slot).call;
        self.find_no_connection(slot, (party.slot, call));
        None
    }

    /// An attempt finds no connection: its caller knows at once.
    fn find_no_connection(&mut self, slot: u32, (caller, call): (u32, CallId)) {
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
