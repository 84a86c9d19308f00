//! Who is in the orbit: users with a request whose first attempt has failed or was given up and
//! that has not ended, and those at home before another visit.

use super::world::{World, world};

/// Works for five, and is down from 0 to 3 in the sense that all it answers is an error.
fn failing(keys: &str) -> World {
    world(&format!(
        "[service.s]
        workers = 9
        [service.s.endpoint]
        work = [ {{ wait = '5s' }} ]
        [fault.bug]
        at = '0s'
        for = '3s'
        error = {{ service = 's' }}
        [retry.r]
        attempts = 9
        backoff = {{ kind = 'constant', base = '2s' }}
        {keys}"
    ))
}

#[test]
fn a_request_is_in_the_orbit_from_its_first_failure_to_its_end() {
    // Errors at 0 and 2; the attempt of 4 is answered at 9. In the orbit 0–9, waiting 0–4.
    let seen = failing("")
        .user("a", "0s", "{ call = 's.work', retry = 'r' }")
        .run();
    seen.marks("a 9s").orbit("9s").waiting_in_orbit("4s");
}

#[test]
fn a_request_whose_first_attempt_is_its_last_is_never_there() {
    let seen = failing("")
        .user("a", "0s", "{ call = 's.work', or = 'continue' }")
        .user("b", "5s", "{ call = 's.work', retry = 'r' }")
        .run();
    seen.marks("a 0s, b 10s").orbit("0s").waiting_in_orbit("0s");
}

#[test]
fn a_reload_gives_the_first_attempt_up() {
    // Asks at 4, again at 7 (answered at 12): in the orbit 7–12, never waiting.
    let reload = "reload = { after = '3s', at_most = 1 }";
    let seen = failing("")
        .person("a", "4s", reload, "{ call = 's.work' }")
        .run();
    seen.marks("a 12s").orbit("5s").waiting_in_orbit("0s");
}

#[test]
fn asking_again_after_an_error_is_a_wait_in_the_orbit() {
    // An error at 0, asks again at 4, answered at 9.
    let reload = "reload = { on_error = '4s' }";
    let seen = failing("")
        .person("a", "0s", reload, "{ call = 's.work' }")
        .run();
    seen.marks("a 9s").orbit("9s").waiting_in_orbit("4s");
}

#[test]
fn retries_at_once_are_in_the_orbit_without_waiting() {
    // Asked at 2 nine times at once, in vain, and once more at 6, answered at 11: the request is in
    // the orbit 2–11, of which it waits 2–6.
    let reload = "reload = { on_error = '4s' }";
    let seen = failing("[retry.now]\nattempts = 9\nbackoff = { kind = 'none' }")
        .person("a", "2s", reload, "{ call = 's.work', retry = 'now' }")
        .run();
    seen.marks("a 11s").orbit("9s").waiting_in_orbit("4s");
}

#[test]
fn those_at_home_before_another_visit_are_in_the_orbit() {
    // Fails at 1, at home until 11, then served: in the orbit 1–11.
    let again = "again = { share = '100%', after = '10s', at_most = 1 }";
    let seen = failing("")
        .person("a", "1s", again, "{ call = 's.work' }")
        .run();
    seen.marks("a 16s")
        .returned("a", 1)
        .orbit("10s")
        .waiting_in_orbit("10s");
}

#[test]
fn patience_takes_a_user_out_of_the_orbit() {
    // Errors at 0 and 2, leaves at 3 while waiting; b leaves at 7 while the attempt of 4 is under
    // way; c, whose first attempt is under way from 4, was never there.
    let patience = "patience = '3s'";
    let seen = failing("")
        .person("a", "0s", patience, "{ call = 's.work', retry = 'r' }")
        .person(
            "b",
            "2s",
            "patience = '5s'",
            "{ call = 's.work', retry = 'r' }",
        )
        .person("c", "4s", patience, "{ call = 's.work', retry = 'r' }")
        .run();
    seen.never("a b c").orbit("8s").waiting_in_orbit("5s");
}

#[test]
fn members_of_a_population_between_two_rounds_are_not_in_the_orbit() {
    let seen = world(
        "[arrivals.p]
        journey = 'round'
        population = 3
        [journey.round]
        steps = [ { think = '10s' } ]",
    )
    .run();
    seen.orbit("0s").waiting_in_orbit("0s");
}
