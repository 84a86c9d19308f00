//! The outcome over the ranges: its chance, its spread, and which input decides it.

use super::{Inquiry, tornado};
use crate::estimate::sensitivity::{Indices, indices, split};
use crate::estimate::{interval, measure};
use crate::results::{
    Better, Draw, Fraction, InputWorth, OutcomeOverRanges, Probability, Surrogate, VarianceSplit,
};
use crate::study::measures;

/// A chance is also told as whole launches out of so many.
const DOTS: f64 = 20.0;

/// Points that count, with the number of each draw, and the values of its launches.
pub(super) struct Points {
    /// Where they lie in the unit cube.
    pub(super) at: Vec<Vec<f64>>,
    /// By point, a value a launch.
    pub(super) values: Vec<Vec<f64>>,
}

impl Inquiry<'_> {
    /// The points at which every launch of the variants has a value, `values` told by variant.
    pub(super) fn points<'r>(
        &self,
        rows: impl Iterator<Item = &'r (usize, Draw)>,
        variant: usize,
    ) -> Points {
        let mut points = Points {
            at: Vec::new(),
            values: Vec::new(),
        };
        for (draw, row) in rows {
            let values: Option<Vec<f64>> = row.values[variant].iter().copied().collect();
            let values = values.filter(|some| some.len() == self.asked.replications as usize);
            if let Some(values) = values {
                points
                    .at
                    .push(self.drawn.iter().map(|one| one.at[*draw]).collect());
                points.values.push(values);
            }
        }
        points
    }

    /// Which way of the outcome is better.
    pub(super) fn better(&self) -> Better {
        let Some(metric) = &self.outcome else {
            return Better::Neither;
        };
        let name = metric.to_string();
        let mut asked = self.model.objectives.iter();
        match asked.find(|one| one.metric.to_string() == name) {
            Some(one) => measure::better_by_relation(one.comparison.sign()),
            None => measure::better(&name),
        }
    }

    pub(super) fn outcome_over_ranges(
        &self,
        rows: &[(usize, Draw)],
        ends: Option<&tornado::Ends>,
        known: &[Option<f64>],
    ) -> Option<OutcomeOverRanges> {
        let metric = self.outcome.as_ref()?;
        let about = self.about();
        let points = self.points(rows.iter().filter(|(_, row)| row.played), about);
        let kept = self.points(rows.iter().filter(|(_, row)| row.kept), about);
        let (confidence, seed) = (self.plan.confidence, self.plan.seed);
        let found = indices(&points.at, &points.values, (confidence, seed));
        let split = split(&points.values, confidence, seed);
        let played = rows.iter().filter(|(_, row)| row.played).count();
        let chance = self.chance(rows);
        let means = kept.values.iter().map(|one| Some(mean(one)));
        let means: Vec<Option<f64>> = means.collect();
        Some(OutcomeOverRanges {
            variant: self.variants[about].clone(),
            metric: metric.to_string(),
            unit: measures::unit(metric),
            better: self.better(),
            objectives: self
                .model
                .objectives
                .iter()
                .map(|one| one.that.clone())
                .collect(),
            in_twenty: chance.map(|chance| (chance.estimate * DOTS).round() as u32),
            chance,
            required: self
                .model
                .objectives
                .iter()
                .map(|one| one.required)
                .reduce(f64::max),
            points: points.at.len() as u32,
            left_out: (played - points.at.len()) as u32,
            mean: interval::mean(&means, confidence),
            variance: split
                .filter(|one| one.launches > 1)
                .map(|one| VarianceSplit {
                    unknown: one.unknown,
                    luck: one.luck,
                    share: one.share,
                }),
            surrogate: found.as_ref().map(|found| Surrogate {
                foretold: found.foretold,
                terms: found.chaos.terms.len() as u32,
                degree: found.chaos.degree(),
            }),
            inputs: self.inputs(found.as_ref(), ends, known),
            tornado_launches: ends.map_or(0, |_| self.tornado_launches()),
        })
    }

    /// The chance that a launch meets every objective, over the draws that are kept.
    fn chance(&self, rows: &[(usize, Draw)]) -> Option<Probability> {
        let each = self.asked.replications;
        let kept = rows
            .iter()
            .filter(|(_, row)| row.kept && !self.model.objectives.is_empty());
        let met: Vec<u32> = kept.map(|(_, row)| row.met).collect();
        let n = met.len() as u32 * each;
        let worth = worth(&met, each);
        interval::clustered(met.iter().sum(), n, worth, self.plan.confidence)
    }

    /// The inputs, the one that decides most first.
    fn inputs(
        &self,
        found: Option<&Indices>,
        ends: Option<&tornado::Ends>,
        known: &[Option<f64>],
    ) -> Vec<InputWorth> {
        let pick = |all: &[Fraction], at: usize| Some(all[at]);
        let mut all: Vec<InputWorth> = (0..self.drawn.len())
            .map(|at| InputWorth {
                name: self.drawn[at].name.clone(),
                base: self
                    .model
                    .params
                    .get(&self.drawn[at].name)
                    .and_then(|one| one.value),
                low: self.drawn[at].low,
                high: self.drawn[at].high,
                at_low: ends.and_then(|ends| ends.by_input[at][0]),
                at_high: ends.and_then(|ends| ends.by_input[at][1]),
                at_base: ends.and_then(|ends| ends.base),
                first: found.and_then(|found| pick(&found.first, at)),
                total: found.and_then(|found| pick(&found.total, at)),
                wrong_if_known: known.get(at).copied().flatten(),
            })
            .collect();
        let rank = |one: &InputWorth| match (&one.total, tornado::swing(one)) {
            (Some(total), _) => total.estimate,
            (None, swing) => swing.unwrap_or(0.0),
        };
        all.sort_by(|one, other| rank(other).total_cmp(&rank(one)));
        all
    }
}

/// The mean of the launches at a point.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// How many independent launches are as much worth as these, of which so many of each draw are
/// hits: n ÷ (1 + (m − 1) ρ), ρ the likeness of two launches of a draw.
fn worth(hits: &[u32], each: u32) -> f64 {
    let (draws, m) = (hits.len() as f64, f64::from(each));
    let n = draws * m;
    let p = hits.iter().map(|k| f64::from(*k)).sum::<f64>() / n.max(1.0);
    if each < 2 || p * (1.0 - p) <= 0.0 {
        return draws;
    }
    let both = hits
        .iter()
        .map(|k| f64::from(*k) * f64::from(k.saturating_sub(1)));
    let both = both.sum::<f64>() / (draws * m * (m - 1.0));
    let likeness = ((both - p * p) / (p * (1.0 - p))).clamp(0.0, 1.0);
    n / (1.0 + (m - 1.0) * likeness)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two launches of ten draws: alike they are worth ten, unlike (as by luck alone) twenty.
    #[test]
    fn launches_of_a_draw_are_worth_less_the_more_alike_they_are() {
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found}");
        close(worth(&[2, 2, 2, 2, 2, 0, 0, 0, 0, 0], 2), 10.0);
        close(worth(&[1; 10], 2), 20.0);
        close(worth(&[2; 10], 2), 10.0);
        close(worth(&[1, 0, 1], 1), 3.0);
    }
}
