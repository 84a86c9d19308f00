//! Random valid models, as text, so that the reader is put to the test as well.
//!
//! Services stand in layers and call only deeper ones, so calls end; pools may be held in any
//! order, so users may well wait for each other for ever. Small horizons keep a replication below
//! some thousand events.

use proptest::collection::vec;
use proptest::option::{self, weighted};
use proptest::prelude::*;
use proptest::sample::select;

use super::action::action;
use super::guards::{budget, guard_tables, guards};
use super::queues;
use super::reacting::{branch, reacting};

/// A generated model, shown as it is written when a test fails.
#[derive(Clone)]
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) seed: u64,
}

impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "seed {}\n{}", self.seed, self.text)
    }
}

pub(super) type Text = BoxedStrategy<String>;

/// How deep services are stacked.
pub(super) const LAYERS: usize = 3;

/// What says more about a model and is not simulated, and users from a file.
const FRILLS: &str = include_str!("frills.toml");

pub(super) fn written(words: &'static [&'static str]) -> Text {
    select(words).prop_map(str::to_owned).boxed()
}

/// A duration or a law of durations around a number of milliseconds.
pub(super) fn time(most_ms: u32) -> Text {
    let ms = 1..=most_ms;
    prop_oneof![
        4 => ms.clone().prop_map(|ms| format!("{ms}ms")),
        4 => ms.clone().prop_map(|ms| format!("exp({ms}ms)")),
        1 => ms.clone().prop_map(|ms| format!("lognormal(mean={ms}ms, cv=1.5)")),
        1 => ms.clone().prop_map(|ms| format!("uniform({ms}ms, {}ms)", 3 * ms)),
        1 => ms.clone().prop_map(|ms| format!("gamma(mean={ms}ms, cv=0.5)")),
        1 => ms.clone().prop_map(|ms| format!("weibull(shape=1.5, scale={ms}ms)")),
        1 => ms.clone().prop_map(|ms| format!("mix(90%: {ms}ms, 10%: exp({}ms))", 5 * ms)),
        1 => ms.clone().prop_map(|ms| format!("exp({ms}ms, max={}ms)", 4 * ms)),
        1 => ms.clone().prop_map(|ms| format!("2 * constant({ms}ms)")),
        1 => ms.clone().prop_map(|ms| format!("erlang(k=3, mean={ms}ms)")),
        1 => ms.clone().prop_map(|ms| format!("hyperexp(mean={ms}ms, cv=2)")),
        1 => ms.clone().prop_map(|ms| format!("pareto(shape=2.5, min={ms}ms)")),
        1 => ms.clone().prop_map(|ms| format!("quantiles(p50={ms}ms, p95={}ms)", 4 * ms)),
        1 => Just("0s".to_owned()),
    ]
    .boxed()
}

pub(super) fn span(from_ms: u32, to_ms: u32) -> Text {
    // Multiples of 10 ms meet the ends of constant work now and then: ties.
    let ms = from_ms / 10..=to_ms / 10;
    ms.prop_map(|tens| format!("{}ms", tens * 10)).boxed()
}

/// Where a list of steps stands, and what its calls may do.
#[derive(Clone, Copy)]
struct Around {
    /// The deepest layer that may not be called any more: 0 in journeys.
    layer: usize,
    depth: u32,
    /// Whether every call has a timeout, so that answers may get lost.
    guarded: bool,
}

impl Around {
    fn in_journey(self) -> bool {
        self.layer == 0
    }

    fn inside(self) -> Around {
        let depth = self.depth - 1;
        Around { depth, ..self }
    }
}

/// What is done when a step fails, as a key behind a comma.
fn or(around: Around) -> Text {
    let mut forms = vec![
        (6, Just(String::new()).boxed()),
        (1, Just(", or = \"continue\"".to_owned()).boxed()),
    ];
    if around.in_journey() {
        let words = [
            ", or = \"failed\"",
            ", or = \"sold_out\"",
            ", or = \"bored\"",
        ];
        forms.push((1, select(words.to_vec()).prop_map(str::to_owned).boxed()));
    }
    if around.depth > 0 {
        let steps = steps(around.inside(), 0..=2);
        forms.push((1, steps.prop_map(|s| format!(", or = {s}")).boxed()));
    }
    proptest::strategy::Union::new_weighted(forms).boxed()
}

