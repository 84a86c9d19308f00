//! A second attempt beside a slow one, and copies that are tied (semantics#hedge).

use super::world::{World, world};
use onrush::observation::{CallCounter, CallSample, Outcome, ServiceCounter, ServiceLevel};

/// Two servers of one worker each, taken in turn; x holds the first from 0 to 10, y the second for
/// a moment, so that whoever comes at 1 waits behind x.
const SERVICE: &str = "
    [service.s]
    servers = 2
    [service.s.endpoint]
    ten = [ { wait = '10s' } ]
    five = [ { wait = '5s' } ]
    three = [ { wait = '3s' } ]
    two = [ { wait = '2s' } ]
    one = [ { wait = '1s' } ]
    moment = [ { wait = '0.2s' } ]
    bad = [ { wait = '1s' }, { fail = 'failed' } ]
    [retry.twice]
    attempts = 2
    backoff = { kind = 'constant', base = '1s', jitter = 'none' }
    [hedge.h]";

fn busy(hedge: &str) -> World {
    world(&format!("{SERVICE}\n{hedge}"))
        .user("x", "0s", "{ call = 's.ten' }")
        .user("y", "0.5s", "{ call = 's.moment' }")
}

#[test]
fn the_first_ok_answer_wins_and_the_other_is_given_up() {
    // a waits behind x from 1. No answer by 3: a hedge, and of the others only the second server
    // is left: 3–6. The first attempt is given up; the first server knows nothing and does it at
    // 10–13 for nobody.
    let seen = busy("after = '2s'")
        .user("a", "1s", "{ name = 'ask', call = 's.three', hedge = 'h' }")
        .run();
    seen.marks("a 6s, x 10s, y 0.7s")
        .call("ask", CallCounter::Started, 1)
        .call("ask", CallCounter::Sent, 2)
        .call("ask", CallCounter::AttemptOk, 1)
        .call("ask", CallCounter::AttemptCancelled, 1)
        .call_times("ask", CallSample::Request, 1, "5s")
        .call_times("ask", CallSample::Attempt, 1, "3s")
        .service("s", ServiceCounter::Wasted, 1)
        .service("s", ServiceCounter::Original, 3)
        .level("s", ServiceLevel::Held, "16.2s")
        .mechanism("hedge.h", "sent", 1)
        .mechanism("hedge.h", "won", 1)
        .orbit("0s");
}

#[test]
fn an_answer_at_the_instant_at_which_a_hedge_is_due_is_in_time() {
    // 1–4 at the second server, the hedge would be due at 4.
    let seen = world(&format!("{SERVICE}\nafter = '3s'"))
        .user("a", "1s", "{ name = 'ask', call = 's.three', hedge = 'h' }")
        .run();
    seen.marks("a 4s")
        .call("ask", CallCounter::Sent, 1)
        .mechanism("hedge.h", "sent", 0);
}

#[test]
fn a_timeout_comes_before_a_hedge_at_the_same_instant() {
    // The timeout of 1 + 2 = 3 ends the round before the hedge of 3 is sent: failed at 3.
    let seen = busy("after = '2s'")
        .user(
            "a",
            "1s",
            "{ name = 'ask', call = 's.three', timeout = '2s', hedge = 'h' }",
        )
        .run();
    seen.ended("a", Outcome::Failed)
        .call("ask", CallCounter::Sent, 1)
        .call("ask", CallCounter::AttemptTimedOut, 1)
        .mechanism("hedge.h", "sent", 0);
}

#[test]
fn the_round_fails_when_all_have_failed_and_only_then_is_retry_asked() {
    // The first waits behind x, the hedge of 3 fails at 4 at the second server. At 10 the first
    // begins, and fails at 11: now the round has failed. A retry at 12, whose turn is that of the
    // first server (x, y, a, hedge, retry): 12–13, before its hedge of 14. Two rounds are all.
    let ask = "{ name = 'ask', call = 's.bad', retry = 'twice', hedge = 'h' }";
    let seen = busy("after = '2s'").user("a", "1s", ask).run();
    seen.ended("a", Outcome::Failed)
        .call("ask", CallCounter::Sent, 3)
        .call("ask", CallCounter::AttemptError, 3)
        .call("ask", CallCounter::Failed, 1)
        .journey_times("a", 0, "0s")
        .inside("22.2s")
        .waiting_in_orbit("1s")
        .orbit("2s");
}

#[test]
fn a_failed_attempt_does_not_bring_a_hedge_forward() {
    // The second server is free: a fails there at 1.2 + 1 = 2.2, long before a hedge of 6.2. That
    // ends the round, and the retry of 3.2 begins another: 3.2–4.2 (its turn is the second's).
    let ask = "{ name = 'ask', call = 's.bad', retry = 'twice', hedge = 'h' }";
    let seen = world(&format!("{SERVICE}\nafter = '5s'"))
        .user("x", "0s", "{ call = 's.ten' }")
        .user("a", "1.2s", ask)
        .set("service.s.balance", "least-loaded")
        .run();
    seen.ended("a", Outcome::Failed)
        .inside("13s")
        .call("ask", CallCounter::Sent, 2)
        .mechanism("hedge.h", "sent", 0);
}

