//! Sizes lowered while in use, servers that stand still, the end of a steady study, and sizes of 0:
//! models of a dozen lines that were simulated wrongly.

use serde_json::Value;

use crate::replicate::{Question, checked, replicate};
use crate::support::{Answer, Scene};

/// The answers of each replication to these metrics.
fn answers(text: &str, replications: u32, metrics: &[&str]) -> Vec<Vec<f64>> {
    let model = checked(text, &[]);
    let question = Question::new(&model, metrics);
    let keep = |seen| question.answers(&seen);
    let found = replicate(&question.program, model.seed, replications, 2, &keep);
    let whole = |row: Vec<Option<f64>>| row.into_iter().map(|v| v.expect("it exists")).collect();
    found.into_iter().map(whole).collect()
}

/// The mean of a column, and its standard error.
fn mean(rows: &[Vec<f64>], column: usize) -> (f64, f64) {
    let n = rows.len() as f64;
    let values = || rows.iter().map(|row| row[column]);
    let mean = values().sum::<f64>() / n;
    let squares: f64 = values().map(|v| (v - mean) * (v - mean)).sum();
    (mean, (squares / (n - 1.0) / n).sqrt())
}

/// The results of a model as `run --json -` prints them.
fn results(text: &str) -> Value {
    let answer =
        Scene::with_model(text).run(["run", "model.toml", "--json", "-", "--threads", "2"]);
    assert!([0, 98, 99].contains(&answer.code), "{}", answer.err);
    serde_json::from_str(&answer.out).unwrap_or_else(|why| panic!("{why}: {}", answer.out))
}

/// Every estimate of the results with its interval holds itself, and none of these series and
/// figures exceeds 1.
fn holds_itself(value: &Value, path: &str) {
    match value {
        Value::Object(fields) => {
            let of = |key: &str| fields.get(key).and_then(Value::as_f64);
            if let (Some(estimate), Some(low), Some(high)) = (of("estimate"), of("low"), of("high"))
            {
                assert!(low <= estimate && estimate <= high, "{path}: {value}");
            }
            for (key, value) in fields {
                holds_itself(value, &format!("{path}.{key}"));
            }
        }
        Value::Array(values) => values.iter().for_each(|value| holds_itself(value, path)),
        _ => {}
    }
}

/// The largest number in a part of the results.
fn largest(value: &Value) -> f64 {
    match value {
        Value::Number(number) => number.as_f64().unwrap_or(0.0),
        Value::Array(values) => values.iter().map(largest).fold(0.0, f64::max),
        Value::Object(fields) => fields.values().map(largest).fold(0.0, f64::max),
        _ => 0.0,
    }
}

#[test]
fn no_more_is_busy_than_there_is_when_staff_is_cut() {
    let results = results(include_str!("workers-cut-in-use.toml"));
    let baseline = &results["variants"]["baseline"];
    holds_itself(baseline, "baseline");
    let metric = &baseline["metrics"]["mean(desk.busy) between 10m and 11m"];
    assert_eq!(metric["estimate"].as_f64(), Some(1.0), "{metric}");
    assert_eq!(metric["high"].as_f64(), Some(1.0), "{metric}");
    let series = baseline["timeline"]["series"].as_object();
    for (name, series) in series.expect("there is a timeline") {
        if ["busy", "held", "blocked"]
            .iter()
            .any(|what| name.contains(what))
        {
            assert!(largest(&series["mean"]) <= 1.0, "{name}: {series}");
        }
    }
    assert_eq!(baseline["objectives"][0]["verdict"], "unclear");
}

#[test]
fn no_more_is_held_than_there_is_when_a_pool_is_cut() {
    let text = include_str!("pool-cut-in-use.toml");
    let results = results(text);
    holds_itself(&results["variants"]["baseline"], "baseline");
    let rows = answers(
        text,
        10,
        &[
            "mean(c.held) between 10m and 601s",
            "mean(c.held, 1s)",
            "mean(c.held)",
            "mean(c.in_use) between 10m and 601s",
        ],
    );
    for row in rows {
        assert!(row[..3].iter().all(|held| *held <= 1.0), "{row:?}");
        // More than two are held at 10m in every launch, and in use until they are back.
        assert!(row[0] >= 1.0 && row[3] > 2.0, "{row:?}");
    }
}

