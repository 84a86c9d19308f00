//! The phase plane of the running example of Isaacs et al. (HotOS 2025): published is an inflection
//! near a queue of 40 and an orbit of 30, between launches that come back and those that do not.

use serde_json::Value;

use crate::support::Scene;

/// One thread of 10/s, a timeout of 5 s, five immediate retries, room for 150: 5/s, and a spike of
/// 15/s that lasts so long.
fn model(spike: u32) -> String {
    let calm = 300 - spike;
    format!(
        r#"
[model]
title = "How long may the spike be?"
run_for = "400s"
seed = 11
replications = 8
[arrivals.all]
journey = "visit"
stages = [ {{ rate = "5/s", for = "100s" }}, {{ rate = "15/s", for = "{spike}s" }},
  {{ rate = "5/s", for = "{calm}s" }} ]
[journey.visit]
steps = [ {{ call = "desk.serve", timeout = "5s", retry = "five" }} ]
[retry.five]
attempts = 6
backoff = {{ kind = "none" }}
[service.desk]
workers = 1
queue = {{ limit = 150, silent = true }}
on_timeout = "ignore"
endpoint.serve = [ {{ cpu = "exp(100ms)" }} ]
"#
    )
}

/// Where each launch stands when the spike ends, and whether it comes back.
fn paths(spike: u32) -> Vec<(f64, f64, bool)> {
    let text = model(spike);
    let words = ["run", "model.toml", "--json", "-", "--threads", "2"];
    let answer = Scene::with_model(&text).run(words);
    let results: Value = serde_json::from_str(&answer.out).expect("results are JSON");
    let phase = &results["variants"]["baseline"]["phase"];
    let step = phase["step_s"].as_f64().unwrap_or(1.0);
    let at = (f64::from(100 + spike) / step) as usize - 1;
    let all = phase["paths"].as_array().cloned().unwrap_or_default();
    let point = |path: &Value, key: &str, at: usize| path[key][at].as_f64().expect("a point");
    let path = |path: &Value| {
        let last = path["queue"].as_array().expect("a path").len() - 1;
        let end = point(path, "queue", last) + point(path, "orbit", last);
        (
            point(path, "queue", at),
            point(path, "orbit", at),
            end < 40.0,
        )
    };
    all.iter().map(path).collect()
}

/// Half of the published point comes back, and twice as far out nobody does.
#[test]
fn launches_tip_near_the_published_point() {
    let all: Vec<(f64, f64, bool)> = [5, 8, 12, 16, 22, 30].into_iter().flat_map(paths).collect();
    let near = all
        .iter()
        .filter(|(queue, orbit, _)| queue / 40.0 + orbit / 30.0 <= 1.0);
    let far = all
        .iter()
        .filter(|(queue, orbit, _)| *queue >= 80.0 && *orbit >= 60.0);
    let (near, far): (Vec<_>, Vec<_>) = (near.collect(), far.collect());
    println!("{} near, {} far of {}", near.len(), far.len(), all.len());
    assert!(near.len() >= 5 && far.len() >= 5, "{all:?}");
    assert!(near.iter().all(|(.., back)| *back), "{near:?}");
    assert!(far.iter().all(|(.., back)| !*back), "{far:?}");
}
