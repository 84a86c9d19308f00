//! A study of how much is enough.

use super::run;
use crate::results::{
    Binding, Frontier, FrontierPoint, ResourceKind, Results, Rung, Size, SizeFound, SizedKnob, Unit,
};

/// Eight values, the least that is enough and its neighbours looked at closely; far above it is
/// worse again.
pub(crate) fn sized() -> Results {
    let mut results = run();
    results.command = "size".into();
    let rung = |value: f64, (k, n): (u32, u32), enough: Option<bool>| Rung {
        values: vec![value],
        price: None,
        launches: n,
        chance: crate::estimate::interval::probability(k, n, 0.95),
        metric: vec![Some(0.99), Some(1.4)],
        missed: vec![n - k, 0],
        enough,
        invalid: false,
    };
    results.answers.size = Some(Size {
        objectives: vec![
            "share(served) >= 95%".into(),
            "p95(login.time) <= 2s".into(),
        ],
        units: vec![Unit::Share, Unit::Seconds],
        limits: vec![0.95, 2.0],
        knobs: vec![SizedKnob {
            path: "service.shop.servers".into(),
            low: 1.0,
            high: 40.0,
            was: Some("8".into()),
            value: Some(14.0),
            ..SizedKnob::default()
        }],
        chance: Some(0.95),
        confidence: 0.95,
        found: SizeFound::Least,
        settled: true,
        rungs: vec![
            rung(1.0, (0, 6), None),
            rung(10.0, (1, 6), None),
            rung(13.0, (12, 20), Some(false)),
            rung(14.0, (150, 150), Some(true)),
            rung(15.0, (150, 150), Some(true)),
            rung(40.0, (3, 20), Some(false)),
        ],
        at: Some(3),
        against: vec![5],
        binds: Some(Binding {
            objective: "share(served) >= 95%".into(),
            place: "db".into(),
            resource: ResourceKind::Cores,
        }),
        short: Some(2),
        launches: 352,
        verified_by: 320,
        frontier: Some(frontier()),
        ..Size::default()
    });
    results
}

/// Seven loads; the plan carries a fifth more than what is planned.
fn frontier() -> Frontier {
    let point = |(load, servers): (f64, f64)| FrontierPoint {
        load,
        values: vec![servers],
        price: None,
        or_less: false,
        launches: 90,
    };
    Frontier {
        path: "param.crowd".into(),
        planned: Some(120_000.0),
        had: vec![Some(18.0)],
        carries: SizeFound::Most,
        carries_up_to: Some(144_000.0),
        points: [
            (60_000.0, 8.0),
            (90_000.0, 11.0),
            (120_000.0, 14.0),
            (150_000.0, 19.0),
            (180_000.0, 23.0),
            (210_000.0, 30.0),
            (240_000.0, 38.0),
        ]
        .map(point)
        .to_vec(),
        ..Frontier::default()
    }
}
