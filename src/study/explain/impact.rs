//! What an outage is measured by: one number for each launch.
//!
//! One idea: the author has said what must hold, so the impact is what the broken objectives
//! count: users who did not get what they came for, else requests that missed what was asked of
//! them. Where nobody is lost at all it is the time in which users fared worse than usual.

use crate::estimate::recovery::{End, Fate};
use crate::model::Model;
use crate::model::metric::Quantity;
use crate::model::metric::{Comparison, Metric, Nature, Predicate, Spelling, Statistic};
use crate::model::objective::Objective;
use crate::observation::Observation;
use crate::results::{ImpactKind, ObjectiveVerdict, Variant};
use crate::study::lens::Lens;

/// What is counted.
#[derive(Clone, Debug)]
pub(super) struct Impact {
    pub(super) kind: ImpactKind,
    /// A share of things, which the program is asked for.
    pub(super) metric: Option<Metric>,
    /// Whether those in the share are the ones that count, rather than all others.
    of_those_in_it: bool,
    /// The objective that it comes from, as written.
    pub(super) objective: Option<String>,
}

/// An impact in one launch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Counted {
    /// How many, or how many seconds.
    pub(super) value: f64,
    /// Of how many.
    pub(super) whole: f64,
}

impl Impact {
    /// The ways in which the impact of a model could be measured, the best first, from what its
    /// objectives came to.
    pub(super) fn ways(model: &Model, variant: &Variant) -> Vec<Impact> {
        let judged = model.objectives.iter().zip(&variant.objectives);
        let broken = judged.filter(|(_, judged)| judged.verdict != ObjectiveVerdict::Met);
        // What failed goes before what is unclear.
        let mut asked: Vec<(bool, Impact)> = broken
            .filter_map(|(asked, judged)| {
                let failed = judged.verdict == ObjectiveVerdict::Failed;
                Some((failed, Impact::of(asked)?))
            })
            .collect();
        asked.sort_by_key(|(failed, impact)| (!failed, impact.kind));
        let mut ways: Vec<Impact> = asked.into_iter().map(|(_, impact)| impact).collect();
        ways.extend(model.metric(kept(variant)).ok().map(|metric| Impact {
            kind: ImpactKind::Users,
            metric: Some(metric),
            of_those_in_it: false,
            objective: None,
        }));
        ways.push(Impact {
            kind: ImpactKind::Unhealthy,
            metric: None,
            of_those_in_it: true,
            objective: None,
        });
        ways
    }

    /// What an objective counts, if it counts things.
    fn of(objective: &Objective) -> Option<Impact> {
        let asked = &objective.metric;
        let kind = match &asked.quantity {
            Quantity::Outcomes(_) | Quantity::Visits { .. } => ImpactKind::Users,
            _ => ImpactKind::Requests,
        };
        let is_share = asked.statistic == Statistic::Share;
        let counts = !matches!(asked.quantity.nature(), Nature::Level | Nature::Fraction);
        let (metric, small) = if is_share && counts {
            (whole_time(asked), objective.comparison.wants_small())
        } else {
            let slow = Predicate {
                comparison: Comparison::AtMost,
                limit: objective.limit,
            };
            let times = matches!(asked.quantity.nature(), Nature::Durations { .. });
            let wants = times && objective.comparison.wants_small();
            let metric = Metric {
                statistic: Statistic::Share,
                predicate: Some(slow),
                ..whole_time(asked)
            };
            (Some(metric).filter(|_| wants)?, false)
        };
        Some(Impact {
            kind,
            metric: Some(metric),
            of_those_in_it: small,
            objective: Some(objective.that.clone()),
        })
    }

    /// The name of the metric in results.
    pub(super) fn name(&self) -> Option<String> {
        self.metric.as_ref().map(Metric::to_string)
    }

    /// The impact in a launch.
    pub(super) fn counted(&self, lens: &Lens<'_>, seen: &Observation) -> Counted {
        let fate = lens.fate(seen);
        let Some(name) = self.name() else {
            return unhealthy(lens, fate.as_ref());
        };
        let (metrics, wholes) = lens.answers(seen, fate.as_ref());
        let found = metrics.iter().zip(wholes);
        let mut found = found.filter(|((known, _), _)| *known == name);
        let Some(((_, Some(share)), whole)) = found.next() else {
            return Counted::default();
        };
        let part = if self.of_those_in_it {
            *share
        } else {
            1.0 - share
        };
        Counted {
            value: (part * whole as f64).round(),
            whole: whole as f64,
        }
    }
}

/// The same metric over all of its time, not its worst window.
fn whole_time(metric: &Metric) -> Metric {
    Metric {
        window: None,
        spelling: Spelling::default(),
        ..metric.clone()
    }
}

/// Who was not lost: where a stock was sold out, who came too late has no outage, and who is under
/// way at the end is not known to have one.
fn kept(variant: &Variant) -> &'static str {
    match variant.stock.is_empty() {
        true => "share(served or unfinished)",
        false => "share(served or sold_out or unfinished)",
    }
}

/// The seconds in which a launch was unhealthy.
fn unhealthy(lens: &Lens<'_>, fate: Option<&Fate>) -> Counted {
    let clock = &lens.program.clock;
    let whole = clock.horizon.since(clock.start).as_secs_f64();
    let Some(ill) = fate.and_then(|fate| fate.illness.as_ref()) else {
        return Counted { value: 0.0, whole };
    };
    let from = ill.from as f64 * lens.window_s();
    let to = match ill.end {
        End::Recovered(window) | End::Ended(window) => window as f64 * lens.window_s(),
        End::Never => whole,
    };
    Counted {
        value: (to - from).max(0.0),
        whole,
    }
}
