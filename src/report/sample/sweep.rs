//! Studies of inputs over their values.

use super::run;
use crate::estimate::interval::probability;
use crate::results::{
    Curve, CurveKnee, Estimate, Fitted, Line, LineLaw, Results, Scalability, Sweep, SweptInput,
    Tip, TipCell, TipColumn, TipFound, TipKnob, TipWorse, Unit, UslFit, UslMethod,
};

fn known(value: f64, half: f64) -> Option<Estimate> {
    Some(Estimate {
        estimate: Some(value),
        low: Some(value - half),
        high: Some(value + half),
        n: 20,
        of: 20,
        ..Estimate::default()
    })
}

/// A wait that turns upwards at 7/s, with a formula beside it, and a share with a limit.
pub(crate) fn swept() -> Results {
    let mut results = run();
    results.command = "sweep".into();
    let loads: Vec<f64> = (1..=9).map(f64::from).collect();
    let wait = |load: f64| load / (10.0 - load);
    let waits = loads
        .iter()
        .map(|load| known(wait(*load), 0.05 * wait(*load)));
    let shares = loads.iter().map(|load| known(1.0 - load / 30.0, 0.01));
    results.answers.sweep = Some(Sweep {
        inputs: vec![SweptInput {
            path: "param.peak".into(),
            unit: "/s".into(),
            values: loads.clone(),
            was: Some("5/s".into()),
        }],
        launches: vec![20; 9],
        curves: vec![
            Curve {
                metric: "mean(shop.wait)".into(),
                unit: Unit::Seconds,
                values: waits.collect(),
                knees: vec![Some(CurveKnee {
                    at: 6,
                    distance: 0.4,
                })],
                line: Some(Line {
                    law: LineLaw::Mmc,
                    values: loads.iter().map(|load| Some(1.02 * wait(*load))).collect(),
                    fit: None,
                }),
                ..Curve::default()
            },
            Curve {
                metric: "share(served)".into(),
                unit: Unit::Share,
                limit: Some(0.9),
                values: shares.collect(),
                knees: vec![None],
                ..Curve::default()
            },
        ],
    });
    results
}

/// A share over two inputs, never reached at one combination and not played at another.
pub(crate) fn mapped() -> Results {
    let mut results = swept();
    let Some(sweep) = &mut results.answers.sweep else {
        return results;
    };
    sweep.inputs.push(SweptInput {
        path: "service.shop.servers".into(),
        values: vec![2.0, 4.0, 8.0],
        ..SweptInput::default()
    });
    let mut values: Vec<Option<Estimate>> = (0..27)
        .map(|at| known(1.0 - f64::from(at % 9) / f64::from(10 + at / 9), 0.01))
        .collect();
    values[8] = Some(Estimate {
        never: 3,
        n: 20,
        of: 20,
        ..Estimate::default()
    });
    values[26] = None;
    sweep.launches = vec![20; 27];
    sweep.launches[26] = 0;
    sweep.curves.truncate(1);
    sweep.curves[0].values = values;
    sweep.curves[0].unit = Unit::Ratio;
    sweep.curves[0].line = None;
    sweep.curves[0].knees = vec![
        None,
        Some(CurveKnee {
            at: 4,
            distance: 0.2,
        }),
        None,
    ];
    results
}

/// The law of measured pairs, in both ways.
pub(crate) fn scalability() -> Results {
    let exact = |value: f64, part: f64| Fitted {
        value,
        low: Some(value * (1.0 - part)),
        high: Some(value * (1.0 + part)),
    };
    let fit = |method, [lambda, sigma, kappa, at, most]: [f64; 5]| UslFit {
        method,
        lambda: Fitted {
            value: lambda,
            ..Fitted::default()
        },
        sigma: exact(sigma, 0.5),
        kappa: exact(kappa, 0.3),
        load_at_most: Some(exact(at, 0.1)),
        most: Some(exact(most, 0.05)),
        misses: 60.0,
    };
    let mut results = Results {
        command: "sweep".into(),
        complete: true,
        confidence: 0.95,
        ..Results::default()
    };
    results.answers.scalability = Some(Scalability {
        load: "load".into(),
        throughput: "throughput".into(),
        pairs: [
            [1.0, 64.9],
            [18.0, 995.9],
            [36.0, 1652.4],
            [72.0, 1853.2],
            [108.0, 1828.9],
            [144.0, 1775.0],
            [216.0, 1702.2],
        ]
        .to_vec(),
        fits: vec![
            fit(
                UslMethod::Normalised,
                [64.9, 0.01705, 7.892e-5, 111.6, 1876.5],
            ),
            fit(
                UslMethod::LeastSquares,
                [90.0, 0.02773, 1.044e-4, 96.52, 1883.9],
            ),
        ],
    });
    results
}

/// A border over two inputs, with the stable capacity between two loads; at the last load nothing
/// is survived.
pub(crate) fn tipped() -> Results {
    let mut results = run();
    results.command = "tip".into();
    let cell = |seconds: f64, load: f64, (k, n): (u32, u32), survives: Option<bool>| TipCell {
        values: vec![seconds, load],
        launches: n,
        unjudged: 0,
        collapsed: probability(k, n, 0.95),
        recovered: probability(n - k, n, 0.95),
        survives,
        invalid: false,
    };
    let column = |value: f64, borders: &[[u32; 2]], found, stable| TipColumn {
        value: Some(value),
        found,
        borders: borders.to_vec(),
        settled: true,
        stable: Some(stable),
    };
    let knob = |path: &str, unit: &str, (low, high): (f64, f64), planned: f64| TipKnob {
        path: path.into(),
        unit: unit.into(),
        low,
        high,
        was: Some(format!("{planned}{unit}")),
        planned: Some(planned),
    };
    results.answers.tip = Some(Tip {
        knobs: vec![
            knob("fault.switch.for", "s", (1.0, 21.0), 2.0),
            knob("param.load", "/s", (100.0, 280.0), 180.0),
        ],
        chance: 0.95,
        confidence: 0.95,
        worse: TipWorse::Up,
        columns: vec![
            column(100.0, &[], TipFound::Survives, true),
            column(160.0, &[[2, 3]], TipFound::Border, false),
            column(220.0, &[[4, 5]], TipFound::Border, false),
            column(280.0, &[], TipFound::Collapses, false),
        ],
        cells: vec![
            cell(1.0, 100.0, (0, 6), None),
            cell(21.0, 100.0, (0, 101), Some(true)),
            cell(9.0, 160.0, (1, 150), Some(true)),
            cell(10.0, 160.0, (17, 20), Some(false)),
            cell(4.0, 220.0, (0, 101), Some(true)),
            cell(5.0, 220.0, (20, 20), Some(false)),
            cell(1.0, 280.0, (20, 20), Some(false)),
            cell(21.0, 280.0, (6, 6), None),
        ],
        stable_at: Some(150.0),
        launches: 424,
        events: 1_234_567,
    });
    results
}

/// The same along the trigger alone.
pub(crate) fn tipped_alone() -> Results {
    let mut results = tipped();
    let Some(tip) = &mut results.answers.tip else {
        return results;
    };
    tip.knobs.truncate(1);
    tip.stable_at = None;
    tip.cells = tip.cells[2..6].to_vec();
    tip.cells
        .sort_by(|a, b| a.values[0].total_cmp(&b.values[0]));
    tip.cells
        .iter_mut()
        .for_each(|cell| cell.values.truncate(1));
    tip.columns.truncate(2);
    tip.columns.remove(0);
    tip.columns[0].value = None;
    tip.columns[0].borders = vec![[0, 1]];
    results
}
