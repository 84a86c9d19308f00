//! Expected work by hand: one core, so the load of a window of ten seconds is its work ÷ 10 s.

use super::*;
use crate::model::files::Files;
use crate::model::{self, Checked};
use crate::program::{self, Asked};
use crate::results::TriggerKind;
use crate::study::trigger::changes_and_overload;
use crate::text::Source;

/// A minute of a journey whose `ask` needs 100 ms of the only core, with what is added.
fn compiled(more: &str) -> (Checked, Program) {
    let text = format!(
        "[model]\nrun_for = '60s'\n[service.s]\nworkers = 1000\ncores = 1\n\
         endpoint.ask = [ {{ cpu = '100ms' }} ]\n{more}"
    );
    let (model, diagnostics) = model::read(Source::new("m.toml", &text), Files::new());
    let model = Checked::new(model).unwrap_or_else(|| panic!("{diagnostics:?}"));
    let program = program::compile(&model, &Asked::default());
    (model, program)
}

fn check(more: &str, expected: &[f64]) {
    let (model, program) = compiled(more);
    let found = loads(&model, &program, &Stations::of(&model), Span::from_secs(10));
    assert_eq!(found.len(), expected.len());
    let one_by_one = (Span::from_secs(10), 1);
    let same = loads_of_some(&model, &program, &Stations::of(&model), one_by_one);
    assert_eq!(same, found);
    for (found_, expected) in found.iter().zip(expected) {
        assert!((found_ - expected).abs() < 1e-9, "{found:?}");
    }
}

/// Three services in turn, the first of which is asked most, and a pool.
#[test]
fn the_busiest_of_many_stations_counts() {
    let journey = "[journey.v]\nsteps = [ { call = 'b.ask' }, { call = 'c.ask' }, \
                   { hold = 'p', steps = [ { call = 's.ask' } ] } ]\n\
                   [pool.p]\nsize = 4\n\
                   [service.b]\nworkers = 9\ncores = 1\nendpoint.ask = [ { cpu = '150ms' } ]\n\
                   [service.c]\nworkers = 9\ncores = 1\nendpoint.ask = [ { cpu = '50ms' } ]";
    check(&format!("{FIVE_A_SECOND}{journey}"), &[0.75; 6]);
}

const FIVE_A_SECOND: &str = "[arrivals.u]\njourney = 'v'\nrate = '5/s'\n";

#[test]
fn work_is_users_times_demand() {
    let journey = "[journey.v]\nsteps = [ { call = 's.ask' } ]";
    check(&format!("{FIVE_A_SECOND}{journey}"), &[0.5; 6]);
}

/// Fifteen seconds of thought: half of the first ten seconds' users come in the second window,
/// half in the third.
#[test]
fn thought_brings_the_work_later() {
    let journey = "[journey.v]\nsteps = [ { think = '15s' }, { call = 's.ask' } ]";
    let expected = [0.0, 0.25, 0.5, 0.5, 0.5, 0.5];
    check(&format!("{FIVE_A_SECOND}{journey}"), &expected);
}

/// Who is early waits for 20 s, so thirty seconds' users come at once; from 45 s on nobody does.
#[test]
fn doors_hold_the_early_and_turn_away_the_late() {
    let journey = "[room.d]\nopens = '20s'\ncloses = '45s'\n\
                   [journey.v]\nsteps = [ { enter = 'd' }, { call = 's.ask' } ]";
    let expected = [0.0, 0.0, 1.5, 0.5, 0.25, 0.0];
    check(&format!("{FIVE_A_SECOND}{journey}"), &expected);
}

/// 150 units, two each: enough for the first 75 users.
#[test]
fn nobody_goes_on_when_it_is_sold_out() {
    let journey = "[stock.t]\nunits = 150\n\
                   [journey.v]\nsteps = [ { take = 't', units = 2 }, { call = 's.ask' } ]";
    let expected = [0.5, 0.25, 0.0, 0.0, 0.0, 0.0];
    check(&format!("{FIVE_A_SECOND}{journey}"), &expected);
}

