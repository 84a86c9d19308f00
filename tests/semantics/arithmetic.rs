//! Published arithmetic, by hand: Beyer et al., "Site Reliability Engineering" (2016), chapters 21
//! and 22 (semantics#service, #retry, #call).

use super::world::world;

#[test]
fn a_queue_of_ten_times_the_threads_takes_eleven_rounds() {
    // P8 (b): 10 threads at 100 ms, 100 more wait: the last is done after 1.1 s, the 111th refused.
    world("[service.s]\nworkers = 10\nqueue = { limit = 100 }")
        .tables("endpoint.work = [ { wait = '100ms' } ]")
        .tables("[arrivals.all]\njourney = 'all'\nburst = { users = 111, at = '0s' }")
        .tables("[journey.all]\nsteps = [ { call = 's.work' }, { mark = 'done' } ]")
        .run()
        .passed("done", 110)
        .first_last("done", "100ms", "1.1s");
}

#[test]
fn three_layers_of_four_attempts_make_sixty_four() {
    // P8 (d): the user's program, the frontend and the backend each try four times.
    world("[retry.four]\nattempts = 4")
        .tables("[service.frontend]\nworkers = 9")
        .tables("endpoint.ask = [ { call = 'backend.ask', retry = 'four' } ]")
        .tables("[service.backend]\nworkers = 9")
        .tables("endpoint.ask = [ { call = 'db.ask', retry = 'four' } ]")
        .tables("[service.db]\nworkers = 9")
        .tables("endpoint.ask = [ { mark = 'asked' }, { fail = 'failed' } ]")
        .user("a", "0s", "{ call = 'frontend.ask', retry = 'four' }")
        .run()
        .never("a")
        .passed("asked", 64);
}

#[test]
fn deadlines_shrink_on_their_way_down() {
    // P8 (f): of 30 s the first server takes 7 s and leaves 23 s, the second 4 s and leaves 19 s:
    // all of them give up at 30 s.
    world("[service.a]\nendpoint.ask = [ { wait = '7s' }, { mark = 'asks_b' },")
        .tables("{ call = 'b.ask', or = [ { mark = 'b_late' } ] } ]")
        .tables("[service.b]\nendpoint.ask = [ { wait = '4s' }, { mark = 'asks_c' },")
        .tables("{ call = 'c.ask', or = [ { mark = 'c_late' } ] } ]")
        .tables("[service.c]\nendpoint.ask = [ { wait = '100s' } ]")
        .user(
            "u",
            "0s",
            "{ call = 'a.ask', deadline = '30s', or = 'continue' }",
        )
        .run()
        .marks("asks_b 7s, asks_c 11s, c_late 30s, b_late 30s, u 30s");
}
