//! A measured series drives a model, as it was: as many come as came, bin by bin, its spike among
//! them.
//!
//! One idea: arrivals are by chance about what was measured, so that in each bin the difference is
//! that of a Poisson number: Σ(x − μ)² ÷ μ follows χ², and no bin is five standard deviations off.

use onrush::base::math::gamma_quantile;
use onrush::import::Asked;
use onrush::import::csv::{Csv, Is, import};
use onrush::model::files::Files;
use onrush::model::overlay::Change;
use onrush::model::{Checked, read};
use onrush::study::{Effort, Onlooker, Plan, Silent, run};
use onrush::text::Source;

use super::{bytes, input};

/// Rows of the day with the spike: 22 April 2014, a load balancer of Amazon's (Numenta Anomaly
/// Benchmark, MIT licence beside the file).
const ROWS: usize = 288;
/// How many come for each that was counted: the counts are small.
const SCALE: f64 = 4.0;

/// The model that the import makes, with the file itself as what was measured.
fn replayed(csv: &[u8]) -> Checked {
    let counts = Csv {
        is: Some(Is::Count),
        ..Csv::default()
    };
    let found = import(vec![input("day.csv", csv)], &counts, &Asked::default());
    let pages = found
        .unwrap_or_else(|refused| panic!("{}", refused.why))
        .files();
    let mut files = Files::new();
    for (name, text) in &pages[1..] {
        files.insert(name, text.clone());
    }
    files.insert("day.csv", String::from_utf8_lossy(csv).into_owned());
    let measured = "[observed]\nfile = \"day.csv\"\nmatch = { value = \"count(arrived)\" }\n";
    let text = format!("{}\n{measured}", pages[0].1);
    let (model, said) = read(Source::new("model.toml", &text), files);
    assert!(Checked::new(model.clone()).is_some(), "{said:#?}");
    let scale = Change::new("arrivals.requests.scale", &SCALE.to_string());
    let (model, said) = model.with(&[scale]);
    Checked::new(model).unwrap_or_else(|| panic!("{said:#?}"))
}

/// By bin, what was measured and how many came.
fn bins(model: &Checked, seed: u64) -> Vec<(f64, f64)> {
    let plan = Plan {
        seed,
        effort: Effort::Replications(1),
        ..Plan::of(model)
    };
    let alone = Onlooker {
        progress: &Silent,
        stop: &|| false,
        until: None,
        store: None,
    };
    let results = run(model, None, &plan, alone).expect("it is small");
    let observed = results.variants["baseline"].observed.as_ref();
    let series = &observed.expect("it is compared").series[0];
    let came = series
        .mean
        .iter()
        .map(|came| came.expect("people are counted in every bin"));
    let measured = series.observed.iter().map(|count| count * SCALE);
    measured.zip(came).collect()
}

/// The ends of χ² that one in a thousand is beyond on each side.
fn usual(degrees: usize) -> (f64, f64) {
    let quantile = |share: f64| 2.0 * gamma_quantile(degrees as f64 / 2.0, share);
    (quantile(0.001), quantile(0.999))
}

#[test]
fn a_measured_day_is_replayed_with_its_spike() {
    let all = bytes("csv/elb_request_count.csv");
    let lines: Vec<&[u8]> = all.split_inclusive(|byte| *byte == b'\n').collect();
    let model = replayed(&lines[..=ROWS].concat());
    let (mut sum, mut degrees) = (0.0, 0);
    for seed in 1..=5 {
        let bins = bins(&model, seed);
        assert!(bins.len() >= ROWS - 10, "{} bins", bins.len());
        let off = |(expected, came): &(f64, f64)| (came - expected) * (came - expected) / expected;
        let square: f64 = bins.iter().map(off).sum();
        let (low, high) = usual(bins.len());
        assert!(
            low < square && square < high,
            "{seed}: {low} < {square} < {high}"
        );
        let largest = bins.iter().fold(
            (0.0, 0.0),
            |most, bin| if bin.0 > most.0 { *bin } else { most },
        );
        // The spike: 656 in five minutes, where half of all bins have fewer than 100.
        assert!((largest.0 - 656.0 * SCALE).abs() < 1e-9, "{largest:?}");
        assert!(
            (largest.1 - largest.0).abs() <= 5.0 * largest.0.sqrt(),
            "{seed}: {largest:?}"
        );
        let most = bins.iter().map(|(_, came)| *came).fold(0.0, f64::max);
        assert!(
            (most - largest.1).abs() < 1e-9,
            "{seed}: the spike is the largest bin"
        );
        (sum, degrees) = (sum + square, degrees + bins.len());
    }
    // Over all seeds, as over all expected numbers: beyond this lies one in ten thousand.
    let high = 2.0 * gamma_quantile(degrees as f64 / 2.0, 1.0 - 1e-4);
    assert!(sum < high, "{sum} of {degrees}, {high}");
}
