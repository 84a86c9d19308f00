//! From metrics to probes: what each figure reads in one replication.
//!
//! One idea: every quantity is counters, a level, a quotient or durations, and the statistic says
//! what is asked of them; `figures` knows where they stand. A share of things that ended ok in a
//! part of the time belongs to those that *started* in it, so it is read from their durations: a
//! thing that did not end ok is longer than any time.

use std::collections::BTreeSet;

use super::figures::{Figure, Figures, Terms, some};
use crate::base::time::{Span, Time};
use crate::model::metric::{self, Metric, OutcomeOf, Quantity, Spelling, Statistic, Within};
use crate::model::objective::Objective;
use crate::model::step::StepKind;
use crate::model::{Model, Study};
use crate::observation::Statistic as Asked;
use crate::observation::{
    Among, Comparison, LevelId, Outcome, Period, Probe, SampleId, Term, View, Worst,
};
use crate::program::{Clock, Judge};

/// Slices in which a breach is looked for where no window is written: of things, and of levels.
const SLICE: Span = Span::from_secs(10);
const LEVEL_SLICE: Span = Span::SECOND;
/// The finest slices.
const SLICE_MIN: Span = Span::from_millis(1);

/// The probes of a program, their names, and what they are for.
#[derive(Debug, Default)]
pub(super) struct Probes {
    /// What is asked.
    pub(super) probes: Vec<Probe>,
    /// The metrics, normalised.
    pub(super) names: Vec<String>,
    /// What judges each objective.
    pub(super) judges: Vec<Judge>,
    /// Metrics that words are given to.
    pub(super) headline: Vec<usize>,
    /// By measured series, its metric over each of its stretches.
    pub(super) observed: Vec<Vec<usize>>,
}

impl Probes {
    /// What the objectives of a model ask, who is served, then what else is wanted. Words are given
    /// to the metrics of the objectives; without objectives to who is served, and where a stock can
    /// run out to who is served or comes too late, and to the units sold.
    pub(super) fn of(
        model: &Model,
        (further, clock): (&[Metric], &Clock),
        figures: &Figures<'_>,
    ) -> Probes {
        let mut all = Probes::default();
        for objective in &model.objectives {
            let probe = objective_probe(objective, figures);
            let value = all.ask(&objective.metric.to_string(), &objective.that, probe);
            all.judges.push(Judge {
                value,
                breach: None,
                halves: None,
            });
            all.headline.push(value);
        }
        let served = all.ask_of(&ended(&[Outcome::Served]), figures);
        if model.objectives.is_empty() {
            let taken = taken(model);
            let lead = match taken.is_empty() {
                true => served,
                false => all.ask_of(&ended(&[Outcome::Served, Outcome::SoldOut]), figures),
            };
            all.headline.push(lead);
            for stock in taken {
                let short = model.metric(&format!("count({stock}.sold)"));
                let sold = short.or_else(|_| model.metric(&format!("count(stock.{stock}.sold)")));
                let sold = sold.expect("a stock counts what it sold");
                let probe = all.ask_of(&sold, figures);
                all.headline.push(probe);
            }
        }
        let mut seen = BTreeSet::new();
        all.headline.retain(|probe| seen.insert(*probe));
        let observed = model.observed.iter().flat_map(|one| &one.figures);
        for metric in further.iter().chain(observed.map(|one| &one.metric)) {
            all.ask_of(metric, figures);
        }
        for (number, objective) in model.objectives.iter().enumerate() {
            let breach = breach_probe(objective, figures);
            let name = format!("longest breach of {}", objective.that);
            all.judges[number].breach = breach.map(|probe| all.ask(&name, &name, probe));
        }
        if matches!(model.study, Study::Steady(_)) {
            all.halve(clock);
        }
        all.observe(model, figures);
        all
    }

    /// Asks for the metric of every measured series over each of its stretches. They stand behind
    /// all that have a name.
    fn observe(&mut self, model: &Model, figures: &Figures<'_>) {
        let observed = model.observed.iter().filter(|one| !one.is_adrift());
        for series in observed.flat_map(|observed| &observed.series) {
            let first = self.probes.len();
            for stretch in series.within(Time::ZERO, model.horizon()) {
                let within = Some(Within {
                    from: Some(stretch.from),
                    to: stretch.to,
                });
                let metric = Metric {
                    within,
                    ..series.metric.clone()
                };
                self.probes.push(asked(&metric, figures, None));
            }
            self.observed.push((first..self.probes.len()).collect());
        }
    }

