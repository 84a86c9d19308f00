//! Times, rates and factors at the bounds of the language and beyond: what is beyond is refused
//! where it is written, and what is within never makes a clock run over.

use onrush::model;
use onrush::model::files::Files;
use onrush::text::{Level, Source};

use crate::support::Scene;

/// A model in which every key that takes a time has one; each is written `7s` and nothing else is.
const TIMES: &str = r#"[model]
run_for = "70s"
drain = true
replications = 1
[param.pause]
value = "7s"
range = ["1s", "7s"]
[arrivals.steps]
journey = "visit"
stages = [ { rate = "1/s", for = "7s" }, { to = "2/s" } ]
[arrivals.crowd]
journey = "visit"
crowd = { users = 5, from = "7s", arrive = "7s" }
[arrivals.burst]
journey = "visit"
burst = { users = 1, at = "7s", every = "7s", spread = "exp(7s)" }
[journey.visit]
patience = "lognormal(mean=7s, cv=1)"
reload = { after = "7s", on_error = "7s", at_most = 2 }
again = { share = "50%", after = "7s", at_most = 1 }
steps = [
  { think = "mix(50%: 7s, 50%: exp(1s, max=7s))" },
  { think = "2 * $pause" },
  { enter = "hall" },
  { name = "ask", call = "desk.ask", timeout = "7s", deadline = "7s", retry = "twice" },
  { hold = "key", timeout = "7s", steps = [ { send = "desk.tell" } ], or = "continue" },
]
[retry.twice]
attempts = 2
backoff = { base = "7s", cap = "7s" }
[room.hall]
opens = "7s"
closes = "17s"
[pool.key]
size = 1
[service.desk]
network = "7s"
boot = "7s"
cold = 2
warm_after = "7s"
refuse_cost = "7s"
queue.limit = 3
endpoint.ask = [ { cpu = "7s" }, { wait = "7s" } ]
endpoint.tell = []
[fault.slow]
at = "7s"
for = "7s"
slow = { service = "desk", factor = 2 }
[fault.late]
at = "7s"
delay = { between = ["users", "desk"], by = "7s" }
[fault.crash]
at = "7s"
crash = { service = "desk", boot = "7s", noticed_after = "7s" }
[action.more]
at = "7s"
takes = "7s"
set = { "service.desk.servers" = 2 }
[[note]]
at = "7s"
text = "a note"
[recovery]
window = "7s"
trigger_ends = "7s"
[[objective]]
that = "p95(ask.time) < 7s"
same_within = "7s"
[[objective]]
that = "mean(desk.queue) between 1s and 7s <= 3"
[[objective]]
that = "at(desk.queue, 7s) <= 3"
[[objective]]
that = "p50(ask.time, 7s) < 1s except 7s"
"#;

/// The model with one of its times replaced, and the line in which that is.
fn with(time: &str) -> impl Iterator<Item = (usize, String)> + '_ {
    TIMES.match_indices("7s").map(move |(at, seven)| {
        let line = TIMES[..at].lines().count();
        let text = format!("{}{time}{}", &TIMES[..at], &TIMES[at + seven.len()..]);
        (line, text)
    })
}

fn errors(text: &str) -> Vec<(&'static str, String, usize)> {
    let (model, found) = model::read(Source::new("model.toml", text), Files::new());
    let line = |place: Option<onrush::text::Place>| {
        let start = place.map_or(0, |place| place.range().start);
        text[..start].lines().count()
    };
    assert_eq!(
        model.is_sound(),
        found.iter().all(|d| d.level != Level::Error)
    );
    let errors = found.into_iter().filter(|d| d.level == Level::Error);
    errors
        .map(|d| (d.code, d.expected.unwrap_or_default(), line(d.place)))
        .collect()
}

#[test]
fn the_longest_time_is_the_same_everywhere_and_told_where_it_is_passed() {
    assert_eq!(errors(TIMES), []);
    for (line, text) in with("2000d0.000000001s") {
        let found = errors(&text);
        let expected = "expected at most 2000d".to_owned();
        // What a product of a parameter comes to is told where it is used as well.
        let here = |(_, why, at): &(&str, String, usize)| *why == expected && *at == line;
        assert!(found.iter().any(here), "line {line}: {found:?}");
    }
}

#[test]
fn the_longest_times_run() {
    for (line, text) in with("2000d") {
        let scene = Scene::with_model(&text);
        let ran = scene.run(["run", "model.toml", "--events", "20k"]);
        // A door that closes before it opens, a window beyond the end: refused. All else is run.
        let known = [98, 99, 104].contains(&ran.code);
        assert!(known, "line {line}: {}\n{}", ran.code, ran.err);
    }
}

