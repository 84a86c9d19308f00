//! Writes the observation: nothing else in the engine counts.
//!
//! Counters, meters and samples stand at the indices of the [`Layout`]. The usual costs a few
//! additions; what a probe asks beyond it (raw durations, readings at instants) is recorded only
//! where asked.

use crate::base::table::Table;
use crate::base::time::{Span, Time};
use crate::engine::looks::profile::Profile;
use crate::engine::record::instruments::Instruments;
use crate::engine::record::meter::Meter;
use crate::engine::record::octaves::Octaves;
use crate::engine::record::readings::{Frozen, Readings};
use crate::engine::record::samples::call_of;
use crate::engine::record::shelf::has_others;
use crate::engine::record::tally::{LiveTally, refill};
use crate::engine::record::watch::Watch;
use crate::engine::record::windows::{self, WindowLog};
use crate::observation::{
    CallCounter, Chronicle, FunnelStep, LANES, Layout, LevelId, Outcome, SampleId, SoldOut,
    TallyId, UserLevel,
};
use crate::program::{NOT_COUNTED, Program, StepId};

/// What one replication records while it runs.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Recorder {
    pub(in crate::engine) layout: Layout,
    /// By shelf, then counter: sums of nanoseconds, which no bin holds.
    pub(in crate::engine) sums: Vec<u128>,
    /// By shelf, then counter: what was counted in the bin under way.
    pub(in crate::engine) counts: Vec<u32>,
    /// The shelf of things that began in the measured period, by bin that has ended, then counter.
    pub(in crate::engine) counter_bins: Vec<u32>,
    /// The same of the shelf of all others, since the cut; empty in a launch.
    pub(in crate::engine) other_bins: Vec<u32>,
    /// Whether there may be others: a warm-up, or a time after the horizon.
    pub(in crate::engine) has_others: bool,
    /// The bin under way (after the horizon still the last one), and when it began.
    pub(super) bin: usize,
    pub(super) bin_began: Time,
    pub(in crate::engine) bin_width: Span,
    pub(in crate::engine) bins: usize,
    /// Where the shelf of others begins.
    pub(in crate::engine) others_at: usize,
    pub(in crate::engine) cut: Time,
    /// Nanoseconds from the cut to the last instant at which what begins still counts.
    pub(in crate::engine) counted_ns: u64,
    pub(in crate::engine) meters: Vec<Meter>,
    pub(in crate::engine) level_bins: Vec<f32>,
    /// By bin that has ended, then state of the layout.
    pub(in crate::engine) instants: Vec<u32>,
    pub(in crate::engine) tallies: Vec<LiveTally>,
    /// By call: the requests that ended ok after several attempts. Those of a single attempt stand
    /// among the tallies, for the request and for the attempt.
    pub(super) retried: Vec<LiveTally>,
    /// By call: the requests of a single attempt that was work at once, and nothing but it; for the
    /// request, for the attempt and for the work.
    pub(super) at_once: Vec<LiveTally>,
    /// Whether a probe asks for every duration of some sample.
    pub(super) logs: bool,
    pub(in crate::engine) funnel: Table<StepId, FunnelStep>,
    pub(in crate::engine) marked: Vec<Option<(Time, Time)>>,
    pub(in crate::engine) sold_out_at: Vec<SoldOut>,
    /// What happened at instants that only the run knows.
    pub(in crate::engine) chronicle: Chronicle,
    /// By pool, then by service: when it first ran dry.
    pub(in crate::engine) dried: Vec<Option<Time>>,
    /// Levels that a probe follows.
    pub(in crate::engine) watches: Vec<Watch>,
    /// Requests of users by window, where bins do not tell of them.
    pub(in crate::engine) windows: WindowLog,
    /// What probes ask beyond it.
    pub(in crate::engine) readings: Readings,
    /// What is read while it runs.
    pub(super) instruments: Instruments,
    /// How full everything is.
    pub(in crate::engine) profile: Profile,
    /// Integrals, maxima at the horizon, taken before a drain goes on.
    pub(in crate::engine) frozen: Option<Frozen>,
    /// Tasks that were there at the cut of a warm-up.
    pub(in crate::engine) present_at_cut: u64,
}

