//! Each rule of health by hand, with windows of ten seconds.

use super::*;
use crate::observation::Window;

const WIDTH: Span = Span::from_secs(10);

/// Classes of times: 100 ms, 290 ms, 310 ms and 10 s.
const MIDDLES_S: [f32; 4] = [0.1, 0.29, 0.31, 10.0];

/// The windows of a step: how many started in each, and how many of those took how long.
fn step(windows: &[(u32, [u32; 4])]) -> StepWindows {
    StepWindows {
        call: 0,
        windows: windows
            .iter()
            .map(|(started, times)| {
                let ok = times.iter().sum();
                Window {
                    started: *started,
                    ok,
                    ended_ok: ok,
                    open: 0,
                }
            })
            .collect(),
        open_since: Vec::new(),
        middles_s: MIDDLES_S.to_vec(),
        times: windows.iter().flat_map(|(_, times)| *times).collect(),
    }
}

/// Twenty windows of a hundred requests each that all end ok in 100 ms, then these.
fn after_twenty(windows: &[(u32, [u32; 4])]) -> StepWindows {
    let usual = (100, [100, 0, 0, 0]);
    step(&[vec![usual; 20], windows.to_vec()].concat())
}

fn judged<T>(seen: &[StepWindows], unloaded: Option<Usual>, of: impl Fn(&mut Ward<'_>) -> T) -> T {
    let n = seen[0].windows.len() as i64;
    let windows = Windows {
        width: WIDTH,
        ended: Time(WIDTH.0 * n),
        steps: Vec::new(),
    };
    let steps: Vec<Step<'_>> = seen
        .iter()
        .map(|seen| Step {
            seen,
            unloaded,
            quick_s: 0.25,
        })
        .collect();
    of(&mut Ward::new(&windows, &steps, &Rule::default()))
}

/// The health of every window, by what is usual before window 20.
fn health(seen: &StepWindows) -> Vec<Option<bool>> {
    judged(std::slice::from_ref(seen), None, |ward| {
        ward.take_as_usual_before(20);
        (20..ward.len()).map(|w| ward.is_healthy(w)).collect()
    })
}

fn sign(seen: &StepWindows, window: usize) -> Option<(Test, f64, Option<f64>)> {
    judged(std::slice::from_ref(seen), None, |ward| {
        ward.take_as_usual_before(20);
        let signs = ward.signs(window);
        signs.first().map(|s| (s.test, s.seen, s.usual))
    })
}

/// Of 100, so few that the one-sided 99 % bound is below 0.9: the chance of at most 82 of 100 at
/// 0.9 is 1.0 %, of at most 81 it is 0.5 %: by summing the binomial, 0.01001 and 0.00458.
#[test]
fn a_share_is_too_low_only_if_that_is_sure() {
    let seen = after_twenty(&[(100, [82, 0, 0, 0]), (100, [81, 0, 0, 0])]);
    assert_eq!(health(&seen), [Some(true), Some(false)]);
    assert_eq!(sign(&seen, 21), Some((Test::ShareOk, 0.81, Some(1.0))));
}

/// Cards of which 12 % are always declined are no outage, 32 % are: 0.9 of the usual 0.88 is 0.792,
/// and the chance of at most 68 of 100 at that is 0.6 %.
#[test]
fn a_share_is_held_against_what_is_usual() {
    let usual = (100, [88, 0, 0, 0]);
    let windows = [vec![usual; 20], vec![usual, (100, [68, 0, 0, 0])]].concat();
    assert_eq!(health(&step(&windows)), [Some(true), Some(false)]);
}

/// The usual median is 100 ms: 290 ms is less than three times that, 310 ms is more. Of eleven that
/// end ok the sixth decides, of ten the fifth.
#[test]
fn a_median_is_held_against_three_times_the_usual_one() {
    let seen = after_twenty(&[
        (100, [0, 100, 0, 0]),
        (100, [0, 0, 100, 0]),
        (11, [5, 0, 6, 0]),
        (10, [5, 0, 5, 0]),
    ]);
    let expected = [Some(true), Some(false), Some(false), Some(true)];
    assert_eq!(health(&seen), expected);
    let (test, seen_s, usual_s) = sign(&seen, 21).unwrap();
    assert_eq!(test, Test::Median);
    assert!((seen_s - 0.31).abs() < 1e-6 && (usual_s.unwrap() - 0.1).abs() < 1e-6);
}

/// Usual are 4 ms; 240 ms are busy and not broken, 260 ms are too slow, as 250 ms is more than
/// three times the usual.
#[test]
fn quick_answers_are_healthy_however_quick_is_usual() {
    let mut windows = vec![(100, [100, 0, 0, 0]); 20];
    windows.extend([(100, [0, 100, 0, 0]), (100, [0, 0, 100, 0])]);
    let mut seen = step(&windows);
    seen.middles_s = vec![0.004, 0.24, 0.26, 10.0];
    assert_eq!(health(&seen), [Some(true), Some(false)]);
}

/// Five a window, all failing, after twenty windows of a hundred: the first is judged with those
/// of the window before it, of whom 100 of 105 are ok; the second over the last two, 0 of 10.
#[test]
fn few_requests_are_judged_over_as_many_windows_as_hold_ten() {
    let bad = (5, [0; 4]);
    let seen = after_twenty(&[bad, bad]);
    assert_eq!(health(&seen), [Some(true), Some(false)]);
}

/// Nine requests in twenty windows judge nothing; with a tenth, all of whom failed, they do, until
/// the first of them lies more than twenty windows back.
#[test]
fn over_more_than_twenty_windows_nothing_is_judged() {
    let mut windows = vec![(100, [100, 0, 0, 0]); 20];
    windows.extend(vec![(0, [0; 4]); 20]);
    windows.push((9, [0; 4]));
    windows.push((1, [0; 4]));
    windows.extend(vec![(0, [0; 4]); 20]);
    let health = health(&step(&windows));
    // Up to nineteen silent windows still see the last hundred, who were well.
    assert_eq!(health[..20], [vec![Some(true); 19], vec![None]].concat());
    assert_eq!(health[20], None);
    assert_eq!(health[21..40], vec![Some(false); 19]);
    assert_eq!(health[40..], [None, None]);
}

/// Nobody ends ok and ten are open: stuck, although nobody starts. Nine are not, nor are ten of
/// whom one ended ok in the window.
#[test]
fn many_open_requests_of_which_none_ends_are_stuck() {
    let mut seen = after_twenty(&[(0, [0; 4]); 3]);
    for (window, (open, ended_ok)) in [(10, 0), (9, 0), (10, 1)].into_iter().enumerate() {
        seen.windows[20 + window].open = open;
        seen.windows[20 + window].ended_ok = ended_ok;
    }
    assert_eq!(health(&seen), [Some(false), Some(true), Some(true)]);
    assert_eq!(sign(&seen, 20), Some((Test::Stuck, 10.0, None)));
}

/// Usual are 10 s, so 30 s are healthy: whoever started in the last three windows may well be open.
/// Of forty open ones, ten started before those: stuck; of 39, nine.
#[test]
fn requests_whose_time_is_not_up_are_not_stuck() {
    let mut windows = vec![(100, [0, 0, 0, 100]); 20];
    windows.extend(vec![(10, [0, 0, 0, 10]); 4]);
    let mut seen = step(&windows);
    let last = &mut seen.windows[23];
    (last.open, last.ended_ok) = (39, 0);
    assert_eq!(health(&seen)[3], Some(true));
    seen.windows[23].open = 40;
    assert_eq!(health(&seen)[3], Some(false));
}

/// A step that never ends ok when nothing is wrong is not stuck when none ends ok.
#[test]
fn what_never_ends_ok_is_no_outage() {
    let mut seen = step(&vec![(100, [0; 4]); 22]);
    seen.windows[20].open = 100;
    assert_eq!(health(&seen), [Some(true), Some(true)]);
}

/// Twenty start in the last window, five end ok, fifteen are open. Up to 300 ms is healthy. All
/// began less than 300 ms before the horizon: they are left out, and the step is judged with the
/// window before. When they began a second before it, they are not ok.
#[test]
fn open_requests_count_once_their_time_is_up() {
    let last = (20, [5, 0, 0, 0]);
    let mut seen = after_twenty(&[last]);
    seen.windows[20].open = 15;
    let horizon = WIDTH.0 * 21;
    seen.open_since = vec![Time(horizon - 299_000_000); 15];
    assert_eq!(health(&seen), [Some(true)]);
    seen.open_since = vec![Time(horizon - 1_000_000_000); 15];
    assert_eq!(health(&seen), [Some(false)]);
}

/// With four windows before the trigger that can be judged the unloaded run says what is usual,
/// with five they do, and without both nothing can be judged.
#[test]
fn what_is_usual_comes_from_before_the_trigger_or_from_an_unloaded_run() {
    let unloaded = Usual {
        share_ok: 0.5,
        median_s: Some(0.1),
    };
    let seen = step(&[(100, [60, 0, 0, 0]); 6]);
    let usual = |before: usize, unloaded: Option<Usual>| {
        judged(std::slice::from_ref(&seen), unloaded, |ward| {
            ward.take_as_usual_before(before);
            ward.usual[0].map(|usual| usual.share_ok)
        })
    };
    assert_eq!(usual(4, Some(unloaded)), Some(0.5));
    assert_eq!(usual(5, Some(unloaded)), Some(0.6));
    assert_eq!(usual(4, None), None);
    let known = judged(std::slice::from_ref(&seen), None, |ward| {
        ward.take_as_usual_before(4);
        ward.is_healthy(5)
    });
    assert_eq!(known, None);
}

/// Only the twenty windows before the trigger count: of thirty, the first ten were bad.
#[test]
fn what_is_usual_is_twenty_windows_long() {
    let mut windows = vec![(100, [0; 4]); 10];
    windows.extend(vec![(100, [100, 0, 0, 0]); 20]);
    let seen = step(&windows);
    let usual = |before: usize| {
        judged(std::slice::from_ref(&seen), None, |ward| {
            ward.take_as_usual_before(before);
            ward.usual[0].map(|usual| usual.share_ok)
        })
    };
    assert_eq!(usual(30), Some(1.0));
    assert_eq!(usual(25), Some(0.75));
}

/// Quick requests before a door opens, slow ones after: each step is held against itself, and the
/// window is bad only if one of them is.
#[test]
fn each_step_is_held_against_itself() {
    let quick = step(&vec![(100, [100, 0, 0, 0]); 22]);
    let slow = step(&vec![(100, [0, 0, 0, 100]); 22]);
    let mut broken = vec![(100, [0, 0, 0, 100]); 21];
    broken.push((100, [0; 4]));
    let both = |second: StepWindows| {
        judged(&[quick.clone(), second], None, |ward| {
            ward.take_as_usual_before(20);
            let health: Vec<_> = (20..22).map(|w| ward.is_healthy(w)).collect();
            (health, ward.signs(21).len())
        })
    };
    assert_eq!(both(slow), (vec![Some(true), Some(true)], 0));
    assert_eq!(both(step(&broken)), (vec![Some(true), Some(false)], 1));
}