#[test]
fn each_attempt_of_a_round_has_a_timeout_of_its_own() {
    // The first times out at 5 and leaves the queue; the hedge of 3 has until 7 and answers at 6.
    // The user is in the orbit from 5, for the first attempt has failed, to 6.
    let ask = "{ name = 'ask', call = 's.three', timeout = '4s', hedge = 'h' }";
    let seen = busy("after = '2s'")
        .user("a", "1s", ask)
        .set("service.s.on_timeout", "dequeue")
        .run();
    seen.marks("a 6s")
        .call("ask", CallCounter::AttemptTimedOut, 1)
        .call("ask", CallCounter::AttemptOk, 1)
        .call("ask", CallCounter::AttemptCancelled, 0)
        .service("s", ServiceCounter::LeftQueue, 1)
        .service("s", ServiceCounter::Wasted, 0)
        .orbit("1s")
        .waiting_in_orbit("0s");
}

#[test]
fn a_round_whose_attempts_all_time_out_has_timed_out() {
    // 1 + 4 and 3 + 4; the second server works at the hedge 3–8.
    let ask = "{ name = 'ask', call = 's.five', timeout = '4s', hedge = 'h' }";
    let seen = busy("after = '2s'")
        .user("a", "1s", ask)
        .set("service.s.on_timeout", "dequeue")
        .run();
    seen.ended("a", Outcome::Failed)
        .call("ask", CallCounter::AttemptTimedOut, 2)
        .call("ask", CallCounter::Failed, 1)
        .inside("16.2s")
        .level("s", ServiceLevel::Held, "15.2s");
}

#[test]
fn a_deadline_cuts_the_timeouts_of_all() {
    let ask = "{ name = 'ask', call = 's.five', timeout = '4s', deadline = '4.5s', hedge = 'h' }";
    let seen = busy("after = '2s'")
        .user("a", "1s", ask)
        .set("service.s.on_timeout", "dequeue")
        .run();
    seen.ended("a", Outcome::Failed)
        .call("ask", CallCounter::AttemptTimedOut, 2)
        .inside("14.7s");
}

#[test]
fn a_reload_gives_up_the_whole_round() {
    // The first at 1, the hedge at 3. Since that was sent no answer has come for 4: at 7 both are
    // given up, and work at the second server stops. The new attempt waits behind x (its turn is
    // the fifth), the hedge of 9 works at the second, 9–14, and wins.
    let keys = "reload = { after = '4s', at_most = 1 }";
    let ask = "{ name = 'ask', call = 's.five', hedge = 'h' }";
    let seen = busy("after = '2s'")
        .person("a", "1s", keys, ask)
        .set("service.s.on_timeout", "cancel")
        .run();
    seen.marks("a 14s, x 10s")
        .call("ask", CallCounter::Sent, 4)
        .call("ask", CallCounter::Reloaded, 1)
        .call("ask", CallCounter::AttemptCancelled, 3)
        .call("ask", CallCounter::AttemptOk, 1)
        .service("s", ServiceCounter::LeftQueue, 1)
        .service("s", ServiceCounter::Stopped, 2)
        .mechanism("hedge.h", "sent", 2);
}

#[test]
fn patience_gives_up_the_whole_round() {
    let seen = busy("after = '2s'")
        .person(
            "a",
            "1s",
            "patience = '3s'",
            "{ name = 'ask', call = 's.five', hedge = 'h' }",
        )
        .set("service.s.on_timeout", "cancel")
        .run();
    seen.ended("a", Outcome::Abandoned)
        .call("ask", CallCounter::AttemptCancelled, 2)
        .call("ask", CallCounter::Failed, 1)
        .service("s", ServiceCounter::LeftQueue, 1)
        .service("s", ServiceCounter::Stopped, 1)
        .level("s", ServiceLevel::Held, "11.2s");
}

#[test]
fn what_is_under_way_at_the_horizon_is_unfinished() {
    let seen = busy("after = '2s'")
        .head("run_for = '5s'")
        .user("a", "1s", "{ name = 'ask', call = 's.five', hedge = 'h' }")
        .run();
    seen.ended("a x", Outcome::Unfinished)
        .call("ask", CallCounter::AttemptUnfinished, 2)
        .call("ask", CallCounter::Unfinished, 1);
}