fn call(around: Around) -> Text {
    let timeout = if around.guarded {
        span(10, 800).prop_map(Some).boxed()
    } else {
        weighted(0.5, span(10, 800)).boxed()
    };
    let target = (around.layer..LAYERS, written(&["a", "b"]));
    let deadline = weighted(0.2, span(50, 1500));
    let policies = &[
        "calm",
        "calm",
        "eager",
        "eager",
        "leaky",
        "concurrent",
        "tokens",
        "quota",
        "grpc",
    ];
    let retry = weighted(0.5, written(policies));
    let hedge = weighted(0.3, written(&["quick", "double"]));
    (
        target,
        timeout,
        deadline,
        (retry, hedge),
        guards(),
        or(around),
    )
        .prop_map(
            |((layer, endpoint), timeout, deadline, (retry, hedge), guards, or)| {
                let key = |name: &str, value: Option<String>| {
                    value.map_or(String::new(), |v| format!(", {name} = \"{v}\""))
                };
                let (timeout, deadline) = (key("timeout", timeout), key("deadline", deadline));
                let (retry, hedge) = (key("retry", retry), key("hedge", hedge));
                let keys = format!("{timeout}{deadline}{retry}{hedge}{guards}");
                format!("{{ call = \"s{layer}.{endpoint}\"{keys}{or} }}")
            },
        )
        .boxed()
}

/// A `take`, with or without a reservation.
fn take(around: Around) -> Text {
    let units = written(&["1", "2", "3", "\"uniform(1, 3)\""]);
    let mut ends = vec![(
        3,
        written(&["", ", expired = \"bored\"", ", expired = \"continue\""]),
    )];
    if around.depth > 0 {
        let steps = steps(around.inside(), 0..=2);
        ends.push((1, steps.prop_map(|s| format!(", expired = {s}")).boxed()));
    }
    let ends = proptest::strategy::Union::new_weighted(ends);
    let keep = weighted(0.5, (span(50, 900), ends));
    (units, keep, or(around))
        .prop_map(|(units, keep, or)| {
            let keep = keep.map_or(String::new(), |(keep, ends)| {
                format!(", keep = \"{keep}\"{ends}")
            });
            format!("{{ take = \"phones\", units = {units}{keep}{or} }}")
        })
        .boxed()
}

/// A step that holds no other steps.
fn plain(around: Around) -> Text {
    let mut forms = vec![(1, Just("{ mark = \"passed\" }".to_owned()).boxed())];
    if around.layer < LAYERS {
        forms.push((6, call(around)));
        let target = (around.layer..LAYERS, written(&["a", "b"]));
        let send = target.prop_map(|(layer, e)| format!("{{ send = \"s{layer}.{e}\" }}"));
        forms.push((1, send.boxed()));
    }
    if around.in_journey() {
        let think = time(400).prop_map(|t| format!("{{ think = \"{t}\" }}"));
        forms.push((3, think.boxed()));
        forms.push((1, take(around)));
        let enter = (written(&["hall", "foyer"]), or(around));
        let enter = enter.prop_map(|(room, or)| format!("{{ enter = \"{room}\"{or} }}"));
        forms.push((1, enter.boxed()));
        forms.push((
            1,
            written(&[
                "{ leave = \"served\" }",
                "{ leave = \"failed\" }",
                "{ leave = \"bored\", label = \"Off\" }",
            ]),
        ));
    } else {
        forms.push((
            6,
            time(60)
                .prop_map(|t| format!("{{ cpu = \"{t}\" }}"))
                .boxed(),
        ));
        forms.push((
            3,
            time(90)
                .prop_map(|t| format!("{{ wait = \"{t}\" }}"))
                .boxed(),
        ));
        let fail = [
            "{ fail = \"failed\" }",
            "{ fail = \"refused\" }",
            "{ fail = \"failed\", final = true }",
        ];
        forms.push((1, select(fail.to_vec()).prop_map(str::to_owned).boxed()));
    }
    proptest::strategy::Union::new_weighted(forms).boxed()
}