#[test]
fn a_launch_as_long_as_can_be_adds_up() {
    let many = "[arrivals.all]\njourney = \"visit\"\n\
                crowd = { users = 400, from = \"-2000d\", arrive = \"uniform(0s, 100d)\" }\n\
                [arrivals.few]\njourney = \"visit\"\nrate = \"1/d\"\n\
                [journey.visit]\nsteps = [ { name = \"ask\", call = \"desk.ask\" } ]\n\
                [service.desk]\nworkers = 100\nendpoint.ask = [ { wait = \"2000d\" } ]\n";
    for head in [
        "drain = true",
        "study = \"steady\"\nwarmup = \"1000d\"",
        "study = \"steady\"",
    ] {
        let scene = Scene::with_model(&format!(
            "[model]\nrun_for = \"2000d\"\nreplications = 2\n{head}\n{many}"
        ));
        let ran = scene.run(["run", "model.toml"]).expect(0);
        assert!(!ran.out.contains("NaN"), "{head}: {}", ran.out);
    }
    let scene = Scene::with_model(&format!(
        "[model]\nrun_for = \"36500d\"\nreplications = 2\n{many}"
    ));
    let refused = scene.run(["run", "model.toml"]).expect(104);
    let said = "error[E006]: `36500d` is out of range\n --> model.toml:2:12";
    assert!(refused.err.contains(said), "{}", refused.err);
}

/// A source that reads a file of this text.
fn from_file(text: &str, more: &str) -> Scene {
    let model = format!(
        "[model]\nrun_for = \"1h\"\ndrain = true\nreplications = 1\n\
         [arrivals.all]\njourney = \"visit\"\nfile = \"times.csv\"\n{more}\n\
         [journey.visit]\nsteps = [ {{ call = \"desk.ask\" }} ]\n\
         [service.desk]\nendpoint.ask = [ {{ cpu = \"1ms\" }} ]\n"
    );
    Scene::with_model(&model).file("times.csv", text)
}

#[test]
fn times_in_files_have_the_same_bounds() {
    let beyond = [
        ("-1e10\n2\n", 1),
        ("1\n1e300\n", 2),
        ("1\n-172800001\n", 2),
        ("0\n172800000.000000001\n", 2),
        ("1\n170141183460469231731687303\n", 2),
        ("-170141183460469231731687303715884105727\n", 1),
        ("1414392000\n1414392001\n0\n", 1),
        ("2014-10-27 15:00:00\n2021-10-27 15:00:00\n", 2),
    ];
    for (text, line) in beyond {
        let refused = from_file(text, "").run(["run", "model.toml"]).expect(104);
        let beyond = format!("the time in line {line} is more than 2000d away from T+0");
        let large = format!("in line {line} is too large");
        let said = refused.err.contains(&beyond) || refused.err.contains(&large);
        assert!(said, "{text:?}: {}", refused.err);
    }
    for text in ["-172800000\n2\n", "0\n172800000\n", "-1\n5\n3600\n"] {
        from_file(text, "").run(["run", "model.toml"]).expect(0);
    }
    // As numpy writes them.
    let ran = from_file("1.000000000000000000e+01\n2.500000000000000000e+00\n", "");
    let ran = ran.run(["check", "model.toml"]).expect(0);
    assert!(ran.out.contains("about 2 come"), "{}", ran.out);
}

#[test]
fn rates_and_factors_have_bounds() {
    let wrong = [
        (
            "rate = \"2000G/s\"",
            "expected a rate of at most 1000000000000/s",
        ),
        ("rate = \"$huge * 1/s\"", "expected a rate of at most"),
        (
            "rate = \"1/s\"\nscale = 2e12",
            "expected a number from 0 to 1000000000000",
        ),
        (
            "rate = \"$tiny * 1/s\"\ntotal = 5",
            "this `total` brings too many users",
        ),
        (
            "file = \"times.csv\"\nscale = 1e9",
            "this `scale` brings too many users",
        ),
        ("file = \"rates.csv\"", "is more than 1000000000000"),
    ];
    for (who, said) in wrong {
        let model = format!(
            "[model]\nrun_for = \"1m\"\nreplications = 1\n\
             [param.huge]\nvalue = 1e300\n[param.tiny]\nvalue = 1e-318\n\
             [arrivals.all]\njourney = \"visit\"\n{who}\n\
             [journey.visit]\nsteps = [ {{ think = \"1s\" }} ]\n"
        );
        let scene = Scene::with_model(&model).file("times.csv", "1\n2\n3\n");
        let scene = scene.file("rates.csv", "at,rate\n1,1\n2,1e308\n3,5\n");
        let refused = scene.run(["run", "model.toml"]).expect(104);
        assert!(refused.err.contains(said), "{who}: {}", refused.err);
    }
}
