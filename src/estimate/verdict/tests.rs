//! The words, by hand: values, never, objectives that change sides, what would settle them.

use proptest::prelude::*;

use super::*;
use crate::estimate::measure::{Quantity, Scale};
use crate::estimate::resample::Luck;
use crate::results::WithinIs;

#[test]
fn same_is_looked_at_before_better() {
    use Verdict::{Better as B, Same, Unclear, Worse};
    for (low, high, within, expected) in [
        (0.002, 0.006, 0.01, Same),
        (-0.002, 0.006, 0.01, Same),
        (0.002, 0.012, 0.01, B),
        (-0.012, -0.002, 0.01, Worse),
        (-0.002, 0.012, 0.01, Unclear),
        (0.0, 0.02, 0.01, Unclear),
        (0.002, 0.01, 0.01, B),
    ] {
        let found = word(low, high, within, Better::Higher);
        assert_eq!(found, Some(expected), "[{low}, {high}]");
    }
    assert_eq!(word(1.0, 2.0, 0.5, Better::Lower), Some(Worse));
    assert_eq!(word(1.0, 2.0, 0.5, Better::Neither), None);
    assert_eq!(word(-1.0, 2.0, 0.5, Better::Neither), Some(Unclear));
}

/// z at 95 % is 1.959964. n = 30, h = 2, Δ = 1, δ = 0.5: ((1.959964 + 0.84) ÷ 1.959964)² =
/// 2.040828, × 30 × (2/1)² = 244.9, so 245. With Δ = 0.1 the distance is δ − |Δ| = 0.4, *same* is
/// expected: ((1.959964 + 1.28) ÷ 1.959964)² = 2.732663, × 30 × 25 = 2049.5, so 2,050. At 99.5 %
/// z is 2.807034: (3.647034 ÷ 2.807034)² × 120 = 202.6.
#[test]
fn settling_by_hand() {
    assert_eq!(settled_by(30, 2.0, (1.0, 0.5), 0.95), Some(245));
    assert_eq!(settled_by(30, 2.0, (-1.0, 0.5), 0.95), Some(245));
    assert_eq!(settled_by(30, 2.0, (0.1, 0.5), 0.95), Some(2_050));
    assert_eq!(settled_by(30, 2.0, (1.0, 0.5), 0.995), Some(203));
    assert_eq!(settled_by(30, 2.0, (0.0, 0.0), 0.95), None);
}

/// 3 of 10 one way and none the other: six are needed at 95 %, so twenty launches. Of 2 and 1 of
/// 10 the least is the first at which the scaled counts differ.
#[test]
fn settling_of_signs_by_hand() {
    assert_eq!(signs_settled_by((3, 0), 10, 0.95), Some(20));
    assert_eq!(signs_settled_by((2, 2), 10, 0.95), None);
    let found = signs_settled_by((2, 1), 10, 0.95).unwrap() as u32;
    assert!(sign::differ(found * 2 / 10, found / 10, 0.95));
    assert!((10..found).all(|n| !sign::differ(n * 2 / 10, n / 10, 0.95)));
}

/// Thirty launches show 90 % only by 30 of 30; 95 % needs 59 of 59.
#[test]
fn objectives_as_the_contract_counts() {
    let judge = |k, n, required| objective(&interval::probability(k, n, 0.95).unwrap(), required);
    assert_eq!(judge(30, 30, 0.9), ObjectiveVerdict::Met);
    assert_eq!(judge(29, 30, 0.9), ObjectiveVerdict::Unclear);
    assert_eq!(judge(23, 30, 0.9), ObjectiveVerdict::Failed);
    assert_eq!(judge(24, 30, 0.9), ObjectiveVerdict::Unclear);
    assert_eq!(judge(58, 58, 0.95), ObjectiveVerdict::Unclear);
    assert_eq!(judge(59, 59, 0.95), ObjectiveVerdict::Met);
    assert_eq!(judge(0, 30, 0.9), ObjectiveVerdict::Failed);
    let all = interval::probability(30, 30, 0.95).unwrap();
    assert_eq!(objective_settled_by(&all, 0.95), Some(59));
    let at_the_edge = interval::probability(27, 30, 0.95).unwrap();
    assert_eq!(objective_settled_by(&at_the_edge, 0.9), None);
}

