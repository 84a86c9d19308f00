//! What was measured, as files have it: gaps, clocks, units, and what is said about them.

use super::*;
use onrush::base::time::{Span, Time};
use onrush::model::observed::{Give, MOST_STRETCHES, Observed, Offset, Stretch};

const DASHBOARD: &str = include_str!("data/dashboard-with-gaps.csv");

/// A model of ten minutes with `[observed]` as written, and `seen.csv`.
fn with(data: &str, observed: &str, head: &str) -> (Model, Vec<Diagnostic>) {
    let text = format!(
        "[model]\nrun_for = \"10m\"\n{head}\n[arrivals.all]\njourney = \"visit\"\nrate = \"1/s\"\n\
         [journey.visit]\nsteps = [ {{ name = \"home\", call = \"shop.home\", timeout = \"9s\" }} ]\
         \n\
         [service.shop]\nendpoint.home = [ {{ cpu = \"1ms\" }} ]\n[observed]\nfile = \"seen.csv\"\n\
         {observed}\n"
    );
    let mut files = Files::new();
    files.insert("seen.csv", data.to_owned());
    model::read(Source::new("model.toml", &text), files)
}

fn observed(data: &str, written: &str) -> (Observed, String) {
    let (model, found) = with(data, written, "");
    let said = found.iter().map(|one| {
        let help = one.help.clone().unwrap_or_default();
        format!("{} {}; {help}\n", one.code, one.found)
    });
    let said: String = said.collect();
    assert!(model.is_sound(), "{said}");
    (model.observed.expect("it was written"), said)
}

/// Begin, end in seconds and value.
fn rows(stretches: &[Stretch]) -> Vec<(f64, f64, f64)> {
    let row = |one: &Stretch| (one.from.as_secs_f64(), one.to.as_secs_f64(), one.value);
    stretches.iter().map(row).collect()
}

fn refused(data: &str, written: &str) -> String {
    let (model, found) = with(data, written, "");
    assert!(!model.is_sound(), "{data} is refused");
    let errors = found.iter().filter(|one| one.code == "E025");
    errors.map(|one| one.found.clone()).collect()
}

const RPS: &str = "match = { rps = \"rate(home)\" }";

/// `NaN` and an empty cell are gaps: nothing is put into them.
#[test]
fn gaps_stay_gaps() {
    let (found, said) = observed(DASHBOARD, RPS);
    let [series] = found.series.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        rows(&series.stretches),
        [(0.0, 60.0, 12.5), (180.0, 240.0, 20.0)]
    );
    assert_eq!(series.metric.to_string(), "rate(home)");
    assert!(
        said.contains("4 rows of 1m each within what is simulated"),
        "{said}"
    );
    assert!(said.contains("2 values are missing and left out"), "{said}");
    assert!(
        said.contains("T+0 is the first of them, 2024-05-17T10:00:00Z"),
        "{said}"
    );
}

/// Two columns with their units, out of order, with a hole; times since 1970 in milliseconds.
#[test]
fn columns_have_units_and_rows_an_order() {
    let data = "ts;lat;err\n1700000120000;250;2\n1700000000000;100;0,5\n1700000060000;150;1\n\
                1700000300000;50;4\n";
    let written = "match = { lat = \"p95(home.time) in ms\", err = \"share(home.failed) in %\" }\n\
                   give = \"5%\"\ncheck = [\"err\"]";
    let (found, said) = observed(data, written);
    let [lat, err] = found.series.as_slice() else {
        panic!("{found:?}")
    };
    let expected = [
        (0.0, 60.0, 0.1),
        (60.0, 120.0, 0.15),
        (120.0, 180.0, 0.25),
        (300.0, 360.0, 0.05),
    ];
    assert_eq!(rows(&lat.stretches), expected);
    assert_eq!(err.stretches[0].value.to_bits(), 0.005_f64.to_bits());
    assert!(err.check && !lat.check);
    assert_eq!(
        (lat.give, err.give),
        (Give::Relative(0.05), Give::Absolute(0.05))
    );
    assert!(
        said.contains("the rows are not in order of time; they were sorted"),
        "{said}"
    );
    assert!(said.contains("1 hole between rows"), "{said}");
    assert!(said.contains("milliseconds since 1970"), "{said}");
}

