//! What goes wrong (semantics#scaling, #faults): crashes, slow and halted servers, errors.

use super::world::{Trace, World, world};
use onrush::base::time::Time;
use onrush::observation::{CallCounter, Outcome, ServiceCounter, ServiceLevel};

/// One worker, five seconds of work, a second of boot; down from 2 to 3.
const CRASH: &str = "
    [service.s]
    boot = '1s'
    endpoint.work = [ { wait = '5s' } ]
    [fault.crash]
    at = '2s'
    for = '1s'
    crash = { service = 's' }";

fn ask(name: &str, more: &str) -> String {
    format!("{{ name = '{name}', call = 's.work'{more}, or = [ {{ mark = 'no_{name}' }} ] }}")
}

#[test]
fn a_crash_fails_work_and_queue_at_once_and_boots_afterwards() {
    // a works from 0, b waits from 0.5: both hear at 2. c at 2.5 and d at 3.5 find no server: the
    // balancer avoids it. Up again at 4: e 4–9.
    let seen = world(CRASH)
        .user("a", "0s", &ask("a", ""))
        .user("b", "0.5s", &ask("b", ""))
        .user("c", "2.5s", &ask("c", ""))
        .user("d", "3.5s", &ask("d", ""))
        .user("e", "4s", "{ call = 's.work' }")
        .run();
    seen.marks("no_a 2s, no_b 2s, no_c 2.5s, no_d 3.5s, e 9s")
        .call("a", CallCounter::AttemptError, 1)
        .call("b", CallCounter::AttemptError, 1)
        .call("c", CallCounter::AttemptRefused, 1)
        .service("s", ServiceCounter::Lost, 1)
        .service("s", ServiceCounter::LeftQueue, 1)
        .service("s", ServiceCounter::Refused, 2)
        .service("s", ServiceCounter::Wasted, 0)
        .level("s", ServiceLevel::Held, "7s")
        .level("s", ServiceLevel::Up, "998s");
}

#[test]
fn a_crash_may_bring_its_own_boot() {
    // Up again at 3 + 3: e at 5.9 is turned away, f at 6 is served.
    let seen = world(CRASH)
        .set("fault.crash.crash.boot", "3s")
        .user("e", "5.9s", &ask("e", ""))
        .user("f", "6s", "{ call = 's.work' }")
        .run();
    seen.marks("no_e 5.9s, f 11s");
}

#[test]
fn the_news_of_a_crash_crosses_the_network() {
    // One way 0.25. a: there at 0.25; its work is failed at 2, the caller knows at 2.25.
    let seen = world(CRASH)
        .set("service.s.network", "250ms")
        .user("a", "0s", &ask("a", ""))
        .run();
    seen.marks("no_a 2.25s");
}

#[test]
fn callers_of_a_silent_crash_learn_at_their_timeout() {
    // a: 4; b: 0.5 + 3 = 3.5. c at 2.5 finds no server and hears at once.
    let seen = world(CRASH)
        .set("fault.crash.crash.silent", "true")
        .user("a", "0s", &ask("a", ", timeout = '4s'"))
        .user("b", "0.5s", &ask("b", ", timeout = '3s'"))
        .user("c", "2.5s", &ask("c", ", timeout = '3s'"))
        .run();
    seen.marks("no_a 4s, no_b 3.5s, no_c 2.5s")
        .call("a", CallCounter::AttemptTimedOut, 1)
        .call("b", CallCounter::AttemptTimedOut, 1)
        .service("s", ServiceCounter::Lost, 1);
}

#[test]
fn until_it_is_noticed_the_balancer_still_sends_work_to_a_crashed_server() {
    // Two servers in turn, one of them (by luck) down from 2 on, noticed at 3. Of two at 2.2 and
    // 2.4 one meets it and is refused, the other is served; those at 3.2 and 3.4 are both served.
    let tables = "
        [service.s]
        servers = 2
        endpoint.work = [ { wait = '0.1s' } ]
        [fault.crash]
        at = '2s'
        crash = { service = 's', servers = 1, noticed_after = '1s' }";
    for seed in 1..=8 {
        let seen = world(tables)
            .seed(seed)
            .user("a", "2.2s", &ask("a", ""))
            .user("b", "2.4s", &ask("b", ""))
            .user("c", "3.2s", "{ call = 's.work' }")
            .user("d", "3.4s", "{ call = 's.work' }")
            .run();
        let met = ["no_a", "no_b"].map(|m| seen.marked(m).is_some());
        assert!(met[0] != met[1], "seed {seed}");
        seen.marks("c 3.3s, d 3.5s")
            .service("s", ServiceCounter::Refused, 1);
    }
}

