//! One replication of one program.
//!
//! [`run`] executes the events of the agenda in one total order until the horizon (or until
//! everybody has left) and returns what was seen. The order of ties is written at
//! `agenda::Group`; arrivals from sources count as scheduled before the clock started, by the
//! name of the source, then by user.
//!
//! Nothing here allocates in steady state, hashes or dispatches dynamically, and nothing knows a
//! name, a file, a thread or the wall clock. All arithmetic that decides an order is on integers.

mod agenda;
mod arrivals;
mod audit;
mod binned;
mod bucket;
mod caller;
mod change;
mod departure;
mod door;
mod execute;
mod gauge;
mod heap;
mod holders;
mod innermost;
mod join;
mod limits;
mod meter;
mod near;
mod network;
mod pending;
mod pool;
mod population;
mod profile;
mod queue;
mod readings;
mod recorder;
mod route;
mod sending;
mod served;
mod server;
mod sharing;
mod shelf;
mod sliding;
mod station;
mod tail;
mod tally;
mod visit;
mod watch;
mod wheel;
mod windows;
mod work;

use std::sync::Arc;

use crate::base::slab::Ticket;
use crate::base::table::Table;
use crate::base::time::Time;
use crate::observation::Observation;
use crate::program::{CallId, Program, ServiceId, Settings};
use crate::random::key::Luck;

use agenda::{Agenda, Event, Key, Kind};
use arrivals::Arrivals;
use change::Calendar;
use door::Room;
use limits::{BETWEEN_LOOKS, Progress, Share};
use network::Edges;
use pending::{Left, Pending};
use pool::PoolInstance;
use population::{Doing, Population, Role};
use profile::Profile;
use readings::Readings;
use recorder::Recorder;
use route::{Routes, routes};
use sending::{Trail, trails};
use server::Server;
use station::Station;

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
    let (routes, lanes) = routes(program);
    let clock = &program.clock;
    arena
        .agenda
        .clear(Time(clock.sources_end().0 - clock.start.0));
    arena.agenda.open_lanes(&lanes, agenda::Group::Clock);
    let mut sim = Sim::new(program, &routes, replication, arena);
    let done = sim.run();
    let seen = done.map(|()| sim.observe(replication.number));
    arena.agenda = sim.agenda;
    arena.people = sim.people;
    arena.rec = sim.rec;
    arena.arrivals = sim.arrivals;
    arena.share = sim.share;
    seen
}

/// One replication under way. Times inside count from the start of the clock.
///
/// What is used most stands first and stays there: its addresses take one byte, not four, and
/// nearly the whole of the event loop fits where instructions are fetched from.
#[repr(C)]
struct Sim<'p> {
    now: Time,
    people: Population,
    /// What is in force of each call, service and source.
    routes: &'p Routes,
    program: &'p Program,
    luck: Luck,
    stations: Table<ServiceId, Station>,
    servers: Vec<Server>,
    settings: &'p Settings,
    replication: &'p Replication<'p>,
    start: Time,
    horizon: Time,
    end: Time,
    agenda: Agenda,
    rec: Recorder,
    arrivals: Arrivals,
    share: Share,
    pools: Vec<PoolInstance>,
    rooms: Vec<Room>,
    stocks: Vec<u64>,
    edges: Edges,
    /// The way that the attempts of each call had last.
    trails: Table<CallId, Trail>,
    /// The same of every epoch.
    all_routes: &'p [Routes],
    calendar: Calendar,
    readings: Readings,
    /// How full everything is.
    profile: Profile,
    /// What the present event has still to do.
    pending: Pending,
    /// Attempts under way that have no task of their own.
    served: u32,
    events: u64,
    last: Time,
    present_at_cut: u64,
    /// Integrals, maxima at the horizon, taken before a drain goes on.
    frozen: Option<readings::Frozen>,
    /// Turns of every `repeat`, and attempts that are tried again at once: the agenda does not see
    /// them.
    turns: u64,
    /// Bytes that are in use whatever happens.
    fixed: usize,
    progress: Progress,
    /// Why nothing more is done.
    given_up: Option<Exceeded>,
    /// Until when users come from the sources.
    sources_end: Time,
    /// The last instant at which a fault or an action may begin or a door turn.
    changes_end: Time,
    /// After the horizon of a steady study: those for whom it goes on, the last of them first.
    awaited: Option<Vec<Ticket>>,
}

