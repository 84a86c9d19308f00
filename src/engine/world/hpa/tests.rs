//! Decisions on series of metrics, worked out by hand from the algorithm that the documentation of
//! Kubernetes describes ("Horizontal Pod Autoscaling": algorithm details, configurable scaling
//! behavior): desired = ⌈current × metric ÷ target⌉, nothing within the tolerance; pods that are
//! not ready count 0 % on the way up, missing metrics 0 % on the way up and 100 % of the desired
//! value on the way down, and nothing happens if that turns the direction; then stabilisation,
//! policies, bounds. The number at the first sync stands among the recommendations, and a window
//! reaches back to what is younger than it.

use super::*;

const FIFTEEN: Span = Span::from_secs(15);

fn share(share: f64, every: i64) -> Policy {
    let (change, every) = (Change::Share(share), Span::from_secs(every));
    Policy { change, every }
}

fn servers(count: u32, every: i64) -> Policy {
    let (change, every) = (Change::Servers(count), Span::from_secs(every));
    Policy { change, every }
}

/// The defaults, from 1 to 100 servers.
fn usual(target: f64) -> ScalerSettings {
    ScalerSettings {
        on: true,
        target,
        tolerance: 0.1,
        least: 1,
        most: 100,
        ready_after: Span::from_secs(30),
        agree_up: Span::ZERO,
        agree_down: Span::from_secs(300),
        up: vec![share(1.0, 15), servers(4, 15)],
        down: vec![share(1.0, 15)],
        provision: None,
    }
}

/// The same without a window on the way down.
fn brisk(target: f64) -> ScalerSettings {
    let agree_down = Span::ZERO;
    ScalerSettings {
        agree_down,
        ..usual(target)
    }
}

/// The numbers after each sync, every 15 s from 15 on, of what is seen at each.
fn numbers(settings: &ScalerSettings, first: u32, seen: &[Option<Seen>]) -> Vec<u32> {
    let (mut memory, mut current, mut now) = (Memory::default(), first, Time::ZERO);
    let mut decide = |seen: &Option<Seen>| {
        now += FIFTEEN;
        if let Some(answer) = memory.decide(settings, seen.as_ref(), (current, now))
            && answer != current
        {
            memory.changed(current, answer, now);
            current = answer;
        }
        current
    };
    seen.iter().map(&mut decide).collect()
}

fn whole(values: &[f64]) -> Vec<Option<Seen>> {
    values
        .iter()
        .map(|&value| Some(Seen::Whole(value)))
        .collect()
}

fn of_servers(ready: &[f64], unready: u32, missing: u32) -> Option<Seen> {
    let ready = ready.to_vec();
    Some(Seen::Servers {
        ready,
        unready,
        missing,
    })
}

/// The example of the documentation: 200m of 100m doubles, 50m halves; ⌈4·1.3⌉ = 6.
#[test]
fn the_number_follows_the_ratio() {
    assert_eq!(
        numbers(&brisk(100.0), 4, &whole(&[200.0, 50.0, 130.0])),
        [8, 4, 6]
    );
}

/// 10 at 1.1 and at 0.9: within, both edges included. At 1.101 ⌈11.01⌉ = 12; then 12 at 0.9 stays,
/// and at 0.899 ⌈10.788⌉ = 11.
#[test]
fn the_edge_of_the_tolerance_is_within() {
    let seen = whole(&[110.0, 90.0, 110.1, 90.0, 89.9]);
    assert_eq!(numbers(&brisk(100.0), 10, &seen), [10, 10, 12, 12, 11]);
    // Noise of floating point is no reason either: 0.1 + 0.2 of 0.3, 3 × 1.1 of 3.
    assert_eq!(numbers(&brisk(3.0), 10, &whole(&[3.0 * 1.1])), [10]);
    let none = ScalerSettings {
        tolerance: 0.0,
        ..brisk(0.3)
    };
    assert_eq!(numbers(&none, 7, &whole(&[0.1 + 0.2])), [7]);
}

/// Half of the target from 30 on: 5 of 10. The 10 of the first sync at 15 keeps it until 300; at
/// 315 it is 300 s old, and no longer younger than that.
#[test]
fn the_greatest_answer_of_five_minutes_holds_the_number_up() {
    let mut values = vec![100.0];
    values.extend([50.0; 20]);
    let mut expected = vec![10; 20];
    expected.push(5);
    assert_eq!(numbers(&usual(100.0), 10, &whole(&values)), expected);
}