#[test]
fn a_silent_crash_swallows_what_is_sent_there_before_it_is_noticed() {
    // Noticed at 3. a at 2.5 hears nothing until its timeout at 4.5; b at 3.5 is refused at once.
    let seen = world(CRASH)
        .set("fault.crash.for", "9s")
        .set("fault.crash.crash.silent", "true")
        .set("fault.crash.crash.noticed_after", "1s")
        .user("a", "2.5s", &ask("a", ", timeout = '2s'"))
        .user("b", "3.5s", &ask("b", ", timeout = '2s'"))
        .run();
    seen.marks("no_a 4.5s, no_b 3.5s");
}

#[test]
fn a_crashed_caller_stops_waiting_for_its_own_calls() {
    // s (down at 2) is inside a call to t from 0 on. t cancels: stops at 2, b has it 2.5–7.5.
    // t ignores: works on to 5, b 5–10.
    for (on_timeout, end) in [("cancel", "7.5s"), ("ignore", "10s")] {
        let tables = "
            [service.t]
            endpoint.work = [ { wait = '5s' } ]";
        let seen = world(CRASH)
            .tables(tables)
            .set(
                "service.s.endpoint.work",
                "[ { name = 'inner', call = 't.work' } ]",
            )
            .set("service.t.on_timeout", on_timeout)
            .user("a", "0s", &ask("a", ""))
            .user("b", "2.5s", "{ call = 't.work' }")
            .run();
        seen.marks(&format!("no_a 2s, b {end}"))
            .call("inner", CallCounter::AttemptCancelled, 1);
    }
}

#[test]
fn a_crash_spares_the_other_servers() {
    // a and b on one server each; one of them is hit at 2, the other works 0–5. With a shared
    // queue c waits at 1 and is hit by nothing: it follows the survivor, 5–10 (the crashed server
    // is up again only at 104).
    let tables = "
        [service.s]
        servers = 2
        queue = { shared = true }
        endpoint.work = [ { wait = '5s' } ]
        [fault.crash]
        at = '2s'
        for = '100s'
        crash = { service = 's', servers = 1 }";
    let seen = world(tables)
        .user("a", "0s", &ask("a", ""))
        .user("b", "0s", &ask("b", ""))
        .user("c", "1s", "{ call = 's.work' }")
        .run();
    let hit = ["no_a", "no_b"].map(|m| seen.marked(m).is_some());
    assert!(hit[0] != hit[1]);
    seen.marks("c 10s").service("s", ServiceCounter::Lost, 1);
}

/// Two seconds of `wait` on each of three servers from 0; twice as slow from 1 on.
fn slowed(selector: &str, seed: u64) -> (Trace, [bool; 3]) {
    let tables = "
        [service.s]
        servers = 3
        endpoint.work = [ { wait = '2s' } ]
        [fault.slow]
        at = '1s'
        slow = { service = 's', factor = 2 }";
    let seen = world(tables)
        .set("fault.slow.slow.servers", selector)
        .seed(seed)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "0s", "{ call = 's.work' }")
        .user("c", "0s", "{ call = 's.work' }")
        .run();
    // Half done at 1; the rest takes 1, or 2.
    let (early, late) = (
        Time::from_nanos(2_000_000_000),
        Time::from_nanos(3_000_000_000),
    );
    let hit = ["a", "b", "c"].map(|user| {
        let at = seen.at(user);
        assert!(at == early || at == late, "{user} at {at}");
        at == late
    });
    (seen, hit)
}

#[test]
fn selectors_choose_half_up_and_at_least_one() {
    // Of three: 50 % is 1.5, so 2; 10 % is 0.3, so 1; 5 servers are 3.
    for (selector, n) in [
        ("1", 1),
        ("2", 2),
        ("5", 3),
        ("50%", 2),
        ("10%", 1),
        ("all", 3),
    ] {
        let (_, hit) = slowed(selector, 1);
        assert_eq!(hit.iter().filter(|h| **h).count(), n, "{selector}");
    }
}

