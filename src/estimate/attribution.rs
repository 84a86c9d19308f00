//! What each change of a variant is worth.
//!
//! One idea: Shapley shares (Shapley 1953): the mean, over all orders in which the changes could be
//! made, of what a change adds when its turn comes. With |S| others before it out of n, a subset
//! has weight |S|!·(n−|S|−1)!÷n!. They are formed within each replication, where they sum to that
//! replication's total, and then averaged. The sum of what each adds alone misses what only comes
//! about together: the interaction.

use std::collections::BTreeMap;

use super::interval;
use super::resample::Luck;
use crate::results::{
    Attribution, AttributionMethod, AttributionPart, Factorial, Interaction, MainEffect,
};

/// With more changes than this, 2ⁿ combinations are too many: each alone, and all together.
pub const SHAPLEY_CHANGES_MAX: usize = 5;

/// The Shapley shares of n changes from the 2ⁿ values of all combinations: bit i of an index says
/// whether change i is made.
pub fn shapley(values: &[f64]) -> Vec<f64> {
    let n = values.len().ilog2() as usize;
    assert_eq!(values.len(), 1 << n, "one value for each combination");
    (0..n)
        .map(|change| {
            (0..values.len())
                .filter(|set| set & (1 << change) == 0)
                .map(|set| {
                    let gain = values[set | (1 << change)] - values[set];
                    gain * weight(set.count_ones() as usize, n)
                })
                .sum()
        })
        .collect()
}

/// |S|!·(n−|S|−1)!÷n! = 1 ÷ (n · C(n−1, |S|)).
fn weight(before: usize, n: usize) -> f64 {
    let mut choose = 1.0;
    for i in 0..before {
        choose = choose * (n - 1 - i) as f64 / (i + 1) as f64;
    }
    1.0 / (n as f64 * choose)
}

/// So many orders of n changes, each with its reverse, so that a change is as often early as late
/// (antithetic; Castro, Gómez & Tejada, "Polynomial calculation of the Shapley value based on
/// sampling", Computers & Operations Research 36, 2009). The same for the same seed.
pub fn orders(n: usize, drawn: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut luck = Luck::new(seed);
    let mut all = Vec::with_capacity(2 * drawn);
    for _ in 0..drawn {
        let mut order: Vec<usize> = (0..n).collect();
        for last in (1..n).rev() {
            order.swap(last, luck.below(last + 1));
        }
        let reverse = order.iter().rev().copied().collect();
        all.push(order);
        all.push(reverse);
    }
    all
}

/// Shapley shares of n changes over some of their orders: they too sum exactly to the value of all
/// changes less that of none.
pub fn shapley_by_orders(
    orders: &[Vec<usize>],
    n: usize,
    value: &dyn Fn(usize) -> f64,
) -> Vec<f64> {
    let mut shares = vec![0.0; n];
    for order in orders {
        let (mut set, mut before) = (0, value(0));
        for &change in order {
            set |= 1_usize << change;
            let now = value(set);
            shares[change] += (now - before) / orders.len() as f64;
            before = now;
        }
    }
    shares
}

/// Attribution from all combinations: `combinations[bits]` holds one value a replication, bit i of
/// `bits` saying whether change i is made. Replications in which any value is absent or infinite
/// are left out. `None` if none remains, or there is no change.
pub fn by_shapley(
    changes: &[String],
    combinations: &[&[Option<f64>]],
    confidence: f64,
) -> Option<Attribution> {
    assert!(
        changes.len() <= SHAPLEY_CHANGES_MAX,
        "{} changes",
        changes.len()
    );
    assert_eq!(
        combinations.len(),
        1 << changes.len(),
        "one run for each combination"
    );
    let rows = complete_rows(combinations);
    let shares: Vec<Option<Vec<f64>>> =
        rows.iter().map(|row| row.as_deref().map(shapley)).collect();
    let of_row = |pick: &dyn Fn(&[f64]) -> f64| -> Vec<Option<f64>> {
        rows.iter().map(|row| row.as_deref().map(pick)).collect()
    };
    let all = combinations.len() - 1;
    let alone = |change: usize| of_row(&|row| row[1 << change] - row[0]);
    let parts = changes.iter().enumerate().map(|(i, name)| {
        let share: Vec<Option<f64>> = shares
            .iter()
            .map(|row| row.as_ref().map(|shares| shares[i]))
            .collect();
        (
            name.clone(),
            AttributionPart {
                share: interval::mean(&share, confidence),
                alone: interval::mean(&alone(i), confidence),
            },
        )
    });
    attribution(
        AttributionMethod::Shapley,
        changes,
        parts.collect(),
        &Sums {
            total: of_row(&|row| row[all] - row[0]),
            interaction: of_row(&|row| {
                let sum: f64 = (0..changes.len()).map(|i| row[1 << i] - row[0]).sum();
                row[all] - row[0] - sum
            }),
            confidence,
        },
    )
}

