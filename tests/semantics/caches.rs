//! Caches: hits, misses, what gives way, what grows too old, and who shares a miss.

use super::world::{World, world};
use onrush::observation::{Outcome, ServiceCounter, ServiceSample};

/// A service that looks for the page of each request and fetches it, in 1 s, where it is not there.
/// Three keys, each asked for by a call that has a key space of one hot key.
fn pages(keys: &str) -> World {
    let tables = format!(
        "[cache.pages]
        {keys}
        [service.s]
        workers = 10
        [service.s.endpoint]
        page = [ {{ cache = 'pages', miss = [ {{ wait = '1s' }} ] }} ]"
    );
    world(&tables)
}

const PAGE: &str = "{ call = 's.page' }";

#[test]
fn a_miss_writes_the_entry_and_a_hit_costs_nothing() {
    // One key, cold. a misses at 0 and fetches until 1; b comes at 0.5 and misses too, until 1.5;
    // c finds the entry at 2. Entries are good for 3 s from the latest write, at 1.5: d finds it at
    // 4.4, e not at 4.5, which is exactly the end.
    let seen = pages("keys = 1\nttl = '3s'\nstarts = 'cold'")
        .user("a", "0s", PAGE)
        .user("b", "0.5s", PAGE)
        .user("c", "2s", PAGE)
        .user("d", "4.4s", PAGE)
        .user("e", "4.5s", PAGE)
        .run();
    seen.marks("a 1s, b 1.5s, c 2s, d 4.4s, e 5.5s")
        .counted("cache.pages.hit", 2)
        .counted("cache.pages.missed", 3)
        .counted("cache.pages.expired", 1);
}

#[test]
fn those_who_ask_at_once_share_one_miss() {
    // a fetches 0–1; b and c wait for it from 0.2 and 0.9, each with its worker.
    let seen = pages("keys = 1\nstarts = 'cold'\nsingle_flight = true")
        .user("a", "0s", PAGE)
        .user("b", "0.2s", PAGE)
        .user("c", "0.9s", PAGE)
        .user("d", "3s", PAGE)
        .run();
    seen.marks("a 1s, b 1s, c 1s, d 3s")
        .counted("cache.pages.missed", 1)
        .counted("cache.pages.shared", 2)
        .counted("cache.pages.hit", 1);
}

#[test]
fn a_shared_miss_that_fails_fails_all_who_wait() {
    let tables = "
        [cache.pages]
        keys = 1
        starts = 'cold'
        single_flight = true
        [service.s]
        workers = 10
        [service.s.endpoint]
        page = [ { cache = 'pages', miss = [ { wait = '1s' }, { fail = 'failed' } ] } ]
        soft = [ { cache = 'pages', miss = [ { wait = '1s' } ], or = 'continue' } ]";
    let seen = world(tables)
        .user("a", "0s", PAGE)
        .user("b", "0.5s", PAGE)
        .user("c", "0.7s", "{ call = 's.soft' }")
        .user("d", "2s", "{ call = 's.soft' }")
        .run();
    // c goes on where the miss of a has failed; nothing was written, so d misses.
    seen.marks("c 1s, d 3s")
        .ended("a b", Outcome::Failed)
        .counted("cache.pages.missed", 2);
}

#[test]
fn who_is_cancelled_finishes_the_miss_while_others_wait() {
    // Under `cancel` the caller of a leaves at 0.4: the miss goes on for b until 1, and is written.
    // Without sharing it would stop: b, who has a miss of its own then, ends at 1.3, and c at 2
    // finds that of b.
    let run = |shared: bool| {
        pages(&format!(
            "keys = 1\nstarts = 'cold'\nsingle_flight = {shared}"
        ))
        .set("service.s.on_timeout", "\"cancel\"")
        .user("a", "0s", "{ call = 's.page', timeout = '400ms' }")
        .user("b", "0.3s", PAGE)
        .user("c", "2s", PAGE)
        .run()
    };
    run(true)
        .marks("b 1s, c 2s")
        .counted("cache.pages.missed", 1)
        .service("s", ServiceCounter::Wasted, 1)
        .service("s", ServiceCounter::Stopped, 0);
    run(false)
        .marks("b 1.3s, c 2s")
        .counted("cache.pages.missed", 2)
        .service("s", ServiceCounter::Stopped, 1);
    // If b leaves as well, at 0.7, nobody waits any more: the miss stops then.
    let seen = pages("keys = 1\nstarts = 'cold'\nsingle_flight = true")
        .set("service.s.on_timeout", "\"cancel\"")
        .user("a", "0s", "{ call = 's.page', timeout = '400ms' }")
        .user("b", "0.3s", "{ call = 's.page', timeout = '400ms' }")
        .user("c", "2s", PAGE)
        .run();
    seen.marks("c 3s")
        .service("s", ServiceCounter::Stopped, 2)
        .counted("cache.pages.missed", 2);
}

#[test]
fn what_is_written_when_the_caller_has_left_is_there() {
    // The caller leaves at 0.5, the work goes on: `on_timeout` ignores it.
    let seen = pages("keys = 1\nstarts = 'cold'")
        .user("a", "0s", "{ call = 's.page', timeout = '500ms' }")
        .user("b", "2s", PAGE)
        .run();
    seen.marks("b 2s").counted("cache.pages.hit", 1);
}