/// An offset moves the rows; what lies outside is left out and counted.
#[test]
fn an_offset_is_added() {
    let data = "t,rps\n0,1\n60,2\n120,3\n";
    let (found, said) = observed(data, &format!("{RPS}\noffset = \"-1m\""));
    assert_eq!(found.offset, Offset::Given(Span::from_secs(-60)));
    assert_eq!(
        rows(&found.series[0].stretches),
        [(0.0, 60.0, 2.0), (60.0, 120.0, 3.0)]
    );
    assert!(said.contains("1 row is outside and left out"), "{said}");
    let (found, said) = observed(data, &format!("{RPS}\noffset = \"auto\""));
    assert!(found.is_adrift() && found.series[0].stretches.len() == 3);
    assert!(
        said.contains("their offset is found when the model runs"),
        "{said}"
    );
}

/// `starts` says what T+0 is; `per` for how long a row counts.
#[test]
fn dates_count_from_the_start_of_the_model() {
    let data = "time,rps\n2024-05-17T10:01:00Z,1\n2024-05-17T10:02:00Z,2\n";
    let written = format!("{RPS}\nper = \"10s\"");
    let (model, _) = with(data, &written, "starts = 2024-05-17T10:00:00Z");
    let found = model.observed.expect("it was written");
    assert_eq!(
        rows(&found.series[0].stretches),
        [(60.0, 70.0, 1.0), (120.0, 130.0, 2.0)]
    );
}

/// A long series is averaged, but never over a gap.
#[test]
fn many_rows_are_put_together() {
    let mut data = "t,rps\n".to_owned();
    for second in 0..600 {
        let value = if second == 300 {
            "NaN".to_owned()
        } else {
            second.to_string()
        };
        data.push_str(&format!("{second},{value}\n"));
    }
    let (found, _) = observed(&data, RPS);
    let all = found.series[0].within(Time::ZERO, Time::ZERO + Span::from_secs(600));
    assert!(all.len() <= MOST_STRETCHES && all.len() >= 300);
    assert_eq!(rows(&all[..1]), [(0.0, 2.0, 0.5)]);
    let gap = |one: &Stretch| one.from.as_secs_f64() <= 300.0 && one.to.as_secs_f64() > 300.0;
    assert!(!all.iter().any(gap));
}

#[test]
fn what_cannot_be_read_is_refused_with_its_line() {
    let twice = refused("t,rps\n0,1\n0,2\n", RPS);
    assert!(
        twice.contains("lines 2 and 3 hold values of the same time"),
        "{twice}"
    );
    let word = refused("t,rps\n0,1\n60,many\n", RPS);
    assert!(
        word.contains("`many` in line 3, column `rps`, is not a number"),
        "{word}"
    );
    let column = refused("t,qps\n0,1\n60,2\n", RPS);
    assert!(column.contains("it has no column `rps`"), "{column}");
    let one = refused("t,rps\n0,1\n", RPS);
    assert!(
        one.contains("one row alone does not say for how long it counts"),
        "{one}"
    );
    let below = refused(
        "t,l\n0,1\n60,-2\n",
        "match = { l = \"p95(home.time) in ms\" }",
    );
    assert!(
        below.contains("`-2` in line 3, column `l`, is below zero"),
        "{below}"
    );
}

/// A published range and a value with its error; points of a share, a part of a count.
#[test]
fn figures_have_errors_in_their_unit() {
    let figures = "[[observed.figure]]\nthat = \"share(home.ok)\"\nis = \"55%\"\ngive = \"5%\"\n\
                   [[observed.figure]]\nthat = \"count(arrived)\"\nis = [20_000, 30_000]\n\
                   give = \"10%\"\ncheck = true\n[[observed.figure]]\nthat = \"recovery.time\"\n\
                   is = \"20m\"";
    let data = "t,rps\n0,1\n60,2\n";
    let (found, _) = observed(data, &format!("{RPS}\n{figures}"));
    let [share, count, back] = found.figures.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        (share.low, share.high, share.give, share.check),
        (0.55, 0.55, 0.05, false)
    );
    assert_eq!(
        (count.low, count.high, count.give, count.check),
        (20e3, 30e3, 2_500.0, true)
    );
    assert_eq!((back.low, back.high, back.give), (1_200.0, 1_200.0, 0.0));
}

/// A steady study has no clock: only figures can be compared with it.
#[test]
fn a_steady_study_takes_figures_alone() {
    let data = "t,rps\n0,1\n60,2\n";
    let (model, found) = with(data, RPS, "study = \"steady\"");
    assert!(
        !model.is_sound() && found.iter().any(|one| one.code == "E081"),
        "{found:?}"
    );
}
