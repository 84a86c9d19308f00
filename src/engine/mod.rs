//! One replication of one program.
//!
//! [`run`] executes the events of the agenda in one total order until the horizon (or until
//! everybody has left) and returns what was seen. The order of ties is written at
//! `key::Group`; arrivals from sources count as scheduled before the clock started, by the
//! name of the source, then by user.
//!
//! Nothing here allocates in steady state, hashes or dispatches dynamically, and nothing knows a
//! name, a file, a thread or the wall clock. All arithmetic that decides an order is on integers.

mod calendar;
mod callers;
mod course;
mod draws;
mod end;
mod fork;
mod guards;
mod held;
mod limits;
mod lines;
mod looks;
mod pending;
mod people;
mod record;
mod route;
mod rules;
mod services;
mod stale;
mod steps;
mod tasks;
mod ticks;
mod world;

use std::sync::Arc;

use crate::base::time::Time;
use crate::observation::Observation;
use crate::program::{Program, RoomId};
use crate::random::key::Luck;

use calendar::agenda::Agenda;
use calendar::key::{self, Key, Kind};
use callers::Callers;
use course::Course;
use held::Held;
use limits::{BETWEEN_LOOKS, Share};
use pending::{Left, Pending};
use people::arrivals::Arrivals;
use record::recorder::Recorder;
use rules::{InForce, Rules};
use services::Services;
use stale::is_live;
use tasks::doing::Doing;
use tasks::population::Population;
use world::World;

pub use fork::run_together;
pub use limits::{Account, Exceeded, LISTED_BYTES, Limits, MAX_EVENTS, SERVER_BYTES};

/// Events that are executed in a row: few, for each may need memory.
const BURST: usize = 64;

/// Which replication, with whose luck, within which limits.
pub struct Replication<'a> {
    /// The seed of the study.
    pub seed: u64,
    /// The number of the replication, from 0.
    pub number: u32,
    /// What it may use.
    pub limits: Limits,
    /// Asked now and then; true stops the replication.
    pub stop: &'a (dyn Fn() -> bool + Sync),
}

/// Memory that replications use one after the other.
#[derive(Debug, Default)]
pub struct Arena {
    agenda: Agenda,
    people: Population,
    rec: Recorder,
    arrivals: Arrivals,
    share: Share,
}

impl Arena {
    /// An arena whose memory counts in an account that others may share.
    pub fn of(account: Arc<Account>) -> Self {
        Self {
            share: Share::of(account),
            ..Self::default()
        }
    }
}

/// Runs one replication.
///
/// # Errors
/// [`Exceeded`] when a limit was reached or a stop was asked for.
pub fn run(
    program: &Program,
    replication: &Replication<'_>,
    arena: &mut Arena,
) -> Result<Observation, Exceeded> {
    limits::fits(program, &replication.limits)?;
    let first = begin(program, arena);
    let mut sim = Sim::new(program, &first, replication, arena);
    let done = sim.run();
    let seen = done.map(|()| sim.observe(replication.number));
    sim.return_to(arena);
    seen
}

/// What is in force when the clock starts, with an empty agenda.
fn begin(program: &Program, arena: &mut Arena) -> InForce {
    let clock = &program.clock;
    arena
        .agenda
        .clear(Time(clock.sources_end().0 - clock.start.0));
    InForce::first(program, &mut arena.agenda)
}

/// One replication under way. Times inside count from the start of the clock.
///
/// What is used most stands first and stays there: its addresses take one byte, not four, and
/// nearly the whole of the event loop fits where instructions are fetched from.
///
/// It is one value: a copy goes on as the original does.
#[derive(Clone)]
#[repr(C)]
struct Sim<'p> {
    now: Time,
    people: Population,
    rules: Rules<'p>,
    services: Services,
    agenda: Agenda,
    rec: Recorder,
    callers: Callers,
    /// What the present event has still to do.
    pending: Pending,
    course: Course<'p>,
    arrivals: Arrivals,
    held: Held,
    world: World,
}

