//! Fates by hand: a letter a window, after twenty healthy ones.

use super::super::health::{Rule, Step};
use super::*;
use crate::base::time::{Span, Time};
use crate::observation::{StepWindows, Window, Windows};
use crate::results::Probability;

/// The trigger takes windows 20 to 24, so the grace lasts twenty windows from window 25.
const TRIGGER: Trigger = Trigger { from: 20, to: 25 };
const WIDTH: Span = Span::from_secs(10);

/// `.` a healthy window, `b` one in which all fail. A window of which nothing can be said needs
/// twenty silent ones before it, so it is made by hand, of a [`Course`].
fn windows(text: &str) -> StepWindows {
    let ok = |c: char| if c == 'b' { 0 } else { 100 };
    let all = text.chars().map(|c| Window {
        started: 100,
        ok: ok(c),
        ended_ok: ok(c),
        open: 0,
    });
    StepWindows {
        windows: all.collect(),
        middles_s: vec![0.1],
        times: text.chars().map(ok).collect(),
        ..StepWindows::default()
    }
}

fn fate_of(text: &str, trigger: Option<Trigger>, work: &[f64]) -> Option<Fate> {
    let seen = windows(text);
    let all = Windows {
        width: WIDTH,
        ended: Time(WIDTH.0 * text.len() as i64),
        steps: Vec::new(),
    };
    let steps = [Step {
        seen: &seen,
        unloaded: None,
        quick_s: 0.25,
    }];
    fate(Ward::new(&all, &steps, &Rule::default()), trigger, work)
}

/// Of `rest` after twenty healthy windows, with the same work in every window.
fn told(rest: &str) -> Option<Fate> {
    let text = format!("{}{rest}", ".".repeat(20));
    fate_of(&text, Some(TRIGGER), &vec![1.0; text.len()])
}

/// The same in short: when it fell ill, whether it collapsed, how it ended, windows to recovery.
fn short(fate: &Fate) -> Option<(usize, bool, End, Option<usize>)> {
    let ill = fate.illness.as_ref()?;
    Some((ill.from, ill.collapsed, ill.end, fate.recovered_after()))
}

#[test]
fn three_bad_windows_in_a_row_make_it_unhealthy() {
    let healthy = told("bb.bb.bb.bb..............").unwrap();
    assert_eq!(
        (short(&healthy), healthy.recovered_after()),
        (None, Some(0))
    );
    let ill = told("bb.bbb...................").unwrap();
    assert_eq!(short(&ill), Some((23, false, End::Recovered(26), Some(1))));
}

#[test]
fn healthy_before_the_end_of_the_trigger_takes_no_time() {
    let ill = told("bbb......................").unwrap();
    assert_eq!(short(&ill), Some((20, false, End::Recovered(25), Some(0))));
}

/// Twenty windows of grace from window 25: the three healthy ones must be there by window 44.
#[test]
fn it_has_collapsed_if_it_is_not_well_when_the_grace_is_over() {
    let ill = |bad: usize| told(&format!("{}...b", "b".repeat(bad))).unwrap();
    assert_eq!(
        short(&ill(22)),
        Some((20, false, End::Recovered(42), Some(17)))
    );
    // Later it collapses, and has recovered all the same: after 180 s, not never.
    assert_eq!(
        short(&ill(23)),
        Some((20, true, End::Recovered(43), Some(18)))
    );
    assert_eq!(
        short(&told(&"b".repeat(25)).unwrap()),
        Some((20, true, End::Never, None))
    );
}

/// A trigger of thirty windows has thirty of grace; one that falls ill later has it from then on.
#[test]
fn the_grace_is_as_long_as_the_trigger_and_begins_with_the_illness() {
    let long = Trigger { from: 20, to: 50 };
    let of = |rest: String, trigger| {
        let text = format!("{}{rest}", ".".repeat(20));
        fate_of(&text, Some(trigger), &vec![1.0; text.len()])
    };
    let ill = of("b".repeat(57) + "...", long).unwrap();
    assert_eq!(short(&ill), Some((20, false, End::Recovered(77), Some(27))));
    assert_eq!(of("b".repeat(59), long), None);
    assert!(of("b".repeat(60), long).is_some());
    // Ill from window 40 on, long after the trigger: well by window 59.
    let late = |bad: usize| {
        let rest = format!("{}{}...", ".".repeat(20), "b".repeat(bad));
        short(&of(rest, TRIGGER).unwrap())
    };
    assert_eq!(late(17), Some((40, false, End::Recovered(57), Some(32))));
    assert_eq!(late(18), Some((40, true, End::Recovered(58), Some(33))));
}

