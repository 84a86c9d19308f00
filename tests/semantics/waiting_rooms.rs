//! Rooms that limit who is inside: places, batches, a pace, a limited line, mixing, losses.

use super::world::{Trace, world};
use onrush::observation::fullness::{Resource, Row};
use onrush::observation::{Outcome, RoomCounter, RoomLevel};

/// A user who enters the room, thinks a second there, and goes on outside for a second more.
const SECOND: &str = "{ enter = 'hall', steps = [ { think = '1s' } ] }, { think = '1s' }";

#[test]
fn a_place_is_free_when_its_steps_end() {
    // One place: a 0–1, b waits 0.5–1, inside 1–2, c waits 0.6–2, inside 2–3. All go on for 1 s.
    let seen = world("[room.hall]\nactive = 1")
        .user("a", "0s", SECOND)
        .user("b", "0.5s", SECOND)
        .user("c", "0.6s", SECOND)
        .run();
    seen.marks("a 2s, b 3s, c 4s")
        .room("hall", RoomCounter::Admitted, 3)
        .room_waits("hall", 3, "1.9s")
        .room_level("hall", RoomLevel::Inside, "3s")
        .room_level("hall", RoomLevel::Waiting, "1.9s");
}

#[test]
fn without_steps_the_place_lasts_until_the_visit_ends() {
    // One place. a is inside from 0 to the end of its visit at 3, though its enter has no steps;
    // a second enter of the same room finds it inside. b waits from 1 to 3.
    let steps = "{ enter = 'hall' }, { think = '1s' }, { enter = 'hall' }, { think = '2s' }";
    let seen = world("[room.hall]\nactive = 1")
        .user("a", "0s", steps)
        .user("b", "1s", "{ enter = 'hall' }")
        .run();
    seen.marks("a 3s, b 3s")
        .room("hall", RoomCounter::Admitted, 3)
        .room_waits("hall", 3, "2s")
        .room_level("hall", RoomLevel::Inside, "3s");
}

#[test]
fn who_keeps_a_place_needs_no_other_for_the_steps_of_a_second_enter() {
    // a is inside from 0 to 3; the steps of its second enter end at 2 and give nothing back, so b
    // waits from 1 to 3. The failure inside at 2 is caught by that enter.
    let steps = "{ enter = 'hall' }, { think = '1s' }, { enter = 'hall', steps = [ \
                 { think = '1s' }, { call = 's.no' } ], or = 'continue' }, { think = '1s' }";
    let seen = world(
        "[room.hall]\nactive = 1\n[service.s]\nservers = 1\nendpoint.no = [ { fail = 'failed' } ]",
    )
    .user("a", "0s", steps)
    .user("b", "1s", "{ enter = 'hall' }")
    .run();
    seen.marks("a 3s, b 3s")
        .room("hall", RoomCounter::Admitted, 3)
        .room_waits("hall", 3, "2s")
        .room_level("hall", RoomLevel::Inside, "3s");
}

#[test]
fn a_visit_that_comes_again_needs_another_place() {
    // a loses patience at 2 inside, and comes again at 5; b has the place from 2 to 6.
    let again = "patience = '2s'\nagain = { share = '100%', after = '3s', at_most = 1 }";
    let seen = world("[room.hall]\nactive = 1")
        .person(
            "a",
            "0s",
            again,
            "{ enter = 'hall' }, { mark = 'in' }, { think = '2.5s' }",
        )
        .user("b", "1s", "{ enter = 'hall' }, { think = '4s' }")
        .run();
    // The second visit waits 5–6, is inside 6–7, and abandons at 7.
    seen.marks("b 6s")
        .first_last("in", "0s", "6s")
        .ended("a", Outcome::Abandoned)
        .room_level("hall", RoomLevel::Inside, "7s");
}