impl<'p> Sim<'p> {
    fn new(
        program: &'p Program,
        first: &'p InForce,
        replication: &'p Replication<'p>,
        arena: &mut Arena,
    ) -> Self {
        let luck = Luck::new(replication.seed, replication.number);
        let course = Course::new(program, replication, std::mem::take(&mut arena.share));
        let mut sim = Self {
            now: Time(0),
            people: std::mem::take(&mut arena.people),
            rules: Rules::new(program, first, luck),
            services: Services::default(),
            agenda: std::mem::take(&mut arena.agenda),
            rec: std::mem::take(&mut arena.rec),
            callers: Callers::default(),
            pending: Pending::default(),
            arrivals: std::mem::take(&mut arena.arrivals),
            held: Held::new(program),
            world: World::new(program, course.horizon),
            course,
        };
        sim.callers.begin(sim.rules.routes);
        sim.callers.open(program);
        sim.people.clear();
        sim.rec.prepare(program);
        sim.open();
        sim
    }

    /// Sets the stage: stations, pools, doors, the calendar, the first arrivals.
    fn open(&mut self) {
        self.prepare_readings();
        self.prepare_instruments();
        self.open_stations();
        self.open_pools();
        self.open_rooms();
        self.open_caches();
        for stock in self.rules.program.stocks.ids() {
            self.measure_stock(stock);
        }
        self.schedule_ticks();
        if self.rec.cut.0 == 0 {
            self.begin_profile();
        }
        self.schedule_changes();
        self.schedule_syncs();
    }

    fn run(&mut self) -> Result<(), Exceeded> {
        self.begin()?;
        self.go_on()
    }

    /// Executes events until there is none before the end.
    fn go_on(&mut self) -> Result<(), Exceeded> {
        self.take_turns()?;
        self.is_frugal()?;
        self.close();
        Ok(())
    }

    /// Executes events until there is none before the end, or before a pause.
    fn take_turns(&mut self) -> Result<(), Exceeded> {
        loop {
            self.check()?;
            let roomy = self.people.slots() + BETWEEN_LOOKS;
            for _ in 0..BETWEEN_LOOKS / BURST {
                let more = self.burst();
                if let Some(why) = self.course.given_up() {
                    return Err(why);
                }
                if !more || self.has_settled() {
                    return Ok(());
                }
                if self.people.slots() > roomy {
                    break;
                }
            }
        }
    }

    /// Executes some events, with no look at anything else; false when there is none before the
    /// end, or when nothing more is to be done.
    #[inline(never)]
    fn burst(&mut self) -> bool {
        for _ in 0..BURST {
            if !self.step() {
                return false;
            }
        }
        true
    }

    /// Executes the next event; false when there is none before the end.
    #[inline(always)]
    fn step(&mut self) -> bool {
        let people = &self.people;
        let key = match self.agenda.next_in_tick(|slot| people.fetch(slot)) {
            Some(key) => key,
            None => match self.next_of_all() {
                key::NOTHING => return false,
                key => key,
            },
        };
        self.now = self.agenda.advance(key);
        if !self.dispatch(key) {
            return true;
        }
        self.course.last = self.now;
        self.course.events += 1;
        if !self.pending.is_settled() {
            self.settle();
            return self.course.given_up().is_none();
        }
        true
    }

    /// What is next, where it takes more than a look at the tick under way.
    #[inline(never)]
    fn next_of_all(&mut self) -> Key {
        let is_over = self.now >= self.course.horizon && self.people.len() == 0;
        let until = if is_over {
            self.course.horizon
        } else {
            self.course.end
        };
        let until = until.min(self.course.pause);
        let people = &self.people;
        self.agenda.next_of_all(until, |slot| people.fetch(slot))
    }

    /// One arm a kind; false when the event was stale or is none of the model's.
    #[inline(always)]
    fn dispatch(&mut self, key: Key) -> bool {
        let event = key::event(key);
        match event.kind {
            Kind::Work | Kind::Served | Kind::Backoff
                if !self.people.awaits(event.slot, event.number) =>
            {
                return false;
            }
            Kind::Served => self.served(event.slot),
            Kind::Work => self.work_ended(event.slot),
            Kind::Backoff => self.backoff_ended(event.slot),
            Kind::Newcomer => self.arrive(),
            Kind::Lane
            | Kind::Core
            | Kind::Answer
            | Kind::Patience
            | Kind::Timeout
            | Kind::Reload
            | Kind::HoldTimeout
            | Kind::Attempt
            | Kind::Return
            | Kind::Server
            | Kind::Change
            | Kind::Bin
            | Kind::Cut
            | Kind::Horizon
            | Kind::Look
            | Kind::Window
            | Kind::Upkeep
            | Kind::TwinTimeout
            | Kind::Hedge
            | Kind::Untie
            | Kind::Loads
            | Kind::Check
            | Kind::Missed
            | Kind::Ejected
            | Kind::Pace
            | Kind::Lost
            | Kind::Expired
            | Kind::Reading => return self.dispatch_rarer(key),
        }
        true
    }

