//! Metrics that are read while it runs, what they trip, and what that does
//! (semantics#read-while-running, #changes).

use super::world::{Trace, World, world};
use onrush::observation::{CallCounter, ServiceLevel};

/// One worker for everybody: a works 0–10, b waits from 1, c from 2 on.
const LINE: &str = "
    [service.s]
    queue = { shared = true }
    [service.s.endpoint]
    work = [ { wait = '10s' } ]";

fn line() -> World {
    world(LINE)
        .user("a", "0s", "{ call = 's.work' }")
        .user("b", "1s", "{ call = 's.work' }")
        .user("c", "2s", "{ call = 's.work' }")
}

fn trips(when: &str, keys: &str) -> Trace {
    let action =
        format!("[action.more]\nwhen = '{when}'\n{keys}\nset = {{ 'service.s.servers' = '+1' }}");
    line().tables(&action).run()
}

#[test]
fn a_level_is_looked_at_every_second_before_what_happens_then() {
    // At 2 the look sees one in line, for c comes only then; at 3 it sees two: b starts at 3, and c
    // when a or b ends first.
    trips("mean(s.queue) > 1", "").marks("a 10s, b 13s, c 20s");
    // Held at 3, 4, 5 and 6: three seconds. Two more until it takes effect.
    trips("mean(s.queue) > 1 for 3s", "takes = '2s'").marks("a 10s, b 18s, c 20s");
}

#[test]
fn a_window_covers_the_last_complete_seconds_since_the_start() {
    // In line 0 during 0–1, 1 during 1–2, then 2. On average over what there is of five seconds:
    // up to 3 (0+1+2)/3 = 1, up to 4 5/4.
    trips("mean(s.queue, 5s) > 1", "").marks("a 10s, b 14s, c 20s");
    // Of the last two seconds: (1+2)/2 at 3. The most of the last two: 2 at 3. Half of the time: 3.
    trips("mean(s.queue, 2s) > 1", "").marks("b 13s");
    trips("max(s.queue, 2s) >= 2", "").marks("b 13s");
    trips("share(s.queue >= 2, 2s) >= 50%", "").marks("b 13s");
    trips("total(s.queue, 2s) >= 4", "").marks("b 14s");
    // Held workers of all there are: 1 from the start, as soon as there is a second to look at.
    trips("mean(s.utilisation, 60s) > 50%", "").marks("b 11s");
}

#[test]
fn an_action_is_taken_again_only_after_its_time() {
    // Once: b starts at 3, c at 10. Again after 4 s: at 7 nobody else waits but c, so not above 1;
    // with a level of 0 it is: decided at 2 (b has waited since 1) and at 6, where c starts.
    trips("mean(s.queue) > 0", "again_after = '4s'").marks("a 10s, b 12s, c 16s");
    trips("mean(s.queue) > 0", "").marks("a 10s, b 12s, c 20s");
}

/// Nobody but those who look: whether a condition holds at an instant.
fn asks(world: World, at: &str, when: &str) -> bool {
    let steps = format!(
        "{{ choose = [ {{ when = '{when}', steps = [ {{ mark = 'yes' }} ] }}, \
         {{ share = 'rest', steps = [ {{ mark = 'no' }} ] }} ] }}"
    );
    let seen = world.user("z", at, &steps).run();
    let [yes, no] = ["yes", "no"].map(|word| seen.marked(word).is_some());
    assert!(yes != no, "one branch was taken");
    yes
}

#[test]
fn times_and_shares_are_of_what_ended() {
    // Requests end at 10 (a, after 10 s), 20 (b, after 19) and 30 (c, after 28).
    let holds = |at: &str, when: &str| asks(line(), at, when);
    // Nothing has ended by 10: absent is false, either way.
    assert!(!holds("9.5s", "p50(s.work.time, 60s) < 100s"));
    assert!(!holds("9.5s", "p50(s.work.time, 60s) >= 0s"));
    assert!(!holds("9.5s", "share(s.work.ok, 60s) <= 100%"));
    // The second in which a ended is complete at 11.
    assert!(!holds("10.9s", "p50(s.work.time, 60s) <= 10s"));
    assert!(holds("11s", "p50(s.work.time, 60s) <= 10s"));
    assert!(holds("11s", "share(s.work.ok, 60s) >= 100%"));
    // Of one second only: at 11 it is the one of the end, at 12 it is not.
    assert!(holds("11.5s", "count(s.work.ok, 1s) >= 1"));
    assert!(!holds("12s", "count(s.work.ok, 1s) >= 1"));
    assert!(holds("12s", "count(s.work.ok, 1s) < 1"));
    // The ⌈q·n⌉-th of three: 10, 19, 28.
    for (q, seconds) in [(33, 10), (34, 19), (66, 19), (67, 28)] {
        let at_most = format!("p{q}(s.work.time, 60s) <= {seconds}s");
        let less = format!("p{q}(s.work.time, 60s) < {seconds}s");
        assert!(holds("31s", &at_most) && !holds("31s", &less), "p{q}");
    }
    assert!(holds("31s", "mean(s.work.ok.time, 60s) <= 19s"));
    assert!(holds("31s", "rate(s.work.ok, 30s) >= 0.1/s"));
    assert!(!holds("31s", "rate(s.work.ok, 30s) > 0.1/s"));
}

