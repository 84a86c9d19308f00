//! What is decided while a model runs: actions that metrics trip, restarts, and an autoscaler with
//! an action that tunes it.

use proptest::option;
use proptest::prelude::*;

use super::action::changes;
use super::model::{LAYERS, Text, span, written};

/// A condition that is looked at every second, of two seconds that a launch lasts.
fn condition() -> Text {
    let metrics = written(&[
        "mean(s?.queue) >",
        "mean(s?.queue, 1s) >=",
        "max(s?.in_system, 2s) >",
        "share(s?.queue >= 1, 1s) >=",
        "mean(s?.utilisation, 1s) >",
        "p90(s?.a.time, 1s) >",
        "mean(s?.a.ok.time, 2s) >",
        "share(s?.a.ok, 1s) <",
        "share(served, 2s) <",
        "count(s?.refused, 1s) >=",
        "rate(s?.arrived, 1s) >",
        "mean(orbit) >",
        "mean(users.in_system) >",
    ]);
    let limit = |metric: &str| match metric {
        m if m.contains("time") => "20ms",
        m if m.starts_with("share") || m.contains("utilisation") => "50%",
        m if m.starts_with("rate") => "2/s",
        _ => "1",
    };
    (metrics, 0..LAYERS)
        .prop_map(move |(metric, layer)| {
            format!("{metric} {}", limit(&metric)).replace('?', &layer.to_string())
        })
        .boxed()
}

/// A branch of a `choose` that is taken while something holds.
pub(super) fn branch() -> Text {
    condition()
        .prop_map(|when| format!("{{ when = \"{when}\", steps = [] }}, "))
        .boxed()
}

fn trigger(guarded: bool) -> Text {
    let lasts = written(&["", "", " for 1s"]);
    let again = option::of(span(300, 1200));
    let restart = (
        0..LAYERS,
        written(&["1", "\"50%\"", "\"all\""]),
        any::<bool>(),
    );
    let restart = restart.prop_map(|(layer, servers, drain)| {
        format!("restart = {{ service = \"s{layer}\", servers = {servers}, drain = {drain} }}")
    });
    let set = changes(guarded).prop_map(|set| format!("set = {{ {set} }}"));
    let does = prop_oneof![3 => set, 1 => restart];
    (condition(), lasts, again, span(0, 300), does)
        .prop_map(|(when, lasts, again, takes, does)| {
            // Nothing would bound the servers that are doubled again and again.
            let again = again.filter(|_| !does.contains("servers\" = \"x2\""));
            let again = again.map_or(String::new(), |t| format!("again_after = \"{t}\"\n"));
            format!(
                "[action.tripped]\nwhen = \"{when}{lasts}\"\n{again}takes = \"{takes}\"\n{does}\n"
            )
        })
        .boxed()
}

fn scaler() -> Text {
    let follows = written(&[
        "metric = \"mean(s1.held, 1s)\"\ntarget = \"50%\"",
        "metric = \"mean(s1.busy, 1s)\"\ntarget = \"40%\"",
        "metric = \"mean(s1.queue)\"\ntarget = 1",
        "metric = \"mean(s1.queue, 1s)\"\ntarget = 2\nper = \"server\"",
        "metric = \"mean(users.in_system)\"\ntarget = 4",
        "metric = \"p90(s1.a.time, 1s)\"\ntarget = \"30ms\"",
    ]);
    let keys = written(&[
        "",
        "tolerance = \"0%\"\nready_after = \"0s\"\n",
        "stabilise = { up = \"100ms\", down = \"0s\" }\n",
        "stabilise = { down = \"300ms\" }\nprovision = { rate = \"5/s\" }\n",
        "up = [ { servers = 1, every = \"500ms\" } ]\ndown = [ { share = \"50%\" } ]\n",
        "on = false\n",
    ]);
    let tuned = written(&[
        "",
        "\"autoscaler.web.on\" = false",
        "\"autoscaler.web.on\" = true",
        "\"autoscaler.web.target\" = \"x2\"",
        "\"autoscaler.web.servers\" = [2, 4]",
        "\"autoscaler.web.servers.2\" = \"+1\"",
        "\"autoscaler.web.tolerance\" = \"5%\"",
        "\"autoscaler.web.ready_after\" = \"100ms\"",
        "\"autoscaler.web.stabilise.up\" = \"200ms\"",
        "\"autoscaler.web.stabilise.down\" = \"0s\"",
        "\"service.s1.servers\" = \"+2\"",
        "\"service.s1.servers\" = \"x2\"",
    ]);
    let rates = written(&["", "", ", \"autoscaler.web.provision.rate\" = \"9/s\""]);
    (span(100, 700), follows, keys, tuned, rates, span(200, 1500))
        .prop_map(|(sync, follows, keys, tuned, rates, at)| {
            let rates = if keys.contains("provision") {
                rates
            } else {
                String::new()
            };
            let tune = match tuned.is_empty() {
                true => String::new(),
                false => format!("[action.tune]\nat = \"{at}\"\nset = {{ {tuned}{rates} }}\n"),
            };
            format!(
                "[autoscaler.web]\nservice = \"s1\"\n{follows}\nservers = [1, 5]\n\
                 sync = \"{sync}\"\n{keys}{tune}"
            )
        })
        .boxed()
}

/// Nothing, or what is decided while it runs.
pub(super) fn reacting(guarded: bool) -> Text {
    (option::of(trigger(guarded)), option::of(scaler()))
        .prop_map(|(trigger, scaler)| trigger.unwrap_or_default() + &scaler.unwrap_or_default())
        .boxed()
}
