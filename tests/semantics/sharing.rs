//! Cores shared by those in `cpu`, by the Universal Scalability Law (semantics#service), also
//! under a change of the rate (semantics#faults).

use super::world::{World, world};
use onrush::observation::ServiceLevel;

/// One core for nine workers.
const CORE: &str = "
    [service.s]
    cores = 1
    workers = 9
    [service.s.endpoint]
    one = [ { cpu = '1s' } ]
    two = [ { cpu = '2s' } ]
    three = [ { cpu = '3s' } ]
    blocked = [ { wait = '1s' }, { cpu = '1s' } ]";

/// Three who come at 0.5, 0.7 and 2 for a second each.
fn v69_a() -> World {
    world(CORE)
        .user("a", "0.5s", "{ call = 's.one' }")
        .user("b", "0.7s", "{ call = 's.one' }")
        .user("c", "2s", "{ call = 's.one' }")
}

#[test]
fn v69_arrivals_apart() {
    // a alone 0.5–0.7: 0.2 done. Two until 2: 0.65 each: 0.85 and 0.65. Three: a needs 0.15 at a
    // third: 2.45; b has 0.8, c 0.15. Two: b needs 0.2 at half: 2.85; c has 0.35. Alone: 3.5.
    v69_a().run().nearly(5, "a 2.45s, b 2.85s, c 3.5s");
}

#[test]
fn v69_arrivals_together() {
    // Three at 0.5 for 1, 2 and 3: a third each: a 3.5; half each: b 5.5; alone: c 6.5.
    let seen = world(CORE)
        .user("a", "0.5s", "{ call = 's.one' }")
        .user("b", "0.5s", "{ call = 's.two' }")
        .user("c", "0.5s", "{ call = 's.three' }")
        .run();
    seen.nearly(5, "a 3.5s, b 5.5s, c 6.5s")
        .level("s", ServiceLevel::Busy, "6s")
        .level("s", ServiceLevel::Held, "14s");
}

#[test]
fn a_slow_fault_in_the_middle_times_the_rest_anew() {
    // Twice as slow 1–2. a: 0.2 by 0.7; two until 1: 0.15 each: a 0.35, b 0.15; two at a quarter
    // until 2: a 0.6, b 0.4. Three at a third: a needs 0.4: 3.2; b 0.8, c 0.4. Two: b 3.6, c 0.6.
    // Alone: c 4.
    let slow = "[fault.slow]\nat = '1s'\nfor = '1s'\nslow = { service = 's', factor = 2 }";
    v69_a().tables(slow).run().nearly(6, "a 3.2s, b 3.6s, c 4s");
}

#[test]
fn a_pause_in_the_middle_stands_still() {
    // Nothing 1–1.5. At 1: a 0.35, b 0.15, as above; two 1.5–2: a 0.6, b 0.4, as above.
    let pause = "[fault.halt]\nat = '1s'\nfor = '500ms'\npause = { service = 's' }";
    v69_a()
        .tables(pause)
        .run()
        .nearly(6, "a 3.2s, b 3.6s, c 4s");
}

#[test]
fn the_scalability_law_with_cores_enough() {
    // σ = ¼, κ = ⅛: two run at 1 ÷ (1 + ¼ + ¼) = ⅔, three at 1 ÷ (1 + ½ + ¾) = 4/9.
    // a (3) alone 0–1: 2 left. a and b (1) 1–1.75: ½ each: 1.5 and 0.5 left. With c (1): b needs
    // 0.5 · 9/4: 2.875; a 1 left, c 0.5. Two: c needs 0.5 · 3/2: 3.625; a 0.5 left: 4.125.
    let seen = world(CORE)
        .set("service.s.cores", "4")
        .set("service.s.slowdown.contention", "25%")
        .set("service.s.slowdown.coherency", "12.5%")
        .user("a", "0s", "{ call = 's.three' }")
        .user("b", "1s", "{ call = 's.one' }")
        .user("c", "1.75s", "{ call = 's.one' }")
        .run();
    seen.nearly(5, "a 4.125s, b 2.875s, c 3.625s")
        .level("s", ServiceLevel::Busy, "7.875s");
}

#[test]
fn the_scalability_law_with_too_few_cores() {
    // The same law, two cores, three at once for 1, 2 and 3: ⅔ · 4/9 = 8/27 each.
    // a: 27/8 = 3.375. Then two on two cores at ⅔: b 1 left: 1.5 more: 4.875. c 1 left: 5.875.
    let seen = world(CORE)
        .set("service.s.cores", "2")
        .set("service.s.slowdown.contention", "25%")
        .set("service.s.slowdown.coherency", "12.5%")
        .user("a", "0s", "{ call = 's.one' }")
        .user("b", "0s", "{ call = 's.two' }")
        .user("c", "0s", "{ call = 's.three' }")
        .run();
    seen.nearly(5, "a 3.375s, b 4.875s, c 5.875s");
}

