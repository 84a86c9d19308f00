//! Every user ends in exactly one outcome, by what ended the last visit (semantics#people), and
//! every step that fails has its `or`.

use super::world::world;
use onrush::observation::{CallCounter, Outcome, StockCounter};

const SERVICE: &str = "
    [service.s]
    workers = 9
    [service.s.endpoint]
    quick = [ { wait = '1s' } ]
    long = [ { wait = '9s' } ]
    bad = [ { wait = '1s' }, { fail = 'failed' } ]
    refuses = [ { wait = '1s' }, { fail = 'refused' } ]
    [room.door]
    closes = '0s'
    [pool.full]
    size = 1
    queue = { limit = 0 }
    [stock.nothing]
    units = 0";

#[test]
fn one_outcome_for_every_ending() {
    let hold = "{ hold = 'full', steps = [ { think = '5s' } ] }";
    let seen = world(SERVICE)
        .user("served", "0s", "{ call = 's.quick' }")
        .user("leaves", "0s", "{ leave = 'served' }, { mark = 'never' }")
        .person("patience", "0s", "patience = '1s'", "{ call = 's.long' }")
        .user("takes", "0s", "{ take = 'nothing' }")
        .user("service", "0s", "{ call = 's.refuses' }")
        .user("room", "0s", "{ enter = 'door' }")
        .user("holds", "0s", hold)
        .user("pool", "1s", hold)
        .user("error", "0s", "{ call = 's.bad' }")
        .user("timeout", "0s", "{ call = 's.long', timeout = '1s' }")
        .user("late", "995s", "{ call = 's.long' }")
        .run();
    seen.ended("served leaves holds", Outcome::Served)
        .ended("patience", Outcome::Abandoned)
        .ended("takes", Outcome::SoldOut)
        .ended("service room pool", Outcome::Refused)
        .ended("error timeout", Outcome::Failed)
        .ended("late", Outcome::Unfinished)
        .never("never leaves");
}

#[test]
fn the_last_attempt_of_the_failing_request_decides() {
    // a: refused at 1, the retry at 2 finds the error: failed at 3. b the other way round. The
    // first attempt is refused by a bulkhead of one place that x keeps until 1.5.
    let tables = "
        [service.s]
        queue = { limit = 0 }
        [service.s.endpoint]
        short = [ { wait = '1.5s' } ]
        bad = [ { fail = 'failed' } ]
        [retry.twice]
        attempts = 2
        backoff = { kind = 'constant', base = '1s', jitter = 'none' }";
    let ask = "{ name = 'ask', call = 's.bad', retry = 'twice' }";
    let seen = world(tables)
        .user("x", "0s", "{ call = 's.short' }")
        .user("y", "3s", "{ call = 's.short' }")
        .user("a", "1s", ask)
        .user("b", "2.5s", &ask.replace("'ask'", "'ask_b'"))
        .run();
    // a: refused at 1, error at 2. b: error at 2.5, refused at 3.5.
    seen.marks("x 1.5s, y 4.5s")
        .ended("a", Outcome::Failed)
        .ended("b", Outcome::Refused)
        .call("ask", CallCounter::AttemptRefused, 1)
        .call("ask", CallCounter::AttemptError, 1)
        .call("ask_b", CallCounter::AttemptRefused, 1)
        .call("ask_b", CallCounter::AttemptError, 1);
}

#[test]
fn or_in_all_its_forms() {
    // `fail` is the default; `continue` goes on; an outcome ends the visit with it; steps are
    // done instead, and may fail in turn.
    let ask = |or: &str| format!("{{ call = 's.bad', or = {or} }}");
    let seen = world(SERVICE)
        .user("fails", "0s", &ask("'fail'"))
        .user("goes_on", "0s", &ask("'continue'"))
        .user("word", "0s", &ask("'abandoned'"))
        .user("steps", "0s", &ask("[ { think = '2s' } ]"))
        .user("again", "0s", &ask("[ { call = 's.refuses' } ]"))
        .user("nothing", "0s", &ask("[]"))
        .run();
    seen.marks("goes_on 1s, steps 3s, nothing 1s")
        .never("fails word again")
        .ended("fails", Outcome::Failed)
        .ended("goes_on steps nothing", Outcome::Served)
        .ended("word", Outcome::Abandoned)
        .ended("again", Outcome::Refused);
}

