//! The same luck for every variant (semantics#luck): what a draw is keyed by, and what
//! moves nobody.

use super::world::{Trace, World, world};
use onrush::base::time::Time;

/// Work of an exponential second, on workers enough.
const SERVICE: &str = "
    [service.s]
    workers = 99
    endpoint.work = [ { wait = 'exp(1s)' } ]";

const ASK: &str = "{ call = 's.work' }";

fn nanos(trace: &Trace, mark: &str) -> i64 {
    trace.at(mark).nanos()
}

/// First and last of a mark, in nanoseconds.
fn both(trace: &Trace, mark: &str) -> (i64, i64) {
    let (first, last) = trace.marked(mark).expect("it was passed");
    (first.nanos(), last.nanos())
}

/// When `a` is done with work of its own luck.
fn alone(seed: u64) -> i64 {
    nanos(&world(SERVICE).seed(seed).user("a", "0s", ASK).run(), "a")
}

#[test]
fn users_seeds_and_sources_have_luck_of_their_own() {
    let seen = world(SERVICE)
        .user("a", "0s", ASK)
        .tables("[arrivals.c]\njourney = 'a'\nburst = { users = 2, at = '0s' }")
        .run();
    let (first, last) = both(&seen, "a");
    assert_ne!(first, last);
    assert_ne!(alone(1), alone(2));
    let b = world(SERVICE).user("b", "0s", ASK).run();
    assert_ne!(nanos(&b, "b"), alone(1));
}

#[test]
fn nothing_elsewhere_moves_anybody() {
    // Another source and journey, an idle service, other tables first, more servers, a variant:
    // a's work takes what it took.
    for seed in 1..=5 {
        let idle = "[service.idle]\nendpoint.nothing = [ { cpu = 'exp(1s)' } ]";
        let seen = world(idle)
            .tables("[arrivals.a0]\njourney = 'a0'\nrate = '3/s'")
            .tables("[journey.a0]\nsteps = [ { call = 's.work' } ]")
            .tables(SERVICE)
            .tables("[variant.v]\nset = { 'service.s.servers' = 3 }")
            .set("service.s.servers", "2")
            .head("run_for = '60s'")
            .seed(seed)
            .user("a", "0s", ASK)
            .run();
        assert_eq!(nanos(&seen, "a"), alone(seed));
    }
}

/// Forty attempts of one user, half of them struck by an error and half of the messages delayed,
/// beside these tables: the share struck, and when the user was done.
fn struck(seed: u64, elsewhere: &str, changes: &[(&str, &str)]) -> (f64, i64) {
    let ask = "{ name = 'ask', call = 's.work', or = 'continue' }";
    let mut world = world(SERVICE)
        .tables("[fault.bug]\nat = '0s'\nerror = { service = 's', share = '50%' }")
        .tables("[fault.far]\nat = '0s'")
        .tables("delay = { between = ['users', 's'], by = 'exp(1s)', share = '50%' }")
        .tables("[service.idle]\nservers = 3\nendpoint.nothing = [ { cpu = 'exp(1s)' } ]")
        .tables("[[objective]]\nthat = 'share(ask.attempts.error) < 50%'")
        .tables(elsewhere)
        .seed(seed);
    for (path, value) in changes {
        world = world.set(path, value);
    }
    let steps = format!("{{ repeat = 40, steps = [ {ask} ] }}");
    let seen = world.user("a", "0s", &steps).run();
    let errors = seen.metric(0).expect("there were attempts");
    (errors, nanos(&seen, "a"))
}

#[test]
fn faults_actions_pools_and_doors_elsewhere_move_nobody() {
    // Names that come before and after those of the faults that strike, in every kind of table.
    let elsewhere = [
        "[fault.aaa]\nat = '1s'\nfor = '1s'\nslow = { service = 'idle', factor = 2 }",
        "[fault.bus]\nat = '1s'\nerror = { service = 'idle', share = '50%' }",
        "[fault.bus]\nat = '1s'\ndelay = { between = ['s', 'idle'], by = '1s', share = '50%' }",
        "[fault.zzz]\nat = '1s'\nfor = '1s'\ncrash = { service = 'idle', servers = 1 }",
        "[fault.cut]\nat = '1s'\nfor = '1s'\ncut = { between = ['users', 'idle'] }",
        "[action.aaa]\nat = '1s'\nset = { 'service.idle.servers' = 2 }",
        "[pool.aaa]\nsize = 1",
        "[stock.aaa]\nunits = 1",
        "[room.aaa]\nopens = '1s'",
    ];
    for seed in 1..=3 {
        let alone = struck(seed, "", &[]);
        assert!((0.2..0.8).contains(&alone.0), "of forty {}", alone.0);
        for tables in elsewhere {
            assert_eq!(struck(seed, tables, &[]), alone, "{tables}");
        }
        // Switched off, moved, and written first.
        let (first, rest) = (elsewhere[0], elsewhere[1]);
        for change in [("fault.aaa.on", "false"), ("fault.aaa.at", "'9s'")] {
            assert_eq!(struck(seed, first, &[change]), alone, "{change:?}");
        }
        assert_eq!(struck(seed, &format!("{rest}\n{first}"), &[]), alone);
    }
}

