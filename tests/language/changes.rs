//! Paths, relative values, the order of overlays, variants, parts and actions.

use super::*;
use onrush::base::time::{Span, Time};
use onrush::model::overlay::Change;

const BASE: &str = r#"[model]
run_for = "1h"
[param.work]
value = "20ms"
[param.crowd]
value = 1000
[arrivals.all]
journey = "visit"
rate = "30/s"
[journey.visit]
steps = [
  { call = "shop.home", timeout = "15s" },
  { choose = [ { share = "40%", steps = [ { name = "pay", call = "shop.home", timeout = "9s" } ] },
               { share = "rest", steps = [] } ] },
]
[service.shop]
servers = 3
workers = 64
network = "exp(10ms)"
queue = { limit = 10 }
endpoint.home = [ { cpu = "exp($work)" } ]
[service.db]
workers = 2
[pool.lock]
size = 1
[fault.slow]
at = "10m"
for = "5m"
slow = { service = "shop", factor = 6 }
[arrivals.fans]
journey = "visit"
crowd = { users = "0.4 * $crowd", from = "-2m", arrive = "exp(1m)" }
"#;

/// The model with one change that must work.
fn with(path: &str, value: &str) -> Model {
    let (model, found) = base().with(&[Change::new(path, value)]);
    assert!(model.is_sound(), "{path}={value}: {found:?}");
    model
}

fn base() -> Model {
    let (model, found) = read(BASE);
    assert!(model.is_sound(), "{found:?}");
    model
}

/// What the user sees when one change does not work.
fn refused(path: &str, value: &str) -> String {
    let (model, diagnostics) = base().with(&[Change::new(path, value)]);
    assert!(!model.is_sound(), "{path}={value} is refused");
    render(&diagnostics, model.sources(), Colour::Plain, Frame::Ascii)
}

#[test]
fn counts_multiply_and_round_half_up() {
    assert_eq!(
        with("service.shop.servers", "x2").services["shop"].servers,
        6
    );
    assert_eq!(
        with("service.shop.servers", "x1.5").services["shop"].servers,
        5
    );
    assert_eq!(
        with("service.shop.servers", "-50%").services["shop"].servers,
        2
    );
    assert_eq!(
        with("service.shop.servers", "+10").services["shop"].servers,
        13
    );
    assert_eq!(
        with("service.shop.servers", "7").services["shop"].servers,
        7
    );
    assert_eq!(
        with("service.db.servers", "x3").services["db"].servers,
        3,
        "of the default"
    );
}

#[test]
fn distributions_multiply_in_all_their_times() {
    let mean = |model: &Model| {
        model.services["shop"]
            .network
            .mean()
            .map(|m| (m * 1e6).round() as i64)
    };
    assert_eq!(mean(&with("service.shop.network", "x2")), Some(20_000));
    assert_eq!(mean(&with("service.shop.network", "-20%")), Some(8_000));
    assert_eq!(mean(&with("service.shop.network", "5ms")), Some(5_000));
}

#[test]
fn shares_durations_and_rates_change_in_their_units() {
    let share = |model: &Model| match &model.journeys["visit"].steps[1].kind {
        onrush::model::step::StepKind::Choose(branches) => {
            (branches[0].share * 1000.0).round() as i64
        }
        _ => panic!("the second step chooses"),
    };
    let path = "journey.visit.steps.2.choose.1.share";
    assert_eq!(share(&with(path, "-20%")), 320);
    let lasts = |value: &str| with("fault.slow.for", value).faults["slow"].lasts;
    assert_eq!(
        lasts("+10"),
        Some(Span::from_secs(15 * 60)),
        "in the unit that is written"
    );
    assert_eq!(lasts("+30s"), Some(Span::from_secs(330)));
    assert_eq!(lasts("x2"), Some(Span::from_secs(600)));
    let users = |value: &str| {
        let model = with("arrivals.all.rate", value);
        model.arrivals["all"]
            .users_expected(model.horizon())
            .round() as i64
    };
    assert_eq!(users("+10"), 40 * 3600);
    assert_eq!(users("x0.5"), 15 * 3600);
}

#[test]
fn an_instant_before_the_start_is_no_relative_value() {
    let model = with("arrivals.fans.crowd.from", "-5m");
    assert_eq!(model.begins(), Time::ZERO - Span::from_secs(300));
}

#[test]
fn parameters_change_wherever_they_are_used() {
    let model = with("param.crowd", "x2");
    assert_eq!(
        model.arrivals["fans"]
            .users_expected(model.horizon())
            .round() as i64,
        800
    );
    let model = with("param.work.value", "3ms");
    assert_eq!(model.params["work"].written, "3ms");
}

#[test]
fn wildcards_reach_every_name_also_where_nothing_is_written() {
    let model = with("service.*.queue.limit", "7");
    let limits: Vec<Option<u64>> = model.services.values().map(|one| one.queue.limit).collect();
    assert_eq!(limits, [Some(7), Some(7)]);
}