#[test]
fn it_is_absent_only_if_the_horizon_comes_before_the_grace_is_over() {
    assert_eq!(told(&"b".repeat(24)), None);
    assert!(told(&"b".repeat(25)).is_some());
    // Well before that is known, and so is never ill.
    let well = told("bbbbb...").unwrap();
    assert_eq!(short(&well), Some((20, false, End::Recovered(25), Some(0))));
    assert_eq!(short(&told("........").unwrap()), None);
}

#[test]
fn bad_again_after_a_recovery_is_a_relapse() {
    let again = told("bbbbb...bbb....").unwrap();
    assert_eq!(
        short(&again),
        Some((20, false, End::Recovered(31), Some(6)))
    );
    assert!(again.illness.unwrap().relapsed);
    // Two bad windows are none.
    let well = told("bbbbb...bb....").unwrap();
    assert_eq!(short(&well), Some((20, false, End::Recovered(25), Some(0))));
    // For good: it has not collapsed, but it has not recovered.
    let lost = told(&format!("bbbbb...{}", "b".repeat(20))).unwrap();
    assert_eq!(short(&lost), Some((20, false, End::Never, None)));
}

/// Work of 1 before the trigger; when it is well, from window 30 on, so much is expected.
fn when_well(work: f64) -> Fate {
    let text = format!("{}{}...........", ".".repeat(20), "b".repeat(10));
    let all: Vec<f64> = (0..text.len())
        .map(|window| if window < 30 { 1.0 } else { work })
        .collect();
    fate_of(&text, Some(TRIGGER), &all).unwrap()
}

#[test]
fn well_because_the_crowd_has_gone_is_no_recovery() {
    let half = when_well(0.5);
    assert_eq!(short(&half), Some((20, false, End::Recovered(30), Some(5))));
    let less = when_well(0.49);
    assert_eq!(short(&less), Some((20, false, End::Ended(30), None)));
    assert_eq!((less.recovered(), less.ended()), (Some(false), Some(true)));
}

/// The crowd goes at window 30 and comes again at window 35: well from then on.
#[test]
fn it_recovers_if_it_is_well_when_the_crowd_comes_again() {
    let text = format!("{}{}...........", ".".repeat(20), "b".repeat(10));
    let work: Vec<f64> = (0..text.len())
        .map(|window| if (30..35).contains(&window) { 0.0 } else { 1.0 })
        .collect();
    let fate = fate_of(&text, Some(TRIGGER), &work).unwrap();
    // Windows 34, 35 and 36 have two thirds of the work.
    assert_eq!(short(&fate), Some((20, false, End::Recovered(34), Some(9))));
}

/// Everybody waits for a door until the trigger begins: four windows have any work, too few, so
/// that of the unhealthy time counts, which is 2 on average.
#[test]
fn usual_work_is_that_of_the_illness_if_hardly_any_came_before() {
    let text = format!("{}{}...........", ".".repeat(20), "b".repeat(10));
    let fate = |then: f64, early: usize| {
        let work: Vec<f64> = (0..text.len())
            .map(|window| match window {
                0..20 if window >= 20 - early => 0.1,
                0..20 => 0.0,
                20..30 => 2.0,
                _ => then,
            })
            .collect();
        let fate = fate_of(&text, Some(TRIGGER), &work).unwrap();
        fate.illness.unwrap().end
    };
    assert_eq!(fate(1.0, 4), End::Recovered(30));
    assert_eq!(fate(0.99, 4), End::Ended(30));
    assert_eq!(fate(0.99, 5), End::Recovered(30));
}

/// Ill to the last, then nothing is asked any more: over, because the crowd has gone. While the
/// crowd is still expected it is not over.
#[test]
fn an_illness_may_fade_out() {
    let health = [vec![Some(false); 6], vec![None; 3]].concat();
    let end = |work: &[f64]| {
        let course = Course {
            health: &health,
            work,
            trigger: Trigger { from: 0, to: 0 },
            rule: &Rule::default(),
            onset: 0,
        };
        course.outcome().map(|(_, end, _)| end)
    };
    assert_eq!(
        end(&[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]),
        Some(End::Ended(6))
    );
    // The horizon comes before the grace is over.
    assert_eq!(end(&[1.0; 9]), None);
}

