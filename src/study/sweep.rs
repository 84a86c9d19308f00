//! One or two inputs over their values: how a metric moves with them.
//!
//! One idea: every value is a study of the model with that value, with the same launches, so a
//! figure is what `run --set` says of it, and neighbours differ by the input alone, not by luck.

mod queue;

use std::collections::BTreeMap;

use crate::estimate::knee::{self, Point};
use crate::estimate::usl::{self, Fitted, Method};
use crate::model::arrival::Form;
use crate::model::metric::Metric;
use crate::model::{Checked, Model};
use crate::program::Asked;
use crate::results::{
    self, Curve, CurveKnee, Estimate, Line, LineLaw, Measure, Results, Scalability, Sweep,
    SweptInput, Unit, UslFit, UslMethod,
};
use crate::study::contender::{self, BASELINE, Contender};
use crate::study::knob::Knob;
use crate::study::lens::SERVED;
use crate::study::plan::{Failure, Plan};
use crate::study::replicate::{Crew, Onlooker};
use crate::study::{compare, measures};

/// The most combinations of values.
const MOST: u32 = 2_000;

/// What is to be swept.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweeping {
    /// What is moved: one input or two.
    pub over: Vec<Knob>,
    /// What is looked at, as written; what the objectives ask for if empty.
    pub metrics: Vec<String>,
}

/// Plays every combination of values of one or two inputs.
///
/// # Errors
/// If a metric cannot be asked, no combination makes a valid model, a launch needs more than it may
/// use, or nothing was finished when somebody stopped it.
pub fn sweep(
    model: &Checked,
    asked: &Sweeping,
    plan: &Plan,
    onlooker: Onlooker<'_>,
) -> Result<Results, Failure> {
    let over: Vec<Knob> = asked.over.iter().map(Knob::coarse).collect();
    let metrics = metrics(model, &asked.metrics)?;
    let combinations = combinations(&over)?;
    contender::moves(model, &over)?;
    let crew = Crew::new(plan.threads, onlooker);
    let wanted = Asked {
        metrics: metrics.clone(),
        ..Asked::default()
    };
    // The model as it is first, then values all over the range: whoever stops it has an overview.
    let as_it_is = vec![Contender::baseline(model, &wanted)];
    let first = compare::of_contenders(model, as_it_is, plan, &crew);
    let (mut results, is_away) = compare::begun(first, (model, plan), onlooker)?;
    let mut cells: Vec<Cell> = combinations.iter().map(|_| Cell::default()).collect();
    for number in halving(combinations.len()) {
        if crew.is_stopped() {
            results.stopped = crew.stopped();
            results.complete = !results.stopped.is_unfinished();
            break;
        }
        let at = &combinations[number];
        let changes = over.iter().zip(at).map(|(knob, at)| knob.change(*at));
        let changes: Vec<_> = changes.collect();
        let Some(changed) = Checked::new(model.with(&changes).0) else {
            continue;
        };
        let one = vec![Contender::baseline(&changed, &wanted)];
        match compare::of_contenders(&changed, one, plan, &crew) {
            Ok(seen) => cells[number] = Cell::of(seen, changed),
            Err(Failure::Interrupted | Failure::OutOfTime) => {}
            Err(failure) => return Err(failure),
        }
    }
    if is_away {
        return Err(crew.nothing());
    }
    crew.rest();
    results.command = "sweep".to_owned();
    let curves = metrics.iter().map(|metric| {
        let key = metric.to_string();
        curve(model, (metric, &key), (&over, &cells), plan)
    });
    results.answers.sweep = Some(Sweep {
        inputs: over.iter().map(|knob| input(model, knob)).collect(),
        launches: cells.iter().map(|cell| cell.launches).collect(),
        curves: curves.collect(),
    });
    Ok(results)
}

/// The numbers below n in an order that covers them all at every moment: the ends, the middle, the
/// quarters and so on.
fn halving(n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::with_capacity(n);
    let mut seen = vec![false; n];
    let mut step = n.next_power_of_two().max(1);
    let ends = [0, n.saturating_sub(1)].into_iter();
    for at in ends.filter(|at| *at < n) {
        if !std::mem::replace(&mut seen[at], true) {
            order.push(at);
        }
    }
    while step > 0 {
        for at in (0..n).step_by(step) {
            if !std::mem::replace(&mut seen[at], true) {
                order.push(at);
            }
        }
        step /= 2;
    }
    order
}

