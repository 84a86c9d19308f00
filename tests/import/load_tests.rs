//! Load tests: what they measured (JMeter, k6, vegeta), and what they were told.

use onrush::import::{
    AsArrivals, Asked, Imported, Unusable, artillery, gatling, jtl, k6, locust, taurus, vegeta,
};

use super::{bytes, input, is_kept, is_sound};

fn read(sample: &str, as_arrivals: AsArrivals) -> Result<Imported, Unusable> {
    let content = bytes(sample);
    let (format, name) = sample.split_once('/').expect("samples stand in a folder");
    let inputs = vec![input(name, &content)];
    match format {
        "jtl" => jtl::import(inputs, &Asked::default()),
        "locust" => locust::import(inputs, as_arrivals),
        "gatling" => gatling::import(inputs, as_arrivals),
        "artillery" => artillery::import(inputs),
        "taurus" => taurus::import(inputs, as_arrivals),
        "k6" => k6::import(inputs, as_arrivals, &Asked::default()),
        _ => vegeta::import(inputs, &Asked::default()),
    }
}

fn sample(sample: &str) -> Imported {
    read(sample, AsArrivals::No).unwrap_or_else(|refused| panic!("{sample}: {}", refused.why))
}

#[test]
fn every_sample_becomes_the_same_model() {
    for name in [
        "jtl/results.jtl",
        "jtl/broken.jtl",
        "k6/results.json",
        "k6/broken.json",
        "k6/results.csv",
        "k6/scenarios.json",
        "k6/stages.json",
        "k6/launch.js",
        "vegeta/results.csv",
        "locust/shape.py",
        "gatling/Launch.scala",
        "locust/users.py",
        "gatling/Recorded.scala",
        "gatling/Load.kt",
        "artillery/launch.yml",
        "artillery/broken.yml",
        "taurus/launch.yml",
        "taurus/broken.yml",
    ] {
        let found = sample(name);
        is_sound(&found);
        is_kept(name, &found);
    }
}

/// Settings of JMeter change what its files look like, and not what they say.
#[test]
fn a_jtl_says_the_same_in_every_dress() {
    for (name, requests) in [("jtl/dates.jtl", 200), ("jtl/no-heading.jtl", 113)] {
        let found = sample(name);
        is_sound(&found);
        let said = found.account.text();
        assert!(
            said.contains(&format!("{requests} requests from 2023-11-14T22:13:20")),
            "{said}"
        );
        assert!(said.contains("Bad lines: none"), "{said}");
    }
    let refused = read("jtl/xml.jtl", AsArrivals::No).expect_err("it is XML");
    assert!(
        refused
            .help
            .is_some_and(|help| help.contains("output_format=csv"))
    );
}

#[test]
fn both_forms_of_vegeta_say_the_same() {
    let [table, lines] = ["vegeta/results.csv", "vegeta/results.json"].map(|name| {
        let model = sample(name).model();
        model[model.find("[model]").expect("it has one")..].replace(name, "")
    });
    assert_eq!(table.replace(".csv", ""), lines.replace(".json", ""));
    let inputs = vec![input("results.bin", b"\x0f\xff\x83\x03\x01\x01\x06Result")];
    let refused = vegeta::import(inputs, &Asked::default()).expect_err("it is binary");
    assert!(
        refused
            .help
            .is_some_and(|help| help.contains("vegeta encode"))
    );
}

#[test]
fn closed_users_become_arrivals_when_asked() {
    let found = read("k6/stages.json", AsArrivals::Yes).expect("it says a load");
    is_sound(&found);
    let model = found.model();
    // Twenty users with a second of pause and 50 ms of work come 20 / 1.05 times a second.
    assert!(
        model.contains("{ to = \"19.05/s\", for = \"30s\" }"),
        "{model}"
    );
    assert!(found.account.text().contains("Little's law"));
}

#[test]
fn what_is_no_load_test_is_refused() {
    for (text, why) in [
        ("", "it is empty"),
        ("export default function () {}", "it is no JSON: line 1"),
        ("{}", "it says no load"),
        ("{ \"stages\": ", "it is no JSON: line"),
        (
            "{ \"stages\": [ { \"target\": -5, \"duration\": \"x\" } ] }",
            "it says no load",
        ),
    ] {
        let inputs = vec![input("x", text.as_bytes())];
        let refused = k6::import(inputs, AsArrivals::No, &Asked::default()).expect_err(text);
        assert!(refused.why.contains(why), "{text}: {}", refused.why);
    }
}

/// Locust counts its seconds from the start, k6 from the stage before.
#[test]
fn the_same_numbers_are_two_loads() {
    let stages = |durations: [u32; 2]| {
        format!(
            "{{\"stages\":[{{\"duration\":{},\"users\":10,\"target\":10,\"spawn_rate\":10}},\
             {{\"duration\":{},\"users\":20,\"target\":20,\"spawn_rate\":10}}]}}",
            durations[0], durations[1]
        )
    };
    let of = |text: &str| locust::import(vec![input("x", text.as_bytes())], AsArrivals::No);
    let found = of(&stages([60, 100])).expect("they are stages");
    assert!(
        found.model().contains("run_for  = \"1m40s\""),
        "{}",
        found.model()
    );
    assert!(
        of(&stages([60, 40]))
            .expect_err("it goes back")
            .why
            .contains("start of the test")
    );
    let text = stages([60_000, 40_000]);
    let found = k6::import(
        vec![input("x", text.as_bytes())],
        AsArrivals::No,
        &Asked::default(),
    );
    assert!(
        found
            .expect("they are stages")
            .model()
            .contains("run_for  = \"1m40s\"")
    );
}

#[test]
fn what_holds_no_load_is_refused_with_what_to_write() {
    for (sample, text) in [
        (
            "locust/x.py",
            "stages = [ { 'duration': minutes(1), 'users': 3 } ]",
        ),
        ("gatling/x.scala", "scn.injectOpen(rampUsers(n).during(5))"),
        ("artillery/x.yml", "config:\n  target: https://x.example\n"),
        ("taurus/x.yml", "execution: []"),
        ("taurus/x.yml", "a: [unclosed"),
        ("artillery/x.yml", ""),
    ] {
        let inputs = vec![input("x", text.as_bytes())];
        let refused = match sample.split_once('/').expect("a folder").0 {
            "locust" => locust::import(inputs, AsArrivals::No),
            "gatling" => gatling::import(inputs, AsArrivals::No),
            "artillery" => artillery::import(inputs),
            _ => taurus::import(inputs, AsArrivals::No),
        };
        let refused = refused.expect_err(text);
        assert!(
            refused.help.is_some_and(|help| help.contains("needs")),
            "{text}"
        );
    }
}

/// Aliases that would bring a million times what is written.
#[test]
fn a_bomb_of_aliases_is_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..9 {
        let before = format!("*a{}, ", n - 1).repeat(10);
        bomb.push_str(&format!(
            "a{n}: &a{n} [{}]\n",
            before.trim_end_matches(", ")
        ));
    }
    bomb.push_str("execution: { concurrency: 1, hold-for: 1m }\n");
    let inputs = vec![input("x", bomb.as_bytes())];
    taurus::import(inputs, AsArrivals::No).expect_err("it would not fit into the memory");
    let deep = format!("execution: {}", "[".repeat(100_000));
    let inputs = vec![input("x", deep.as_bytes())];
    taurus::import(inputs, AsArrivals::No).expect_err("it is too deep");
}
