//! One instance of a service: its workers, its queue, its cores, and whether it is up.

use crate::base::slab::Ticket;
use crate::base::time::{Span, Time};
use crate::engine::calendar::key::{NO_EVENT, Number};
use crate::engine::lines::line::Line;
use crate::engine::record::gauge::Gauge;
use crate::engine::record::holders::Holders;
use crate::engine::services::health::Standing;
use crate::engine::services::limiter::Found;
use crate::engine::services::sharing::Sharing;
use crate::engine::services::upkeep::Upkeep;
use crate::observation::fullness::Out;
use crate::program::{ServiceId, ServiceSettings};

/// The life of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum State {
    /// Not there.
    Off,
    /// Ordered, not yet delivered.
    Ordered,
    /// Delivered, not yet serving.
    Booting,
    /// Serving.
    Up,
    /// Gets no new work; queue and work are finished.
    Draining,
    /// Crashed.
    Down,
}

/// One instance.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Server {
    pub(in crate::engine) service: ServiceId,
    /// Its number within the service, from 0.
    pub(in crate::engine) number: u32,
    pub(in crate::engine) state: State,
    /// Whether it is one of those that the service is to have.
    pub(in crate::engine) asked: bool,
    /// Whether it boots again once it has drained.
    pub(in crate::engine) restarts: bool,
    /// Since when it is up; without an instant it has been from the beginning.
    pub(in crate::engine) ready_since: Option<Time>,
    /// Crashed, and the balancer does not know it yet.
    pub(in crate::engine) unnoticed: bool,
    /// Calls that meet the crash get no answer.
    pub(in crate::engine) silent: bool,
    /// Requests that it works on at once.
    pub(in crate::engine) workers: u32,
    /// Workers in use.
    pub(in crate::engine) occupied: u32,
    /// The parts of its cores, with those that workers above their number have kept.
    pub(in crate::engine) cores: u32,
    /// Parts in which a core is counted here, in all of these numbers of cores.
    pub(in crate::engine) grain: u32,
    /// Who waits for its workers, and how full they are.
    pub(in crate::engine) line: Line,
    pub(in crate::engine) sharing: Sharing,
    /// Faults that slow it: fault and factor, in the order of their beginning.
    pub(in crate::engine) slowed: Vec<(u32, f64)>,
    /// Faults that halt it.
    pub(in crate::engine) halted: Vec<u32>,
    /// Faults that leave it less: fault, and what is left of workers and cores.
    pub(in crate::engine) lessened: Vec<(u32, [f64; 2])>,
    /// Faults that limit how many it accepts at once: fault and limit.
    limits: Vec<(u32, u32)>,
    /// The least of these.
    pub(in crate::engine) most: u32,
    /// Deploys that have reached it: occurrence and version, the latest last.
    pub(in crate::engine) versions: Vec<(u32, u32)>,
    /// What it has when it boots next.
    pub(in crate::engine) renewal: Option<Renewal>,
    /// Faults that cut it off from those who ask.
    pub(in crate::engine) cut: u32,
    /// Faults that keep it down.
    pub(in crate::engine) crashed: Vec<u32>,
    /// How many times slower while it is cold; 1 when warm.
    pub(in crate::engine) cold: f64,
    /// The end of the boot, of being cold, or of not being noticed.
    pub(in crate::engine) event: Number,
    /// How often it has crashed or booted: what it remembers does not outlive that.
    pub(in crate::engine) life: u32,
    /// What the balancer thinks of it.
    pub(super) standing: Standing,
    /// Since when it is up after a boot; the start of the clock for those that were there then.
    pub(in crate::engine) up_since: Time,
    /// How often it has booted: each time with luck of its own.
    pub(in crate::engine) boots: u32,
    /// How full its cores are, where they are shared.
    pub(in crate::engine) core_gauge: Gauge,
    /// Some of those who hold a worker.
    pub(in crate::engine) holders: Holders,
    /// Its memory and its sleep.
    pub(in crate::engine) upkeep: Upkeep,
    /// Since when attempts are sent to it in vain.
    pub(in crate::engine) out: Option<Since>,
    /// How many were.
    pub(in crate::engine) swallowed: u32,
    /// Who has a worker, in the order of starting, where others may take it over; those who are
    /// done stay until the list is looked through.
    pub(super) started: Vec<(u32, Ticket)>,
    /// The limit that it has found for itself, where it looks for one.
    pub(super) found: Option<Box<Found>>,
    /// Draws of that so far.
    pub(super) limiter_draws: u32,
}

