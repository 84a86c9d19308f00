//! Tables of anything: series and rows, in every dress that people export.

use onrush::import::csv::{Csv, Is, import};
use onrush::import::{Asked, Imported, Unusable};

use super::{bytes, input, is_kept, is_sound, path};
use crate::support::Scene;

fn read(name: &str, text: &[u8], csv: &Csv) -> Result<Imported, Unusable> {
    import(vec![input(name, text)], csv, &Asked::default())
}

fn sample(name: &str) -> Imported {
    let text = bytes(&format!("csv/{name}.csv"));
    let found = read(&format!("{name}.csv"), &text, &Csv::default());
    found.unwrap_or_else(|refused| panic!("{name}: {}", refused.why))
}

#[test]
fn every_sample_becomes_the_same_model() {
    for name in [
        "dashboard",
        "elb_request_count",
        "requests",
        "by-endpoint",
        "broken",
    ] {
        let found = sample(name);
        is_sound(&found);
        is_kept(&format!("csv/{name}"), &found);
    }
}

/// The counts beside the model are those of the file, its spike among them.
#[test]
fn a_folder_replays_every_value() {
    let scene = Scene::new();
    let log = path("csv/elb_request_count.csv");
    let log = log.to_string_lossy();
    scene
        .run(["import", "csv", &log, "--out", "d", "-q"])
        .expect(0);
    let text = String::from_utf8(bytes("csv/elb_request_count.csv")).expect("it is text");
    let logged: Vec<f64> = text
        .lines()
        .skip(1)
        .map(|line| {
            line.split(',')
                .nth(1)
                .expect("a value")
                .parse()
                .expect("a number")
        })
        .collect();
    let counts = scene.text("d/arrivals-requests.csv");
    let replayed: Vec<f64> = counts
        .lines()
        .skip(1)
        .map(|line| {
            line.split(',')
                .nth(1)
                .expect("a value")
                .parse()
                .expect("a number")
        })
        .collect();
    assert_eq!(replayed, logged);
    assert!(
        scene
            .run(["check", "d/model.toml"])
            .expect(0)
            .err
            .contains("is valid")
    );
}

#[test]
fn what_a_value_is_can_be_said() {
    let text = b"at,x\n0,60\n60,120\n120,60\n";
    for (csv, stages) in [
        (
            Csv {
                is: Some(Is::Count),
                ..Csv::default()
            },
            "rate = \"1.333/s\"",
        ),
        (
            Csv {
                is: Some(Is::Rate),
                ..Csv::default()
            },
            "rate = \"80/s\"",
        ),
        (
            Csv {
                per: onrush::base::time::Span::parse("1m").ok(),
                ..Csv::default()
            },
            "1.333/s",
        ),
    ] {
        let found = read("x.csv", text, &csv).expect("it is a series");
        is_sound(&found);
        assert!(found.model().contains(stages) || found.model().contains("{ rate"));
        let users: f64 = found.files()[1]
            .1
            .lines()
            .skip(1)
            .map(|line| {
                line.split(',')
                    .nth(1)
                    .expect("a value")
                    .parse::<f64>()
                    .expect("a number")
            })
            .sum();
        let expected = if csv.is == Some(Is::Rate) {
            14_400.0
        } else {
            240.0
        };
        assert!((users - expected).abs() < 1e-6, "{users}");
    }
}

#[test]
fn columns_can_be_named() {
    let text = b"a;b;c;d\n2024-05-17 10:00:00;7;GET /x;0,5\n2024-05-17 10:00:01;8;GET /y;0,7\n";
    let csv = |columns: &[&str]| Csv {
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        ..Csv::default()
    };
    let refused = read("x.csv", text, &Csv::default()).expect_err("two columns could be rates");
    assert!(
        refused
            .help
            .is_some_and(|help| help.contains("--columns TIME,VALUE"))
    );
    let found = read("x.csv", text, &csv(&["a", "label=c", "took=4:ms"])).expect("rows");
    is_sound(&found);
    assert!(found.model().contains("get-x = [") && found.model().contains("get-y = ["));
    let found = read("x.csv", text, &csv(&["time=a", "value=b"])).expect("a series");
    assert!(found.account.text().contains("users in 1s in column `b`"));
    for (columns, why) in [
        (&["a", "took=z"][..], "no column `z`"),
        (&["a", "depth=b"], "`depth` is nothing that a column holds"),
        (&["a", "took=b:parsecs"], "`parsecs` is no unit"),
        (&["q"], "no column `q`"),
    ] {
        let refused = read("x.csv", text, &csv(columns)).expect_err("it cannot be");
        assert!(refused.why.contains(why), "{}", refused.why);
    }
}
