//! Patience in both forms, and coming again (semantics#people).

use super::world::{World, world};
use onrush::observation::{CallCounter, Outcome, ServiceCounter, ServiceLevel, StockCounter};

/// s works a second and asks t for five; both stop when nobody waits. `quick` takes a second.
const SERVICES: &str = "
    [service.s]
    workers = 9
    on_timeout = 'cancel'
    [service.s.endpoint]
    work = [ { wait = '1s' }, { name = 'inner', call = 't.work' } ]
    quick = [ { wait = '1s' } ]
    bad = [ { wait = '1s' }, { fail = 'failed' } ]
    refuses = [ { fail = 'refused' } ]
    [service.t]
    on_timeout = 'cancel'
    endpoint.work = [ { wait = '5s' } ]";

fn patient(patience: &str, steps: &str) -> World {
    world(SERVICES).person("a", "0s", &format!("patience = {patience}"), steps)
}

#[test]
fn patience_from_arrival_counts_everything() {
    // Thinks 0–2, at s 2–3, at t from 3: leaves at 4. Everything stops: s held 2–4, t 3–4; b asks
    // t at 4.5 and has it at once: 9.5.
    let seen = patient(
        "'4s'",
        "{ think = '2s' }, { name = 'ask', call = 's.work' }",
    )
    .user("b", "4.5s", "{ call = 't.work' }")
    .run();
    seen.ended("a", Outcome::Abandoned)
        .marks("b 9.5s")
        .level("s", ServiceLevel::Held, "2s")
        .level("t", ServiceLevel::Held, "6s")
        .call("ask", CallCounter::AttemptCancelled, 1)
        .call("inner", CallCounter::AttemptCancelled, 1)
        .inside("9s");
}

#[test]
fn patience_while_waiting_counts_only_that() {
    // Thinks 0–2, waits 2–3 (1), thinks 3–5, waits from 5: at s 5–6, at t from 6; the rest of the
    // patience of 3 is 2: leaves at 7. b asks t at 7.5 and has it at once: 12.5.
    let steps = "{ think = '2s' }, { call = 's.quick' }, { think = '2s' },
                 { name = 'ask', call = 's.work' }";
    let seen = patient("{ waiting = '3s' }", steps)
        .user("b", "7.5s", "{ call = 't.work' }")
        .run();
    seen.ended("a", Outcome::Abandoned)
        .marks("b 12.5s")
        .level("s", ServiceLevel::Held, "3s")
        .level("t", ServiceLevel::Held, "6s")
        .call("inner", CallCounter::AttemptCancelled, 1)
        .inside("12s");
}

#[test]
fn who_knows_nothing_of_the_user_works_on() {
    // As the first, but s ignores: it has t's answer at 8 and is done then.
    let seen = patient("'4s'", "{ think = '2s' }, { call = 's.work' }")
        .set("service.s.on_timeout", "ignore")
        .run();
    seen.ended("a", Outcome::Abandoned)
        .inside("4s")
        .level("s", ServiceLevel::Held, "6s")
        .call("inner", CallCounter::AttemptOk, 1)
        .service("s", ServiceCounter::Wasted, 1);
}

#[test]
fn the_user_leaves_from_wherever_he_is() {
    // A pause of 5, patience of 3. While only waiting counts, he is done at 5.
    patient("'3s'", "{ think = '5s' }")
        .run()
        .ended("a", Outcome::Abandoned)
        .inside("3s");
    patient("{ waiting = '3s' }", "{ think = '5s' }")
        .run()
        .marks("a 5s");
}

#[test]
fn waiting_means_answers_backoffs_pools_and_rooms() {
    // a: refused at 0, waits to retry until 2, leaves at 1.5. b waits for a pool that x has, from
    // 1 on; leaves at 2.5. c waits at a door that opens at 9, from 2 on; leaves at 3.5.
    let tables = "
        [pool.lock]
        size = 1
        [room.door]
        opens = '9s'
        [retry.later]
        attempts = 2
        backoff = { kind = 'constant', base = '2s', jitter = 'none' }";
    let patience = "patience = { waiting = '1.5s' }";
    let hold = "{ hold = 'lock', steps = [ { think = '8s' } ] }";
    let seen = world(SERVICES)
        .tables(tables)
        .user("x", "0s", hold)
        .person(
            "a",
            "0s",
            patience,
            "{ call = 's.refuses', retry = 'later' }",
        )
        .person("b", "1s", patience, hold)
        .person("c", "2s", patience, "{ enter = 'door' }")
        .run();
    seen.marks("x 8s")
        .ended("a b c", Outcome::Abandoned)
        .inside("12.5s")
        .waiting_in_orbit("1.5s");
}

#[test]
fn time_in_a_pool_or_at_work_is_not_waiting_for_it() {
    // Holds the lock at once and thinks 5 inside: no waiting at all; then waits 1 for s.
    let steps = "{ hold = 'lock', steps = [ { think = '5s' } ] }, { call = 's.quick' }";
    let seen = patient("{ waiting = '1.5s' }", steps)
        .tables("[pool.lock]\nsize = 1")
        .run();
    seen.marks("a 6s");
}

