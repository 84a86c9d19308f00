//! The flags of `uncertain`.

use std::path::PathBuf;

use clap::Args;

use super::{Basics, Changes, Output, launches};

/// `onrush uncertain`.
#[derive(Debug, Args)]
pub struct Uncertain {
    /// The model, with a `range` in each `[param.NAME]` that is not known; `-` reads stdin
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// What is changed; `--variant` is the one whose outcome is taken apart.
    #[command(flatten)]
    pub changes: Changes,
    /// How many times the inputs are drawn from their ranges [default: as the model says, or 128]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(16..=65_536))]
    pub points: Option<u32>,
    /// Launches of each variant at each draw: two or more tell luck from what is not known
    /// [default: 2]
    #[arg(long, value_name = "N", value_parser = launches(1))]
    pub replications: Option<u32>,
    /// What is taken apart [default: the metric of the first objective]
    #[arg(long, value_name = "METRIC")]
    pub metric: Option<String>,
    /// Choose only among these variants and the model as it is [default: all]
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub variants: Vec<String>,
    /// Seed, confidence, threads and limits.
    #[command(flatten)]
    pub basics: Basics,
    /// What is written.
    #[command(flatten)]
    pub output: Output,
}
