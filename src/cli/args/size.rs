//! The flags of `size`.

use std::path::PathBuf;

use clap::Args;

use super::{Basics, Output, launches, pair, share};
use crate::study::Knob;

/// `onrush size`.
#[derive(Debug, Args)]
pub struct Size {
    /// The model, with what must hold in `[[objective]]`; `-` reads stdin
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// What may be moved, and how far: `service.shop.servers=1..60`, or `param.peak=2/s..90/s:1/s`
    /// with a step; may be repeated, and then the combination with the lowest price by `[cost]` is
    /// looked for
    #[arg(long, value_name = "PATH=LOW..HIGH[:STEP]", required = true, value_parser = Knob::parse)]
    pub knob: Vec<Knob>,
    /// Also say what would be enough for other loads: `param.crowd=60_000..250_000`
    #[arg(long, value_name = "PATH=LOW..HIGH[:STEP]", value_parser = Knob::parse)]
    pub against: Option<Knob>,
    /// The share of launches that must meet every objective [default: 95%]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub chance: Option<f64>,
    /// Size this variant in place of the model as it is
    #[arg(long, value_name = "NAME")]
    pub variant: Option<String>,
    /// Change a value of the model: `service.shop.servers=x2`; may be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = pair)]
    pub set: Vec<(String, String)>,
    /// Launches of the report on the value found
    #[arg(long, value_name = "N", value_parser = launches(1))]
    pub replications: Option<u32>,
    /// Launches at each value at most [default: 1000]
    #[arg(long, value_name = "N", value_parser = launches(8))]
    pub at_most: Option<u32>,
    /// Seed, confidence, threads and limits.
    #[command(flatten)]
    pub basics: Basics,
    /// What is written.
    #[command(flatten)]
    pub output: Output,
}