/// What each change does on average over all combinations of the others, and by how much more when
/// another one is made too (Box, Hunter & Hunter, *Statistics for Experimenters*, ch. 5, without
/// their halving of interactions): formed within each replication, so that intervals are paired.
/// `combinations` as [`by_shapley`] has them; `None` if no replication has all of them.
pub fn factorial(
    changes: &[String],
    combinations: &[&[Option<f64>]],
    confidence: f64,
) -> Option<Factorial> {
    assert_eq!(
        combinations.len(),
        1 << changes.len(),
        "one run for each combination"
    );
    let rows = complete_rows(combinations);
    let of_row = |pick: &dyn Fn(&[f64]) -> f64| {
        let each = rows.iter().map(|row| row.as_deref().map(pick));
        interval::mean(&each.collect::<Vec<_>>(), confidence)
    };
    let without = |bits: usize| (0..combinations.len()).filter(move |set| set & bits == 0);
    let mean = |bits: usize, gain: &dyn Fn(usize) -> f64| {
        without(bits).map(gain).sum::<f64>() / without(bits).count() as f64
    };
    let effect = |one: usize| {
        let bit = 1 << one;
        of_row(&|row| mean(bit, &|set| row[set | bit] - row[set]))
    };
    let more = |one: usize, other: usize| {
        let (a, b) = (1 << one, 1 << other);
        let gain = |row: &[f64], set: usize| row[set | a] - row[set];
        of_row(&|row| mean(a | b, &|set| gain(row, set | b) - gain(row, set)))
    };
    let n = changes.len();
    let effects = (0..n).map(|one| {
        Some(MainEffect {
            change: changes[one].clone(),
            effect: effect(one)?,
        })
    });
    let pairs = (0..n).flat_map(|one| (one + 1..n).map(move |other| (one, other)));
    let interactions = pairs.map(|(one, other)| {
        Some(Interaction {
            first: changes[one].clone(),
            second: changes[other].clone(),
            more: more(one, other)?,
        })
    });
    Some(Factorial {
        combinations: combinations.len() as u32,
        effects: effects.collect::<Option<_>>()?,
        interactions: interactions.collect::<Option<_>>()?,
    })
}

/// Attribution from each change alone and all together, for more changes than Shapley shares are
/// worth. `runs` holds the baseline, then each change alone, then all together.
pub fn one_at_a_time(
    changes: &[String],
    runs: &[&[Option<f64>]],
    confidence: f64,
) -> Option<Attribution> {
    let n = changes.len();
    assert_eq!(
        runs.len(),
        n + 2,
        "the baseline, each change alone, and all together"
    );
    let rows = complete_rows(runs);
    let of_row = |pick: &dyn Fn(&[f64]) -> f64| -> Vec<Option<f64>> {
        rows.iter().map(|row| row.as_deref().map(pick)).collect()
    };
    let parts = changes.iter().enumerate().map(|(i, name)| {
        let alone = of_row(&|row| row[i + 1] - row[0]);
        let part = AttributionPart {
            share: None,
            alone: interval::mean(&alone, confidence),
        };
        (name.clone(), part)
    });
    attribution(
        AttributionMethod::OneAtATime,
        changes,
        parts.collect(),
        &Sums {
            total: of_row(&|row| row[n + 1] - row[0]),
            interaction: of_row(&|row| {
                row[n + 1] - row[0] - (1..=n).map(|i| row[i] - row[0]).sum::<f64>()
            }),
            confidence,
        },
    )
}

/// What belongs to all changes together, one value a replication.
struct Sums {
    total: Vec<Option<f64>>,
    interaction: Vec<Option<f64>>,
    confidence: f64,
}