/// By one, up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Change {
    /// One more.
    More,
    /// One less.
    Less,
}

impl Recorder {
    /// Bytes that are recorded whatever happens; durations take more as they come.
    pub(in crate::engine) fn size(program: &Program) -> usize {
        let layout = &program.layout;
        let bins = program.clock.bins as usize;
        let samples = (0..layout.samples() as u32).map(SampleId);
        let binned = samples.filter(|id| call_of(layout, *id).is_some()).count();
        let shelves = if has_others(&program.clock) { 2 } else { 1 };
        let counted = 2 * size_of::<u128>() + (shelves * bins + 2) * size_of::<u32>();
        let counters = layout.counters() * counted;
        let levels = layout.levels() * bins * size_of::<f32>();
        let levels = levels + layout.states().count() * bins * size_of::<u32>();
        let meters = layout.meters() * size_of::<Meter>();
        let tallies = layout.samples() + 2 * layout.calls as usize;
        let tallies = tallies * size_of::<LiveTally>();
        let by_bin = binned * Octaves::size(bins + 1);
        counters + levels + meters + tallies + by_bin + windows::size(program)
    }

    /// Makes ready for a replication; keeps what was allocated.
    pub(in crate::engine) fn prepare(&mut self, program: &Program) {
        let layout = program.layout;
        let clock = &program.clock;
        self.layout = layout;
        self.readings = Readings::default();
        self.chronicle = Chronicle::default();
        self.profile = Profile::default();
        self.frozen = None;
        self.present_at_cut = 0;
        self.bins = clock.bins as usize;
        self.bin_width = clock.bin;
        self.cut = Time(clock.cut.0 - clock.start.0);
        self.counted_ns = match clock.tail {
            None => i64::MAX as u64,
            Some(_) => (clock.horizon.0 - clock.cut.0) as u64,
        };
        self.has_others = has_others(clock);
        self.others_at = layout.counters();
        (self.bin, self.bin_began) = (0, Time(0));
        refill(&mut self.sums, 2 * layout.counters(), 0);
        refill(&mut self.counts, 2 * layout.counters(), 0);
        self.other_bins.clear();
        self.counter_bins.clear();
        self.counter_bins.reserve(layout.counters() * self.bins);
        refill(&mut self.meters, layout.meters(), Meter::default());
        refill(&mut self.level_bins, layout.levels() * self.bins, 0.0);
        self.instants.clear();
        self.instants.reserve(layout.states().count() * self.bins);
        refill(&mut self.marked, layout.marks as usize, None);
        let may_dry = layout.pools + layout.services;
        refill(&mut self.dried, may_dry as usize, None);
        refill(
            &mut self.sold_out_at,
            layout.stocks as usize,
            SoldOut::default(),
        );
        self.tallies
            .resize_with(layout.samples(), LiveTally::default);
        for (index, tally) in self.tallies.iter_mut().enumerate() {
            let binned = call_of(&layout, SampleId(index as u32)).is_some();
            let bins = if binned { self.bins + 1 } else { 0 };
            tally.clear(bins);
        }
        self.retried
            .resize_with(layout.calls as usize, LiveTally::default);
        self.at_once
            .resize_with(layout.calls as usize, LiveTally::default);
        let by_call = self.retried.iter_mut().chain(&mut self.at_once);
        by_call.for_each(|tally| tally.clear(0));
        self.logs = false;
        self.funnel.clear();
        self.watches.clear();
        for journey in program.journeys.values() {
            for _ in 0..journey.steps {
                self.funnel.push(FunnelStep {
                    left: vec![0; Outcome::all(layout.own_outcomes).count()],
                    ..FunnelStep::default()
                });
            }
        }
        self.windows.prepare(program);
    }

    /// The integral of a level since the cut, up to now, in units times nanoseconds.
    pub(in crate::engine) fn integral(&self, level: LevelId, now: Time) -> u128 {
        self.meters[(level.0 / LANES) as usize].integral((level.0 % LANES) as usize, now)
    }

