//! `run --explain`: what happened in two launches, as it is read.
//!
//! One idea: of an overload that is known from a paper, every sentence must be there, in the order
//! of time, with the figures of the paper.

use crate::support::Scene;

const HOTOS21: &str = include_str!("theory/hotos21.toml");

fn said(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Ten seconds of a dead switch at 280/s, with a question to choose launches by.
fn switch() -> Scene {
    let text =
        HOTOS21.replace("1200s", "400s") + "[[objective]]\nthat = \"share(served) >= 95%\"\n";
    Scene::with_model(&text)
}

#[test]
fn a_retry_storm_is_told_in_the_order_of_time() {
    let scene = switch();
    let words = [
        "run",
        "model.toml",
        "--explain",
        "--replications",
        "4",
        "--out",
        "out",
    ];
    let answer = scene.run(words).expect(99);
    let text = said(&answer.out);
    let at = text
        .find("WHAT HAPPENED, ONE THING AFTER THE OTHER")
        .expect("it is told");
    let told = &text[at..];
    println!("{}", answer.out);
    assert!(told.contains("A typical launch, number "), "{told}");
    assert!(told.contains("A bad launch, number "), "{told}");
    let order = [
        "T+01:40: switch begins.",
        "users notice: ",
        "T+01:50: switch ends.",
        "It has not come back when the launch ends.",
    ];
    let places = order.map(|one| told.find(one).unwrap_or_else(|| panic!("{one}: {told}")));
    assert!(places[0] < places[2] && places[2] < places[3], "{places:?}");
    // 280 first tries a second become 560 attempts, and none is answered in time.
    assert!(told.contains("retries make up to 2"), "{told}");
    assert!(told.contains("db is full: "), "{told}");
    // The same on the page and in the summary, each sentence with an instant of its own.
    for file in ["out/report.html", "out/summary.md"] {
        let text = scene.text(file);
        assert!(
            text.contains("It has not come back when the launch ends."),
            "{file}"
        );
    }
    let results = onrush::results::from_json(&scene.text("out/results.json"));
    let chain = results
        .expect("it is a document")
        .answers
        .chain
        .expect("it was told");
    let [typical, bad] = &chain.launches[..] else {
        panic!("{}", chain.launches.len());
    };
    assert!(bad.value <= typical.value && typical.of == 4);
}

#[test]
fn a_quiet_launch_has_little_to_tell() {
    let text = HOTOS21.replace("1200s", "60s").replace("280/s", "20/s");
    let text = text
        .split("[fault.switch]")
        .next()
        .expect("there is a beginning")
        .to_owned();
    let text = text + "[[objective]]\nthat = \"share(db.query.failed) <= 1%\"\n";
    let scene = Scene::with_model(&text);
    let words = [
        "run",
        "model.toml",
        "--explain",
        "--replications",
        "2",
        "--json",
        "-",
    ];
    let answer = scene.run(words).expect(98);
    let results = onrush::results::from_json(&answer.out).expect("it is a document");
    // No request fails in any launch: one is enough (and two do not prove nine of ten).
    assert_eq!(
        results.answers.chain.expect("it was told").launches.len(),
        1
    );
}