#[test]
fn a_batch_lets_in_as_many_as_there_are_users_and_places_and_the_rest_lapses() {
    // Batches of 3 at 0, 10, 20, 30; four places, of steps that take 15 s. Five wait at 10
    // (from 1): a b c go in at 10, until 25. At 20 one place is free: d, until 35. At 30 three
    // are free: e. f comes at 30 when the batch has passed, although two more could have: 40.
    let steps = "{ enter = 'hall', steps = [ { think = '15s' } ] }";
    let mut world = world("[room.hall]\nactive = 4\nadmit = { users = 3, every = '10s' }");
    for (name, at) in [
        ("a", "1s"),
        ("b", "1.1s"),
        ("c", "1.2s"),
        ("d", "1.3s"),
        ("e", "1.4s"),
    ] {
        world = world.user(name, at, steps);
    }
    let seen = world.user("f", "30s", steps).run();
    seen.marks("a 25s, b 25s, c 25s, d 35s, e 45s, f 55s")
        // 9 + 8.9 + 8.8 + 18.7 + 28.6 + 10.
        .room_waits("hall", 6, "84s");
}

#[test]
fn batches_count_from_the_opening() {
    // Open from 7: batches of one at 7, 17, 27. c comes at 17 exactly, b waits since 8.
    let seen = world("[room.hall]\nopens = '7s'\nadmit = { users = 1, every = '10s' }")
        .user("a", "0s", "{ enter = 'hall' }")
        .user("b", "8s", "{ enter = 'hall' }")
        .user("c", "17s", "{ enter = 'hall' }")
        .run();
    seen.marks("a 7s, b 17s, c 27s");
}

#[test]
fn a_pace_saves_nothing_up_and_lets_the_first_in_at_once() {
    // One in 2 s. a at 1 finds it free; b at 1.5 waits until 3, c until 5. At 20 d is let in at
    // once, e at 20.5 not: what was not used meanwhile is gone.
    let seen = world("[room.hall]\nadmit = '30/min'")
        .user("a", "1s", "{ enter = 'hall' }")
        .user("b", "1.5s", "{ enter = 'hall' }")
        .user("c", "1.6s", "{ enter = 'hall' }")
        .user("d", "20s", "{ enter = 'hall' }")
        .user("e", "20.5s", "{ enter = 'hall' }")
        .run();
    seen.marks("a 1s, b 3s, c 5s, d 20s, e 22s")
        .room_waits("hall", 5, "6.4s");
}

#[test]
fn a_pace_and_places_must_both_allow_it() {
    // One place, one in 2 s. a is inside 0–5: b, due at 2, waits for the place: 5–6 inside; c has
    // the place at 6 and the pace at 7.
    let seen = world("[room.hall]\nactive = 1\nadmit = '0.5/s'")
        .user(
            "a",
            "0s",
            "{ enter = 'hall', steps = [ { think = '5s' } ] }",
        )
        .user(
            "b",
            "1s",
            "{ enter = 'hall', steps = [ { think = '1s' } ] }",
        )
        .user(
            "c",
            "1.5s",
            "{ enter = 'hall', steps = [ { think = '1s' } ] }",
        )
        .run();
    seen.marks("a 5s, b 6s, c 8s");
}

#[test]
fn whoever_finds_the_line_full_is_refused_before_the_opening_too() {
    // At most one waits. a waits for the door until 5, b is refused at 1; from 5 on a has the
    // place, c waits, d is refused.
    let seen = world("[room.hall]\nopens = '5s'\nactive = 1\nqueue = { limit = 1 }")
        .user("a", "0s", SECOND)
        .user("b", "1s", SECOND)
        .user("c", "5.1s", SECOND)
        .user(
            "d",
            "5.2s",
            "{ enter = 'hall', or = [ { mark = 'full' } ] }",
        )
        .run();
    seen.marks("a 7s, c 8s, full 5.2s")
        .ended("b", Outcome::Refused)
        .room("hall", RoomCounter::Refused, 2);
}

