//! Units of stocks that are reserved for a time, and how many are taken.

use super::world::world;
use onrush::observation::{Outcome, StockCounter};

#[test]
fn a_reservation_ends_the_visit_and_gives_the_units_back() {
    // Three units. a takes two at 0 for 5 s and thinks until 9: at 5 it ends `expired`, wherever it
    // is. b wants two at 4 and gets none, although one is left; c gets two at 6 and keeps them.
    let seen = world("[stock.seat]\nunits = 3")
        .user(
            "a",
            "0s",
            "{ take = 'seat', units = 2, keep = '5s' }, { think = '9s' }",
        )
        .user("b", "4s", "{ take = 'seat', units = 2 }")
        .user(
            "c",
            "6s",
            "{ take = 'seat', units = 2, keep = '5s' }, { think = '5s' }",
        )
        .run();
    // The reservation of c ends at 11, when its visit does: work that ends comes before.
    seen.marks("c 11s")
        .never("a b")
        .ended_in("a", "expired")
        .ended("b", Outcome::SoldOut)
        .ended("c", Outcome::Served)
        .stock("seat", StockCounter::Taken, 4)
        .stock("seat", StockCounter::GivenBack, 2)
        .stock("seat", StockCounter::Expired, 2)
        .stock("seat", StockCounter::SoldOut, 1)
        .stock("seat", StockCounter::Sold, 2);
}

#[test]
fn what_happens_then_may_be_a_word_steps_or_nothing() {
    // Each reserves for 2 s and thinks for 3: a ends `late` at 2; b does other steps instead of the
    // rest, and ends `expired`; c leaves in them; d goes on and ends served at 3, without the unit.
    let take = |end: &str| {
        format!("{{ take = 'seat', keep = '2s', expired = {end} }}, {{ think = '3s' }}")
    };
    let seen = world("[stock.seat]\nunits = 9")
        .user("a", "0s", &take("'late'"))
        .user("b", "0s", &take("[ { think = '1s' }, { mark = 'other' } ]"))
        .user("c", "0s", &take("[ { leave = 'served' } ]"))
        .user("d", "0s", &take("'continue'"))
        .run();
    seen.marks("other 3s, d 3s")
        .never("a b c")
        .ended_in("a", "late")
        .ended_in("b", "expired")
        .ended("c d", Outcome::Served)
        .stock("seat", StockCounter::GivenBack, 4)
        .stock("seat", StockCounter::Sold, 0);
}

#[test]
fn a_reservation_that_ends_gives_up_calls_places_and_units_of_pools() {
    // a holds the desk and a place and waits for an answer when its reservation ends at 2: b has
    // both from then on.
    let tables = "
        [stock.seat]
        units = 1
        [pool.desk]
        size = 1
        [room.hall]
        active = 1
        [service.s]
        endpoint.work = [ { wait = '9s' } ]";
    let steps = "{ take = 'seat', keep = '2s' }, { enter = 'hall', steps = [ { hold = 'desk', \
                 steps = [ { call = 's.work' } ] } ] }";
    let other = "{ enter = 'hall', steps = [ { hold = 'desk', steps = [ { think = '1s' } ] } ] }";
    let seen = world(tables)
        .user("a", "0s", steps)
        .user("b", "1s", other)
        .run();
    seen.marks("b 3s").ended_in("a", "expired");
}

#[test]
fn every_reservation_has_a_clock_of_its_own() {
    // The first of two, for 3 s, is continued without; the second, for 5 s, ends the visit at 6.
    let steps = "{ take = 'seat', keep = '3s', expired = 'continue' }, { think = '1s' }, \
                 { take = 'seat', keep = '5s' }, { think = '1h' }";
    let seen = world("[stock.seat]\nunits = 2")
        .user("a", "0s", steps)
        .run();
    seen.ended_in("a", "expired")
        .inside("6s")
        .stock("seat", StockCounter::Expired, 2);
}

#[test]
fn who_starts_over_reserves_anew() {
    // The visit fails at 1 by its call, comes again at 2 and reserves until 6: the clock of the
    // first reservation, at 4, finds nobody.
    let again = "again = { share = '100%', after = '1s', at_most = 1 }";
    let tables = "
        [stock.seat]
        units = 1
        [service.s]
        endpoint.work = [ { wait = '1s' }, { fail = 'failed' } ]
        [fault.none]
        at = '0s'
        for = '1ms'
        pause = { service = 's' }";
    let steps = "{ take = 'seat', keep = '4s' }, { call = 's.work', or = [ { mark = 'no' }, \
                 { choose = [ { share = '100%', steps = [ { leave = 'failed' } ] } ] } ] }";
    let seen = world(tables).person("a", "0s", again, steps).run();
    seen.ended("a", Outcome::Failed)
        .passed("no", 2)
        .stock("seat", StockCounter::Expired, 0)
        .stock("seat", StockCounter::GivenBack, 2);
}

#[test]
fn each_number_of_units_has_the_same_chance() {
    // 4,000 users take 1 to 4 units each: 10,000 on average, with a deviation of 71 of the sum.
    let tables = "
        [stock.seat]
        units = 100_000
        [arrivals.crowd]
        journey = 'crowd'
        burst = { users = 4_000, at = '0s' }
        [journey.crowd]
        steps = [ { take = 'seat', units = 'uniform(1, 4)' } ]";
    let seen = world(tables).run();
    let sold = seen.stock_count("seat", StockCounter::Sold);
    assert!((9_720..=10_280).contains(&sold), "{sold}");
}

#[test]
fn sold_out_at_first_and_for_good() {
    // One unit: taken 1–3 by a, 5–7 by b, from 9 on by c, who keeps it.
    let head = "run_for = '20s'";
    let tables = "
        [stock.seat]
        units = 1
        [[objective]]
        that = 'seat.sold_out_at < 9.5s'
        [[objective]]
        that = 'seat.first_sold_out_at < 1.5s'
        [[objective]]
        that = 'max(seat.left) <= 1'";
    let lost = "{ take = 'seat', keep = '2s' }, { think = '1h' }";
    let seen = world(tables)
        .head(head)
        .user("a", "1s", lost)
        .user("b", "5s", lost)
        .user("c", "9s", "{ take = 'seat' }")
        .run();
    assert_eq!((seen.metric(0), seen.metric(1)), (Some(9.0), Some(1.0)));
}
