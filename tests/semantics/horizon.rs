//! The end of the clock, and what runs on beyond it (semantics 12).

use super::world::world;
use onrush::base::time::Time;
use onrush::observation::{CallCounter, Outcome, ServiceCounter, ServiceLevel};

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