#[test]
fn closing_turns_away_those_who_wait_and_nobody_inside() {
    let seen = world("[room.hall]\ncloses = '2.5s'\nactive = 1")
        .user(
            "a",
            "0s",
            "{ enter = 'hall', steps = [ { think = '4s' } ] }",
        )
        .user("b", "1s", SECOND)
        .user("c", "1s", "{ enter = 'hall', or = 'failed' }")
        .run();
    seen.marks("a 4s")
        .ended("b", Outcome::Refused)
        .ended("c", Outcome::Failed)
        .room("hall", RoomCounter::Refused, 2)
        .room_waits("hall", 1, "0s");
}

#[test]
fn those_who_wait_may_be_lost_and_fail() {
    // Lost after 3 s of waiting: b (from 1) at 4, by its `or`; c (from 2) at 5, which is the
    // instant at which a leaves: a departure comes before, so c is inside 5–6.
    let steps = "{ enter = 'hall', steps = [ { think = '1s' } ]";
    let seen = world("[room.hall]\nactive = 1\nlost_waiting = '3s'")
        .user(
            "a",
            "0s",
            "{ enter = 'hall', steps = [ { think = '5s' } ] }",
        )
        .user(
            "b",
            "1s",
            &format!("{steps}, or = [ {{ mark = 'lost' }} ] }}"),
        )
        .user("c", "2s", &format!("{steps} }}"))
        .user("d", "2.5s", &format!("{steps} }}"))
        .run();
    // d, from 2.5, is lost at 5.5.
    seen.marks("a 5s, lost 4s, b 4s, c 6s")
        .never("d")
        .ended("d", Outcome::Failed)
        .room("hall", RoomCounter::Lost, 2)
        .room_waits("hall", 4, "9s");
}

#[test]
fn patience_comes_before_being_lost() {
    // Both at 3: the user has left by then.
    let seen = world("[room.hall]\nopens = '9s'\nlost_waiting = '3s'")
        .person("a", "0s", "patience = '3s'", "{ enter = 'hall' }")
        .run();
    seen.ended("a", Outcome::Abandoned)
        .room("hall", RoomCounter::Lost, 1);
}

#[test]
fn who_waited_and_is_lost_at_entry_has_asked_and_taken_nothing() {
    // The door opens at 25, in the third window; of the two who wait from 1 and 2, in the first,
    // all are lost at entry.
    let seen = world("[room.hall]\nopens = '25s'\nactive = 1\nlost_at_entry = '100%'")
        .head("run_for = '205s'")
        .user("a", "1s", SECOND)
        .user("b", "2s", SECOND)
        .run();
    let full = seen.fullness();
    let hall = |row: &&Row| full.instances[row.instance as usize].resource == Resource::Room(0);
    let asked: Vec<u32> = full.rows.iter().filter(hall).map(|row| row.asked).collect();
    assert_eq!(asked, [2, 0, 0][..asked.len()]);
    seen.ended("a b", Outcome::Failed)
        .room("hall", RoomCounter::Lost, 2)
        .room_waits("hall", 2, "47s")
        .room_level("hall", RoomLevel::Inside, "0s");
}

#[test]
fn who_is_lost_at_entry_frees_the_place() {
    // Everyone is lost at entry: the one place is free at once for the next, who fails too; the
    // pace of one a second is used up all the same.
    let room = "[room.hall]\nactive = 1\nlost_at_entry = '100%'";
    let lost = "{ enter = 'hall', or = [ { mark = 'lost' } ] }";
    let seen = world(room)
        .user("a", "0s", lost)
        .user("b", "0.5s", "{ enter = 'hall' }")
        .run();
    seen.marks("lost 0s, a 0s")
        .ended("b", Outcome::Failed)
        .room("hall", RoomCounter::Admitted, 2)
        .room("hall", RoomCounter::Lost, 2)
        .room_level("hall", RoomLevel::Inside, "0s");
    let seen = world(&format!("{room}\nadmit = '1/s'"))
        .user("a", "0s", lost)
        .user(
            "b",
            "0.5s",
            "{ enter = 'hall', or = [ { mark = 'late' } ] }",
        )
        .run();
    seen.marks("lost 0s, late 1s");
}

