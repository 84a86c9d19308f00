//! What runs dry: all of it held by those who wait for more (semantics#dry).

use super::world::world;

#[test]
fn a_pool_is_dry_when_all_who_hold_it_wait_for_more() {
    // Two units, one each for a and b. a asks for another at 1 s: b still works. b asks at 2 s: now
    // both units are held by those who wait, and nothing moves until a gives up at 6 s.
    let tables = "[pool.rows]\nsize = 2";
    let nested = "{ hold = 'rows', timeout = '5s', or = 'continue', steps = [] }";
    let steps =
        |think: &str| format!("{{ hold = 'rows', steps = [ {{ think = '{think}' }}, {nested} ] }}");
    let seen = world(tables)
        .user("a", "0s", &steps("1s"))
        .user("b", "0s", &steps("2s"))
        .run();
    seen.marks("a 6s, b 6s")
        .dried("rows", Some("2s"))
        .counted("pool.rows.dried", 1);
}

#[test]
fn a_pool_that_somebody_else_gives_back_is_not_dry() {
    // As above, but b gives its unit back at 2 s.
    let tables = "[pool.rows]\nsize = 2";
    let seen = world(tables)
        .user(
            "a",
            "0s",
            "{ hold = 'rows', steps = [ { think = '1s' }, { hold = 'rows', steps = [] } ] }",
        )
        .user("b", "0s", "{ hold = 'rows', steps = [ { think = '2s' } ] }")
        .run();
    seen.marks("a 2s, b 2s")
        .dried("rows", None)
        .counted("pool.rows.dried", 0);
}

#[test]
fn a_pool_that_calls_hold_again_is_dry_across_services() {
    // One connection, held while `s` is called, which holds it again.
    let tables = "[pool.lines]\nsize = 1\n\
         [service.s]\nendpoint.one = [ { hold = 'lines', steps = [ { wait = '1s' } ] } ]";
    let steps = "{ hold = 'lines', steps = [ { think = '2s' }, \
                 { call = 's.one', timeout = '3s', or = 'continue' } ] }";
    let seen = world(tables).user("a", "0s", steps).run();
    seen.marks("a 5s").dried("lines", Some("2s"));
}

#[test]
fn workers_are_dry_when_all_of_them_wait_for_another() {
    // Two workers. Each request works for its time and then asks the same service: b at 2 s is the
    // second that waits inside of its own work.
    let tables = "[service.s]\nworkers = 2\n\
         endpoint.slow = [ { wait = '1s' },
         { call = 's.leaf', timeout = '5s', or = 'continue' } ]

         endpoint.slower = [ { wait = '2s' },
         { call = 's.leaf', timeout = '5s', or = 'continue' } ]

         endpoint.leaf = [ { wait = '1s' } ]";
    let seen = world(tables)
        .user("a", "0s", "{ call = 's.slow' }")
        .user("b", "0s", "{ call = 's.slower' }")
        .run();
    // a gives up at 6 s; its worker takes a's call until 7 s, and b's is answered at 8 s or given
    // up at 7 s, which is before.
    seen.marks("a 6s, b 7s")
        .dried("s", Some("2s"))
        .counted("service.s.workers.dried", 1);
}