    /// Asks for both halves of what objectives ask of the whole measured time. They stand behind
    /// all that have a name.
    fn halve(&mut self, clock: &Clock) {
        let middle = Time(clock.cut.0.midpoint(clock.horizon.0));
        for judge in &mut self.judges {
            let whole = &self.probes[judge.value];
            if whole.period() != Some(&Period::default()) {
                continue;
            }
            let first = self.probes.len();
            judge.halves = Some([first, first + 1]);
            for (from, until) in [(clock.cut, middle), (middle, clock.horizon)] {
                let mut half = self.probes[judge.value].clone();
                half.set_period(Period {
                    from: Some(from),
                    until: Some(until),
                    ..Period::default()
                });
                self.probes.push(half);
            }
        }
    }

    fn ask_of(&mut self, metric: &Metric, figures: &Figures<'_>) -> usize {
        let name = metric.to_string();
        // Beside an objective that looks at the other end of the windows.
        let other = format!("{name} (worst news)");
        self.ask(&name, &other, probe(metric, figures))
    }

    /// The number of a probe, which is added if nobody has asked for it yet. Where its name asks
    /// for something else already, it goes by another one.
    fn ask(&mut self, name: &str, other: &str, probe: Probe) -> usize {
        let taken = self.names.iter().position(|known| known == name);
        match taken {
            Some(number) if self.probes[number] == probe => number,
            Some(_) if name != other => self.ask(other, other, probe),
            _ => {
                self.names.push(name.to_owned());
                self.probes.push(probe);
                self.probes.len() - 1
            }
        }
    }
}

/// The share of users who ended in one of these ways.
fn ended(outcomes: &[Outcome]) -> Metric {
    let words: Vec<String> = outcomes
        .iter()
        .map(|outcome| outcome.word(&[]).to_owned())
        .collect();
    let of = |outcome: &String| OutcomeOf {
        journey: None,
        outcome: outcome.clone(),
    };
    Metric {
        statistic: Statistic::Share,
        about: words.join(" or "),
        quantity: Quantity::Outcomes(words.iter().map(of).collect()),
        predicate: None,
        window: None,
        within: None,
        spelling: Spelling::default(),
    }
}

/// The stocks that somebody takes from, in order: those can run out.
fn taken(model: &Model) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for step in model.journeys.values().flat_map(|journey| &journey.steps) {
        step.visit(&mut |step| {
            if let StepKind::Take { stock, .. } = &step.kind {
                found.insert(stock.as_str());
            }
        });
    }
    found
}

/// The probe of a metric on its own: the worst window is the one with the worst news.
fn probe(metric: &Metric, figures: &Figures<'_>) -> Probe {
    let worst = if metric.small_is_good() {
        Worst::Largest
    } else {
        Worst::Smallest
    };
    asked(
        metric,
        figures,
        metric
            .window
            .map(|window| View::Worst { window, is: worst }),
    )
}

/// The probe of an objective's metric: the worst window is the one furthest on the wrong side.
fn objective_probe(objective: &Objective, figures: &Figures<'_>) -> Probe {
    let worst = if objective.comparison.wants_small() {
        Worst::Largest
    } else {
        Worst::Smallest
    };
    let metric = &objective.metric;
    asked(
        metric,
        figures,
        metric
            .window
            .map(|window| View::Worst { window, is: worst }),
    )
}

/// How long the longest breach of an objective lasts that allows some.
fn breach_probe(objective: &Objective, figures: &Figures<'_>) -> Option<Probe> {
    let except = objective.except.filter(|except| !except.is_zero())?;
    let metric = &objective.metric;
    let usual = match figures.of(&metric.quantity) {
        Figure::Level(_) => LEVEL_SLICE,
        _ => SLICE,
    };
    let slice = metric.window.unwrap_or(usual).min(except).max(SLICE_MIN);
    let comparison = comparison(objective.comparison);
    let view = View::LongestBreach {
        slice,
        comparison,
        limit: objective.limit,
    };
    Some(asked(metric, figures, Some(view)))
}