    #[inline(never)]
    fn dispatch_rarer(&mut self, key: Key) -> bool {
        let mut event = key::event(key);
        if event.kind == Kind::Lane {
            let people = &self.people;
            event = self.agenda.pop_lane(
                event.slot,
                |e| is_live(people, e),
                |slot| people.fetch(slot),
            );
        }
        if !is_live(&self.people, event) {
            return false;
        }
        match event.kind {
            Kind::Lane => unreachable!("a lane holds no lanes"),
            Kind::Work | Kind::Served | Kind::Backoff | Kind::Newcomer => {
                unreachable!("the usual ones were looked at before")
            }
            Kind::Core => return self.core_ended(event.slot, event.number),
            Kind::Answer => self.answer(event.slot),
            Kind::Patience => return self.patience_spent(event.slot),
            Kind::Timeout => self.timed_out(event.slot),
            Kind::Reload => self.reload(event.slot),
            Kind::HoldTimeout => self.pool_timed_out(event.slot),
            Kind::Attempt => self.attempt_arrived(event.slot),
            Kind::Return => self.user_returned(event.slot),
            Kind::Server => {
                self.part_all();
                return self.server_ready(event.slot, event.number);
            }
            Kind::Upkeep => {
                self.part_all();
                return self.upkeep(event.slot, event.number);
            }
            Kind::Change => return self.change(event.slot),
            Kind::TwinTimeout => return self.twin_timed_out(event.slot, event.number),
            Kind::Hedge => return self.hedge_due(event.slot, event.number),
            Kind::Untie => self.untie(event.slot),
            Kind::Check => {
                let is_due = self.check_servers(event.slot, event.number);
                if is_due {
                    self.send_checks(crate::program::ServiceId(event.slot));
                }
                return is_due;
            }
            Kind::Missed => self.check_missed(event.slot),
            Kind::Ejected => return self.ejection_ends(event.slot, event.number),
            Kind::Loads => {
                self.part_all();
                return self.loads_seen(event.slot, event.number);
            }
            Kind::Pace => return self.room_paces(RoomId(event.slot), event.number),
            Kind::Lost => self.lost_at_door(event.slot),
            Kind::Expired => return self.reservation_ends(event.slot, event.number),
            Kind::Bin | Kind::Cut | Kind::Horizon | Kind::Look | Kind::Window | Kind::Reading => {
                self.tick(event);
                return false;
            }
        }
        true
    }

    /// Runs what the event has made ready, to the end.
    #[inline(never)]
    fn settle(&mut self) {
        while let Some(left) = self.pending.next() {
            match left {
                Left::Ready(ticket) => {
                    if let Some(task) = self.people.get(ticket)
                        && task.doing == Doing::Running
                    {
                        self.execute(ticket.slot);
                    }
                }
                Left::Doomed(ticket) => self.stop_work(ticket),
                Left::Changed(server) => self.reschedule(server),
            }
        }
    }

    /// Whether a message, sent now as the last thing that is done and needing no time on the
    /// network, would arrive at this very instant and be the next event: then what would stand in a
    /// ring may as well happen at once.
    #[inline(always)]
    fn is_next_alone(&self) -> bool {
        self.pending.is_clear() && self.agenda.is_quiet()
    }

    /// Puts a task among those whose instructions run next.
    #[inline]
    fn make_ready(&mut self, slot: u32) {
        self.people.task_mut(slot).doing = Doing::Running;
        let ticket = self.people.ticket(slot);
        self.pending.make_ready(ticket);
    }
}

#[cfg(test)]
mod tests;
