//! Closed forms and traces: what the engine must come out with.
//!
//! `theory/rows.csv` holds a number a row, with its source. A simulated row is met when
//! |estimate − expected| ≤ t(n−1; 1.3e-5 a side) · standard error, and the standard error is at
//! most so many percent of the value as the row says for the suite that runs: `within_full` for
//! `theory_full` (0.5 %; near saturation 2 %; for a chance of 6e-5 1 %), `within_everyday` for the
//! everyday suite, which simulates less of the dear rows and is therefore allowed a wider one. The
//! chance of a false alarm is 2.6e-5 a row. Single rows would let a small bias pass, so the first
//! rows of all cases, which are independent, must also have a Σz² below its χ² 1e-4 point, where z
//! is the normal score of the t statistic. Metrics are answered from every value, so percentiles
//! carry no sketch error.
//!
//! Some of the cases, with their rows: `ONRUSH_CASES=ipp,setup cargo test -- textbook --nocapture`.
//! In full, with a table of every row, in some minutes:
//! `cargo test --release -- --ignored theory_full --nocapture`

mod arithmetic;
mod caches;
mod cases;
mod defences;
mod published;
mod tipping;
mod trace;

use statrs::distribution::{ChiSquared, ContinuousCDF, Normal, StudentsT};

use crate::replicate::{Question, checked, replicate, threads};
use cases::{Amount, CASES, Case};

/// The chance, on each side, that a true row is called wrong.
const MISS: f64 = 1.3e-5;
const SEED: u64 = 20_141_027;

/// A row of the table.
#[derive(Clone, Debug)]
struct Row {
    row: String,
    case: String,
    statistic: String,
    metric: String,
    factor: f64,
    expected: f64,
    within_full: f64,
    within_everyday: f64,
}

impl Row {
    /// The metric that is asked; a table may ask for its square.
    fn asked(&self) -> &str {
        self.metric.trim_end_matches("^2")
    }

    /// The row's own unit.
    fn value(&self, answer: f64) -> f64 {
        let square = self.metric.ends_with("^2");
        self.factor * if square { answer * answer } else { answer }
    }
}

/// What came of a row.
struct Found {
    row: Row,
    estimate: f64,
    error: f64,
    replications: u32,
    within: f64,
    leads: bool,
}

impl Found {
    fn t(&self) -> f64 {
        (self.estimate - self.row.expected) / self.error
    }

    fn law(&self) -> StudentsT {
        let freedom = f64::from(self.replications - 1);
        StudentsT::new(0.0, 1.0, freedom).expect("there is more than one replication")
    }

    /// The normal score of the t statistic.
    fn z(&self) -> f64 {
        // The lower tail keeps its digits.
        let tail = self.law().cdf(-self.t().abs());
        let normal = Normal::standard();
        -normal.inverse_cdf(tail.max(1e-300)) * self.t().signum()
    }

    fn error_percent(&self) -> f64 {
        100.0 * self.error / self.row.expected
    }

    fn is_met(&self) -> bool {
        let limit = -self.law().inverse_cdf(MISS);
        self.replications >= 30 && self.t().abs() <= limit && self.error_percent() <= self.within
    }

    fn line(&self) -> String {
        format!(
            "{:<4} {:<28} {:>14.8} {:>14.8} {:>9.3}% of {:>4}% {:>7.2} {:>6}  {}",
            self.row.row,
            self.row.statistic,
            self.estimate,
            self.row.expected,
            self.error_percent(),
            self.within,
            self.z(),
            self.replications,
            if self.is_met() { "met" } else { "NOT MET" },
        )
    }
}

fn rows() -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(include_bytes!("theory/rows.csv").as_slice());
    let row = |record: Result<csv::StringRecord, csv::Error>| {
        let record = record.expect("the table is well-formed");
        let number = |at: usize| record[at].parse::<f64>().expect("it is a number");
        Row {
            row: record[0].to_owned(),
            case: record[1].to_owned(),
            statistic: record[2].to_owned(),
            metric: record[3].to_owned(),
            factor: number(4),
            expected: number(5),
            within_full: number(6),
            within_everyday: number(7),
        }
    };
    reader.records().map(row).collect()
}

/// How much is simulated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Suite {
    Everyday,
    Full,
}

fn judge(number: usize, case: &Case, rows: &[Row], suite: Suite) -> Vec<Found> {
    let Amount(count, horizon) = match suite {
        Suite::Everyday => case.everyday,
        Suite::Full => case.full,
    };
    let mut changes = case.changes.concat();
    if !horizon.is_empty() {
        changes.push(("param.horizon.value", horizon));
    }
    let metrics: Vec<&str> = rows.iter().map(Row::asked).collect();
    let question = Question::new(&checked(case.text, &changes), &metrics);
    let keep = |seen| question.answers(&seen);
    let seed = SEED + number as u64;
    let seen = replicate(&question.program, seed, count, threads(), &keep);
    let found = |(at, row): (usize, &Row)| {
        let answer = |answers: &Vec<Option<f64>>| answers[at].expect("every replication answers");
        let values: Vec<f64> = seen.iter().map(|a| row.value(answer(a))).collect();
        let n = f64::from(count);
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
        Found {
            row: row.clone(),
            estimate: mean,
            error: (squares / (n - 1.0) / n).sqrt(),
            replications: count,
            within: match suite {
                Suite::Everyday => row.within_everyday,
                Suite::Full => row.within_full,
            },
            leads: at == 0,
        }
    };
    rows.iter().enumerate().map(found).collect()
}

fn meet_all(suite: Suite) {
    let rows = rows();
    let mut all = Vec::new();
    println!(
        "{:<4} {:<28} {:>14} {:>14} {:>18} {:>7} {:>6}",
        "row", "statistic", "estimate", "expected", "standard error", "z", "n"
    );
    let only = std::env::var("ONRUSH_CASES").ok();
    let is_asked = |case: &&Case| {
        let names = only.as_deref().map(|only| only.split(','));
        names.is_none_or(|mut names| names.any(|name| name == case.name))
    };
    for (number, case) in CASES.iter().enumerate().filter(|(_, case)| is_asked(case)) {
        let of: Vec<Row> = rows
            .iter()
            .filter(|r| r.case == case.name)
            .cloned()
            .collect();
        assert!(!of.is_empty(), "the case {} has no row", case.name);
        let started = std::time::Instant::now();
        for found in judge(number, case, &of, suite) {
            println!("{}", found.line());
            all.push(found);
        }
        println!(
            "     {}: {:.1} s",
            case.name,
            started.elapsed().as_secs_f64()
        );
    }
    let whole = only.is_none();
    assert!(!whole || all.len() == rows.len(), "every row has its case");
    let squares: f64 = all.iter().filter(|f| f.leads).map(|f| f.z() * f.z()).sum();
    let cases = all.iter().filter(|found| found.leads).count() as f64;
    let law = ChiSquared::new(cases).expect("there are cases");
    let limit = law.inverse_cdf(1.0 - 1e-4);
    println!("Σz² of the {cases} cases: {squares:.1}, to stay below {limit:.1}");
    let missed: Vec<String> = all
        .iter()
        .filter(|f| !f.is_met())
        .map(Found::line)
        .collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    assert!(
        squares < limit,
        "together the rows are off: {squares} > {limit}"
    );
}

#[test]
fn textbook_rows_are_met() {
    meet_all(Suite::Everyday);
}

/// Every row at its full precision, with a table of what came out.
#[test]
#[ignore = "takes minutes"]
fn theory_full() {
    meet_all(Suite::Full);
}