#[test]
fn the_scalability_law_and_a_slow_fault_in_the_middle() {
    // As with cores enough, but half speed 1–1.75 for a and b: ¼ each: 1.75 and 0.75 left.
    // Three: b needs 0.75 · 9/4 = 1.6875: 3.4375; a 1 left, c 0.25. Two: c 0.25 · 3/2: 3.8125;
    // a 0.75 left: 4.5625.
    let slow = "[fault.slow]\nat = '1s'\nfor = '750ms'\nslow = { service = 's', factor = 2 }";
    let seen = world(CORE)
        .set("service.s.cores", "4")
        .set("service.s.slowdown.contention", "25%")
        .set("service.s.slowdown.coherency", "12.5%")
        .tables(slow)
        .user("a", "0s", "{ call = 's.three' }")
        .user("b", "1s", "{ call = 's.one' }")
        .user("c", "1.75s", "{ call = 's.one' }")
        .run();
    seen.nearly(6, "a 4.5625s, b 3.4375s, c 3.8125s");
}

#[test]
fn those_who_wait_do_not_slow_the_others() {
    // b waits 0–1 and leaves the core to a (2): 1 left. Then half each: both end at 3.
    let seen = world(CORE)
        .user("a", "0s", "{ call = 's.two' }")
        .user("b", "0s", "{ call = 's.blocked' }")
        .run();
    seen.nearly(3, "a 3s, b 3s");
}

#[test]
fn those_who_call_or_hold_do_not_slow_the_others() {
    // b calls t (0–1) with a worker of s, c waits for the lock that d holds in t (0–1): only a
    // computes until 1: 1 of 2 done. Then b and c join: three for 1 each: all end at 4.
    let tables = "
        [pool.lock]
        size = 1
        [service.s]
        cores = 1
        workers = 9
        [service.s.endpoint]
        two = [ { cpu = '2s' } ]
        calls = [ { call = 't.work' }, { cpu = '1s' } ]
        holds = [ { hold = 'lock', steps = [ { cpu = '1s' } ] } ]
        [service.t]
        workers = 9
        [service.t.endpoint]
        work = [ { wait = '1s' } ]
        holds = [ { hold = 'lock', steps = [ { wait = '1s' } ] } ]";
    let seen = world(tables)
        .user("d", "0s", "{ call = 't.holds' }")
        .user("a", "0s", "{ call = 's.two' }")
        .user("b", "0s", "{ call = 's.calls' }")
        .user("c", "0.5s", "{ call = 's.holds' }")
        .run();
    seen.nearly(5, "a 4s, b 4s, c 4s, d 1s");
}

#[test]
fn workers_are_cores_unless_said_otherwise() {
    // `workers` = `cores` = 2: a and b compute 0–1 without slowing each other, c waits: 1–2.
    let tables = "[service.s]\ncores = 2\nendpoint.one = [ { cpu = '1s' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.one' }")
        .user("b", "0s", "{ call = 's.one' }")
        .user("c", "0s", "{ call = 's.one' }")
        .run();
    seen.nearly(2, "a 1s, b 1s, c 2s");
}

#[test]
fn half_a_core_works_at_half_speed() {
    // a alone 0–1 at ½: 0.5 left. With b each at ¼: a 3, b 0.5 left at ½: 4. Half a core is busy
    // for 4 s, in thousandths.
    let half = || world(CORE).set("service.s.cores", "0.5");
    let both = |world: World| {
        world
            .user("a", "0s", "{ call = 's.one' }")
            .user("b", "1s", "{ call = 's.one' }")
    };
    both(half())
        .run()
        .nearly(5, "a 3s, b 4s")
        .level("s", ServiceLevel::Busy, "2000s");
    // A fault leaves half of that from 1 on: each at ⅛: a 5, b 0.5 left at ¼: 7.
    let less = "[fault.less]\nat = '1s'\ncapacity = { service = 's', cores = '50%' }";
    both(half()).tables(less).run().nearly(6, "a 5s, b 7s");
}

#[test]
fn a_core_and_a_part_of_one_are_full_with_two() {
    // a alone 0–1: 1 of 2 left. With b each at 0.8: a ends at 2.25; b has 2 of 3 left, alone: 4.25.
    // Busy: 1 for 1 s, 1.6 for 1.25 s, 1 for 2 s, in thousandths.
    world(CORE)
        .set("service.s.cores", "1.6")
        .user("a", "0s", "{ call = 's.two' }")
        .user("b", "1s", "{ call = 's.three' }")
        .run()
        .nearly(5, "a 2.25s, b 4.25s")
        .level("s", ServiceLevel::Busy, "5000s");
}

#[test]
fn a_part_of_a_core_may_come_and_go() {
    // One core until 1: a has 1 of 2 left; half a core until 2: 0.5 left; one and a half: 2.5.
    world(CORE)
        .user("a", "0s", "{ call = 's.two' }")
        .tables(
            "[action.less]\nat = '1s'\nset = { 'service.s.cores' = 0.5 }
            [action.more]\nat = '2s'\nset = { 'service.s.cores' = 1.5 }",
        )
        .run()
        .nearly(3, "a 2.5s");
}
