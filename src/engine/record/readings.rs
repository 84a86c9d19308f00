//! What probes ask beyond the usual: readings at instants.
//!
//! A quotient over a part of the time is the difference of two readings of its terms; sliding
//! windows take a reading every whole second. Durations that need more than the sketch are
//! logged.

use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{Group, Kind};
use crate::engine::record::watch::Watch;
use crate::observation::{Comparison, CounterId, LevelId, Period, Probe, Term, View};
use crate::program::Clock;

/// What is recorded for the probes.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Readings {
    /// By probe: the sums above and below at each instant, in the order of time.
    pub(super) taken: Vec<Vec<Reading>>,
    /// By probe: the value of a level at its instant.
    pub(super) at: Vec<Option<f64>>,
    /// What is still to be read: probe and the step to the next reading.
    plan: Vec<Plan>,
}

impl Readings {
    /// Bytes in use, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        let taken = self.taken.iter();
        taken.map(|one| one.capacity() * size_of::<Reading>()).sum()
    }
}

/// Bytes that the readings and windows of a probe take by the end, over so much of the time.
pub(in crate::engine) fn bytes(probe: &Probe, clock: &Clock) -> usize {
    let (Probe::Quotient { period, .. } | Probe::Sample { period, .. }) = probe else {
        return 0;
    };
    let step = match period.view {
        View::Whole => return 0,
        View::Worst { .. } => Span::SECOND,
        View::LongestBreach { slice, .. } => slice,
    };
    let from = period.from.unwrap_or(clock.start).max(clock.start);
    let until = period.until.unwrap_or(clock.horizon).min(clock.horizon);
    let steps = (until.0 - from.0).max(0) / step.0.max(1);
    usize::try_from(steps).map_or(usize::MAX, |n| n.saturating_mul(2 * size_of::<Reading>()))
}

/// A term with its weight.
pub(super) type Weighted = (f64, Term);

#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) above: f64,
    pub(super) below: f64,
    /// The same of levels to the nanosecond: a part is never more than its whole by rounding.
    pub(super) exact: Option<(i128, i128)>,
}

