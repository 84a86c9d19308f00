//! Thresholds of published overloads, found by `size` where half of the launches come back.

use super::{answer, read, sized, value};
use onrush::model::Checked;
use onrush::model::overlay::Change;
use onrush::results::{Results, SizeFound};
use onrush::study::{Effort, Plan, run};

use super::ALONE;

/// The model of a published case, which must do well after the trigger.
fn case(text: &str, well: &str) -> Checked {
    read(&format!("{text}\n[[objective]]\nthat = \"{well}\"\n"))
}

/// The largest value with which at least half of the launches come back.
fn most(model: &Checked, knob: &str, at_most: u32) -> (f64, Results) {
    let results = sized(model, knob, (0.5, at_most), 0);
    assert_eq!(
        answer(&results).found,
        SizeFound::Most,
        "{:#?}",
        answer(&results)
    );
    (value(&results).expect("it was found"), results)
}

/// P3, HotOS 2021: one retry doubles the load of a database good for 300/s, so 150/s are survived
/// and no more. Just below that the backlog takes the better part of an hour to go away.
#[test]
fn half_of_what_the_database_carries_is_survived() {
    let text = include_str!("../theory/hotos21.toml");
    let text = text.replace("1200s", "3600s");
    let model = case(&text, "share(db.query.ok) between 3100s and 3500s >= 95%");
    let (rate, _) = most(&model, "param.rate=146/s..154/s:1/s", 8);
    assert!((rate - 150.0).abs() <= 1.0, "{rate}/s");
}

/// P13: a pause of 0.5 s is survived, one of 0.7 s is not.
#[test]
fn six_tenths_of_a_second_are_the_longest_pause() {
    let text = include_str!("../theory/pause.toml");
    let model = case(text, "share(desk.serve.ok) between 150s and 190s >= 95%");
    let (pause, _) = most(&model, "param.pause=100ms..2000ms:20ms", 8);
    assert!((pause - 600.0).abs() <= 100.0, "{pause} ms");
}

/// P1, HotOS 2025: a queue of 50 comes back, one of 75 does not; of 60 a few launches in ten. The
/// place where half of them do is that of a table of all places between, within one.
#[test]
fn the_longest_queue_that_comes_back_is_that_of_a_table() {
    let text = include_str!("../theory/hotos25.toml");
    let model = case(text, "share(desk.serve.ok) between 1600s and 2600s >= 95%");
    let (queue, _) = most(&model, "param.queue=30..160", 100);
    let comes_back = |queue: u32| {
        let change = Change::new("param.queue", &queue.to_string());
        let model = Checked::new(model.with(&[change]).0).expect("it is a valid model");
        let plan = Plan {
            effort: Effort::Replications(100),
            ..Plan::of(&model)
        };
        let results = run(&model, None, &plan, ALONE).expect("it is small");
        let met = results.variants["baseline"].objectives[0].chance;
        met.is_some_and(|met| 2 * met.k >= met.n)
    };
    let last = (51..=62).filter(|queue| comes_back(*queue)).max();
    let last = last.expect("51 places come back");
    println!("P1: {queue}, by a table {last}");
    assert!(
        (queue - f64::from(last)).abs() <= 1.0,
        "{queue}, not {last}"
    );
}