    /// A level goes up by one.
    #[inline]
    pub(in crate::engine) fn more(&mut self, level: LevelId, now: Time) {
        self.shift(level, Change::More, now);
    }

    /// A level goes down by one.
    #[inline]
    pub(in crate::engine) fn less(&mut self, level: LevelId, now: Time) {
        self.shift(level, Change::Less, now);
    }

    /// A level changes by one.
    #[inline]
    pub(in crate::engine) fn shift(&mut self, level: LevelId, by: Change, now: Time) {
        let meter = (level.0 / LANES) as usize;
        self.shift_at(meter, [level.0 % LANES], (by, now));
    }

    /// Users inside change by one: in all, and those of a journey, whose level stands there.
    #[inline(always)]
    pub(in crate::engine) fn inside(&mut self, (meter, lane): (usize, u32), by: (Change, Time)) {
        self.shift_at(0, [UserLevel::Inside as u32], by);
        self.shift_at(meter, [lane], by);
    }

    /// Users in the orbit, or those of them who wait, change by one.
    #[inline(always)]
    pub(in crate::engine) fn orbit<const N: usize>(
        &mut self,
        levels: [UserLevel; N],
        by: (Change, Time),
    ) {
        self.shift_at(0, levels.map(|level| level as u32), by);
    }

    /// Several levels of the meter with this index change by one.
    #[inline(always)]
    pub(in crate::engine) fn shift_at<const N: usize>(
        &mut self,
        meter: usize,
        lanes: [u32; N],
        (by, now): (Change, Time),
    ) {
        let levels = &mut self.meters[meter];
        for lane in lanes {
            match by {
                Change::More => levels.more(lane as usize, now),
                Change::Less => levels.less(lane as usize, now),
            }
        }
        if !self.watches.is_empty() {
            for lane in lanes {
                self.changed(LevelId(LANES * meter as u32 + lane), now);
            }
        }
    }

    /// A level has a new value.
    #[inline]
    pub(in crate::engine) fn set(&mut self, level: LevelId, value: u32, now: Time) {
        self.meters[(level.0 / LANES) as usize].set((level.0 % LANES) as usize, value, now);
        if !self.watches.is_empty() {
            self.changed(level, now);
        }
    }

    /// Tells those who follow a level.
    #[cold]
    fn changed(&mut self, level: LevelId, now: Time) {
        let value = self.value(level);
        for watch in self.watches.iter_mut().filter(|w| w.level == level) {
            watch.set(value, now);
        }
    }

    /// Follows a level from now on.
    pub(in crate::engine) fn watch(&mut self, mut watch: Watch) {
        let (meter, lane) = (watch.level.0 / LANES, watch.level.0 % LANES);
        let lane = self.meters[meter as usize].read_at(lane as usize);
        watch.level = LevelId(LANES * meter + lane as u32);
        self.watches.push(watch);
    }

    /// What a watch saw since it was asked last, if there is one of this number: the greatest
    /// value, and nanoseconds in which the limit held.
    pub(super) fn take_watched(&mut self, number: u32, now: Time) -> Option<(Option<u32>, i64)> {
        let watch = self
            .watches
            .iter_mut()
            .find(|watch| watch.probe == number)?;
        Some(watch.take(now))
    }

    /// Levels of the meter with this index are always equal to another of it.
    pub(in crate::engine) fn equate(&mut self, meter: usize, lanes: [u32; 2], to: u32) {
        for lane in lanes {
            self.meters[meter].equate(lane as usize, to as usize);
        }
    }

    /// The value of a level.
    #[inline]
    pub(in crate::engine) fn value(&self, level: LevelId) -> u32 {
        self.value_at((level.0 / LANES) as usize, level.0 % LANES)
    }

    /// The value of a level that stands there.
    #[inline]
    pub(in crate::engine) fn value_at(&self, meter: usize, lane: u32) -> u32 {
        self.meters[meter].value(lane as usize)
    }

