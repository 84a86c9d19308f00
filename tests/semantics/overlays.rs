//! Who has the last word on a value: file, `--set`, the members of `of`, the variant's own `set`,
//! actions in time.

use super::world::{World, world};
use onrush::observation::{Outcome, ServiceLevel};

/// A timeout of a second, changed from all sides; whoever asks learns after it. An action halves
/// what is in force at 20.
const LAYERS: &str = "
    [service.s]
    workers = 9
    endpoint.work = [ { wait = '500s' } ]
    [journey.a]
    steps = [ { name = 'ask', call = 's.work', timeout = '1s', or = [ { mark = 'no' } ] } ]
    [arrivals.early]
    journey = 'a'
    burst = { users = 1, at = '0s' }
    [arrivals.late]
    journey = 'a'
    burst = { users = 1, at = '30s' }
    [action.halve]
    at = '20s'
    set = { 'journey.a.steps.ask.timeout' = '-50%' }
    [variant.triple]
    set = { 'journey.a.steps.ask.timeout' = 'x3' }
    [variant.plus]
    set = { 'journey.a.steps.ask.timeout' = '+2s' }
    [variant.five]
    set = { 'journey.a.steps.ask.timeout' = '5s' }
    [variant.one-way]
    of = ['triple', 'plus']
    set = { 'journey.a.steps.ask.timeout' = 'x2' }
    [variant.other-way]
    of = ['plus', 'triple']
    set = { 'journey.a.steps.ask.timeout' = 'x2' }
    [variant.own-word]
    of = ['five']
    set = { 'journey.a.steps.ask.timeout' = '3s' }";

fn learns(world: World, early: &str, late: &str) {
    world.run().first_last("no", early, late);
}

#[test]
fn the_file_then_set_then_members_in_their_order_then_the_own_set_then_actions() {
    // File 1. `--set +1s` 2. Triple 6, plus 8, own 16; from 20 on 8: 30 + 8.
    let set = || world(LAYERS).set("journey.a.steps.ask.timeout", "+1s");
    learns(set().variant("one-way"), "16s", "38s");
    // Plus 4, triple 12, own 24; from 20 on 12.
    learns(set().variant("other-way"), "24s", "42s");
    // Without a variant 2 and 1; the file alone 1 and 0.5.
    learns(set(), "2s", "31s");
    learns(world(LAYERS), "1s", "30.5s");
}

#[test]
fn an_absolute_value_hides_all_before_it() {
    // Five by the member, three by the variant itself, whatever `--set` said.
    let set = || world(LAYERS).set("journey.a.steps.ask.timeout", "9s");
    learns(set().variant("own-word"), "3s", "31.5s");
    learns(set().variant("five"), "5s", "32.5s");
}

#[test]
fn a_parameter_changes_everything_that_stands_on_it() {
    // $t is 1: a waits 1 and thinks 2 · 1. With `x2` in a variant: 2 and 4.
    let tables = "
        [param.t]
        value = '1s'
        [service.s]
        endpoint.work = [ { wait = '$t' } ]
        [variant.twice]
        set = { 'param.t' = 'x2' }";
    let model = || world(tables).user("a", "0s", "{ call = 's.work' }, { think = '2 * $t' }");
    model().run().marks("a 3s");
    model().variant("twice").run().marks("a 6s");
    model()
        .set("param.t", "5s")
        .variant("twice")
        .run()
        .marks("a 30s");
}

#[test]
fn a_variant_may_lift_a_fault_and_bring_one_back() {
    let tables = "
        [service.s]
        endpoint.work = [ { wait = '5s' } ]
        [fault.crash]
        at = '2s'
        crash = { service = 's' }
        [variant.calm]
        set = { 'fault.crash.on' = false }
        [variant.storm]
        of = ['calm']
        set = { 'fault.crash.on' = true }";
    let model = || world(tables).user("a", "0s", "{ call = 's.work' }");
    model().run().ended("a", Outcome::Failed);
    model().variant("calm").run().marks("a 5s");
    model().variant("storm").run().ended("a", Outcome::Failed);
}

#[test]
fn counts_round_half_up() {
    // Half of 5 servers is 2.5: 3.
    let tables = "
        [service.s]
        servers = 5
        endpoint.work = []";
    let seen = world(tables)
        .set("service.s.servers", "-50%")
        .user("a", "0s", "{ call = 's.work' }")
        .run();
    seen.level("s", ServiceLevel::Nominal, "3000s");
}

#[test]
fn actions_change_what_is_in_force_at_their_effect() {
    // Decided at 0, effect at 10: doubles what then holds. Decided at 5 without delay: 4 servers.
    // 1 for 5 s, 4 for 5 s, 8 for 990 s.
    let tables = "
        [service.s]
        endpoint.work = []
        [action.double]
        at = '0s'
        takes = '10s'
        set = { 'service.s.servers' = 'x2' }
        [action.four]
        at = '5s'
        set = { 'service.s.servers' = 4 }";
    let seen = world(tables).user("a", "0s", "{ call = 's.work' }").run();
    seen.level("s", ServiceLevel::Nominal, "7945s");
}

#[test]
fn actions_of_one_instant_take_effect_by_name() {
    // Where the page leaves it open: `add` before `double`: (1 + 1) · 2.
    let tables = "
        [service.s]
        endpoint.work = []
        [action.double]
        at = '0s'
        set = { 'service.s.servers' = 'x2' }
        [action.add]
        at = '0s'
        set = { 'service.s.servers' = '+1' }";
    let seen = world(tables).user("a", "0s", "{ call = 's.work' }").run();
    seen.level("s", ServiceLevel::Nominal, "4000s");
}

#[test]
fn a_distribution_is_multiplied_as_a_whole() {
    // Twice a mixture is the mixture of twice its parts, by the same luck.
    let tables = "
        [service.s]
        endpoint.work = [ { wait = 'mix(50%: 1s, 50%: exp(4s))' } ]";
    for seed in 1..=5 {
        let model = || {
            world(tables)
                .seed(seed)
                .user("a", "0s", "{ call = 's.work' }")
        };
        let once = model().run().at("a").nanos();
        let twice = model()
            .set("service.s.endpoint.work.steps.1.wait", "x2")
            .run()
            .at("a")
            .nanos();
        assert!((2 * once - twice).abs() <= 2, "{once} {twice}");
    }
}
