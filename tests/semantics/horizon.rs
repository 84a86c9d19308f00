//! The end of the clock, and what runs on beyond it (semantics#horizon).

use super::world::world;
use onrush::base::time::Time;
use onrush::observation::{CallCounter, CallSample, Outcome, ServiceCounter, ServiceLevel};

const SERVICE: &str = "
    [service.s]
    workers = 9
    [service.s.endpoint]
    five = [ { wait = '5s' } ]
    ages = [ { wait = '500s' } ]";

#[test]
fn at_the_horizon_everything_ends() {
    // run_for 10. a 8–13 is unfinished, b comes at 11 and never arrives, c 5–10 ends in time.
    let seen = world(SERVICE)
        .head("run_for = '10s'")
        .user("a", "8s", "{ name = 'ask', call = 's.five' }")
        .user("b", "11s", "{ call = 's.five' }")
        .user("c", "5s", "{ name = 'ask_c', call = 's.five' }")
        .run();
    seen.marks("c 10s")
        .never("a b")
        .ended("a", Outcome::Unfinished)
        .ended("c", Outcome::Served)
        .call("ask", CallCounter::Unfinished, 1)
        .call("ask", CallCounter::AttemptUnfinished, 1)
        .inside("7s")
        .level("s", ServiceLevel::Held, "7s");
}

#[test]
fn a_drain_lets_everybody_finish_but_integrals_end_at_the_horizon() {
    // As above with drain: a ends at 13, counted, with only 2 of its 5 in the integral.
    let seen = world(SERVICE)
        .head("run_for = '10s'\ndrain = true")
        .user("a", "8s", "{ name = 'ask', call = 's.five' }")
        .user("b", "11s", "{ call = 's.five' }")
        .run();
    seen.marks("a 13s")
        .never("b")
        .ended("a", Outcome::Served)
        .service("s", ServiceCounter::Completed, 1)
        .inside("2s")
        .level("s", ServiceLevel::Held, "2s");
    assert_eq!(seen.finished(), Time::from_nanos(13_000_000_000));
}

#[test]
fn what_starts_in_a_drain_is_in_no_bin() {
    // Bins of a second, of which 0 to 9 exist. a asks from 4 to 9 and from 9 to 14, b from 8 to 13
    // and, in the drain, from 13 to 18.
    let seen = world(SERVICE)
        .head("run_for = '10s'\ndrain = true")
        .user(
            "a",
            "4s",
            "{ name = 'ask', call = 's.five' }, { name = 'again', call = 's.five' }",
        )
        .user(
            "b",
            "8s",
            "{ name = 'b', call = 's.five' }, { name = 'late', call = 's.five' }",
        )
        .run();
    seen.marks("a 14s, b 18s")
        .call("late", CallCounter::Ok, 1)
        .call_times("late", CallSample::Request, 1, "5s");
    let only = |bin: usize| {
        let mut bins = vec![(0, 0); 10];
        bins[bin] = (1, 1);
        bins
    };
    assert_eq!(seen.bins("ask"), only(4));
    assert_eq!(seen.bins("again"), only(9));
    assert_eq!(seen.bins("b"), only(8));
    assert_eq!(seen.bins("late"), vec![(0, 0); 10]);
    // One whole window: what ended in the drain is ok, but was open at its end.
    assert_eq!(seen.window_counts("ask"), [[1, 1, 1, 0]]);
    assert_eq!(seen.window_counts("again"), [[1, 1, 0, 1]]);
    assert_eq!(seen.window_counts("b"), [[1, 1, 0, 1]]);
    assert_eq!(seen.window_counts("late"), [[0, 0, 0, 0]]);
    // Eight classes an octave: within a sixteenth.
    let asked = seen.windows("ask");
    let class = asked.times_of(0).iter().position(|&n| n == 1);
    let middle = f64::from(asked.middles_s[class.expect("one is there")]);
    assert!((middle - 5.0).abs() <= 5.0 / 16.0, "{middle}");
}