#[test]
fn what_is_given_up_is_longer_than_any_time() {
    let world = || {
        world(LINE).user("a", "0s", "{ call = 's.work' }").user(
            "b",
            "1s",
            "{ name = 'ask', call = 's.work', timeout = '3s', or = 'continue' }",
        )
    };
    // b is given up at 4, and a ends at 10: half of those that ended did well.
    assert!(!asks(world(), "5s", "p50(ask.time, 60s) < 1h"));
    assert!(asks(world(), "5s", "p50(ask.time, 60s) > 1h"));
    assert!(asks(
        world(),
        "5s",
        "share(ask.attempts.timed_out, 60s) >= 100%"
    ));
    assert!(asks(world(), "5s", "share(ask.failed, 60s) >= 100%"));
    assert!(asks(world(), "11s", "share(s.work.ok, 60s) >= 50%"));
    assert!(!asks(world(), "11s", "share(s.work.ok, 60s) > 50%"));
    assert!(asks(world(), "11s", "share(served, 60s) >= 100%"));
}

#[test]
fn branches_with_a_condition_come_first_in_their_order() {
    let choose = |first: &str, second: &str| {
        let branch = |when: &str, mark: &str| {
            format!("{{ when = '{when}', steps = [ {{ mark = '{mark}' }} ] }}")
        };
        let steps = format!(
            "{{ choose = [ {}, {{ share = '100%', steps = [ {{ mark = 'rest' }} ] }}, {} ] }}",
            branch(first, "first"),
            branch(second, "second")
        );
        line().user("z", "5s", &steps).run()
    };
    let (no, yes) = ("mean(s.queue) > 2", "mean(s.queue) > 1");
    choose(yes, yes)
        .marks("first 5s, z 5s")
        .never("second rest");
    choose(no, yes).marks("second 5s, z 5s").never("first rest");
    choose(no, no).marks("rest 5s, z 5s").never("first second");
    // None of them holds, and there is no rest: nothing is done.
    let steps = format!("{{ choose = [ {{ when = '{no}', steps = [ {{ mark = 'none' }} ] }} ] }}");
    let seen = line().user("z", "5s", &steps).run();
    seen.marks("z 5s").never("none");
}

/// Three deeds by one metric, one after the other.
#[test]
fn relative_values_are_reckoned_on_what_is_in_force() {
    // From 3 on two are in line: +1 at 3, doubled 2 s later, one more by the clock at 6: 1, 2, 4,
    // 5; at 8 a number of its own. Asked for over 1000 s: 3·1 + 2·2 + 1·4 + 2·5 + 992·3.
    let seen = line()
        .tables(
            "[action.more]\nwhen = 'mean(s.queue) > 1'\nset = { 'service.s.servers' = '+1' }\n\
             [action.twice]\nwhen = 'mean(s.queue) > 1'\ntakes = '2s'\n\
             set = { 'service.s.servers' = 'x2' }\n\
             [action.one]\nat = '6s'\nset = { 'service.s.servers' = '+1' }\n\
             [action.three]\nat = '8s'\nset = { 'service.s.servers' = 3 }",
        )
        .run();
    seen.level("s", ServiceLevel::Nominal, "2997s");
}

#[test]
fn an_action_may_change_rates_of_sources() {
    // Even gaps of 2 s: users at 2, 4, 6, …; at 5 the rate doubles, with half a gap to go: the
    // third comes 0.5 s later, then one a second: up to the horizon at 20, 2 + 15.
    let seen = world(LINE)
        .head("run_for = '20s'")
        .set("service.s.workers", "100")
        .tables(
            "[arrivals.many]\njourney = 'many'\nrate = '0.5/s'\nspacing = 'even'\n\
             [journey.many]\nsteps = [ { mark = 'many' }, { call = 's.work' } ]\n\
             [action.double]\nwhen = 'count(many, 5s) >= 2'\n\
             set = { 'arrivals.many.scale' = 'x2' }",
        )
        .run();
    seen.passed("many", 17).first_last("many", "2s", "19.5s");
}

#[test]
fn servers_restart_when_they_have_finished() {
    // One at 4 of two: the one chosen works on, gets nothing new, and boots for 3 s after that.
    let restarts = |drain: &str| {
        world(
            "[service.s]\nservers = 2\nboot = '3s'\nbalance = 'least-loaded'\n\
             [service.s.endpoint]\nwork = [ { wait = '10s' } ]",
        )
        .tables(&format!(
            "[action.restart]\nat = '4s'\nrestart = {{ service = 's', drain = {drain} }}"
        ))
        .user(
            "a",
            "0s",
            "{ name = 'ask', call = 's.work', or = 'continue' }",
        )
        .user("b", "5s", "{ call = 's.work', or = 'continue' }")
        .user("c", "14s", "{ call = 's.work' }")
        .run()
    };
    // Server 0 ends a at 10 and is up at 13; server 1 has nothing and is up at 7, so b, who comes
    // at 5, finds none. c is served.
    restarts("true")
        .marks("a 10s, b 5s, c 24s")
        .level("s", ServiceLevel::Up, "1994s");
    // a is lost at 4; both are up at 7.
    let seen = restarts("false");
    seen.marks("a 4s, b 5s, c 24s")
        .level("s", ServiceLevel::Up, "1994s");
    seen.call("ask", CallCounter::AttemptError, 1);
}

#[test]
fn a_fault_begins_when_a_metric_trips_it() {
    // The look of 3 sees two in line: the server stands still until 8, and a ends 5 s later; with 2
    // s of holding the pause is 5–10. It happens once.
    let pause = |when: &str| {
        let fault = format!("[fault.f]\nwhen = '{when}'\nfor = '5s'\npause = {{ service = 's' }}");
        line().tables(&fault).run()
    };
    pause("mean(s.queue) > 1").marks("a 15s, b 25s, c 35s");
    pause("mean(s.queue) > 1 for 2s").marks("a 15s, b 25s, c 35s");
    pause("mean(s.queue) > 2").marks("a 10s, b 20s, c 30s");
}