fn step(around: Around) -> Text {
    if around.depth == 0 {
        return plain(around);
    }
    let inner = around.inside();
    let some = || steps(inner, 1..=2);
    let any = || steps(inner, 0..=2);
    let timeout = weighted(0.5, span(10, 500));
    let pool = written(&["rows", "lines"]);
    let hold = (pool, some(), timeout, or(around)).prop_map(|(pool, steps, timeout, or)| {
        let timeout = timeout.map_or(String::new(), |t| format!(", timeout = \"{t}\""));
        format!("{{ hold = \"{pool}\", steps = {steps}{timeout}{or} }}")
    });
    let choose = (
        1..=60u32,
        any(),
        any(),
        option::of(any()),
        weighted(0.3, branch()),
    );
    let choose = choose.prop_map(|(share, one, other, third, when)| {
        let when = when.unwrap_or_default();
        let first = format!("{{ share = \"{share}%\", steps = {one} }}");
        let third = third.map_or(String::new(), |steps| {
            format!(", {{ share = \"30%\", steps = {steps} }}")
        });
        format!("{{ choose = [ {when}{first}{third}, {{ share = \"rest\", steps = {other} }} ] }}")
    });
    let join = written(&["\"all\"", "\"any\"", "1", "2"]);
    let parallel = (any(), some(), option::of(some()), join, or(around)).prop_map(
        |(one, two, three, join, or)| {
            let three = three.map_or(String::new(), |s| format!(", {s}"));
            format!("{{ parallel = [ {one}, {two}{three} ], join = {join}{or} }}")
        },
    );
    let times = written(&["0", "1", "2", "3", "\"geometric(mean=2)\""]);
    let repeat = (times, some(), or(around))
        .prop_map(|(times, steps, or)| format!("{{ repeat = {times}, steps = {steps}{or} }}"));
    let mut forms = vec![
        (8, plain(around)),
        (2, hold.boxed()),
        (1, choose.boxed()),
        (2, parallel.boxed()),
        (1, repeat.boxed()),
    ];
    if !around.in_journey() {
        let of = written(&[
            "things",
            "pages",
            "pages\", single_flight = true, or = \"continue",
        ]);
        let look = (of, any()).prop_map(|(of, s)| match of.split_once(", or") {
            Some((of, or)) => format!("{{ cache = \"{of}, miss = {s}, or{or}\" }}"),
            None => format!("{{ cache = \"{of}\", miss = {s} }}"),
        });
        forms.push((2, look.boxed()));
    }
    if around.in_journey() {
        let enter = (written(&["hall", "foyer"]), some(), or(around));
        let enter =
            enter.prop_map(|(room, s, or)| format!("{{ enter = \"{room}\", steps = {s}{or} }}"));
        forms.push((1, enter.boxed()));
    }
    proptest::strategy::Union::new_weighted(forms).boxed()
}

/// A list of steps.
fn steps(around: Around, count: std::ops::RangeInclusive<usize>) -> Text {
    vec(step(around), count)
        .prop_map(|steps| format!("[ {} ]", steps.join(", ")))
        .boxed()
}

/// Steps whose paths actions know.
const NAMED: &str = "{ name = \"reserve\", take = \"phones\", units = 1, keep = \"600ms\", \
                     expired = \"continue\", or = \"continue\" },\n  \
                     { name = \"again\", call = \"s0.b\", timeout = \"300ms\", or = [ \
                     { back_to = \"again\", at_most = 2, or = \"continue\" } ] },\n  \
                     { name = \"fork\", choose = [ { share = \"50%\", steps = [ \
                     { name = \"ask\", label = \"Ask\", call = \"s0.a\", timeout = \"400ms\", \
                     class = \"rush\", key = \"goods\", \
                     or = \"continue\" } ] }, { share = \"rest\", steps = [] } ] },\n  \
                     { name = \"often\", repeat = 1, steps = [ { think = \"10ms\" } ] },\n  ";
/// A visit ends so now and then.
const LAST: &str = "{ choose = [ { share = \"20%\", steps = [ { leave = \"bored\" } ] }, \
                    { share = \"rest\", steps = [] } ] }";

fn journey(name: &'static str, guarded: bool) -> Text {
    let around = Around {
        layer: 0,
        depth: 2,
        guarded,
    };
    let patience = weighted(
        0.4,
        time(900).prop_map(move |law| match (law.as_str(), name) {
            // Nobody of a closed population may start over without any time passing.
            ("0s", _) => String::new(),
            (law, "look") => format!("patience = {{ waiting = \"{law}\" }}\n"),
            (law, _) => format!("patience = \"{law}\"\n"),
        }),
    );
    // Without a limit time must pass between two of them.
    let endless = span(50, 300).prop_map(|t| format!("after = \"{t}\", on_error = \"{t}\""));
    let key =
        |name: &str, v: Option<String>| v.map_or(String::new(), |v| format!("{name} = \"{v}\", "));
    let limited = (option::of(span(20, 600)), option::of(time(200)), 1..=3u32).prop_map(
        move |(after, on_error, at_most)| {
            let keys = format!("{}{}", key("after", after), key("on_error", on_error));
            match keys.is_empty() {
                true => format!("on_error = \"100ms\", at_most = {at_most}"),
                false => format!("{keys}at_most = {at_most}"),
            }
        },
    );
    // Actions change parts of what those who look do.
    let perhaps = move |keys: Text| match name {
        "look" => keys.prop_map(Some).boxed(),
        _ => weighted(0.3, keys).boxed(),
    };
    let reload = perhaps(prop_oneof![3 => limited, 1 => endless].boxed())
        .prop_map(|reload| reload.map(|keys| format!("reload = {{ {keys} }}\n")));
    let on = written(&[
        "",
        "",
        ", on = [\"refused\"]",
        ", on = [\"served\", \"failed\"]",
        ", on = [\"abandoned\", \"sold_out\", \"bored\"]",
    ]);
    let again = (1..=100u32, time(800), 1..=3u32, on).prop_map(|(share, after, at_most, on)| {
        format!("share = \"{share}%\", after = \"{after}\", at_most = {at_most}{on}")
    });
    let again = perhaps(again.boxed())
        .prop_map(|again| again.map(|keys| format!("again = {{ {keys} }}\n")));
    (patience, reload, again, vec(step(around), 1..=3))
        .prop_map(move |(patience, reload, again, steps)| {
            let keys = [patience, reload, again];
            let keys: String = keys.into_iter().flatten().collect();
            // A pause comes first: a closed population must spend time.
            let (first, steps) = ("{ think = \"exp(80ms)\" }", steps.join(",\n  "));
            let named = if name == "buy" { NAMED } else { "" };
            format!(
                "[journey.{name}]\n{keys}steps = [\n  {first},\n  {named}{steps},\n  {LAST}\n]\n"
            )
        })
        .boxed()
}