impl<'p> Sim<'p> {
    fn new(
        program: &'p Program,
        routes: &'p [Routes],
        replication: &'p Replication<'p>,
        arena: &mut Arena,
    ) -> Self {
        let clock = &program.clock;
        let since = |t: Time| Time(t.0 - clock.start.0);
        let horizon = since(clock.horizon);
        let mut sim = Self {
            program,
            replication,
            settings: &program.epochs[0].settings,
            luck: Luck::new(replication.seed, replication.number),
            now: Time(0),
            start: clock.start,
            horizon,
            end: clock.tail.or(clock.drain).map_or(horizon, since),
            agenda: std::mem::take(&mut arena.agenda),
            people: std::mem::take(&mut arena.people),
            rec: std::mem::take(&mut arena.rec),
            arrivals: std::mem::take(&mut arena.arrivals),
            share: std::mem::take(&mut arena.share),
            stations: Table::new(),
            servers: Vec::new(),
            pools: Vec::new(),
            rooms: Vec::new(),
            stocks: program.stocks.values().copied().collect(),
            edges: Edges::default(),
            routes: &routes[0],
            trails: trails(&routes[0]),
            all_routes: routes,
            calendar: Calendar::default(),
            readings: Readings::default(),
            profile: Profile::default(),
            pending: Pending::default(),
            served: 0,
            events: 0,
            last: Time(0),
            present_at_cut: 0,
            frozen: None,
            turns: 0,
            fixed: limits::fixed(program),
            progress: Progress::default(),
            given_up: None,
            sources_end: since(clock.sources_end()),
            changes_end: clock.tail.map_or(Time::NEVER, |_| horizon),
            awaited: None,
        };
        sim.people.clear();
        sim.rec.prepare(program);
        sim.open();
        sim
    }

    /// Sets the stage: stations, pools, doors, the calendar, the first arrivals.
    fn open(&mut self) {
        self.prepare_readings();
        self.open_stations();
        self.open_pools();
        self.open_rooms();
        for stock in self.program.stocks.ids() {
            self.measure_stock(stock);
        }
        self.schedule_ticks();
        if self.rec.cut.0 == 0 {
            self.begin_profile();
        }
        self.schedule_changes();
    }

    fn run(&mut self) -> Result<(), Exceeded> {
        let (program, luck, stop) = (self.program, self.luck, self.replication.stop);
        let (needed, limit) = (limits::planned(program), self.replication.limits.bytes);
        if self.share.set(self.bytes() + needed) > limit {
            return Err(Exceeded::Size { needed, limit });
        }
        if !self.arrivals.prepare(program, &luck, stop) {
            return Err(Exceeded::Stopped);
        }
        self.agenda.expect(self.arrivals.next_half());
        loop {
            self.check()?;
            let roomy = self.people.slots() + BETWEEN_LOOKS;
            for _ in 0..BETWEEN_LOOKS / BURST {
                let more = self.burst();
                if let Some(why) = self.given_up {
                    return Err(why);
                }
                if !more || self.has_settled() {
                    self.close();
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
                agenda::NOTHING => return false,
                key => key,
            },
        };
        self.now = self.agenda.advance(key);
        if !self.dispatch(key) {
            return true;
        }
        self.last = self.now;
        self.events += 1;
        if !self.pending.is_settled() {
            self.settle();
            return self.given_up.is_none();
        }
        true
    }

    /// What is next, where it takes more than a look at the tick under way.
    #[inline(never)]
    fn next_of_all(&mut self) -> Key {
        let is_over = self.now >= self.horizon && self.people.len() == 0;
        let until = if is_over { self.horizon } else { self.end };
        let people = &self.people;
        self.agenda.next_of_all(until, |slot| people.fetch(slot))
    }

    /// One arm a kind; false when the event was stale or is none of the model's.
    #[inline(always)]
    fn dispatch(&mut self, key: Key) -> bool {
        let event = agenda::event(key);
        match event.kind {
            Kind::Work | Kind::Served | Kind::Backoff if !self.is_awaited(event) => return false,
            Kind::Served => self.served(event.slot),
            Kind::Work => self.work_ended(event.slot),
            Kind::Backoff => self.backoff_ended(event.slot),
            Kind::Newcomer => self.arrive(),
            _ => return self.dispatch_rarer(key),
        }
        true
    }

    #[inline(never)]
    fn dispatch_rarer(&mut self, key: Key) -> bool {
        let mut event = agenda::event(key);
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
            Kind::Server => return self.server_ready(event.slot, event.number),
            Kind::Change => self.change(event.slot),
            Kind::Tick => {
                self.tick(event.slot);
                return false;
            }
            Kind::Reading => {
                self.read(event.slot);
                return false;
            }
        }
        true
    }