#[test]
fn a_crash_of_one_server_leaves_the_other_copy() {
    // The first server crashes at 5: x and the first attempt are lost; the hedge answers at 8.
    let seen = busy("after = '2s'")
        .user("a", "1s", "{ name = 'ask', call = 's.five', hedge = 'h' }")
        .tables("[fault.f]\nat = '5s'\nfor = '1s'\ncrash = { service = 's', servers = 'all' }")
        .set("fault.f.crash.servers", "1")
        .run();
    // Which server crashes is its luck: either way one copy is left.
    let both = seen.call("ask", CallCounter::AttemptError, 1);
    both.call("ask", CallCounter::AttemptOk, 1);
}

#[test]
fn at_most_allows_further_hedges_each_after_the_same_time() {
    // Three servers; x and z hold two of them. a waits behind x from 1; hedges of 3 and of 5, each
    // to a server without a copy: behind z, then, as nothing else is left, at the third: 5–8.
    let seen = world(&format!("{SERVICE}\nafter = '2s'\nat_most = 2"))
        .set("service.s.servers", "3")
        .set("service.s.balance", "round-robin")
        .user("x", "0s", "{ call = 's.ten' }")
        .user("y", "0.5s", "{ call = 's.ten' }")
        .user("z", "0.6s", "{ call = 's.moment' }")
        .user("a", "1s", "{ name = 'ask', call = 's.three', hedge = 'h' }")
        .run();
    seen.marks("a 8s")
        .call("ask", CallCounter::Sent, 3)
        .call("ask", CallCounter::AttemptCancelled, 2)
        .mechanism("hedge.h", "sent", 2);
}

#[test]
fn the_copy_that_begins_takes_the_other_out_of_its_queue() {
    // Messages take 0.1. x works 0.1–10.1 at the first server, y 0.6–5.6 at the second. Copies of a
    // wait: at the first from 1.1, at the second from 2.1. It begins there at 5.6; word reaches the
    // first server at 5.7, which knows nothing of callers who leave: out of the queue. Answer 8.7.
    let seen = world(&format!("{SERVICE}\nafter = '1s'\ntied = true"))
        .set("service.s.network", "0.1s")
        .user("x", "0s", "{ call = 's.ten' }")
        .user("y", "0.5s", "{ call = 's.five' }")
        .user("a", "1s", "{ name = 'ask', call = 's.three', hedge = 'h' }")
        .run();
    seen.marks("a 8.7s, x 10.2s, y 5.7s")
        .call("ask", CallCounter::AttemptOk, 1)
        .call("ask", CallCounter::AttemptCancelled, 1)
        .service("s", ServiceCounter::LeftQueue, 1)
        .service("s", ServiceCounter::Wasted, 0)
        .level("s", ServiceLevel::Held, "18s")
        .level("s", ServiceLevel::Queue, "8.1s")
        .mechanism("hedge.h", "untied", 1);
}

#[test]
fn a_copy_that_has_begun_when_word_comes_goes_on() {
    // The first begins at 1.1 and sends word; the copy of 1.05 begins at 1.15, before the word of
    // 1.2. Both work 3: answers at 4.2 and at 4.25, the second for nobody.
    let seen = world(&format!("{SERVICE}\nafter = '50ms'\ntied = true"))
        .set("service.s.network", "0.1s")
        .user("a", "1s", "{ name = 'ask', call = 's.three', hedge = 'h' }")
        .run();
    seen.marks("a 4.2s")
        .call("ask", CallCounter::AttemptCancelled, 1)
        .service("s", ServiceCounter::Wasted, 1)
        .service("s", ServiceCounter::LeftQueue, 0)
        .level("s", ServiceLevel::Held, "6s")
        .mechanism("hedge.h", "untied", 0);
}

#[test]
fn word_that_comes_before_the_copy_takes_it_out_as_it_arrives() {
    // Where the page leaves it open: the first begins at 1.1, its word is there at 1.2; the copy is
    // sent at 1.5 and is taken out at 1.6, when it arrives.
    let seen = world(&format!("{SERVICE}\nafter = '500ms'\ntied = true"))
        .set("service.s.network", "0.1s")
        .user("a", "1s", "{ name = 'ask', call = 's.three', hedge = 'h' }")
        .run();
    seen.marks("a 4.2s")
        .call("ask", CallCounter::Sent, 2)
        .call("ask", CallCounter::AttemptCancelled, 1)
        .service("s", ServiceCounter::Accepted, 2)
        .service("s", ServiceCounter::LeftQueue, 1)
        .level("s", ServiceLevel::Held, "3s")
        .mechanism("hedge.h", "untied", 1);
}

