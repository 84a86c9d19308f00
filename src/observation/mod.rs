//! What one replication saw: data only.
//!
//! The engine's recorder fills an [`Observation`]; estimates are made from many of them. It does
//! not know who records or who reads, and holds no name: positions come from the [`Layout`].

pub mod chronicle;
pub mod classes;
pub mod exchange;
pub mod fullness;
pub mod layout;
pub mod probe;
pub mod sketch;
pub mod windows;

pub use chronicle::{Chronicle, Unplanned};
pub use classes::Cell;
pub use fullness::Fullness;
pub use layout::*;
pub use probe::{Among, Comparison, Period, Probe, RecoveryFigure, Statistic, Term, View, Worst};
pub use sketch::Sketch;
pub use windows::{StepWindows, Window, Windows};

use serde::{Deserialize, Serialize};

use crate::base::time::Time;

/// How a user's last visit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Outcome {
    /// The last step was done.
    Served,
    /// Patience was spent.
    Abandoned,
    /// Turned away.
    Refused,
    /// A request failed in any other way.
    Failed,
    /// A `take` found no units.
    SoldOut,
    /// In the system, or at home before another visit, at the end.
    Unfinished,
    /// In a word of the model's own, by its number.
    Own(u8),
}

impl Outcome {
    /// The outcomes that every model has, in the order of their numbers.
    pub const GENERAL: [Self; 6] = [
        Self::Served,
        Self::Abandoned,
        Self::Refused,
        Self::Failed,
        Self::SoldOut,
        Self::Unfinished,
    ];

    /// All outcomes of a model with so many words of its own, in the order of their numbers.
    pub fn all(own: u8) -> impl Iterator<Item = Self> {
        Self::GENERAL.into_iter().chain((0..own).map(Self::Own))
    }

    /// Its number: those that every model has come first.
    pub const fn number(self) -> usize {
        match self {
            Self::Served => 0,
            Self::Abandoned => 1,
            Self::Refused => 2,
            Self::Failed => 3,
            Self::SoldOut => 4,
            Self::Unfinished => 5,
            Self::Own(number) => Self::GENERAL.len() + number as usize,
        }
    }

    /// The word of the language and of the results; `own` are the model's own words.
    pub fn word(self, own: &[String]) -> &str {
        match self {
            Self::Own(number) => &own[usize::from(number)],
            Self::Served => "served",
            Self::Abandoned => "abandoned",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::SoldOut => "sold_out",
            Self::Unfinished => "unfinished",
        }
    }
}

/// What one replication saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Which replication, from 0.
    pub replication: u32,
    /// The last instant at which anything happened.
    pub ended: Time,
    /// Events executed.
    pub events: u64,
    /// What counts against the limit of events: those that were planned, and turns within them.
    pub spent: u64,
    /// Most users inside at one time.
    pub users_max: u64,
    /// By [`CounterId`], of things that began in the measured period: what became of them, however
    /// late that was seen.
    pub counters: Vec<u128>,
    /// By [`CounterId`]: what happened in the measured period (in a launch, also in its drain), to
    /// things that began whenever.
    pub happened: Vec<u128>,
    /// By bin, then [`CounterId`]: counts belong to the bin in which they happen.
    pub counter_bins: Vec<u32>,
    /// By [`LevelId`]: integral over the measured period, in units times seconds.
    pub integrals: Vec<f64>,
    /// By [`LevelId`]: the largest value in the measured period.
    pub maxima: Vec<u32>,
    /// By bin, then [`LevelId`]: time average of the bin.
    pub level_bins: Vec<f32>,
    /// By [`SampleId`]: durations, in nanoseconds.
    pub tallies: Vec<Tally>,
    /// By [`SampleId`] of call requests (the others are empty), then bin: durations by the bin in
    /// which they started, but for those of a warm-up.
    pub tally_bins: Vec<Vec<BinTimes>>,
    /// By [`SampleId`] of call requests (the others are empty): how many of those that started in a
    /// stretch of bins ended ok after so long, where there are any.
    pub heat: Vec<Vec<Cell>>,
    /// By mark: when it was first and last passed; absent when it never was.
    pub marked: Vec<Option<(Time, Time)>>,
    /// By journey, then top-level step.
    pub funnel: Vec<Vec<FunnelStep>>,
    /// By stock: when nothing was left for the first time, and from when on until the end.
    pub sold_out_at: Vec<SoldOut>,
    /// What happened at instants that only the run knows.
    pub chronicle: Chronicle,
    /// By pool, then by service: when all that there is of it was first held by those who waited
    /// for more.
    pub dried: Vec<Option<Time>>,
    /// Requests of users by step and window, which health is judged by.
    pub windows: Windows,
    /// By probe: the value, infinite for "longer than any time", `None` where it does not exist.
    pub metrics: Vec<Option<f64>>,
    /// By probe: of how many things a share is; 0 for what is no share of things.
    pub wholes: Vec<u64>,
    /// By probe: windows skipped for too few values.
    pub skipped: Vec<u32>,
    /// By bin, then [`Layout::states`]: the value at the end of the bin.
    pub instants: Vec<u32>,
    /// Users, requests and attempts present at the cut of a warm-up.
    pub present_at_cut: u64,
    /// How full everything was, and what its holders were at.
    pub fullness: Fullness,
}

