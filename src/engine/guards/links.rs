//! Connections that callers keep to servers, and how many are open at each (semantics#connections).
//!
//! One idea: when a connection ends by the clock is looked up, by whoever wants to use it, or by
//! whoever finds a server full. What ends them at a server (a crash, an ejection) begins a new
//! epoch of the server; those of an older one are closed.

use crate::base::time::Time;
use crate::engine::Sim;
use crate::engine::guards::kept::{At, Kept, Remembered};
use crate::engine::tasks::label::Label;
use crate::program::{CallId, Connections, Keeper, ServiceId};

/// A connection of a caller.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Link {
    /// The server that it leads to, among all.
    pub(in crate::engine) server: u32,
    /// The epoch of the server in which it was opened.
    epoch: u32,
    /// When it was opened.
    opened: Time,
    /// When its handshake is over.
    pub(in crate::engine) ready: Time,
}

/// The connections of a caller to a service.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Linked {
    links: Vec<Link>,
    /// Attempts on them of which the caller awaits the end.
    under_way: u32,
    /// When one was last sent or ended.
    used: Time,
}

impl Linked {
    /// What is known of all of them.
    fn use_of(&self) -> Use {
        Use {
            under_way: self.under_way,
            used: self.used,
        }
    }
}

/// How a caller uses its connections.
#[derive(Clone, Copy, Debug)]
struct Use {
    under_way: u32,
    used: Time,
}

impl Use {
    /// From when on a connection is closed, as far as that is known now.
    fn end(self, link: &Link, rule: &Connections, now: Time) -> Time {
        let aged = rule.max_age.map_or(Time::NEVER, |age| link.opened + age);
        let unused = match (rule.keep, self.under_way) {
            (None, _) => Time::NEVER,
            (Some(keep), 0) => self.used + keep,
            (Some(keep), _) => now + keep,
        };
        aged.min(unused)
    }
}

/// The connections at a server.
#[derive(Clone, Copy, Debug, Default)]
struct AtServer {
    epoch: u32,
    /// Those of this epoch that are open, or whose end has not been looked up yet.
    open: u32,
    /// Until then none of them ends by the clock.
    calm_until: Time,
}

/// All connections.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Links {
    kept: Kept<Linked>,
    /// Of each server, by its number among all.
    servers: Vec<AtServer>,
}

impl Links {
    /// None are open yet; so many callers have a place of their own.
    pub(super) fn new(states: u32) -> Self {
        Self {
            kept: Kept::new(states),
            servers: Vec::new(),
        }
    }

    fn at_server(&mut self, index: u32) -> &mut AtServer {
        let index = index as usize;
        if self.servers.len() <= index {
            self.servers.resize(index + 1, AtServer::default());
        }
        &mut self.servers[index]
    }

    /// All connections to a server end.
    pub(in crate::engine) fn shut(&mut self, index: u32) {
        let Some(server) = self.servers.get_mut(index as usize) else {
            return;
        };
        if server.open > 0 {
            (server.epoch, server.open) = (server.epoch.wrapping_add(1), 0);
        }
    }

    /// All connections of a server in this life end.
    pub(in crate::engine) fn hang_up(&mut self, (number, life): (u32, u32)) {
        let caller = self.kept.at(At::Row { number, life });
        let links = std::mem::take(&mut caller.links);
        caller.under_way = 0;
        self.count_off(&links);
    }

    /// A user has left for good.
    pub(super) fn forget(&mut self, state: u32) {
        let links = std::mem::take(&mut self.kept.at(At::User(state)).links);
        self.count_off(&links);
        self.kept.forget(state);
    }

    fn count_off(&mut self, links: &[Link]) {
        for link in links {
            let server = self.at_server(link.server);
            if server.epoch == link.epoch {
                server.open = server.open.saturating_sub(1);
            }
        }
    }

    /// How many a caller has open now, when those that have ended are closed.
    fn look(&mut self, at: At, rule: &Connections, now: Time) -> u32 {
        let Self { kept, servers } = self;
        let caller = kept.at(at);
        let known = caller.use_of();
        caller.links.retain(|link| {
            let Some(server) = servers.get_mut(link.server as usize) else {
                return false;
            };
            let is_open = server.epoch == link.epoch;
            let stays = is_open && now < known.end(link, rule, now);
            if is_open && !stays {
                server.open = server.open.saturating_sub(1);
            }
            stays
        });
        caller.links.len() as u32
    }

