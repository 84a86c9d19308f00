//! What a study keeps of one replication.
//!
//! One idea: an observation is megabytes of bins, a study hundreds of observations; so each is
//! looked at once, where it was made, and reduced to its metrics and its fate and, if it is kept in
//! detail, to its totals, the series that are shown and its spells of saturation.

use std::sync::OnceLock;

use crate::base::table::Id;
use crate::base::time::Span;
use crate::estimate::bottleneck::Strain;
use crate::estimate::health::{Rule, Step, Ward};
use crate::estimate::recovery::{self, Fate};
use crate::estimate::warmup::Course;
use crate::model::{Model, Study};
use crate::observation::{
    CallCounter, Fullness, LevelId, Observation, Probe, RecoveryFigure, UserCounter, Windows,
};
use crate::program::{CallId, Program, Site};
use crate::study::brims::{self, Lanes};
use crate::study::columns::{self, Column, Values};
use crate::study::metrics::Row;
use crate::study::offered;
use crate::study::stations::Stations;
use crate::study::storm::{self, Odd, Storm};
use crate::study::strain::strains;
use crate::study::trigger::{self, Judge};
use crate::study::usual::{self, Reader, Recovered};

/// The metric of the first sentence of every report, asked for in every study.
pub(crate) const SERVED: &str = "share(served)";

/// A median up to here is healthy whatever is usual, seconds: nobody notices.
const QUICK_S: f64 = 0.25;

/// How the replications of one program are looked at.
pub(crate) struct Lens<'a> {
    /// The program.
    pub(crate) program: &'a Program,
    /// The model that it was compiled from.
    pub(crate) model: &'a Model,
    /// The series kept.
    pub(crate) columns: Vec<Column>,
    /// How its launches are judged; absent if they cannot be.
    pub(crate) judge: Option<&'a Judge>,
    /// When a window is healthy.
    rule: Rule,
    /// The original work expected in each window, where launches are judged.
    work: Vec<f64>,
    /// The names of all metrics, once a replication has been looked at.
    names: OnceLock<Vec<String>>,
}

/// One replication in detail, reduced.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Totals; the bins are gone.
    pub(crate) totals: Observation,
    /// The columns of the lens.
    pub(crate) columns: Vec<Values>,
    /// What was full, and why.
    pub(crate) strains: Vec<Strain>,
    /// By service, what went on while it was unhealthy; empty if it never was.
    pub(crate) storms: Vec<Storm>,
    /// By service, the server that differs most from the others.
    pub(crate) odd: Vec<Option<Odd>>,
    /// By service, how full each of its servers was, where one stands out.
    pub(crate) brims: Vec<Lanes>,
    /// The bin in which most users came.
    pub(crate) peak: Option<Peak>,
    /// The first bin in which a caller's clock ran out.
    pub(crate) first_timeout: Option<usize>,
    /// How full the system was over the measured time, state by state of the layout; of a steady
    /// study only.
    pub(crate) courses: Vec<Course>,
}

impl Seen {
    /// Bytes in use.
    pub(crate) fn bytes(&self) -> usize {
        let columns = self.columns.iter().map(Values::bytes);
        let courses = self.courses.iter().map(Course::bytes);
        let strains = self.strains.iter().map(Strain::bytes);
        let storms = size_of_val(&*self.storms) + size_of_val(&*self.odd);
        let lanes = self.brims.iter().map(Lanes::bytes).sum::<usize>();
        let own = size_of::<Self>() - size_of::<Observation>() + self.totals.bytes();
        own + storms + lanes + columns.chain(courses).chain(strains).sum::<usize>()
    }
}

/// The metrics of one replication, in the order of the program's probes, then of the usual ones.
pub(crate) type Metrics = Vec<(String, Option<f64>)>;

/// The bin in which most users came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Peak {
    /// Which.
    pub(crate) bin: usize,
    /// How many came in it.
    pub(crate) users: u32,
}