#[test]
fn a_crash_loses_what_a_server_has_in_memory_and_fails_who_waits() {
    let tables = "
        [cache.pages]
        keys = 1
        scope = 'server'
        single_flight = true
        starts = 'warm'
        [service.s]
        workers = 10
        boot = '1s'
        endpoint.page = [ { cache = 'pages', miss = [ { wait = '1s' } ] } ]
        [fault.power]
        at = '3s'
        for = '2s'
        crash = { service = 's' }
        [fault.again]
        at = '6.5s'
        for = '1s'
        crash = { service = 's' }";
    // a finds it warm. Crash 3–5, boot until 6: b misses at 6, c waits for it, and both fail by
    // the second crash at 6.5.
    let seen = world(tables)
        .user("a", "1s", PAGE)
        .user("b", "6s", PAGE)
        .user("c", "6.1s", PAGE)
        .run();
    seen.marks("a 1s")
        .ended("b c", Outcome::Failed)
        .counted("cache.pages.hit", 1)
        .counted("cache.pages.missed", 1);
}

#[test]
fn what_is_switched_off_or_made_smaller_holds_less() {
    // Two even keys, warm: everybody hits. From 2 on there is room for one, so one was evicted; off
    // from 4 to 6 everybody misses, and nothing is written; on again, it is empty.
    let tables = "
        [action.small]
        at = '2s'
        set = { 'cache.pages.size' = 1 }
        [action.off]
        at = '4s'
        set = { 'cache.pages.on' = false }
        [action.on]
        at = '6s'
        set = { 'cache.pages.on' = true }";
    let seen = pages("keys = 2")
        .tables(tables)
        .user("a", "1s", PAGE)
        .user("b", "4.5s", PAGE)
        .user("c", "6.5s", PAGE)
        .run();
    seen.marks("a 1s, b 5.5s, c 7.5s")
        .counted("cache.pages.evicted", 1)
        .counted("cache.pages.hit", 1)
        .counted("cache.pages.missed", 2);
}

#[test]
fn the_key_of_a_request_is_that_of_its_retries_and_nested_calls() {
    // The page asks the cache of another service by the same key: what the first call has written
    // there, the retry finds. Of a million keys two draws of one key would be no luck.
    let tables = "
        [keys.things]
        count = 1_000_000
        [cache.pages]
        keys = 'things'
        starts = 'cold'
        [retry.twice]
        attempts = 2
        [service.web]
        endpoint.page = [ { call = 's.page' } ]
        [service.s]
        endpoint.page = [ { cache = 'pages', miss = [ { wait = '1s' } ] } ]";
    let seen = world(tables)
        .user(
            "a",
            "0s",
            "{ call = 'web.page', key = 'things', timeout = '1.2s', retry = 'twice' }, \
              { call = 's.page', key = 'things' }",
        )
        .run();
    // The second step draws a key of its own: it misses.
    seen.counted("cache.pages.missed", 2);
}

#[test]
fn a_flush_takes_entries_and_misses_under_way_still_write() {
    // One key, warm: a finds it at 1. All is lost at 2, before b comes: b fetches until 3, though
    // there is another flush at 2.5, which finds nothing, and c finds what b has written.
    let seen = pages("keys = 1")
        .tables(
            "[fault.first]
            at = '2s'
            flush = { cache = 'pages' }
            [fault.second]
            at = '2.5s'
            flush = { cache = 'pages', share = '100%' }",
        )
        .user("a", "1s", PAGE)
        .user("b", "2s", PAGE)
        .user("c", "3.2s", PAGE)
        .run();
    seen.marks("a 1s, b 3s, c 3.2s")
        .counted("cache.pages.flushed", 1)
        .counted("cache.pages.hit", 2)
        .counted("cache.pages.missed", 1);
}

#[test]
fn a_flush_takes_a_share_by_the_luck_of_each_key() {
    // A thousand keys in each of two services, warm. What is lost is a matter of the key alone, so
    // both lose the same; a second flush of the same fault draws anew.
    let flushed = |share: &str, keys: &str| {
        let seen = world(&format!(
            "[cache.pages]
            keys = 1000
            [service.s]
            endpoint.page = [ {{ cache = 'pages', miss = [ {{ wait = '1s' }} ] }} ]
            [service.t]
            endpoint.page = [ {{ cache = 'pages', miss = [ {{ wait = '1s' }} ] }} ]
            [fault.flush]
            at = '2s'
            flush = {{ cache = 'pages', share = '{share}' }}
            {keys}"
        ))
        .user("a", "1s", PAGE)
        .run();
        seen.tallied("cache.pages.flushed")
    };
    let half = flushed("50%", "");
    assert!((880..=1120).contains(&half) && half % 2 == 0, "{half}");
    assert_eq!(flushed("100%", ""), 2000);
    assert_eq!(flushed("0%", ""), 0);
    // Of those that are left half again, about: three quarters in all.
    let twice = flushed("50%", "every = '600s'");
    assert!((1390..=1610).contains(&twice), "{twice}");
}

