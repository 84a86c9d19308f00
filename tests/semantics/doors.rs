//! Rooms with a clock: who is early waits, who is late is turned away.

use super::world::world;
use onrush::observation::{Outcome, RoomCounter, RoomLevel};

#[test]
fn the_early_wait_and_are_let_in_together_in_their_order() {
    // The door opens at 5. b (1) and a (2) wait, and at 5 want the one worker of s: b 5–6,
    // a 6–7. c comes at 8 and walks through.
    let tables = "
        [room.door]
        opens = '5s'
        [service.s]
        endpoint.work = [ { wait = '1s' } ]";
    let steps = "{ enter = 'door' }, { call = 's.work' }";
    let seen = world(tables)
        .user("a", "2s", steps)
        .user("b", "1s", steps)
        .user("c", "8s", steps)
        .run();
    seen.marks("b 6s, a 7s, c 9s")
        .room("door", RoomCounter::Arrived, 3)
        .room("door", RoomCounter::Admitted, 3)
        .room_waits("door", 3, "7s")
        .room_level("door", RoomLevel::Waiting, "7s");
}

#[test]
fn the_late_are_refused() {
    // Open 5–7: at 4 one waits, at 7 the door is closed.
    let door = "[room.door]\nopens = '5s'\ncloses = '7s'";
    let seen = world(door)
        .user("a", "4s", "{ enter = 'door' }")
        .user("b", "6.999s", "{ enter = 'door' }")
        .user("c", "7s", "{ enter = 'door' }")
        .user("d", "8s", "{ enter = 'door', or = [ { mark = 'shut' } ] }")
        .run();
    seen.marks("a 5s, b 6.999s, shut 8s")
        .ended("c", Outcome::Refused)
        .room("door", RoomCounter::Refused, 2);
}

#[test]
fn those_inside_stay_when_the_door_closes() {
    // Inside 6–9, the door closes at 7; the place is kept until the steps end.
    let door = "[room.door]\ncloses = '7s'";
    let seen = world(door)
        .user(
            "a",
            "6s",
            "{ enter = 'door', steps = [ { think = '3s' } ] }, { think = '1s' }",
        )
        .run();
    seen.marks("a 10s")
        .room_level("door", RoomLevel::Inside, "3s");
}

#[test]
fn who_is_early_may_come_before_the_clock_starts() {
    // A crowd from two minutes before T+0: both come 30 s after that, at −90 s, and wait until 0.
    let tables = "
        [room.door]
        opens = '0s'
        [arrivals.fans]
        journey = 'fans'
        crowd = { users = 2, from = '-2m', arrive = '30s' }
        [journey.fans]
        steps = [ { mark = 'here' }, { enter = 'door' }, { mark = 'in' } ]";
    let seen = world(tables).run();
    seen.first_last("here", "-90s", "-90s")
        .first_last("in", "0s", "0s")
        .passed("in", 2)
        .room_waits("door", 2, "180s")
        .inside("180s");
}

#[test]
fn a_user_without_patience_leaves_the_line() {
    let door = "[room.door]\nopens = '5s'";
    let seen = world(door)
        .person(
            "a",
            "0s",
            "patience = { waiting = '3s' }",
            "{ enter = 'door' }",
        )
        .user("b", "1s", "{ enter = 'door' }")
        .run();
    seen.marks("b 5s")
        .ended("a", Outcome::Abandoned)
        .room("door", RoomCounter::Lost, 1)
        .room_waits("door", 2, "7s");
}

#[test]
fn a_door_that_is_switched_off_is_open() {
    let door = "[room.door]\nopens = '5s'\ncloses = '7s'";
    let seen = world(door)
        .set("room.door.on", "false")
        .user("a", "0s", "{ enter = 'door' }")
        .user("b", "9s", "{ enter = 'door' }")
        .run();
    seen.marks("a 0s, b 9s");
}

#[test]
fn an_action_may_open_a_door_early() {
    // Opens at 9; at 4 the order is given for 6 s: those who wait pass then.
    let tables = "
        [room.door]
        opens = '9s'
        [action.early]
        at = '4s'
        set = { 'room.door.opens' = '6s' }";
    let seen = world(tables)
        .user("a", "0s", "{ enter = 'door' }")
        .user("b", "7s", "{ enter = 'door' }")
        .run();
    seen.marks("a 6s, b 7s");
}
