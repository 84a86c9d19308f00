//! What servers tell their callers with each answer, and callers that heed it (semantics#told,
//! #credits).

use super::world::{Trace, World, world};
use onrush::observation::{CallCounter, MessageCounter, Outcome, ServiceCounter};

/// A service that calls a database with one worker, which needs a tenth of a second and admits by
/// levels: three of them, for there is one a class, and traffic without one has priority 100.
fn dagor(keys: &str, more: &str) -> World {
    world(&format!(
        "[class.first]\npriority = 1\n[class.last]\npriority = 200\n\
         [service.app]\nworkers = 9\nendpoint.ask = [ {{ call = 'db.one' }} ]\n\
         endpoint.tell = [ {{ send = 'db.one' }} ]\n\
         [service.db]\nlimiter = {{ kind = 'dagor', levels = 1{keys} }}\n\
         endpoint.one = [ {{ wait = '0.1s' }} ]\n{more}"
    ))
}

/// Users who ask `app` at these instants: of class `last` if their name begins with b, `first`
/// with g, none with any other.
fn asks(world: World, at: &str, step: &str) -> World {
    let users = at.split(' ').map(|at| at.split_once('=').expect("name=at"));
    users.fold(world, |world, (name, at)| {
        let class = match &name[..1] {
            "b" => ", class = 'last'",
            "g" => ", class = 'first'",
            _ => "",
        };
        world.user(name, at, &format!("{{ {step}{class} }}"))
    })
}

/// b1 and b2 come at once, so that b2 waits for 0.1 s: 0.05 s in the mean. g1 ends the window at
/// 1.05 s: overload, and of 2 only 1.9 may come, so that the last level goes, with all who came.
/// The answer to g1 tells that at 1.15 s. b3 at 1.2 s is of that level; u4 is not. The next window
/// ends with g2 at 2.1 s, without a wait: of 2 who were let in 2.02 may come, and the last level
/// is back, told at 2.2 s, before b5.
const COME: &str = "b1=0s b2=0s g1=1.05s b3=1.2s u4=1.3s g2=2.1s b5=2.3s";

fn stopped(seen: &Trace, stopped: u64, refused: u64) {
    seen.counted("service.db.limiter.stopped", stopped)
        .counted("service.db.limiter.refused", refused)
        .call("app.ask>db.one", CallCounter::AttemptStopped, stopped);
}

#[test]
fn a_caller_stops_what_the_level_it_was_told_would_refuse() {
    let seen = asks(dagor("", ""), COME, "call = 'app.ask'").run();
    seen.marks("b1 0.1s, b2 0.2s, g1 1.15s, u4 1.4s, g2 2.2s, b5 2.4s")
        .ended("b3", Outcome::Failed)
        .service("db", ServiceCounter::Arrived, 6);
    stopped(&seen, 1, 0);
    // Who is told nothing sends b3, which is refused at the server, and nothing else changes.
    let seen = asks(dagor(", tells = false", ""), COME, "call = 'app.ask'").run();
    seen.marks("b1 0.1s, b2 0.2s, g1 1.15s, u4 1.4s, g2 2.2s, b5 2.4s")
        .ended("b3", Outcome::Failed)
        .service("db", ServiceCounter::Arrived, 7)
        .counted("service.db.limiter.refused", 1);
}

#[test]
fn a_user_is_told_nothing() {
    let seen = asks(dagor("", ""), COME, "call = 'db.one'").run();
    seen.service("db", ServiceCounter::Arrived, 7)
        .counted("service.db.limiter.stopped", 0)
        .counted("service.db.limiter.refused", 1);
}

#[test]
fn what_was_told_holds_for_a_window() {
    // The answer to g1 tells the level at 1.15 s; at 2.149 s it still holds, and b3 is stopped. At
    // 2.15 s it does not: b4 is sent. It is the first whom the server sees since 1.05 s, and ends a
    // window in which one was let in and one stopped: the last level is back.
    let come = "b1=0s b2=0s g1=1.05s b3=2.149s b4=2.15s";
    let seen = asks(dagor("", ""), come, "call = 'app.ask'").run();
    seen.marks("g1 1.15s, b4 2.25s")
        .ended("b3", Outcome::Failed)
        .service("db", ServiceCounter::Arrived, 4);
    stopped(&seen, 1, 0);
}