#[test]
fn what_starts_in_a_warm_up_is_in_no_bin() {
    // Bins of a second, measured from 4.5 on. One asks at 1.5, one at 4.2 and one at 4.8, each for
    // 5: only the last is in a bin, the fifth, although another has started in that bin, too.
    let head = "run_for = '14s'\nstudy = 'steady'\nwarmup = '4500ms'";
    let people = [("a", "1500ms"), ("b", "4200ms"), ("c", "4800ms")];
    let journey = "[journey.visit]\nsteps = [ { name = 'ask', call = 's.five' } ]";
    let world = people
        .into_iter()
        .fold(world(SERVICE).head(head), |world, (name, at)| {
            world.tables(&format!(
                "[arrivals.{name}]\njourney = 'visit'\nburst = {{ users = 1, at = '{at}' }}"
            ))
        });
    let seen = world.tables(journey).run();
    let mut bins = vec![(0, 0); 14];
    bins[4] = (1, 1);
    assert_eq!(seen.bins("ask"), bins);
    assert_eq!(
        seen.arrivals(),
        bins.iter().map(|bin| bin.0).collect::<Vec<_>>()
    );
    seen.call("ask", CallCounter::Started, 1)
        .call_times("ask", CallSample::Request, 1, "5s");
}

/// Windows of a fault of 4 s, worked out by hand. One worker does 2 s of work for each; it is gone
/// from 7 to 11, and callers lose patience with an attempt after 4 s.
///
/// Windows of 5 s: 0–5, 5–10, 10–15, 15–20 and a rest of 400 ms or more, which is none.
/// * a asks at 1, is answered at 3.
/// * b asks at 4, is answered at 6, in the next window.
/// * c asks at 6; its work is lost at 7 and it hears nothing: it fails at 10, in the third window.
/// * d asks at 8, finds nobody: refused at 8.
/// * e asks at 12, is answered at 14.
/// * f asks at 16 for 500 s of work and is open at the end.
fn windows_by_hand(run_for: &str, width: &str) -> super::world::Trace {
    let head = format!("run_for = '{run_for}'");
    let tables = format!(
        "[service.s]
        workers = 9
        endpoint.two = [ {{ wait = '2s' }} ]
        endpoint.ages = [ {{ wait = '500s' }} ]
        [fault.gone]
        at = '7s'
        for = '4s'
        crash = {{ service = 's', boot = '0s', silent = true }}
        [recovery]
        window = '{width}'
        [journey.visit]
        steps = [ {{ name = 'ask', call = 's.two', timeout = '4s' }} ]
        [journey.long]
        steps = [ {{ name = 'long', call = 's.ages', timeout = '600s' }} ]
        [arrivals.f]
        journey = 'long'
        burst = {{ users = 1, at = '16s' }}"
    );
    let people = [("a", 1), ("b", 4), ("c", 6), ("d", 8), ("e", 12)];
    let all = people.into_iter().map(|(name, at)| {
        format!("[arrivals.{name}]\njourney = 'visit'\nburst = {{ users = 1, at = '{at}s' }}")
    });
    let all: Vec<String> = all.collect();
    world("")
        .head(&head)
        .tables(&tables)
        .tables(&all.join("\n"))
        .run()
}

#[test]
fn windows_of_bins_by_hand() {
    // Of 20 s, bins are a second, and five of them a window.
    let seen = windows_by_hand("20s", "5s");
    assert_eq!(
        seen.window_counts("ask"),
        [[2, 2, 1, 1], [2, 0, 1, 1], [1, 1, 1, 0], [0, 0, 0, 0]]
    );
    assert_eq!(
        seen.window_counts("long"),
        [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 1]]
    );
    let open = |name: &str| seen.windows(name).open_since.clone();
    assert_eq!(open("ask"), []);
    assert_eq!(open("long"), [Time::from_nanos(16_000_000_000)]);
}

