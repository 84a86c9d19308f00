//! The arguments of `import`.
//!
//! One idea: a format is a word, and all that only some formats know is said to be theirs.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::lasting;
use crate::base::time::Span;
use crate::import::Window;

/// The flags that ask for one part of the model, of which there is one at most.
const PARTS: [&str; 5] = [
    "arrivals",
    "service_times",
    "objectives",
    "faults",
    "observed",
];

/// `onrush import`.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("part").args(PARTS)))]
pub struct Import {
    /// What the files hold
    #[arg(value_name = "FORMAT", value_enum)]
    pub format: Importable,
    /// The files, plain or gzip, the oldest first; `-` reads stdin
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Format of an access log, as the server is told it: `%h %l %u %t "%r" %>s %b %D` (Apache), or
    /// nginx's `log_format` [default: found]
    #[arg(long = "format", value_name = "TEXT")]
    pub directive: Option<String>,
    /// Columns of a table by name or number: of the times, of the rates or counts, then others:
    /// `took=NAME:ms`, `label=`, `method=`, `status=`, `success=`, `user=`; of demands `rate=`,
    /// `cpu=NAME:percent` (or `fraction`, `cores`, `millicores`), `cores=`, `users=` (at work)
    /// [default: found]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub columns: Vec<String>,
    /// What the values of a table are [default: by the name of their column]
    #[arg(long, value_name = "WHAT", value_enum)]
    pub is: Option<Values>,
    /// Time in which a rate of a table counts users: `1m` [default: 1s]
    #[arg(long, value_name = "TIME", value_parser = lasting)]
    pub per: Option<Span>,
    /// Number of cores, all servers together (of demands) [default: as measured, else assumed]
    #[arg(long, value_name = "N", value_parser = cores)]
    pub cores: Option<f64>,
    /// Number of endpoints that are kept apart; all others are one [default: 12]
    #[arg(long, value_name = "N")]
    #[arg(value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=200))]
    pub endpoints: Option<usize>,
    /// Pause that ends a visit [default: 30m]
    #[arg(long, value_name = "TIME", value_parser = lasting)]
    pub gap: Option<Span>,
    /// What is modelled: the busiest stretch of this length, or `all` [default: all, or the longest
    /// busiest stretch with a million requests]
    #[arg(long, value_name = "TIME", value_parser = window)]
    pub window: Option<Window>,
    /// Make arrivals of users who start over, by Little's law (of load profiles that are closed)
    #[arg(long)]
    pub as_arrivals: bool,
    /// Print only who comes: tables for a model that you have
    #[arg(long)]
    pub arrivals: bool,
    /// Print only how long work takes: tables for a model that you have
    #[arg(long)]
    pub service_times: bool,
    /// Print only what must hold: tables for a model that you have
    #[arg(long)]
    pub objectives: bool,
    /// Print only what goes wrong: tables for a model that you have
    #[arg(long)]
    pub faults: bool,
    /// Print only what was measured, by time: CSV
    #[arg(long)]
    pub observed: bool,
    /// Write the model to this file (`….toml`), or with data files beside it to this folder
    #[arg(long, short, value_name = "PATH", conflicts_with = "part")]
    pub out: Option<PathBuf>,
    /// Write nothing: print the model that --out would write, and name its files
    #[arg(long, requires = "out")]
    pub dry_run: bool,
}

/// What can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Importable {
    /// Access logs of Apache, nginx, IIS: common, combined, W3C extended, or their own format
    AccessLog,
    /// Tables: rates or counts by time, or a row for each request
    Csv,
    /// Requests a second of each endpoint beside CPU, minute by minute, as tables or range queries
    /// of Prometheus: the CPU seconds of a request, by the utilisation law
    Demands,
    /// k6: results (`--out json`, `--out csv`), or options with stages or scenarios as JSON
    K6,
    /// Results of JMeter as CSV
    Jtl,
    /// Range queries of Prometheus as JSON: rates, counters, histograms
    Prometheus,
    /// Stages of a `LoadTestShape` of Locust, in a script or as JSON
    Locust,
    /// Injection profiles of a simulation of Gatling
    Gatling,
    /// Phases and flows of Artillery, as YAML or JSON
    Artillery,
    /// Executions of Taurus, as YAML or JSON
    Taurus,
    /// Traces of OpenTelemetry as JSON: who calls whom, how often, how long each works
    Otlp,
    /// A recording of a browser: one visit
    Har,
    /// Objectives of OpenSLO
    #[value(name = "openslo")]
    OpenSlo,
    /// Objectives of Sloth
    Sloth,
    /// Resources of Chaos Mesh, as faults
    ChaosMesh,
    /// Experiments of Chaos Toolkit, as faults and objectives
    ChaosToolkit,
    /// Results of vegeta as CSV or JSON (`vegeta encode`)
    Vegeta,
}

impl Import {
    /// Why a flag is none of the format that is asked for; none if all are.
    pub fn misplaced(&self) -> Option<String> {
        use Importable::{
            AccessLog, Csv, Demands, Gatling, Jtl, K6, Locust, Otlp, Prometheus, Taurus, Vegeta,
        };
        let given: [(bool, &str, &[Importable]); 9] = [
            (self.directive.is_some(), "--format", &[AccessLog]),
            (!self.columns.is_empty(), "--columns", &[Csv, Demands]),
            (self.is.is_some(), "--is", &[Csv, Demands]),
            (self.per.is_some(), "--per", &[Csv, Demands]),
            (self.cores.is_some(), "--cores", &[Demands]),
            (
                self.endpoints.is_some(),
                "--endpoints",
                &[AccessLog, Csv, Demands, K6, Jtl, Prometheus, Otlp, Vegeta],
            ),
            (self.gap.is_some(), "--gap", &[AccessLog, Csv]),
            (
                self.window.is_some(),
                "--window",
                &[AccessLog, Csv, Demands, K6, Jtl, Prometheus, Otlp, Vegeta],
            ),
            (
                self.as_arrivals,
                "--as-arrivals",
                &[K6, Locust, Gatling, Taurus],
            ),
        ];
        let mut given = given.into_iter().filter(|(is_given, ..)| *is_given);
        let (_, flag, formats) = given.find(|(_, _, formats)| !formats.contains(&self.format))?;
        let named = |format: &Importable| Some(format.to_possible_value()?.get_name().to_owned());
        let formats: Vec<String> = formats.iter().filter_map(named).collect();
        Some(format!("`{flag}` is for {} alone", formats.join(", ")))
    }
}

/// What the values of a table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Values {
    /// Users in a time, which `--per` says
    Rate,
    /// Users until the next row
    Count,
}

/// A number of cores.
fn cores(text: &str) -> Result<f64, String> {
    let cores = text
        .parse::<f64>()
        .ok()
        .filter(|cores| (0.01..=1e6).contains(cores));
    cores.ok_or_else(|| "expected a number of cores such as `4` or `0.5`".to_owned())
}

/// A length of time, or `all`.
fn window(text: &str) -> Result<Window, String> {
    match text {
        "all" => Ok(Window::All),
        text => lasting(text).map(Window::Busiest),
    }
}
