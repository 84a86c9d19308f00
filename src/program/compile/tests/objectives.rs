//! Which probes judge objectives, and in which order probes stand.

use super::probes::{DB, LOGIN, SECONDS, during, over, quotient, sample, worst};
use super::{LAUNCH, checked};
use crate::base::time::Span;
use crate::observation::{
    Among, CallSample, Comparison, Period, ServiceLevel, Statistic, Term, View, Worst,
};
use crate::program::{Asked, Judge, compile};

#[test]
fn an_endpoint_that_nobody_calls_has_counts_but_no_share() {
    let idle = "[service.idle]\nendpoint.task = [ { cpu = \"1ms\" } ]\n";
    let model = checked(&(LAUNCH.to_owned() + idle));
    let metrics = [
        "share(idle.task.ok)",
        "count(idle.task)",
        "p95(idle.task.time)",
    ];
    let metrics = metrics.map(|text| model.metric(text).unwrap()).to_vec();
    let program = compile(
        &model,
        &Asked {
            metrics,
            ..Asked::default()
        },
    );
    let asked = &program.probes[program.probes.len() - 3..];
    assert_eq!(asked[0], quotient(&[], &[(0.0, Term::Seconds)]));
    assert_eq!(asked[1], quotient(&[], &[]));
    assert_eq!(
        asked[2],
        sample(&[], Among::Started, Statistic::Percentile(0.95))
    );
}

#[test]
fn objectives_come_first_and_look_at_their_own_side() {
    let further = r#"
[[objective]]
that = "p95(login.time, 60s) < 2s except 90s"
[[objective]]
that = "p95(login.time, 60s) > 1ms"
[[objective]]
that = "max(db.queue) < 500 except 5s"
"#;
    let model = checked(&(LAUNCH.to_owned() + further));
    let metrics = vec![
        model.metric("share(served)").unwrap(),
        model.metric("count(ordered)").unwrap(),
    ];
    let program = compile(
        &model,
        &Asked {
            metrics,
            ..Asked::default()
        },
    );
    let names = &program.names;
    let judges: Vec<Judge> = names.judges.clone();
    let values: Vec<&str> = judges
        .iter()
        .map(|j| names.probes[j.value].as_str())
        .collect();
    let expected = [
        "share(preorder.served or preorder.sold_out)",
        "p95(login.time)",
        "p99(mail.confirmation.delay)",
        "p95(login.time, 60s)",
        "p95(login.time, 60s) > 1ms",
        "max(db.queue)",
    ];
    assert_eq!(values, expected);
    assert_eq!(names.headline, [0, 1, 2, 3, 4, 5]);
    assert_eq!(names.probes[6], "share(served)");
    assert_eq!(names.probes[7], "count(ordered)");
    let login = sample(
        &[program.layout.call_time(LOGIN, CallSample::Request)],
        Among::Started,
        Statistic::Percentile(0.95),
    );
    assert_eq!(
        program.probes[3],
        during(login.clone(), worst(60, Worst::Largest))
    );
    assert_eq!(
        program.probes[4],
        during(login.clone(), worst(60, Worst::Smallest))
    );
    let breach = |slice: i64, limit: f64| Period {
        view: View::LongestBreach {
            slice: Span::from_secs(slice),
            comparison: Comparison::Below,
            limit,
        },
        ..Period::default()
    };
    assert_eq!(judges[2].breach, None);
    assert_eq!(
        program.probes[judges[3].breach.unwrap()],
        during(login, breach(60, 2.0))
    );
    let queue = program.layout.service_level(DB, ServiceLevel::Queue);
    let mean = quotient(&[over(queue)], &[SECONDS]);
    assert_eq!(
        program.probes[judges[5].breach.unwrap()],
        during(mean, breach(1, 500.0))
    );
}