/// What was seen at a combination of values.
#[derive(Default)]
struct Cell {
    launches: u32,
    metrics: BTreeMap<String, Estimate>,
    /// The model; none where it is not valid, or was not reached.
    model: Option<Checked>,
}

impl Cell {
    fn of(mut seen: Results, model: Checked) -> Cell {
        let variant = seen.variants.remove(BASELINE).unwrap_or_default();
        Cell {
            launches: seen.replications,
            metrics: variant.metrics,
            model: Some(model),
        }
    }
}

fn unanswerable(why: String) -> Failure {
    Failure::NothingToSweep { why }
}

/// What is looked at: as asked, else what the objectives ask for, else who got in.
fn metrics(model: &Model, asked: &[String]) -> Result<Vec<Metric>, Failure> {
    let read = |text: &str| {
        model.metric(text).map_err(|wrong| {
            let help = wrong.help.map(|help| format!("; {help}"));
            unanswerable(format!(
                "--metric `{text}`: {}{}",
                wrong.found,
                help.unwrap_or_default()
            ))
        })
    };
    let mut all: Vec<Metric> = match asked {
        [] => model
            .objectives
            .iter()
            .map(|one| one.metric.clone())
            .collect(),
        some => some
            .iter()
            .map(|text| read(text))
            .collect::<Result<_, _>>()?,
    };
    if all.is_empty() {
        all.push(read(SERVED)?);
    }
    let mut found: Vec<Metric> = Vec::new();
    for metric in all {
        if !found.contains(&metric) {
            found.push(metric);
        }
    }
    Ok(found)
}

/// All combinations, the values of the first input running fastest.
fn combinations(over: &[Knob]) -> Result<Vec<Vec<u32>>, Failure> {
    let counts: Vec<u32> = over.iter().map(Knob::count).collect();
    let all = counts.iter().try_fold(1_u32, |all, n| all.checked_mul(*n));
    let many = all.filter(|all| *all <= MOST).ok_or_else(|| {
        unanswerable(format!(
            "that would be more than {MOST} combinations of values: give a larger step"
        ))
    })?;
    Ok((0..many)
        .map(|mut number| {
            counts
                .iter()
                .map(|count| {
                    let at = number % count;
                    number /= count;
                    at
                })
                .collect()
        })
        .collect())
}

fn input(model: &Model, knob: &Knob) -> SweptInput {
    SweptInput {
        path: knob.path.clone(),
        unit: knob.unit.clone(),
        values: (0..knob.count()).map(|at| knob.value(at)).collect(),
        was: model.written_at(&knob.path),
    }
}

/// A metric over all combinations, with its knees and the line of a formula.
fn curve(
    model: &Model,
    (metric, key): (&Metric, &str),
    (over, cells): (&[Knob], &[Cell]),
    plan: &Plan,
) -> Curve {
    let values: Vec<Option<Estimate>> = cells
        .iter()
        .map(|cell| cell.metrics.get(key).copied())
        .collect();
    let measures = measures::of(model, [key].into_iter());
    let measure: Measure = measures.get(key).copied().unwrap_or_default();
    let across = over[0].count() as usize;
    let limit = model.objectives.iter().find(|one| one.metric == *metric);
    let knees = values
        .chunks(across)
        .map(|row| knee_of(&over[0], row))
        .collect();
    let line = queue::line(metric, cells.iter().map(|cell| cell.model.as_ref())).or_else(|| {
        scalability(metric, &over[0], (cells, &values), plan).filter(|_| over.len() == 1)
    });
    Curve {
        metric: key.to_owned(),
        unit: measures::unit(metric),
        better: measure.better,
        limit: limit.map(|one| one.limit),
        values,
        knees,
        line,
    }
}

/// The knee of a row, over the values at which the metric has an interval.
fn knee_of(knob: &Knob, row: &[Option<Estimate>]) -> Option<CurveKnee> {
    let (mut points, mut numbers) = (Vec::new(), Vec::new());
    for (at, value) in row.iter().enumerate() {
        let Some(found) = value else { continue };
        if let (Some(y), Some(low), Some(high)) = (found.estimate, found.low, found.high) {
            let x = knob.value(at as u32);
            points.push(Point { x, y, low, high });
            numbers.push(at as u32);
        }
    }
    let found = knee::knee(&points)?;
    Some(CurveKnee {
        at: numbers[found.at],
        distance: found.distance,
    })
}

