//! Which variant is regretted least, whatever the inputs turn out to be.
//!
//! One idea: at the same inputs and luck the best variant is known, and another one is regretted by
//! as much as it is worse (Savage 1951). Whoever minds the worst case takes the least largest
//! regret, whoever minds the average the least mean. An input is worth knowing if with it the
//! choice is wrong less often: read from surrogates, since no launch can be made for every choice.

use super::Inquiry;
use super::outcome::mean;
use crate::estimate::interval;
use crate::estimate::measure::{Quantity, Scale};
use crate::estimate::sensitivity::chaos::Chaos;
use crate::results::{Better, Draw, Regret, Results, VariantRegret};

/// The fewest points from which variants are foretold.
const POINTS_MIN: usize = 30;
/// A surrogate that misses more than this share of the variance foretells nothing.
const MISSES: f64 = 0.3;

/// By point and variant, how good the outcome is: more is better.
struct Goods {
    at: Vec<Vec<f64>>,
    by_point: Vec<Vec<f64>>,
    /// What is as good in practice.
    same: f64,
}

impl Inquiry<'_> {
    /// The regret of every variant, and by input the chance of a wrong choice if it were known.
    pub(super) fn regret(
        &self,
        results: &Results,
        rows: &[(usize, Draw)],
    ) -> (Option<Regret>, Vec<Option<f64>>) {
        let nothing = (None, Vec::new());
        let Some(goods) = self
            .goods(results, rows)
            .filter(|_| self.variants.len() > 1)
        else {
            return nothing;
        };
        let Some(mut regret) = self.regrets(&goods) else {
            return nothing;
        };
        let chosen = self
            .variants
            .iter()
            .position(|one| *one == regret.least_mean);
        // Of plausible draws only, inputs are no longer independent of each other.
        let independent = self.keep().is_none();
        let known = match (chosen, independent) {
            (Some(chosen), true) => wrong(&goods, chosen, self.plan.seed),
            _ => None,
        };
        let Some((wrong, known)) = known else {
            return (Some(regret), Vec::new());
        };
        regret.wrong = Some(wrong);
        (Some(regret), known.into_iter().map(Some).collect())
    }

    fn goods(&self, results: &Results, rows: &[(usize, Draw)]) -> Option<Goods> {
        let sign = match self.better() {
            Better::Higher => 1.0,
            Better::Lower => -1.0,
            Better::Neither => return None,
        };
        let metric = self.outcome.as_ref()?.to_string();
        let (mut at, mut by_point) = (Vec::new(), Vec::new());
        for (draw, row) in rows.iter().filter(|(_, row)| row.kept) {
            let whole = |values: &Vec<Option<f64>>| -> Option<f64> {
                let some: Option<Vec<f64>> = values.iter().copied().collect();
                some.filter(|some| !some.is_empty())
                    .map(|some| sign * mean(&some))
            };
            let goods: Option<Vec<f64>> = row.values.iter().map(whole).collect();
            if let Some(goods) = goods {
                at.push(self.drawn.iter().map(|one| one.at[*draw]).collect());
                by_point.push(goods);
            }
        }
        let baseline = mean(
            &by_point
                .iter()
                .map(|point: &Vec<f64>| point[0])
                .collect::<Vec<_>>(),
        );
        let scale = Scale {
            bin_s: results.precision.bin_s,
            launch_s: results.model.to_s - results.model.from_s,
            ..Scale::default()
        };
        let same = Quantity::of(&metric)
            .threshold(baseline, &scale)
            .in_units(baseline);
        (!at.is_empty()).then_some(Goods { at, by_point, same })
    }

    fn regrets(&self, goods: &Goods) -> Option<Regret> {
        let best = |point: &[f64]| point.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let by_variant = |variant: usize| -> Vec<f64> {
            let points = goods.by_point.iter();
            points.map(|point| best(point) - point[variant]).collect()
        };
        let mut rows: Vec<VariantRegret> = (0..self.variants.len())
            .map(|variant| {
                let regrets = by_variant(variant);
                let some: Vec<Option<f64>> = regrets.iter().map(|one| Some(*one)).collect();
                VariantRegret {
                    variant: self.variants[variant].clone(),
                    mean: interval::mean(&some, self.plan.confidence),
                    largest: regrets.iter().copied().fold(0.0, f64::max),
                    best_in: regrets.iter().filter(|one| **one <= goods.same).count() as u32,
                }
            })
            .collect();
        let mean_of = |row: &VariantRegret| row.mean.and_then(|mean| mean.estimate);
        let least_mean = rows.iter().min_by(|one, other| {
            let [one, other] = [one, other].map(|row| mean_of(row).unwrap_or(f64::INFINITY));
            one.total_cmp(&other)
        })?;
        let least_mean = least_mean.variant.clone();
        let chosen = self.variants.iter().position(|one| *one == least_mean)?;
        let others = (0..self.variants.len()).filter(|other| *other != chosen);
        // All differences at once (Bonferroni).
        let each = 1.0 - (1.0 - self.plan.confidence) / (self.variants.len() - 1) as f64;
        let settled = others.clone().all(|other| {
            let points = goods.by_point.iter();
            let gains: Vec<Option<f64>> = points
                .map(|point| Some(point[chosen] - point[other]))
                .collect();
            let gain = interval::mean(&gains, each);
            gain.and_then(|gain| gain.low).is_some_and(|low| low > 0.0)
        });
        rows.sort_by(|one, other| one.largest.total_cmp(&other.largest));
        Some(Regret {
            points: goods.at.len() as u32,
            least_largest: rows[0].variant.clone(),
            least_mean,
            settled,
            wrong: None,
            rows,
        })
    }
}

