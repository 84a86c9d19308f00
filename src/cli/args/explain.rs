//! The flags of `explain`.
//!
//! One idea: it plays many combinations, so launches are counted for each of them, and of the flags
//! of other studies it has only those that mean the same.

use std::path::PathBuf;

use clap::Args;

use super::{Basics, Changes, Output, launches};

/// `onrush explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The model; `-` reads stdin
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// What is changed; `--variant` is the launch that is explained.
    #[command(flatten)]
    pub changes: Changes,
    /// Launches of each combination of causes [default: 10]
    #[arg(long, value_name = "N", value_parser = launches(2))]
    pub replications: Option<u32>,
    /// Seed, confidence, threads and limits.
    #[command(flatten)]
    pub basics: Basics,
    /// What is written.
    #[command(flatten)]
    pub output: Output,
}
