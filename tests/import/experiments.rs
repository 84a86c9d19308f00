//! What must hold, and what goes wrong: objectives of OpenSLO and Sloth, experiments of Chaos Mesh
//! and Chaos Toolkit.

use onrush::import::{Imported, Input, Unusable, chaos, slo};

use super::{bytes, input, is_kept, is_sound, scene};

type Read = fn(Vec<Input<'_>>) -> Result<Imported, Unusable>;

const SAMPLES: [(&str, Read); 8] = [
    ("slo/openslo.yaml", slo::openslo),
    ("slo/sloth.yaml", slo::sloth),
    ("chaos/mesh.yaml", chaos::mesh),
    ("chaos/toolkit.json", chaos::toolkit),
    ("slo/broken.yaml", slo::openslo),
    ("slo/broken-sloth.yaml", slo::sloth),
    ("chaos/broken.yaml", chaos::mesh),
    ("chaos/broken.json", chaos::toolkit),
];

fn read(text: &[u8], read: Read) -> Result<Imported, Unusable> {
    read(vec![input("x", text)])
}

#[test]
fn every_sample_becomes_the_same_model() {
    for (name, read) in SAMPLES {
        let text = bytes(name);
        let found = read(vec![input(name, &text)]).unwrap_or_else(|r| panic!("{name}: {}", r.why));
        is_sound(&found);
        is_kept(name, &found);
    }
}

#[test]
fn an_experiment_runs_as_it_is() {
    let scene = scene("chaos/mesh.yaml", "chaos.yaml");
    scene
        .run([
            "import",
            "chaos-mesh",
            "chaos.yaml",
            "--out",
            "m.toml",
            "-q",
        ])
        .expect(0);
    let answer = scene.run(["run", "m.toml", "--replications", "2", "--plain"]);
    assert!([98, 99].contains(&answer.code), "{}", answer.err);
    let faults = scene
        .run(["import", "chaos-mesh", "chaos.yaml", "--faults", "-q"])
        .expect(0)
        .out;
    assert!(
        faults.starts_with("[fault.slow-db]\nat = \"60s\"\n"),
        "{faults}"
    );
    let none = scene
        .run([
            "import",
            "chaos-mesh",
            "chaos.yaml",
            "--service-times",
            "-q",
        ])
        .expect(0);
    assert!(!none.out.contains("[fault."));
}

#[test]
fn objectives_can_be_had_alone() {
    let scene = scene("slo/sloth.yaml", "slo.yaml");
    let alone = scene
        .run(["import", "sloth", "slo.yaml", "--objectives", "-q"])
        .expect(0)
        .out;
    let lines: Vec<&str> = alone
        .lines()
        .filter(|line| line.starts_with("that"))
        .collect();
    let expected = [
        "that = \"share(checkout.request.ok) >= 99.9%\"",
        "that = \"share(checkout.request.time <= 500ms) >= 99%\"",
    ];
    assert_eq!(lines, expected);
    assert!(
        alone.starts_with("[[objective]]\n# requests-availability\n"),
        "{alone}"
    );
    let nothing = scene
        .run(["import", "sloth", "slo.yaml", "--observed", "-q"])
        .expect(1);
    assert!(
        nothing
            .last_line()
            .contains("it says nothing of what was measured by time")
    );
}

/// What has no meaning here is named, and never bent.
#[test]
fn what_is_nothing_of_that_is_refused() {
    for (_, one) in SAMPLES {
        for text in [
            "",
            "kind: Pod",
            "[1, 2]",
            "a: {",
            "{\"kind\": \"SLO\", \"method\": 3}",
            "- - -",
        ] {
            let refused = read(text.as_bytes(), one).expect_err(text);
            assert!(!refused.why.is_empty() && refused.help.is_some(), "{text}");
        }
    }
    let clock = "kind: TimeChaos\nspec: { selector: { labelSelectors: { app: db } } }\n";
    let refused = read(clock.as_bytes(), chaos::mesh).expect_err("the language has no clocks");
    assert!(
        refused.account.text().contains("(TimeChaos)"),
        "{}",
        refused.account.text()
    );
}