#[test]
fn steady_objectives_hold_the_interval_against_the_limit() {
    let value = |low, high| Estimate {
        estimate: Some(f64::midpoint(low, high)),
        low: Some(low),
        high: Some(high),
        n: 30,
        of: 30,
        ..Estimate::default()
    };
    let judge = |low, high| steady_objective(Some(&value(low, high)), Better::Lower, 2.0);
    assert_eq!(judge(1.0, 1.5), ObjectiveVerdict::Met);
    assert_eq!(judge(1.0, 2.5), ObjectiveVerdict::Unclear);
    assert_eq!(judge(2.1, 2.5), ObjectiveVerdict::Failed);
    assert_eq!(
        steady_objective(None, Better::Lower, 2.0),
        ObjectiveVerdict::Failed
    );
}

#[test]
fn a_family_shares_the_chance_of_error() {
    let family = family(
        vec!["share(served)".into(), "p95(login.time)".into()],
        1,
        0.95,
    );
    assert_eq!(family.m, 2);
    assert!((family.confidence_each - 0.975).abs() < 1e-15);
}

fn ask<'a>(
    baseline: &'a [Option<f64>],
    variant: &'a [Option<f64>],
    family: Family,
) -> Question<'a> {
    Question {
        baseline,
        variant,
        unit: Unit::Share,
        better: Better::Higher,
        family,
        confidence: 0.95,
        sides: &[],
        centre: None,
    }
}

/// A share within a point is the same.
fn point(_: f64) -> Threshold {
    Threshold::absolute(0.01)
}

/// A time of which less is better, within 5 % of the baseline.
fn times<'a>(baseline: &'a [Option<f64>], variant: &'a [Option<f64>]) -> Question<'a> {
    Question {
        unit: Unit::Seconds,
        better: Better::Lower,
        ..ask(baseline, variant, Family::Headline)
    }
}

fn twentieth(baseline: f64) -> Threshold {
    Quantity::Time.threshold(baseline, &Scale::default())
}

#[test]
fn words_are_for_headlines_with_all_their_pairs() {
    let low = [0.50, 0.51, 0.52, 0.53].map(Some);
    let high = [0.80, 0.81, 0.82, 0.84].map(Some);
    let found = difference(&ask(&low, &high, Family::Headline), point).unwrap();
    assert_eq!(found.verdict, Some(Verdict::Better));
    assert_eq!(
        (found.within, found.within_is),
        (Some(0.01), Some(WithinIs::Absolute))
    );
    let plain = difference(&ask(&low, &high, Family::Descriptive), point).unwrap();
    assert_eq!((plain.verdict, plain.low), (None, found.low));
    let gap = [Some(0.80), None, Some(0.82), Some(0.84)];
    let conditional = difference(&ask(&low, &gap, Family::Headline), point).unwrap();
    assert_eq!(
        (conditional.verdict, conditional.n, conditional.of),
        (None, 3, 4)
    );
    let nothing = difference(&ask(&low, &low, Family::Headline), point).unwrap();
    assert_eq!(
        (nothing.verdict, nothing.estimate),
        (Some(Verdict::Same), Some(0.0))
    );
}

/// The one pair of a single launch tells nothing, unless nothing is different.
#[test]
fn one_launch_gives_a_word_only_to_what_is_exactly_alike() {
    let of = |variant| {
        let (baseline, variant) = ([Some(0.5)], [Some(variant)]);
        let found = difference(&ask(&baseline, &variant, Family::Headline), point);
        found.unwrap().verdict
    };
    assert_eq!((of(0.5), of(0.9)), (Some(Verdict::Same), None));
}

