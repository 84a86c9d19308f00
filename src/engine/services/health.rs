//! What keeps a balancer from servers: checks that are missed, and ejection after failures in a row
//! (semantics#health). Services with neither never come here.

use crate::base::slab::Ticket;
use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind, NO_EVENT, Number};
use crate::engine::services::server::Server;
use crate::program::ServiceId;

/// The longest ejection.
const LONGEST: Span = Span(300 * 1_000_000_000);

/// How a check or an attempt has fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Fared {
    /// It was answered; the attempt ended ok.
    Well,
    /// It was not.
    Badly,
}

/// What a balancer thinks of a server.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Standing {
    /// It has answered its checks, as far as they are known.
    healthy: bool,
    /// Checks in a row that say otherwise.
    against: u32,
    /// Failures of attempts in a row.
    failures: u32,
    /// Ejections, of which those long ago are forgotten.
    ejections: u32,
    /// The end of the ejection.
    ejected: Number,
    /// When the last one ended.
    returned: Time,
    /// The check under way, of one that asks an endpoint.
    asked: Ticket,
    /// When its time is over.
    due: Time,
    /// When its answer is there.
    answered: Time,
}

impl Standing {
    /// Whether a server is left out after failures in a row.
    pub(super) fn is_out(server: &Server) -> bool {
        server.standing.ejected != NO_EVENT
    }

    /// Nothing speaks against it.
    pub(super) const GOOD: Self = Self {
        healthy: true,
        against: 0,
        failures: 0,
        ejections: 0,
        ejected: NO_EVENT,
        returned: Time(0),
        asked: Ticket::NONE,
        due: Time::NEVER,
        answered: Time::NEVER,
    };

    /// A check is under way whose time is over then, or none is.
    fn ask(&mut self, asked: Ticket, due: Time) {
        (self.asked, self.due, self.answered) = (asked, due, Time::NEVER);
    }
}

