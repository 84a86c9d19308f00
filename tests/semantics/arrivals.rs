//! Who comes when (semantics#arrivals): sources that switch between rates or begin anew, and
//! series that were measured.

use super::world::{World, world};

/// Users of a source, each of whom marks `in` at once.
fn coming(keys: &str) -> World {
    world("[journey.visit]\nsteps = [ { mark = 'in' } ]")
        .tables(&format!("[arrivals.all]\njourney = 'visit'\n{keys}"))
}

#[test]
fn states_follow_one_another_and_begin_again() {
    // Even: one user for each whole number of users that the rate has added up to.
    // 0 s to 2 s at 2/s: users 1 to 4 at 0.5, 1, 1.5, 2 s (the fourth on the border).
    // 2 s to 3 s at 4/s: users 5 to 8 at 2.25, 2.5, 2.75, 3 s.
    // 3 s to 5 s at 2/s again: users 9 to 12 at 3.5, 4, 4.5, 5 s; 5 s to 6 s: 13 to 16.
    let states = "states = [ { rate = '2/s', stay = '2s' }, { rate = '4/s', stay = '1s' } ]";
    let source = format!("{states}\nspacing = 'even'");
    let until = |end: &str| coming(&source).head(&format!("run_for = '{end}'")).run();
    until("2.1s")
        .passed("in", 4)
        .first_last("in", "500ms", "2s");
    until("3.1s")
        .passed("in", 8)
        .first_last("in", "500ms", "3s");
    until("3.6s")
        .passed("in", 9)
        .first_last("in", "500ms", "3.5s");
    until("5.3s")
        .passed("in", 13)
        .first_last("in", "500ms", "5.25s");
    until("6.1s")
        .passed("in", 16)
        .first_last("in", "500ms", "6s");
}

#[test]
fn a_state_in_which_nobody_comes_passes() {
    // 1/s for 1.5 s, nobody for 10 s, 1/s for 1.5 s: users at 1 s; then half a user is left over
    // from the first stay, so the second comes half a second after 11.5 s, the third at 13 s.
    let states = "states = [ { rate = '1/s', stay = '1.5s' }, { rate = '0/s', stay = '10s' } ]";
    let source = format!("{states}\nspacing = 'even'");
    let seen = coming(&source).head("run_for = '13.5s'").run();
    seen.passed("in", 3).first_last("in", "1s", "13s");
    let seen = coming(&source).head("run_for = '12.5s'").run();
    seen.passed("in", 2).first_last("in", "1s", "12s");
}

#[test]
fn an_action_scales_the_state_under_way_and_moves_no_stay() {
    // 2/s for 2 s, 4/s for 1 s, all doubled from 1 s on.
    // To 1 s two users (0.5, 1 s); to 2 s at 4/s four (the last at 2 s); to 3 s at 8/s eight.
    let states = "states = [ { rate = '2/s', stay = '2s' }, { rate = '4/s', stay = '1s' } ]";
    let action = "[action.more]\nat = '1s'\nset = { 'arrivals.all.scale' = 2 }";
    let source = format!("{states}\nspacing = 'even'\n{action}");
    let until = |end: &str| coming(&source).head(&format!("run_for = '{end}'")).run();
    until("2.05s")
        .passed("in", 6)
        .first_last("in", "500ms", "2s");
    until("3.05s")
        .passed("in", 14)
        .first_last("in", "500ms", "3s");
}

#[test]
fn a_stay_belongs_to_its_turn() {
    // Another rate in the second state moves nobody of the first turn of the first.
    let source = |rate: &str| {
        format!(
            "states = [ {{ rate = '1/s', stay = 'exp(20s)' }}, {{ rate = '{rate}', stay = \
             'exp(5s)' }} ]\nspacing = 'even'"
        )
    };
    let first = |rate: &str| {
        let seen = coming(&source(rate)).head("run_for = '400s'").run();
        seen.marked("in").expect("somebody came").0
    };
    assert_eq!(first("0/s"), first("30/s"));
}