/// Ten launches: never in all of them before, about two minutes after. 10 of 10 is 2/1024.
#[test]
fn from_never_to_some_time_is_better() {
    let never = [Some(f64::INFINITY); 10];
    let after: Vec<Option<f64>> = (0..10).map(|i| Some(118.0 + f64::from(i))).collect();
    let found = difference(&times(&never, &after), twentieth).unwrap();
    assert_eq!(found.verdict, Some(Verdict::Better));
    assert_eq!(found.because, Some(Because::Never));
    let pairs = NeverPairs {
        baseline: 10,
        variant: 0,
        higher: 0,
        lower: 10,
        n: 10,
    };
    assert_eq!(
        (found.never, found.estimate, found.n),
        (Some(pairs), None, 0)
    );
    let back = difference(&times(&after, &never), twentieth).unwrap();
    assert_eq!(back.verdict, Some(Verdict::Worse));
    // At the level of ten statements nine pairs are needed: of eight no word can come.
    let strict = Question {
        confidence: 0.995,
        ..times(&never[..8], &after[..8])
    };
    let found = difference(&strict, twentieth).unwrap();
    assert_eq!(
        (found.verdict, found.settled_by),
        (Some(Verdict::Unclear), Some(9))
    );
}

#[test]
fn never_in_the_same_launches_is_the_same_if_the_others_are() {
    let never = Some(f64::INFINITY);
    let before = [never, never, Some(10.0), Some(11.0), Some(12.0)];
    let within = [never, never, Some(10.1), Some(11.1), Some(12.1)];
    let verdict = |variant: &[Option<f64>]| {
        let found = difference(&times(&before, variant), twentieth).unwrap();
        (found.verdict, found.because)
    };
    let by_never = |word| (Some(word), Some(Because::Never));
    assert_eq!(verdict(&before), by_never(Verdict::Same));
    assert_eq!(verdict(&within), by_never(Verdict::Same));
    let one_less = [never, Some(20.0), Some(10.1), Some(11.1), Some(12.1)];
    assert_eq!(verdict(&one_less), by_never(Verdict::Unclear));
    let all = [never; 5];
    let found = difference(&times(&all, &all), twentieth).unwrap();
    assert_eq!(found.verdict, Some(Verdict::Same));
    let missing = [never, never, None, Some(11.0), Some(12.0)];
    let found = difference(&times(&before, &missing), twentieth).unwrap();
    assert_eq!(found.verdict, None);
}

fn launches(lost: u32, won: u32, n: u32) -> Sides {
    Sides {
        that: "share(home.ok) >= 99.9%".to_owned(),
        seen: SidesSeen::Launches { lost, won, n },
    }
}

/// Values within what matters, while launches change sides of the limit.
#[test]
fn an_objective_that_changes_sides_goes_before_the_values() {
    let values = |level: f64, n: usize| -> Vec<Option<f64>> {
        (0..n)
            .map(|i| Some(level + 1e-5 * (i % 3) as f64))
            .collect()
    };
    let judge = |sides: Sides, confidence| {
        let SidesSeen::Launches { n, .. } = sides.seen else {
            unreachable!("launches are counted")
        };
        let (before, after) = (values(0.9995, n as usize), values(0.9992, n as usize));
        let sides = [sides];
        let question = Question {
            confidence,
            sides: &sides,
            ..ask(&before, &after, Family::Headline)
        };
        difference(&question, point).unwrap()
    };
    for (lost, won, n, expected) in [
        (6, 0, 30, Verdict::Worse),
        (0, 6, 30, Verdict::Better),
        (5, 0, 30, Verdict::Same),
        (8, 1, 30, Verdict::Worse),
        (7, 2, 30, Verdict::Same),
    ] {
        let found = judge(launches(lost, won, n), 0.95);
        assert_eq!(found.verdict, Some(expected), "{lost} {won} of {n}");
        let sides = found.changed_sides.unwrap();
        assert_eq!(
            (sides.lost, sides.won, sides.n, sides.needed),
            (lost, won, n, None)
        );
    }
    // Five launches cannot say so, whatever they show: six can.
    let few = judge(launches(5, 0, 5), 0.95);
    assert_eq!(
        (few.verdict, few.settled_by),
        (Some(Verdict::Unclear), Some(6))
    );
    assert_eq!(few.changed_sides.unwrap().needed, Some(6));
    let some = judge(launches(3, 0, 5), 0.95);
    assert_eq!(some.verdict, Some(Verdict::Same));
    // None changes sides: nothing to tell.
    assert_eq!(judge(launches(0, 0, 30), 0.95).changed_sides, None);
}

