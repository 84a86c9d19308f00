//! The flags of `sweep`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Basics, Output, launches, pair};
use crate::study::Knob;

/// `onrush sweep`.
#[derive(Debug, Args)]
pub struct Sweep {
    /// The model; with `--fit` a CSV file of measured pairs, load and throughput, with a head; `-`
    /// reads stdin
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// What is moved, and over which values: `param.peak=2/s..90/s`, with a step
    /// `param.peak=2/s..90/s:4/s`, or `service.shop.servers=1,2,4,8`; twice for two inputs. Without
    /// a step, at most 20 round values
    #[arg(long, value_name = "PATH=VALUES", value_parser = Knob::parse)]
    #[arg(required_unless_present = "fit")]
    pub over: Vec<Knob>,
    /// What is looked at: `p95(login.time)`; may be repeated [default: what the objectives ask for]
    #[arg(long, value_name = "METRIC")]
    pub metric: Vec<String>,
    /// Fit a law to measured pairs in place of running a model
    #[arg(long, value_name = "LAW", value_enum, conflicts_with_all = ["over", "metric", "set"])]
    pub fit: Option<Law>,
    /// Write the values as CSV
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Change a value of the model: `service.shop.servers=x2`; may be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = pair)]
    pub set: Vec<(String, String)>,
    /// Launches at each value
    #[arg(long, value_name = "N", value_parser = launches(1))]
    pub replications: Option<u32>,
    /// Seed, confidence, threads and limits.
    #[command(flatten)]
    pub basics: Basics,
    /// What is written.
    #[command(flatten)]
    pub output: Output,
}

/// A law that can be fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Law {
    /// The universal scalability law: throughput against load
    Usl,
}