#[test]
fn each_instance_knows_what_it_was_told_and_a_crash_forgets() {
    // Two servers of `app` take turns: b1, g1 and b4 by the first, b2, b3 and b5 by the second,
    // which has heard nothing since the level changed: b3 is sent, refused, and brings the word.
    // So b4 and b5 are stopped.
    let come = "b1=0s b2=0s g1=1.05s b3=1.2s b4=1.3s b5=1.4s";
    let two = || asks(dagor("", ""), come, "call = 'app.ask'").set("service.app.servers", "2");
    let seen = two().run();
    seen.marks("b1 0.1s, b2 0.2s, g1 1.15s")
        .service("db", ServiceCounter::Arrived, 4);
    stopped(&seen, 2, 1);
    // The first crashes and is up at once: it knows nothing, sends b4, and hears it from that.
    let crash = "[fault.f]\nat = '1.25s'\nfor = '0.01s'\n\
                 crash = { service = 'app', servers = { numbers = [1] } }";
    let seen = two().tables(crash).run();
    seen.service("db", ServiceCounter::Arrived, 5);
    stopped(&seen, 1, 2);
}

#[test]
fn each_server_has_a_level_of_its_own() {
    // The servers of `db` take turns: b1, b3, g1 and b5 at the first; b2, b4 and b6 at the second.
    // b3 and b4 wait: both are overloaded. g1 ends the window of the first server, whose answer
    // tells that the last level is out: b5 is stopped. Nobody was told of the second: b6 is sent,
    // ends its window, and is refused.
    let come = "b1=0s b2=0s b3=0s b4=0s g1=1.05s b6=1.2s b5=1.3s";
    let seen = asks(dagor("", ""), come, "call = 'app.ask'").set("service.db.servers", "2");
    let seen = seen.run();
    seen.marks("b1 0.1s, b2 0.1s, b3 0.2s, b4 0.2s, g1 1.15s");
    stopped(&seen, 1, 1);
}

#[test]
fn a_message_of_a_level_that_is_refused_is_lost_at_its_sender() {
    // As in the first trace, but b3 is a message: it is stopped, and nobody hears of it.
    let come = "b1=0s b2=0s g1=1.05s";
    let world = asks(dagor("", ""), come, "call = 'app.ask'");
    let seen = asks(world, "b3=1.2s", "call = 'app.tell'").run();
    seen.service("db", ServiceCounter::Arrived, 3)
        .message("db.one", MessageCounter::Undelivered, 1)
        .counted("service.db.limiter.stopped", 1);
}

/// A database that serves fifty a second, asked for 160 by two services of two servers each, and
/// to which a refusal costs 5 ms.
fn saturated(keys: &str) -> Trace {
    world(&format!(
        "[arrivals.web]\njourney = 'web'\nrate = '80/s'\n\
         [arrivals.app]\njourney = 'app'\nrate = '80/s'\n\
         [journey.web]\nsteps = [ {{ call = 'web.ask', timeout = '1s' }} ]\n\
         [journey.app]\nsteps = [ {{ call = 'app.ask', timeout = '1s' }} ]\n\
         [service.web]\nservers = 2\nworkers = 500\nendpoint.ask = [ {{ call = 'db.one' }} ]\n\
         [service.app]\nservers = 2\nworkers = 500\nendpoint.ask = [ {{ call = 'db.one' }} ]\n\
         [service.db]\nnetwork = '1ms'\nrefuse_cost = '5ms'\nqueue = {{ limit = 50 }}\n\
         limiter = {{ {keys} }}\n\
         endpoint.one = [ {{ cpu = '20ms' }} ]"
    ))
    .head("run_for = '120s'")
    .run()
}

#[test]
fn the_server_refuses_less_when_its_callers_know_the_level_and_serves_no_less() {
    let (told, silent) = (
        saturated("kind = 'dagor'"),
        saturated("kind = 'dagor', tells = false"),
    );
    let refused = [&told, &silent].map(|seen| seen.tallied("service.db.limiter.refused"));
    let served = [&told, &silent].map(|seen| seen.done("db"));
    println!("refused {refused:?}, served {served:?}");
    assert!(refused[0] * 10 < refused[1], "{refused:?}");
    assert!(served[0] >= served[1], "{served:?}");
}