    /// How many requests of a call started in each bin, but for those of a warm-up.
    pub(in crate::engine) fn started_of(&self, call: u32) -> impl Iterator<Item = u32> {
        self.counted_of(call, CallCounter::Started)
    }

    /// What was counted of a call in each bin.
    pub(in crate::engine) fn counted_of(
        &self,
        call: u32,
        what: CallCounter,
    ) -> impl Iterator<Item = u32> {
        let counter = self.layout.call(call, what).0 as usize;
        let rows = self.counter_bins.chunks_exact(self.layout.counters());
        rows.take(self.bins).map(move |row| row[counter])
    }

    /// A mechanism has done what it counts, of something that began then; what only an action adds
    /// has no count.
    pub(in crate::engine) fn tally(&mut self, what: TallyId, began: Time) {
        if what != NOT_COUNTED {
            self.count(self.layout.tally(what), began);
        }
    }

    /// A pool, or after these a service, has run dry.
    pub(in crate::engine) fn dried(&mut self, number: u32, now: Time) {
        if self.counts(now) {
            self.dried[number as usize].get_or_insert(now);
        }
    }

    /// A mark is passed.
    pub(in crate::engine) fn mark(&mut self, mark: u32, now: Time) {
        self.count(self.layout.mark(mark), now);
        if !self.counts(now) {
            return;
        }
        let seen = &mut self.marked[mark as usize];
        *seen = Some((seen.map_or(now, |(first, _)| first), now));
    }

    /// A visit reaches a top-level step of its journey.
    #[inline]
    pub(in crate::engine) fn reached(&mut self, step: StepId) {
        self.funnel[step].reached += 1;
    }

    /// A visit ends at a top-level step; one that is served goes on from there.
    #[inline]
    pub(in crate::engine) fn left(&mut self, at: StepId, outcome: Outcome) {
        if outcome != Outcome::Served
            && let Some(step) = self.funnel.get_mut(at)
        {
            step.left[outcome.number()] += 1;
        }
    }

    /// Ends a bin of the timeline.
    pub(in crate::engine) fn end_bin(&mut self, bin: usize, now: Time) {
        let width = (now.0 - bin as i64 * self.bin_width.0).max(1) as f64;
        let lanes = LANES as usize;
        let row = bin * self.layout.levels();
        for (index, meter) in self.meters.iter_mut().enumerate() {
            for (lane, integral) in meter.end_bin(now).into_iter().enumerate() {
                self.level_bins[row + index * lanes + lane] = (integral as f64 / width) as f32;
            }
        }
        for level in self.layout.states() {
            self.instants.push(self.value(level));
        }
        let (counted, others) = self.counts.split_at(self.layout.counters());
        self.counter_bins.extend_from_slice(counted);
        if self.has_others {
            self.other_bins.extend_from_slice(others);
        }
        self.counts.fill(0);
        // What starts when the last one is over, in a drain, belongs to none.
        (self.bin, self.bin_began) = (bin + 1, now);
    }

    /// Drops the warm-up: counts and integrals start anew.
    pub(in crate::engine) fn cut(&mut self, now: Time) {
        debug_assert!(self.totals().iter().all(|&n| n == 0), "counted too early");
        let all = self.layout.counters();
        self.counts[all..].fill(0);
        self.sums[all..].fill(0);
        self.other_bins.fill(0);
        for meter in &mut self.meters {
            meter.reset(now);
        }
    }

    /// Bytes in use by what grows with time, for the memory limit: durations, logs of them, and the
    /// copies of logs that the answers at the end are made of.
    pub(in crate::engine) fn bytes(&self) -> usize {
        let tallies = self.tallies.iter().chain(&self.retried);
        let tallies = tallies.chain(&self.at_once).map(LiveTally::bytes);
        let logs = self.tallies.iter().filter_map(|t| t.log.as_ref());
        let logs = logs.map(|log| {
            let copies = 2 * log.len() * size_of::<(Time, i64)>();
            log.capacity() * size_of::<(Time, i64)>() + copies
        });
        tallies.chain(logs).sum()
    }
}
