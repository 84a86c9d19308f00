//! `cut` and `delay`: messages between two places (semantics#faults).
//!
//! Where the page leaves it open: a message meets the cut that is in force when it is sent; what
//! is on its way when a cut begins arrives.

use super::world::{World, world};
use onrush::observation::{CallCounter, MessageCounter, Outcome, ServiceCounter};

/// A second of work, half a second one way; no message between users and s from 1 to 3.
fn cut(messages: &str) -> World {
    let tables = "
        [service.s]
        workers = 9
        network = '500ms'
        endpoint.work = [ { wait = '1s' } ]
        [fault.cut]
        at = '1s'
        for = '2s'
        cut = { between = ['users', 's'] }";
    world(tables).set("fault.cut.cut.messages", messages)
}

fn ask(name: &str, timeout: &str) -> String {
    format!(
        "{{ name = '{name}', call = 's.work', timeout = '{timeout}',
            or = [ {{ mark = 'no_{name}' }}, {{ leave = 'failed' }} ] }}"
    )
}

#[test]
fn lost_messages_never_arrive_either_way() {
    // a: sent 0, there 0.5, done 1.5: the answer is lost; timeout 4. b: sent 0.8, on its way when
    // the cut begins: there 1.3, done 2.3, lost; 5.8. c: sent 1.5: lost, never there; 6.5.
    // d: sent 3, when the cut is over: there 3.5, done 4.5, back 5.
    let seen = cut("lost")
        .user("a", "0s", &ask("a", "4s"))
        .user("b", "0.8s", &ask("b", "5s"))
        .user("c", "1.5s", &ask("c", "5s"))
        .user("d", "3s", &ask("d", "5s"))
        .run();
    seen.marks("no_a 4s, no_b 5.8s, no_c 6.5s, d 5s")
        .service("s", ServiceCounter::Arrived, 3)
        .service("s", ServiceCounter::Completed, 3)
        .service("s", ServiceCounter::Wasted, 2)
        .call("c", CallCounter::AttemptTimedOut, 1);
}

#[test]
fn an_answer_on_its_way_when_the_cut_begins_arrives() {
    // Sent −0.9, there −0.4, done 0.6, back 1.1.
    let seen = cut("lost").user("a", "-0.9s", &ask("a", "5s")).run();
    seen.marks("a 1.1s");
}

#[test]
fn kept_messages_arrive_at_the_end_both_ways() {
    // a: done 1.5, its answer is kept until 3. c: sent 1.5, kept until 3, done 4, back 4.5.
    // d: sent 2.8, there 3.3 by the network alone: 4.3, back 4.8.
    let seen = cut("kept")
        .user("a", "0s", &ask("a", "9s"))
        .user("c", "1.5s", &ask("c", "9s"))
        .user("d", "2.8s", &ask("d", "9s"))
        .run();
    seen.marks("a 3s, c 4.5s, d 4.8s")
        .service("s", ServiceCounter::Wasted, 0);
}

#[test]
fn kept_messages_of_callers_who_left_arrive_all_the_same() {
    // a: sent 1.2, gives up at 2.2, sends again at 2.7 (there 3.2), gives up at 3.7. The first is
    // worked off 3–4, the second 3.2–4.2, both for nobody. b: done 1.5, its answer is kept until
    // 3, and its caller left at 2.
    let retry = "
        [retry.twice]
        attempts = 2
        backoff = { kind = 'constant', base = '500ms', jitter = 'none' }";
    let first = "{ name = 'a', call = 's.work', timeout = '1s', retry = 'twice' }";
    let seen = cut("kept")
        .tables(retry)
        .user("a", "1.2s", first)
        .user("b", "0s", &ask("b", "2s"))
        .run();
    seen.marks("no_b 2s")
        .ended("a", Outcome::Failed)
        .call("a", CallCounter::AttemptTimedOut, 2)
        .service("s", ServiceCounter::Arrived, 3)
        .service("s", ServiceCounter::Completed, 3)
        .service("s", ServiceCounter::Wasted, 3);
}