/// Half of the target from the start, but for 80 % at 45. Answers: 5, 5, 8, 5, 5 … At 315 the 10
/// that was there at 15 is too old, the 8 of 45 is not: 8. From then on half of 8 is 4. At 330
/// still 8; at 345 the 8 is too old, and the 5 of 60 to 315 are the greatest: 5, for as long as the
/// last of them is in the window.
#[test]
fn a_peak_within_the_window_holds_it_for_as_long_as_it_is_there() {
    let mut values = vec![50.0; 23];
    values[2] = 80.0;
    let mut expected = vec![10; 20];
    expected.extend([8, 8, 5]);
    assert_eq!(numbers(&usual(100.0), 10, &whole(&values)), expected);
}

/// A window of 60 s on the way up, twice the target but for 150 % at 45. Answers of 4: 8, 8, 6, 8,
/// 8. The 4 of the beginning holds until 60; at 75 the least of 30 to 75 is 6. Twice 6 is 12: at 90
/// the 6 of 45 still holds; at 105 the least of 60 to 105 is 8; then twice 8 is 16: at 120 the
/// least is the 8 of 75, at 135 it is the 12 of 90.
#[test]
fn the_least_answer_of_a_window_holds_the_number_down() {
    let slow = ScalerSettings {
        agree_up: Span::from_secs(60),
        ..usual(100.0)
    };
    let mut values = vec![200.0; 9];
    values[2] = 150.0;
    assert_eq!(
        numbers(&slow, 4, &whole(&values)),
        [4, 4, 4, 4, 6, 6, 8, 8, 12]
    );
}

/// Both windows: 60 s up, 60 s down. Answers of 10 swing between 20 and 5: neither all above nor
/// all below for a minute, so the number stays; then four times 5 in a row: at 105 the window holds
/// the answers of 60 to 105.
#[test]
fn what_swings_within_both_windows_changes_nothing() {
    let minute = Span::from_secs(60);
    let steady = ScalerSettings {
        agree_up: minute,
        agree_down: minute,
        ..usual(100.0)
    };
    let values = [200.0, 50.0, 200.0, 50.0, 50.0, 50.0, 50.0];
    let expected = [10, 10, 10, 10, 10, 10, 5];
    assert_eq!(numbers(&steady, 10, &whole(&values)), expected);
}

/// A hundred times the target: from 1 the larger of twice and 4 more, every 15 s, up to the bound:
/// max(2, 5), max(10, 9), 20, 40, 80, 100.
#[test]
fn by_default_the_number_doubles_or_grows_by_four() {
    let seen = whole(&[10_000.0; 7]);
    assert_eq!(
        numbers(&usual(100.0), 1, &seen),
        [5, 10, 20, 40, 80, 100, 100]
    );
}

/// Four a minute: 2 + 4 at 15; the minute that began with 2 is over at 75, and at 135.
#[test]
fn a_policy_counts_what_was_added_within_its_period() {
    let slow = ScalerSettings {
        up: vec![servers(4, 60)],
        ..usual(100.0)
    };
    let expected = [6, 6, 6, 6, 10, 10, 10, 10, 14];
    assert_eq!(numbers(&slow, 2, &whole(&[10_000.0; 9])), expected);
    // None at all: it never grows.
    let never = ScalerSettings {
        up: Vec::new(),
        ..usual(100.0)
    };
    assert_eq!(numbers(&never, 2, &whole(&[10_000.0; 3])), [2, 2, 2]);
}

/// A tenth a minute, from 80: 72 at 15; at 75 ⌊64.8⌋ = 64; at 135 ⌊57.6⌋ = 57. With four a minute
/// beside it, below forty servers the four are more: from 41 ⌊36.9⌋ = 36 or 37, then 36 · 0.9 =
/// 32.4 or 32.
#[test]
fn policies_slow_the_way_down() {
    let slow = ScalerSettings {
        down: vec![share(0.1, 60)],
        ..brisk(100.0)
    };
    let expected = [72, 72, 72, 72, 64, 64, 64, 64, 57];
    assert_eq!(numbers(&slow, 80, &whole(&[1.0; 9])), expected);
    let both = ScalerSettings {
        down: vec![share(0.1, 60), servers(4, 60)],
        ..brisk(100.0)
    };
    assert_eq!(numbers(&both, 41, &whole(&[1.0; 5])), [36, 36, 36, 36, 32]);
}