#[test]
fn a_window_that_says_nothing_neither_breaks_nor_lengthens_a_row() {
    let of = |text: &str| -> Vec<Option<bool>> {
        let seen = text.chars().map(|c| match c {
            'b' => Some(false),
            '.' => Some(true),
            _ => None,
        });
        seen.collect()
    };
    assert_eq!(row_of_bad(&of("b??b?b"), 0, 3), Some(vec![0, 3, 5]));
    assert_eq!(row_of_bad(&of("b?.b?b"), 0, 3), None);
    assert_eq!(row_of_bad(&of("bbb"), 1, 3), None);
}

/// Nothing is known beforehand: the first of three bad windows in a row is the trigger, held
/// against the twenty before it.
#[test]
fn without_a_trigger_it_is_the_moment_at_which_it_falls_ill() {
    let fate = |text: &str| fate_of(text, None, &vec![1.0; text.len()]).unwrap();
    let text = format!("{}bb.{}....", ".".repeat(20), "b".repeat(7));
    let ill = fate(&text);
    assert_eq!(ill.trigger_to, 23);
    assert_eq!(short(&ill), Some((23, false, End::Recovered(30), Some(7))));
    assert_eq!(short(&fate(&".".repeat(40))), None);
    // With four windows before it nothing is usual; with five, one of them bad, it is.
    let early = format!("....{}", "b".repeat(30));
    assert_eq!(short(&fate(&early)), Some((5, true, End::Never, None)));
    let nothing = fate_of("bbb", None, &[1.0; 3]);
    assert_eq!(nothing, None);
}

#[test]
fn a_summary_counts_what_became_of_the_unhealthy() {
    let fates = [
        told("bbbbbbb..................."),
        told("bbbbbbbbb................."),
        told(&"b".repeat(26)),
        told(&".".repeat(26)),
        Some(when_well(0.0)),
        None,
    ];
    let teller = Teller {
        start_s: -100.0,
        window_s: 10.0,
        steps: &["pay"],
        confidence: 0.95,
    };
    let found = teller.summarise(&fates).unwrap();
    let counts = |p: Option<Probability>| p.map(|p| (p.k, p.n));
    assert_eq!(counts(found.unhealthy), Some((4, 5)));
    assert_eq!(counts(found.collapsed), Some((1, 5)));
    assert_eq!(counts(found.recovered), Some((2, 4)));
    assert_eq!(counts(found.ended), Some((1, 4)));
    assert_eq!(counts(found.relapsed), Some((0, 4)));
    // After two and after four windows; all fell ill at window 20, 200 s after the start.
    assert_eq!(found.time_s.unwrap().estimate, Some(30.0));
    assert_eq!(found.onset_s.unwrap().estimate, Some(100.0));
    // Windows 27, 29 and 30.
    let over = found.over_s.unwrap();
    assert_eq!((over.n, over.p10, over.p90), (3, Some(170.0), Some(200.0)));
    let [symptom] = &found.symptoms[..] else {
        panic!("{:?}", found.symptoms);
    };
    assert_eq!(
        (symptom.step.as_str(), symptom.test),
        ("pay", SymptomTest::ShareOk)
    );
    assert_eq!(counts(symptom.in_launches), Some((4, 5)));
    assert_eq!(symptom.seen.unwrap().estimate, Some(0.0));
    assert_eq!(symptom.usual.unwrap().estimate, Some(1.0));
    assert_eq!(teller.summarise(&[None]), None);
}

#[test]
fn metrics_are_split_by_who_collapsed() {
    let fates = [told(&"b".repeat(26)), told(&".".repeat(26)), None];
    let groups = split(&[0.2, 0.8, 0.1].map(Some), &fates, 0.95).unwrap();
    assert_eq!(groups.collapsed.unwrap().estimate, Some(0.2));
    assert_eq!(groups.others.unwrap().estimate, Some(0.8));
    assert_eq!(split(&[Some(0.9)], &fates[..1], 0.95), None);
}
