//! What the results document says of small models, each figure worked out by hand.
//!
//! One idea: nothing but the command and its document is looked at, as a script would.

use serde_json::{Value, json};

use crate::support::Scene;

/// The document of a run of two launches of thirty seconds; `data.csv` holds `data`.
fn document(model: &str, data: &str) -> Value {
    let head = "[model]\nrun_for = '30s'\nreplications = 2\n";
    let text = if model.contains("[model]") {
        model.to_owned()
    } else {
        format!("{head}{model}")
    };
    let scene = Scene::with_model(&text).file("data.csv", data);
    let answer = scene.run(["run", "model.toml", "--json", "-", "--quiet"]);
    assert!([0, 98, 99].contains(&answer.code), "{}", answer.err);
    serde_json::from_str(&answer.out).expect("it is JSON")
}

fn baseline(model: &str) -> Value {
    document(model, "")["variants"]["baseline"].take()
}

#[test]
fn words_of_the_models_own_stand_beside_the_other_outcomes() {
    // Four come at 0: each thinks a second, then leaves bored. One comes at 5 and is served.
    let found = baseline(
        "[arrivals.some]
        journey = 'look'
        burst = { users = 4 }
        [arrivals.one]
        journey = 'buy'
        burst = { users = 1, at = '5s' }
        [journey.look]
        steps = [ { think = '1s' }, { leave = 'bored' } ]
        [journey.buy]
        steps = [ { think = '1s' } ]
        [[objective]]
        that = 'share(look.bored) >= 100%'
        [[objective]]
        that = 'share(served or bored) >= 100%'",
    );
    let users = &found["users"];
    assert_eq!(users["outcome"]["bored"]["estimate"], json!(4.0));
    assert_eq!(users["share"]["bored"]["estimate"], json!(0.8));
    assert_eq!(users["outcome"]["served"]["estimate"], json!(1.0));
    assert_eq!(found["metrics"]["share(bored)"]["estimate"], json!(0.8));
    let so_far = &found["timeline"]["series"]["count(bored)"]["mean"];
    assert_eq!((&so_far[0], &so_far[1]), (&json!(0.0), &json!(4.0)));
    let left = &found["journeys"]["look"]["steps"][1]["left"];
    assert_eq!(left["bored"]["estimate"], json!(4.0));
    for objective in [0, 1] {
        assert_eq!(found["objectives"][objective]["chance"]["k"], json!(2));
    }
    assert_eq!(found["checks"]["conserved"], json!(true));
}

#[test]
fn a_time_that_equals_its_limit_keeps_it() {
    // One worker, three at once, five seconds each: they take 5, 10 and 15 seconds.
    let found = baseline(
        "[arrivals.three]
        journey = 'visit'
        burst = { users = 3 }
        [journey.visit]
        steps = [ { name = 'ask', call = 'desk.ask' } ]
        [service.desk]
        endpoint.ask = [ { wait = '5s' } ]
        [[objective]]
        that = 'share(ask.time <= 15s) >= 100%'
        [[objective]]
        that = 'max(ask.ok.time) <= 15s'",
    );
    for (objective, value) in [(0, 1.0), (1, 15.0)] {
        let objective = &found["objectives"][objective];
        assert_eq!(objective["value"]["estimate"], json!(value));
        assert_eq!(objective["chance"]["k"], json!(2));
    }
    assert_eq!(
        found["requests"]["ask"]["ok_time"]["mean"]["estimate"],
        json!(10.0)
    );
}

#[test]
fn arrivals_may_be_written_as_dates() {
    let model = |starts: &str, more: &str| {
        format!(
            "[model]\n{starts}run_for = '60s'\nreplications = 1
            [arrivals.log]
            journey = 'visit'
            file = {{ path = 'data.csv', per = '10s' }}
            {more}
            [journey.visit]
            steps = [ {{ think = '1s' }} ]
            [[objective]]
            that = 'count(arrived) before 15s >= 0'"
        )
    };
    let arrived = |model: &str, data: &str| {
        let found = document(model, data);
        let of = |path: &str| found.pointer(path).cloned();
        (
            of("/variants/baseline/users/arrived/estimate"),
            of("/variants/baseline/objectives/0/value/estimate"),
        )
    };
    let figures = |all: f64, early: f64| (Some(json!(all)), Some(json!(early)));
    let log = "when\n2014-10-27T15:00:10Z\n2014-10-27T15:00:12Z\n2014-10-27T15:00:30Z\n";
    let starts = "starts = 2014-10-27T15:00:00Z\n";
    // At 10, 12 and 30 seconds from the start; at 0, 2 and 20 from the first.
    assert_eq!(arrived(&model(starts, ""), log), figures(3.0, 2.0));
    assert_eq!(arrived(&model("", ""), log), figures(3.0, 2.0));
    // Twenty in ten seconds, twice as many in the next ten, which is as long as the last row.
    let rates = "when,n\n2014-10-27 15:00:00,20\n2014-10-27 15:00:10,40\n";
    let even = "spacing = 'even'";
    assert_eq!(arrived(&model(starts, even), rates), figures(60.0, 39.0));
}