#[test]
fn stages_a_crowd_and_a_file_begin_anew() {
    // A day of 10 s: two users a second for 2 s, then nobody; so 0.5 … 2 s, 10.5 … 12 s, 20.5 s.
    let day = "stages = [ { rate = '2/s', for = '2s' } ]\nevery = '10s'\nspacing = 'even'";
    let seen = coming(day).head("run_for = '20.6s'").run();
    seen.passed("in", 9).first_last("in", "500ms", "20500ms");
    // The last stage lasts until the next day: 1/s for 4 s, 3/s for 6 s, twice.
    let day = "stages = [ { rate = '1/s', for = '4s' }, { rate = '3/s' } ]\nevery = '10s'\n\
               spacing = 'even'";
    let seen = coming(day).head("run_for = '20s'").run();
    seen.passed("in", 44);
    // Three people 1 s after 2 s, and again 5 s later each time.
    let crowd = "crowd = { users = 3, from = '2s', arrive = '1s' }\nevery = '5s'";
    let seen = coming(crowd).head("run_for = '14s'").run();
    seen.passed("in", 9).first_last("in", "3s", "13s");
    let logged = "file = 'times.csv'\nevery = '10s'";
    let seen = coming(logged)
        .head("run_for = '25s'")
        .file("times.csv", "1\n4\n")
        .run();
    seen.passed("in", 6).first_last("in", "1s", "24s");
}

#[test]
fn jitter_moves_one_burst_and_not_the_next() {
    // Each comes up to 1 s late; the next still begins 10 s after the one before would have.
    let burst = "burst = { users = 2, at = '0s', every = '10s', jitter = 'uniform(0s, 1s)' }";
    let mut firsts = std::collections::BTreeSet::new();
    for n in 1..5 {
        let end = 10 * n - 5;
        let seen = coming(burst).head(&format!("run_for = '{end}s'")).run();
        seen.passed("in", 2 * n as u64);
        let (_, last) = seen.marked("in").expect("they came");
        let late = last.nanos() - 10_000_000_000 * (n - 1);
        assert!((0..=1_000_000_000).contains(&late), "{late} ns late");
        firsts.insert(late);
    }
    assert_eq!(firsts.len(), 4, "each is late by its own luck");
    // All of a constant second late.
    let burst = "burst = { users = 2, at = '0s', every = '10s', jitter = '1s' }";
    let seen = coming(burst).head("run_for = '25s'").run();
    seen.passed("in", 6).first_last("in", "1s", "21s");
}

/// Counts of a minute each, the third of which was not measured.
const MINUTES: &str = "timestamp,requests\n\
                       2014-04-10 00:00:00,60\n\
                       2014-04-10 00:01:00,120\n\
                       2014-04-10 00:03:00,240\n\
                       2014-04-10 00:04:00,60\n";

#[test]
fn a_measured_series_is_replayed_faster_with_as_many_users() {
    // Sixty times faster: 60 users in the first second, 120 in the second, in the third the mean of
    // its neighbours (180), 240, 60: all in 5 s.
    let file = "file = { path = 'elb.csv', time = 'timestamp', value = 'requests', is = 'count', \
                per = '1m', speed = 60 }\nspacing = 'even'";
    let until = |end: &str, more: &str| {
        coming(&format!("{file}{more}"))
            .head(&format!("run_for = '{end}'"))
            .file("elb.csv", MINUTES)
            .run()
    };
    until("1.001s", "").passed("in", 60);
    until("2.001s", "").passed("in", 180);
    until("3.001s", "").passed("in", 360);
    until("4.001s", "").passed("in", 600);
    until("9s", "").passed("in", 660);
    // A tenth of them, at its own source.
    until("9s", "\nscale = 0.1").passed("in", 66);
}

#[test]
fn counts_without_a_length_last_until_the_next_row() {
    // 60 in 60 s, 120 in 120 s, 240 in 60 s, the last as long as the one before it.
    let file = "file = { path = 'elb.csv', time = 'timestamp', value = 'requests', is = 'count' }\n\
                spacing = 'even'";
    let until = |end: &str| {
        let head = format!("run_for = '{end}'");
        coming(file).head(&head).file("elb.csv", MINUTES).run()
    };
    until("60.5s").passed("in", 60);
    until("180.1s").passed("in", 180);
    until("240.1s").passed("in", 420);
    until("400s").passed("in", 480);
}
