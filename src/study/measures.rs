//! Unit and better direction of every metric of a study.
//!
//! One idea: a metric that the model asks for says so itself, and an objective's relation says
//! which direction is wanted; of the others their words tell.

use std::collections::BTreeMap;

use crate::estimate::measure;
use crate::model::Model;
use crate::model::metric::{self, Metric, Nature};
use crate::results::{Better, Measure, Unit};

/// The unit of a metric as the document writes it.
pub(crate) fn unit(metric: &Metric) -> Unit {
    let instant = metric.quantity.nature() == Nature::Instant;
    match metric.unit() {
        metric::Unit::Seconds if instant && metric.about.ends_with("_at") => Unit::Instant,
        metric::Unit::Seconds => Unit::Seconds,
        metric::Unit::Share => Unit::Share,
        metric::Unit::Count | metric::Unit::CountSeconds => Unit::Count,
        metric::Unit::PerSecond => Unit::PerSecond,
        metric::Unit::Ratio => Unit::Ratio,
    }
}

/// The measures of all metrics named; objectives on one metric that want different directions
/// leave it without any.
pub(crate) fn of<'a>(
    model: &Model,
    names: impl Iterator<Item = &'a str>,
) -> BTreeMap<String, Measure> {
    let mut measures: BTreeMap<String, Measure> = names
        .map(|name| (name.to_owned(), measure::measure(name, None)))
        .collect();
    let mut asked: BTreeMap<String, Measure> = BTreeMap::new();
    for objective in &model.objectives {
        let wanted = Measure {
            unit: unit(&objective.metric),
            better: measure::better_by_relation(objective.comparison.sign()),
        };
        asked
            .entry(objective.metric.to_string())
            .and_modify(|before| {
                if before.better != wanted.better {
                    before.better = Better::Neither;
                }
            })
            .or_insert(wanted);
    }
    measures.extend(asked);
    measures
}