#[test]
fn requests_stand_in_the_heat_map_by_start_and_length() {
    // Twenty at 0 take three seconds, between 2³¹ and 1.5·2³¹ ns; of twenty at 5 s two run into
    // their timeout, so that the 95th percentile of all is never.
    let found = baseline(
        "[arrivals.all]
        journey = 'visit'
        burst = { users = 20, every = '5s' }
        [journey.visit]
        steps = [ { name = 'ask', call = 'desk.ask', timeout = '4s' } ]
        [service.desk]
        workers = 20
        endpoint.ask = [ { wait = '3s' } ]
        [action.fewer]
        at = '4s'
        set = { 'service.desk.workers' = 18 }",
    );
    let heat = &found["heat"]["ask"];
    // Later ones wait a second for workers that those two still hold.
    let edges = json!([2.147_483_648, 3.221_225_472, 4.294_967_296]);
    assert_eq!(heat["edges_s"], edges);
    let counts = heat["counts"].as_array().expect("a row a bin");
    assert_eq!((counts.len(), &counts[0]), (30, &json!([40, 0])));
    assert_eq!((&counts[1], &counts[5]), (&json!([0, 0]), &json!([36, 0])));
    let series = &found["timeline"]["series"];
    let p95 = series["p95(ask.time)"]["mean"][0].as_f64().expect("3 s");
    assert!((p95 - 3.0).abs() < 0.05, "{p95}");
    assert_eq!(series["p95(ask.time)"]["mean"][5], Value::Null);
    assert!(series["p95(ask.ok.time)"]["mean"][5].is_number());
}

#[test]
fn work_that_was_stopped_is_not_there_at_the_end() {
    // The first gives up at 6 of 9 seconds; the second comes at 25 and is at work at the end.
    let found = baseline(
        "[arrivals.users]
        journey = 'visit'
        burst = { users = 1, every = '25s' }
        [journey.visit]
        patience = '6s'
        steps = [ { call = 'desk.ask' } ]
        [service.desk]
        on_timeout = 'cancel'
        endpoint.ask = [ { wait = '9s' } ]",
    );
    let desk = &found["services"]["desk"];
    for (what, n) in [
        ("accepted", 2.0),
        ("completed", 0.0),
        ("stopped", 1.0),
        ("unfinished", 1.0),
    ] {
        assert_eq!(desk[what]["estimate"], json!(n), "{what}");
    }
}

#[test]
fn a_run_too_short_to_find_a_warm_up_says_so() {
    let model = "[model]
        run_for = '20s'
        replications = 2
        study = 'steady'
        warmup = 'auto'
        [arrivals.users]
        journey = 'visit'
        rate = '5/s'
        [journey.visit]
        steps = [ { think = '1s' } ]";
    let found = document(model, "");
    assert_eq!(found["answers"]["steady"]["found"], json!(false));
    let notes = found["notes"].as_array().expect("a list");
    assert!(notes.iter().any(|note| note["code"] == "N210"), "{notes:?}");
}

#[test]
fn a_variant_may_replace_what_another_one_changes() {
    // One second and two: three; the second step changed to five: six; one step of nine instead.
    let model = "[model]
        run_for = '30s'
        replications = 2
        [arrivals.one]
        journey = 'visit'
        burst = { users = 1 }
        [journey.visit]
        steps = [ { name = 'ask', call = 'desk.ask' } ]
        [service.desk]
        endpoint.ask = [ { wait = '1s' }, { wait = '2s' } ]
        [[objective]]
        that = 'max(ask.ok.time) < 1s'
        [variant.slower]
        set = { 'service.desk.endpoint.ask.steps.2.wait' = '5s' }
        [variant.other]
        set = { 'service.desk.endpoint.ask' = [ { wait = '9s' } ] }";
    let scene = Scene::with_model(model);
    let answer = scene.run(["compare", "model.toml", "--json", "-", "--quiet"]);
    let found: Value = serde_json::from_str(&answer.expect(0).out).expect("it is JSON");
    for (variant, seconds) in [("baseline", 3.0), ("slower", 6.0), ("other", 9.0)] {
        let objective = &found["variants"][variant]["objectives"][0];
        assert_eq!(objective["value"]["estimate"], json!(seconds), "{variant}");
    }
}

#[test]
fn actions_are_checked_one_after_the_other() {
    // Twice 40 % is a share, and twice that is none.
    let model = "[model]
        run_for = '30s'
        [arrivals.one]
        journey = 'visit'
        burst = { users = 1 }
        [journey.visit]
        again = { share = '40%', after = '1s' }
        steps = [ { think = '1s' } ]
        [action.more]
        at = '5s'
        set = { 'journey.visit.again.share' = 'x2' }
        [action.yet-more]
        at = '6s'
        set = { 'journey.visit.again.share' = 'x2' }";
    let answer = Scene::with_model(model).run(["run", "model.toml"]);
    let answer = answer.expect(104);
    assert!(answer.err.contains("error[E"), "{}", answer.err);
}

