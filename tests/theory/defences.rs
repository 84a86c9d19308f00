//! Defences at callers against published figures, and a storm that shows what each is worth.
//!
//! P8(e) and P9 are arithmetic of the SRE book (chapters 21 and 22), P10 follows from gRFC A6 and
//! from Finagle's `RetryBudget`; the storm is the running example of HotOS 2025.

use onrush::model::{self, Checked, files::Files};
use onrush::study::{Attribute, Effort, Onlooker, Plan, Silent, run};
use onrush::text::Source;
use statrs::distribution::{Beta, ContinuousCDF};

use crate::replicate::{Question, checked, replicate, threads};

const STORM: &str = include_str!("storm.toml");

/// The means of some metrics over four replications of a model.
fn means(text: &str, metrics: &[&str]) -> Vec<f64> {
    let question = Question::new(&checked(text, &[]), metrics);
    let answers = |seen| question.answers(&seen);
    let all = replicate(&question.program, 11, 4, threads(), &answers);
    let of = |at: usize| {
        let values = all.iter().map(|one| one[at].expect("it is answered"));
        values.sum::<f64>() / all.len() as f64
    };
    (0..metrics.len()).map(of).collect()
}

/// A hundred requests a second, of which this share fails, and three attempts each.
fn failing(share: &str, budget: &str) -> String {
    format!(
        "[model]\nrun_for = '300s'\n[arrivals.a]\njourney = 'j'\nrate = '100/s'\n\
         [journey.j]\nsteps = [ {{ name = 'ask', call = 's.ask', retry = 'p' }} ]\n\
         [service.s]\nworkers = 100\nendpoint.ask = [ {{ wait = '10ms' }} ]\n\
         [retry.p]\nattempts = 3\nscope = 'service'\n\
         backoff = {{ kind = 'constant', base = '100ms' }}\n{budget}\n\
         [fault.f]\nat = '0s'\nerror = {{ service = 's', share = '{share}' }}"
    )
}

#[test]
fn a_budget_of_ten_percent_turns_threefold_load_into_a_tenth_more() {
    // P8(e): with 3 attempts each "just under 3x" (a few are still under way at the end), with a
    // budget of 10 % "1.1x".
    let metric = ["mean(ask.amplification)"];
    let without = means(&failing("100%", ""), &metric)[0];
    assert!((2.99..=3.0).contains(&without), "{without}");
    let budget = "budget = { kind = 'ratio', share = '10%' }";
    let with = means(&failing("100%", budget), &metric)[0];
    assert!((with - 1.1).abs() <= 0.005, "{with}");
}

#[test]
fn a_leaky_bucket_lets_a_fifth_and_ten_a_second_through_when_all_fails() {
    // P10: Finagle at 100 % failure: 20 % + 10/s, here 30/s.
    let budget = "budget = { kind = 'leaky' }";
    let metric = ["rate(retry.p.allowed) between 100s and 300s"];
    let found = means(&failing("100%", budget), &metric)[0];
    assert!((found - 30.0).abs() <= 0.3, "{found}/s");
}

#[test]
fn grpc_throttling_stops_all_retries_above_its_knee() {
    // P10: with a ratio r a sustained share of failures above r ÷ (1 + r) = 9.09 % disables
    // retries. Tokens drift by r − (1 + r) · share an attempt: with a hundred of them they are far
    // from half on either side of the knee.
    let budget = "budget = { kind = 'grpc', tokens = 100, ratio = 0.1 }";
    let metric = [
        "rate(retry.p.allowed) between 150s and 300s",
        "rate(retry.p.stopped) between 150s and 300s",
    ];
    let below = means(&failing("7.5%", budget), &metric);
    assert!(below[1] < 0.01 * below[0], "{below:?}");
    let above = means(&failing("11%", budget), &metric);
    assert!(above[0] < 0.01 * above[1], "{above:?}");
}