/// Another version of the numbers of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Renewal {
    /// The occurrence of the deploy.
    pub(in crate::engine) id: u32,
    /// Its version; nothing where it is rolled back.
    pub(in crate::engine) version: Option<u32>,
}

/// When a server began to be out, and how many attempts had been sent to its service by then.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Since {
    pub(in crate::engine) at: Time,
    pub(in crate::engine) turn: u32,
    pub(in crate::engine) why: Out,
}

impl Server {
    pub(in crate::engine) fn new(service: ServiceId, number: u32, grain: u32) -> Self {
        Self {
            service,
            number,
            state: State::Off,
            asked: false,
            restarts: false,
            ready_since: None,
            unnoticed: false,
            silent: false,
            workers: 0,
            occupied: 0,
            cores: 0,
            grain,
            line: Line::default(),
            sharing: Sharing::default(),
            slowed: Vec::new(),
            halted: Vec::new(),
            lessened: Vec::new(),
            limits: Vec::new(),
            most: u32::MAX,
            versions: Vec::new(),
            renewal: None,
            cut: 0,
            crashed: Vec::new(),
            cold: 1.0,
            event: NO_EVENT,
            life: 0,
            standing: Standing::GOOD,
            up_since: Time(0),
            boots: 0,
            core_gauge: Gauge::default(),
            holders: Holders::default(),
            upkeep: Upkeep::default(),
            out: None,
            swallowed: 0,
            started: Vec::new(),
            found: None,
            limiter_draws: 0,
        }
    }