/// The estimate of a figure of the document.
fn estimate(of: &Value) -> f64 {
    of["estimate"].as_f64().expect("it has an estimate")
}

#[test]
fn each_percentile_stands_under_its_own_name() {
    // A thousand come at 0, and the k-th is done at k ms: the p-th percentile is p × 10 ms, to the
    // 0.8 % that a bucket of times is wide, and half of that.
    let found = baseline(
        "[arrivals.all]
        journey = 'visit'
        burst = { users = 1000 }
        [journey.visit]
        steps = [ { name = 'ask', call = 's.work' } ]
        [service.s]
        endpoint.work = [ { wait = '1ms' } ]
        [[objective]]
        that = 'p90(visit.time) < 1s'
        [[objective]]
        that = 'p95(ask.time) < 1s'",
    );
    let near = |value: &Value, percent: f64, what: &str| {
        let (found, expected) = (estimate(value), percent / 100.0);
        assert!((found / expected - 1.0).abs() < 0.006, "{what}: {found}");
    };
    let (journey, asked) = (&found["journeys"]["visit"], &found["requests"]["ask"]);
    let service = &found["services"]["s"];
    let times = [
        &journey["time"],
        &journey["ok_time"],
        &asked["time"],
        &asked["ok_time"],
        &asked["attempt_time"],
        &service["time"],
        &service["wait"],
    ];
    for (n, time) in times.into_iter().enumerate() {
        for percent in [50, 90, 95] {
            let what = format!("p{percent} of time {n}");
            near(&time[format!("p{percent}")], f64::from(percent), &what);
        }
    }
    near(&asked["time"]["p99"], 99.0, "p99");
    near(&found["metrics"]["p90(visit.time)"], 90.0, "a metric");
    near(&found["metrics"]["p95(ask.time)"], 95.0, "a metric");
    near(&found["metrics"]["p50(visit.time)"], 50.0, "a metric");
}

#[test]
fn each_ending_of_an_attempt_stands_under_its_own_name() {
    // At 0 come a, who works 0–4; b and c, who wait behind. At 1 five come and are refused. b loses
    // patience at 2 (its attempt is cancelled), c's attempt times out at 3. At 5 four meet an
    // error. The last comes at 29 and is not done at the end.
    let found = baseline(
        "[arrivals.a]\njourney = 'a'\nburst = { users = 1 }
        [arrivals.b]\njourney = 'b'\nburst = { users = 1 }
        [arrivals.c]\njourney = 'c'\nburst = { users = 1 }
        [arrivals.d]\njourney = 'd'\nburst = { users = 5, at = '1s' }
        [arrivals.e]\njourney = 'e'\nburst = { users = 4, at = '5s' }
        [arrivals.f]\njourney = 'a'\nburst = { users = 1, at = '29s' }
        [journey]
        a.steps = [ { name = 'long', call = 's.long' } ]
        b = { patience = '2s', steps = [ { name = 'left', call = 's.long' } ] }
        c.steps = [ { name = 'slow', call = 's.long', timeout = '3s' } ]
        d.steps = [ { name = 'full', call = 's.long' } ]
        e.steps = [ { name = 'wrong', call = 's.bad' } ]
        [service.s]
        queue.limit = 2
        on_timeout = 'cancel'
        endpoint.long = [ { wait = '4s' } ]
        endpoint.bad = [ { fail = 'failed' } ]",
    );
    for (step, word, count) in [
        ("long", "ok", 1.0),
        ("long", "unfinished", 1.0),
        ("left", "cancelled", 1.0),
        ("slow", "timed_out", 1.0),
        ("full", "refused", 5.0),
        ("wrong", "error", 4.0),
    ] {
        let attempts = &found["requests"][step]["attempts"];
        assert_eq!(attempts[word]["estimate"], json!(count), "{step}: {word}");
        let endings = [
            "ok",
            "unfinished",
            "cancelled",
            "timed_out",
            "refused",
            "error",
        ];
        let all: f64 = endings.iter().map(|word| estimate(&attempts[*word])).sum();
        assert_eq!(json!(all), attempts["sent"]["estimate"], "{step}");
    }
    let service = &found["services"]["s"];
    assert_eq!(service["refused"]["estimate"], json!(5.0));
    assert_eq!(service["left_queue"]["estimate"], json!(2.0));
    for (word, count) in [("refused", 5.0), ("abandoned", 1.0), ("failed", 5.0)] {
        let users = &found["users"]["outcome"][word]["estimate"];
        assert_eq!(*users, json!(count), "{word}");
    }
}