#[test]
fn steps_are_found_by_name_at_any_depth_and_by_number() {
    use onrush::model::step::{Step, StepKind};
    fn timeouts(steps: &[Step], found: &mut Vec<Option<Span>>) {
        for step in steps {
            step.visit(&mut |step| {
                if let StepKind::Call(call) = &step.kind {
                    found.push(call.timeout);
                }
            });
        }
    }
    let of = |model: &Model| {
        let mut found = Vec::new();
        timeouts(&model.journeys["visit"].steps, &mut found);
        found
    };
    let secs = |s| Some(Span::from_secs(s));
    assert_eq!(
        of(&with("journey.visit.steps.pay.timeout", "1s")),
        [secs(15), secs(1)]
    );
    assert_eq!(
        of(&with("journey.visit.steps.1.timeout", "1s")),
        [secs(1), secs(9)]
    );
    let cpu = with("service.shop.endpoint.home.steps.1.cpu", "x2");
    let StepKind::Cpu(law) = &cpu.services["shop"].endpoints["home"].steps[0].kind else {
        panic!("the step is work")
    };
    assert_eq!(law.mean().map(|mean| (mean * 1e3).round() as i64), Some(40));
}

#[test]
fn whole_lists_and_switches_can_be_set() {
    let model = with("journey.visit.steps", "[ { think = \"1s\" } ]");
    assert_eq!(model.journeys["visit"].steps.len(), 1);
    assert!(with("fault.slow.on", "false").faults.is_empty());
}

#[test]
fn a_change_from_outside_is_shown_in_its_own_text() {
    insta::assert_snapshot!(refused("service.shop.severs", "x2"), @r"
    error[E070]: nothing is at the path `service.shop.severs`
     --> --set:1:1
      |
    1 | service.shop.severs=x2
      | ^^^^^^^^^^^^^^^^^^^
      |
      = help: did you mean `service.shop.servers`?
    ");
    insta::assert_snapshot!(refused("service.shop.network", "20"), @r#"
    error[E021]: `20` has no unit
     --> --set:1:22
      |
    1 | service.shop.network=20
      |                      ^^ expected a duration or a distribution of durations
      |
      = help: write "20s" for seconds, or "20ms"
    "#);
    insta::assert_snapshot!(refused("service.shop.workers", "-100%"), @r"
    error[E006]: `0` is out of range
     --> --set:1:22
      |
    1 | service.shop.workers=-100%
      |                      ^^^^^ expected a whole number, at least 1
    ");
}

/// File, `--set`, members in order, own `set`: each on what is there by then.
#[test]
fn overlays_apply_in_their_order() {
    let text = format!(
        "{BASE}[variant.double]\nset = {{ \"service.shop.servers\" = \"x2\" }}\n\
         [variant.more]\nset = {{ \"service.shop.servers\" = \"+1\" }}\n\
         [variant.one]\nof = [\"double\", \"more\"]\n\
         set = {{ \"service.shop.servers\" = \"x10\" }}\n\
         [variant.two]\nof = [\"more\", \"double\"]\n\
         [action.later]\nat = \"20m\"\nset = {{ \"service.shop.servers\" = \"+100\" }}\n"
    );
    let (model, found) = read(&text);
    assert!(model.is_sound(), "{found:?}");
    let servers = |model: &Model, name: &str| {
        let (changed, _) = model.variant(name).expect("the variant exists");
        let action = changed.actions["later"].clone();
        let (after, _) = changed.after(&action);
        (
            changed.services["shop"].servers,
            after.services["shop"].servers,
        )
    };
    assert_eq!(
        servers(&model, "one"),
        ((3 * 2 + 1) * 10, (3 * 2 + 1) * 10 + 100)
    );
    assert_eq!(servers(&model, "two"), ((3 + 1) * 2, (3 + 1) * 2 + 100));
    let (set, _) = model.with(&[Change::new("service.shop.servers", "5")]);
    assert_eq!(servers(&set, "two"), ((5 + 1) * 2, (5 + 1) * 2 + 100));
}

#[test]
fn parts_are_members_or_entries() {
    let text = format!(
        "{BASE}[variant.a]\n\
         set = {{ \"service.shop.servers\" = \"x2\", \"service.db.workers\" = 9 }}\n\
         [variant.b]\nset = {{ pool.lock.size = 2 }}\n[variant.ab]\nof = [\"a\", \"b\"]\n\
         [variant.abc]\nof = [\"ab\"]\nset = {{ \"service.db.servers\" = 2 }}\n"
    );
    let (model, found) = read(&text);
    assert!(model.is_sound(), "{found:?}");
    let names = |variant: &str| {
        let parts = model.parts(variant).expect("the variant exists");
        parts
            .into_iter()
            .map(|part| (part.name, part.changes.len()))
            .collect::<Vec<_>>()
    };
    let part = |name: &str, changes: usize| (name.to_owned(), changes);
    assert_eq!(
        names("a"),
        [
            part("service.shop.servers", 1),
            part("service.db.workers", 1)
        ]
    );
    assert_eq!(
        names("b"),
        [part("pool.lock.size", 1)],
        "nested keys are paths too"
    );
    assert_eq!(names("ab"), [part("a", 2), part("b", 1)]);
    assert_eq!(names("abc"), [part("ab", 3), part("abc: own changes", 1)]);
    let all: Vec<Change> = model
        .parts("abc")
        .expect("it exists")
        .into_iter()
        .flat_map(|part| part.changes)
        .collect();
    assert_eq!(Some(all), model.changes("abc"));
}

#[test]
fn the_model_as_run_reads_back_as_itself() {
    let model = with("service.shop.servers", "x2");
    let written = model.written();
    let (again, found) = read(&written);
    assert!(again.is_sound(), "{found:?}\n{written}");
    assert_eq!(again.services["shop"].servers, 6);
    assert_eq!(again.written(), written);
    assert_eq!(again.capacity(), model.capacity());
}