#[test]
fn adaptive_throttling_sends_k_times_what_is_accepted() {
    // P9: ten times the capacity is offered. K = 2: the backend sees twice what it accepts, so one
    // refusal for each accepted, and 80 % never leave their callers.
    let text = "[model]\nrun_for = '400s'\n[arrivals.a]\njourney = 'j'\nrate = '200/s'\n\
                [journey.j]\nsteps = [ { name = 'ask', call = 's.ask', throttle = 't' } ]\n\
                [throttle.t]\nk = 2\nwindow = '30s'\nscope = 'service'\n\
                [limit.capacity]\nrate = '20/s'\nburst = 20\n\
                [service.s]\nworkers = 100\nlimit = 'capacity'\n\
                endpoint.ask = [ { wait = '1ms' } ]";
    let found = means(
        text,
        &[
            "rate(s.arrived) between 100s and 400s",
            "rate(s.accepted) between 100s and 400s",
            "share(ask.attempts.stopped) between 100s and 400s",
        ],
    );
    println!("P9: {found:?}");
    assert!(
        (found[1] - 20.0).abs() <= 0.2,
        "accepts {} a second",
        found[1]
    );
    assert!((found[0] / found[1] - 2.0).abs() <= 0.02, "{found:?}");
    assert!((found[2] - 0.8).abs() <= 0.005, "{found:?}");
}

/// In how many of so many launches of a variant the storm stays.
fn collapses(variant: Option<&str>, launches: u32) -> u32 {
    let (model, diagnostics) = model::read(Source::new("storm.toml", STORM), Files::new());
    let model = Checked::new(model).unwrap_or_else(|| panic!("{diagnostics:?}"));
    let plan = Plan {
        effort: Effort::Replications(launches),
        attribute: Attribute::Nothing,
        threads: threads(),
        ..Plan::of(&model)
    };
    let onlooker = Onlooker {
        progress: &Silent,
        stop: &|| false,
        until: None,
        store: None,
    };
    let results = run(&model, variant, &plan, onlooker);
    let mut results = results.unwrap_or_else(|failure| panic!("{failure:?}"));
    let name = variant.unwrap_or("baseline");
    let found = results.variants.remove(name).expect("it was run");
    let health = found.recovery.expect("its health can be told");
    health.collapsed.map_or(0, |chance| chance.k)
}

const ALONE: [&str; 9] = [
    "budget",
    "no-retries",
    "short-queue",
    "jitter",
    "breaker",
    "throttle",
    "limit",
    "expire",
    "lifo",
];

/// What must save from the storm for certain.
const SAVES: [&str; 3] = ["budget", "no-retries", "short-queue"];

/// One-sided 95 % bounds of a chance by Clopper and Pearson.
fn bounds(k: u32, n: u32) -> (f64, f64) {
    let (k, n) = (f64::from(k), f64::from(n));
    let beta = |a: f64, b: f64| Beta::new(a, b).expect("both are above zero");
    let low = match k > 0.0 {
        true => beta(k, n - k + 1.0).inverse_cdf(0.05),
        false => 0.0,
    };
    let high = match k < n {
        true => beta(k + 1.0, n - k).inverse_cdf(0.95),
        false => 1.0,
    };
    (low, high)
}

#[test]
fn what_saves_from_a_storm_saves_in_a_few_launches() {
    assert_eq!(collapses(None, 3), 3, "without a defence the storm stays");
    assert_eq!(
        collapses(Some("jitter"), 3),
        3,
        "backoff alone changes nothing"
    );
    for saves in SAVES {
        assert_eq!(collapses(Some(saves), 3), 0, "{saves}");
    }
}

/// Each of nine defences alone, each beside the retry budget, and all together: some minutes.
#[test]
#[ignore = "a hundred launches of each of nineteen variants"]
fn storm_of_defences() {
    const LAUNCHES: u32 = 100;
    let chance = |variant: Option<&str>| {
        let k = collapses(variant, LAUNCHES);
        let (low, high) = bounds(k, LAUNCHES);
        let name = variant.unwrap_or("no defence");
        println!("{name}: {k} of {LAUNCHES} stay, between {low:.3} and {high:.3}");
        (low, high)
    };
    assert!(chance(None).0 >= 0.95, "the storm stays");
    let mut suffice = Vec::new();
    for alone in ALONE {
        let (low, high) = chance(Some(alone));
        if SAVES.contains(&alone) {
            assert!(high <= 0.10, "{alone} saves");
        }
        if alone == "jitter" {
            assert!(low > 0.5, "backoff alone does not save");
        }
        if high <= 0.10 {
            suffice.push(alone.to_owned());
        }
        if alone != "budget" {
            let pair = format!("{alone}-and-budget");
            let (_, high) = chance(Some(&pair));
            if high <= 0.10 {
                suffice.push(pair);
            }
        }
    }
    let (_, high) = chance(Some("all"));
    assert!(high <= 0.10, "all of them together save");
    println!("these suffice: {}", suffice.join(", "));
}