/// A service that calls a database with one worker, which needs a tenth of a second and has two
/// credits to grant; who waits for one waits for a quarter of a second.
fn breakwater(keys: &str, more: &str) -> World {
    world(&format!(
        "[class.last]\npriority = 200\n\
         [service.app]\nworkers = 9\nendpoint.ask = [ {{ call = 'db.one' }} ]\n\
         endpoint.hurry = [ {{ call = 'db.one', timeout = '50ms' }} ]\n\
         [service.db]\nlimiter = {{ kind = 'breakwater', target = '100ms', initial = 2, \
         every = '9s'{keys} }}\n\
         endpoint.one = [ {{ wait = '0.1s' }} ]\n{more}"
    ))
}

#[test]
fn a_caller_spends_a_credit_for_each_attempt_and_others_wait_for_one() {
    // a asks with the credit that everybody has, and b to e wait. Its answer at 0.1 s brings both
    // credits: it wanted one, and one more is left. b and c are sent; c waits at the database. b
    // ends at 0.2 s, and d is sent. e has waited for 0.25 s, and is stopped.
    let come = "a=0s b=0s c=0s d=0s e=0s";
    let seen = asks(breakwater("", ""), come, "call = 'app.ask'").run();
    seen.marks("a 0.1s, b 0.2s, c 0.3s, d 0.4s")
        .ended("e", Outcome::Failed)
        .service("db", ServiceCounter::Arrived, 4)
        .counted("service.db.limiter.waited", 4)
        .counted("service.db.limiter.stopped", 1)
        .counted("service.db.limiter.refused", 0)
        .call("app.ask>db.one", CallCounter::AttemptStopped, 1);
    // With a shorter wait d is stopped too, at 0.15 s.
    let seen = asks(breakwater(", wait = '0.15s'", ""), come, "call = 'app.ask'").run();
    seen.marks("a 0.1s, b 0.2s, c 0.3s")
        .counted("service.db.limiter.stopped", 2);
}

#[test]
fn who_gives_up_waiting_for_a_credit_leaves_it_to_the_next() {
    // h waits for a, and gives up after 0.05 s; b, who came behind it, has the first credit.
    let world = asks(breakwater("", ""), "a=0s b=0.02s", "call = 'app.ask'");
    let seen = asks(world, "h=0.01s", "call = 'app.hurry'").run();
    seen.marks("a 0.1s, b 0.2s")
        .ended("h", Outcome::Failed)
        .service("db", ServiceCounter::Arrived, 2)
        .call("app.hurry>db.one", CallCounter::AttemptTimedOut, 1)
        .counted("service.db.limiter.waited", 2)
        .counted("service.db.limiter.stopped", 0);
}

#[test]
fn a_caller_that_crashes_has_no_credits_and_nobody_waits_for_one() {
    // a is under way and b waits when `app` crashes at 0.05 s; both fail. c finds nobody before it
    // at 0.5 s, and asks with the credit that everybody has; d waits for its answer.
    let crash = "[fault.f]\nat = '50ms'\nfor = '10ms'\ncrash = { service = 'app' }";
    let come = "a=0s b=0s c=0.5s d=0.5s";
    let seen = asks(breakwater("", crash), come, "call = 'app.ask'").run();
    seen.marks("c 0.6s, d 0.7s")
        .service("db", ServiceCounter::Arrived, 3)
        .counted("service.db.limiter.waited", 2);
}

#[test]
fn the_server_refuses_less_when_its_callers_have_credits_and_serves_no_less() {
    let saturated = |keys: &str| saturated(&format!("kind = 'breakwater', target = '60ms'{keys}"));
    let (told, silent) = (saturated(""), saturated(", tells = false"));
    let refused = [&told, &silent].map(|seen| seen.tallied("service.db.limiter.refused"));
    let served = [&told, &silent].map(|seen| seen.done("db"));
    println!("refused {refused:?}, served {served:?}");
    assert!(refused[0] * 5 < refused[1], "{refused:?}");
    assert!(served[0] >= served[1], "{served:?}");
}