/// The chance that a choice is wrong, and by input the chance that the best choice for its value
/// is: nothing if the variants cannot be foretold well enough.
fn wrong(goods: &Goods, chosen: usize, seed: u64) -> Option<(f64, Vec<f64>)> {
    if goods.at.len() < POINTS_MIN {
        return None;
    }
    let variants = goods.by_point.first()?.len();
    let mut surrogates = Vec::new();
    for variant in 0..variants {
        let values: Vec<f64> = goods.by_point.iter().map(|point| point[variant]).collect();
        let chaos = Chaos::fit(&goods.at, &values, seed)?;
        let middle = mean(&values);
        let spread = mean(
            &values
                .iter()
                .map(|v| (v - middle).powi(2))
                .collect::<Vec<_>>(),
        );
        // Of what hardly varies there is nothing to foretell.
        if chaos.missed > MISSES * spread && chaos.missed > goods.same * goods.same {
            return None;
        }
        surrogates.push(chaos);
    }
    let by_point: Vec<Vec<f64>> = goods
        .at
        .iter()
        .map(|point| surrogates.iter().map(|one| one.at(point)).collect())
        .collect();
    let is_wrong = |point: &[f64], taken: usize| {
        let best = point.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        f64::from(u8::from(best - point[taken] > goods.same))
    };
    let share = |taken: &dyn Fn(usize) -> usize| {
        let all = by_point.iter().enumerate();
        mean(
            &all.map(|(at, point)| is_wrong(point, taken(at)))
                .collect::<Vec<_>>(),
        )
    };
    let inputs = goods.at.first()?.len();
    let known = (0..inputs).map(|input| {
        share(&|at: usize| {
            let expected = surrogates
                .iter()
                .map(|one| one.given(input, goods.at[at][input]));
            let best = expected
                .enumerate()
                .max_by(|one, other| one.1.total_cmp(&other.1));
            best.map_or(chosen, |(variant, _)| variant)
        })
    });
    Some((share(&|_| chosen), known.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::sobol::coordinate;

    /// The first variant is better where the first input is above one half, the second elsewhere;
    /// the second input moves both alike. Without knowing either half of the choices are wrong;
    /// with the first none is, with the second as many as before.
    #[test]
    fn an_input_is_worth_knowing_if_it_tells_the_variants_apart() {
        let at: Vec<Vec<f64>> = (0..64)
            .map(|point| (0..2).map(|input| coordinate(point, input, 4)).collect())
            .collect();
        let goods = |point: &Vec<f64>| vec![point[0] + point[1], 1.0 - point[0] + point[1]];
        let goods = Goods {
            by_point: at.iter().map(goods).collect(),
            at,
            same: 1e-6,
        };
        let (wrong, known) = wrong(&goods, 0, 1).expect("both are foretold");
        assert!((wrong - 0.5).abs() < 1e-12, "{wrong}");
        assert!(
            known[0] < 1e-12 && (known[1] - 0.5).abs() < 1e-12,
            "{known:?}"
        );
    }
}