#[test]
fn an_old_entry_is_given_and_filled_anew_by_the_worker_that_found_it() {
    // The entry of 1 s is good until 3 s, and given until 5 s. b finds it at 3.5, has it at once;
    // the worker fetches it anew until 4.5. c at 4 finds the old one too, and nobody fetches twice.
    // d at 6 finds that of 4.5. That is old from 6.5 on and over at 8.5: e at 8.5 misses.
    let seen = pages("keys = 1\nttl = '2s'\nstale = '2s'\nstarts = 'cold'")
        .user("a", "0s", PAGE)
        .user("b", "3.5s", PAGE)
        .user("c", "4s", PAGE)
        .user("d", "6s", PAGE)
        .user("e", "8.5s", PAGE)
        .run();
    seen.marks("a 1s, b 3.5s, c 4s, d 6s, e 9.5s")
        .counted("cache.pages.hit", 3)
        .counted("cache.pages.stale", 2)
        .counted("cache.pages.refilled", 1)
        .counted("cache.pages.missed", 2)
        .counted("cache.pages.expired", 1)
        .service_times("s", ServiceSample::Time, 5, "3s");
}

#[test]
fn a_refill_holds_the_worker_and_nothing_of_its_caller_reaches_it() {
    // One worker, entries good for 1 s from 1 s on. b at 3 s has the old entry at once, and its
    // worker is busy with the refill until 4 s: c, who comes at 3.2, waits until then and has a
    // fresh one. b's timeout of half a second is over by then, and `cancel` stops nothing.
    let tables = "
        [cache.pages]
        keys = 1
        ttl = '1s'
        stale = '9s'
        starts = 'cold'
        [service.s]
        on_timeout = 'cancel'
        endpoint.page = [ { cache = 'pages', miss = [ { wait = '1s' } ] }, { wait = '0.1s' } ]";
    let seen = world(tables)
        .user("a", "0s", PAGE)
        .user("b", "3s", "{ call = 's.page', timeout = '0.5s' }")
        .user("c", "3.2s", PAGE)
        .run();
    // b finds it at 3, has its answer at 3.1, and the refill takes from 3.1 to 4.1.
    seen.marks("a 1.1s, b 3.1s, c 4.2s")
        .counted("cache.pages.stale", 1)
        .counted("cache.pages.refilled", 1);
}

#[test]
fn those_who_come_when_the_old_entry_is_over_wait_for_its_refill() {
    // Good until 2 s, given until 3 s. b at 2.5 finds it old and refills it from 2.5 to 3.5; c
    // comes at 3.2 and shares that, with `single_flight`.
    let seen = pages("keys = 1\nttl = '1s'\nstale = '1s'\nstarts = 'cold'\nsingle_flight = true")
        .user("a", "0s", PAGE)
        .user("b", "2.5s", PAGE)
        .user("c", "3.2s", PAGE)
        .run();
    seen.marks("a 1s, b 2.5s, c 3.5s")
        .counted("cache.pages.shared", 1)
        .counted("cache.pages.missed", 1);
}

#[test]
fn a_refill_that_fails_writes_nothing() {
    // The second fetch fails: the old entry stays, and the next who finds it tries again.
    let tables = "
        [cache.pages]
        keys = 1
        ttl = '1s'
        stale = '9s'
        starts = 'cold'
        [service.s]
        workers = 9
        endpoint.page = [ { cache = 'pages', miss = [ { call = 'db.get' } ] } ]
        [service.db]
        endpoint.get = [ { wait = '0.1s' } ]
        [fault.f]
        at = '2s'
        for = '2s'
        error = { service = 'db', share = '100%' }";
    let seen = world(tables)
        .user("a", "0s", PAGE)
        .user("b", "3s", PAGE)
        .user("c", "5s", PAGE)
        .user("d", "6s", PAGE)
        .run();
    seen.marks("a 0.1s, b 3s, c 5s, d 6s")
        .counted("cache.pages.refilled", 2)
        .counted("cache.pages.stale", 2)
        .counted("cache.pages.hit", 3);
}

#[test]
fn an_old_entry_found_in_a_branch_is_filled_anew_by_its_attempt() {
    let tables = "
        [cache.pages]
        keys = 1
        ttl = '1s'
        stale = '9s'
        starts = 'cold'
        [service.s]
        workers = 9
        endpoint.page = [ { repeat = 2, steps = [ { parallel = [
            [ { cache = 'pages', miss = [ { wait = '1s' } ] } ], [ { wait = '0.3s' } ] ] } ] } ]";
    // a: 1 s of the miss, then a hit beside 0.3 s. b finds it old twice, and refills it once, from
    // 3.6 to 4.6; c at 5 finds it fresh.
    let seen = world(tables)
        .user("a", "0s", PAGE)
        .user("b", "3s", PAGE)
        .user("c", "5s", PAGE)
        .run();
    seen.marks("a 1.3s, b 3.6s, c 5.6s")
        .counted("cache.pages.refilled", 1)
        .counted("cache.pages.stale", 2);
}