#[test]
fn a_step_added_before_or_around_another_list_moves_nobody() {
    // A pause of 1, a draw of its own, a choice of its own: a is done exactly so much later.
    for seed in 1..=5 {
        let steps = |more: &str| {
            let seen = world(SERVICE)
                .seed(seed)
                .user("a", "0s", &format!("{more}{ASK}"))
                .run();
            nanos(&seen, "a") - alone(seed)
        };
        assert_eq!(steps("{ think = '1s' }, "), 1_000_000_000);
        assert_eq!(
            steps(
                "{ choose = [ { share = '50%', steps = [] }, { share = 'rest', steps = [] } ] }, "
            ),
            0
        );
        let pause = world(SERVICE)
            .seed(seed)
            .user("a", "0s", "{ think = 'exp(1s)' }")
            .run();
        assert_eq!(steps("{ think = 'exp(1s)' }, "), nanos(&pause, "a"));
    }
}

#[test]
fn a_step_is_known_by_its_name_else_by_its_kind_target_and_rank() {
    // Beside another kind the rank stays; behind one of its own kind it is another step, unless
    // it has a name.
    let done = |endpoint: &str| {
        let tables = format!("[service.s]\nendpoint.work = [ {endpoint} ]");
        nanos(&world(&tables).user("a", "0s", ASK).run(), "a")
    };
    let plain = done("{ wait = 'exp(1s)' }");
    assert_eq!(
        done("{ cpu = '1s' }, { wait = 'exp(1s)' }"),
        plain + 1_000_000_000
    );
    assert_ne!(
        done("{ wait = '1s' }, { wait = 'exp(1s)' }"),
        plain + 1_000_000_000
    );
    let named = done("{ name = 'disk', wait = 'exp(1s)' }");
    assert_ne!(named, plain);
    assert_eq!(
        done("{ wait = '1s' }, { name = 'disk', wait = 'exp(1s)' }"),
        named + 1_000_000_000
    );
}

#[test]
fn turns_have_luck_of_their_own_and_keep_it() {
    // Two turns take different times; a third changes nothing about the first two.
    let turns = |n: u32| {
        let steps =
            format!("{{ repeat = {n}, steps = [ {{ think = 'exp(1s)' }}, {{ mark = 't' }} ] }}");
        both(&world("").user("a", "0s", &steps).run(), "t")
    };
    let ((one, _), (first, second), (again, _)) = (turns(1), turns(2), turns(3));
    assert!(one == first && first == again);
    assert_ne!(second - first, first);
}

#[test]
fn callers_have_luck_of_their_own() {
    // u asks t for s and for itself: two chains of steps that lead to one endpoint.
    let tables = "
        [service.t]
        workers = 9
        endpoint.work = [ { wait = 'exp(1s)' } ]
        [service.s]
        endpoint.one = [ { call = 't.work' } ]
        endpoint.two = [ { call = 't.work' } ]";
    let steps = "{ call = 's.one' }, { mark = 'half' }, { call = 's.two' }";
    let seen = world(tables).user("a", "0s", steps).run();
    let half = nanos(&seen, "half");
    assert_ne!(nanos(&seen, "a") - half, half);
}

#[test]
fn attempts_have_luck_of_their_own_and_keep_it() {
    // Every attempt works an exponential second and fails; tried again at once.
    let failed = |attempts: u32| {
        let tables = format!(
            "[service.s]
            endpoint.bad = [ {{ wait = 'exp(1s)' }}, {{ fail = 'failed' }} ]
            [retry.p]
            attempts = {attempts}
            backoff = {{ kind = 'none' }}"
        );
        let ask = "{ call = 's.bad', retry = 'p', or = [ { mark = 'no' } ] }";
        nanos(&world(&tables).user("a", "0s", ask).run(), "no")
    };
    let (one, two, three) = (failed(1), failed(2), failed(3));
    assert!(two - one != one && three - two != two - one);
}

#[test]
fn reloads_are_counted_on_with_the_attempts() {
    // Refused at 0.1 (b is there until 0.5), sent a second time at 1.1, by the program or by the
    // person: the second attempt has the same luck.
    let second = |keys: &str, ask: &str| {
        let tables = "
            [service.s]
            queue = { limit = 0 }
            [service.s.endpoint]
            work = [ { wait = 'exp(1s)' } ]
            half = [ { wait = '0.5s' } ]
            [retry.p]
            attempts = 2
            backoff = { kind = 'constant', base = '1s', jitter = 'none' }";
        let seen = world(tables)
            .user("b", "0s", "{ call = 's.half' }")
            .person("a", "0.1s", keys, ask)
            .run();
        nanos(&seen, "a")
    };
    let retried = second("", "{ call = 's.work', retry = 'p' }");
    let reloaded = second("reload = { on_error = '1s' }", "{ call = 's.work' }");
    assert_eq!(retried, reloaded);
}

