//! A run of which something was measured.

use super::{BIN_S, N, START_S, run};
use crate::results::*;

/// The run, with a measured series and a published figure.
pub(crate) fn observed() -> Results {
    let mut results = run();
    let variant = results.variants.get_mut("baseline").expect("it was run");
    let series = &variant.timeline.series[&key::rate(key::ARRIVED)];
    let bins = 4..60;
    let at = |bin: usize| START_S + BIN_S * bin as f64;
    let of = |values: &[Option<f64>], factor: f64| -> Vec<Option<f64>> {
        bins.clone()
            .map(|bin| values[bin].map(|v| v * factor))
            .collect()
    };
    let mean = of(&series.mean, 1.0);
    // Every seventh value is far above, four in a row among them.
    let off = |row: usize| {
        if row.is_multiple_of(7) || (20..24).contains(&row) {
            1.4
        } else {
            1.01
        }
    };
    let measured: Vec<f64> = mean
        .iter()
        .enumerate()
        .map(|(row, v)| v.unwrap_or(0.0) * off(row))
        .collect();
    let residual = mean
        .iter()
        .zip(&measured)
        .map(|(m, v)| Some(v - (*m)?))
        .collect();
    let inside = Inside {
        inside: 45,
        of: 56,
        share: 45.0 / 56.0,
    };
    let figure = |that: &str, low: f64, high: f64, inside: bool| ObservedFigure {
        that: that.into(),
        low,
        high,
        check: inside,
        n: N,
        mean: Some(31_000.0),
        p5: Some(30_000.0),
        p50: Some(31_000.0),
        p95: Some(32_000.0),
        inside,
        ..ObservedFigure::default()
    };
    variant.observed = Some(Observed {
        offset_s: Some(-90.0),
        offset_found: true,
        inside: Some(inside),
        series: vec![ObservedSeries {
            column: "rps".into(),
            metric: "rate(arrived)".into(),
            unit: Unit::PerSecond,
            from_s: bins.clone().map(at).collect(),
            to_s: bins.clone().map(|bin| at(bin + 1)).collect(),
            observed: measured,
            p5: of(&series.p10, 0.98),
            p10: of(&series.p10, 1.0),
            p90: of(&series.p90, 1.0),
            p95: of(&series.p90, 1.02),
            mean,
            residual,
            inside: Some(inside),
            rmse: Some(6.2),
            nrmse: Some(0.19),
            bias: Some(0.08),
            worst: Some(Outside {
                from_s: at(24),
                to_s: at(28),
                values: 4,
                above: true,
            }),
            ..ObservedSeries::default()
        }],
        figures: vec![
            figure("count(ordered)", 20_000.0, 99_000.0, true),
            figure("count(served)", 40_000.0, 40_000.0, false),
        ],
    });
    results
}

/// The same after a calibration of two inputs, which the measurements tell together only.
pub(crate) fn calibrated() -> Results {
    let mut results = observed();
    results.command = "calibrate".into();
    let param = |name: &str, (low, high): (f64, f64), (from, to): (f64, f64)| {
        let value = (from * to).sqrt();
        let at: Vec<f64> = (0..21)
            .map(|n| low + (high - low) * f64::from(n) / 20.0)
            .collect();
        let half = (to - from) / 2.0;
        let fall = |v: &f64| 3.84 * ((v - value) / half) * ((v - value) / half);
        FittedParam {
            name: name.into(),
            low,
            high,
            was: Some(low),
            value,
            written: value.to_string(),
            from: Some(from),
            to: Some(to),
            at_high: name == "crowd",
            profile_fall: at.iter().map(fall).collect(),
            profile_at: at,
            profile_limit: Some(3.84),
            ..FittedParam::default()
        }
    };
    let untold = |name: &str, part: f64| UntoldParam {
        name: name.into(),
        part,
    };
    let part = |of: &str, from_s: Option<f64>, off: f64| FittedPart {
        of: of.into(),
        from_s,
        to_s: from_s.map(|from| from + 300.0),
        off,
    };
    results.answers.calibrate = Some(Calibrate {
        points: 86,
        launches: 464,
        replications: 8,
        unplayed: 3,
        params: vec![
            param("crowd", (20_000.0, 100_000.0), (64_000.0, 100_000.0)),
            param("login_work", (0.02, 0.09), (0.041, 0.052)),
        ],
        correlations: vec![vec![1.0, -0.75], vec![-0.75, 1.0]],
        rank: 1,
        untold: vec![Untold {
            params: vec![untold("crowd", 0.75), untold("login_work", -0.66)],
            would_tell: Some("mean(login.busy)".into()),
        }],
        misfit: Some(46.0),
        degrees: 23,
        excess: Some(2.0),
        widened: Some(2.0_f64.sqrt()),
        parts: vec![
            part("rps", Some(600.0), 3.2),
            part("count(served)", None, -0.4),
        ],
        settled: true,
    });
    results
}