    /// How many are open at a server now.
    fn open_at(&mut self, index: u32, rule: &Connections, now: Time) -> u32 {
        let server = *self.at_server(index);
        let most = rule.at_most.unwrap_or(u32::MAX);
        if server.open < most || now < server.calm_until {
            return server.open;
        }
        let mut calm_until = Time::NEVER;
        let mut ended = 0;
        for caller in self.kept.iter_mut() {
            let known = caller.use_of();
            caller.links.retain(|link| {
                if link.server != index || link.epoch != server.epoch {
                    return true;
                }
                let end = known.end(link, rule, now);
                let stays = now < end;
                match stays {
                    true => calm_until = calm_until.min(end),
                    false => ended += 1,
                }
                stays
            });
        }
        let server = self.at_server(index);
        server.open -= ended;
        server.calm_until = calm_until;
        server.open
    }

    /// Bytes in use, for the memory limit.
    pub(super) fn bytes(&self) -> usize {
        let of = |caller: &Linked| caller.links.capacity() * size_of::<Link>();
        self.kept.bytes(of) + self.servers.capacity() * size_of::<AtServer>()
    }
}

/// Whose connections, and to which service.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Party {
    /// A task of the caller.
    pub(in crate::engine) slot: u32,
    /// The service.
    pub(in crate::engine) id: ServiceId,
    /// Who keeps them.
    pub(in crate::engine) keeper: Keeper,
}

impl Sim<'_> {
    fn links_of(&mut self, party: Party) -> At {
        let what = Remembered::Links(party.id);
        match self.remembers(party.slot, what, party.keeper) {
            Some(at) => at,
            None => {
                let state = self.callers.guards().links.kept.begin(Linked::default());
                self.remember(party.slot, what, state)
            }
        }
    }

    /// How many connections a caller has open now.
    pub(in crate::engine) fn open_links(&mut self, party: Party, rule: &Connections) -> u32 {
        let (at, now) = (self.links_of(party), self.now);
        self.callers.guards().links.look(at, rule, now)
    }

    /// One of the open connections of a caller, the oldest first.
    pub(in crate::engine) fn link(&mut self, party: Party, number: u32) -> Link {
        let at = self.links_of(party);
        self.callers.guards().links.kept.at(at).links[number as usize]
    }

    /// A caller opens a connection to a server, whose handshake is over then; false where that
    /// has as many as it accepts.
    pub(in crate::engine) fn open_link(
        &mut self,
        party: Party,
        (server, ready): (u32, Time),
        rule: &Connections,
    ) -> bool {
        let (at, now) = (self.links_of(party), self.now);
        let links = &mut self.callers.guards().links;
        let most = rule.at_most.unwrap_or(u32::MAX);
        if links.open_at(server, rule, now) >= most {
            return false;
        }
        let here = links.at_server(server);
        here.open += 1;
        let link = Link {
            server,
            epoch: here.epoch,
            opened: now,
            ready,
        };
        links.kept.at(at).links.push(link);
        true
    }

    /// A caller sends an attempt or a message on one of its connections.
    pub(in crate::engine) fn use_link(&mut self, party: Party) {
        let (at, now) = (self.links_of(party), self.now);
        self.callers.guards().links.kept.at(at).used = now;
    }

    /// The end of what it sends is awaited.
    pub(in crate::engine) fn await_end_on_link(&mut self, party: Party) {
        let at = self.links_of(party);
        self.callers.guards().links.kept.at(at).under_way += 1;
    }

    /// An attempt on a connection has ended for its caller.
    #[inline(never)]
    pub(in crate::engine) fn links_hear(&mut self, party: Party) {
        let now = self.now;
        let what = Remembered::Links(party.id);
        if let Some(at) = self.remembers(party.slot, what, party.keeper) {
            let caller = self.callers.guards().links.kept.at(at);
            caller.under_way = caller.under_way.saturating_sub(1);
            caller.used = now;
        }
    }

    /// An attempt that its guards have let go finds no connection: they take back what they gave.
    pub(in crate::engine) fn give_back_to_all(&mut self, slot: u32, call: CallId, label: Label) {
        let asker = super::asking::Asker { slot, call, label };
        self.give_back_to_breaker((slot, call));
        self.give_back_before_breaker(asker);
    }
}