/// The scalability law of a throughput, where the input is how many are at work: the users of a
/// closed population, who are the only ones.
fn scalability(
    metric: &Metric,
    knob: &Knob,
    (cells, values): (&[Cell], &[Option<Estimate>]),
    plan: &Plan,
) -> Option<Line> {
    let at_work = |at: usize| {
        let model = cells[at].model.as_ref()?;
        let mut sources = model.arrivals.values();
        let only = sources.next().filter(|_| sources.next().is_none())?;
        let Form::Population(users) = only.form else {
            return None;
        };
        let value = knob.value(at as u32);
        ((value - users as f64).abs() < 1e-9).then_some(value)
    };
    if measures::unit(metric) != Unit::PerSecond {
        return None;
    }
    let known = (0..cells.len()).filter(|&at| cells[at].launches > 0);
    let at_work: Vec<(usize, f64)> = known
        .map(|at| at_work(at).map(|value| (at, value)))
        .collect::<Option<_>>()?;
    let pairs = at_work
        .iter()
        .filter_map(|&(at, n)| Some((n, values[at]?.estimate?)));
    let pairs: Vec<(f64, f64)> = pairs.filter(usl::is_usable).collect();
    let found = usl::least_squares(&pairs, plan.confidence)?;
    let law = found.law;
    Some(Line {
        law: LineLaw::Usl,
        values: (0..cells.len())
            .map(|at| Some(law.throughput(knob.value(at as u32))))
            .collect(),
        fit: Some(told(&found)),
    })
}

/// The law of measured pairs of load and throughput, by the names of their columns.
///
/// # Errors
/// If there are too few pairs, or some cannot be measured values.
pub fn fit_usl(
    [load, throughput]: [&str; 2],
    pairs: &[(f64, f64)],
    confidence: f64,
) -> Result<Results, Failure> {
    if let Some(bad) = pairs.iter().find(|pair| !usl::is_usable(pair)) {
        return Err(unanswerable(format!(
            "the pair {}, {}: a load is at least 1, and a throughput above 0",
            bad.0, bad.1
        )));
    }
    let mut pairs = pairs.to_vec();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let loads = pairs.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()).count();
    let fits = [
        usl::normalised(&pairs, confidence),
        usl::least_squares(&pairs, confidence),
    ];
    let fits: Vec<UslFit> = fits.iter().flatten().map(told).collect();
    if loads < usl::FEWEST || fits.is_empty() {
        return Err(unanswerable(format!(
            "the law has three unknowns: {} different loads or more are needed, and there are \
             {loads}",
            usl::FEWEST
        )));
    }
    let mut results = Results {
        schema: results::SCHEMA.to_owned(),
        onrush: env!("CARGO_PKG_VERSION").to_owned(),
        command: "sweep".to_owned(),
        complete: true,
        confidence,
        ..Results::default()
    };
    results.model.title = format!("{throughput} against {load}");
    results.answers.scalability = Some(Scalability {
        load: load.to_owned(),
        throughput: throughput.to_owned(),
        pairs: pairs.iter().map(|(n, x)| [*n, *x]).collect(),
        fits,
    });
    Ok(results)
}

/// A fit as the document holds it.
fn told(found: &Fitted) -> UslFit {
    let amount = |one: &usl::Amount| results::Fitted {
        value: one.value,
        low: one.ends.map(|ends| ends.0),
        high: one.ends.map(|ends| ends.1),
    };
    let [lambda, sigma, kappa] = &found.numbers;
    UslFit {
        method: match found.method {
            Method::Normalised => UslMethod::Normalised,
            Method::LeastSquares => UslMethod::LeastSquares,
        },
        lambda: amount(lambda),
        sigma: amount(sigma),
        kappa: amount(kappa),
        load_at_most: found.peak.as_ref().map(|peak| amount(&peak[0])),
        most: found.peak.as_ref().map(|peak| amount(&peak[1])),
        misses: found.misses,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_played_once_and_the_ends_first() {
        assert_eq!(halving(0), [0_usize; 0]);
        assert_eq!(halving(1), [0]);
        assert_eq!(halving(6), [0, 5, 4, 2, 1, 3]);
        for n in 0..40 {
            let mut all = halving(n);
            all.sort_unstable();
            assert_eq!(all, (0..n).collect::<Vec<_>>());
        }
    }
}