#[test]
fn windows_are_the_same_of_bins_and_without() {
    // Of 400 s bins are a second, of 401 two, which make no window of five; the last window is
    // whole in both.
    let (bins, log) = (windows_by_hand("400s", "5s"), windows_by_hand("401s", "5s"));
    for name in ["ask", "long"] {
        assert_eq!(bins.windows(name).windows.len(), 80);
        assert_eq!(bins.window_counts(name), log.window_counts(name));
        assert_eq!(bins.windows(name).open_since, log.windows(name).open_since);
        let of = |seen: &super::world::Trace| -> Vec<(usize, f32)> {
            let step = seen.windows(name);
            let windows = 0..step.windows.len();
            let times = windows.flat_map(|w| {
                let classes = step.times_of(w).iter().zip(&step.middles_s);
                classes.filter(|(n, _)| **n > 0).map(move |(_, s)| (w, *s))
            });
            times.collect()
        };
        assert_eq!(of(&bins), of(&log));
    }
    // Windows that are no whole bins: 2.5 s, the first of them 0–2.5.
    let seen = windows_by_hand("20s", "2500ms");
    let first: Vec<_> = seen.window_counts("ask").into_iter().take(5).collect();
    let expected = [
        [1, 1, 0, 1],
        [1, 1, 1, 1],
        [1, 0, 1, 1],
        [1, 0, 0, 1],
        [1, 1, 0, 1],
    ];
    assert_eq!(first, expected);
}

#[test]
fn a_drain_lasts_at_most_ten_times_as_long() {
    // 500 s of work from 8 on would end at 508; the end is 100.
    let seen = world(SERVICE)
        .head("run_for = '10s'\ndrain = true")
        .user("a", "8s", "{ call = 's.ages' }")
        .run();
    seen.never("a").ended("a", Outcome::Unfinished);
    assert!(seen.finished() <= Time::from_nanos(100_000_000_000));
}

#[test]
fn a_burst_comes_again_until_the_horizon() {
    // At 1, 4, 7 (and not at 10 or beyond): two users each, no work.
    let seen = world("")
        .head("run_for = '10s'")
        .tables(
            "[arrivals.a]
            journey = 'a'
            burst = { users = 2, at = '1s', every = '3s' }
            [journey.a]
            steps = [ { mark = 'a' } ]",
        )
        .run();
    seen.passed("a", 6).first_last("a", "1s", "7s");
}

#[test]
fn a_closed_population_starts_over_when_done() {
    // Thinks 1, works 1 on its own worker: done at 2, 4, 6, 8, 10.
    let seen = world("[service.s]\nendpoint.work = [ { wait = '1s' } ]")
        .head("run_for = '10s'")
        .tables(
            "[arrivals.a]
            journey = 'a'
            population = 1
            [journey.a]
            steps = [ { think = '1s' }, { call = 's.work' }, { mark = 'a' } ]",
        )
        .run();
    seen.passed("a", 5).first_last("a", "2s", "10s");
}

#[test]
fn equal_gaps_are_placed_where_the_rate_has_added_up_to_whole_users() {
    // The k-th user comes when the cumulated rate reaches k. 2/s for 2 s: 0.5, 1, 1.5, 2. Then a
    // ramp to 4/s over 4 s, cumulated 2t + t²/4: n further users at t = 2√(4 + n) − 4, the fifth
    // at 2. The sixth would come at 2.32, beyond the horizon of 4.2.
    let seen = world("")
        .head("run_for = '4.2s'")
        .tables(
            "[arrivals.a]
            journey = 'a'
            spacing = 'even'
            stages = [ { rate = '2/s', for = '2s' }, { to = '4/s', for = '4s' } ]
            [journey.a]
            steps = [ { mark = 'a' } ]",
        )
        .run();
    let (first, last) = seen.passed("a", 9).marked("a").expect("nine came");
    assert_eq!(first, Time::from_nanos(500_000_000));
    assert!((last.nanos() - 4_000_000_000).abs() <= 2, "{last}");
}