    /// Bytes of its lists, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        let started = self.started.capacity() * size_of::<(u32, Ticket)>();
        let found = self.found.as_ref().map_or(0, |found| found.bytes());
        let lists = self.line.bytes() + self.sharing.bytes() + self.holders.bytes();
        lists + started + found
    }

    /// Whether work here goes at its nominal speed.
    #[inline]
    pub(in crate::engine) fn keeps_pace(&self) -> bool {
        self.halted.is_empty() && self.slowed.is_empty() && self.cold <= 1.0
    }

    /// Speed of `cpu` and `wait` here against nominal; 0 while halted.
    #[inline]
    pub(in crate::engine) fn pace(&self) -> f64 {
        if self.keeps_pace() {
            return 1.0;
        }
        if !self.halted.is_empty() {
            return 0.0;
        }
        let mut slowness = self.cold;
        for (_, factor) in &self.slowed {
            slowness *= factor;
        }
        1.0 / slowness
    }

    /// Whether a worker that becomes free may find something to do here: somebody who waits, or
    /// the end of draining.
    #[inline]
    pub(in crate::engine) fn has_business(&self) -> bool {
        self.line.len() > 0 || self.state != State::Up
    }

    /// Whether a worker is free.
    #[inline]
    pub(super) fn has_free_worker(&self) -> bool {
        self.occupied < self.workers
    }

    /// Whether its workers work.
    #[inline]
    pub(in crate::engine) fn works(&self) -> bool {
        matches!(self.state, State::Up | State::Draining)
    }

    /// Whether the balancer sends work here.
    #[inline]
    pub(in crate::engine) fn is_eligible(&self) -> bool {
        self.state == State::Up || (self.state == State::Down && self.unnoticed)
    }

    /// Whether a check finds it at work.
    pub(super) fn answers_checks(&self) -> bool {
        self.state == State::Up && !self.is_halted()
    }

    /// Whether it is checked at all: it is up, stands still, or is down.
    pub(in crate::engine) fn is_known(&self) -> bool {
        matches!(self.state, State::Up | State::Down | State::Booting)
    }

    /// Whether it takes work from a shared queue: one that stands still takes none, nor does one on
    /// its way out.
    #[inline]
    pub(in crate::engine) fn takes_of_all(&self) -> bool {
        self.state == State::Up && !self.is_halted() && !self.upkeep.rests()
    }

    /// The workers it has, with those in use above their number, who finish what they have.
    pub(in crate::engine) fn workers(&self) -> u32 {
        self.workers.max(self.occupied)
    }

    /// The workers and the parts of cores that it would have if none were in use: those of the
    /// settings, less what faults take, half up, at least one.
    pub(in crate::engine) fn nominal(&self, settings: &ServiceSettings) -> [u32; 2] {
        let mut left = [f64::from(settings.workers), settings.cores];
        for (_, shares) in &self.lessened {
            left = [left[0] * shares[0], left[1] * shares[1]];
        }
        let counted =
            |left: f64, parts: u32| ((left * f64::from(parts) + 0.5).floor() as u32).max(1);
        // A fault leaves whole cores where there were whole ones.
        let cores = match settings.cores.fract() == 0.0 {
            true => counted(left[1], 1).saturating_mul(self.grain),
            false => counted(left[1], self.grain),
        };
        [counted(left[0], 1), cores]
    }

    /// Its workers and cores may have changed in number. A worker above the number keeps the core
    /// that it has until it is free; all other cores are there, or gone, at once.
    pub(in crate::engine) fn resize(&mut self, settings: &ServiceSettings) {
        let [workers, cores] = self.nominal(settings);
        self.workers = workers;
        let above = self.occupied.saturating_sub(workers);
        let above = above.saturating_mul(self.grain);
        let kept = self.cores.min(cores.saturating_add(above));
        self.cores = cores.max(kept);
    }

    /// A fault limits how many it accepts.
    pub(in crate::engine) fn limit(&mut self, limit: (u32, u32)) {
        self.limits.push(limit);
        self.most = self.most.min(limit.1);
    }

    /// It no longer does.
    pub(in crate::engine) fn lift_limit(&mut self, fault: u32) {
        self.limits.retain(|limit| limit.0 != fault);
        let left = self.limits.iter().map(|limit| limit.1);
        self.most = left.min().unwrap_or(u32::MAX);
    }

    /// The version of its numbers, if a deploy has reached it.
    #[inline]
    pub(in crate::engine) fn version(&self) -> Option<u32> {
        self.versions.last().map(|one| one.1)
    }

    /// It has another version from now on.
    pub(in crate::engine) fn take_version(&mut self, renewal: Renewal) {
        self.versions.retain(|one| one.0 != renewal.id);
        let version = renewal.version.map(|version| (renewal.id, version));
        self.versions.extend(version);
    }

    /// Whether it stands still.
    #[inline]
    pub(in crate::engine) fn is_halted(&self) -> bool {
        !self.halted.is_empty()
    }

    /// Why attempts are sent to it in vain, if they are.
    pub(in crate::engine) fn is_out(&self) -> Option<Out> {
        if self.state == State::Down && self.unnoticed {
            Some(Out::Down)
        } else if self.works() && self.is_halted() {
            Some(Out::Paused)
        } else if self.works() && self.cut > 0 {
            Some(Out::CutOff)
        } else {
            None
        }
    }

    /// Worker nanoseconds held so far, modulo 2⁶⁴.
    pub(in crate::engine) fn held_so_far(&self, now: Time) -> u64 {
        self.line.gauge.so_far(u64::from(self.occupied), now)
    }

    /// Core nanoseconds executed so far, modulo 2⁶⁴, where cores are shared.
    pub(in crate::engine) fn busy_so_far(&self, now: Time) -> u64 {
        self.core_gauge
            .so_far(self.gauged(self.sharing.working), now)
    }

    /// Parts of cores that so many pieces of work keep busy.
    #[inline(always)]
    pub(in crate::engine) fn busy(&self, working: u32) -> u32 {
        working.saturating_mul(self.grain).min(self.cores)
    }

    /// The same of those cores that its gauge knows of: without those that workers above the number
    /// have kept.
    #[inline(always)]
    pub(in crate::engine) fn gauged(&self, working: u32) -> u64 {
        (u64::from(working) * u64::from(self.grain)).min(self.core_gauge.size())
    }

    /// Its cores as a number.
    #[inline]
    pub(in crate::engine) fn cores_there(&self) -> f64 {
        f64::from(self.cores) / f64::from(self.grain)
    }

    /// Waiting and in service.
    #[inline]
    pub(in crate::engine) fn load(&self) -> u32 {
        self.occupied + self.line.len()
    }
}

/// The time that work of `demand` takes at a pace; `None` while halted.
#[inline]
pub(in crate::engine) fn stretched(demand: Span, pace: f64) -> Option<Span> {
    if (pace - 1.0).abs() <= 0.0 {
        return Some(demand);
    }
    (pace > 0.0).then(|| demand.divided(pace))
}

/// What is left of work that would end at `due`, in nominal ns.
#[inline]
pub(in crate::engine) fn remaining(due: Time, now: Time, pace: f64) -> Span {
    Span(((due.0 - now.0) as f64 * pace).round() as i64)
}
