//! Servers that a balancer leaves out: after failures in a row, or after missed checks
//! (semantics#health).

use super::world::{World, world};
use onrush::observation::Outcome;

/// Two servers in turn, the first of which is down for a while, and eleven users, a second apart.
fn two(keys: &str, crash: &str) -> World {
    let crash = format!("crash = {{ service = 's', servers = {{ numbers = [1] }}{crash} }}");
    let tables = format!(
        "[service.s]\nservers = 2\n{keys}\nendpoint.one = [ {{ wait = '0.1s' }} ]\n\
         [fault.f]\nat = '0.5s'\nfor = '8.5s'\n{crash}"
    );
    let names = "a b c d e f g h i j k".split(' ').enumerate();
    names.fold(world(&tables), |world, (second, name)| {
        world.user(name, &format!("{second}s"), "{ call = 's.one' }")
    })
}

#[test]
fn failures_in_a_row_eject_a_server_for_a_while() {
    // The first is down from 0.5 to 9, which the balancer does not notice. c at 2 and e at 4 are
    // refused there: ejected from 4 to 6. At 6, its turn, g fails, and i at 8: two in a row again,
    // for the second time within the interval: ejected for 4, until 12. j and k go to the second.
    let keys = "eject = { consecutive = 2, base = '2s', at_most = '50%' }";
    let seen = two(keys, ", noticed_after = '99s'").run();
    seen.ended("c e g i", Outcome::Refused)
        .marks("a 0.1s, b 1.1s, d 3.1s, f 5.1s, h 7.1s, j 9.1s, k 10.1s")
        .mechanism("service.s.eject", "ejected", 2);
}

#[test]
fn ejection_that_an_action_adds_ejects_and_counts_nothing() {
    // As above, but from 3 on: e fails at 4 and g at 6, which is ejected for 2, until 8: its turn
    // comes with i, which fails.
    let added = "[action.add]\nat = '3s'\nset = { \"service.s.eject.consecutive\" = 2, \
                 \"service.s.eject.base\" = '1.5s', \"service.s.eject.at_most\" = '50%' }";
    let crash = format!(", noticed_after = '99s' }}\n{added}\n#");
    let seen = two("", &crash).run();
    seen.ended("c e g i", Outcome::Refused);
}

#[test]
fn no_more_than_a_part_of_the_servers_is_ejected_but_one() {
    // A tenth of two is none, but one may always be.
    let keys = "eject = { consecutive = 1, base = '99s' }";
    let seen = two(keys, ", noticed_after = '99s'").run();
    seen.ended("c", Outcome::Refused)
        .marks("a 0.1s, b 1.1s, d 3.1s, e 4.1s, f 5.1s, k 10.1s");
}

#[test]
fn where_too_few_are_left_all_are_used() {
    let keys = "eject = { consecutive = 1, base = '99s', panic = '60%' }";
    let seen = two(keys, ", noticed_after = '99s'").run();
    seen.ended("c e g i", Outcome::Refused);
}

#[test]
fn a_crash_is_noticed_by_missed_checks_and_its_end_by_good_ones() {
    // Checks at 2, 4, 6, 8, 10. The first server is down from 0.5 to 9: those of 2 and 4 count as
    // missed at 2.5 and at 4.5, so c and e still go there. From then on all go to the second, until
    // the check of 10 is good: k, whose turn it is, has the first.
    let keys = "health = { every = '2s', timeout = '0.5s', fall = 2, rise = 1 }";
    let seen = two(keys, "").run();
    seen.ended("c e", Outcome::Refused)
        .marks("a 0.1s, b 1.1s, d 3.1s, f 5.1s, g 6.1s, h 7.1s, i 8.1s, j 9.1s, k 10.1s")
        .mechanism("service.s.health", "fallen", 1);
}

/// A service of two servers that are checked by what `ping` does, and users who hold the first.
fn pinged(work: &str, crowd: &[(&str, &str)]) -> World {
    let tables = format!(
        "[service.s]\nservers = 2\nnetwork = '0.1s'\n\
         health = {{ every = '2s', timeout = '0.5s', fall = 1, rise = 1, call = 'ping' }}\n\
         endpoint.ping = [ {{ cpu = '{work}' }} ]\nendpoint.one = [ {{ cpu = '1s' }} ]\n\
         endpoint.long = [ {{ cpu = '3s' }} ]"
    );
    let users = crowd.iter();
    users.fold(world(&tables), |world, (name, at)| {
        let what = if *name == "hog" { "long" } else { "one" };
        world.user(name, at, &format!("{{ call = 's.{what}' }}"))
    })
}

#[test]
fn a_check_that_asks_an_endpoint_waits_like_others_so_overload_fails_it() {
    // The hog has the first server from 1.1 to 4.1. The check of 2 s arrives there at 2.1, waits
    // and counts as missed at 2.5; so a and b, who arrive at 3.1 and 3.3, both go to the second: b
    // has it from 4.1 to 5.1. The checks of 4 s arrive at 4.1: at the first server after the one of
    // 2 s, so that it is done at 4.3 and answered at 4.4; at the second behind b, so that it is
    // missed at 4.5. c, who arrives at 5.1, finds the first alone.
    let seen = pinged(
        "0.1s",
        &[("hog", "1s"), ("a", "3s"), ("b", "3.2s"), ("c", "5s")],
    )
    .run();
    seen.marks("hog 4.2s, a 4.2s, b 5.2s, c 6.2s")
        .mechanism("service.s.health", "fallen", 2);
}

#[test]
fn an_answer_that_comes_at_the_end_of_its_time_is_in_time() {
    // Both ways and the work take half a second, which is all there is; with a millisecond more
    // every check is missed, and nobody is used any more.
    let seen = pinged("0.3s", &[("a", "1s"), ("b", "5s")]).run();
    seen.marks("a 2.2s, b 6.2s")
        .mechanism("service.s.health", "fallen", 0);
    let seen = pinged("0.301s", &[("a", "1s"), ("b", "5s")]).run();
    seen.marks("a 2.2s")
        .ended("b", Outcome::Refused)
        .mechanism("service.s.health", "fallen", 2);
}