#[test]
fn servers_are_chosen_by_their_own_luck() {
    // A larger choice contains a smaller one; over seeds every server is chosen sometimes.
    let mut chosen = [false; 3];
    for seed in 1..=30 {
        let (one, two) = (slowed("1", seed).1, slowed("2", seed).1);
        for i in 0..3 {
            assert!(!one[i] || two[i], "seed {seed}");
            chosen[i] |= one[i];
        }
    }
    assert_eq!(chosen, [true; 3]);
}

#[test]
fn slow_means_cpu_and_wait_not_calls_queues_or_networks() {
    // s is ten times slower. Network 0.1 each way, its own 0.2 take 2, the call to t takes 1.
    let tables = "
        [service.s]
        network = '100ms'
        endpoint.work = [ { wait = '0.1s' }, { call = 't.work' }, { cpu = '0.1s' } ]
        [service.t]
        endpoint.work = [ { wait = '1s' } ]
        [fault.slow]
        at = '0s'
        slow = { service = 's', factor = 10 }";
    let seen = world(tables).user("a", "0s", "{ call = 's.work' }").run();
    seen.marks("a 3.2s");
}

#[test]
fn slow_faults_multiply_while_both_last() {
    // 4 s of `wait`. 0–1 at 1: 1. 1–2 at ½: 1.5. 2–5 at ⅙: 2. From 5 at ½: 2 left: 9.
    let tables = "
        [service.s]
        endpoint.work = [ { wait = '4s' } ]
        [fault.two]
        at = '1s'
        slow = { service = 's', factor = 2 }
        [fault.three]
        at = '2s'
        for = '3s'
        slow = { service = 's', factor = 3 }";
    let seen = world(tables).user("a", "0s", "{ call = 's.work' }").run();
    seen.nearly(4, "a 9s");
}

#[test]
fn a_pause_stops_work_but_not_what_is_on_its_way() {
    // Stands still 1–3, one way 0.5. a is there at 0: 1 of 2 done at 1, the rest 3–4, back 4.5.
    // b is there at 2, has a worker, begins at 3: 5, back 5.5. c's answer left at 0.9: 1.4.
    let tables = "
        [service.s]
        workers = 9
        network = '500ms'
        [service.s.endpoint]
        work = [ { wait = '2s' } ]
        short = [ { wait = '0.4s' } ]
        [fault.halt]
        at = '1s'
        for = '2s'
        pause = { service = 's' }";
    let seen = world(tables)
        .user("a", "-0.5s", "{ call = 's.work' }")
        .user("b", "1.5s", "{ call = 's.work' }")
        .user("c", "0s", "{ call = 's.short' }")
        .run();
    seen.marks("a 4.5s, b 5.5s, c 1.4s")
        .level("s", ServiceLevel::Held, "7.4s");
}

fn errors(share: &str, more: &str) -> World {
    let tables = format!(
        "[service.s]
        workers = 9
        endpoint.work = [ {{ wait = '1s' }} ]
        [fault.errors]
        at = '0s'
        for = '10s'
        error = {{ service = 's', share = '{share}'{more} }}"
    );
    world(&tables)
}

#[test]
fn an_error_strikes_where_the_work_would_start_and_costs_its_cpu() {
    // 0.3 of CPU in place of the work; without a cost at once; over at 10.
    let seen = errors("100%", ", cost = '300ms'")
        .user("a", "1s", &ask("a", ""))
        .user("b", "10s", "{ call = 's.work' }")
        .run();
    seen.nearly(1, "no_a 1.3s, b 11s")
        .call("a", CallCounter::AttemptError, 1);
    let seen = errors("100%", "").user("a", "1s", &ask("a", "")).run();
    seen.marks("no_a 1s").ended("a", Outcome::Served);
}

#[test]
fn a_larger_share_of_errors_strikes_the_same_and_others() {
    let struck = |share, seed| {
        let seen = errors(share, "")
            .seed(seed)
            .user("a", "1s", &ask("a", ""))
            .run();
        seen.marked("no_a").is_some()
    };
    let (mut few, mut many) = (0, 0);
    for seed in 1..=40 {
        let (at_30, at_70) = (struck("30%", seed), struck("70%", seed));
        assert!(at_70 || !at_30, "seed {seed}");
        few += u32::from(at_30);
        many += u32::from(at_70);
    }
    // Expected 12 and 28; a deviation is 2.9.
    assert!((3..=21).contains(&few) && (19..=37).contains(&many));
}
