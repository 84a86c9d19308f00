//! The flags of `tip`.

use std::path::PathBuf;

use clap::Args;

use super::{Basics, Output, launches, pair, share};
use crate::study::Knob;

/// `onrush tip`.
#[derive(Debug, Args)]
pub struct Tip {
    /// The model; `-` reads stdin
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// The trigger, and how far it may go: `fault.outage.for=1s..60s`; a second one is the load at
    /// which that is asked: `param.load=100/s..300/s:20/s`
    #[arg(long, value_name = "PATH=LOW..HIGH[:STEP]", required = true, value_parser = Knob::parse)]
    pub knob: Vec<Knob>,
    /// The share of launches that must survive [default: 95%]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub chance: Option<f64>,
    /// Change a value of the model: `service.shop.servers=x2`; may be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = pair)]
    pub set: Vec<(String, String)>,
    /// Launches of the report on the model as it is
    #[arg(long, value_name = "N", value_parser = launches(1))]
    pub replications: Option<u32>,
    /// Launches at each combination at most [default: 200]
    #[arg(long, value_name = "N", value_parser = launches(6))]
    pub at_most: Option<u32>,
    /// Seed, confidence, threads and limits.
    #[command(flatten)]
    pub basics: Basics,
    /// What is written.
    #[command(flatten)]
    pub output: Output,
}
