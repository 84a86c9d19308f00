//! Studies of drawn inputs.

use super::{chance, compare};
use crate::results::{
    Better, Conclusion, DrawnParam, Estimate, Fraction, InputWorth, OutcomeOverRanges, Regret,
    Results, Surrogate, Uncertain, Unit, VarianceSplit, VariantRegret,
};

/// The compare, with the answer about drawn inputs.
pub(crate) fn uncertain() -> Results {
    let mut results = compare();
    let drawn = |low: f64, high: f64| DrawnParam {
        low,
        high,
        kept_min: Some(low * 1.1),
        kept_median: Some((low + high) / 2.0),
        kept_max: Some(high * 0.9),
    };
    let conclusion = |name: &str, k: u32| Conclusion {
        name: name.into(),
        rule: "difference of share(served) below 5 points".into(),
        kept: chance(k),
        all: None,
    };
    results.answers.uncertain = Some(Uncertain {
        draws: 200,
        kept: 63,
        unplayed: 2,
        replications: 3,
        keep_metric: "count(ordered)".into(),
        keep_range: [20_000.0, 99_000.0],
        variants: results.order.clone(),
        conclusions: vec![
            conclusion("doubling does not prevent the collapse", 28),
            conclusion("patching prevents it", 24),
        ],
        params: [
            ("crowd".to_owned(), drawn(20_000.0, 100_000.0)),
            ("login_work".to_owned(), drawn(0.02, 0.09)),
        ]
        .into(),
        outcome: None,
        regret: None,
        rows: Vec::new(),
    });
    let login_work = results.model.params.get_mut("login_work").unwrap();
    login_work.unit = Some("s".into());
    results
}

fn estimate(value: f64, half: f64) -> Estimate {
    Estimate {
        estimate: Some(value),
        low: Some(value - half),
        high: Some(value + half),
        p10: Some(value - 0.3),
        p50: Some(value),
        p90: Some(value + 0.3),
        n: 128,
        of: 128,
        ..Estimate::default()
    }
}

fn fraction(estimate: f64) -> Fraction {
    Fraction {
        estimate,
        low: (estimate - 0.06).max(0.0),
        high: (estimate + 0.06).min(1.0),
    }
}

/// What two guesses do to the share who are served, and which variant is regretted least.
pub(crate) fn ranged() -> Results {
    let mut results = uncertain();
    results.command = "uncertain".into();
    let found = results.answers.uncertain.as_mut();
    let Some(found) = found else { return results };
    let input = |name: &str, (low, high): (f64, f64), ends: [f64; 2], index: [f64; 2]| InputWorth {
        name: name.into(),
        base: Some((low + high) / 2.0),
        low,
        high,
        at_low: Some(estimate(ends[0], 0.01)),
        at_high: Some(estimate(ends[1], 0.01)),
        at_base: Some(estimate(0.57, 0.01)),
        first: Some(fraction(index[0])),
        total: Some(fraction(index[1])),
        wrong_if_known: Some(0.12 - 0.1 * index[0]),
    };
    found.outcome = Some(OutcomeOverRanges {
        variant: "baseline".into(),
        metric: "share(served)".into(),
        unit: Unit::Share,
        better: Better::Higher,
        objectives: vec![
            "share(served) >= 95%".into(),
            "p95(login.time) <= 2s".into(),
        ],
        chance: crate::estimate::interval::clustered(45, 126, 80.0, 0.95),
        required: Some(0.9),
        in_twenty: Some(7),
        points: 124,
        left_out: 4,
        mean: Some(estimate(0.572, 0.041)),
        variance: Some(VarianceSplit {
            unknown: 0.0484,
            luck: 0.0016,
            share: fraction(0.968),
        }),
        surrogate: Some(Surrogate {
            foretold: 0.951,
            terms: 19,
            degree: 4,
        }),
        inputs: vec![
            input("login_work", (0.02, 0.09), [0.92, 0.31], [0.52, 0.57]),
            input("crowd", (20_000.0, 100_000.0), [0.71, 0.44], [0.26, 0.31]),
        ],
        tornado_launches: 4,
    });
    let row = |variant: &String, mean: f64, largest: f64, best_in: u32| VariantRegret {
        variant: variant.clone(),
        mean: Some(estimate(mean, 0.004)),
        largest,
        best_in,
    };
    let [baseline, first, second] = [0, 1, 2].map(|at| found.variants[at].clone());
    found.regret = Some(Regret {
        rows: vec![
            row(&second, 0.004, 0.021, 58),
            row(&first, 0.11, 0.44, 20),
            row(&baseline, 0.31, 0.78, 3),
        ],
        points: 63,
        least_largest: second.clone(),
        least_mean: second,
        settled: true,
        wrong: Some(0.12),
    });
    results
}