fn arrivals(name: &'static str, journey: &'static str) -> Text {
    let spacing = written(&["poisson", "even", "bursty(cv=2)", "gamma(mean=1, cv=0.5)"]);
    let form = prop_oneof![
        (2..=15u32, spacing)
            .prop_map(|(rate, s)| format!("rate = \"{rate}/s\"\nspacing = \"{s}\"\n")),
        (0..=10u32, 1..=25u32).prop_map(|(low, high)| {
            let ramp = format!("{{ to = \"{high}/s\", for = \"1s\" }}");
            format!(
                "stages = [ {{ rate = \"{low}/s\", for = \"700ms\" }}, {ramp} ]\ntotal = {high}\n"
            )
        }),
        (1..=30u32, time(900)).prop_map(|(users, law)| {
            format!("crowd = {{ users = {users}, from = \"-500ms\", arrive = \"{law}\" }}\n")
        }),
        (1..=12u32, weighted(0.5, span(300, 1500)), time(100)).prop_map(|(users, every, law)| {
            let every = every.map_or(String::new(), |e| {
                format!(", every = \"{e}\", jitter = \"{law}\"")
            });
            format!("burst = {{ users = {users}, at = \"200ms\"{every}, spread = \"{law}\" }}\n")
        }),
        (0..=10u32, 1..=25u32, time(400), span(50, 900)).prop_map(|(low, high, stay, other)| {
            let first = format!("{{ rate = \"{low}/s\", stay = \"{stay}\" }}");
            let second = format!("{{ rate = \"{high}/s\", stay = \"{other}\" }}");
            format!("states = [ {first}, {second} ]\n")
        }),
        (1..=8u32, span(300, 900), time(300)).prop_map(|(users, every, late)| {
            let again = format!("every = \"{every}\"\njitter = \"{late}\"");
            format!("crowd = {{ users = {users}, from = \"0s\", arrive = \"{late}\" }}\n{again}\n")
        }),
        (1..=4u32).prop_map(|users| format!("population = {users}\n")),
    ];
    form.prop_map(move |form| format!("[arrivals.{name}]\njourney = \"{journey}\"\n{form}"))
        .boxed()
}

/// What a server needs beside its requests.
fn upkeep() -> Text {
    let memory = (30..=300u32, span(60, 300), span(10, 50)).prop_map(|(each, every, length)| {
        format!(
            "memory = {{ base = \"100MB\", per_request = \"{each}MB\", limit = \"1GB\", gc = {{ \
             share = \"50%\", at = \"60%\", pause = {{ every = \"{every}\", for = \
             \"{length}\" }} }} }}\n"
        )
    });
    let idle = (span(0, 200), time(100)).prop_map(|(after, setup)| {
        format!("idle = {{ sleep_after = \"{after}\", setup = \"{setup}\" }}\n")
    });
    prop_oneof![memory.boxed(), idle.boxed()].boxed()
}

/// How a service balances: by a rule, or by more.
fn balance() -> Text {
    let checks = written(&[
        "",
        "",
        "\nhealth = { every = \"200ms\", timeout = \"50ms\", rise = 1, fall = 2, panic = \"30%\" }",
        "\nhealth = { every = \"200ms\", timeout = \"50ms\", rise = 1, fall = 2, call = \"b\" }",
        "\neject = { consecutive = 2, interval = \"1s\", base = \"200ms\", \
         at_most = \"60%\", panic = \"20%\" }",
    ]);
    let connections = written(&[
        "",
        "",
        "\nconnections = { handshake = \"exp(3ms)\", keep = \"90ms\", max_age = \"700ms\" }",
        "\nconnections = { keep = \"300ms\", at_most = 4 }",
    ]);
    (rule(), checks, connections)
        .prop_map(|(rule, checks, connections)| rule + &checks + &connections)
        .boxed()
}