impl Reading {
    /// The sums have fallen from one reading to another: so this one falls.
    pub(super) fn lower(&mut self, before: &Reading, after: &Reading) {
        self.above += after.above - before.above;
        self.below += after.below - before.below;
        if let (Some(own), Some(before), Some(after)) = (&mut self.exact, before.exact, after.exact)
        {
            own.0 += after.0 - before.0;
            own.1 += after.1 - before.1;
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Plan {
    probe: u32,
    next: Option<Span>,
    until: Time,
}

/// Integrals and maxima as they stood at the horizon.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Frozen {
    pub(in crate::engine) integrals: Vec<f64>,
    pub(in crate::engine) maxima: Vec<u32>,
    /// What had happened by then, where nothing that happens later counts.
    pub(in crate::engine) happened: Option<Vec<u128>>,
}

impl Sim<'_> {
    /// Looks through the probes for what must be recorded beyond the usual.
    pub(in crate::engine) fn prepare_readings(&mut self) {
        let program = self.rules.program;
        self.rec.readings.taken = vec![Vec::new(); program.probes.len()];
        self.rec.readings.at = vec![None; program.probes.len()];
        for (i, probe) in program.probes.iter().enumerate() {
            let i = i as u32;
            match probe {
                Probe::Quotient { period, .. } => self.plan_quotient(i, period),
                Probe::LevelMax { of, period } => self.watch(i, *of, None, period),
                Probe::LevelShare {
                    of,
                    comparison,
                    limit,
                    period,
                } => {
                    self.watch(i, *of, Some((*comparison, *limit)), period);
                }
                Probe::LevelAt { at, .. } => {
                    let at = self.since_start(*at);
                    self.plan(
                        at,
                        Plan {
                            probe: i,
                            next: None,
                            until: at,
                        },
                        Group::Reading,
                    );
                }
                Probe::Sample { of, .. } => of.iter().for_each(|of| self.rec.log(*of)),
                Probe::FirstMark(_) | Probe::LastMark(_) => {}
                Probe::SoldOut(_) | Probe::FirstSoldOut(_) => {}
                Probe::Recovery(_) => {}
            }
        }
    }

    fn since_start(&self, at: Time) -> Time {
        Time((at.0.saturating_sub(self.course.start.0)).clamp(0, self.course.end.0))
    }

    /// The bounds of a period, since the start of the clock.
    pub(super) fn bounds(&self, period: &Period) -> (Time, Time) {
        let from = period
            .from
            .map_or(self.rec.cut, |t| self.since_start(t))
            .max(self.rec.cut);
        let until = period
            .until
            .map_or(self.course.horizon, |t| self.since_start(t));
        (from, until.min(self.course.horizon))
    }

    fn plan(&mut self, at: Time, plan: Plan, group: Group) {
        let slot = self.rec.readings.plan.len() as u32;
        self.rec.readings.plan.push(plan);
        self.agenda.at(at, group, Kind::Reading, slot);
    }

    fn plan_quotient(&mut self, probe: u32, period: &Period) {
        let (from, until) = self.bounds(period);
        let next = match period.view {
            View::Whole if period.from.is_none() && period.until.is_none() => return,
            View::Whole => Some(until - from),
            View::Worst { .. } => Some(Span::SECOND),
            View::LongestBreach { slice, .. } => Some(slice),
        };
        self.plan(from, Plan { probe, next, until }, Group::Tick);
    }

    fn watch(
        &mut self,
        probe: u32,
        level: LevelId,
        limit: Option<(Comparison, f64)>,
        period: &Period,
    ) {
        let (from, until) = self.bounds(period);
        self.rec
            .watch(Watch::new(probe, level, limit, (from, until)));
    }

    /// A reading is due.
    pub(in crate::engine) fn read(&mut self, slot: u32) {
        let plan = self.rec.readings.plan[slot as usize];
        let program = self.rules.program;
        match &program.probes[plan.probe as usize] {
            Probe::LevelAt { of, .. } => {
                let value = f64::from(self.rec.value(*of));
                self.rec.readings.at[plan.probe as usize] = Some(value);
            }
            Probe::Quotient { above, below, .. } => {
                let reading = Reading {
                    above: self.sum(above),
                    below: self.sum(below),
                    exact: self.exact(above).zip(self.exact(below)),
                };
                self.rec.readings.taken[plan.probe as usize].push(reading);
            }
            _ => unreachable!("only quotients and instants are read"),
        }
        if let Some(step) = plan.next
            && self.now < plan.until
            && step.0 > 0
        {
            let at = (self.now + step).min(plan.until);
            self.agenda.at(at, Group::Tick, Kind::Reading, slot);
        }
    }

    /// The value now of a weighted sum of terms.
    pub(super) fn sum(&mut self, terms: &[Weighted]) -> f64 {
        let now = self.now.min(self.course.horizon);
        let mut sum = 0.0;
        for (weight, term) in terms {
            sum += weight
                * match term {
                    Term::Count(counter) => self.happened(*counter) as f64,
                    Term::Began(counter) => self.rec.total(*counter) as f64,
                    Term::Integral(level) => self.integral(*level, now),
                    Term::Seconds => (now - self.rec.cut).as_secs_f64(),
                };
        }
        sum
    }

    /// The value now of a weighted sum of levels, in units times nanoseconds; none of other terms.
    fn exact(&self, terms: &[Weighted]) -> Option<i128> {
        let now = self.now.min(self.course.horizon);
        let of = |(weight, term): &Weighted| match term {
            Term::Integral(level) => Some(*weight as i128 * self.rec.integral(*level, now) as i128),
            _ => None,
        };
        terms.iter().map(of).sum()
    }

    /// What was counted in the measured period, and in a drain after it.
    fn happened(&self, counter: CounterId) -> u128 {
        let frozen = self.rec.frozen.as_ref().and_then(|f| f.happened.as_ref());
        match frozen {
            Some(happened) => happened[counter.0 as usize],
            None => self.rec.happened(counter),
        }
    }

    /// The integral of a level since the cut, in units times seconds.
    fn integral(&mut self, level: LevelId, now: Time) -> f64 {
        if let Some(frozen) = &self.rec.frozen {
            return frozen.integrals[level.0 as usize];
        }
        self.rec.integral(level, now) as f64 / 1e9
    }
}