#[test]
fn only_those_in_work_at_the_pause_wait_for_its_end() {
    // Somebody comes every half second and takes 100 ms, so nobody is in work when three of four
    // stand still at 5 s: the fourth serves all of them at once.
    let text = include_str!("paused-server-shared-queue.toml");
    let metrics = [
        "max(v.ok.time)",
        "share(d.x.time <= 101ms)",
        "share(d.waited)",
    ];
    let rows = answers(text, 1, &metrics);
    assert_eq!(rows, [[0.1, 1.0, 0.0]]);
}

#[test]
fn a_short_steady_window_cuts_nobody_off() {
    // 300 workers that are never idle: 300 ÷ 0.444 s, and 400 users over that rate (Little 1961).
    let text = include_str!("steady-window.toml");
    let (rate, time) = (300.0 / 0.444, 400.0 * 0.444 / 300.0);
    let expected = [
        ("rate(desk.completed)", rate),
        ("rate(desk.goodput)", rate),
        ("rate(desk.arrived)", rate),
        ("rate(visit.served)", rate),
        ("rate(desk.serve.ok)", rate),
        ("mean(desk.time)", time),
        ("mean(desk.serve.ok.time)", time),
        ("mean(desk.in_system)", 400.0),
        ("mean(desk.held)", 1.0),
        ("share(desk.serve.ok)", 1.0),
        ("share(visit.served)", 1.0),
        ("mean(desk.amplification)", 1.0),
    ];
    let metrics = expected.map(|(metric, _)| metric);
    let rows = answers(text, 40, &metrics);
    for (column, (metric, expected)) in expected.into_iter().enumerate() {
        let (mean, error) = mean(&rows, column);
        // t with 39 degrees of freedom: 1e-4 of misses on both sides together.
        let most = 4.3 * error + 1e-12 * expected;
        assert!(
            (mean - expected).abs() <= most,
            "{metric}: {mean} ± {error}, not {expected}"
        );
        assert!(error <= 0.005 * expected, "{metric}: {mean} ± {error}");
    }
}

/// An open source in steady state whose steps take a third of the measured time.
#[test]
fn long_steps_are_not_cut_off_in_an_open_steady_study() {
    // M/M/∞: 5/s that take 20 s each, of which all end within the 500 s that the clock may go on.
    let text = "
        [model]
        study = 'steady'
        run_for = '500s'
        warmup = '200s'
        [arrivals.a]
        journey = 'v'
        rate = '5/s'
        [journey.v]
        steps = [ { name = 'ask', call = 's.work' } ]
        [service.s]
        workers = 1000
        endpoint.work = [ { wait = 'exp(20s)' } ]";
    let metrics = [
        "mean(ask.ok.time)",
        "share(ask.ok)",
        "rate(ask.ok)",
        "rate(s.completed)",
        "mean(s.in_system)",
    ];
    let rows = answers(text, 40, &metrics);
    for (column, expected) in [20.0, 1.0, 5.0, 5.0, 100.0].into_iter().enumerate() {
        let (mean, error) = mean(&rows, column);
        let metric = metrics[column];
        assert!(
            (mean - expected).abs() <= 4.3 * error,
            "{metric}: {mean} ± {error}"
        );
        assert!(error <= 0.01 * expected, "{metric}: {mean} ± {error}");
    }
}