#[test]
fn refused_messages_are_known_one_way_later() {
    // a: done 1.5; its answer is turned back: the caller takes it for a refusal at 2, the work
    // was for nothing. c: sent 1.5, never there, refused at 2.
    let seen = cut("refused")
        .user("a", "0s", &ask("a", "9s"))
        .user("c", "1.5s", &ask("c", "9s"))
        .run();
    seen.marks("no_a 2s, no_c 2s")
        .call("a", CallCounter::AttemptRefused, 1)
        .call("c", CallCounter::AttemptRefused, 1)
        .service("s", ServiceCounter::Arrived, 1)
        .service("s", ServiceCounter::Completed, 1)
        .service("s", ServiceCounter::Wasted, 1);
}

#[test]
fn a_cut_between_services_spares_the_users() {
    // s asks t at 1.5 while they are cut off: given up at 3.5. The user hears at 4.
    let tables = "
        [service.s]
        network = '500ms'
        endpoint.work = [ { wait = '1s' }, { call = 't.work', timeout = '2s', or = 'continue' } ]
        [service.t]
        endpoint.work = []
        [fault.cut]
        at = '1s'
        for = '2s'
        cut = { between = ['t', 's'], messages = 'lost' }";
    let seen = world(tables).user("a", "0s", "{ call = 's.work' }").run();
    seen.marks("a 4s").service("t", ServiceCounter::Arrived, 0);
}

#[test]
fn messages_that_nobody_waits_for_are_lost_refused_or_kept_alike() {
    // Sent at 1.5. Kept: there at 3, done 4: a delay of 2.5. Otherwise gone, and nobody learns.
    for messages in ["lost", "refused"] {
        let seen = cut(messages).user("a", "1.5s", "{ send = 's.work' }").run();
        seen.marks("a 1.5s")
            .message("s.work", MessageCounter::Undelivered, 1);
    }
    let seen = cut("kept").user("a", "1.5s", "{ send = 's.work' }").run();
    seen.message("s.work", MessageCounter::Delivered, 1)
        .delays("s.work", 1, "2.5s");
}

#[test]
fn a_kept_message_waits_for_the_end_of_a_cut_that_carries_on() {
    // The second cut begins where the first ends: kept until 4, done 5, back 5.5.
    let more = "
        [fault.more]
        at = '3s'
        for = '1s'
        cut = { between = ['s', 'users'], messages = 'kept' }";
    let seen = cut("kept")
        .tables(more)
        .user("a", "1.5s", &ask("a", "9s"))
        .run();
    seen.marks("a 5.5s");
}

#[test]
fn a_delay_comes_on_top_each_way() {
    // 0.5 + 1 there, 1 of work, 0.5 + 1 back, from 0 to 9; at 9 it is over: 2.
    let tables = "
        [service.s]
        network = '500ms'
        endpoint.work = [ { wait = '1s' } ]
        [fault.far]
        at = '0s'
        for = '9s'
        delay = { between = ['users', 's'], by = '1s' }";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "9s", "{ call = 's.work' }")
        .run();
    seen.marks("a 4s, b 11s");
}

#[test]
fn a_share_of_messages_is_delayed_each_way_by_its_own_luck() {
    // Work of 1, a delay of 1 for half of the messages: 1, 2 or 3 in all, and over forty seeds
    // each of them; a larger share delays the same and others.
    let time = |share: &str, seed| {
        let tables = format!(
            "[service.s]
            endpoint.work = [ {{ wait = '1s' }} ]
            [fault.far]
            at = '0s'
            delay = {{ between = ['users', 's'], by = '1s', share = '{share}' }}"
        );
        let seen = world(&tables)
            .seed(seed)
            .user("a", "0s", "{ call = 's.work' }")
            .run();
        seen.at("a").nanos()
    };
    let mut found = std::collections::BTreeSet::new();
    for seed in 1..=40 {
        let half = time("50%", seed);
        assert!(time("80%", seed) >= half);
        found.insert(half);
    }
    assert_eq!(
        found.into_iter().collect::<Vec<_>>(),
        [1, 2, 3].map(|s| s * 1_000_000_000)
    );
}
