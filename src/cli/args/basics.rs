//! The flags of studies that count launches in ways of their own.

use clap::Args;

use super::{Effort, events, lasting, share, size};
use crate::base::time::Span;

/// Seed, confidence, threads and limits.
#[derive(Debug, Args)]
pub struct Basics {
    /// Seed of the random numbers
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Confidence level of the intervals, e.g., 95%
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub confidence: Option<f64>,
    /// The best answer that this time allows
    #[arg(long, value_name = "TIME", value_parser = lasting)]
    pub within: Option<Span>,
    /// Play every launch, also those that are in the store
    #[arg(long)]
    pub fresh: bool,
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
}

impl Basics {
    /// As the flags of any study, with so many launches.
    pub fn effort(&self, replications: Option<u32>) -> Effort {
        Effort {
            seed: self.seed,
            replications,
            precision: None,
            confidence: self.confidence,
            within: self.within,
            fresh: self.fresh,
            at_most: None,
            same_within: Vec::new(),
            threads: self.threads,
            memory: self.memory,
            events: self.events,
        }
    }
}
