//! From what was kept of the replications of a variant to its part of the document.
//!
//! One idea: every figure is formed within a replication and then averaged, in the order of
//! replications; one file an idea of the document. It runs nothing and judges nothing but
//! objectives.

mod broken;
mod checks;
mod events;
mod goods;
mod moments;
mod observed;
mod overload;
pub(crate) mod objectives;
mod requests;
mod services;
mod time;
mod trouble;
mod unplanned;
mod users;

use std::collections::BTreeMap;

use crate::estimate::interval;
use crate::estimate::measure::Quantity;
use crate::estimate::quantile::{self, Replicas, Sample};
use crate::estimate::share::{self, Part};
use crate::model::Study;
use crate::observation::{Among, CounterId, LevelId, SampleId, ServiceLevel, Tally};
use crate::results::{Change, Estimate, MeanMax, Percentiles, Times, Variant};
use crate::study::lens::{Lens, Seen};
use crate::study::metrics::MetricTable;
use crate::study::steady;
use crate::study::usual::{self, Durations, Reader};

/// Percentiles of the document: 50, 90, 95, 99 and 99.9 %.
const LEVELS: [f64; 5] = [0.5, 0.9, 0.95, 0.99, 0.999];

/// All that was kept of a variant, with what is needed to judge it.
pub(crate) struct Sight<'a> {
    /// How it was looked at.
    pub(crate) lens: &'a Lens<'a>,
    /// The metrics of all replications, in order.
    pub(crate) metrics: &'a MetricTable,
    /// The replications that were kept in detail: the first of them, mostly all.
    pub(crate) seen: &'a [Seen],
    /// Confidence of intervals.
    pub(crate) confidence: f64,
    /// Those of every bootstrap.
    pub(crate) replicas: Replicas,
    /// What the variant changes.
    pub(crate) changes: &'a BTreeMap<String, Change>,
    /// What it is made of.
    pub(crate) of: &'a [String],
}

/// The part of the document about one variant.
pub(crate) fn variant(sight: &Sight<'_>) -> Variant {
    let mut variant = Variant {
        changes: sight.changes.clone(),
        of: sight.of.to_vec(),
        users: users::all(sight),
        journeys: users::journeys(sight),
        requests: requests::requests(sight),
        services: services::services(sight),
        pools: goods::pools(sight),
        rooms: goods::rooms(sight),
        orbit: users::orbit(sight),
        orbit_waiting: users::orbit_waiting(sight),
        messages: goods::messages(sight),
        mechanisms: goods::mechanisms(sight),
        marks: goods::marks(sight),
        stock: goods::stocks(sight),
        bottlenecks: trouble::bottlenecks(sight),
        recovery: trouble::recovery(sight),
        stable: trouble::stable(sight),
        spectrum: time::spectra(sight),
        timeline: time::timeline(sight),
        heat: time::heat(sight),
        settled: steady::settled(sight.lens, sight.seen),
        checks: checks::checks(sight),
        ..Variant::default()
    };
    overload::of_services(sight, &mut variant.services);
    variant.storm = overload::storm(sight, &variant);
    variant.phase = overload::phase(sight, &variant);
    variant.cost.price = services::price(sight);
    variant.cost.server_hours = services::hours(sight, ServiceLevel::Up);
    variant.cost.core_hours = services::hours(sight, ServiceLevel::Cores);
    variant.observed = observed::observed(sight);
    variant.metrics = metrics(sight);
    variant.values = values(sight);
    variant.objectives = objectives::objectives(sight, variant.settled.as_ref());
    variant.split = trouble::split(sight, &variant.objectives);
    variant.moments = moments::moments(sight, &variant);
    variant.events = events::events(sight, &variant);
    variant
}

/// Every metric over replications.
fn metrics(sight: &Sight<'_>) -> BTreeMap<String, Estimate> {
    let names = sight.metric_names();
    names
        .filter_map(|name| Some((name.to_owned(), sight.estimate(name)?)))
        .collect()
}

