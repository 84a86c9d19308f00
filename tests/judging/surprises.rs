//! What happens at instants that only a run knows is told with them.

use serde_json::{Value, json};

use crate::support::Scene;

/// Twenty at once, a second each, at one worker: nineteen wait, one fewer each second. Who looks
/// every second looks first at T+1 s and sees nineteen still, for looks come before what happens.
/// So `more` is decided at 1 s and takes effect at 3 s; `trouble` waits for it to last two seconds,
/// begins at 3 s and ends at 7 s; the autoscaler decides at 5 s and wants more; a server of `other`
/// fails when it has been up for 2.5 s.
const TEXT: &str = r#"
[model]
title = "Twenty at once"
run_for = "12s"
[arrivals.all]
journey = "visit"
burst = { users = 20, at = "0s" }
[journey.visit]
steps = [ { call = "api.ask" } ]
[service.api]
workers = 1
cores = 1
endpoint.ask = [ { wait = "1s" } ]
[service.other]
endpoint.ask = [ { wait = "1s" } ]
[action.more]
when = "mean(api.queue) > 5"
takes = "2s"
set = { "service.api.boot" = "1s" }
[fault.trouble]
when = "mean(api.queue) > 5 for 2s"
for = "4s"
slow = { service = "other", factor = 2 }
[fault.wear]
random = { fails = "2500ms", repaired = "100s" }
pause = { service = "other" }
[autoscaler.api]
service = "api"
metric = "mean(api.queue)"
target = 2
servers = [1, 3]
sync = "5s"
[action.never]
when = "mean(api.queue) > 500"
set = { "service.api.boot" = "2s" }
"#;

fn baseline() -> (Value, Scene) {
    let scene = Scene::with_model(TEXT);
    let words = ["run", "model.toml", "--replications", "3", "--json", "-"];
    let answer = scene.run(words);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let found: Value = serde_json::from_str(&answer.out).expect("results are JSON");
    (found["variants"]["baseline"].clone(), scene)
}

/// What happened of a kind, with its seconds.
fn told(list: &Value, kind: &str) -> Vec<(String, f64)> {
    let all = list.as_array().expect("a list").iter();
    let of_it = all.filter(|one| one["kind"] == json!(kind));
    let told = of_it.map(|one| {
        let at = &one["at_s"];
        let at = at.as_f64().or(at["estimate"].as_f64());
        let what = one["what"].as_str().expect("words");
        (what.to_owned(), at.expect("an instant"))
    });
    told.collect()
}

#[test]
fn what_waits_for_something_is_told_with_its_instant() {
    let (found, scene) = baseline();
    let say = |what: &str, at: f64| (what.to_owned(), at);
    assert_eq!(
        told(&found["events"], "action"),
        [
            say("action more", 3.0),
            say("autoscaler api first orders servers", 5.0)
        ]
    );
    assert_eq!(
        told(&found["events"], "fault"),
        [
            say("wear first strikes", 2.5),
            say("trouble begins", 3.0),
            say("trouble ends", 7.0)
        ]
    );
    let moments = &found["moments"];
    let faults = told(moments, "fault");
    assert_eq!(faults.len(), 2, "{faults:?}");
    let at = |seconds: f64| (seconds * 10.0).round() as i64;
    assert!(faults[0].0.ends_with(", at random") && at(faults[0].1) == 25);
    assert!(faults[1].0.starts_with("trouble: ") && at(faults[1].1) == 30);
    let trouble = moments.as_array().expect("a list").iter();
    let mut trouble = trouble.filter(|one| one["at_s"] == json!(3.0));
    assert!(trouble.any(|one| one["to_s"] == json!(7.0)), "{moments}");
    let shown = scene.run(["run", "model.toml", "--replications", "3"]);
    for said in [
        "action more",
        "trouble begins",
        "autoscaler api first orders",
    ] {
        assert!(shown.out.contains(said), "{said}: {}", shown.out);
    }
}