/// Half busy is the target. Four at 90 % and four not ready: 1.8 without them, (4·0.9)/8/0.5 = 0.9
/// with them at nothing: within. Six at 100 % and two: 6/8/0.5 = 1.5, ⌈1.5·8⌉ = 12. Two at 60 % and
/// ten: 1.2 turns into 1.2/12/0.5 = 0.2, the other direction: nothing.
#[test]
fn servers_not_ready_count_nothing_on_the_way_up() {
    let seen = [
        of_servers(&[0.9; 4], 4, 0),
        of_servers(&[1.0; 6], 2, 0),
        of_servers(&[0.6; 2], 10, 0),
    ];
    assert_eq!(numbers(&usual(0.5), 8, &seen), [8, 12, 12]);
}

/// On the way down those not ready are left out: four at 20 % are 0.4, ⌈0.4·4⌉ = 2 of 6.
#[test]
fn servers_not_ready_are_left_out_on_the_way_down() {
    assert_eq!(numbers(&brisk(0.5), 6, &[of_servers(&[0.2; 4], 2, 0)]), [2]);
    // Nobody is ready: no metric at all.
    assert_eq!(numbers(&brisk(0.5), 6, &[of_servers(&[], 6, 0)]), [6]);
}

/// Six at 20 % and two not heard of, on the way down as on target: (1.2 + 2·0.5)/8/0.5 = 0.55,
/// ⌈0.55·8⌉ = 5. Two at 44 % and six not heard of: 0.88 turns into (0.88 + 3)/8/0.5 = 0.97: within.
#[test]
fn missing_metrics_count_as_on_target_on_the_way_down() {
    assert_eq!(numbers(&brisk(0.5), 8, &[of_servers(&[0.2; 6], 0, 2)]), [5]);
    assert_eq!(
        numbers(&brisk(0.5), 8, &[of_servers(&[0.44; 2], 0, 6)]),
        [8]
    );
}

/// Six at 90 % and two not heard of, on the way up at nothing: 5.4/8/0.5 = 1.35, ⌈1.35·8⌉ = 11. Two
/// of eleven at 90 %: 1.8 turns into 1.8/11/0.5 = 0.33: nothing. Missing and not ready together:
/// 5 at 100 %, 3 and 3: 5/11/0.5 = 0.91: within.
#[test]
fn missing_metrics_count_nothing_on_the_way_up() {
    let seen = [
        of_servers(&[0.9; 6], 0, 2),
        of_servers(&[0.9; 2], 0, 9),
        of_servers(&[1.0; 5], 3, 3),
    ];
    assert_eq!(numbers(&usual(0.5), 8, &seen), [11, 11, 11]);
}

/// Without a metric the number stays, and no answer is remembered: with a window of 60 s on the way
/// down the 10 of 15 is the last one, and too old at 75.
#[test]
fn without_a_metric_the_number_stays() {
    let slow = ScalerSettings {
        agree_down: Span::from_secs(60),
        ..usual(100.0)
    };
    let mut seen = whole(&[100.0, 50.0]);
    seen.extend([None, None]);
    seen.extend(whole(&[50.0]));
    assert_eq!(numbers(&slow, 10, &seen), [10, 10, 10, 10, 5]);
}

/// A queue of 1,000 with a hundred for each: ten; at first no more than twice. 1,050 are 1.05 of
/// what ten may have. Nobody waits: none, so the least.
#[test]
fn a_target_of_one_server_divides_the_metric() {
    let seen = [1_000.0, 1_000.0, 1_050.0, 0.0].map(|value| Some(Seen::PerServer(value)));
    assert_eq!(numbers(&brisk(100.0), 4, &seen), [8, 10, 10, 1]);
    // From none and back to none.
    let none = ScalerSettings {
        least: 0,
        ..brisk(100.0)
    };
    let seen = [150.0, 0.0].map(|value| Some(Seen::PerServer(value)));
    assert_eq!(numbers(&none, 0, &seen), [2, 0]);
}

/// A number out of bounds, as an action may set it, is bound at once, whatever the metric says,
/// even without one.
#[test]
fn a_number_out_of_bounds_is_bound_at_once() {
    let narrow = ScalerSettings {
        least: 3,
        most: 20,
        ..usual(100.0)
    };
    assert_eq!(numbers(&narrow, 50, &[None]), [20]);
    assert_eq!(numbers(&narrow, 1, &whole(&[1.0])), [3]);
    // And so is an answer: 20 · 2, and 20 · 0.1.
    assert_eq!(numbers(&narrow, 20, &whole(&[200.0])), [20]);
    let narrow = ScalerSettings {
        agree_down: Span::ZERO,
        ..narrow
    };
    assert_eq!(numbers(&narrow, 20, &whole(&[10.0])), [3]);
}
