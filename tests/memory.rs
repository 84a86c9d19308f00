//! A million users alive at once fit in 400 MB: those who wait for an answer, with a timeout, and
//! those who also lose patience and ask again.
//!
//! The engine counts the memory that it holds and stops at the limit it is given, so the limit of
//! the promise is the test.

use onrush::engine::{Arena, Exceeded, Limits, Replication, run};
use onrush::model::files::Files;
use onrush::model::{Checked, read};
use onrush::observation::Observation;
use onrush::program::{Asked, compile};
use onrush::text::Source;

/// A million and a few who arrive within half a minute at a service that serves a handful.
fn rush(journey: &str) -> String {
    format!(
        r#"
        [model]
        title = "A million at once"
        run_for = "30s"
        [arrivals.fans]
        journey = "visit"
        rate = "33600/s"
        [journey.visit]
        {journey}
        steps = [ {{ call = "shop.page", timeout = "5m" }} ]
        [service.shop]
        workers = 100
        endpoint.page = [ {{ cpu = "exp(1s)" }} ]
        "#
    )
}

fn within(bytes: usize, journey: &str) -> Result<Observation, Exceeded> {
    run_within(bytes, &rush(journey))
}

fn run_within(bytes: usize, text: &str) -> Result<Observation, Exceeded> {
    let (model, _) = read(Source::new("rush.toml", text), Files::new());
    let model = Checked::new(model).expect("the model is sound");
    let replication = Replication {
        seed: 1,
        number: 0,
        limits: Limits {
            bytes,
            ..Limits::default()
        },
        stop: &|| false,
    };
    run(
        &compile(&model, &Asked::default()),
        &replication,
        &mut Arena::default(),
    )
}

/// The same, where each has a breaker of his own and one in a hundred has failed: what is asked
/// first fails so often, and that is remembered while he waits for the rest.
#[test]
fn a_million_users_with_a_breaker_each_fit_in_four_hundred_and_fifty_megabytes() {
    let text = rush("").replace(
        "steps = [ { call",
        "steps = [ { call = \"flaky.ask\", breaker = \"own\", or = \"continue\" }, \
         { breaker = \"own\", call",
    ) + r#"
        [breaker.own]
        [service.flaky]
        workers = 1_000_000
        endpoint.ask = [ { wait = "1ms" } ]
        [fault.now-and-then]
        at = "0s"
        error = { service = "flaky", share = "1%" }
        "#;
    let seen = run_within(450_000_000, &text).expect("a million users fit");
    assert!(seen.users_max > 1_000_000, "only {}", seen.users_max);
}

#[test]
fn a_million_users_fit_in_four_hundred_megabytes() {
    let impatient = r#"
        patience = { waiting = "exp(10h)" }
        reload = { after = "10h" }"#;
    for journey in ["", impatient] {
        let seen = within(400_000_000, journey).expect("a million users fit");
        assert!(seen.users_max > 1_000_000, "only {}", seen.users_max);
    }
    let exceeded = within(200_000_000, "").map(|seen| seen.users_max);
    assert!(matches!(exceeded, Err(Exceeded::Memory { .. })));
}
