//! Which servers a fault hits, how often it comes, and what is in force while several last
//! (semantics#faults).

use super::world::{Trace, World, world};
use onrush::base::time::Time;
use onrush::observation::{CallCounter, ServiceCounter, ServiceLevel};

/// Two seconds of `wait` on each of four servers from 0; twice as slow from 1 on.
fn slowed(selector: &str, seed: u64) -> Vec<bool> {
    let tables = "
        [service.s]
        servers = 4
        endpoint.work = [ { wait = '2s' } ]
        [fault.slow]
        at = '1s'";
    let tables = format!("{tables}\nslow = {{ service = 's', factor = 2, servers = {selector} }}");
    let users = ["a", "b", "c", "d"];
    let mut world = world(&tables).seed(seed);
    for user in users {
        world = world.user(user, "0s", "{ call = 's.work' }");
    }
    let seen = world.run();
    let late = Time::from_nanos(3_000_000_000);
    users.iter().map(|user| seen.at(user) == late).collect()
}

fn hit(selector: &str, seed: u64) -> usize {
    slowed(selector, seed).iter().filter(|hit| **hit).count()
}

#[test]
fn one_is_a_number_and_the_words_of_chaos_mesh_mean_the_same() {
    for seed in 1..=5 {
        assert_eq!(slowed("'one'", seed), slowed("1", seed));
        assert_eq!(slowed("{ fixed = 3 }", seed), slowed("3", seed));
        assert_eq!(
            slowed("{ fixed-percent = '50%' }", seed),
            slowed("'50%'", seed)
        );
        let (theirs, ours) = ("{ random-max-percent = '75%' }", "{ at_most = '75%' }");
        assert_eq!(slowed(theirs, seed), slowed(ours, seed));
    }
}

#[test]
fn numbers_name_the_servers_and_at_most_draws_how_many() {
    // Round robin: a is served by the first, d by the fourth.
    assert_eq!(
        slowed("{ numbers = [4, 2] }", 1),
        [false, true, false, true]
    );
    assert_eq!(slowed("{ numbers = [9] }", 1), [false; 4]);
    // One to three are equally likely: over 60 seeds 20 each, a deviation is 3.7.
    let mut counts = [0; 5];
    for seed in 1..=60 {
        counts[hit("{ at_most = 3 }", seed)] += 1;
    }
    assert!(counts[0] == 0 && counts[4] == 0, "{counts:?}");
    assert!(
        counts[1..=3].iter().all(|n| (6..=34).contains(n)),
        "{counts:?}"
    );
    // A share of up to 75 % of four: u below 1/2 is one, from there two, from 5/6 three.
    let mut counts = [0; 5];
    for seed in 1..=60 {
        counts[hit("{ at_most = '75%' }", seed)] += 1;
    }
    assert!(counts[0] == 0 && counts[4] == 0, "{counts:?}");
    assert!(counts[1] > counts[3] && counts[3] > 0, "{counts:?}");
}

fn repeated(more: &str) -> World {
    let tables = "
        [service.s]
        workers = 9
        endpoint.work = [ { wait = '10s' } ]
        [fault.stop]
        at = '1s'
        for = '1s'
        every = '3s'
        pause = { service = 's' }";
    world(tables).tables(more)
}

#[test]
fn a_fault_comes_again_counted_from_its_first_begin() {
    // Stands still 1–2, 4–5, 7–8, 10–11, 13–14. a: 10 s of work from 0: 0–1, 2–4, 5–7, 8–10,
    // 11–13 make 9, the last 14–15. b from 5.5: 5.5–7, 8–10, 11–13, 14–16, 17–19 make 9.5, then
    // 20–20.5.
    let seen = repeated("")
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "5.5s", "{ call = 's.work' }")
        .run();
    seen.marks("a 15s, b 20.5s");
}