impl Observation {
    /// Bytes in use, but for windows and fullness.
    pub fn bytes(&self) -> usize {
        let sketches = self.tallies.iter().map(|tally| tally.sketch.bytes());
        let bins = self.tally_bins.iter().map(|bins| size_of_val(&**bins));
        let heat = self.heat.iter().map(|cells| size_of_val(&**cells));
        let steps = self.funnel.iter().flatten();
        let left = steps.map(|step| size_of_val(step) + size_of_val(&*step.left));
        let lists = [
            size_of_val(&*self.counters) + size_of_val(&*self.happened),
            size_of_val(&*self.counter_bins) + size_of_val(&*self.instants),
            size_of_val(&*self.integrals) + size_of_val(&*self.maxima),
            size_of_val(&*self.level_bins) + size_of_val(&*self.tallies),
            size_of_val(&*self.tally_bins) + size_of_val(&*self.heat),
            size_of_val(&*self.marked) + size_of_val(&*self.sold_out_at),
            size_of_val(&*self.funnel) + size_of_val(&*self.skipped),
            size_of_val(&*self.dried),
            size_of_val(&*self.metrics) + size_of_val(&*self.wholes),
        ];
        let lists = lists.into_iter().chain([self.chronicle.bytes()]);
        let parts = sketches.chain(bins).chain(heat).chain(left).chain(lists);
        size_of::<Self>() + parts.sum::<usize>()
    }
}

/// When nothing was left of a stock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoldOut {
    /// For the first time.
    pub first: Option<Time>,
    /// From when on until the end.
    pub last: Option<Time>,
}

/// Durations of one kind over the whole measured period.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// Every duration, in ns, within the sketch's error.
    pub sketch: Sketch,
    /// How many.
    pub count: u64,
    /// Their sum in ns.
    pub sum: u128,
    /// Sum of their squares in s².
    pub squares: f64,
    /// The longest in ns.
    pub max: u64,
}

/// Durations that started in one bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BinTimes {
    /// How many started.
    pub started: u32,
    /// How many of them ended ok.
    pub ok: u32,
    /// Median of those that ended ok, in seconds; NaN-free: absent is negative.
    pub p50: f32,
    /// Their 95th percentile, likewise.
    pub p95: f32,
    /// Their 99th percentile, likewise.
    pub p99: f32,
    /// The 95th percentile of all that started; absent also where it is longer than any time.
    pub p95_all: f32,
}

/// What became of those who reached a top-level step of a journey.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunnelStep {
    /// Visits that reached it.
    pub reached: u64,
    /// Visits that went on from it.
    pub passed: u64,
    /// Visits that ended at it, by the number of their [`Outcome`].
    pub left: Vec<u64>,
}