#[test]
fn two_branches_that_wait_use_patience_up_once() {
    // Where the page leaves it open: waiting is time in which at least one branch waits. Two
    // calls of 1 side by side use up 1 of 1.5; beside a pause of 3 the rest lasts to its end.
    let steps = "{ parallel = [ [ { call = 's.quick' } ], [ { call = 's.quick' } ],
                                [ { think = '3s' } ] ] }";
    patient("{ waiting = '1.5s' }", steps).run().marks("a 3s");
    // One second more of waiting is too much: at 3.5.
    let steps = format!("{steps}, {{ call = 's.quick' }}");
    let seen = patient("{ waiting = '1.5s' }", &steps).run();
    seen.ended("a", Outcome::Abandoned).inside("3.5s");
}

/// A visitor who always comes back, two seconds after the visit, at most once.
fn returning(more: &str, steps: &str) -> World {
    let again = "again = { share = '100%', after = '2s', at_most = 1 }";
    let steps = format!("{{ mark = 'top' }}, {steps}");
    world(SERVICES).person("a", "0s", &format!("{again}\n{more}"), &steps)
}

#[test]
fn a_visit_that_went_badly_is_followed_by_another() {
    // 0–1 failed, at home 1–3, 3–4 failed: one user, one outcome, that of the last visit.
    let seen = returning("", "{ name = 'ask', call = 's.bad' }").run();
    seen.first_last("top", "0s", "3s")
        .passed("top", 2)
        .ended("a", Outcome::Failed)
        .returned("a", 1)
        .call("ask", CallCounter::Started, 2)
        .inside("2s");
}

#[test]
fn the_outcome_is_that_of_the_last_visit() {
    // x works 0–1.5 and there is no queue: refused at 1, back at 3, served at 4.5.
    let seen = world(SERVICES)
        .tables("[service.u]\nqueue = { limit = 0 }\nendpoint.work = [ { wait = '1.5s' } ]")
        .user("x", "0s", "{ call = 'u.work' }")
        .person(
            "a",
            "1s",
            "again = { share = '100%', after = '2s' }",
            "{ call = 'u.work' }",
        )
        .run();
    // The journey took 3.5, from the first arrival.
    seen.marks("x 1.5s, a 4.5s")
        .ended("a", Outcome::Served)
        .returned("a", 1)
        .journey_times("a", 1, "3.5s");
}

#[test]
fn every_visit_has_new_patience_and_new_reloads() {
    // Reloads once a visit. 0: sent, reloaded at 1, patience spent at 2.5. Home until 4.5; sent,
    // reloaded at 5.5, spent at 7.
    let more = "patience = '2.5s'\nreload = { after = '1s', at_most = 1 }";
    let seen = returning(more, "{ name = 'ask', call = 's.work' }").run();
    seen.first_last("top", "0s", "4.5s")
        .ended("a", Outcome::Abandoned)
        .call("ask", CallCounter::Sent, 4)
        .call("ask", CallCounter::Reloaded, 2)
        .inside("5s");
}

#[test]
fn a_member_of_a_population_comes_again_as_often_in_every_round() {
    // A round is two visits of a second and two seconds at home: 0–1, 3–4, then from the top:
    // 4–5, 7–8, 8–9, 11–12, … Five rounds end by 20, the last of them with the visit 19–20.
    let seen = world(SERVICES)
        .head("run_for = '20.5s'")
        .tables(
            "[arrivals.staff]
            journey = 'a'
            population = 1
            [journey.a]
            again = { share = '100%', after = '2s', at_most = 1 }
            steps = [ { mark = 'top' }, { name = 'ask', call = 's.bad' } ]",
        )
        .run();
    // The sixth round has just begun.
    seen.passed("top", 11).returned("a", 5);
}

#[test]
fn the_horizon_that_finds_the_user_at_home_leaves_the_outcome_of_the_last_visit() {
    // Failed at 1, due back at 3; the horizon is 2.5.
    let seen = returning("", "{ call = 's.bad' }")
        .head("run_for = '2.5s'")
        .run();
    seen.ended("a", Outcome::Failed)
        .passed("top", 1)
        .returned("a", 0);
    // During the second visit the user is unfinished.
    let seen = returning("", "{ call = 's.bad' }")
        .head("run_for = '3.5s'")
        .run();
    seen.ended("a", Outcome::Unfinished).returned("a", 1);
}

#[test]
fn nobody_comes_back_after_being_served_or_for_an_outcome_not_named() {
    returning("", "{ call = 's.quick' }")
        .run()
        .passed("top", 1)
        .ended("a", Outcome::Served);
    let on = "again = { share = '100%', after = '2s', on = ['refused'] }";
    let steps = "{ mark = 'top' }, { call = 's.bad' }";
    let seen = world(SERVICES).person("a", "0s", on, steps).run();
    seen.passed("top", 1)
        .ended("a", Outcome::Failed)
        .returned("a", 0);
}

#[test]
fn what_was_taken_is_given_back_before_the_next_visit() {
    // One unit. a takes it at 0, fails at 1 and gives it back; b takes it at 1.5, at home a has
    // none; back at 3 a finds it sold out, and does not come again after that.
    let steps = "{ take = 'unit' }, { call = 's.bad' }";
    let seen = returning("", steps)
        .tables("[stock.unit]\nunits = 1")
        .user("b", "1.5s", "{ take = 'unit' }")
        .run();
    seen.marks("b 1.5s")
        .ended("a", Outcome::SoldOut)
        .stock("unit", StockCounter::Taken, 2)
        .stock("unit", StockCounter::GivenBack, 1)
        .stock("unit", StockCounter::SoldOut, 1);
}