    /// Whether the task of an event still waits for it.
    #[inline(always)]
    fn is_awaited(&self, event: Event) -> bool {
        self.people
            .tenant(event.slot)
            .is_some_and(|task| task.event == event.number)
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

    /// Looks whether a limit is reached, or somebody asked to stop.
    fn check(&mut self) -> Result<(), Exceeded> {
        let at = Time(self.now.0 + self.start.0);
        let limits = self.replication.limits;
        if (self.replication.stop)() {
            return Err(Exceeded::Stopped);
        }
        let done = self.agenda.numbers().max(self.events) + self.turns;
        let limit = limits.events.min(MAX_EVENTS);
        if done > limit {
            return Err(Exceeded::Events { limit, at });
        }
        let there = self.people.slots() as u64;
        if let Some(events) = self.progress.exceeded(self.now, (done, there), limit) {
            return Err(Exceeded::Standstill { events, at });
        }
        let bytes = self.bytes();
        if self.share.set(bytes) > limits.bytes
            || self.people.slots() > agenda::MAX_SLOT as usize / 2
        {
            return Err(Exceeded::Memory {
                limit: limits.bytes,
                users: u64::from(self.rec.value(self.users_inside())),
                at,
            });
        }
        Ok(())
    }

    /// Looks at the limits in the middle of an event; false when nothing more is to be done.
    #[cold]
    fn heed(&mut self) -> bool {
        self.given_up = self.given_up.or(self.check().err());
        if self.given_up.is_some() {
            self.pending.give_up();
        }
        self.given_up.is_none()
    }

    /// Another turn is taken, or another attempt sent after one that failed at once, within the
    /// present event; false when nothing more is to be done.
    #[inline]
    fn another(&mut self) -> bool {
        self.turns += 1;
        !self.turns.is_multiple_of(BETWEEN_LOOKS as u64) || self.heed()
    }

    /// Bytes in use.
    fn bytes(&self) -> usize {
        let stations = self.stations.values();
        let queues: usize = stations.map(|s| s.queue.bytes()).sum();
        let servers: usize = self.servers.iter().map(Server::bytes).sum();
        let pools: usize = self.pools.iter().map(PoolInstance::bytes).sum();
        let rooms: usize = self.rooms.iter().map(Room::bytes).sum();
        let live = self.agenda.bytes() + self.people.bytes() + self.arrivals.bytes();
        let seen = self.rec.bytes() + self.readings.bytes() + self.profile.bytes();
        live + seen + self.fixed + queues + servers + pools + rooms + self.pending.bytes()
    }

    /// Puts a task among those whose instructions run next.
    #[inline]
    fn make_ready(&mut self, slot: u32) {
        self.people.task_mut(slot).doing = Doing::Running;
        let ticket = self.people.ticket(slot);
        self.pending.make_ready(ticket);
    }

    /// Schedules the beginnings of bins, one after the other, the cut and the horizon.
    fn schedule_ticks(&mut self) {
        if self.rec.cut.0 > 0 {
            self.agenda.at(
                self.rec.cut,
                agenda::Group::Tick,
                Kind::Tick,
                agenda::MAX_SLOT,
            );
        }
        if self.end > self.horizon {
            let group = agenda::Group::Reading;
            self.agenda
                .at(self.horizon, group, Kind::Tick, agenda::MAX_SLOT - 1);
        }
        self.schedule_tick(1);
    }

    fn schedule_tick(&mut self, bin: u32) {
        let at = Time(
            self.rec
                .bin_width
                .0
                .saturating_mul(i64::from(bin))
                .min(self.horizon.0),
        );
        if i64::from(bin) < self.rec.bins as i64 {
            self.agenda.at(at, agenda::Group::Tick, Kind::Tick, bin);
        }
    }

    /// A bin begins, the warm-up ends, or the measured period does.
    fn tick(&mut self, bin: u32) {
        if bin == agenda::MAX_SLOT {
            self.part_all();
            self.present_at_cut = self.people.len() as u64;
            self.rec.cut(self.now);
            self.begin_profile();
        } else if bin == agenda::MAX_SLOT - 1 {
            self.freeze();
            if self.program.clock.tail.is_some() {
                self.await_those_inside();
            }
        } else if bin == profile::LOOK {
            self.look();
        } else if bin == profile::WINDOW_ENDS {
            self.window_ends();
        } else {
            self.rec.end_bin(bin as usize - 1, self.now);
            self.schedule_tick(bin + 1);
        }
    }
}

/// Whether an event still concerns whom it was scheduled for.
#[inline]
fn is_live(people: &Population, event: Event) -> bool {
    let Some(task) = (match event.kind {
        Kind::Core
        | Kind::Server
        | Kind::Change
        | Kind::Tick
        | Kind::Reading
        | Kind::Lane
        | Kind::Newcomer => return true,
        _ => people.tenant(event.slot),
    }) else {
        return false;
    };
    match event.kind {
        Kind::Timeout => match task.doing {
            Doing::Calling => task.event == event.number,
            Doing::Served => task.request.attempt.generation == event.number,
            _ => false,
        },
        Kind::Reload => task.request.reload == event.number,
        Kind::Patience => match &task.role {
            Role::Visitor(v) => v.clock == event.number,
            Role::Attempt(_) | Role::Branch(_) => false,
        },
        _ => task.event == event.number,
    }
}