/// By which rule.
fn rule() -> Text {
    let rules = "round-robin random least-loaded two-choices sticky hash";
    let rules: Vec<&'static str> = rules.split(' ').collect();
    let more = written(&[
        "",
        ", stale = \"70ms\"",
        ", subset = 2",
        ", slow_start = \"500ms\"",
        ", weight = [2, 0, 1]",
    ]);
    let rule = || select(rules.clone());
    proptest::prop_oneof![
        3 => rule().prop_map(|rule| format!("\"{rule}\"")),
        1 => (rule(), more).prop_map(|(rule, more)| format!("{{ kind = \"{rule}\"{more} }}")),
    ]
    .boxed()
}

/// `[service.sN]`: its size, then how it queues, balances and minds its callers.
fn service(layer: usize, guarded: bool) -> Text {
    let around = Around {
        layer: layer + 1,
        depth: 2,
        guarded,
    };
    let size = (
        1..=3u32,
        weighted(0.7, 1..=5u32),
        weighted(0.5, select(vec!["1", "2", "3", "0.5", "1.5"])),
    )
        .prop_map(|(servers, workers, cores)| {
            let workers = workers.map_or(String::new(), |n| format!("workers = {n}\n"));
            let cores = cores.map_or(String::new(), |n| format!("cores = {n}\n"));
            format!("zones = [\"a\", \"b\"]\nservers = {servers}\n{workers}{cores}")
        });
    let queue = queues::queue(guarded);
    let words = (
        balance(),
        written(&["ignore", "expire", "dequeue", "cancel"]),
        weighted(0.4, time(10)),
        weighted(0.3, time(15)),
        weighted(0.3, (0..=10u32, 0..=2u32, any::<bool>())),
        weighted(0.4, time(300)),
        weighted(0.3, span(100, 900)),
        weighted(0.4, upkeep()),
    )
        .prop_map(
            |(balance, on_timeout, network, cost, slowdown, boot, warm, upkeep)| {
                let key = |name: &str, v: Option<String>| {
                    v.map_or(String::new(), |v| format!("{name} = \"{v}\"\n"))
                };
                let slowdown = slowdown.map_or(String::new(), |(a, b, at_start)| {
                    format!(
                        "slowdown = {{ contention = \"{a}%\", coherency = \"{b}%\", per_waiting = \
                         \"{a}%\", at_start = {at_start} }}\n"
                    )
                });
                let keys = key("network", network) + &key("refuse_cost", cost) + &key("boot", boot);
                let warm = warm.map_or(String::new(), |after| {
                    format!("cold = 3\nwarm_after = \"{after}\"\n")
                });
                let keys = keys + &warm + &upkeep.unwrap_or_default();
                format!("balance = {balance}\non_timeout = \"{on_timeout}\"\n{keys}{slowdown}")
            },
        );
    let endpoints = (
        vec(step(around), 0..=3),
        vec(step(around), 0..=3),
        any::<bool>(),
    );
    (size, queue, queues::limits(), words, endpoints)
        .prop_map(move |(size, queue, limits, words, (a, b, answers))| {
            let first = |step: &str, more| [vec![step.to_owned()], more].concat().join(", ");
            let a = first("{ cpu = \"exp($pace)\" }", a);
            let early = "{ wait = \"exp(4ms)\" }, { answer = true }";
            let plain = "{ wait = \"exp(4ms)\" }";
            let b = first(if answers { early } else { plain }, b);
            let (limit, b) = match layer {
                0 => (
                    "limit = \"all\"\n",
                    format!(
                        "{{ steps = [ {b} ], limit = \"each\", class = \"rush\", shed = {{ share = \
                         \"10%\", criticality = \"degraded\" }}, on = true }}"
                    ),
                ),
                _ => ("", format!("[ {b} ]")),
            };
            let endpoints = format!("{limit}endpoint.a = [ {a} ]\nendpoint.b = {b}\n");
            let head = format!("[service.s{layer}]\nlabel = \"S {layer}\"\n");
            format!("{head}{size}{queue}{limits}{words}{endpoints}")
        })
        .boxed()
}

fn retry(name: &'static str) -> Text {
    let kind = written(&["none", "constant", "linear", "exponential"]);
    let jitter = written(&["none", "full", "equal", "exponential", "decorrelated"]);
    let cap = written(&["", ", cap = \"400ms\""]);
    (1..=4u32, kind, jitter, span(10, 150), cap, budget(name))
        .prop_map(move |(attempts, kind, jitter, base, cap, budget)| {
            let backoff = format!("kind = \"{kind}\", base = \"{base}\"{cap}");
            let backoff = format!("backoff = {{ {backoff}, jitter = \"{jitter}\" }}");
            format!("[retry.{name}]\nattempts = {attempts}\n{backoff}\n{budget}")
        })
        .boxed()
}