fn attribution(
    method: AttributionMethod,
    changes: &[String],
    parts: BTreeMap<String, AttributionPart>,
    sums: &Sums,
) -> Option<Attribution> {
    let total = interval::mean(&sums.total, sums.confidence)?;
    (!changes.is_empty()).then(|| Attribution {
        verdict: None,
        method,
        total: Some(total),
        interaction: interval::mean(&sums.interaction, sums.confidence),
        order: changes.to_vec(),
        parts,
        factorial: None,
    })
}

/// For each replication the values of all runs, or `None` if one of them has no finite value.
fn complete_rows(runs: &[&[Option<f64>]]) -> Vec<Option<Vec<f64>>> {
    let replications = runs.first().map_or(0, |run| run.len());
    assert!(
        runs.iter().all(|run| run.len() == replications),
        "all meet the same replications"
    );
    (0..replications)
        .map(|r| {
            runs.iter()
                .map(|run| run[r].filter(|v| v.is_finite()))
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Two changes: nothing 0, A alone 14, B alone 4, both 20. A's share (14 + (20 − 4))/2 = 15,
    /// B's (4 + (20 − 14))/2 = 5; together only 20 − 18 = 2, halved between them.
    #[test]
    fn two_changes_by_hand() {
        assert_eq!(shapley(&[0.0, 14.0, 4.0, 20.0]), [15.0, 5.0]);
    }

    /// The glove game: A has a left glove, B and C a right one each; a pair is worth 1. Known
    /// shares: 2/3, 1/6, 1/6.
    #[test]
    fn three_changes_as_published() {
        let worth = |set: usize| f64::from(set & 1 != 0 && set & 6 != 0);
        let values: Vec<f64> = (0..8).map(worth).collect();
        for (found, expected) in shapley(&values)
            .iter()
            .zip([2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0])
        {
            assert!((found - expected).abs() < 1e-15);
        }
    }

    /// Two replications of the two changes above, the second twice as large: means 22.5 and 7.5.
    #[test]
    fn shares_are_formed_within_a_replication() {
        let names = ["a".to_owned(), "b".to_owned()];
        let runs: Vec<Vec<Option<f64>>> = [0.0, 14.0, 4.0, 20.0]
            .iter()
            .map(|v| vec![Some(10.0 + v), Some(10.0 + 2.0 * v), None])
            .collect();
        let slices: Vec<&[Option<f64>]> = runs.iter().map(Vec::as_slice).collect();
        let found = by_shapley(&names, &slices, 0.95).unwrap();
        let mid = |estimate: Option<crate::results::Estimate>| estimate.unwrap().estimate.unwrap();
        assert!((mid(found.total) - 30.0).abs() < 1e-12);
        assert!((mid(found.interaction) - 3.0).abs() < 1e-12);
        assert!((mid(found.parts["a"].share) - 22.5).abs() < 1e-12);
        assert!((mid(found.parts["b"].share) - 7.5).abs() < 1e-12);
        assert!((mid(found.parts["a"].alone) - 21.0).abs() < 1e-12);
        assert_eq!((found.total.unwrap().n, found.total.unwrap().of), (2, 3));
        let single: Vec<&[Option<f64>]> = vec![slices[0], slices[1], slices[2], slices[3]];
        let plain = one_at_a_time(&names, &single, 0.95).unwrap();
        assert_eq!(plain.method, AttributionMethod::OneAtATime);
        assert!((mid(plain.interaction) - 3.0).abs() < 1e-12);
        assert_eq!(plain.parts["a"].share, None);
    }

    /// Of two changes an order and its reverse are all orders there are: the shares are exact. The
    /// glove game in all six orders: 2/3, 1/6, 1/6.
    #[test]
    fn all_orders_give_the_shares_themselves() {
        let values = [0.0, 14.0, 4.0, 20.0];
        let shares = shapley_by_orders(&orders(2, 1, 7), 2, &|set| values[set]);
        assert_eq!(shares, [15.0, 5.0]);
        let worth = |set: usize| f64::from(set & 1 != 0 && set & 6 != 0);
        let all = [
            [0, 1, 2],
            [2, 1, 0],
            [0, 2, 1],
            [1, 2, 0],
            [1, 0, 2],
            [2, 0, 1],
        ];
        let all: Vec<Vec<usize>> = all.iter().map(|order| order.to_vec()).collect();
        for (found, known) in
            shapley_by_orders(&all, 3, &worth)
                .iter()
                .zip([2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0])
        {
            assert!((found - known).abs() < 1e-15);
        }
    }

    /// Nothing 0, A alone 14, B alone 4, both 20: A brings (14 + 16)/2 = 15, B (4 + 6)/2 = 5, and A
    /// brings 2 more when B is made too. In a second replication all is twice as much.
    #[test]
    fn effects_and_interactions_by_hand() {
        let names = ["a".to_owned(), "b".to_owned()];
        let runs: Vec<Vec<Option<f64>>> = [0.0, 14.0, 4.0, 20.0]
            .iter()
            .map(|v| vec![Some(*v), Some(2.0 * v), None])
            .collect();
        let slices: Vec<&[Option<f64>]> = runs.iter().map(Vec::as_slice).collect();
        let found = factorial(&names, &slices, 0.95).unwrap();
        let close =
            |found: Option<f64>, known: f64| assert!((found.unwrap() - known).abs() < 1e-12);
        close(found.effects[0].effect.estimate, 22.5);
        close(found.effects[1].effect.estimate, 7.5);
        let [pair] = found.interactions.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!((pair.first.as_str(), pair.second.as_str()), ("a", "b"));
        close(pair.more.estimate, 3.0);
        assert_eq!((pair.more.n, pair.more.of, found.combinations), (2, 3, 4));
    }

    /// Of three changes that add up no two help each other; each brings what it brings alone.
    #[test]
    fn what_adds_up_does_not_interact() {
        let names = ["a", "b", "c"].map(str::to_owned);
        let value = |set: usize| 10.0 + [1.0, 2.0, 4.0][0] * (set & 1) as f64 + (set & 6) as f64;
        let runs: Vec<Vec<Option<f64>>> = (0..8).map(|set| vec![Some(value(set)); 3]).collect();
        let slices: Vec<&[Option<f64>]> = runs.iter().map(Vec::as_slice).collect();
        let found = factorial(&names, &slices, 0.95).unwrap();
        let effects = found.effects.iter().map(|one| one.effect.estimate.unwrap());
        assert_eq!(effects.collect::<Vec<_>>(), [1.0, 2.0, 4.0]);
        let pairs = found
            .interactions
            .iter()
            .map(|one| one.more.estimate.unwrap().abs());
        assert_eq!(
            (pairs.clone().count(), pairs.fold(0.0, f64::max) < 1e-12),
            (3, true)
        );
    }

    #[test]
    fn what_never_exists_is_not_attributed() {
        let never: &[Option<f64>] = &[Some(f64::INFINITY)];
        assert_eq!(by_shapley(&["a".to_owned()], &[never, never], 0.95), None);
        assert_eq!(by_shapley(&[], &[&[Some(1.0)]], 0.95), None);
    }

    fn games() -> impl Strategy<Value = Vec<f64>> {
        (1_usize..=SHAPLEY_CHANGES_MAX)
            .prop_flat_map(|n| prop::collection::vec(-1e3..1e3, 1_usize << n))
    }

    proptest! {
        #[test]
        fn shares_sum_to_the_total(values in games()) {
            let total = values[values.len() - 1] - values[0];
            prop_assert!((shapley(&values).iter().sum::<f64>() - total).abs() < 1e-9);
        }

        #[test]
        fn shares_over_some_orders_sum_to_the_total(values in games(), seed in 0_u64..1000) {
            let n = values.len().ilog2() as usize;
            let shares = shapley_by_orders(&orders(n, 4, seed), n, &|set| values[set]);
            let total = values[values.len() - 1] - values[0];
            prop_assert!((shares.iter().sum::<f64>() - total).abs() < 1e-9);
        }

        #[test]
        fn changes_that_do_the_same_share_alike(
            by_count in prop::collection::vec(-1e3..1e3, 2..=6),
        ) {
            let n = by_count.len() - 1;
            let values: Vec<f64> =
                (0..1_usize << n).map(|set| by_count[set.count_ones() as usize]).collect();
            let shares = shapley(&values);
            prop_assert!(shares.iter().all(|share| (share - shares[0]).abs() < 1e-9));
        }

        #[test]
        fn a_change_that_adds_nothing_is_worth_nothing(values in games()) {
            let doubled: Vec<f64> = values.iter().chain(&values).copied().collect();
            prop_assume!(doubled.len() <= 1 << SHAPLEY_CHANGES_MAX);
            let shares = shapley(&doubled);
            prop_assert!(shares[shares.len() - 1].abs() < 1e-12);
        }
    }
}
