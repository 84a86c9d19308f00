//! The flags of `explain`.
//!
//! One idea: it plays many combinations, so launches are counted for each of them, and of the flags
//! of other studies it has only those that mean the same.

use std::path::PathBuf;

use clap::Args;

use super::{Changes, Output, events, launches, share, size};

/// `onrush explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The model; `-` reads stdin
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// What is changed; `--variant` is the launch that is explained.
    #[command(flatten)]
    pub changes: Changes,
    /// Seed of the random numbers
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Launches of each combination of causes [default: 10]
    #[arg(long, value_name = "N", value_parser = launches(2))]
    pub replications: Option<u32>,
    /// Confidence level of the intervals, e.g., 95%
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub confidence: Option<f64>,
    /// Number of threads [default: one per core; most: four per core]; no figure depends on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Memory for all launches that run at the same time [default: 4GiB, or less if the system has
    /// less]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub memory: Option<usize>,
    /// Maximum number of events in a launch [default, and most: 4000000000]
    #[arg(long, value_name = "N", value_parser = events)]
    pub events: Option<u64>,
    /// What is written.
    #[command(flatten)]
    pub output: Output,
}