/// Ten users come to a door that opens at 20, two later.
fn queue(keys: &str) -> Trace {
    let mut world = world(&format!(
        "[room.hall]\nopens = '20s'\nadmit = '1/s'\n{keys}"
    ));
    for n in 0..10 {
        world = world.user(&format!("u{n}"), &format!("{n}s"), "{ enter = 'hall' }");
    }
    world
        .user("late", "20.5s", "{ enter = 'hall' }")
        .user("later", "20.6s", "{ enter = 'hall' }")
        .run()
}

fn order(seen: &Trace) -> Vec<usize> {
    let mut order: Vec<usize> = (0..10).collect();
    order.sort_by_key(|n| seen.at(&format!("u{n}")));
    order
}

#[test]
fn those_who_wait_at_the_opening_are_mixed_and_the_others_follow() {
    let fair = queue("");
    assert_eq!(order(&fair), (0..10).collect::<Vec<_>>());
    fair.marks("u0 20s, u9 29s, late 30s, later 31s");
    let mixed = queue("shuffle = true");
    let first = order(&mixed);
    assert_ne!(first, (0..10).collect::<Vec<_>>());
    mixed.marks("late 30s, later 31s");
    // Each has luck of its own: where one does not come, the order of the others is the same.
    let luck: Vec<_> = first
        .iter()
        .map(|n| mixed.at(&format!("u{n}")).nanos())
        .collect();
    let seconds: Vec<i64> = (20..30).map(|s| s * 1_000_000_000).collect();
    assert_eq!(luck, seconds);
}

#[test]
fn a_random_order_mixes_everybody() {
    let seen = queue("queue = { order = 'random' }");
    assert_ne!(order(&seen), (0..10).collect::<Vec<_>>());
}

#[test]
fn an_action_may_change_places_and_pace() {
    // One place until 3, then three: b and c go in at 3. A pace of one in 10 s from 6 on, counted
    // from the latest entry at 3: d at 13.
    let stay = "{ enter = 'hall', steps = [ { think = '20s' } ] }";
    let tables = "
        [room.hall]
        active = 1
        [action.more]
        at = '3s'
        set = { 'room.hall.active' = 9 }
        [action.slow]
        at = '6s'
        set = { 'room.hall.admit' = '0.1/s' }";
    let seen = world(tables)
        .user("a", "0s", stay)
        .user("b", "1s", stay)
        .user("c", "2s", stay)
        .user("d", "7s", stay)
        .run();
    seen.marks("a 20s, b 23s, c 23s, d 33s");
}

#[test]
fn a_room_that_is_switched_off_lets_everybody_pass() {
    let tables = "
        [room.hall]
        active = 1
        admit = { users = 1, every = '30s' }
        queue = { limit = 5 }
        lost_waiting = '100s'
        lost_at_entry = '0%'
        [action.off]
        at = '4s'
        set = { 'room.hall.on' = false }";
    let seen = world(tables)
        .user("a", "1s", SECOND)
        .user("b", "2s", SECOND)
        .user("c", "5s", SECOND)
        .run();
    seen.marks("a 6s, b 6s, c 7s");
}

#[test]
fn a_server_that_crashes_lets_its_callers_inside_go_on_or_fail() {
    // The place is kept while the call is under way; the crash at 2 fails it, and the room is free
    // for b, whose call ends at 2 + 1 on the other server.
    let tables = "
        [room.hall]
        active = 1
        [service.s]
        servers = 2
        endpoint.work = [ { wait = '3s' } ]
        [fault.power]
        at = '2s'
        for = '100s'
        crash = { service = 's', servers = 1 }";
    let steps = "{ enter = 'hall', steps = [ { call = 's.work' } ] }";
    let seen = world(tables)
        .user("a", "0s", steps)
        .user("b", "1s", steps)
        .run();
    // Whichever server is hit: either a fails at 2, or it ends at 3; b then has the place.
    let b = seen.at("b").nanos();
    assert!([5_000_000_000, 6_000_000_000].contains(&b), "{b}");
}
