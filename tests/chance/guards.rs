//! Guards of random models: breakers, throttles, limits and budgets of every kind.

use proptest::option::weighted;
use proptest::prelude::*;

use super::model::{Text, span, written};

/// The guards of a call, as keys behind a comma.
pub(super) fn guards() -> Text {
    let key = |name: &'static str, words: &'static [&'static str]| {
        weighted(0.2, written(words)).prop_map(move |found| {
            found.map_or(String::new(), |value| format!(", {name} = \"{value}\""))
        })
    };
    let breaker = key("breaker", &["rates", "timed", "row"]);
    let throttle = key("throttle", &["calm"]);
    let limit = key("limit", &["all", "each"]);
    (breaker, throttle, limit)
        .prop_map(|(breaker, throttle, limit)| format!("{breaker}{throttle}{limit}"))
        .boxed()
}

fn scope() -> Text {
    written(&[
        "scope = \"server\"\n",
        "scope = \"service\"\n",
        "scope = \"global\"\n",
        "",
    ])
}

/// The budget of a retry policy.
pub(super) fn budget(name: &'static str) -> Text {
    let rule = match name {
        "calm" => written(&[
            "budget = { share = \"30%\", window = \"500ms\", on = true }\n",
            "budget = { kind = \"ratio\", share = \"90%\", on = false }\n",
        ]),
        _ => Just(String::new()).boxed(),
    };
    (rule, scope())
        .prop_map(|(rule, scope)| rule + &scope)
        .boxed()
}

/// Retry policies with budgets of the other kinds.
const POLICIES: [(&str, &str); 5] = [
    ("leaky", "share = \"20%\", ttl = \"800ms\", min = \"2/s\""),
    ("concurrent", "share = \"20%\", min = 1"),
    ("tokens", "size = 2, refill = 0.5, per = \"success\""),
    ("quota", "size = 20, retry = 5, timeout = 10, success = 1"),
    ("grpc", "tokens = 4, ratio = 0.5"),
];

fn policies() -> Text {
    let [a, b, c, d, e] = POLICIES.map(|(kind, rule)| {
        scope().prop_map(move |scope| {
            format!("[retry.{kind}]\nbudget = {{ kind = \"{kind}\", {rule} }}\n{scope}")
        })
    });
    (a, b, c, d, e)
        .prop_map(|(a, b, c, d, e)| [a, b, c, d, e].concat())
        .boxed()
}

/// Breakers, a throttle and limits that calls name.
pub(super) fn guard_tables() -> Text {
    let rates = (scope(), 1..=3u32, span(50, 500)).prop_map(|(scope, half_open, open)| {
        format!(
            "[breaker.rates]\non = true\nfailure_rate = \"50%\"\nslow_rate = \"80%\"\n\
             slow = \"100ms\"\nwindow = 6\nmin_calls = 3\nopen = \"{open}\"\n\
             half_open = {half_open}\n{scope}"
        )
    });
    let timed = (scope(), span(50, 500)).prop_map(|(scope, open)| {
        format!("[breaker.timed]\nwindow = \"300ms\"\nmin_calls = 2\nopen = \"{open}\"\n{scope}")
    });
    let row = (scope(), 1..=3u32, span(50, 500)).prop_map(|(scope, failures, open)| {
        format!("[breaker.row]\nconsecutive = {failures}\nopen = \"{open}\"\n{scope}")
    });
    let throttle = (scope(), 1..=2u32).prop_map(|(scope, k)| {
        format!("[throttle.calm]\non = true\nk = {k}\nwindow = \"500ms\"\n{scope}")
    });
    let by = written(&["all", "user", "class", "key"]);
    let over = written(&["refuse", "wait"]);
    let limit = (5..=60u32, 1..=5u32, by, over);
    // Before a service there is no server yet, so these say nothing or more than one server.
    let wide = || written(&["", "scope = \"service\"\n", "scope = \"global\"\n"]);
    let limits = (limit.clone(), wide(), limit, wide()).prop_map(|(all, first, each, second)| {
        let table = |name: &str, (rate, burst, by, over): (u32, u32, String, String)| {
            format!(
                "[limit.{name}]\non = true\nrate = \"{rate}/s\"\nburst = {burst}\n\
                 by = \"{by}\"\nover = \"{over}\"\n"
            )
        };
        format!(
            "{}{first}{}{second}",
            table("all", all),
            table("each", each)
        )
    });
    (rates, timed, row, throttle, limits, policies())
        .prop_map(|(rates, timed, row, throttle, limits, policies)| {
            format!("{rates}{timed}{row}{throttle}{limits}{policies}")
        })
        .boxed()
}