#[test]
fn occurrences_that_overlap_end_each_for_itself() {
    // Each lasts 4, every 3: slowed by 2 from 1, by 4 from 4 (the second begins), by 2 from 5 (the
    // first ends), by 4 from 7, by 2 from 8. Work of 4: 0–1: 1; 1–4: 1.5; 4–5: 0.25; 5–7: 1;
    // 7–8: 0.25, which makes 4 at 8.
    let tables = "
        [service.s]
        endpoint.work = [ { wait = '4s' } ]
        [fault.slow]
        at = '1s'
        for = '4s'
        every = '3s'
        slow = { service = 's', factor = 2 }";
    let seen = world(tables).user("a", "0s", "{ call = 's.work' }").run();
    seen.nearly(5, "a 8s");
}

#[test]
fn jitter_moves_one_occurrence_and_not_the_next() {
    // Later by 0.5: 1.5–2.5, 4.5–5.5. Work of 4 from 0: 0–1.5, 2.5–4.5 make 3.5; 5.5–6.
    let seen = repeated("")
        .set("fault.stop.jitter", "500ms")
        .set("service.s.endpoint.work.1.wait", "4s")
        .user("a", "0s", "{ call = 's.work' }")
        .run();
    seen.marks("a 6s");
    // Drawn for each: two pauses of 1 within the first 6 seconds, whenever they come.
    for seed in 1..=5 {
        let seen = repeated("")
            .seed(seed)
            .set("fault.stop.jitter", "uniform(0s, 1s)")
            .set("service.s.endpoint.work.1.wait", "4s")
            .user("a", "0s", "{ call = 's.work' }")
            .run();
        seen.nearly(4, "a 6s");
    }
}

#[test]
fn servers_that_come_later_are_hit_by_what_hits_all() {
    // The second server is ordered at 2, up at 3, in the middle of a fault from 1 to 5: it is twice
    // as slow until then. a and b arrive at 3, one on each: 3–5 does 1, the second second 5–6.
    let tables = "
        [service.s]
        boot = '1s'
        endpoint.work = [ { wait = '2s' } ]
        [fault.slow]
        at = '1s'
        for = '4s'
        slow = { service = 's', factor = 2 }
        [action.more]
        at = '2s'
        set = { 'service.s.servers' = 2 }";
    let seen = world(tables)
        .user("a", "3s", "{ call = 's.work' }")
        .user("b", "3s", "{ call = 's.work' }")
        .run();
    seen.nearly(2, "a 6s, b 6s");
}

#[test]
fn a_crash_of_all_keeps_down_those_that_come_later() {
    // All are down from 1 to 5; the second server is up at 3 and crashes with the rest. Both boot
    // at 5 and are up at 6: a at 4 is refused, b and c at 6 are served.
    let tables = "
        [service.s]
        boot = '1s'
        endpoint.work = [ { wait = '2s' } ]
        [fault.down]
        at = '1s'
        for = '4s'
        crash = { service = 's' }
        [action.more]
        at = '2s'
        set = { 'service.s.servers' = 2 }";
    let refused = "{ call = 's.work', or = [ { mark = 'no_a' } ] }";
    let seen = world(tables)
        .user("a", "4s", refused)
        .user("b", "6s", "{ call = 's.work' }")
        .user("c", "6s", "{ call = 's.work' }")
        .run();
    seen.marks("no_a 4s, b 8s, c 8s")
        .service("s", ServiceCounter::Refused, 1);
}

#[test]
fn capacity_takes_workers_half_up_and_gives_them_back() {
    // Three workers; from 1 to 5 half of them: 1.5, so 2. a and b work 0–2; c, d, e come at 1: the
    // third worker is no longer there, so two of them work 2–4, the third 4–6, and f has
    // the other worker at once.
    let tables = "
        [service.s]
        workers = 3
        endpoint.work = [ { wait = '2s' } ]
        [fault.less]
        at = '1s'
        for = '4s'
        capacity = { service = 's', workers = '50%' }";
    let mut world = world(tables);
    for (user, at) in [
        ("a", "0s"),
        ("b", "0s"),
        ("c", "1s"),
        ("d", "1s"),
        ("e", "1s"),
        ("f", "4.5s"),
    ] {
        world = world.user(user, at, "{ call = 's.work' }");
    }
    let seen: Trace = world.run();
    seen.marks("a 2s, b 2s, c 4s, d 4s, e 6s, f 6.5s");
}