/// The probe of a metric with this view of its period.
pub(super) fn asked(metric: &Metric, figures: &Figures<'_>, view: Option<View>) -> Probe {
    let within = metric.within;
    let period = Period {
        from: within.and_then(|within| within.from),
        until: within.map(|within| within.to),
        view: view.unwrap_or_default(),
    };
    match figures.of(&metric.quantity) {
        Figure::Durations { of, among } => durations(metric, of, among, period),
        Figure::Events { above, below, ok } => {
            let whole = period == Period::default();
            let parts = if figures.steady && whole && is_of_those_begun(metric) {
                (of_those_begun(above), of_those_begun(below))
            } else {
                (above, below)
            };
            events(metric, parts, ok, period)
        }
        Figure::Level(level) => self::level(metric, level, period),
        Figure::Quotient { above, below } => Probe::Quotient {
            above,
            below,
            period,
        },
        Figure::SoldOut(stock) => Probe::SoldOut(stock),
        Figure::FirstSoldOut(stock) => Probe::FirstSoldOut(stock),
        Figure::Recovery(figure) => Probe::Recovery(figure),
    }
}

/// The same counters, of things that began in the measured period.
fn of_those_begun(terms: Terms) -> Terms {
    let begun = |term| match term {
        Term::Count(counter) => Term::Began(counter),
        other => other,
    };
    terms
        .into_iter()
        .map(|(weight, term)| (weight, begun(term)))
        .collect()
}

/// Whether a metric is of what began in the measured period, however late it ended.
fn is_of_those_begun(metric: &Metric) -> bool {
    matches!(
        metric.statistic,
        Statistic::Share | Statistic::BudgetSpent(_)
    )
}

/// Each term so many times.
fn scaled(terms: &Terms, factor: f64) -> Terms {
    let each = terms.iter();
    each.map(|(weight, term)| (weight * factor, *term))
        .collect()
}

fn durations(metric: &Metric, of: Vec<SampleId>, among: Among, period: Period) -> Probe {
    let statistic = match (metric.statistic, metric.predicate) {
        (Statistic::Percentile(q), _) => Asked::Percentile(q),
        (Statistic::Sd, _) => Asked::Deviation,
        (Statistic::Max, _) => Asked::Max,
        (Statistic::Share, Some(limit)) => Asked::Share(comparison(limit.comparison), limit.limit),
        (Statistic::Mean, _) => Asked::Mean,
        (other, _) => panic!("`{}` was checked to exist for times", other.word()),
    };
    Probe::Sample {
        of,
        among,
        statistic,
        period,
    }
}

fn events(
    metric: &Metric,
    (above, all): (Terms, Terms),
    ok: Option<Vec<SampleId>>,
    period: Period,
) -> Probe {
    let whole = period == Period::default();
    match (metric.statistic, ok) {
        (Statistic::Share, Some(of)) if !whole => {
            let statistic = Asked::Share(Comparison::Below, f64::INFINITY);
            Probe::Sample {
                of,
                among: Among::Started,
                statistic,
                period,
            }
        }
        (Statistic::Share, _) => Probe::Quotient {
            above,
            below: some(all),
            period,
        },
        (Statistic::BudgetSpent(target), _) => Probe::Quotient {
            below: scaled(&all, 1.0 - target),
            above: all.into_iter().chain(scaled(&above, -1.0)).collect(),
            period,
        },
        (Statistic::Rate, _) => Probe::Quotient {
            above,
            below: vec![(1.0, Term::Seconds)],
            period,
        },
        _ => Probe::Quotient {
            above,
            below: Vec::new(),
            period,
        },
    }
}

fn level(metric: &Metric, of: LevelId, period: Period) -> Probe {
    let integral = || vec![(1.0, Term::Integral(of))];
    // The greatest and the share of time are of the period as a whole: the greatest value of all
    // windows is that of the period.
    let whole = Period {
        view: View::Whole,
        ..period
    };
    match (metric.statistic, metric.predicate) {
        (Statistic::Max, _) if !matches!(period.view, View::LongestBreach { .. }) => {
            Probe::LevelMax { of, period: whole }
        }
        (Statistic::Total, _) => Probe::Quotient {
            above: integral(),
            below: Vec::new(),
            period,
        },
        (Statistic::At(at), _) => Probe::LevelAt { of, at },
        (Statistic::Share, Some(limit)) => Probe::LevelShare {
            of,
            comparison: comparison(limit.comparison),
            limit: limit.limit,
            period: whole,
        },
        _ => Probe::Quotient {
            above: integral(),
            below: vec![(1.0, Term::Seconds)],
            period,
        },
    }
}

/// A comparison as probes know it.
pub(super) fn comparison(comparison: metric::Comparison) -> Comparison {
    match comparison {
        metric::Comparison::Less => Comparison::Below,
        metric::Comparison::AtMost => Comparison::AtMost,
        metric::Comparison::More => Comparison::Above,
        metric::Comparison::AtLeast => Comparison::AtLeast,
    }
}