#[test]
fn visits_have_luck_of_their_own() {
    let keys = "again = { share = '100%', after = '100s', at_most = 1 }";
    let steps = "{ think = 'exp(1s)' }, { mark = 't' }, { leave = 'failed' }";
    let seen = world("").person("a", "0s", keys, steps).run();
    let (first, last) = both(&seen, "t");
    // The second visit begins 100 s after the first has ended.
    assert_ne!(last - (first + 100_000_000_000), first);
}

#[test]
fn a_changed_mean_stretches_the_same_luck() {
    for law in [
        "exp(MEAN)",
        "lognormal(mean=MEAN, cv=1)",
        "uniform(0s, MEAN)",
    ] {
        let done = |mean: &str| {
            let tables = SERVICE.replace("exp(1s)", &law.replace("MEAN", mean));
            nanos(&world(&tables).user("a", "0s", ASK).run(), "a")
        };
        let (one, three) = (done("1s"), done("3s"));
        assert!((3 * one - three).abs() <= 3, "{law}: {one} {three}");
    }
}

#[test]
fn the_number_is_the_requests_and_the_law_the_one_in_force_when_the_step_starts() {
    // b waits behind a (0–2) and starts at 2. An action at 1 makes its law three times as long.
    let done = |action: &str| {
        let tables = format!(
            "[service.s]
            [service.s.endpoint]
            two = [ {{ wait = '2s' }} ]
            work = [ {{ wait = 'exp(1s)' }} ]
            {action}"
        );
        let seen = world(&tables)
            .user("a", "0s", "{ call = 's.two' }")
            .user("b", "0.5s", ASK)
            .run();
        nanos(&seen, "b") - 2_000_000_000
    };
    let plain = done("");
    let action =
        "[action.slower]\nat = '1s'\nset = { 'service.s.endpoint.work.steps.1.wait' = 'x3' }";
    assert!((3 * plain - done(action)).abs() <= 3);
}

/// Which of two ways a user takes.
fn way(seed: u64, share: &str) -> bool {
    let steps = format!(
        "{{ choose = [ {{ share = '{share}', steps = [ {{ mark = 'one' }} ] }},
                       {{ share = 'rest', steps = [ {{ mark = 'other' }} ] }} ] }}"
    );
    let seen = world("").seed(seed).user("a", "0s", &steps).run();
    let (one, other) = (seen.marked("one").is_some(), seen.marked("other").is_some());
    assert!(one != other);
    one
}

#[test]
fn choose_takes_the_first_branch_whose_cumulated_share_exceeds_the_draw() {
    // Who goes the first way at 30 % goes it at 70 % too.
    let (mut few, mut many) = (0, 0);
    for seed in 1..=60 {
        let (at_30, at_70) = (way(seed, "30%"), way(seed, "70%"));
        assert!(at_70 || !at_30);
        few += u32::from(at_30);
        many += u32::from(at_70);
    }
    assert!(way(1, "100%") && !way(1, "0%"));
    // Expected 18 and 42; a deviation is 3.5.
    assert!(
        (8..=28).contains(&few) && (32..=52).contains(&many),
        "{few} {many}"
    );
}

fn arrivals(form: &str) -> World {
    world(&format!(
        "[arrivals.a]
        journey = 'a'
        {form}
        [journey.a]
        steps = [ {{ mark = 'a' }} ]"
    ))
}

#[test]
fn a_higher_rate_moves_the_same_users_closer_together() {
    // The first of a Poisson stream at twice the rate comes at half the time; a stream that is
    // slow until 1000 and fast later keeps its first.
    for seed in 1..=10 {
        let first = |form: &str| {
            let seen = arrivals(form).head("run_for = '2000s'").seed(seed).run();
            both(&seen, "a").0
        };
        let (slow, fast) = (first("rate = '0.1/s'"), first("rate = '0.2/s'"));
        assert!((slow - 2 * fast).abs() <= 2, "{slow} {fast}");
        let stages =
            "stages = [ { rate = '0.1/s', for = '1000s' }, { rate = '5/s', for = '1000s' } ]";
        assert_eq!(first(stages), slow);
    }
}

#[test]
fn a_larger_crowd_adds_users_and_moves_none() {
    for seed in 1..=10 {
        let crowd = |n: u32| {
            let form = format!("crowd = {{ users = {n}, from = '0s', arrive = 'exp(60s)' }}");
            let seen = arrivals(&form).seed(seed).run();
            seen.passed("a", u64::from(n));
            both(&seen, "a")
        };
        let ((one, _), (early, late), (earliest, latest)) = (crowd(1), crowd(2), crowd(3));
        assert!(one == early || one == late);
        assert!(earliest <= early && latest >= late);
        assert!(earliest == early || latest == late);
    }
}

#[test]
fn the_same_seed_is_the_same_run() {
    let run = || {
        let seen = arrivals("rate = '1/s'")
            .head("run_for = '100s'")
            .seed(9)
            .run();
        (both(&seen, "a"), seen.finished())
    };
    assert_eq!(run(), run());
    assert!(run().1 > Time::ZERO);
}