/// Ways to hedge: some early, some by what was seen, and copies that are tied.
fn hedges() -> Text {
    let after = proptest::prop_oneof![span(0, 60), written(&["p50", "p95"])];
    let scope = written(&["server", "service", "global"]);
    let budget = written(&["", "budget = \"30%\"\n"]);
    (
        after,
        1..=3u32,
        budget,
        scope,
        span(0, 40),
        written(&["true", "false"]),
    )
        .prop_map(|(after, most, budget, scope, soon, tied)| {
            format!(
                "[hedge.quick]\nafter = \"{after}\"\nat_most = {most}\n{budget}\
                 scope = \"{scope}\"\n[hedge.double]\nafter = \"{soon}\"\ntied = {tied}\n"
            )
        })
        .boxed()
}

fn fault(number: usize, guarded: bool) -> Text {
    let service = || (0..LAYERS).prop_map(|layer| format!("s{layer}"));
    let servers = || {
        written(&[
            "1",
            "2",
            "\"50%\"",
            "\"all\"",
            "\"all\"",
            "\"one\"",
            "{ at_most = 2 }",
            "{ at_most = \"60%\" }",
            "{ numbers = [1, 3] }",
            "{ fixed = 2 }",
            "{ fixed-percent = \"50%\" }",
            "{ random-max-percent = \"90%\" }",
        ])
    };
    let between = written(&[
        "[\"users\", \"s0\"]",
        "[\"s0\", \"s1\"]",
        "[\"s1\", \"s2\"]",
        "[\"s1\", \"s0\"], direction = \"from\"",
        "[\"users\", \"s0\"], direction = \"to\"",
        "[\"s0\", \"s1\"], server = 1",
        "[\"s1\", \"s0\"], server = 2, direction = \"both\"",
    ]);
    let links = written(&[
        "[\"users\", \"s0\"]",
        "[\"s0\", \"s1\"], direction = \"to\"",
    ]);
    let messages = match guarded {
        true => written(&["kept", "lost", "refused"]),
        false => written(&["kept", "refused"]),
    };
    let kind = prop_oneof![
        (service(), 1..=8u32, servers(), slowly()).prop_map(|(s, f, n, how)| format!(
            "slow = {{ service = \"{s}\", factor = {f}, servers = {n}{how} }}"
        )),
        (service(), servers(), 1..=100u32, 1..=100u32).prop_map(|(s, n, cores, workers)| {
            let left = format!("cores = \"{cores}%\", workers = \"{workers}%\"");
            format!("capacity = {{ service = \"{s}\", {left}, servers = {n} }}")
        }),
        (service(), servers())
            .prop_map(|(s, n)| format!("pause = {{ service = \"{s}\", servers = {n} }}")),
        (
            service(),
            servers(),
            weighted(0.4, span(10, 500)),
            weighted(0.3, time(200)),
            any::<bool>()
        )
            .prop_map(move |(s, n, noticed, boot, silent)| {
                let noticed =
                    noticed.map_or(String::new(), |n| format!(", noticed_after = \"{n}\""));
                let boot = boot.map_or(String::new(), |b| format!(", boot = \"{b}\""));
                let noticed = noticed + &boot;
                let silent = silent && guarded;
                let keys = format!("servers = {n}{noticed}, silent = {silent}");
                format!("crash = {{ service = \"{s}\", {keys} }}")
            }),
        (between.clone(), messages)
            .prop_map(|(b, m)| format!("cut = {{ between = {b}, messages = \"{m}\" }}")),
        (between, time(80), 1..=100u32).prop_map(|(b, by, share)| format!(
            "delay = {{ between = {b}, by = \"{by}\", share = \"{share}%\" }}"
        )),
        (links.clone(), 1..=60u32, weighted(0.5, span(10, 50))).prop_map(|(b, share, again)| {
            let again = again.map_or(String::new(), |again| format!(", delay = \"{again}\""));
            format!("loss = {{ between = {b}, share = \"{share}%\"{again} }}")
        }),
        (links, 1..=100u32).prop_map(|(b, rate)| format!(
            "bandwidth = {{ between = {b}, rate = \"{rate}MB/s\", size = \"100kB\" }}"
        )),
        written(&["a", "b"]).prop_map(|zone| format!("out = {{ zone = \"{zone}\" }}")),
        (service(), 1..=60u32, 0..=40u32).prop_map(move |(s, errors, hangs)| {
            let hangs = if guarded { hangs } else { 0 };
            let shares = format!("errors = \"{errors}%\", hangs = \"{hangs}%\"");
            format!("dependency = {{ service = \"{s}\", {shares} }}")
        }),
        (service(), 0..=5u32, servers()).prop_map(|(s, most, n)| format!(
            "limit = {{ service = \"{s}\", connections = {most}, servers = {n} }}"
        )),
        (service(), 1..=100u32, span(20, 400), 1..=3u32).prop_map(|(s, share, every, n)| {
            let set = format!("set = {{ \"service.{s}.workers\" = {n} }}");
            let keys = format!("batch = \"50%\", every = \"{every}\", share = \"{share}%\"");
            format!("deploy = {{ service = \"{s}\", {keys}, {set} }}")
        }),
        (written(&["things", "pages"]), 1..=100u32)
            .prop_map(|(of, n)| format!("flush = {{ cache = \"{of}\", share = \"{n}%\" }}")),
        (1..=100u32, written(&["", ", service = \"s0\""])).prop_map(|(share, of)| format!(
            "shift = {{ from = \"a\", to = \"b\", share = \"{share}%\"{of} }}"
        )),
        (service(), 1..=100u32, weighted(0.5, time(10)), servers()).prop_map(
            |(s, share, cost, n)| {
                let cost = cost.map_or(String::new(), |c| format!(", cost = \"{c}\""));
                let keys = format!("share = \"{share}%\"{cost}, servers = {n}");
                format!("error = {{ service = \"{s}\", {keys} }}")
            }
        ),
    ];
    let again = (weighted(0.4, span(50, 900)), weighted(0.5, time(200)));
    let fails = time(500).prop_filter("a server runs for some time", |time| time != "0s");
    let random = weighted(0.3, (fails, time(100)));
    (
        span(0, 1800),
        weighted(0.8, span(10, 900)),
        kind,
        again,
        random,
    )
        .prop_map(move |(at, length, kind, (every, jitter), random)| {
            let alone = ["slow", "pause", "crash"]
                .iter()
                .any(|k| kind.starts_with(k));
            if let Some((fails, repaired)) = random.filter(|_| alone) {
                let random = format!("{{ fails = \"{fails}\", repaired = \"{repaired}\" }}");
                return format!("[fault.f{number}]\nrandom = {random}\n{kind}\n");
            }
            let length = length.filter(|_| !kind.starts_with("flush"));
            let length = length.map_or(String::new(), |l| format!("for = \"{l}\"\n"));
            let every = every.map_or(String::new(), |e| format!("every = \"{e}\"\n"));
            let jitter = jitter.map_or(String::new(), |j| format!("jitter = \"{j}\"\n"));
            format!("[fault.f{number}]\nat = \"{at}\"\n{length}{every}{jitter}{kind}\n")
        })
        .boxed()
}

