//! The flags of `calibrate`.
//!
//! One idea: a calibration counts launches in its own way, so of the flags of other studies it has
//! only those that mean the same.

use std::path::PathBuf;

use clap::Args;

use super::{Basics, Output, launches, pair};

/// `onrush calibrate`.
#[derive(Debug, Args)]
pub struct Calibrate {
    /// The model, with what was measured in `[observed]`; `-` reads stdin
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// Fit only these parameters, each within its `range` [default: all that have one]
    #[arg(long, value_name = "PARAM", value_delimiter = ',')]
    pub free: Vec<String>,
    /// Take the measured series from this file, in place of the one that the model names
    #[arg(long, value_name = "FILE")]
    pub observed: Option<PathBuf>,
    /// Write the model with the fitted values in place, its comments kept
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
    /// Change a value of the model: `service.shop.servers=x2`; may be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = pair)]
    pub set: Vec<(String, String)>,
    /// Launches of each combination of inputs near the best [default: 8]
    #[arg(long, value_name = "N", value_parser = launches(2))]
    pub replications: Option<u32>,
    /// Launches of all combinations at most [default: 4000]
    #[arg(long, value_name = "N", value_parser = launches(8))]
    pub at_most: Option<u32>,
    /// Seed, confidence, threads and limits.
    #[command(flatten)]
    pub basics: Basics,
    /// What is written.
    #[command(flatten)]
    pub output: Output,
}