/// A model of one service and one pool with other keys, and what `check` and `run` say of it.
fn said(arrivals: &str, service: &str, more: &str) -> [Answer; 2] {
    let text = format!(
        "[model]
        run_for = '60s'
        replications = 2
        [arrivals.a]
        journey = 'v'
        {arrivals}
        [journey.v]
        steps = [ {{ call = 's.work', timeout = '1s' }}, {{ take = 'seats', or = 'sold_out' }} ]
        [service.s]
        {service}
        endpoint.work = [ {{ hold = 'p', steps = [ {{ cpu = '10ms' }} ] }} ]
        {more}"
    );
    let pool = if more.contains("[pool.p]") {
        ""
    } else {
        "\n[pool.p]\nsize = 1"
    };
    let stock = if more.contains("[stock") {
        ""
    } else {
        "\n[stock.seats]\nunits = 9"
    };
    let scene = Scene::with_model(&format!("{text}{pool}{stock}\n"));
    [
        scene.run(["check", "model.toml"]),
        scene.run(["run", "model.toml", "--threads", "1"]),
    ]
}

/// What is printed holds no number that is none.
#[track_caller]
fn is_finite(answers: &[Answer]) {
    for answer in answers {
        let text = format!("{}\n{}", answer.out, answer.err);
        let words = text.split(|c: char| !c.is_alphanumeric());
        let odd: Vec<&str> = words
            .filter(|word| ["inf", "NaN", "nan", "infinity"].contains(word))
            .collect();
        assert!(odd.is_empty(), "{odd:?} in {text}");
    }
}

/// Both commands end well.
#[track_caller]
fn all_well(answers: [Answer; 2]) {
    for answer in answers {
        answer.expect(0);
    }
}

#[test]
fn what_is_there_in_no_number_from_beginning_to_end_is_refused_at_its_place() {
    for (service, more, said_of_it) in [
        ("servers = 0", "", "the service `s` has no servers"),
        ("workers = 0", "", "`0` is out of range"),
        ("cores = 0", "", "`0` is out of range"),
        ("", "[pool.p]\nsize = 0", "the pool `p` has no units"),
        (
            "servers = 0",
            "[action.a]\nat = '9s'\nset = { 'service.s.servers' = 0 }",
            "the service `s` has no servers",
        ),
        (
            "",
            "[variant.shut]\nset = { 'service.s.servers' = 0 }",
            "the service `s` has no servers",
        ),
        (
            "",
            "[action.a]\nat = '9s'\nset = { 'service.s.workers' = 0 }",
            "`0` is out of range",
        ),
    ] {
        let answers = said("rate = '1/s'", service, more);
        is_finite(&answers);
        for answer in answers {
            let answer = answer.expect(104);
            assert!(answer.err.contains(said_of_it), "{}", answer.err);
            assert!(answer.err.contains("model.toml:"), "{}", answer.err);
            assert!(answer.err.contains("expected"), "{}", answer.err);
        }
    }
}

#[test]
fn what_is_closed_for_a_while_refuses_and_says_so() {
    let shift = "[action.night]\nat = '20s'\nset = { 'service.s.servers' = 0 }
        [action.morning]\nat = '40s'\nset = { 'service.s.servers' = 1 }";
    let answers = said("rate = '10/s'\nspacing = 'even'", "", shift);
    is_finite(&answers);
    for answer in answers {
        let answer = answer.expect(0);
        let note = "the service `s` has no servers: every attempt is refused";
        assert!(answer.err.contains(note), "{}", answer.err);
    }
    // It may begin closed.
    let late = "[action.morning]\nat = '40s'\nset = { 'service.s.servers' = 1 }";
    let answers = said("rate = '10/s'", "servers = 0", late);
    is_finite(&answers);
    all_well(answers);
    let pool = "[pool.p]\nsize = 1\n[action.night]\nat = '20s'\nset = { 'pool.p.size' = 0 }";
    let answers = said("rate = '10/s'", "", pool);
    is_finite(&answers);
    all_well(answers);
}

#[test]
fn nobody_and_nothing_are_numbers_like_others() {
    for arrivals in [
        "rate = '0/s'",
        "population = 0",
        "crowd = { users = 0, arrive = 'exp(1s)' }",
        "burst = { users = 0, at = '1s' }",
        "rate = '1/s'\nscale = 0",
    ] {
        let answers = said(arrivals, "", "");
        is_finite(&answers);
        all_well(answers);
    }
    let answers = said("rate = '1/s'", "", "[stock.seats]\nunits = 0");
    is_finite(&answers);
    all_well(answers);
}