impl<'a> Lens<'a> {
    /// A lens for a program.
    pub(crate) fn new(
        model: &'a Model,
        program: &'a Program,
        judge: Option<&'a Judge>,
    ) -> Lens<'a> {
        let window = program.clock.window.filter(|_| judge.is_some());
        Lens {
            program,
            model,
            work: window.map_or_else(Vec::new, |window| {
                offered::loads(model, program, &Stations::of(model), window)
            }),
            columns: columns::plan(program),
            judge,
            rule: trigger::rule(model),
            names: OnceLock::new(),
        }
    }

    /// The metrics of a replication, and what became of it.
    pub(crate) fn row(&self, seen: &Observation) -> Row {
        let fate = self.fate(seen);
        let (answers, wholes) = self.answers(seen, fate.as_ref());
        let (names, values): (Vec<_>, Vec<_>) = answers.into_iter().unzip();
        self.names.get_or_init(|| names);
        Row {
            values,
            wholes,
            fate,
        }
    }

    /// Looks at a replication in detail, of which this became.
    pub(crate) fn look(&self, mut seen: Observation, fate: Option<&Fate>) -> Seen {
        let courses = self.courses(&seen);
        let columns = self.columns.iter();
        let columns = columns.map(|c| c.of(self.program, &seen)).collect();
        let strains = strains(self.program, &seen);
        let storms = storm::storms(self.program, &seen, fate, self.judge);
        let odd = storm::odd(self.program, &seen);
        let brims = brims::brims(self.program, &seen, &odd);
        let (peak, first_timeout) = (self.peak(&seen), self.first_timeout(&seen));
        seen.counter_bins = Vec::new();
        seen.level_bins = Vec::new();
        seen.tally_bins = Vec::new();
        seen.windows = Windows::default();
        seen.fullness = Fullness::default();
        seen.instants = Vec::new();
        Seen {
            totals: seen,
            columns,
            strains,
            storms,
            odd,
            brims,
            peak,
            first_timeout,
            courses,
        }
    }

    /// The names of all metrics, in their order; none before a replication was looked at.
    pub(crate) fn names(&self) -> &[String] {
        self.names.get().map_or(&[], Vec::as_slice)
    }

    /// Which of the metrics has this name.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.names().iter().position(|known| known == name)
    }

    /// What became of a replication.
    pub(crate) fn fate(&self, seen: &Observation) -> Option<Fate> {
        let judge = self.judge?;
        let steps = seen.windows.steps.iter().map(|step| {
            let name = self.step_name(step.call);
            let mut known = judge.unloaded.iter();
            Step {
                seen: step,
                unloaded: known
                    .find(|(known, _)| known == name)
                    .map(|(_, usual)| *usual),
                quick_s: self.quick_s(step.call),
            }
        });
        let steps: Vec<Step<'_>> = steps.collect();
        let ward = Ward::new(&seen.windows, &steps, &self.rule);
        recovery::fate(ward, judge.windows(self.program), &self.work)
    }

    /// Whether a call is one of the steps of journeys whose health is followed.
    pub(crate) fn is_step(&self, call: u32) -> bool {
        let call = &self.program.calls[CallId::from_index(call as usize)];
        call.from == Site::Users && !call.message
    }

    /// The name of a call.
    pub(crate) fn step_name(&self, call: u32) -> &str {
        &self.program.names.calls[call as usize]
    }

    /// A median up to here is healthy whatever is usual, seconds: a tenth of the step's timeout.
    fn quick_s(&self, call: u32) -> f64 {
        let settings = &self.program.settings.calls[CallId::from_index(call as usize)];
        let timeout = settings.timeout.or(settings.deadline);
        timeout.map_or(QUICK_S, |timeout| QUICK_S.min(timeout.as_secs_f64() / 10.0))
    }

    /// Length of the windows of health, seconds; 0 where it is not followed.
    pub(crate) fn window_s(&self) -> f64 {
        let window = self.program.clock.window;
        window.map_or(0.0, Span::as_secs_f64)
    }

    /// Every metric of a replication; what the model asks for goes before the usual ones.
    pub(crate) fn metrics(&self, seen: &Observation, fate: Option<&Fate>) -> Metrics {
        self.answers(seen, fate).0
    }

    /// Every metric of a replication, and of how many things it is a share.
    pub(crate) fn answers(&self, seen: &Observation, fate: Option<&Fate>) -> (Metrics, Vec<u64>) {
        let fate = fate.map(|fate| Recovered::of(fate, self.window_s()));
        let reader = Reader {
            program: self.program,
            seen,
        };
        let asked = self.program.names.probes.iter().zip(&self.program.probes);
        let mut metrics: Metrics = asked
            .zip(&seen.metrics)
            .map(|((name, probe), value)| (name.clone(), answer(probe, *value, fate)))
            .collect();
        let first = metrics.len();
        let mut wholes = seen.wholes[..first].to_vec();
        for one in usual::values(&reader, fate) {
            if !metrics[..first].iter().any(|(name, _)| *name == one.name) {
                metrics.push((one.name, one.value));
                wholes.push(one.whole);
            }
        }
        (metrics, wholes)
    }

    /// How full the system was over the measured time, bin by bin that lies wholly in it.
    fn courses(&self, seen: &Observation) -> Vec<Course> {
        if self.model.study == Study::Launch {
            return Vec::new();
        }
        let (clock, layout) = (&self.program.clock, &self.program.layout);
        let before = clock.cut.since(clock.start).nanos();
        let first = ((before + clock.bin.nanos() - 1) / clock.bin.nanos()) as usize;
        let states = layout.states().count();
        let course = |(state, level): (usize, LevelId)| Course {
            averages: column(&seen.level_bins, layout.levels(), (first, level.0 as usize)),
            instants: column(&seen.instants, states, (first, state)),
        };
        layout.states().enumerate().map(course).collect()
    }

    fn peak(&self, seen: &Observation) -> Option<Peak> {
        let layout = &self.program.layout;
        let arrived = layout.users(UserCounter::Arrived).0 as usize;
        let bins = seen.counter_bins.chunks_exact(layout.counters());
        let bins = bins.map(|row| row[arrived]).enumerate();
        bins.reduce(|best, next| if next.1 > best.1 { next } else { best })
            .filter(|(_, users)| *users > 0)
            .map(|(bin, users)| Peak { bin, users })
    }

    fn first_timeout(&self, seen: &Observation) -> Option<usize> {
        let layout = &self.program.layout;
        let clocks: Vec<usize> = (0..layout.calls)
            .map(|call| layout.call(call, CallCounter::AttemptTimedOut).0 as usize)
            .collect();
        let mut bins = seen.counter_bins.chunks_exact(layout.counters());
        bins.position(|row| clocks.iter().any(|&clock| row[clock] > 0))
    }
}

/// A column of rows of this width, from a row on.
fn column<T: Copy>(rows: &[T], width: usize, (first, at): (usize, usize)) -> Vec<T> {
    let rows = rows.chunks_exact(width).skip(first);
    rows.map(|row| row[at]).collect()
}

/// The answer to a probe: of recovery from the fate, of all others from the engine.
fn answer(probe: &Probe, value: Option<f64>, fate: Option<Recovered>) -> Option<f64> {
    match probe {
        Probe::Recovery(RecoveryFigure::Time) => fate.map(|fate| fate.time_s),
        Probe::Recovery(RecoveryFigure::Collapsed) => fate.map(|fate| fate.collapsed),
        Probe::Recovery(RecoveryFigure::Unhealthy) => fate.map(|fate| fate.unhealthy),
        Probe::Recovery(RecoveryFigure::Recovered) => fate.and_then(|fate| fate.recovered),
        _ => value,
    }
}
