//! Servers that fail at random, each by a clock of its own (semantics#faults).
//!
//! The clock of a server runs only while it is up and unharmed by this fault: what is left of it
//! stays when the server goes down for another reason. The n-th failure of a server and the n-th
//! repair have draws n, so that another law of repair moves no failure but by what is up.

use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind, NO_EVENT, Number};
use crate::engine::draws::OfOccurrence;
use crate::engine::services::harm::Blow;
use crate::observation::Unplanned;
use crate::program::{Begins, Fault, ServiceId};

/// Numbers of breakdowns among all occurrences: far from those by the clock.
const AT_RANDOM: u32 = 1 << 31;

/// What a fault that strikes at random does with one server.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Breakdown {
    /// The server, among all.
    server: u32,
    /// The fault.
    fault: u32,
    /// Failures that are over.
    turn: u32,
    /// What is left until it fails; drawn when the clock first runs.
    left: Option<Span>,
    /// When the clock ends that runs.
    until: Time,
    /// Its event.
    event: Number,
    /// The fault is upon the server.
    broken: bool,
}

impl Sim<'_> {
    /// Sets a clock for every server of every fault that strikes at random.
    pub(in crate::engine) fn open_breakdowns(&mut self) {
        let program = self.rules.program;
        for (number, fault) in program.faults.iter().enumerate() {
            let (Begins::Random { .. }, [on]) = (&fault.begins, fault.targets()) else {
                continue;
            };
            let station = &self.services.stations[on.service];
            let servers = station.first..station.first + station.most;
            self.services
                .breakdowns
                .extend(servers.map(|server| Breakdown {
                    server,
                    fault: number as u32,
                    turn: 0,
                    left: None,
                    until: Time(0),
                    event: NO_EVENT,
                    broken: false,
                }));
        }
        let all = &mut self.services.breakdowns;
        all.sort_by_key(|breakdown| (breakdown.server, breakdown.fault));
        for id in program.services.ids() {
            self.run_breakdowns(id);
        }
    }

    /// Servers of a service may have come up or gone down: their clocks run, or stand still.
    #[cold]
    pub(in crate::engine) fn run_breakdowns(&mut self, id: ServiceId) {
        let station = &self.services.stations[id];
        let (first, behind) = (station.first, station.first + station.most);
        let all = &self.services.breakdowns;
        let from = all.partition_point(|one| one.server < first);
        let to = all.partition_point(|one| one.server < behind);
        for at in from..to {
            self.run_breakdown(at);
        }
    }

    fn run_breakdown(&mut self, at: usize) {
        let now = self.now;
        let one = &self.services.breakdowns[at];
        let runs = one.event != NO_EVENT;
        let works = self.services.servers[one.server as usize].works();
        if one.broken || runs == works {
            return;
        }
        if runs {
            let one = &mut self.services.breakdowns[at];
            (one.left, one.event) = (Some(one.until - now), NO_EVENT);
            return;
        }
        let left = one.left.unwrap_or_else(|| self.breakdown_draw(at).0);
        let server = one.server;
        let until = now + left;
        let event = self.agenda.at(until, Group::Change, Kind::Server, server);
        let one = &mut self.services.breakdowns[at];
        (one.left, one.until, one.event) = (Some(left), until, event);
    }

    /// How long until the next failure, and until it is repaired.
    fn breakdown_draw(&self, at: usize) -> (Span, Span) {
        let one = &self.services.breakdowns[at];
        let fault = &self.rules.program.faults[one.fault as usize];
        let Begins::Random { fails, repaired } = &fault.begins else {
            unreachable!("only what strikes at random has such a clock");
        };
        let owner = fault
            .owner
            .number(self.services.servers[one.server as usize].number);
        let place = Fault::occurrence(one.turn);
        let drawn = |what| self.rules.luck.uniform(owner, place, what as u32);
        (
            fails.span(drawn(OfOccurrence::Fails)),
            repaired.span(drawn(OfOccurrence::Repaired)),
        )
    }

    /// The clock of a server has run out, or it is repaired; false when the event was stale.
    #[cold]
    pub(in crate::engine) fn breakdown(&mut self, server: u32, number: Number) -> bool {
        let all = &self.services.breakdowns;
        let from = all.partition_point(|one| one.server < server);
        let of_server = all[from..].iter().take_while(|one| one.server == server);
        let Some(nth) = of_server.into_iter().position(|one| one.event == number) else {
            return false;
        };
        let at = from + nth;
        let now = self.now;
        let one = &all[at];
        let blow = Blow {
            id: AT_RANDOM + at as u32,
            fault: one.fault,
            turn: one.turn,
        };
        if one.broken {
            let one = &mut self.services.breakdowns[at];
            (one.broken, one.left, one.event) = (false, None, NO_EVENT);
            one.turn += 1;
            self.heal(blow, &[server]);
            self.run_breakdown(at);
            return true;
        }
        if now > self.world.changes_end() {
            return false;
        }
        let until = now + self.breakdown_draw(at).1;
        let event = self.agenda.at(until, Group::Change, Kind::Server, server);
        let one = &mut self.services.breakdowns[at];
        (one.broken, one.event) = (true, event);
        let told = self.course.told(now);
        let what = Unplanned::Breakdown(blow.fault);
        self.rec.chronicle.note(what, told);
        self.harm(blow, &[server]);
        true
    }
}