#[test]
fn when_the_tied_copy_that_began_fails_nothing_is_left() {
    // As above, but the copy at the second server fails at 6.6: the answer of 6.7 ends the round,
    // for the first attempt has left its queue at 5.7.
    let seen = world(&format!("{SERVICE}\nafter = '1s'\ntied = true"))
        .set("service.s.network", "0.1s")
        .user("x", "0s", "{ call = 's.ten' }")
        .user("y", "0.5s", "{ call = 's.five' }")
        .user("a", "1s", "{ name = 'ask', call = 's.bad', hedge = 'h' }")
        .run();
    seen.ended("a", Outcome::Failed)
        .inside("21.1s")
        .call("ask", CallCounter::AttemptError, 1)
        .call("ask", CallCounter::AttemptCancelled, 1);
}

/// A user who makes so many requests of 1 s, one of 2 s, and a last one of 10 s.
fn learning(after: &str, ones: u32) -> World {
    let ones = format!("{{ repeat = {ones}, steps = [ {{ call = 's.one', hedge = 'h' }} ] }}");
    let last = "{ call = 's.two', hedge = 'h' }, { name = 'last', call = 's.ten', hedge = 'h' }";
    world(&format!("{SERVICE}\nafter = '{after}'\nscope = 'global'")).user(
        "a",
        "0s",
        &format!("{ones}, {last}"),
    )
}

#[test]
fn a_percentile_needs_twenty_answers() {
    for (ones, sent) in [(18, 1), (19, 2)] {
        let seen = learning("p95", ones).run();
        seen.call("last", CallCounter::Sent, sent);
    }
}

#[test]
fn a_percentile_is_a_rank_among_the_latest_ok_attempts() {
    // Of 19 times 1 and one of 2, the 95th percentile is the 19th: a hedge after 1. The 96th is the
    // 20th: after 2. The last call begins at 19 + 2 = 21, so that until 26 work is held for 21 + 5
    // at one server, and since 22 or since 23 at the other.
    for (after, held) in [("p95", "30s"), ("p96", "29s")] {
        let seen = learning(after, 19).head("run_for = '26s'").run();
        seen.call("last", CallCounter::Sent, 2)
            .level("s", ServiceLevel::Held, held);
    }
}

#[test]
fn the_budget_is_a_part_of_the_requests_so_far() {
    // Each of four requests works 5 and would hedge after 1. One hedge may follow two requests: the
    // second has one, the fourth has another.
    let ask = "{ repeat = 4, steps = [ { name = 'ask', call = 's.five', hedge = 'h' } ] }";
    let seen = world(&format!(
        "{SERVICE}\nafter = '1s'\nbudget = '50%'\nscope = 'global'"
    ))
    .user("a", "0s", ask)
    .run();
    seen.marks("a 20s")
        .call("ask", CallCounter::Sent, 6)
        .mechanism("hedge.h", "sent", 2)
        .mechanism("hedge.h", "stopped", 2)
        .mechanism("hedge.h", "won", 0);
}

#[test]
fn an_action_switches_hedges_off() {
    let ask = "{ repeat = 2, steps = [ { name = 'ask', call = 's.five', hedge = 'h' } ] }";
    let seen = world(&format!("{SERVICE}\nafter = '1s'"))
        .tables("[action.stop]\nat = '3s'\nset = { 'hedge.h.on' = false }")
        .user("a", "0s", ask)
        .run();
    seen.marks("a 10s").mechanism("hedge.h", "sent", 1);
}

#[test]
fn nested_calls_of_a_copy_that_is_given_up_stop_with_it() {
    // The first copy calls t from 1 on and waits there behind x, who has its only worker until 10;
    // the hedge of 3 waits behind it. At 10 the first goes on, 10–11, and wins; the other's own
    // call is given up.
    let seen = world(
        "[service.s]\nservers = 2\non_timeout = 'cancel'\n\
         endpoint.ask = [ { call = 't.one' } ]\n\
         [service.t]\non_timeout = 'cancel'\nendpoint.one = [ { wait = '1s' } ]\n\
         endpoint.ten = [ { wait = '10s' } ]\n[hedge.h]\nafter = '2s'",
    )
    .user("x", "0s", "{ call = 't.ten' }")
    .user("a", "1s", "{ name = 'ask', call = 's.ask', hedge = 'h' }")
    .run();
    seen.marks("a 11s")
        .service("t", ServiceCounter::Stopped, 1)
        .service("s", ServiceCounter::Stopped, 1)
        .level("t", ServiceLevel::Held, "11s")
        .level("s", ServiceLevel::Held, "18s");
}

#[test]
fn an_early_answer_ends_a_round_like_any_other() {
    // The first copy answers at 0.1 s and works on until 9 s; the hedge of 0.05 s would be slower.
    let tables = "[service.s]\nservers = 2\nworkers = 9\n\
         endpoint.one = [ { wait = '0.1s' }, { answer = true }, { wait = '9s' } ]\n\
         [hedge.h]\nafter = '50ms'";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.one', hedge = 'h', timeout = '5s' }")
        .run();
    seen.marks("a 0.1s");
}