/// How `slow` strikes: all work, or some attempts.
fn slowly() -> Text {
    let some = (1..=100u32).prop_map(|share| format!(", share = \"{share}%\""));
    let add = time(80).prop_map(|add| format!(", add = \"{add}\""));
    prop_oneof![3 => written(&[""]), 1 => some, 1 => add].boxed()
}

/// Things that are held, entered and taken.
fn things() -> Text {
    let scope = || written(&["global", "service", "server"]);
    let order = written(&["fifo", "lifo", "random"]);
    let queue = (weighted(0.5, 0..=3u32), order).prop_map(|(limit, order)| {
        let limit = limit.map_or(String::new(), |n| format!("limit = {n}, "));
        format!("queue = {{ {limit}order = \"{order}\" }}\n")
    });
    let pool = (1..=3u32, scope(), queue);
    let pools = (pool.clone(), pool).prop_map(|(rows, lines)| {
        let pool = |name: &str, (size, scope, queue): (u32, String, String)| {
            format!("[pool.{name}]\nsize = {size}\nscope = \"{scope}\"\n{queue}")
        };
        pool("rows", rows) + &pool("lines", lines)
    });
    let doors = (span(0, 600), span(700, 1900)).prop_map(|(opens, closes)| {
        format!("[room.hall]\non = true\nopens = \"{opens}\"\ncloses = \"{closes}\"\n")
    });
    let key =
        |name: &str, v: Option<String>| v.map_or(String::new(), |v| format!("{name} = {v}\n"));
    let limits = (
        weighted(0.5, (0..=5u32).prop_map(|n| n.to_string())),
        weighted(0.4, written(&["\"9/s\"", "\"40/s\"", "\"600/min\""])),
        weighted(
            0.5,
            written(&["{ limit = 3 }", "{ limit = 9, order = \"random\" }"]),
        ),
        any::<bool>(),
        weighted(0.4, written(&["\"20%\"", "0.5"])),
        weighted(0.4, time(700).prop_map(|t| format!("\"{t}\""))),
    )
        .prop_map(move |(active, admit, queue, shuffle, entry, waiting)| {
            let keys = key("active", active) + &key("admit", admit) + &key("queue", queue);
            let lost = key("lost_at_entry", entry) + &key("lost_waiting", waiting);
            format!("{keys}shuffle = {shuffle}\n{lost}")
        });
    let foyer =
        (1..=4u32, span(50, 400), 1..=6u32, 0..=8u32).prop_map(|(users, every, active, limit)| {
            format!(
                "[room.foyer]\nactive = {active}\nqueue = {{ limit = {limit}, order = \"fifo\" \
                 }}\nadmit = {{ users = {users}, every = \"{every}\" }}\n"
            )
        });
    let room = (doors, limits, foyer).prop_map(|(doors, limits, foyer)| doors + &limits + &foyer);
    (pools, room, 0..=12u32)
        .prop_map(|(pools, room, units)| format!("{pools}{room}[stock.phones]\nunits = {units}\n"))
        .boxed()
}