impl Sim<'_> {
    /// The checks of a service begin, if it has any and none are under way.
    pub(super) fn begin_checks(&mut self, id: ServiceId) {
        let Some(health) = self.rules.settings.services[id].health else {
            return;
        };
        if self.services.stations[id].check == NO_EVENT {
            let at = self.now + health.every;
            let check = self.agenda.at(at, Group::Change, Kind::Check, id.0);
            self.services.stations[id].check = check;
        }
    }

    /// The servers of a service are checked; false when the event was stale.
    pub(in crate::engine) fn check_servers(&mut self, service: u32, number: Number) -> bool {
        let id = ServiceId(service);
        if self.services.stations[id].check != number {
            return false;
        }
        self.services.stations[id].check = NO_EVENT;
        let Some(health) = self.rules.settings.services[id].health else {
            self.trust_all(id);
            return true;
        };
        self.begin_checks(id);
        if self.rules.program.services[id].check.is_some() {
            return true;
        }
        let first = self.services.stations[id].first;
        for index in first..first + self.services.stations[id].most {
            let server = &self.services.servers[index as usize];
            if server.answers_checks() {
                self.hear_check(index, Fared::Well);
            } else if server.is_known() {
                let at = self.now + health.timeout;
                self.agenda.at(at, Group::Change, Kind::Missed, index);
            }
        }
        true
    }

    /// Without checks, every server is as good as any other.
    fn trust_all(&mut self, id: ServiceId) {
        let station = &self.services.stations[id];
        let range = station.first as usize..(station.first + station.most) as usize;
        for server in &mut self.services.servers[range] {
            (server.standing.healthy, server.standing.against) = (true, 0);
        }
        self.servers_changed(id);
    }

    /// A check has not been answered in time; of one that asks an endpoint, the answer is there or
    /// its time is over.
    pub(in crate::engine) fn check_missed(&mut self, index: u32) {
        let server = &mut self.services.servers[index as usize];
        if self.rules.program.services[server.service].check.is_none() {
            self.hear_check(index, Fared::Badly);
            return;
        }
        let standing = &mut server.standing;
        let how = if self.now >= standing.answered {
            Fared::Well
        } else if self.now >= standing.due {
            Fared::Badly
        } else {
            return;
        };
        standing.ask(Ticket::NONE, Time::NEVER);
        self.hear_check(index, how);
    }

    /// A check is under way to a server: what was asked before and has not been answered is over.
    pub(in crate::engine) fn check_asks(&mut self, index: u32, asked: Ticket) {
        let standing = &self.services.servers[index as usize].standing;
        if standing.due != Time::NEVER {
            self.check_missed(index);
        }
        let server = &mut self.services.servers[index as usize];
        let Some(health) = self.rules.settings.services[server.service].health else {
            return;
        };
        let due = self.now + health.timeout;
        server.standing.ask(asked, due);
        self.agenda.at(due, Group::Change, Kind::Missed, index);
    }

    /// The work that a check asked for is done at a server: its answer arrives so much later.
    pub(in crate::engine) fn check_done(&mut self, index: u32, asked: Ticket, late: Span) {
        let at = self.now + late;
        let standing = &mut self.services.servers[index as usize].standing;
        if standing.asked == asked && at <= standing.due {
            standing.answered = at;
            self.agenda.at(at, Group::Change, Kind::Missed, index);
        }
    }

    fn hear_check(&mut self, index: u32, how: Fared) {
        let good = how == Fared::Well;
        let server = &mut self.services.servers[index as usize];
        let id = server.service;
        let Some(health) = self.rules.settings.services[id].health else {
            return;
        };
        let standing = &mut server.standing;
        if standing.healthy == good {
            standing.against = 0;
            return;
        }
        standing.against += 1;
        let most = if good { health.rise } else { health.fall };
        if standing.against >= most {
            (standing.healthy, standing.against) = (good, 0);
            if !good {
                self.count_health(id);
            }
            self.servers_changed(id);
        }
    }

    fn count_health(&mut self, id: ServiceId) {
        let [fallen, _] = self.rules.program.services[id].standing;
        self.rec.tally(fallen, self.now);
    }

    /// An attempt at a server has ended, ok or not, as its caller knows now.
    #[inline(never)]
    pub(in crate::engine) fn hear_of_server(&mut self, index: u32, how: Fared) {
        let Some(server) = self.services.servers.get_mut(index as usize) else {
            return;
        };
        let id = server.service;
        let Some(eject) = self.rules.settings.services[id].eject else {
            return;
        };
        if how == Fared::Well {
            server.standing.failures = 0;
            return;
        }
        server.standing.failures += 1;
        let is_out = server.standing.ejected != NO_EVENT;
        if server.standing.failures < eject.consecutive || is_out || !server.is_eligible() {
            return;
        }
        let station = &self.services.stations[id];
        let range = station.first as usize..(station.first + station.most) as usize;
        let there = || self.services.servers[range.clone()].iter();
        let all = there().filter(|s| s.is_eligible()).count();
        let out = there().filter(|s| s.standing.ejected != NO_EVENT).count();
        if out + 1 > ((eject.at_most * all as f64 + 1e-9) as usize).max(1) {
            return;
        }
        self.eject(index, (eject.base, eject.interval));
    }

    /// A server is left out for a while.
    fn eject(&mut self, index: u32, (base, interval): (Span, Span)) {
        let now = self.now;
        let standing = &mut self.services.servers[index as usize].standing;
        let calm = (now - standing.returned).0 / interval.0.max(1);
        let forgotten = u32::try_from(calm).unwrap_or(u32::MAX);
        standing.ejections = standing.ejections.saturating_sub(forgotten) + 1;
        standing.failures = 0;
        let span = base.0.saturating_mul(i64::from(standing.ejections));
        let at = now + Span(span.min(LONGEST.0.max(base.0)));
        let event = self.agenda.at(at, Group::Change, Kind::Ejected, index);
        let server = &mut self.services.servers[index as usize];
        server.standing.ejected = event;
        let id = server.service;
        let [_, ejected] = self.rules.program.services[id].standing;
        self.rec.tally(ejected, now);
        self.servers_changed(id);
    }

    /// An ejection is over; false when the event was stale.
    pub(in crate::engine) fn ejection_ends(&mut self, index: u32, number: Number) -> bool {
        let now = self.now;
        let server = &mut self.services.servers[index as usize];
        if server.standing.ejected != number {
            return false;
        }
        (server.standing.ejected, server.standing.returned) = (NO_EVENT, now);
        let id = server.service;
        self.servers_changed(id);
        true
    }

    /// Of the servers that a balancer would know, those that it uses: not the ejected nor those
    /// that miss their checks, unless too few would be left.
    #[inline(never)]
    pub(super) fn leave_out_the_bad(&mut self, id: ServiceId) {
        let settings = &self.rules.settings.services[id];
        let station = &mut self.services.stations[id];
        let first = station.first;
        let standing = |number: u32| self.services.servers[(first + number) as usize].standing;
        if let Some(health) = settings.health {
            let least = health.panic * station.eligible.len() as f64;
            let good = |number: &u32| standing(*number).healthy;
            let left = station.eligible.iter().filter(|n| good(n)).count();
            if left as f64 + 1e-9 >= least {
                station.eligible.retain(good);
            }
        }
        if let Some(eject) = settings.eject {
            let least = eject.panic * station.eligible.len() as f64;
            let stays = |number: &u32| standing(*number).ejected == NO_EVENT;
            let left = station.eligible.iter().filter(|n| stays(n)).count();
            if left as f64 + 1e-9 >= least {
                station.eligible.retain(stays);
            }
        }
    }
}