#[test]
fn words_of_the_models_own_are_outcomes_like_the_others() {
    // `leave` and `or` with words of their own; what was taken is given back, since nobody but
    // the served keeps it. a thinks twice: back at 3 after the first visit, which ended at 1.
    let again = "again = { share = '100%', after = '2s', at_most = 1, on = ['bored'] }";
    let seen = world(SERVICE)
        .tables("[stock.seat]\nunits = 1")
        .person("a", "0s", again, "{ think = '1s' }, { leave = 'bored' }")
        .user(
            "b",
            "0s",
            "{ take = 'seat' }, { call = 's.bad', or = 'upset' }",
        )
        .user("c", "1s", "{ take = 'seat' }")
        .user("d", "0s", "{ call = 's.bad', or = 'bored' }")
        .run();
    seen.ended_in("a d", "bored")
        .returned("a", 1)
        .ended_in("b", "upset")
        .marks("c 1s")
        .never("a b d")
        .stock("seat", StockCounter::GivenBack, 1)
        .inside("4s");
}

#[test]
fn a_step_around_catches_what_its_steps_let_fall() {
    // The call has no `or`; the hold around it has: done instead at 1, with the unit given back.
    let hold = "{ hold = 'full', steps = [ { call = 's.bad' }, { mark = 'inside' } ],
                  or = [ { mark = 'instead' } ] }";
    let seen = world(SERVICE)
        .user("a", "0s", hold)
        .user("b", "1s", "{ hold = 'full', steps = [ { think = '1s' } ] }")
        .run();
    seen.marks("instead 1s, a 1s, b 2s").never("inside");
}

#[test]
fn a_failing_turn_ends_a_repeat() {
    // Three turns of 1 s; the second finds the stock empty.
    let steps = "{ repeat = 3, steps = [ { think = '1s' }, { take = 'unit' } ] }";
    let seen = world("[stock.unit]\nunits = 1")
        .user("a", "0s", steps)
        .user("b", "10s", "{ repeat = 3, steps = [ { think = '1s' } ] }")
        .user("c", "20s", "{ repeat = 0, steps = [ { think = '1s' } ] }")
        .run();
    seen.ended("a", Outcome::SoldOut)
        .marks("b 13s, c 20s")
        .inside("5s")
        .stock("unit", StockCounter::Taken, 1)
        .stock("unit", StockCounter::GivenBack, 1);
}

#[test]
fn what_is_taken_is_given_back_unless_the_user_ends_served() {
    // Three units. a takes two at 0 and fails at 1; b takes two at 0.5: only one left; c takes
    // three at 1.5: all there; d takes one at 2: none.
    let take = |units: u32, then: &str| format!("{{ take = 'seat', units = {units} }}{then}");
    let seen = world(SERVICE)
        .tables("[stock.seat]\nunits = 3")
        .user("a", "0s", &take(2, ", { call = 's.bad' }"))
        .user("b", "0.5s", &take(2, ""))
        .user("c", "1.5s", &take(3, ""))
        .user("d", "2s", "{ take = 'seat', or = [ { mark = 'none' } ] }")
        .run();
    seen.marks("c 1.5s, none 2s, d 2s")
        .ended("a", Outcome::Failed)
        .ended("b", Outcome::SoldOut)
        .stock("seat", StockCounter::Taken, 5)
        .stock("seat", StockCounter::GivenBack, 2)
        .stock("seat", StockCounter::SoldOut, 2);
}

#[test]
fn a_user_who_leaves_with_another_word_gives_back_too() {
    let steps = "{ take = 'seat' }, { think = '1s' }, { leave = 'abandoned' }";
    let seen = world("[stock.seat]\nunits = 1")
        .user("a", "0s", steps)
        .user("b", "1s", "{ take = 'seat' }")
        .run();
    // b comes at 1, after a's pause has ended (work before arrivals).
    seen.marks("b 1s")
        .ended("a", Outcome::Abandoned)
        .ended("b", Outcome::Served);
}