/// Every metric in each replication that is kept in detail, where it is finite.
fn values(sight: &Sight<'_>) -> BTreeMap<String, Vec<Option<f64>>> {
    let finite = |name: &str| {
        let found = sight.each_metric(name).take(sight.seen.len());
        found.map(|v| v.filter(|v| v.is_finite())).collect()
    };
    let names = sight.metric_names();
    names.map(|name| (name.to_owned(), finite(name))).collect()
}

impl Sight<'_> {
    /// One value a replication.
    fn each<T>(&self, of: impl Fn(&Reader<'_>) -> T) -> Vec<T> {
        let readers = self.seen.iter().map(|seen| Reader {
            program: self.lens.program,
            seen: &seen.totals,
        });
        readers.map(|reader| of(&reader)).collect()
    }

    /// The mean over replications of a value that may not exist.
    fn mean(&self, of: impl Fn(&Reader<'_>) -> Option<f64>) -> Option<Estimate> {
        interval::mean(&self.each(of), self.confidence)
    }

    /// The same of a part of things that were counted.
    fn part(&self, of: impl Fn(&Reader<'_>) -> (f64, f64)) -> Option<Estimate> {
        let parts = self.each(|reader| {
            let (part, whole) = of(reader);
            Part { part, whole }
        });
        share::share_of(&parts, self.confidence)
    }

    /// The same of a share of anything else, as of time.
    fn share(&self, of: impl Fn(&Reader<'_>) -> Option<f64>) -> Option<Estimate> {
        interval::share(&self.each(of), self.confidence)
    }

    /// The mean over replications of a counter.
    fn count(&self, id: CounterId) -> Option<Estimate> {
        self.mean(|reader| Some(reader.count(id)))
    }

    /// The mean and the maximum of a level.
    fn level(&self, id: LevelId) -> MeanMax {
        MeanMax {
            mean: self.mean(|reader| reader.level(id)),
            max: self.mean(|reader| Some(reader.max(id))),
        }
    }

    /// The names of all metrics, in the order of the lens.
    pub(crate) fn metric_names(&self) -> impl Iterator<Item = &str> {
        self.lens.names().iter().map(String::as_str)
    }

    /// A metric in every replication.
    pub(crate) fn metric(&self, name: &str) -> Vec<Option<f64>> {
        self.each_metric(name).collect()
    }

    fn each_metric(&self, name: &str) -> impl Iterator<Item = Option<f64>> {
        self.metrics.values(self.lens.position(name))
    }

    /// A metric over replications.
    pub(crate) fn estimate(&self, name: &str) -> Option<Estimate> {
        self.estimate_at(name, self.confidence)
    }

    /// The same at another confidence.
    pub(crate) fn estimate_at(&self, name: &str, confidence: f64) -> Option<Estimate> {
        let values = self.metric(name);
        match Quantity::of(name) {
            Quantity::Chance => share::chance(&values, confidence),
            Quantity::Share => match self.parts(name) {
                Some(parts) => share::share_of(&parts, confidence),
                None => interval::share(&values, confidence),
            },
            _ => match self.pooled(name) {
                Some(pooled) => interval::sectioned(self.sections(&values), pooled, confidence),
                None => interval::mean(&values, confidence),
            },
        }
    }

    /// The counts behind a metric that is a share of things.
    fn parts(&self, name: &str) -> Option<Vec<Part>> {
        self.metrics.parts(self.lens.position(name)?)
    }

    /// The values of those replications that are kept in detail: what durations are pooled of.
    pub(crate) fn sections<'v>(&self, values: &'v [Option<f64>]) -> &'v [Option<f64>] {
        &values[..self.seen.len()]
    }

    /// In a steady study, a percentile of all replications' durations together, if the metric is
    /// one: what is asked is of the long run, and the replications are pieces of it.
    pub(crate) fn pooled(&self, name: &str) -> Option<f64> {
        if !self.is_steady() {
            return None;
        }
        let Durations { of, among, q } = usual::durations(self.lens.program, name)?;
        let started = |reader: &Reader<'_>, id: SampleId| {
            let all = usual::started(reader.program, id).filter(|_| among == Among::Started);
            all.map(|all| reader.count(all) as u64)
        };
        let samples = self.each(|reader| {
            let each = of.iter().map(|&id| {
                let tally = &reader.seen.tallies[id.0 as usize];
                sample(tally, started(reader, id))
            });
            each.reduce(Sample::with).unwrap_or_default()
        });
        quantile::spectrum(&samples, &[q])[0]
    }

    /// Percentiles of one sample of each replication: `of` gives that of a replication.
    fn percentiles(
        &self,
        samples: &[Sample],
        of: impl Fn(&Reader<'_>, f64) -> Option<f64>,
    ) -> [Option<Estimate>; 5] {
        let pooled = match self.is_steady() {
            true => quantile::spectrum(samples, &LEVELS),
            false => vec![None; LEVELS.len()],
        };
        std::array::from_fn(|at| {
            let values = self.each(|reader| of(reader, LEVELS[at]));
            match pooled[at] {
                Some(pooled) => interval::sectioned(&values, pooled, self.confidence),
                None => interval::mean(&values, self.confidence),
            }
        })
    }

    /// Whether the study is of a steady state.
    pub(crate) fn is_steady(&self) -> bool {
        matches!(self.lens.model.study, Study::Steady(_))
    }

    /// The times of a sample: of those that ended ok.
    fn times(&self, id: SampleId) -> Option<Times> {
        let mean = |of: fn(&Tally) -> Option<f64>| {
            self.mean(|reader| of(&reader.seen.tallies[id.0 as usize]))
        };
        let count = mean(|tally| Some(tally.count as f64))?;
        let samples = self.each(|reader| sample(&reader.seen.tallies[id.0 as usize], None));
        let [p50, p90, p95, p99, p999] =
            self.percentiles(&samples, |reader, q| reader.percentile_ok(id, q));
        Some(Times {
            count: Some(count),
            mean: self.mean(|reader| reader.mean(id)),
            sd: mean(deviation),
            p50,
            p90,
            p95,
            p99,
            p999,
            max: mean(|tally| (tally.count > 0).then_some(tally.max as f64 / 1e9)),
            pooled: quantile::pooled(&samples, self.confidence, &self.replicas),
        })
    }

    /// The times of all that started: those not in the sample take longer than any time.
    fn all_times(&self, id: SampleId, started: impl Fn(&Reader<'_>) -> u64) -> Option<Percentiles> {
        let samples = self.samples(id, &started);
        let [p50, p90, p95, p99, p999] = self.percentiles(&samples, |reader, q| {
            reader.percentile(id, q, started(reader))
        });
        Some(Percentiles {
            count: Some(self.mean(|reader| Some(started(reader) as f64))?),
            p50,
            p90,
            p95,
            p99,
            p999,
            pooled: quantile::pooled(&samples, self.confidence, &self.replicas),
        })
    }

    /// The times of all that started in each replication, for pooling.
    fn samples(&self, id: SampleId, started: &impl Fn(&Reader<'_>) -> u64) -> Vec<Sample> {
        self.each(|reader| sample(&reader.seen.tallies[id.0 as usize], Some(started(reader))))
    }
}

/// The times of one replication; of `started` those not in the sketch never ended.
fn sample(tally: &Tally, started: Option<u64>) -> Sample {
    let counted: Vec<(f64, u64)> = tally
        .sketch
        .buckets()
        .map(|(ns, n)| (ns as f64 / 1e9, u64::from(n)))
        .collect();
    let ok = tally.sketch.len();
    Sample {
        counted,
        never: started.map_or(0, |started| started.saturating_sub(ok)),
    }
}

/// The standard deviation of the times of one replication, divisor n − 1, in seconds.
fn deviation(tally: &Tally) -> Option<f64> {
    let n = tally.count as f64;
    if tally.count < 2 {
        return None;
    }
    let mean = tally.sum as f64 / 1e9 / n;
    let squares = (tally.squares - n * mean * mean).max(0.0);
    Some((squares / (n - 1.0)).sqrt())
}

#[cfg(test)]
mod tests;