#[test]
fn a_steady_objective_changes_sides_when_the_limit_lies_between() {
    let values = [0.95, 0.951, 0.952].map(Some);
    let judge = |verdict| {
        let sides = [Sides {
            that: "share(home.ok) >= 95%".to_owned(),
            seen: SidesSeen::Intervals(verdict),
        }];
        let question = Question {
            sides: &sides,
            ..ask(&values, &values, Family::Headline)
        };
        let found = difference(&question, point).unwrap();
        (found.verdict, found.changed_sides)
    };
    assert_eq!(judge(Some(Verdict::Worse)), (Some(Verdict::Worse), None));
    assert_eq!(judge(None), (Some(Verdict::Same), None));
}

#[test]
fn differences_of_shares_stay_possible() {
    let (low, high) = ([0.0, 0.03, 0.06].map(Some), [1.0, 0.999, 1.0].map(Some));
    let found = difference(&ask(&low, &high, Family::Headline), point).unwrap();
    assert_eq!(found.high, Some(1.0));
    assert!(found.low < found.estimate && found.estimate < found.high);
}

#[test]
fn launches_that_prove_what_is_asked() {
    for (required, expected) in [(0.5, 5), (0.9, 29), (0.95, 59), (0.99, 299), (0.999, 2_995)] {
        assert_eq!(launches_needed(required), expected, "{required}");
    }
}

/// Two variants that do not differ in truth, with noise far above the threshold: a word other
/// than unclear is a false alarm, of chance 5 % at most. 4,000 trials: 200 ± 14; four
/// deviations.
#[test]
fn false_alarms_are_as_rare_as_said() {
    let mut luck = Luck::new(42);
    let mut draw = || -> Vec<Option<f64>> { (0..20).map(|_| Some(luck.uniform())).collect() };
    let alarms = (0..4_000)
        .filter(|_| {
            let (one, other) = (draw(), draw());
            let question = ask(&one, &other, Family::Headline);
            let found = difference(&question, point).unwrap();
            matches!(found.verdict, Some(Verdict::Better | Verdict::Worse))
        })
        .count();
    assert!((145..=255).contains(&alarms), "{alarms} of 4000");
}

proptest! {
    #[test]
    fn words_mirror(low in -5.0..5.0, width in 0.0..5.0, within in 0.0..2.0) {
        let high = low + width;
        let there = word(low, high, within, Better::Higher);
        prop_assert_eq!(there, word(-high, -low, within, Better::Lower));
        if there == Some(Verdict::Unclear) {
            let mid = f64::midpoint(low, high);
            prop_assert!(settled_by(10, width / 2.0, (mid, within), 0.95).is_none_or(|n| n > 0));
        }
    }
}

/// Differences 1, 2, 3 and 4 of values that vary by hundreds: mean 2.5, deviation 1.290994, over √4
/// times t = 3.182446 (3 degrees, 97.5 %) is 2.054260. Held against each other unpaired the
/// interval would be hundreds wide; divided by n instead of n − 1 half of it would be 1.779.
#[test]
fn an_interval_of_a_difference_is_that_of_the_pairs() {
    let low = [100.0, 900.0, 400.0, 650.0].map(Some);
    let high = [101.0, 902.0, 403.0, 654.0].map(Some);
    let found = difference(&times(&low, &high), twentieth).unwrap();
    let (from, to) = (found.low.unwrap(), found.high.unwrap());
    assert!((found.estimate.unwrap() - 2.5).abs() < 1e-9);
    assert!((from - (2.5 - 2.054_260)).abs() < 1e-5, "{from}");
    assert!((to - (2.5 + 2.054_260)).abs() < 1e-5, "{to}");
}