/// Ten users who think 900 ms and ask for 100 ms make ten visits a second.
#[test]
fn a_closed_population_comes_at_the_pace_of_its_visits() {
    let more = "[arrivals.u]\njourney = 'v'\npopulation = 10\n\
                [journey.v]\nsteps = [ { call = 's.ask' }, { think = '900ms' } ]";
    check(more, &[1.0; 6]);
}

/// Thirty users at 12 s, all in the second window.
#[test]
fn a_burst_comes_in_its_window() {
    let more = "[arrivals.u]\njourney = 'v'\nburst = { users = 30, at = '12s' }\n\
                [journey.v]\nsteps = [ { call = 's.ask' } ]";
    check(more, &[0.0, 0.3, 0.0, 0.0, 0.0, 0.0]);
}

fn trigger(more: &str) -> (TriggerKind, Option<(i64, i64)>) {
    let journey = "[journey.v]\nsteps = [ { call = 's.ask' } ]\n";
    let rate = if more.contains("arrivals") {
        ""
    } else {
        FIVE_A_SECOND
    };
    let (model, program) = compiled(&format!("{rate}{journey}{more}"));
    let (kind, found) = changes_and_overload(&model, &program, &Stations::of(&model));
    let secs = |at: Time| at.nanos() / 1_000_000_000;
    (kind, found.map(|(begin, end)| (secs(begin), secs(end))))
}

#[test]
fn the_trigger_is_what_begins_after_the_first_arrival_and_ends() {
    let slow = |name: &str, when: &str| {
        format!("[fault.{name}]\n{when}\nslow = {{ service = 's', factor = 2 }}\n")
    };
    assert_eq!(trigger(""), (TriggerKind::Onset, None));
    assert_eq!(
        trigger(&slow("a", "at = '0s'\nfor = '5s'")),
        (TriggerKind::Onset, None)
    );
    assert_eq!(trigger(&slow("a", "at = '5s'")), (TriggerKind::Onset, None));
    assert_eq!(
        trigger(&slow("a", "at = '5s'\nfor = '55s'")),
        (TriggerKind::Onset, None)
    );
    let two = slow("a", "at = '5s'\nfor = '5s'") + &slow("b", "at = '8s'\nfor = '12s'");
    assert_eq!(trigger(&two), (TriggerKind::Change, Some((5, 20))));
    let action = "[action.more]\nat = '12s'\ntakes = '3s'\nset = { 'service.s.workers' = 2000 }\n";
    assert_eq!(trigger(action), (TriggerKind::Change, Some((15, 15))));
    let ends = "[recovery]\ntrigger_ends = '30s'\n";
    assert_eq!(trigger(ends), (TriggerKind::Given, Some((30, 30))));
    let both = format!("{action}{ends}");
    assert_eq!(trigger(&both), (TriggerKind::Change, Some((15, 30))));
}

/// 20/s from 20 to 40 s need twice the core.
#[test]
fn overload_is_a_trigger_alone_and_beside_others() {
    let surge = "[arrivals.u]\njourney = 'v'\nstages = [ { rate = '5/s', for = '20s' }, \
                 { rate = '20/s', for = '20s' }, { rate = '5/s' } ]\n";
    assert_eq!(trigger(surge), (TriggerKind::Overload, Some((20, 40))));
    // Scaling by the clock in the middle of it: what was usual is what was before the surge.
    let action = "[action.more]\nat = '30s'\nset = { 'service.s.workers' = 2000 }\n";
    let both = (TriggerKind::ChangeAndOverload, Some((20, 40)));
    assert_eq!(trigger(&format!("{surge}{action}")), both);
    // What lasts to the end is a condition beside an action, and all there is without one.
    let lasting = "[arrivals.u]\njourney = 'v'\nrate = '20/s'\n";
    assert_eq!(trigger(lasting), (TriggerKind::Overload, Some((0, 60))));
    let beside = (TriggerKind::Change, Some((30, 30)));
    assert_eq!(trigger(&format!("{lasting}{action}")), beside);
}