/// What is asked beyond counts: metrics of every nature.
fn objectives() -> Text {
    let asked = written(&[
        "mean(s0.queue) < 3",
        "p95(users.time) < 2s",
        "p90(s0.a.time, 1s) < 500ms",
        "max(s0.in_system) <= 10",
        "at(s1.queue, 900ms) < 4",
        "share(s0.queue >= 2) < 10%",
        "mean(s0.utilisation) < 90%",
        "mean(s1.wait) < 50ms",
        "rate(s0.arrived) between 500ms and 1500ms < 40/s",
        "share(served or sold_out) > 50%",
        "total(s2.queue) < 5",
    ]);
    vec(asked, 0..=3)
        .prop_map(|asked| {
            let table = |that: String| format!("[[objective]]\nthat = \"{that}\"\n");
            asked.into_iter().map(table).collect()
        })
        .boxed()
}

/// What only a study would look at.
const ASKED: &str = "question = \"Does it hold?\"\nasks = \"most\"\nyes = \"failed\"\n\
                     starts = 2014-10-27T15:00:00Z\nseed = 4\nprecision = \"5%\"\n\
                     confidence = \"90%\"\n";

/// Tables that every model has, for its steps to name.
const TABLES: &str = include_str!("tables.toml");

/// A random valid model.
pub(crate) fn models() -> BoxedStrategy<Written> {
    any::<bool>().prop_flat_map(of).boxed()
}

fn of(guarded: bool) -> BoxedStrategy<Written> {
    let head = (any::<bool>(), weighted(0.2, span(100, 1000)), 0..6u32).prop_map(
        |(drain, warmup, frills)| {
            let warmup = warmup.unwrap_or("auto".to_owned());
            let study = match warmup.as_str() {
                "auto" => "study = \"launch\"\n".to_owned(),
                warmup => format!("study = \"steady\"\nwarmup = \"{warmup}\"\n"),
            };
            let (more, frills) = if frills == 0 {
                (ASKED, FRILLS)
            } else {
                ("replications = 2\n", "")
            };
            format!(
                "[model]\ntitle = \"By chance\"\nrun_for = \"2s\"\ndrain = {drain}\n{study}{more}\
                 [param.pace]\nvalue = \"20ms\"\n\
                 [arrivals.trickle]\njourney = \"look\"\nrate = \"1/s\"\n{frills}{TABLES}"
            )
        },
    );
    let journeys = (journey("buy", guarded), journey("look", guarded));
    let sources = (
        arrivals("crowd", "buy"),
        option::of(arrivals("more", "look")),
    );
    let services = (
        service(0, guarded),
        service(1, guarded),
        service(2, guarded),
    );
    let retries = (retry("calm"), retry("eager"), guard_tables(), hedges());
    let changes = (
        option::of(fault(0, guarded)),
        option::of(fault(1, guarded)),
        option::of(action(0, guarded)),
        option::of(action(1, guarded)),
        option::of(reacting(guarded)),
    );
    let parts = (
        head,
        sources,
        journeys,
        services,
        retries,
        things(),
        changes,
        objectives(),
    );
    (parts, any::<u64>())
        .prop_map(|(parts, seed)| {
            let (head, sources, journeys, services, retries, things, changes, asked) = parts;
            let all = [
                head,
                sources.0,
                sources.1.unwrap_or_default(),
                journeys.0,
                journeys.1,
                services.0,
                services.1,
                services.2,
                retries.0,
                retries.1,
                retries.2,
                retries.3,
                things,
                changes.0.unwrap_or_default(),
                changes.1.unwrap_or_default(),
                changes.2.unwrap_or_default(),
                changes.3.unwrap_or_default(),
                changes.4.unwrap_or_default(),
                asked,
            ];
            let text = all.concat();
            Written { text, seed }
        })
        .boxed()
}