#[test]
fn capacity_takes_cores_and_work_goes_slower() {
    // Two workers share two cores; from 1 to 3 one core: both at half the speed. Work of 3: 0–1: 1,
    // 1–3: 1, 3–4: 1.
    let tables = "
        [service.s]
        workers = 2
        cores = 2
        endpoint.work = [ { cpu = '3s' } ]
        [fault.less]
        at = '1s'
        for = '2s'
        capacity = { service = 's', cores = '50%' }";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0s", "{ call = 's.work' }")
        .run();
    seen.nearly(2, "a 4s, b 4s");
}

#[test]
fn factors_of_capacity_multiply_with_what_an_action_sets() {
    // Ten workers; halves from 1 and from 2: 2.5, so 3. At 3 an action sets 20: 5. At 4 the first
    // half ends: 10. Held at once by those who come at 0: 10, and nobody loses his worker.
    let tables = "
        [service.s]
        workers = 10
        endpoint.work = [ { wait = '1s' } ]
        [fault.one]
        at = '1s'
        for = '3s'
        capacity = { service = 's', workers = '50%' }
        [fault.two]
        at = '2s'
        for = '9s'
        capacity = { service = 's', workers = '50%' }
        [action.more]
        at = '3s'
        set = { 'service.s.workers' = 20 }";
    let seen = world(tables)
        .set("model.run_for", "5s")
        .user("a", "0s", "{ call = 's.work' }")
        .run();
    // 10 for 1, 5 for 1, 3 for 1, 5 for 1, 10 for 1.
    seen.level("s", ServiceLevel::Workers, "33s");
}

#[test]
fn an_added_latency_comes_before_the_work_of_a_share_of_attempts() {
    // All are late by 0.5, work of 1 follows: 1.5. After the fault: 1.
    let tables = "
        [service.s]
        workers = 9
        endpoint.work = [ { wait = '1s' } ]
        [fault.late]
        at = '0s'
        for = '9s'
        slow = { service = 's', add = '500ms' }";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "9s", "{ call = 's.work' }")
        .run();
    seen.marks("a 1.5s, b 10s");
    // Two such faults add up.
    let more = "
        [fault.later]
        at = '0s'
        for = '9s'
        slow = { service = 's', add = '250ms' }";
    let seen = world(tables)
        .tables(more)
        .user("a", "1s", "{ call = 's.work' }")
        .run();
    seen.marks("a 2.75s");
}

#[test]
fn a_share_of_attempts_is_slow_in_all_its_steps() {
    // Two steps of 1, in turns of a `repeat`: four seconds, or eight, by the attempt's luck.
    let tables = "
        [service.s]
        workers = 9
        endpoint.work = [ { repeat = 2, steps = [ { wait = '1s' }, { wait = '1s' } ] } ]
        [fault.slow]
        at = '0s'
        slow = { service = 's', factor = 2, share = '50%' }";
    let (mut fast, mut slow) = (0, 0);
    for seed in 1..=40 {
        let seen = world(tables)
            .seed(seed)
            .user("a", "0s", "{ call = 's.work' }")
            .run();
        match seen.at("a").since(Time::ZERO).nanos() {
            4_000_000_000 => fast += 1,
            8_000_000_000 => slow += 1,
            other => panic!("{other} ns"),
        }
    }
    // Expected 20 each; a deviation is 3.2.
    assert!((8..=32).contains(&slow) && fast + slow == 40);
}

#[test]
fn errors_of_some_servers_strike_only_there() {
    // Round robin over two servers; the second fails all.
    let tables = "
        [service.s]
        servers = 2
        endpoint.work = [ { wait = '1s' } ]
        [fault.bad]
        at = '0s'
        error = { service = 's', servers = { numbers = [2] } }";
    let ask = |name: &str| {
        format!("{{ name = '{name}', call = 's.work', or = [ {{ mark = 'no_{name}' }} ] }}")
    };
    let seen = world(tables)
        .user("a", "1s", &ask("a"))
        .user("b", "2s", &ask("b"))
        .user("c", "3s", &ask("c"))
        .run();
    seen.marks("a 2s, no_b 2s, c 4s")
        .call("b", CallCounter::AttemptError, 1);
}
